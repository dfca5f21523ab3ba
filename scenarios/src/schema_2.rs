//! The words that schema 2 renamed: whoever still writes an old one is told the new one.

/// A word of schema 1 and what schema 2 calls it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RenamedWord {
    /// The word of schema 1.
    pub(crate) old: &'static str,
    /// The word of schema 2.
    pub(crate) new: &'static str,
    /// Where it applies: the type of the reference page that has the field or choice, or is called so itself.
    pub(crate) of: &'static str,
}

const fn word(old: &'static str, new: &'static str, of: &'static str) -> RenamedWord {
    RenamedWord { old, new, of }
}

/// Every renamed word, type by type in the order of the reference page.
pub(crate) const RENAMED: &[RenamedWord] = &[
    word("quiet", "drain", "Scenario"),
    word("Doubled", "Duplicates", "Measure"),
    word("Takes", "DurationLaw", "DurationLaw"),
    word("takes", "duration", "Maintenance"),
    word("least_latency", "min_latency", "Network"),
    word("recovers", "p_bad_to_good", "Radio"),
    word("worsens", "p_good_to_bad", "Radio"),
    word("backoff_most", "max_backoff", "HandshakeSpec"),
    word("timeout_most", "max_timeout", "HandshakeSpec"),
    word("takes", "amount", "MisuseAndFraudSpec"),
    word("patience_least", "min_patience", "CustomerSpec"),
    word("pays_otherwise", "alternative_tender", "CustomerSpec"),
    word("takes", "factor", "Serving"),
    word("breaker_rests", "breaker_cooldown", "GatewaySpec"),
    word("serves_in", "service_time", "GatewaySpec"),
    word("takes", "duration", "Fallback"),
    word("least", "min_terminals", "CommonCauseSearch"),
    word("least_spread", "min_spread", "ControlChartRule"),
    word("suspect", "symptom", "ControlChartRule"),
    word("suspect", "symptom", "Threshold"),
    word("suspect", "symptom", "Silence"),
    word("every_beat", "simulate_every_heartbeat", "Heartbeat"),
    word("takes", "duration", "RecoveryStep"),
    word("backoff_most", "max_backoff", "Transport"),
    word("least", "min_terminals", "Halt"),
    word("takes", "duration", "CardReaderSpec"),
    word("LifeLaw", "WearLife", "WearLife"),
    word("keys_only", "keypad_only", "DisplaySpec"),
    word("key_takes", "key_duration", "KeypadSpec"),
    word("line_takes", "line_duration", "PrinterSpec"),
    word("rests_at", "cooldown_at", "PrinterSpec"),
    word("takes", "duration", "ScannerSpec"),
    word("builds_in", "build_time", "PaymentAppSpec"),
    word("offline_most", "max_offline", "PaymentAppSpec"),
    word("patience_least", "min_patience", "Workload"),
    word("ladders", "procedures", "Policies"),
    word("common_ladders", "common_procedures", "Policies"),
    word("clusters", "common_causes", "Policies"),
    word("rungs", "steps", "Procedure"),
    word("Ladder", "Procedure", "Procedure"),
    word("remedy", "action", "RecoveryStep"),
    word("Rung", "RecoveryStep", "RecoveryStep"),
    word("remedy", "action", "Fallback"),
    word("every", "interval", "Fallback"),
    word("LastResort", "Fallback", "Fallback"),
    word("last_resort", "fallback", "Recovery"),
    word("Clusters", "CommonCauseSearch", "CommonCauseSearch"),
    word("charts", "control_charts", "Detectors"),
    word("course", "severity_profile", "FaultEntry"),
    word("Steady", "Constant", "SeverityProfile"),
    word("present", "on", "SeverityProfile"),
    word("away", "off", "SeverityProfile"),
    word("UntilRepaired", "UntilCleared", "Lasts"),
    word("activations", "occurrences", "Expectation"),
    word("housing", "enclosure", "Hardware"),
    word("panel", "indicators", "Hardware"),
    word("Housing", "Enclosure", "Fault"),
    word("Panel", "Indicators", "Fault"),
    word("Conduct", "MisuseAndFraud", "Fault"),
    word("conduct", "misuse_and_fraud", "People"),
    word("tenure", "deployment", "People"),
    word("tenure", "deployment", "Group"),
    word("books_after", "ledger_after", "MisuseAndFraudSpec"),
    word("presence", "heartbeat_monitor", "Platform"),
];

/// A setting that is a policy now, and stands elsewhere in another form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct MovedWord {
    /// The setting as it was called.
    pub(crate) old: &'static str,
    /// The field whose settings it was one of, or their type if that is not `Spec`.
    pub(crate) owner: &'static str,
    /// Where it is now.
    pub(crate) to: &'static str,
    /// What says there what it said.
    pub(crate) example: &'static str,
}

/// Every setting that has moved.
pub(crate) const MOVED: &[MovedWord] = &[
    MovedWord {
        old: "suspects_after",
        owner: "payment_app",
        to: "policies.detectors.sale_outcomes",
        example: "InARow(failures: 3)",
    },
    MovedWord {
        old: "suspects_after",
        owner: "card_reader",
        to: "policies.detectors.parts.card_reader.reads",
        example: "InARow(failures: 4)",
    },
    MovedWord {
        old: "too_warm",
        owner: "enclosure",
        to: "policies.detectors.parts.enclosure.too_warm",
        example: "\"50C\"",
    },
    MovedWord {
        old: "too_cold",
        owner: "enclosure",
        to: "policies.detectors.parts.enclosure.too_cold",
        example: "\"0C\"",
    },
    MovedWord { old: "finds", owner: "SelfTest", to: "coverage.share", example: "0.95" },
];

/// Where a setting is now that was one of these settings.
pub(crate) fn moved(old: &str, owner: Option<&str>) -> Option<&'static MovedWord> {
    MOVED.iter().find(|it| it.old == old && Some(it.owner) == owner)
}

impl MovedWord {
    /// The message about it.
    pub(crate) fn message(&self) -> String {
        format!("`{}` of `{}` is `{}` now", self.old, self.owner, self.to)
    }

    /// The hint about it.
    pub(crate) fn hint(&self) -> String {
        format!("remove it here; `{}: {}` says there what it said", self.to, self.example)
    }
}

/// What schema 2 calls a word, if it is one of schema 1 whose new name is accepted where it stands.
pub(crate) fn new_word(old: &str, accepted: &[&'static str]) -> Option<&'static str> {
    let of_schema_1 = RENAMED.iter().filter(|it| it.old == old).map(|it| it.new);
    of_schema_1.into_iter().find(|new| accepted.contains(new))
}

/// The message about a word of schema 1.
pub(crate) fn message(old: &str, new: &str) -> String {
    format!("`{old}` is `{new}` since schema 2")
}

/// The hint about a word of schema 1.
pub(crate) fn hint(new: &str) -> Option<String> {
    Some(format!("write `{new}`"))
}
