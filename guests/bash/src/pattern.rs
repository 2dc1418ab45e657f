//! Patterns of `case`, `[[ == ]]`, `${x#…}` and file names: `*`, `?`, `[…]` with classes, and the extended forms `@(…)`, `!(…)`, `*(…)`, `+(…)`, `?(…)`. OWNER: expand.
//!
//! A pattern is matched without blowing up: its time is bounded for whatever a script writes (fuel ends the rest).

/// A pattern, made from expanded pieces of which some were quoted.
#[derive(Clone, Debug, Default)]
pub struct Pattern {}

/// How a pattern is matched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Matching {
    pub extglob: bool,
    pub nocase: bool,
}

impl Pattern {
    /// From text in which a backslash quotes the next character.
    pub fn new(_text: &str, _matching: Matching) -> Pattern {
        todo!()
    }

    /// Whether the whole text matches.
    pub fn matches(&self, _text: &str) -> bool {
        todo!()
    }

    /// Lengths in bytes of the shortest and the longest prefix or suffix that match.
    pub fn prefix(&self, _text: &str, _longest: bool) -> Option<usize> {
        todo!()
    }

    pub fn suffix(&self, _text: &str, _longest: bool) -> Option<usize> {
        todo!()
    }

    /// The first, longest match at or behind a byte offset: start and end.
    pub fn find(&self, _text: &str, _from: usize) -> Option<(usize, usize)> {
        todo!()
    }

    /// Whether anything in it is special; if not, what it stands for literally.
    pub fn literal(&self) -> Option<&str> {
        todo!()
    }
}
