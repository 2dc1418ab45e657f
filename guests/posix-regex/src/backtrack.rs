//! A backtracking matcher: for back-references, and for the groups of ambiguous alternatives.
//!
//! It tries what the tree allows in the order of preference and keeps the best match as POSIX sees it. The number of its
//! steps is bounded; what is best by then is the answer.

use crate::parse::first_letter;
use crate::set::{Set, is_word};
use crate::tree::{Letter, Look, Node, Pattern};
use crate::{Newline, Options};

const STEPS_MAX: usize = 2_000_000;

/// Which match is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    First,
    Longest,
    /// The best groups among the matches that end there.
    Exactly(usize),
}

/// A set of ASCII: a bit a letter.
type Ascii = u128;

#[derive(Clone, Debug)]
enum Step {
    Letter(Letter),
    Any,
    Set(Set),
    Look(Look),
    Save(usize),
    /// Tries the first, then the second.
    Split(usize, usize),
    Jump(usize),
    Reference(usize),
    /// As many as possible of what matches one letter each, at least and at most so many.
    Run(Box<Step>, Ascii, u32, Option<u32>),
    /// Notes where a round of a loop begins.
    Mark(usize),
    /// Goes on only when the round has matched something.
    Progress(usize),
    Match,
}

pub(crate) struct Matcher {
    steps: Vec<Step>,
    slots: usize,
    marks: usize,
    options: Options,
    /// The letters of ASCII that a match may begin with.
    first: Ascii,
}

impl Matcher {
    pub(crate) fn new(pattern: &Pattern, options: &Options) -> Self {
        let mut matcher = Self {
            steps: Vec::new(),
            slots: 2 * (pattern.groups + 1),
            marks: 0,
            options: options.clone(),
            first: 0,
        };
        matcher.compile(&pattern.root);
        matcher.steps.push(Step::Match);
        matcher.first = matcher.first_letters();
        matcher
    }

    /// Whether a match may begin with a letter of ASCII.
    pub(crate) fn may_begin_with(&self, letter: u8) -> bool {
        self.first >> (letter & 127) & 1 == 1
    }

    /// Whether it begins with an anchor, which the engine finds quicker than to try every place.
    pub(crate) fn begins_with_anchor(&self) -> bool {
        matches!(self.steps.first(), Some(Step::Look(_)))
    }

    fn first_letters(&self) -> Ascii {
        let mut seen = vec![false; self.steps.len()];
        let mut todo = vec![0];
        let mut first = 0;
        while let Some(at) = todo.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match &self.steps[at] {
                Step::Split(one, other) => todo.extend([*one, *other]),
                Step::Jump(to) => todo.push(*to),
                Step::Save(_) | Step::Look(_) | Step::Mark(_) | Step::Progress(_) => {
                    todo.push(at + 1);
                }
                Step::Run(_, letters, least, _) => {
                    first |= letters;
                    if *least == 0 {
                        todo.push(at + 1);
                    }
                }
                step @ (Step::Letter(_) | Step::Any | Step::Set(_)) => first |= self.ascii(step),
                // What needs no letter may begin anywhere.
                Step::Reference(_) | Step::Match => return Ascii::MAX,
            }
        }
        first
    }

    fn compile(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Letter(letter) => self.steps.push(Step::Letter(*letter)),
            Node::Any => self.steps.push(Step::Any),
            Node::Set(set) => self.steps.push(Step::Set(set.clone())),
            Node::Look(look) => self.steps.push(Step::Look(*look)),
            Node::BackReference(number) => self.steps.push(Step::Reference(*number)),
            Node::Group(inner, number) => {
                self.steps.push(Step::Save(2 * number));
                self.compile(inner);
                self.steps.push(Step::Save(2 * number + 1));
            }
            Node::Concat(nodes) => nodes.iter().for_each(|node| self.compile(node)),
            Node::Alternate(nodes) => self.alternate(nodes),
            Node::Repeat(inner, least, most) => self.repeat(inner, *least, *most),
        }
    }

    fn alternate(&mut self, nodes: &[Node]) {
        let mut jumps = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            if at + 1 == nodes.len() {
                self.compile(node);
                break;
            }
            let split = self.hole();
            self.compile(node);
            jumps.push(self.hole());
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        for jump in jumps {
            self.steps[jump] = Step::Jump(self.steps.len());
        }
    }

    fn repeat(&mut self, inner: &Node, least: u32, most: Option<u32>) {
        let single = match inner {
            Node::Letter(letter) => Some(Step::Letter(*letter)),
            Node::Any => Some(Step::Any),
            Node::Set(set) => Some(Step::Set(set.clone())),
            _ => None,
        };
        if let Some(single) = single {
            let ascii = self.ascii(&single);
            self.steps
                .push(Step::Run(Box::new(single), ascii, least, most));
            return;
        }
        for _ in 0..least {
            self.compile(inner);
        }
        let Some(most) = most else {
            let split = self.hole();
            let mark = self.marks;
            self.marks += 1;
            self.steps.push(Step::Mark(mark));
            self.compile(inner);
            self.steps.push(Step::Progress(mark));
            self.steps.push(Step::Jump(split));
            self.steps[split] = Step::Split(split + 1, self.steps.len());
            return;
        };
        let splits: Vec<usize> = (least..most)
            .map(|_| {
                let split = self.hole();
                self.compile(inner);
                split
            })
            .collect();
        for split in splits {
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
    }

    /// The letters of ASCII that a step matches.
    fn ascii(&self, single: &Step) -> Ascii {
        let letters: Vec<u8> = (0..128).collect();
        let run = Run {
            matcher: self,
            text: &letters,
            slots: Vec::new(),
            marks: Vec::new(),
            todo: Vec::new(),
            best: None,
        };
        (0..letters.len())
            .filter(|at| run.consume(single, *at).is_some())
            .fold(0, |set, at| set | 1 << at)
    }

    /// A place for a step that is known later.
    fn hole(&mut self) -> usize {
        self.steps.push(Step::Match);
        self.steps.len() - 1
    }

    /// The slots of the match that begins at `start`.
    pub(crate) fn match_at(
        &self,
        text: &[u8],
        start: usize,
        goal: Goal,
    ) -> Option<Vec<Option<usize>>> {
        self.attempts(text).at(start, goal)
    }

    /// For several attempts in one text.
    pub(crate) fn attempts<'a>(&'a self, text: &'a [u8]) -> Attempts<'a> {
        Attempts(Run {
            matcher: self,
            text,
            slots: vec![None; self.slots],
            marks: vec![usize::MAX; self.marks],
            todo: Vec::new(),
            best: None,
        })
    }
}

/// Attempts to match at one place after the other.
pub(crate) struct Attempts<'a>(Run<'a>);

impl Attempts<'_> {
    /// The slots of the match that begins at `start`.
    pub(crate) fn at(&mut self, start: usize, goal: Goal) -> Option<Vec<Option<usize>>> {
        let run = &mut self.0;
        run.slots.fill(None);
        run.marks.fill(usize::MAX);
        run.slots[0] = Some(start);
        run.todo.clear();
        run.todo.push(Todo::Go(0, start));
        let mut left = STEPS_MAX;
        while let Some(todo) = run.todo.pop() {
            match todo {
                Todo::Slot(slot, old) => run.slots[slot] = old,
                Todo::Mark(mark, old) => run.marks[mark] = old,
                Todo::Shorter(step, low, at) => {
                    let Some(at) = run.place_before(step, low, at) else {
                        continue;
                    };
                    if at > low {
                        run.todo.push(Todo::Shorter(step, low, at));
                    }
                    if run.thread(step, at, goal, &mut left) || left == 0 {
                        break;
                    }
                }
                Todo::Go(step, at) => {
                    if run.thread(step, at, goal, &mut left) || left == 0 {
                        break;
                    }
                }
            }
        }
        run.best.take()
    }
}

enum Todo {
    Go(usize, usize),
    /// Goes on at a step with a run that is a letter shorter: not below the first place, from the second one.
    Shorter(usize, usize, usize),
    Slot(usize, Option<usize>),
    Mark(usize, usize),
}

struct Run<'a> {
    matcher: &'a Matcher,
    text: &'a [u8],
    slots: Vec<Option<usize>>,
    marks: Vec<usize>,
    todo: Vec<Todo>,
    best: Option<Vec<Option<usize>>>,
}

impl Run<'_> {
    /// Goes on from a step until it fails or matches; answers whether nothing better can come.
    fn thread(&mut self, mut step: usize, mut at: usize, goal: Goal, left: &mut usize) -> bool {
        while *left > 0 {
            *left -= 1;
            match &self.matcher.steps[step] {
                Step::Match => return self.matched(at, goal),
                Step::Jump(to) => {
                    step = *to;
                    continue;
                }
                Step::Split(first, second) => {
                    self.todo.push(Todo::Go(*second, at));
                    step = *first;
                    continue;
                }
                Step::Save(slot) => {
                    self.todo.push(Todo::Slot(*slot, self.slots[*slot]));
                    self.slots[*slot] = Some(at);
                }
                Step::Mark(mark) => {
                    self.todo.push(Todo::Mark(*mark, self.marks[*mark]));
                    self.marks[*mark] = at;
                }
                Step::Progress(mark) if self.marks[*mark] == at => return false,
                Step::Progress(_) => {}
                Step::Run(single, ascii, least, most) => {
                    let Some((low, high)) = self.run(single, *ascii, at, (*least, *most)) else {
                        return false;
                    };
                    if high > low {
                        self.todo.push(Todo::Shorter(step + 1, low, high));
                    }
                    at = high;
                }
                step => match self.consume(step, at) {
                    Some(length) => at += length,
                    None => return false,
                },
            }
            step += 1;
        }
        false
    }

    /// Where a run can end at the earliest and at the latest.
    fn run(
        &self,
        single: &Step,
        ascii: Ascii,
        start: usize,
        (least, most): (u32, Option<u32>),
    ) -> Option<(usize, usize)> {
        let (mut at, mut count, mut low) = (start, 0, start);
        let most = most.unwrap_or(u32::MAX);
        while count < most {
            let length = match self.text.get(at) {
                Some(byte) if byte.is_ascii() => usize::from(ascii >> byte & 1 == 1),
                Some(_) => self.consume(single, at).unwrap_or(0),
                None => 0,
            };
            if length == 0 {
                break;
            }
            at += length;
            count += 1;
            if count == least {
                low = at;
            }
        }
        (count >= least).then_some((low, at))
    }

    /// The last place before `at`, but not before `low`, where a step may go on.
    fn place_before(&self, step: usize, low: usize, at: usize) -> Option<usize> {
        match self.first_byte(step) {
            Some(byte) => {
                let back = self.text[low..at]
                    .iter()
                    .rposition(|found| *found == byte)?;
                Some(low + back)
            }
            None => Some(self.letter_before(at)),
        }
    }

    /// The byte that a step needs, if that is known.
    fn first_byte(&self, step: usize) -> Option<u8> {
        match &self.matcher.steps[step] {
            _ if self.matcher.options.ignore_case => None,
            Step::Letter(Letter::Char(c)) => Some(c.encode_utf8(&mut [0; 4]).as_bytes()[0]),
            Step::Letter(Letter::Byte(byte)) => Some(*byte),
            Step::Reference(number) => {
                let (start, end) = (self.slots[2 * number]?, self.slots[2 * number + 1]?);
                self.text.get(start..end)?.first().copied()
            }
            _ => None,
        }
    }

    /// Where the letter before a place begins.
    fn letter_before(&self, at: usize) -> usize {
        let tail = &self.text[at.saturating_sub(4)..at];
        let start = at - tail.len();
        if !self.matcher.options.utf8 || tail.last().is_none_or(u8::is_ascii) {
            return at - 1;
        }
        (0..tail.len())
            .find(|from| first_letter(&tail[*from..], true).1 == tail.len() - from)
            .map_or(at - 1, |from| start + from)
    }

    /// How much of the text a step matches.
    fn consume(&self, step: &Step, at: usize) -> Option<usize> {
        let options = &self.matcher.options;
        let rest = &self.text[at..];
        if let (Step::Any, Some(byte)) = (step, rest.first().filter(|byte| byte.is_ascii())) {
            return self.any_matches(*byte).then_some(1);
        }
        if let Step::Look(look) = step {
            return self.holds(*look, at).then_some(0);
        }
        if let Step::Reference(number) = step {
            let start = self.slots[2 * number]?;
            let referred = self.text.get(start..self.slots[2 * number + 1]?)?;
            let ahead = rest.get(..referred.len())?;
            let same = match options.ignore_case {
                true => ahead.eq_ignore_ascii_case(referred),
                false => ahead == referred,
            };
            return same.then_some(referred.len());
        }
        let (letter, length) = first_letter(rest, options.utf8);
        if length == 0 {
            return None;
        }
        let separates = matches!(options.newline, Newline::Separates(byte) if byte == rest[0]);
        let newline = rest[0] == b'\n' && options.newline == Newline::Anchors;
        let matches = match step {
            Step::Letter(wanted) => same(*wanted, letter, options.ignore_case),
            Step::Any => {
                let is_text = matches!(letter, Letter::Char(_)) || !options.utf8;
                is_text && !separates && !newline
            }
            Step::Set(set) => {
                let matches = match letter {
                    Letter::Byte(byte) if !options.utf8 => set.bytes.contains(&byte) != set.negated,
                    _ => set.matches(letter, options.ignore_case),
                };
                matches && !separates && !(set.negated && newline)
            }
            _ => false,
        };
        matches.then_some(length)
    }

    /// Whether `.` matches a letter of ASCII.
    fn any_matches(&self, byte: u8) -> bool {
        match self.matcher.options.newline {
            Newline::Separates(separator) => byte != separator,
            Newline::Anchors => byte != b'\n',
            Newline::Ordinary => true,
        }
    }

    fn holds(&self, look: Look, at: usize) -> bool {
        let (before, after) = (&self.text[..at], &self.text[at..]);
        let line_break = match self.matcher.options.newline {
            Newline::Ordinary => None,
            Newline::Anchors => Some(b'\n'),
            Newline::Separates(byte) => Some(byte),
        };
        let lines = matches!(self.matcher.options.newline, Newline::Separates(_));
        let starts = before.last().is_none_or(|byte| Some(*byte) == line_break);
        let ends = after.first().is_none_or(|byte| Some(*byte) == line_break);
        let word_before = || self.word_before(before);
        let word_after = || self.word_after(after);
        match look {
            Look::LineStart => starts,
            Look::LineEnd => ends,
            Look::TextStart => before.is_empty() || (lines && starts),
            Look::TextEnd => after.is_empty() || (lines && ends),
            Look::WordStart => !word_before() && word_after(),
            Look::WordEnd => word_before() && !word_after(),
            Look::WordEdge => word_before() != word_after(),
            Look::NotWordEdge => word_before() == word_after(),
            Look::NoWordBefore => !word_before(),
            Look::NoWordAfter => !word_after(),
        }
    }

    fn word_before(&self, before: &[u8]) -> bool {
        let tail = &before[before.len().saturating_sub(4)..];
        (0..tail.len()).any(|from| {
            let (letter, length) = first_letter(&tail[from..], self.matcher.options.utf8);
            length == tail.len() - from && matches!(letter, Letter::Char(c) if is_word(c))
        })
    }

    fn word_after(&self, after: &[u8]) -> bool {
        let (letter, length) = first_letter(after, self.matcher.options.utf8);
        length > 0 && matches!(letter, Letter::Char(c) if is_word(c))
    }

    /// Keeps a match that is better than the best.
    fn matched(&mut self, at: usize, goal: Goal) -> bool {
        if matches!(goal, Goal::Exactly(end) if end != at) {
            return false;
        }
        self.slots[1] = Some(at);
        if self
            .best
            .as_ref()
            .is_none_or(|best| is_better(&self.slots, best))
        {
            self.best = Some(self.slots.clone());
        }
        goal == Goal::First
    }
}

fn same(one: Letter, other: Letter, ignore_case: bool) -> bool {
    match (one, other) {
        (Letter::Char(one), Letter::Char(other)) if ignore_case => {
            one == other || one.to_lowercase().eq(other.to_lowercase())
        }
        _ => one == other,
    }
}

/// Longer, or with groups that from left to right begin earlier and are longer.
fn is_better(one: &[Option<usize>], other: &[Option<usize>]) -> bool {
    for (one, other) in one.chunks(2).zip(other.chunks(2)) {
        if one == other {
            continue;
        }
        return match (one[0], other[0]) {
            (Some(_), None) => true,
            (None, _) => false,
            (one_start, other_start) if one_start != other_start => one_start < other_start,
            _ => one[1] > other[1],
        };
    }
    false
}
