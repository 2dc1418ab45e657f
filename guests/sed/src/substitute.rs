//! `s` at work.

use crate::command::{Case, Part, Substitution};
use crate::parse_text::character_length;
use posix_regex::{Captures, Regex};

/// Substitutes in a line; nothing when nothing matched. `buffer` is where the new line is built.
pub fn substitute(
    line: &[u8],
    regex: &Regex,
    substitution: &Substitution,
    utf8: bool,
    captures: &mut Captures,
    buffer: &mut Vec<u8>,
) -> bool {
    let scan = regex.scan(line);
    let needs_groups = substitution
        .replacement
        .iter()
        .any(|part| matches!(part, Part::Group(group) if *group > 0));
    let has_case = substitution
        .replacement
        .iter()
        .any(|part| matches!(part, Part::Case(_)));
    buffer.clear();
    let (mut at, mut copied, mut count) = (0, 0, 0);
    let mut last_end = None;
    let mut replaced = false;
    while at <= line.len() {
        let found = match needs_groups {
            true => scan
                .captures(at, captures)
                .then(|| captures.get(0))
                .flatten(),
            false => scan.find(at),
        };
        let Some((start, end)) = found else {
            break;
        };
        let is_empty = start == end;
        // An empty match just behind a match is none.
        if !(is_empty && last_end == Some(start)) {
            count += 1;
            if count >= substitution.number {
                buffer.extend_from_slice(&line[copied..start]);
                let groups = |group: usize| match group {
                    0 => &line[start..end],
                    _ => captures
                        .get(group)
                        .map_or(&line[0..0], |(from, to)| &line[from..to]),
                };
                match has_case {
                    true => replace_with_case(&substitution.replacement, groups, utf8, buffer),
                    false => replace(&substitution.replacement, groups, buffer),
                }
                copied = end;
                replaced = true;
                if !substitution.global {
                    break;
                }
            }
        }
        last_end = Some(end);
        at = end;
        // As in GNU sed, the next place is a byte further, even inside a character.
        at += usize::from(is_empty);
    }
    if replaced {
        buffer.extend_from_slice(&line[copied..]);
    }
    replaced
}

fn replace<'a>(parts: &'a [Part], groups: impl Fn(usize) -> &'a [u8], out: &mut Vec<u8>) {
    for part in parts {
        match part {
            Part::Text(text) => out.extend_from_slice(text),
            Part::Group(group) => out.extend_from_slice(groups(*group)),
            Part::Case(_) => {}
        }
    }
}

fn replace_with_case<'a>(
    parts: &'a [Part],
    groups: impl Fn(usize) -> &'a [u8],
    utf8: bool,
    out: &mut Vec<u8>,
) {
    let mut case = Case::Neither;
    let mut next: Option<Case> = None;
    for part in parts {
        let mut text = match part {
            Part::Text(text) => text.as_slice(),
            Part::Group(group) => groups(*group),
            Part::Case(change @ (Case::NextUpper | Case::NextLower)) => {
                next = Some(*change);
                continue;
            }
            Part::Case(change) => {
                case = *change;
                // As in GNU sed, `\u\L` forgets the `\u`.
                next = None;
                continue;
            }
        };
        if let Some(change) = next.filter(|_| !text.is_empty()) {
            let length = if utf8 { character_length(text) } else { 1 };
            convert(&text[..length], change == Case::NextUpper, out);
            text = &text[length..];
            next = None;
        }
        match case {
            Case::Upper => convert(text, true, out),
            Case::Lower => convert(text, false, out),
            _ => out.extend_from_slice(text),
        }
    }
}

/// As `towupper` and `towlower`, which keep one character one.
fn convert(text: &[u8], upper: bool, out: &mut Vec<u8>) {
    if text.is_ascii() {
        let change = if upper {
            u8::to_ascii_uppercase
        } else {
            u8::to_ascii_lowercase
        };
        out.extend(text.iter().map(change));
        return;
    }
    let mut at = 0;
    while at < text.len() {
        let length = character_length(&text[at..]);
        let piece = &text[at..at + length];
        at += length;
        let Some(c) = std::str::from_utf8(piece)
            .ok()
            .and_then(|text| text.chars().next())
        else {
            out.extend_from_slice(piece);
            continue;
        };
        let changed: Vec<char> = match upper {
            true => c.to_uppercase().collect(),
            false => c.to_lowercase().collect(),
        };
        let single = if changed.len() == 1 { changed[0] } else { c };
        out.extend_from_slice(single.encode_utf8(&mut [0; 4]).as_bytes());
    }
}
