//! What a user sees of each kind of mistake: its place, its words, its hint.

mod devices;
mod people;
mod renamed;

use std::path::Path;

use proptest::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::load::{LONGEST, load, load_text};

/// A sound scenario.
const SOUND: &str = r#"// A day in a shop.
Scenario(
    schema: 2,
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
        Covers(fault: "jam", occurrences: 1),
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
fn a_wrong_structure_of_the_text_is_shown_where_it_begins() {
    expect(
        r#"
"1h",¶ | "1h"¶ | syntax | 8:5 | fleet | a comma is missing before this | write `,` between two entries
warmup: | warmup | syntax | 7:12 | " | a colon is missing between the field and its value | write `field: value`
warmup: | warm-up: | unknown-field | 7:5 | warm-up | `warm-up` cannot be the name of a field | names of fields have letters, digits and `_` only
p95: "90 CNY") | p95: "90 CNY"] | syntax | 16:95 | ] | this `]` does not close the `(` of 16:60 | expected `)`
name: "quiet" | name: "quiet | syntax | 36:27 | " | this text never ends | close it with the same quotes
],¶)¶ | ],¶ | syntax | 2:9 | ( | this `(` is never closed | add `)` where it ends
],¶)¶ | ],¶))¶ | syntax | 38:2 | ) | this `)` closes nothing | remove it
// A day in a shop. | /* A day | syntax | 1:1 | / | this comment never ends | close it with `*/`
],¶)¶ | ],¶)¶Scenario¶ | syntax | 39:1 | Scenario¶ | something follows the end of the scenario | -
count: 40, | count: 40,, | syntax | 9:38 | , | there is nothing before this comma | remove it
on: ["lanes"] | on: [,"lanes"] | syntax | 16:23 | , | there is nothing before this comma | remove it
name: "quiet" | name: "quiet\q" | syntax | 4:12 | quiet\q | this backslash begins no escape that is known | write `\\` for a backslash
        "#,
    );
}

#[test]
fn missing_fields_point_at_the_opening_and_are_named_together() {
    expect(
        r#"
id: "kiosks", count: 10,  | (nothing) | missing-field | 10:9 | Group( | `id`, `count` are missing in `Group` | add `id: ...`, `count: ...`
mean: "20d" | (nothing) | missing-field | 24:26 | Exponential( | `mean` is missing in `Exponential` | add `mean: ...`
name: "quiet",¶    intent: "does the shop sell?",¶ | (nothing) | missing-field | 2:1 | Scenario( | `name`, `intent` are missing in `Scenario` | add `name: ...`, `intent: ...`
duration: "1d",¶ | (nothing) | missing-field | 2:1 | Scenario( | `duration` is missing in `Scenario` | add `duration: ...`
        "#,
    );
}

#[test]
fn numbers_out_of_range_are_shown_whole() {
    expect(
        r#"
count: 40 | count: -5 | out-of-range | 9:35 | -5 | `-5` is negative; expected a whole number of at least 0 | -
count: 40 | count: 99999999999 | out-of-range | 9:35 | 99999999999 | `99999999999` is too large | -
count: 40 | count: 4.5 | wrong-type | 9:35 | 4.5 | expected a whole number, found `4.5` | -
count: 40 | count: "40" | wrong-type | 9:35 | "40" | expected a whole number of at least 0, found `"40"` | write it without quotes: `40`
count: 40 | count: NaN | wrong-type | 9:35 | NaN | expected a whole number of at least 0, found `NaN` | -
count: 40 | count: many | wrong-type | 9:35 | many | expected a whole number of at least 0, found `many` | -
Printer(Jam) | Printer(Jam), sample: Count(-1) | out-of-range | 22:47 | -1 | `-1` is negative; expected a whole number of at least 0 | -
Printer(Jam) | Printer(Jam), probability: 1.5 | out-of-range | 22:46 | 1.5 | 1.5 is not a number from 0 to 1 | -
Printer(Jam) | Printer(Jam), probability: NaN | out-of-range | 22:46 | NaN | NaN is not a number from 0 to 1 | -
Printer(Jam) | Printer(Jam), probability: -0.1 | out-of-range | 22:46 | -0.1 | -0.1 is not a number from 0 to 1 | -
Printer(Jam) | Printer(Jam), probability: 20% | wrong-quantity | 22:46 | 20% | 20 is not a number from 0 to 1 | write 20 % as `0.2`
share: 2 | share: inf | out-of-range | 18:35 | inf | inf is not a finite number of at least 0 | -
share: 2 | share: "2" | wrong-type | 18:35 | "2" | expected a finite number of at least 0, found `"2"` | write it without quotes: `2`
        "#,
    );
}

#[test]
fn references_that_lead_nowhere_are_found() {
    expect(
        r#"
Group("lanes") | Group("lane") | unknown-name | 23:28 | lane | there is no group `lane` | did you mean `lanes`?
type: "T650" | type: "T560" | unknown-name | 9:46 | T560 | there is no terminal type `T560` | did you mean `T650`?
Group("lanes") | Region("EU") | unknown-name | 23:29 | EU | there is no region `EU` | choose from `EU-E`, `EU-W`
Group("lanes") | Type("T65") | unknown-name | 23:27 | T65 | there is no terminal of type `T65` | did you mean `T650`?
on: ["lanes"] | on: ["lines"] | unknown-name | 16:24 | lines | there is no group `lines` | did you mean `lanes`?
nth: 3 | nth: 3, while: "jamm" | unknown-name | 29:59 | jamm | there is no fault `jamm` | did you mean `jam`?
of: "jam" | of: "jan" | unknown-name | 35:40 | jan | there is no fault `jan` | did you mean `jam`?
fault: "jam" | fault: "paper" | unknown-name | 36:24 | paper | there is no fault `paper` | choose from `jam`, `late`
id: "kiosks" | id: "lanes" | duplicate-name | 10:20 | lanes | there are two groups `lanes` | the first is at 9:20; give this one another name
id: "bank-b" | id: "bank-a" | duplicate-name | 18:45 | bank-a | there are two hosts `bank-a` | the first is at 18:19; give this one another name
id: "late" | id: "jam" | duplicate-name | 27:18 | jam | there are two faults `jam` | the first is at 21:18; give this one another name
types: { | types: { "T650": (), | duplicate-name | 13:9 | "T650" | there are two terminal types `T650` | the first is at 12:14; give this one another name
"T650": ( | "T650": (base: "T650",  | circle | 13:24 | "T650" | types are based on each other in a circle: `T650` → `T650` | remove `base` from one of them
"T650": ( | "T650": (base: "T60",  | unknown-name | 13:25 | T60 | there is no terminal type `T60` | did you mean `T650`?
"T650": ( | "A": (base: "B"), "B": (base: "C"), "C": (base: "A"), "T650": ( | circle | 13:21 | "B" | types are based on each other in a circle: `A` → `B` → `C` → `A` | remove `base` from one of them
Printer(Jam), | Host(Slow), | empty-selection | 23:21 | Group("lanes") | there is no host there, so host.slow cannot occur | leave `target` out: it occurs where the part is
        "#,
    );
}

#[test]
fn selections_of_nothing_are_found() {
    expect(
        r#"
count: 10 | count: 0 | empty-selection | 10:36 | 0 | group `kiosks` has no terminals | set `count` to 1 or more, or remove the group
site_size: 8 | site_size: 0 | out-of-range | 9:80 | 0 | the sites of group `lanes` have no terminals | set `site_size` to 1 or more
Printer(Jam) | Printer(Jam), sample: Count(0) | empty-selection | 22:41 | Count(0) | this chooses no target | set the count to 1 or more
Printer(Jam) | Printer(Jam), sample: Share(0) | empty-selection | 22:41 | Share(0) | this chooses no target | set the share above 0
Printer(Jam) | Printer(Jam), sample: Count(99) | empty-selection | 22:41 | Count(99) | only 40 terminals can be chosen from, not 99 | all of them are chosen
Group("lanes") | Site("lanes", 5) | empty-selection | 23:21 | Site("lanes", 5) | group `lanes` has 5 sites, so there is no number 5 | numbers are from 0 to 4
Group("lanes") | Terminals("lanes", [3, 40]) | empty-selection | 23:21 | Terminals("lanes", [3, 40]) | group `lanes` has 40 terminals, so there is no number 40 | numbers are from 0 to 39
Group("lanes") | Terminals("lanes", []) | empty-selection | 23:21 | Terminals("lanes", []) | this selects no terminals | name at least one number
Group("lanes") | Gateway | empty-selection | 23:21 | Gateway | there is no printer there, so printer.jam cannot occur | choose terminals: `Group(...)`, `Region(...)`, or leave `target` out
Printer(Jam) | Gateway(WorkersLost) | empty-selection | 23:21 | Group("lanes") | there is no gateway there, so gateway.workers-lost cannot occur | leave `target` out: it occurs where the part is
, at_most: "5min" | (nothing) | empty-selection | 35:26 | MttdP95 | any `MttdP95` would do | add `at_least` or `at_most`
        "#,
    );
}

#[test]
fn settings_that_do_not_fit_are_found() {
    expect(
        r#"
schema: 2 | schema: 1 | schema | 3:13 | 1 | this scenario is of schema 1; this program reads schema 2 | write `schema: 2`; every word that it renamed is reported where it stands
schema: 2 | schema: 3 | schema | 3:13 | 3 | this scenario is of schema 3; this program reads schema 2 | write `schema: 2`, or use a newer program
nth: 3 | nth: 3, from: "3h", until: "2h" | wrong-times | 29:70 | "2h" | nothing happens in a stretch of time that ends before it begins | set `until` to more than `from`
workload: [ | workload: [(from: "2h", until: "1h", per_day: 9), | wrong-times | 15:36 | "1h" | this workload ends before it begins | set `until` to more than `from`
workload: [ | workload: [(from: "1h", until: "2h", patience: "9s"), | contradiction | 15:52 | "9s" | `patience` cannot change for a stretch of time | set it in a workload without `from` and `until`
count: 40 | count: 4000000000 | out-of-range | 8:12 | [ | there are 4000000010 terminals; a run can have 16000000 | make the groups smaller
faults: [ |     policies: (heartbeat: (misses: 0)), faults: [ | out-of-range | 19:40 | 0 | a terminal would be missing before any heartbeat is | set `misses` to 1 or more
faults: [ |     policies: (transport: (backoff: "1h")), faults: [ | wrong-times | 19:41 | "1h" | the first pause (1h) is longer than the longest (2min) | `backoff` has to be at most `max_backoff`
faults: [ |     policies: (procedures: [(against: Mode(Printer(Jam)), steps: [(action: Swap, by: Technician), (action: Retry, by: Device)])]), faults: [ | contradiction | 19:112 | Retry | `Retry` never clears printer.jam | what can: `OpenLid`, `Repair`, `Swap`
faults: [ |     network: (min_latency: "0s"), faults: [ | wrong-times | 19:32 | "0s" | the minimum latency is zero | write a length of time, such as "45min"
faults: [ |     network: (regions: {"EU-W": (wifi: (latency: "1ms"))}), faults: [ | contradiction | 19:54 | "1ms" | a latency of 1ms is lengthened to the minimum, 10ms | make `network.min_latency` smaller, or this longer
faults: [ |     network: (regions: {"EU-X": ()}), faults: [ | unknown-name | 19:30 | EU-X | there is no region `EU-X` | did you mean `EU-E`?
faults: [ |     people: (merchant: (opens_at: 25, closes_at: 9)), faults: [ | out-of-range | 19:39 | 25 | there is no hour 25 | hours are from 0 to 23
faults: [ |     people: (customer: (per_day: 0)), faults: [ | never-occurs | 29:29 | ReversalSent | no customer ever comes, so `ReversalSent` never happens | set `per_day` above 0
p95: "90 CNY" | p95: "9 CNY" | contradiction | 16:87 | "9 CNY" | the 95th percentile of the basket is below its median | write a larger amount
p95: "90 CNY" | p95: "90 CNY", sigma: 1 | contradiction | 16:104 | 1 | a basket has either `p95` or `sigma`, not both | remove one of them
hours: Cafe | hours: Weights([1, 2]) | out-of-range | 16:40 | Weights([1, 2]) | there are 2 weights, and a day has 24 hours | write one weight an hour, from midnight
hours: Cafe | mix: (chip: 0, contactless: 0, stripe: 0, code: 0) | out-of-range | 16:38 | (chip: 0, contactless: 0, stripe: 0, code: 0) | the weights of all ways to pay are zero | make at least one of them larger than 0
share: 2), (id: "bank-b") | share: 0), (id: "bank-b", share: 0) | out-of-range | 18:12 | [(id: "bank-a", share: 0), (id: "bank-b", share: 0)] | the weights of all hosts are zero | make at least one of them larger than 0
on: ["lanes"] | on: ["lanes", "kiosks", "lanes"] | contradiction | 16:22 | ["lanes", "kiosks", "lanes"] | group `lanes` is in more than one workload | name each group once
at_most: "5min" | at_least: "6min", at_most: "5min" | contradiction | 35:56 | "6min" | nothing is at least 6min and at most 5min | exchange the two bounds
MttdP95, of: "jam", at_most: "5min" | Availability, at_least: 1.5 | out-of-range | 35:50 | 1.5 | `Availability` is a share, and 1.5 is more than all | write a number from 0 to 1
MttdP95, of: "jam", at_most: "5min" | Availability, of: "jam", at_least: 0.5 | contradiction | 35:44 | "jam" | `Availability` cannot be measured of one fault alone | remove `of`
MttdP95, of: "jam", at_most: "5min" | Duplicates, at_most: "5min" | wrong-type | 35:47 | "5min" | `Duplicates` is a number, not a length of time | write a number without quotes
occurrences: 1 | occurrences: 0 | out-of-range | 36:43 | 0 | no occurrences are always reached | set `occurrences` to 1 or more
        "#,
    );
}

#[test]
fn times_that_do_not_fit_are_found() {
    expect(
        r#"
warmup: "1h" | warmup: "2d" | wrong-times | 7:13 | "2d" | the warm-up (2d) is as long as the run (1d) | make the run longer, or the warm-up shorter
warmup: "1h" | drain: "1d" | wrong-times | 7:12 | "1d" | warm-up (0s) and drain time (1d) leave nothing of the run (1d) | make the run longer, or set `drain: "0s"`
duration: "1d" | duration: "0s" | wrong-times | 6:15 | "0s" | the duration of the run is zero | write a length of time, such as "45min"
duration: "1d" | duration: "61min" | wrong-times | 6:15 | "61min" | warm-up (1h) and drain time (10min) leave nothing of the run (1h 1min) | make the run longer, or set `drain: "0s"`
Random(Exponential(mean: "20d")) | At("3d") | never-occurs | 24:19 | At("3d") | it never occurs: 3d is not before the end of the run, 1d | let it occur earlier, or make the run longer
Random(Exponential(mean: "20d")) | At("23h 55min") | never-occurs | 24:19 | At("23h 55min") | it occurs at 23h 55min, when the last customer has come (23h 50min) | let it occur earlier, or make `drain` shorter
Random(Exponential(mean: "20d")) | Every(period: "2d") | never-occurs | 24:33 | "2d" | the first of them never occurs: 2d is not before the end of the run, 1d | let it occur earlier, or make the run longer
Random(Exponential(mean: "20d")) | Every(period: "1h", first: "2d") | never-occurs | 24:46 | "2d" | the first of them never occurs: 2d is not before the end of the run, 1d | let it occur earlier, or make the run longer
Random(Exponential(mean: "20d")) | Every(period: "0s") | wrong-times | 24:33 | "0s" | the period is zero | write a length of time, such as "45min"
mean: "20d" | mean: "0s" | wrong-times | 24:44 | "0s" | the mean life is zero | write a length of time, such as "45min"
Exponential(mean: "20d") | Weibull(shape: 0, scale: "9d") | out-of-range | 24:41 | 0 | a Weibull law has a shape above 0 | 1 does not age, 2 wears out
Exactly("45min") | Uniform(from: "2h", to: "1h") | wrong-times | 30:44 | "1h" | it ends (1h) before it starts (2h) | exchange `from` and `to`
Exactly("45min") | Exactly("0s") | wrong-times | 30:20 | Exactly("0s") | the length of the fault is zero | write a length of time, such as "45min"
nth: 3 | nth: 0 | out-of-range | 29:48 | 0 | nothing happens a zeroth time | count from 1
nth: 3 | after: "1d" | never-occurs | 29:50 | "1d" | it never occurs: 1d is not before the end of the run, 1d | let it occur earlier, or make the run longer
PaymentApp(WrongCurrency) | Gateway(WorkersLost) | never-occurs | 29:29 | ReversalSent | `ReversalSent` happens at terminals only, so it never occurs | use `At`, `Every` or `Random`
        "#,
    );
}

#[test]
fn roll_outs_that_cannot_be_are_refused() {
    expect(
        r#"
faults: [ | policies: (rollouts: [(id: "r", version: "2.5", from: "1h")]), faults: [ | unknown-name | 19:47 | 2.5 | there is no version `2.5` | this scenario has no version
faults: [ | versions: {"2.4": ()}, policies: (rollouts: [(id: "r", version: "2.5", from: "1h")]), faults: [ | unknown-name | 19:70 | 2.5 | there is no version `2.5` | did you mean `2.4`?
faults: [ | versions: {"2.4": ()}, policies: (rollouts: [(id: "r", version: "2.4", from: "2d")]), faults: [ | wrong-times | 19:82 | "2d" | it begins at 2d, and the run ends before | the run lasts 1d
faults: [ | versions: {"2.4": ()}, policies: (rollouts: [(id: "r", version: "2.4", from: "1h", stages: [0.1, 0.5])]), faults: [ | out-of-range | 19:96 | [0.1, 0.5] | stages rise from more than 0 to 1 | such as `[0.01, 0.1, 1]`
faults: [ | versions: {"2.4": ()}, policies: (rollouts: [(id: "r", version: "2.4", from: "1h", target: Gateway)]), faults: [ | empty-selection | 19:96 | Gateway | a version is for terminals | name a group, a type, a region, a carrier, a batch, a site or terminals
faults: [ | versions: {"2.4": ()}, policies: (rollouts: [(id: "r", version: "2.4", from: "1h", target: Group("lames"))]), faults: [ | unknown-name | 19:103 | lames | there is no group `lames` | did you mean `lanes`?
faults: [ | versions: {"2.4": ()}, policies: (rollouts: [(id: "r", version: "2.4", from: "1h", halt: (troubled: 0))]), faults: [ | out-of-range | 19:105 | 0 | it is stopped before anything is wrong | set `troubled` to a share above 0, such as 0.1
On(event: ReversalSent, nth: 3) | On(event: Updated) | never-occurs | 29:19 | On(event: Updated) | this can never occur: no terminal is updated | add a roll-out to `policies.rollouts`
faults: [ | people: (technicians: (travels: "0s")), faults: [ | wrong-times | 19:37 | "0s" | technicians' travel is zero | write a length of time, such as "45min"
        "#,
    );
}

#[test]
fn lives_of_terminals_that_cannot_be_are_refused() {
    expect(
        r#"
site_size: 8 | site_size: 8, deployment: (provider: Named("nobody")) | unknown-name | 9:106 | Named("nobody") | there is no provider `nobody` | add it to `people.onboarding.providers`
faults: [ | people: (onboarding: (providers: {"metro": ()}), deployment: (applies: (), provider: Named("metr"))), faults: [ | unknown-name | 19:90 | Named("metr") | there is no provider `metr` | did you mean `metro`?
site_size: 8 | site_size: 8, deployment: (applies: (from: "3h"), retires: At("5h")) | contradiction | 9:128 | At("5h") | they are given back at 5h, before they are activated (9h 20min at the earliest) | let them retire later, or use `After(median: "900d")`
site_size: 8 | site_size: 8, deployment: (retires: At("2d")) | never-occurs | 9:105 | At("2d") | they are never given back: 2d is not before the end of the run, 1d | let them retire earlier, or make the run longer
site_size: 8 | site_size: 8, deployment: (applies: (from: "3d")) | never-occurs | 9:112 | "3d" | nobody ever applies: 3d is not before the end of the run, 1d | let them apply earlier, or make the run longer
site_size: 8 | site_size: 8, deployment: (applies: (), ways: (online: 0, service_centre: 0, partner_bank: 0, third_party: 0, agent: 0)) | out-of-range | 9:115 | ( | the weights of all ways to a terminal are zero | make at least one of them larger than 0
site_size: 8 | site_size: 8, deployment: (applies: (), again: (attempts: 0)) | out-of-range | 9:127 | 0 | nobody can apply less than once | set `attempts` to 1 or more
site_size: 8 | site_size: 8, deployment: (handling: (returned_damaged: 0.7, returned_ruined: 0.5)) | contradiction | 9:106 | (returned_damaged: 0.7, returned_ruined: 0.5) | `returned_damaged` and `returned_ruined` exclude each other, and add up to 1.200 | make them 1 or less together
site_size: 8 | site_size: 8, deployment: (maintenance: (every: "0s", duration: "1h")) | wrong-times | 9:117 | "0s" | the time between two is zero | write a length of time, such as "45min"
faults: [ | people: (technicians: (crews: 0), deployment: (maintenance: (every: "3h", duration: "1h"))), faults: [ | contradiction | 19:65 | (every: "3h", duration: "1h") | maintenance is planned, and there are no technicians | set `people.technicians.crews` to 1 or more
faults: [ | people: (deployment: (applies: ()), onboarding: (reviewers: 0)), faults: [ | out-of-range | 19:65 | 0 | without reviewers no application is ever decided | set `reviewers` to 1 or more
faults: [ | people: (deployment: (applies: ()), onboarding: (refuses: (prohibited_business: 0.6, other: 0.6))), faults: [ | contradiction | 19:63 | (prohibited_business: 0.6, other: 0.6) | `prohibited_business` and `other` exclude each other, and add up to 1.200 | make them 1 or less together
faults: [ | people: (deployment: (applies: ()), deposits: (regions: {"EU-S": 1.2})), faults: [ | unknown-name | 19:70 | 1.2 | there is no region `EU-S` | did you mean `EU-E`?
Random(Exponential(mean: "20d")) | Random(Bathtub(early: (shape: 1.5, scale: "9d"), mean: "9d", late: (shape: 3, scale: "9d"))) | out-of-range | 24:49 | 1.5 | early failures have a shape between 0 and 1 | 0.5 is usual
Random(Exponential(mean: "20d")) | Random(Bathtub(early: (shape: 0.5, scale: "9d"), mean: "9d", late: (shape: 0.9, scale: "9d"))) | out-of-range | 24:94 | 0.9 | wear-out has a shape above 1 | 3 or 4 is usual
Random(Exponential(mean: "20d")) | Random(Bathtub(early: (shape: 0.5, scale: "9d"), mean: "0s", late: (shape: 3, scale: "9d"))) | wrong-times | 24:74 | "0s" | the mean time between failures is zero | write a length of time, such as "45min"
        "#,
    );
}

#[test]
fn unknown_words_get_a_suggestion() {
    expect(
        r#"
warmup: | warmupp: | unknown-field | 7:5 | warmupp | `warmupp` is not a field of `Scenario` | did you mean `warmup`?
roll: | rol: | unknown-field | 13:39 | rol | `rol` is not a field of `printer` | did you mean `roll`?
mean: | meen: | unknown-field | 24:38 | meen | `meen` is not a field of `Exponential` | did you mean `mean`?
share: | zzz: | unknown-field | 18:28 | zzz | `zzz` is not a field of `HostEntry` | choose from `id`, `share`, `settings`
Printer(Jam) | Printer(Jamm) | unknown-variant | 22:27 | Jamm | `Jamm` is not a fault mode of `Printer` | did you mean `Jam`?
Printer(Jam) | Pritner(Jam) | unknown-variant | 22:19 | Pritner | `Pritner` is not a part that can break | did you mean `Printer`?
hours: Cafe | hours: Tea | unknown-variant | 16:40 | Tea | `Tea` is not a choice of `Hours` | choose from `Flat`, `Grocery`, `Cafe`, `Night`, `Weights`
Group(id: "kiosks" | Grop(id: "kiosks" | wrong-type | 10:9 | Grop | expected `Group(...)`, found `Grop` | write `Group(...)`, or just `(...)`
        "#,
    );
}

#[test]
fn values_of_another_type_are_told_apart() {
    expect(
        r#"
on: ["lanes"] | on: "lanes" | wrong-type | 16:22 | "lanes" | expected a list, found `"lanes"` | a list is written `[a, b]`
Group("lanes") | Group(lanes) | wrong-type | 23:27 | lanes | expected a text in quotes, found `lanes` | write it in quotes: `"lanes"`
target: Group("lanes") | target: "lanes" | wrong-type | 23:21 | "lanes" | expected a word without quotes, found `"lanes"` | -
Printer(Jam) | Printer | wrong-type | 22:19 | Printer | expected values in parentheses, found `Printer` | write `Printer(...)`
Printer(Jam) | Printer(Jam, PaperOut) | wrong-type | 22:32 | PaperOut | expected fewer values in these parentheses, found `PaperOut` | remove what is too many
"T650": (hardware | "X": 5, "T650": (hardware | wrong-type | 13:14 | 5 | expected `TerminalType(...)`, found `5` | write `TerminalType(...)`, or just `(...)`
Group("lanes") | Site("lanes") | wrong-type | 23:26 | "lanes" | expected 2 values in these parentheses, found `"lanes"` | write 2 values, separated by commas; 1 given
Group("lanes") | Site("lanes", 1, 2) | wrong-type | 23:38 | 2 | expected fewer values in these parentheses, found `2` | remove what is too many
types: { | types: {}, types: { | duplicate-field | 12:16 | types | `types` is given twice | remove one of them
fleet: [ | seed: "x", fleet: [ | wrong-type | 8:11 | "x" | expected a whole number of at least 0, found `"x"` | -
fleet: [ | requirements: {}, fleet: [ | wrong-type | 8:19 | {} | expected a list, found `{}` | a list is written `[a, b]`
name: "quiet" | name: quiet | wrong-type | 4:11 | quiet | expected a text in quotes, found `quiet` | write it in quotes: `"quiet"`
name: "quiet" | name: 5 | wrong-type | 4:11 | 5 | expected a text in quotes, found `5` | write it in quotes: `"5"`
        "#,
    );
}

#[test]
fn wrong_quantities_name_what_would_be_right() {
    expect(
        r#"
"1h" | "1 fortnight" | wrong-quantity | 7:14 | 1 fortnight | unknown unit of time "fortnight"; known are ns, us, ms, s, min, h, d, w | a length of time is written such as "45min"
"1h" | "-1h" | wrong-quantity | 7:14 | -1h | a length of time cannot be negative | a length of time is written such as "45min"
"1h" | "1 month" | wrong-quantity | 7:14 | 1 month | "month" has no fixed length; write days: "365d" | a length of time is written such as "45min"
"1h" | 3600 | wrong-type | 7:13 | 3600 | expected a length of time, in quotes, such as "45min", found `3600` | -
"1h" | 1h | wrong-type | 7:13 | 1h | expected a length of time, in quotes, such as "45min", found `1h` | write it in quotes: `"1h"`
"1h" | "1\u{68}x" | wrong-quantity | 7:13 | "1\u{68}x" | unknown unit of time "hx"; known are ns, us, ms, s, min, h, d, w | -
"30m" | "30s" | wrong-quantity | 13:46 | 30s | unknown unit "s" for a length; known are mm, cm, m | a length is written such as "57mm"
"90 CNY" | "90 XYZ" | wrong-quantity | 16:88 | 90 XYZ | unknown currency "XYZ"; known are CNY, EUR, USD, GBP, JPY, HKD | an amount of money is written such as "24.50 CNY"
"90 CNY" | "90 EUR" | contradiction | 16:88 | 90 EUR | this amount is in EUR, and the scenario's currency is CNY | write it in CNY, or set `currency: EUR`
at_most: "5min" | at_most: 300 | wrong-type | 35:55 | 300 | `MttdP95` is a length of time | write it with its unit, such as `"5min"`
at_most: "5min" | at_most: "5 minuts" | wrong-quantity | 35:56 | 5 minuts | unknown unit of time "minuts"; known are ns, us, ms, s, min, h, d, w | a bound is a number such as 0.99, or a length of time such as "5min"
at_most: "5min" | at_most: -5 | out-of-range | 35:55 | -5 | -5 is not a finite number of at least 0 | -
at_most: "5min" | at_most: soon | wrong-type | 35:55 | soon | expected a number such as 0.99, or a length of time such as "5min", found `soon` | -
id: "kiosks" | id: "" | wrong-quantity | 10:20 |  | a name cannot be empty | choose a short name, such as "lanes"
        "#,
    );
}

#[test]
fn what_is_switched_off_is_only_a_warning() {
    let off = only("mode: Printer(Jam)", "mode: Printer(Jam), probability: 0.0");
    assert_eq!((off.severity, off.code), (Severity::Warning, Code::NeverOccurs));
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
        let found = load(path).expect_err("it is not a scenario");
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
