//! POSIX regular expressions as GNU's tools have them: basic, extended, awk's and Emacs's, with GNU's extensions and its
//! messages.
//!
//! A pattern is parsed into a tree of our own ([`parse`]), which is lowered to the engines of `regex-automata`. They find
//! the leftmost match in linear time, but choose the first alternative where POSIX wants the longest; where the tree says
//! that this can differ, a second automaton finds the end. Back-references, and groups of ambiguous alternatives, are
//! matched by a backtracking matcher of our own, bounded in steps.
//!
//! Text is bytes. With [`Options::utf8`] a `.` is a character, and bytes that are no UTF-8 are matched only by themselves.

mod analysis;
mod backtrack;
mod dialect;
mod engine;
mod lower;
mod parse;
mod set;
mod tree;

pub use dialect::Dialect;
pub use engine::{Captures, Regex, Scan};

/// How a pattern is read and matched.
#[derive(Clone, Debug)]
pub struct Options {
    pub dialect: Dialect,
    pub ignore_case: bool,
    pub newline: Newline,
    /// Whether text is UTF-8 rather than bytes.
    pub utf8: bool,
    /// Whether a match has to be bounded as a word, or to be all of the text.
    pub bounds: Bounds,
}

/// What a newline is to a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newline {
    /// A character as others: `^` and `$` are the ends of the text.
    Ordinary,
    /// `^` and `$` match around newlines too, and neither `.` nor `[^x]` matches one.
    Anchors,
    /// This byte ends lines, and nothing matches it.
    Separates(u8),
}

/// grep's `-w` and `-x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    None,
    Word,
    Line,
}

impl Options {
    /// For a dialect, with UTF-8 text in which a newline is ordinary.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            ignore_case: false,
            newline: Newline::Ordinary,
            utf8: true,
            bounds: Bounds::None,
        }
    }
}

/// What is wrong with a pattern, in glibc's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    Invalid,
    InvalidCollation,
    InvalidClass,
    TrailingBackslash,
    InvalidBackReference,
    UnmatchedBracket,
    UnmatchedOpening,
    UnmatchedClosing,
    UnmatchedBrace,
    InvalidInterval,
    InvalidRange,
    InvalidPreceding,
    TooBig,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Invalid => "Invalid regular expression",
            Self::InvalidCollation => "Invalid collation character",
            Self::InvalidClass => "Invalid character class name",
            Self::TrailingBackslash => "Trailing backslash",
            Self::InvalidBackReference => "Invalid back reference",
            Self::UnmatchedBracket => "Unmatched [, [^, [:, [., or [=",
            Self::UnmatchedOpening => "Unmatched ( or \\(",
            Self::UnmatchedClosing => "Unmatched ) or \\)",
            Self::UnmatchedBrace => "Unmatched \\{",
            Self::InvalidInterval => "Invalid content of \\{\\}",
            Self::InvalidRange => "Invalid range end",
            Self::InvalidPreceding => "Invalid preceding regular expression",
            Self::TooBig => "Regular expression too big",
        })
    }
}

impl std::error::Error for Error {}

/// Whether the environment's locale has UTF-8 text, as `setlocale` would find: `LC_ALL`, `LC_CTYPE`, `LANG`.
pub fn locale_is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
        .to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}
