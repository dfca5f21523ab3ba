//! Heartbeats that take a time of their own on their way, and may overtake each other.
//!
//! Beat n is due at its freshness point, the time at which it is sent and the grace. The terminal is trusted from then to the
//! next freshness point if beat n or a later one has come, and from the moment at which one comes: NFD-S.

use faults::Context;
use sim::{Purpose, Span, unit};

use super::{HeartbeatMonitor, Timer};
use crate::Models;

const ON_THE_WAY: Purpose = Purpose::of("presence: a beat's time on its way");

/// Mean time of a beat on its way.
pub(super) fn delays(cx: &Context<'_, Models>) -> Span {
    cx.settings().profile(cx.me()).platform.heartbeat_monitor.delays
}

/// Which heartbeats have come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fresh {
    /// The latest beat that has come, and the latest one that is late or had come by then: one more than their numbers.
    received: u64,
    /// Heartbeats that should have come, by the same count.
    awaited: u64,
}

impl HeartbeatMonitor {
    /// A beat is sent.
    pub(super) fn set_out(&self, beat: u64, lost: bool, cx: &mut Context<'_, Models>) {
        // The names of beats wrap after more than a century of beats a second.
        debug_assert!(beat < u64::from(u32::MAX), "the number of a beat has 32 bits");
        let number = beat as u32;
        if !lost {
            let mean = delays(cx).0 as f64;
            let duration = -libm::log(unit(cx.draw(ON_THE_WAY, beat)[0])) * mean;
            cx.after(Span::from_nanos_f64(duration), Timer::Arrives(number));
        }
        cx.after(cx.settings().policy.grace, Timer::Late(number));
    }

    /// A beat has come, perhaps after later ones.
    pub(super) fn arrives(&mut self, beat: u64, cx: &mut Context<'_, Models>) {
        let fresh = self.fresh.get_mut();
        fresh.received = fresh.received.max(beat + 1);
        self.heard_outside(cx);
        if self.known_missing && !self.unwatched && self.is_fresh(cx) {
            self.found(false, cx);
        }
    }

    /// The freshness point of a beat.
    pub(super) fn late(&mut self, beat: u64, cx: &mut Context<'_, Models>) {
        debug_assert!(beat + 1 > self.fresh.get().awaited, "heartbeats are awaited in their order");
        self.fresh.get_mut().awaited = beat + 1;
        if !self.known_missing && !self.unwatched && !self.is_fresh(cx) {
            self.found(true, cx);
        }
    }

    /// One of the last beats that are due has come, as many of them as make a terminal missing.
    fn is_fresh(&self, cx: &Context<'_, Models>) -> bool {
        let misses = u64::from(cx.settings().policy.misses.max(1));
        let Fresh { received, awaited } = self.fresh.get();
        debug_assert!(misses > 0, "a terminal is missed when something was");
        received + misses > awaited
    }
}
