//! Which commits are shown, by who, when, and what their messages say.

use posix_regex::{Dialect, Newline, Options, Regex};

use crate::failure::{Failure, Outcome};
use crate::repository::{Commit, Signature};

/// How patterns are read: `-E`, `-F`, `-P`, `-i`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Basic,
    Extended,
    Fixed,
}

/// What is asked for.
#[derive(Clone, Default)]
pub struct Filter {
    pub authors: Vec<String>,
    pub committers: Vec<String>,
    pub messages: Vec<String>,
    pub kind: Kind,
    pub ignore_case: bool,
    pub all_match: bool,
    pub invert: bool,
    pub since: Option<i64>,
    pub until: Option<i64>,
    pub parents_min: usize,
    pub parents_max: Option<usize>,
}

/// The same with its patterns ready.
pub struct Ready {
    authors: Vec<Regex>,
    committers: Vec<Regex>,
    messages: Vec<Regex>,
    filter: Filter,
}

/// A pattern as `git grep` and `git log` read it.
///
/// # Errors
/// What is wrong with it.
pub fn pattern(text: &str, kind: Kind, ignore_case: bool, newline: Newline) -> Outcome<Regex> {
    let dialect = if kind == Kind::Basic {
        Dialect::BASIC
    } else {
        Dialect::EXTENDED
    };
    let mut options = Options::new(dialect);
    options.ignore_case = ignore_case;
    options.newline = newline;
    options.utf8 = false;
    if kind == Kind::Fixed {
        return Ok(Regex::texts(std::iter::once(text.as_bytes()), &options));
    }
    Regex::new(text.as_bytes(), &options)
        .map_err(|error| Failure::fatal(format!("command line, '{text}': {error}")))
}

impl Filter {
    /// # Errors
    /// A pattern that is none.
    pub fn ready(self) -> Outcome<Ready> {
        let all = |patterns: &[String]| -> Outcome<Vec<Regex>> {
            patterns
                .iter()
                .map(|text| pattern(text, self.kind, self.ignore_case, Newline::Anchors))
                .collect()
        };
        Ok(Ready {
            authors: all(&self.authors)?,
            committers: all(&self.committers)?,
            messages: all(&self.messages)?,
            filter: self,
        })
    }
}

impl Ready {
    /// Whether a commit is shown.
    pub fn passes(&self, commit: &Commit) -> bool {
        let filter = &self.filter;
        let parents = commit.parents.len();
        if parents < filter.parents_min || filter.parents_max.is_some_and(|most| parents > most) {
            return false;
        }
        let time = commit.time();
        if filter.since.is_some_and(|since| time < since)
            || filter.until.is_some_and(|until| time > until)
        {
            return false;
        }
        let person = |patterns: &[Regex], line: &[u8]| {
            patterns.is_empty() || {
                let end = memchr::memrchr(b'>', line).map_or(line.len(), |at| at + 1);
                patterns
                    .iter()
                    .any(|pattern| pattern.is_match(&line[..end]))
            }
        };
        let said = match (self.messages.is_empty(), filter.all_match) {
            (true, _) => true,
            (_, true) => self
                .messages
                .iter()
                .all(|pattern| pattern.is_match(&commit.message)),
            (_, false) => self
                .messages
                .iter()
                .any(|pattern| pattern.is_match(&commit.message)),
        };
        let said = if filter.invert && !self.messages.is_empty() {
            !said
        } else {
            said
        };
        said && person(&self.authors, &commit.author) && person(&self.committers, &commit.committer)
    }

    /// Whether all later commits in order of time are too old.
    pub fn is_too_old(&self, commit: &Commit) -> bool {
        self.filter.since.is_some_and(|since| {
            Signature::parse(&commit.committer).is_some_and(|who| who.seconds < since)
        })
    }
}
