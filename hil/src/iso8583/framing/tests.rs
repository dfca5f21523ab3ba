//! Streams cut into messages, whatever comes and in whatever pieces.

use proptest::prelude::*;

use super::*;
use crate::iso8583::Dialect;

fn framing(coding: LengthCoding, bytes: u8, counts_itself: bool) -> Framing {
    let length = Length { coding, bytes, counts_itself };
    let longest = 2_000.min(length.reaches() as u32 - 4);
    Framing { length, longest, tpdu: None, header: None }
}

fn all() -> Vec<Framing> {
    use LengthCoding::{Ascii, Bcd, Binary};
    let codings = [(Binary, 2), (Binary, 4), (Bcd, 2), (Bcd, 4), (Ascii, 2), (Ascii, 4)];
    let both = |(coding, bytes)| [false, true].map(|own| framing(coding, bytes, own));
    codings.into_iter().flat_map(both).collect()
}

#[test]
fn lengths_are_written_as_hosts_write_them() {
    use LengthCoding::{Ascii, Bcd, Binary};
    let written = |framing: Framing| {
        let mut to = Vec::new();
        framing.close(&Envelope::default(), &[0; 66], &mut to).unwrap();
        to.truncate(usize::from(framing.length.bytes));
        to
    };
    assert_eq!(written(framing(Binary, 2, false)), [0, 66]);
    assert_eq!(written(framing(Binary, 2, true)), [0, 68]);
    assert_eq!(written(framing(Binary, 4, false)), [0, 0, 0, 66]);
    assert_eq!(written(framing(Bcd, 2, false)), [0, 0x66]);
    assert_eq!(written(framing(Ascii, 4, true)), b"0070");
    assert_eq!(written(framing(Ascii, 2, false)), b"66");
}

#[test]
fn an_answer_goes_back_to_where_its_request_came_from() {
    let dialect = Dialect::load("unionpay").unwrap();
    let framing = dialect.framing();
    let mut bytes = Vec::new();
    framing.close(&framing.envelope(), b"body", &mut bytes).unwrap();
    assert_eq!(bytes[..13], [0, 15, 0x60, 0, 6, 0, 0, 0x60, 0x31, 0, 0x31, 0x10, 0x03]);
    let (envelope, body) = framing.open(&bytes[2..]).unwrap();
    assert_eq!((envelope, body), (framing.envelope(), &b"body"[..]));
    let mut answer = Vec::new();
    let reply = envelope.reply();
    framing
        .close(&Envelope { header: reply.header.requires(3), ..reply }, b"", &mut answer)
        .unwrap();
    assert_eq!(answer, [0, 11, 0x60, 0, 0, 0, 6, 0x60, 0x31, 0x03, 0x31, 0x10, 0x03]);
    let (envelope, _) = framing.open(&answer[2..]).unwrap();
    assert_eq!((envelope.header.requirement(), envelope.reply().header.requirement()), (3, 0));
    assert_eq!(framing.open(&[0x68; 30]), Err(FrameError::Tpdu(0x68)));
    assert_eq!(framing.open(&[0x60; 7]), Err(FrameError::TooShort { is: 7, min: 11 }));
    let mut odd = bytes[2..].to_vec();
    odd[5] = 0x12;
    assert_eq!(framing.open(&odd), Err(FrameError::Header(0x12)));
}

#[test]
fn lengths_that_cannot_be_end_a_connection() {
    use LengthCoding::{Ascii, Binary};
    let next = |framing: Framing, bytes: &[u8]| {
        let mut cut = Deframer::new(&framing);
        cut.feed(bytes);
        cut.next_message().map(|it| it.map(<[u8]>::to_vec))
    };
    let long = FrameError::TooLong { is: 65_535, max: 2_000 };
    assert_eq!(next(framing(Binary, 2, false), &[0xFF, 0xFF]), Err(long));
    assert_eq!(
        next(framing(Binary, 2, true), &[0, 1, 0]),
        Err(FrameError::TooShort { is: 1, min: 2 })
    );
    assert_eq!(next(framing(Ascii, 4, false), b"00x1"), Err(FrameError::Length(b'x')));
    assert_eq!(next(framing(Binary, 2, false), &[0, 0, 0, 0, 0, 1, 7]), Ok(Some(vec![7])));
    let packed = Dialect::load("unionpay").unwrap();
    let short = FrameError::TooShort { is: 3, min: 11 };
    assert_eq!(next(packed.framing().clone(), &[0, 3, 1, 2, 3]), Err(short));
}

proptest! {
    #[test]
    fn messages_come_out_whole_in_whatever_pieces_they_come_in(
        framing in prop::sample::select(all()),
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..60), 0..10),
        pieces in prop::collection::vec(1usize..40, 1..60)
    ) {
        let mut stream = Vec::new();
        for body in &bodies {
            framing.close(&Envelope::default(), body, &mut stream).unwrap();
        }
        let (mut cut, mut found, mut rest) = (Deframer::new(&framing), Vec::new(), &stream[..]);
        for piece in pieces.iter().cycle() {
            let (now, later) = rest.split_at((*piece).min(rest.len()));
            cut.feed(now);
            while let Some(message) = cut.next_message().unwrap() {
                found.push(message.to_vec());
            }
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, bodies);
        prop_assert_eq!(cut.unfinished(), 0);
    }

    #[test]
    fn any_stream_is_cut_or_refused(
        framing in prop::sample::select(all()), stream in prop::collection::vec(any::<u8>(), 0..200)
    ) {
        let mut cut = Deframer::new(&framing);
        for piece in stream.chunks(7) {
            cut.feed(piece);
            while let Ok(Some(message)) = cut.next_message() {
                prop_assert!(message.len() <= 2_000);
            }
            prop_assert!(cut.unfinished() <= stream.len());
        }
    }
}
