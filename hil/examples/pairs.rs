//! How many ISO 8583 requests are answered in a second over loopback, through the whole path: socket, codec with authentication
//! codes, simulated terminal, network without delay, gateway, host, and all the way back.
//!
//! ```sh
//! cargo build --release -p hil --example pairs
//! taskset -c 0 target/release/examples/pairs [SECONDS] [CONNECTIONS] [TERMINALS] [DIALECT]
//! ```
//!
//! Authentication is what differs between dialects: `iso8583-1987-ascii` takes a block of DES for each eight bytes, which is half
//! of all the time; `unionpay`, which is the usual here, takes a few in all.
//!
//! The terminals are a process of their own, on another core where `taskset` can put it there. Each has one sale under way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use hil::iso8583::server::{Server, Settings};
use hil::iso8583::{Deframer, Dialect, Mapper, Message};
use hil::{Injector, Session};
use models::wire::{Iso, Mti, Pan, ResponseCode};
use models::{Money, Part};
use programs::Port;
use scenarios::{Options, Run, Source, load_text};
use sim::{ActorId, Pulse};

/// Nothing in it takes longer than the shortest time that a message may take.
const SCENARIO: &str = r#"Scenario(
    schema: 2, name: "pairs", intent: "how many pairs a second?", seed: 1, duration: "1h", drain: "1s",
    fleet: [(id: "till", count: TERMINALS)],
    network: (min_latency: "50us"),
    types: { "standard": (comms: (
        wifi: (radio: (latency: "0s", p_good_to_bad: 0.0, good_loss: 0.0)),
        cellular: (radio: (latency: "0s", p_good_to_bad: 0.0, good_loss: 0.0)),
    )) },
    platform: (
        gateway: (service_time: "0s", to_host: "0s"),
        host: (decides_in: "0s", blocked: 0.0, balance: "1000000000 CNY", balance_spread: 0.0),
    ),
)"#;

/// Seconds, connections, terminals.
type Sizes = (u32, u32, u32);
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |usual: u32| arguments.next().map_or(Ok(usual), |it| it.parse());
    let port = std::env::var("PAIRS_PORT").ok();
    let (seconds, connections, terminals) = (next(10)?, next(16)?, next(1_024)?);
    let dialect = arguments.next().unwrap_or_else(|| "unionpay".to_owned());
    let sizes = (seconds, connections, terminals);
    match port {
        Some(port) => load(&port, sizes, &dialect),
        None => serve(sizes, &dialect),
    }
}

fn serve((seconds, connections, terminals): Sizes, dialect: &str) -> Outcome<()> {
    let text = SCENARIO.replace("TERMINALS", &terminals.to_string());
    let loaded = load_text("pairs.ron", &text).map_err(|found| format!("{found:?}"))?;
    let actors = || (0..terminals).map(ActorId);
    let attached = actors().map(|it| (it, Part::PaymentApp)).collect();
    let options = Options { attached, ..Options::default() };
    let source = Source { scenario: &loaded.scenario, path: "pairs.ron", text: &text };
    let run = Run::begin(source, &options, 1)?;
    let ports: Vec<Port> = actors().map(|it| Port::new(it, Part::PaymentApp)).collect();
    let (injector, arrivals) = Injector::new();
    let settings = Settings::parse(&format!("0,dialect={dialect},connections={connections}"))?;
    let server = Server::attach(&settings, &ports, injector)?;

    let program = std::env::current_exe()?;
    let elsewhere =
        Command::new("taskset").args(["-c", "1", "true"]).stdout(Stdio::null()).status();
    let mut command = if elsewhere.is_ok_and(|it| it.success()) {
        let mut command = Command::new("taskset");
        command.args(["-c", "1"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args([seconds.to_string(), connections.to_string(), terminals.to_string()]);
    command.arg(dialect);
    let mut load = command.env("PAIRS_PORT", server.address().port().to_string()).spawn()?;

    let pulse = Arc::new(Pulse::default());
    let stop = Arc::clone(&pulse);
    let before = processor_seconds();
    let waits = thread::spawn(move || {
        let ended = load.wait();
        stop.stop();
        ended
    });
    let pace = (1.0, Duration::from_millis(2));
    let session = Session::new(run, vec![Box::new(server)], arrivals, pace, None);
    let ended = session.play(&pulse, &mut |_| {}, &mut ())?;
    let used = processor_seconds() - before;
    waits.join().map_err(|_| "the load broke down")??;
    let audit = &ended.outcome.audit;
    let (late, pairs) = (&ended.lateness, ended.crossed[1]);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "server: {pairs} answers, {used:.2} s of processor, {:.1} us a pair",
        used * 1e6 / pairs as f64
    )?;
    writeln!(out, "lateness of answers: {late:?}")?;
    writeln!(
        out,
        "ledger: terminals {}, gateway {}, hosts {}; {} breaches; troubles {:?}",
        audit.terminal_total,
        audit.gateway_total,
        audit.host_total,
        audit.breaches.len(),
        ended.troubles
    )?;
    Ok(())
}

/// Processor time of this process so far, in seconds; 0 where the system does not tell it so.
fn processor_seconds() -> f64 {
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    // Behind the name in brackets: state is the first, user and system time are the 12th and 13th.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

fn load(port: &str, (seconds, connections, terminals): Sizes, dialect: &str) -> Outcome<()> {
    let until = Instant::now() + Duration::from_secs(u64::from(seconds));
    let each = terminals / connections.max(1);
    let began = Instant::now();
    let threads: Vec<_> = (0..connections)
        .map(|number| {
            let (address, dialect) = (format!("127.0.0.1:{port}"), dialect.to_owned());
            let terminals = number * each..(number + 1) * each;
            thread::spawn(move || sell(&address, &dialect, terminals, until))
        })
        .collect();
    let mut pairs = 0;
    for thread in threads {
        pairs += thread.join().map_err(|_| "a terminal broke down")??;
    }
    let took = began.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{pairs} sales approved in {took:.2} s over {connections} connections of {each} terminals each: {:.0} pairs a second",
        pairs as f64 / took
    )?;
    Ok(())
}

/// Sells at these terminals over one connection, at each one sale after the other.
fn sell(address: &str, dialect: &str, terminals: Range<u32>, until: Instant) -> Outcome<u64> {
    let mapper = Mapper::new(Arc::new(Dialect::load(dialect)?));
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut out = Vec::new();
    for terminal in terminals.clone() {
        sale(&mapper, terminal, 1, &mut out)?;
    }
    stream.write_all(&out)?;
    let mut open = terminals.len();
    let mut pairs = 0;
    let mut deframer = Deframer::new(mapper.dialect().framing());
    let mut buffer = vec![0; 64 << 10];
    let mut base = Iso::default();
    while open > 0 {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err("the server has hung up".into());
        }
        deframer.feed(&buffer[..count]);
        out.clear();
        while let Some(message) = deframer.next_message()? {
            let (_, body) = mapper.dialect().framing().open(message)?;
            base.mti = Mti::Response;
            let Message::Payment(iso) = mapper.read(body, base.local, &base)? else {
                return Err("an answer to something else".into());
            };
            if (iso.mti, iso.code) != (Mti::Response, ResponseCode::APPROVED)
                || iso.mac != iso.seal()
            {
                return Err(format!("not approved: {iso:?}").into());
            }
            pairs += 1;
            if Instant::now() < until {
                sale(&mapper, iso.terminal.0, iso.stan + 1, &mut out)?;
            } else {
                open -= 1;
            }
        }
        stream.write_all(&out)?;
    }
    Ok(pairs)
}

fn sale(mapper: &Mapper, terminal: u32, stan: u32, to: &mut Vec<u8>) -> Outcome<()> {
    let mut iso = Iso {
        pan: Pan::of(0, terminal),
        amount: Money(100),
        stan,
        expiry: 3_512,
        terminal: ActorId(terminal),
        currency: 156,
        business: 22,
        batch: 1,
        ..Iso::default()
    };
    iso.mac = iso.seal();
    let mut body = Vec::with_capacity(256);
    mapper.write(&Message::Payment(iso), &mut body)?;
    let framing = mapper.dialect().framing();
    framing.close(&framing.envelope(), &body, to)?;
    Ok(())
}
