//! Times in git's words: reading what people write, and showing it in git's styles. The machine's own zone is UTC.

mod approximate;
mod calendar;
mod exact;
mod show;

pub use approximate::approximate;
pub use exact::parse;
pub use show::{Style, show};
