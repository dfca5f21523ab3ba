//! What a printer's status bytes mean. Layouts: Epson's reference for `DLE EOT`, `GS r` and automatic status.

use models::hardware::printer::{Paper, Said};

/// The four answers to `DLE EOT 1` to `DLE EOT 4`.
pub type Answers = [u8; 4];

/// What a byte from a printer is, told by the bits that are fixed in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StatusKind {
    /// An answer to `DLE EOT`.
    RealTime,
    /// An answer to `GS r`: everything before the question has been printed.
    Processed,
    /// The first of the four bytes that a printer sends by itself when its status changes.
    Automatic,
    /// XON or XOFF: flow control that a serial driver has let through.
    Flow,
    /// None of these.
    Other,
}

/// What a byte is.
pub fn kind(byte: u8) -> StatusKind {
    match byte {
        0x11 | 0x13 => StatusKind::Flow,
        _ if byte & 0x93 == 0x12 => StatusKind::RealTime,
        _ if byte & 0x93 == 0x10 => StatusKind::Automatic,
        _ if byte & 0x90 == 0 => StatusKind::Processed,
        _ => StatusKind::Other,
    }
}

/// What the answers say.
///
/// A printer that is off line for a reason that it names has not stopped for another; one whose paper is being fed by its
/// button is on its way back.
pub fn said([printer, offline, error, paper]: Answers) -> Said {
    let is = |byte: u8, mask: u8| byte & mask != 0;
    // Each sensor has two bits that are the same.
    let paper = if paper & 0x60 == 0x60 || is(offline, 0x20) {
        Paper::Out
    } else if paper & 0x0C == 0x0C {
        Paper::NearEnd
    } else {
        Paper::Enough
    };
    let cover_open = is(offline, 0x04);
    let cutter_blocked = is(error, 0x08);
    let hot = is(error, 0x40);
    let named = cover_open || cutter_blocked || hot || paper == Paper::Out;
    let feeding = is(offline, 0x08) || is(printer, 0x40);
    let error = is(error, 0x24) || is(offline, 0x40) && !named;
    let stopped = error || is(printer, 0x08) && !named && !feeding;
    Said { paper, cover_open, cutter_blocked, hot, stopped }
}

/// It would print nothing now.
pub fn blocked(said: Said) -> bool {
    let Said { paper, cover_open, cutter_blocked, hot, stopped } = said;
    paper == Paper::Out || cover_open || cutter_blocked || hot || stopped
}

/// In words, for the live status.
pub fn words(said: Said) -> String {
    let all = [
        (said.cover_open, "cover open"),
        (said.paper == Paper::Out, "paper out"),
        (said.paper == Paper::NearEnd, "paper near its end"),
        (said.cutter_blocked, "cutter blocked"),
        (said.hot, "head too hot"),
        (said.stopped, "off line or in error"),
    ];
    let words: Vec<&str> = all.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    if words.is_empty() { "ready".into() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Answers = [0x12; 4];

    #[test]
    fn a_printer_that_is_well_says_nothing() {
        assert_eq!(said(WELL), Said::default());
        assert!(!blocked(said(WELL)));
        assert_eq!(words(said(WELL)), "ready");
    }

    #[test]
    fn each_bit_means_one_thing() {
        let well = Said::default();
        assert_eq!(said([0x1A, 0x16, 0x12, 0x12]), Said { cover_open: true, ..well });
        assert_eq!(said([0x1A, 0x32, 0x12, 0x7E]), Said { paper: Paper::Out, ..well });
        assert_eq!(said([0x12, 0x12, 0x12, 0x1E]), Said { paper: Paper::NearEnd, ..well });
        assert_eq!(said([0x1A, 0x52, 0x1A, 0x12]), Said { cutter_blocked: true, ..well });
        assert_eq!(said([0x1A, 0x52, 0x52, 0x12]), Said { hot: true, ..well });
        assert_eq!(said([0x1A, 0x52, 0x32, 0x12]), Said { stopped: true, ..well }, "unrecoverable");
        assert_eq!(said([0x1A, 0x52, 0x16, 0x12]), Said { stopped: true, ..well }, "recoverable");
        assert_eq!(
            said([0x1A, 0x12, 0x12, 0x12]),
            Said { stopped: true, ..well },
            "switched off line"
        );
        assert_eq!(said([0x5A, 0x1A, 0x12, 0x12]), well, "somebody presses the feed button");
    }

    #[test]
    fn kinds_of_bytes_exclude_each_other() {
        assert_eq!([0x12, 0x7E, 0x1E, 0x32].map(kind), [StatusKind::RealTime; 4]);
        assert_eq!([0x00, 0x03, 0x0C, 0x0F].map(kind), [StatusKind::Processed; 4]);
        assert_eq!([0x10, 0x18, 0x3C].map(kind), [StatusKind::Automatic; 3]);
        assert_eq!([0x11, 0x13].map(kind), [StatusKind::Flow; 2]);
        assert_eq!([0xFF, 0x92, 0x15].map(kind), [StatusKind::Other; 3]);
    }
}
