//! The pieces between delimiters: patterns, replacements, and what `y` exchanges.

use crate::Options;
use crate::command::{Pattern, Table};
use crate::escapes::{Place, produce};
use crate::parse::{Parsed, end_of_command};
use crate::source::Source;
use posix_regex::{Dialect, Newline, Regex};
use std::rc::Rc;

/// What stands up to the delimiter; nothing when it doesn't come. In a pattern brackets protect it.
pub fn read_delimited(
    source: &mut Source,
    delimiter: Option<u8>,
    is_pattern: bool,
) -> Option<Vec<u8>> {
    let delimiter = delimiter?;
    let mut text = Vec::new();
    // Inside brackets: how long the text was behind the opening.
    let mut bracket: Option<usize> = None;
    loop {
        let byte = source.next()?;
        if byte == delimiter && bracket.is_none() {
            return Some(text);
        }
        match byte {
            b'\n' => {
                source.back(Some(byte));
                return None;
            }
            b'\\' => {
                let next = source.next()?;
                if next == b'n' && is_pattern {
                    text.push(b'\n');
                    continue;
                }
                let keeps = next != delimiter || next == b'\n' || (!is_pattern && next == b'&');
                if keeps {
                    text.push(b'\\');
                }
                text.push(next);
                continue;
            }
            b'[' if is_pattern && bracket.is_none() => {
                text.push(b'[');
                if source.peek() == Some(b'^') {
                    source.next();
                    text.push(b'^');
                }
                bracket = Some(text.len());
                continue;
            }
            b'[' if bracket.is_some() => {
                text.push(b'[');
                if let Some(mark @ (b':' | b'.' | b'=')) = source.peek() {
                    source.next();
                    text.push(mark);
                    while let Some(inner) = source.next() {
                        text.push(inner);
                        if inner == b']' && text.ends_with(&[mark, b']']) {
                            break;
                        }
                        if inner == b'\n' {
                            break;
                        }
                    }
                }
                continue;
            }
            b']' if bracket.is_some_and(|start| text.len() > start) => bracket = None,
            _ => {}
        }
        text.push(byte);
    }
}

/// Compiles a pattern; an empty one is the one that was used last.
pub fn pattern(
    source: &Source,
    text: &[u8],
    ignore_case: bool,
    lines: bool,
    options: &Options,
) -> Parsed<Pattern> {
    if text.is_empty() {
        if ignore_case || lines {
            return Err(source.wrong("cannot specify modifiers on empty regexp"));
        }
        return Ok(None);
    }
    let mut regex = posix_regex::Options::new(match options.extended {
        true => Dialect::EXTENDED,
        false => Dialect::BASIC,
    });
    regex.ignore_case = ignore_case;
    regex.utf8 = options.utf8;
    regex.newline = match lines {
        true => Newline::Anchors,
        false => Newline::Ordinary,
    };
    match Regex::new(&produce(text, Place::Pattern), &regex) {
        Ok(regex) => Ok(Some(Rc::new(regex))),
        Err(error) => Err(source.wrong(&error.to_string())),
    }
}

/// `y/abc/def/`.
pub fn table(source: &mut Source, options: &Options) -> Parsed<Table> {
    let unterminated = "unterminated `y' command";
    let delimiter = source.next();
    let Some(from) = read_delimited(source, delimiter, false) else {
        return Err(source.wrong(unterminated));
    };
    let Some(to) = read_delimited(source, delimiter, false) else {
        return Err(source.wrong(unterminated));
    };
    let (from, to) = (letters(&from, options.utf8), letters(&to, options.utf8));
    if from.len() != to.len() {
        return Err(source.wrong("strings for `y' command are different lengths"));
    }
    let mut table = Table {
        bytes: std::array::from_fn(|byte| byte as u8),
        characters: Vec::new(),
    };
    let mut seen = [false; 256];
    for (from, to) in from.into_iter().zip(to) {
        match (&from[..], &to[..]) {
            ([from], [to]) if !std::mem::replace(&mut seen[usize::from(*from)], true) => {
                table.bytes[usize::from(*from)] = *to;
            }
            ([_], [_]) => {}
            _ => table.characters.push((from, to)),
        }
    }
    end_of_command(source)?;
    Ok(table)
}

/// The characters of one side of `y`.
fn letters(text: &[u8], utf8: bool) -> Vec<Vec<u8>> {
    let produced = produce(text, Place::Text);
    let mut letters = Vec::new();
    let mut at = 0;
    while at < produced.len() {
        if produced[at] == b'\\' && at + 1 < produced.len() {
            at += 1;
        }
        let rest = &produced[at..];
        let length = match utf8 {
            true => character_length(rest),
            false => 1,
        };
        letters.push(rest[..length].to_vec());
        at += length;
    }
    letters
}

/// The length of the first character, or 1 for a byte that begins none.
pub fn character_length(text: &[u8]) -> usize {
    let length = match text[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    match text.get(..length).map(std::str::from_utf8) {
        Some(Ok(_)) => length,
        _ => 1,
    }
}
