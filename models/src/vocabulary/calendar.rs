//! Dates, as far as payments need them: the month in which a card expires.

use sim::{Instant, Span};

/// Days from 1970-01-01 to 2026-01-01, the first day of a run without a date of its own.
const FIRST_DAY: u64 = 20_454;

/// Year and month of a day, counted from 1970-01-01. (H. Hinnant, "chrono-compatible low-level date algorithms", 2013.)
fn year_and_month(day: u64) -> (u64, u64) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Counted from March, so that the leap day is the last.
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    debug_assert!((1..=12).contains(&month), "there is no month {month}");
    (year_of_era + era * 400 + u64::from(month <= 2), month)
}

/// The month of a moment as a card carries it, YYMM.
pub(crate) fn yymm(at: Instant) -> u16 {
    let (year, month) = year_and_month(FIRST_DAY + at.0 / Span::days(1).0);
    debug_assert!(year >= 2026, "a run does not begin before its first day");
    (year % 100 * 100 + month) as u16
}

/// How many months a moment's month is after December 2025: 1 is January 2026.
pub(crate) fn month_number(at: Instant) -> u32 {
    let (year, month) = year_and_month(FIRST_DAY + at.0 / Span::days(1).0);
    ((year - 2026) * 12 + month) as u32
}

/// The month so many after December 2025, as YYMM: 1 is January 2026.
pub(crate) fn yymm_after(months: u32) -> u16 {
    debug_assert!(months >= 1, "the first month is January 2026");
    let (years, month) = ((months - 1) / 12, (months - 1) % 12 + 1);
    ((26 + years) % 100 * 100 + month) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_the_calendar() {
        let day = |day: u64| yymm(Instant(Span::days(day).0));
        assert_eq!([day(0), day(30), day(31), day(58), day(59)], [2601, 2601, 2602, 2602, 2603]);
        // 2028 is a leap year: its 60th day is 29 February.
        assert_eq!([day(730 + 59), day(730 + 60)], [2802, 2803]);
        assert_eq!(day(2_191), 3201, "six years, two of them leap years");
        let later = Instant(Span::days(400).0);
        assert_eq!(yymm_after(month_number(later)), yymm(later));
        assert_eq!(
            [yymm_after(1), yymm_after(12), yymm_after(13), yymm_after(60)],
            [2601, 2612, 2701, 3012]
        );
    }
}
