//! Every kind of attachment: what it stands for, how its address is written, how it is reached.

use std::fmt;
use std::net::TcpListener;

use models::Part;
use scenarios::Roster;

use crate::adapter::{Adapter, Injector};
use crate::iso8583::{Client, Dialect, Server, client, server};
use crate::mqtt::{self, Mqtt};
#[cfg(feature = "pcsc")]
use crate::pcsc;
use crate::{escpos, scpi};
use programs::Port;

/// An adapter, or why there is none.
pub type Opened = Result<Box<dyn Adapter>, String>;

/// How many parts something stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// One terminal's.
    One,
    /// Those of many terminals, over one address.
    Many,
    /// There is only one, and this is its name.
    Hub(&'static str),
}

/// Where something is attached.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The ports that it serves.
    pub ports: &'a [Port],
    /// Who is who.
    pub roster: &'a Roster,
    /// What runs: the name of the scenario.
    pub scenario: &'a str,
}

impl Place<'_> {
    fn only(&self) -> Result<Port, String> {
        let [port] = self.ports else { return Err("it stands for one part".to_owned()) };
        Ok(*port)
    }
}

/// A kind of attachment.
pub struct AttachmentKind {
    /// Its name on the command line.
    pub name: &'static str,
    /// The part in whose place it stands.
    pub part: Part,
    /// What stands there, in a few words.
    pub what: &'static str,
    /// How its address is written.
    pub syntax: &'static str,
    /// How many parts it stands for.
    pub reach: Reach,
    pub(super) check: fn(&str) -> Result<(), String>,
    pub(super) open: fn(&str, &Place<'_>, Injector) -> Opened,
    pub(super) probe: fn(&str) -> Result<String, String>,
}

impl fmt::Debug for AttachmentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All kinds.
pub const KINDS: &[AttachmentKind] = &[
    TERMINAL,
    HOST,
    BACK_OFFICE,
    PRINTER,
    SUPPLY,
    #[cfg(feature = "pcsc")]
    CARD,
];

const TERMINAL: AttachmentKind = AttachmentKind {
    name: "iso8583-server",
    part: Part::PaymentApp,
    what: "real terminals, or programs that behave like one, in the place of payment applications",
    syntax: "[HOST:]PORT[,dialect=unionpay][,connections=256][,patience=10s][,f41=TEXT][,f42=TEXT][,cert=FILE,key=FILE]",
    reach: Reach::Many,
    check: |address| {
        let settings = server::Settings::parse(address)?;
        Dialect::load(&settings.dialect).map(drop).map_err(|why| why.to_string())
    },
    open: |address, place, injector| {
        let server = Server::attach(&server::Settings::parse(address)?, place.ports, injector)?;
        Ok(Box::new(server))
    },
    probe: |address| {
        let settings = server::Settings::parse(address)?;
        let free = TcpListener::bind(&settings.address);
        free.map(|_| format!("{} is free; terminals can connect there", settings.address))
            .map_err(|why| format!("cannot listen at {}: {why}", settings.address))
    },
};

const HOST: AttachmentKind = AttachmentKind {
    name: "iso8583-client",
    part: Part::Gateway,
    what: "a real gateway or host, or a program that behaves like one, in the place of the gateway",
    syntax: "HOST:PORT[,dialect=unionpay][,connections=1][,backoff=500ms][,max_backoff=30s][,patience=10s][,queue=4096][,sign_on=no][,ca=FILE][,name=HOST]",
    reach: Reach::Hub("gateway"),
    check: |address| {
        let settings = client::Settings::parse(address)?;
        Dialect::load(&settings.dialect).map(drop).map_err(|why| why.to_string())
    },
    open: |address, place, injector| {
        Ok(Box::new(Client::attach(&client::Settings::parse(address)?, place.only()?, injector)?))
    },
    probe: |address| client::probe(&client::Settings::parse(address)?),
};

const PRINTER: AttachmentKind = AttachmentKind {
    name: "escpos",
    part: Part::Printer,
    what: "a receipt printer that speaks ESC/POS in the place of a terminal's",
    syntax: "HOST:PORT or /dev/TTY, then [,baud=9600][,watch=1s][,patience=2s][,prints=20s][,confirm=yes][,cut=yes][,merchant=TEXT]",
    reach: Reach::One,
    check: |address| escpos::Settings::parse(address).map(drop),
    open: |address, place, injector| {
        let printer =
            escpos::Printer::attach(escpos::Settings::parse(address)?, place.only()?, injector);
        printer.map(|it| Box::new(it) as Box<dyn Adapter>).map_err(|why| why.to_string())
    },
    probe: |address| escpos::probe(&escpos::Settings::parse(address)?),
};

const SUPPLY: AttachmentKind = AttachmentKind {
    name: "scpi",
    part: Part::Power,
    what: "a programmable bench supply in the place of a terminal's mains",
    syntax: "HOST:PORT[,limit=5.5V][,first=CMD;CMD][,settle=20ms][,watch=1s][,patience=2s]",
    reach: Reach::One,
    check: |address| scpi::Settings::parse(address).map(drop),
    open: |address, place, injector| {
        let bench = scpi::Bench::attach(scpi::Settings::parse(address)?, place.only()?, injector);
        bench.map(|it| Box::new(it) as Box<dyn Adapter>).map_err(|why| why.to_string())
    },
    probe: |address| {
        let settings = scpi::Settings::parse(address)?;
        let supply = scpi::Supply::connect(&settings.address, settings.limits, &[]);
        supply.map(|it| it.identity().to_owned()).map_err(|why| why.to_string())
    },
};

const BACK_OFFICE: AttachmentKind = AttachmentKind {
    name: "mqtt",
    part: Part::BackOffice,
    what: "a fleet back office at a broker of MQTT, beside the simulated one",
    syntax: "HOST[:PORT][,only=NAME+NAME][,prefix=posrig/v1][,client=posrig][,user=NAME][,password_env=VARIABLE][,queue=4096][,alarms=65536][,payload=4096][,commands=1024][,patience=5s][,linger=3s]",
    reach: Reach::Hub("back office"),
    check: |address| mqtt::Settings::parse(address).map(drop),
    open: |address, place, injector| {
        let settings = mqtt::Settings::parse(address)?;
        let about = (place.roster, place.scenario);
        Ok(Box::new(Mqtt::attach(settings, place.only()?, about, injector)?))
    },
    probe: |address| mqtt::probe(&mqtt::Settings::parse(address)?),
};

#[cfg(feature = "pcsc")]
const CARD: AttachmentKind = AttachmentKind {
    name: "pcsc",
    part: Part::CardReader,
    what: "a card reader at PC/SC, with a real card or a virtual one, in the place of a terminal's",
    syntax: "PART OF ITS NAME[,patience=5s][,watch=1s]",
    reach: Reach::One,
    check: |address| pcsc::Settings::parse(address).map(drop),
    open: |address, place, injector| {
        let settings = pcsc::Settings::parse(address)?;
        Ok(Box::new(pcsc::Reader::attach(settings, place.only()?, injector)?))
    },
    probe: |address| pcsc::probe(&pcsc::Settings::parse(address)?),
};
