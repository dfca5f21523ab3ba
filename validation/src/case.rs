//! A case: one scenario by which some quantities of a law are seen, and how often it is run.

use std::fmt;

use reports::statistics::Sample;
use scenarios::{Options, RecordedRun, Source, load_text, record};
use sim::Pulse;

/// How much is run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Size {
    /// Enough that every value is met as closely as it is declared.
    Whole,
    /// What takes under a minute: every value is run, and has to lie in its interval, however wide that is.
    Quick,
}

impl Size {
    /// One of two.
    pub(crate) fn of<T>(self, whole: T, quick: T) -> T {
        match self {
            Self::Whole => whole,
            Self::Quick => quick,
        }
    }
}

/// What one replication does: seed in, one sample a quantity out.
pub(crate) type Run = Box<dyn Fn(u64) -> Result<Vec<Sample>, String> + Send + Sync>;

/// One way to see some quantities of a law.
pub(crate) struct Case {
    /// The law's id.
    pub(crate) law: &'static str,
    /// Number among the law's cases: names its seeds.
    pub(crate) number: u8,
    /// The quantities that it sees, by the names that the law's values have.
    pub(crate) quantities: Vec<&'static str>,
    /// Number of replications.
    pub(crate) runs: u32,
    /// One replication.
    pub(crate) run: Run,
    /// Its scenario; `None` if it is made of the kernel alone.
    pub(crate) scenario: Option<String>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} {:?} x {}", self.law, self.number, self.quantities, self.runs)
    }
}

impl Case {
    /// A case that is a scenario.
    pub(crate) fn new(
        law: &'static str,
        number: u8,
        quantities: &[&'static str],
        runs: u32,
        scenario: String,
        see: impl Fn(&RecordedRun) -> Vec<Sample> + Send + Sync + 'static,
    ) -> Self {
        let text = scenario.clone();
        let run: Run = Box::new(move |seed| Ok(see(&recorded(&text, seed)?)));
        let quantities = quantities.to_vec();
        Self { law, number, quantities, runs, run, scenario: Some(scenario) }
    }
}

/// Runs a scenario as `posrig run` does, on one thread: replications are what is run side by side.
fn recorded(text: &str, seed: u64) -> Result<RecordedRun, String> {
    let loaded = load_text("scenario", text).map_err(|found| {
        let first = found.first();
        first.map_or_else(|| "cannot be read".to_owned(), |it| format!("{}: {text}", it.message))
    })?;
    let source = Source { scenario: &loaded.scenario, path: "scenario", text };
    let options = Options { seed: Some(seed), ..Options::default() };
    record(source, &options, 1, &Pulse::default()).map_err(|why| why.to_string())
}
