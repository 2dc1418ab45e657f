//! Words and assignments. They are printed as they stand in the source, except that bash has parsed the commands of `$( )`, `<( )` and
//! `>( )` and prints what it made of them, and that it has replaced `$'…'` by what it means.

use super::Printer;
use crate::syntax::ast::{Argument, Assignment, AssignmentValue, List, Program, Word};
use crate::syntax::print;
use crate::syntax::substitution::with_parser;

impl Printer {
    pub(super) fn words(&mut self, words: &[Word], separator: &str) {
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                self.put(separator);
            }
            self.word(&word.raw);
        }
    }

    pub(super) fn argument(&mut self, argument: &Argument) {
        match argument {
            Argument::Assignment(assignment, _)
                if matches!(assignment.value, AssignmentValue::Array(_)) =>
            {
                self.assignment(assignment);
            }
            Argument::Word(word) | Argument::Assignment(_, word) => self.word(&word.raw),
        }
    }

    pub(super) fn assignment(&mut self, assignment: &Assignment) {
        self.put(&assignment.name);
        self.key(assignment.subscript.as_ref());
        self.put(if assignment.append { "+=" } else { "=" });
        match &assignment.value {
            AssignmentValue::Scalar(word) => self.word(&word.raw),
            AssignmentValue::Array(elements) => {
                self.put("(");
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        self.put(" ");
                    }
                    if element.key.is_some() {
                        self.key(element.key.as_ref());
                        self.put(if element.append { "+=" } else { "=" });
                    }
                    self.word(&element.value.raw);
                }
                self.put(")");
            }
        }
    }

    fn key(&mut self, key: Option<&Word>) {
        if let Some(key) = key {
            self.put("[");
            self.word(&key.raw);
            self.put("]");
        }
    }

    pub(super) fn word(&mut self, raw: &str) {
        if !["$(", "<(", ">(", "$'", "$\""]
            .iter()
            .any(|s| raw.contains(s))
        {
            return self.put(raw);
        }
        let mut from = 0;
        for (start, end, replacement) in replacements(raw) {
            self.put(raw.get(from..start).unwrap_or_default());
            self.put(&replacement);
            from = end;
        }
        self.put(raw.get(from..).unwrap_or_default());
    }
}

/// What is printed otherwise than it stands in a word: where it begins and ends, and what stands there instead.
fn replacements(raw: &str) -> Vec<(usize, usize, String)> {
    with_parser(raw, |parser| {
        parser.found = Some(Vec::new());
        // An error can't be: the word has been read before.
        let _ = parser.skip_word_text();
        let found = parser.found.take().unwrap_or_default();
        found
            .into_iter()
            .map(|piece| (piece.start, piece.end, replacement(raw, piece)))
            .collect()
    })
}

/// A part of a word that has been skipped.
pub(in crate::syntax) struct Found {
    pub start: usize,
    pub end: usize,
    pub kind: FoundKind,
}

pub(in crate::syntax) enum FoundKind {
    /// What stands between the parentheses of a substitution.
    Commands(List),
    /// `$'…'` or `$"…"`.
    DollarQuotes,
}

fn replacement(raw: &str, found: Found) -> String {
    match found.kind {
        FoundKind::Commands(list) => {
            let text = print::print_substitution(&Program {
                commands: if list.0.is_empty() {
                    Vec::new()
                } else {
                    vec![list]
                },
            });
            // A parenthesis behind the parenthesis would be arithmetic.
            let space = if text.starts_with('(') { " " } else { "" };
            format!("{space}{text})")
        }
        FoundKind::DollarQuotes => {
            let quoted = raw.get(found.start..found.end).unwrap_or_default();
            match quoted.strip_prefix("$'").and_then(|q| q.strip_suffix('\'')) {
                Some(escaped) => {
                    let plain = crate::expand::unescape_ansi(escaped);
                    format!("'{}'", plain.replace('\'', "'\\''"))
                }
                None => quoted.trim_start_matches('$').to_owned(),
            }
        }
    }
}
