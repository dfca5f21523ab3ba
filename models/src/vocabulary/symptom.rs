//! What somebody notices, before anybody knows why.

super::open_enum! {
    /// What a detector or a person notices: several fault modes may show the same. An incident is about a symptom.
    Symptom: SymptomDefinition of symptoms
}
