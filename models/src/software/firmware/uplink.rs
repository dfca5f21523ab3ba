//! Which way to the network: the uplink, its backup, and the change from one to the other.

use faults::Context;
use sim::{Purpose, unit};

use super::{Firmware, Link, Spec, State};
use crate::Models;
use crate::bus::LocalMessage;
use crate::wire::Via;

const FAILOVER: Purpose = Purpose::of("firmware: the change of the bearer works");

impl Firmware {
    pub(super) fn link(&self, spec: &Spec, via: Via) -> Link {
        let bearer = match via {
            Via::Wifi => self.wifi,
            Via::Cellular => self.cellular,
        };
        debug_assert!(bearer.loss_ppm <= 1_000_000, "{} of a million packets are lost", bearer.loss_ppm);
        if !spec.through_phone {
            return bearer;
        }
        let both = self.phone.loss_ppm + bearer.loss_ppm;
        Link { up: self.phone.up && bearer.up, loss_ppm: both.min(1_000_000) }
    }

    /// Chooses the bearer and tells who depends on it.
    pub(super) fn choose(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        let (mut first, mut second) = (spec.uplink, spec.backup);
        if self.swapped && let Some(other) = second {
            (first, second) = (other, Some(first));
        }
        let may = cx.settings().policy.failover || self.swapped;
        let up = |via: &Via| self.link(spec, *via).up;
        let next = Some(first).filter(up).or(second.filter(|via| may && up(via)));
        let lost = self.online.filter(|via| !self.link(spec, *via).up);
        if self.stranded {
            self.stranded = next != Some(first);
        } else if lost.is_some() && next.is_some() && self.state == State::Running && spec.failover_works.0 < 1.0 {
            self.failovers += 1;
            let draw = cx.draw(FAILOVER, u64::from(self.failovers))[0];
            self.stranded = unit(draw) >= spec.failover_works.0;
        }
        self.online = next.filter(|_| !self.stranded && !self.untrusted);
        debug_assert!(
            self.online.is_none_or(|via| self.link(spec, via).up),
            "a terminal is online by a bearer that is up"
        );
        self.tell(cx);
        let loss_ppm = self.online.map_or(1_000_000, |via| self.link(spec, via).loss_ppm);
        let alive = self.state == State::Running && !self.hung && self.online.is_some();
        cx.say(LocalMessage::Beats { alive, loss_ppm, via: self.online.unwrap_or(first) });
        self.go_on_updating(spec, cx);
    }
}
