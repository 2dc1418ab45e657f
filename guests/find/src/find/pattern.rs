//! `-regex`: a pattern that matches the whole path.

/// The kinds of patterns that `-regextype` names.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Syntax {
    #[default]
    Emacs,
    Basic,
    Extended,
}

/// A compiled pattern.
pub struct Pattern(regex_lite::Regex);

impl Syntax {
    /// The syntax that findutils calls `name`.
    pub fn named(name: &str) -> Result<Self, String> {
        Ok(match name {
            "findutils-default" | "emacs" => Self::Emacs,
            "ed" | "sed" | "grep" | "posix-basic" | "posix-minimal-basic" => Self::Basic,
            "gnu-awk" | "posix-awk" | "awk" | "posix-egrep" | "egrep" | "posix-extended" => {
                Self::Extended
            }
            _ => {
                return Err(format!(
                    "Unknown regular expression type ‘{name}’; valid types are ‘findutils-default’, ‘ed’, ‘emacs’, ‘gnu-awk’, ‘grep’, ‘posix-awk’, ‘awk’, ‘posix-basic’, ‘posix-egrep’, ‘egrep’, ‘posix-extended’, ‘posix-minimal-basic’, ‘sed’."
                ));
            }
        })
    }
}
impl Pattern {
    pub fn new(text: &str, _syntax: Syntax, fold: bool) -> Result<Self, String> {
        let text = text
            .replace("\\(", "(")
            .replace("\\)", ")")
            .replace("\\|", "|");
        regex_lite::RegexBuilder::new(&format!("^(?:{text})$"))
            .case_insensitive(fold)
            .dot_matches_new_line(true)
            .build()
            .map(Self)
            .map_err(|e| e.to_string())
    }
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}
