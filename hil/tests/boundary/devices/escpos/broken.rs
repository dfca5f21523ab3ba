//! Printers that are broken, slow, silent or mean no good.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use hil::Adapter;
use hil::escpos::{Printer, Settings, probe};
use models::hardware::printer::{Paper, Said};
use models::outside::Outside;

use super::{attached, came_out, hasty, order, told};

/// What a printer of the test does.
#[derive(Clone, Debug)]
pub(super) struct Manners {
    /// What it answers to `DLE EOT 1` to `4`.
    pub(super) answers: [u8; 4],
    /// What it answers to `DLE EOT 1` to `4` once it has been told to go on.
    recovers: Option<[u8; 4]>,
    /// What it says once a receipt has been sent to it.
    in_the_middle: Option<[u8; 4]>,
    /// It answers `GS r`.
    confirms: bool,
    /// It hangs up as soon as a receipt is sent to it.
    hangs_up: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            answers: [0x12; 4],
            recovers: None,
            in_the_middle: None,
            confirms: true,
            hangs_up: false,
        }
    }
}

pub(super) type Shared = Arc<Mutex<Manners>>;

/// A printer that behaves so, for one caller after the other, and what it was sent.
pub(super) fn printer(manners: &Shared) -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let (manners, sent) = (manners.clone(), Arc::new(Mutex::new(Vec::new())));
    let received = sent.clone();
    thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            serve(stream, &manners, &received);
        }
    });
    (address, sent)
}

fn serve(mut stream: TcpStream, manners: &Shared, received: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 4_096];
    while let Ok(read) = stream.read(&mut buffer) {
        if read == 0 {
            return;
        }
        let mut rest = &buffer[..read];
        received.lock().expect("not poisoned").extend(rest);
        let mut manners = manners.lock().expect("not poisoned");
        while let Some((first, after)) = rest.split_first() {
            let answer = match rest {
                [0x10, 4, n @ 1..=4, ..] => Some(manners.answers[usize::from(*n) - 1]),
                [0x10, 5, 2, ..] => {
                    manners.answers = manners.recovers.unwrap_or(manners.answers);
                    None
                }
                [0x1B, b'@', ..] if manners.hangs_up => return,
                [0x1B, b'@', ..] => {
                    manners.answers = manners.in_the_middle.unwrap_or(manners.answers);
                    None
                }
                [0x1D, b'r', 1, ..] if manners.confirms => Some(0),
                _ => None,
            };
            if answer.is_some_and(|it| stream.write_all(&[it]).is_err()) {
                return;
            }
            let known = match (first, answer) {
                (_, Some(_)) => 3,
                _ => 1,
            };
            rest = rest.get(known..).unwrap_or(after);
        }
    }
}

pub(super) fn shared(manners: Manners) -> Shared {
    Arc::new(Mutex::new(manners))
}

#[test]
fn paper_that_ends_in_the_middle_loses_the_receipt_and_takes_back_what_waits() {
    let manners = shared(Manners {
        in_the_middle: Some([0x1A, 0x32, 0x12, 0x7E]),
        confirms: false,
        ..Manners::default()
    });
    let (address, sent) = printer(&manners);
    let (mut printer, arrivals) = attached(hasty(&address));
    order(&mut printer, 1);
    let said = told(&arrivals, |it| matches!(it, Outside::Printed { .. }));
    let out = Said { paper: Paper::Out, ..Said::default() };
    let printed = Outside::Printed { number: 1, ok: false };
    assert_eq!(said, [Outside::Printer(Said::default()), Outside::Printer(out), printed]);
    let drops = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08";
    // The other end reads when it comes to it.
    let by = Instant::now() + Duration::from_secs(10);
    while !sent.lock().expect("not poisoned").windows(10).any(|it| it == drops) {
        assert!(Instant::now() < by, "what waits was not taken back");
        thread::sleep(Duration::from_millis(10));
    }

    // A second receipt is not even sent.
    let before = sent.lock().expect("not poisoned").iter().filter(|it| **it == b'@').count();
    order(&mut printer, 2);
    assert!(!came_out(&arrivals, 2));
    assert_eq!(sent.lock().expect("not poisoned").iter().filter(|it| **it == b'@').count(), before);
    *manners.lock().expect("not poisoned") = Manners::default();
    told(&arrivals, |it| it == Outside::Printer(Said::default()));
    order(&mut printer, 3);
    assert!(came_out(&arrivals, 3));
    printer.close();
    let troubles = ["a receipt did not come out: paper out", "a receipt was broken off: paper out"];
    assert_eq!(printer.troubles(), troubles.map(|it| (it.to_owned(), 1)));
}

#[test]
fn each_thing_that_can_be_wrong_is_told_apart() {
    let well = Said::default();
    for (answers, said) in [
        ([0x1A, 0x16, 0x12, 0x12], Said { cover_open: true, ..well }),
        ([0x12, 0x12, 0x12, 0x1E], Said { paper: Paper::NearEnd, ..well }),
        ([0x1A, 0x52, 0x1A, 0x12], Said { cutter_blocked: true, ..well }),
        ([0x1A, 0x52, 0x52, 0x12], Said { hot: true, ..well }),
        ([0x1A, 0x52, 0x32, 0x12], Said { stopped: true, ..well }),
    ] {
        let (address, _) = printer(&shared(Manners { answers, ..Manners::default() }));
        let (mut printer, arrivals) = attached(hasty(&address));
        assert_eq!(told(&arrivals, |_| true), [Outside::Printer(said)]);
        order(&mut printer, 1);
        assert_eq!(came_out(&arrivals, 1), said.paper == Paper::NearEnd, "{said:?}");
    }
}

#[test]
fn a_cutter_that_somebody_has_freed_is_told_to_go_on() {
    let stuck = [0x1A, 0x52, 0x1A, 0x12];
    let manners = Manners { answers: stuck, recovers: Some([0x12; 4]), ..Manners::default() };
    let (address, _) = printer(&shared(manners));
    let (mut printer, arrivals) = attached(hasty(&address));
    order(&mut printer, 1);
    assert!(came_out(&arrivals, 1));
}

#[test]
fn who_does_not_confirm_is_not_believed_unless_asked_to() {
    let manners = shared(Manners { confirms: false, ..Manners::default() });
    let (address, _) = printer(&manners);
    let (mut unsure, arrivals) = attached(hasty(&address));
    order(&mut unsure, 1);
    assert!(!came_out(&arrivals, 1));
    unsure.close();
    assert!(unsure.troubles().iter().any(|it| it.0.contains("did not say in time")));
    let (mut trusting, arrivals) = attached(Settings { confirm: false, ..hasty(&address) });
    order(&mut trusting, 1);
    assert!(came_out(&arrivals, 1));
}

#[test]
fn a_line_that_breaks_loses_the_receipt_and_is_made_again() {
    let manners = shared(Manners { hangs_up: true, ..Manners::default() });
    let (address, _) = printer(&manners);
    let (mut printer, arrivals) = attached(hasty(&address));
    order(&mut printer, 1);
    let said = told(&arrivals, |it| matches!(it, Outside::Printed { .. }));
    assert_eq!(said[1..], [Outside::Gone, Outside::Printed { number: 1, ok: false }]);
    manners.lock().expect("not poisoned").hangs_up = false;
    told(&arrivals, |it| it == Outside::Printer(Said::default()));
    order(&mut printer, 2);
    assert!(came_out(&arrivals, 2));
}

/// A peer that does the same whatever it is asked.
fn peer(does: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(does));
    address
}

#[test]
fn what_is_no_printer_is_refused_in_time() {
    let refused = |address: &str| {
        let began = Instant::now();
        let why = probe(&hasty(address)).expect_err("it is not a printer");
        assert!(began.elapsed() < Duration::from_secs(3), "{why}");
        why
    };
    let silent = peer(|stream| {
        thread::sleep(Duration::from_secs(2));
        drop(stream);
    });
    assert!(refused(&silent).ends_with("no answer in time"));
    let garbage = peer(|mut stream| drop(stream.write_all(&[0xFF; 64])));
    assert!(refused(&garbage).contains(r"\xff"));
    let endless = peer(|mut stream| while stream.write_all(&[0x12; 4_096]).is_ok() {});
    assert!(refused(&endless).contains("without an end"));
    let slow = peer(|mut stream| {
        for _ in 0..10 {
            thread::sleep(Duration::from_millis(200));
            // XON: it says something, but never answers.
            let _ = stream.write_all(&[0x11]);
        }
    });
    assert!(refused(&slow).ends_with("no answer in time"));
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = nobody.local_addr().expect("its address").to_string();
    drop(nobody);
    assert!(refused(&address).contains("no contact"));
    assert!(refused("/dev/no-such-printer").contains("no contact"));
}

#[test]
fn receipts_that_nobody_takes_fill_no_memory() {
    let (address, _) = printer(&shared(Manners { confirms: false, ..Manners::default() }));
    let (mut printer, arrivals) = attached(hasty(&address));
    (1..=1_000).for_each(|number| order(&mut printer, number));
    assert!(!came_out(&arrivals, 1_000), "it is told at once that the last will not come out");
    assert!(printer.troubles().iter().any(|(what, times)| what.contains("faster") && *times > 900));
    // The thread has a queue to work off: the test does not wait for it.
    std::mem::forget::<Printer>(printer);
}

#[test]
fn settings_are_read_and_mistakes_are_named() {
    let read = Settings::parse("/dev/ttyUSB0,baud=19200,confirm=no,merchant=Kiosk 4,prints=5s");
    let read = read.expect("it is well written");
    assert_eq!((read.baud, read.confirm, read.layout.cut), (19_200, false, true));
    assert_eq!(
        (read.layout.merchant.as_str(), read.prints_in),
        ("Kiosk 4", Duration::from_secs(5))
    );
    let wrong = |text| Settings::parse(text).unwrap_err();
    assert_eq!(wrong("printer"), "`printer` is neither HOST:PORT nor the path of a serial line");
    assert_eq!(wrong("a:1,baud=9600"), "baud: only a serial line has a speed");
    assert_eq!(wrong("a:1,cut=maybe"), "cut=`maybe`: yes or no");
}
