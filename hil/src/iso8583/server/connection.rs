//! One connection: bytes in, answers out.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::spawn;
use std::time::{Duration, Instant};

use super::desk::Desk;
use crate::iso8583::Deframer;
use crate::troubles::Troubles;

/// So many answers may wait for a peer to read them; then it is let go.
const MOST_UNREAD: usize = 1_024;
/// How often a thread that waits for bytes looks whether the session is over.
const LOOKS: Duration = Duration::from_millis(100);

/// The way back to a peer, for as long as its connection is read.
#[derive(Clone, Debug)]
pub(super) struct Peer(Weak<SyncSender<Vec<u8>>>);

impl Peer {
    /// Sends it something. False if it is gone, or reads nothing.
    pub(super) fn send(&self, bytes: Vec<u8>) -> bool {
        self.0.upgrade().is_some_and(|answers| answers.try_send(bytes).is_ok())
    }
}

/// Serves a connection until the peer hangs up, does what it may not, or the session is over.
pub(super) fn serve(
    stream: TcpStream,
    desk: &Desk,
    troubles: &Troubles,
    patience: Duration,
    over: &AtomicBool,
) {
    // An answer waits for no company.
    let set = stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(LOOKS)));
    let Ok((mut reads, writes)) = set.and_then(|()| Ok((stream.try_clone()?, stream))) else {
        return troubles.add("a connection broke before anything was said");
    };
    let (sender, answers) = sync_channel(MOST_UNREAD);
    let sender = Arc::new(sender);
    let writer = spawn(move || write(writes, &answers, patience));
    let ended = read(&mut reads, desk, &Peer(Arc::downgrade(&sender)), patience, over);
    if let Err(why) = ended {
        troubles.add(why);
    }
    let _ = reads.shutdown(Shutdown::Read);
    // What waits to be read still goes out; then there is no way back any more.
    drop(sender);
    let _ = writer.join();
}

fn write(mut stream: TcpStream, answers: &Receiver<Vec<u8>>, patience: Duration) {
    let _ = stream.set_write_timeout(Some(patience));
    while let Ok(bytes) = answers.recv() {
        if stream.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

/// Reads to the end of the connection; an error says what the peer did that it may not.
fn read(
    stream: &mut TcpStream,
    desk: &Desk,
    peer: &Peer,
    patience: Duration,
    over: &AtomicBool,
) -> Result<(), String> {
    let mut deframer = Deframer::new(desk.framing());
    let mut buffer = vec![0; 16 << 10];
    // Since when a message has been incomplete.
    let mut since: Option<Instant> = None;
    while !over.load(Ordering::Relaxed) {
        match stream.read(&mut buffer) {
            Ok(0) if deframer.unfinished() > 0 => {
                return Err("hung up in the middle of a message".to_owned());
            }
            Ok(0) => return Ok(()),
            Ok(count) => deframer.feed(&buffer[..count]),
            Err(why) if matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Err(format!("the connection broke: {}", why.kind())),
        }
        let mut any = false;
        while let Some(message) = deframer.next_message().map_err(|why| why.to_string())? {
            any = true;
            desk.take(message, peer)?;
        }
        if deframer.unfinished() == 0 {
            since = None;
        } else if any || since.is_none() {
            since = Some(Instant::now());
        } else if since.is_some_and(|it| it.elapsed() > patience) {
            return Err("a message was not whole in time".to_owned());
        }
    }
    Ok(())
}
