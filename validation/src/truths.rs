//! The laws and their exact values, as the file beside this crate gives them.

use serde::{Deserialize, Serialize};

/// One law whose answer is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its parameters, with units.
    pub parameters: String,
    /// Its closed form.
    pub formula: String,
    /// How it is expressed here, where that is not plain from its parameters.
    #[serde(default)]
    pub remark: Option<String>,
    /// Its values.
    pub values: Vec<Expected>,
}

/// One exact value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Of what.
    pub name: String,
    /// The value.
    pub is: f64,
    /// The widest that half of the interval may be, as a share of the value.
    #[serde(default = "two_per_cent")]
    pub within: f64,
    /// Why that is more than two per cent.
    #[serde(default)]
    pub because: Option<String>,
}

fn two_per_cent() -> f64 {
    0.02
}

/// All laws.
///
/// # Errors
/// If the file that ships with the program cannot be read.
pub fn truths() -> Result<Vec<Truth>, String> {
    ron::from_str(include_str!("../truths.ron")).map_err(|why| format!("truths.ron: {why}"))
}
