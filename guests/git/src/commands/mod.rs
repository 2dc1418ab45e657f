//! The commands, a file each.

pub mod help;
mod rev_parse;

use crate::failure::Outcome;
use crate::git::Git;

/// A command: the words after its name to its exit status.
pub type Command = fn(&mut Git, Vec<String>) -> Outcome<i32>;

/// All commands by name.
const TABLE: &[(&str, Command)] = &[
    ("help", help::help),
    ("rev-parse", rev_parse::rev_parse),
    ("version", help::version),
];

/// The command of a name.
pub fn find(name: &str) -> Option<Command> {
    TABLE
        .iter()
        .chain(crate::history::TABLE)
        .find(|(known, _)| *known == name)
        .map(|(_, command)| *command)
}

/// The names of all commands.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().chain(crate::history::TABLE).map(|(name, _)| *name)
}
