//! PHOLD under criterion: each iteration goes on from where the last one ended, for about half a million events.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use phold::{Engine, Law, OnNexosim, OnSimcore, Ours, SEED, SIZES, WARM};
use sim::Span;

/// What an iteration handles on average: an event happens once a second and process.
const EVENTS: u64 = 500_000;

fn phold(criterion: &mut Criterion) {
    for processes in SIZES {
        let law = Law::new(processes, SEED);
        let mut group = criterion.benchmark_group(format!("phold/{processes}"));
        group.sample_size(10).throughput(Throughput::Elements(EVENTS));
        bench(&mut group, law, "posrig, 1 thread", || Ours::new(law, SEED, 1));
        bench(&mut group, law, "posrig, 2 threads", || Ours::new(law, SEED, 2));
        bench(&mut group, law, "simcore 0.1.0", || OnSimcore::new(law, SEED));
        bench(&mut group, law, "nexosim 1.0.0", || OnNexosim::new(law));
        group.finish();
    }
}

fn bench<E: Engine>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    law: Law,
    name: &str,
    new: impl Fn() -> E,
) {
    let step = Span::millis(EVENTS * 1_000 / u64::from(law.processes()));
    let mut end = WARM;
    let mut running = None;
    group.bench_function(name, |bencher| {
        // Made here, so that a benchmark that was filtered out costs nothing.
        let engine = running.get_or_insert_with(|| {
            let mut engine = new();
            engine.run_to(WARM);
            engine
        });
        bencher.iter(|| {
            end += step;
            engine.run_to(end);
        });
    });
}

criterion_group!(benches, phold);
criterion_main!(benches);
