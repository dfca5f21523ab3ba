//! What the parts of a terminal say to each other at the same instant. Models know these messages, never each other.

use faults::{IncidentUpdate, Performer, RecoveryStep, StepRequest};
use sim::Span;

use crate::indication::Indication;
use crate::money::Money;
use crate::note::Outcome;
use crate::observation::Observation;
use crate::quantity::Celsius;
use crate::receipt::Receipt;
use crate::telemetry::Gauge;
use crate::wire::{Iso, Job, Method, Pan, Via};
use crate::{Models, Part};

/// What a customer wants to pay, and how.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Purchase {
    /// The terminal's count of customers.
    pub customer: u32,
    /// What is to be paid.
    pub amount: Money,
    /// How.
    pub method: Method,
    /// The card, or the token behind a code.
    pub pan: Pan,
    /// Its expiry as YYMM.
    pub expiry: u16,
    /// Right PIN, wrong PIN, or none is due.
    pub pin: Pin,
    /// If the terminal cannot take the payment, it is made in cash or later.
    pub alternative_tender: bool,
}

/// What a customer does when asked for the PIN.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Pin {
    /// None is due.
    #[default]
    NotDue,
    /// Enters the right one.
    Right,
    /// Enters a wrong one.
    Wrong,
}

/// How a payment message travels inside the terminal.
#[derive(Clone, Copy, Debug)]
pub enum Leg {
    /// To the phone or tablet first.
    ToPhone,
    /// Out by this bearer.
    Out(Via),
    /// In by the phone or tablet.
    FromPhone,
}

/// A word that a component says to others and that is not among the messages here: whoever hears [`Topic::Own`] takes its
/// own out of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Word(u32);

impl Word {
    /// The word of this name, as `printer: lid`.
    pub const fn of(name: &str) -> Self {
        Self(sim::stable_id(name))
    }
}

/// Makes the messages and what they are about from one list: each message is a topic of its own, and where the list says
/// so it is split into several, so that a component hears its share only.
macro_rules! local_messages {
    (
        messages { $(
            $(#[$doc:meta])*
            $Message:ident $({ $($(#[$fdoc:meta])* $field:ident: $Type:ty),* $(,)? })? $(($Content:ty))?
        ),* $(,)? }
        split { $(
            $(#[$sdoc:meta])*
            $Topic:ident: $split:pat
        ),* $(,)? }
    ) => {
        /// One thing said by one part to others.
        #[derive(Clone, Copy, Debug)]
        pub enum LocalMessage { $(
            $(#[$doc])*
            $Message $({ $($(#[$fdoc])* $field: $Type),* })? $(($Content))?
        ),* }

        /// What a message is about: a component says which of them it hears ([`faults::ActorPart::HEARS`]).
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Topic {
            $(#[doc = concat!("See [`LocalMessage::", stringify!($Message), "`].")] $Message,)*
            $($(#[$sdoc])* $Topic,)*
        }

        impl Topic {
            /// How many there are.
            pub const COUNT: usize = [$(Topic::$Message,)* $(Topic::$Topic,)*].len();
        }

        impl LocalMessage {
            /// What it is about.
            #[inline]
            pub fn topic(&self) -> Topic {
                match self {
                    $($split => Topic::$Topic,)*
                    $(Self::$Message { .. } => Topic::$Message,)*
                }
            }
        }
    };
}

local_messages! {
    messages {
        /// Power: what comes through the cable.
        Mains {
            /// Enough to run on.
            on: bool,
            /// Voltage at the terminal, in millivolts.
            millivolts: u32,
        },
        /// Battery: what the terminal runs on.
        Rail {
            /// Enough to run on.
            on: bool,
            /// Voltage of the rail, in millivolts.
            millivolts: u32,
        },
        /// Mainboard: the processor runs, or does not.
        Supplied {
            /// It runs.
            on: bool,
        },
        /// Mainboard: power goes, or a reset that nobody asked for; what was not yet written is lost.
        PowerLost,
        /// Mainboard: how slow the processor is for lack of voltage or for heat.
        Slowed {
            /// 100 is as usual.
            percent: u32,
        },
        /// Enclosure: how warm the terminal's body is.
        Temperature(Celsius),
        /// Tamper switch: the terminal has lost its keys, or has new ones.
        Locked {
            /// It has none.
            on: bool,
        },
        /// Display: how long whoever reads it takes to key something.
        Dim {
            /// 100 is as usual.
            percent: u32,
        },
        /// A technician has the part in hand and exchanges what is past its rated life.
        Overhauled,
        /// Somebody puts a new battery in.
        NewBattery,
        /// Somebody exchanges the whole terminal.
        Swapped,
        /// Whoever did something that a detector outside gets to see: what came of it.
        Observed(Observation),
        /// Firmware: booted.
        Ready,
        /// Firmware: stopped; everything that is volatile is gone.
        Halt,
        /// Somebody restarts the terminal.
        Restart,
        /// Somebody restarts the payment application.
        RestartApp,
        /// Somebody has the links connect anew.
        Reconnect,
        /// Somebody has the terminal use its other uplink.
        FailOver,
        /// Somebody puts a new roll in.
        NewRoll,
        /// Firmware: how much slower than usual everything runs.
        Pace {
            /// 100 is as usual.
            percent: u32,
        },
        /// Display: whether it can be read.
        Screen {
            /// It can.
            readable: bool,
        },
        /// Customer: I would like to pay.
        SaleWanted(Purchase),
        /// Customer: I am leaving.
        CustomerLeaves {
            /// Who.
            customer: u32,
        },
        /// Payment application: the purchase is over.
        SaleOver {
            /// Whose.
            customer: u32,
            /// How it ended.
            outcome: Outcome,
        },
        /// Payment application: the amount is to be keyed.
        EnterAmount {
            /// Number of keys.
            keys: u8,
            /// For whom.
            customer: u32,
        },
        /// Payment application: the PIN is to be keyed.
        EnterPin {
            /// By whom.
            customer: u32,
        },
        /// Keypad: what was keyed, or that it cannot be.
        Keyed {
            /// It is what was meant.
            ok: bool,
        },
        /// Payment application: a card or code is to be read.
        Read {
            /// How.
            method: Method,
            /// Which attempt, from 0.
            attempt: u8,
            /// Whose.
            customer: u32,
            /// What is to be paid.
            amount: Money,
        },
        /// Payment application: a part that has a step of its own before a sale is to take it.
        BeforeSale {
            /// Whose turn it is.
            part: Part,
            /// The terminal's count of customers.
            customer: u32,
        },
        /// Who has taken a step before a sale: it may go on, or not.
        BeforeSaleDone {
            /// It may.
            ok: bool,
        },
        /// Card reader or scanner: read, or not.
        WasRead {
            /// How.
            method: Method,
            /// It was.
            ok: bool,
        },
        /// Payment application: a receipt is to be printed.
        Print(Receipt),
        /// Printer: printed, or not.
        Printed {
            /// It was.
            ok: bool,
        },
        /// Somebody looks up what became of the last sale 查询交易记录.
        LookUp,
        /// Payment application: tell the customer by tone and light.
        Beep {
            /// All is well.
            good: bool,
        },
        /// Payment application: this is to be sent.
        Transmit {
            /// The message.
            iso: Iso,
            /// Time that building it takes.
            delay: Span,
        },
        /// On its way out or in, with the time it has taken so far.
        Carry {
            /// Next station.
            leg: Leg,
            /// The message.
            iso: Iso,
            /// By which bearer it goes on, or came.
            via: Via,
            /// Time taken so far.
            delay: Span,
        },
        /// A bearer: its state.
        Link {
            /// Which.
            via: Via,
            /// Something can pass.
            up: bool,
            /// Mean loss of far-apart packets, in parts per million.
            loss_ppm: u32,
        },
        /// Phone link: its state.
        PhoneLinked {
            /// Something can pass.
            up: bool,
            /// Mean loss, in parts per million.
            loss_ppm: u32,
        },
        /// Firmware: whether the network can be reached.
        Online {
            /// It can.
            up: bool,
        },
        /// Firmware: whether heartbeats go out, and how many of them are lost on the way.
        Beats {
            /// They go out and can pass.
            alive: bool,
            /// Loss, in parts per million.
            loss_ppm: u32,
            /// By which bearer.
            via: Via,
        },
        /// Firmware: whoever measures something of itself says so now.
        Report,
        /// A part: what it measures of itself.
        Measured {
            /// What.
            gauge: Gauge,
            /// In the gauge's unit.
            value: u32,
        },
        /// Firmware, to itself: all have spoken.
        Reported,
        /// Security: whether the gateway accepts a session.
        Certificate {
            /// It does.
            valid: bool,
        },
        /// Security: whether messages are sealed with the keys that the gateway knows.
        Keys {
            /// They are.
            in_step: bool,
        },
        /// Security: whether the software may be used.
        Genuine {
            /// It may.
            ok: bool,
        },
        /// Security: what others take of the processor.
        Burden {
            /// In per cent.
            share: u32,
        },
        /// Clock: how far it is behind; with a minus it is ahead.
        Clock {
            /// Behind the true time.
            behind: sim::quantity::Offset,
        },
        /// Payment application: how far the terminal's clock is from the time in the gateway's answer.
        GatewayTime {
            /// Either way.
            difference: Span,
        },
        /// Storage: whether anything can be written.
        Storage {
            /// It can.
            free: bool,
        },
        /// A person could notice something, or no longer.
        Indication {
            /// What.
            indication: Indication,
            /// It can be noticed.
            on: bool,
            /// The part that shows it.
            from: Part,
        },
        /// Deployment: customers are served from now on, or no longer.
        Trading {
            /// They are.
            on: bool,
        },
        /// Deployment: heartbeats are expected from now on, or no longer.
        Watched {
            /// They are.
            on: bool,
        },
        /// Merchant: a technician is here for this.
        Serviced(Job),
        /// Somebody has the institution suspend the terminal.
        Suspend,
        /// Deployment: a third party has taken the deposit and vanished.
        Cheated,
        /// Fault management: somebody is to carry out a step.
        StepRequested(StepRequest<Models>),
        /// Fault management: what became of an incident that is kept here.
        IncidentUpdate(IncidentUpdate<Models>),
        /// What a component says in a word of its own, for which nothing here is edited.
        Own {
            /// What is said.
            word: Word,
            /// How much, or which.
            value: u64,
        },
    }
    split {
        /// A code is to be read.
        ReadCode: Self::Read { method: Method::Code, .. },
        /// Something goes out by the shop's wireless network.
        CarryWifi: Self::Carry { leg: Leg::Out(Via::Wifi), .. },
        /// Something goes out by the mobile carrier.
        CarryCellular: Self::Carry { leg: Leg::Out(Via::Cellular), .. },
        /// A step is to be carried out by command.
        StepRemote: Self::StepRequested(StepRequest { step: RecoveryStep { by: Performer::Remote, .. }, .. }),
    }
}
