//! What can be attached, and how it is written: `KIND[:WHOSE]=ADDRESS[,key=value]…`.
//!
//! A new kind of attachment is one entry of [`KINDS`].

use std::fmt;
use std::net::TcpListener;

use models::Part;
use scenarios::Roster;
use sim::ActorId;

use crate::adapter::{Adapter, Injector, Port};
use crate::iso8583::{Dialect, Server, server};
use crate::{escpos, scpi};

/// An adapter, or why there is none.
pub type Opened = Result<Box<dyn Adapter>, String>;

/// A kind of attachment.
pub struct Kind {
    /// Its name on the command line.
    pub name: &'static str,
    /// The part in whose place it stands.
    pub part: Part,
    /// What stands there, in a few words.
    pub what: &'static str,
    /// How its address is written.
    pub syntax: &'static str,
    /// It serves many terminals over one address.
    pub many: bool,
    check: fn(&str) -> Result<(), String>,
    open: fn(&str, &[Port], Injector) -> Opened,
    probe: fn(&str) -> Result<String, String>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All kinds.
pub const KINDS: &[Kind] = &[TERMINAL, PRINTER, SUPPLY];

const TERMINAL: Kind = Kind {
    name: "iso8583-server",
    part: Part::PaymentApp,
    what: "real terminals, or programs that behave like one, in the place of payment applications",
    syntax: "[HOST:]PORT[,dialect=unionpay][,connections=256][,patience=10s][,f41=TEXT][,f42=TEXT]",
    many: true,
    check: |address| {
        let settings = server::Settings::parse(address)?;
        Dialect::load(&settings.dialect).map(drop).map_err(|why| why.to_string())
    },
    open: |address, ports, injector| {
        let server = Server::attach(&server::Settings::parse(address)?, ports, injector)?;
        Ok(Box::new(server))
    },
    probe: |address| {
        let settings = server::Settings::parse(address)?;
        let free = TcpListener::bind(&settings.address);
        free.map(|_| format!("{} is free; terminals can connect there", settings.address))
            .map_err(|why| format!("cannot listen at {}: {why}", settings.address))
    },
};

const PRINTER: Kind = Kind {
    name: "escpos",
    part: Part::Printer,
    what: "a receipt printer that speaks ESC/POS in the place of a terminal's",
    syntax: "HOST:PORT or /dev/TTY, then [,baud=9600][,watch=1s][,patience=2s][,prints=20s][,confirm=yes][,cut=yes][,merchant=TEXT]",
    many: false,
    check: |address| escpos::Settings::parse(address).map(drop),
    open: |address, ports, injector| {
        let [port] = ports else { return Err("it stands for one terminal".into()) };
        let printer = escpos::Printer::attach(escpos::Settings::parse(address)?, *port, injector);
        printer.map(|it| Box::new(it) as Box<dyn Adapter>).map_err(|why| why.to_string())
    },
    probe: |address| escpos::probe(&escpos::Settings::parse(address)?),
};

const SUPPLY: Kind = Kind {
    name: "scpi",
    part: Part::Power,
    what: "a programmable bench supply in the place of a terminal's mains",
    syntax: "HOST:PORT[,limit=5.5V][,first=CMD;CMD][,settle=20ms][,watch=1s][,patience=2s]",
    many: false,
    check: |address| scpi::Settings::parse(address).map(drop),
    open: |address, ports, injector| {
        let [port] = ports else { return Err("it stands for one terminal".into()) };
        let bench = scpi::Bench::attach(scpi::Settings::parse(address)?, *port, injector);
        bench.map(|it| Box::new(it) as Box<dyn Adapter>).map_err(|why| why.to_string())
    },
    probe: |address| {
        let settings = scpi::Settings::parse(address)?;
        let supply = scpi::Supply::connect(&settings.address, settings.limits, &[]);
        supply.map(|it| it.identity().to_owned()).map_err(|why| why.to_string())
    },
};

/// One attachment, as it was asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    kind: &'static Kind,
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
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The ports in a fleet that it stands for.
    ///
    /// # Errors
    /// If nobody is called so, or it is not said whose part it is where there are several.
    pub fn ports(&self, roster: &Roster) -> Result<Vec<Port>, String> {
        let refuse = |why: String| format!("`{self}`: {why}");
        let whose = match &self.whose {
            Some(name) => named(name, roster).map_err(refuse)?,
            None => (0..roster.terminals()).map(ActorId).collect(),
        };
        if whose.len() > 1 && !self.kind.many {
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
    pub fn open(&self, ports: &[Port], injector: Injector) -> Opened {
        (self.kind.open)(&self.address, ports, injector).map_err(|why| format!("`{self}`: {why}"))
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
    use scenarios::{Options, Run, Source, load_text};

    use super::*;

    fn with_roster(then: impl FnOnce(&Roster)) {
        let text = r#"Scenario(schema: 1, name: "t", intent: "who is meant?", duration: "1h", quiet: "1min",
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
            assert_eq!(wanted("scpi:lanes-2=a:1").ports(roster), Ok(vec![port(2)]));
            assert_eq!(wanted("scpi:front-desk=a:1").ports(roster), Ok(vec![port(3)]));
            assert_eq!(wanted("scpi:front-desk-0=a:1").ports(roster), Ok(vec![port(3)]));
            let why = wanted("scpi:lanes=a:1").ports(roster).unwrap_err();
            assert!(why.ends_with("these are 3; write `scpi:lanes-0=…`"), "{why}");
            let why = wanted("scpi:lane-0=a:1").ports(roster).unwrap_err();
            assert!(
                why.contains("no terminal is called `lane-0`; there is lanes (lanes-0 to lanes-2)")
            );
            assert!(wanted("scpi:lanes-3=a:1").ports(roster).is_err());
        });
    }

    #[test]
    fn mistakes_say_what_there_is() {
        let wrong = |text| Wanted::parse(text).unwrap_err();
        assert!(wrong("scpi").contains("KIND[:WHOSE]=ADDRESS"));
        assert!(
            wrong("spi=a:1")
                .contains("`spi` cannot be attached; there is iso8583-server, escpos, scpi")
        );
        assert!(wrong("scpi=bench").contains("`bench` is no HOST:PORT; write HOST:PORT["));
    }
}
