//! The printer as an attachment: a thread of its own talks to it.
//!
//! Contact that is lost is made again; until then every receipt is lost, and the terminal's printer has stopped.

use std::sync::mpsc::{Receiver, RecvTimeoutError};

use models::hardware::printer::Said;
use models::outside::Outside;
use models::receipt::Receipt;
use models::wire::InterActorMessage;

use super::device::{Device, Outcome};
use super::settings::Settings;
use super::{paper, status};
use crate::adapter::{Adapter, Injector};
use crate::line::Trouble;
use crate::troubles::Troubles;
use crate::worker::{NotTaken, Worker};
use programs::Port;

/// A real printer in the place of a terminal's.
#[derive(Debug)]
pub struct Printer {
    port: Port,
    worker: Worker<(u32, Receipt)>,
    troubles: Troubles,
    injector: Injector,
}

/// So many receipts may wait; further ones are lost at once.
const MOST_WAITING: usize = 64;

impl Printer {
    /// Connects, asks how it is, and begins to listen.
    ///
    /// # Errors
    /// If it cannot be reached, or does not answer as an ESC/POS printer does.
    pub fn attach(settings: Settings, port: Port, injector: Injector) -> Result<Self, Trouble> {
        let mut device = Device::open(&settings)?;
        let said = device.status()?;
        let troubles = Troubles::default();
        let mut wire = Wire {
            device: Some(device),
            settings,
            port,
            injector: injector.clone(),
            troubles: troubles.clone(),
            reported: None,
            printed: 0,
        };
        wire.report(said);
        let worker = Worker::start(MOST_WAITING, move |orders| wire.serve(orders));
        Ok(Self { port, worker, troubles, injector })
    }

    fn refuse(&self, number: u32, why: &str) {
        self.troubles.add(why);
        self.injector
            .offer(self.port, InterActorMessage::Outside(Outside::Printed { number, ok: false }));
    }
}

impl Adapter for Printer {
    fn name(&self) -> &str {
        "escpos"
    }
    fn ports(&self) -> Vec<Port> {
        vec![self.port]
    }
    fn deliver(&mut self, _: Port, message: &InterActorMessage) {
        let InterActorMessage::Outside(Outside::Print { number, receipt }) = *message else {
            return;
        };
        match self.worker.order((number, receipt)) {
            Err(NotTaken::Full) => self.refuse(number, "receipts come faster than it prints them"),
            Err(NotTaken::Over) => self.refuse(number, "a receipt after the end"),
            Ok(()) => {}
        }
    }
    fn status(&self) -> String {
        self.troubles.status()
    }
    fn troubles(&self) -> Vec<(String, u64)> {
        self.troubles.all()
    }
    fn close(&mut self) {
        if !self.worker.end() {
            self.troubles.add("its thread broke down");
        }
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the thread holds.
struct Wire {
    device: Option<Device>,
    settings: Settings,
    port: Port,
    injector: Injector,
    troubles: Troubles,
    /// What the world was last told; none while there is no contact.
    reported: Option<Said>,
    printed: u64,
}

impl Wire {
    fn serve(mut self, orders: &Receiver<(u32, Receipt)>) {
        loop {
            match orders.recv_timeout(self.settings.watch) {
                Ok((number, receipt)) => {
                    let ok = self.print(&receipt);
                    self.say(Outside::Printed { number, ok });
                }
                Err(RecvTimeoutError::Timeout) => {
                    let looked = self.device().and_then(Device::status);
                    match looked {
                        Ok(said) => self.report(said),
                        Err(why) => self.lost(&why),
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn say(&self, outside: Outside) {
        if !self.injector.offer(self.port, InterActorMessage::Outside(outside)) {
            self.troubles.add("the session did not take what it said");
        }
    }

    /// The printer; contact is made anew where it was lost.
    fn device(&mut self) -> Result<&mut Device, Trouble> {
        let device = match self.device.take() {
            Some(device) => device,
            None => Device::open(&self.settings)?,
        };
        Ok(self.device.insert(device))
    }

    /// Tells the world how it is, where that has changed.
    fn report(&mut self, said: Said) {
        let (address, printed) = (&self.settings.address, self.printed);
        let words = status::words(said);
        self.troubles.stands(format!("{address}: {words}, {printed} receipts printed"));
        if self.reported != Some(said) {
            self.reported = Some(said);
            self.say(Outside::Printer(said));
        }
    }

    fn lost(&mut self, why: &Trouble) {
        self.troubles.add(why);
        self.troubles.stands(format!("{}: {why}", self.settings.address));
        // An answer that comes late must not be taken for that to a later question.
        self.device = None;
        if self.reported.take().is_some() {
            self.say(Outside::Gone);
        }
    }

    /// What the printer says of a receipt after it was given up must not be taken for the next one.
    fn give_up_on_it(&mut self, said: Said) -> bool {
        self.report(said);
        self.device = None;
        false
    }

    /// True if it came out whole.
    fn print(&mut self, receipt: &Receipt) -> bool {
        let bytes = paper::bytes(receipt, &self.settings.layout);
        let settings = self.settings.clone();
        let outcome = self.device().and_then(|it| it.print(&bytes, &settings));
        match outcome {
            Ok(Outcome::Printed(said)) => {
                self.printed += 1;
                self.report(said);
                true
            }
            Ok(Outcome::Blocked(said)) => {
                self.troubles.add(format!("a receipt did not come out: {}", status::words(said)));
                self.report(said);
                false
            }
            Ok(Outcome::BrokenOff(said)) => {
                self.troubles.add(format!("a receipt was broken off: {}", status::words(said)));
                self.give_up_on_it(said)
            }
            Ok(Outcome::Unconfirmed(said)) => {
                self.troubles.add("it did not say in time that a receipt was out");
                self.give_up_on_it(said)
            }
            Err(why) => {
                self.lost(&why);
                false
            }
        }
    }
}
