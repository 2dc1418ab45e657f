//! Slides groups of changed lines to where a reader expects them: beside the other side's changes, or by indentation.

use super::lines::is_space;

/// Slides are judged over this many lines at most.
const SLIDE_MAX: usize = 100;
const INDENT_MAX: i64 = 200;
const BLANKS_MAX: i64 = 20;

/// One side: its lines, their numbers, and which of them changed.
pub struct Side<'a> {
    pub lines: &'a [&'a [u8]],
    pub class: &'a [u32],
    pub changed: &'a mut [bool],
}

/// Slides the groups of `side`, in step with the other's.
pub fn compact(side: &mut Side, other: &[bool], by_indent: bool) {
    let mut group = Group::first(side.changed);
    let mut beside = Group::first(other);
    loop {
        if group.end > group.start {
            slide(side, other, &mut group, &mut beside, by_indent);
        }
        if !group.next(side.changed) || !beside.next(other) {
            return;
        }
    }
}

fn slide(side: &mut Side, other: &[bool], group: &mut Group, beside: &mut Group, by_indent: bool) {
    let (mut size, mut earliest, mut matching);
    loop {
        size = group.end - group.start;
        matching = None;
        while group.slide_up(side) {
            beside.previous(other);
        }
        earliest = group.end;
        if beside.end > beside.start {
            matching = Some(group.end);
        }
        while group.slide_down(side) {
            beside.next(other);
            if beside.end > beside.start {
                matching = Some(group.end);
            }
        }
        if size == group.end - group.start {
            break;
        }
    }
    if group.end == earliest {
        return;
    }
    let best = match matching {
        Some(end) => end,
        None if by_indent => best_end(side, group.end, size, earliest),
        None => group.end,
    };
    while group.end > best && group.slide_up(side) {
        beside.previous(other);
    }
}

/// Of the ends a group may slide to, the one whose two edges look most like borders.
fn best_end(side: &Side, latest: usize, size: usize, earliest: usize) -> usize {
    let first = earliest
        .max((latest - size).saturating_sub(1))
        .max(latest.saturating_sub(SLIDE_MAX));
    let mut best = (latest, None::<Score>);
    for end in first..=latest {
        let mut score = Score::default();
        score.add(&Border::at(side.lines, end));
        score.add(&Border::at(side.lines, end - size));
        if best.1.is_none_or(|other| score.compare(other) <= 0) {
            best = (end, Some(score));
        }
    }
    best.0
}

struct Group {
    start: usize,
    end: usize,
}

impl Group {
    fn first(changed: &[bool]) -> Self {
        Self {
            start: 0,
            end: changed.iter().take_while(|changed| **changed).count(),
        }
    }

    fn next(&mut self, changed: &[bool]) -> bool {
        if self.end == changed.len() {
            return false;
        }
        self.start = self.end + 1;
        self.end = self.start
            + changed[self.start..]
                .iter()
                .take_while(|changed| **changed)
                .count();
        true
    }

    fn previous(&mut self, changed: &[bool]) -> bool {
        if self.start == 0 {
            return false;
        }
        self.end = self.start - 1;
        self.start = self.end
            - changed[..self.end]
                .iter()
                .rev()
                .take_while(|changed| **changed)
                .count();
        true
    }

    fn slide_down(&mut self, side: &mut Side) -> bool {
        if self.end >= side.class.len() || side.class[self.start] != side.class[self.end] {
            return false;
        }
        side.changed[self.start] = false;
        side.changed[self.end] = true;
        self.start += 1;
        self.end += 1;
        self.end += side.changed[self.end..]
            .iter()
            .take_while(|changed| **changed)
            .count();
        true
    }

    fn slide_up(&mut self, side: &mut Side) -> bool {
        if self.start == 0 || side.class[self.start - 1] != side.class[self.end - 1] {
            return false;
        }
        self.start -= 1;
        self.end -= 1;
        side.changed[self.start] = true;
        side.changed[self.end] = false;
        self.start -= side.changed[..self.start]
            .iter()
            .rev()
            .take_while(|changed| **changed)
            .count();
        true
    }
}

/// How wide the white space in front of a line is, unless it is all there is.
fn indent(line: &[u8]) -> Option<i64> {
    let mut width = 0;
    for &byte in line {
        match byte {
            byte if !is_space(byte) => return Some(width),
            b' ' => width += 1,
            b'\t' => width += 8 - width % 8,
            _ => {}
        }
        if width >= INDENT_MAX {
            return Some(INDENT_MAX);
        }
    }
    None
}

/// What stands around a place between two lines.
struct Border {
    at_end: bool,
    indent: Option<i64>,
    blank_before: i64,
    indent_before: Option<i64>,
    blank_behind: i64,
    indent_behind: Option<i64>,
}

impl Border {
    fn at(lines: &[&[u8]], split: usize) -> Self {
        let (blank_before, indent_before) = look(&mut lines[..split].iter().rev());
        let (blank_behind, indent_behind) = look(&mut lines.iter().skip(split + 1));
        Self {
            at_end: split >= lines.len(),
            indent: lines.get(split).and_then(|line| indent(line)),
            blank_before,
            indent_before,
            blank_behind,
            indent_behind,
        }
    }
}

fn look(lines: &mut dyn Iterator<Item = &&[u8]>) -> (i64, Option<i64>) {
    let mut blank = 0;
    for line in lines {
        if let Some(indent) = indent(line) {
            return (blank, Some(indent));
        }
        blank += 1;
        if blank == BLANKS_MAX {
            return (blank, Some(0));
        }
    }
    (blank, None)
}

/// How bad a place is. The weights were found by git's authors on a corpus of judged diffs.
#[derive(Clone, Copy, Default)]
struct Score {
    indent: i64,
    penalty: i64,
}

impl Score {
    fn add(&mut self, border: &Border) {
        if border.indent_before.is_none() && border.blank_before == 0 {
            self.penalty += 1;
        }
        if border.at_end {
            self.penalty += 21;
        }
        let behind = if border.indent.is_none() {
            1 + border.blank_behind
        } else {
            0
        };
        let blank = border.blank_before + behind;
        self.penalty += -30 * blank + 6 * behind;
        let indent = border.indent.or(border.indent_behind);
        self.indent += indent.unwrap_or(-1);
        let (Some(indent), Some(before)) = (indent, border.indent_before) else {
            return;
        };
        let any = blank != 0;
        self.penalty += match indent.cmp(&before) {
            std::cmp::Ordering::Greater => {
                if any {
                    10
                } else {
                    -4
                }
            }
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Less
                if border.indent_behind.is_some_and(|behind| behind > indent) =>
            {
                if any {
                    17
                } else {
                    24
                }
            }
            std::cmp::Ordering::Less => {
                if any {
                    17
                } else {
                    23
                }
            }
        };
    }

    fn compare(self, other: Self) -> i64 {
        60 * (self.indent.cmp(&other.indent) as i64) + self.penalty - other.penalty
    }
}
