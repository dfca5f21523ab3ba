//! The bench supply as an attachment: a thread of its own talks to it, and leaves it with its output off.
//!
//! *Safe stop*: an error that it reports, an answer that means nothing, or loss of contact stops it for good: its output is
//! switched off, over a new connection if need be, and tried until it has confirmed that or the session is over. The world
//! is told that the supply is gone; later set points are not passed on. Close and drop do the same.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use models::outside::Outside;
use models::quantity::Millivolts;
use models::wire::InterActorMessage;

use super::supply::Supply;
use crate::adapter::{Adapter, Injector};
use crate::line::{Limits, Trouble};
use crate::target::Target;
use crate::troubles::Troubles;
use crate::worker::{NotTaken, Worker};
use programs::Port;

/// What is set about a bench supply.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `host:port`; 5025 is the usual port.
    pub address: String,
    /// No more than this is ever set, whatever a scenario wants, in millivolts.
    pub max: u32,
    /// What it is told first: its channel (`INST:NSEL 1`), a current limit (`CURR 2`).
    pub first: Vec<String>,
    /// So long after a set point it is measured.
    pub settle: Duration,
    /// It is measured at least so often: contact is watched by that.
    pub watch: Duration,
    /// Limits of each exchange with it.
    pub limits: Limits,
}

/// A 5 V terminal with a margin: what the protection of a sound one survives.
const MOST: u32 = 5_500;

impl Settings {
    /// The usual settings for a supply at this address.
    pub fn at(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            max: MOST,
            first: Vec::new(),
            settle: Duration::from_millis(20),
            watch: Duration::from_secs(1),
            limits: Limits::default(),
        }
    }

    /// Reads `HOST:PORT[,limit=5.5V][,first=CMD;CMD][,settle=20ms][,watch=1s][,patience=2s]`.
    ///
    /// # Errors
    /// If it is not written so.
    pub fn parse(text: &str) -> Result<Self, String> {
        let target = Target::parse(text, &["limit", "first", "settle", "watch", "patience"])?;
        if !target.address.contains(':') {
            return Err(format!("`{}` is not a HOST:PORT", target.address));
        }
        let usual = Self::at(&target.address);
        let first = target.text("first").unwrap_or_default().split(';').map(str::trim);
        Ok(Self {
            max: target.quantity::<Millivolts>("limit")?.map_or(usual.max, |it| it.0),
            first: first.filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            settle: target.duration("settle", usual.settle)?,
            watch: target.duration("watch", usual.watch)?.max(Duration::from_millis(10)),
            limits: Limits {
                patience: target.duration("patience", usual.limits.patience)?,
                ..usual.limits
            },
            address: usual.address,
        })
    }
}

/// A bench supply in the place of a terminal's mains.
#[derive(Debug)]
pub struct Bench {
    port: Port,
    worker: Worker<u32>,
    troubles: Troubles,
}

/// So many set points may wait; of those that wait only the last is set.
const MOST_ORDERS: usize = 1_024;
/// How far apart attempts to reach it again are.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
/// How often it is tried to switch it off after the session is over.
const TRIES_AT_THE_END: u32 = 6;
/// Changes smaller than this are noise of the measurement, in millivolts.
const NOISE: u32 = 10;

impl Bench {
    /// Connects, makes sure that its output is off, and begins to listen.
    ///
    /// # Errors
    /// If it cannot be reached, or does not answer as a supply does.
    pub fn attach(settings: Settings, port: Port, injector: Injector) -> Result<Self, Trouble> {
        let mut supply = Supply::connect(&settings.address, settings.limits, &settings.first)?;
        supply.switch(false)?;
        let troubles = Troubles::default();
        troubles.stands(format!("{}: off", supply.identity()));
        let wire = Wire {
            on: false,
            set: None,
            reported: None,
            supply: Some(supply),
            settings,
            port,
            injector,
            troubles: troubles.clone(),
        };
        let worker = Worker::start(MOST_ORDERS, move |orders| wire.serve(orders));
        Ok(Self { port, worker, troubles })
    }
}

impl Adapter for Bench {
    fn name(&self) -> &str {
        "scpi"
    }
    fn ports(&self) -> Vec<Port> {
        vec![self.port]
    }
    fn deliver(&mut self, _: Port, message: &InterActorMessage) {
        let InterActorMessage::Outside(Outside::Supply { millivolts }) = *message else { return };
        match self.worker.order(millivolts) {
            Err(NotTaken::Full) => self.troubles.add("set points come faster than it takes them"),
            Err(NotTaken::Over) => self.troubles.add("a set point after the end"),
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
            self.troubles.add("its thread broke down: look whether its output is off");
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the thread holds.
struct Wire {
    supply: Option<Supply>,
    settings: Settings,
    port: Port,
    injector: Injector,
    troubles: Troubles,
    on: bool,
    /// What was set; none before the world has said anything.
    set: Option<u32>,
    /// What the world was last told, in millivolts.
    reported: Option<u32>,
}

impl Wire {
    fn serve(mut self, orders: &Receiver<u32>) {
        let ended = self.obey(orders);
        if let Err(why) = ended {
            self.troubles.add(&why);
            self.injector.offer(self.port, InterActorMessage::Outside(Outside::Gone));
            if !self.switch_off(u32::MAX, Some(orders)) {
                self.switch_off(TRIES_AT_THE_END, None);
            }
            // Stopped for good: set points are still taken, so that nobody waits, and come to nothing.
            while orders.recv().is_ok() {}
        } else {
            self.switch_off(TRIES_AT_THE_END, None);
        }
    }

    /// Sets and measures until the session is over.
    fn obey(&mut self, orders: &Receiver<u32>) -> Result<(), Trouble> {
        loop {
            match orders.recv_timeout(self.settings.watch) {
                Ok(first) => {
                    let last = orders.try_iter().last();
                    if last.is_some() {
                        self.troubles.add("a set point was overtaken by the next");
                    }
                    self.apply(last.unwrap_or(first))?;
                    sleep(self.settings.settle);
                    self.measure(true)?;
                }
                Err(RecvTimeoutError::Timeout) => self.measure(false)?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    fn supply(&mut self) -> Result<&mut Supply, Trouble> {
        self.supply.as_mut().ok_or_else(|| Trouble::Lost("not connected".into()))
    }

    fn apply(&mut self, wanted: u32) -> Result<(), Trouble> {
        let set = wanted.min(self.settings.max);
        if set < wanted {
            let limit = self.settings.max;
            self.troubles.add(format!("{wanted} mV were wanted, its limit is {limit} mV"));
        }
        if set > 0 {
            self.supply()?.set(set)?;
        }
        if (set > 0) != self.on {
            self.supply()?.switch(set > 0)?;
            self.on = set > 0;
        }
        self.set = Some(set);
        Ok(())
    }

    /// Tells the world what is delivered: after each set point, and where it has changed.
    fn measure(&mut self, always: bool) -> Result<(), Trouble> {
        let millivolts = self.supply()?.measure()?;
        // Until the world has wanted something, what is delivered is nobody's business.
        let Some(set) = self.set else { return Ok(()) };
        let far = millivolts.abs_diff(set) > set / 20 + 50;
        if far && always {
            self.troubles
                .add("it delivers something else than was set, by more than 5 % and 50 mV");
        }
        let identity = self.supply()?.identity().to_owned();
        self.troubles.stands(format!("{identity}: {set} mV set, {millivolts} mV delivered"));
        if always || self.reported.is_none_or(|it| it.abs_diff(millivolts) >= NOISE) {
            self.reported = Some(millivolts);
            self.injector
                .offer(self.port, InterActorMessage::Outside(Outside::Delivered { millivolts }));
        }
        Ok(())
    }

    /// Switches the output off, over a new connection where the old one fails. False if it could not be confirmed, or the
    /// session ended while it was tried.
    fn switch_off(&mut self, tries: u32, while_open: Option<&Receiver<u32>>) -> bool {
        for attempt in 0..tries {
            if attempt > 0 && !wait(AGAIN_AFTER, while_open) {
                return false;
            }
            if self.supply.is_none() {
                self.supply =
                    Supply::connect(&self.settings.address, self.settings.limits, &[]).ok();
                // Its channel has to be chosen again, but nothing may stand in the way of switching it off.
                if let Some(supply) = &mut self.supply {
                    self.settings.first.iter().for_each(|it| drop(supply.tell(it)));
                }
            }
            match self.supply.as_mut().map(|it| it.switch(false)) {
                Some(Ok(())) => {
                    self.on = false;
                    self.troubles.stands("stopped: its output is off");
                    return true;
                }
                Some(Err(_)) | None => self.supply = None,
            }
        }
        self.troubles.stands("NOT REACHED: switch its output off by hand");
        self.troubles.add("it could not be switched off: do it by hand");
        false
    }
}

/// Waits; false if the session ended meanwhile. Set points that come meanwhile come to nothing.
fn wait(time: Duration, while_open: Option<&Receiver<u32>>) -> bool {
    let Some(orders) = while_open else {
        sleep(time);
        return true;
    };
    let until = Instant::now() + time;
    loop {
        match orders.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}
