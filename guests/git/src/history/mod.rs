//! The commands about differences and history, a file each.

mod apply;
mod blame;
mod describe;
mod diff;
mod grep;
mod log;
mod make;
mod merge;
mod pick;
mod rebase;
mod sequence;
mod shortlog;
mod show;
mod stash;

use crate::commands::Command;

/// These commands by name.
pub const TABLE: &[(&str, Command)] = &[
    ("apply", apply::apply),
    ("blame", blame::blame),
    ("cherry-pick", pick::cherry_pick),
    ("describe", describe::describe),
    ("diff", diff::diff),
    ("grep", grep::grep),
    ("log", log::log),
    ("merge", merge::merge),
    ("rebase", rebase::rebase),
    ("revert", pick::revert),
    ("shortlog", shortlog::shortlog),
    ("show", show::show),
    ("stash", stash::stash),
];
