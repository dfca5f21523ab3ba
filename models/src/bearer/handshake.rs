//! How a link connects: a fixed time, or a handshake over its own channel that is tried again and again.

use faults::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use sim::{Instant, Purpose, Span, unit};

use super::{Bearer, Packet, Radio};
use crate::note::Note;
use crate::{AnyTimer, Models};

/// A handshake: one packet there and one back, over the channel as it is. What is not answered in time is tried again
/// after a pause; after the last attempt the link stays down until somebody has it connect anew.
///
/// TCP's connect is `(attempts: 7, timeout: "1s", timeout_grows: 2, backoff: "0s")`: RFC 6298 and Linux'
/// `tcp_syn_retries` of 6.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HandshakeSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Handshake {
    /// How often it is tried in all.
    pub attempts: u8,
    /// How long the first attempt waits for its answer.
    pub timeout: Span,
    /// Each later attempt waits so many times as long as the one before.
    pub timeout_grows: Factor,
    /// The longest wait for an answer.
    pub max_timeout: Span,
    /// Pause before the second attempt; doubled each time up to `max_backoff`.
    pub backoff: Span,
    /// The longest pause.
    pub max_backoff: Span,
    /// How much of a pause is random: at 0 none of it, at 1 all of it (full jitter).
    pub jitter: Probability,
}

impl Default for Handshake {
    fn default() -> Self {
        Self {
            attempts: 7,
            timeout: Span::secs(1),
            timeout_grows: Factor(2.0),
            max_timeout: Span::secs(120),
            backoff: Span::ZERO,
            max_backoff: Span::secs(60),
            jitter: Probability(0.0),
        }
    }
}

impl Handshake {
    /// How long an attempt waits for its answer; attempts count from 0.
    fn waits(&self, attempt: u8) -> Span {
        let grown = libm::pow(self.timeout_grows.0, f64::from(attempt));
        let waits = self.timeout.0 as f64 * grown;
        debug_assert!(waits >= 0.0, "an answer is waited for {waits} ns");
        Span::from_nanos_f64(waits.min(self.max_timeout.0 as f64))
    }

    /// The pause after an attempt that is not the last, as much of it as is not left out at random.
    fn pauses(&self, attempt: u8, random: f64) -> Span {
        debug_assert!((0.0..=1.0).contains(&random), "{random} is not a random share of a pause");
        let doubled = self.backoff.0.saturating_mul(1u64 << attempt.min(40));
        Span(doubled.min(self.max_backoff.0)).scaled(1.0 - self.jitter.0 * random)
    }
}

/// Where an attempt to connect stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Connecting {
    /// When it began.
    began: Instant,
    /// Attempts so far.
    tries: u8,
    /// The note that is due is the end of it, not another attempt.
    answered: bool,
}

const SPREADS: Purpose = Purpose::of("bearer: delay before it connects");
const PAUSES: Purpose = Purpose::of("bearer: pause between attempts");

impl Bearer {
    /// Begins to connect.
    pub(super) fn connect<T: Into<AnyTimer>>(
        &mut self,
        radio: &Radio,
        note: impl FnOnce(u32) -> T,
        cx: &mut Context<'_, Models>,
    ) {
        self.connect_after(radio, Span::ZERO, note, cx);
    }

    /// Begins to connect after a while.
    fn connect_after<T: Into<AnyTimer>>(
        &mut self,
        radio: &Radio,
        wait: Span,
        note: impl FnOnce(u32) -> T,
        cx: &mut Context<'_, Models>,
    ) {
        debug_assert!(!self.connected, "who connects is not connected");
        let mut delay = wait;
        if radio.spread_over > Span::ZERO {
            let name = SPREADS.numbered(cx.part() as u64);
            delay =
                wait + radio.spread_over.scaled(unit(cx.draw(name, u64::from(self.attempt))[0]));
        }
        let answered = radio.handshake.is_none();
        self.unusual.get_mut().connecting =
            Connecting { began: cx.now() + delay, tries: 0, answered };
        let first = if answered { delay + radio.connects_in } else { delay };
        cx.after(first, note(self.attempt));
    }

    /// A note about an attempt to connect is due: it is over, or tried again. True if the state of the link has changed.
    pub(crate) fn connect_step<T: Into<AnyTimer>>(
        &mut self,
        radio: &Radio,
        purpose: Purpose,
        attempt: u32,
        note: impl FnOnce(u32) -> T,
        cx: &mut Context<'_, Models>,
    ) -> bool {
        debug_assert!(attempt <= self.attempt, "nobody has made attempt {attempt} to connect");
        if attempt != self.attempt {
            return false;
        }
        let Connecting { tries, answered, .. } = self.unusual.get().connecting;
        if answered {
            self.connected = true;
            self.tell_of_connecting(radio, true, cx);
            return true;
        }
        let Some(handshake) = radio.handshake else { return false };
        debug_assert!(tries <= handshake.attempts, "no more is tried than is allowed");
        if tries >= handshake.attempts {
            self.tell_of_connecting(radio, false, cx);
            // A modem does not give up: it registers anew after a while.
            self.attempt += 1;
            self.connect_after(radio, handshake.max_backoff.max(Span::secs(1)), note, cx);
            return false;
        }
        self.unusual.get_mut().connecting.tries += 1;
        let mut half = |back| {
            let name = self.sendings.name(Packet::Handshake(attempt, tries, back));
            self.packet(radio, (purpose, name), cx)
        };
        let there = half(false);
        let back = there.and_then(|_| half(true));
        let waits = handshake.waits(tries);
        let next = match (there, back) {
            (Some(there), Some(back)) if there + back <= waits => {
                self.unusual.get_mut().connecting.answered = true;
                there + back
            }
            // The last attempt is waited for as well before it is given up.
            _ if tries + 1 >= handshake.attempts => waits,
            _ => {
                let name = PAUSES.numbered(cx.part() as u64);
                let draw = u64::from(self.attempt) << 8 | u64::from(tries);
                waits + handshake.pauses(tries, unit(cx.draw(name, draw)[0]))
            }
        };
        cx.after(next, note(self.attempt));
        false
    }

    /// Where connecting is more than a fixed time, it is noted how it went.
    fn tell_of_connecting(&self, radio: &Radio, connected: bool, cx: &mut Context<'_, Models>) {
        if radio.handshake.is_some() || radio.spread_over > Span::ZERO {
            let Connecting { began, tries, .. } = self.unusual.get().connecting;
            debug_assert!(began <= cx.now(), "who has connected had begun to");
            let took = cx.now().since(began);
            cx.note(Note::Connecting { part: cx.part(), connected, tries, took });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tcp_gives_up_after_two_minutes() {
        let connect = Handshake::default();
        let all: u64 = (0..7).map(|n| (connect.waits(n) + connect.pauses(n, 0.5)).0).sum();
        assert_eq!(Span(all), Span::secs(127));
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_jitter_shortens_them() {
        let calm = Handshake {
            backoff: Span::secs(1),
            max_backoff: Span::secs(5),
            ..Handshake::default()
        };
        let pauses: Vec<Span> = (0..4).map(|n| calm.pauses(n, 0.25)).collect();
        assert_eq!(pauses, [1, 2, 4, 5].map(Span::secs));
        let jittery = Handshake { jitter: Probability(1.0), ..calm };
        assert_eq!(jittery.pauses(2, 0.25), Span::secs(3));
    }
}
