//! Words of the field that no type names.

use serde_json::json;

use super::Explanation;

/// Term, Chinese term, meaning, meaning in Chinese.
const WORDS: &[[&str; 4]] = &[
    [
        "fault",
        "故障",
        "A cause of wrong behaviour, chosen by the scenario: dormant until it is activated, active until it is cleared.",
        "错误行为的原因，由场景设定：激活之前潜伏，清除之前有效。",
    ],
    [
        "error-state",
        "错误状态",
        "The part of a model's state that is wrong because of a fault.",
        "模型状态中因故障而出错的部分。",
    ],
    [
        "failure",
        "失效",
        "The service deviates from what was promised: late, missing or wrong.",
        "服务偏离承诺：迟到、缺失或错误。",
    ],
    [
        "indication",
        "征兆",
        "What a person can notice: something on the display, a sound, a light, a behaviour.",
        "人能察觉的现象：显示屏、声音、指示灯、表现。",
    ],
    [
        "detector",
        "检测器",
        "Folds readings into a belief and raises an alarm. It never sees the state of what it watches.",
        "把读数归纳为判断并报警，从不看到被监视对象的真实状态。",
    ],
    [
        "alarm",
        "报警",
        "One detector's belief that something is wrong now.",
        "某个检测器认为当前有异常。",
    ],
    [
        "isolation",
        "故障定位",
        "Deciding which part, and which of its faults, is to blame.",
        "判定是哪个部件的哪种故障。",
    ],
    [
        "incident",
        "事件",
        "All alarms and actions about one interruption, as the operator believes it to be.",
        "运营方认为属于同一次中断的全部报警与处理。",
    ],
    [
        "procedure",
        "处理顺序",
        "The ordered list of recovery actions that are tried against a suspected fault.",
        "针对所怀疑的故障依次尝试的处理方式。",
    ],
    ["restored", "恢复", "The belief that service is good again.", "认为服务已恢复正常。"],
    ["cleared", "清除", "The truth that the fault is gone.", "故障确实已消失。"],
    [
        "relapse",
        "复发",
        "Restored, but not cleared: it comes back.",
        "以为恢复而未清除，再次出现。",
    ],
    ["false-alarm", "误报", "An alarm with no fault behind it.", "背后没有故障的报警。"],
    [
        "censored",
        "删失",
        "Never seen within the run: kept in the list without a time, not left out.",
        "在运行期内未观察到：保留而不计时间，不予剔除。",
    ],
    [
        "mttd",
        "平均检测时间",
        "Mean time to detect: from the onset of a fault to the first alarm that it caused.",
        "从故障激活到它引起的第一次报警的平均时间。",
    ],
    [
        "mttr",
        "平均恢复时间",
        "Mean time to repair: from the onset of a fault to its clearing.",
        "从故障激活到故障清除的平均时间。",
    ],
    [
        "reversal",
        "冲正",
        "A sale is reversed by message 0400 until 0410 acknowledges it.",
        "用0400报文撤回交易，直到收到0410应答。",
    ],
    [
        "store-and-forward",
        "存储转发",
        "A sale that was approved offline and is sent to the host later.",
        "脱机批准、稍后上送的交易。",
    ],
    [
        "fingerprint",
        "运行指纹",
        "A sum of hashes of every handled event: equal for equal runs, whatever the threads, cells or machine.",
        "全部已处理事件的哈希和：相同的运行必然相同，与线程、分区、机器无关。",
    ],
    [
        "lookahead",
        "前瞻时间",
        "The least time that a message between actors takes: cells advance side by side through windows of this length.",
        "参与者之间消息的最短时间：各分区按此长度的窗口并行推进。",
    ],
    [
        "severity",
        "严重度",
        "S of an FMEA: how bad the end effect is, from 1 to 10.",
        "FMEA中的S：最终影响的严重程度，1到10。",
    ],
    [
        "occurrence",
        "频度",
        "O of an FMEA: how often the mode occurs, from 1 to 10; measured as a rate a terminal-year.",
        "FMEA中的O：故障发生的频繁程度，1到10；按每终端年的次数测量。",
    ],
    [
        "detection",
        "探测度",
        "D of an FMEA: how likely the mode escapes detection, from 1 (always noticed) to 10 (never).",
        "FMEA中的D：故障逃过检测的可能性，1为总能发现，10为从不发现。",
    ],
    [
        "rpn",
        "风险优先数",
        "Risk priority number of an FMEA: S times O times D, from 1 to 1000.",
        "FMEA的风险优先数：S乘以O乘以D，1到1000。",
    ],
];

/// All of them.
pub(super) fn all() -> impl Iterator<Item = Explanation> {
    WORDS.iter().map(|[term, zh, meaning, meaning_zh]| Explanation {
        term: (*term).to_owned(),
        zh: (*zh).to_owned(),
        kind: "word",
        english: vec![(*meaning).to_owned()],
        chinese: vec![(*meaning_zh).to_owned()],
        data: json!({ "meaning": meaning }),
    })
}
