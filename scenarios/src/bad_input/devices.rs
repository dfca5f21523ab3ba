//! Voltages, temperatures, wear and journals that cannot be.

use super::{expect, mistakes};

/// Where the type of the sound scenario sets its printer: what stands there instead.
const TYPE: &str = r#"printer: (roll: "30m")"#;

/// A table whose rows replace [`TYPE`].
fn of_type(table: &str) {
    let rows = table.lines().map(str::trim).filter(|row| !row.is_empty());
    let rows: Vec<String> = rows.map(|row| format!("{TYPE} | {row}")).collect();
    expect(&rows.join("\n"));
}

#[test]
fn voltages_that_contradict_each_other_are_found() {
    of_type(
        r#"
mainboard: (starts_at: "6V") | contradiction | 13:52 | "6V" | type `T650` does not start at its own supply voltage | `mainboard.starts_at` has to be at most `power.nominal`
mainboard: (brown_out: "4700mV") | contradiction | 13:52 | "4700mV" | type `T650` starts below the voltage that holds it down | `brown_out` has to be at most `starts_at`
mainboard: (abnormal_below: "5100mV") | contradiction | 13:57 | "5100mV" | type `T650` works abnormally at its own supply voltage | `mainboard.abnormal_below` has to be at most `power.nominal`
power: (cuts_off_above: "4V") | contradiction | 13:53 | "4V" | type `T650` is cut off at its own supply voltage | `cuts_off_above` has to be at least `nominal`
power: (cuts_off_above: "12V") | contradiction | 13:53 | "12V" | type `T650` dies of a voltage that its protection lets through | `mainboard.endures` has to be at least `power.cuts_off_above`
power: (nominal: "230V", cuts_off_above: "230V"), mainboard: (endures: "400V") | out-of-range | 13:46 | "230V" | type `T650` is fed with 230000 mV | a terminal is fed with at most 100 V
power: (nominal: "5900mV") | contradiction | 13:46 | "5900mV" | type `T650` is cut off at its own supply voltage | `cuts_off_above` has to be at least `nominal`
battery: (charges_from: "5100mV") | contradiction | 13:53 | "5100mV" | type `T650` never charges its battery | `battery.charges_from` has to be at most `power.nominal`
tamper: (coin_cell: "2V") | contradiction | 13:49 | "2V" | type `T650` has a coin cell that does not hold the keys when it is new | `holds_from` has to be at most `coin_cell`
printer: (faint_below: "5100mV") | contradiction | 13:52 | "5100mV" | type `T650` prints faintly at its own supply voltage | `printer.faint_below` has to be at most `power.nominal`
        "#,
    );
}

#[test]
fn temperatures_that_contradict_each_other_are_found() {
    of_type(
        r#"
enclosure: (sensor: (every: "1ms")) | out-of-range | 13:49 | (every: "1ms") | `enclosure.sensor.every` of type `T650`: it is read without end | a sensor is read at most ten times a second: `every` has to be at least "100ms"
power: (meter: (resolution: "0mV")) | out-of-range | 13:44 | (resolution: "0mV") | `power.meter.resolution` of type `T650`: its readings have no steps to be rounded to | `resolution` has to be above zero
mainboard: (sensor: (noise: "-1C")) | out-of-range | 13:49 | (noise: "-1C") | `mainboard.sensor.noise` of type `T650`: a deviation is not negative | `noise` has to be at least zero
enclosure: (heat: "20C") | contradiction | 13:47 | "20C" | type `T650` cools down in its heat | `heat` has to be at least `place`
enclosure: (cold: "30C") | contradiction | 13:47 | "30C" | type `T650` warms up in its cold | `cold` has to be at most `place`
mainboard: (throttles_at: "95C") | contradiction | 13:55 | "95C" | type `T650` switches itself off before it slows down | `throttles_at` has to be at most `shuts_at`
mainboard: (throttles_at: "30C", shuts_at: "40C") | contradiction | 13:72 | "40C" | type `T650` switches itself off where it stands | `shuts_at` has to be above `enclosure.place` and `mainboard.warms_by` together
printer: (cooldown_at: "50C") | contradiction | 13:52 | "50C" | type `T650` has a print head that resumes before it has cooled | `resumes_at` has to be below `cooldown_at`
printer: (resumes_at: "20C") | contradiction | 13:51 | "20C" | type `T650` has a print head that never cools so far where it stands | `printer.resumes_at` has to be above `enclosure.place`
mainboard: (warms_in: "0s") | wrong-times | 13:51 | "0s" | the time constant is zero | write a length of time, such as "45min"
enclosure: (follows_in: "0s") | wrong-times | 13:53 | "0s" | the time constant is zero | write a length of time, such as "45min"
printer: (cools_in: "0s") | wrong-times | 13:49 | "0s" | the time constant is zero | write a length of time, such as "45min"
        "#,
    );
}

#[test]
fn wear_that_cannot_be_is_found() {
    of_type(
        r#"
keypad: (life: (uses: 0, shape: 2)) | out-of-range | 13:44 | (uses: 0, shape: 2) | `keypad.life` of type `T650` is not a Weibull life | set `uses` to 1 or more, and `shape` to 0.1 or more: 2 to 4 wears out
printer: (life_in_lines: (uses: 9, shape: 0)) | out-of-range | 13:54 | (uses: 9, shape: 0) | `printer.life_in_lines` of type `T650` is not a Weibull life | set `uses` to 1 or more, and `shape` to 0.1 or more: 2 to 4 wears out
card_reader: (life_in_swipes: (uses: 0, shape: 3)) | out-of-range | 13:59 | (uses: 0, shape: 3) | `card_reader.life_in_swipes` of type `T650` is not a Weibull life | set `uses` to 1 or more, and `shape` to 0.1 or more: 2 to 4 wears out
battery: (life: (uses: 500, shape: 0.01)) | out-of-range | 13:45 | (uses: 500, shape: 0.01) | `battery.life` of type `T650` is not a Weibull life | set `uses` to 1 or more, and `shape` to 0.1 or more: 2 to 4 wears out
keypad: (rated: 0) | out-of-range | 13:45 | 0 | `keypad.rated` of type `T650` is over before the first use | set it to 1 or more, or leave it out: then nobody counts
printer: (rated_lines: 0) | out-of-range | 13:52 | 0 | `printer.rated_lines` of type `T650` is over before the first use | set it to 1 or more, or leave it out: then nobody counts
card_reader: (rated_insertions: 0) | out-of-range | 13:61 | 0 | `card_reader.rated_insertions` of type `T650` is over before the first use | set it to 1 or more, or leave it out: then nobody counts
        "#,
    );
}

#[test]
fn what_would_happen_without_end_at_one_instant_is_found() {
    expect(
        r#"
hardware: (printer: (roll: "30m")) | hardware: (power: (contact_gap: "0s")) | wrong-times | 13:50 | "0s" | the mean gap is zero | write a length of time, such as "45min"
hardware: (printer: (roll: "30m")) | hardware: (mainboard: (resets_every: "0s")) | wrong-times | 13:55 | "0s" | the mean time between resets is zero | write a length of time, such as "45min"
hardware: (printer: (roll: "30m")) | hardware: (mainboard: (abnormal_resets_every: "0s")) | wrong-times | 13:64 | "0s" | the mean time between resets is zero | write a length of time, such as "45min"
hardware: (printer: (roll: "30m")) | software: (payment_app: (journal: Buffered("0s"))) | wrong-times | 13:52 | Buffered("0s") | the time between two writings is zero | write a length of time, such as "45min"
hardware: (printer: (roll: "30m")) | software: (security: (checks_every: "0s")) | wrong-times | 13:54 | "0s" | the time between two checks is zero | write a length of time, such as "45min"
hardware: (printer: (roll: "30m")) | software: (security: (talks_every: "0s")) | wrong-times | 13:53 | "0s" | the mean time between two attempts is zero | write a length of time, such as "45min"
hardware: (printer: (roll: "30m")) | software: (storage: (fills_in: "0s")) | wrong-times | 13:49 | "0s" | the time to fill it is zero | write a length of time, such as "45min"
hardware: (printer: (roll: "30m")) | software: (firmware: (leaks_in: "0s")) | wrong-times | 13:50 | "0s" | the time to leak is zero | write a length of time, such as "45min"
        "#,
    );
}

#[test]
fn a_type_is_not_blamed_for_what_is_wrong_with_its_base() {
    let source = r#"(schema: 2, name: "a", intent: "b", duration: "1d", fleet: [(id: "lanes", count: 1, type: "new")],
        types: {
            "old": (hardware: (mainboard: (shuts_at: "30C", throttles_at: "20C"))),
            "new": (base: "old", hardware: (tamper: (coin_cell: "1V"))),
        })"#;
    let found: Vec<String> = mistakes(source).into_iter().map(|it| it.message).collect();
    assert_eq!(
        found,
        [
            "type `old` switches itself off where it stands",
            "type `new` has a coin cell that does not hold the keys when it is new",
        ]
    );
}

#[test]
fn a_fault_of_a_part_that_nobody_there_has_is_found() {
    let source = r#"(schema: 2, name: "a", intent: "b", duration: "1d",
        fleet: [(id: "wired", count: 2, type: "wired"), (id: "others", count: 2)],
        types: {"wired": (
            hardware: (battery: (capacity: "0mAh"), display: (keypad_only: true)),
            software: (firmware: (backup: None)),
        )},
        faults: [(id: "f", mode: MODE, target: TARGET, when: At("2h"))])"#;
    let said = |mode: &str, target: &str| {
        let source = source.replace("MODE", mode).replace("TARGET", target);
        mistakes(&source).into_iter().map(|it| it.message).collect::<Vec<_>>()
    };
    let wired = r#"Group("wired")"#;
    for (mode, message) in [
        (
            "Battery(Aged)",
            "none of the 2 terminals there has the part `battery`, so battery.aged cannot occur",
        ),
        (
            "Cellular(ModuleDead)",
            "none of the 2 terminals there has the part `cellular`, so cellular.module-dead cannot occur",
        ),
        (
            "PhoneLink(PairingLost)",
            "none of the 2 terminals there has the part `phone-link`, so phone-link.pairing-lost cannot occur",
        ),
        ("Display(TouchDead)", "no terminal there can have display.touch-dead"),
    ] {
        assert_eq!(said(mode, wired), [message]);
        let anywhere = usize::from(mode.starts_with("PhoneLink"));
        assert_eq!(said(mode, "All").len(), anywhere, "{mode}: the others have it");
    }
    assert!(said("Wifi(Interference)", wired).is_empty());
    assert!(said("Display(Blank)", wired).is_empty());
}
