//! Where hunks belong in a text, and the text they make of it.
//!
//! A hunk's old lines are looked for behind those of the one before it: exactly, then without spaces at their ends, then
//! without any around them, then with plain quotes and dashes for typographic ones. Lines that stay, stay as the file has them.

use super::Dialect;
use super::section::{Hunk, Line};
use crate::text;

/// Lines of the file that go, and what comes in their place.
struct Change<'a> {
    start: usize,
    length: usize,
    lines: Vec<&'a str>,
}

/// The text after all hunks.
///
/// # Errors
/// In words, when a hunk has no place.
pub fn apply(
    content: &str,
    hunks: &[Hunk],
    path: &str,
    dialect: Dialect,
) -> Result<String, String> {
    let is_crlf = text::is_crlf(content);
    let newline = if is_crlf { "\r\n" } else { "\n" };
    let ends_in_newline = content.is_empty() || content.ends_with('\n');
    let mut lines: Vec<&str> = content.split('\n').collect();
    if ends_in_newline {
        lines.pop();
    }
    if is_crlf {
        lines
            .iter_mut()
            .for_each(|line| *line = line.strip_suffix('\r').unwrap_or(line));
    }
    let mut changes = Vec::new();
    let mut cursor = 0;
    for hunk in hunks {
        let change =
            place(&lines, hunk, cursor, dialect).map_err(|problem| problem.words(hunk, path))?;
        if !change.is_addition {
            cursor = change.change.start + change.change.length;
        }
        changes.push(change.change);
    }
    // Additions at the end may stand before hunks further up.
    changes.sort_by_key(|change| change.start);
    let mut new = Vec::with_capacity(lines.len());
    let mut done = 0;
    for change in changes {
        new.extend_from_slice(&lines[done..change.start.max(done)]);
        new.extend(change.lines);
        done = done.max(change.start + change.length);
    }
    new.extend_from_slice(&lines[done..]);
    let mut whole = new.join(newline);
    if ends_in_newline && !new.is_empty() {
        whole.push_str(newline);
    }
    Ok(whole)
}

/// Where a hunk belongs.
struct Placed<'a> {
    change: Change<'a>,
    /// Whether it has no old lines, so that it says nothing of where the next one is.
    is_addition: bool,
}

/// Why a hunk has no place.
enum Problem {
    Anchor(String),
    Lines,
}

impl Problem {
    fn words(&self, hunk: &Hunk, path: &str) -> String {
        match self {
            Problem::Anchor(anchor) => format!("Failed to find context '{anchor}' in {path}"),
            Problem::Lines => {
                let old = old_lines(hunk).join("\n");
                format!("Failed to find expected lines in {path}:\n{old}")
            }
        }
    }
}

fn place<'a>(
    lines: &[&'a str],
    hunk: &'a Hunk,
    cursor: usize,
    dialect: Dialect,
) -> Result<Placed<'a>, Problem> {
    let behind = behind_anchors(lines, hunk, cursor, dialect)?;
    let old = old_lines(hunk);
    if old.is_empty() {
        return Ok(Placed {
            change: Change {
                start: place_of_addition(lines, hunk, behind, dialect),
                length: 0,
                lines: added_lines(hunk),
            },
            is_addition: true,
        });
    }
    // The anchor may stand above the hunk before, too.
    let found = [behind, cursor]
        .into_iter()
        .find_map(|from| seek(lines, &old, from, hunk.is_at_end));
    if let Some(start) = found {
        return Ok(changed(lines, hunk, start, old.len()));
    }
    // A last empty line often stands for the newline at the end of the file.
    if let Some((&"", old)) = old.split_last()
        && !old.is_empty()
        && let Some(start) = seek(lines, old, behind, hunk.is_at_end)
    {
        return Ok(changed(lines, hunk, start, old.len()));
    }
    Err(Problem::Lines)
}

/// The line behind the last of a hunk's anchors.
fn behind_anchors(
    lines: &[&str],
    hunk: &Hunk,
    cursor: usize,
    dialect: Dialect,
) -> Result<usize, Problem> {
    let mut behind = cursor;
    for anchor in &hunk.anchors {
        match seek(lines, &[anchor], behind, false) {
            Some(at) => behind = at + 1,
            // Hunks of one function repeat its anchor.
            None if behind == cursor
                && seek(&lines[..cursor.min(lines.len())], &[anchor], 0, false).is_some() => {}
            // The agents SDK looks for a single anchor, and does without.
            None if dialect == Dialect::Operation && hunk.anchors.len() == 1 => {}
            None => return Err(Problem::Anchor(anchor.clone())),
        }
    }
    Ok(behind)
}

fn place_of_addition(lines: &[&str], hunk: &Hunk, behind: usize, dialect: Dialect) -> usize {
    match dialect {
        _ if hunk.is_at_end => lines.len(),
        Dialect::Operation => behind,
        Dialect::Envelope if !hunk.anchors.is_empty() => behind,
        Dialect::Envelope => lines.len(),
    }
}

/// A hunk whose old lines begin at `start`; no more than `length` of them are there.
fn changed<'a>(lines: &[&'a str], hunk: &'a Hunk, start: usize, length: usize) -> Placed<'a> {
    let mut old = lines[start..start + length].iter();
    let mut new = Vec::with_capacity(hunk.lines.len());
    for line in &hunk.lines {
        match line {
            Line::Kept(_) => new.extend(old.next()),
            Line::Removed(_) => drop(old.next()),
            Line::Added(added) => new.push(added.as_str()),
        }
    }
    Placed {
        change: Change {
            start,
            length,
            lines: new,
        },
        is_addition: false,
    }
}

fn old_lines(hunk: &Hunk) -> Vec<&str> {
    let old = hunk.lines.iter().filter_map(|line| match line {
        Line::Kept(text) | Line::Removed(text) => Some(text.as_str()),
        Line::Added(_) => None,
    });
    old.collect()
}

fn added_lines(hunk: &Hunk) -> Vec<&str> {
    let added = hunk.lines.iter().filter_map(|line| match line {
        Line::Added(text) => Some(text.as_str()),
        _ => None,
    });
    added.collect()
}

/// How alike two lines have to be, the strictest first.
const LIKENESSES: [fn(&str, &str) -> bool; 4] = [
    |a, b| a == b,
    |a, b| a.trim_end() == b.trim_end(),
    |a, b| a.trim() == b.trim(),
    |a, b| a.trim().chars().map(plain).eq(b.trim().chars().map(plain)),
];

/// Where `wanted` begins in the lines, from `from` on; at their end first if it is to be there.
fn seek<S: AsRef<str>>(
    lines: &[&str],
    wanted: &[S],
    from: usize,
    is_at_end: bool,
) -> Option<usize> {
    let last = lines.len().checked_sub(wanted.len())?;
    let starts = [is_at_end.then_some(last), Some(from)];
    starts.into_iter().flatten().find_map(|from| {
        LIKENESSES.iter().find_map(|alike| {
            (from..=last).find(|start| {
                let candidates = &lines[*start..*start + wanted.len()];
                candidates
                    .iter()
                    .zip(wanted)
                    .all(|(line, wanted)| alike(line, wanted.as_ref()))
            })
        })
    })
}

/// The letter of a keyboard that stands for a typographic one.
fn plain(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2018}'..='\u{201B}' => '\'',
        '\u{201C}'..='\u{201F}' => '"',
        '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => ' ',
        letter => letter,
    }
}
