//! White space where it shouldn't be, and marks of conflicts.

use super::Options;
use super::names::quote;
use crate::changes::{Pair, Source, content, is_binary};
use crate::diff::{Piece, changes, group, split, walk};
use crate::failure::Outcome;

/// What is wrong with the white space of a line (without its newline), in git's words.
pub fn space_error(line: &[u8]) -> Option<String> {
    space_errors(line).then(|| {
        let mut words = Vec::new();
        if trailing(line) {
            words.push("trailing whitespace");
        }
        if space_before_tab(line) {
            words.push("space before tab in indent");
        }
        words.join(", ")
    })
}

/// Whether something is.
pub fn space_errors(line: &[u8]) -> bool {
    trailing(line) || space_before_tab(line)
}

fn trailing(line: &[u8]) -> bool {
    line.last()
        .is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | 11 | 12))
}

fn space_before_tab(line: &[u8]) -> bool {
    let indent = &line[..line
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()];
    indent.windows(2).any(|pair| pair == b" \t")
}

/// Appends what `--check` finds in the added lines of a pair; whether it found something.
pub fn check(source: &Source, pair: &Pair, options: &Options, out: &mut Vec<u8>) -> Outcome<bool> {
    let Some(file) = pair
        .new
        .as_ref()
        .filter(|_| pair.status != crate::changes::Status::Unmerged)
    else {
        return Ok(false);
    };
    let load = |file| content(source, file);
    let old = pair.old.as_ref().map_or(Ok(Default::default()), load)?;
    let new = load(file)?;
    if is_binary(&new) {
        return Ok(false);
    }
    let name = quote(options.shown(&file.path), options.quote_path);
    let (old, new) = (split(&old), split(&new));
    let changes = changes(&old, &new, options.comparison);
    let context = crate::diff::Context {
        lines: 1,
        ..Default::default()
    };
    let hunks = group(&changes, &old, &new, context);
    let before = out.len();
    let mut at = 0;
    walk(&changes, &hunks, &old, &new, |piece| match piece {
        Piece::Header { text, .. } => at = first_line(text),
        Piece::Context(_) => at += 1,
        Piece::Removed(_) => {}
        Piece::Added(line) => {
            added(&name, at, line, options, out);
            at += 1;
        }
    });
    blank_at_end(&name, &old, &new, &changes, out);
    Ok(out.len() > before)
}

fn first_line(header: &[u8]) -> usize {
    let text = String::from_utf8_lossy(header);
    let plus = text.split('+').nth(1).unwrap_or("");
    plus.split([',', ' '])
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(1)
}

fn added(name: &[u8], at: usize, line: &[u8], options: &Options, out: &mut Vec<u8>) {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let place = [name, format!(":{at}: ").as_bytes()].concat();
    if is_conflict_mark(text) {
        out.extend([&place[..], b"leftover conflict marker\n"].concat());
    }
    if let Some(words) = space_error(text) {
        let sign = [options.signs[0]];
        out.extend([&place[..], words.as_bytes(), b".\n", &sign, text, b"\n"].concat());
    }
}

fn is_conflict_mark(line: &[u8]) -> bool {
    let Some(&first) = line.first() else {
        return false;
    };
    let signs = line.iter().take_while(|byte| **byte == first).count();
    match first {
        b'=' => signs == 7 && line.get(7).is_none_or(u8::is_ascii_whitespace),
        b'<' | b'>' | b'|' => signs == 7 && line.get(7).is_some_and(u8::is_ascii_whitespace),
        _ => false,
    }
}

fn blank_at_end(
    name: &[u8],
    old: &[&[u8]],
    new: &[&[u8]],
    changes: &[crate::diff::Change],
    out: &mut Vec<u8>,
) {
    let blank = |lines: &[&[u8]]| {
        lines
            .iter()
            .rev()
            .take_while(|line| line.iter().all(u8::is_ascii_whitespace))
            .count()
    };
    let (before, behind) = (blank(old), blank(new));
    if behind <= before {
        return;
    }
    let first = new.len() - behind;
    let is_added = changes
        .iter()
        .any(|change| change.new <= first + before && first < change.new + change.added);
    if is_added {
        out.extend(
            [
                name,
                format!(":{}: new blank line at EOF.\n", first + 1).as_bytes(),
            ]
            .concat(),
        );
    }
}
