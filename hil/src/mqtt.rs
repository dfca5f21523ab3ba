//! Fleet back office in the loop: a real management system listens and commands over an MQTT broker.
//!
//! The simulated back office stays and is listened in on: copies of what it hears go out, and commands that come back go to
//! simulated terminals the way of every command, with that way's delays and losses. Topics and payloads: `docs/mqtt.md`.

mod broker;
mod outbox;
pub mod payload;
mod settings;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use models::operator::{Command, News, OperatorReport};
use models::outside::Outside;
use models::wire::InterActorMessage;
use rumqttc::{Publish, QoS};
use scenarios::Roster;
use sim::ActorId;

use crate::adapter::{Adapter, Injector};
use crate::troubles::Troubles;
use broker::{Broker, Shared};
use outbox::{Message, Outbox};
use payload::{End, Id, Payload, SCHEMA, Session, SessionState, Status, StatusState};
use programs::Port;
pub use settings::Settings;

/// Which terminals there are, by name.
#[derive(Debug)]
struct Names {
    /// Group and name of each terminal; `None` if nothing of it is published.
    all: Vec<Option<(String, String)>>,
    by_name: BTreeMap<String, ActorId>,
}

impl Names {
    fn of(roster: &Roster, only: &[String]) -> Result<Self, String> {
        let mut all = Vec::new();
        let mut by_name = BTreeMap::new();
        for actor in (0..roster.terminals()).map(ActorId) {
            let name = roster.name(actor);
            let group = roster.group_of(actor).map_or("", |it| it.id.as_str()).to_owned();
            let wanted = only.is_empty() || only.contains(&group) || only.contains(&name);
            if wanted {
                by_name.insert(name.clone(), actor);
            }
            all.push(wanted.then_some((group, name)));
        }
        let known = |it: &&String| {
            by_name.contains_key(*it) || roster.groups.iter().any(|group| group.id == **it)
        };
        match only.iter().find(|it| !known(it)) {
            Some(unknown) => Err(format!("only={unknown}: no group and no terminal has that name")),
            None => Ok(Self { all, by_name }),
        }
    }
    fn of_actor(&self, actor: ActorId) -> Option<&(String, String)> {
        self.all.get(actor.0 as usize)?.as_ref()
    }
}

/// Commands that are under way, by their number in the world.
#[derive(Debug, Default)]
struct Commands {
    last: u32,
    under_way: BTreeMap<u32, Id>,
    taken: u64,
    refused: u64,
}

/// A broker beside the back office.
pub struct Mqtt {
    port: Port,
    prefix: String,
    names: Arc<Names>,
    broker: Broker,
    commands: Arc<Mutex<Commands>>,
    session: Session,
    settings: Settings,
    /// Terminals of which a heartbeat was received: their first heartbeat makes them online.
    received: Vec<bool>,
    dropped: u64,
    lost: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whoever panicked while it held the lock left whole values behind.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bytes(payload: &Payload) -> Vec<u8> {
    // Payloads are structs of texts and numbers: there is nothing in them that JSON cannot say.
    serde_json::to_vec(payload).unwrap_or_default()
}

/// One line about the broker at an address, for `posrig doctor`. Nothing is published.
///
/// # Errors
/// If no broker answers there, or it refuses us.
pub fn probe(settings: &Settings) -> Result<String, String> {
    broker::probe(settings)
}

impl Mqtt {
    /// Connects to the broker. `port` is that of the back office; `scenario` names what runs.
    ///
    /// # Errors
    /// If no broker answers, or `only` names nobody.
    pub fn attach(
        settings: Settings,
        port: Port,
        (roster, scenario): (&Roster, &str),
        injector: Injector,
    ) -> Result<Self, String> {
        let names = Arc::new(Names::of(roster, &settings.only)?);
        let (scenario, terminals) = (scenario.to_owned(), roster.terminals());
        let session = Session { schema: SCHEMA, state: SessionState::Running, scenario, terminals };
        let prefix = settings.prefix.clone();
        let commands = Arc::new(Mutex::new(Commands::default()));
        let topics = [format!("{prefix}/+/+/command")];
        let stands = |state| message_of(&prefix, &Session { state, ..session.clone() });
        let outbox = Outbox::new(settings.alarms, settings.queue);
        let hears = Hears {
            port,
            injector,
            prefix: prefix.clone(),
            names: Arc::clone(&names),
            commands: Arc::clone(&commands),
            longest: settings.payload,
            max: settings.commands,
        };
        let broker = Broker::connect(
            &settings,
            &topics,
            (stands(SessionState::Running), stands(SessionState::Lost)),
            outbox,
            Troubles::default(),
            |shared| Box::new(move |publish| hears.hear(publish, &shared)),
        )?;
        let received = vec![false; terminals as usize];
        let (dropped, lost) = (0, 0);
        Ok(Self {
            port,
            prefix,
            names,
            broker,
            commands,
            session,
            settings,
            received,
            dropped,
            lost,
        })
    }

    fn tell(&mut self, told: &OperatorReport) {
        let Some((group, name)) = self.names.of_actor(told.terminal).cloned() else { return };
        if let News::Result { command, end } = told.what {
            let Some(id) = lock(&self.commands).under_way.remove(&command) else { return };
            let result = payload::Result {
                schema: SCHEMA,
                time_ns: Some(told.at.0),
                terminal: name.clone(),
                id: Some(id),
                result: end.into(),
                why: None,
            };
            let topic = format!("{}/{group}/{name}/command/result", self.prefix);
            return self.urgent(topic, &Payload::Result(result), false);
        }
        if let News::Heartbeat(_) = told.what
            && let Some(received @ false) = self.received.get_mut(told.terminal.0 as usize)
        {
            *received = true;
            let (schema, time_ns, terminal) = (SCHEMA, told.at.0, name.clone());
            let state = StatusState::Online;
            let status = Status { schema, time_ns, terminal, state };
            let topic = format!("{}/{group}/{name}/status", self.prefix);
            self.urgent(topic, &Payload::Status(status), true);
        }
        let Some((level, payload)) = payload::told(told, &name) else { return };
        let topic = format!("{}/{group}/{name}/{level}", self.prefix);
        match payload {
            Payload::Heartbeat(_) | Payload::Telemetry(_) => {
                let (payload, qos) = (bytes(&payload), QoS::AtMostOnce);
                let message = Message { topic, payload, qos, retain: false };
                self.dropped += u64::from(!self.broker.shared.outbox.bulk(message));
            }
            Payload::Status(_) => self.urgent(topic, &payload, true),
            _ => self.urgent(topic, &payload, false),
        }
    }

    fn urgent(&mut self, topic: String, payload: &Payload, retain: bool) {
        let (payload, qos) = (bytes(payload), QoS::AtLeastOnce);
        let message = Message { topic, payload, qos, retain };
        self.lost += u64::from(!self.broker.shared.outbox.urgent(message));
    }
}

fn message_of(prefix: &str, session: &Session) -> Message {
    let payload = bytes(&Payload::Session(session.clone()));
    let topic = format!("{prefix}/session");
    Message { topic, payload, qos: QoS::AtLeastOnce, retain: true }
}

/// What listens to commands.
struct Hears {
    port: Port,
    injector: Injector,
    prefix: String,
    names: Arc<Names>,
    commands: Arc<Mutex<Commands>>,
    longest: usize,
    max: usize,
}

impl Hears {
    fn hear(&self, publish: &Publish, shared: &Shared) {
        let levels = publish.topic.strip_prefix(&self.prefix).and_then(|it| it.strip_prefix('/'));
        let mut levels = levels.unwrap_or_default().split('/');
        let (Some(group), Some(name)) = (levels.next(), levels.next()) else { return };
        let Err((id, result, why)) = self.take(publish, group, name) else { return };
        lock(&self.commands).refused += 1;
        let kind = why.as_deref().unwrap_or("for a terminal that does not exist");
        shared.troubles.add(format!("a command was refused: {}", kind_of(kind)));
        let (schema, time_ns, terminal) = (SCHEMA, None, name.to_owned());
        let result = payload::Result { schema, time_ns, terminal, id, result, why };
        let topic = format!("{}/{group}/{name}/command/result", self.prefix);
        let (payload, qos) = (bytes(&Payload::Result(result)), QoS::AtLeastOnce);
        // Whoever sends nonsense without end must not fill the room of alarms.
        if !shared.outbox.bulk(Message { topic, payload, qos, retain: false }) {
            shared.troubles.add("the answer to a refused command was dropped");
        }
    }

    fn take(
        &self,
        publish: &Publish,
        group: &str,
        name: &str,
    ) -> Result<(), (Option<Id>, End, Option<String>)> {
        let refused = |id, why: &str| (id, End::Refused, Some(why.to_owned()));
        if publish.payload.len() > self.longest {
            let why = format!("oversized: a command has at most {} bytes", self.longest);
            return Err(refused(None, &why));
        }
        let read = payload::command(&publish.payload);
        let command = read.map_err(|(id, why)| refused(id, &format!("no command: {why}")))?;
        let id = command.id;
        if publish.retain {
            let why = "retained: it would be carried out again at every start";
            return Err(refused(Some(id), why));
        }
        let known = self.names.by_name.get(name).copied();
        let terminal = known.filter(|it| self.names.of_actor(*it).is_some_and(|it| it.0 == group));
        let Some(terminal) = terminal else { return Err((Some(id), End::UnknownTerminal, None)) };
        let mut commands = lock(&self.commands);
        if commands.under_way.values().any(|it| *it == id) {
            return Err(refused(Some(id), "duplicate: a command with this id is under way"));
        }
        if commands.under_way.len() >= self.max {
            return Err(refused(Some(id), "busy: too many commands are under way"));
        }
        commands.last = commands.last.wrapping_add(1);
        let number = commands.last;
        let order = command.order.into();
        let message =
            InterActorMessage::Outside(Outside::Command(Command { number, terminal, order }));
        // Entered before it is brought in: its result may come at once.
        commands.under_way.insert(number, id.clone());
        if !self.injector.offer(self.port, message) {
            commands.under_way.remove(&number);
            return Err(refused(Some(id), "busy: the session cannot take it now"));
        }
        commands.taken += 1;
        Ok(())
    }
}

/// The part of a reason that is the same for all of its kind.
fn kind_of(why: &str) -> &str {
    why.split(':').next().unwrap_or(why)
}

impl Adapter for Mqtt {
    fn name(&self) -> &str {
        "mqtt"
    }
    fn ports(&self) -> Vec<Port> {
        vec![self.port]
    }
    fn deliver(&mut self, _: Port, message: &InterActorMessage) {
        if let InterActorMessage::Outside(Outside::Report(told)) = message {
            self.tell(told);
        }
    }
    fn status(&self) -> String {
        let shared = &self.broker.shared;
        let connected = shared.connected.load(Ordering::SeqCst);
        let state = if connected { "connected to" } else { "no connection to" };
        let (urgent, bulk) = shared.outbox.waiting();
        let published = shared.published.load(Ordering::Relaxed);
        let commands = lock(&self.commands);
        format!(
            "{state} {}: {published} published, {} waiting, {} dropped; {} commands, {} refused",
            self.settings.address(),
            urgent + bulk,
            self.dropped,
            commands.taken,
            commands.refused
        )
    }
    fn troubles(&self) -> Vec<(String, u64)> {
        let mut all = self.broker.shared.troubles.all();
        let counted = [
            ("heartbeats and reports were dropped: the broker does not keep up", self.dropped),
            ("alarms, states or results were lost: the broker does not keep up", self.lost),
        ];
        let more = counted.into_iter().filter(|(_, times)| *times > 0);
        all.extend(more.map(|(what, times)| (what.to_owned(), times)));
        all
    }
    fn close(&mut self) {
        let session = Session { state: SessionState::Ended, ..self.session.clone() };
        let last = message_of(&self.prefix, &session);
        let (urgent, bulk) = self.broker.close(Some(last), self.settings.linger);
        self.lost += urgent as u64;
        self.dropped += bulk as u64;
    }
}
