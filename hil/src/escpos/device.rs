//! What is said to a printer, and what it answers.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use models::hardware::printer::Said;

use super::channel::{self, Channel};
use super::settings::Settings;
use super::status::{StatusKind, blocked, kind, said};
use crate::line::{Trouble, shown};

/// A printer that answers.
pub(super) struct Device {
    channel: Box<dyn Channel>,
    patience: Duration,
    /// Bytes of an automatic status that are still to come.
    automatic: u8,
}

/// What became of a receipt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// Everything is out.
    Printed(Said),
    /// It was not sent, for the printer says why it would not come out.
    Blocked(Said),
    /// It was sent and did not come out whole, and the printer says why.
    BrokenOff(Said),
    /// Neither did it come out in time nor does the printer say why.
    Unconfirmed(Said),
}

/// So much may come that is not an answer before it is taken for a printer that never stops.
const MOST_NOISE: usize = 4_096;
/// How often a printer is asked what holds it up while a receipt is on its way.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// `DLE ENQ 2`: it goes on after an error whose cause somebody has removed, and drops what was waiting.
const GO_ON: &[u8] = b"\x10\x05\x02";
/// `DLE DC4 8`: drops everything that waits to be printed, so that a receipt that is given up does not come out later.
const DROP_ALL: &[u8] = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08";
/// `GS r 1`.
const COME_TO_THIS: &[u8] = b"\x1dr\x01";

fn trouble(why: &std::io::Error) -> Trouble {
    match why.kind() {
        ErrorKind::TimedOut => Trouble::Late(String::new()),
        _ => Trouble::Lost(why.to_string()),
    }
}

impl Device {
    /// Opens the line to a printer.
    pub(super) fn open(settings: &Settings) -> Result<Self, Trouble> {
        let opened = channel::open(&settings.address, settings.baud, settings.patience);
        let channel = opened.map_err(|why| Trouble::Lost(why.to_string()))?;
        Ok(Self { channel, patience: settings.patience, automatic: 0 })
    }

    fn tell(&mut self, bytes: &[u8], within: Duration) -> Result<(), Trouble> {
        channel::write_all(&mut *self.channel, bytes, within).map_err(|why| trouble(&why))
    }

    /// The next byte that is an answer, and what kind of one; `None` if none comes within this time.
    fn next(&mut self, asked: &str, within: Duration) -> Result<Option<(StatusKind, u8)>, Trouble> {
        let by = Instant::now() + within;
        for _ in 0..MOST_NOISE {
            let left = by.saturating_duration_since(Instant::now());
            let mut byte = [0];
            let read = self.channel.read(&mut byte, left).map_err(|why| trouble(&why))?;
            if read == 0 {
                if left.is_zero() {
                    return Ok(None);
                }
                continue;
            }
            if self.automatic > 0 {
                self.automatic -= 1;
                continue;
            }
            match kind(byte[0]) {
                StatusKind::Flow => {}
                StatusKind::Automatic => self.automatic = 3,
                StatusKind::Other => {
                    let came = shown(&byte);
                    return Err(Trouble::Nonsense { asked: asked.to_owned(), came });
                }
                kind => return Ok(Some((kind, byte[0]))),
            }
        }
        Err(Trouble::Endless(String::new()))
    }

    /// What came without being asked for is not an answer to what is asked next.
    fn drain(&mut self) -> Result<(), Trouble> {
        for _ in 0..MOST_NOISE {
            if self.next("nothing", Duration::ZERO)?.is_none() {
                return Ok(());
            }
        }
        Err(Trouble::Endless(String::new()))
    }

    /// `DLE EOT n`. The second value: it has come to the end of what was to be printed meanwhile.
    fn ask(&mut self, n: u8) -> Result<(u8, bool), Trouble> {
        let asked = format!("DLE EOT {n}");
        self.tell(&[0x10, 0x04, n], self.patience)?;
        let by = Instant::now() + self.patience;
        let mut processed = false;
        for _ in 0..MOST_NOISE {
            match self.next(&asked, by.saturating_duration_since(Instant::now()))? {
                Some((StatusKind::RealTime, byte)) => return Ok((byte, processed)),
                Some(_) => processed = true,
                None => return Err(Trouble::Late(String::new())),
            }
        }
        Err(Trouble::Endless(String::new()))
    }

    fn look(&mut self) -> Result<(Said, bool), Trouble> {
        let mut answers = [0; 4];
        let mut processed = false;
        for (n, answer) in (1..=4).zip(&mut answers) {
            let (byte, meanwhile) = self.ask(n)?;
            *answer = byte;
            processed |= meanwhile;
        }
        Ok((said(answers), processed))
    }

    /// Its status.
    pub(super) fn status(&mut self) -> Result<Said, Trouble> {
        self.drain()?;
        Ok(self.look()?.0)
    }

    /// Prints, if it can, and waits until it has.
    pub(super) fn print(
        &mut self,
        receipt: &[u8],
        settings: &Settings,
    ) -> Result<Outcome, Trouble> {
        let mut said = self.status()?;
        if said.cutter_blocked || said.stopped {
            // Somebody may have put it right, but it waits to be told so.
            self.tell(GO_ON, self.patience)?;
            said = self.status()?;
        }
        if blocked(said) {
            return Ok(Outcome::Blocked(said));
        }
        self.tell(receipt, settings.prints_in)?;
        if !settings.confirm {
            let said = self.status()?;
            return Ok(if blocked(said) {
                Outcome::BrokenOff(said)
            } else {
                Outcome::Printed(said)
            });
        }
        self.tell(COME_TO_THIS, self.patience)?;
        let by = Instant::now() + settings.prints_in;
        loop {
            let left = by.saturating_duration_since(Instant::now());
            if matches!(self.next("GS r 1", left.min(ASK_EVERY))?, Some((StatusKind::Processed, _)))
            {
                return Ok(Outcome::Printed(self.status()?));
            }
            let (said, processed) = self.look()?;
            if processed {
                return Ok(Outcome::Printed(said));
            }
            // A head that has to cool goes on by itself.
            if blocked(Said { hot: false, ..said }) {
                self.tell(DROP_ALL, self.patience)?;
                return Ok(Outcome::BrokenOff(said));
            }
            if left.is_zero() {
                self.tell(DROP_ALL, self.patience)?;
                let late =
                    if said.hot { Outcome::BrokenOff(said) } else { Outcome::Unconfirmed(said) };
                return Ok(late);
            }
        }
    }
}
