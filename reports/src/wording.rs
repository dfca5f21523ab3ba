//! Numbers as people read them.

/// What stands where nothing can be said.
pub(crate) const NOTHING: &str = "–";

/// Seconds with three significant digits up to a minute, then as the two largest units that matter: `250 ms`, `45.3 s`,
/// `3 min 20 s`, `2 h 5 min`, `2 d 12 h`.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match seconds {
        s if s <= 0.0 => "0 s".to_owned(),
        s if s < 0.000_999_5 => format!("{} µs", shortest(s * 1e6)),
        s if s < 0.999_5 => format!("{} ms", shortest(s * 1e3)),
        s if s < 59.95 => format!("{} s", shortest(s)),
        s if s < 3_599.5 => two(whole / 60, "min", whole % 60, "s"),
        s if s < 86_370.0 => two((whole + 30) / 3_600, "h", (whole + 30) % 3_600 / 60, "min"),
        _ => two((whole + 1_800) / 86_400, "d", (whole + 1_800) % 86_400 / 3_600, "h"),
    }
}

/// A number with three significant digits; what is larger keeps its whole part, in groups of three digits.
pub(crate) fn figures(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        finite if finite < 999.5 => {
            let before = libm::floor(libm::log10(finite)) as i32;
            let after = usize::try_from(2 - before).unwrap_or(0).min(6);
            format!("{value:.after$}")
        }
        large if large.is_finite() => count(value.round() as i64),
        _ => NOTHING.to_owned(),
    }
}

/// The same without zeros at the end of a fraction.
fn shortest(value: f64) -> String {
    let text = figures(value);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn two(large: u64, unit: &str, small: u64, smaller: &str) -> String {
    match small {
        0 => format!("{large} {unit}"),
        small => format!("{large} {unit} {small} {smaller}"),
    }
}

/// A moment of the run: `06:15:00`, from the second day on `day 2, 06:15:00`.
pub(crate) fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let time = format!("{:02}:{:02}:{:02}", whole / 3_600 % 24, whole / 60 % 60, whole % 60);
    match whole / 86_400 {
        0 => time,
        days => format!("day {}, {time}", days + 1),
    }
}

/// A share in per cent: three significant digits of it or of what it lacks, whichever is less, so that almost all does
/// not look like all.
pub(crate) fn percent(share: f64) -> String {
    let missing = share.min(1.0 - share);
    let digits = match missing {
        m if m <= 0.0 => 0,
        m if m >= 0.1 => 1,
        m if m >= 0.01 => 2,
        m if m >= 0.001 => 3,
        m if m >= 0.000_1 => 4,
        _ => 5,
    };
    format!("{:.digits$}\u{202f}%", share * 100.0)
}

/// A count in groups of three digits, apart by a narrow space.
pub(crate) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Minor units as major ones with a currency's decimals, in groups of three digits.
pub(crate) fn money(minor: i64, decimals: u32) -> String {
    let unit = 10u64.pow(decimals.min(9));
    let (major, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "−" } else { "" };
    match decimals {
        0 => format!("{sign}{}", count(major as i64)),
        _ => format!("{sign}{}.{rest:0width$}", count(major as i64), width = decimals as usize),
    }
}

/// A share as an axis has it: no more digits than it takes.
pub(crate) fn axis_percent(share: f64) -> String {
    format!("{}\u{202f}%", (share * 10_000.0).round() / 100.0)
}

/// Text as it may stand between tags and in attributes of markup.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// The name of a performer in files.
pub fn performer(by: faults::Performer) -> &'static str {
    match by {
        faults::Performer::Device => "device",
        faults::Performer::Attendant => "merchant",
        faults::Performer::Remote => "remote",
        faults::Performer::Support => "support",
        faults::Performer::Technician => "technician",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_at_most_two_units() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.000_25, "250 µs"),
            (0.25, "250 ms"),
            (0.012_345, "12.3 ms"),
            (0.999_6, "1 s"),
            (5.256, "5.26 s"),
            (45.0, "45 s"),
            (59.99, "1 min"),
            (200.0, "3 min 20 s"),
            (3_599.9, "1 h"),
            (7_500.0, "2 h 5 min"),
            (86_399.0, "1 d"),
            (93_600.0, "1 d 2 h"),
            (216_000.0, "2 d 12 h"),
        ] {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn numbers_have_three_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.012_34, "0.0123"),
            (1.0, "1.00"),
            (-12.345, "-12.3"),
            (999.6, "1\u{202f}000"),
            (12_345.6, "12\u{202f}346"),
            (f64::NAN, NOTHING),
        ] {
            assert_eq!(figures(value), text, "{value}");
        }
    }

    #[test]
    fn a_share_below_one_never_looks_like_one() {
        assert_eq!(percent(1.0), "100\u{202f}%");
        assert_eq!(percent(0.0), "0\u{202f}%");
        assert_eq!(percent(0.5), "50.0\u{202f}%");
        assert_eq!(percent(0.999_53), "99.9530\u{202f}%");
        assert_eq!(percent(0.999_999), "99.99990\u{202f}%");
    }

    #[test]
    fn money_and_counts_are_grouped() {
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(money(-123_456_789, 2), "−1\u{202f}234\u{202f}567.89");
        assert_eq!(money(5, 2), "0.05");
        assert_eq!(money(1_500, 0), "1\u{202f}500");
    }

    #[test]
    fn a_moment_of_the_second_day_says_so() {
        assert_eq!(clock(22_500.0), "06:15:00");
        assert_eq!(clock(86_400.0 + 60.0), "day 2, 00:01:00");
    }
}
