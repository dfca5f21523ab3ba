//! The codec against bytes at random and against damaged messages, for a second, or for as long as `POSRIG_FUZZ_SECONDS` says.
//! `fuzz/` gives the same entry to libFuzzer, which needs a nightly toolchain.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hil::iso8583::endure::endure;
use hil::iso8583::{Dialect, Mapper, Message};
use models::Money;
use models::wire::{Iso, Mti, Pan, ResponseCode};
use sim::{ActorId, Identity, Purpose, Stream, Streams};

const RANDOM: Purpose = Purpose::of("endurance: bytes at random");

/// What damage begins with: a message of each type.
fn seeds(mapper: &Mapper) -> Vec<Vec<u8>> {
    let types = [Mti::Request, Mti::Response, Mti::Advice, Mti::Reversal, Mti::ReversalResponse];
    let whole = |mti| {
        let iso = Iso {
            mti,
            pan: Pan::of(1, 5),
            amount: Money(100),
            stan: 9,
            code: ResponseCode::APPROVED,
            terminal: ActorId(4),
            cryptogram: 77,
            pin_block: 5,
            original: 8,
            rrn: 3,
            ..Iso::default()
        };
        let mut body = Vec::new();
        mapper.write(&Message::Payment(iso), &mut body).expect("it can be written");
        body
    };
    types.map(whole).to_vec()
}

fn below(stream: &mut Stream, max: usize) -> usize {
    (stream.unit() * max as f64) as usize
}

fn next(stream: &mut Stream, mapper: &Mapper, seeds: &[Vec<u8>]) -> Vec<u8> {
    let way = below(stream, 256) as u8;
    let mut bytes = vec![way];
    if stream.unit() < 0.3 {
        let length = below(stream, 400);
        bytes.extend((0..length).map(|_| below(stream, 256) as u8));
        return bytes;
    }
    let body = &seeds[below(stream, seeds.len())];
    let framing = mapper.dialect().framing();
    let mut message = Vec::new();
    framing.close(&framing.envelope(), body, &mut message).expect("it fits");
    bytes.extend_from_slice(match way % 3 {
        0 => body,
        1 => &message[usize::from(framing.length.bytes)..],
        _ => &message,
    });
    for _ in 0..below(stream, 6) {
        let at = below(stream, bytes.len());
        match below(stream, 4) {
            0 => bytes[at] ^= 1 << below(stream, 8),
            1 => bytes[at] = below(stream, 256) as u8,
            2 => drop(bytes.remove(at)),
            _ => bytes.insert(at, b'0' + below(stream, 10) as u8),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

#[test]
fn no_bytes_break_the_codec() {
    let seconds = std::env::var("POSRIG_FUZZ_SECONDS").ok().and_then(|it| it.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(1));
    let mappers: Vec<Mapper> = Dialect::names()
        .map(|name| Mapper::new(Arc::new(Dialect::load(name).expect("it is built in"))))
        .collect();
    let mut stream = Streams::new(20_260_101).stream(Identity::numbered(0), RANDOM, 0);
    let mut count = 0u64;
    while Instant::now() < until {
        for mapper in &mappers {
            let seeds = seeds(mapper);
            for _ in 0..500 {
                endure(mapper, &next(&mut stream, mapper, &seeds));
                count += 1;
            }
        }
    }
    println!("{count} inputs");
}
