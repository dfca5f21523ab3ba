//! What stands between a port and the real thing.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use models::wire::InterActorMessage;
use programs::Port;

/// Something that the real thing did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// For which port.
    pub port: Port,
    /// What.
    pub message: InterActorMessage,
}

/// Brings what real things did to the session; a clone for every thread that listens to one.
#[derive(Clone, Debug)]
pub struct Injector(SyncSender<Arrival>);

/// How many arrivals may wait for the session: a device that says more than the world can take is slowed down, so that
/// memory stays bounded.
pub const MOST_WAITING: usize = 65_536;

impl Injector {
    /// An injector and the session's end of it.
    pub fn new() -> (Self, Receiver<Arrival>) {
        let (sender, receiver) = sync_channel(MOST_WAITING);
        (Self(sender), receiver)
    }
    /// Brings something in; waits while too much is waiting. False if the session is over.
    pub fn bring(&self, port: Port, message: InterActorMessage) -> bool {
        self.0.send(Arrival { port, message }).is_ok()
    }
    /// Brings something in unless too much is waiting already. False if it was not taken.
    pub fn offer(&self, port: Port, message: InterActorMessage) -> bool {
        match self.0.try_send(Arrival { port, message }) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

/// Speaks the world's messages on one side and the real thing's language on the other.
pub trait Adapter: Send {
    /// Its name in the live status and in the report.
    fn name(&self) -> &str;
    /// The ports that it serves.
    fn ports(&self) -> Vec<Port>;
    /// The world hands this out at one of its ports. Returns soon: what takes time is done on a thread of its own.
    fn deliver(&mut self, port: Port, message: &InterActorMessage);
    /// How it stands, in one line.
    fn status(&self) -> String;
    /// What went wrong so far, for the report: each kind once, with its number.
    fn troubles(&self) -> Vec<(String, u64)> {
        Vec::new()
    }
    /// The session is over, orderly or not: leaves the real thing in a safe state.
    fn close(&mut self);
}
