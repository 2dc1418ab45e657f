//! The patterns of `-I` and `-F`.

use posix_regex::{Dialect, Options, Regex};

/// Several patterns, one of which has to match.
pub struct Pattern(Vec<Regex>);

impl Pattern {
    /// Reads patterns; nothing when there are none. Says what is wrong with one, and answers the status.
    pub fn any(texts: &[&str]) -> Result<Option<Self>, i32> {
        let mut patterns = Vec::new();
        for text in texts {
            match Regex::new(text.as_bytes(), &Options::new(Dialect::GREP)) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => {
                    eprintln!("diff: {text}: {error}");
                    return Err(2);
                }
            }
        }
        Ok((!patterns.is_empty()).then_some(Self(patterns)))
    }

    /// Whether one matches somewhere in the line.
    pub fn is_match(&self, line: &[u8]) -> bool {
        self.0.iter().any(|pattern| pattern.is_match(line))
    }
}
