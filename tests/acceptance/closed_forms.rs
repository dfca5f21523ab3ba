//! Closed forms, run through the kernel and the models that every scenario uses.
use crate::bench::Bench;
use models::Profile;

#[test]
fn smoke() {
    let start = std::time::Instant::now();
    let (mut simulation, facts) = Bench::new(500, Profile::default()).run();
    println!("{} facts {} {:?}", facts.len(), simulation.fingerprint(), start.elapsed());
    let mut counts = std::collections::BTreeMap::new();
    for fact in &facts {
        let name = match fact.what {
            sim::What::Noted(models::Note::SaleEnded(sale)) => format!("{:?} {:?}", sale.outcome, sale.code),
            other => format!("{other:?}").chars().take_while(|c| c.is_alphanumeric()).collect(),
        };
        *counts.entry(name).or_insert(0) += 1;
    }
    println!("{counts:#?}");
    let since: Vec<_> = vec![None; 500];
    let audit = models::invariants::audit(&mut simulation, &since, sim::Instant::START + sim::Span::hours(23));
    println!("{:?}", audit);
}
