//! Words of schema 1 in a file of schema 2: each is reported once, where it stands, with the new word.

use super::{SOUND, mistakes};
use crate::diagnostic::Code;
use crate::reference::words;
use crate::schema_2::{MOVED, RENAMED, RenamedWord};

/// How a scenario comes to a word of a type, or, as `Type/word`, to one of its words; `WORD` stands for the word.
const WHERE: &[(&str, &str)] = &[
    ("Scenario", r#"WORD: "1h","#),
    ("Measure", "expectations: [Measure(measure: WORD, at_most: 0)],"),
    ("DurationLaw", r#"people: (onboarding: (reviews: WORD(median: "1h"))),"#),
    ("Maintenance", r#"people: (deployment: (maintenance: (every: "30d", WORD: "1h"))),"#),
    ("Network", r#"network: (WORD: "10ms"),"#),
    ("Radio", "network: (regions: {\"EU-W\": (wifi: (WORD: 0.1))}),"),
    ("HandshakeSpec", r#"types: {"T650": (comms: (wifi: (radio: (handshake: (WORD: "1s")))))},"#),
    ("MisuseAndFraudSpec", r#"people: (misuse_and_fraud: (WORD: "1.00 CNY")),"#),
    ("CustomerSpec", "people: (customer: (WORD: 1)),"),
    ("Serving", "platform: (gateway: (serving: Mixture(share: 0.5, WORD: 1.2))),"),
    ("GatewaySpec", r#"platform: (gateway: (WORD: "10ms")),"#),
    (
        "Fallback",
        r#"policies: (recovery: (fallback: (action: Swap, by: Technician, WORD: "1h"))),"#,
    ),
    ("CommonCauseSearch", "policies: (common_causes: (WORD: 4)),"),
    (
        "ControlChartRule",
        "policies: (detectors: (control_charts: [(gauge: Latency, chart: Cusum, WORD: 1)])),",
    ),
    ("Threshold", "policies: (detectors: (thresholds: [(gauge: Memory, above: 90, WORD: 1)])),"),
    ("Silence", "policies: (detectors: (silence: (WORD: 1))),"),
    ("Heartbeat", "policies: (heartbeat: (WORD: true)),"),
    (
        "RecoveryStep",
        r#"policies: (procedures: [(against: Any, steps: [(action: Retry, by: Device, WORD: "1s")])]),"#,
    ),
    ("Transport", r#"policies: (transport: (WORD: "10s")),"#),
    ("Halt", r#"policies: (rollouts: [(id: "r", halt: (troubled: 0.1, WORD: 4))]),"#),
    ("CardReaderSpec", r#"types: {"T650": (hardware: (card_reader: (WORD: "1s")))},"#),
    ("WearLife", r#"types: {"T650": (hardware: (keypad: (life: WORD(shape: 2, uses: 100))))},"#),
    ("DisplaySpec", r#"types: {"T650": (hardware: (display: (WORD: true)))},"#),
    ("KeypadSpec", r#"types: {"T650": (hardware: (keypad: (WORD: "1s")))},"#),
    ("PrinterSpec", r#"types: {"T650": (hardware: (printer: (WORD: "1s")))},"#),
    ("ScannerSpec", r#"types: {"T650": (hardware: (scanner: (WORD: "1s")))},"#),
    ("PaymentAppSpec", r#"types: {"T650": (software: (payment_app: (WORD: "1s")))},"#),
    ("Workload", r#"workload: [(WORD: "1s")],"#),
    ("Policies", "policies: (WORD: []),"),
    ("Recovery", "policies: (recovery: (WORD: None)),"),
    ("Detectors", "policies: (detectors: (WORD: [])),"),
    (
        "FaultEntry",
        r#"faults: [FaultEntry(id: "f", mode: Printer(Jam), when: At("2h"), WORD: Ramp(over: "1h"))],"#,
    ),
    ("Lasts", r#"faults: [FaultEntry(id: "f", mode: Printer(Jam), when: At("2h"), lasts: WORD)],"#),
    ("Expectation", r#"expectations: [Covers(fault: "jam", WORD: 1)],"#),
    ("Hardware", r#"types: {"T650": (hardware: (WORD: ()))},"#),
    (
        "Fault",
        r#"faults: [FaultEntry(id: "f", mode: WORD(LightsDead), when: At("2h"), lasts: Exactly("1h"))],"#,
    ),
    ("People", "people: (WORD: ()),"),
    ("Group", r#"fleet: [Group(id: "lanes", count: 40, WORD: ())],"#),
    ("Platform", "platform: (WORD: ()),"),
    ("Procedure/rungs", "policies: (procedures: [(against: Any, WORD: [])]),"),
    ("Procedure/Ladder", "policies: (procedures: [WORD(against: Any, steps: [])]),"),
    (
        "RecoveryStep/Rung",
        r#"policies: (procedures: [(against: Any, steps: [WORD(action: Retry, by: Device, duration: "1s")])]),"#,
    ),
    (
        "RecoveryStep/remedy",
        r#"policies: (procedures: [(against: Any, steps: [(WORD: Retry, by: Device, duration: "1s")])]),"#,
    ),
    (
        "Fallback/remedy",
        r#"policies: (recovery: (fallback: (WORD: Swap, by: Technician, duration: "1h", interval: "1d"))),"#,
    ),
    (
        "Fallback/every",
        r#"policies: (recovery: (fallback: (action: Swap, by: Technician, duration: "1h", WORD: "1d"))),"#,
    ),
    (
        "Fallback/LastResort",
        r#"policies: (recovery: (fallback: WORD(action: Swap, by: Technician, duration: "1h", interval: "1d"))),"#,
    ),
    ("CommonCauseSearch/Clusters", "policies: (common_causes: WORD()),"),
    (
        "SeverityProfile/Steady",
        r#"faults: [FaultEntry(id: "f", mode: Printer(Jam), when: At("2h"), severity_profile: WORD)],"#,
    ),
    (
        "SeverityProfile/present",
        r#"faults: [FaultEntry(id: "f", mode: Printer(Jam), when: At("2h"), severity_profile: Intermittent(WORD: "1h", off: "1h"))],"#,
    ),
    (
        "SeverityProfile/away",
        r#"faults: [FaultEntry(id: "f", mode: Printer(Jam), when: At("2h"), severity_profile: Intermittent(on: "1h", WORD: "1h"))],"#,
    ),
];

/// The sound scenario with a word of a type in it, in the place of the field that it stands in.
fn scenario(word: &RenamedWord) -> String {
    let named = |name: &str| WHERE.iter().find(|it| it.0 == name);
    let own = named(&format!("{}/{}", word.of, word.old));
    let (_, field) = own.or_else(|| named(word.of)).expect(word.of);
    let field = field.replace("WORD", word.old);
    let name = field.split(':').next().expect("a field");
    let mut lines: Vec<&str> = Vec::new();
    let mut within = false;
    // The field of this name is left out: it would be given twice.
    for line in SOUND.lines() {
        let begins = line.starts_with(&format!("    {name}:"));
        within |= begins;
        if !within {
            lines.push(line);
        }
        // A field ends on its own line, or with the bracket that closes it.
        let one_line = begins && !line.ends_with(['[', '{', '(']);
        within &= !one_line && !matches!(line, "    ]," | "    }," | "    ),");
    }
    let end = lines.iter().rposition(|it| *it == ")").expect("the last bracket");
    lines.insert(end, &field);
    lines.join("\n")
}

#[test]
fn every_renamed_word_is_reported_with_its_place_and_the_new_one() {
    for word in RENAMED {
        let source = scenario(word);
        let wanted = format!("`{}` is `{}` since schema 2", word.old, word.new);
        let all = mistakes(&source);
        let found: Vec<_> = all.iter().filter(|it| it.message == wanted).collect();
        let [one] = found[..] else { panic!("{word:?}: {all:#?}\n{source}") };
        let codes = [Code::UnknownField, Code::UnknownVariant, Code::WrongType];
        assert!(codes.contains(&one.code), "{word:?}: {:?}", one.code);
        assert_eq!(&source[one.span.clone().expect("a place")], word.old, "{word:?}");
        let line = source.lines().nth(one.line - 1).expect("the line");
        let before = line.chars().take(one.column - 1).collect::<String>();
        assert!(line[before.len()..].starts_with(word.old), "{word:?} at {}", one.place());
        assert!(one.hint.as_ref().is_some_and(|hint| hint.contains(word.new)), "{word:?}");
        let others: Vec<_> = all.iter().filter(|it| it.message != wanted).collect();
        assert!(
            others.iter().all(|it| it
                .span
                .as_ref()
                .is_none_or(|at| !at.contains(&one.span.clone().expect("a place").start))),
            "{word:?}: reported twice: {others:#?}"
        );
    }
}

#[test]
fn every_new_word_is_accepted_where_the_table_says_and_no_old_one_is() {
    for word in RENAMED {
        let accepted = words(word.of);
        assert!(!accepted.is_empty(), "{word:?}: there is no type `{}`", word.of);
        let has = |it: &str| it == word.of || accepted.iter().any(|known| known == it);
        assert!(has(word.new), "{word:?}: `{}` has {accepted:?}", word.of);
        assert!(!has(word.old), "{word:?}: still accepted");
    }
}

#[test]
fn a_file_of_schema_1_is_told_so_once_and_each_of_its_words() {
    let source =
        SOUND.replace("schema: 2", "schema: 1").replace("warmup:", "quiet: \"1h\", warmup:");
    let found: Vec<(usize, usize, String)> =
        mistakes(&source).into_iter().map(|it| (it.line, it.column, it.message)).collect();
    assert_eq!(
        found,
        [
            (3, 13, "this scenario is of schema 1; this program reads schema 2".to_owned()),
            (7, 5, "`quiet` is `drain` since schema 2".to_owned()),
        ]
    );
}

#[test]
fn a_setting_that_has_become_a_policy_is_told_where_it_is() {
    for moved in MOVED {
        let settings = match moved.owner {
            "payment_app" => format!("software: (payment_app: ({}: 3))", moved.old),
            "card_reader" => format!("hardware: (card_reader: ({}: 3))", moved.old),
            "enclosure" => format!("hardware: (enclosure: ({}: \"50C\"))", moved.old),
            "SelfTest" => format!("hardware: (card_reader: (self_test: ({}: 0.9)))", moved.old),
            other => panic!("where are the settings of {other}?"),
        };
        let usual = "hardware: (printer: (roll: \"30m\"))";
        let source = SOUND.replace(usual, &settings);
        assert_ne!(source, SOUND, "the type has other settings");
        let found = mistakes(&source);
        let [one] = &found[..] else { panic!("{moved:?}: {found:#?}") };
        assert_eq!(&source[one.span.clone().expect("a place")], moved.old);
        assert!(one.message.contains(moved.to), "{one:?}");
        assert!(one.hint.as_ref().is_some_and(|it| it.contains(moved.example)), "{one:?}");
    }
}
