//! The messages of a run as packets: the scenario is run again, with a copy of what crosses the gateway's network port.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use models::wire::{InterActorMessage, Iso};
use scenarios::{Failure, Options, Outcome, Run, Source};
use sim::{ActorId, Instant, Pulse, Span};

use crate::iso8583::message::MapError;
use crate::iso8583::{Fields, FrameError, Mapper, Message};
use crate::pcap::{Capture, Towards};

/// What a capture holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Messages by type.
    pub messages: BTreeMap<&'static str, u64>,
    /// Messages that were there before: the same type, terminal and trace number.
    pub repeated: u64,
    /// Terminals that sent anything.
    pub terminals: u64,
    /// Packets, with those of handshakes.
    pub packets: u64,
}

/// Why there is no capture.
#[derive(Debug)]
pub enum Trouble {
    /// The run could not be repeated.
    Run(Failure),
    /// A message cannot be said in the dialect.
    Message(Instant, ActorId, MapError),
    /// A message is too long for the dialect.
    Frame(FrameError),
    /// The capture cannot be written.
    Write(io::Error),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(why) => why.fmt(f),
            Self::Message(at, who, why) => {
                write!(f, "the message of terminal {} at {at} cannot be written: {why}", who.0)
            }
            Self::Frame(why) => why.fmt(f),
            Self::Write(why) => write!(f, "the capture cannot be written: {why}"),
        }
    }
}

impl std::error::Error for Trouble {}

/// How far it goes before messages are taken out: memory stays bounded.
const STEP: Span = Span::minutes(10);

/// Runs a scenario again and writes what crosses the gateway's network port. Card numbers are masked: the digits between the
/// first six and the last four are zeros.
///
/// # Errors
/// If the run cannot be repeated, a message cannot be said in the dialect, or the capture cannot be written.
pub fn trace<W: Write>(
    source: Source<'_>,
    seed: u64,
    (mapper, port): (&Mapper, u16),
    pulse: &Pulse,
    to: W,
) -> Result<(Outcome, Counts), Trouble> {
    let options = Options { seed: Some(seed), captured: true, ..Options::default() };
    let mut run = Run::begin(source, &options, 1).map_err(Trouble::Run)?;
    let mut capture = Capture::begin(to, port, mapper.first_day).map_err(Trouble::Write)?;
    let mut counted = Counted::default();
    let (mut now, end) = (Instant::START, run.end());
    let (mut fields, mut body, mut bytes) = (Fields::default(), Vec::new(), Vec::new());
    while now < end {
        now = (now + STEP).min(end);
        run.simulation.run(now, 1, pulse).map_err(|why| Trouble::Run(Failure::Run(why)))?;
        for emission in run.simulation.take_emissions() {
            let InterActorMessage::Payment(iso) = emission.message else { continue };
            let refuse = |why| Trouble::Message(emission.at, iso.terminal, why);
            let seal = mapper.put(&Message::Payment(iso), &mut fields).map_err(refuse)?;
            mask(&mut fields);
            body.clear();
            let written = mapper.encode(&mut fields, seal, &mut body);
            written.map_err(|why| refuse(why.into()))?;
            bytes.clear();
            let framing = mapper.dialect().framing();
            let (towards, envelope) = if iso.mti.asks() {
                (Towards::Gateway, framing.envelope())
            } else {
                (Towards::Terminal, framing.envelope().reply())
            };
            framing.close(&envelope, &body, &mut bytes).map_err(Trouble::Frame)?;
            counted.add(&iso);
            let written = capture.message(emission.at, iso.terminal, towards, &bytes);
            written.map_err(Trouble::Write)?;
        }
        // Nobody reads what is noted: it is not to pile up.
        run.hand_over(&mut ());
    }
    let packets = capture.end().map_err(Trouble::Write)?;
    Ok((run.finish(&mut ()), counted.counts(packets)))
}

/// Zeros in place of the digits of a card number that nobody may read.
fn mask(fields: &mut Fields) {
    let Some(number) = fields.get(2) else { return };
    let hidden = |at: usize| at >= 6 && at + 4 < number.len();
    let digit = |(at, byte): (usize, &u8)| if hidden(at) { b'0' } else { *byte };
    let masked: Vec<u8> = number.iter().enumerate().map(digit).collect();
    fields.set(2, &masked);
}

#[derive(Default)]
struct Counted {
    messages: BTreeMap<&'static str, u64>,
    seen: BTreeSet<(&'static str, ActorId, u32)>,
    repeated: u64,
    terminals: BTreeSet<ActorId>,
}

impl Counted {
    fn add(&mut self, iso: &Iso) {
        let name = iso.mti.digits();
        *self.messages.entry(name).or_default() += 1;
        self.repeated += u64::from(!self.seen.insert((name, iso.terminal, iso.stan)));
        self.terminals.insert(iso.terminal);
    }
    fn counts(self, packets: u64) -> Counts {
        let (messages, repeated) = (self.messages, self.repeated);
        Counts { messages, repeated, terminals: self.terminals.len() as u64, packets }
    }
}
