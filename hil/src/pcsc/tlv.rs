//! Data objects of cards (ISO 7816-4, BER): tag, length, value. Whatever comes, reading it ends and takes no more memory than
//! what came.

/// A data object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Object<'a> {
    /// Its tag; the bytes of a longer one stand one after the other, `9F26` is 0x9F26.
    pub tag: u32,
    /// Its value; of a constructed one, the objects in it.
    pub value: &'a [u8],
}

/// So deep objects in objects are looked for.
const DEEPEST: u8 = 8;

/// The tag at the beginning, and what follows. Tags of more than three bytes are not in use.
fn tag(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut tag = u32::from(first);
    if first & 0x1F == 0x1F {
        for _ in 0..2 {
            let (&next, after) = rest.split_first()?;
            (tag, rest) = (tag << 8 | u32::from(next), after);
            if next & 0x80 == 0 {
                return Some((tag, rest));
            }
        }
        return None;
    }
    Some((tag, rest))
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [short @ 0..=0x7F, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, long, rest @ ..] => Some((usize::from(*long), rest)),
        [0x82, high, low, rest @ ..] => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), rest))
        }
        _ => None,
    }
}

/// The objects one after the other. `None` if the bytes are no objects.
pub fn objects(mut bytes: &[u8]) -> Option<Vec<Object<'_>>> {
    let mut all = Vec::new();
    while let Some(first) = bytes.first() {
        // Fill bytes between objects are allowed.
        if matches!(first, 0x00 | 0xFF) {
            bytes = &bytes[1..];
            continue;
        }
        let (tag, rest) = tag(bytes)?;
        let (length, rest) = length(rest)?;
        let (value, rest) = rest.split_at_checked(length)?;
        all.push(Object { tag, value });
        bytes = rest;
    }
    Some(all)
}

/// Whether the value of an object with this tag is made of objects.
fn constructed(tag: u32) -> bool {
    let first = match tag {
        0..=0xFF => tag,
        0x100..=0xFFFF => tag >> 8,
        _ => tag >> 16,
    };
    first & 0x20 != 0
}

fn search<'a>(bytes: &'a [u8], wanted: u32, depth: u8, found: &mut Vec<&'a [u8]>) {
    for object in objects(bytes).unwrap_or_default() {
        if object.tag == wanted {
            found.push(object.value);
        } else if depth > 0 && constructed(object.tag) {
            search(object.value, wanted, depth - 1, found);
        }
    }
}

/// The values of all objects with this tag, however deep.
pub fn all(bytes: &[u8], wanted: u32) -> Vec<&[u8]> {
    let mut found = Vec::new();
    search(bytes, wanted, DEEPEST, &mut found);
    found
}

/// The value of the first object with this tag, however deep.
pub fn first(bytes: &[u8], wanted: u32) -> Option<&[u8]> {
    all(bytes, wanted).first().copied()
}

/// What a card asks for in a list of tags and lengths (PDOL, CDOL). `None` if it is not such a list.
pub fn wishes(mut list: &[u8]) -> Option<Vec<(u32, usize)>> {
    let mut all = Vec::new();
    while !list.is_empty() {
        let (tag, rest) = tag(list)?;
        let (length, rest) = length(rest)?;
        all.push((tag, length));
        list = rest;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn objects_are_found_however_deep() {
        let bytes = [0x6F, 8, 0xA5, 6, 0x9F, 0x38, 3, 0x9F, 0x02, 6];
        assert_eq!(first(&bytes, 0x9F38), Some(&[0x9F, 0x02, 6][..]));
        assert_eq!(wishes(&[0x9F, 0x02, 6, 0x95, 5]), Some(vec![(0x9F02, 6), (0x95, 5)]));
        assert_eq!(first(&bytes, 0x84), None);
        assert_eq!(objects(&[0x6F, 9, 0]), None, "longer than what came");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_to_an_end(bytes: Vec<u8>) {
            let _ = (objects(&bytes), wishes(&bytes), all(&bytes, 0x9F26));
        }
    }
}
