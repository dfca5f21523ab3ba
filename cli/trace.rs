//! `posrig trace`: the messages of a run as packets that other tools read.

use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use hil::iso8583::{Dialect, Mapper};
use hil::trace::{Counts, trace as capture};
use reports::manifest::Manifest;
use scenarios::{Loaded, Source};
use sim::Pulse;

use crate::arguments::Trace;
use crate::check;
use crate::end::{End, print, refuse};

/// Runs the scenario of a run folder again and writes what crosses the gateway's network port.
pub(crate) fn trace(arguments: &Trace) -> End {
    match write(arguments) {
        Ok(Some(counts)) if arguments.json => {
            let Counts { messages, repeated, terminals, packets } = counts;
            let counts = serde_json::json!({
                "messages": messages, "repeated": repeated, "terminals": terminals, "packets": packets,
            });
            print(&counts.to_string());
            End::Passed
        }
        Ok(Some(counts)) => {
            print(&in_words(arguments, &counts));
            End::Passed
        }
        // What is wrong with the scenario has been said.
        Ok(None) => End::Refused,
        Err(why) => refuse(&why),
    }
}

fn in_words(arguments: &Trace, counts: &Counts) -> String {
    let types = counts.messages.iter().map(|(mti, count)| format!("{mti} {count}"));
    format!(
        "messages     {}; {} repeated\npackets      {} of {} terminals\ncapture      {}",
        types.collect::<Vec<_>>().join(", "),
        counts.repeated,
        counts.packets,
        counts.terminals,
        arguments.pcap.display()
    )
}

/// The scenario that a run folder was made of, as it is now, with the folder's manifest; `None` if it is refused, which has been said.
///
/// # Errors
/// If it is no run folder, or the scenario has changed since.
pub(crate) fn scenario_of(folder: &Path) -> Result<Option<(Manifest, Loaded)>, String> {
    let path = folder.join("manifest.json");
    let text = std::fs::read_to_string(&path).map_err(|why| {
        format!("{} is not a run folder: {}: {why}", folder.display(), path.display())
    })?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|why| format!("{}: {why}", path.display()))?;
    let Some(loaded) = check::load(Path::new(&manifest.scenario), true) else { return Ok(None) };
    if loaded.hash != manifest.hash {
        let file = &manifest.scenario;
        return Err(format!("{file} has changed since that run: make the run folder again"));
    }
    Ok(Some((manifest, loaded)))
}

/// A run comes out as its folder says.
///
/// # Errors
/// If it does not.
pub(crate) fn comes_out(manifest: &Manifest, fingerprint: sim::Fingerprint) -> Result<(), String> {
    if fingerprint.to_string() == manifest.fingerprint {
        return Ok(());
    }
    Err(format!(
        "the run does not come out as it did then (fingerprint {fingerprint} instead of {}): it was made by another version ({}), or with a policy program",
        manifest.fingerprint, manifest.version
    ))
}

fn write(arguments: &Trace) -> Result<Option<Counts>, String> {
    let dialect = Dialect::load(&arguments.dialect).map_err(|why| why.to_string())?;
    let mapper = Mapper::new(Arc::new(dialect));
    let Some((manifest, loaded)) = scenario_of(&arguments.run)? else { return Ok(None) };
    let source =
        Source { scenario: &loaded.scenario, path: &manifest.scenario, text: &loaded.source };
    let parent = arguments.pcap.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    // Beside it, so that a capture is whole or not there.
    let cannot = |why| format!("cannot write into {}: {why}", folder.display());
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // As readable to others as any file that the user makes.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let beside = builder.tempfile_in(folder).map_err(cannot)?;
    let to = BufWriter::new(beside.as_file());
    let traced = capture(source, manifest.seed, (&mapper, arguments.port), &Pulse::default(), to);
    let (outcome, counts) = traced.map_err(|why| why.to_string())?;
    comes_out(&manifest, outcome.fingerprint)?;
    let kept = beside.persist(&arguments.pcap);
    kept.map_err(|why| format!("cannot write {}: {}", arguments.pcap.display(), why.error))?;
    Ok(Some(counts))
}
