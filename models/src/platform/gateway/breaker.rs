//! A breaker towards each host: what a host's silence, word and slowness mean for what is sent to it.

use faults::{Context, Finding};
use sim::{Instant, Span};

use super::{Gateway, Spec, Timer};
use crate::{Evidence, Symptom};
use crate::note::Note;
use crate::Models;

/// A breaker towards one host.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
    /// One request is let through to see.
    probing: bool,
    /// Smoothed time that the host takes, in seconds: an exponentially weighted mean, a fifth for each new answer.
    smoothed_s: f64,
    slow: bool,
}

impl Breaker {
    /// Nothing is sent to the host, or it is slow.
    pub(super) fn troubled(&self) -> bool {
        self.slow || self.open_until.is_some()
    }
}

impl Gateway {
    fn breaker(&mut self, host: usize) -> &mut Breaker {
        if self.breakers.len() <= host {
            self.breakers.resize(host + 1, Breaker::default());
        }
        &mut self.breakers[host]
    }

    /// The next request is let through to see.
    pub(super) fn rested(&mut self, host: usize) {
        debug_assert!(host < self.breakers.len(), "nothing was tried at host {host}");
        self.breaker(host).probing = false;
    }

    pub(super) fn lets_through(&mut self, spec: &Spec, host: usize, cx: &mut Context<'_, Models>) -> bool {
        let now = cx.now();
        debug_assert!(host < cx.settings().directory.hosts.len(), "there is no host {host}");
        let breaker = self.breaker(host);
        match breaker.open_until {
            None => true,
            Some(until) if now < until || breaker.probing => false,
            Some(_) => {
                breaker.probing = true;
                cx.after(spec.breaker_cooldown, Timer::Rested(host as u8));
                true
            }
        }
    }

    /// What a host's silence or word means for the breaker.
    pub(super) fn judge(&mut self, spec: &Spec, host: usize, failed: bool, cx: &mut Context<'_, Models>) {
        let Some(&actor) = cx.settings().directory.hosts.get(host) else { return };
        let until = cx.now() + spec.breaker_cooldown;
        let breaker = self.breaker(host);
        debug_assert!(
            breaker.open_until.is_none() || breaker.failures >= spec.breaker_trips_after,
            "a breaker opens after enough failures"
        );
        breaker.probing = false;
        if !failed {
            breaker.failures = 0;
            if breaker.open_until.take().is_some() {
                cx.note(Note::Breaker { host: actor, open: false });
                self.all_clear(host, cx);
            }
            return;
        }
        breaker.failures = breaker.failures.saturating_add(1);
        if breaker.failures < spec.breaker_trips_after {
            return;
        }
        if breaker.open_until.replace(until).is_none() {
            cx.note(Note::Breaker { host: actor, open: true });
            cx.alarm_about(Finding::of(Symptom::IssuerUnavailable).with(Evidence::NoAnswerAtAll), actor);
        }
    }

    /// One more answer of a host; of one that came too late only that is known. Silence is the breaker's matter.
    pub(super) fn clocked(&mut self, spec: &Spec, host: usize, took: Span, cx: &mut Context<'_, Models>) {
        let Some(&actor) = cx.settings().directory.hosts.get(host) else { return };
        let limit = spec.slow_after.as_secs_f64();
        let breaker = self.breaker(host);
        debug_assert!(breaker.smoothed_s >= 0.0, "no host answers before it is asked");
        breaker.smoothed_s += (took.as_secs_f64() - breaker.smoothed_s) / 5.0;
        if !breaker.slow && breaker.smoothed_s > limit {
            breaker.slow = true;
            cx.alarm_about(Finding::of(Symptom::IssuerUnavailable).with(Evidence::AnswersSlow), actor);
        } else if breaker.slow && breaker.smoothed_s < limit / 2.0 {
            breaker.slow = false;
            self.all_clear(host, cx);
        }
    }

    /// If this host is neither silent nor slow any more, what was opened about it is closed.
    fn all_clear(&mut self, host: usize, cx: &mut Context<'_, Models>) {
        let Some(&actor) = cx.settings().directory.hosts.get(host) else { return };
        if !self.breaker(host).troubled() {
            cx.dismiss_one(Symptom::IssuerUnavailable, actor);
        }
    }
}
