//! What exists: the terminal's parts, what they talk to, and the people around them. One file a model.
//!
//! `vocabulary ◀ protocol ◀ {hardware, comms, software} ◀ platform ◀ people`: words, what is said in them, who says it.
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

pub mod bearer;
mod components;
pub mod control_chart;
mod course;
pub mod invariants;
pub mod journal;
pub mod parts;
pub mod protocol;
pub mod provider;
mod rare;
mod sampling;
mod sensed;
pub mod sensor;
mod thermal;
pub mod vocabulary;
pub mod wear;
pub mod world;

pub use protocol::{
    availability, bus, decision, diagnosis, indication, note, observation, outside, plan,
    recovery_action, symptom, wire,
};
pub use vocabulary::{
    detector_settings, detectors, duration, evidence, family, lifecycle, money, operator, quantity,
    ratings, receipt, rollout, telemetry,
};

pub use parts::{AnyFault, AnyProfile, AnyThresholds, AnyTimer, Models, Part};
pub use protocol::note::{Note, Outcome, Sale};
pub use protocol::plan::{Directory, Plan, Policy, Traits};
pub use vocabulary::detectors::{Detector, detectors};
pub use vocabulary::evidence::Evidence;
pub use vocabulary::family::Family;
pub use vocabulary::indication::Indication;
pub use vocabulary::money::Money;
pub use vocabulary::recovery_action::RecoveryAction;
pub use vocabulary::symptom::Symptom;
pub use vocabulary::telemetry::{Gauge, Telemetry};

components::components! {
    faults::catalogue! {
        types: Models;
        local_message: bus::LocalMessage; topic: bus::Topic;
        message: wire::InterActorMessage;
        action: recovery_action::RecoveryAction, recovery_action::ActionDefinition, recovery_action::SHARED;
        act: recovery_action::act;
        ask: bus::LocalMessage::StepRequested; update: bus::LocalMessage::IncidentUpdate;
        family: family::Family; symptom: symptom::Symptom, symptom::SymptomDefinition, symptom::SHARED;
        evidence: evidence::Evidence, evidence::EvidenceDefinition, evidence::SHARED;
        indication: vocabulary::indication::Indication, vocabulary::indication::IndicationDefinition, vocabulary::indication::SHARED;
        detector: detectors::Detector;
        milestone: vocabulary::milestone::Milestone, vocabulary::milestone::MilestoneDefinition;
        hook: vocabulary::hook::Hook; note: note::Note;
        settings: plan::Plan; able: availability::able; stops: availability::stops; awake: availability::awake;
    }
}

/// One fact of a run.
pub type Fact = sim::Fact<faults::DomainEvent<Models>>;
/// One kept event of a run.
pub type RecordedEvent = sim::RecordedEvent<faults::SimEvent<Models>>;
