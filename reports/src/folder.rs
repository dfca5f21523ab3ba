//! The run folder: written beside its place, checked, and put there by one rename.

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use models::Fact;
use models::wire::Pan;
use scenarios::{FactFold, Outcome, Outset};
use serde::Serialize;

use crate::analysis::Analysis;
use crate::export;
use crate::export::TransactionsTable;
use crate::manifest::{Manifest, SCHEMA, replay_command};
use crate::page::{self, Content};
use crate::summary::Summary;
use crate::verdict::Judgement;

const OURS: &str = "posrig.run/";
const MANIFEST: &str = "manifest.json";
const CONTENT: &str = "analysis.json";
const TRANSACTIONS: &str = "transactions.csv";

/// A run folder that has been written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Where it is.
    pub folder: PathBuf,
    /// The verdict as it stands in the folder: a card number in a file makes it worse.
    pub judgement: Judgement,
}

/// Why a run folder could not be written or read.
#[derive(Debug)]
pub enum FolderError {
    /// The folder that is to hold it does not exist, or is not a folder.
    NoParent(PathBuf),
    /// Something else is there, which is not to be lost.
    NotARun(PathBuf),
    /// The system said no.
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What a run folder holds cannot be read by this version.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoParent(path) => write!(f, "there is no folder {}", path.display()),
            Self::NotARun(path) => write!(
                f,
                "{} is there and is not a run folder: it is not replaced; choose another place or remove it",
                path.display()
            ),
            Self::Io { doing, path, source } => {
                write!(f, "cannot {doing} {}: {source}", path.display())
            }
            Self::Unreadable { path, why } => write!(f, "cannot read {}: {why}", path.display()),
        }
    }
}

impl std::error::Error for FolderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Says what was being done to which path when the system said no.
fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_path_buf();
    move |source| FolderError::Io { doing, path, source }
}

/// A run folder in the making. Purchases are written while the run goes on, into a file without a name beside the folder's
/// place, so that a run that is killed leaves nothing behind.
pub struct RunFolder {
    target: PathBuf,
    parent: PathBuf,
    /// Or why they could not be written: it is told when the run is over.
    transactions: io::Result<TransactionsTable<BufWriter<File>>>,
}

impl RunFolder {
    /// A run folder that is to be at `target`.
    ///
    /// # Errors
    /// If nothing can be made there, or something else is there, which is not to be lost.
    pub fn begin(target: &Path, outset: Outset<'_>) -> Result<Self, FolderError> {
        let parent = parent_of(target)?;
        refuse_others(target)?;
        let unnamed = tempfile::tempfile_in(&parent);
        let unnamed = unnamed.map_err(io_error("make a folder in", &parent))?;
        let transactions = TransactionsTable::new(buffered(unnamed), outset);
        Ok(Self { target: target.to_path_buf(), parent, transactions })
    }

    /// Writes everything that a run leaves behind: manifest, summary, tables, report and what the report is made of. Either
    /// the whole folder is there afterwards, or nothing has changed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(
        self,
        outcome: &Outcome,
        analysis: &Analysis,
        wall: Option<f64>,
    ) -> Result<Written, FolderError> {
        let Self { target, parent, transactions } = self;
        refuse_others(&target)?;
        let beside = room_beside(&parent)?;
        let transactions = transactions.and_then(written);
        let transactions = transactions.map_err(io_error("write", &target.join(TRANSACTIONS)))?;
        let leaks = write_tables(outcome, analysis, &transactions, beside.path())?;
        let judgement = write_texts(outcome, analysis, &leaks, wall, beside.path())?;
        let room = beside.keep();
        if let Err(error) = put(&room, &target) {
            // What could not be put in its place is not left lying beside it; the error that matters is the first one.
            let _ = fs::remove_dir_all(&room);
            return Err(error);
        }
        sync_folder(&parent)?;
        Ok(Written { folder: target, judgement })
    }
}

impl FactFold for RunFolder {
    fn take(&mut self, facts: &[Fact]) {
        if let Ok(table) = &mut self.transactions
            && let Err(why) = table.take(facts)
        {
            self.transactions = Err(why);
        }
    }
}

/// Writes the files that tell the verdict, and says what it is.
fn write_texts(
    outcome: &Outcome,
    analysis: &Analysis,
    leaks: &[&str],
    wall: Option<f64>,
    room: &Path,
) -> Result<Judgement, FolderError> {
    let mut analysis = analysis.clone();
    for file in leaks {
        analysis.judgement.leaked(file);
    }
    let texts = settle_texts(outcome, &mut analysis, wall);
    for (name, text) in &texts {
        let path = room.join(name);
        let mut file = File::create(&path).map_err(io_error("create", &path))?;
        file.write_all(text.as_bytes()).map_err(io_error("write", &path))?;
        file.sync_all().map_err(io_error("write", &path))?;
    }
    sync_folder(room)?;
    Ok(analysis.judgement)
}

/// What is written here are tables that may have millions of rows.
fn buffered(file: File) -> BufWriter<File> {
    BufWriter::with_capacity(1 << 16, file)
}

/// The file that holds a table, to be read from its beginning.
fn written(table: TransactionsTable<BufWriter<File>>) -> io::Result<File> {
    let mut file = table.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

/// A temporary folder beside the target, as readable to others as any folder that the user makes.
fn room_beside(parent: &Path) -> Result<tempfile::TempDir, FolderError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".posrig-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    builder.tempdir_in(parent).map_err(io_error("make a folder in", parent))
}

/// The folder that is to hold the run folder.
fn parent_of(target: &Path) -> Result<PathBuf, FolderError> {
    let parent = match target.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_path_buf(),
        None => return Err(FolderError::NotARun(target.to_path_buf())),
    };
    if parent.is_dir() { Ok(parent) } else { Err(FolderError::NoParent(parent)) }
}

/// Refuses a target that holds something other than a run: only a run, or nothing, is replaced.
fn refuse_others(target: &Path) -> Result<(), FolderError> {
    let kind = match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error("look at", target)(error)),
        Ok(kind) => kind,
    };
    if kind.is_dir() {
        let mut entries = fs::read_dir(target).map_err(io_error("look into", target))?;
        if entries.next().is_none() || is_run(target) {
            return Ok(());
        }
    }
    Err(FolderError::NotARun(target.to_path_buf()))
}

fn is_run(folder: &Path) -> bool {
    let manifest = fs::read(folder.join(MANIFEST)).ok();
    let manifest = manifest.and_then(|text| serde_json::from_slice::<Manifest>(&text).ok());
    manifest.is_some_and(|manifest| manifest.schema.starts_with(OURS))
}

/// Writes the tables and says which of them hold a full card number.
fn write_tables(
    outcome: &Outcome,
    analysis: &Analysis,
    transactions: &File,
    room: &Path,
) -> Result<Vec<&'static str>, FolderError> {
    let mut leaks = Vec::new();
    type Write<'a> = &'a dyn Fn(&mut BufWriter<File>) -> io::Result<()>;
    let life = analysis.measures.life.as_ref();
    let applicants = life.map_or(&[][..], |life| &life.applicants);
    let tables: [(&'static str, Write<'_>); 4] = [
        ("faults.csv", &|out| export::faults(out, outcome, &analysis.history)),
        ("alarms.csv", &|out| export::alarms(out, outcome, &analysis.history)),
        (TRANSACTIONS, &|out| io::copy(&mut &*transactions, out).map(drop)),
        ("applications.csv", &|out| export::applications(out, outcome, applicants)),
    ];
    for (name, write) in tables {
        if name == "applications.csv" && life.is_none() {
            continue;
        }
        let path = room.join(name);
        let file = File::create(&path).map_err(io_error("create", &path))?;
        let mut out = buffered(file);
        write(&mut out).map_err(io_error("write", &path))?;
        let file =
            out.into_inner().map_err(|error| io_error("write", &path)(error.into_error()))?;
        file.sync_all().map_err(io_error("write", &path))?;
        let file = File::open(&path).map_err(io_error("read", &path))?;
        if holds_card_number(file).map_err(io_error("read", &path))? {
            leaks.push(name);
        }
    }
    Ok(leaks)
}

/// Looks for a full card number line by line, so that a large file needs no large memory.
fn holds_card_number(file: impl io::Read) -> io::Result<bool> {
    let mut lines = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        if Pan::appears_in(&String::from_utf8_lossy(&line)) {
            return Ok(true);
        }
        line.clear();
    }
    Ok(false)
}

/// Makes the files that tell the verdict. If one of them holds a card number the verdict changes, and with it all.
fn settle_texts(
    outcome: &Outcome,
    analysis: &mut Analysis,
    wall: Option<f64>,
) -> [(&'static str, String); 4] {
    let texts = make_texts(outcome, analysis, wall);
    let leaks: Vec<&str> =
        texts.iter().filter(|(_, text)| Pan::appears_in(text)).map(|&(name, _)| name).collect();
    if leaks.is_empty() {
        return texts;
    }
    for file in leaks {
        analysis.judgement.leaked(file);
    }
    make_texts(outcome, analysis, wall)
}

fn make_texts(
    outcome: &Outcome,
    analysis: &Analysis,
    wall: Option<f64>,
) -> [(&'static str, String); 4] {
    let manifest = Manifest {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: outcome.path.clone(),
        hash: outcome.hash.clone(),
        seed: outcome.seed,
        fingerprint: outcome.fingerprint.to_string(),
        replay: replay_command(outcome),
    };
    let content = Content::of(outcome, analysis);
    [
        (MANIFEST, json(&manifest)),
        ("summary.json", Summary::of(outcome, analysis, wall).to_json()),
        (CONTENT, json(&content)),
        ("report.html", page::render(&content)),
    ]
}

fn json(value: &impl Serialize) -> String {
    // Strings, numbers and lists: nothing in it can fail to be written.
    serde_json::to_string_pretty(value).expect("what is written is made of plain values") + "\n"
}

/// Puts a finished folder in its place. A run that is there already is moved aside first, and back if that fails.
fn put(room: &Path, target: &Path) -> Result<(), FolderError> {
    if !target.exists() {
        return fs::rename(room, target).map_err(io_error("put in place", target));
    }
    let aside = room.with_extension("old");
    fs::rename(target, &aside).map_err(io_error("move aside", target))?;
    if let Err(error) = fs::rename(room, target) {
        let _ = fs::rename(&aside, target);
        return Err(io_error("put in place", target)(error));
    }
    fs::remove_dir_all(&aside).map_err(io_error("remove", &aside))
}

/// Makes sure that the names in a folder outlast a power cut.
fn sync_folder(folder: &Path) -> Result<(), FolderError> {
    let opened = File::open(folder).map_err(io_error("open", folder))?;
    opened.sync_all().map_err(io_error("write", folder))
}

/// Makes the page of a run anew, from what its folder holds.
pub fn page_from_folder(folder: &Path) -> Result<String, FolderError> {
    let path = folder.join(CONTENT);
    let text = fs::read(&path).map_err(io_error("read", &path))?;
    let unreadable = |why: String| FolderError::Unreadable { path: path.clone(), why };
    let content: Content =
        serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    if content.schema != page::content::SCHEMA {
        return Err(unreadable(format!(
            "its layout is {}, not {}",
            content.schema,
            page::content::SCHEMA
        )));
    }
    Ok(page::render(&content))
}
