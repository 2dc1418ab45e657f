//! Regular expressions of `=~`: POSIX's extended ones, with GNU's additions. The leftmost match counts, and of those the longest; no
//! expression takes more time than its length times the text's.

mod parse;
mod program;
mod run;

use program::Program;

/// A compiled expression.
pub struct Regex {
    program: Program,
    nocase: bool,
}

impl Regex {
    /// Nothing if the text is no regular expression.
    pub fn new(expression: &str, nocase: bool) -> Option<Regex> {
        let (node, groups) = parse::parse(expression)?;
        let program = Program::new(&node, groups)?;
        Some(Regex { program, nocase })
    }

    /// What the whole and each group matched; nothing if there is no match.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Vec<Option<&'t str>>> {
        let places = run::search(&self.program, text, self.nocase)?;
        let groups = places.chunks(2).map(|pair| match pair {
            [Some(start), Some(end)] => text.get(*start..*end),
            _ => None,
        });
        Some(groups.collect())
    }
}

/// A regular expression from pieces of a word, of which some were quoted and stand for themselves.
pub(super) fn quoted(pieces: &[(&str, bool)]) -> String {
    let mut expression = String::new();
    // Behind how many characters of a set we are, if in one.
    let mut in_set: Option<usize> = None;
    for (text, quoted) in pieces {
        for c in text.chars() {
            match (in_set, c, quoted) {
                (None, '[', false) => in_set = Some(0),
                (None, c, true) if is_special(c) => expression.push('\\'),
                (Some(0), '^', false) => in_set = Some(0),
                (Some(behind), ']', false) if behind > 0 => in_set = None,
                (Some(behind), _, _) => in_set = Some(behind + 1),
                _ => {}
            }
            expression.push(c);
        }
    }
    expression
}

fn is_special(c: char) -> bool {
    "\\.[]*^$+?{}()|".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(expression: &str, text: &str) -> Option<Vec<String>> {
        let groups = Regex::new(expression, false)?.captures(text)?;
        let shown = groups
            .into_iter()
            .map(|group| group.unwrap_or("-").to_string());
        Some(shown.collect())
    }

    #[test]
    fn leftmost_and_longest() {
        let words = |text: &str| text.split(' ').map(str::to_string).collect::<Vec<_>>();
        assert_eq!(matched("a|ab", "xab"), Some(words("ab")));
        assert_eq!(matched("(a|ab)(c|bcd)", "abcd"), Some(words("abcd a bcd")));
        assert_eq!(matched("(a)|(b)", "b"), Some(words("b - b")));
        assert_eq!(matched("^[0-9]{2,3}$", "1234"), None);
        assert_eq!(matched("[]x]+", "a]x"), Some(words("]x")));
        assert!(Regex::new("*a", false).is_none());
        assert!(Regex::new("(a", false).is_none());
    }
}
