//! Reads scenario files, and finds every mistake that it can at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use ron::extensions::Extensions;
use sim::quantity::collect;

use crate::check;
use crate::diagnostic::{Code, Diagnostic, Severity, SourceMap, nearest};
use crate::inherit;
use crate::name::{offset_in, reading};
use crate::parse_error::{ErrorRecovery, understand};
use crate::recovering_buffer::RecoveringBuffer;
use crate::scenario::Scenario;
use crate::syntax_tree::{DEEPEST, SyntaxError, SyntaxTree};

/// The longest scenario: no hand writes more, and a program that does should write less.
pub const LONGEST: usize = 4 << 20;

/// How often the text is read again after a mistake was set aside.
const PASSES: usize = 100;
/// How many bytes are read in all of these passes together, so that a long file does not take minutes to refuse.
const READ_AGAIN: usize = 16 << 20;

/// How many mistakes of one kind are reported: nobody corrects more of them before looking again.
pub(crate) const MOST_FOUND: usize = 200;

/// A scenario without mistakes.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What it asks.
    pub scenario: Scenario,
    /// The file, as the user named it.
    pub path: String,
    /// Its text.
    pub source: Arc<str>,
    /// Hash of the text (BLAKE3, hexadecimal).
    pub hash: String,
    /// What is not wrong, but probably not meant.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a scenario file.
///
/// # Errors
/// Every mistake that can be found at once, in the order of their places.
pub fn load(path: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    let file = path.display().to_string();
    let bytes = contents(path, &file).map_err(|diagnostic| vec![*diagnostic])?;
    let text = text(&file, bytes).map_err(|diagnostic| vec![*diagnostic])?;
    load_text(&file, &text)
}

/// Reads a scenario from a text; `file` is what diagnostics call it.
///
/// # Errors
/// Every mistake that can be found at once, in the order of their places.
pub fn load_text(file: &str, source: &str) -> Result<Loaded, Vec<Diagnostic>> {
    let source_map = SourceMap::new(file, source);
    if let Some(refusal) = refusal(&source_map) {
        return Err(vec![refusal]);
    }
    let Reading { scenario, buffer, mut found } = read(&source_map);
    let mut warnings = Vec::new();
    if let Some(scenario) = &scenario {
        let noticed = check::check(scenario, &buffer, &source_map, &found);
        let (errors, others): (Vec<_>, Vec<_>) =
            noticed.into_iter().partition(|it| it.severity == Severity::Error);
        found.extend(errors);
        warnings = others;
    }
    match scenario {
        Some(scenario) if found.is_empty() => {
            let scenario = inherit::resolved(scenario, source);
            let hash = blake3::hash(source.as_bytes()).to_hex().to_string();
            Ok(Loaded {
                scenario,
                path: file.to_owned(),
                source: Arc::clone(source_map.source()),
                hash,
                warnings,
            })
        }
        _ => {
            found.extend(warnings);
            found.sort_by_key(|it| (it.span.as_ref().map(|span| span.start), it.severity));
            Err(found)
        }
    }
}

/// Reads several files; the mistakes of all of them, file by file.
pub fn check_all<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Vec<Diagnostic> {
    paths
        .into_iter()
        .flat_map(|path| load(path).map_or_else(|found| found, |it| it.warnings))
        .collect()
}

/// The bytes of a file; no more than [`LONGEST`] of them are ever read.
fn contents(path: &Path, file: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let refuse = |message: String, hint: &str| {
        Box::new(Diagnostic::of_file(Code::Unreadable, file, message, hint))
    };
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => refuse("there is no such file".into(), &neighbours(path)),
        ErrorKind::PermissionDenied => {
            refuse("the file may not be read".into(), "ask its owner for the permission to read it")
        }
        _ => refuse(format!("the file cannot be read: {error}"), "see whether the disk is sound"),
    };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if about.is_dir() {
        let hint = "name a file in it, such as `posrig run FOLDER/quickstart.ron`";
        return Err(refuse("this is a directory, not a scenario".into(), hint));
    }
    let too_long = || {
        refuse(
            format!("the file is larger than {} MiB", LONGEST >> 20),
            "a scenario is a short text; is this another file?",
        )
    };
    if about.len() > LONGEST as u64 {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    let opened = File::open(path).map_err(unreadable)?;
    // Bounded again: a device or a pipe does not tell its length.
    opened.take(LONGEST as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > LONGEST { Err(too_long()) } else { Ok(bytes) }
}

/// A file beside the missing one that may have been meant.
fn neighbours(path: &Path) -> String {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".ron"))
        .collect();
    names.sort_unstable();
    let wanted = path.file_name().and_then(|it| it.to_str()).unwrap_or("");
    match nearest(wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{}`?", folder.join(near).display()),
        None => "`posrig list scenarios` shows those that ship".into(),
    }
}

/// The bytes as text.
fn text(file: &str, bytes: Vec<u8>) -> Result<String, Box<Diagnostic>> {
    let hint = "a scenario is UTF-8 text in RON; is this another file?";
    let not_text = |message| Box::new(Diagnostic::of_file(Code::NotText, file, message, hint));
    if let Some(place) = bytes.iter().position(|byte| *byte == 0) {
        return Err(not_text(format!("the file is binary: byte {place} is zero")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        not_text(format!("the file is not UTF-8 text: byte {place} begins no character"))
    })
}

/// Why a text cannot be parsed at all.
fn refusal(source_map: &SourceMap) -> Option<Diagnostic> {
    let source = source_map.source();
    if let Some(place) = source.find('\0') {
        return Some(source_map.error(
            Code::NotText,
            place..place + 1,
            "the text holds a zero byte",
            None,
        ));
    }
    if source.trim_start_matches('\u{FEFF}').trim().is_empty() {
        let hint = "`posrig new NAME` writes a scenario to start from".to_owned();
        return Some(source_map.error(Code::Syntax, 0..0, "the file is empty", hint));
    }
    let error = SyntaxTree::of(source).err()?;
    let at = |place: usize| source[place..].chars().next().unwrap_or(' ');
    let (place, message, hint) = match error {
        SyntaxError::Unclosed(place) => {
            let message = format!("this `{}` is never closed", at(place));
            (place, message, Some(format!("add `{}` where it ends", closing(at(place)))))
        }
        SyntaxError::Unopened(place) => {
            (place, format!("this `{}` closes nothing", at(place)), Some("remove it".to_owned()))
        }
        SyntaxError::Mismatched { open, close } => {
            let (line, column) = source_map.line_and_column(open);
            let message = format!(
                "this `{}` does not close the `{}` of {line}:{column}",
                at(close),
                at(open)
            );
            (close, message, Some(format!("expected `{}`", closing(at(open)))))
        }
        SyntaxError::EndlessText(place) => {
            (place, "this text never ends".into(), Some("close it with the same quotes".to_owned()))
        }
        SyntaxError::EndlessComment(place) => {
            (place, "this comment never ends".into(), Some("close it with `*/`".to_owned()))
        }
        SyntaxError::TooDeep(place) => {
            let message = format!("brackets are nested more than {DEEPEST} deep here");
            (place, message, Some("no scenario needs that; is this another file?".to_owned()))
        }
    };
    Some(source_map.error(Code::Syntax, place..place + 1, message, hint))
}

/// What closes a bracket.
fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// What came of reading a text.
struct Reading {
    /// The scenario, as far as it could be understood.
    scenario: Option<Scenario>,
    /// What had to be set aside for it.
    buffer: RecoveringBuffer,
    /// The mistakes.
    found: Vec<Diagnostic>,
}

/// Reads a text again and again, each time with the next mistake set aside.
fn read(source_map: &SourceMap) -> Reading {
    let extensions = Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES;
    let options = ron::Options::default().with_default_extension(extensions);
    let mut buffer = RecoveringBuffer::of(source_map.source());
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut known: BTreeSet<usize> = BTreeSet::new();
    let passes = (READ_AGAIN / source_map.source().len().max(1)).clamp(1, PASSES);
    for _ in 0..passes {
        let text = buffer.text();
        let Ok(tree) = SyntaxTree::of(text) else { break };
        let (result, seen) = collect(|| reading(text, || options.from_str::<Scenario>(text)));
        let source = (text.as_ptr() as usize, text.len());
        for mistake in seen.mistakes {
            let Some(start) = offset_in(source, mistake.address, mistake.length) else { continue };
            let span = start..start + mistake.length;
            // Each pass finds them again.
            if known.insert(start) && known.len() <= MOST_FOUND {
                found.push(source_map.error(
                    Code::WrongQuantity,
                    span,
                    mistake.message,
                    mistake.hint,
                ));
            }
        }
        let error = match result {
            Ok(scenario) => return Reading { scenario: Some(scenario), buffer, found },
            Err(error) => error,
        };
        let error = understand(&error, &buffer, &tree, seen.expected.as_deref());
        if let Some(message) = error.message {
            let span = buffer.original(message.span.start)..buffer.original(message.span.end);
            found.push(source_map.error(message.code, span, message.text, message.hint));
        }
        if !apply(error.recovery, &mut buffer, &tree) {
            break;
        }
    }
    if found.is_empty() {
        // Whatever stopped the parser was only a consequence of something, and that is not known.
        found.push(source_map.error(
            Code::Syntax,
            0..0,
            "this cannot be understood as a scenario",
            None,
        ));
    }
    Reading { scenario: None, buffer, found }
}

/// Sets a mistake aside; false if the rest cannot be read.
fn apply(recovery: ErrorRecovery, buffer: &mut RecoveringBuffer, tree: &SyntaxTree) -> bool {
    match recovery {
        ErrorRecovery::Stop => false,
        ErrorRecovery::SetAside(place, meant) => set_aside(place, meant.as_deref(), buffer, tree),
        ErrorRecovery::Patch(range, by) => {
            buffer.patch(range.clone(), &by) || set_aside(range.start, None, buffer, tree)
        }
        ErrorRecovery::Supply(fields) => {
            // Once is enough: what is still missing then is missing in something else.
            if fields.iter().all(|field| buffer.lost().contains(field)) {
                return false;
            }
            let Some(root) = tree.scenario() else { return false };
            let known = |field: &str| STAND_INS.iter().find(|(name, _)| *name == field);
            let all = fields.iter().map(|it| known(it)).collect::<Option<Vec<_>>>();
            let Some(all) = all.filter(|it| !it.is_empty()) else { return false };
            // The last first: each is put before those that are there already.
            let mut bracket = tree.bracket(root);
            let mut grown;
            for (field, value) in all {
                buffer.supply(bracket, field, value);
                grown = SyntaxTree::of(buffer.text());
                match &grown {
                    Ok(tree) => bracket = tree.bracket(root),
                    Err(_) => return false,
                }
            }
            true
        }
    }
}

/// What takes the place of a field of the scenario that is missing, so that the rest can be checked.
const STAND_INS: [(&str, &str); 5] = [
    ("schema", "2"),
    ("name", "\"?\""),
    ("intent", "\"?\""),
    ("duration", "\"1d\""),
    ("fleet", "[]"),
];

/// Sets the innermost entry at a place aside that the rest can do without: a field, or an element of a list.
fn set_aside(
    place: usize,
    meant: Option<&str>,
    buffer: &mut RecoveringBuffer,
    tree: &SyntaxTree,
) -> bool {
    let (path, _) = tree.path_to(place);
    let spare = path.iter().rev().find(|step| {
        let is_element = tree.bracket(step.0).kind == b'[';
        is_element || tree.entry(**step).key.is_some()
    });
    let Some(step) = spare else { return false };
    buffer.blank(tree.entry(*step), tree, meant);
    true
}
