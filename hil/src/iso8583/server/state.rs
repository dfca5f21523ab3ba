//! What all connections share: the dialect, and who has asked what.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use models::wire::{InterActorMessage, Iso, Mti, ResponseCode};
use sim::{ActorId, Instant};

use super::connection::Peer;
use crate::adapter::Injector;
use crate::iso8583::{
    Envelope, Fields, Framing, Mapper, Matter, Message, Network, Seal, SessionKeys, Settlement,
};
use crate::troubles::Troubles;
use programs::Port;

/// So many requests are remembered; the answer to an older one is not passed on.
const MOST_OPEN: usize = 8_192;

/// What a request is known by: terminal, trace number, message type of its answer.
type Name = (ActorId, u32, &'static str);

/// A request that waits for its answer, or has it.
#[derive(Debug)]
struct PendingRequest {
    fields: Fields,
    envelope: Envelope,
    peer: Peer,
    what: RequestKind,
}

/// What was asked, as far as the world's answer does not say it.
#[derive(Debug)]
enum RequestKind {
    Payment,
    Network(Network),
    Settlement(Settlement),
}

#[derive(Debug, Default)]
struct Inner {
    asked: BTreeMap<Name, PendingRequest>,
    order: VecDeque<Name>,
    counts: (u64, u64),
    recorded: u32,
}

/// Of so many peers that say what cannot be a message it is kept what came.
const MOST_RECORDED: u32 = 16;
/// So many bytes of it are kept.
const RECORDED_BYTES: usize = 64;

/// Takes requests from all connections and finds the one that an answer belongs to.
#[derive(Debug)]
pub(super) struct ServerState {
    mapper: Mapper,
    ports: BTreeMap<ActorId, Port>,
    injector: Injector,
    troubles: Troubles,
    inner: Mutex<Inner>,
}

impl ServerState {
    pub(super) fn new(
        mapper: Mapper,
        ports: &[Port],
        injector: Injector,
        troubles: Troubles,
    ) -> Self {
        let ports = ports.iter().map(|it| (it.actor, *it)).collect();
        Self { mapper, ports, injector, troubles, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Whoever panicked while it held the lock left whole values behind.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn framing(&self) -> &Framing {
        self.mapper.dialect().framing()
    }

    /// Messages that were taken, and that were answered.
    pub(super) fn counts(&self) -> (u64, u64) {
        self.inner().counts
    }

    /// A peer said what cannot be a message: what came last is kept, if not too much has been kept already.
    pub(super) fn record(&self, why: &str, came: &[u8]) {
        {
            let mut inner = self.inner();
            if inner.recorded >= MOST_RECORDED {
                return;
            }
            inner.recorded += 1;
        }
        self.troubles.add(format!("{why}; what came: {}", masked(came)));
    }

    /// Takes a message of a peer.
    ///
    /// # Errors
    /// If it cannot be read: where this peer stands is not known then.
    pub(super) fn take(&self, message: &[u8], peer: &Peer) -> Result<(), String> {
        let (envelope, body) = self.framing().open(message).map_err(|why| why.to_string())?;
        let mut fields = Fields::default();
        let seal = self.mapper.decode(body, &mut fields).map_err(|why| why.to_string())?;
        let said = self.mapper.message(&fields, seal, Instant::START, &Iso::default());
        let terminal = self.mapper.names.terminal(&fields);
        let Some(port) = terminal.and_then(|it| self.ports.get(&it)).copied() else {
            self.troubles.add("a message of a terminal that is not attached");
            return Ok(());
        };
        self.inner().counts.0 += 1;
        let (iso, what) = match said {
            Ok(Message::Payment(iso)) if iso.mti.asks() => (iso, RequestKind::Payment),
            Ok(Message::Network(it)) if !it.response => (network(&it), RequestKind::Network(it)),
            Ok(Message::Settlement(it)) if !it.response => {
                (settlement(&it), RequestKind::Settlement(it))
            }
            Ok(_) => {
                self.troubles.add("an answer to what nobody had asked");
                return Ok(());
            }
            Err(why) => {
                self.troubles.add(format!("a message that means nothing here: {why}"));
                return Ok(());
            }
        };
        let asked = PendingRequest { fields, envelope, peer: peer.clone(), what };
        self.ask(original(Iso { terminal: port.actor, ..iso }), port, asked);
        Ok(())
    }

    fn ask(&self, iso: Iso, port: Port, asked: PendingRequest) {
        {
            let mut inner = self.inner();
            let name = (port.actor, iso.stan, iso.mti.response().digits());
            if inner.asked.insert(name, asked).is_none() {
                inner.order.push_back(name);
            }
            if inner.order.len() > MOST_OPEN
                && let Some(oldest) = inner.order.pop_front()
            {
                inner.asked.remove(&oldest);
            }
        }
        // A terminal that says more than the world can take waits, and its socket with it.
        if !self.injector.bring(port, InterActorMessage::Payment(iso)) {
            self.troubles.add("a message after the end of the session");
        }
    }

    /// The world answers.
    pub(super) fn answer(&self, iso: &Iso) {
        let mut inner = self.inner();
        let name = (iso.terminal, iso.stan, iso.mti.digits());
        let Some(asked) = inner.asked.get(&name) else {
            return self.troubles.add("an answer that nobody waits for any more");
        };
        if self.reply(asked, &self.message(asked, iso)) {
            inner.counts.1 += 1;
        }
    }

    /// The world's answer as the message that the terminal waits for.
    fn message(&self, asked: &PendingRequest, iso: &Iso) -> Message {
        match &asked.what {
            RequestKind::Payment => Message::Payment(*iso),
            RequestKind::Network(request) => {
                let mac = self.mapper.dialect().file().mac.as_ref();
                let keys = mac.filter(|_| request.matter == Matter::SignOn);
                let keys = keys.map(|it| SessionKeys { pin: it.key.clone(), mac: it.key.clone() });
                let code = iso.code;
                Message::Network(Network { response: true, code, keys, ..request.clone() })
            }
            RequestKind::Settlement(request) => {
                let (code, agreed) = match iso.code {
                    ResponseCode::TOTALS_DIFFER => (ResponseCode::APPROVED, Some(false)),
                    ResponseCode::APPROVED => (ResponseCode::APPROVED, Some(true)),
                    other => (other, None),
                };
                let authentic = true;
                Message::Settlement(Settlement {
                    response: true,
                    agreed,
                    code,
                    authentic,
                    ..*request
                })
            }
        }
    }

    /// Sends the answer to a request; false if it could not be.
    fn reply(&self, asked: &PendingRequest, message: &Message) -> bool {
        let mut fields = Fields::default();
        let seal: Seal = match self.mapper.answer(&asked.fields, message, &mut fields) {
            Ok(seal) => seal,
            Err(why) => {
                self.troubles.add(format!("an answer that cannot be written: {why}"));
                return false;
            }
        };
        let (mut body, mut whole) = (Vec::with_capacity(256), Vec::with_capacity(256));
        let written =
            self.mapper.encode(&mut fields, seal, &mut body).map_err(|why| why.to_string());
        let framed = written.and_then(|()| {
            let envelope = asked.envelope.reply();
            self.framing().close(&envelope, &body, &mut whole).map_err(|why| why.to_string())
        });
        if let Err(why) = framed {
            self.troubles.add(format!("an answer that cannot be written: {why}"));
            return false;
        }
        let sent = asked.peer.send(whole);
        if !sent {
            self.troubles.add("a peer was gone, or read nothing, when its answer came");
        }
        sent
    }
}

/// Bytes in hexadecimal, as many as are kept. Where digits stand that could be a card number, packed or as characters, their
/// middle is not shown.
fn masked(bytes: &[u8]) -> String {
    let kept = &bytes[..bytes.len().min(RECORDED_BYTES)];
    let hex: String = kept.iter().map(|it| format!("{it:02X}")).collect();
    let mut shown = String::with_capacity(hex.len() + 1);
    for run in hex.split_inclusive(|it: char| !it.is_ascii_digit()) {
        let digits = run.trim_end_matches(|it: char| !it.is_ascii_digit());
        let (rest, length) = (&run[digits.len()..], digits.len());
        if length < SHORTEST_CARD {
            shown.push_str(digits);
        } else {
            shown.push_str(&digits[..6]);
            shown.extend(std::iter::repeat_n('*', length - 10));
            shown.push_str(&digits[length - 4..]);
        }
        shown.push_str(rest);
    }
    if kept.len() < bytes.len() {
        shown.push('…');
    }
    shown
}

/// Digits in a row that could be a card number.
const SHORTEST_CARD: usize = 12;

/// In the world a reversal has the trace number of its original. A real terminal may give it one of its own and name the
/// original apart.
fn original(iso: Iso) -> Iso {
    if iso.mti != Mti::Reversal || iso.original == 0 || iso.original == iso.stan {
        return iso;
    }
    let named = Iso { stan: iso.original, ..iso };
    let mac = if iso.mac == iso.seal() { named.seal() } else { !named.seal() };
    Iso { mac, ..named }
}

/// Sign-on, echo, sign-off, as they go through the world.
fn network(request: &Network) -> Iso {
    let Network { terminal, stan, batch, .. } = *request;
    Iso { mti: Mti::Network, terminal, stan, batch, ..Iso::default() }
}

/// Totals, as they go through the world: what the terminal has sold, less what it paid back.
fn settlement(request: &Settlement) -> Iso {
    let Settlement { terminal, stan, batch, debits, credits, authentic, .. } = *request;
    let amount = debits.1 - credits.1;
    let mut iso = Iso { mti: Mti::Settlement, terminal, stan, batch, amount, ..Iso::default() };
    iso.mac = if authentic { iso.seal() } else { !iso.seal() };
    iso
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_shows_no_card_number() {
        assert_eq!(masked(b"\x00\x10\xFFGET /"), "0010FF474554202F");
        assert_eq!(
            masked(&[0x16, 0x62, 0x25, 0x88, 0x00, 0x00, 0x00, 0x00, 0x10, 0xAB]),
            "166225********0010AB"
        );
        let text = masked(b"02006225880000000010");
        assert!(text.starts_with("303230***") && text.ends_with("3130"), "{text}");
        assert_eq!(masked(&[0xFF; 100]).chars().count(), 2 * RECORDED_BYTES + 1);
    }
}
