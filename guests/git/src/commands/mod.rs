//! The commands, a file each.

mod add;
pub mod advice;
pub mod branches;
mod cat_file;
mod checkout;
mod clean;
pub mod commit;
mod config;
pub mod editor;
mod hash_object;
pub mod help;
pub mod hooks;
pub mod init;
mod ls_files;
mod ls_tree;
mod maintenance;
pub mod message;
mod mv;
pub mod operands;
mod plumbing;
mod reflog;
mod refs;
pub mod remote;
mod reset;
pub mod rev_list;
mod rev_parse;
mod rm;
pub mod status;
pub mod summary;
pub mod tracking;
mod transport;
mod update_index;

use crate::failure::Outcome;
use crate::git::Git;

/// A command: the words after its name to its exit status.
pub type Command = fn(&mut Git, Vec<String>) -> Outcome<i32>;

/// All commands by name.
const TABLE: &[(&str, Command)] = &[
    ("add", add::add),
    ("branch", refs::branch),
    ("cat-file", cat_file::cat_file),
    ("check-ignore", plumbing::check_ignore),
    ("check-ref-format", plumbing::check_ref_format),
    ("checkout", checkout::checkout),
    ("clean", clean::clean),
    ("clone", transport::clone),
    ("commit", commit::commit),
    ("commit-tree", plumbing::commit_tree),
    ("config", config::config),
    ("count-objects", plumbing::count_objects),
    ("fetch", transport::fetch),
    ("for-each-ref", refs::for_each_ref),
    ("fsck", maintenance::fsck),
    ("gc", maintenance::gc),
    ("hash-object", hash_object::hash_object),
    ("help", help::help),
    ("init", init::init),
    ("ls-files", ls_files::ls_files),
    ("ls-tree", ls_tree::ls_tree),
    ("merge-base", plumbing::merge_base),
    ("mv", mv::mv),
    ("pack-refs", maintenance::pack_refs),
    ("prune", maintenance::prune),
    ("pull", transport::pull),
    ("push", transport::push),
    ("read-tree", update_index::read_tree),
    ("reflog", reflog::reflog),
    ("remote", remote::remote),
    ("reset", reset::reset),
    ("restore", checkout::restore),
    ("rev-list", rev_list::rev_list),
    ("rev-parse", rev_parse::rev_parse),
    ("rm", rm::rm),
    ("show-ref", refs::show_ref),
    ("stage", add::add),
    ("status", status::status),
    ("switch", checkout::switch),
    ("symbolic-ref", refs::symbolic_ref),
    ("tag", refs::tag),
    ("update-index", update_index::update_index),
    ("update-ref", refs::update_ref),
    ("var", plumbing::var),
    ("version", help::version),
    ("write-tree", plumbing::write_tree),
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
