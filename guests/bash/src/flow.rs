//! What leaves the ordinary course of commands.

/// Why the commands that follow are not run. Whoever makes one has printed its message already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// `break n`: this many loops are still to be left.
    Break(u32),
    /// `continue n`.
    Continue(u32),
    /// `return`, with the status.
    Return(i32),
    /// The shell ends: `exit`, `set -e`, an error that ends a shell that is not interactive.
    Exit(i32),
    /// An error that ends the current top-level command and lets a script go on behind it (`${x!}`, a readonly variable
    /// assigned to): bash's DISCARD.
    Discard(i32),
}

/// An answer that may leave the ordinary course.
pub type Result<T = i32> = std::result::Result<T, Flow>;
