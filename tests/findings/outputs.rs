//! What a run or a session writes. Every key and column that the findings read is named here and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::StringRecord;
use serde_json::Value;
use tempfile::TempDir;

/// The folder of a run.
pub(crate) struct Outputs {
    folder: PathBuf,
    summary: Value,
    // What is read is there as long as its reader.
    _room: Rc<TempDir>,
}

/// One occurrence of a fault.
pub(crate) struct Fault {
    /// The id of its entry in the scenario.
    pub(crate) entry: String,
    /// The terminal or hub that it occurred.
    pub(crate) place: String,
    pub(crate) onset_s: f64,
    pub(crate) detected_s: Option<f64>,
    pub(crate) restored_s: Option<f64>,
    pub(crate) cleared_s: Option<f64>,
    /// Whether it went away without anybody's doing.
    pub(crate) cleared_by_itself: bool,
    /// Time out of service that is attributed to it.
    pub(crate) down_s: f64,
}

impl Fault {
    /// Whether it occurred a terminal of this group.
    pub(crate) fn in_group(&self, group: &str) -> bool {
        self.place.rsplit_once('-').is_some_and(|(name, _)| name == group)
    }
}

/// An alarm.
pub(crate) struct Alarm {
    pub(crate) place: String,
    pub(crate) raised_s: f64,
    pub(crate) closed_s: Option<f64>,
    /// The fault mode that it speaks of.
    pub(crate) suspect: String,
}

/// A customer's try to pay.
pub(crate) struct Sale {
    pub(crate) began_s: f64,
    pub(crate) approved: bool,
    /// Response code, F39; empty if there is none.
    pub(crate) code: String,
}

impl Outputs {
    /// Of a folder in a test's room.
    pub(crate) fn of(room: Rc<TempDir>, folder: &str) -> Self {
        let folder = room.path().join(folder);
        let summary = json(&folder.join("summary.json"));
        Self { folder, summary, _room: room }
    }

    fn rows(&self, file: &str) -> Vec<Row> {
        let path = self.folder.join(file);
        let mut reader = csv::Reader::from_path(path).expect("the table is there");
        let header = reader.headers().expect("it has a header").clone();
        let cells = reader.into_records();
        cells.map(|it| Row { header: header.clone(), cells: it.expect("it is whole") }).collect()
    }

    /// The occurrences of one entry.
    pub(crate) fn faults(&self, entry: &str) -> Vec<Fault> {
        let fault = |row: Row| Fault {
            entry: row.text("entry"),
            place: row.text("place"),
            onset_s: row.number("onset_s"),
            detected_s: row.perhaps("detected_s"),
            restored_s: row.perhaps("restored_s"),
            cleared_s: row.perhaps("cleared_s"),
            cleared_by_itself: row.text("cleared_by") == "by itself",
            down_s: row.number("down_s"),
        };
        self.rows("faults.csv").into_iter().map(fault).filter(|it| it.entry == entry).collect()
    }

    pub(crate) fn alarms(&self) -> Vec<Alarm> {
        let alarm = |row: Row| Alarm {
            place: row.text("about"),
            raised_s: row.number("at_s"),
            closed_s: row.perhaps("closed_s"),
            suspect: row.text("suspect"),
        };
        self.rows("alarms.csv").into_iter().map(alarm).collect()
    }

    /// All sales: the scenario has to list them (`record: (transactions: All)`).
    pub(crate) fn sales(&self) -> Vec<Sale> {
        let sale = |row: Row| Sale {
            began_s: row.number("began_s"),
            approved: row.text("outcome") == "approved",
            code: row.text("response_code"),
        };
        self.rows("transactions.csv").into_iter().map(sale).collect()
    }

    /// The sales that began in this stretch of time.
    pub(crate) fn sales_between(&self, from_s: f64, until_s: f64) -> Vec<Sale> {
        let mut sales = self.sales();
        sales.retain(|it| (from_s..until_s).contains(&it.began_s));
        sales
    }

    fn count(&self, path: &str) -> u64 {
        self.summary.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("no {path}"))
    }

    /// Faults that measures count.
    pub(crate) fn faults_counted(&self) -> u64 {
        self.count("/faults/injected")
    }

    /// Sales that measures count.
    pub(crate) fn sales_counted(&self) -> u64 {
        self.count("/transactions/attempted")
    }

    pub(crate) fn sales_approved(&self) -> u64 {
        self.count("/transactions/approved")
    }

    /// Sales that did not come about for technical reasons.
    pub(crate) fn sales_failed(&self) -> u64 {
        self.count("/transactions/failed")
    }

    pub(crate) fn approved_minor(&self) -> u64 {
        self.count("/transactions/approved_minor")
    }

    /// Mean time to restoration, as an expectation of it is judged; `None` where it can't be estimated.
    pub(crate) fn mean_time_to_restore_s(&self) -> Option<f64> {
        self.summary.pointer("/measures/mttr_s/mean").and_then(Value::as_f64)
    }

    /// Occurrences that the time to restoration is estimated from.
    pub(crate) fn restorations(&self) -> u64 {
        self.count("/measures/mttr_s/n")
    }

    /// Availability of the service, as a customer meets it and as an expectation of it is judged.
    pub(crate) fn availability_of_service(&self) -> f64 {
        let value = self.summary.pointer("/measures/availability/mean");
        value.and_then(Value::as_f64).expect("it is measured")
    }

    /// Names of the invariants that did not hold.
    pub(crate) fn broken_invariants(&self) -> Vec<String> {
        let all = self.summary["invariants"].as_array().expect("they are judged");
        let broken = all.iter().filter(|it| it["holds"] != true);
        broken.map(|it| words(&it["name"])).collect()
    }

    /// What an attachment could not do, in a session: in words, and how often.
    pub(crate) fn troubles(&self) -> Vec<(String, u64)> {
        let boundary = json(&self.folder.join("boundary.json"));
        let attachments = boundary["attachments"].as_array().expect("something is attached");
        let troubles = attachments.iter().flat_map(|it| it["troubles"].as_array().into_iter());
        let trouble = |it: &Value| (words(&it[0]), it[1].as_u64().expect("a trouble is counted"));
        troubles.flatten().map(trouble).collect()
    }
}

fn words(value: &Value) -> String {
    value.as_str().expect("it is text").to_owned()
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

struct Row {
    header: StringRecord,
    cells: StringRecord,
}

impl Row {
    fn text(&self, column: &str) -> String {
        let at = self.header.iter().position(|it| it == column);
        self.cells[at.unwrap_or_else(|| panic!("no column {column}"))].to_owned()
    }

    fn perhaps(&self, column: &str) -> Option<f64> {
        let text = self.text(column);
        let number = |it: &str| it.parse().unwrap_or_else(|_| panic!("{column}: {it}"));
        (!text.is_empty()).then(|| number(&text))
    }

    fn number(&self, column: &str) -> f64 {
        self.perhaps(column).unwrap_or_else(|| panic!("{column} is empty"))
    }
}
