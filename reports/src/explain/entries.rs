//! Explanations of what the types name: models, faults, indications, recovery actions, detectors, measures, families.

use faults::Ratings;
use models::diagnosis::DiagnosisSettings;
use models::{
    Detector, Evidence, Family, Fault, Indication, Part, RecoveryAction, Symptom, ratings,
};
use scenarios::{Measure, MeasureKind};
use schemars::JsonSchema;
use serde_json::{Value, json};

use super::Explanation;
use crate::wording::performer;

/// One entry for everything that the types name.
pub(super) fn of_types() -> Vec<Explanation> {
    let (indications, actions) = (Docs::of::<Indication>(), Docs::of::<RecoveryAction>());
    let (measures, families) = (Docs::of::<Measure>(), Docs::of::<Family>());
    let mut all: Vec<Explanation> = Part::ALL.iter().map(|part| model(*part)).collect();
    all.extend(models::detectors().iter().copied().map(detector));
    all.extend(Fault::all().map(fault));
    all.extend(Indication::all().map(|it| indication(it, &indications)));
    all.extend(Symptom::all().map(symptom));
    all.extend(Evidence::all().map(evidence));
    all.extend(RecoveryAction::all().map(|it| action(it, &actions)));
    all.extend(Measure::ALL.into_iter().map(|it| measure(it, &measures)));
    all.extend(Family::ALL.into_iter().map(|it| family(it, &families)));
    all
}

/// The doc comments of an enum's variants, by the variants' names.
struct Docs(Value);

impl Docs {
    fn of<T: JsonSchema>() -> Self {
        Self(schemars::schema_for!(T).to_value())
    }
    fn about(&self, variant: &str) -> String {
        let choices = self.0["oneOf"].as_array().into_iter().flatten();
        let mut known = choices.filter(|it| it["const"] == variant);
        let text = known.next().and_then(|it| it["description"].as_str());
        text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn list(names: impl IntoIterator<Item = String>, none: &str) -> String {
    let names: Vec<String> = names.into_iter().collect();
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}

fn both(name: &str, zh: &str) -> String {
    format!("{zh} {name}")
}

fn fault_zh(fault: Fault) -> String {
    both(&fault.to_string(), fault.mode().zh)
}

fn faults(holds: impl Fn(Fault) -> bool) -> Vec<Fault> {
    Fault::all().filter(|fault| holds(*fault)).collect()
}

fn names(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(Fault::to_string).collect()
}

fn model(part: Part) -> Explanation {
    let modes = part.modes();
    let english = vec![
        part.about().to_owned(),
        format!("group      {}; what a scenario may set: scenarios/REFERENCE.md", part.group()),
        format!(
            "breaks by  {}",
            list(modes.iter().map(|(_, it)| it.name.to_owned()), "nothing of its own")
        ),
    ];
    let chinese = vec![
        format!("模型“{}”，属于“{}”组。", part.zh(), group_zh(part.group())),
        format!(
            "故障方式：{}。",
            list(modes.iter().map(|(_, it)| both(it.name, it.zh)), "自身不发生故障")
        ),
    ];
    let (term, zh) = (part.name().to_owned(), part.zh().to_owned());
    Explanation { term, zh, kind: "model", english, chinese, data: model_data(part) }
}

/// The groups of the list of models, in the catalogue's words.
fn group_zh(group: &str) -> &str {
    match group {
        "hardware" => "硬件设备",
        "comms" => "通信模块",
        "software" => "应用软件",
        "platform" => "支付平台",
        "people" => "人员",
        other => other,
    }
}

/// A model as data.
pub fn model_data(part: Part) -> Value {
    json!({
        "term": part.name(), "kind": "model", "zh": part.zh(), "group": part.group(),
        "about": part.about(), "faults": part.modes().iter().map(|(_, it)| it.name).collect::<Vec<_>>(),
    })
}

fn detector(detector: &Detector) -> Explanation {
    let about: Vec<Fault> = detector.modes().collect();
    let alarms = detector.part.name();
    let english = vec![
        format!("where      {}; its alarms carry the name {alarms}", detector.place.name()),
        format!("sees       {}", detector.sees),
        format!("blind to   {}", detector.blind_to),
        format!("modes      {}", list(names(&about), "-")),
    ];
    let chinese = vec![
        format!(
            "位置：{}；报警以“{}”的名义发出。",
            detector.place.zh(),
            both(alarms, detector.part.zh())
        ),
        format!("能看到：{}。", detector.sees_zh),
        format!("看不到：{}。", detector.blind_to_zh),
        format!("可发现的故障：{}。", list(about.iter().map(|it| fault_zh(*it)), "无")),
    ];
    let data = json!({
        "place": detector.place.name(), "alarms_as": alarms, "modes": names(&about),
        "sees": detector.sees, "blind_to": detector.blind_to,
    });
    let (term, zh) = (detector.name.to_owned(), detector.zh.to_owned());
    Explanation { term, zh, kind: "detector", english, chinese, data }
}

fn fault(fault: Fault) -> Explanation {
    let mode = fault.mode();
    let clears = |(action, p): &(RecoveryAction, f64)| format!("{} ({p})", action.name());
    let clears_zh = |(action, p): &(RecoveryAction, f64)| format!("{} ({p})", action.zh());
    let step = |step: &faults::RecoveryStep<models::Models>| {
        format!("{} by {} in {}", step.action.name(), performer(step.by), step.duration)
    };
    let effects = mode.effects;
    let Ratings { severity, occurrence, detection } = mode.ratings;
    let rpn = ratings::rpn(mode.ratings);
    let english = vec![
        format!("cause      {}", mode.cause),
        format!("effect     {} → {} → {}", effects.local, effects.next, effects.end),
        format!("family     {}", mode.family.name()),
        format!(
            "indication {}",
            list(
                mode.indications.iter().map(|it| it.name().to_owned()),
                "none: no person can notice it"
            )
        ),
        format!("seen by    {}", list(mode.seen_by.iter().map(|it| seer(*it)), "-")),
        format!("cleared by {}", list(mode.cleared_by.iter().map(clears), "nothing")),
        format!("procedure  {}", mode.procedure.iter().map(step).collect::<Vec<_>>().join(" → ")),
        format!(
            "ratings    severity {severity}, occurrence {occurrence}, detection {detection}: {rpn}"
        ),
        format!("scenario   mode: {fault:?}"),
    ];
    let chinese = vec![
        format!("“{}”的故障：{}。类别：{}。", fault.part().zh(), mode.zh, mode.family.zh()),
        format!(
            "可见征兆：{}。",
            list(mode.indications.iter().map(|it| both(it.name(), it.zh())), "无，人无法察觉")
        ),
        format!(
            "能发现者：{}。",
            list(mode.seen_by.iter().map(|it| both(it.name(), it.zh())), "无")
        ),
        format!(
            "修复方式（一次成功的概率）：{}。",
            list(mode.cleared_by.iter().map(clears_zh), "无")
        ),
        format!(
            "处理顺序：{}。",
            mode.procedure.iter().map(|it| it.action.zh()).collect::<Vec<_>>().join(" → ")
        ),
        format!("严重度{severity}，发生度{occurrence}，探测度{detection}，风险优先数{rpn}。"),
    ];
    let (term, zh) = (fault.to_string(), mode.zh.to_owned());
    Explanation { term, zh, kind: "fault", english, chinese, data: fault_data(fault) }
}

/// Who can see something, as its alarms are named, and by which detector if it has one only.
fn seer(part: Part) -> String {
    let mut its = models::detectors().iter().filter(|it| it.part == part);
    match (its.next(), its.next()) {
        (Some(only), None) if only.name != part.name() => {
            format!("{} ({})", part.name(), only.name)
        }
        _ => part.name().to_owned(),
    }
}

/// A fault as data.
pub fn fault_data(fault: Fault) -> Value {
    let mode = fault.mode();
    let (effects, Ratings { severity, occurrence, detection }) = (mode.effects, mode.ratings);
    json!({
        "term": fault.to_string(), "kind": "fault", "zh": mode.zh, "family": mode.family.name(),
        "cause": mode.cause,
        "effects": { "local": effects.local, "next": effects.next, "end": effects.end },
        "ratings": { "severity": severity, "occurrence": occurrence, "detection": detection },
        "scenario": format!("{fault:?}"),
        "indications": mode.indications.iter().map(|indication| indication.name()).collect::<Vec<_>>(),
        "seen_by": mode.seen_by.iter().map(|part| part.name()).collect::<Vec<_>>(),
        "cleared_by": mode.cleared_by.iter()
            .map(|(action, p)| json!({ "action": action.name(), "probability": p })).collect::<Vec<_>>(),
        "procedure": mode.procedure.iter()
            .map(|step| json!({ "action": step.action.name(), "by": performer(step.by), "duration_s": step.duration.as_secs_f64() }))
            .collect::<Vec<_>>(),
    })
}

fn indication(indication: Indication, docs: &Docs) -> Explanation {
    let shown = faults(|fault| fault.mode().indications.contains(&indication));
    let (channel, channel_zh) =
        indication.channel().split_once(' ').unwrap_or((indication.channel(), ""));
    let symptoms: Vec<Symptom> = indication.symptoms().collect();
    let taken = list(symptoms.iter().map(|it| it.name().to_owned()), "nothing in particular");
    let taken_zh = list(symptoms.iter().map(|it| it.zh().to_owned()), "不确定");
    let english = vec![
        docs.about(&format!("{indication:?}")),
        format!("noticed by {channel}"),
        format!("shown by   {}", list(names(&shown), "no fault by itself")),
        format!("reported as {taken}"),
    ];
    let chinese = vec![
        format!("征兆“{}”，通过{channel_zh}察觉。", indication.zh()),
        format!(
            "可能由以下故障引起：{}。",
            list(shown.iter().map(|it| fault_zh(*it)), "没有单独的故障")
        ),
        format!("人们会报告：{taken_zh}。"),
    ];
    let data = json!({ "channel": indication.channel(), "shown_by": names(&shown), "reported_as": symptoms.iter().map(|it| it.name()).collect::<Vec<_>>() });
    let (term, zh) = (indication.name().to_owned(), indication.zh().to_owned());
    Explanation { term, zh, kind: "indication", english, chinese, data }
}

/// A doc comment, as one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What may be behind a symptom at a terminal that has everything, before any evidence.
fn symptom(symptom: Symptom) -> Explanation {
    let (mut candidates, none) = DiagnosisSettings::default().candidates(symptom);
    candidates.sort_by(|a, b| b.1.total_cmp(&a.1));
    let sum: f64 = candidates.iter().map(|it| it.1).sum();
    let share = |weight: f64| weight / sum * (1.0 - none);
    let definition = symptom.definition();
    let steps = definition.procedure.iter();
    let steps: Vec<String> =
        steps.map(|it| format!("{} by {}", it.action.name(), performer(it.by))).collect();
    let weights = candidates.iter().map(|(it, weight)| format!("{it} {:.3}", share(*weight)));
    let english = vec![
        one_line(definition.about),
        format!("candidates {}, nothing broken {none:.3}", list(weights, "none")),
        format!("procedure  {}", list(steps, "none")),
    ];
    let weights_zh =
        candidates.iter().map(|(it, weight)| format!("{} {:.3}", fault_zh(*it), share(*weight)));
    let chinese = vec![
        format!("报警所指明的现象“{}”。", symptom.zh()),
        format!("候选及权重：{}；无故障 {none:.3}。", list(weights_zh, "无")),
    ];
    let weights: Vec<Value> = candidates
        .iter()
        .map(|(it, weight)| json!({ "fault": it.to_string(), "weight": share(*weight) }))
        .collect();
    let data = json!({ "candidates": weights, "none": none });
    let (term, zh) = (symptom.name().to_owned(), symptom.zh().to_owned());
    Explanation { term, zh, kind: "symptom", english, chinese, data }
}

/// What evidence says of causes.
fn evidence(evidence: Evidence) -> Explanation {
    let definition = evidence.definition();
    let factors: Vec<(Fault, f64)> = definition
        .factors
        .iter()
        .map(|(it, factor)| (it.fault::<models::Models>(), *factor))
        .collect();
    let said = factors.iter().map(|(it, factor)| format!("{it} x{factor}"));
    let said_zh = factors.iter().map(|(it, factor)| format!("{} x{factor}", fault_zh(*it)));
    let english = vec![
        one_line(definition.about),
        format!("weights    {}, nothing broken x{}", list(said, "none"), definition.none),
    ];
    let chinese = vec![
        format!("与现象同时看到的证据“{}”。", evidence.zh()),
        format!("权重倍数：{}；无故障 x{}。", list(said_zh, "无"), definition.none),
    ];
    let factors: Vec<Value> = factors
        .iter()
        .map(|(it, factor)| json!({ "fault": it.to_string(), "factor": factor }))
        .collect();
    let data = json!({ "factors": factors, "none": definition.none });
    let (term, zh) = (evidence.name().to_owned(), evidence.zh().to_owned());
    Explanation { term, zh, kind: "evidence", english, chinese, data }
}

fn action(action: RecoveryAction, docs: &Docs) -> Explanation {
    let clears = faults(|fault| fault.mode().cleared_by(action) > 0.0);
    let tried = faults(|fault| fault.mode().procedure.iter().any(|step| step.action == action));
    let english = vec![
        docs.about(&format!("{action:?}")),
        format!("can clear  {}", list(names(&clears), "nothing by itself")),
        format!(
            "tried for  {}",
            list(names(&tried), "nothing unless a scenario's procedure says so")
        ),
    ];
    let chinese = vec![
        format!("处理方式“{}”。", action.zh()),
        format!("可修复：{}。", list(clears.iter().map(|it| fault_zh(*it)), "无")),
        format!(
            "用于怀疑以下故障时：{}。",
            list(tried.iter().map(|it| fault_zh(*it)), "仅在场景自定的处理顺序中")
        ),
    ];
    let data = json!({ "clears": names(&clears), "tried_for": names(&tried) });
    let (term, zh) = (action.name().to_owned(), action.zh().to_owned());
    Explanation { term, zh, kind: "recovery action", english, chinese, data }
}

fn measure(measure: Measure, docs: &Docs) -> Explanation {
    let name = format!("{measure:?}");
    let (unit, unit_zh) = match measure.kind() {
        MeasureKind::Time => ("a length of time", "时间长度"),
        MeasureKind::Share => ("a share from 0 to 1", "0到1之间的比例"),
        MeasureKind::Count => ("a whole number", "整数"),
        MeasureKind::Score => ("a number from 0 to 2", "0到2之间的数"),
    };
    let (of, of_zh) = if measure.of_a_fault() {
        ("of the whole run, or of one entry of `faults`", "可针对整次运行或某一条故障")
    } else {
        ("of the whole run", "针对整次运行")
    };
    let english = vec![
        docs.about(&name),
        format!("value      {unit}, {of}"),
        format!("scenario   Measure(measure: {name}, at_least: …, at_most: …)"),
    ];
    let chinese = vec![format!("指标“{}”：{unit_zh}，{of_zh}。", measure.zh())];
    let data =
        json!({ "about": docs.about(&name), "value": unit, "of_a_fault": measure.of_a_fault() });
    Explanation { term: name, zh: measure.zh().to_owned(), kind: "measure", english, chinese, data }
}

fn family(family: Family, docs: &Docs) -> Explanation {
    let all = faults(|fault| fault.mode().family == family);
    let english = vec![
        docs.about(&format!("{family:?}")),
        format!("faults     {}", list(names(&all), "none")),
    ];
    let chinese = vec![
        format!("故障类别“{}”。", family.zh()),
        format!("包括：{}。", list(all.iter().map(|it| fault_zh(*it)), "无")),
    ];
    let data = json!({ "faults": names(&all) });
    let (term, zh) = (family.name().to_owned(), family.zh().to_owned());
    Explanation { term, zh, kind: "family", english, chinese, data }
}
