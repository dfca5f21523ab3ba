//! Peers that break the rules, at the server: the session goes on for the others.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hil::iso8583::{Dialect, Mapper, Matter, Message, Network};
use hil::{Adapter, iso8583::Server};
use models::wire::{InterActorMessage, Iso, ResponseCode};
use sim::ActorId;

use crate::devices::terminal::server;

/// A server, and a world behind it that answers whatever comes at once.
struct World {
    server: Arc<Mutex<Server>>,
    address: SocketAddr,
}

impl World {
    fn behind(settings: &str) -> Self {
        let (server, arrivals) = server(settings);
        let address = server.address();
        let server = Arc::new(Mutex::new(server));
        let answers = Arc::downgrade(&server);
        // It ends with the server, which holds the other end.
        std::thread::spawn(move || {
            while let Ok(arrival) = arrivals.recv() {
                let Some(server) = answers.upgrade() else { return };
                let InterActorMessage::Payment(iso) = arrival.message else { continue };
                let iso = Iso { mti: iso.mti.response(), code: ResponseCode::APPROVED, ..iso };
                let mut server = server.lock().expect("nobody panics with it");
                server.deliver(arrival.port, &InterActorMessage::Payment(iso));
            }
        });
        Self { server, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
        stream
    }

    fn troubles(&self) -> Vec<(String, u64)> {
        self.server.lock().expect("nobody panics with it").troubles()
    }

    /// How often something was told that holds these words; 0 if it is not told in time.
    fn told(&self, what: &str) -> u64 {
        let by = Instant::now() + Duration::from_secs(5);
        loop {
            let all = self.troubles();
            let of = all.iter().filter(|it| it.0.contains(what)).map(|it| it.1).sum();
            if of > 0 || Instant::now() > by {
                return of;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// An echo with this trace number, as bytes.
fn echo(terminal: u32, stan: u32) -> Vec<u8> {
    let dialect = Dialect::load("iso8583-1987-ascii").expect("it is built in");
    let mapper = Mapper::new(Arc::new(dialect));
    let network = Network {
        matter: Matter::Echo,
        response: false,
        terminal: ActorId(terminal),
        stan,
        local: None,
        batch: 1,
        code: ResponseCode::NONE,
        keys: None,
    };
    let mut body = Vec::new();
    mapper.write(&Message::Network(network), &mut body).expect("it can be written");
    let mut whole = Vec::new();
    let framing = mapper.dialect().framing();
    framing.close(&framing.envelope(), &body, &mut whole).expect("it is short");
    whole
}

/// True if an echo is answered on this connection.
fn answers(stream: &mut TcpStream) -> bool {
    stream.write_all(&echo(0, 7)).expect("it reads");
    let mut length = [0; 2];
    if stream.read_exact(&mut length).is_err() {
        return false;
    }
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer).is_ok() && answer.starts_with(b"0810")
}

/// Waits until the peer has been let go.
fn let_go(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).is_ok_and(|count| count == 0)
}

#[test]
fn what_cannot_be_a_message_ends_its_connection_and_no_other() {
    let world = World::behind("0,dialect=iso8583-1987-ascii,patience=300ms");
    let mut good = world.connect();
    assert!(answers(&mut good));
    let cases: [(&[u8], &str); 4] = [
        (&[0xFF; 64], "4096 are taken"),
        (b"\x00\x20GET / HTTP/1.1\r\nHost: nobody\r\n\r\n", "byte"),
        (b"\x00\x40" as &[u8], "not whole in time"),
        (b"\x00\x04\x00\x00\x00\x00", "byte"),
    ];
    for (bytes, what) in cases {
        let mut bad = world.connect();
        bad.write_all(bytes).expect("it reads");
        assert!(let_go(&mut bad), "{what}");
        let all = world.troubles();
        assert!(world.told(what) > 0, "{what}: {all:?}");
    }
    assert!(answers(&mut good));
}

#[test]
fn a_byte_now_and_then_does_not_stretch_patience() {
    let world = World::behind("0,dialect=iso8583-1987-ascii,patience=300ms");
    let mut slow = world.connect();
    let began = Instant::now();
    for byte in echo(0, 7) {
        std::thread::sleep(Duration::from_millis(50));
        if slow.write_all(&[byte]).is_err() {
            break;
        }
    }
    assert!(world.told("not whole in time") == 1);
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn who_comes_when_it_is_full_is_sent_away_and_ten_thousand_do_no_harm() {
    let world = World::behind("0,dialect=iso8583-1987-ascii,connections=3");
    let mut kept: Vec<TcpStream> = (0..3).map(|_| world.connect()).collect();
    kept.iter_mut().for_each(|it| assert!(answers(it)));
    let mut fourth = world.connect();
    assert!(let_go(&mut fourth));
    for _ in 0..10_000 {
        // Some find the queue of the listener full: that is the operating system's way of sending away.
        drop(TcpStream::connect(world.address));
    }
    assert!(world.told("too many connections") > 0);
    kept.iter_mut().for_each(|it| assert!(answers(it)));
}

#[test]
fn who_reads_nothing_does_not_hold_up_the_others() {
    let world = World::behind("0,dialect=iso8583-1987-ascii,patience=500ms");
    let mut deaf = world.connect();
    deaf.set_write_timeout(Some(Duration::from_millis(200))).expect("a socket");
    // A trace number of its own: an answer goes to whoever asked last under the same one.
    let echo = echo(0, 8);
    // Until the answers that it does not read fill every buffer on the way.
    for _ in 0..200_000 {
        if deaf.write_all(&echo).is_err() {
            break;
        }
    }
    assert!(answers(&mut world.connect()));
    assert!(world.told("read nothing") > 0, "{:?}", world.troubles());
}

#[test]
fn strangers_and_answers_without_a_question_are_counted() {
    let world = World::behind("0,dialect=iso8583-1987-ascii,f41=TERM0001");
    let mut stranger = world.connect();
    stranger.write_all(&echo(5, 7)).expect("it reads");
    assert_eq!(world.told("not attached"), 1);
}
