//! What all connections share: the dialect, who has asked what, and what each terminal's batch comes to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use models::money::Money;
use models::wire::{Code, Iso, Mti, Parcel};
use sim::{ActorId, Instant};

use super::connection::Peer;
use crate::adapter::{Injector, Port};
use crate::iso8583::{
    Envelope, Fields, Framing, Mapper, Message, Network, Seal, SessionKeys, Settlement,
};
use crate::troubles::Troubles;

/// So many requests are remembered; the answer to an older one is not passed on.
const MOST_OPEN: usize = 8_192;

/// What a request is known by: terminal, trace number, message type of its answer.
type Name = (ActorId, u32, &'static str);

/// A request that waits for its answer, or has it.
#[derive(Debug)]
struct Asked {
    fields: Fields,
    envelope: Envelope,
    peer: Peer,
}

/// What a terminal's batch comes to, by what it was told.
#[derive(Clone, Copy, Debug, Default)]
struct Batch {
    sales: u32,
    sum: Money,
}

#[derive(Debug, Default)]
struct Inner {
    asked: BTreeMap<Name, Asked>,
    order: VecDeque<Name>,
    batches: BTreeMap<ActorId, Batch>,
    counts: (u64, u64),
}

/// Takes requests from all connections and finds the one that an answer belongs to.
#[derive(Debug)]
pub(super) struct Desk {
    mapper: Mapper,
    ports: BTreeMap<ActorId, Port>,
    injector: Injector,
    troubles: Troubles,
    inner: Mutex<Inner>,
}

impl Desk {
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
        let asked = Asked { fields, envelope, peer: peer.clone() };
        match said {
            Ok(Message::Payment(iso)) => {
                self.payment(Iso { terminal: port.actor, ..iso }, port, asked)
            }
            Ok(Message::Network(it)) if !it.response => self.network(&it, &asked),
            Ok(Message::Settlement(it)) if !it.response => self.settlement(&it, &asked),
            Ok(_) => self.troubles.add("an answer to what nobody had asked"),
            Err(why) => self.troubles.add(format!("a message that means nothing here: {why}")),
        }
        Ok(())
    }

    fn payment(&self, iso: Iso, port: Port, asked: Asked) {
        let Some(answer) = answer_to(iso.mti) else {
            return self.troubles.add("an answer to what nobody had asked");
        };
        {
            let mut inner = self.inner();
            let name = (port.actor, iso.stan, answer);
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
        if !self.injector.bring(port, Parcel::Payment(iso)) {
            self.troubles.add("a message after the end of the session");
        }
    }

    /// The world answers.
    pub(super) fn answer(&self, iso: &Iso) {
        let mut inner = self.inner();
        let name = (iso.terminal, iso.stan, iso.mti.digits());
        if iso.code == Code::APPROVED {
            let batch = inner.batches.entry(iso.terminal).or_default();
            match iso.mti {
                Mti::Response | Mti::AdviceResponse => {
                    (batch.sales, batch.sum) = (batch.sales + 1, batch.sum + iso.amount);
                }
                Mti::ReversalResponse => {
                    batch.sales = batch.sales.saturating_sub(1);
                    batch.sum -= iso.amount;
                }
                _ => {}
            }
        }
        let Some(asked) = inner.asked.get(&name) else {
            return self.troubles.add("an answer that nobody waits for any more");
        };
        if self.reply(asked, &Message::Payment(*iso)) {
            inner.counts.1 += 1;
        }
    }

    /// Sign-on, echo, sign-off: the line is up, so they are as they should be.
    fn network(&self, request: &Network, asked: &Asked) {
        let keys = match (request.matter, self.mapper.dialect().file().mac.as_ref()) {
            (crate::iso8583::Matter::SignOn, Some(mac)) => {
                Some(SessionKeys { pin: mac.key.clone(), mac: mac.key.clone() })
            }
            _ => None,
        };
        let answer = Network { response: true, code: Code::APPROVED, keys, ..request.clone() };
        if self.reply(asked, &Message::Network(answer)) {
            self.inner().counts.1 += 1;
        }
    }

    /// A batch is over: its totals against what its terminal was told.
    fn settlement(&self, request: &Settlement, asked: &Asked) {
        let batch = self.inner().batches.remove(&request.terminal).unwrap_or_default();
        let agreed = request.debits == (batch.sales, batch.sum);
        let answer =
            Settlement { response: true, agreed: Some(agreed), code: Code::APPROVED, ..*request };
        if self.reply(asked, &Message::Settlement(answer)) {
            self.inner().counts.1 += 1;
        }
    }

    /// Sends the answer to a request; false if it could not be.
    fn reply(&self, asked: &Asked, message: &Message) -> bool {
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

/// The type of the message that answers this one.
fn answer_to(mti: Mti) -> Option<&'static str> {
    match mti {
        Mti::Request => Some(Mti::Response.digits()),
        Mti::Advice => Some(Mti::AdviceResponse.digits()),
        Mti::Reversal => Some(Mti::ReversalResponse.digits()),
        _ => None,
    }
}
