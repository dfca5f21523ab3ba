//! The codec against dumps that were worked out by hand, and against anything at all.

use proptest::prelude::*;

use super::*;
use crate::iso8583::dialect::{Coding, FieldKind};
use crate::iso8583::mac::hex_bytes;
use crate::iso8583::{Dialect, Fields};

fn dialects() -> Vec<Dialect> {
    Dialect::names().map(|name| Dialect::load(name).unwrap_or_else(|why| panic!("{why}"))).collect()
}

fn sale() -> Fields {
    let mut fields = Fields::new(*b"0200");
    fields.set(2, b"6225880300000012345");
    fields.set(3, b"000000");
    fields.set(4, b"000000012345");
    fields.set(11, b"000042");
    fields.set(22, b"051");
    fields.set(23, b"001");
    fields.set(35, b"6225880300000017=29122010");
    fields.set(41, b"00000007");
    fields.set(55, &[0x9F, 0x26, 0x02, 0xAB, 0xCD]);
    fields
}

/// One line of the dump a field.
const PACKED: &str = "0200 \
    7020060020800200 \
    19 62 25 88 03 00 00 00 12 34 50 \
    000000 \
    000000012345 \
    000042 \
    0510 \
    0001 \
    25 62 25 88 03 00 00 00 17 D2 91 22 01 00 \
    3030303030303037 \
    0005 9F2602ABCD";

const ASCII: &str = "0200\
    7020060020800200\
    196225880300000012345\
    000000\
    000000012345\
    000042\
    051\
    001\
    256225880300000017=29122010\
    00000007\
    0109F2602ABCD";

#[test]
fn a_sale_is_written_and_read_as_by_hand() {
    let [packed, ascii] = dialects().try_into().expect("two are built in");
    let dump = hex_bytes(&PACKED.replace(' ', "")).unwrap();
    for (dialect, dump) in [(packed, dump), (ascii, ASCII.as_bytes().to_vec())] {
        let mut written = Vec::new();
        dialect.encode(&sale(), &mut written).unwrap();
        assert_eq!(written, dump, "{}: {}", dialect.file().name, written.escape_ascii());
        assert_eq!(dialect.decode(&dump).unwrap(), sale());
    }
}

#[test]
fn the_second_bitmap_comes_with_fields_beyond_64() {
    let dialect = Dialect::load("iso8583-1987-ascii").unwrap();
    let mut fields = Fields::new(*b"0800");
    fields.set(70, b"301");
    let mut written = Vec::new();
    dialect.encode(&fields, &mut written).unwrap();
    assert_eq!(written, b"080080000000000000000400000000000000301");
    assert_eq!(dialect.decode(&written), Ok(fields));
    let packed = Dialect::load("unionpay").unwrap();
    let refused = EncodeError { field: Some(70), why: Flaw::NoSuchBitmap };
    let mut fields = Fields::new(*b"0800");
    fields.set(70, b"301");
    assert_eq!(packed.encode(&fields, &mut written), Err(refused));
    assert_eq!(written.len(), 39, "nothing is appended");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let dialect = Dialect::load("unionpay").unwrap();
    let whole = hex_bytes(&PACKED.replace(' ', "")).unwrap();
    let of = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        dialect.decode(&bytes).unwrap_err()
    };
    let error = |at, field, why| DecodeError { at, field, why };
    assert_eq!(of(&|it| it[0] = 0x2A), error(0, None, Flaw::NotADigit(0x2A)));
    assert_eq!(of(&|it| it[2] |= 0x80), error(10, None, Flaw::NoSuchBitmap));
    assert_eq!(of(&|it| it[2] |= 0x08), error(30, Some(5), Flaw::NoSuchField));
    assert_eq!(of(&|it| it[10] = 0x20), error(10, Some(2), Flaw::Length { is: 20, max: 19 }));
    assert_eq!(of(&|it| it[20] = 0x53), error(20, Some(2), Flaw::Filling(3)));
    assert_eq!(of(&|it| it[32] = 0x0B), error(32, Some(11), Flaw::NotADigit(0x0B)));
    assert_eq!(of(&|it| it[35] = 0x20), error(35, Some(23), Flaw::Filling(2)));
    assert_eq!(of(&|it| it.push(0)), error(whole.len(), None, Flaw::Follows(1)));
    assert_eq!(of(&|it| it.truncate(63)), error(61, Some(55), Flaw::Ends { needs: 5, left: 2 }));
    let long = dialect.decode(&vec![0; 5_000]).unwrap_err();
    assert_eq!(long.why, Flaw::TooLong { is: 5_000, max: 2_048 });
    assert_eq!(
        of(&|it| it[10] = 0x20).to_string(),
        "byte 10, field 2: a length of 20, and it has 19 at most"
    );
    assert!((0..whole.len()).all(|it| dialect.decode(&whole[..it]).is_err()));
}

#[test]
fn fields_that_do_not_fit_are_refused() {
    for dialect in dialects() {
        let cases: [(u8, &[u8]); 7] = [
            (4, b"12"),
            (4, b"00000000012X"),
            (2, b"12345678901234567890"),
            (35, b"1234^56"),
            (41, b"0000\x01007"),
            (52, b"1234567"),
            (1, b""),
        ];
        for (number, value) in cases {
            let mut fields = Fields::new(*b"0200");
            fields.set(number, value);
            let refused = dialect.encode(&fields, &mut Vec::new()).err().map(|it| it.field);
            assert_eq!(refused, (number > 1).then_some(Some(number)));
        }
    }
}

/// What a field of this dialect can hold: its number and a value.
fn value(dialect: &Dialect, number: u8) -> BoxedStrategy<(u8, Vec<u8>)> {
    let rule = *dialect.rule(number).expect("the field is there");
    let min = if rule.prefix == 0 { rule.max } else { 0 };
    let sizes = usize::from(min)..=usize::from(rule.max);
    let character = match rule.kind {
        FieldKind::N => prop::char::range('0', '9').prop_map(|it| it as u8).boxed(),
        FieldKind::Z => prop::sample::select(b"0123456789=".to_vec()).boxed(),
        FieldKind::An => (0x20u8..0x7F).boxed(),
        FieldKind::Ans => (0x20u8..=0xFF).boxed(),
        FieldKind::B => any::<u8>().boxed(),
    };
    prop::collection::vec(character, sizes).prop_map(move |value| (number, value)).boxed()
}

fn any_message(dialect: &Dialect) -> BoxedStrategy<Fields> {
    let numbers: Vec<u8> = dialect.file().fields.keys().copied().collect();
    let dialect = dialect.clone();
    let some = prop::sample::subsequence(numbers, 0..=12);
    let values = some.prop_flat_map(move |numbers| {
        numbers.into_iter().map(|it| value(&dialect, it)).collect::<Vec<_>>()
    });
    let mti = prop::array::uniform4(b'0'..=b'9');
    let message = (mti, values).prop_map(|(mti, values)| {
        let mut fields = Fields::new(mti);
        values.iter().for_each(|(number, value)| fields.set(*number, value));
        fields
    });
    message.boxed()
}

proptest! {
    #[test]
    fn every_message_is_read_as_it_was_written(
        (dialect, fields) in prop::sample::select(dialects())
            .prop_flat_map(|it| { let message = any_message(&it); (Just(it), message) })
    ) {
        let mut written = Vec::new();
        match dialect.encode(&fields, &mut written) {
            Ok(()) => prop_assert_eq!(dialect.decode(&written), Ok(fields)),
            Err(why) => prop_assert!(matches!(why.why, Flaw::TooLong { .. }), "{}", why),
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        dialect in prop::sample::select(dialects()), bytes in prop::collection::vec(any::<u8>(), 0..300)
    ) {
        if let Ok(fields) = dialect.decode(&bytes) {
            prop_assert!(dialect.encode(&fields, &mut Vec::new()).is_ok());
        }
    }

    #[test]
    fn a_message_that_is_damaged_is_read_or_refused(
        (dialect, fields) in prop::sample::select(dialects())
            .prop_flat_map(|it| { let message = any_message(&it); (Just(it), message) }),
        at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let mut written = Vec::new();
        if dialect.encode(&fields, &mut written).is_ok() {
            let at = at.index(written.len());
            written[at] = byte;
            if let Ok(read) = dialect.decode(&written) {
                prop_assert!(dialect.encode(&read, &mut Vec::new()).is_ok());
            }
        }
    }
}

#[test]
fn hexadecimal_lengths_count_characters() {
    let dialect = Dialect::load("iso8583-1987-ascii").unwrap();
    assert_eq!(dialect.rule(55).map(|it| it.coding), Some(Coding::Hex));
    let odd = b"020000000000000002000059F26F";
    let why = dialect.decode(odd).unwrap_err();
    assert_eq!((why.at, why.why), (20, Flaw::Length { is: 5, max: 510 }));
}
