//! The way from a message to its bytes and back, with its authentication code.

use std::sync::Arc;

use models::wire::{Iso, ResponseCode};
use sim::Instant;

use super::calendar::Day;
use super::names::{Cards, Names};
use super::payment::use_of;
use super::{MapError, Message};
use crate::iso8583::dialect::{DialectFile, Reversals, Use, response_to};
use crate::iso8583::mac::{Key, Sealer};
use crate::iso8583::{DecodeError, Dialect, EncodeError, Fields, Flaw};

/// How a message's authentication code stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Seal {
    /// It is right; to write: make it right.
    Right,
    /// It is wrong, or missing where there must be one; to write: make it wrong, as damage or a wrong key would.
    Wrong,
    /// This kind of message has none.
    None,
}

/// Knows what the fields of a dialect mean to the world.
///
/// A message does not say everything that the world knows of it. Not on the wire are: the connection that it came by, parts of a
/// second, the year, and what the dialect leaves out of responses; reading takes them from a message that was known before.
#[derive(Clone, Debug)]
pub struct Mapper {
    dialect: Arc<Dialect>,
    sealer: Option<Sealer>,
    pub(super) master: Option<Key>,
    /// Who has which F41 and F42.
    pub names: Names,
    /// Which simulated card stands for a card number.
    pub cards: Cards,
    /// The day on which the run began.
    pub first_day: Day,
}

impl Mapper {
    /// One with the dialect's own test keys, for a run that began on the usual day.
    pub fn new(dialect: Arc<Dialect>) -> Self {
        let mac = dialect.file().mac.as_ref();
        let sealer = mac.map(|it| Sealer::new(it.algorithm, &it.key));
        let master = mac.map(|it| it.master.clone());
        let (names, cards) = (Names::default(), Cards::default());
        Self { dialect, sealer, master, names, cards, first_day: Day::default() }
    }

    /// Authenticates with another key from now on, such as one that a sign-on brought. Without effect in a dialect without codes.
    pub fn use_key(&mut self, key: &Key) {
        self.sealer = self.file().mac.as_ref().map(|it| Sealer::new(it.algorithm, key));
    }

    /// Brings and takes keys under another master key. Without effect in a dialect without codes.
    pub fn use_master(&mut self, master: Key) {
        self.master = self.file().mac.is_some().then_some(master);
    }

    /// The dialect.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    pub(super) fn file(&self) -> &DialectFile {
        self.dialect.file()
    }

    pub(super) fn reversals(&self) -> &Reversals {
        &self.file().reversals
    }

    pub(super) fn begin(&self, what: Use, response: bool, fields: &mut Fields) {
        let types = self.dialect.types(what);
        fields.restart(if response { types.response.0 } else { types.request.0 });
    }

    /// Puts a message into fields, all but its authentication code; says how that should be.
    ///
    /// # Errors
    /// If something in it cannot be said in this dialect.
    pub fn put(&self, message: &Message, fields: &mut Fields) -> Result<Seal, MapError> {
        let (what, right) = match message {
            Message::Payment(iso) => {
                self.put_payment(iso, fields)?;
                (use_of(iso.mti).0, iso.mac == iso.seal())
            }
            Message::Network(network) => {
                self.put_network(network, fields)?;
                (Use::Network, true)
            }
            Message::Settlement(settlement) => {
                self.put_settlement(settlement, fields)?;
                (Use::Settlement, settlement.authentic)
            }
        };
        Ok(match (self.seals(what), right) {
            (false, _) => Seal::None,
            (true, true) => Seal::Right,
            (true, false) => Seal::Wrong,
        })
    }

    /// What fields mean, near a moment of simulated time. What they do not say of a payment is taken from `base`: in a response
    /// the request that it belongs to.
    ///
    /// # Errors
    /// If the dialect does not know such a message, something is missing, or a field holds what nothing here can be.
    pub fn message(
        &self,
        fields: &Fields,
        seal: Seal,
        near: Instant,
        base: &Iso,
    ) -> Result<Message, MapError> {
        let (what, response) =
            self.dialect.what(fields.mti()).ok_or(MapError::Type(fields.mti()))?;
        match what {
            Use::Network => self.network(response, fields, near),
            Use::Settlement => self.settlement(response, fields, seal, near),
            _ => self.payment((what, response), fields, seal, (near, base)),
        }
    }

    /// Puts the answer to a request into fields: what a response repeats stands in it as the request had it (a foreign card's
    /// number, the terminal's name, its batch), and its type is that which answers the request's.
    ///
    /// # Errors
    /// If something in it cannot be said in this dialect.
    pub fn answer(
        &self,
        request: &Fields,
        message: &Message,
        fields: &mut Fields,
    ) -> Result<Seal, MapError> {
        let seal = self.put(message, fields)?;
        fields.set_mti(response_to(request.mti()));
        for number in [2, 3, 4, 11, 14, 25, 32, 41, 42, 49, 60] {
            match request.get(number) {
                Some(value) => fields.set(number, value),
                None => fields.remove(number),
            }
        }
        Ok(seal)
    }

    /// Appends a message's body with its authentication code.
    ///
    /// # Errors
    /// If a field is not as the dialect has it. Nothing is appended then.
    pub fn encode(
        &self,
        fields: &mut Fields,
        seal: Seal,
        to: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let Some(sealer) = self.sealer.as_ref().filter(|_| seal != Seal::None) else {
            return self.dialect.encode(fields, to);
        };
        let number = code_field(fields);
        fields.set(number, &[0; 8]);
        let start = to.len();
        self.dialect.encode(fields, to)?;
        let missing = EncodeError { field: Some(number), why: Flaw::NoSuchField };
        let width = self.dialect.rule(number).ok_or(missing)?.wire(8);
        to.truncate(to.len() - width);
        let mut code = sealer.code(&to[start..]);
        if seal == Seal::Wrong {
            code.iter_mut().for_each(|it| *it = !*it);
        }
        fields.set(number, &code);
        self.dialect.put_value(number, &code, to)
    }

    /// The fields of a message's body, and how its authentication code stands.
    ///
    /// # Errors
    /// At the first byte that cannot stand there, with its place.
    pub fn decode(&self, body: &[u8], fields: &mut Fields) -> Result<Seal, DecodeError> {
        self.dialect.decode_into(body, fields)?;
        let needed = self.dialect.what(fields.mti()).is_some_and(|(what, _)| self.seals(what));
        let number = code_field(fields);
        let Some(sealer) = &self.sealer else { return Ok(Seal::None) };
        let Some((told, rule)) = fields.get(number).zip(self.dialect.rule(number)) else {
            return Ok(if needed { Seal::Wrong } else { Seal::None });
        };
        let covered = body.len().saturating_sub(rule.wire(told.len()));
        let right = sealer.code(&body[..covered]) == told;
        Ok(if right { Seal::Right } else { Seal::Wrong })
    }

    /// A message's whole body.
    ///
    /// # Errors
    /// If something in it cannot be said in this dialect.
    pub fn write(&self, message: &Message, to: &mut Vec<u8>) -> Result<(), MapError> {
        let mut fields = Fields::default();
        let seal = self.put(message, &mut fields)?;
        Ok(self.encode(&mut fields, seal, to)?)
    }

    /// The message of a whole body. See [`Self::message`].
    ///
    /// # Errors
    /// If it cannot be read or not understood.
    pub fn read(&self, body: &[u8], near: Instant, base: &Iso) -> Result<Message, MapError> {
        let mut fields = Fields::default();
        let seal = self.decode(body, &mut fields)?;
        self.message(&fields, seal, near, base)
    }

    /// True if messages of this use must have an authentication code.
    fn seals(&self, what: Use) -> bool {
        self.file().mac.as_ref().is_some_and(|it| it.on.contains(&what))
    }

    /// True if a reversal with this response code (F39) has done its work.
    pub fn reversal_is_done(&self, code: ResponseCode) -> bool {
        self.reversals().done_by.contains(&code)
    }
}

/// The field of the code: the last one of the last bitmap.
fn code_field(fields: &Fields) -> u8 {
    if fields.numbers().any(|it| it > 64) { 128 } else { 64 }
}
