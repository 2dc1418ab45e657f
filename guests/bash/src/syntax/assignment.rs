//! `name=value`, `name[subscript]+=value`: words that are assignments, taken apart.

use super::ast::{ArrayElement, Assignment, AssignmentValue, Word};
use super::token::Token;
use crate::text::Text;

/// Where the parts of an assignment are, as offsets.
pub(super) struct Split {
    name: usize,
    /// Between the brackets.
    subscript: Option<(usize, usize)>,
    append: bool,
    value: usize,
}

/// The parts of a word that looks like an assignment.
pub(super) fn split(text: &str) -> Option<Split> {
    let bytes = text.as_bytes();
    let name = bytes
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && *b != b'_')?;
    if name == 0 || bytes.first()?.is_ascii_digit() {
        return None;
    }
    split_behind_name(bytes, name)
}

fn split_behind_name(bytes: &[u8], name: usize) -> Option<Split> {
    let mut at = name;
    let mut subscript = None;
    if bytes.get(at) == Some(&b'[') {
        let end = subscript_end(bytes, at + 1)?;
        subscript = Some((at + 1, end));
        at = end + 1;
    }
    let append = bytes.get(at) == Some(&b'+');
    at += usize::from(append);
    (bytes.get(at) == Some(&b'=')).then_some(Split {
        name,
        subscript,
        append,
        value: at + 1,
    })
}

/// Where the `]` is that belongs to a subscript.
fn subscript_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut depth = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\'' | b'"' | b'`' => at = quote_end(bytes, at + 1, byte)?,
            b'$' if matches!(bytes.get(at + 1), Some(b'(' | b'{')) => {
                at = group_end(bytes, at + 1)?;
            }
            b'[' => depth += 1,
            b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn quote_end(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start;
    loop {
        let byte = *bytes.get(at)?;
        if byte == quote {
            return Some(at);
        }
        at += if byte == b'\\' && quote != b'\'' {
            2
        } else {
            1
        };
    }
}

fn group_end(bytes: &[u8], open: usize) -> Option<usize> {
    let opening = *bytes.get(open)?;
    let closing = if opening == b'(' { b')' } else { b'}' };
    let mut at = open + 1;
    let mut depth = 1;
    loop {
        match *bytes.get(at)? {
            b'\\' => at += 1,
            quote @ (b'\'' | b'"' | b'`') => at = quote_end(bytes, at + 1, quote)?,
            byte if byte == opening => depth += 1,
            byte if byte == closing => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The assignment a word is, if it looks like one.
pub(super) fn from_token(token: &Token) -> Option<Assignment> {
    let text = token.text.as_deref()?;
    let split = split(text)?;
    let part = |start, end| -> Text { text.get(start..end).unwrap_or_default().into() };
    Some(Assignment {
        name: part(0, split.name),
        subscript: split
            .subscript
            .map(|(start, end)| Word::new(part(start, end))),
        append: split.append,
        value: match &token.elements {
            Some(elements) => AssignmentValue::Array(elements.clone()),
            None => AssignmentValue::Scalar(Word::new(part(split.value, text.len()))),
        },
    })
}

/// An element of `name=( … )`.
pub(super) fn element(token: &Token) -> ArrayElement {
    let text = token.text.as_deref().unwrap_or_default();
    if text.starts_with('[')
        && let Some(split) = split_behind_name(text.as_bytes(), 0)
    {
        let part = |start, end| Word::new(text.get(start..end).unwrap_or_default());
        return ArrayElement {
            key: split.subscript.map(|(start, end)| part(start, end)),
            append: split.append,
            value: part(split.value, text.len()),
        };
    }
    ArrayElement {
        key: None,
        append: false,
        value: Word::new(text),
    }
}
