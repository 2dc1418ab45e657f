//! The commands about differences and history, a file each.

mod diff;
mod log;
mod show;

use crate::commands::Command;

/// These commands by name.
pub const TABLE: &[(&str, Command)] = &[
    ("diff", diff::diff),
    ("log", log::log),
    ("show", show::show),
];
