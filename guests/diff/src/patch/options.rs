//! The options of `patch`.

use super::Fatal;
use gnu::getopt::{Parsed, Spec, Takes};
use isobox_guest::plain;

use Takes::{Nothing, Value};

pub static SPECS: &[Spec] = &[
    Spec("b", "backup", Nothing),
    Spec("", "backup-if-mismatch", Nothing),
    Spec("", "no-backup-if-mismatch", Nothing),
    Spec("", "binary", Nothing),
    Spec("c", "context", Nothing),
    Spec("d", "directory", Value),
    Spec("", "dry-run", Nothing),
    Spec("E", "remove-empty-files", Nothing),
    Spec("f", "force", Nothing),
    Spec("F", "fuzz", Value),
    Spec("i", "input", Value),
    Spec("l", "ignore-whitespace", Nothing),
    Spec("n", "normal", Nothing),
    Spec("N", "forward", Nothing),
    Spec("o", "output", Value),
    Spec("p", "strip", Value),
    Spec("r", "reject-file", Value),
    Spec("R", "reverse", Nothing),
    Spec("", "reject-format", Value),
    Spec("s", "quiet", Nothing),
    Spec("", "silent", Nothing),
    Spec("t", "batch", Nothing),
    Spec("u", "unified", Nothing),
    Spec("z", "suffix", Value),
    Spec("", "help", Nothing),
    Spec("v", "version", Nothing),
];

/// What was asked for.
pub struct Options {
    pub backup: bool,
    pub backup_if_mismatch: bool,
    pub suffix: String,
    pub dry_run: bool,
    pub binary: bool,
    pub remove_empty: bool,
    pub force: bool,
    pub batch: bool,
    pub forward: bool,
    pub silent: bool,
    pub reverse: bool,
    pub ignore_whitespace: bool,
    pub fuzz: isize,
    pub strip: Option<usize>,
    pub output: Option<String>,
    pub reject_file: Option<String>,
    pub reject_context: Option<bool>,
    pub file: Option<String>,
    pub input: Option<String>,
}

impl Options {
    /// Reads the options, and goes to the directory that `-d` names.
    pub fn new(parsed: &Parsed) -> Result<Self, Fatal> {
        let owned = |key: &str| parsed.value(key).map(str::to_owned);
        let strip = match parsed.value("strip") {
            None => None,
            Some(text) => match text.parse() {
                Ok(count) => Some(count),
                Err(_) => return Fatal::of(format!("strip count {text} is not a number")),
            },
        };
        let fuzz = match parsed.value("fuzz") {
            None => 2,
            Some(text) => match text.parse() {
                Ok(count) => count,
                Err(_) => return Fatal::of(format!("fuzz factor {text} is not a number")),
            },
        };
        if let Some(directory) = parsed.value("directory")
            && let Err(error) = std::env::set_current_dir(directory)
        {
            return Fatal::of(format!(
                "Can't change to directory {directory} : {}",
                plain(&error)
            ));
        }
        Ok(Self {
            backup: parsed.has("backup") || parsed.has("suffix"),
            backup_if_mismatch: !parsed.has("no-backup-if-mismatch"),
            suffix: owned("suffix").unwrap_or_else(|| ".orig".to_owned()),
            dry_run: parsed.has("dry-run"),
            binary: parsed.has("binary"),
            remove_empty: parsed.has("remove-empty-files"),
            force: parsed.has("force"),
            batch: parsed.has("batch"),
            forward: parsed.has("forward"),
            silent: parsed.has("quiet") || parsed.has("silent"),
            reverse: parsed.has("reverse"),
            ignore_whitespace: parsed.has("ignore-whitespace"),
            fuzz,
            strip,
            output: owned("output"),
            reject_file: owned("reject-file"),
            reject_context: parsed
                .value("reject-format")
                .map(|format| format.starts_with('c')),
            file: parsed.operands.first().cloned(),
            input: parsed.operands.get(1).cloned().or_else(|| owned("input")),
        })
    }
}
