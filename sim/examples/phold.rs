//! PHOLD, the classic load of parallel simulators (Fujimoto 1990): every process holds one event; one event in ten goes
//! to another process, the others come back after a random delay.
//!
//! `cargo run --release -p sim --example phold -- [PROCESSES] [THREADS]` prints events a second and the fingerprint,
//! which does not depend on the number of threads.

#![expect(clippy::print_stdout, reason = "an example prints what it found")]
#![expect(clippy::disallowed_types, reason = "the speed of a run is measured by the wall clock")]

use std::time::Instant as Wall;

use sim::{
    ActorId, Identities, Instant, Keep, Layout, Process, ProcessContext, Pulse, Purpose, RunError,
    Setup, Span,
};

/// Mean of the exponential part of a delay; the lookahead comes on top.
const MEAN: Span = Span::millis(900);
const LOOKAHEAD: Span = Span::millis(100);

#[derive(Clone, Default)]
struct Hold {
    handled: u64,
}

impl Hold {
    fn pass_on(&mut self, cx: &mut ProcessContext<'_, Self>) {
        self.handled += 1;
        let mut stream = cx.stream(Purpose::of("hold"), self.handled);
        let delay = LOOKAHEAD + stream.exponential(MEAN);
        if stream.chance(0.1) {
            let to = ActorId(stream.below(*cx.settings()));
            cx.send(to, delay, ());
        } else {
            cx.after(delay, ());
        }
    }
}

impl Process for Hold {
    type Timer = ();
    type Message = ();
    type Fact = ();
    /// Number of processes.
    type Settings = u32;

    fn start(&mut self, cx: &mut ProcessContext<'_, Self>) {
        self.pass_on(cx);
    }
    fn on_timer(&mut self, (): (), cx: &mut ProcessContext<'_, Self>) {
        self.pass_on(cx);
    }
    fn on_message(&mut self, (): (), cx: &mut ProcessContext<'_, Self>) {
        self.pass_on(cx);
    }
}

fn main() -> Result<(), RunError> {
    let mut numbers = std::env::args().skip(1).filter_map(|it| it.parse::<u32>().ok());
    let processes = numbers.next().unwrap_or(10_000);
    let threads = numbers.next().unwrap_or(1);
    let cell_size = processes.div_ceil(threads).next_power_of_two().min(16_384);
    let layout = Layout::new(processes, 0, cell_size);
    let setup = Setup {
        seed: 1,
        layout,
        identities: Identities::default(),
        lookahead: LOOKAHEAD,
        keep: Keep::Nothing,
    };
    let mut phold =
        sim::process::simulation(setup, processes, (0..processes).map(|_| Hold::default()));
    let begun = Wall::now();
    phold.run(Instant::START + Span::secs(60), threads as usize, &Pulse::default())?;
    let seconds = begun.elapsed().as_secs_f64();
    let fingerprint = phold.fingerprint();
    println!(
        "{:.0} events a second, fingerprint {fingerprint}",
        fingerprint.events() as f64 / seconds
    );
    Ok(())
}
