//! Quantities of the models: text with a unit in files, integers of the smallest unit in the models.

use sim::quantity::{Quantity, in_units, number_and_unit, scaled};

use crate::money::Money;

/// Declares whole quantities: a newtype of the smallest unit, with the units that files may use.
macro_rules! whole {
    ($($(#[$doc:meta])* $Type:ident: $what:literal, $example:literal, [$(($unit:literal, $size:literal)),+]);+ $(;)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $Type(pub u32);

        impl Quantity for $Type {
            const NAME: &'static str = stringify!($Type);
            const WHAT: &'static str = $what;
            const EXAMPLE: &'static str = $example;
            fn parse(text: &str) -> Result<Self, String> {
                in_units(text, $what, &[$(($unit, $size)),+]).map(Self)
            }
            fn write(&self) -> String {
                // Units are listed from the smallest to the largest: the largest that divides it is shortest.
                let units = [$(($unit, $size)),+];
                let fits = units.iter().rev().find(|(_, size)| self.0 > 0 && self.0.is_multiple_of(*size));
                let (unit, size) = fits.unwrap_or(&units[0]);
                format!("{}{unit}", self.0 / size)
            }
            fn stand_in() -> Self {
                Self(1)
            }
        }
        sim::quantity_in_files!($Type);
    )+ };
}

whole! {
    /// A voltage, in millivolts.
    Millivolts: "a voltage", "3.2V", [("mV", 1), ("V", 1_000)];
    /// A length, in millimetres.
    Millimetres: "a length", "57mm", [("mm", 1), ("cm", 10), ("m", 1_000)];
    /// An electric charge, in milliampere-hours.
    MilliampHours: "an electric charge", "2600mAh", [("mAh", 1), ("Ah", 1_000)];
    /// An electric current, in milliamperes.
    Milliamperes: "an electric current", "800mA", [("mA", 1), ("A", 1_000)];
    /// An electric resistance, in milliohms.
    Milliohms: "an electric resistance", "120mohm", [("mohm", 1), ("ohm", 1_000)];
    /// An amount of memory, in mebibytes.
    Mebibytes: "an amount of memory", "512MiB", [("MiB", 1), ("GiB", 1_024)];
}

/// A temperature, in tenths of a degree Celsius; a difference of temperatures, in tenths of a kelvin.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Celsius(pub i32);

impl Celsius {
    /// In degrees.
    pub fn degrees(self) -> f64 {
        f64::from(self.0) / 10.0
    }
    /// The nearest tenth of a degree.
    pub fn of(degrees: f64) -> Self {
        debug_assert!(degrees.is_finite(), "a temperature is a number, not {degrees}");
        Self(libm::round(degrees * 10.0) as i32)
    }
}

/// What no shop and no terminal comes near, in tenths of a degree.
const EXTREMES: std::ops::RangeInclusive<i32> = -1_000..=3_000;

impl Quantity for Celsius {
    const NAME: &'static str = "Celsius";
    const WHAT: &'static str = "a temperature";
    const EXAMPLE: &'static str = "25C";

    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (sign, size) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let tenths = in_units(size, Self::WHAT, &[("C", 10), ("°C", 10)])?;
        let tenths = i32::try_from(tenths).map(|it| sign * it).ok();
        tenths.filter(|it| EXTREMES.contains(it)).map(Self).ok_or_else(|| {
            format!("\"{text}\" is out of bounds: a temperature is from \"-100C\" to \"300C\"")
        })
    }
    fn write(&self) -> String {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let text = match size % 10 {
            0 => format!("{sign}{}C", size / 10),
            tenth => format!("{sign}{}.{tenth}C", size / 10),
        };
        let bounded = EXTREMES.contains(&self.0);
        debug_assert!(!bounded || Self::parse(&text) == Ok(*self), "{text} reads otherwise");
        text
    }
    fn stand_in() -> Self {
        Self(250)
    }
}
sim::quantity_in_files!(Celsius);

/// A level of a signal over one milliwatt, in tenths of a dBm; a difference of levels, in tenths of a dB.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Decibels(pub i32);

impl Decibels {
    /// In dB, or dBm.
    pub fn decibels(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

/// What no radio shows, in tenths of a dB.
const LEVELS: std::ops::RangeInclusive<i32> = -2_000..=2_000;

impl Quantity for Decibels {
    const NAME: &'static str = "Decibels";
    const WHAT: &'static str = "a level of a signal";
    const EXAMPLE: &'static str = "-100dBm";

    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (sign, size) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let tenths = in_units(size, Self::WHAT, &[("dBm", 10), ("dB", 10)])?;
        let tenths = i32::try_from(tenths).map(|it| sign * it).ok();
        tenths.filter(|it| LEVELS.contains(it)).map(Self).ok_or_else(|| {
            format!("\"{text}\" is out of bounds: a level is from \"-200dBm\" to \"200dBm\"")
        })
    }
    fn write(&self) -> String {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        // Levels are below a milliwatt; differences are not negative.
        let unit = if self.0 < 0 { "dBm" } else { "dB" };
        match size % 10 {
            0 => format!("{sign}{}{unit}", size / 10),
            tenth => format!("{sign}{}.{tenth}{unit}", size / 10),
        }
    }
    fn stand_in() -> Self {
        Self(-1_000)
    }
}
sim::quantity_in_files!(Decibels);

/// A currency, by ISO 4217.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Renminbi yuan, in 100 fen.
    #[default]
    Cny,
    /// Euro, in 100 cents.
    Eur,
    /// United States dollar, in 100 cents.
    Usd,
    /// Pound sterling, in 100 pence.
    Gbp,
    /// Yen, without a smaller unit.
    Jpy,
    /// Hong Kong dollar, in 100 cents.
    Hkd,
}

impl Currency {
    /// All that are known.
    pub const ALL: [Self; 6] = [Self::Cny, Self::Eur, Self::Usd, Self::Gbp, Self::Jpy, Self::Hkd];

    /// Its three letters.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cny => "CNY",
            Self::Eur => "EUR",
            Self::Usd => "USD",
            Self::Gbp => "GBP",
            Self::Jpy => "JPY",
            Self::Hkd => "HKD",
        }
    }

    /// Its number, as field 49 of a message carries it.
    pub const fn number(self) -> u16 {
        match self {
            Self::Cny => 156,
            Self::Eur => 978,
            Self::Usd => 840,
            Self::Gbp => 826,
            Self::Jpy => 392,
            Self::Hkd => 344,
        }
    }

    /// How many decimals an amount has.
    pub const fn decimals(self) -> u32 {
        match self {
            Self::Jpy => 0,
            _ => 2,
        }
    }
}

/// An amount of money with its currency, as files write it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Price {
    amount: Money,
    currency: Currency,
}

impl Price {
    /// So many minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { amount: Money(minor), currency }
    }
    /// Yuan and fen.
    pub const fn yuan(yuan: i64, fen: i64) -> Self {
        Self::new(yuan * 100 + fen, Currency::Cny)
    }
    /// In minor units: fen, cents.
    pub const fn minor(&self) -> i64 {
        self.amount.0
    }
    /// As the models count it.
    pub const fn amount(&self) -> Money {
        self.amount
    }
    /// Its currency.
    pub const fn currency(&self) -> Currency {
        self.currency
    }
}

/// The largest amount of a scenario, in minor units: what 12 digits of field 4 can carry.
const MOST_MINOR: u64 = 999_999_999_999;

impl Quantity for Price {
    const NAME: &'static str = "Price";
    const WHAT: &'static str = "an amount of money";
    const EXAMPLE: &'static str = "24.50 CNY";

    fn parse(text: &str) -> Result<Self, String> {
        let known = || Currency::ALL.map(Currency::code).join(", ");
        if text.trim_start().starts_with('-') {
            return Err("an amount of money cannot be negative here".into());
        }
        let Some((number, unit)) = number_and_unit(text) else {
            return Err(format!(
                "\"{text}\" is not an amount of money: it begins with a number, and then its currency: {}",
                known()
            ));
        };
        if unit.is_empty() {
            return Err(format!("\"{text}\" has no currency; known are {}", known()));
        }
        let Some(currency) = Currency::ALL.into_iter().find(|it| it.code() == unit) else {
            return Err(format!("unknown currency \"{unit}\"; known are {}", known()));
        };
        let minor = scaled(number, 10_u64.pow(currency.decimals())).filter(|it| *it <= MOST_MINOR);
        let Some(minor) = minor.and_then(|it| i64::try_from(it).ok()) else {
            let decimals = currency.decimals();
            return Err(format!(
                "\"{text}\" is too large, or has more than {decimals} decimals, as many as {unit} has"
            ));
        };
        Ok(Self::new(minor, currency))
    }

    fn write(&self) -> String {
        let (minor, code) = (self.amount.0, self.currency.code());
        match self.currency.decimals() {
            0 => format!("{minor} {code}"),
            _ => format!("{}.{:02} {code}", minor / 100, minor % 100),
        }
    }

    fn stand_in() -> Self {
        Self::new(100, Currency::Cny)
    }
}
sim::quantity_in_files!(Price);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_exactly() {
        assert_eq!(Millivolts::parse("3.2V"), Ok(Millivolts(3_200)));
        assert_eq!(Millivolts::parse("3200 mV"), Ok(Millivolts(3_200)));
        assert_eq!(Millimetres::parse("1.2 cm"), Ok(Millimetres(12)));
        assert_eq!(MilliampHours::parse("2.6Ah"), Ok(MilliampHours(2_600)));
        assert_eq!(Mebibytes::parse("1GiB"), Ok(Mebibytes(1_024)));
        assert_eq!(Price::parse("24.50 CNY"), Ok(Price::yuan(24, 50)));
        assert_eq!(Price::parse("500JPY"), Ok(Price::new(500, Currency::Jpy)));
    }

    #[test]
    fn a_wrong_unit_names_the_units_that_are_known() {
        assert_eq!(
            Millivolts::parse("3.2A"),
            Err("unknown unit \"A\" for a voltage; known are mV, V".into())
        );
        assert_eq!(Millimetres::parse("12"), Err("\"12\" has no unit; known are mm, cm, m".into()));
        let wrong = Price::parse("5 XXX").expect_err("no such currency");
        assert_eq!(wrong, "unknown currency \"XXX\"; known are CNY, EUR, USD, GBP, JPY, HKD");
        assert!(Price::parse("-5 CNY").is_err());
        assert!(Price::parse("1.005 CNY").is_err());
        assert!(Price::parse("1.5 JPY").is_err());
        assert!(Millivolts::parse("5000000V").is_err());
    }

    #[test]
    fn every_quantity_reads_back_as_it_was_written() {
        for value in [0, 1, 7, 10, 999, 1_000, 1_024, 57_000, u32::MAX] {
            assert_eq!(Millivolts::parse(&Millivolts(value).write()), Ok(Millivolts(value)));
            assert_eq!(Millimetres::parse(&Millimetres(value).write()), Ok(Millimetres(value)));
            assert_eq!(
                MilliampHours::parse(&MilliampHours(value).write()),
                Ok(MilliampHours(value))
            );
            assert_eq!(Mebibytes::parse(&Mebibytes(value).write()), Ok(Mebibytes(value)));
            assert_eq!(Milliohms::parse(&Milliohms(value).write()), Ok(Milliohms(value)));
            assert_eq!(Milliamperes::parse(&Milliamperes(value).write()), Ok(Milliamperes(value)));
            for currency in Currency::ALL {
                let price = Price::new(i64::from(value), currency);
                assert_eq!(Price::parse(&price.write()), Ok(price));
            }
        }
    }

    #[test]
    fn a_temperature_may_be_below_zero_and_has_bounds() {
        for tenths in [-1_000, -105, -1, 0, 7, 250, 3_000] {
            assert_eq!(Celsius::parse(&Celsius(tenths).write()), Ok(Celsius(tenths)));
        }
        assert_eq!(Celsius::parse("-10.5 C"), Ok(Celsius(-105)));
        assert!(Celsius::parse("400C").is_err());
        assert!(Celsius::parse("25").is_err());
        assert!(Celsius::parse("25F").is_err());
    }
}
