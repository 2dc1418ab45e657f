//! The dialects, as sets of what glibc calls syntax bits.

/// How a pattern is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// `\(`, `\)` group rather than `(`, `)`.
    pub(crate) backslash_groups: bool,
    pub(crate) backslash_braces: bool,
    pub(crate) backslash_bar: bool,
    /// `\+`, `\?` repeat rather than `+`, `?`.
    pub(crate) backslash_plus: bool,
    pub(crate) intervals: bool,
    /// `[:alpha:]` in brackets.
    pub(crate) classes: bool,
    /// `^` and `$` are anchors wherever they stand.
    pub(crate) anchors_anywhere: bool,
    /// A repetition with nothing before it: an error, nothing, or itself.
    pub(crate) leading_repetition: Leading,
    /// A `{` that begins no interval stands for itself.
    pub(crate) lenient_braces: bool,
    /// An interval with nothing before it, and a `*` or an interval after a repetition, are errors.
    pub(crate) strict_repetitions: bool,
    /// A `)` too many stands for itself.
    pub(crate) lenient_closing: bool,
    /// A backslash in brackets quotes.
    pub(crate) backslash_in_brackets: bool,
    /// A newline separates alternatives.
    pub(crate) newline_alternates: bool,
    pub(crate) back_references: bool,
    /// `\y` is a word's edge rather than `\b`.
    pub(crate) awk_escapes: bool,
    /// Anchors other than `^` can be repeated.
    pub(crate) repeats_anchors: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leading {
    Error,
    Skipped,
    Literal,
}

impl Dialect {
    /// Basic, as sed reads it.
    pub const BASIC: Self = Self {
        backslash_groups: true,
        backslash_braces: true,
        backslash_bar: true,
        backslash_plus: true,
        intervals: true,
        classes: true,
        anchors_anywhere: false,
        leading_repetition: Leading::Literal,
        lenient_braces: false,
        strict_repetitions: true,
        lenient_closing: false,
        backslash_in_brackets: false,
        newline_alternates: false,
        back_references: true,
        awk_escapes: false,
        repeats_anchors: false,
    };

    /// Extended, as `sed -E` reads it.
    pub const EXTENDED: Self = Self {
        backslash_groups: false,
        backslash_braces: false,
        backslash_bar: false,
        backslash_plus: false,
        anchors_anywhere: true,
        leading_repetition: Leading::Error,
        strict_repetitions: false,
        ..Self::BASIC
    };

    /// Basic, with a newline between patterns, as grep reads it.
    pub const GREP: Self = Self {
        strict_repetitions: false,
        newline_alternates: true,
        repeats_anchors: true,
        ..Self::BASIC
    };

    /// Extended, as `grep -E` reads it.
    pub const EGREP: Self = Self {
        leading_repetition: Leading::Skipped,
        lenient_braces: true,
        lenient_closing: true,
        newline_alternates: true,
        repeats_anchors: true,
        ..Self::EXTENDED
    };

    /// Extended, as gawk reads it.
    pub const AWK: Self = Self {
        leading_repetition: Leading::Literal,
        lenient_braces: true,
        strict_repetitions: false,
        lenient_closing: true,
        backslash_in_brackets: true,
        back_references: false,
        awk_escapes: true,
        ..Self::EXTENDED
    };

    /// Emacs's, which `find -regex` reads.
    pub const EMACS: Self = Self {
        backslash_plus: false,
        strict_repetitions: false,
        intervals: false,
        classes: false,
        ..Self::BASIC
    };
}
