//! Whether the gateway is found by its name: by terminals, and by a probe from outside.

use faults::Context;
use sim::{ActorId, Instant, Purpose, Span, unit};

use super::{Fault, Gateway, Spec, Timer};
use crate::Models;
use crate::sampling::Sampling;

/// Whether the gateway is found by its name, and since when it is not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names {
    /// Truth: since when its name is not resolved.
    pub(super) unresolved_since: Option<Instant>,
    /// What the probe showed last.
    pub(super) unfound: bool,
}

/// From outside somebody looks its name up twice a minute, and waits; three in a row count.
const PROBE: Sampling = Sampling::every(Span::secs(30), 3);
const PROBE_WAITS: Span = Span::secs(5);
const PROBES: Purpose = Purpose::of("gateway: phase of the probe");
const REMEMBERED: Purpose = Purpose::of("gateway: how long its address is remembered");

impl Gateway {
    /// Whether a terminal still finds it: it goes by the address that it looked up last until that has been remembered for its time.
    pub(super) fn is_found_by(&self, spec: &Spec, terminal: ActorId, cx: &Context<'_, Models>) -> bool {
        let Some(since) = self.names.get().shown.unresolved_since else { return true };
        debug_assert!(since <= cx.now(), "a name is not resolved from its onset on");
        let left = spec.address_remembered.scaled(unit(cx.draw(cx.on_behalf_of(terminal, REMEMBERED), since.0)[0]));
        cx.now() < since + left
    }

    /// Its name is not resolved from now on, or is again: the probe will have shown it after three readings.
    pub(super) fn name_changes(&mut self, lost: bool, cx: &mut Context<'_, Models>) {
        let names = self.names.get_mut();
        names.shown.unresolved_since = lost.then(|| cx.now());
        let change = names.changes.count(0);
        let wait = PROBE.shows_after(Span::ZERO, PROBES, cx) + PROBE_WAITS;
        cx.after(wait, Timer::Probed(change));
    }

    /// The probe has been read often enough since the name changed so often.
    pub(super) fn probed(&mut self, change: u32, cx: &mut Context<'_, Models>) {
        if !self.names.get().changes.is_latest(0, change) {
            return;
        }
        let lost = self.levels.has(Fault::NameUnresolved);
        self.names.get_mut().shown.unfound = lost;
        cx.look();
    }
}
