//! Two changed texts with a common ancestor made one, as git does it, with its marks around what contradicts.

use crate::diff::{self, Change, Comparison, split};

/// What stands where both sides changed the same lines.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    #[default]
    Merge,
    /// With the ancestor's lines between.
    Diff3,
    /// The same, with lines both sides agree on taken out of the conflict.
    Zdiff3,
}

/// Which side wins a conflict, if one does.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Favor {
    #[default]
    Nobody,
    Ours,
    Theirs,
    Union,
}

/// How texts are merged and what the marks say.
#[derive(Clone, Default)]
pub struct Options<'a> {
    pub style: Style,
    pub favor: Favor,
    pub comparison: Comparison,
    pub ours: &'a str,
    pub base: &'a str,
    pub theirs: &'a str,
    /// How many signs a mark has; 0 for git's 7.
    pub marker: usize,
    /// Conflicts with only punctuation between are joined, as `git merge-file` does.
    pub join_without_words: bool,
}

/// The merged text, and how many conflicts it holds.
pub struct Merged {
    pub text: Vec<u8>,
    pub conflicts: usize,
}

/// Merges.
pub fn merge(base: &[u8], ours: &[u8], theirs: &[u8], options: &Options) -> Merged {
    let (base, one, two) = (split(base), split(ours), split(theirs));
    let changes_one = diff::changes(&base, &one, options.comparison);
    let changes_two = diff::changes(&base, &two, options.comparison);
    if changes_one.is_empty() {
        return Merged {
            text: theirs.to_vec(),
            conflicts: 0,
        };
    }
    if changes_two.is_empty() {
        return Merged {
            text: ours.to_vec(),
            conflicts: 0,
        };
    }
    let mut parts = Parts {
        base: &base,
        one: &one,
        two: &two,
        list: Vec::new(),
    };
    parts.collect(&changes_one, &changes_two);
    match options.style {
        Style::Merge => {
            parts.refine(options.comparison);
            parts.join(options.join_without_words);
        }
        Style::Zdiff3 => parts.trim_agreed(),
        Style::Diff3 => {}
    }
    parts.write(options)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Conflict,
    Ours,
    Theirs,
    /// Both sides say the same.
    Agreed,
    Union,
}

/// A place where a side or both changed something: first line and number of lines of each text.
#[derive(Clone, Copy)]
struct Part {
    kind: Kind,
    base: (usize, usize),
    one: (usize, usize),
    two: (usize, usize),
}

struct Parts<'a> {
    base: &'a [&'a [u8]],
    one: &'a [&'a [u8]],
    two: &'a [&'a [u8]],
    list: Vec<Part>,
}

impl Parts<'_> {
    fn collect(&mut self, one: &[Change], two: &[Change]) {
        let (mut a, mut b) = (one.iter().peekable(), two.iter().peekable());
        let (mut shift_one, mut shift_two) = (0isize, 0isize);
        loop {
            match (a.peek().copied(), b.peek().copied()) {
                (None, None) => return,
                (Some(ours), theirs)
                    if theirs.is_none_or(|theirs| ours.old + ours.removed < theirs.old) =>
                {
                    let at_two = (ours.old as isize + shift_two) as usize;
                    self.add(
                        Kind::Ours,
                        (ours.old, ours.removed),
                        (ours.new, ours.added),
                        (at_two, ours.removed),
                    );
                    shift_one = shift_behind(ours);
                    a.next();
                }
                (ours, Some(theirs))
                    if ours.is_none_or(|ours| theirs.old + theirs.removed < ours.old) =>
                {
                    let at_one = (theirs.old as isize + shift_one) as usize;
                    self.add(
                        Kind::Theirs,
                        (theirs.old, theirs.removed),
                        (at_one, theirs.removed),
                        (theirs.new, theirs.added),
                    );
                    shift_two = shift_behind(theirs);
                    b.next();
                }
                (Some(ours), Some(theirs)) => {
                    self.add_both(ours, theirs);
                    let (end_one, end_two) = (ours.old + ours.removed, theirs.old + theirs.removed);
                    if end_one >= end_two {
                        shift_two = shift_behind(theirs);
                        b.next();
                    }
                    if end_two >= end_one {
                        shift_one = shift_behind(ours);
                        a.next();
                    }
                }
                _ => return,
            }
        }
    }

    fn add_both(&mut self, ours: &Change, theirs: &Change) {
        let same_place =
            ours.old == theirs.old && ours.removed == theirs.removed && ours.added == theirs.added;
        if same_place
            && self.one[ours.new..ours.new + ours.added]
                == self.two[theirs.new..theirs.new + theirs.added]
        {
            return;
        }
        let start = ours.old.min(theirs.old);
        let end = (ours.old + ours.removed).max(theirs.old + theirs.removed);
        let around = |change: &Change| {
            let from = change.new.saturating_sub(change.old - start);
            (
                from,
                change.new + change.added + (end - change.old - change.removed) - from,
            )
        };
        self.add(
            Kind::Conflict,
            (start, end - start),
            around(ours),
            around(theirs),
        );
    }

    /// Appends, or makes the last part longer when the new one touches it.
    fn add(&mut self, kind: Kind, base: (usize, usize), one: (usize, usize), two: (usize, usize)) {
        if let Some(last) = self.list.last_mut()
            && (one.0 <= last.one.0 + last.one.1 || two.0 <= last.two.0 + last.two.1)
        {
            if kind != last.kind {
                last.kind = Kind::Conflict;
            }
            last.base.1 = base.0 + base.1 - last.base.0;
            last.one.1 = one.0 + one.1 - last.one.0;
            last.two.1 = two.0 + two.1 - last.two.0;
            return;
        }
        self.list.push(Part {
            kind,
            base,
            one,
            two,
        });
    }

    /// Takes out of conflicts the lines on which both sides agree.
    fn refine(&mut self, comparison: Comparison) {
        let mut refined = Vec::with_capacity(self.list.len());
        for mut part in std::mem::take(&mut self.list) {
            if part.kind != Kind::Conflict || part.one.1 == 0 || part.two.1 == 0 {
                refined.push(part);
                continue;
            }
            let (one, two) = (
                &self.one[part.one.0..][..part.one.1],
                &self.two[part.two.0..][..part.two.1],
            );
            let changes = diff::changes(one, two, comparison);
            if changes.is_empty() {
                part.kind = Kind::Agreed;
                refined.push(part);
            }
            refined.extend(changes.iter().map(|change| Part {
                kind: Kind::Conflict,
                base: part.base,
                one: (part.one.0 + change.old, change.removed),
                two: (part.two.0 + change.new, change.added),
            }));
        }
        self.list = refined;
    }

    /// Joins conflicts with no more than three lines between.
    fn join(&mut self, without_words: bool) {
        let mut joined: Vec<Part> = Vec::with_capacity(self.list.len());
        for part in std::mem::take(&mut self.list) {
            if let Some(last) = joined.last_mut()
                && last.kind == Kind::Conflict
                && part.kind == Kind::Conflict
            {
                let begin = last.one.0 + last.one.1;
                let between = &self.one[begin.min(part.one.0)..part.one.0];
                let has_words = || {
                    between
                        .iter()
                        .any(|line| line.iter().any(u8::is_ascii_alphanumeric))
                };
                if between.len() <= 3 || without_words && !has_words() {
                    last.one.1 = part.one.0 + part.one.1 - last.one.0;
                    last.two.1 = part.two.0 + part.two.1 - last.two.0;
                    continue;
                }
            }
            joined.push(part);
        }
        self.list = joined;
    }

    /// Common first and last lines of a conflict are none.
    fn trim_agreed(&mut self) {
        for part in &mut self.list {
            if part.kind != Kind::Conflict {
                continue;
            }
            while part.one.1 > 0 && part.two.1 > 0 && self.one[part.one.0] == self.two[part.two.0] {
                part.one = (part.one.0 + 1, part.one.1 - 1);
                part.two = (part.two.0 + 1, part.two.1 - 1);
            }
            let last = |range: (usize, usize)| range.0 + range.1 - 1;
            while part.one.1 > 0
                && part.two.1 > 0
                && self.one[last(part.one)] == self.two[last(part.two)]
            {
                part.one.1 -= 1;
                part.two.1 -= 1;
            }
        }
    }

    fn write(&self, options: &Options) -> Merged {
        let mut text = Vec::new();
        let mut conflicts = 0;
        let mut at = 0;
        for part in &self.list {
            let kind = match (part.kind, options.favor) {
                (Kind::Conflict, Favor::Ours) => Kind::Ours,
                (Kind::Conflict, Favor::Theirs) => Kind::Theirs,
                (Kind::Conflict, Favor::Union) => Kind::Union,
                (kind, _) => kind,
            };
            if kind == Kind::Agreed {
                continue;
            }
            push(&mut text, &self.one[at..part.one.0.max(at)]);
            let (one, two) = (
                &self.one[part.one.0..][..part.one.1],
                &self.two[part.two.0..][..part.two.1],
            );
            match kind {
                Kind::Ours => push(&mut text, one),
                Kind::Theirs => push(&mut text, two),
                Kind::Union => {
                    push_ended(&mut text, one, self.ending(part));
                    push(&mut text, two);
                }
                _ => {
                    conflicts += 1;
                    self.write_conflict(&mut text, part, options);
                }
            }
            at = part.one.0 + part.one.1;
        }
        push(&mut text, &self.one[at..]);
        Merged { text, conflicts }
    }

    fn write_conflict(&self, text: &mut Vec<u8>, part: &Part, options: &Options) {
        let width = if options.marker == 0 {
            7
        } else {
            options.marker
        };
        let ending = self.ending(part);
        let mark = |text: &mut Vec<u8>, sign: u8, label: &str| {
            text.resize(text.len() + width, sign);
            if !label.is_empty() {
                text.push(b' ');
                text.extend_from_slice(label.as_bytes());
            }
            text.extend_from_slice(ending);
        };
        mark(text, b'<', options.ours);
        push_ended(text, &self.one[part.one.0..][..part.one.1], ending);
        if options.style != Style::Merge {
            mark(text, b'|', options.base);
            push_ended(text, &self.base[part.base.0..][..part.base.1], ending);
        }
        mark(text, b'=', "");
        push_ended(text, &self.two[part.two.0..][..part.two.1], ending);
        mark(text, b'>', options.theirs);
    }

    /// How marks end: as the lines around them do.
    fn ending(&self, part: &Part) -> &'static [u8] {
        let before = |lines: &[&[u8]], at: usize| ends_with_return(lines, at.saturating_sub(1));
        let one = before(self.one, part.one.0);
        let both = if one == Some(false) {
            one
        } else {
            before(self.two, part.two.0)
        };
        let all = if both == Some(false) {
            both
        } else {
            ends_with_return(self.base, 0)
        };
        if all == Some(true) { b"\r\n" } else { b"\n" }
    }
}

/// Whether a line ends in CRLF; the last one without newline asks the one before.
fn ends_with_return(lines: &[&[u8]], at: usize) -> Option<bool> {
    let line = lines.get(at)?;
    if line.ends_with(b"\n") {
        return Some(line.ends_with(b"\r\n"));
    }
    let before = lines.get(at.checked_sub(1)?)?;
    Some(before.ends_with(b"\r\n"))
}

fn shift_behind(change: &Change) -> isize {
    (change.new + change.added) as isize - (change.old + change.removed) as isize
}

fn push(text: &mut Vec<u8>, lines: &[&[u8]]) {
    lines.iter().for_each(|line| text.extend_from_slice(line));
}

/// The lines, the last with a newline whether it has one or not.
fn push_ended(text: &mut Vec<u8>, lines: &[&[u8]], ending: &[u8]) {
    push(text, lines);
    if lines.last().is_some_and(|line| !line.ends_with(b"\n")) {
        text.extend_from_slice(ending);
    }
}
