//! The patterns of `-I` and `-F`.

use posix_regex::{Dialect, Options, Regex};

/// Several patterns, one of which has to match.
pub struct Pattern(Vec<Regex>);
impl Pattern {
    pub fn any(texts: &[&str]) -> Result<Option<Self>, i32> { todo!() }
    pub fn is_match(&self, line: &[u8]) -> bool { todo!() }
}
