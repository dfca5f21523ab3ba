//! Bytes to and from a printer, by TCP or by a serial line, each within its time.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// A line to a printer.
pub(super) trait Channel: Send {
    /// What has come, or comes within this time; 0 bytes are nothing. An error is the end of the line.
    fn read(&mut self, buffer: &mut [u8], within: Duration) -> io::Result<usize>;
    /// Passes on some bytes within this time; 0 if the printer takes none.
    fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<usize>;
}

/// Passes on all bytes. An error of kind `TimedOut` if the printer does not take them in time.
pub(super) fn write_all(to: &mut dyn Channel, bytes: &[u8], within: Duration) -> io::Result<()> {
    let by = Instant::now() + within;
    let mut rest = bytes;
    while !rest.is_empty() {
        let left = by.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::new(ErrorKind::TimedOut, "the printer takes no bytes"));
        }
        let written = to.write(rest, left)?;
        rest = rest.get(written..).unwrap_or_default();
    }
    Ok(())
}

/// Opens a line: a path is a serial line, everything else `host:port`.
pub(super) fn open(address: &str, baud: u32, patience: Duration) -> io::Result<Box<dyn Channel>> {
    if address.starts_with('/') {
        return serial::open(address, baud);
    }
    let mut last = io::Error::new(ErrorKind::NotFound, format!("`{address}` names no host"));
    for at in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&at, patience) {
            Ok(stream) => {
                // Questions are three bytes long and each waits for its answer.
                stream.set_nodelay(true)?;
                return Ok(Box::new(stream));
            }
            Err(why) => last = why,
        }
    }
    Err(last)
}

/// Nothing within the time is no error.
fn nothing(outcome: io::Result<usize>) -> io::Result<usize> {
    match outcome {
        Err(why)
            if matches!(
                why.kind(),
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
            ) =>
        {
            Ok(0)
        }
        other => other,
    }
}

/// No wait at all is asked for as the shortest one: a socket's time-out cannot be zero.
const SHORTEST: Duration = Duration::from_millis(1);

impl Channel for TcpStream {
    fn read(&mut self, buffer: &mut [u8], within: Duration) -> io::Result<usize> {
        self.set_read_timeout(Some(within.max(SHORTEST)))?;
        match Read::read(self, buffer) {
            Ok(0) => Err(io::Error::new(ErrorKind::UnexpectedEof, "the printer has hung up")),
            outcome => nothing(outcome),
        }
    }
    fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<usize> {
        self.set_write_timeout(Some(within.max(SHORTEST)))?;
        nothing(Write::write(self, bytes))
    }
}

#[cfg(unix)]
mod serial {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{Mode, OFlags, open as open_file};
    use rustix::termios::{ControlModes, OptionalActions, tcgetattr, tcsetattr};

    use super::{Channel, nothing};

    struct Serial(OwnedFd);

    /// Opens a serial line: raw, eight bits, no parity, one stop bit, no flow control.
    pub(super) fn open(path: &str, baud: u32) -> io::Result<Box<dyn Channel>> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let line = open_file(path, flags, Mode::empty())?;
        let mut modes = tcgetattr(&line)?;
        modes.make_raw();
        modes.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
        modes.control_modes -= ControlModes::CSTOPB | ControlModes::CRTSCTS;
        modes.set_speed(baud)?;
        tcsetattr(&line, OptionalActions::Now, &modes)?;
        Ok(Box::new(Serial(line)))
    }

    impl Serial {
        /// Waits until it is ready; false if it was not in time.
        fn ready(&self, wanted: PollFlags, within: Duration) -> io::Result<bool> {
            let time = Timespec::try_from(within).map_err(io::Error::other)?;
            let mut polled = [PollFd::new(&self.0, wanted)];
            match poll(&mut polled, Some(&time)) {
                Err(rustix::io::Errno::INTR) => return Ok(false),
                outcome => outcome?,
            };
            let got = polled[0].revents();
            if got.intersects(PollFlags::HUP | PollFlags::NVAL) && !got.contains(wanted) {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the serial line is gone",
                ));
            }
            Ok(got.contains(wanted))
        }
    }

    impl Channel for Serial {
        fn read(&mut self, buffer: &mut [u8], within: Duration) -> io::Result<usize> {
            if !self.ready(PollFlags::IN, within)? {
                return Ok(0);
            }
            nothing(rustix::io::read(&self.0, buffer).map_err(io::Error::from))
        }
        fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<usize> {
            if !self.ready(PollFlags::OUT, within)? {
                return Ok(0);
            }
            nothing(rustix::io::write(&self.0, bytes).map_err(io::Error::from))
        }
    }
}

#[cfg(not(unix))]
mod serial {
    use std::io;

    use super::Channel;

    /// There are no serial lines by path here.
    pub(super) fn open(path: &str, _: u32) -> io::Result<Box<dyn Channel>> {
        let why = format!("{path}: serial lines are opened on Unix only; give HOST:PORT");
        Err(io::Error::new(io::ErrorKind::Unsupported, why))
    }
}
