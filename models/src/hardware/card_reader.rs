//! Card reader: stripe head, chip contacts and contactless antenna.

use bevy_ecs::component::Component;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::quantity::Probability;
use sim::{Context, Instant, Mode, Model, Performer, Purpose, Span, unit};

use crate::bus::Message;
use crate::cue::{self, Cue};
use crate::plan::step;
use crate::wire::Method;
use crate::telemetry::Gauge;
use crate::{Family, Models, Part, Remedy};

/// What a scenario may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CardReaderSpec")]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// Time for the customer to present the card and for the reader to read it.
    pub takes: Span,
    /// Share of reads that fail with a sound reader.
    pub misread: Probability,
    /// Failed reads of one kind in a row after which the terminal suspects its reader.
    pub suspects_after: u8,
}

impl Default for Spec {
    fn default() -> Self {
        Self { takes: Span::millis(2_500), misread: Probability(0.01), suspects_after: 4 }
    }
}

/// State of the reader.
#[derive(Component, Debug, Default)]
pub struct CardReader {
    /// Share of reads that fail because of a fault: chip, contactless, stripe.
    bad: [f64; 3],
    /// Failed reads in a row: chip, contactless, stripe.
    failed: [u8; 3],
    reads: u32,
    method: Method,
}

/// Its notes to itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timer {
    /// The card has been presented for long enough.
    Presented(u32),
}

/// How a reader breaks; the magnitude is the share of reads that fail.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CardReaderFault")]
pub enum Fault {
    /// The contacts for the chip are dirty or worn.
    ChipContactsDirty,
    /// The antenna gives no field.
    AntennaDead,
    /// The stripe head is worn.
    StripeHeadWorn,
}

/// The reader's error counters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    failed: [u8; 3],
    limit: u8,
}

const READ: Purpose = Purpose::of("card reader: the read fails");

const fn kind(method: Method) -> usize {
    match method {
        Method::Chip | Method::Code => 0,
        Method::Contactless => 1,
        Method::Stripe | Method::Fallback => 2,
    }
}

const fn spot(fault: Fault) -> usize {
    match fault {
        Fault::ChipContactsDirty => 0,
        Fault::AntennaDead => 1,
        Fault::StripeHeadWorn => 2,
    }
}

impl Model<Models> for CardReader {
    const NAME: &'static str = "card-reader";
    const ZH: &'static str = "读卡器";
    const ABOUT: &'static str = "Reads cards by chip, contactless or stripe.";
    const MODES: &'static [Mode<Models>] = &[
        Mode {
            fault: crate::Fault::CardReader(Fault::ChipContactsDirty),
            name: "chip-contacts-dirty",
            zh: "芯片触点脏污",
            family: Family::CardReader,
            effect: "chips are not read; cards with a stripe fall back to it",
            cues: &[Cue::NoReactionToCard, Cue::ErrorTone],
            seen_by: &[Part::CardReader, Part::Merchant],
            mended_by: &[(Remedy::Clean, 0.7), (Remedy::Repair, 0.95), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::RestartTerminal, Performer::Device, Span::secs(5)),
                step(Remedy::Clean, Performer::Attendant, Span::minutes(2)),
                step(Remedy::Clean, Performer::Support, Span::minutes(4)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
        Mode {
            fault: crate::Fault::CardReader(Fault::AntennaDead),
            name: "antenna-dead",
            zh: "非接触天线失效",
            family: Family::CardReader,
            effect: "a card is tapped and nothing happens",
            cues: &[Cue::NoReactionToCard, Cue::ErrorTone],
            seen_by: &[Part::CardReader, Part::Merchant],
            mended_by: &[(Remedy::RestartTerminal, 0.3), (Remedy::Repair, 0.9), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::RestartTerminal, Performer::Device, Span::secs(5)),
                step(Remedy::RestartTerminal, Performer::Support, Span::minutes(3)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
        Mode {
            fault: crate::Fault::CardReader(Fault::StripeHeadWorn),
            name: "stripe-head-worn",
            zh: "磁头磨损",
            family: Family::CardReader,
            effect: "a card is swiped and nothing happens",
            cues: &[Cue::NoReactionToCard, Cue::ErrorTone],
            seen_by: &[Part::CardReader, Part::Merchant],
            mended_by: &[(Remedy::Clean, 0.3), (Remedy::Repair, 0.95), (Remedy::Swap, 1.0)],
            ladder: &[
                step(Remedy::Clean, Performer::Attendant, Span::minutes(2)),
                step(Remedy::Clean, Performer::Support, Span::minutes(4)),
                step(Remedy::Repair, Performer::Technician, Span::minutes(30)),
            ],
        },
    ];
    type Spec = Spec;
    type Timer = Timer;
    type Fault = Fault;
    type Reading = Reading;
    type Belief = ();

    fn build(_: &Spec) -> Self {
        Self::default()
    }
    fn on_timer(&mut self, spec: &Spec, timer: Timer, cx: &mut Context<'_, Models>) {
        let Timer::Presented(read) = timer;
        if read != self.reads {
            return;
        }
        let (kind, method) = (kind(self.method), self.method);
        let bits = cx.draw(READ, u64::from(read));
        let faulty = unit(bits[1]) < self.bad[kind];
        let ok = !faulty && unit(bits[0]) >= spec.misread.0;
        if ok {
            if self.failed[kind] > 0 {
                self.failed[kind] = 0;
                cue::gone(cx, Cue::NoReactionToCard);
                cx.look();
            }
        } else {
            self.failed[kind] = self.failed[kind].saturating_add(1);
            if faulty {
                cx.error_state();
                cue::show(cx, Cue::NoReactionToCard);
            }
            cx.look();
        }
        cx.say(Message::WasRead { method, ok });
    }
    fn on_message(&mut self, spec: &Spec, message: Message, cx: &mut Context<'_, Models>) {
        match message {
            Message::Read { method, .. } => {
                self.method = method;
                self.reads += 1;
                cx.after(spec.takes, Timer::Presented(self.reads));
            }
            // The counters start anew; what was being read is forgotten.
            Message::Halt => {
                self.reads += 1;
                self.failed = [0; 3];
            }
            Message::Ready => cx.look(),
            Message::Report => {
                let worst = self.failed.into_iter().max().unwrap_or_default();
                cx.say(Message::Measured { gauge: Gauge::FailedReads, value: u32::from(worst) });
            }
            _ => {}
        }
    }
    fn on_fault(&mut self, _: &Spec, fault: Fault, magnitude: f64, _: &mut Context<'_, Models>) {
        self.bad[spot(fault)] = magnitude;
    }
    fn on_clear(&mut self, _: &Spec, fault: Fault, cx: &mut Context<'_, Models>) {
        let spot = spot(fault);
        (self.bad[spot], self.failed[spot]) = (0.0, 0);
        cue::gone(cx, Cue::NoReactionToCard);
        cx.look();
    }
    /// It sells as long as one way of reading is left.
    fn able(&self, _: &Spec) -> bool {
        self.bad.iter().any(|bad| *bad < 0.5)
    }
    fn reading(&self, spec: &Spec, _: Instant) -> Reading {
        Reading { failed: self.failed, limit: spec.suspects_after }
    }
    fn detect((): &mut (), reading: &Reading) -> Option<Fault> {
        let worst = (0..3).max_by_key(|&kind| (reading.failed[kind], 3 - kind))?;
        (reading.failed[worst] >= reading.limit.max(1)).then_some(match worst {
            0 => Fault::ChipContactsDirty,
            1 => Fault::AntennaDead,
            _ => Fault::StripeHeadWorn,
        })
    }
}
