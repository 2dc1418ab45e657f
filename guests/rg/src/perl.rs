//! `-P`: Perl's expressions by `fancy-regex`, in the place of PCRE2, which is C.

use crate::options::{Boundary, Case, Options};
use fancy_regex::{BytesMode, Regex, RegexBuilder};
use grep_matcher::Match;

pub struct Perl {
    regex: Regex,
}

/// The groups of a match, the whole one first.
pub type Captures = Vec<Option<Match>>;

impl Perl {
    pub fn new(options: &Options, patterns: &[String]) -> Result<Self, String> {
        let text = joined(options, patterns);
        let ignore_case = match options.case {
            Case::Sensitive => false,
            Case::Insensitive => true,
            Case::Smart => !has_capital(&text),
        };
        let text = match options.boundary {
            Some(Boundary::Line) => format!("(?m:^)(?:{text})(?m:$)"),
            Some(Boundary::Word) => format!(r"(?<!\w)(?:{text})(?!\w)"),
            None => text,
        };
        let regex = RegexBuilder::new(&text)
            .case_insensitive(ignore_case)
            .multi_line(true)
            .crlf(options.crlf)
            .dot_matches_new_line(options.multiline && options.multiline_dotall)
            .bytes_mode(match options.no_unicode {
                true => BytesMode::Ascii,
                false => BytesMode::UnicodeBytes,
            })
            .build()
            .map_err(|error| format!("PCRE2: error compiling pattern: {error}"))?;
        Ok(Self { regex })
    }

    pub fn find(&self, haystack: &[u8], at: usize) -> Result<Option<Match>, String> {
        let found = self.regex.find_from_pos(haystack, at);
        Ok(found
            .map_err(|error| format!("PCRE2: {error}"))?
            .map(|found| Match::new(found.start(), found.end())))
    }

    pub fn captures(
        &self,
        haystack: &[u8],
        at: usize,
        captures: &mut Captures,
    ) -> Result<bool, String> {
        captures.clear();
        let found = self.regex.captures_from_pos(haystack, at);
        let Some(found) = found.map_err(|error| format!("PCRE2: {error}"))? else {
            return Ok(false);
        };
        captures.extend((0..found.len()).map(|group| {
            let group = found.get(group)?;
            Some(Match::new(group.start(), group.end()))
        }));
        Ok(true)
    }

    pub fn groups(&self) -> usize {
        self.regex.captures_len()
    }

    pub fn group(&self, name: &str) -> Option<usize> {
        self.regex
            .capture_names()
            .position(|group| group == Some(name))
    }
}

fn joined(options: &Options, patterns: &[String]) -> String {
    let one = |pattern: &String| match options.fixed_strings {
        true => fancy_regex::escape(pattern).into_owned(),
        false => pattern.clone(),
    };
    match patterns {
        [pattern] => one(pattern),
        _ => {
            let patterns: Vec<_> = patterns
                .iter()
                .map(|pattern| format!("(?:{})", one(pattern)))
                .collect();
            patterns.join("|")
        }
    }
}

/// A capital letter that is no class such as `\W`.
fn has_capital(pattern: &str) -> bool {
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter.is_uppercase() {
            return true;
        }
    }
    false
}
