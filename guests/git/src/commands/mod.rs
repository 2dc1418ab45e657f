//! The commands, a file each.

mod add;
pub mod advice;
pub mod branches;
mod checkout;
mod clean;
pub mod commit;
pub mod editor;
pub mod help;
pub mod hooks;
pub mod init;
pub mod message;
mod mv;
pub mod operands;
mod refs;
mod reset;
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
    ("branch", refs::branch),
    ("checkout", checkout::checkout),
    ("clean", clean::clean),
    ("commit", commit::commit),
    ("for-each-ref", refs::for_each_ref),
    ("help", help::help),
    ("init", init::init),
    ("mv", mv::mv),
    ("reset", reset::reset),
    ("restore", checkout::restore),
    ("rev-parse", rev_parse::rev_parse),
    ("rm", rm::rm),
    ("show-ref", refs::show_ref),
    ("stage", add::add),
    ("status", status::status),
    ("switch", checkout::switch),
    ("symbolic-ref", refs::symbolic_ref),
    ("tag", refs::tag),
    ("update-ref", refs::update_ref),
    ("version", help::version),
];

/// The command of a name.
pub fn find(name: &str) -> Option<Command> {
    TABLE
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, command)| *command)
}

/// The names of all commands.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(name, _)| *name)
}
