//! The connection to the broker: one thread that listens, one that publishes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rumqttc::{
    Client, Connection, Event, LastWill, MqttOptions, NetworkOptions, Outgoing, Packet, Publish,
    QoS, RecvTimeoutError,
};

use super::outbox::{Message, Outbox};
use super::settings::Settings;
use crate::troubles::Troubles;

/// How many requests the client holds itself; all else waits in the outbox.
const IN_CLIENT: usize = 64;
/// Between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(500);
/// How long the threads sleep at the most before they look whether they are to end.
const GLANCE: Duration = Duration::from_millis(100);
/// Larger packets from the broker end the connection: the client reads none of them into memory.
const LARGEST_PACKET: usize = 256 * 1024;

/// What both threads and the adapter share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) outbox: Outbox,
    pub(super) troubles: Troubles,
    pub(super) connected: AtomicBool,
    pub(super) published: AtomicU64,
    ending: AtomicBool,
    sent: AtomicU64,
    acknowledged: AtomicU64,
}

/// A connection that is kept up until it is closed.
pub(super) struct Broker {
    pub(super) shared: Arc<Shared>,
    client: Client,
    threads: Vec<JoinHandle<()>>,
}

fn options(settings: &Settings, client: &str) -> MqttOptions {
    let mut options = MqttOptions::new(client, settings.host.clone(), settings.port);
    options.set_keep_alive(Duration::from_secs(5));
    options.set_clean_session(true);
    options.set_max_packet_size(LARGEST_PACKET, LARGEST_PACKET);
    if let Some((user, password)) = &settings.credentials {
        options.set_credentials(user.clone(), password.clone());
    }
    options
}

fn network(patience: Duration) -> NetworkOptions {
    let mut network = NetworkOptions::new();
    network.set_connection_timeout(patience.as_secs().max(1));
    network.set_tcp_nodelay(true);
    network
}

/// Connects and says what answered; leaves again at once.
pub(super) fn probe(settings: &Settings) -> Result<String, String> {
    let name = format!("{}-doctor", settings.client);
    let (client, mut connection) = Client::new(options(settings, &name), 4);
    connection.eventloop.set_network_options(network(settings.patience));
    let by = Instant::now() + settings.patience;
    while Instant::now() < by {
        match connection.recv_timeout(GLANCE) {
            Ok(Ok(Event::Incoming(Packet::ConnAck(_)))) => {
                // It has answered: how it takes the farewell does not matter.
                let _ = client.try_disconnect();
                let _ = connection.recv_timeout(GLANCE);
                return Ok(format!("an MQTT broker accepts {name} at {}", settings.address()));
            }
            Ok(Ok(_)) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Err(why)) => return Err(format!("{}: {why}", settings.address())),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Err(format!("{}: no broker answers", settings.address()))
}

/// What is done with a message that has come on a subscribed topic.
pub(super) type Received = Box<dyn FnMut(&Publish) + Send>;

impl Broker {
    /// Connects, and keeps that up. `greeting` is published whenever it has connected; `will` when it is lost.
    ///
    /// # Errors
    /// If no broker answers at first.
    pub(super) fn connect(
        settings: &Settings,
        topics: &[String],
        (greeting, will): (Message, Message),
        outbox: Outbox,
        troubles: Troubles,
        received: impl FnOnce(Arc<Shared>) -> Received,
    ) -> Result<Self, String> {
        let mut options = options(settings, &settings.client);
        options.set_last_will(LastWill::new(will.topic, will.payload, will.qos, will.retain));
        let (client, mut connection) = Client::new(options, IN_CLIENT);
        connection.eventloop.set_network_options(network(settings.patience));
        let shared = Arc::new(Shared {
            outbox,
            troubles,
            connected: AtomicBool::new(false),
            published: AtomicU64::new(0),
            ending: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
        });
        let (first, answered) = sync_channel(1);
        let listener = Listener {
            client: client.clone(),
            shared: Arc::clone(&shared),
            topics: topics.to_vec(),
            unsubscribed: false,
            greeting,
            received: received(Arc::clone(&shared)),
            first: Some(first),
        };
        let publisher = (client.clone(), Arc::clone(&shared));
        let threads = vec![
            thread::spawn(move || listener.listen(connection)),
            thread::spawn(move || publish(&publisher.0, &publisher.1)),
        ];
        let mut broker = Self { shared, client, threads };
        match wait(&answered, settings.patience) {
            Ok(()) => Ok(broker),
            Err(why) => {
                broker.close(None, Duration::ZERO);
                Err(format!("{}: {why}", settings.address()))
            }
        }
    }

    /// Publishes a last message and what waits before it, for as long as `linger`; then the threads end. Returns how many
    /// urgent and other messages were left.
    pub(super) fn close(&mut self, last: Option<Message>, linger: Duration) -> (usize, usize) {
        if self.threads.is_empty() {
            return (0, 0);
        }
        let shared = &self.shared;
        if let Some(last) = last {
            shared.outbox.urgent(last);
        }
        let by = Instant::now() + linger;
        let owed = || {
            let (urgent, bulk) = shared.outbox.waiting();
            let sent = shared.sent.load(Ordering::SeqCst);
            urgent + bulk > 0 || sent > shared.acknowledged.load(Ordering::SeqCst)
        };
        while Instant::now() < by && owed() {
            thread::sleep(Duration::from_millis(5));
        }
        let left = shared.outbox.close();
        // The listener leaves by itself where the client's own queue is full.
        let _ = self.client.try_disconnect();
        shared.ending.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing more to say.
            let _ = thread.join();
        }
        left
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.close(None, Duration::ZERO);
    }
}

fn wait(answered: &Receiver<Result<(), String>>, patience: Duration) -> Result<(), String> {
    // The connection's own time-out is in whole seconds.
    let answer = answered.recv_timeout(patience + Duration::from_secs(1));
    answer.unwrap_or_else(|_| Err("no broker answers".to_owned()))
}

fn publish(client: &Client, shared: &Shared) {
    while let Some(Message { topic, payload, qos, retain }) = shared.outbox.take() {
        if qos != QoS::AtMostOnce {
            shared.sent.fetch_add(1, Ordering::SeqCst);
        }
        // Waits while the client's queue is full: the outbox fills meanwhile, and drops what may be dropped.
        if client.publish(topic, qos, retain, payload).is_err() {
            return;
        }
        shared.published.fetch_add(1, Ordering::Relaxed);
    }
}

struct Listener {
    client: Client,
    shared: Arc<Shared>,
    topics: Vec<String>,
    /// It has connected and has not subscribed since.
    unsubscribed: bool,
    greeting: Message,
    received: Received,
    first: Option<SyncSender<Result<(), String>>>,
}

impl Listener {
    fn listen(mut self, mut connection: Connection) {
        let mut ends_by = None;
        loop {
            if self.shared.ending.load(Ordering::SeqCst) {
                let by = *ends_by.get_or_insert_with(|| Instant::now() + PAUSE);
                if Instant::now() >= by {
                    return;
                }
            }
            match connection.recv_timeout(GLANCE) {
                Ok(Ok(Event::Outgoing(Outgoing::Disconnect))) => return,
                Ok(Ok(event)) => self.handle(event),
                Ok(Err(why)) => {
                    if self.shared.ending.load(Ordering::SeqCst) {
                        return;
                    }
                    self.lost(&why.to_string());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.subscribe();
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => {
                self.shared.connected.store(true, Ordering::SeqCst);
                self.unsubscribed = true;
                if let Some(first) = self.first.take() {
                    // Nobody waits for it any more if it comes too late.
                    let _ = first.try_send(Ok(()));
                }
                self.shared.outbox.urgent(self.greeting.clone());
            }
            Event::Incoming(Packet::Publish(publish)) => (self.received)(&publish),
            Event::Incoming(Packet::PubAck(_)) => {
                self.shared.acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            _ => {}
        }
    }

    /// The connection is lost, or could not be made: it is tried again.
    fn lost(&mut self, why: &str) {
        self.shared.connected.store(false, Ordering::SeqCst);
        self.shared.troubles.add(format!("the broker: {why}"));
        if let Some(first) = self.first.take() {
            let _ = first.try_send(Err(why.to_owned()));
        }
        thread::sleep(PAUSE);
    }

    /// Subscribes as soon as the client's queue has room: this thread empties it, and must not wait for it.
    fn subscribe(&mut self) {
        if self.unsubscribed {
            let subscribe = |topic: &String| self.client.try_subscribe(topic, QoS::AtLeastOnce);
            self.unsubscribed = !self.topics.iter().all(|topic| subscribe(topic).is_ok());
        }
    }
}
