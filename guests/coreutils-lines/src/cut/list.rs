//! The list of ranges behind `-b`, `-c` and `-f`.

/// First and last, from 1, in their order and without overlaps.
pub type Ranges = Vec<(usize, usize)>;

/// What the positions of a list are called in messages.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Bytes,
    Fields,
}

/// Reads a list.
///
/// # Errors
/// What is wrong with it, in GNU's words.
pub fn read(text: &str, kind: Kind) -> Result<Ranges, String> {
    let words = |bytes: &str, fields: &str| match kind {
        Kind::Bytes => bytes.to_owned(),
        Kind::Fields => fields.to_owned(),
    };
    let from_one = || {
        words(
            "byte/character positions are numbered from 1",
            "fields are numbered from 1",
        )
    };
    let mut ranges = Ranges::new();
    for range in parts(text) {
        let (first, rest) = number(range, kind)?;
        let Some(rest) = rest.strip_prefix('-') else {
            let first = first.unwrap_or(0);
            if first == 0 {
                return Err(from_one());
            }
            ranges.push((first, first));
            continue;
        };
        if first == Some(0) {
            return Err(from_one());
        }
        let (last, rest) = number(rest, kind)?;
        if rest.starts_with('-') {
            return Err(words(
                "invalid byte or character range",
                "invalid field range",
            ));
        }
        let range = match (first, last) {
            (None, None) => return Err("invalid range with no endpoint: -".to_owned()),
            (first, None) => (first.unwrap_or(1), usize::MAX),
            (first, Some(last)) => (first.unwrap_or(1), last),
        };
        if range.1 < range.0 {
            return Err("invalid decreasing range".to_owned());
        }
        ranges.push(range);
    }
    Ok(merged(ranges))
}

/// Everything between the ranges.
pub fn complement(ranges: &Ranges) -> Ranges {
    let mut gaps = Ranges::new();
    let mut next = 1;
    for (first, last) in ranges {
        if *first > next {
            gaps.push((next, first - 1));
        }
        next = last.saturating_add(1);
    }
    if next < usize::MAX {
        gaps.push((next, usize::MAX));
    }
    gaps
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ', '\t'])
}

/// The number that a text begins with, and what follows, which is nothing or a dash.
fn number(text: &str, kind: Kind) -> Result<(Option<usize>, &str), String> {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = &text[..text.len() - rest.len()];
    if !rest.is_empty() && !rest.starts_with('-') {
        return Err(match kind {
            Kind::Bytes => format!("invalid byte/character position ‘{rest}’"),
            Kind::Fields => format!("invalid field value ‘{rest}’"),
        });
    }
    if digits.is_empty() {
        return Ok((None, rest));
    }
    // Positions have 64 bits, of which the largest is no position.
    let number = digits
        .parse::<u64>()
        .ok()
        .filter(|number| *number != u64::MAX);
    let Some(number) = number else {
        return Err(match kind {
            Kind::Bytes => format!("byte/character offset ‘{digits}’ is too large"),
            Kind::Fields => format!("field number ‘{digits}’ is too large"),
        });
    };
    Ok((Some(usize::try_from(number).unwrap_or(usize::MAX)), rest))
}

/// Ranges that only touch stay apart: between them a delimiter may be put.
fn merged(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut merged = Ranges::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some(before) if first <= before.1 => before.1 = before.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}
