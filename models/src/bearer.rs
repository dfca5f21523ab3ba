//! What the links of a terminal have in common: a channel that loses packets in bursts, and the time that one takes.

mod handshake;
mod packet;

use faults::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::{Factor, Probability};
use sim::{Channel, GilbertElliott, Purpose, Span, normal, unit};

pub use handshake::Handshake;
pub(crate) use packet::Packet;
use packet::Sendings;

use crate::bus::{Leg, LocalMessage};
use crate::rare::Rare;
use crate::wire::{InterActorMessage, Iso, Via};
use crate::{AnyTimer, Models, Part};

/// Settings of a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Radio {
    /// Half of the packets take longer than this, one way.
    pub latency: Span,
    /// Standard deviation of the logarithm of the latency: 0 is a fixed delay.
    pub spread: Factor,
    /// Probability that a good channel becomes bad, per slot.
    pub p_good_to_bad: Probability,
    /// Probability that a bad channel becomes good, per slot.
    pub p_bad_to_good: Probability,
    /// Loss while the channel is good.
    pub good_loss: Probability,
    /// Loss while the channel is bad.
    pub bad_loss: Probability,
    /// Length of a slot of the channel.
    pub slot: Span,
    /// Time to connect after a start or a loss of the link.
    pub connects_in: Span,
    /// A random delay of up to this long before it begins to connect, so that a region that comes back does not connect
    /// at one moment.
    pub spread_over: Span,
    /// Connects by a handshake that can fail, in place of the fixed `connects_in`.
    pub handshake: Option<Handshake>,
}

impl Default for Radio {
    fn default() -> Self {
        Self {
            latency: Span::millis(30),
            spread: Factor(0.5),
            p_good_to_bad: Probability(0.000_2),
            p_bad_to_good: Probability(0.05),
            good_loss: Probability(0.000_5),
            bad_loss: Probability(0.3),
            slot: Span::millis(20),
            connects_in: Span::secs(4),
            spread_over: Span::ZERO,
            handshake: None,
        }
    }
}

impl Radio {
    /// The law of its channel, with so much more loss in both states.
    pub(crate) fn law(&self, extra_loss: f64) -> GilbertElliott {
        debug_assert!((0.0..=1.0).contains(&extra_loss), "{extra_loss} is not a share of packets");
        let with = |loss: Probability| loss.0 + (1.0 - loss.0) * extra_loss;
        GilbertElliott {
            p_good_to_bad: self.p_good_to_bad.0,
            p_bad_to_good: self.p_bad_to_good.0,
            good_loss: with(self.good_loss),
            bad_loss: with(self.bad_loss),
            slot: self.slot,
        }
    }
}

/// Tells the draw of a packet's damage from that of its loss and delay.
const DAMAGED: u64 = 1;
/// The same for whether it goes out a second time.
const DOUBLED: u64 = 2;
/// The same for the loss and delay of the second copy.
const COPY: u64 = 3;
/// How long after it the second copy of a packet goes out.
const AGAIN_AFTER: Span = Span::millis(700);

/// What the faults of a part do to its link, worked out once for each change of a level and not for each packet. By default
/// nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Disturbances {
    /// Something cuts it altogether: a dead module, a cell without power.
    pub(crate) cut: bool,
    /// It looks connected, but nothing passes: the far end has forgotten the connection.
    pub(crate) half_open: bool,
    /// How many times slower than usual packets are, less one.
    pub(crate) slower: f64,
    /// Share of packets whose content is damaged on the way, unnoticed by the link.
    pub(crate) damages: f64,
    /// Share of messages that go out a second time.
    pub(crate) doubles: f64,
    /// Share of packets that are lost on top of the channel's own losses.
    pub(crate) extra_loss: f64,
}

/// State of a link.
#[derive(Clone, Debug, Default)]
pub struct Bearer {
    channel: Channel,
    sendings: Sendings,
    /// The terminal runs and the link has connected.
    connected: bool,
    /// Counts attempts to connect: a note of an earlier one is ignored.
    attempt: u32,
    unusual: Rare<Unusual>,
}

/// What most bearers never have, or not for long.
#[derive(Clone, Copy, Debug, Default)]
struct Unusual {
    /// What disturbs it.
    disturbances: Disturbances,
    /// How it connects.
    connecting: handshake::Connecting,
}

impl Bearer {
    /// One that has connected already: how a run begins.
    pub(crate) fn connected() -> Self {
        Self { connected: true, ..Self::default() }
    }

    fn disturbances(&self) -> Disturbances {
        self.unusual.get().disturbances
    }

    /// Something can pass.
    pub(crate) fn up(&self) -> bool {
        self.connected && !self.disturbances().cut
    }

    /// Mean loss of far-apart packets, in parts per million.
    pub(crate) fn loss_ppm(&self, radio: &Radio) -> u32 {
        if self.disturbances().half_open {
            return 1_000_000;
        }
        let ppm = (radio.law(self.disturbances().extra_loss).loss() * 1e6) as u32;
        debug_assert!(ppm <= 1_000_000, "no more is lost than was sent: {ppm} of a million");
        ppm
    }

    /// One packet: how long it takes, or `None` if it is lost.
    pub(crate) fn pass(
        &mut self,
        radio: &Radio,
        (purpose, packet): (Purpose, Packet),
        cx: &Context<'_, Models>,
    ) -> Option<Span> {
        if !self.up() || self.disturbances().half_open {
            return None;
        }
        let name = self.sendings.name(packet);
        self.packet(radio, (purpose, name), cx)
    }

    /// One packet over the channel, whether the link has connected or not.
    fn packet(
        &mut self,
        radio: &Radio,
        (purpose, name): (Purpose, u64),
        cx: &Context<'_, Models>,
    ) -> Option<Span> {
        let Disturbances { cut, slower, extra_loss, .. } = self.disturbances();
        if cut {
            return None;
        }
        let bits = cx.draw(purpose, name);
        if self.channel.loses(&radio.law(extra_loss), cx.now(), [bits[0], bits[1]]) {
            return None;
        }
        let normal = normal([bits[2], bits[3]]);
        // Bad coverage means repetition on the air: it also costs time.
        let slower = (1.0 + 4.0 * extra_loss) * (1.0 + slower);
        debug_assert!(slower >= 1.0, "a bad network makes nothing faster: {slower}");
        Some(radio.latency.scaled(libm::exp(radio.spread.0 * normal) * slower))
    }

    /// Connects anew when the terminal has booted or somebody asks for it, and ends with the terminal. `connected` makes
    /// the note that an attempt has had its time. True if the state of the link has changed.
    pub(crate) fn hears<T: Into<AnyTimer>>(
        &mut self,
        radio: &Radio,
        message: &LocalMessage,
        connected: impl FnOnce(u32) -> T,
        cx: &mut Context<'_, Models>,
    ) -> bool {
        let connects = match message {
            LocalMessage::Ready | LocalMessage::Reconnect => true,
            LocalMessage::Halt => false,
            _ => return false,
        };
        debug_assert!(self.attempt < u32::MAX, "a bearer connects fewer than 2^32 times");
        self.connected = false;
        self.attempt += 1;
        if connects {
            self.connect(radio, connected, cx);
        }
        true
    }

    /// Tells the firmware how a bearer stands.
    pub(crate) fn tell(&self, radio: &Radio, via: Via, cx: &mut Context<'_, Models>) {
        cx.say(LocalMessage::Link { via, up: self.up(), loss_ppm: self.loss_ppm(radio) });
        cx.touch();
    }

    /// A packet from the terminal to the gateway.
    pub(crate) fn carry_out(
        &mut self,
        radio: &Radio,
        purpose: Purpose,
        (iso, delay): (Iso, Span),
        cx: &mut Context<'_, Models>,
    ) {
        if !self.up() || self.disturbances().half_open {
            return;
        }
        debug_assert_eq!(iso.terminal, cx.me(), "a terminal sends messages of its own");
        let name = self.sendings.name(Packet::of_payment(&iso));
        if let Some(duration) = self.packet(radio, (purpose, name), cx) {
            let gateway = cx.settings().directory.gateway;
            let iso = self.carried(iso, (purpose, name), cx);
            cx.post(gateway, Part::Gateway, delay + duration, InterActorMessage::Payment(iso));
            let doubles = self.disturbances().doubles;
            if doubles > 0.0
                && unit(cx.draw(purpose.numbered(DOUBLED), name)[0]) < doubles
                && let Some(duration) = self.packet(radio, (purpose.numbered(COPY), name), cx)
            {
                let duration = delay + duration + AGAIN_AFTER;
                cx.post(gateway, Part::Gateway, duration, InterActorMessage::Payment(iso));
            }
        }
    }

    /// A packet from the network to the terminal: to the phone first, where one is in between.
    pub(crate) fn carry_in(
        &mut self,
        radio: &Radio,
        purpose: Purpose,
        (via, message): (Via, InterActorMessage),
        cx: &mut Context<'_, Models>,
    ) {
        let Some(delay) = self.pass(radio, (purpose, Packet::of(&message)), cx) else { return };
        let through_phone = cx.settings().profile(cx.me()).software.firmware.through_phone;
        match message {
            InterActorMessage::Payment(iso) if through_phone => {
                cx.say(LocalMessage::Carry { leg: Leg::FromPhone, iso, via, delay });
            }
            InterActorMessage::Payment(_) => cx.post(cx.me(), Part::PaymentApp, delay, message),
            other => cx.post(cx.me(), Part::Firmware, delay, other),
        }
    }

    /// The level of a fault has changed, and with it what disturbs the link.
    pub(crate) fn disturb(&mut self, disturbances: Disturbances) {
        let Disturbances { slower, damages, doubles, extra_loss, .. } = disturbances;
        debug_assert!(slower >= 0.0, "a fault makes nothing faster: {slower}");
        let share = |it| (0.0..=1.0).contains(&it);
        debug_assert!(share(damages) && share(doubles) && share(extra_loss), "{disturbances:?}");
        if disturbances != self.disturbances() {
            self.unusual.get_mut().disturbances = disturbances;
        }
    }
    /// A message as it comes out at the other end: damage makes its authentication code wrong.
    fn carried(
        &self,
        mut iso: Iso,
        (purpose, name): (Purpose, u64),
        cx: &Context<'_, Models>,
    ) -> Iso {
        let damages = self.disturbances().damages;
        if damages > 0.0 {
            let bits = cx.draw(purpose.numbered(DAMAGED), name);
            if unit(bits[0]) < damages {
                iso.mac = !iso.mac;
            }
        }
        iso
    }
}
