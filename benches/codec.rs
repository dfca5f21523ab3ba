//! The ISO 8583 codec alone: a thousand messages over and over, on one core.
//!
//! The messages are also written to `target/codec/DIALECT.hex`, so that `benches/codec.sh` can give the same ones to pyiso8583.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hil::iso8583::{Dialect, Fields, Mapper, Message};
use models::Money;
use models::wire::{Iso, Method, Mti, Pan, ResponseCode};
use sim::{ActorId, Instant, Span};

const MESSAGES: u32 = 1_000;

/// Sales, their answers, and now and then a reversal: as a gateway sees them.
fn message(number: u32) -> Message {
    let mti = match number % 10 {
        0 => Mti::Reversal,
        even if even % 2 == 0 => Mti::Response,
        _ => Mti::Request,
    };
    let answered = mti == Mti::Response;
    let mut iso = Iso {
        mti,
        pan: Pan::of((number % 7) as u8, number * 7_919),
        amount: Money(i64::from(number) * 137 % 500_000),
        stan: number,
        local: Instant::START + Span::secs(u64::from(number) * 61),
        expiry: 2_912,
        method: Method::Chip,
        card_sequence: 1,
        rrn: if answered { u64::from(number) + 1 } else { 0 },
        authorisation: if answered { number + 1 } else { 0 },
        code: match mti {
            Mti::Response => ResponseCode::APPROVED,
            Mti::Reversal => ResponseCode::NO_ANSWER,
            _ => ResponseCode::NONE,
        },
        terminal: ActorId(number % 500),
        currency: 156,
        pin_block: u64::from(number) << 32 | 1,
        cryptogram: u64::from(number) << 40 | 1,
        business: 22,
        batch: 1,
        original: if mti == Mti::Reversal { number } else { 0 },
        ..Iso::default()
    };
    iso.mac = iso.seal();
    Message::Payment(iso)
}

fn codec(criterion: &mut Criterion) {
    for name in Dialect::names() {
        let dialect = Arc::new(Dialect::load(name).expect("it is built in"));
        let mapper = Mapper::new(dialect.clone());
        let messages: Vec<Message> = (0..MESSAGES).map(message).collect();
        let mut bodies = vec![Vec::new(); messages.len()];
        for (message, body) in messages.iter().zip(&mut bodies) {
            mapper.write(message, body).expect("it can be written");
        }
        hand_over(name, &bodies);
        let read: Vec<Fields> = bodies.iter().map(|it| dialect.decode(it).expect("ours")).collect();
        let mut group = criterion.benchmark_group(format!("iso8583/{name}"));
        group.throughput(Throughput::Elements(MESSAGES.into()));
        let mut fields = Fields::default();
        group.bench_function("decode", |bencher| {
            bencher.iter(|| {
                for body in &bodies {
                    dialect.decode_into(black_box(body), &mut fields).expect("ours");
                    black_box(&fields);
                }
            });
        });
        let mut out = Vec::new();
        group.bench_function("encode", |bencher| {
            bencher.iter(|| {
                for fields in &read {
                    out.clear();
                    dialect.encode(black_box(fields), &mut out).expect("ours");
                    black_box(&out);
                }
            });
        });
        group.bench_function("decode, check the code, understand", |bencher| {
            bencher.iter(|| {
                for body in &bodies {
                    let seal = mapper.decode(black_box(body), &mut fields).expect("ours");
                    let iso = Iso::default();
                    black_box(mapper.message(&fields, seal, Instant::START, &iso).expect("ours"));
                }
            });
        });
        group.finish();
    }
}

/// Leaves the messages where another codec can take them.
fn hand_over(name: &str, bodies: &[Vec<u8>]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/codec");
    let line =
        |body: &Vec<u8>| body.iter().map(|it| format!("{it:02X}")).collect::<String>() + "\n";
    let text: String = bodies.iter().map(line).collect();
    fs::create_dir_all(&folder).expect("the folder can be made");
    fs::write(folder.join(format!("{name}.hex")), text).expect("the file can be written");
}

criterion_group!(benches, codec);
criterion_main!(benches);
