//! A card in the loop: a reader at PC/SC, with a real card or a virtual one, in the place of a terminal's card reader.
//!
//! The terminal's dialogue of EMV is spoken to it: the card's applications (`SELECT` of the payment directory), `GET
//! PROCESSING OPTIONS`, `READ RECORD`, `GENERATE AC`. Nothing is written to the card but its own transaction counter.
//!
//! The dialogue is always built; what speaks to PC/SC needs the system's library and the feature `pcsc`.

pub mod emv;
#[cfg(feature = "pcsc")]
pub mod reader;
mod settings;
pub mod tlv;

#[cfg(feature = "pcsc")]
pub use reader::{Reader, probe};
pub use settings::Settings;
