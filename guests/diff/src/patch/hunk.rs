//! One hunk of a patch.

use super::Fatal;
use super::header::{Kind, is_normal_command};
use super::source::{Source, text};

/// What a line of a hunk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    Stay,
    Go,
    Come,
}

/// A hunk: where it is said to be, and its lines with their newlines.
#[derive(Clone, Debug, Default)]
pub struct Hunk {
    pub old_first: usize,
    pub new_first: usize,
    pub lines: Vec<(Does, Vec<u8>)>,
    /// What follows the ranges.
    pub function: String,
}

impl Default for Does {
    fn default() -> Self {
        Self::Stay
    }
}

impl Hunk {
    /// The lines that have to be in the file.
    pub fn old(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.lines
            .iter()
            .filter(|line| line.0 != Does::Come)
            .map(|line| &line.1)
    }

    /// The lines that are there afterwards.
    pub fn new_lines(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.lines
            .iter()
            .filter(|line| line.0 != Does::Go)
            .map(|line| &line.1)
    }

    /// How many lines at the beginning only say where it is.
    pub fn prefix_context(&self) -> usize {
        self.lines
            .iter()
            .take_while(|line| line.0 == Does::Stay)
            .count()
    }

    /// How many lines at the end only say where it is.
    pub fn suffix_context(&self) -> usize {
        self.lines
            .iter()
            .rev()
            .take_while(|line| line.0 == Does::Stay)
            .count()
    }

    /// The hunk that undoes this one.
    pub fn reversed(&self) -> Self {
        let mut hunk = self.clone();
        std::mem::swap(&mut hunk.old_first, &mut hunk.new_first);
        for line in &mut hunk.lines {
            line.0 = match line.0 {
                Does::Stay => Does::Stay,
                Does::Go => Does::Come,
                Does::Come => Does::Go,
            };
        }
        hunk.sort();
        hunk
    }

    /// Within a change, what goes stands before what comes.
    fn sort(&mut self) {
        let mut start = 0;
        while start < self.lines.len() {
            let length = self.lines[start..]
                .iter()
                .take_while(|line| line.0 != Does::Stay)
                .count();
            self.lines[start..start + length].sort_by_key(|line| line.0 == Does::Come);
            start += length.max(1);
        }
    }
}

/// Reads the next hunk, if one begins here.
pub fn read(kind: Kind, source: &mut Source) -> Result<Option<Hunk>, Fatal> {
    let hunk = match kind {
        Kind::Unified => unified(source)?,
        Kind::Context => context(source)?,
        Kind::Normal => normal(source)?,
        Kind::GitOnly => None,
    };
    Ok(hunk.map(|mut hunk| {
        hunk.sort();
        hunk
    }))
}

fn malformed<T>(source: &Source, line: &[u8]) -> Result<T, Fatal> {
    Fatal::of(format!(
        "malformed patch at line {}: {}",
        source.line,
        String::from_utf8_lossy(line)
    ))
}

/// GNU patch takes `@@ -` alone for a heading.
fn missing_number<T>(source: &Source, line: &[u8]) -> Result<T, Fatal> {
    Fatal::of(format!(
        "missing line number at line {}: {}",
        source.line,
        String::from_utf8_lossy(line)
    ))
}

/// `3` or `3,5`: the first line and how many.
fn counted(text: &str) -> Option<(usize, usize)> {
    let (first, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((first.parse().ok()?, count.parse().ok()?))
}

fn unified(source: &mut Source) -> Result<Option<Hunk>, Fatal> {
    if !source.peek().is_some_and(|line| line.starts_with(b"@@ -")) {
        return Ok(None);
    }
    let line = source.next().unwrap_or_default();
    let heading = text(&line);
    if !heading[4..].starts_with(|first: char| first.is_ascii_digit()) {
        return missing_number(source, &line);
    }
    let parsed = heading.strip_prefix("@@ -").and_then(|rest| {
        let (old, rest) = rest.split_once(" +")?;
        let (new, function) = rest.split_once(" @@")?;
        Some((counted(old)?, counted(new)?, function.to_owned()))
    });
    let Some(((old_first, mut old_left), (new_first, mut new_left), function)) = parsed else {
        return malformed(source, &line);
    };
    let mut hunk = Hunk {
        old_first: if old_left == 0 {
            old_first + 1
        } else {
            old_first
        },
        new_first: if new_left == 0 {
            new_first + 1
        } else {
            new_first
        },
        lines: Vec::new(),
        function,
    };
    let mut last = line;
    while old_left > 0 || new_left > 0 {
        let line = match source.next() {
            Some(line) => line,
            // Blank lines at the end may have been chopped off.
            None if new_left < 3 => b" \n".to_vec(),
            None => return Fatal::of("unexpected end of file in patch"),
        };
        let does = match line[0] {
            b' ' | b'\t' | b'\n' => Does::Stay,
            b'-' => Does::Go,
            b'+' => Does::Come,
            b'\\' => {
                chop(&mut hunk);
                continue;
            }
            _ => return malformed(source, &line),
        };
        let short = (does != Does::Come && old_left == 0) || (does != Does::Go && new_left == 0);
        if short {
            return malformed(source, &line);
        }
        last.clone_from(&line);
        old_left -= usize::from(does != Does::Come);
        new_left -= usize::from(does != Does::Go);
        let content = match line[0] {
            b'\t' | b'\n' => line,
            _ => line[1..].to_vec(),
        };
        hunk.lines.push((does, content));
    }
    if hunk.lines.iter().all(|(does, _)| *does == Does::Stay) {
        return malformed(source, &last);
    }
    if source.peek().is_some_and(|line| line.starts_with(b"\\")) {
        source.next();
        chop(&mut hunk);
    }
    Ok(Some(hunk))
}

/// The last line read has no newline.
fn chop(hunk: &mut Hunk) {
    if let Some((_, line)) = hunk.lines.last_mut()
        && line.last() == Some(&b'\n')
    {
        line.pop();
    }
}

/// One half of a context hunk: the marks and the lines.
type Half = Vec<(u8, Vec<u8>)>;

fn context(source: &mut Source) -> Result<Option<Hunk>, Fatal> {
    if !source
        .peek()
        .is_some_and(|line| line.starts_with(b"***************"))
    {
        return Ok(None);
    }
    let start = source.next().unwrap_or_default();
    let function = text(&start).trim_start_matches('*').to_owned();
    let line = source.next().unwrap_or_default();
    let Some(old) = context_range(&text(&line), "*** ") else {
        return malformed(source, &line);
    };
    let mut halves: [Half; 2] = [Vec::new(), Vec::new()];
    halves[0] = half(source, |line| line.starts_with(b"--- "));
    let line = source.next().unwrap_or_default();
    let Some(new) = context_range(&text(&line), "--- ") else {
        return malformed(source, &line);
    };
    let wanted = if new.1 == 0 { 0 } else { new.1 - new.0 + 1 };
    halves[1] = half_of(source, wanted);
    fill(&mut halves);
    let first = |(first, last): (usize, usize)| if last == 0 { 1 } else { first };
    Ok(Some(Hunk {
        old_first: first(old),
        new_first: first(new),
        lines: merge(&halves),
        function,
    }))
}

fn context_range(line: &str, mark: &str) -> Option<(usize, usize)> {
    let rest = line.strip_prefix(mark)?;
    let range = rest.split(' ').next()?;
    let (first, last) = range.split_once(',').unwrap_or((range, range));
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn half(source: &mut Source, ends: impl Fn(&[u8]) -> bool) -> Half {
    let mut lines = Half::new();
    while let Some(line) = source.peek() {
        if ends(line) {
            break;
        }
        let line = source.next().unwrap_or_default();
        push_half(&mut lines, &line);
    }
    lines
}

/// The second half may be left out when nothing comes.
fn half_of(source: &mut Source, wanted: usize) -> Half {
    let mut lines = Half::new();
    while lines.len() < wanted || source.peek().is_some_and(|line| line.starts_with(b"\\")) {
        match source.peek() {
            Some(line) if matches!(line.first(), Some(b' ' | b'+' | b'!' | b'\\' | b'\n')) => {
                let line = line.to_vec();
                source.next();
                push_half(&mut lines, &line);
            }
            _ => break,
        }
    }
    lines
}

fn push_half(lines: &mut Half, line: &[u8]) {
    if line.starts_with(b"\\") {
        if let Some((_, last)) = lines.last_mut() {
            last.pop();
        }
        return;
    }
    let content = line.get(2..).unwrap_or(b"\n");
    lines.push((line[0], content.to_vec()));
}

/// A half that is left out has the other's context.
fn fill(halves: &mut [Half; 2]) {
    for side in 0..2 {
        if halves[side].is_empty() {
            halves[side] = halves[1 - side]
                .iter()
                .filter(|line| line.0 == b' ')
                .cloned()
                .collect();
        }
    }
}

fn merge([old, new]: &[Half; 2]) -> Vec<(Does, Vec<u8>)> {
    let mut lines = Vec::new();
    let (mut at_old, mut at_new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        while let Some((_, line)) = at_old.next_if(|line| line.0 != b' ') {
            lines.push((Does::Go, line.clone()));
        }
        while let Some((_, line)) = at_new.next_if(|line| line.0 != b' ' && line.0 != b'\n') {
            lines.push((Does::Come, line.clone()));
        }
        let (stays, _) = (at_old.next(), at_new.next());
        match stays {
            Some((_, line)) => lines.push((Does::Stay, line.clone())),
            None => return lines,
        }
    }
}

fn normal(source: &mut Source) -> Result<Option<Hunk>, Fatal> {
    let Some(command) = source
        .peek()
        .map(text)
        .filter(|line| is_normal_command(line))
    else {
        return Ok(None);
    };
    source.next();
    let at = command.find(['a', 'c', 'd']).unwrap_or_default();
    let first = |range: &str| {
        range
            .split(',')
            .next()
            .and_then(|it| it.parse::<usize>().ok())
            .unwrap_or(0)
    };
    let letter = command.as_bytes()[at];
    let mut hunk = Hunk {
        old_first: first(&command[..at]) + usize::from(letter == b'a'),
        new_first: first(&command[at + 1..]) + usize::from(letter == b'd'),
        ..Hunk::default()
    };
    loop {
        let does = match source.peek() {
            Some(line) if line.starts_with(b"< ") => Does::Go,
            Some(line) if line.starts_with(b"> ") => Does::Come,
            Some(line) if line.starts_with(b"---") && letter == b'c' => {
                source.next();
                continue;
            }
            Some(line) if line.starts_with(b"\\") => {
                source.next();
                chop(&mut hunk);
                continue;
            }
            _ => return Ok(Some(hunk)),
        };
        let line = source.next().unwrap_or_default();
        hunk.lines.push((does, line[2..].to_vec()));
    }
}
