//! `docs/catalogue.md` is kept true: its ids are all there, what its rows name exists, and every fault mode takes all five
//! steps in the showcase scenario that its row names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use models::Fault;
use models::invariants::Invariant;
use reports::coverage::coverage;
use reports::run_tables::RunTables;
use scenarios::{Options, Run, Source, load};
use sim::Pulse;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PAGE: &str = "docs/catalogue.md";

/// The rows of all tables of the page, cell by cell, without their heads.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string(Path::new(ROOT).join(PAGE)).expect("the catalogue");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
    let cells = |row: &str| row.split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    rows.into_iter().filter(|row| row[0] != "id" && row[0] != "fault").collect()
}

/// The rows of the fault modes: six cells, the first one `part.mode`.
pub(crate) fn mode_rows() -> BTreeMap<String, Vec<String>> {
    let rows = rows().into_iter().filter(|row| row.len() == 6);
    rows.map(|row| (row[0].trim_matches('`').to_owned(), row)).collect()
}

/// What a link of Markdown leads to, from the root.
fn leads_to(cell: &str) -> &str {
    let target = cell.split_once("](").map_or("", |(_, rest)| rest.trim_end_matches(')'));
    target.strip_prefix("../").unwrap_or(target)
}

/// Every row of the document that the project was asked for has its row here.
#[test]
fn every_row_of_the_source_is_there() {
    let fine: Vec<String> = rows().into_iter().map(|mut row| row.swap_remove(0)).collect();
    let found: Vec<&String> = fine
        .iter()
        .filter(|id| id.len() == 4 && id.starts_with('S') && id[1..].parse::<u16>().is_ok())
        .collect();
    let wanted: Vec<String> = (1..=244).map(|number| format!("S{number:03}")).collect();
    assert_eq!(found, wanted.iter().collect::<Vec<_>>(), "ids of {PAGE}");
    for id in [
        "hardware",
        "comms",
        "software",
        "gateway",
        "backend",
        "hosts",
        "power",
        "transaction",
        "printer",
        "card-reader",
        "display",
        "sound",
        "lights",
        "behaviour",
        "monitoring",
        "self-help",
        "phone",
        "website",
        "wechat",
        "agent",
        "repair",
        "update",
        "after-sales",
        "apply.online",
        "apply.offline",
        "apply.third-party",
        "apply.agent",
        "documents",
        "provider",
        "rules",
        "fraud",
        "deposit",
        "deposit.damage",
    ] {
        assert!(fine.contains(&format!("`{id}`")), "{PAGE} has no row `{id}`");
    }
}

/// What a row names exists; a row that names nothing says why.
#[test]
fn everything_that_a_row_names_exists() {
    let known: BTreeSet<(String, String)> = reports::explain::all()
        .into_iter()
        .map(|entry| (entry.kind.to_owned(), entry.term))
        .chain(Invariant::ALL.map(|it| ("invariant".to_owned(), format!("{it:?}"))))
        .collect();
    let language = types();
    for row in rows().into_iter().filter(|row| row.len() != 6) {
        let (id, last) = (&row[0], &row[row.len() - 1]);
        if let Some(reason) = last.strip_prefix("not simulated: ") {
            assert!(reason.len() > 20, "{PAGE}: {id} gives no reason: {reason}");
            continue;
        }
        for named in last.split("; ") {
            let (kind, name) = named.split_once(" `").unwrap_or((named, ""));
            let name = name.trim_end_matches('`');
            let exists = match kind {
                "file" => Path::new(ROOT).join(name).is_file(),
                "type" => {
                    let (of, field) = name.split_once('.').unwrap_or((name, ""));
                    let section = language.get(of);
                    section.is_some_and(|it| {
                        field.is_empty() || it.contains(&format!("| `{field}` |"))
                    })
                }
                _ => known.contains(&(kind.to_owned(), name.to_owned())),
            };
            assert!(exists, "{PAGE}: {id} names {named}, which does not exist");
        }
    }
}

/// The sections of the scenario language's reference, by type.
fn types() -> BTreeMap<String, String> {
    let page = scenarios::reference();
    let sections = page.split("\n## ").skip(1);
    let named = sections.map(|it| it.split_once('\n').unwrap_or((it, "")));
    named.map(|(name, text)| (name.trim().to_owned(), text.to_owned())).collect()
}

/// Every fault mode of the code is a row, with its Chinese name, its model's file and a scenario that plans it.
#[test]
fn every_fault_mode_has_its_row() {
    let rows = mode_rows();
    let names: BTreeSet<String> = Fault::all().map(|fault| fault.to_string()).collect();
    let gone: Vec<&String> = rows.keys().filter(|name| !names.contains(*name)).collect();
    assert!(gone.is_empty(), "{PAGE}: remove the rows of modes that are no more: {gone:?}");
    for fault in Fault::all() {
        let row = rows.get(&fault.to_string()).unwrap_or_else(|| {
            panic!(
                "{PAGE}: add a row for {fault} {} with its model and a showcase scenario",
                fault.mode().zh
            )
        });
        assert_eq!(row[1], fault.mode().zh, "{PAGE}: Chinese name of {fault}");
        let model = Path::new(ROOT).join(leads_to(&row[2]));
        let text = fs::read_to_string(&model).unwrap_or_default();
        let named = format!("const NAME: &'static str = \"{}\"", fault.part().name());
        assert!(text.contains(&named), "{PAGE}: {fault}: {} is not its model", model.display());
        assert!(
            leads_to(&row[4]).starts_with("scenarios/showcase/"),
            "{PAGE}: {fault} has no showcase scenario"
        );
        let who = ["device, ", "gateway, ", "back office, ", "outside, ", "person, "];
        let observed = &row[3];
        assert!(
            who.iter().any(|it| observed.starts_with(it)),
            "{PAGE}: {fault}: who can observe it? It says: {observed}"
        );
    }
}

/// In its showcase scenario every fault mode occurs and is activated, detected, isolated and cleared, but for those steps
/// that its row owns up to; a step that has come within reach has to be taken out there.
#[test]
fn every_fault_mode_takes_every_step_in_its_scenario() {
    let mut of_scenario: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (fault, row) in mode_rows() {
        of_scenario.entry(leads_to(&row[4]).to_owned()).or_default().push((fault, row[5].clone()));
    }
    let mut wrong = Vec::new();
    for (file, faults) in of_scenario {
        let covered = coverage([&run(&file)]);
        for (fault, owned) in faults {
            let Some(row) = covered.iter().find(|row| row.fault == fault) else { continue };
            let (steps, reason) = owned.split_once(": ").unwrap_or((&owned, ""));
            let admitted: Vec<&str> = steps.split(", ").filter(|it| !it.is_empty()).collect();
            if row.missing() != admitted || (!admitted.is_empty() && reason.len() < 20) {
                let missing = row.missing().join(", ");
                wrong.push(format!("{fault} in {file} lacks [{missing}], its row says [{owned}]"));
            }
        }
    }
    assert!(wrong.is_empty(), "extend the scenario or correct {PAGE}:\n{}", wrong.join("\n"));
}

fn run(file: &str) -> RunTables {
    let loaded = load(&Path::new(ROOT).join(file))
        .unwrap_or_else(|mistakes| panic!("{file}: {mistakes:#?}"));
    let source = Source { scenario: &loaded.scenario, path: file, text: &loaded.source };
    let run = Run::begin(source, &Options::default(), 1).expect("it is put together");
    let mut fold = reports::AnalysisFold::new(run.outset());
    let outcome = run.complete(1, &Pulse::default(), &mut fold).expect("it runs");
    RunTables::of(&outcome, &fold.finish(&outcome))
}
