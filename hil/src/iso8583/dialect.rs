//! A dialect of ISO 8583 as data: how messages are framed and coded, and what their fields are used for.
//!
//! The two that are built in are files like any other: `hil/dialects/unionpay.ron` and `hil/dialects/iso8583-1987-ascii.ron`.

mod check;
mod form;
mod usage;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use form::Rule;
pub use form::{Bitmap, Coding, Codings, Digits, Field, FieldKind, Pad, Size};
pub use usage::{
    Class, Mac, NetworkCodes, Pair, Piece, Pieces, ResponseCodes, Reversals, Shared, Timers, Type,
    Use,
};

use super::framing::Framing;

/// A dialect's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DialectFile {
    /// What it is called.
    pub name: String,
    /// Where it comes from and what it is like.
    pub about: String,
    /// How messages are laid out in a stream.
    pub framing: Framing,
    /// How the message type is written.
    pub mti: Digits,
    /// How bitmaps are written.
    pub bitmap: Bitmap,
    /// It has fields 65 to 128.
    pub secondary: bool,
    /// How fields are coded.
    pub coding: Codings,
    /// Its fields.
    pub fields: BTreeMap<u8, Field>,
    /// The message types.
    pub types: BTreeMap<Use, Pair>,
    /// Further types of requests that are understood, such as repetitions; the type of the response is ten more.
    #[serde(default)]
    pub also: BTreeMap<Type, Use>,
    /// Fields that a response leaves out.
    #[serde(default)]
    pub not_in_responses: Vec<u8>,
    /// The first seven characters of F42; the number of the terminal follows.
    pub acceptor: String,
    /// Which fields hold what the standard leaves to the parties.
    pub shared: Shared,
    /// Codes of network management.
    pub network: NetworkCodes,
    /// Response codes (F39).
    pub response_codes: ResponseCodes,
    /// Reversals.
    pub reversals: Reversals,
    /// Times.
    pub timers: Timers,
    /// Authentication of messages, in F64, or F128 of a message with fields beyond 64.
    #[serde(default)]
    pub mac: Option<Mac>,
}

/// A dialect that has been read and checked.
#[derive(Clone, Debug)]
pub struct Dialect {
    file: DialectFile,
    rules: Vec<Option<Rule>>,
}

/// Why a dialect cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    /// The file, as it was named.
    pub file: String,
    /// Line and column, where they are known.
    pub place: Option<(usize, usize)>,
    /// What is wrong, and how to correct it.
    pub why: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.file, self.why),
            None => write!(f, "{}: {}", self.file, self.why),
        }
    }
}

impl std::error::Error for Refused {}

/// The dialects that are built in, by name.
const BUILT_IN: [(&str, &str); 2] = [
    ("unionpay", include_str!("../../dialects/unionpay.ron")),
    ("iso8583-1987-ascii", include_str!("../../dialects/iso8583-1987-ascii.ron")),
];

/// The longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

impl Dialect {
    /// Names of the dialects that are built in.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A dialect that is built in, or one from a file.
    ///
    /// # Errors
    /// If there is neither, or the file is wrong: where, and what to do.
    pub fn load(name_or_path: &str) -> Result<Self, Refused> {
        if let Some((name, text)) = BUILT_IN.iter().find(|(name, _)| *name == name_or_path) {
            return Self::read(name, text);
        }
        let refuse = |why| Refused { file: name_or_path.to_owned(), place: None, why };
        let file = File::open(Path::new(name_or_path)).map_err(|why| {
            let known: Vec<&str> = Self::names().collect();
            refuse(format!(
                "no such dialect is built in ({}), and the file cannot be read: {why}",
                known.join(", ")
            ))
        })?;
        let mut text = String::new();
        let read = file.take(LONGEST + 1).read_to_string(&mut text);
        read.map_err(|why| refuse(format!("cannot be read: {why}")))?;
        if text.len() as u64 > LONGEST {
            return Err(refuse(format!("is longer than {LONGEST} bytes: this is not a dialect")));
        }
        Self::read(name_or_path, &text)
    }

    /// A dialect from a text; `file` is what messages call it.
    ///
    /// # Errors
    /// If it is wrong: where, and what to do.
    pub fn read(file: &str, text: &str) -> Result<Self, Refused> {
        use ron::extensions::Extensions;
        let extensions = Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES;
        let options = ron::Options::default().with_default_extension(extensions);
        let read: DialectFile = options.from_str(text).map_err(|why| Refused {
            file: file.to_owned(),
            place: Some((why.span.start.line, why.span.start.col)),
            why: why.code.to_string(),
        })?;
        Self::new(read).map_err(|why| Refused { file: file.to_owned(), place: None, why })
    }

    /// A dialect of these rules.
    ///
    /// # Errors
    /// If two rules contradict each other: which, and what to do.
    pub fn new(file: DialectFile) -> Result<Self, String> {
        check::check(&file)?;
        let rule = |number| file.fields.get(&number).map(|field: &Field| field.rule(&file.coding));
        let rules = (0..=super::fields::LAST as u8).map(rule).collect();
        Ok(Self { file, rules })
    }

    /// What its file says.
    pub fn file(&self) -> &DialectFile {
        &self.file
    }

    /// How messages are laid out in a stream.
    pub fn framing(&self) -> &Framing {
        &self.file.framing
    }

    pub(crate) fn rule(&self, number: u8) -> Option<&Rule> {
        self.rules.get(usize::from(number))?.as_ref()
    }

    /// The types of a use; every use has them.
    pub fn types(&self, what: Use) -> Pair {
        let none = Pair { request: Type(*b"0000"), response: Type(*b"0000") };
        self.file.types.get(&what).copied().unwrap_or(none)
    }

    /// What a message of this type is for, and whether it is a response. `None` if the dialect does not know it.
    pub fn what(&self, mti: [u8; 4]) -> Option<(Use, bool)> {
        let mti = Type(mti);
        let usual = self.file.types.iter().find_map(|(what, pair)| match mti {
            _ if pair.request == mti => Some((*what, false)),
            _ if pair.response == mti => Some((*what, true)),
            _ => None,
        });
        usual.or_else(|| {
            let (also, what) =
                self.file.also.iter().find(|(it, _)| **it == mti || response_to(it.0) == mti.0)?;
            Some((*what, *also != mti))
        })
    }
}

/// The type of the response to a request: ten more, and no repetition.
pub(crate) fn response_to(mti: [u8; 4]) -> [u8; 4] {
    let [version, class, function, origin] = mti;
    // Origins 1, 3 and 5 are repetitions of 0, 2 and 4.
    [version, class, function + 1, origin & !1]
}

#[cfg(test)]
mod tests {
    use models::wire::ResponseCode;

    use super::*;

    const TEXT: &str = BUILT_IN[0].1;

    fn refused(from: &str, to: &str) -> String {
        assert!(TEXT.contains(from), "{from}");
        Dialect::read("mine.ron", &TEXT.replacen(from, to, 1)).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn those_that_are_built_in_are_right() {
        for name in Dialect::names() {
            let dialect = Dialect::load(name).unwrap_or_else(|why| panic!("{why}"));
            assert_eq!(dialect.file().name, name);
        }
    }

    #[test]
    fn a_file_of_ones_own_is_read() {
        let path = format!("{}/dialects/unionpay.ron", env!("CARGO_MANIFEST_DIR"));
        let dialect = Dialect::load(&path).unwrap();
        assert_eq!(dialect.file(), Dialect::load("unionpay").unwrap().file());
        let why = Dialect::load("unionpai").unwrap_err().to_string();
        assert!(why.starts_with("unionpai: no such dialect is built in (unionpay, "), "{why}");
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        assert_eq!(
            refused("bitmap: Binary", "bitmap: Binay"),
            "mine.ron:15:13: Unexpected variant named `Binay` in enum `Bitmap`, expected either `Binary` or `Hex` instead"
        );
        assert!(refused("mti: Bcd,", "mti: Bcd, mtu: 1,").contains("mine.ron:14:"));
        assert!(
            refused("\"0200\"", "\"200\"")
                .contains("\"200\" is not a message type: it has four digits")
        );
    }

    #[test]
    fn rules_that_contradict_each_other_are_refused() {
        let cases = [
            ("bytes: 2", "bytes: 3", "framing.length.bytes is 3: it is 2 or 4"),
            (
                "longest: 2048",
                "longest: 70000",
                "framing.longest is 70000: it is from 64 to 65535 here",
            ),
            (
                "size: LL(19)",
                "size: LL(119)",
                "field 2 (card number): its size is 119; it is 1 to 99 here",
            ),
            (
                "64: (name",
                "70: (name",
                "field 70 (message authentication code): only a dialect with `secondary: true` has it",
            ),
            (
                "kind: N, size: Fixed(6)",
                "kind: B, size: Fixed(6)",
                "field 3 must be of kind n and hold 6",
            ),
            ("        11: (name", "        10: (name", "field 11 is missing: payments need it"),
            (
                "response: \"0230\"",
                "response: \"0210\"",
                "types: \"0210\" stands for Advice and for Request",
            ),
            ("\"0201\"", "\"0211\"", "also: 0211 is not a request of a payment"),
            (
                "Original(6)",
                "Original(26)",
                "shared: 36 characters do not fit field 61 (N, Three(29))",
            ),
            ("system: [\"06\"", "system: [\"00\"", "response_codes: 00 is Success and System"),
            (
                "64: (name: \"message authentication code\", kind: B",
                "64: (name: \"code\", kind: An",
                "mac: field 64 must be of kind B and size Fixed(8)",
            ),
            (
                "acceptor: \"8983100\"",
                "acceptor: \"898\"",
                "acceptor has seven letters or digits; the terminal's number follows",
            ),
        ];
        for (from, to, why) in cases {
            assert_eq!(
                refused(from, to).replace('"', ""),
                format!("mine.ron: {why}").replace('"', "")
            );
        }
    }

    #[test]
    fn types_and_codes_have_their_meaning() {
        let dialect = Dialect::load("unionpay").unwrap();
        assert_eq!(dialect.what(*b"0200"), Some((Use::Request, false)));
        assert_eq!(dialect.what(*b"0430"), Some((Use::Reversal, true)));
        assert_eq!(dialect.what(*b"0421"), Some((Use::Reversal, false)));
        assert_eq!(dialect.what(*b"0600"), None);
        assert_eq!(response_to(*b"0401"), *b"0410");
        let codes = &dialect.file().response_codes;
        let class = |code: &[u8; 2]| codes.class(ResponseCode(*code));
        assert_eq!(
            [class(b"00"), class(b"51"), class(b"98")],
            [Class::Success, Class::Fail, Class::System]
        );
        assert_eq!(
            [class(b"A0"), class(b"41"), class(b"ZZ")],
            [Class::Retry, Class::Act, Class::Fail]
        );
    }
}
