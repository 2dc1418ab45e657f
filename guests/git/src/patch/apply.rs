//! Applies hunks to a text, each where its lines stand nearest to where it says.

use super::Hunk;
use crate::diff::split;

/// How hunks are matched.
#[derive(Clone, Copy)]
pub struct Matching {
    /// `-C`: this much context must match.
    pub context: usize,
    /// `--unidiff-zero`
    pub zero: bool,
    /// `--ignore-whitespace`
    pub ignore_space: bool,
    /// Whether hunks behind one that fits nowhere are tried too.
    pub go_on: bool,
}

impl Default for Matching {
    fn default() -> Self {
        Self {
            context: usize::MAX,
            zero: false,
            ignore_space: false,
            go_on: false,
        }
    }
}

/// A hunk's place, told when it isn't the one it says.
pub struct Applied {
    pub hunk: usize,
    pub line: usize,
    pub offset: isize,
    /// The context it was cut down to.
    pub reduced: Option<(usize, usize)>,
}

/// Hunks that fit nowhere.
pub struct Rejected {
    pub hunk: usize,
}

/// The text with the hunks that fit, where they went, and those that don't fit.
pub fn apply(
    text: &[u8],
    hunks: &[Hunk],
    matching: Matching,
) -> (Vec<u8>, Vec<Applied>, Vec<Rejected>) {
    let mut image = Image {
        lines: split(text)
            .into_iter()
            .map(|line| (line.to_vec(), false))
            .collect(),
        matching,
    };
    let (mut applied, mut rejected) = (Vec::new(), Vec::new());
    for (number, hunk) in hunks.iter().enumerate() {
        match image.apply(hunk) {
            Some((line, reduced)) => {
                let expected = hunk.new_start.saturating_sub(1);
                applied.push(Applied {
                    hunk: number,
                    line: line + 1,
                    offset: line as isize - expected as isize,
                    reduced,
                });
            }
            None => {
                rejected.push(Rejected { hunk: number });
                if !matching.go_on {
                    break;
                }
            }
        }
    }
    (
        image.lines.into_iter().flat_map(|(line, _)| line).collect(),
        applied,
        rejected,
    )
}

/// Lines, and whether a hunk made them: those match no other.
struct Image {
    lines: Vec<(Vec<u8>, bool)>,
    matching: Matching,
}

impl Image {
    fn apply(&mut self, hunk: &Hunk) -> Option<(usize, Option<(usize, usize)>)> {
        let mut old: Vec<&[u8]> = hunk.side(b'-').collect();
        let mut new: Vec<&[u8]> = hunk.side(b'+').collect();
        let (mut leading, mut trailing) = hunk.context();
        let mut at_start = hunk.old_start == 0 || hunk.old_start == 1 && !self.matching.zero;
        let mut at_end = !self.matching.zero && trailing == 0;
        let mut expected = hunk.new_start.saturating_sub(1);
        let whole = (leading, trailing);
        loop {
            if let Some(found) = self.find(&old, expected, at_start, at_end) {
                let kept = new.iter().map(|line| (line.to_vec(), true));
                let from_image = self.lines[found..found + old.len()].to_vec();
                let replaced: Vec<_> = match self.matching.ignore_space {
                    true => {
                        keep_context(hunk, (leading, whole.0), (trailing, whole.1), &from_image)
                    }
                    false => kept.collect(),
                };
                self.lines.splice(found..found + old.len(), replaced);
                return Some((
                    found,
                    ((leading, trailing) != whole).then_some((leading, trailing)),
                ));
            }
            if leading <= self.matching.context && trailing <= self.matching.context {
                return None;
            }
            if at_start || at_end {
                (at_start, at_end) = (false, false);
                continue;
            }
            let (fewer_leading, fewer_trailing) = (leading >= trailing, trailing >= leading);
            if fewer_leading {
                (old.remove(0), new.remove(0));
                expected = expected.saturating_sub(1);
                leading -= 1;
            }
            if fewer_trailing {
                (old.pop(), new.pop());
                trailing -= 1;
            }
        }
    }

    /// The nearest place where the lines stand, first below and above in turn.
    fn find(&self, old: &[&[u8]], expected: usize, at_start: bool, at_end: bool) -> Option<usize> {
        let last = self.lines.len();
        let start = match (at_start, at_end) {
            (true, _) => 0,
            (_, true) => last.saturating_sub(old.len()),
            _ => expected,
        };
        let start = start.min(last);
        let fits = |at: usize| {
            at + old.len() <= last
                && !(at_end && at + old.len() != last)
                && !(at_start && at != 0)
                && old
                    .iter()
                    .zip(&self.lines[at..])
                    .all(|(old, (line, made))| !made && self.same(old, line))
        };
        for distance in 0..=last {
            if start + distance <= last && fits(start + distance) {
                return Some(start + distance);
            }
            if distance > 0 && distance <= start && fits(start - distance) {
                return Some(start - distance);
            }
        }
        None
    }

    fn same(&self, old: &[u8], line: &[u8]) -> bool {
        if !self.matching.ignore_space {
            return old == line;
        }
        let loose = crate::diff::Whitespace {
            change: true,
            ..Default::default()
        };
        crate::diff::comparable(old, loose) == crate::diff::comparable(line, loose)
    }
}

/// The new lines, with context as the file has it.
fn keep_context(
    hunk: &Hunk,
    leading: (usize, usize),
    trailing: (usize, usize),
    image: &[(Vec<u8>, bool)],
) -> Vec<(Vec<u8>, bool)> {
    let lines = &hunk.lines[leading.1 - leading.0..hunk.lines.len() - (trailing.1 - trailing.0)];
    let mut from = image.iter();
    let mut result = Vec::new();
    for line in lines {
        match line.sign {
            b'+' => result.push((line.text.clone(), true)),
            b'-' => _ = from.next(),
            _ => result.extend(from.next().map(|(line, _)| (line.clone(), true))),
        }
    }
    result
}
