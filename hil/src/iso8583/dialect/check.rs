//! Whether the rules of a dialect fit each other.

use std::collections::BTreeMap;

use models::wire::ResponseCode;

use super::DialectFile;
use super::form::{Field, FieldKind, Rule, Size};
use super::usage::{Piece, Pieces, Use};
use crate::iso8583::fields::LAST;

/// Fields without which a payment cannot be told, and what they must be able to hold: kind n or not, and how much.
const NEEDED: [(u8, bool, u16); 12] = [
    (2, true, 19),
    (3, true, 6),
    (4, true, 12),
    (11, true, 6),
    (12, true, 6),
    (13, true, 4),
    (22, true, 3),
    (25, true, 2),
    (37, false, 12),
    (38, false, 6),
    (39, false, 2),
    (41, false, 8),
];

pub(super) fn check(file: &DialectFile) -> Result<(), String> {
    framing(file)?;
    for (number, field) in &file.fields {
        form(file, *number, field)?;
    }
    for (number, digits, size) in NEEDED {
        let field = file.fields.get(&number);
        let field = field.ok_or(format!("field {number} is missing: payments need it"))?;
        if (field.kind == FieldKind::N) != digits || field.size.max() < size {
            let kind = if digits { "n" } else { "an or ans" };
            return Err(format!("field {number} must be of kind {kind} and hold {size}"));
        }
    }
    types(file)?;
    let shared = &file.shared;
    let groups = [&shared.payment, &shared.original, &shared.network, &shared.settlement];
    for (number, list) in groups.into_iter().flatten() {
        pieces(file, *number, list)?;
    }
    let asks = |group: &Pieces, what: fn(&Piece) -> bool| group.values().flatten().any(what);
    if !asks(&shared.network, |it| matches!(it, Piece::Code(_))) {
        return Err("shared.network has no Code: sign-on and echo could not be told apart".into());
    }
    if !asks(&shared.original, |it| matches!(it, Piece::Original(_))) {
        return Err("shared.original has no Original: a reversal could not name its sale".into());
    }
    codes(file)?;
    mac(file)
}

fn framing(file: &DialectFile) -> Result<(), String> {
    let framing = &file.framing;
    if !matches!(framing.length.bytes, 2 | 4) {
        return Err(format!("framing.length.bytes is {}: it is 2 or 4", framing.length.bytes));
    }
    let own = if framing.length.counts_itself { u64::from(framing.length.bytes) } else { 0 };
    let (max, reaches) = (u64::from(framing.longest) + own, framing.length.reaches());
    if framing.longest < 64 || max > reaches || framing.longest > 1 << 20 {
        let max = reaches.min(1 << 20) - own;
        return Err(format!("framing.longest is {}: it is from 64 to {max} here", framing.longest));
    }
    Ok(())
}

fn form(file: &DialectFile, number: u8, field: &Field) -> Result<(), String> {
    let named = format!("field {number} ({})", field.name);
    if number < 2 || usize::from(number) > LAST || number == 65 {
        return Err(format!("{named}: fields are 2 to 64 and 66 to 128"));
    }
    if number > 64 && !file.secondary {
        return Err(format!("{named}: only a dialect with `secondary: true` has it"));
    }
    let rule: Rule = field.rule(&file.coding);
    if !rule.fits() {
        return Err(format!("{named}: kind {:?} cannot be coded {:?}", rule.kind, rule.coding));
    }
    let max = match field.size {
        Size::Fixed(_) => 999,
        Size::Two(_) => 99,
        Size::Three(_) => 999,
    };
    let max = if rule.coding == super::Coding::Hex && rule.prefix > 0 { max / 2 } else { max };
    if field.size.max() == 0 || field.size.max() > max {
        return Err(format!("{named}: its size is {}; it is 1 to {max} here", field.size.max()));
    }
    Ok(())
}

fn types(file: &DialectFile) -> Result<(), String> {
    let uses = [Use::Request, Use::Advice, Use::Reversal, Use::Network, Use::Settlement];
    let mut known = BTreeMap::new();
    for what in uses {
        let pair = file.types.get(&what).ok_or(format!("types has no {what:?}"))?;
        for (mti, response) in [(pair.request, false), (pair.response, true)] {
            if let Some(other) = known.insert(mti, (what, response)) {
                return Err(format!("types: {mti:?} stands for {what:?} and for {:?}", other.0));
            }
        }
    }
    for (mti, what) in &file.also {
        if known.contains_key(mti) {
            return Err(format!("also: {mti:?} is one of `types` already"));
        }
        if !mti.0[2].is_multiple_of(2) || matches!(what, Use::Network | Use::Settlement) {
            return Err(format!("also: {mti:?} is not a request of a payment"));
        }
    }
    if file.acceptor.len() != 7 || !file.acceptor.bytes().all(|it| it.is_ascii_alphanumeric()) {
        return Err("acceptor has seven letters or digits; the terminal's number follows".into());
    }
    Ok(())
}

fn pieces(file: &DialectFile, number: u8, list: &[Piece]) -> Result<(), String> {
    let field = file.fields.get(&number);
    let field = field.ok_or(format!("shared: there is no field {number}"))?;
    let width: usize = list.iter().map(Piece::width).sum();
    let fits = match field.size {
        Size::Fixed(exact) => width == usize::from(exact),
        Size::Two(max) | Size::Three(max) => width <= usize::from(max),
    };
    if field.kind == FieldKind::B || !fits {
        let (kind, size) = (field.kind, field.size);
        return Err(format!(
            "shared: {width} characters do not fit field {number} ({kind:?}, {size:?})"
        ));
    }
    for piece in list {
        let good = match piece {
            Piece::Text(text) => {
                let digits = |it: u8| it.is_ascii_digit() || field.kind != FieldKind::N;
                text.bytes().all(|it| it.is_ascii_graphic() && digits(it))
            }
            other => (1..=18).contains(&other.width()),
        };
        if !good {
            return Err(format!("shared: {piece:?} cannot stand in field {number}"));
        }
    }
    Ok(())
}

fn codes(file: &DialectFile) -> Result<(), String> {
    let mut known: BTreeMap<ResponseCode, _> = BTreeMap::new();
    for (class, codes) in file.response_codes.classes() {
        for code in codes {
            if let Some(other) = known.insert(*code, class) {
                return Err(format!("response_codes: {code:?} is {other:?} and {class:?}"));
            }
        }
    }
    if !file.response_codes.success.contains(&ResponseCode::APPROVED) {
        return Err("response_codes.success must have \"00\"".into());
    }
    if file.network.sign_on.is_empty()
        || file.network.echo.is_empty()
        || file.network.sign_off.is_empty()
    {
        return Err("network: sign_on, echo and sign_off have at least one code each".into());
    }
    Ok(())
}

fn mac(file: &DialectFile) -> Result<(), String> {
    let Some(mac) = &file.mac else { return Ok(()) };
    let numbers: &[u8] = if file.secondary { &[64, 128] } else { &[64] };
    for number in numbers {
        let field = file.fields.get(number);
        let good = field.is_some_and(|it| it.kind == FieldKind::B && it.size == Size::Fixed(8));
        if !good {
            return Err(format!("mac: field {number} must be of kind B and size Fixed(8)"));
        }
    }
    if mac.on.is_empty() {
        return Err("mac.on is empty: leave `mac` out, or say which messages have a code".into());
    }
    if let Some(number) = file.network.keys {
        let field = file.fields.get(&number);
        if !field.is_some_and(|it| it.kind == FieldKind::B && it.size.max() >= 40) {
            return Err(format!(
                "network.keys: field {number} must be of kind B and hold 40 bytes"
            ));
        }
    }
    Ok(())
}
