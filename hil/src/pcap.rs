//! Captures that packet tools read: messages of terminals as TCP over IPv4 over Ethernet, with times in nanoseconds.
//!
//! Each terminal has a connection of its own, which begins with a handshake at its first message; sequence numbers and checksums are
//! right. The capture is that of the gateway's port: what was lost before it is not in it, what is lost behind it is.

use std::collections::BTreeMap;
use std::io::{self, Write};

use etherparse::PacketBuilder;
use sim::{ActorId, Instant};

use crate::iso8583::message::Day;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Towards {
    /// From a terminal to the gateway.
    Gateway,
    /// From the gateway to a terminal.
    Terminal,
}

/// Where a connection stands: the next byte's number, of the terminal and of the gateway.
#[derive(Clone, Copy, Debug)]
struct Connection {
    terminal: u32,
    gateway: u32,
}

/// A capture that is being written.
#[derive(Debug)]
pub struct Capture<W: Write> {
    to: W,
    port: u16,
    first_day: Day,
    connections: BTreeMap<ActorId, Connection>,
    packets: u64,
}

/// The format's number where times are in nanoseconds; its bytes' order is that of all further numbers.
const MAGIC: u32 = 0xA1B2_3C4D;
/// Ethernet.
const LINK: u32 = 1;
/// The longest packet.
const LONGEST: u32 = 65_535;
/// The gateway's addresses; that of IPv4 is kept for documentation (RFC 5737).
const GATEWAY: ([u8; 6], [u8; 4]) = ([2, 0, 0, 0, 0, 1], [192, 0, 2, 1]);
const WINDOW: u16 = 65_535;
const TIME_TO_LIVE: u8 = 64;
/// Terminals' ports are from here on.
const PORTS: u16 = 40_000;
const NANOS: u64 = 1_000_000_000;

#[derive(Clone, Copy)]
struct Flags {
    syn: bool,
    ack: bool,
    push: bool,
}

impl<W: Write> Capture<W> {
    /// Begins a capture of a run that began on this day; the gateway listens at this port.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn begin(mut to: W, port: u16, first_day: Day) -> io::Result<Self> {
        to.write_all(&MAGIC.to_le_bytes())?;
        for half in [2u16, 4] {
            to.write_all(&half.to_le_bytes())?;
        }
        for number in [0u32, 0, LONGEST, LINK] {
            to.write_all(&number.to_le_bytes())?;
        }
        Ok(Self { to, port, first_day, connections: BTreeMap::new(), packets: 0 })
    }

    /// Writes a message with its length in front, as it stands in the stream. Messages come in the order of their times.
    ///
    /// # Errors
    /// If it cannot be written, or is too long for one packet.
    pub fn message(
        &mut self,
        at: Instant,
        terminal: ActorId,
        towards: Towards,
        bytes: &[u8],
    ) -> io::Result<()> {
        if !self.connections.contains_key(&terminal) {
            self.handshake(at, terminal)?;
        }
        let Some(before) = self.connections.get_mut(&terminal) else { return Ok(()) };
        let sent = *before;
        let length = bytes.len() as u32;
        match towards {
            Towards::Gateway => before.terminal = sent.terminal.wrapping_add(length),
            Towards::Terminal => before.gateway = sent.gateway.wrapping_add(length),
        }
        let flags = Flags { syn: false, ack: true, push: true };
        self.packet(at, terminal, towards, (sent, flags), bytes)
    }

    fn handshake(&mut self, at: Instant, terminal: ActorId) -> io::Result<()> {
        // Numbers to begin with that are nobody's and always the same.
        let hash = sim::StableHasher::of(&terminal);
        let mut numbers = Connection { terminal: hash as u32, gateway: (hash >> 32) as u32 };
        let flags = |syn, ack| Flags { syn, ack, push: false };
        self.packet(at, terminal, Towards::Gateway, (numbers, flags(true, false)), &[])?;
        numbers.terminal = numbers.terminal.wrapping_add(1);
        self.packet(at, terminal, Towards::Terminal, (numbers, flags(true, true)), &[])?;
        numbers.gateway = numbers.gateway.wrapping_add(1);
        self.packet(at, terminal, Towards::Gateway, (numbers, flags(false, true)), &[])?;
        self.connections.insert(terminal, numbers);
        Ok(())
    }

    fn packet(
        &mut self,
        at: Instant,
        terminal: ActorId,
        towards: Towards,
        (numbers, flags): (Connection, Flags),
        payload: &[u8],
    ) -> io::Result<()> {
        let [a, b, c, d] = terminal.0.to_be_bytes();
        let (mac, ip) = ([2, 1, a, b, c, d], [10, b, c, d]);
        let own = PORTS + (terminal.0 % 20_000) as u16;
        let (link, net, ports, sequence, acknowledged) = match towards {
            Towards::Gateway => (
                (mac, GATEWAY.0),
                (ip, GATEWAY.1),
                (own, self.port),
                numbers.terminal,
                numbers.gateway,
            ),
            Towards::Terminal => (
                (GATEWAY.0, mac),
                (GATEWAY.1, ip),
                (self.port, own),
                numbers.gateway,
                numbers.terminal,
            ),
        };
        let mut builder = PacketBuilder::ethernet2(link.0, link.1)
            .ipv4(net.0, net.1, TIME_TO_LIVE)
            .tcp(ports.0, ports.1, sequence, WINDOW);
        if flags.syn {
            builder = builder.syn();
        }
        if flags.ack {
            builder = builder.ack(acknowledged);
        }
        if flags.push {
            builder = builder.psh();
        }
        let mut packet = Vec::with_capacity(builder.size(payload.len()));
        builder.write(&mut packet, payload).map_err(io::Error::other)?;
        let days = u64::try_from(self.first_day.0).unwrap_or(0);
        let seconds = days * 86_400 + at.0 / NANOS;
        let length = packet.len() as u32;
        // The format's seconds have 32 bits: they last until 2106.
        for number in [seconds as u32, (at.0 % NANOS) as u32, length, length] {
            self.to.write_all(&number.to_le_bytes())?;
        }
        self.packets += 1;
        self.to.write_all(&packet)
    }

    /// The capture is whole; returns how many packets it has.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn end(mut self) -> io::Result<u64> {
        self.to.flush()?;
        Ok(self.packets)
    }
}
