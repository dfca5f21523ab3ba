//! What the words mean.

use models::{Cue, Family, Fault, Part, Remedy};
use serde_json::{Value, json};

/// Words of the field that are neither a model nor a fault, cue, remedy or family.
const WORDS: &[(&str, &str)] = &[
    (
        "fault",
        "A cause of wrong behaviour, chosen by the scenario: dormant until it is activated, active until it is cleared.",
    ),
    ("error-state", "The part of a model's state that is wrong because of a fault."),
    ("failure", "The service deviates from what was promised: late, missing or wrong."),
    ("cue", "What a person can notice: something on the display, a sound, a light, a behaviour."),
    (
        "detector",
        "Folds readings into a belief and raises an alarm. It never sees the state of what it watches.",
    ),
    ("alarm", "One detector's belief that something is wrong now."),
    ("isolation", "Deciding which part, and which of its faults, is to blame."),
    (
        "incident",
        "All alarms and actions about one interruption, as the operator believes it to be.",
    ),
    ("ladder", "The ordered list of remedies that are tried against a suspected fault."),
    ("restored", "The belief that service is good again."),
    ("cleared", "The truth that the fault is gone."),
    ("relapse", "Restored, but not cleared: it comes back."),
    ("false-alarm", "An alarm with no fault behind it."),
    ("censored", "Never seen within the run: kept in the list without a time, not left out."),
    (
        "mttd",
        "Mean time to detect: from the activation of a fault to the first alarm that it caused. 平均故障检测时间",
    ),
    ("mttr", "Mean time to repair: from the activation of a fault to its clearing. 平均修复时间"),
    (
        "availability",
        "Share of time in which a terminal is able to sell: power, boot, display, keys, a reader, the application, a way to the network. 可用性",
    ),
    ("reversal", "A sale is taken back by message 0400 until 0410 acknowledges it. 冲正"),
    ("stored", "A sale that was approved offline and is sent to the host later. 存储转发"),
    (
        "fingerprint",
        "A sum of hashes of every handled event: equal for equal runs, whatever the threads, cells or machine.",
    ),
    (
        "lookahead",
        "The least time that a message between actors takes: cells advance side by side through windows of this length.",
    ),
];

/// An explanation: its title, its lines, and the same as data.
pub(crate) struct Explanation {
    pub(crate) text: String,
    pub(crate) data: Value,
}

/// Explains a term; `Err` with the nearest known ones if it is not known.
pub(crate) fn explain(term: &str) -> Result<Explanation, Vec<String>> {
    let wanted = term.trim().to_lowercase().replace([' ', '_'], "-");
    let same = |name: &str, zh: &str| name == wanted || zh == term.trim();
    if let Some(fault) = Fault::all().find(|fault| same(&fault.to_string(), fault.mode().zh)) {
        return Ok(of_fault(fault));
    }
    if let Some(part) = Part::ALL.iter().find(|part| same(part.name(), part.zh())) {
        return Ok(of_model(*part));
    }
    if let Some(remedy) = Remedy::ALL.into_iter().find(|remedy| same(remedy.name(), remedy.zh())) {
        return Ok(of_remedy(remedy));
    }
    if let Some(cue) = Cue::ALL.into_iter().find(|cue| same(cue.name(), "")) {
        return Ok(of_cue(cue));
    }
    if let Some(family) = Family::ALL.into_iter().find(|family| same(family.name(), family.zh())) {
        return Ok(of_family(family));
    }
    if let Some((word, meaning)) = WORDS.iter().find(|(word, _)| same(word, "")) {
        let data = json!({ "term": word, "kind": "word", "meaning": meaning });
        return Ok(Explanation { text: format!("{word}\n  {meaning}"), data });
    }
    Err(near(&wanted))
}

/// Every known term.
fn all() -> impl Iterator<Item = String> {
    let faults = Fault::all().map(|fault| fault.to_string());
    let parts = Part::ALL.iter().map(|part| part.name().to_owned());
    let remedies = Remedy::ALL.into_iter().map(|remedy| remedy.name().to_owned());
    let cues = Cue::ALL.into_iter().map(|cue| cue.name().to_owned());
    let families = Family::ALL.into_iter().map(|family| family.name().to_owned());
    let words = WORDS.iter().map(|(word, _)| (*word).to_owned());
    faults.chain(parts).chain(remedies).chain(cues).chain(families).chain(words)
}

fn near(wanted: &str) -> Vec<String> {
    let mut scored: Vec<_> = all()
        .map(|term| {
            let whole = strsim::jaro_winkler(wanted, &term);
            let holds = if term.contains(wanted) { 1.0 } else { 0.0 };
            (whole.max(holds), term)
        })
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(5).map(|(_, term)| term).collect()
}

fn of_fault(fault: Fault) -> Explanation {
    let mode = fault.mode();
    let join = |names: Vec<&str>| if names.is_empty() { "-".to_owned() } else { names.join(", ") };
    let cues = join(mode.cues.iter().map(|cue| cue.name()).collect());
    let seen_by = join(mode.seen_by.iter().map(|part| part.name()).collect());
    let mended: Vec<_> =
        mode.mended_by.iter().map(|(remedy, p)| format!("{} ({p})", remedy.name())).collect();
    let ladder: Vec<_> = mode
        .ladder
        .iter()
        .map(|rung| format!("{} by {} in {}", rung.remedy.name(), by(rung.by), rung.takes))
        .collect();
    let text = format!(
        "{fault}  {}\n  family    {} {}\n  effect    {}\n  cues      {cues}\n  seen by   {seen_by}\n  mended by {}\n  ladder    {}\n  scenario  mode: {fault:?}",
        mode.zh,
        mode.family.name(),
        mode.family.zh(),
        mode.effect,
        mended.join(", "),
        ladder.join(" → "),
    );
    Explanation { text, data: fault_data(fault) }
}

/// Who carries out a rung, as scenarios call it.
fn by(performer: sim::Performer) -> String {
    format!("{:?}", scenarios::By::from(performer)).to_lowercase()
}

/// A fault as data.
pub(crate) fn fault_data(fault: Fault) -> Value {
    let mode = fault.mode();
    json!({
        "term": fault.to_string(), "kind": "fault", "zh": mode.zh, "family": mode.family.name(),
        "effect": mode.effect, "scenario": format!("{fault:?}"),
        "cues": mode.cues.iter().map(|cue| cue.name()).collect::<Vec<_>>(),
        "seen_by": mode.seen_by.iter().map(|part| part.name()).collect::<Vec<_>>(),
        "mended_by": mode.mended_by.iter()
            .map(|(remedy, p)| json!({ "remedy": remedy.name(), "probability": p })).collect::<Vec<_>>(),
        "ladder": mode.ladder.iter()
            .map(|rung| json!({ "remedy": rung.remedy.name(), "by": by(rung.by), "takes_s": rung.takes.as_secs_f64() }))
            .collect::<Vec<_>>(),
    })
}

fn of_model(part: Part) -> Explanation {
    let faults: Vec<_> = part.modes().iter().map(|mode| mode.name).collect();
    let can = if faults.is_empty() { "nothing of its own".to_owned() } else { faults.join(", ") };
    let text = format!("{}  {}\n  {}\n  breaks by {can}", part.name(), part.zh(), part.about());
    Explanation { text, data: model_data(part) }
}

/// A model as data.
pub(crate) fn model_data(part: Part) -> Value {
    json!({
        "term": part.name(), "kind": "model", "zh": part.zh(), "group": part.group(), "about": part.about(),
        "faults": part.modes().iter().map(|mode| mode.name).collect::<Vec<_>>(),
    })
}

fn of_remedy(remedy: Remedy) -> Explanation {
    let mends: Vec<_> = Fault::all()
        .filter(|fault| fault.mode().mended_by(remedy) > 0.0)
        .map(|fault| fault.to_string())
        .collect();
    let text = format!("{}  {}\n  can mend {}", remedy.name(), remedy.zh(), mends.join(", "));
    let data =
        json!({ "term": remedy.name(), "kind": "remedy", "zh": remedy.zh(), "mends": mends });
    Explanation { text, data }
}

fn of_cue(cue: Cue) -> Explanation {
    let shown: Vec<_> = Fault::all()
        .filter(|fault| fault.mode().cues.contains(&cue))
        .map(|fault| fault.to_string())
        .collect();
    let text = format!("{}  by {}\n  shown by {}", cue.name(), cue.channel(), shown.join(", "));
    let data =
        json!({ "term": cue.name(), "kind": "cue", "channel": cue.channel(), "shown_by": shown });
    Explanation { text, data }
}

fn of_family(family: Family) -> Explanation {
    let faults: Vec<_> = Fault::all()
        .filter(|fault| fault.mode().family == family)
        .map(|fault| fault.to_string())
        .collect();
    let text = format!("{}  {}\n  {}", family.name(), family.zh(), faults.join("\n  "));
    let data =
        json!({ "term": family.name(), "kind": "family", "zh": family.zh(), "faults": faults });
    Explanation { text, data }
}
