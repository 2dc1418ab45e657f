//! The lines of two files, and which of them count as equal.

use super::analyze::{Side, analyze};
use super::options::{Options, Space};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A file's lines, each with its newline if it has one.
pub struct Lines<'a>(pub Vec<&'a [u8]>);

impl<'a> Lines<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        let mut lines = Vec::with_capacity(bytes.len() / 32);
        let mut start = 0;
        for end in gnu::scan::places(b'\n', bytes) {
            lines.push(&bytes[start..=end]);
            start = end + 1;
        }
        if start < bytes.len() {
            lines.push(&bytes[start..]);
        }
        Self(lines)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// A run of lines that was taken away, put in, or both.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// The first line of the change in each file, or where it would be.
    pub at: [usize; 2],
    /// How many lines of each file it has.
    pub count: [usize; 2],
    /// Whether options say that it is none.
    pub ignored: bool,
}

impl Change {
    /// The line after the change.
    pub fn end(&self, file: usize) -> usize {
        self.at[file] + self.count[file]
    }
}

/// The changes between two files, in order.
pub fn changes<'a>(files: [&[u8]; 2], lines: [&Lines<'a>; 2], options: &'a Options) -> Vec<Change> {
    let trim = Trim::of(files, options);
    let prefix = trim.prefix_lines;
    let middle = |file: usize| prefix..lines[file].len() - trim.suffix_lines[file];
    let mut classes = Classes::new(options, lines[0].len() + lines[1].len());
    let mut sides = [0, 1].map(|file| {
        let numbers = lines[file].0[middle(file)]
            .iter()
            .map(|line| classes.number(line))
            .collect();
        Side::new(numbers)
    });
    analyze(
        &mut sides,
        classes.known.len() + classes.incomplete.len(),
        options.minimal,
    );
    let mut script = script(&sides, prefix);
    if options.ignores_changes() {
        for change in &mut script {
            change.ignored = is_ignored(change, lines, options);
        }
    }
    script
}

fn script(sides: &[Side; 2], prefix: usize) -> Vec<Change> {
    let lengths = [sides[0].classes.len(), sides[1].classes.len()];
    let mut script = Vec::new();
    let mut at = [0, 0];
    while at[0] < lengths[0] || at[1] < lengths[1] {
        let mut end = at;
        for file in 0..2 {
            while end[file] < lengths[file] && sides[file].is_changed(end[file]) {
                end[file] += 1;
            }
        }
        if end != at {
            script.push(Change {
                at: [at[0] + prefix, at[1] + prefix],
                count: [end[0] - at[0], end[1] - at[1]],
                ignored: false,
            });
        }
        at = [end[0] + 1, end[1] + 1];
    }
    script
}

/// Whether `-B` or `-I` hides a change: all its lines are blank, or match.
fn is_ignored(change: &Change, lines: [&Lines; 2], options: &Options) -> bool {
    (0..2).all(|file| {
        let mut changed = lines[file].0[change.at[file]..change.end(file)].iter();
        changed.all(|line| {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let blank = text.is_empty()
                || (options.space >= Space::IgnoreTrailing
                    && text.iter().all(u8::is_ascii_whitespace));
            (options.ignore_blank_lines && blank)
                || options
                    .ignored_lines
                    .as_ref()
                    .is_some_and(|pattern| pattern.is_match(text))
        })
    })
}

/// Bytes that are compared at once.
const BLOCK: usize = 256;

/// How many lines both files begin and end with.
struct Trim {
    prefix_lines: usize,
    suffix_lines: [usize; 2],
}

impl Trim {
    /// The ends that are the same are left out of the search, but for as many lines as are shown around changes.
    fn of(files: [&[u8]; 2], options: &Options) -> Self {
        let [a, b] = files;
        let horizon = options.context;
        let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK));
        let mut start = BLOCK * blocks.take_while(|(x, y)| x == y).count();
        let rest = a[start..].iter().zip(&b[start..]);
        start += rest.take_while(|(x, y)| x == y).count();
        let mut left = horizon;
        while start > 0 && (a[start - 1] != b'\n' || left > 0) {
            if a[start - 1] == b'\n' {
                left -= 1;
            }
            start -= 1;
        }
        let suffix = Self::suffix(files, start, horizon, options);
        let count = |bytes: &[u8]| {
            let whole = gnu::scan::count(b'\n', bytes);
            whole + usize::from(bytes.last().is_some_and(|last| *last != b'\n'))
        };
        Self {
            prefix_lines: gnu::scan::count(b'\n', &a[..start]),
            suffix_lines: [count(&a[a.len() - suffix..]), count(&b[b.len() - suffix..])],
        }
    }

    /// How many bytes of common ending are left out.
    fn suffix([a, b]: [&[u8]; 2], start: usize, horizon: usize, options: &Options) -> usize {
        let incomplete = |bytes: &[u8]| bytes.last().is_some_and(|last| *last != b'\n');
        if !options.style.is_script() && incomplete(a) != incomplete(b) {
            return 0;
        }
        let most = (a.len() - start).min(b.len() - start);
        let back = a.iter().rev().zip(b.iter().rev());
        let mut length = back.take(most).take_while(|(x, y)| x == y).count();
        let at_line = |bytes: &[u8]| {
            let at = bytes.len() - length;
            at == 0 || bytes[at - 1] == b'\n'
        };
        let mut skipped = horizon + usize::from(!(at_line(a) && at_line(b)));
        while skipped > 0 && length > 0 {
            let rest = &a[a.len() - length..];
            length -= memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            skipped -= 1;
        }
        length
    }
}

/// Numbers for lines, equal for those that count as equal.
struct Classes<'a> {
    options: &'a Options,
    known: HashMap<Key<'a>, usize, BuildHasherDefault<Fx>>,
    /// A last line without its newline is no other line's equal.
    incomplete: HashMap<Cow<'a, [u8]>, usize>,
}

impl<'a> Classes<'a> {
    fn new(options: &'a Options, lines: usize) -> Self {
        Self {
            options,
            known: HashMap::with_capacity_and_hasher(lines, BuildHasherDefault::default()),
            incomplete: HashMap::new(),
        }
    }

    fn number(&mut self, line: &'a [u8]) -> usize {
        let next = self.known.len() + self.incomplete.len();
        let (text, complete) = match line.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (line, false),
        };
        let key = self.options.key(text);
        let apart = !complete
            && !self.options.style.is_script()
            && self.options.space < Space::IgnoreTrailing;
        match apart {
            true => *self.incomplete.entry(key).or_insert(next),
            false => *self.known.entry(Key(key)).or_insert(next),
        }
    }
}

/// What of a line counts.
struct Key<'a>(Cow<'a, [u8]>);

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        gnu::scan::same(&self.0, &other.0)
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write(&self.0);
    }
}

/// A quick hash: lines come from files that one compares, and a bad one costs only time.
#[derive(Default)]
struct Fx(u64);

impl Hasher for Fx {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let word = chunk.try_into().map_or_else(
                |_| {
                    chunk
                        .iter()
                        .fold(0, |word, byte| word << 8 | u64::from(*byte))
                },
                u64::from_le_bytes,
            );
            self.write_u64(word);
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

impl Options {
    /// A line as it is compared.
    fn key<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        if self.space == Space::Counts && !self.ignore_case {
            return Cow::Borrowed(text);
        }
        let mut key = self.space.squeeze(text);
        if self.ignore_case {
            key.make_ascii_lowercase();
        }
        Cow::Owned(key)
    }
}
