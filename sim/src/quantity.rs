//! Quantities as people write them: text with a unit, or a number within bounds.
//!
//! A quantity that cannot be understood is refused. A caller that wants to know all mistakes at once reads within
//! [`collect`]: there a wrong text is noted with its place, a stand-in takes its part, and reading goes on.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::time::Span;

/// A value that is written as text with its unit.
pub trait Quantity: Copy {
    /// Its name in schemas.
    const NAME: &'static str;
    /// What it is, with its article: "a length of time".
    const WHAT: &'static str;
    /// A text that is understood.
    const EXAMPLE: &'static str;
    /// Reads a text; what is wrong with it is said in the user's words.
    fn parse(text: &str) -> Result<Self, String>;
    /// The text that reads back as exactly this value.
    fn write(&self) -> String;
    /// What takes the part of a text that could not be understood.
    fn stand_in() -> Self;
}

/// A text that could not be understood, and where it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistake {
    /// Address of the text's first byte in the caller's memory.
    pub address: usize,
    /// Length of the text in bytes.
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: String,
}

/// What reading has found besides its result.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// Texts that could not be understood.
    pub mistakes: Vec<Mistake>,
    /// What was being read when reading stopped, in the words of its type; `None` if it was no quantity.
    pub expected: Option<String>,
}

thread_local! {
    static FOUND: RefCell<Option<Found>> = const { RefCell::new(None) };
}

/// Ends collecting also when `work` panics.
struct Collecting;

impl Drop for Collecting {
    fn drop(&mut self) {
        FOUND.take();
    }
}

/// Does some reading on this thread; wrong texts that are slices of the caller's source are noted instead of refused.
pub fn collect<T>(work: impl FnOnce() -> T) -> (T, Found) {
    let _collecting = Collecting;
    debug_assert!(FOUND.with_borrow(Option::is_none), "collectors are not nested");
    FOUND.set(Some(Found::default()));
    let result = work();
    (result, FOUND.take().unwrap_or_default())
}

/// Notes a wrong text if somebody collects; the text must be a slice of what is read. False if nobody does.
pub fn note(text: &str, message: String, hint: String) -> bool {
    FOUND.with_borrow_mut(|found| match found {
        None => false,
        Some(found) => {
            let (address, length) = (text.as_ptr() as usize, text.len());
            found.mistakes.push(Mistake { address, length, message, hint });
            true
        }
    })
}

/// Tells whoever collects what is being read; once it has been read, nothing is.
fn reading<T, E>(what: impl Fn() -> String, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let expect = |what| {
        FOUND.with_borrow_mut(|found| {
            if let Some(found) = found {
                found.expected = what;
            }
        })
    };
    // Only a collector asks what was expected.
    if FOUND.with_borrow(Option::is_some) {
        expect(Some(what()));
    }
    let value = read()?;
    expect(None);
    Ok(value)
}

struct Text<Q>(PhantomData<Q>);

impl<'de, Q: Quantity> Visitor<'de> for Text<Q> {
    /// A text that is wrong was still read: the visitor does not fail.
    type Value = Result<Q, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, written in quotes such as \"{}\"", Q::WHAT, Q::EXAMPLE)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Q::parse(text).or_else(|message| {
            let hint = format!("{} is written such as \"{}\"", Q::WHAT, Q::EXAMPLE);
            if note(text, message.clone(), hint) { Ok(Q::stand_in()) } else { Err(message) }
        }))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Q::parse(text))
    }
}

/// Reads a quantity: what `Deserialize` of every quantity does.
pub fn read<'de, Q: Quantity, D: Deserializer<'de>>(from: D) -> Result<Q, D::Error> {
    let what = || format!("{}, in quotes, such as \"{}\"", Q::WHAT, Q::EXAMPLE);
    reading(what, || from.deserialize_str(Text(PhantomData)))?.map_err(D::Error::custom)
}

/// The schema of a quantity: what `JsonSchema` of every quantity does.
pub fn schema<Q: Quantity>() -> Schema {
    let description = format!("{}, such as `\"{}\"`.", capitalised(Q::WHAT), Q::EXAMPLE);
    json_schema!({ "type": "string", "description": description, "examples": [Q::EXAMPLE] })
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// Makes a quantity readable from and writable to files, and gives it a schema.
#[macro_export]
macro_rules! quantity_in_files {
    ($($Type:ty),+ $(,)?) => { $(
        impl<'de> serde::Deserialize<'de> for $Type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::quantity::read(from)
            }
        }
        impl serde::Serialize for $Type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&<Self as $crate::quantity::Quantity>::write(self))
            }
        }
        impl schemars::JsonSchema for $Type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                <Self as $crate::quantity::Quantity>::NAME.into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::quantity::schema::<Self>()
            }
        }
    )+ };
}

/// Splits a number from the unit that follows it: `"2.6Ah"`, `"1.2 cm"`.
pub fn number_and_unit(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (digits > 0 && number.matches('.').count() <= 1).then(|| (number, unit.trim()))
}

/// A decimal number times a power of ten or two, exactly: `scaled("2.6", 1000)` is 2600. `None` if it is not a whole
/// number or too large.
pub fn scaled(number: &str, by: u64) -> Option<u64> {
    debug_assert!(by > 0, "a unit has a size");
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    let denominator = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let parse = |digits: &str| if digits.is_empty() { Some(0_u64) } else { digits.parse().ok() };
    let numerator = parse(fraction)?.checked_mul(by)?;
    if !numerator.is_multiple_of(denominator) {
        return None;
    }
    parse(whole)?.checked_mul(by)?.checked_add(numerator / denominator)
}

/// Reads a text of one number and one of these units, each with its size in the smallest one.
pub fn in_units(text: &str, what: &str, units: &[(&str, u64)]) -> Result<u32, String> {
    let names = || units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    if text.trim_start().starts_with('-') {
        return Err(format!("{what} cannot be negative"));
    }
    let Some((number, unit)) = number_and_unit(text) else {
        return Err(format!(
            "\"{text}\" is not {what}: it begins with a number, and then its unit: {}",
            names()
        ));
    };
    if unit.is_empty() {
        return Err(format!("\"{text}\" has no unit; known are {}", names()));
    }
    let Some((_, size)) = units.iter().find(|(name, _)| *name == unit) else {
        return Err(format!("unknown unit \"{unit}\" for {what}; known are {}", names()));
    };
    let value =
        scaled(number, *size).ok_or_else(|| format!("\"{text}\" is too large or too fine"))?;
    u32::try_from(value).map_err(|_| format!("\"{text}\" is too large"))
}

/// The longest length of time that a scenario can name: 100 years of 365 days.
const LONGEST: Span = Span::days(36_500);

/// Units of time, largest first, with their length in nanoseconds.
const UNITS_OF_TIME: [(&str, u64); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

impl Quantity for Span {
    const NAME: &'static str = "Span";
    const WHAT: &'static str = "a length of time";
    const EXAMPLE: &'static str = "45min";

    fn parse(text: &str) -> Result<Self, String> {
        // Bounded before it is handed on: a longer run of digits is not a time that anybody means.
        let too_long = || format!("\"{text}\" is too long: the longest is 100 years, \"36500d\"");
        Self::parse_up_to(text, LONGEST, &too_long)
    }

    fn write(&self) -> String {
        let mut rest = self.0;
        let mut parts = Vec::new();
        for (unit, length) in UNITS_OF_TIME {
            if rest >= length {
                parts.push(format!("{}{unit}", rest / length));
                rest %= length;
            }
        }
        let text = if parts.is_empty() { "0s".into() } else { parts.join(" ") };
        debug_assert!(*self > LONGEST || Self::parse(&text) == Ok(*self), "{text} reads otherwise");
        text
    }

    fn stand_in() -> Self {
        Span::secs(1)
    }
}

impl Span {
    /// Reads a length of time up to the longest that is allowed here.
    fn parse_up_to(
        text: &str,
        longest: Self,
        too_long: &dyn Fn() -> String,
    ) -> Result<Self, String> {
        let known = "known are ns, us, ms, s, min, h, d, w";
        if text.trim_start().starts_with('-') {
            return Err("a length of time cannot be negative".into());
        }
        let calendar = ["month", "months", "M", "year", "years", "yr", "y"];
        if let Some(unit) = words(text).find(|word| calendar.contains(word)) {
            return Err(format!("\"{unit}\" has no fixed length; write days: \"365d\""));
        }
        let runs = text.split(|c: char| !c.is_ascii_digit()).map(str::len);
        if runs.clone().any(|run| run > 13) || runs.sum::<usize>() > 24 {
            return Err(too_long());
        }
        let length = humantime::parse_duration(text).map_err(|trouble| match trouble {
            humantime::DurationError::UnknownUnit { unit, .. } if unit.is_empty() => {
                format!("\"{text}\" has no unit; {known}")
            }
            humantime::DurationError::UnknownUnit { unit, .. } => {
                format!("unknown unit of time \"{unit}\"; {known}")
            }
            humantime::DurationError::NumberOverflow => {
                format!("\"{text}\" is too long, or finer than a nanosecond")
            }
            _ => format!("\"{text}\" is not a length of time; {known}"),
        })?;
        let nanos = u64::try_from(length.as_nanos()).ok().filter(|nanos| *nanos <= longest.0);
        nanos.map(Span).ok_or_else(too_long)
    }
}

/// The runs of letters in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}

quantity_in_files!(Span);

/// How far something is off, one way or the other: a length of time with a sign.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Offset {
    /// How far.
    pub by: Span,
    /// The other way: written with a minus.
    pub negative: bool,
}

impl Quantity for Offset {
    const NAME: &'static str = "Offset";
    const WHAT: &'static str = "a length of time with or without a minus";
    const EXAMPLE: &'static str = "-45min";

    fn parse(text: &str) -> Result<Self, String> {
        let (negative, length) = match text.trim_start().strip_prefix('-') {
            Some(length) => (true, length),
            None => (false, text),
        };
        let by = Span::parse(length)?;
        Ok(Self { by, negative: negative && by > Span::ZERO })
    }
    fn write(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}", self.by.write())
    }
    fn stand_in() -> Self {
        Self { by: Span::stand_in(), negative: false }
    }
}

quantity_in_files!(Offset);

/// The longest mean or scale of a life: a maker may state more than anybody will see, but not more than the clock of a run can count.
const LONGEST_MEAN: Span = Span::days(200_000);

/// The mean or scale of a law: it is not a time that is run, so it may be longer than any run, up to 200,000 days.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Mean(pub Span);

impl Quantity for Mean {
    const NAME: &'static str = "Mean";
    const WHAT: &'static str = "a mean length of time";
    const EXAMPLE: &'static str = "1000000h";

    fn parse(text: &str) -> Result<Self, String> {
        let too_long =
            || format!("\"{text}\" is too long: the longest mean is 547 years, \"200000d\"");
        Span::parse_up_to(text, LONGEST_MEAN, &too_long).map(Self)
    }
    fn write(&self) -> String {
        self.0.write()
    }
    fn stand_in() -> Self {
        Self(Span::stand_in())
    }
}

quantity_in_files!(Mean);

/// How likely something is, or what share of a whole it is: from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Probability(pub f64);

/// How many times as much: a finite number, not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Factor(pub f64);

/// Reads a plain number that passes a test.
fn number<'de, D: Deserializer<'de>>(
    from: D,
    what: &str,
    fits: impl Fn(f64) -> bool,
) -> Result<f64, D::Error> {
    let value = reading(|| what.to_owned(), || f64::deserialize(from))?;
    if fits(value) { Ok(value) } else { Err(D::Error::custom(format!("{value} is not {what}"))) }
}

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, "a number from 0 to 1", |it| (0.0..=1.0).contains(&it)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, "a finite number of at least 0", |it| it.is_finite() && it >= 0.0).map(Self)
    }
}

impl Serialize for Probability {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.0)
    }
}

impl Serialize for Factor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.0)
    }
}

impl JsonSchema for Probability {
    fn schema_name() -> Cow<'static, str> {
        "Probability".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "A probability or a share: a number from 0 to 1, such as `0.05`.";
        json_schema!({ "type": "number", "minimum": 0, "maximum": 1, "description": description, "examples": [0.05] })
    }
}

impl JsonSchema for Factor {
    fn schema_name() -> Cow<'static, str> {
        "Factor".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "A finite number of at least 0, such as `2.5`.";
        json_schema!({ "type": "number", "minimum": 0, "description": description, "examples": [2.5] })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mean_may_be_longer_than_any_run_and_an_offset_goes_either_way() {
        assert_eq!(Mean::parse("1000000h"), Ok(Mean(Span::hours(1_000_000))));
        assert!(Span::parse("1000000h").is_err());
        let longest = Mean::parse("200001d").expect_err("longer than a clock counts");
        assert!(longest.contains("200000d"), "{longest}");
        let ahead = Offset::parse("-2191d").expect("ahead");
        assert_eq!(ahead, Offset { by: Span::days(2_191), negative: true });
        assert_eq!(Offset::parse(&ahead.write()), Ok(ahead));
        assert_eq!(Offset::parse("-0s"), Offset::parse("0s"));
        assert!(Offset::parse("--1s").is_err());
    }

    #[test]
    fn time_is_read_as_people_write_it() {
        assert_eq!(Span::parse("45min"), Ok(Span::minutes(45)));
        assert_eq!(Span::parse("1h 30min"), Ok(Span::minutes(90)));
        assert_eq!(Span::parse("250ms"), Ok(Span::millis(250)));
        assert_eq!(Span::parse("1d"), Ok(Span::days(1)));
        assert_eq!(Span::parse("0s"), Ok(Span::ZERO));
    }

    #[test]
    fn what_is_no_length_of_time_is_refused_in_plain_words() {
        let wrong = |text| Span::parse(text).expect_err(text);
        assert_eq!(wrong("-5s"), "a length of time cannot be negative");
        assert_eq!(wrong("45"), "\"45\" has no unit; known are ns, us, ms, s, min, h, d, w");
        assert!(wrong("1 fortnight").starts_with("unknown unit of time \"fortnight\""));
        assert!(wrong("1 month").contains("write days"));
        assert!(wrong("2y").contains("write days"));
        assert!(wrong("101 weeks 36500d").contains("too long"));
        assert!(wrong("99999999999999999999999s").contains("too long"));
        assert!(wrong("").contains("not a length of time"));
        assert!(wrong("soon").contains("not a length of time"));
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(scaled("2.6", 1_000), Some(2_600));
        assert_eq!(scaled("0.0005", 1_000), None);
        assert_eq!(scaled("1.50", 2), Some(3));
        assert_eq!(scaled("99999999999999999999", 1), None);
        assert_eq!(number_and_unit(" 1.2 cm"), Some(("1.2", "cm")));
        assert_eq!(number_and_unit("1.2.3cm"), None);
        assert_eq!(number_and_unit("cm"), None);
    }

    #[test]
    fn mistakes_are_collected_with_their_place() {
        let source = String::from("45 parsecs");
        let from =
            serde::de::value::BorrowedStrDeserializer::<serde::de::value::Error>::new(&source);
        let (read, found) = collect(|| Span::deserialize(from));
        assert!(read.is_ok());
        assert_eq!(found.expected, None);
        assert_eq!(found.mistakes.len(), 1);
        assert_eq!(found.mistakes[0].address, source.as_ptr() as usize);
        assert_eq!(found.mistakes[0].length, source.len());
        let again =
            serde::de::value::BorrowedStrDeserializer::<serde::de::value::Error>::new(&source);
        assert!(Span::deserialize(again).is_err(), "nobody collects any more");
    }

    #[test]
    fn a_collector_learns_what_was_expected_when_reading_stopped() {
        let from = serde::de::value::BoolDeserializer::<serde::de::value::Error>::new(true);
        let (read, found) = collect(|| Probability::deserialize(from));
        assert!(read.is_err());
        assert_eq!(found.expected.as_deref(), Some("a number from 0 to 1"));
    }

    proptest! {
        #[test]
        fn every_span_reads_back_as_it_was_written(nanos in 0..=LONGEST.0) {
            prop_assert_eq!(Span::parse(&Span(nanos).write()), Ok(Span(nanos)));
        }

        #[test]
        fn no_text_makes_a_quantity_panic(text in "[0-9a-zA-Z .µ秒-]{0,40}") {
            let _ = Span::parse(&text);
            let _ = in_units(&text, "a length", &[("mm", 1), ("m", 1_000)]);
        }
    }
}
