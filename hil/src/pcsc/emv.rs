//! The terminal's side of a payment with a chip card, as EMV (volumes 1 and 3) says: which application, what it wants to know,
//! what it holds, and its cryptogram.
//!
//! What is left out: the check of the card's certificates and the customer's PIN. The issuer's answer is the scenario's, so
//! the card is asked once, for a request to its issuer.

use std::fmt;

use super::tlv::{all, first, wishes};
use crate::line::shown;

/// Whatever answers commands.
pub trait Chip {
    /// A command, and the whole answer with its status.
    ///
    /// # Errors
    /// If no answer comes.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Problem>;
}

/// Why there is no cryptogram.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Problem {
    /// No card was presented.
    Absent,
    /// It answers nothing.
    Mute,
    /// It was taken out.
    TornOut,
    /// It answers something that means nothing: to which step, and what.
    Nonsense(&'static str, String),
    /// The reader itself cannot be reached.
    NoReader(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("no card was presented"),
            Self::Mute => f.write_str("the card answers nothing"),
            Self::TornOut => f.write_str("the card was taken out"),
            Self::Nonsense(step, came) => write!(f, "to {step} the card answered `{came}`"),
            Self::NoReader(why) => write!(f, "the reader cannot be reached: {why}"),
        }
    }
}

/// What is to be paid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// In minor units.
    pub amount: u64,
    /// ISO 4217 number.
    pub currency: u16,
    /// Without contacts.
    pub contactless: bool,
    /// The terminal's unpredictable number. It is the reader's count, so that a session can be told again.
    pub number: u32,
}

/// What a card has said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Consent {
    /// Its application.
    pub aid: Vec<u8>,
    /// Its number, masked.
    pub masked: String,
    /// Records that it holds for this payment.
    pub records: u32,
    /// What its cryptogram is: 0x80 asks the issuer, 0x40 agrees, 0x00 refuses.
    pub information: u8,
    /// Its count of payments.
    pub counter: u16,
    /// Its cryptogram.
    pub cryptogram: u64,
}

impl Consent {
    /// It refuses the payment.
    pub fn refuses(&self) -> bool {
        self.information & 0xC0 == 0
    }
}

/// So many records are read: a card that lists more does not mean it.
const MOST_RECORDS: u32 = 64;
/// So often an answer is fetched in pieces.
const MOST_PIECES: u32 = 16;
/// Applications that are tried where a card has no directory: those of the large schemes, UnionPay first.
const KNOWN: [&[u8]; 4] = [
    &[0xA0, 0, 0, 3, 0x33, 1, 1],
    &[0xA0, 0, 0, 0, 3, 0x10, 0x10],
    &[0xA0, 0, 0, 0, 4, 0x10, 0x10],
    &[0xA0, 0, 0, 0, 0x25, 1],
];
const OK: u16 = 0x9000;

fn nonsense(step: &'static str, came: &[u8]) -> Problem {
    Problem::Nonsense(step, shown(came))
}

/// The data of an answer and its status; fetches what the card holds back (T=0).
fn exchange(
    chip: &mut dyn Chip,
    step: &'static str,
    command: &[u8],
) -> Result<(Vec<u8>, u16), Problem> {
    let mut command = command.to_vec();
    let mut data = Vec::new();
    for _ in 0..MOST_PIECES {
        let mut answer = chip.transmit(&command)?;
        let (Some(low), Some(high)) = (answer.pop(), answer.pop()) else {
            return Err(nonsense(step, &answer));
        };
        data.extend(answer);
        match high {
            0x61 => command = vec![command[0] & 3, 0xC0, 0, 0, low],
            // A wrong length: the card says the right one.
            0x6C => {
                command.truncate(4);
                command.push(low);
            }
            _ => return Ok((data, u16::from_be_bytes([high, low]))),
        }
    }
    Err(nonsense(step, &data))
}

/// The data of an answer that has to be a good one.
fn good(chip: &mut dyn Chip, step: &'static str, command: &[u8]) -> Result<Vec<u8>, Problem> {
    match exchange(chip, step, command)? {
        (data, OK) => Ok(data),
        (_, status) => Err(Problem::Nonsense(step, format!("{status:04X}"))),
    }
}

fn with_data(head: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
    let data = &data[..usize::from(length)];
    [&head[..], &[length], data, &[0]].concat()
}

fn select(name: &[u8]) -> Vec<u8> {
    with_data([0, 0xA4, 4, 0], name)
}

fn read_record(number: u8, file: u8) -> [u8; 5] {
    [0, 0xB2, number, file << 3 | 4, 0]
}

/// The applications of a card, in its order.
fn applications(chip: &mut dyn Chip, contactless: bool) -> Result<Vec<Vec<u8>>, Problem> {
    const STEP: &str = "SELECT of its directory";
    let name: &[u8] = if contactless { b"2PAY.SYS.DDF01" } else { b"1PAY.SYS.DDF01" };
    let (directory, status) = exchange(chip, STEP, &select(name))?;
    if status != OK {
        return Ok(KNOWN.map(<[u8]>::to_vec).into());
    }
    let mut found: Vec<Vec<u8>> = all(&directory, 0x4F).into_iter().map(<[u8]>::to_vec).collect();
    if let Some(&[file @ 1..=30]) = first(&directory, 0x88) {
        for number in 1..=10 {
            let command = read_record(number, file);
            let (record, status) = exchange(chip, "READ RECORD of its directory", &command)?;
            if status != OK {
                break;
            }
            found.extend(all(&record, 0x4F).into_iter().map(<[u8]>::to_vec));
        }
    }
    if found.is_empty() {
        return Err(nonsense(STEP, &directory));
    }
    Ok(found)
}

/// Digits as two a byte, filled with zeros in front, or cut there.
fn decimal(mut number: u64, bytes: usize) -> Vec<u8> {
    let mut out = vec![0; bytes];
    for byte in out.iter_mut().rev() {
        *byte = (number % 10 + (number / 10 % 10) * 16) as u8;
        number /= 100;
    }
    out
}

/// What a card asks for. What a terminal does not know is as many zeros.
fn answer(terms: &Terms, list: &[u8], step: &'static str) -> Result<Vec<u8>, Problem> {
    let mut out = Vec::new();
    for (tag, length) in wishes(list).ok_or_else(|| nonsense(step, list))? {
        let value = match tag {
            0x9F02 => decimal(terms.amount, 6),
            // China, where the scenarios are.
            0x9F1A => decimal(156, 2),
            0x5F2A => decimal(terms.currency.into(), 2),
            // Attended, online with an offline list.
            0x9F35 => vec![0x22],
            // The first day of a run; cards check expiry by it.
            0x9A => vec![0x26, 0x01, 0x01],
            0x9F37 => terms.number.to_be_bytes().to_vec(),
            // Without contacts: EMV, online cryptogram wanted.
            0x9F66 => vec![0x26, 0, 0, 0],
            _ => Vec::new(),
        };
        // EMV: numbers are filled and cut in front; what is unknown is zeros.
        let from = value.len().saturating_sub(length);
        out.extend(std::iter::repeat_n(0, length.saturating_sub(value.len())));
        out.extend(&value[from..]);
        if out.len() > 252 {
            return Err(nonsense(step, list));
        }
    }
    Ok(out)
}

/// The number of the card, masked: the first six digits and the last four.
fn masked(records: &[u8]) -> String {
    let number = first(records, 0x5A).or_else(|| first(records, 0x57)).unwrap_or_default();
    let digits = number.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits: Vec<char> =
        digits.map_while(|it| char::from_digit(it.into(), 10)).take(19).collect();
    if digits.len() < 12 {
        return "no number".into();
    }
    let end = digits.len() - 4;
    let mask = |(at, digit): (usize, &char)| if (6..end).contains(&at) { '*' } else { *digit };
    digits.iter().enumerate().map(mask).collect()
}

/// What is said to options: the application's profile is not used; where its records are.
fn options(chip: &mut dyn Chip, data: &[u8]) -> Result<Vec<u8>, Problem> {
    const STEP: &str = "GET PROCESSING OPTIONS";
    let length = u8::try_from(data.len()).map_err(|_| nonsense(STEP, data))?;
    let data = [&[0x83, length][..], data].concat();
    let options = good(chip, STEP, &with_data([0x80, 0xA8, 0, 0], &data))?;
    let plain = first(&options, 0x80).and_then(|it| it.get(2..));
    let located = first(&options, 0x94).or(plain).filter(|it| it.len() % 4 == 0);
    located.map(<[u8]>::to_vec).ok_or_else(|| nonsense(STEP, &options))
}

fn records(chip: &mut dyn Chip, located: &[u8]) -> Result<(Vec<u8>, u32), Problem> {
    const STEP: &str = "READ RECORD";
    let (mut held, mut count) = (Vec::new(), 0);
    for entry in located.chunks_exact(4) {
        for number in entry[1]..=entry[2] {
            count += 1;
            if count > MOST_RECORDS {
                return Err(nonsense(STEP, located));
            }
            let record = good(chip, STEP, &read_record(number, entry[0] >> 3))?;
            // A record that is not an object would make all others unreadable.
            super::tlv::objects(&record).ok_or_else(|| nonsense(STEP, &record))?;
            held.extend(record);
        }
    }
    Ok((held, count))
}

/// Asks a card for its consent to a payment.
///
/// # Errors
/// If it does not give a cryptogram.
pub fn consent(chip: &mut dyn Chip, terms: &Terms) -> Result<Consent, Problem> {
    const CRYPTOGRAM: &str = "GENERATE AC";
    let mut chosen = None;
    for aid in applications(chip, terms.contactless)? {
        let (about, status) = exchange(chip, "SELECT of an application", &select(&aid))?;
        if status == OK {
            chosen = Some((aid, about));
            break;
        }
    }
    let Some((aid, about)) = chosen else {
        return Err(Problem::Nonsense("SELECT", "no application".into()));
    };
    let wanted = first(&about, 0x9F38).unwrap_or_default();
    let wanted = answer(terms, wanted, "SELECT of an application")?;
    let located = options(chip, &wanted)?;
    let (held, records) = records(chip, &located)?;
    let wanted = first(&held, 0x8C).ok_or_else(|| nonsense("READ RECORD", b"no CDOL1"))?;
    let wanted = answer(terms, wanted, "READ RECORD")?;
    // 0x80: a cryptogram with which the issuer is asked.
    let answered = good(chip, CRYPTOGRAM, &with_data([0x80, 0xAE, 0x80, 0], &wanted))?;
    let plain = first(&answered, 0x80).unwrap_or_default();
    let part = |tag, at: std::ops::Range<usize>| first(&answered, tag).or_else(|| plain.get(at));
    let parts = (part(0x9F27, 0..1), part(0x9F36, 1..3), part(0x9F26, 3..11));
    let (Some(&[information]), Some(counter), Some(cryptogram)) = parts else {
        return Err(nonsense(CRYPTOGRAM, &answered));
    };
    let counter = counter.try_into().map(u16::from_be_bytes);
    let cryptogram = cryptogram.try_into().map(u64::from_be_bytes);
    let (Ok(counter), Ok(cryptogram)) = (counter, cryptogram) else {
        return Err(nonsense(CRYPTOGRAM, &answered));
    };
    Ok(Consent { aid, masked: masked(&held), records, information, counter, cryptogram })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Answers the same, whatever it is asked.
    struct Parrot(Vec<Vec<u8>>, usize);

    impl Chip for Parrot {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, Problem> {
            let answer = self.0.get(self.1 % self.0.len().max(1)).cloned();
            self.1 += 1;
            assert!(self.1 < 10_000, "it comes to an end");
            answer.ok_or(Problem::Mute)
        }
    }

    const TERMS: Terms = Terms { amount: 1_234, currency: 156, contactless: false, number: 7 };

    #[test]
    fn what_a_card_asks_for_is_answered_in_its_length() {
        let list = [0x9F, 0x02, 6, 0x5F, 0x2A, 2, 0x9F, 0x37, 4, 0x95, 5, 0x9F, 0x02, 2];
        let answer = answer(&TERMS, &list, "a list").expect("it is a list");
        assert_eq!(answer[..6], [0, 0, 0, 0, 0x12, 0x34]);
        assert_eq!(answer[6..12], [0x01, 0x56, 0, 0, 0, 7]);
        assert_eq!(answer[12..], [0, 0, 0, 0, 0, 0x12, 0x34], "zeros, then cut in front");
    }

    #[test]
    fn a_card_number_is_masked() {
        let track = [0x57, 8, 0x62, 0x25, 0x88, 0x12, 0x34, 0x56, 0x78, 0x9D];
        assert_eq!(masked(&track), "622588*****6789");
        assert_eq!(masked(&[0x5A, 2, 0x12, 0x34]), "no number");
    }

    #[test]
    fn a_card_that_always_holds_back_is_left() {
        let mut chip = Parrot(vec![vec![0x61, 0x10]], 0);
        assert!(matches!(consent(&mut chip, &TERMS), Err(Problem::Nonsense(..))));
    }

    proptest! {
        #[test]
        fn whatever_a_card_answers_there_is_an_end(answers: Vec<Vec<u8>>, good: bool) {
            let status = if good { vec![0x90, 0] } else { Vec::new() };
            let answers = answers.into_iter().map(|it| [it, status.clone()].concat()).collect();
            let _ = consent(&mut Parrot(answers, 0), &TERMS);
        }
    }
}
