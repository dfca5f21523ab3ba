//! The reader as an attachment. A thread of its own keeps the time; another one speaks to PC/SC, whose calls cannot be
//! called off: a card that never answers costs that thread, and the next dialogue begins on a new one.

use std::ffi::{CStr, CString};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use models::hardware::card_reader::CardRead;
use models::outside::Outside;
use models::wire::{InterActorMessage, Method};
use pcsc::{Card, Context, Disposition, Error, Protocols, Scope, ShareMode};

use super::Settings;
use super::emv::{Chip, Consent, Problem, Terms, consent};
use crate::adapter::{Adapter, Injector};
use crate::troubles::Troubles;
use crate::worker::{NotTaken, Worker};
use programs::Port;

/// What kind of trouble an error of PC/SC is.
fn problem(why: Error) -> Problem {
    match why {
        Error::NoSmartcard => Problem::Absent,
        Error::RemovedCard | Error::ResetCard => Problem::TornOut,
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::ProtoMismatch | Error::Timeout => {
            Problem::Mute
        }
        Error::CommError | Error::NotTransacted => Problem::TornOut,
        other => Problem::NoReader(other.to_string()),
    }
}

/// A card in a reader, and how many of its answers have come.
struct Inserted {
    card: Card,
    answers: Arc<AtomicU32>,
}

impl Chip for Inserted {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Problem> {
        let mut buffer = [0; pcsc::MAX_BUFFER_SIZE];
        let answer = self.card.transmit(command, &mut buffer).map_err(problem)?.to_vec();
        if answer.is_empty() {
            // A card's answer ends with two bytes of status. Some drivers say by none at all that it has been taken out.
            return Err(Problem::TornOut);
        }
        self.answers.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }
}

/// The first reader whose name holds this text.
fn find(context: &Context, name: &str) -> Result<CString, Problem> {
    let all = context.list_readers_owned().map_err(|why| Problem::NoReader(why.to_string()))?;
    let holds = |it: &CString| it.to_string_lossy().contains(name);
    all.into_iter().find(holds).ok_or_else(|| {
        Problem::NoReader(if name.is_empty() {
            "there is none".into()
        } else {
            format!("none is called `{name}`")
        })
    })
}

fn context() -> Result<Context, Problem> {
    Context::establish(Scope::User).map_err(|why| Problem::NoReader(why.to_string()))
}

/// Waits for a card until this moment.
fn insert(context: &Context, reader: &CStr, by: Instant) -> Result<Card, Problem> {
    loop {
        match context.connect(reader, ShareMode::Shared, Protocols::ANY) {
            Ok(card) => return Ok(card),
            Err(Error::NoSmartcard | Error::RemovedCard) if Instant::now() < by => {
                sleep(Duration::from_millis(50));
            }
            Err(Error::RemovedCard) => return Err(Problem::Absent),
            Err(why) => return Err(problem(why)),
        }
    }
}

/// A whole dialogue with whatever card is presented.
fn hold(settings: &Settings, terms: &Terms, answers: Arc<AtomicU32>) -> Result<Consent, Problem> {
    let context = context()?;
    let reader = find(&context, &settings.name)?;
    // A reader without a card is left a little earlier than one with a card that does not answer.
    let by = Instant::now() + settings.patience / 2;
    let mut card = Inserted { card: insert(&context, &reader, by)?, answers };
    let outcome = consent(&mut card, terms);
    let _ = card.card.disconnect(Disposition::ResetCard);
    outcome
}

/// Asks a reader who it is; speaks to no card.
///
/// # Errors
/// If PC/SC or the reader is not there.
pub fn probe(settings: &Settings) -> Result<String, String> {
    let found = context().and_then(|it| find(&it, &settings.name));
    let reader = found.map_err(|why| why.to_string())?;
    Ok(format!("PC/SC reader: {}", reader.to_string_lossy()))
}

type Order = (u32, Terms);

/// A reader at PC/SC in the place of a terminal's.
#[derive(Debug)]
pub struct Reader {
    port: Port,
    worker: Worker<Order>,
    troubles: Troubles,
    injector: Injector,
}

/// A terminal presents one card at a time; what waits longer is not a customer.
const MOST_WAITING: usize = 8;
/// So many threads may hang in calls that do not come back, before no further dialogue is begun.
const MOST_STUCK: usize = 4;

impl Reader {
    /// Finds the reader and begins to listen.
    ///
    /// # Errors
    /// If PC/SC or the reader is not there.
    pub fn attach(settings: Settings, port: Port, injector: Injector) -> Result<Self, String> {
        let troubles = Troubles::default();
        troubles.stands(probe(&settings)?);
        let (told, outside) = (troubles.clone(), injector.clone());
        let thread = ReaderThread {
            settings,
            port,
            injector: outside,
            troubles: told,
            gone: false,
            stuck: Vec::new(),
            read: 0,
        };
        let worker = Worker::start(MOST_WAITING, move |orders| thread.serve(orders));
        Ok(Self { port, worker, troubles, injector })
    }
}

impl Adapter for Reader {
    fn name(&self) -> &str {
        "pcsc"
    }
    fn ports(&self) -> Vec<Port> {
        vec![self.port]
    }
    fn deliver(&mut self, _: Port, message: &InterActorMessage) {
        let InterActorMessage::Outside(Outside::Present { number, method, amount, currency }) =
            *message
        else {
            return;
        };
        let amount = u64::try_from(amount.0).unwrap_or_default();
        let contactless = method == Method::Contactless;
        let order = (number, Terms { amount, currency, contactless, number });
        let why = match self.worker.order(order) {
            Ok(()) => return,
            Err(NotTaken::Full) => "cards come faster than it reads them",
            Err(NotTaken::Over) => "a card after the end",
        };
        self.troubles.add(why);
        let read = CardRead::Mute;
        self.injector.offer(self.port, InterActorMessage::Outside(Outside::Card { number, read }));
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

impl Drop for Reader {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the thread that keeps the time holds.
struct ReaderThread {
    settings: Settings,
    port: Port,
    injector: Injector,
    troubles: Troubles,
    /// The world was told that the reader cannot be reached.
    gone: bool,
    /// Dialogues that did not come back in time.
    stuck: Vec<JoinHandle<()>>,
    read: u64,
}

impl ReaderThread {
    fn serve(mut self, orders: &Receiver<Order>) {
        loop {
            match orders.recv_timeout(self.settings.watch) {
                Ok((number, terms)) => {
                    let read = self.present(terms);
                    self.say(Outside::Card { number, read });
                }
                Err(RecvTimeoutError::Timeout) => match probe(&self.settings) {
                    Ok(_) => self.there(true),
                    Err(why) => {
                        if !self.gone {
                            self.troubles.add(why);
                        }
                        self.there(false);
                    }
                },
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn say(&self, outside: Outside) {
        if !self.injector.offer(self.port, InterActorMessage::Outside(outside)) {
            self.troubles.add("the session did not take what it said");
        }
    }

    fn there(&mut self, there: bool) {
        if there == self.gone {
            self.gone = !there;
            self.say(if there { Outside::Back } else { Outside::Gone });
        }
    }

    fn present(&mut self, terms: Terms) -> CardRead {
        self.stuck.retain(|it| !it.is_finished());
        if self.stuck.len() >= MOST_STUCK {
            self.troubles.add("too many dialogues hang: none is begun");
            return CardRead::Mute;
        }
        let answers = Arc::new(AtomicU32::new(0));
        let (settings, counted) = (self.settings.clone(), answers.clone());
        let (done, outcome) = sync_channel(1);
        let thread = spawn(move || {
            // Nobody may be waiting for it any more.
            let _ = done.send(hold(&settings, &terms, counted));
        });
        let outcome = match outcome.recv_timeout(self.settings.patience) {
            Ok(outcome) => outcome,
            Err(_) => {
                self.stuck.push(thread);
                let begun = answers.load(Ordering::Relaxed) > 0;
                self.troubles.add(if begun {
                    "the card did not come to an end in time"
                } else {
                    "the card did not begin to answer in time"
                });
                return if begun { CardRead::Slow } else { CardRead::Mute };
            }
        };
        self.judge(outcome)
    }

    fn judge(&mut self, outcome: Result<Consent, Problem>) -> CardRead {
        match outcome {
            Ok(consent) => {
                self.there(true);
                self.read += 1;
                let (card, times) = (&consent.masked, self.read);
                self.troubles.stands(format!("{card}, {times} cards read"));
                if consent.refuses() {
                    self.troubles.add("a card refused the payment");
                    return CardRead::Refused;
                }
                CardRead::Read
            }
            Err(problem) => {
                self.troubles.add(&problem);
                match problem {
                    Problem::Absent => CardRead::Absent,
                    Problem::Mute => CardRead::Mute,
                    Problem::TornOut => CardRead::TornOut,
                    Problem::Nonsense(..) => CardRead::Nonsense,
                    Problem::NoReader(_) => {
                        self.there(false);
                        CardRead::Mute
                    }
                }
            }
        }
    }
}
