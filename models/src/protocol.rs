//! What is said: between the parts of a terminal, between actors, at the boundary to real things, to the measures; and what a
//! run is set to, which all of them may ask.

pub mod availability;
pub mod bus;
pub mod decision;
pub mod diagnosis;
pub mod indication;
pub mod note;
pub mod observation;
pub mod outside;
pub mod plan;
pub mod recovery_action;
pub mod symptom;
pub mod wire;
