//! The commands about differences and history, a file each.

mod diff;
mod log;
mod make;
mod merge;
mod pick;
mod rebase;
mod sequence;
mod show;

use crate::commands::Command;

/// These commands by name.
pub const TABLE: &[(&str, Command)] = &[
    ("cherry-pick", pick::cherry_pick),
    ("diff", diff::diff),
    ("log", log::log),
    ("merge", merge::merge),
    ("rebase", rebase::rebase),
    ("revert", pick::revert),
    ("show", show::show),
];
