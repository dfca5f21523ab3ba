//! What exists: the terminal's parts, what they talk to, and the people around them. One file a model.
//!
//! ```text
//!  customer ─▶ payment_app ─▶ keypad, card_reader, scanner, printer, indicators
//!                  │ ▲
//!                  ▼ │ firmware ◀─ mainboard ◀─ battery ◀─ power
//!        phone_link ─▶ wifi | cellular ═▶ gateway ═▶ host
//!                                            ╚═▶ back_office ◀═ heartbeat_monitor
//!  merchant ═▶ support, technicians                (═▶ crosses between actors)
//!  deployment ═▶ onboarding, deposits; misuse_and_fraud
//! ```

pub mod availability;
pub mod bearer;
pub mod bus;
mod components;
pub mod control_chart;
pub mod decision;
pub mod detector_settings;
pub mod detectors;
pub mod duration;
pub mod family;
pub mod indication;
pub mod invariants;
pub mod journal;
pub mod lifecycle;
pub mod money;
pub mod note;
pub mod operator;
pub mod outside;
pub mod parts;
pub mod plan;
pub mod provider;
pub mod quantity;
pub mod ratings;
pub mod receipt;
pub mod recovery_action;
pub mod rollout;
pub mod telemetry;
mod thermal;
pub mod vocabulary;
pub mod wear;
pub mod wire;
pub mod world;

pub use detectors::{Detector, detectors};
pub use family::Family;
pub use money::Money;
pub use note::{Note, Outcome, Sale};
pub use parts::{AnyFault, AnyProfile, AnyTimer, Models, Part};
pub use plan::{Directory, Plan, Policy, Traits};
pub use telemetry::{Gauge, Telemetry};
pub use vocabulary::indication::Indication;
pub use vocabulary::recovery_action::RecoveryAction;

components::components! {
    faults::catalogue! {
        types: Models; parts: parts::Part;
        local_message: bus::LocalMessage; topic: bus::Topic;
        message: wire::InterActorMessage;
        action: recovery_action::RecoveryAction, recovery_action::ActionDefinition, recovery_action::SHARED;
        act: recovery_action::act;
        ask: bus::LocalMessage::StepRequested; update: bus::LocalMessage::IncidentUpdate;
        family: family::Family;
        indication: vocabulary::indication::Indication, vocabulary::indication::IndicationDefinition, vocabulary::indication::SHARED;
        detector: detectors::Detector;
        milestone: vocabulary::milestone::Milestone, vocabulary::milestone::MilestoneDefinition;
        hook: vocabulary::hook::Hook; note: note::Note;
        settings: plan::Plan; able: availability::able; awake: availability::awake;
    }
}

/// One fact of a run.
pub type Fact = sim::Fact<faults::DomainEvent<Models>>;
/// One kept event of a run.
pub type RecordedEvent = sim::RecordedEvent<faults::SimEvent<Models>>;
