//! A receipt as a printer gets it: 32 columns, plain ASCII, which every printer has.

use models::receipt::Receipt;
use models::wire::Method;
use sim::Span;

use crate::iso8583::message::Day;

/// How a receipt looks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Layout {
    /// What stands at its head.
    pub merchant: String,
    /// Whether it is cut off.
    pub cut: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { merchant: "POSRIG TEST RECEIPT".into(), cut: true }
    }
}

/// What 58 mm of paper hold in the usual font.
const COLUMNS: usize = 32;
/// `ESC @`: forgets what others have set.
const RESET: &[u8] = b"\x1b@";
/// `ESC a`.
const LEFT: &[u8] = b"\x1ba\x00";
const CENTRE: &[u8] = b"\x1ba\x01";
/// `GS !`: twice as high, and as usual.
const HIGH: &[u8] = b"\x1d!\x01";
const USUAL: &[u8] = b"\x1d!\x00";
/// `ESC d`: the last line has to be past the cutter.
const FEED: &[u8] = b"\x1bd\x04";
/// `GS V 1`: all but one point.
const CUT: &[u8] = b"\x1dV\x01";

fn currency(number: u16) -> String {
    match number {
        156 => "CNY".into(),
        840 => "USD".into(),
        978 => "EUR".into(),
        other => format!("{other:03}"),
    }
}

/// Two texts, one at each edge.
fn row(left: &str, right: &str) -> String {
    let room = COLUMNS.saturating_sub(left.len());
    format!("{left}{right:>room$}")
}

fn rows(receipt: &Receipt) -> Vec<String> {
    let Receipt { terminal, pan, method, at, stan, rrn, authorisation, .. } = *receipt;
    let seconds = at.0 / Span::secs(1).0;
    let (year, month, day) = Day(Day::default().0 + (seconds / 86_400) as i64).date();
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let mut rows = vec![
        row("TERMINAL", &format!("{:08}", terminal.0)),
        row("DATE", &format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")),
        "-".repeat(COLUMNS),
        row("SALE", &method.name().to_ascii_uppercase()),
        // A code is a token of one payment, no card number; both are masked.
        row(if method == Method::Code { "TOKEN" } else { "CARD" }, &pan.to_string()),
        row("STAN", &format!("{stan:06}")),
    ];
    if rrn > 0 {
        rows.push(row("RRN", &format!("{rrn:012}")));
    }
    if authorisation > 0 {
        rows.push(row("AUTH", &format!("{authorisation:06}")));
    }
    rows.push("-".repeat(COLUMNS));
    rows
}

/// What is sent to the printer. Characters that are no printable ASCII become `?`.
pub fn bytes(receipt: &Receipt, layout: &Layout) -> Vec<u8> {
    let mut out = [RESET, CENTRE, HIGH].concat();
    let text = |line: &str, out: &mut Vec<u8>| {
        out.extend(line.chars().map(|it| if matches!(it, ' '..='~') { it as u8 } else { b'?' }));
        out.push(b'\n');
    };
    text(&layout.merchant, &mut out);
    out.extend([USUAL, LEFT].concat());
    rows(receipt).iter().for_each(|line| text(line, &mut out));
    out.extend(HIGH);
    let minor = receipt.amount.0;
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.unsigned_abs();
    let amount = format!("{} {sign}{}.{:02}", currency(receipt.currency), minor / 100, minor % 100);
    text(&row("TOTAL", &amount), &mut out);
    out.extend([USUAL, CENTRE].concat());
    text(if receipt.rrn > 0 { "APPROVED" } else { "APPROVED OFFLINE" }, &mut out);
    out.extend(FEED);
    if layout.cut {
        out.extend(CUT);
    }
    out
}

#[cfg(test)]
mod tests {
    use models::money::Money;
    use models::wire::Pan;
    use sim::{ActorId, Instant};

    use super::*;

    #[test]
    fn a_receipt_shows_what_was_paid_and_no_card_number() {
        let pan = Pan::of(3, 1_234_567);
        let receipt = Receipt {
            lines: 24,
            terminal: ActorId(7),
            pan,
            amount: Money(123_405),
            currency: 156,
            at: Instant::START + Span::days(31) + Span::secs(3_723),
            stan: 12,
            rrn: 34,
            ..Receipt::default()
        };
        let bytes = bytes(&receipt, &Layout { merchant: "Caf\u{e9}".into(), cut: true });
        let text = String::from_utf8_lossy(&bytes);
        for shows in ["Caf?\n", "2026-02-01 01:02:03", "CNY 1234.05", "000000000034", "00000007"] {
            assert!(text.contains(shows), "{shows} in {text}");
        }
        assert!(text.contains(&pan.to_string()) && !Pan::appears_in(&text));
        assert!(bytes.starts_with(b"\x1b@") && bytes.ends_with(b"\x1dV\x01"));
        assert!(text.lines().all(|line| line.trim_start_matches(|it: char| it < ' ').len() <= 44));
    }
}
