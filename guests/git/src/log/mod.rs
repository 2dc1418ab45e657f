//! Commits shown: which ones, in which form, with what they changed.

mod combined;
mod decorate;
mod filter;
mod follow;
mod format;
mod graph;
mod options;
mod placeholder;
mod pretty;
mod run;
mod wrap;

pub use decorate::Decorations;
pub use filter::{Kind as PatternKind, pattern};
pub use format::Format;
pub use options::{LogOptions, Merges};
pub use placeholder::{Expansion, as_file_name, expand};
pub use pretty::{Look, header_and_message, mail_message};
pub use run::{Printer, commit_pairs, default_tip, from_refs, log, show_commit};
