//! What all connections share: which requests are out, and what is taken from a request into its answer.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use models::wire::{InterActorMessage, Iso, Mti};
use sim::ActorId;

use crate::adapter::Injector;
use crate::iso8583::dialect::Use;
use crate::iso8583::{Fields, Mapper, Message, Seal};
use crate::troubles::Troubles;
use programs::Port;

/// So many requests are remembered. The answer to an older one is taken for one to what nobody asked.
const MOST_OPEN: usize = 65_536;

/// What a request is known by: terminal, trace number, message type of its answer.
type Name = (ActorId, u32, &'static str);

#[derive(Debug, Default)]
struct Inner {
    asked: BTreeMap<Name, Iso>,
    order: VecDeque<Name>,
    counts: (u64, u64),
}

/// Knows what was asked, and brings in what was answered.
#[derive(Debug)]
pub(super) struct ClientState {
    port: Port,
    injector: Injector,
    troubles: Troubles,
    inner: Mutex<Inner>,
}

impl ClientState {
    pub(super) fn new(port: Port, injector: Injector, troubles: Troubles) -> Self {
        Self { port, injector, troubles, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Whoever panicked while it held the lock left whole values behind.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Messages that went out, and answers that came.
    pub(super) fn counts(&self) -> (u64, u64) {
        self.inner().counts
    }

    /// The world asks.
    pub(super) fn asks(&self, iso: &Iso) {
        let mut inner = self.inner();
        inner.counts.0 += 1;
        let name = (iso.terminal, iso.stan, iso.mti.response().digits());
        if inner.asked.insert(name, *iso).is_none() {
            inner.order.push_back(name);
        }
        if inner.order.len() > MOST_OPEN
            && let Some(oldest) = inner.order.pop_front()
        {
            inner.asked.remove(&oldest);
        }
    }

    /// The host has said something; a message that it asks for itself comes back.
    ///
    /// # Errors
    /// If it cannot be understood: it is counted, and the connection goes on.
    pub(super) fn takes(
        &self,
        mapper: &Mapper,
        fields: &Fields,
        seal: Seal,
    ) -> Result<Option<Message>, String> {
        let base = self.request_of(mapper, fields).unwrap_or_default();
        let said = mapper.message(fields, seal, base.local, &base);
        match said.map_err(|why| format!("an answer that means nothing here: {why}"))? {
            Message::Payment(iso) if iso.mti.asks() => {
                Err("the host asks for a payment, which is a terminal's business".to_owned())
            }
            Message::Payment(iso) => {
                self.inner().counts.1 += 1;
                // A host that says more than the world can take waits, and its socket with it.
                if !self.injector.bring(self.port, InterActorMessage::Payment(iso)) {
                    self.troubles.add("an answer after the end of the session");
                }
                Ok(None)
            }
            other => Ok(Some(other)),
        }
    }

    /// The request that an answer belongs to, by F41 and F11.
    fn request_of(&self, mapper: &Mapper, fields: &Fields) -> Option<Iso> {
        let terminal = mapper.names.terminal(fields)?;
        let stan = u32::try_from(fields.number(11)?).ok()?;
        let answer = match mapper.dialect().what(fields.mti())? {
            (Use::Request, true) => Mti::Response,
            (Use::Advice, true) => Mti::AdviceResponse,
            (Use::Reversal, true) => Mti::ReversalResponse,
            _ => return None,
        };
        self.inner().asked.get(&(terminal, stan, answer.digits())).copied()
    }
}
