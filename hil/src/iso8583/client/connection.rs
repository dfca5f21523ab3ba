//! One connection to a host: made, kept, and made again.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use models::wire::{Iso, ResponseCode};
use sim::ActorId;

use super::Settings;
use super::state::ClientState;
use crate::iso8583::channel::{Channel, LOOKS, Security, broke, waits};
use crate::iso8583::message::{Matter, Network};
use crate::iso8583::{Deframer, Fields, Mapper, Message};
use crate::troubles::Troubles;

/// The longest wait for a connection: whoever closes the session waits for it.
const CONNECTS_IN: Duration = Duration::from_secs(3);
/// So many messages go out in one go, if they are there.
const AT_ONCE: usize = 256;

/// Keeps one connection.
pub(super) struct Keeper {
    pub(super) settings: Settings,
    pub(super) security: Security,
    pub(super) mapper: Mapper,
    pub(super) state: Arc<ClientState>,
    pub(super) troubles: Troubles,
    pub(super) over: Arc<AtomicBool>,
    pub(super) up: Arc<AtomicBool>,
    pub(super) lost: Arc<AtomicU64>,
}

impl Keeper {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Connects, serves, and connects again, until the session is over.
    pub(super) fn keep(self, orders: &Receiver<Iso>) {
        let mut pause = self.settings.backoff;
        while !self.is_over() {
            match Dialogue::begin(&self.settings, &self.security, &self.mapper) {
                Ok(dialogue) => {
                    pause = self.settings.backoff;
                    self.up.store(true, Ordering::Relaxed);
                    let ended = self.serve(dialogue, orders);
                    self.up.store(false, Ordering::Relaxed);
                    ended.into_iter().for_each(|why| self.troubles.add(why));
                }
                Err(why) => self.troubles.add(why),
            }
            // What waited for this connection is lost with it.
            let lost = orders.try_iter().count() as u64;
            if lost > 0 && !self.is_over() {
                self.lost.fetch_add(lost, Ordering::Relaxed);
                self.troubles.add("messages were lost with a connection that broke");
            }
            let until = Instant::now() + pause;
            while !self.is_over() && Instant::now() < until {
                sleep(LOOKS.min(until.saturating_duration_since(Instant::now())));
            }
            pause = (pause * 2).min(self.settings.max_backoff);
        }
    }

    /// Writes what the world asks until the connection breaks, which is why it returns something, or the session is over.
    fn serve(&self, dialogue: Dialogue, orders: &Receiver<Iso>) -> Option<String> {
        let Dialogue { channel, deframer, mapper } = dialogue;
        let (channel, mapper, broken) =
            (Arc::new(channel), Arc::new(mapper), Arc::new(Mutex::new(None)));
        let listening = Listening {
            deframer,
            ears: Ears {
                channel: Arc::clone(&channel),
                mapper: Arc::clone(&mapper),
                state: Arc::clone(&self.state),
                troubles: self.troubles.clone(),
            },
            patience: self.settings.patience,
            over: Arc::clone(&self.over),
        };
        let why = Arc::clone(&broken);
        let reader = spawn(move || {
            let ended = listening.listen().unwrap_or_else(|why| why);
            *why.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
        });
        let mut out = Vec::new();
        let ended = loop {
            if self.is_over() {
                break None;
            }
            if let Some(why) = broken.lock().unwrap_or_else(PoisonError::into_inner).take() {
                break Some(why);
            }
            let first = match orders.recv_timeout(LOOKS) {
                Ok(first) => first,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => break None,
            };
            out.clear();
            for iso in std::iter::once(first).chain(orders.try_iter().take(AT_ONCE)) {
                if let Err(why) = append(&mapper, &Message::Payment(iso), &mut out) {
                    self.troubles.add(why);
                }
            }
            match channel.write_all(&out) {
                Ok(()) => {}
                Err(why) if waits(&why) => break Some("the host does not read".to_owned()),
                Err(why) => break Some(broke(&why)),
            }
        };
        channel.shut();
        let _ = reader.join();
        ended
    }
}

/// Appends a whole message as a terminal sends it.
fn append(mapper: &Mapper, message: &Message, to: &mut Vec<u8>) -> Result<(), String> {
    let refuse = |why: String| format!("a message that cannot be said in this dialect: {why}");
    let mut body = Vec::with_capacity(256);
    mapper.write(message, &mut body).map_err(|why| refuse(why.to_string()))?;
    let framing = mapper.dialect().framing();
    framing.close(&framing.envelope(), &body, to).map_err(|why| refuse(why.to_string()))
}

/// A connection that stands, before it is divided between two threads.
struct Dialogue {
    channel: Channel,
    deframer: Deframer,
    mapper: Mapper,
}

impl Dialogue {
    /// Connects, and signs on if that is wanted.
    fn begin(settings: &Settings, security: &Security, mapper: &Mapper) -> Result<Self, String> {
        let channel = connect(settings, security)?;
        let deframer = Deframer::new(mapper.dialect().framing());
        let mut dialogue = Self { channel, deframer, mapper: mapper.clone() };
        let until = Instant::now() + settings.patience;
        let mut buffer = Vec::new();
        while dialogue.channel.is_handshaking() {
            match dialogue.channel.read(&mut buffer) {
                Ok(0) => return Err("the host hung up before TLS was agreed".to_owned()),
                Ok(_) => {}
                Err(why) if waits(&why) && Instant::now() < until => {}
                Err(why) if waits(&why) => return Err("TLS was not agreed in time".to_owned()),
                Err(why) => return Err(broke(&why)),
            }
        }
        dialogue.deframer.feed(&buffer);
        if settings.sign_on {
            let answer = dialogue.asks(Matter::SignOn, settings.patience)?;
            if answer.code != ResponseCode::APPROVED {
                return Err(format!("the host refuses the sign-on with {}", answer.code.text()));
            }
            if let Some(keys) = &answer.keys {
                dialogue.mapper.use_key(&keys.mac);
            }
        }
        Ok(dialogue)
    }

    /// Asks for something of network management and waits for the answer.
    fn asks(&mut self, matter: Matter, patience: Duration) -> Result<Network, String> {
        let request = Network {
            matter,
            response: false,
            terminal: ActorId(0),
            stan: 1,
            local: None,
            batch: 1,
            code: ResponseCode::NONE,
            keys: None,
        };
        let mut out = Vec::new();
        append(&self.mapper, &Message::Network(request), &mut out)?;
        self.channel.write_all(&out).map_err(|why| broke(&why))?;
        let until = Instant::now() + patience;
        let mut buffer = Vec::new();
        while Instant::now() < until {
            buffer.clear();
            match self.channel.read(&mut buffer) {
                Ok(0) => return Err("the host has hung up".to_owned()),
                Ok(_) => self.deframer.feed(&buffer),
                Err(why) if waits(&why) => continue,
                Err(why) => return Err(broke(&why)),
            }
            while let Some(message) = self.deframer.next_message().map_err(|it| it.to_string())? {
                let (_, body) =
                    self.mapper.dialect().framing().open(message).map_err(|why| why.to_string())?;
                let base = Iso::default();
                let said =
                    self.mapper.read(body, base.local, &base).map_err(|it| it.to_string())?;
                if let Message::Network(answer) = said
                    && answer.response
                {
                    return Ok(answer);
                }
            }
        }
        Err("no answer in time".to_owned())
    }
}

/// Connects once and asks for an echo.
pub(super) fn echo(
    settings: &Settings,
    security: &Security,
    mapper: &Mapper,
) -> Result<String, String> {
    let began = Instant::now();
    let deframer = Deframer::new(mapper.dialect().framing());
    let channel = connect(settings, security)?;
    let mut dialogue = Dialogue { channel, deframer, mapper: mapper.clone() };
    let answer = dialogue.asks(Matter::Echo, settings.patience.min(CONNECTS_IN))?;
    let took = began.elapsed().as_millis();
    Ok(format!("{} answers an echo with {} after {took} ms", settings.address, answer.code.text()))
}

fn connect(settings: &Settings, security: &Security) -> Result<Channel, String> {
    let address = &settings.address;
    let found = address.to_socket_addrs().map_err(|why| format!("`{address}`: {why}"))?;
    let mut last = format!("`{address}` names no host");
    for at in found {
        match TcpStream::connect_timeout(&at, settings.patience.min(CONNECTS_IN)) {
            Ok(stream) => return Channel::over(stream, security, settings.patience),
            Err(why) => last = format!("no contact: {}", why.kind()),
        }
    }
    Err(last)
}

/// What the reading thread has.
struct Listening {
    deframer: Deframer,
    ears: Ears,
    patience: Duration,
    over: Arc<AtomicBool>,
}

impl Listening {
    /// Reads until the connection is of no more use; says why.
    fn listen(mut self) -> Result<String, String> {
        let (mut buffer, mut fields) = (Vec::new(), Fields::default());
        // Since when a message has been incomplete.
        let mut since: Option<Instant> = None;
        while !self.over.load(Ordering::Relaxed) {
            buffer.clear();
            match self.ears.channel.read(&mut buffer) {
                Ok(0) if self.deframer.unfinished() > 0 => {
                    return Ok("the host hung up in the middle of a message".to_owned());
                }
                Ok(0) => return Ok("the host has hung up".to_owned()),
                Ok(_) => self.deframer.feed(&buffer),
                Err(why) if waits(&why) => {}
                Err(why) => return Ok(broke(&why)),
            }
            let mut any = false;
            while let Some(message) = self.deframer.next_message().map_err(|it| it.to_string())? {
                any = true;
                self.ears.take(message, &mut fields)?;
            }
            if self.deframer.unfinished() == 0 {
                since = None;
            } else if any || since.is_none() {
                since = Some(Instant::now());
            } else if since.is_some_and(|it| it.elapsed() > self.patience) {
                return Ok("a message of the host was not whole in time".to_owned());
            }
        }
        Ok("the session is over".to_owned())
    }
}

/// Understands what a host says.
struct Ears {
    channel: Arc<Channel>,
    mapper: Arc<Mapper>,
    state: Arc<ClientState>,
    troubles: Troubles,
}

impl Ears {
    /// One whole message. What cannot be read ends the connection: where it stands is not known then.
    fn take(&self, message: &[u8], fields: &mut Fields) -> Result<(), String> {
        let framing = self.mapper.dialect().framing();
        let (envelope, body) = framing.open(message).map_err(|why| why.to_string())?;
        let seal = self.mapper.decode(body, fields).map_err(|why| why.to_string())?;
        match self.state.takes(&self.mapper, fields, seal) {
            Ok(None) => {}
            Ok(Some(Message::Network(request))) if !request.response => {
                let answer = Network { response: true, code: ResponseCode::APPROVED, ..request };
                let (mut answered, mut out) = (Fields::default(), Vec::new());
                let mut body = Vec::new();
                let written = self
                    .mapper
                    .answer(fields, &Message::Network(answer), &mut answered)
                    .and_then(|seal| Ok(self.mapper.encode(&mut answered, seal, &mut body)?));
                let framed = written.map_err(|why| why.to_string()).and_then(|()| {
                    let closed = framing.close(&envelope.reply(), &body, &mut out);
                    closed.map_err(|why| why.to_string())
                });
                framed?;
                self.channel.write_all(&out).map_err(|why| broke(&why))?;
            }
            Ok(Some(_)) => self.troubles.add("the host says something that nobody here asked for"),
            Err(why) => self.troubles.add(why),
        }
        Ok(())
    }
}
