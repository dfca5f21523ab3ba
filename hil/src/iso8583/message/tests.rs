//! Messages to bytes and back, in every dialect that is built in.

use std::sync::Arc;

use models::wire::{Iso, Method, Mti, Pan};
use proptest::prelude::*;
use sim::Span;

use super::*;
use crate::iso8583::{Dialect, Fields};

fn mappers() -> Vec<Mapper> {
    Dialect::names().map(|name| Mapper::new(Arc::new(Dialect::load(name).unwrap()))).collect()
}

fn sealed(mut iso: Iso) -> Iso {
    iso.mac = iso.seal();
    iso
}

fn sale() -> Iso {
    sealed(Iso {
        mti: Mti::Request,
        pan: Pan::of(3, 17),
        amount: Money(12_345),
        stan: 42,
        local: Instant::START + Span::days(31) + Span::secs(3_661),
        expiry: 2912,
        method: Method::Chip,
        card_sequence: 1,
        code: ResponseCode::NONE,
        terminal: ActorId(7),
        currency: 156,
        cryptogram: 0x0102_0304_0506_0708,
        business: 22,
        batch: 1,
        ..Iso::default()
    })
}

#[test]
fn a_sale_has_the_fields_of_a_real_one() {
    let mappers = mappers();
    let mut fields = Fields::default();
    assert_eq!(mappers[0].put(&Message::Payment(sale()), &mut fields), Ok(Seal::Right));
    let pan = Pan::of(3, 17).digits().to_string();
    let expected: [(u8, &[u8]); 15] = [
        (2, pan.as_bytes()),
        (3, b"000000"),
        (4, b"000000012345"),
        (11, b"000042"),
        (12, b"010101"),
        (13, b"0201"),
        (14, b"2912"),
        (22, b"052"),
        (23, b"001"),
        (25, b"00"),
        (41, b"00000007"),
        (42, b"898310000000007"),
        (49, b"156"),
        (55, &[0x9F, 0x26, 8, 1, 2, 3, 4, 5, 6, 7, 8]),
        (60, b"2200000100060"),
    ];
    assert_eq!(fields.iter().collect::<Vec<_>>(), expected);
    assert!(!format!("{fields:?}").contains(&pan), "card numbers are masked");
}

#[test]
fn a_code_that_is_wrong_or_missing_is_noticed() {
    for mapper in mappers() {
        let (mut fields, mut body) = (Fields::default(), Vec::new());
        let seal = mapper.put(&Message::Payment(sale()), &mut fields).unwrap();
        mapper.encode(&mut fields, seal, &mut body).unwrap();
        assert_eq!(mapper.decode(&body, &mut Fields::default()), Ok(Seal::Right));
        // Another amount: a digit of F4 is the same in either coding if its lowest bit changes.
        let at = body.len() / 3;
        let mut changed = body.clone();
        changed[at] ^= 1;
        if let Ok(seal) = mapper.decode(&changed, &mut fields) {
            assert_eq!(seal, Seal::Wrong, "{}", mapper.dialect().file().name);
        }
        let mut other = mapper.clone();
        other.use_key(&Key::new(&[7; 16]).unwrap());
        assert_eq!(other.decode(&body, &mut fields), Ok(Seal::Wrong), "another key");
        let mut bare = Vec::new();
        mapper.put(&Message::Payment(sale()), &mut fields).unwrap();
        mapper.encode(&mut fields, Seal::None, &mut bare).unwrap();
        assert_eq!(mapper.decode(&bare, &mut fields), Ok(Seal::Wrong), "missing");
        let read = mapper.read(&bare, Instant::START, &Iso::default()).unwrap();
        let Message::Payment(iso) = read else { panic!("a payment") };
        assert_ne!(iso.mac, iso.seal());
    }
}

#[test]
fn an_answer_repeats_what_its_request_said() {
    for mut mapper in mappers() {
        mapper.names.add(ActorId(7), "LAB00001", "123456789012345").unwrap();
        let mut request = Fields::default();
        mapper.put(&Message::Payment(sale()), &mut request).unwrap();
        request.set_mti(*b"0421");
        request.set(2, b"4761739001010010");
        let read = mapper.message(&request, Seal::Right, sale().local, &Iso::default()).unwrap();
        let Message::Payment(read) = read else { panic!("a payment") };
        assert_eq!((read.mti, read.terminal), (Mti::Reversal, ActorId(7)));
        assert_ne!(read.pan.digits(), 4_761_739_001_010_010, "a foreign card stays outside");
        let answer =
            Iso { mti: Mti::ReversalResponse, code: ResponseCode::APPROVED, rrn: 9, ..read };
        let mut fields = Fields::default();
        mapper.answer(&request, &Message::Payment(answer), &mut fields).unwrap();
        assert_eq!(&fields.mti(), b"0430");
        assert_eq!(fields.text(2), Some("4761739001010010"));
        assert_eq!((fields.text(41), fields.text(39)), (Some("LAB00001"), Some("00")));
        assert_eq!((fields.get(22), fields.get(55)), (None, None));
    }
}

#[test]
fn keys_come_with_a_sign_on() {
    for mapper in mappers() {
        let [pin, mac] = [1, 2].map(|it| Key::new(&[it; 16]).unwrap());
        let network = Network {
            matter: Matter::SignOn,
            response: true,
            terminal: ActorId(3),
            stan: 1,
            local: Some(Instant::START + Span::hours(8)),
            batch: 1,
            code: ResponseCode::APPROVED,
            keys: Some(SessionKeys { pin, mac }),
        };
        let (message, mut body) = (Message::Network(network), Vec::new());
        mapper.write(&message, &mut body).unwrap();
        assert_eq!(mapper.read(&body, Instant::START, &Iso::default()), Ok(message));
        let mut other = mapper.clone();
        other.use_master(Key::new(&[9; 16]).unwrap());
        assert_eq!(other.read(&body, Instant::START, &Iso::default()), Err(MapError::Keys));
    }
}

#[test]
fn what_a_payment_lacks_or_cannot_be_is_told() {
    for mapper in mappers() {
        let mut whole = Fields::default();
        mapper.put(&Message::Payment(sale()), &mut whole).unwrap();
        let of = |change: &dyn Fn(&mut Fields)| {
            let mut fields = whole.clone();
            change(&mut fields);
            mapper.message(&fields, Seal::Right, Instant::START, &Iso::default()).err()
        };
        assert_eq!(of(&|_| {}), None);
        assert_eq!(of(&|it| it.remove(41)), Some(MapError::Missing(41)));
        assert_eq!(of(&|it| it.set(41, b"NOBODY  ")), Some(MapError::Value(41)));
        assert_eq!(of(&|it| it.set(22, b"992")), Some(MapError::Value(22)));
        assert_eq!(of(&|it| it.set(12, b"250000")), Some(MapError::Value(12)));
        assert_eq!(of(&|it| it.set(2, b"123")), Some(MapError::Value(2)));
        assert_eq!(of(&|it| it.set_mti(*b"0610")), Some(MapError::Type(*b"0610")));
        let refund = Message::Payment(Iso { amount: Money(-1), ..sale() });
        assert_eq!(mapper.put(&refund, &mut Fields::default()), Err(MapError::Negative));
        let late = Message::Payment(Iso { stan: 1_000_000, ..sale() });
        assert!(matches!(mapper.write(&late, &mut Vec::new()), Err(MapError::Encode(_))));
    }
}

fn any_code() -> impl Strategy<Value = ResponseCode> {
    prop::sample::select(b"00 51 54 91 94 A0 25 12".split(|it| *it == b' ').collect::<Vec<_>>())
        .prop_map(|it| ResponseCode([it[0], it[1]]))
}

fn any_payment() -> impl Strategy<Value = Iso> {
    let types = [
        Mti::Request,
        Mti::Response,
        Mti::Advice,
        Mti::AdviceResponse,
        Mti::Reversal,
        Mti::ReversalResponse,
    ];
    let methods =
        [Method::Chip, Method::Contactless, Method::Stripe, Method::Fallback, Method::Code];
    let reasons = vec![
        ResponseCode::NO_ANSWER,
        ResponseCode::TERMINAL_FAILED,
        ResponseCode::MAC_WRONG,
        ResponseCode(*b"06"),
    ];
    let who = (0u8..100, 0u32..10_000_000, 0u32..100_000_000);
    let what = (0u32..1_000_000, 0i64..1_000_000_000_000, 0u32..1_000_000, 0u64..86_400 * 3_000);
    let card = (0u16..10_000, prop::sample::select(methods.to_vec()), 0u16..1_000, 0u8..100);
    let answer = (0u64..1_000_000_000_000, 0u32..1_000_000, any_code());
    let rest =
        (0u16..1_000, any::<u64>(), any::<u64>(), 0u8..100, 0u32..1_000_000, 0u32..1_000_000);
    let mac = (any::<bool>(), prop::sample::select(types.to_vec()), prop::sample::select(reasons));
    (who, what, card, answer, rest, mac).prop_map(|(who, what, card, answer, rest, mac)| {
        let (right, mti, reason) = mac;
        let code = match mti {
            Mti::Request | Mti::Advice => ResponseCode::NONE,
            Mti::Reversal => reason,
            _ => answer.2,
        };
        let mut iso = Iso {
            mti,
            pan: Pan::of(who.0, who.1),
            processing: what.0,
            amount: Money(what.1),
            stan: what.2,
            local: Instant::START + Span::secs(what.3),
            expiry: card.0,
            method: card.1,
            card_sequence: card.2,
            condition: card.3,
            rrn: answer.0,
            authorisation: answer.1,
            code,
            terminal: ActorId(who.2),
            currency: rest.0,
            pin_block: rest.1,
            cryptogram: rest.2,
            business: rest.3,
            batch: rest.4,
            original: rest.5,
            ..Iso::default()
        };
        iso.mac = if right { iso.seal() } else { !iso.seal() };
        iso
    })
}

fn any_total() -> impl Strategy<Value = (u32, Money)> {
    (0u32..1_000, (0i64..1_000_000_000_000).prop_map(Money))
}

proptest! {
    #[test]
    fn every_payment_is_read_as_it_was_written(
        iso in any_payment(), mapper in prop::sample::select(mappers())
    ) {
        let mut body = Vec::new();
        mapper.write(&Message::Payment(iso), &mut body).unwrap();
        // What is left out of responses is known from the request.
        let Iso { method, card_sequence, pin_block, cryptogram, .. } = iso;
        let base = Iso { method, card_sequence, pin_block, cryptogram, code: ResponseCode::NONE, ..Iso::default() };
        let read = mapper.read(&body, iso.local + Span::days(100), &base);
        prop_assert_eq!(read, Ok(Message::Payment(iso)));
    }

    #[test]
    fn every_settlement_is_read_as_it_was_written(
        debits in any_total(), credits in any_total(), stan in 0u32..1_000_000, batch in 0u32..1_000_000,
        at in 0u64..86_400 * 3_000, agreed in any::<Option<bool>>(), authentic in any::<bool>(),
        code in any_code(), mapper in prop::sample::select(mappers())
    ) {
        let (terminal, local) = (ActorId(stan), Some(Instant::START + Span::secs(at)));
        let response = agreed.is_some();
        let settlement = Settlement {
            response, terminal, stan, local, batch, debits, credits, agreed, code, authentic,
        };
        let mut body = Vec::new();
        mapper.write(&Message::Settlement(settlement), &mut body).unwrap();
        let read = mapper.read(&body, Instant(at * 1_000_000_000), &Iso::default());
        prop_assert_eq!(read, Ok(Message::Settlement(settlement)));
    }

    #[test]
    fn any_fields_are_understood_or_refused(
        mti in prop::sample::select(vec!["0200", "0210", "0400", "0410", "0500", "0510", "0800", "0810", "0430"]),
        values in prop::collection::vec(
            (2u8..=128, prop::collection::vec(any::<u8>(), 0..50)), 0..20),
        numbers in prop::collection::vec((2u8..=64, any::<u64>(), 1usize..20), 0..20),
        mapper in prop::sample::select(mappers())
    ) {
        let mut fields = Fields::new(mti.as_bytes().try_into().unwrap());
        values.iter().for_each(|(number, value)| fields.set(*number, value));
        numbers.iter().for_each(|(number, value, digits)| fields.set_number(*number, *value, *digits));
        let _ = mapper.message(&fields, Seal::Right, Instant::START, &Iso::default());
    }
}
