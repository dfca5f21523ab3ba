//! Network management and settlements, and their fields.

use models::Money;
use models::wire::ResponseCode;
use sim::{ActorId, Instant};

use super::mapper::{Mapper, Seal};
use super::pieces::{PieceValues, fit};
use super::{MapError, Matter, Message, Network, SessionKeys, Settlement};
use crate::iso8583::Fields;
use crate::iso8583::dialect::Use;
use crate::iso8583::mac::Key;

/// Bytes of a key and its check value, and of both of them.
const ONE: usize = 20;
const KEYS: usize = 2 * ONE;

impl Mapper {
    pub(super) fn put_network(
        &self,
        network: &Network,
        fields: &mut Fields,
    ) -> Result<(), MapError> {
        let codes = &self.file().network;
        let first = |list: &[u16]| list.first().copied().unwrap_or(0);
        let code = match network.matter {
            Matter::SignOn => first(&codes.sign_on),
            Matter::Echo => first(&codes.echo),
            Matter::SignOff => first(&codes.sign_off),
            Matter::Other(code) => code,
        };
        let (terminal, stan) = (network.terminal, network.stan);
        self.put_common((Use::Network, network.response), (terminal, stan, network.local), fields);
        put_code(network.code, fields);
        let (code, batch) = (Some(code.into()), Some(network.batch.into()));
        PieceValues { code, batch, ..PieceValues::default() }
            .set(&self.file().shared.network, fields)?;
        if let (Some(keys), Some(field)) = (&network.keys, codes.keys) {
            let master = self.master.as_ref().ok_or(MapError::Keys)?;
            let mut block = Vec::with_capacity(KEYS);
            for key in [&keys.pin, &keys.mac] {
                block.extend_from_slice(&key.under(master));
                block.extend_from_slice(&key.check_value()[..4]);
            }
            fields.set(field, &block);
        }
        Ok(())
    }

    pub(super) fn network(
        &self,
        response: bool,
        fields: &Fields,
        near: Instant,
    ) -> Result<Message, MapError> {
        let mut shared = PieceValues::default();
        shared.read(&self.file().shared.network, fields)?;
        let codes = &self.file().network;
        let field = self.file().shared.network.keys().next_back().copied().unwrap_or(0);
        let code: u16 = fit(shared.code.ok_or(MapError::Missing(field))?, field)?;
        let matter = match code {
            _ if codes.sign_on.contains(&code) => Matter::SignOn,
            _ if codes.echo.contains(&code) => Matter::Echo,
            _ if codes.sign_off.contains(&code) => Matter::SignOff,
            other => Matter::Other(other),
        };
        let (terminal, stan, local) = self.common(fields, near)?;
        let brings = response && matter == Matter::SignOn;
        let keys = codes.keys.filter(|_| brings).and_then(|field| fields.get(field));
        let network = Network {
            matter,
            response,
            terminal,
            stan,
            local,
            batch: fit(shared.batch.unwrap_or(0), field)?,
            code: code_of(fields)?,
            keys: keys.map(|it| self.session_keys(it)).transpose()?,
        };
        Ok(Message::Network(network))
    }

    /// Keys that a sign-on brings: two of 16 bytes, each with four of its check value. What follows is not looked at.
    fn session_keys(&self, block: &[u8]) -> Result<SessionKeys, MapError> {
        let master = self.master.as_ref().ok_or(MapError::Keys)?;
        let one = |at: usize| {
            let part: &[u8; ONE] = block.get(at..at + ONE)?.first_chunk()?;
            let key = Key::revealed(part.first_chunk()?, master);
            (key.check_value()[..4] == part[16..]).then_some(key)
        };
        let (pin, mac) = one(0).zip(one(ONE)).ok_or(MapError::Keys)?;
        Ok(SessionKeys { pin, mac })
    }

    pub(super) fn put_settlement(
        &self,
        it: &Settlement,
        fields: &mut Fields,
    ) -> Result<(), MapError> {
        self.put_common((Use::Settlement, it.response), (it.terminal, it.stan, it.local), fields);
        put_code(it.code, fields);
        let amount = |it: Money| u64::try_from(it.0).map_err(|_| MapError::Negative);
        let shared = PieceValues {
            code: Some(self.file().network.settlement.into()),
            batch: Some(it.batch.into()),
            debits: (Some(it.debits.0.into()), Some(amount(it.debits.1)?)),
            credits: (Some(it.credits.0.into()), Some(amount(it.credits.1)?)),
            agreed: it.agreed.map(|it| if it { 1 } else { 2 }),
            ..PieceValues::default()
        };
        shared.set(&self.file().shared.settlement, fields)
    }

    pub(super) fn settlement(
        &self,
        response: bool,
        fields: &Fields,
        seal: Seal,
        near: Instant,
    ) -> Result<Message, MapError> {
        let pieces = &self.file().shared.settlement;
        let mut shared = PieceValues::default();
        shared.read(pieces, fields)?;
        let field = pieces.keys().next().copied().unwrap_or(0);
        let total = |(count, sum): (Option<u64>, Option<u64>)| -> Result<(u32, Money), MapError> {
            let sum = fit(sum.unwrap_or(0), field)?;
            Ok((fit(count.unwrap_or(0), field)?, Money(sum)))
        };
        let (terminal, stan, local) = self.common(fields, near)?;
        let settlement = Settlement {
            response,
            terminal,
            stan,
            local,
            batch: fit(shared.batch.unwrap_or(0), field)?,
            debits: total(shared.debits)?,
            credits: total(shared.credits)?,
            agreed: match shared.agreed {
                Some(1) => Some(true),
                Some(2 | 3) => Some(false),
                _ => None,
            },
            code: code_of(fields)?,
            authentic: seal != Seal::Wrong,
        };
        Ok(Message::Settlement(settlement))
    }

    fn put_common(
        &self,
        (what, response): (Use, bool),
        (terminal, stan, local): (ActorId, u32, Option<Instant>),
        fields: &mut Fields,
    ) {
        self.begin(what, response, fields);
        fields.set_number(11, stan.into(), 6);
        if let Some(local) = local {
            self.first_day.set(local, fields);
        }
        self.names.set(terminal, &self.file().acceptor, fields);
    }

    fn common(
        &self,
        fields: &Fields,
        near: Instant,
    ) -> Result<(ActorId, u32, Option<Instant>), MapError> {
        let terminal =
            fields.has(41).then(|| self.names.terminal(fields).ok_or(MapError::Value(41)));
        let terminal = terminal.ok_or(MapError::Missing(41))??;
        let stan = fit(fields.number(11).ok_or(MapError::Missing(11))?, 11)?;
        let local = self.first_day.moment(fields, near).map_err(MapError::Value)?;
        Ok((terminal, stan, local))
    }
}

fn put_code(code: ResponseCode, fields: &mut Fields) {
    if code != ResponseCode::NONE && code != ResponseCode::default() {
        fields.set(39, &code.0);
    }
}

fn code_of(fields: &Fields) -> Result<ResponseCode, MapError> {
    let code = fields.get(39).map(|it| <[u8; 2]>::try_from(it).map_err(|_| MapError::Value(39)));
    code.map_or(Ok(ResponseCode::NONE), |it| it.map(ResponseCode))
}
