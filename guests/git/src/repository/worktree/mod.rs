//! The working tree: comparing it with the index, and changing it.

mod compare;
mod convert;
mod file;
mod switch;
mod untracked;

pub use compare::{Difference, compare, refresh};
pub use convert::Converter;
pub use file::{add_file, content_of, remove_file, write_entry, write_file};
pub use switch::{reset_hard, switch};
pub use untracked::{Collect, Untracked, untracked};
