//! A real reader, with a real card or a virtual one, in the place of the simulated reader.
//!
//! Chips, with contacts or without, are read by it; it has no stripe head, so swipes stay simulated. The customer, the card
//! number and the amount are the scenario's: what the real card says of itself never enters the world. A scenario's faults of
//! this reader do not occur, and simulated people repair nothing.

use faults::Context;

use super::{CardReader, Fault};
use crate::Models;
use crate::bus::LocalMessage;
use crate::money::Money;
use crate::outside::Outside;
pub use crate::outside::CardRead;
use crate::wire::{Method, InterActorMessage};

impl CardReader {
    /// A card is presented to the real reader.
    pub(super) fn present(&mut self, method: Method, amount: Money, cx: &mut Context<'_, Models>) {
        debug_assert!(self.real.is_some(), "a card is presented outside where the reader is real");
        self.method = method;
        self.reads += 1;
        self.awaiting = true;
        let (number, currency) = (self.reads, cx.settings().currency);
        cx.emit(InterActorMessage::Outside(Outside::Present { number, method, amount, currency }));
    }

    /// The real reader has said something.
    pub(super) fn hears(&mut self, outside: Outside, cx: &mut Context<'_, Models>) {
        debug_assert!(self.real.is_some(), "what is outside is heard where the reader is real");
        match outside {
            Outside::Card { number, read } if number == self.reads && self.awaiting => {
                self.awaiting = false;
                match read {
                    CardRead::Read => self.was_read(true, false, cx),
                    // The reader has done its work: it is the card that does not want to.
                    CardRead::Refused => {
                        cx.say(LocalMessage::WasRead { method: self.method, ok: false });
                    }
                    CardRead::Absent
                    | CardRead::Mute
                    | CardRead::Slow
                    | CardRead::TornOut
                    | CardRead::Nonsense => {
                        self.was_read(false, self.levels.has(Fault::NoReaction), cx);
                    }
                }
            }
            Outside::Gone if self.real == Some(true) => {
                self.real = Some(false);
                cx.broke(Fault::NoReaction.into());
                if self.awaiting {
                    self.awaiting = false;
                    self.was_read(false, true, cx);
                }
            }
            Outside::Back if self.real == Some(false) => {
                self.real = Some(true);
                cx.ended(Fault::NoReaction.into());
            }
            _ => {}
        }
    }
}
