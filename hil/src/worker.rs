//! The thread of an adapter that carries out orders one after the other, so that a slow device does not hold up the session.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{JoinHandle, spawn};

/// A thread and the way to it.
#[derive(Debug)]
pub(crate) struct Worker<T> {
    orders: Option<SyncSender<T>>,
    thread: Option<JoinHandle<()>>,
}

/// Why an order is not carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotTaken {
    /// Too many wait already.
    Full,
    /// It has ended.
    Over,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts it; so many orders may wait.
    pub(crate) fn start(max: usize, serve: impl FnOnce(&Receiver<T>) + Send + 'static) -> Self {
        let (orders, listens) = sync_channel(max);
        Self { orders: Some(orders), thread: Some(spawn(move || serve(&listens))) }
    }

    /// Hands an order over without waiting.
    pub(crate) fn order(&self, order: T) -> Result<(), NotTaken> {
        match self.orders.as_ref().map(|it| it.try_send(order)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(NotTaken::Full),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(NotTaken::Over),
        }
    }

    /// Lets it finish what waits, and waits for that. False if it broke down.
    pub(crate) fn end(&mut self) -> bool {
        self.orders = None;
        self.thread.take().is_none_or(|thread| thread.join().is_ok())
    }
}
