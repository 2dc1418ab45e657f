//! The commands about differences and history, a file each.

mod am;
mod apply;
mod blame;
mod describe;
mod diff;
mod format_patch;
mod grep;
mod log;
mod make;
mod merge;
mod pick;
mod plumbing;
mod rebase;
mod sequence;
mod shortlog;
mod show;
mod stash;

use crate::commands::Command;

/// These commands by name.
pub const TABLE: &[(&str, Command)] = &[
    ("am", am::am),
    ("apply", apply::apply),
    ("blame", blame::blame),
    ("cherry-pick", pick::cherry_pick),
    ("describe", describe::describe),
    ("diff", diff::diff),
    ("diff-files", plumbing::diff_files),
    ("diff-index", plumbing::diff_index),
    ("diff-tree", plumbing::diff_tree),
    ("format-patch", format_patch::format_patch),
    ("grep", grep::grep),
    ("log", log::log),
    ("merge", merge::merge),
    ("rebase", rebase::rebase),
    ("revert", pick::revert),
    ("shortlog", shortlog::shortlog),
    ("show", show::show),
    ("stash", stash::stash),
];
