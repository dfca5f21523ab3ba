//! What is set about a reader.

use std::time::Duration;

use crate::target::Target;

/// What is set about a reader at PC/SC.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// A part of its name; the first reader whose name holds it is taken. Empty takes the first one.
    pub name: String,
    /// A dialogue, from presenting the card to its cryptogram, has to be over by then.
    pub patience: Duration,
    /// It is looked at least so often whether the reader is there.
    pub watch: Duration,
}

impl Settings {
    /// Reads `NAME[,patience=5s][,watch=1s]`.
    ///
    /// # Errors
    /// If it is not written so.
    pub fn parse(text: &str) -> Result<Self, String> {
        let target = Target::parse(text, &["patience", "watch"])?;
        Ok(Self {
            patience: target.duration("patience", Duration::from_secs(5))?,
            watch: target.duration("watch", Duration::from_secs(1))?.max(Duration::from_millis(10)),
            name: target.address,
        })
    }
}
