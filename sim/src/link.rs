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
        let both = self.p_good_to_bad + self.p_bad_to_good;
        if both > 0.0 { self.p_good_to_bad / both } else { 0.0 }
    }

    /// Mean loss of packets that are far apart.
    pub fn loss(&self) -> f64 {
        let bad = self.bad_share();
        bad * self.bad_loss + (1.0 - bad) * self.good_loss
    }

    /// Probability of being bad `slots` after having been bad or good.
    fn bad_after(&self, was_bad: bool, slots: u64) -> f64 {
        let stationary = self.bad_share();
        let left = libm::pow(1.0 - self.p_good_to_bad - self.p_bad_to_good, slots as f64);
        stationary + (f64::from(u8::from(was_bad)) - stationary) * left
    }
}

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
        let slots = slot.saturating_sub(self.slot);
        if slots > 0 {
            self.bad = unit(bits[0]) < law.bad_after(self.bad, slots);
            self.slot = slot;
        }
        unit(bits[1]) < if self.bad { law.bad_loss } else { law.good_loss }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
