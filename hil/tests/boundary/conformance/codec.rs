//! ISO 8583: what we write, pyiso8583 reads field by field, and what it writes, we read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use hil::iso8583::dialect::{Coding, Field, FieldKind, Size};
use hil::iso8583::message::{Matter, Network, Settlement};
use hil::iso8583::{Dialect, Fields, Mapper, Message, Seal};
use models::Money;
use models::wire::{Iso, Method, Mti, Pan, ResponseCode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use sim::{ActorId, Instant, Span};

use crate::conformance::judge::Judge;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02X}")).collect()
}

/// Fields as pyiso8583 names and writes them: bytes in hexadecimal, and so the separator of a packed track.
fn theirs(dialect: &Dialect, fields: &Fields) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([("t".to_owned(), text(&fields.mti()))]);
    for (number, value) in fields.iter() {
        let field = &dialect.file().fields[&number];
        let packed = field.kind == FieldKind::Z && dialect.file().coding.z == Coding::Bcd;
        let value = match field.kind {
            FieldKind::B => hex(value),
            _ if packed => text(value).replace('=', "D"),
            _ => text(value),
        };
        all.insert(number.to_string(), value);
    }
    all
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it is ASCII")
}

/// Both ways: our bytes by their decoder, our fields by their encoder, their bytes by our decoder.
fn compare(judge: &mut Judge, dialect: &Dialect, fields: &Fields, body: &[u8]) {
    let name = &dialect.file().name;
    let expected = theirs(dialect, fields);
    let read = judge.ask(&json!({ "spec": name, "decode": hex(body) }));
    assert_eq!(read, json!({ "fields": expected }), "{name}: they read {fields:?}");
    let written = judge.ask(&json!({ "spec": name, "encode": expected }));
    assert_eq!(written, json!({ "bytes": hex(body) }), "{name}: they write {fields:?}");
    let Some(Value::String(bytes)) = written.get("bytes").cloned() else { unreachable!() };
    let bytes = hil::iso8583::mac::hex_bytes(&bytes).expect("hexadecimal");
    assert_eq!(dialect.decode(&bytes).as_ref(), Ok(fields), "{name}");
}

fn dialects() -> impl Iterator<Item = Dialect> {
    Dialect::names().map(|it| Dialect::load(it).unwrap_or_else(|why| panic!("{why}")))
}

/// A message of each kind that the world sends.
fn messages() -> Vec<Message> {
    let terminal = ActorId(31);
    let local = Instant::START + Span::days(58) + Span::secs(86_399);
    let sale = Iso {
        pan: Pan::of(3, 1_234_567),
        amount: Money(129_900),
        stan: 999_999,
        local,
        expiry: 3_001,
        method: Method::Fallback,
        code: ResponseCode::NONE,
        terminal,
        currency: 156,
        pin_block: 0x0412_76BD_6FFF_FFEE,
        business: 22,
        batch: 12,
        ..Iso::default()
    };
    let chip = Iso { method: Method::Chip, card_sequence: 1, cryptogram: u64::MAX, ..sale };
    let answer = Iso {
        mti: Mti::Response,
        rrn: 77,
        authorisation: 123,
        code: ResponseCode::APPROVED,
        ..chip
    };
    let declined = Iso { code: ResponseCode::NO_FUNDS, authorisation: 0, ..answer };
    let advice = Iso { mti: Mti::Advice, ..chip };
    let told = Iso { mti: Mti::AdviceResponse, code: ResponseCode::APPROVED, ..advice };
    let reversal =
        Iso { mti: Mti::Reversal, code: ResponseCode::NO_ANSWER, original: 999_999, ..sale };
    let done = Iso { mti: Mti::ReversalResponse, code: ResponseCode::APPROVED, ..reversal };
    let payments = [sale, chip, answer, declined, advice, told, reversal, done];
    let mut all = Vec::new();
    for right in [true, false] {
        all.extend(payments.map(|mut iso| {
            iso.mac = if right { iso.seal() } else { !iso.seal() };
            Message::Payment(iso)
        }));
    }
    for (matter, response) in [
        (Matter::SignOn, false),
        (Matter::SignOn, true),
        (Matter::Echo, false),
        (Matter::SignOff, true),
        (Matter::Other(362), false),
    ] {
        let code = if response { ResponseCode::APPROVED } else { ResponseCode::NONE };
        let local = response.then_some(local);
        let (stan, batch) = (5, 12);
        all.push(Message::Network(Network {
            matter,
            response,
            terminal,
            stan,
            local,
            batch,
            code,
            keys: None,
        }));
    }
    for agreed in [None, Some(true), Some(false)] {
        all.push(Message::Settlement(Settlement {
            response: agreed.is_some(),
            terminal,
            stan: 6,
            local: Some(local),
            batch: 12,
            debits: (42, Money(1_234_567)),
            credits: (3, Money(999)),
            agreed,
            code: if agreed.is_some() { ResponseCode::APPROVED } else { ResponseCode::NONE },
            authentic: true,
        }));
    }
    all
}

#[test]
fn pyiso8583_reads_and_writes_every_message_of_the_world() {
    let Some(mut judge) = Judge::python("iso_codec.py", "iso8583") else { return };
    for dialect in dialects() {
        let mapper = Mapper::new(Arc::new(dialect.clone()));
        for message in messages() {
            let (mut fields, mut body) = (Fields::default(), Vec::new());
            let seal = mapper.put(&message, &mut fields).expect("it can be said");
            mapper.encode(&mut fields, seal, &mut body).expect("it can be written");
            compare(&mut judge, &dialect, &fields, &body);
            assert_eq!(mapper.decode(&body, &mut fields), Ok(seal));
            assert_ne!(
                seal == Seal::None,
                matches!(message, Message::Payment(_) | Message::Settlement(_))
            );
        }
    }
}

fn values(field: &Field) -> BoxedStrategy<Vec<u8>> {
    let max = usize::from(field.size.max());
    let sizes = if matches!(field.size, Size::Fixed(_)) { max..=max } else { 0..=max };
    let character = match field.kind {
        FieldKind::N => (b'0'..=b'9').boxed(),
        FieldKind::Z => prop::sample::select(b"0123456789=".to_vec()).boxed(),
        FieldKind::An | FieldKind::Ans => (0x20u8..0x7F).boxed(),
        FieldKind::B => any::<u8>().boxed(),
    };
    prop::collection::vec(character, sizes).boxed()
}

#[test]
fn pyiso8583_agrees_on_any_field_of_any_length() {
    let Some(judge) = Judge::python("iso_codec.py", "iso8583") else { return };
    let judge = RefCell::new(judge);
    for dialect in dialects() {
        let all: Vec<u8> = dialect.file().fields.keys().copied().collect();
        let subset = prop::sample::subsequence(all, 1..12);
        let with_values = subset.prop_flat_map(|numbers| {
            let one = |it: u8| (Just(it), values(&dialect.file().fields[&it]));
            numbers.into_iter().map(one).collect::<Vec<_>>()
        });
        let mut runner =
            TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(500) });
        let run = runner.run(&with_values, |values| {
            let mut fields = Fields::new(*b"0200");
            values.iter().for_each(|(number, value)| fields.set(*number, value));
            let mut body = Vec::new();
            if dialect.encode(&fields, &mut body).is_ok() {
                compare(&mut judge.borrow_mut(), &dialect, &fields, &body);
            }
            Ok(())
        });
        run.unwrap_or_else(|why| panic!("{why}"));
    }
}
