//! The bytes of a connection, for one thread that reads and one that writes: plain, or under TLS.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig, ServerConnection,
};

/// How often a thread that waits for bytes looks whether the session is over.
pub(super) const LOOKS: Duration = Duration::from_millis(100);

/// How a connection is to be secured.
#[derive(Clone)]
pub(super) enum Security {
    /// Not at all.
    Plain,
    /// It is taken with a certificate.
    Server(Arc<ServerConfig>),
    /// It is made to whoever has a certificate for this name.
    Client(Arc<ClientConfig>, ServerName<'static>),
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "Plain",
            Self::Server(_) => "Server",
            Self::Client(..) => "Client",
        })
    }
}

impl Security {
    /// That of a server, from files in PEM: its certificate, with those between it and its root, and its private key.
    ///
    /// # Errors
    /// If a file cannot be read, or they do not belong together.
    pub(super) fn server(certificate: &str, key: &str) -> Result<Self, String> {
        let certificates = certificates(certificate)?;
        let private = PrivateKeyDer::from_pem_file(Path::new(key))
            .map_err(|why| format!("{key}: no private key can be read: {why}"))?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|why| why.to_string())?
            .with_no_client_auth()
            .with_single_cert(certificates, private)
            .map_err(|why| format!("{certificate} and {key}: {why}"))?;
        Ok(Self::Server(Arc::new(config)))
    }

    /// That of a client, which trusts the certificates in a file in PEM and nothing else, and expects this name.
    ///
    /// # Errors
    /// If the file cannot be read, or this can be no name.
    pub(super) fn client(roots: &str, name: &str) -> Result<Self, String> {
        let mut trusted = RootCertStore::empty();
        for certificate in certificates(roots)? {
            trusted.add(certificate).map_err(|why| format!("{roots}: {why}"))?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|why| why.to_string())?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| format!("`{name}` is not a host's name or address"))?;
        Ok(Self::Client(Arc::new(config), name))
    }
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let refuse =
        |why: rustls::pki_types::pem::Error| format!("{file}: no certificate can be read: {why}");
    let all = CertificateDer::pem_file_iter(Path::new(file)).map_err(refuse)?;
    let all: Vec<_> = all.collect::<Result<_, _>>().map_err(refuse)?;
    if all.is_empty() { Err(format!("{file}: there is no certificate in it")) } else { Ok(all) }
}

/// A connection. Reading and writing wait for each other only as long as they work on bytes that are there.
#[derive(Debug)]
pub(super) struct Channel {
    stream: TcpStream,
    tls: Option<Mutex<Connection>>,
}

/// So many bytes are read in one go.
const AT_ONCE: usize = 16 << 10;

impl Channel {
    /// Over a connection that stands; what is written has to be taken by the peer within `patience`.
    ///
    /// # Errors
    /// If the connection is gone already.
    pub(super) fn over(
        stream: TcpStream,
        security: &Security,
        patience: Duration,
    ) -> Result<Self, String> {
        // An answer waits for no company.
        let set = stream
            .set_nodelay(true)
            .and_then(|()| stream.set_read_timeout(Some(LOOKS)))
            .and_then(|()| stream.set_write_timeout(Some(patience)));
        set.map_err(|_| "a connection broke before anything was said".to_owned())?;
        let tls = match security {
            Security::Plain => None,
            Security::Server(config) => {
                Some(ServerConnection::new(Arc::clone(config)).map(Connection::from))
            }
            Security::Client(config, name) => {
                let connection = ClientConnection::new(Arc::clone(config), name.clone());
                Some(connection.map(Connection::from))
            }
        };
        let tls = tls.transpose().map_err(|why| format!("TLS: {why}"))?.map(Mutex::new);
        let channel = Self { stream, tls };
        if let Some(tls) = channel.secured() {
            // A client speaks first.
            channel.hand_on(tls).map_err(|why| broke(&why))?;
        }
        Ok(channel)
    }

    fn secured(&self) -> Option<MutexGuard<'_, Connection>> {
        // Whoever panicked while it held the lock left whole values behind.
        self.tls.as_ref().map(|it| it.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// True until keys are agreed: nothing that a program says has come through yet.
    pub(super) fn is_handshaking(&self) -> bool {
        self.secured().is_some_and(|it| it.is_handshaking())
    }

    /// Appends what has come. 0 is the end; `WouldBlock` or `TimedOut` if nothing whole came within [`LOOKS`].
    pub(super) fn read(&self, to: &mut Vec<u8>) -> io::Result<usize> {
        let mut buffer = [0; AT_ONCE];
        let count = (&self.stream).read(&mut buffer)?;
        let Some(mut tls) = self.secured() else {
            to.extend_from_slice(&buffer[..count]);
            return Ok(count);
        };
        let (before, mut rest) = (to.len(), &buffer[..count]);
        let mut over = count == 0;
        while !rest.is_empty() {
            tls.read_tls(&mut rest)?;
            if let Err(why) = tls.process_new_packets() {
                // It is told why, if it listens.
                let _ = tls.write_tls(&mut &self.stream);
                return Err(io::Error::new(ErrorKind::InvalidData, format!("TLS: {why}")));
            }
            match tls.reader().read_to_end(to) {
                Ok(_) => over = true,
                Err(why) if why.kind() == ErrorKind::WouldBlock => {}
                Err(why) => return Err(why),
            }
        }
        self.hand_on(tls)?;
        match to.len() - before {
            0 if over => Ok(0),
            0 => Err(ErrorKind::WouldBlock.into()),
            came => Ok(came),
        }
    }

    /// Writes all of it.
    pub(super) fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        let Some(mut tls) = self.secured() else { return (&self.stream).write_all(bytes) };
        tls.writer().write_all(bytes)?;
        self.hand_on(tls)
    }

    /// What TLS has to say goes out, in its order.
    fn hand_on(&self, mut tls: MutexGuard<'_, Connection>) -> io::Result<()> {
        while tls.wants_write() {
            tls.write_tls(&mut &self.stream)?;
        }
        Ok(())
    }

    /// Ends it, for reading and writing.
    pub(super) fn shut(&self) {
        if let Some(mut tls) = self.secured() {
            tls.send_close_notify();
            let _ = self.hand_on(tls);
        }
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// True if nothing came, and nothing is wrong with that.
pub(super) fn waits(why: &io::Error) -> bool {
    matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// What is said about a connection that broke.
pub(super) fn broke(why: &io::Error) -> String {
    match why.kind() {
        ErrorKind::InvalidData => why.to_string(),
        kind => format!("the connection broke: {kind}"),
    }
}
