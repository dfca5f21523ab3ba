//! A channel that loses packets in bursts.
//!
//! Gilbert and Elliott's channel is good or bad and changes at most once a slot. A packet sees the state of its slot; what
//! happened between two packets is drawn at once from the k-step transition law, so an idle channel costs nothing.

use serde::{Deserialize, Serialize};

use crate::random::unit;
use crate::time::{Instant, Span};

/// The law of a Gilbert-Elliott channel (Gilbert 1960, Elliott 1963). All numbers are probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GilbertElliott {
    /// Good becomes bad, per slot.
    pub p_good_to_bad: f64,
    /// Bad becomes good, per slot.
    pub p_bad_to_good: f64,
    /// A packet is lost while the channel is good.
    pub good_loss: f64,
    /// A packet is lost while the channel is bad.
    pub bad_loss: f64,
    /// Length of a slot.
    pub slot: Span,
}

impl GilbertElliott {
    /// Share of time in the bad state: p / (p + r).
    pub fn bad_share(&self) -> f64 {
        let share = |it: f64| (0.0..=1.0).contains(&it);
        debug_assert!(
            share(self.p_good_to_bad) && share(self.p_bad_to_good),
            "a channel changes with a probability: {self:?}"
        );
        let both = self.p_good_to_bad + self.p_bad_to_good;
        if both > 0.0 { self.p_good_to_bad / both } else { 0.0 }
    }

    /// Mean loss of packets that are far apart.
    pub fn loss(&self) -> f64 {
        let bad = self.bad_share();
        let loss = bad * self.bad_loss + (1.0 - bad) * self.good_loss;
        debug_assert!((0.0..=1.0).contains(&loss), "a share of all packets is lost, not {loss}");
        loss
    }

    /// Probability of being bad `slots` after having been bad or good.
    fn bad_after(&self, was_bad: bool, slots: u64) -> f64 {
        let stationary = self.bad_share();
        let turns = self.p_good_to_bad + self.p_bad_to_good;
        // (1 - x)^n is below e^(-xn), here 2^-92: added to a share that is not tiny itself, it changes no bit.
        if turns <= 1.0 && turns * slots as f64 > FORGOTTEN && stationary > 1e-9 {
            return stationary;
        }
        let left = libm::pow(1.0 - self.p_good_to_bad - self.p_bad_to_good, slots as f64);
        let bad = stationary + (f64::from(u8::from(was_bad)) - stationary) * left;
        debug_assert!(
            (-1e-9..=1.0 + 1e-9).contains(&bad),
            "{bad} is not a probability of being bad"
        );
        bad
    }
}

/// So many expected changes after a packet, the channel has forgotten the state that the packet saw.
const FORGOTTEN: f64 = 64.0;

/// The state of one channel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Channel {
    slot: u64,
    bad: bool,
}

impl Channel {
    /// Whether a packet that is sent now is lost; `bits` are two random numbers that belong to this packet.
    pub fn loses(&mut self, law: &GilbertElliott, now: Instant, bits: [u32; 2]) -> bool {
        let slot = now.0 / law.slot.0.max(1);
        debug_assert!(slot >= self.slot, "time does not go back on a channel: {now}");
        let slots = slot.saturating_sub(self.slot);
        if slots > 0 {
            self.bad = unit(bits[0]) < law.bad_after(self.bad, slots);
            self.slot = slot;
        }
        let loss = if self.bad { law.bad_loss } else { law.good_loss };
        debug_assert!(
            (0.0..=1.0).contains(&loss),
            "a packet is lost with a probability, not {loss}"
        );
        unit(bits[1]) < loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As [`GilbertElliott::bad_after`], without a short cut.
    fn worked_out(law: &GilbertElliott, was_bad: bool, slots: u64) -> f64 {
        let stationary = law.bad_share();
        let left = libm::pow(1.0 - law.p_good_to_bad - law.p_bad_to_good, slots as f64);
        stationary + (f64::from(u8::from(was_bad)) - stationary) * left
    }

    #[test]
    fn the_short_cut_of_what_is_forgotten_changes_no_bit() {
        let shares = [1e-12, 1e-6, 0.000_1, 0.003, 0.02, 0.3, 0.5, 0.999];
        for (p_good_to_bad, p_bad_to_good) in shares.iter().flat_map(|p| shares.map(|r| (*p, r))) {
            let law = GilbertElliott { p_good_to_bad, p_bad_to_good, ..LAW };
            let slots = (FORGOTTEN / (p_good_to_bad + p_bad_to_good)) as u64;
            for (slots, was_bad) in
                (slots.saturating_sub(3)..slots + 60).zip([true, false].into_iter().cycle())
            {
                let (short, long) =
                    (law.bad_after(was_bad, slots), worked_out(&law, was_bad, slots));
                assert_eq!(short.to_bits(), long.to_bits(), "{law:?} after {slots} slots");
            }
        }
    }

    const LAW: GilbertElliott = GilbertElliott {
        p_good_to_bad: 0.01,
        p_bad_to_good: 0.2,
        good_loss: 0.001,
        bad_loss: 0.5,
        slot: Span::millis(20),
    };

    #[test]
    fn one_step_is_the_transition_itself_and_many_forget_the_start() {
        assert!((LAW.bad_after(false, 1) - 0.01).abs() < 1e-12);
        assert!((LAW.bad_after(true, 1) - 0.8).abs() < 1e-12);
        assert!((LAW.bad_after(true, 1_000) - LAW.bad_share()).abs() < 1e-12);
        assert!((LAW.loss() - 0.024_761_904_761_904_76).abs() < 1e-12);
    }
}
