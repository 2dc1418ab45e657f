//! `{a,b}` and `{1..5}`: text to texts, before anything else is looked at.

use super::scan;

/// What the braces of a word make of it; nothing if it has none to expand.
pub fn expand(raw: &str) -> Option<Vec<String>> {
    if !raw.contains('{') || !(raw.contains(',') || raw.contains("..")) {
        return None;
    }
    find(raw, 0)?;
    Some(alternatives(raw, 0))
}

/// Nested deeper than that, braces stay as they are.
const MAX_DEPTH: usize = 64;
/// More words than that from one word are not made.
const MAX_WORDS: usize = 8 << 20;

struct Braces<'a> {
    start: usize,
    inside: &'a str,
    end: usize,
}

fn alternatives(text: &str, depth: usize) -> Vec<String> {
    let mut done: Vec<String> = vec![String::new()];
    let mut rest = text;
    while let Some(braces) = (depth < MAX_DEPTH).then(|| find(rest, 0)).flatten() {
        let before = rest.get(..braces.start).unwrap_or_default();
        let middle = inside(braces.inside, depth).unwrap_or_else(|| {
            vec![
                rest.get(braces.start..braces.end)
                    .unwrap_or_default()
                    .to_string(),
            ]
        });
        if done.len().saturating_mul(middle.len()) > MAX_WORDS {
            break;
        }
        done = done
            .iter()
            .flat_map(|head| {
                middle
                    .iter()
                    .map(move |tail| format!("{head}{before}{tail}"))
            })
            .collect();
        rest = rest.get(braces.end..).unwrap_or_default();
    }
    for word in &mut done {
        word.push_str(rest);
    }
    done
}

/// What stands between a pair of braces, expanded; nothing if it is neither a list nor a sequence.
fn inside(text: &str, depth: usize) -> Option<Vec<String>> {
    let pieces = split(text);
    if pieces.len() == 1 {
        return sequence(text);
    }
    Some(
        pieces
            .into_iter()
            .flat_map(|piece| alternatives(piece, depth + 1))
            .collect(),
    )
}

/// The first pair of braces that has a comma or `..` of its own.
fn find(text: &str, from: usize) -> Option<Braces<'_>> {
    let mut at = from;
    while at < text.len() {
        if text.as_bytes().get(at) == Some(&b'{')
            && let Some(end) = closing(text, at + 1)
        {
            return Some(Braces {
                start: at,
                inside: text.get(at + 1..end)?,
                end: end + 1,
            });
        }
        at = scan::skip_one(text, at);
    }
    None
}

/// Where the pair opened in front of `from` is closed, if it holds a comma or `..`.
fn closing(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut level, mut separated) = (from, 0usize, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' => level += 1,
            b'}' if level > 0 => level -= 1,
            b'}' if separated => return Some(at),
            b',' if level == 0 => separated = true,
            b'.' if level == 0
                && bytes.get(at + 1) == Some(&b'.')
                && bytes.get(at + 2) != Some(&b'}') =>
            {
                separated = true;
            }
            _ => {}
        }
        at = scan::skip_one(text, at);
    }
    None
}

/// The pieces between the commas of the uppermost level.
fn split(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut at, mut level) = (Vec::new(), 0, 0, 0usize);
    while let Some(&byte) = text.as_bytes().get(at) {
        match byte {
            b'{' => level += 1,
            b'}' => level = level.saturating_sub(1),
            b',' if level == 0 => {
                pieces.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
        at = scan::skip_one(text, at);
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

/// `1..10`, `a..e`, `01..10..2`.
fn sequence(text: &str) -> Option<Vec<String>> {
    let mut parts = text.splitn(3, "..");
    let (first, last) = (parts.next()?, parts.next()?);
    let step = match parts.next() {
        Some(step) => integer(step)?,
        None => 1,
    };
    if let (Some(from), Some(to)) = (integer(first), integer(last)) {
        let padded = [first, last].iter().any(|number| is_padded(number));
        let width = if padded {
            first.len().max(last.len())
        } else {
            0
        };
        let numbers = steps(from, to, step)?;
        return Some(numbers.map(|number| pad(number, width)).collect());
    }
    let (from, to) = (letter(first)?, letter(last)?);
    let codes = steps(i64::from(from), i64::from(to), step)?;
    Some(codes.map(character).collect())
}

fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    text.strip_prefix('+').unwrap_or(text).parse().ok()
}

fn is_padded(number: &str) -> bool {
    let digits = number.trim_start_matches(['-', '+']);
    digits.len() > 1 && digits.starts_with('0')
}

fn letter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(*letter),
        _ => None,
    }
}

fn steps(from: i64, to: i64, step: i64) -> Option<impl Iterator<Item = i64>> {
    let step = step.unsigned_abs().max(1);
    let count = from.abs_diff(to) / step;
    let count = usize::try_from(count)
        .ok()
        .filter(|&count| count < MAX_WORDS)?;
    let step = if from <= to {
        step as i64
    } else {
        (step as i64).wrapping_neg()
    };
    Some((0..=count).map(move |n| from.wrapping_add(step.wrapping_mul(n as i64))))
}

fn pad(number: i64, width: usize) -> String {
    if width == 0 {
        number.to_string()
    } else {
        let sign = if number < 0 { "-" } else { "" };
        let digits = number.unsigned_abs().to_string();
        let zeros = width.saturating_sub(sign.len() + digits.len());
        format!("{sign}{}{digits}", "0".repeat(zeros))
    }
}

/// Between `Z` and `a` there are a backslash, which quotes nothing then, and a backquote, which is none.
fn character(code: i64) -> String {
    match u8::try_from(code) {
        Ok(b'\\') => "''".to_string(),
        Err(_) => String::new(),
        Ok(b'`') => "\\`".to_string(),
        Ok(code) => char::from(code).to_string(),
    }
}
