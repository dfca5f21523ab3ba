//! What a packet's draws are named by: the message that it carries and how often that has been sent, so that one report or
//! repetition more moves the loss and delay of no other packet.

use sim::StableHasher;
use thin_vec::ThinVec;

use crate::wire::{InterActorMessage, Iso, Mti};

/// Which message a packet carries.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Packet {
    /// A payment message, by its type and trace number.
    Payment(Mti, u32),
    /// Half of a handshake: which attempt to connect, which try, and whether it is the answer.
    Handshake(u32, u8, bool),
    /// Anything else, by what it says.
    Other(u64),
}

impl Packet {
    pub(crate) fn of_payment(iso: &Iso) -> Self {
        Self::Payment(iso.mti, iso.stan)
    }

    pub(crate) fn of(message: &InterActorMessage) -> Self {
        match message {
            InterActorMessage::Payment(iso) => Self::of_payment(iso),
            InterActorMessage::Command(job, _) => {
                Self::Other(StableHasher::of(&(job.name, job.action)))
            }
            // Not by its terminal's number, which is its place and not its name.
            InterActorMessage::Order(command) => {
                Self::Other(StableHasher::of(&("order", command.number)))
            }
            other => Self::Other(StableHasher::of(other)),
        }
    }
}

/// How many messages a link remembers for the sake of counting. What is sent again follows closely: a reversal keeps new
/// requests back until it is acknowledged, and only an advice lets a few sales pass between.
const REMEMBERED: usize = 8;

/// How often the last few messages have been sent over a link.
#[derive(Clone, Debug, Default)]
pub(super) struct Sendings {
    /// The latest first: a message, shortened, and how often it was sent.
    latest: ThinVec<(u32, u32)>,
}

impl Sendings {
    /// The name of the draws of one more sending.
    pub(super) fn name(&mut self, packet: Packet) -> u64 {
        let message = StableHasher::of(&packet);
        // A request has a trace number of its own, and each half of a handshake its place: neither is sent twice.
        if matches!(packet, Packet::Payment(Mti::Request, _) | Packet::Handshake(..)) {
            return message;
        }
        let short = (message >> 32) as u32;
        let times = match self.latest.iter().position(|&(it, _)| it == short) {
            Some(at) => self.latest.remove(at).1,
            None => {
                self.latest.truncate(REMEMBERED - 1);
                0
            }
        };
        debug_assert!(self.latest.len() < REMEMBERED, "there is room for the latest");
        self.latest.insert(0, (short, times.saturating_add(1)));
        StableHasher::of(&(message, times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sending_of_a_message_has_a_name_that_other_messages_do_not_move() {
        let (reversal, advice) =
            (Packet::Payment(Mti::Reversal, 7), Packet::Payment(Mti::Advice, 8));
        let mut alone = Sendings::default();
        let names: Vec<u64> = (0..4).map(|_| alone.name(reversal)).collect();
        let mut among = Sendings::default();
        for (n, name) in names.iter().enumerate() {
            assert_eq!(among.name(reversal), *name, "sending {n}");
            among.name(advice);
            among.name(Packet::Payment(Mti::Request, n as u32));
            among.name(Packet::Other(n as u64));
        }
        let mut distinct = names.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), names.len());
    }
}
