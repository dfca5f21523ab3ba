//! What can be attached, and how it is written: `KIND[:WHOSE]=ADDRESS[,key=value]…`.
//!
//! A new kind of attachment is one entry of [`KINDS`].

mod kinds;

use std::fmt;

use scenarios::Roster;
use sim::ActorId;

use crate::adapter::Injector;
pub use kinds::{AttachmentKind, KINDS, Opened, Place, Reach};
use programs::Port;

/// One attachment, as it was asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    kind: &'static AttachmentKind,
    whose: Option<String>,
    address: String,
    text: String,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Wanted {
    /// Reads `KIND[:WHOSE]=ADDRESS[,key=value]…`.
    ///
    /// # Errors
    /// If it is not written so, there is no such kind, or the kind cannot read its address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refuse = |why: &str| format!("`{text}`: {why}");
        let (head, address) = text
            .split_once('=')
            .ok_or_else(|| refuse("an attachment is written KIND[:WHOSE]=ADDRESS"))?;
        let (name, whose) = match head.split_once(':') {
            Some((name, whose)) => (name.trim(), Some(whose.trim().to_owned())),
            None => (head.trim(), None),
        };
        let kind = KINDS.iter().find(|it| it.name == name).ok_or_else(|| {
            let known: Vec<&str> = KINDS.iter().map(|it| it.name).collect();
            refuse(&format!("`{name}` cannot be attached; there is {}", known.join(", ")))
        })?;
        (kind.check)(address).map_err(|why| refuse(&format!("{why}; write {}", kind.syntax)))?;
        let (address, text) = (address.to_owned(), text.to_owned());
        Ok(Self { kind, whose, address, text })
    }

    /// Its kind.
    pub fn kind(&self) -> &'static AttachmentKind {
        self.kind
    }

    /// The ports in a fleet that it stands for.
    ///
    /// # Errors
    /// If nobody is called so, or it is not said whose part it is where there are several.
    pub fn ports(&self, roster: &Roster) -> Result<Vec<Port>, String> {
        let refuse = |why: String| format!("`{self}`: {why}");
        if let Reach::Hub(hub) = self.kind.reach {
            let known = roster.hubs.iter().find(|(_, name)| name == hub);
            return match (known, self.whose.as_deref()) {
                (Some((actor, _)), None) => Ok(vec![Port::new(*actor, self.kind.part)]),
                _ => {
                    let name = self.kind.name;
                    Err(refuse(format!(
                        "it stands for the {hub}, and there is one: write `{name}=…`"
                    )))
                }
            };
        }
        let whose = match &self.whose {
            Some(name) => named(name, roster).map_err(refuse)?,
            None => (0..roster.terminals()).map(ActorId).collect(),
        };
        if whose.len() > 1 && self.kind.reach == Reach::One {
            let example = whose.first().map_or_else(String::new, |it| roster.name(*it));
            let name = self.kind.name;
            return Err(refuse(format!(
                "it stands for one terminal, and these are {}; write `{name}:{example}=…`",
                whose.len()
            )));
        }
        Ok(whose.into_iter().map(|actor| Port::new(actor, self.kind.part)).collect())
    }

    /// Reaches the real thing.
    ///
    /// # Errors
    /// If it cannot be reached, or is not what it should be.
    pub fn open(&self, place: &Place<'_>, injector: Injector) -> Opened {
        (self.kind.open)(&self.address, place, injector).map_err(|why| format!("`{self}`: {why}"))
    }

    /// What answers there, in one line. It changes nothing at the real thing.
    ///
    /// # Errors
    /// If nothing does, or not as it should.
    pub fn probe(&self) -> Result<String, String> {
        (self.kind.probe)(&self.address)
    }
}

/// Terminals by the name of one (`lanes-3`) or of a group.
fn named(name: &str, roster: &Roster) -> Result<Vec<ActorId>, String> {
    if let Some(group) = roster.groups.iter().find(|it| it.id == name) {
        return Ok((group.first..group.first + group.count).map(ActorId).collect());
    }
    let single = name.rsplit_once('-').and_then(|(group, number)| {
        let group = roster.groups.iter().find(|it| it.id == group)?;
        let number = number.parse::<u32>().ok().filter(|it| *it < group.count)?;
        Some(vec![ActorId(group.first + number)])
    });
    single.ok_or_else(|| {
        let groups: Vec<String> = roster
            .groups
            .iter()
            .map(|it| format!("{} ({0}-0 to {0}-{})", it.id, it.count.saturating_sub(1)))
            .collect();
        format!("no terminal is called `{name}`; there is {}", groups.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use models::Part;
    use scenarios::{Options, Run, Source, load_text};

    use super::*;

    fn with_roster(then: impl FnOnce(&Roster)) {
        let text = r#"Scenario(schema: 2, name: "t", intent: "who is meant?", duration: "1h", drain: "1min",
            fleet: [(id: "lanes", count: 3), (id: "front-desk", count: 1)])"#;
        let loaded = load_text("t.ron", text).expect("it is sound");
        let source = Source { scenario: &loaded.scenario, path: "t.ron", text };
        then(&Run::begin(source, &Options::default(), 1).expect("it can be put together").roster);
    }

    #[test]
    fn terminals_are_found_by_their_names() {
        let wanted = |text| Wanted::parse(text).expect("it is well written");
        with_roster(|roster| {
            let port = |number| Port::new(ActorId(number), Part::Power);
            // By name, not by place in the scenario: the front desk comes first.
            assert_eq!(wanted("scpi:lanes-2=a:1").ports(roster), Ok(vec![port(3)]));
            assert_eq!(wanted("scpi:front-desk=a:1").ports(roster), Ok(vec![port(0)]));
            assert_eq!(wanted("scpi:front-desk-0=a:1").ports(roster), Ok(vec![port(0)]));
            let why = wanted("scpi:lanes=a:1").ports(roster).unwrap_err();
            assert!(why.ends_with("these are 3; write `scpi:lanes-0=…`"), "{why}");
            let why = wanted("scpi:lane-0=a:1").ports(roster).unwrap_err();
            assert!(
                why.contains("no terminal is called `lane-0`; there is lanes (lanes-0 to lanes-2)")
            );
            assert!(wanted("scpi:lanes-3=a:1").ports(roster).is_err());
            let gateway = Port::new(ActorId(4), Part::Gateway);
            assert_eq!(wanted("iso8583-client=a:1").ports(roster), Ok(vec![gateway]));
            let why = wanted("iso8583-client:lanes=a:1").ports(roster).unwrap_err();
            assert!(why.ends_with("write `iso8583-client=…`"), "{why}");
            let back_office = wanted("mqtt=a").ports(roster).map(|it| it.len());
            assert_eq!(back_office, Ok(1));
        });
    }

    #[test]
    fn mistakes_say_what_there_is() {
        let wrong = |text| Wanted::parse(text).unwrap_err();
        assert!(wrong("scpi").contains("KIND[:WHOSE]=ADDRESS"));
        assert!(
            wrong("spi=a:1").contains(
                "`spi` cannot be attached; there is iso8583-server, iso8583-client, mqtt"
            )
        );
        assert!(wrong("scpi=bench").contains("`bench` is not a HOST:PORT; write HOST:PORT["));
    }
}
