//! What is said to a programmable supply, and what its answers mean.

use crate::line::{Limits, Line, Trouble};

/// A supply that answers.
#[derive(Debug)]
pub struct Supply {
    line: Line,
    identity: String,
}

/// How many entries of an instrument's error queue are read before it is taken for one that never ends.
const MOST_ERRORS: usize = 32;
/// From here on a number is not a voltage: SCPI says 9.9E37 for infinity and 9.91E37 for no number.
const NO_NUMBER: f64 = 9.9e36;

/// Reads a voltage, in millivolts: a decimal number, with or without `V`.
pub fn millivolts(asked: &str, answer: &str) -> Result<u32, Trouble> {
    let nonsense = || Trouble::Nonsense { asked: asked.to_owned(), came: answer.to_owned() };
    let number = answer.trim().trim_end_matches(['V', 'v']).trim_end();
    let volts: f64 = number.parse().map_err(|_| nonsense())?;
    if !volts.is_finite() || volts.abs() >= NO_NUMBER || volts.abs() > 1e5 {
        return Err(nonsense());
    }
    // A supply that is off shows a few millivolts to either side of nothing.
    Ok((volts.max(0.0) * 1_000.0).round() as u32)
}

/// Reads an entry of the error queue: `None` if it says that there is none.
pub fn error(answer: &str) -> Result<Option<String>, Trouble> {
    let nonsense = || Trouble::Nonsense { asked: "SYST:ERR?".into(), came: answer.to_owned() };
    let (number, text) = answer.split_once(',').unwrap_or((answer, ""));
    let number: i32 = number.trim().parse().map_err(|_| nonsense())?;
    let text = text.trim().trim_matches('"');
    Ok((number != 0).then(|| format!("{number} {text}").trim_end().to_owned()))
}

impl Supply {
    /// Connects, asks who it is, has it forget old errors, and tells it what is to be said first (its channel, a current
    /// limit).
    ///
    /// # Errors
    /// If it cannot be reached, does not say who it is, or does not accept what is said first.
    pub fn connect(address: &str, limits: Limits, first: &[String]) -> Result<Self, Trouble> {
        let mut line = Line::connect(address, limits)?;
        let identity = line.ask("*IDN?")?;
        if identity.is_empty() {
            return Err(Trouble::Nonsense { asked: "*IDN?".into(), came: identity });
        }
        let mut supply = Self { line, identity };
        supply.line.send("*CLS")?;
        for command in first {
            supply.tell(command)?;
        }
        Ok(supply)
    }

    /// Who it says it is.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Tells it something, and asks whether it has accepted that.
    pub(super) fn tell(&mut self, command: &str) -> Result<(), Trouble> {
        self.line.send(command)?;
        let mut first = None;
        for _ in 0..MOST_ERRORS {
            match error(&self.line.ask("SYST:ERR?")?)? {
                Some(error) => {
                    first.get_or_insert(error);
                }
                None => {
                    return first.map_or(Ok(()), |it| {
                        Err(Trouble::Refused(format!("{it} (after `{command}`)")))
                    });
                }
            }
        }
        Err(Trouble::Refused(format!(
            "its errors do not end, the first: {}",
            first.unwrap_or_default()
        )))
    }

    /// Sets the voltage, in millivolts.
    ///
    /// # Errors
    /// If it does not accept it, or contact is lost.
    pub fn set(&mut self, millivolts: u32) -> Result<(), Trouble> {
        self.tell(&format!("VOLT {}.{:03}", millivolts / 1_000, millivolts % 1_000))
    }

    /// Switches its output on or off, and asks whether it is.
    ///
    /// # Errors
    /// If it does not accept it or says otherwise, or contact is lost.
    pub fn switch(&mut self, on: bool) -> Result<(), Trouble> {
        self.tell(if on { "OUTP ON" } else { "OUTP OFF" })?;
        let answer = self.line.ask("OUTP?")?;
        let is = match answer.to_ascii_uppercase().as_str() {
            "1" | "ON" => true,
            "0" | "OFF" => false,
            _ => return Err(Trouble::Nonsense { asked: "OUTP?".into(), came: answer }),
        };
        if is == on {
            return Ok(());
        }
        let (was_told, is) = if on { ("on", "off") } else { ("off", "on") };
        Err(Trouble::Refused(format!("its output was switched {was_told} and is {is}")))
    }

    /// What it delivers, in millivolts, as it measures it.
    ///
    /// # Errors
    /// If what it answers is not a voltage, or contact is lost.
    pub fn measure(&mut self) -> Result<u32, Trouble> {
        millivolts("MEAS:VOLT?", &self.line.ask("MEAS:VOLT?")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voltages_are_numbers_and_nothing_else() {
        let of = |text| millivolts("MEAS:VOLT?", text);
        assert_eq!(of("5.000"), Ok(5_000));
        assert_eq!(of("+4.92134E+00"), Ok(4_921));
        assert_eq!(of("4.5 V"), Ok(4_500));
        assert_eq!(of("-0.003"), Ok(0));
        for nonsense in ["", "9.91E37", "-9.9e37", "nan", "inf", "OVLD", "5,0", "1e6", "5.0;4.0"] {
            assert!(
                matches!(of(nonsense), Err(Trouble::Nonsense { came, .. }) if came == nonsense),
                "{nonsense}"
            );
        }
    }

    #[test]
    fn the_error_queue_is_read_as_it_is_written() {
        assert_eq!(error("0,\"No error\""), Ok(None));
        assert_eq!(error("+0,\"No error\""), Ok(None));
        assert_eq!(error("-222,\"Data out of range\""), Ok(Some("-222 Data out of range".into())));
        assert_eq!(error("-113"), Ok(Some("-113".into())));
        assert!(error("no error").is_err() && error("").is_err());
    }
}
