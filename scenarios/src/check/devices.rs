//! Settings of devices that contradict each other: a terminal that could never start, a part that never was.

use models::journal::Writing;
use models::quantity::Millivolts;
use models::{Hardware, Part, Software};
use sim::Span;
use sim::quantity::Quantity;

use super::node_ref::NodeRef;
use super::{Checker, sensors};
use crate::diagnostic::Code;
use crate::fleet::TerminalType;
use crate::name::Name;

/// The group, the part and the field of a setting.
type Place = [&'static str; 3];

/// Something that is wrong with a terminal type.
#[derive(Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) code: Code,
    /// The settings that it is about: the first of them that is written is underlined.
    pub(super) places: Vec<Place>,
    /// In words, with `TYPE` for the name of the type.
    pub(super) message: String,
    pub(super) hint: String,
}

impl Checker<'_> {
    /// Each type as it is with all that it takes from its bases; what is wrong with a base is said there.
    pub(super) fn devices(&mut self) {
        let whole = self.whole;
        let map = self.root().field("types");
        for (name, of) in &whole.types {
            let of_base = of.base.as_ref().and_then(|base| whole.types.get(base)).map(findings);
            let node = map.field(name);
            for found in findings(of) {
                if of_base.as_ref().is_none_or(|it| !it.contains(&found)) {
                    self.report(name, &found, &node);
                }
            }
        }
    }

    fn report(&mut self, name: &Name, found: &Finding, node: &NodeRef<'_>) {
        let at = |[group, part, field]: Place| node.field(group).field(part).field(field);
        let nodes: Vec<NodeRef<'_>> = found.places.iter().map(|it| at(*it)).collect();
        let Some(first) = nodes.iter().find(|it| !it.is_missing()).or(nodes.first()) else {
            return;
        };
        let message = found.message.replace("TYPE", name);
        self.error(found.code, first.range(), message, found.hint.clone());
    }
}

fn findings(of: &TerminalType) -> Vec<Finding> {
    let TerminalType { hardware, comms, software, .. } = of;
    let mut found = voltages(hardware);
    found.extend(temperatures(hardware));
    found.extend(sensors::sensors(hardware, comms, software));
    found.extend(lives(hardware));
    found.extend(means(hardware, software));
    found.extend(left_out(of));
    found
}

/// What a setting needs and the type leaves out.
fn left_out(of: &TerminalType) -> Vec<Finding> {
    let needs = |is: bool, part: Part, place: Place, wrong: &str| {
        (is && !of.fits(part)).then(|| Finding {
            code: Code::Contradiction,
            places: vec![place],
            message: format!("type `TYPE` {wrong}"),
            hint: format!("take `{part:?}` out of `fitted: (without: [..])`, or the setting back"),
        })
    };
    let (firmware, display) = (&of.software.firmware, &of.hardware.display);
    let rules = [
        needs(
            firmware.through_phone,
            Part::PhoneLink,
            ["software", "firmware", "through_phone"],
            "reaches its bearers through a phone and has no link to one",
        ),
        needs(
            display.keypad_only,
            Part::Keypad,
            ["hardware", "display", "keypad_only"],
            "is worked by keys alone and has none",
        ),
    ];
    rules.into_iter().flatten().collect()
}

/// A contradiction between two settings of the hardware, each as part and field.
fn contradiction(
    is: bool,
    settings: [[&'static str; 2]; 2],
    wrong: &str,
    hint: &str,
) -> Option<Finding> {
    is.then(|| Finding {
        code: Code::Contradiction,
        places: settings.map(|[part, field]| ["hardware", part, field]).to_vec(),
        message: format!("type `TYPE` {wrong}"),
        hint: hint.to_owned(),
    })
}

/// A terminal has an adapter: what comes from it is extra-low voltage (IEC 61140: direct current up to 120 V).
const MOST_VOLTS: Millivolts = Millivolts(100_000);

fn voltages(hardware: &Hardware) -> Vec<Finding> {
    let Hardware { power, battery, mainboard, tamper, printer, .. } = hardware;
    let nominal = ["power", "nominal"];
    let rules = [
        contradiction(
            mainboard.starts_at > power.nominal,
            [["mainboard", "starts_at"], nominal],
            "does not start at its own supply voltage",
            "`mainboard.starts_at` has to be at most `power.nominal`",
        ),
        contradiction(
            mainboard.brown_out > mainboard.starts_at,
            [["mainboard", "brown_out"], ["mainboard", "starts_at"]],
            "starts below the voltage that holds it down",
            "`brown_out` has to be at most `starts_at`",
        ),
        contradiction(
            mainboard.abnormal_below > power.nominal,
            [["mainboard", "abnormal_below"], nominal],
            "works abnormally at its own supply voltage",
            "`mainboard.abnormal_below` has to be at most `power.nominal`",
        ),
        contradiction(
            power.cuts_off_above < power.nominal,
            [["power", "cuts_off_above"], nominal],
            "is cut off at its own supply voltage",
            "`cuts_off_above` has to be at least `nominal`",
        ),
        contradiction(
            mainboard.endures < power.cuts_off_above,
            [["mainboard", "endures"], ["power", "cuts_off_above"]],
            "dies of a voltage that its protection lets through",
            "`mainboard.endures` has to be at least `power.cuts_off_above`",
        ),
        contradiction(
            battery.capacity.0 > 0 && battery.charges_from > power.nominal,
            [["battery", "charges_from"], nominal],
            "never charges its battery",
            "`battery.charges_from` has to be at most `power.nominal`",
        ),
        contradiction(
            tamper.holds_from > tamper.coin_cell,
            [["tamper", "holds_from"], ["tamper", "coin_cell"]],
            "has a coin cell that does not hold the keys when it is new",
            "`holds_from` has to be at most `coin_cell`",
        ),
        contradiction(
            printer.faint_below > power.nominal,
            [["printer", "faint_below"], nominal],
            "prints faintly at its own supply voltage",
            "`printer.faint_below` has to be at most `power.nominal`",
        ),
    ];
    let fed = (power.nominal > MOST_VOLTS).then(|| Finding {
        code: Code::OutOfRange,
        places: vec![["hardware", "power", "nominal"]],
        message: format!("type `TYPE` is fed with {} mV", power.nominal.0),
        hint: "a terminal is fed with at most 100 V".to_owned(),
    });
    rules.into_iter().flatten().chain(fed).collect()
}

fn temperatures(hardware: &Hardware) -> Vec<Finding> {
    let Hardware { enclosure, mainboard, printer, .. } = hardware;
    let settles_at = enclosure.place.degrees() + mainboard.warms_by.degrees();
    let place = ["enclosure", "place"];
    let rules = [
        contradiction(
            enclosure.heat < enclosure.place,
            [["enclosure", "heat"], place],
            "cools down in its heat",
            "`heat` has to be at least `place`",
        ),
        contradiction(
            enclosure.cold > enclosure.place,
            [["enclosure", "cold"], place],
            "warms up in its cold",
            "`cold` has to be at most `place`",
        ),
        contradiction(
            mainboard.throttles_at > mainboard.shuts_at,
            [["mainboard", "throttles_at"], ["mainboard", "shuts_at"]],
            "switches itself off before it slows down",
            "`throttles_at` has to be at most `shuts_at`",
        ),
        contradiction(
            settles_at >= mainboard.shuts_at.degrees(),
            [["mainboard", "shuts_at"], place],
            "switches itself off where it stands",
            "`shuts_at` has to be above `enclosure.place` and `mainboard.warms_by` together",
        ),
        contradiction(
            printer.resumes_at >= printer.cooldown_at,
            [["printer", "resumes_at"], ["printer", "cooldown_at"]],
            "has a print head that resumes before it has cooled",
            "`resumes_at` has to be below `cooldown_at`",
        ),
        contradiction(
            printer.resumes_at <= enclosure.place,
            [["printer", "resumes_at"], place],
            "has a print head that never cools so far where it stands",
            "`printer.resumes_at` has to be above `enclosure.place`",
        ),
    ];
    rules.into_iter().flatten().collect()
}

fn lives(hardware: &Hardware) -> Vec<Finding> {
    let Hardware { battery, keypad, printer, card_reader, .. } = hardware;
    let out_of_range = |part, field, wrong: &str, hint: &str| Finding {
        code: Code::OutOfRange,
        places: vec![["hardware", part, field]],
        message: format!("`{part}.{field}` of type `TYPE` {wrong}"),
        hint: hint.to_owned(),
    };
    let lives = [
        ("battery", "life", battery.life),
        ("keypad", "life", keypad.life),
        ("printer", "life_in_lines", printer.life_in_lines),
        ("printer", "life_in_cuts", printer.life_in_cuts),
        ("card_reader", "life_in_insertions", card_reader.life_in_insertions),
        ("card_reader", "life_in_swipes", card_reader.life_in_swipes),
    ];
    let rated = [
        ("keypad", "rated", keypad.rated),
        ("printer", "rated_lines", printer.rated_lines),
        ("card_reader", "rated_insertions", card_reader.rated_insertions),
        ("card_reader", "rated_swipes", card_reader.rated_swipes),
    ];
    let no_life = lives
        .into_iter()
        .filter(|(_, _, life)| life.is_some_and(|life| life.uses == 0 || life.shape.0 < 0.1))
        .map(|(part, field, _)| {
            let hint = "set `uses` to 1 or more, and `shape` to 0.1 or more: 2 to 4 wears out";
            out_of_range(part, field, "is not a Weibull life", hint)
        });
    let no_use =
        rated.into_iter().filter(|(_, _, rated)| *rated == Some(0)).map(|(part, field, _)| {
            let hint = "set it to 1 or more, or leave it out: then nobody counts";
            out_of_range(part, field, "is over before the first use", hint)
        });
    no_life.chain(no_use).collect()
}

/// Times between two events: if one is zero, they happen without end at one instant.
fn means(hardware: &Hardware, software: &Software) -> Vec<Finding> {
    let Hardware { power, mainboard, enclosure, printer, .. } = hardware;
    let Software { security, storage, firmware, payment_app, .. } = software;
    let buffered = match payment_app.journal {
        Writing::WrittenAtOnce => None,
        Writing::Buffered(period) => Some(period),
    };
    let resets = "the mean time between resets";
    let constant = "the time constant";
    [
        (["hardware", "power", "contact_gap"], Some(power.contact_gap), "the mean gap"),
        (["hardware", "mainboard", "resets_every"], Some(mainboard.resets_every), resets),
        (
            ["hardware", "mainboard", "abnormal_resets_every"],
            Some(mainboard.abnormal_resets_every),
            resets,
        ),
        (["hardware", "mainboard", "warms_in"], Some(mainboard.warms_in), constant),
        (["hardware", "enclosure", "follows_in"], Some(enclosure.follows_in), constant),
        (["hardware", "printer", "cools_in"], Some(printer.cools_in), constant),
        (["software", "payment_app", "journal"], buffered, "the time between two writings"),
        (
            ["software", "security", "checks_every"],
            Some(security.checks_every),
            "the time between two checks",
        ),
        (
            ["software", "security", "talks_every"],
            Some(security.talks_every),
            "the mean time between two attempts",
        ),
        (["software", "storage", "fills_in"], Some(storage.fills_in), "the time to fill it"),
        (["software", "firmware", "leaks_in"], Some(firmware.leaks_in), "the time to leak"),
    ]
    .into_iter()
    .filter(|(_, span, _)| *span == Some(Span::ZERO))
    .map(|(place, _, what)| Finding {
        code: Code::WrongTimes,
        places: vec![place],
        message: format!("{what} is zero"),
        hint: format!("write a length of time, such as \"{}\"", Span::EXAMPLE),
    })
    .collect()
}
