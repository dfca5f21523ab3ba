//! What bytes from a hostile peer go through, in one call: the entry of the fuzzers.

use models::wire::Iso;
use sim::Instant;

use super::{Deframer, Dialect, Fields, Mapper};

/// Takes bytes as a stream, as a message with its envelope and as a body, through everything that reads them. The bytes' first
/// one picks among the ways.
///
/// # Panics
/// If a rule of the codec is broken: what was read cannot be written, or is read otherwise when it is read again; or more is
/// kept than came. That is what a fuzzer looks for.
pub fn endure(mapper: &Mapper, bytes: &[u8]) {
    let dialect = mapper.dialect();
    let Some((way, rest)) = bytes.split_first() else { return };
    match way % 3 {
        0 => body(mapper, rest),
        1 => {
            if let Ok((envelope, inner)) = dialect.framing().open(rest) {
                let mut again = Vec::new();
                let closed = dialect.framing().close(&envelope, inner, &mut again);
                assert!(closed.is_err() || again.ends_with(rest), "an envelope changes");
                body(mapper, inner);
            }
        }
        _ => {
            let mut cut = Deframer::new(dialect.framing());
            for piece in rest.chunks(usize::from(way / 3) + 1) {
                cut.feed(piece);
                while let Ok(Some(message)) = cut.next_message() {
                    let (_, inner) = dialect.framing().open(message).unwrap_or_default();
                    body(mapper, inner);
                }
                assert!(cut.unfinished() <= rest.len(), "more is kept than came");
            }
        }
    }
}

fn body(mapper: &Mapper, bytes: &[u8]) {
    let dialect: &Dialect = mapper.dialect();
    let mut fields = Fields::default();
    let Ok(seal) = mapper.decode(bytes, &mut fields) else { return };
    let mut again = Vec::new();
    let written = dialect.encode(&fields, &mut again);
    assert!(written.is_ok(), "what was read cannot be written: {written:?}");
    assert_eq!(dialect.decode(&again).as_ref(), Ok(&fields), "it is read otherwise");
    let Ok(message) = mapper.message(&fields, seal, Instant::START, &Iso::default()) else {
        return;
    };
    let mut said = Fields::default();
    if let Ok(seal) = mapper.put(&message, &mut said) {
        // A number may be longer than its field; then it is refused, and nothing more.
        let _ = mapper.encode(&mut said, seal, &mut again);
    }
    let _ = mapper.answer(&fields, &message, &mut said);
}
