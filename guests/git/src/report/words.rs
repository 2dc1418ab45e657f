//! `--word-diff`: changed words within lines.

use posix_regex::{Dialect, Newline, Regex};

use super::options::WordDiff;
use super::patch::hunk_header;
use super::{Colors, Options};
use crate::diff::{Change, Comparison, Hunk, Piece, changes, walk};

/// What stands around words that were removed, added or kept, and at a line's end.
struct Style {
    old: [String; 2],
    new: [String; 2],
    kept: [&'static str; 2],
    newline: &'static str,
    porcelain: bool,
}

impl Style {
    fn of(kind: WordDiff, colors: &Colors) -> Self {
        let around = |color: &str, before: &str, behind: &str| {
            [
                format!("{color}{before}"),
                format!(
                    "{behind}{}",
                    if color.is_empty() { "" } else { colors.reset }
                ),
            ]
        };
        let (old, new, kept, newline) = match kind {
            WordDiff::Plain => (("[-", "-]"), ("{+", "+}"), ["", ""], "\n"),
            WordDiff::Porcelain => (("-", "\n"), ("+", "\n"), [" ", "\n"], "~\n"),
            WordDiff::Color => (("", ""), ("", ""), ["", ""], "\n"),
        };
        Self {
            old: around(colors.old, old.0, old.1),
            new: around(colors.new, new.0, new.1),
            kept,
            newline,
            porcelain: kind == WordDiff::Porcelain,
        }
    }
}

/// Appends the hunks word by word.
pub fn show(
    edits: &[Change],
    hunks: &[Hunk],
    (old, new): (&[&[u8]], &[&[u8]]),
    options: &Options,
    out: &mut Vec<u8>,
) {
    let style = Style::of(options.words.unwrap_or(WordDiff::Plain), &options.colors);
    let pattern = options.word_pattern.as_deref().and_then(word_pattern);
    let mut pending = Pending {
        old: Vec::new(),
        new: Vec::new(),
        pattern,
        style,
    };
    walk(edits, hunks, old, new, |piece| match piece {
        Piece::Header { text, function } => {
            pending.flush(out);
            hunk_header(text, function, options, out);
        }
        Piece::Removed(line) => push_ended(&mut pending.old, line),
        Piece::Added(line) => push_ended(&mut pending.new, line),
        Piece::Context(line) => {
            pending.flush(out);
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            match pending.style.porcelain {
                true => out.extend([b" ", text, b"\n~\n"].concat()),
                false => out.extend([text, options.colors.reset.as_bytes(), b"\n"].concat()),
            }
        }
    });
    pending.flush(out);
}

fn push_ended(text: &mut Vec<u8>, line: &[u8]) {
    text.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        text.push(b'\n');
    }
}

fn word_pattern(pattern: &str) -> Option<Regex> {
    let mut how = posix_regex::Options::new(Dialect::EXTENDED);
    how.newline = Newline::Anchors;
    how.utf8 = false;
    Regex::new(pattern.as_bytes(), &how).ok()
}

/// Changed lines until the next that isn't.
struct Pending {
    old: Vec<u8>,
    new: Vec<u8>,
    pattern: Option<Regex>,
    style: Style,
}

impl Pending {
    fn flush(&mut self, out: &mut Vec<u8>) {
        let (old, new) = (std::mem::take(&mut self.old), std::mem::take(&mut self.new));
        if old.is_empty() && new.is_empty() {
            return;
        }
        if new.is_empty() {
            self.write(&self.style.old, &old, out);
            return;
        }
        let (old_words, new_words) = (self.words(&old), self.words(&new));
        let as_lines = |text: &[u8], words: &[(usize, usize)]| -> Vec<Vec<u8>> {
            words
                .iter()
                .map(|(start, end)| [&text[*start..*end], b"\n"].concat())
                .collect()
        };
        let (old_lines, new_lines) = (as_lines(&old, &old_words), as_lines(&new, &new_words));
        let (old_lines, new_lines): (Vec<&[u8]>, Vec<&[u8]>) = (
            old_lines.iter().map(Vec::as_slice).collect(),
            new_lines.iter().map(Vec::as_slice).collect(),
        );
        let (old_lines, new_lines) = crate::diff::without_common_tail(&old_lines, &new_lines);
        let comparison = Comparison {
            no_indent: true,
            ..Comparison::default()
        };
        let mut at = 0;
        for change in changes(old_lines, new_lines, comparison) {
            let (old_start, old_end) = bounds(&old_words, change.old, change.removed);
            let (new_start, new_end) = bounds(&new_words, change.new, change.added);
            if at < new_start {
                self.write(&kept(&self.style), &new[at..new_start], out);
            }
            self.write(&self.style.old, &old[old_start..old_end], out);
            self.write(&self.style.new, &new[new_start..new_end], out);
            at = new_end;
        }
        self.write(&kept(&self.style), &new[at..], out);
    }

    /// Where words begin and end.
    fn words(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let mut words = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let (start, end) = match &self.pattern {
                Some(pattern) => match pattern.scan(text).find(at) {
                    Some((start, end)) if start == end => {
                        at = end + 1;
                        continue;
                    }
                    Some((start, end)) => {
                        let newline = memchr::memchr(b'\n', &text[start..end]);
                        (start, newline.map_or(end, |newline| start + newline))
                    }
                    None => break,
                },
                None => {
                    let Some(skipped) = text[at..]
                        .iter()
                        .position(|byte| !crate::diff::is_space(*byte))
                    else {
                        break;
                    };
                    let start = at + skipped;
                    let length = text[start..]
                        .iter()
                        .take_while(|byte| !crate::diff::is_space(**byte))
                        .count();
                    (start, start + length)
                }
            };
            if start == end {
                at = end + 1;
                continue;
            }
            words.push((start, end));
            at = end;
        }
        words
    }

    fn write(&self, around: &[String; 2], text: &[u8], out: &mut Vec<u8>) {
        let mut rest = text;
        while !rest.is_empty() {
            let line = memchr::memchr(b'\n', rest);
            let part = &rest[..line.unwrap_or(rest.len())];
            if !part.is_empty() {
                out.extend([around[0].as_bytes(), part, around[1].as_bytes()].concat());
            }
            let Some(end) = line else { return };
            out.extend(self.style.newline.as_bytes());
            rest = &rest[end + 1..];
        }
    }
}

fn kept(style: &Style) -> [String; 2] {
    style.kept.map(str::to_owned)
}

/// The text of some words; none stand behind the word before.
fn bounds(words: &[(usize, usize)], first: usize, count: usize) -> (usize, usize) {
    if count > 0 {
        return (words[first].0, words[first + count - 1].1);
    }
    let end = first.checked_sub(1).map_or(0, |before| words[before].1);
    (end, end)
}
