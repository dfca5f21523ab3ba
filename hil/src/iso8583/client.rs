//! Gateway in the loop: the fleet's payment messages go to a real gateway or host over as many connections as it allows, and
//! its answers come back into the world at the gateway's port, where they are judged and passed on to their terminals.
//!
//! Each connection has a thread that connects and writes, and one that reads. A connection that breaks is made again, after a
//! pause that doubles up to a limit. Requests go round robin over the connections that stand; what no connection can take is
//! lost, as it would be on a real network: the terminal waits in vain and takes the sale back.

mod connection;
mod state;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use models::wire::InterActorMessage;

use super::channel::Security;
use super::{Dialect, Mapper};
use crate::adapter::{Adapter, Injector};
use crate::target::Target;
use crate::troubles::Troubles;
use connection::Keeper;
use programs::Port;
use state::ClientState;

/// What is set about the client.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where the host listens.
    pub address: String,
    /// The dialect: the name of one that ships with the program, or a file.
    pub dialect: String,
    /// How many connections are held.
    pub connections: usize,
    /// Pause before a connection that broke is made again; doubled each time.
    pub backoff: Duration,
    /// The longest pause.
    pub max_backoff: Duration,
    /// Connecting, writing, and a message that has begun have to be done by then.
    pub patience: Duration,
    /// How many messages may wait for a connection to take them.
    pub queue: usize,
    /// Signs on at each connection before payments go out, and takes the key for authentication codes that the answer brings.
    pub sign_on: bool,
    /// A file in PEM with the certificates that are trusted, for TLS, and the name that the host's certificate must have.
    pub secured: Option<(String, String)>,
}

impl Settings {
    /// Those of a host at this address.
    pub fn at(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            dialect: "unionpay".to_owned(),
            connections: 1,
            backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(30),
            patience: Duration::from_secs(10),
            queue: 4_096,
            sign_on: false,
            secured: None,
        }
    }

    /// Reads `HOST:PORT[,dialect=NAME][,connections=N][,backoff=500ms][,max_backoff=30s][,patience=10s][,queue=4096][,sign_on=yes][,ca=FILE][,name=HOST]`.
    ///
    /// # Errors
    /// If it is not written so.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = [
            "dialect",
            "connections",
            "backoff",
            "max_backoff",
            "patience",
            "queue",
            "sign_on",
            "ca",
            "name",
        ];
        let target = Target::parse(text, &known)?;
        if target.address.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
            return Err(format!("`{}` is not a HOST:PORT", target.address));
        }
        let usual = Self::at(&target.address);
        let host = target.address.rsplit_once(':').map_or("", |(host, _)| host);
        let name = target.text("name").unwrap_or(host).trim_matches(['[', ']']);
        let secured = target.text("ca").map(|roots| (roots.to_owned(), name.to_owned()));
        if secured.is_none() && target.text("name").is_some() {
            return Err("`name` is that of a certificate: write `ca=FILE`, too".to_owned());
        }
        let connections = target.value("connections", usual.connections)?;
        if !(1..=MOST_CONNECTIONS).contains(&connections) {
            return Err(format!("connections={connections}: there are 1 to {MOST_CONNECTIONS}"));
        }
        let backoff = target.duration("backoff", usual.backoff)?.max(Duration::from_millis(1));
        Ok(Self {
            dialect: target.text("dialect").unwrap_or(&usual.dialect).to_owned(),
            connections,
            backoff,
            max_backoff: target.duration("max_backoff", usual.max_backoff)?.max(backoff),
            patience: target.duration("patience", usual.patience)?,
            queue: target.value("queue", usual.queue)?.max(1),
            sign_on: match target.text("sign_on") {
                None | Some("no") => false,
                Some("yes") => true,
                Some(other) => return Err(format!("sign_on=`{other}`: write yes or no")),
            },
            secured,
            ..usual
        })
    }

    fn security(&self) -> Result<Security, String> {
        let secured = self.secured.as_ref();
        secured.map_or(Ok(Security::Plain), |(roots, name)| Security::client(roots, name))
    }
}

/// The most connections: each has two threads.
const MOST_CONNECTIONS: usize = 256;

/// A connection, as seen from the session.
#[derive(Debug)]
struct Lane {
    orders: Option<SyncSender<models::wire::Iso>>,
    /// It stands, and takes messages.
    up: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The client, as an attachment.
#[derive(Debug)]
pub struct Client {
    port: Port,
    address: String,
    lanes: Vec<Lane>,
    next: usize,
    state: Arc<ClientState>,
    troubles: Troubles,
    over: Arc<AtomicBool>,
    lost: Arc<AtomicU64>,
}

impl Client {
    /// Begins to connect. That nobody is there is no mistake: it is tried again until somebody is.
    ///
    /// # Errors
    /// If the dialect or a certificate cannot be read.
    pub fn attach(settings: &Settings, port: Port, injector: Injector) -> Result<Self, String> {
        let dialect = Dialect::load(&settings.dialect).map_err(|why| why.to_string())?;
        let mapper = Mapper::new(Arc::new(dialect));
        let security = settings.security()?;
        let (troubles, over) = (Troubles::default(), Arc::new(AtomicBool::new(false)));
        let lost = Arc::new(AtomicU64::new(0));
        let state = Arc::new(ClientState::new(port, injector, troubles.clone()));
        let lane = |_| {
            let (orders, listens) = sync_channel(settings.queue);
            let up = Arc::new(AtomicBool::new(false));
            let keeper = Keeper {
                settings: settings.clone(),
                security: security.clone(),
                mapper: mapper.clone(),
                state: Arc::clone(&state),
                troubles: troubles.clone(),
                over: Arc::clone(&over),
                up: Arc::clone(&up),
                lost: Arc::clone(&lost),
            };
            let thread = Some(spawn(move || keeper.keep(&listens)));
            Lane { orders: Some(orders), up, thread }
        };
        let lanes = (0..settings.connections).map(lane).collect();
        let address = settings.address.clone();
        Ok(Self { port, address, lanes, next: 0, state, troubles, over, lost })
    }

    /// Connections that stand.
    pub fn connected(&self) -> usize {
        self.lanes.iter().filter(|it| it.up.load(Ordering::Relaxed)).count()
    }
}

impl Adapter for Client {
    fn name(&self) -> &str {
        "iso8583-client"
    }
    fn ports(&self) -> Vec<Port> {
        vec![self.port]
    }
    fn deliver(&mut self, _: Port, message: &InterActorMessage) {
        let InterActorMessage::Payment(iso) = message else { return };
        // Before it can be answered.
        self.state.asks(iso);
        let count = self.lanes.len();
        let mut full = false;
        for step in 0..count {
            let at = (self.next + step) % count;
            let Some(lane) = self.lanes.get(at) else { continue };
            let (true, Some(orders)) = (lane.up.load(Ordering::Relaxed), &lane.orders) else {
                continue;
            };
            match orders.try_send(*iso) {
                Ok(()) => {
                    self.next = (at + 1) % count;
                    return;
                }
                Err(TrySendError::Full(_)) => full = true,
                Err(TrySendError::Disconnected(_)) => {}
            }
        }
        self.lost.fetch_add(1, Ordering::Relaxed);
        self.troubles.add(match full {
            true => "a message was lost: the host reads too slowly",
            false => "a message was lost: there is no connection to the host",
        });
    }
    fn status(&self) -> String {
        let (asked, answered) = self.state.counts();
        let (up, all) = (self.connected(), self.lanes.len());
        let lost = self.lost.load(Ordering::Relaxed);
        format!(
            "{}: {up} of {all} connections, {asked} asked, {answered} answered, {lost} lost",
            self.address
        )
    }
    fn troubles(&self) -> Vec<(String, u64)> {
        self.troubles.all()
    }
    fn close(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.lanes.iter_mut().for_each(|it| it.orders = None);
        for lane in &mut self.lanes {
            if let Some(thread) = lane.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.close();
    }
}

/// What answers there: connects once, and asks for an echo.
///
/// # Errors
/// If nobody does, or not in this dialect.
pub fn probe(settings: &Settings) -> Result<String, String> {
    let dialect = Dialect::load(&settings.dialect).map_err(|why| why.to_string())?;
    let mapper = Mapper::new(Arc::new(dialect));
    connection::echo(settings, &settings.security()?, &mapper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_mistakes_are_named() {
        let read = Settings::parse("bank:5000,connections=8,backoff=1s,sign_on=yes").unwrap();
        assert_eq!((read.connections, read.sign_on), (8, true));
        assert_eq!((read.backoff, read.queue), (Duration::from_secs(1), 4_096));
        let wrong = |text| Settings::parse(text).unwrap_err();
        assert_eq!(wrong("bank"), "`bank` is not a HOST:PORT");
        assert_eq!(wrong("bank:5000,connections=0"), "connections=0: there are 1 to 256");
        assert_eq!(wrong("bank:5000,sign_on=1"), "sign_on=`1`: write yes or no");
    }
}
