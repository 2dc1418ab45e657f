//! Changes grouped into hunks with context, and printed as unified text.

use super::Change;

/// How much is shown around changes.
#[derive(Clone, Copy)]
pub struct Context {
    /// `-U`
    pub lines: usize,
    /// `--inter-hunk-context`
    pub between: usize,
    /// `-W`
    pub function: bool,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            lines: 3,
            between: 0,
            function: false,
        }
    }
}

/// A range of changes shown together, with the lines of both sides it covers.
pub struct Hunk {
    pub changes: std::ops::Range<usize>,
    pub old: std::ops::Range<usize>,
    pub new: std::ops::Range<usize>,
}

/// Groups changes whose context touches.
pub fn group(changes: &[Change], old: &[&[u8]], new: &[&[u8]], context: Context) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut at = 0;
    while let Some(mut range) = next_range(changes, at, context) {
        let first = changes[range.start];
        let before = context.lines.min(first.old).min(first.new);
        let (mut from_old, mut from_new) = (first.old - before, first.new - before);
        if context.function
            && let Some(start) = function_start(first, old, new)
            && start < from_old
        {
            from_new = from_new.saturating_sub(from_old - start);
            from_old = start;
        }
        let mut end = end_of_context(changes[range.end - 1], old.len(), new.len(), context.lines);
        while context.function {
            let last = changes[range.end - 1];
            let function = function_end(last.old + last.removed, old);
            if function > end.0 {
                end.1 = (end.1 + function - end.0).min(new.len());
                end.0 = function;
            }
            let Some(next) = changes.get(range.end) else {
                break;
            };
            let line = next.old.min(old.len().saturating_sub(1));
            if line > end.0 + context.lines && !no_function_between(end.0, line, old) {
                break;
            }
            range.end += 1;
            end = end_of_context(*next, old.len(), new.len(), context.lines);
        }
        at = range.end;
        hunks.push(Hunk {
            changes: range,
            old: from_old..end.0,
            new: from_new..end.1,
        });
    }
    hunks
}

fn end_of_context(last: Change, old: usize, new: usize, lines: usize) -> (usize, usize) {
    let (end_old, end_new) = (last.old + last.removed, last.new + last.added);
    let behind = lines.min(old - end_old).min(new - end_new);
    (end_old + behind, end_new + behind)
}

/// Where the function around a change begins, with the lines right above it; `None` when a whole one was appended.
fn function_start(first: Change, old: &[&[u8]], new: &[&[u8]]) -> Option<usize> {
    let mut from = first.old;
    if from >= old.len() {
        if new[first.new..]
            .iter()
            .any(|line| function_name(line).is_some())
        {
            return None;
        }
        from = old.len().checked_sub(1)?;
    }
    let mut start = (0..=from)
        .rev()
        .find(|&at| function_name(old[at]).is_some())
        .unwrap_or(0);
    while start > 0 && !is_blank(old[start - 1]) && function_name(old[start - 1]).is_none() {
        start -= 1;
    }
    Some(start)
}

fn function_end(from: usize, old: &[&[u8]]) -> usize {
    let Some(mut end) = (from..old.len()).find(|&at| function_name(old[at]).is_some()) else {
        return old.len();
    };
    while end > 0 && is_blank(old[end - 1]) {
        end -= 1;
    }
    end
}

fn no_function_between(end: usize, line: usize, old: &[&[u8]]) -> bool {
    let mut lines = match line > end {
        true => old[end + 1..=line].iter(),
        false => old[line..end].iter(),
    };
    !lines.any(|line| function_name(line).is_some())
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|&byte| super::is_space(byte))
}

/// The changes that stand in one hunk, from `at` on. Ignored ones are kept only near others.
fn next_range(changes: &[Change], at: usize, context: Context) -> Option<std::ops::Range<usize>> {
    let farthest = 2 * context.lines + context.between;
    let mut start = at;
    let mut probe = at;
    while probe < changes.len() && changes[probe].ignored {
        let end = changes[probe].old + changes[probe].removed;
        if changes
            .get(probe + 1)
            .is_none_or(|next| next.old - end >= context.lines)
        {
            start = probe + 1;
        }
        probe += 1;
    }
    let first = changes.get(start)?;
    let (mut last, mut ignored) = (start, 0);
    let mut previous = first;
    for (index, change) in changes.iter().enumerate().skip(start + 1) {
        let distance = change.old - (previous.old + previous.removed);
        if distance > farthest {
            break;
        }
        let from_last = change.old + ignored - (changes[last].old + changes[last].removed);
        if distance < context.lines && (!change.ignored || last == index - 1) {
            (last, ignored) = (index, 0);
        } else if distance < context.lines && change.ignored {
            ignored += change.added;
        } else if last != index - 1 && from_last > farthest {
            break;
        } else if !change.ignored {
            (last, ignored) = (index, 0);
        } else {
            ignored += change.added;
        }
        previous = change;
    }
    Some(start..last + 1)
}

/// The heading of a hunk, if the line is one: it begins with a letter, `_` or `$`.
pub fn function_name(line: &[u8]) -> Option<&[u8]> {
    let first = line.first()?;
    if !first.is_ascii_alphabetic() && *first != b'_' && *first != b'$' {
        return None;
    }
    Some(super::trim_end(&line[..line.len().min(80)]))
}

/// What a printer of hunks is told, piece by piece.
pub enum Piece<'a> {
    Header { text: &'a [u8], function: &'a [u8] },
    Context(&'a [u8]),
    Removed(&'a [u8]),
    Added(&'a [u8]),
}

/// Walks through hunks in the order of a unified diff; lines come with their newline, if they have one.
pub fn walk<'a>(
    changes: &[Change],
    hunks: &[Hunk],
    old: &[&'a [u8]],
    new: &[&'a [u8]],
    mut tell: impl FnMut(Piece<'_>),
) {
    let mut function: &[u8] = b"";
    let mut looked = 0;
    for hunk in hunks {
        let found = old[looked.min(hunk.old.start)..hunk.old.start]
            .iter()
            .rev()
            .find_map(|line| function_name(line));
        function = found.unwrap_or(function);
        looked = hunk.old.start;
        let text = header(hunk);
        tell(Piece::Header {
            text: text.as_bytes(),
            function,
        });
        let mut at = hunk.new.start;
        for change in &changes[hunk.changes.clone()] {
            new[at..change.new]
                .iter()
                .for_each(|line| tell(Piece::Context(line)));
            old[change.old..change.old + change.removed]
                .iter()
                .for_each(|line| tell(Piece::Removed(line)));
            new[change.new..change.new + change.added]
                .iter()
                .for_each(|line| tell(Piece::Added(line)));
            at = change.new + change.added;
        }
        new[at..hunk.new.end]
            .iter()
            .for_each(|line| tell(Piece::Context(line)));
    }
}

/// `@@ -1,3 +1,4 @@`
pub fn header(hunk: &Hunk) -> String {
    let side = |range: &std::ops::Range<usize>| {
        let start = if range.is_empty() {
            range.start
        } else {
            range.start + 1
        };
        match range.len() {
            1 => start.to_string(),
            length => format!("{start},{length}"),
        }
    };
    format!("@@ -{} +{} @@", side(&hunk.old), side(&hunk.new))
}

/// The text of all hunks.
pub fn unified(changes: &[Change], hunks: &[Hunk], old: &[&[u8]], new: &[&[u8]]) -> Vec<u8> {
    let mut text = Vec::new();
    walk(changes, hunks, old, new, |piece| match piece {
        Piece::Header {
            text: header,
            function,
        } => {
            text.extend_from_slice(header);
            if !function.is_empty() {
                text.push(b' ');
                text.extend_from_slice(function);
            }
            text.push(b'\n');
        }
        Piece::Context(line) => push_line(&mut text, b' ', line),
        Piece::Removed(line) => push_line(&mut text, b'-', line),
        Piece::Added(line) => push_line(&mut text, b'+', line),
    });
    text
}

fn push_line(text: &mut Vec<u8>, sign: u8, line: &[u8]) {
    text.push(sign);
    text.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        text.extend_from_slice(b"\n\\ No newline at end of file\n");
    }
}
