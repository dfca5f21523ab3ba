//! What waits for the broker: bounded, and what may be dropped is told from what may not.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rumqttc::QoS;

/// One message for the broker.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    pub(super) topic: String,
    pub(super) payload: Vec<u8>,
    pub(super) qos: QoS,
    pub(super) retain: bool,
}

/// Kept by the adapter and its threads together.
#[derive(Debug)]
pub(super) struct Outbox {
    inner: Mutex<Inner>,
    woken: Condvar,
    max_urgent: usize,
    max_bulk: usize,
}

#[derive(Debug, Default)]
struct Inner {
    urgent: VecDeque<Message>,
    bulk: VecDeque<Message>,
    /// The publisher holds one.
    in_hand: bool,
    closed: bool,
}

impl Outbox {
    pub(super) fn new(max_urgent: usize, max_bulk: usize) -> Self {
        let (inner, woken) = (Mutex::default(), Condvar::new());
        Self { inner, woken, max_urgent, max_bulk }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whoever panicked while it held the lock left whole values behind.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts in what must not be dropped. False if even for that there is no room.
    pub(super) fn urgent(&self, message: Message) -> bool {
        let mut inner = self.lock();
        let room = inner.urgent.len() < self.max_urgent && !inner.closed;
        if room {
            inner.urgent.push_back(message);
            self.woken.notify_one();
        }
        room
    }

    /// Puts in what may be dropped. False if it was.
    pub(super) fn bulk(&self, message: Message) -> bool {
        let mut inner = self.lock();
        let room = inner.bulk.len() < self.max_bulk && !inner.closed;
        if room {
            inner.bulk.push_back(message);
            self.woken.notify_one();
        }
        room
    }

    /// The next message, urgent ones first; waits for it. `None` when it is closed. The one before has been handed on.
    pub(super) fn take(&self) -> Option<Message> {
        let mut inner = self.lock();
        inner.in_hand = false;
        loop {
            if inner.closed {
                return None;
            }
            let next = inner.urgent.pop_front();
            if let Some(message) = next.or_else(|| inner.bulk.pop_front()) {
                inner.in_hand = true;
                return Some(message);
            }
            let wait = Duration::from_secs(1);
            let woken = self.woken.wait_timeout(inner, wait);
            inner = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How many wait: urgent ones, the others.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let inner = self.lock();
        (inner.urgent.len() + usize::from(inner.in_hand), inner.bulk.len())
    }

    /// Nothing more is taken in or given out; returns how many were left: urgent ones, the others.
    pub(super) fn close(&self) -> (usize, usize) {
        let mut inner = self.lock();
        inner.closed = true;
        self.woken.notify_all();
        let left = (inner.urgent.len(), inner.bulk.len());
        (inner.urgent, inner.bulk) = Default::default();
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(topic: &str) -> Message {
        Message { topic: topic.into(), payload: vec![], qos: QoS::AtMostOnce, retain: false }
    }

    #[test]
    fn what_must_not_be_dropped_goes_first_and_has_room_of_its_own() {
        let outbox = Outbox::new(2, 3);
        let taken: Vec<bool> = (0..5).map(|n| outbox.bulk(message(&format!("b{n}")))).collect();
        assert_eq!(taken, [true, true, true, false, false]);
        assert!(outbox.urgent(message("u0")) && outbox.urgent(message("u1")));
        assert!(!outbox.urgent(message("u2")));
        assert_eq!(outbox.waiting(), (2, 3));
        let order: Vec<_> = (0..5).filter_map(|_| outbox.take()).map(|it| it.topic).collect();
        assert_eq!(order, ["u0", "u1", "b0", "b1", "b2"]);
        outbox.bulk(message("b5"));
        assert_eq!((outbox.close(), outbox.take()), ((0, 1), None));
        assert!(!outbox.urgent(message("u3")));
    }
}
