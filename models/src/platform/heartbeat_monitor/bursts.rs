//! Heartbeats that share the bursts of their channel: neighbours are lost together.
//!
//! Whether beat n is lost depends on the state of the channel at that moment, and that on its state at the beat before.
//! So beats are looked at in their order; from one to the next the channel takes one step of the k-step law, however many
//! slots lie between. They are still no events.

use faults::Context;
use sim::{Channel, GilbertElliott};

use super::{BEAT, HeartbeatMonitor, Rhythm};
use crate::Models;
use crate::wire::Via;

/// Beats up to some point, taken in their order.
#[derive(Clone, Copy, Debug)]
pub(super) struct March {
    channel: Channel,
    /// Misses in a row so far.
    pub(super) run: u32,
}

/// The law of the channel that beats take now: that of the bearer, with as much more loss as it has told of.
fn law(via: Via, loss_ppm: u32, cx: &Context<'_, Models>) -> GilbertElliott {
    let comms = &cx.settings().profile(cx.me()).comms;
    let radio = match via {
        Via::Wifi => &comms.wifi.radio,
        Via::Cellular => &comms.cellular.radio,
    };
    let (told, usual) = (f64::from(loss_ppm) / 1e6, radio.law(0.0).loss());
    debug_assert!((0.0..=1.0).contains(&told), "{told} is not a share of heartbeats");
    // What is told is rounded to parts per million.
    let extra = 1.0 - (1.0 - told) / (1.0 - usual).max(1e-6);
    radio.law(if extra < 2e-6 { 0.0 } else { extra })
}

impl HeartbeatMonitor {
    /// The beats that are not accounted for begin here.
    pub(super) fn march(&self) -> March {
        March { channel: self.channel, run: self.run }
    }

    /// The next beat of a march: true if it is lost.
    pub(super) fn stride(
        &self,
        march: &mut March,
        rhythm: Rhythm,
        beat: u64,
        cx: &Context<'_, Models>,
    ) -> bool {
        let law = law(self.via, self.loss_ppm, cx);
        let bits = cx.draw(BEAT, beat);
        let lost = !self.alive || march.channel.loses(&law, rhythm.sent(beat), [bits[0], bits[1]]);
        march.run = if lost { march.run.saturating_add(1) } else { 0 };
        lost
    }

    /// The march has come to here.
    pub(super) fn halt(&mut self, march: March) {
        self.channel = march.channel;
    }

    /// Takes stock of the beats before `upto`, in their order.
    pub(super) fn account_in_order(&mut self, rhythm: Rhythm, upto: u64, cx: &Context<'_, Models>) {
        let enough = cx.settings().policy.misses.max(1);
        let mut march = self.march();
        for beat in self.next..upto {
            self.stride(&mut march, rhythm, beat, cx);
        }
        (self.channel, self.run) = (march.channel, march.run.min(enough));
        self.next = self.next.max(upto);
    }

    /// The first beat before `last` at which the record changes its mind.
    pub(super) fn turn_in_order(
        &self,
        rhythm: Rhythm,
        last: u64,
        cx: &Context<'_, Models>,
    ) -> Option<u64> {
        let enough = cx.settings().policy.misses.max(1);
        let mut march = self.march();
        (self.next..last).find(|&beat| {
            let lost = self.stride(&mut march, rhythm, beat, cx);
            if self.missing { !lost } else { march.run >= enough }
        })
    }
}
