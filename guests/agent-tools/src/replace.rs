//! One text in the place of another: what `str_replace` and `edit` do.

use std::borrow::Cow;

use memchr::memmem::Finder;

use crate::text;

/// Most lines that are named where a text occurs too often.
const LINES_NAMED_MAX: usize = 50;

/// Two texts, the second of which is to stand where the first does. In a file whose lines end in CR and LF, theirs do too.
pub struct Replacement<'a> {
    old: Cow<'a, str>,
    new: Cow<'a, str>,
}

impl<'a> Replacement<'a> {
    pub fn new(content: &str, old: &'a str, new: &'a str) -> Self {
        let has_lines = old.contains('\n') || new.contains('\n');
        if has_lines && text::is_crlf(content) {
            let [old, new] = [old, new].map(|text| Cow::Owned(text::to_crlf(text)));
            return Self { old, new };
        }
        Self {
            old: Cow::Borrowed(old),
            new: Cow::Borrowed(new),
        }
    }

    /// Where the old text occurs, from left to right and not in itself, and how often. It must not be empty.
    pub fn occurrences(&self, content: &str) -> (Option<usize>, usize) {
        let finder = Finder::new(self.old.as_bytes());
        let mut found = finder.find_iter(content.as_bytes());
        let first = found.next();
        (first, usize::from(first.is_some()) + found.count())
    }

    /// The numbers of the lines in which the old text begins, as a list is written; not all of very many.
    pub fn lines_of_occurrences(&self, content: &str) -> String {
        let finder = Finder::new(self.old.as_bytes());
        let mut lines: Vec<String> = Vec::new();
        let (mut line, mut counted) = (1, 0);
        for at in finder.find_iter(content.as_bytes()) {
            line += memchr::memchr_iter(b'\n', &content.as_bytes()[counted..at]).count();
            counted = at;
            if lines.len() == LINES_NAMED_MAX {
                lines.push("...".to_owned());
                break;
            }
            let number = line.to_string();
            if lines.last() != Some(&number) {
                lines.push(number);
            }
        }
        format!("[{}]", lines.join(", "))
    }

    /// The content with the new text in the place of the one that begins at `at`.
    pub fn at(&self, content: &str, at: usize) -> String {
        [&content[..at], &self.new, &content[at + self.old.len()..]].concat()
    }

    /// The content with the new text in every place.
    pub fn everywhere(&self, content: &str) -> String {
        content.replace(&*self.old, &self.new)
    }

    /// How many lines the new text adds to the one it begins in.
    pub fn new_lines(&self) -> usize {
        memchr::memchr_iter(b'\n', self.new.as_bytes()).count()
    }
}
