//! F12 and F13 against simulated time. A message does not say its year.

use sim::{Instant, Span};

use crate::iso8583::Fields;
use crate::iso8583::fields::{digits, push_number};

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Day(pub i64);

impl Default for Day {
    /// 2026-01-01, the day on which scenarios begin.
    fn default() -> Self {
        Self(20_454)
    }
}

const SECONDS: u64 = 86_400;

impl Day {
    /// A day of the Gregorian calendar. `None` if there is no such day.
    pub fn of(year: i64, month: u32, day: u32) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let longest = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => return None,
        };
        if !(1..=longest).contains(&day) || !(1970..=9999).contains(&year) {
            return None;
        }
        // Years begin in March, so that the leap day is the last one; 400 years are one era.
        let year = year - i64::from(month <= 2);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
        let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Some(Self(year.div_euclid(400) * 146_097 + days - 719_468))
    }

    /// Year, month and day.
    pub fn date(self) -> (i64, u32, u32) {
        let days = self.0 + 719_468;
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + days.div_euclid(146_097) * 400 + i64::from(month <= 2);
        (year, month as u32, day as u32)
    }

    /// Sets F12 and F13 of a message that is sent in a run that began on this day: whole seconds.
    pub(super) fn set(self, at: Instant, fields: &mut Fields) {
        let seconds = at.0 / Span::secs(1).0;
        let (_, month, day) = Self(self.0 + (seconds / SECONDS) as i64).date();
        let of_day = seconds % SECONDS;
        let time = of_day / 3_600 * 10_000 + of_day / 60 % 60 * 100 + of_day % 60;
        fields.set_number(12, time, 6);
        fields.set_number(13, u64::from(month * 100 + day), 4);
    }

    /// The moment that F12 and F13 mean in a run that began on this day: of the years in which the day exists, the one that is
    /// nearest to a moment, and no earlier than the start of the run. The number of the wrong field if there is no such moment.
    pub(super) fn moment(self, fields: &Fields, near: Instant) -> Result<Option<Instant>, u8> {
        let Some(time) = fields.get(12) else { return Ok(None) };
        let time = digits(time).ok_or(12)?;
        let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
        if hour > 23 || minute > 59 || second > 59 {
            return Err(12);
        }
        let of_day = (hour * 3_600 + minute * 60 + second) as i64;
        let near = (near.0 / Span::secs(1).0) as i64;
        let (year, month, day) = Self(self.0 + near.div_euclid(SECONDS as i64)).date();
        let date = match fields.get(13) {
            Some(text) => digits(text).ok_or(13)?,
            None => u64::from(month * 100 + day),
        };
        let (month, day) = ((date / 100) as u32, (date % 100) as u32);
        // A leap day may be four years away, or eight.
        let days = (year - 8..=year + 8).filter_map(|year| Self::of(year, month, day));
        let moments = days.map(|it| (it.0 - self.0) * SECONDS as i64 + of_day);
        let nearest = moments.min_by_key(|it| it.abs_diff(near)).ok_or(13)?;
        Ok(Some(Instant::START + Span::secs(nearest.max(0) as u64)))
    }
}

/// The digits of a number, for texts that are put together.
pub(super) fn numbered(value: u64, digits: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(digits);
    push_number(&mut text, value, digits);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(Day::of(2026, 1, 1), Some(Day::default()));
        assert_eq!(Day::of(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::of(2000, 2, 29), Some(Day(11_016)));
        for wrong in [(2026, 2, 29), (2100, 2, 29), (2026, 13, 1), (2026, 4, 31), (2026, 0, 1)] {
            assert_eq!(Day::of(wrong.0, wrong.1, wrong.2), None, "{wrong:?}");
        }
        let mut last = (1969, 12, 31);
        for day in (0..80_000).map(Day) {
            let date = day.date();
            assert_eq!(Day::of(date.0, date.1, date.2), Some(day));
            assert!(date > last);
            last = date;
        }
    }

    #[test]
    fn a_date_is_of_the_year_that_is_near() {
        let first = Day::default();
        let mut fields = Fields::default();
        let at = Instant::START + Span::days(364) + Span::secs(86_399);
        first.set(at, &mut fields);
        assert_eq!((fields.text(12), fields.text(13)), (Some("235959"), Some("1231")));
        assert_eq!(first.moment(&fields, at), Ok(Some(at)));
        assert_eq!(first.moment(&fields, at + Span::days(20)), Ok(Some(at)));
        assert_eq!(
            first.moment(&fields, Instant::START),
            Ok(Some(Instant::START)),
            "before the run"
        );
        fields.set(13, b"0230");
        assert_eq!(first.moment(&fields, at), Err(13));
        fields.set(12, b"240000");
        assert_eq!(first.moment(&fields, at), Err(12));
        fields.remove(12);
        assert_eq!(first.moment(&fields, at), Ok(None));
    }
}
