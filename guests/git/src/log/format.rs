//! `--pretty` and `--format`.

use crate::failure::{Failure, Outcome};
use crate::repository::Config;

/// The form a commit is shown in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    Oneline,
    Short,
    Medium,
    Full,
    Fuller,
    Raw,
    Email,
    /// With placeholders; `true` ends each with a newline, `false` puts one between.
    User(String, bool),
}

impl Format {
    /// The form that a word names.
    ///
    /// # Errors
    /// It names none.
    pub fn named(word: &str, config: &Config) -> Outcome<Format> {
        Format::find(word, config, 0)
            .ok_or_else(|| Failure::fatal(format!("invalid --pretty format: {word}")))
    }

    fn find(word: &str, config: &Config, depth: usize) -> Option<Format> {
        const REFERENCE: &str = "%C(auto)%h (%s, %ad)";
        if let Some(format) = word.strip_prefix("format:") {
            return Some(Format::User(format.to_owned(), false));
        }
        if let Some(format) = word.strip_prefix("tformat:") {
            return Some(Format::User(format.to_owned(), true));
        }
        if word.contains('%') {
            return Some(Format::User(word.to_owned(), true));
        }
        if let Some(own) = config.get(&format!("pretty.{word}")).filter(|_| depth < 5) {
            return Format::find(own, config, depth + 1);
        }
        let known = [
            ("raw", Format::Raw),
            ("medium", Format::Medium),
            ("short", Format::Short),
            ("email", Format::Email),
            ("mboxrd", Format::Email),
            ("fuller", Format::Fuller),
            ("full", Format::Full),
            ("oneline", Format::Oneline),
            ("reference", Format::User(REFERENCE.to_owned(), true)),
        ];
        if word.is_empty() {
            return Some(Format::User(String::new(), true));
        }
        if let Some((_, exact)) = known.iter().find(|(name, _)| *name == word) {
            return Some(exact.clone());
        }
        let mut fitting = known.into_iter().filter(|(name, _)| name.starts_with(word));
        fitting.next().map(|(_, format)| format)
    }

    /// Whether each commit ends in its own newline, so that none stands between.
    pub fn ends_itself(&self) -> bool {
        matches!(self, Format::Oneline | Format::User(_, true))
    }
}
