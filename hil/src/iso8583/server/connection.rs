//! One connection: bytes in, answers out.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::spawn;
use std::time::{Duration, Instant};

use super::state::ServerState;
use crate::iso8583::Deframer;
use crate::iso8583::channel::{Channel, Security, broke, waits};
use crate::troubles::Troubles;

/// So many answers may wait for a peer to read them; then it is let go.
const MOST_UNREAD: usize = 1_024;
/// So many bytes of answers go out in one go, if they are there.
const AT_ONCE: usize = 32 << 10;

/// The way back to a peer, for as long as its connection is read.
#[derive(Clone, Debug)]
pub(super) struct Peer(Weak<SyncSender<Vec<u8>>>);

impl Peer {
    /// Sends it something. False if it is gone, or reads nothing.
    pub(super) fn send(&self, bytes: Vec<u8>) -> bool {
        self.0.upgrade().is_some_and(|answers| answers.try_send(bytes).is_ok())
    }
}

/// What a connection may do.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) security: Security,
    pub(super) patience: Duration,
    pub(super) over: Arc<AtomicBool>,
}

/// Serves a connection until the peer hangs up, does what it may not, or the session is over.
pub(super) fn serve(stream: TcpStream, state: &ServerState, troubles: &Troubles, terms: &Terms) {
    let channel = match Channel::over(stream, &terms.security, terms.patience) {
        Ok(channel) => Arc::new(channel),
        Err(why) => return troubles.add(why),
    };
    let (sender, answers) = sync_channel(MOST_UNREAD);
    let sender = Arc::new(sender);
    let out = Arc::clone(&channel);
    let writer = spawn(move || write(&out, &answers));
    let ended = read(&channel, state, &Peer(Arc::downgrade(&sender)), terms);
    if let Err(why) = ended {
        troubles.add(why);
    }
    // What waits to be read still goes out; then there is no way back any more.
    drop(sender);
    let _ = writer.join();
}

fn write(channel: &Channel, answers: &Receiver<Vec<u8>>) {
    while let Ok(mut bytes) = answers.recv() {
        while bytes.len() < AT_ONCE
            && let Ok(more) = answers.try_recv()
        {
            bytes.extend_from_slice(&more);
        }
        if channel.write_all(&bytes).is_err() {
            break;
        }
    }
    channel.shut();
}

/// Reads to the end of the connection; an error says what the peer did that it may not.
fn read(channel: &Channel, state: &ServerState, peer: &Peer, terms: &Terms) -> Result<(), String> {
    let mut deframer = Deframer::new(state.framing());
    let mut buffer = Vec::new();
    let began = Instant::now();
    // Since when a message has been incomplete.
    let mut since: Option<Instant> = None;
    while !terms.over.load(Ordering::Relaxed) {
        buffer.clear();
        match channel.read(&mut buffer) {
            Ok(0) if deframer.unfinished() > 0 => {
                return Err("hung up in the middle of a message".to_owned());
            }
            Ok(0) => return Ok(()),
            Ok(_) => deframer.feed(&buffer),
            Err(why) if waits(&why) => {
                if began.elapsed() > terms.patience && channel.is_handshaking() {
                    return Err("TLS was not agreed in time".to_owned());
                }
            }
            Err(why) => return Err(broke(&why)),
        }
        let mut any = false;
        loop {
            let message = deframer.next_message();
            let taken = message.map_err(|why| why.to_string()).and_then(|it| match it {
                Some(message) => state.take(message, peer).map(|()| true),
                None => Ok(false),
            });
            match taken {
                Ok(true) => any = true,
                Ok(false) => break,
                Err(why) => {
                    state.record(&why, &buffer);
                    return Err(why);
                }
            }
        }
        if deframer.unfinished() == 0 {
            since = None;
        } else if any || since.is_none() {
            since = Some(Instant::now());
        } else if since.is_some_and(|it| it.elapsed() > terms.patience) {
            return Err("a message was not whole in time".to_owned());
        }
    }
    Ok(())
}
