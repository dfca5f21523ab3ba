//! Terminal in the loop: real terminals, or programs that behave like one, connect here and speak ISO 8583. What they send
//! enters the world at the payment application of the terminal that they name in F41, and goes by its simulated network to
//! the simulated gateway and hosts; what comes back goes out to them. So do sign-on, echo and settlement, which the gateway answers.
//!
//! Each connection has a thread that reads and one that writes. What a peer may do is bounded: the number of connections, the
//! length of a message, the time in which it has to be whole, the answers that it leaves unread.

mod connection;
mod state;

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use models::wire::InterActorMessage;

use super::channel::Security;
use super::{Dialect, Mapper};
use crate::adapter::{Adapter, Injector};
use crate::target::Target;
use crate::troubles::Troubles;
use connection::{Terms, serve};
use programs::Port;
use state::ServerState;

/// What is set about the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Where it listens.
    pub address: String,
    /// The dialect: the name of one that ships with the program, or a file.
    pub dialect: String,
    /// The most connections at a time; who comes then is sent away.
    pub connections: usize,
    /// A message that has begun has to be whole by then, however slowly its bytes come.
    pub patience: Duration,
    /// F41 and F42 of the terminal that is attached, if they are not its number.
    pub names: Option<(String, String)>,
    /// Files in PEM with the certificate and the private key, for TLS.
    pub secured: Option<(String, String)>,
}

impl Settings {
    /// Reads `[HOST:]PORT[,dialect=NAME][,connections=N][,patience=10s][,f41=TEXT][,f42=TEXT][,cert=FILE,key=FILE]`.
    ///
    /// # Errors
    /// If it is not written so.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = ["dialect", "connections", "patience", "f41", "f42", "cert", "key"];
        let target = Target::parse(text, &known)?;
        let address = if target.address.contains(':') {
            target.address.clone()
        } else {
            // Nobody else can reach it unless somebody says so.
            format!("127.0.0.1:{}", target.address)
        };
        let port = address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        if port.is_none() {
            return Err(format!("`{}` is no [HOST:]PORT", target.address));
        }
        let f42 = target.text("f42").unwrap_or("POSRIG");
        let names = target.text("f41").map(|f41| (f41.to_owned(), f42.to_owned()));
        if names.is_none() && target.text("f42").is_some() {
            return Err("`f42` without `f41` names nobody".to_owned());
        }
        let secured = match (target.text("cert"), target.text("key")) {
            (Some(certificate), Some(key)) => Some((certificate.to_owned(), key.to_owned())),
            (None, None) => None,
            _ => return Err("TLS needs both `cert` and `key`".to_owned()),
        };
        Ok(Self {
            address,
            dialect: target.text("dialect").unwrap_or("unionpay").to_owned(),
            connections: target.value("connections", 256)?,
            patience: target.duration("patience", Duration::from_secs(10))?,
            names,
            secured,
        })
    }

    fn security(&self) -> Result<Security, String> {
        let secured = self.secured.as_ref();
        secured.map_or(Ok(Security::Plain), |(certificate, key)| Security::server(certificate, key))
    }
}

/// The server, as an attachment.
#[derive(Debug)]
pub struct Server {
    ports: Vec<Port>,
    state: Arc<ServerState>,
    troubles: Troubles,
    open: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens for the terminals at these ports.
    ///
    /// # Errors
    /// If the dialect or a certificate cannot be read, a name cannot be a terminal's, or the address is taken.
    pub fn attach(settings: &Settings, ports: &[Port], injector: Injector) -> Result<Self, String> {
        let dialect = Dialect::load(&settings.dialect).map_err(|why| why.to_string())?;
        let mut mapper = Mapper::new(Arc::new(dialect));
        if let Some((f41, f42)) = &settings.names {
            let [port] = ports else {
                return Err("`f41` names one terminal, and several are attached".to_owned());
            };
            mapper.names.add(port.actor, f41, f42)?;
        }
        let security = settings.security()?;
        let listener = TcpListener::bind(&settings.address)
            .map_err(|why| format!("cannot listen at {}: {why}", settings.address))?;
        let address = listener.local_addr().map_err(|why| why.to_string())?;
        let troubles = Troubles::default();
        let state = Arc::new(ServerState::new(mapper, ports, injector, troubles.clone()));
        let (open, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let listening = Listening {
            listener,
            state: Arc::clone(&state),
            max: settings.connections,
            terms: Terms { security, patience: settings.patience, over: Arc::clone(&over) },
            troubles: troubles.clone(),
            open: Arc::clone(&open),
        };
        let thread = Some(spawn(move || listening.listen()));
        Ok(Self { ports: ports.to_vec(), state, troubles, open, over, address, thread })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Adapter for Server {
    fn name(&self) -> &str {
        "iso8583-server"
    }
    fn ports(&self) -> Vec<Port> {
        self.ports.clone()
    }
    fn deliver(&mut self, _: Port, message: &InterActorMessage) {
        if let InterActorMessage::Payment(iso) = message {
            self.state.answer(iso);
        }
    }
    fn status(&self) -> String {
        let (asked, answered) = self.state.counts();
        let open = self.open.load(Ordering::Relaxed);
        format!("{}: {open} connections, {asked} asked, {answered} answered", self.address)
    }
    fn troubles(&self) -> Vec<(String, u64)> {
        self.troubles.all()
    }
    fn close(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // The listener waits for somebody: it is woken by one more caller.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the listening thread has.
struct Listening {
    listener: TcpListener,
    state: Arc<ServerState>,
    max: usize,
    terms: Terms,
    troubles: Troubles,
    open: Arc<AtomicUsize>,
}

impl Listening {
    fn listen(self) {
        for stream in self.listener.incoming() {
            if self.terms.over.load(Ordering::Relaxed) {
                return;
            }
            let stream = match stream {
                Ok(stream) => stream,
                Err(why) => {
                    self.troubles.add(format!("cannot take a connection: {why}"));
                    // Out of descriptors, say: there is no use in asking again at once.
                    std::thread::sleep(Duration::from_millis(10));
                    continue;
                }
            };
            if self.open.fetch_add(1, Ordering::Relaxed) >= self.max {
                self.open.fetch_sub(1, Ordering::Relaxed);
                self.troubles.add("sent away: there are too many connections");
                continue;
            }
            let (state, troubles) = (Arc::clone(&self.state), self.troubles.clone());
            let (open, terms) = (Arc::clone(&self.open), self.terms.clone());
            let begun = std::thread::Builder::new().spawn(move || {
                serve(stream, &state, &troubles, &terms);
                open.fetch_sub(1, Ordering::Relaxed);
            });
            if let Err(why) = begun {
                self.open.fetch_sub(1, Ordering::Relaxed);
                self.troubles.add(format!("cannot serve a connection: {why}"));
            }
        }
    }
}
