//! `-regex`: a pattern that matches the whole path.

use posix_regex::{Bounds, Dialect, Options, Regex};

/// A compiled pattern.
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str, dialect: Dialect, ignore_case: bool) -> Result<Self, String> {
        let options = Options {
            ignore_case,
            bounds: Bounds::Line,
            ..Options::new(dialect)
        };
        Regex::new(text.as_bytes(), &options)
            .map(Self)
            .map_err(|error| format!("failed to compile regular expression '{text}': {error}"))
    }

    /// Whether all of `path` matches.
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path.as_bytes())
    }
}

/// The syntax that `-regextype` calls `name`.
pub fn dialect(name: &str) -> Result<Dialect, String> {
    Ok(match name {
        "findutils-default" | "emacs" => Dialect::EMACS,
        "ed" | "sed" | "posix-basic" | "posix-minimal-basic" => Dialect::BASIC,
        "grep" => Dialect::GREP,
        "posix-extended" => Dialect::EXTENDED,
        "posix-egrep" | "egrep" => Dialect::EGREP,
        "gnu-awk" | "posix-awk" | "awk" => Dialect::AWK,
        _ => {
            return Err(format!(
                "Unknown regular expression type ‘{name}’; valid types are ‘findutils-default’, ‘ed’, ‘emacs’, ‘gnu-awk’, ‘grep’, ‘posix-awk’, ‘awk’, ‘posix-basic’, ‘posix-egrep’, ‘egrep’, ‘posix-extended’, ‘posix-minimal-basic’, ‘sed’."
            ));
        }
    })
}
