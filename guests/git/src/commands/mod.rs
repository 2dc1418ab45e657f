//! The commands, a file each.

mod add;
pub mod advice;
pub mod commit;
pub mod editor;
pub mod help;
pub mod hooks;
pub mod init;
pub mod message;
mod mv;
pub mod operands;
mod rev_parse;
mod rm;
pub mod status;
pub mod summary;
pub mod tracking;

use crate::failure::Outcome;
use crate::git::Git;

/// A command: the words after its name to its exit status.
pub type Command = fn(&mut Git, Vec<String>) -> Outcome<i32>;

/// All commands by name.
const TABLE: &[(&str, Command)] = &[
    ("add", add::add),
    ("commit", commit::commit),
    ("help", help::help),
    ("init", init::init),
    ("mv", mv::mv),
    ("rev-parse", rev_parse::rev_parse),
    ("rm", rm::rm),
    ("stage", add::add),
    ("status", status::status),
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
    TABLE
        .iter()
        .chain(crate::history::TABLE)
        .map(|(name, _)| *name)
}
