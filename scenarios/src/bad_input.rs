//! What a user sees of each kind of mistake: its place, its words, its hint.

use std::path::Path;

use proptest::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::load::{LONGEST, load, load_text};

/// A sound scenario.
const SOUND: &str = r#"// A day in a shop.
Scenario(
    schema: 1,
    name: "quiet",
    intent: "does the shop sell?",
    duration: "1d",
    warmup: "1h",
    fleet: [
        Group(id: "lanes", count: 40, type: "T650", region: "EU-W", site_size: 8),
        Group(id: "kiosks", count: 10, region: "EU-E"),
    ],
    types: {
        "T650": (hardware: (printer: (roll: "30m"))),
    },
    workload: [
        Workload(on: ["lanes"], hours: Cafe, basket: Basket(median: "24.50 CNY", p95: "90 CNY")),
    ],
    hosts: [(id: "bank-a", share: 2), (id: "bank-b")],
    faults: [
        FaultEntry(
            id: "jam",
            mode: Printer(Jam),
            target: Group("lanes"),
            when: Random(Exponential(mean: "20d")),
        ),
        FaultEntry(
            id: "late",
            mode: PaymentApp(WrongCurrency),
            when: On(event: ReversalSent, nth: 3),
            lasts: Exactly("45min"),
        ),
    ],
    expectations: [
        Holds(NoDoubleCharge),
        Measure(measure: MttdP95, of: "jam", at_most: "5min"),
        Covers(fault: "jam", activations: 1),
    ],
)
"#;

/// The mistakes of a text.
fn mistakes(source: &str) -> Vec<Diagnostic> {
    load_text("a.ron", source).map_or_else(|found| found, |loaded| loaded.warnings)
}

/// The sound scenario with one text replaced; `¶` is a line break.
fn with(old: &str, new: &str) -> String {
    let (old, new) = (old.replace('¶', "\n"), new.replace('¶', "\n"));
    assert!(SOUND.contains(&old), "{old}");
    SOUND.replacen(&old, &new, 1)
}

/// The only mistake of the sound scenario with one text replaced.
fn only(old: &str, new: &str) -> Diagnostic {
    let found = mistakes(&with(old, new));
    assert_eq!(found.len(), 1, "{old} → {new}: {found:#?}");
    found.into_iter().next().expect("there is one")
}

/// A table of changes and the only mistake that each makes: what is replaced, by what, kind, place, underlined text,
/// message, hint.
fn expect(table: &str) {
    let mut wrong = Vec::new();
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [old, new, ..] = cells[..] else { panic!("{row}") };
        let source = with(old, if new == "(nothing)" { "" } else { new });
        let found: Vec<String> = mistakes(&source)
            .iter()
            .map(|one| {
                let marked = &source[one.span.clone().unwrap_or_default()];
                let (code, line, column) = (one.code.name(), one.line, one.column);
                let hint = one.hint.as_deref().unwrap_or("-");
                format!("{code} | {line}:{column} | {marked} | {} | {hint}", one.message)
            })
            .collect();
        let found = found.iter().map(|it| it.replace('\n', "¶")).collect::<Vec<_>>();
        let expected = cells[2..].join(" | ");
        if found != [expected] {
            wrong.push(format!("{old} | {new} | {}", found.join("\n    AND ")));
        }
    }
    assert!(wrong.is_empty(), "it is rather:\n{}", wrong.join("\n"));
}

#[test]
fn the_sound_scenario_is_sound() {
    assert_eq!(mistakes(SOUND), []);
    assert_eq!(mistakes(&format!("\u{FEFF}{SOUND}")), [], "with a byte order mark");
    assert_eq!(mistakes(&SOUND.replace('\n', "\r\n")), [], "with line ends of Windows");
    assert_eq!(mistakes(&format!("#![enable(implicit_some)]\n{SOUND}")), []);
    let loaded = load_text("a.ron", SOUND).expect("it is sound");
    assert_eq!(loaded.scenario.terminals(), 50);
    assert_eq!(loaded.hash.len(), 64);
}

#[test]
fn unknown_words_get_a_suggestion() {
    expect(
        r#"
warmup: | warmupp: | ?
roll: | rol: | ?
mean: | meen: | ?
share: | zzz: | ?
Printer(Jam) | Printer(Jamm) | ?
Printer(Jam) | Pritner(Jam) | ?
hours: Cafe | hours: Tea | ?
Group(id: "kiosks" | Grop(id: "kiosks" | ?
        "#,
    );
}

#[test]
fn wrong_quantities_name_what_would_be_right() {
    expect(
        r#"
"1h" | "1 fortnight" | ?
"1h" | "-1h" | ?
"1h" | "1 month" | ?
"1h" | 3600 | ?
"1h" | 1h | ?
"1h" | "1\u{68}x" | ?
"30m" | "30s" | ?
"90 CNY" | "90 XYZ" | ?
"90 CNY" | "90 EUR" | ?
at_most: "5min" | at_most: 300 | ?
at_most: "5min" | at_most: "5 minuts" | ?
at_most: "5min" | at_most: -5 | ?
at_most: "5min" | at_most: soon | ?
id: "kiosks" | id: "" | ?
        "#,
    );
}

#[test]
fn numbers_out_of_range_are_shown_whole() {
    expect(
        r#"
count: 40 | count: -5 | ?
count: 40 | count: 99999999999 | ?
count: 40 | count: 4.5 | ?
count: 40 | count: "40" | ?
count: 40 | count: many | ?
Printer(Jam) | Printer(Jam), sample: Count(-1) | ?
Printer(Jam) | Printer(Jam), probability: 1.5 | ?
Printer(Jam) | Printer(Jam), probability: NaN | ?
Printer(Jam) | Printer(Jam), probability: -0.1 | ?
Printer(Jam) | Printer(Jam), probability: 20% | ?
share: 2 | share: inf | ?
share: 2 | share: "2" | ?
        "#,
    );
}

#[test]
fn values_of_another_type_are_told_apart() {
    expect(
        r#"
on: ["lanes"] | on: "lanes" | ?
Group("lanes") | Group(lanes) | ?
target: Group("lanes") | target: "lanes" | ?
Printer(Jam) | Printer | ?
Printer(Jam) | Printer(Jam, PaperOut) | ?
"T650": (hardware | "X": 5, "T650": (hardware | ?
Group("lanes") | Site("lanes") | ?
Group("lanes") | Site("lanes", 1, 2) | ?
types: { | types: {}, types: { | ?
fleet: [ | seed: "x", fleet: [ | ?
fleet: [ | requirements: {}, fleet: [ | ?
name: "quiet" | name: quiet | ?
name: "quiet" | name: 5 | ?
        "#,
    );
}

#[test]
fn missing_fields_point_at_the_opening_and_are_named_together() {
    expect(
        r#"
id: "kiosks", count: 10,  | (nothing) | ?
mean: "20d" | (nothing) | ?
    name: "quiet",¶    intent: "does the shop sell?",¶ | (nothing) | ?
    duration: "1d",¶ | (nothing) | ?
        "#,
    );
}

#[test]
fn a_wrong_structure_of_the_text_is_shown_where_it_begins() {
    expect(
        r#"
"1h",¶ | "1h"¶ | ?
warmup: | warmup | ?
warmup: | warm-up: | ?
p95: "90 CNY") | p95: "90 CNY"] | ?
name: "quiet" | name: "quiet | ?
    ],¶)¶ | ],¶ | ?
    ],¶)¶ | ],¶))¶ | ?
// A day in a shop. | /* A day | ?
    ],¶)¶ | ],¶)¶Scenario¶ | ?
count: 40, | count: 40,, | ?
on: ["lanes"] | on: [,"lanes"] | ?
name: "quiet" | name: "quiet\q" | ?
        "#,
    );
}

#[test]
fn references_that_lead_nowhere_are_found() {
    expect(
        r#"
Group("lanes") | Group("lane") | ?
type: "T650" | type: "T560" | ?
Group("lanes") | Region("EU") | ?
Group("lanes") | Type("T65") | ?
on: ["lanes"] | on: ["lines"] | ?
of: "jam" | of: "jan" | ?
fault: "jam" | fault: "paper" | ?
id: "kiosks" | id: "lanes" | ?
id: "bank-b" | id: "bank-a" | ?
id: "late" | id: "jam" | ?
types: { | types: { "T650": (), | ?
"T650": ( | "T650": (base: "T650",  | ?
"T650": ( | "T650": (base: "T60",  | ?
"T650": ( | "A": (base: "B"), "B": (base: "C"), "C": (base: "A"), "T650": ( | ?
Printer(Jam), | Host(Slow), | ?
        "#,
    );
}

#[test]
fn selections_of_nothing_are_found() {
    expect(
        r#"
count: 10 | count: 0 | ?
site_size: 8 | site_size: 0 | ?
Printer(Jam) | Printer(Jam), sample: Count(0) | ?
Printer(Jam) | Printer(Jam), sample: Share(0) | ?
Printer(Jam) | Printer(Jam), sample: Count(99) | ?
Group("lanes") | Site("lanes", 5) | ?
Group("lanes") | Terminals("lanes", [3, 40]) | ?
Group("lanes") | Terminals("lanes", []) | ?
Group("lanes") | Gateway | ?
Printer(Jam) | Gateway(WorkersLost) | ?
, at_most: "5min" | (nothing) | ?
        "#,
    );
}

#[test]
fn times_that_do_not_fit_are_found() {
    expect(
        r#"
warmup: "1h" | warmup: "2d" | ?
warmup: "1h" | quiet: "1d" | ?
duration: "1d" | duration: "0s" | ?
duration: "1d" | duration: "61min" | ?
Random(Exponential(mean: "20d")) | At("3d") | ?
Random(Exponential(mean: "20d")) | At("23h 55min") | ?
Random(Exponential(mean: "20d")) | Every(period: "2d") | ?
Random(Exponential(mean: "20d")) | Every(period: "1h", first: "2d") | ?
Random(Exponential(mean: "20d")) | Every(period: "0s") | ?
mean: "20d" | mean: "0s" | ?
Exponential(mean: "20d") | Weibull(shape: 0, scale: "9d") | ?
Exactly("45min") | Uniform(from: "2h", to: "1h") | ?
Exactly("45min") | Exactly("0s") | ?
nth: 3 | nth: 0 | ?
nth: 3 | after: "1d" | ?
PaymentApp(WrongCurrency) | Gateway(WorkersLost) | ?
        "#,
    );
}

#[test]
fn settings_that_do_not_fit_are_found() {
    expect(
        r#"
schema: 1 | schema: 2 | ?
count: 40 | count: 4000000000 | ?
    faults: [ |     policies: (heartbeat: (misses: 0, period: "0s")), faults: [ | ?
    faults: [ |     policies: (transport: (backoff: "1h")), faults: [ | ?
    faults: [ |     policies: (ladders: [(against: Mode(Printer(Jam)), rungs: [(remedy: Swap, by: Technician), (remedy: Retry, by: Device)])]), faults: [ | ?
    faults: [ |     network: (least_latency: "0s"), faults: [ | ?
    faults: [ |     network: (regions: {"EU-W": (wifi: (latency: "1ms"))}), faults: [ | ?
    faults: [ |     network: (regions: {"EU-X": ()}), faults: [ | ?
    faults: [ |     people: (merchant: (opens_at: 25, closes_at: 9)), faults: [ | ?
    faults: [ |     people: (customer: (per_day: 0)), faults: [ | ?
p95: "90 CNY" | p95: "9 CNY" | ?
p95: "90 CNY" | p95: "90 CNY", sigma: 1 | ?
hours: Cafe | hours: Weights([1, 2]) | ?
hours: Cafe | mix: (chip: 0, contactless: 0, stripe: 0, code: 0) | ?
share: 2), (id: "bank-b") | share: 0), (id: "bank-b", share: 0) | ?
on: ["lanes"] | on: ["lanes", "kiosks", "lanes"] | ?
at_most: "5min" | at_least: "6min", at_most: "5min" | ?
MttdP95, of: "jam", at_most: "5min" | Availability, at_least: 1.5 | ?
MttdP95, of: "jam", at_most: "5min" | Availability, of: "jam", at_least: 0.5 | ?
MttdP95, of: "jam", at_most: "5min" | Doubled, at_most: "5min" | ?
activations: 1 | activations: 0 | ?
        "#,
    );
}

#[test]
fn what_is_switched_off_is_only_a_warning() {
    let off = only("mode: Printer(Jam)", "mode: Printer(Jam), probability: 0.0");
    assert_eq!((off.severity, off.code), (Severity::Warning, Code::NeverStrikes));
    let source = with("mode: Printer(Jam)", "mode: Printer(Jam), probability: 0");
    assert!(load_text("a.ron", &source).is_ok());
}

#[test]
fn every_mistake_of_a_file_is_reported_at_once_and_in_order() {
    use Code::*;
    let changes = [
        ("warmup: \"1h\"", "warmup: \"1 fortnight\"", (7, WrongQuantity)),
        ("count: 40", "cuont: 40", (9, UnknownField)),
        ("count: 10", "count: -1", (10, OutOfRange)),
        ("roll", "rll", (13, UnknownField)),
        ("median: \"24.50 CNY\"", "median: 24", (16, WrongType)),
        ("(id: \"bank-b\")", "(id: \"bank-a\")", (18, DuplicateName)),
        ("Printer(Jam)", "Printer(Smoke)", (22, UnknownVariant)),
        ("nth: 3", "nth: \"3\"", (29, WrongType)),
        ("NoDoubleCharge", "NoDoubleCharges", (34, UnknownVariant)),
        ("of: \"jam\"", "of: \"jelly\"", (35, UnknownName)),
    ];
    let source = changes.iter().fold(SOUND.to_owned(), |source, (old, new, _)| {
        assert!(source.contains(old), "{old}");
        source.replacen(old, new, 1)
    });
    let found = mistakes(&source);
    let places: Vec<(usize, Code)> = found.iter().map(|it| (it.line, it.code)).collect();
    assert_eq!(places, changes.map(|(_, _, expected)| expected), "{found:#?}");
}

#[test]
fn what_only_follows_from_another_mistake_is_not_reported() {
    // The group that others refer to is set aside; nobody is blamed for that.
    only("Group(id: \"lanes\"", "Group(idd: \"lanes\"");
    only("id: \"jam\"", "idd: \"jam\"");
    only("mode: Printer", "mood: Printer");
    only("duration: \"1d\"", "duration: \"1 dy\"");
    only("duration: \"1d\"", "duration: 1");
    only("    fleet: [", "    fleat: [");
    only("mode: Printer(Jam)", "mode: Toaster(Jam)");
}

#[test]
fn chinese_text_does_not_shift_columns() {
    let one = only("name: \"quiet\"", "name: \"安静的一天\", sead: 3");
    assert_eq!(one.place(), "a.ron:4:20");
    let two = only("Group(\"lanes\")", "Group(\"收银台\")");
    assert_eq!(two.place(), "a.ron:23:28");
    let drawn = two.render(false);
    assert!(drawn.contains("a.ron:23:28") && drawn.contains("^^^^^^"), "two columns each: {drawn}");
}

#[test]
fn files_that_are_no_scenarios_are_refused_with_one_clear_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = |path: &Path| {
        let found = load(path).expect_err("it is no scenario");
        assert_eq!(found.len(), 1, "{found:#?}");
        found.into_iter().next().expect("there is one")
    };
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("it can be written");
        path
    };
    write("quickstart.ron", SOUND.as_bytes());
    let missing = refused(&folder.path().join("quikstart.ron"));
    assert_eq!(missing.message, "there is no such file");
    assert!(missing.hint.as_deref().unwrap_or("").contains("quickstart.ron"), "{missing:#?}");
    assert!(refused(folder.path()).message.contains("directory"));
    assert!(refused(&write("binary.ron", b"\x7fELF\0\0")).message.contains("binary"));
    assert!(refused(&write("latin.ron", b"(name: \"caf\xe9\")")).message.contains("not UTF-8"));
    let large = refused(&write("large.ron", &vec![b' '; LONGEST + 1]));
    assert!(large.message.contains("larger than 4 MiB"));
    assert!(refused(Path::new("/dev/zero")).message.contains("larger than 4 MiB"));
    let deep = refused(&write("deep.ron", "(a:".repeat(10_000).as_bytes()));
    assert!(deep.message.contains("more than 128 deep"), "{deep:#?}");
    let balanced = "[".repeat(10_000) + &"]".repeat(10_000);
    let deep = refused(&write("deep2.ron", balanced.as_bytes()));
    assert!(deep.message.contains("more than 128 deep"), "{deep:#?}");
    assert!(load(&folder.path().join("quickstart.ron")).is_ok());
}

proptest! {
    #[test]
    fn no_text_makes_the_loader_panic(text in "\\PC{0,200}") {
        for one in mistakes(&text) {
            one.render(false);
        }
    }

    #[test]
    fn no_change_of_a_scenario_makes_the_loader_panic(
        place in 0..SOUND.len(),
        length in 0..40_usize,
        put in r#"[a-z0-9:,"\[\](){}/*'r#\\ 终-]{0,6}"#,
    ) {
        let place = SOUND.floor_char_boundary(place);
        let end = SOUND.ceil_char_boundary((place + length).min(SOUND.len()));
        let text = format!("{}{put}{}", &SOUND[..place], &SOUND[end..]);
        for one in mistakes(&text) {
            one.render(false);
            prop_assert!(!one.message.is_empty());
            prop_assert!(one.line >= 1 && one.column >= 1);
        }
    }
}
