//! Addresses: which lines a command is for.

use crate::command::Pattern;

pub enum Address {
    /// A line's number; 0 only before a pattern.
    Line(u64),
    /// First, and how far apart.
    Step(u64, u64),
    Last,
    Pattern(Pattern),
}

/// The end of a range.
pub enum End {
    Line(u64),
    Step(u64, u64),
    Last,
    Pattern(Pattern),
    /// So many lines more.
    Plus(u64),
    /// Up to a multiple of it.
    Multiple(u64),
}

/// Whether a range has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Inactive,
    /// The number of the last line where that is known.
    Active(Option<u64>),
    /// It began with a line's number, which doesn't come again.
    Closed,
}

/// Whether a number is `first`, or steps behind it.
pub fn is_step(line: u64, first: u64, step: u64) -> bool {
    match step {
        0 => line == first,
        _ => line >= first && (line - first).is_multiple_of(step),
    }
}
