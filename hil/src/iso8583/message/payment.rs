//! A payment and its fields.

use models::Money;
use models::wire::{Iso, Method, Mti, ResponseCode};
use sim::Instant;

use super::mapper::{Mapper, Seal};
use super::names::{lettered, set_lettered};
use super::pieces::{PieceValues, fit};
use super::{MapError, Message};
use crate::iso8583::Fields;
use crate::iso8583::dialect::{Reversals, Use};
use crate::iso8583::fields::digits;

/// The tag of a chip's application cryptogram, and its length, in F55.
const CRYPTOGRAM: [u8; 3] = [0x9F, 0x26, 8];

/// Last digit of F22: a PIN was entered, or none.
const PIN: u64 = 1;
const NO_PIN: u64 = 2;

pub(super) const fn use_of(mti: Mti) -> (Use, bool) {
    match mti {
        Mti::Request => (Use::Request, false),
        Mti::Response => (Use::Request, true),
        Mti::Advice => (Use::Advice, false),
        Mti::AdviceResponse => (Use::Advice, true),
        Mti::Reversal => (Use::Reversal, false),
        Mti::ReversalResponse => (Use::Reversal, true),
        Mti::Network => (Use::Network, false),
        Mti::NetworkResponse => (Use::Network, true),
        Mti::Settlement => (Use::Settlement, false),
        Mti::SettlementResponse => (Use::Settlement, true),
    }
}

const fn mti_of(what: Use, response: bool) -> Option<Mti> {
    Some(match (what, response) {
        (Use::Request, false) => Mti::Request,
        (Use::Request, true) => Mti::Response,
        (Use::Advice, false) => Mti::Advice,
        (Use::Advice, true) => Mti::AdviceResponse,
        (Use::Reversal, false) => Mti::Reversal,
        (Use::Reversal, true) => Mti::ReversalResponse,
        (Use::Network | Use::Settlement, _) => return None,
    })
}

/// How F22 (its first two digits) says that a card was read.
fn method(entry: u64) -> Option<Method> {
    Some(match entry {
        5 | 95 => Method::Chip,
        7 | 91 | 96 | 98 => Method::Contactless,
        2 | 90 => Method::Stripe,
        80 => Method::Fallback,
        3 | 4 => Method::Code,
        _ => return None,
    })
}

impl Mapper {
    pub(super) fn put_payment(&self, iso: &Iso, fields: &mut Fields) -> Result<(), MapError> {
        let (what, response) = use_of(iso.mti);
        self.begin(what, response, fields);
        let amount = u64::try_from(iso.amount.0).map_err(|_| MapError::Negative)?;
        if iso.pan.digits() != 0 {
            fields.set_number(2, iso.pan.digits(), 1);
        }
        fields.set_number(3, iso.processing.into(), 6);
        fields.set_number(4, amount, 12);
        fields.set_number(11, iso.stan.into(), 6);
        self.first_day.set(iso.local, fields);
        if iso.expiry != 0 {
            fields.set_number(14, iso.expiry.into(), 4);
        }
        let pin = if iso.pin_block == 0 { NO_PIN } else { PIN };
        fields.set_number(22, u64::from(iso.method.entry_mode()) * 10 + pin, 3);
        if iso.card_sequence != 0 {
            fields.set_number(23, iso.card_sequence.into(), 3);
        }
        fields.set_number(25, iso.condition.into(), 2);
        if iso.rrn != 0 {
            set_lettered(fields, 37, iso.rrn, 12);
        }
        if iso.authorisation != 0 {
            set_lettered(fields, 38, iso.authorisation.into(), 6);
        }
        if iso.code != ResponseCode::NONE && iso.code != ResponseCode::default() {
            let reversal = iso.mti == Mti::Reversal;
            let code = if reversal { told_reason(self.reversals(), iso.code) } else { iso.code };
            fields.set(39, &code.0);
        }
        self.names.set(iso.terminal, &self.file().acceptor, fields);
        fields.set_number(49, iso.currency.into(), 3);
        if iso.pin_block != 0 {
            fields.set(52, &iso.pin_block.to_be_bytes());
        }
        if iso.cryptogram != 0 {
            let [a, b, c] = CRYPTOGRAM;
            let [d, e, f, g, h, i, j, k] = iso.cryptogram.to_be_bytes();
            fields.set(55, &[a, b, c, d, e, f, g, h, i, j, k]);
        }
        let shared = PieceValues {
            business: Some(iso.business.into()),
            batch: Some(iso.batch.into()),
            original: Some(iso.original.into()),
            ..PieceValues::default()
        };
        shared.set(&self.file().shared.payment, fields)?;
        if iso.original != 0 {
            shared.set(&self.file().shared.original, fields)?;
        }
        if response {
            self.file().not_in_responses.iter().for_each(|it| fields.remove(*it));
        }
        Ok(())
    }

    pub(super) fn payment(
        &self,
        (what, response): (Use, bool),
        fields: &Fields,
        seal: Seal,
        (near, base): (Instant, &Iso),
    ) -> Result<Message, MapError> {
        let mut iso = *base;
        iso.mti = mti_of(what, response).ok_or(MapError::Type(fields.mti()))?;
        let needed: &[u8] = if response { &[11, 39, 41] } else { &[3, 4, 11, 41] };
        if let Some(missing) = needed.iter().find(|it| !fields.has(**it)) {
            return Err(MapError::Missing(*missing));
        }
        iso.terminal = self.names.terminal(fields).ok_or(MapError::Value(41))?;
        iso.stan = number(fields, 11, iso.stan)?;
        if let Some(card) = card_number(fields) {
            iso.pan = self.cards.card(card).ok_or(MapError::Value(2))?;
        }
        iso.processing = number(fields, 3, iso.processing)?;
        iso.amount = Money(number(fields, 4, iso.amount.0)?);
        iso.local = self.first_day.moment(fields, near).map_err(MapError::Value)?.unwrap_or(near);
        iso.expiry = number(fields, 14, iso.expiry)?;
        if let Some(entry) = fields.number(22) {
            iso.method = method(entry / 10).ok_or(MapError::Value(22))?;
        }
        iso.card_sequence = number(fields, 23, iso.card_sequence)?;
        iso.condition = number(fields, 25, iso.condition)?;
        if let Some(text) = fields.get(37) {
            iso.rrn = lettered(text).ok_or(MapError::Value(37))?;
        }
        if let Some(text) = fields.get(38) {
            iso.authorisation = fit(lettered(text).ok_or(MapError::Value(38))?, 38)?;
        }
        if let Some(text) = fields.get(39) {
            let code = ResponseCode(<[u8; 2]>::try_from(text).map_err(|_| MapError::Value(39))?);
            let reversal = iso.mti == Mti::Reversal;
            iso.code = if reversal { meant_reason(self.reversals(), code) } else { code };
        }
        iso.currency = number(fields, 49, iso.currency)?;
        if let Some(block) = fields.get(52) {
            iso.pin_block = u64::from_be_bytes(block.try_into().map_err(|_| MapError::Value(52))?);
        }
        if let Some(data) = fields.get(55) {
            iso.cryptogram = cryptogram(data).unwrap_or(iso.cryptogram);
        }
        self.pieces(fields, &mut iso)?;
        iso.mac = if seal == Seal::Wrong { !iso.seal() } else { iso.seal() };
        Ok(Message::Payment(iso))
    }

    fn pieces(&self, fields: &Fields, iso: &mut Iso) -> Result<(), MapError> {
        let mut shared = PieceValues::default();
        shared.read(&self.file().shared.payment, fields)?;
        shared.read(&self.file().shared.original, fields)?;
        iso.business = shared.business.map_or(Ok(iso.business), |it| fit(it, 60))?;
        iso.batch = shared.batch.map_or(Ok(iso.batch), |it| fit(it, 60))?;
        iso.original = shared.original.map_or(Ok(iso.original), |it| fit(it, 61))?;
        Ok(())
    }
}

/// A numeric field, or what is there without it.
fn number<T: TryFrom<u64>>(fields: &Fields, field: u8, otherwise: T) -> Result<T, MapError> {
    match fields.get(field) {
        None => Ok(otherwise),
        Some(text) => fit(digits(text).ok_or(MapError::Value(field))?, field),
    }
}

/// F2, or the number in front of the separator of track 2.
fn card_number(fields: &Fields) -> Option<&[u8]> {
    let track = || Some(fields.get(35)?.split(|it| *it == b'=').next().unwrap_or_default());
    fields.get(2).or_else(track)
}

/// What a dialect calls a reason for a reversal.
fn told_reason(rules: &Reversals, reason: ResponseCode) -> ResponseCode {
    match reason {
        ResponseCode::NO_ANSWER => rules.no_answer,
        ResponseCode::TERMINAL_FAILED => rules.terminal_failed,
        ResponseCode::MAC_WRONG => rules.mac_wrong,
        other => other,
    }
}

/// And back.
fn meant_reason(rules: &Reversals, shared: ResponseCode) -> ResponseCode {
    match shared {
        it if it == rules.no_answer => ResponseCode::NO_ANSWER,
        it if it == rules.terminal_failed => ResponseCode::TERMINAL_FAILED,
        it if it == rules.mac_wrong => ResponseCode::MAC_WRONG,
        other => other,
    }
}

/// The application cryptogram (tag 9F26) in a chip's data. `None` if it is not there, or the data are not well formed before it.
fn cryptogram(mut data: &[u8]) -> Option<u64> {
    while let Some((first, rest)) = data.split_first() {
        let long = first & 0x1F == 0x1F;
        let mut tag = vec![*first];
        let mut rest = rest;
        // A tag of several bytes ends with the first one below 0x80; none here has more than four.
        while long && tag.len() < 4 {
            let (byte, after) = rest.split_first()?;
            tag.push(*byte);
            rest = after;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (length, after) = rest.split_first()?;
        let (length, after) = match length {
            0..=0x7F => (usize::from(*length), after),
            0x81 => after.split_first().map(|(it, after)| (usize::from(*it), after))?,
            _ => return None,
        };
        let (value, after) = after.split_at_checked(length)?;
        if tag == CRYPTOGRAM[..2] {
            return Some(u64::from_be_bytes(value.try_into().ok()?));
        }
        data = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cryptogram_is_found_among_other_data() {
        let data =
            [0x82, 2, 0x7C, 0, 0x9F, 0x36, 2, 0, 1, 0x9F, 0x26, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x95, 5];
        assert_eq!(cryptogram(&data), Some(0x0102_0304_0506_0708));
        for end in 0..data.len() - 2 {
            assert_eq!(cryptogram(&data[..end]), None);
        }
        assert_eq!(cryptogram(&[0x9F; 40]), None);
    }
}
