//! A scenario with something real at one of its ports.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use hil::{Adapter, Arrival, Ended, Session};
use models::{Fact, Part};
use programs::recording::Recording;
use programs::{Port, Replayed};
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
    ) -> Played {
        let pace = (speed, Duration::from_millis(5));
        let session = Session::new(self.run(attached), vec![adapter], arrivals, pace, None);
        Played::of(session)
    }

    /// The run again, with a recording in the place of what was real; and its facts.
    pub(crate) fn replay(&self, recording: &Recording) -> (Replayed, Vec<Fact>) {
        let run = programs::replay::begin(self.source(), recording).expect("it is put together");
        let mut facts = Vec::new();
        let again = programs::replay(run, recording, &Pulse::default(), &mut facts);
        (again.expect("it runs"), facts)
    }
}

/// What a session ended with, and all that was noted.
pub(crate) struct Played {
    pub(crate) ended: Ended,
    pub(crate) facts: Vec<Fact>,
}

impl Played {
    /// Plays a session to its end.
    pub(crate) fn of(session: Session<'_>) -> Self {
        let mut facts = Vec::new();
        let ended = session.play(&Pulse::default(), &mut |_| {}, &mut facts);
        Self { ended: ended.expect("it runs to its end"), facts }
    }
}

impl std::ops::Deref for Played {
    type Target = Ended;

    fn deref(&self) -> &Ended {
        &self.ended
    }
}

/// The port of a part of the first terminal.
pub(crate) fn port(part: Part) -> Port {
    Port::new(ActorId(0), part)
}
