//! A run's messages as packets, counted by tshark's own dissector and by the simulator.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use faults::DomainEvent;
use hil::iso8583::{Dialect, Mapper};
use hil::trace::trace;
use models::Note;
use scenarios::{Options, Source, record};
use sim::Pulse;

const SCENARIO: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/showcase/transaction.ron");

/// What tshark says of the packets that a filter lets through: a line a packet, fields divided by tabs. `None` without tshark.
fn tshark(capture: &Path, filter: &str, fields: &[&str]) -> Option<Vec<String>> {
    let mut probe = Command::new("tshark");
    probe.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    if !probe.status().is_ok_and(|it| it.success()) {
        let promised = std::env::var_os("POSRIG_PEERS").is_some_and(|it| it == "1");
        assert!(!promised, "tshark is missing");
        println!("skipped: tshark is missing");
        return None;
    }
    let mut command = Command::new("tshark");
    command.arg("-r").arg(capture).args(["-d", "tcp.port==8583,iso8583", "-Y", filter]);
    for preference in [
        "iso8583.len_endian:Big endian",
        "iso8583.charset:Digits represented as ASCII Characters",
        "iso8583.binencode:Bin data represented as Hex Ascii characters",
        "tcp.check_checksum:TRUE",
        "ip.check_checksum:TRUE",
    ] {
        command.args(["-o", preference]);
    }
    command.args(["-T", "fields"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command.stderr(Stdio::null()).output().expect("it runs");
    assert!(output.status.success(), "tshark refuses {filter}");
    let text = String::from_utf8(output.stdout).expect("it is text");
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn tshark_counts_the_messages_that_the_simulator_counts() {
    let mut loaded = scenarios::load(Path::new(SCENARIO)).expect("it is shipped");
    // The gateway then notes each request that comes: a count that the capture has no part in.
    loaded.scenario.platform.gateway.notes_requests = true;
    let source = Source { scenario: &loaded.scenario, path: SCENARIO, text: &loaded.source };
    let mapper = Mapper::new(Arc::new(Dialect::load("iso8583-1987-ascii").expect("built in")));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.pcap");
    let to = BufWriter::new(File::create(&path).expect("a file"));
    let seed = loaded.scenario.seed;
    let (outcome, counts) =
        trace(source, seed, (&mapper, 8583), &Pulse::default(), to).expect("it is written");
    let plain = Options { seed: Some(seed), ..Options::default() };
    let plain = record(source, &plain, 1, &Pulse::default()).expect("it runs");
    assert_eq!(outcome.fingerprint, plain.outcome.fingerprint, "a capture changes nothing");

    let all = ["iso8583.mti", "iso8583.bit11", "iso8583.bit41"];
    let Some(lines) = tshark(&path, "iso8583", &all) else { return };
    let mut by_type: BTreeMap<&str, u64> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut repeated = 0;
    for line in &lines {
        *by_type.entry(line.split('\t').next().unwrap_or_default()).or_default() += 1;
        repeated += u64::from(!seen.insert(line));
    }
    assert_eq!(by_type, counts.messages);
    assert_eq!(repeated, counts.repeated, "duplicates");
    assert!(repeated > 0 && by_type["0400"] > 0, "{counts:?}");
    let came =
        |fact: &&models::Fact| matches!(fact.what, DomainEvent::Noted(Note::RequestCame { .. }));
    let came = plain.facts.iter().filter(came).count() as u64;
    let asked = ["0200", "0220", "0400"].iter().filter_map(|it| by_type.get(it)).sum::<u64>();
    assert_eq!(asked, came, "requests that came to the gateway");
    let wrong = "tcp.analysis.flags || _ws.malformed || tcp.checksum.status == \"Bad\" || ip.checksum.status == \"Bad\"";
    assert_eq!(tshark(&path, wrong, &["frame.number"]), Some(Vec::new()));
    let good = "tcp.checksum.status == \"Good\" && ip.checksum.status == \"Good\"";
    let good = tshark(&path, good, &["frame.number"]).map(|it| it.len() as u64);
    assert_eq!(good, Some(counts.packets));
}
