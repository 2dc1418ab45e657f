//! How `read` takes a line apart.

use crate::text::Text;

/// A character that was read; behind a backslash it separates nothing.
#[derive(Clone, Copy, Debug)]
pub struct Letter {
    pub c: char,
    pub quoted: bool,
}

pub fn text(letters: &[Letter]) -> Text {
    letters
        .iter()
        .map(|letter| letter.c)
        .collect::<String>()
        .into()
}

/// A line being taken apart.
pub struct Fields<'a> {
    rest: &'a [Letter],
    separators: &'a str,
}

impl<'a> Fields<'a> {
    pub fn new(line: &'a [Letter], separators: &'a str) -> Fields<'a> {
        Fields {
            rest: line,
            separators,
        }
    }

    /// All fields, for `read -a`.
    pub fn all(mut self) -> Vec<Text> {
        let mut fields = Vec::new();
        self.skip_blanks();
        while let Some(field) = self.next() {
            fields.push(field);
        }
        fields
    }

    /// Blanks that separate, at the beginning of what is left.
    pub fn skip_blanks(&mut self) {
        while let [first, rest @ ..] = self.rest
            && self.is_blank(first)
        {
            self.rest = rest;
        }
    }

    /// The next field; what separates it from the one behind is taken away.
    pub fn next(&mut self) -> Option<Text> {
        self.skip_blanks();
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|letter| self.separates(letter));
        let end = end.unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.skip_separator();
        Some(text(field))
    }

    /// Blanks, then one other separator, then blanks.
    fn skip_separator(&mut self) {
        self.skip_blanks();
        if let [first, rest @ ..] = self.rest
            && self.separates(first)
        {
            self.rest = rest;
            self.skip_blanks();
        }
    }

    /// What the last variable gets: all that is left without blanks at the end; a single field without the separator behind it.
    pub fn last(&mut self) -> Text {
        let all = self.rest;
        let single = self.next();
        if self.rest.is_empty() {
            return single.unwrap_or_else(|| "".into());
        }
        let blanks = all.iter().rev().take_while(|letter| self.is_blank(letter));
        text(&all[..all.len() - blanks.count()])
    }

    fn separates(&self, letter: &Letter) -> bool {
        !letter.quoted && self.separators.contains(letter.c)
    }

    fn is_blank(&self, letter: &Letter) -> bool {
        matches!(letter.c, ' ' | '\t' | '\n') && self.separates(letter)
    }
}
