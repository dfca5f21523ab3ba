//! The printer: receipts come out of an emulator that others wrote, a library that others wrote reads them, and what a
//! printer says or fails to say is what the terminal sees.

mod broken;
mod emulated;
mod judged;
mod recorded;

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use hil::escpos::{Printer, Settings};
use hil::{Adapter, Arrival, Injector};
use models::Part;
use models::money::Money;
use models::outside::Outside;
use models::receipt::Receipt;
use models::wire::{InterActorMessage, Pan};

use crate::devices::rig::port;

/// A receipt of the card's account 7.
fn receipt() -> Receipt {
    let pan = Pan::of(3, 7);
    Receipt {
        lines: 24,
        pan,
        amount: Money(1_234),
        currency: 156,
        stan: 9,
        rrn: 77,
        ..Receipt::default()
    }
}

/// Settings that do not keep a test waiting.
fn hasty(address: &str) -> Settings {
    Settings {
        watch: Duration::from_millis(50),
        patience: Duration::from_millis(400),
        prints_in: Duration::from_millis(1_500),
        ..Settings::at(address)
    }
}

/// A printer without a session: what the world would be told comes out here.
fn attached(settings: Settings) -> (Printer, Receiver<Arrival>) {
    let (injector, arrivals) = Injector::new();
    let printer = Printer::attach(settings, port(Part::Printer), injector);
    (printer.unwrap_or_else(|why| panic!("it answers: {why}")), arrivals)
}

fn order(printer: &mut Printer, number: u32) {
    let print = Outside::Print { number, receipt: receipt() };
    printer.deliver(port(Part::Printer), &InterActorMessage::Outside(print));
}

/// Waits until the world is told this; returns everything that it is told until then.
fn told(arrivals: &Receiver<Arrival>, wanted: impl Fn(Outside) -> bool) -> Vec<Outside> {
    let by = Instant::now() + Duration::from_secs(10);
    let mut all = Vec::new();
    loop {
        let left = by.saturating_duration_since(Instant::now());
        let arrival = arrivals.recv_timeout(left);
        let arrival = arrival.unwrap_or_else(|_| panic!("it did not come, only {all:?}"));
        let InterActorMessage::Outside(outside) = arrival.message else { panic!("{arrival:?}") };
        all.push(outside);
        if wanted(outside) {
            return all;
        }
    }
}

/// Waits for what becomes of a receipt.
fn came_out(arrivals: &Receiver<Arrival>, wanted: u32) -> bool {
    let of = |it| matches!(it, Outside::Printed { number, .. } if number == wanted);
    matches!(told(arrivals, of).pop(), Some(Outside::Printed { ok: true, .. }))
}
