//! What a user sees of each kind of mistake: its place, its words, its hint.

use std::path::Path;

use proptest::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::load::{LONGEST, load, load_text};

/// A sound scenario, a field a line.
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
    workload: [Workload(on: ["lanes"], hours: Cafe, basket: Basket(median: "24.50 CNY", p95: "90 CNY"))],
    hosts: [(id: "bank-a", share: 2), (id: "bank-b")],
    faults: [
        FaultEntry(id: "jam", mode: Printer(Jam), target: Group("lanes"), when: Random(Exponential(mean: "20d"))),
        FaultEntry(id: "late", mode: PaymentApp(WrongCurrency), when: On(event: ReversalSent, nth: 3), lasts: Exactly("45min")),
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

/// The sound scenario with one text replaced.
fn with(old: &str, new: &str) -> String {
    assert!(SOUND.contains(old), "{old}");
    SOUND.replacen(old, new, 1)
}

/// The only mistake of the sound scenario with one text replaced.
fn only(old: &str, new: &str) -> Diagnostic {
    let found = mistakes(&with(old, new));
    assert_eq!(found.len(), 1, "{old} → {new}: {found:#?}");
    found.into_iter().next().expect("there is one")
}

/// One mistake, with its kind, place, underlined text, and words that are in its message and its hint.
fn expect(old: &str, new: &str, code: Code, place: &str, marked: &str, message: &str, hint: &str) {
    let source = with(old, new);
    let one = only(old, new);
    let span = one.span.clone().expect("it has a place");
    assert_eq!((one.code, &source[span]), (code, marked), "{one:#?}");
    assert_eq!(one.place(), format!("a.ron:{place}"), "{one:#?}");
    assert!(one.message.contains(message), "{one:#?}");
    assert!(one.hint.as_deref().unwrap_or("").contains(hint), "{one:#?}");
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
    use Code::{UnknownField, UnknownVariant, WrongType};
    expect(
        "warmup:",
        "warmupp:",
        UnknownField,
        "7:5",
        "warmupp",
        "no field of `Scenario`",
        "did you mean `warmup`?",
    );
    expect(
        "roll:",
        "rol:",
        UnknownField,
        "13:38",
        "rol",
        "no field of `Spec`",
        "did you mean `roll`?",
    );
    expect(
        "mean:",
        "meen:",
        UnknownField,
        "18:92",
        "meen",
        "no field of `Exponential`",
        "did you mean `mean`?",
    );
    expect(
        "share:",
        "zzz:",
        UnknownField,
        "16:30",
        "zzz",
        "no field of `HostEntry`",
        "choose from `id`, `share`",
    );
    expect(
        "Printer(Jam)",
        "Printer(Jamm)",
        UnknownVariant,
        "18:45",
        "Jamm",
        "no fault mode of `Printer`",
        "did you mean `Jam`?",
    );
    expect(
        "Printer(Jam)",
        "Pritner(Jam)",
        UnknownVariant,
        "18:37",
        "Pritner",
        "no fault mode",
        "did you mean `Printer`?",
    );
    expect(
        "hours: Cafe",
        "hours: Tea",
        UnknownVariant,
        "15:47",
        "Tea",
        "`Tea` is no `Hours`",
        "choose from `Flat`",
    );
    expect(
        "Group(id: \"kiosks\"",
        "Grop(id: \"kiosks\"",
        WrongType,
        "10:9",
        "Grop",
        "expected `Group(...)`",
        "write `Group(...)`",
    );
}

#[test]
fn wrong_quantities_name_what_would_be_right() {
    use Code::{WrongQuantity, WrongType};
    expect(
        "\"1h\"",
        "\"1 fortnight\"",
        WrongQuantity,
        "7:14",
        "1 fortnight",
        "unknown unit of time \"fortnight\"",
        "\"45min\"",
    );
    expect("\"1h\"", "\"-1h\"", WrongQuantity, "7:14", "-1h", "cannot be negative", "\"45min\"");
    expect("\"1h\"", "3600", WrongType, "7:13", "3600", "expected a length of time, in quotes", "");
    expect(
        "\"1h\"",
        "1h",
        WrongType,
        "7:13",
        "1h",
        "expected a length of time, in quotes",
        "`\"1h\"`",
    );
    expect("\"30m\"", "\"30s\"", WrongQuantity, "13:45", "30s", "known are mm, cm, m", "\"57mm\"");
    expect(
        "\"90 CNY\"",
        "\"90 XYZ\"",
        WrongQuantity,
        "15:90",
        "90 XYZ",
        "unknown currency \"XYZ\"",
        "\"24.50 CNY\"",
    );
    expect(
        "\"90 CNY\"",
        "\"90 EUR\"",
        Code::Contradiction,
        "15:90",
        "90 EUR",
        "is in EUR",
        "`currency: EUR`",
    );
    expect(
        "at_most: \"5min\"",
        "at_most: 300",
        WrongType,
        "23:55",
        "300",
        "is a length of time",
        "\"5min\"",
    );
    expect(
        "id: \"kiosks\"",
        "id: \"\"",
        WrongQuantity,
        "10:20",
        "",
        "a name cannot be empty",
        "\"lanes\"",
    );
}

#[test]
fn numbers_out_of_range_are_shown_whole() {
    use Code::{OutOfRange, WrongType};
    expect("count: 40", "count: -5", OutOfRange, "9:35", "-5", "`-5` is negative", "");
    expect("count: 40", "count: 99999999999", OutOfRange, "9:35", "99999999999", "too large", "");
    expect("count: 40", "count: 4.5", WrongType, "9:35", "4.5", "expected a whole number", "");
    expect(
        "count: 40",
        "count: \"40\"",
        WrongType,
        "9:35",
        "\"40\"",
        "expected a whole number",
        "without quotes: `40`",
    );
    expect("count: 40", "count: many", WrongType, "9:35", "many", "expected a whole number", "");
    let probable = |it: &str| format!("mode: Printer(Jam), probability: {it}");
    expect(
        "mode: Printer(Jam)",
        &probable("1.5"),
        OutOfRange,
        "18:64",
        "1.5",
        "1.5 is not a number from 0 to 1",
        "",
    );
    expect(
        "mode: Printer(Jam)",
        &probable("NaN"),
        OutOfRange,
        "18:64",
        "NaN",
        "NaN is not a number from 0 to 1",
        "",
    );
    expect(
        "mode: Printer(Jam)",
        &probable("-0.1"),
        OutOfRange,
        "18:64",
        "-0.1",
        "-0.1 is not a number from 0 to 1",
        "",
    );
    expect("share: 2", "share: inf", OutOfRange, "16:37", "inf", "inf is not a finite number", "");
    expect(
        "share: 2",
        "share: \"2\"",
        WrongType,
        "16:37",
        "\"2\"",
        "expected a finite number",
        "without quotes: `2`",
    );
}

#[test]
fn values_of_another_type_are_told_apart() {
    use Code::WrongType;
    expect(
        "on: [\"lanes\"]",
        "on: \"lanes\"",
        WrongType,
        "15:29",
        "\"lanes\"",
        "expected a list",
        "[a, b]",
    );
    expect(
        "Group(\"lanes\")",
        "Group(lanes)",
        WrongType,
        "18:61",
        "lanes",
        "a text in quotes",
        "`\"lanes\"`",
    );
    expect(
        "target: Group(\"lanes\")",
        "target: \"lanes\"",
        WrongType,
        "18:55",
        "\"lanes\"",
        "a word without quotes",
        "",
    );
    expect(
        "Printer(Jam)",
        "Printer",
        WrongType,
        "18:37",
        "Printer",
        "values in parentheses",
        "`Printer(...)`",
    );
    expect(
        "\"T650\": (hardware",
        "\"T650\": 5, \"X\": (hardware",
        WrongType,
        "13:17",
        "5",
        "`TerminalType(...)`",
        "",
    );
    expect(
        "Group(\"lanes\")",
        "Site(\"lanes\")",
        WrongType,
        "18:55",
        "Site(\"lanes\")",
        "2 elements",
        "",
    );
    expect(
        "types: {",
        "name: [],\n    types: {",
        Code::DuplicateField,
        "12:5",
        "name",
        "twice",
        "remove one",
    );
}

#[test]
fn missing_fields_point_at_the_opening_and_are_named_together() {
    use Code::MissingField;
    expect(
        "id: \"kiosks\", count: 10, ",
        "",
        MissingField,
        "10:9",
        "Group(",
        "`id`, `count` are missing",
        "add `id: ...`",
    );
    expect(
        "mean: \"20d\"",
        "",
        MissingField,
        "18:79",
        "Exponential(",
        "`mean` is missing",
        "add `mean: ...`",
    );
    let start = with("    name: \"quiet\",\n    intent: \"does the shop sell?\",\n", "");
    let found = mistakes(&start);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].place().as_str(), found[0].message.as_str()),
        ("a.ron:2:1", "`name`, `intent` are missing in `Scenario`")
    );
}

#[test]
fn a_wrong_text_structure_is_shown_where_it_begins() {
    use Code::Syntax;
    expect("\"1h\",\n", "\"1h\"\n", Syntax, "8:5", "fleet", "a comma is missing", "`,`");
    expect("warmup:", "warmup", Syntax, "7:12", "\"", "a colon is missing", "field: value");
    expect(
        "p95: \"90 CNY\")",
        "p95: \"90 CNY\"]",
        Syntax,
        "15:97",
        "]",
        "does not close the `(` of 15:60",
        "",
    );
    expect(
        "name: \"quiet\"",
        "name: \"quiet",
        Syntax,
        "26:44",
        "\"",
        "this text never ends",
        "same quotes",
    );
    expect("    ],\n)\n", "    ],\n", Syntax, "2:9", "(", "never closed", "");
    expect("    ],\n)\n", "    ],\n))\n", Syntax, "27:2", ")", "closes nothing", "");
    expect("// A day in a shop.", "/* A day", Syntax, "1:1", "/", "this comment never ends", "*/");
    expect(
        "    ],\n)\n",
        "    ],\n)\nScenario\n",
        Syntax,
        "28:1",
        "Scenario\n",
        "follows the end",
        "",
    );
    assert_eq!(mistakes("")[0].message, "the file is empty");
    assert_eq!(mistakes("  \n\t")[0].message, "the file is empty");
    assert_eq!(mistakes("a\0b")[0].code, Code::NotText);
}

#[test]
fn references_that_lead_nowhere_are_found() {
    use Code::{Circle, DuplicateName, UnknownName};
    expect(
        "Group(\"lanes\")",
        "Group(\"lane\")",
        UnknownName,
        "18:62",
        "lane",
        "no group `lane`",
        "did you mean `lanes`?",
    );
    expect(
        "type: \"T650\"",
        "type: \"T560\"",
        UnknownName,
        "9:46",
        "T560",
        "no terminal type",
        "did you mean `T650`?",
    );
    expect(
        "Group(\"lanes\")",
        "Region(\"EU\")",
        UnknownName,
        "18:63",
        "EU",
        "no region `EU`",
        "choose from `EU-W`, `EU-E`",
    );
    expect(
        "on: [\"lanes\"]",
        "on: [\"lines\"]",
        UnknownName,
        "15:31",
        "lines",
        "no group `lines`",
        "`lanes`",
    );
    expect(
        "of: \"jam\"",
        "of: \"jan\"",
        UnknownName,
        "23:40",
        "jan",
        "no fault `jan`",
        "did you mean `jam`?",
    );
    expect(
        "id: \"kiosks\"",
        "id: \"lanes\"",
        DuplicateName,
        "10:20",
        "lanes",
        "two groups `lanes`",
        "first is at 9:20",
    );
    expect(
        "id: \"bank-b\"",
        "id: \"bank-a\"",
        DuplicateName,
        "16:44",
        "bank-a",
        "two hosts",
        "first is at 16:18",
    );
    expect(
        "types: {",
        "types: {\n        \"T650\": (),",
        DuplicateName,
        "14:9",
        "\"T650\"",
        "two terminal types",
        "13:9",
    );
    expect(
        "\"T650\": (",
        "\"T650\": (base: \"T650\", ",
        Circle,
        "13:24",
        "\"T650\"",
        "in a circle: `T650` → `T650`",
        "remove `base`",
    );
    let circle =
        "\"A\": (base: \"B\"), \"B\": (base: \"C\"), \"C\": (base: \"A\"),\n        \"T650\": (";
    expect(
        "\"T650\": (",
        circle,
        Circle,
        "13:21",
        "\"B\"",
        "`A` → `B` → `C` → `A`",
        "remove `base`",
    );
}

#[test]
fn selections_of_nothing_are_found() {
    use Code::EmptySelection;
    expect("count: 10", "count: 0", EmptySelection, "10:36", "0", "has no terminals", "1 or more");
    expect(
        "mode: Printer(Jam)",
        "mode: Printer(Jam), sample: Count(0)",
        EmptySelection,
        "18:59",
        "Count(0)",
        "chooses no target",
        "1 or more",
    );
    expect(
        "Group(\"lanes\")",
        "Site(\"lanes\", 5)",
        EmptySelection,
        "18:55",
        "Site(\"lanes\", 5)",
        "has 5 sites",
        "from 0 to 4",
    );
    expect(
        "Group(\"lanes\")",
        "Gateway",
        EmptySelection,
        "18:55",
        "Gateway",
        "no printer there",
        "choose terminals",
    );
    expect(
        "Printer(Jam)",
        "Gateway(Down)",
        EmptySelection,
        "18:60",
        "Group(\"lanes\")",
        "no gateway there",
        "leave `target` out",
    );
    let start = SOUND.find("    fleet: [").expect("it is there");
    let end = SOUND.find("    types: {").expect("it is there");
    let empty =
        format!("(schema: 1, name: \"a\", intent: \"b\", duration: \"1d\", {})", "fleet: []");
    assert_eq!(mistakes(&empty)[0].message, "the fleet has no groups");
    assert!(start < end);
}

#[test]
fn times_that_do_not_fit_are_found() {
    use Code::{NeverStrikes, WrongTimes};
    expect(
        "warmup: \"1h\"",
        "warmup: \"2d\"",
        WrongTimes,
        "7:13",
        "\"2d\"",
        "as long as the run",
        "",
    );
    expect(
        "warmup: \"1h\"",
        "quiet: \"1d\"",
        WrongTimes,
        "7:12",
        "\"1d\"",
        "leave nothing of the run",
        "`quiet: \"0s\"`",
    );
    expect(
        "Random(Exponential(mean: \"20d\"))",
        "At(\"3d\")",
        NeverStrikes,
        "18:77",
        "At(\"3d\")",
        "never strikes",
        "earlier",
    );
    expect(
        "Random(Exponential(mean: \"20d\"))",
        "Every(period: \"2d\")",
        NeverStrikes,
        "18:91",
        "\"2d\"",
        "never strikes",
        "earlier",
    );
    expect(
        "Random(Exponential(mean: \"20d\"))",
        "Every(period: \"0s\")",
        WrongTimes,
        "18:91",
        "\"0s\"",
        "the period is zero",
        "",
    );
    expect(
        "mean: \"20d\"",
        "mean: \"0s\"",
        WrongTimes,
        "18:102",
        "\"0s\"",
        "the mean life is zero",
        "",
    );
    expect(
        "Exactly(\"45min\")",
        "Uniform(from: \"2h\", to: \"1h\")",
        WrongTimes,
        "19:131",
        "\"1h\"",
        "before it starts",
        "exchange",
    );
    expect("nth: 3", "nth: 0", Code::OutOfRange, "19:99", "0", "zeroth", "from 1");
    expect(
        "duration: \"1d\"",
        "duration: \"0s\"",
        WrongTimes,
        "6:15",
        "\"0s\"",
        "duration of the run is zero",
        "",
    );
}

#[test]
fn settings_that_do_not_fit_are_found() {
    use Code::{Contradiction, OutOfRange};
    let policies = |it: &str| format!("    policies: (heartbeat: ({it})),\n    faults: [");
    expect(
        "    faults: [",
        &policies("misses: 0"),
        OutOfRange,
        "17:36",
        "0",
        "missing before",
        "1 or more",
    );
    expect(
        "p95: \"90 CNY\"",
        "p95: \"9 CNY\"",
        Contradiction,
        "15:89",
        "\"9 CNY\"",
        "below its median",
        "",
    );
    expect(
        "hours: Cafe",
        "hours: Weights([1, 2])",
        OutOfRange,
        "15:47",
        "Weights([1, 2])",
        "2 weights",
        "an hour",
    );
    expect(
        "at_most: \"5min\"",
        "at_least: \"6min\", at_most: \"5min\"",
        Contradiction,
        "23:56",
        "\"6min\"",
        "at least 6min 0s and at most 5min 0s",
        "exchange",
    );
    expect(
        ", at_most: \"5min\"",
        "",
        Code::EmptySelection,
        "23:26",
        "MttdP95",
        "any `MttdP95` would do",
        "`at_most`",
    );
    expect("schema: 1", "schema: 2", Code::Schema, "3:13", "2", "version 2", "`schema: 1`");
    let many = with("count: 40", "count: 4000000000");
    assert!(mistakes(&many)[0].message.contains("a run can have 16000000"));
}

#[test]
fn what_is_switched_off_is_only_a_warning() {
    let off = only("mode: Printer(Jam)", "mode: Printer(Jam), probability: 0.0");
    assert_eq!((off.severity, off.code), (Severity::Warning, Code::NeverStrikes));
    assert!(
        load_text("a.ron", &with("mode: Printer(Jam)", "mode: Printer(Jam), probability: 0"))
            .is_ok()
    );
}

#[test]
fn every_mistake_of_a_file_is_reported_at_once_and_in_order() {
    let changes = [
        ("warmup: \"1h\"", "warmup: \"1 fortnight\""),
        ("count: 40", "cuont: 40"),
        ("count: 10", "count: -1"),
        ("rol", "rll"),
        ("median: \"24.50 CNY\"", "median: 24"),
        ("(id: \"bank-b\")", "(id: \"bank-a\")"),
        ("Printer(Jam)", "Printer(Smoke)"),
        ("nth: 3", "nth: \"3\""),
        ("of: \"jam\"", "of: \"jelly\""),
        ("NoDoubleCharge", "NoDoubleCharges"),
    ];
    let source = changes.iter().fold(SOUND.to_owned(), |source, (old, new)| {
        assert!(source.contains(old), "{old}");
        source.replacen(old, new, 1)
    });
    let found = mistakes(&source);
    let places: Vec<(usize, Code)> = found.iter().map(|it| (it.line, it.code)).collect();
    use Code::*;
    let expected = [
        (7, WrongQuantity),
        (9, UnknownField),
        (10, OutOfRange),
        (13, UnknownField),
        (15, WrongType),
        (16, DuplicateName),
        (18, UnknownVariant),
        (19, WrongType),
        (22, UnknownVariant),
        (23, UnknownName),
    ];
    assert_eq!(places, expected, "{found:#?}");
}

#[test]
fn what_only_follows_from_another_mistake_is_not_reported() {
    // The group that others refer to is set aside; nobody is blamed for that.
    only("Group(id: \"lanes\"", "Group(idd: \"lanes\"");
    only("id: \"jam\", mode", "id: \"jam\", mood");
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
    assert_eq!(two.place(), "a.ron:18:62");
    assert!(two.render(false).contains("^^^^^^"), "two columns a character: {}", two.render(false));
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
    assert!(
        refused(&write("large.ron", &vec![b' '; LONGEST + 1]))
            .message
            .contains("larger than 4 MiB")
    );
    assert!(refused(Path::new("/dev/zero")).message.contains("larger than 4 MiB"));
    let deep = refused(&write("deep.ron", "(a:".repeat(10_000).as_bytes()));
    assert!(deep.message.contains("more than 128 deep"), "{deep:#?}");
    let deep = refused(&write("deep2.ron", ("[".repeat(10_000) + &"]".repeat(10_000)).as_bytes()));
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
        place in 0..SOUND.len(), length in 0..40_usize, put in r#"[a-z0-9:,"\[\](){}/*'r#\\ 终-]{0,6}"#,
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
