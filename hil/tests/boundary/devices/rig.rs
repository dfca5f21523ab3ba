//! A scenario with something real at one of its ports.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use hil::{Adapter, Arrival, Ended, Session};
use models::Part;
use programs::Port;
use scenarios::{Options, Run, Scenario, Source, load_text};
use sim::{ActorId, Pulse};

/// One terminal with a scenario around it.
pub(crate) struct Rig {
    pub(crate) text: String,
    pub(crate) scenario: Scenario,
}

impl Rig {
    /// A scenario by its text.
    pub(crate) fn of(text: &str) -> Self {
        let loaded = load_text("test.ron", text);
        let loaded = loaded.unwrap_or_else(|found| panic!("{found:?}"));
        Self { text: text.to_owned(), scenario: loaded.scenario }
    }

    pub(crate) fn source(&self) -> Source<'_> {
        Source { scenario: &self.scenario, path: "test.ron", text: &self.text }
    }

    /// The run, with these parts attached.
    pub(crate) fn run(&self, attached: &[(u32, Part)]) -> Run<'_> {
        let attached = attached.iter().map(|&(actor, part)| (ActorId(actor), part)).collect();
        let options = Options { attached, ..Options::default() };
        Run::begin(self.source(), &options, 1).expect("the scenario can be put together")
    }

    /// Plays it so many times as fast as the wall clock.
    pub(crate) fn play(
        &self,
        attached: &[(u32, Part)],
        speed: f64,
        adapter: Box<dyn Adapter>,
        arrivals: Receiver<Arrival>,
    ) -> Ended {
        let pace = (speed, Duration::from_millis(5));
        let session = Session::new(self.run(attached), vec![adapter], arrivals, pace, None);
        session.play(&Pulse::default(), &mut |_| {}).expect("it runs to its end")
    }
}

/// The port of a part of the first terminal.
pub(crate) fn port(part: Part) -> Port {
    Port::new(ActorId(0), part)
}
