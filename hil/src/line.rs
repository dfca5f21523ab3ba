//! Lines over a socket, with the limits that a hostile or broken peer needs: how long a line may be, and how long it may
//! take altogether, however slowly its bytes come.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Why an exchange with a device failed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// It cannot be reached, or the connection broke.
    Lost(String),
    /// No whole answer came in time; what had come of it.
    Late(String),
    /// An answer without an end; how it began.
    Endless(String),
    /// An answer that means nothing here: to what, and what came.
    Nonsense {
        /// What had been asked.
        asked: String,
        /// What came, as far as it can be shown.
        came: String,
    },
    /// The device itself reports an error, in its own words.
    Refused(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(why) => write!(f, "no contact: {why}"),
            Self::Late(came) if came.is_empty() => f.write_str("no answer in time"),
            Self::Late(came) => write!(f, "no whole answer in time, only `{came}`"),
            Self::Endless(began) => write!(f, "an answer without an end: `{began}…`"),
            Self::Nonsense { asked, came } => write!(f, "to `{asked}` it answered `{came}`"),
            Self::Refused(why) => write!(f, "the device reports: {why}"),
        }
    }
}

impl std::error::Error for Trouble {}

/// What came, so that it can be shown: control characters escaped, no longer than 120 characters.
pub fn shown(bytes: &[u8]) -> String {
    let mut escaped = bytes.escape_ascii().map(char::from);
    let mut text: String = escaped.by_ref().take(120).collect();
    if escaped.next().is_some() {
        text.push('…');
    }
    text
}

/// Limits of an exchange.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// An answer has to be whole by then, and a connection made.
    pub patience: Duration,
    /// The longest answer, in bytes.
    pub longest: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { patience: Duration::from_secs(2), longest: 4_096 }
    }
}

/// A connection that speaks in lines.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    limits: Limits,
    /// What came after the end of the last line.
    rest: Vec<u8>,
}

fn lost(why: &std::io::Error) -> Trouble {
    Trouble::Lost(why.to_string())
}

impl Line {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// If nobody answers there in time.
    pub fn connect(address: &str, limits: Limits) -> Result<Self, Trouble> {
        let mut last = Trouble::Lost(format!("`{address}` names no host"));
        for at in address.to_socket_addrs().map_err(|why| lost(&why))? {
            match TcpStream::connect_timeout(&at, limits.patience) {
                Ok(stream) => return Self::over(stream, limits),
                Err(why) => last = lost(&why),
            }
        }
        Err(last)
    }

    /// Speaks over a connection that is there already.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn over(stream: TcpStream, limits: Limits) -> Result<Self, Trouble> {
        // Commands are short and each waits for its answer: none may wait for company.
        stream.set_nodelay(true).map_err(|why| lost(&why))?;
        stream.set_write_timeout(Some(limits.patience)).map_err(|why| lost(&why))?;
        Ok(Self { stream, limits, rest: Vec::new() })
    }

    /// Sends a line.
    ///
    /// # Errors
    /// If the connection is gone, or the peer does not read.
    pub fn send(&mut self, line: &str) -> Result<(), Trouble> {
        let bytes = [line.as_bytes(), b"\n"].concat();
        self.stream.write_all(&bytes).map_err(|why| lost(&why))
    }

    /// Sends a line and takes the answer, without its line end and the blanks around it.
    ///
    /// # Errors
    /// If no whole answer comes in time, it is too long or no ASCII, or the connection is gone.
    pub fn ask(&mut self, line: &str) -> Result<String, Trouble> {
        // What came late to an earlier question is not an answer to this one.
        self.drain()?;
        self.send(line)?;
        let bytes = self.receive()?;
        match str::from_utf8(&bytes) {
            Ok(text) if text.chars().all(|c| !c.is_control() || c == '\t') => {
                Ok(text.trim().to_owned())
            }
            _ => Err(Trouble::Nonsense { asked: line.to_owned(), came: shown(&bytes) }),
        }
    }

    fn drain(&mut self) -> Result<(), Trouble> {
        self.rest.clear();
        self.stream.set_nonblocking(true).map_err(|why| lost(&why))?;
        let mut drained = 0;
        let mut buffer = [0; 512];
        let outcome = loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => break Err(Trouble::Lost("the device has hung up".into())),
                Ok(read) if drained + read > self.limits.longest => {
                    break Err(Trouble::Endless(shown(&buffer[..read])));
                }
                Ok(read) => drained += read,
                Err(why) if why.kind() == ErrorKind::WouldBlock => break Ok(()),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) => break Err(lost(&why)),
            }
        };
        self.stream.set_nonblocking(false).map_err(|why| lost(&why))?;
        outcome
    }

    /// The next line, without its end.
    fn receive(&mut self) -> Result<Vec<u8>, Trouble> {
        let by = Instant::now() + self.limits.patience;
        let mut line = std::mem::take(&mut self.rest);
        let mut buffer = [0; 512];
        loop {
            if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
                self.rest = line.split_off(end + 1);
                line.truncate(end);
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            if line.len() >= self.limits.longest {
                return Err(Trouble::Endless(shown(&line[..line.len().min(40)])));
            }
            let left = by.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Trouble::Late(shown(&line)));
            }
            self.stream.set_read_timeout(Some(left)).map_err(|why| lost(&why))?;
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(Trouble::Lost("the device has hung up".into())),
                Ok(read) => line.extend_from_slice(&buffer[..read]),
                Err(why) if matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) => return Err(lost(&why)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A peer that answers whatever is asked with these bytes, each after a pause, and then stays silent for a while.
    fn peer(answer: Vec<u8>, pause: Duration) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a caller");
            let mut asked = [0; 64];
            let _ = stream.read(&mut asked);
            for byte in answer {
                if stream.write_all(&[byte]).is_err() {
                    return;
                }
                if !pause.is_zero() {
                    thread::sleep(pause);
                }
            }
            thread::sleep(Duration::from_millis(600));
        });
        let limits = Limits { patience: Duration::from_millis(300), longest: 256 };
        Line::connect(&address, limits).expect("a connection")
    }

    #[test]
    fn an_answer_is_a_line() {
        let mut line = peer(b" 5.000 \r\nmore".to_vec(), Duration::ZERO);
        assert_eq!(line.ask("MEAS:VOLT?"), Ok("5.000".into()));
    }

    #[test]
    fn one_byte_after_the_other_does_not_stretch_patience() {
        let mut line = peer(vec![b'x'; 100], Duration::from_millis(50));
        let began = Instant::now();
        assert!(matches!(line.ask("*IDN?"), Err(Trouble::Late(came)) if came.starts_with("xx")));
        assert!(began.elapsed() < Duration::from_millis(600));
    }

    #[test]
    fn an_endless_answer_is_cut() {
        let mut line = peer(vec![b'x'; 100_000], Duration::ZERO);
        assert!(matches!(line.ask("*IDN?"), Err(Trouble::Endless(_))));
    }

    #[test]
    fn what_is_no_text_is_shown_as_it_came() {
        let mut line = peer(b"\xff\x00\x1b[2J\n".to_vec(), Duration::ZERO);
        let Err(Trouble::Nonsense { came, .. }) = line.ask("*IDN?") else {
            panic!("it is no text")
        };
        assert_eq!(came, r"\xff\x00\x1b[2J");
    }

    #[test]
    fn silence_and_hanging_up_are_told_apart() {
        assert_eq!(
            peer(Vec::new(), Duration::ZERO).ask("*IDN?"),
            Err(Trouble::Late(String::new()))
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let gone = thread::spawn(move || drop(listener.accept()));
        let mut line = Line::connect(&address, Limits::default()).expect("a connection");
        gone.join().expect("it hung up");
        assert!(matches!(line.ask("*IDN?"), Err(Trouble::Lost(_))));
    }
}
