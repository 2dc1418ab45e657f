//! What stands before the hunks of a file: which file it is, and what becomes of it.

use super::source::{Source, text};

/// How hunks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Unified,
    Context,
    Normal,
    /// Only git's headers: a new name or mode.
    GitOnly,
}

/// A name in a header.
#[derive(Clone, Debug, Default)]
pub struct Named {
    pub name: String,
    /// What follows the name, with the tab before it.
    pub stamp: String,
    /// Whether the time is the beginning of 1970, or the name `/dev/null`: there is no such file.
    pub never: bool,
}

/// The header of one file's hunks.
#[derive(Debug)]
pub struct Header {
    pub kind: Kind,
    /// The old and the new name.
    pub names: [Option<Named>; 2],
    pub index: Option<String>,
    /// How certain it is that the old or the new file does not exist: 0, 1 by an empty range, 2 by its time.
    pub nonexistent: [u8; 2],
    pub rename: [Option<String>; 2],
    pub copy: [Option<String>; 2],
    pub modes: [Option<u32>; 2],
    /// The lines that lead up to the hunks, and the number of the first one behind them.
    pub leading: Vec<String>,
    pub line: usize,
    /// Whether its lines end with a carriage return.
    pub carriage_returns: bool,
}

/// Reads up to the next hunks. Nothing when there are none.
pub fn read(source: &mut Source) -> Option<Header> {
    let mut header = empty();
    let mut git = false;
    loop {
        let before = source.mark();
        let Some(line) = source.next() else {
            return (git && header.has_git_changes())
                .then(|| finish(header, Kind::GitOnly, source));
        };
        let content = text(&line);
        if git && content.starts_with("diff --git ") && header.has_git_changes() {
            source.back_to(before);
            return Some(finish(header, Kind::GitOnly, source));
        }
        if let Some(kind) = begins_hunk(&content, source, &mut header) {
            source.back_to(before);
            return Some(finish(header, kind, source));
        }
        if ["--- ", "+++ ", "*** "]
            .iter()
            .any(|mark| content.starts_with(mark))
        {
            header.carriage_returns = line.ends_with(b"\r\n");
        }
        take(&content, &mut header, &mut git);
        header.leading.push(content);
    }
}

fn empty() -> Header {
    Header {
        kind: Kind::Unified,
        names: [None, None],
        index: None,
        nonexistent: [0, 0],
        rename: [None, None],
        copy: [None, None],
        modes: [None, None],
        leading: Vec::new(),
        line: 0,
        carriage_returns: false,
    }
}

fn finish(mut header: Header, kind: Kind, source: &Source) -> Header {
    header.kind = kind;
    header.line = source.line + 1;
    header
}

impl Header {
    fn has_git_changes(&self) -> bool {
        self.rename[1].is_some()
            || self.copy[1].is_some()
            || self.modes.iter().any(Option::is_some)
            || self.nonexistent != [0, 0]
    }
}

/// What a line of the header says.
fn take(line: &str, header: &mut Header, git: &mut bool) {
    if let Some(names) = line.strip_prefix("diff --git ") {
        *header = Header {
            leading: std::mem::take(&mut header.leading),
            ..empty()
        };
        *git = true;
        header.names = git_names(names);
    } else if let Some(rest) = line.strip_prefix("--- ") {
        header.names[0] = Some(named(rest));
    } else if let Some(rest) = line.strip_prefix("+++ ") {
        header.names[1] = Some(named(rest));
    } else if let Some(rest) = line.strip_prefix("*** ") {
        header.names[0] = Some(named(rest));
        header.names[1] = None;
    } else if let Some(rest) = line.strip_prefix("Index: ") {
        header.index = Some(rest.trim().to_owned());
    } else if *git {
        take_git(line, header);
    }
}

fn take_git(line: &str, header: &mut Header) {
    let mode = |text: &str| {
        u32::from_str_radix(text.trim(), 8)
            .ok()
            .map(|mode| mode & 0o7777)
    };
    let words = [
        ("old mode ", 0),
        ("new mode ", 1),
        ("deleted file mode ", 2),
        ("new file mode ", 3),
        ("rename from ", 4),
        ("rename to ", 5),
        ("copy from ", 6),
        ("copy to ", 7),
    ];
    let Some((rest, what)) = words
        .iter()
        .find_map(|(word, what)| line.strip_prefix(word).map(|rest| (rest, *what)))
    else {
        return;
    };
    match what {
        0 | 1 => header.modes[what] = mode(rest),
        2 => {
            header.modes[0] = mode(rest);
            header.nonexistent[1] = 2;
        }
        3 => {
            header.modes[1] = mode(rest);
            header.nonexistent[0] = 2;
        }
        4 | 5 => header.rename[what - 4] = Some(rest.to_owned()),
        _ => header.copy[what - 6] = Some(rest.to_owned()),
    }
}

/// `a/x b/x`.
fn git_names(text: &str) -> [Option<Named>; 2] {
    let name = |name: &str| {
        Some(Named {
            name: name.to_owned(),
            ..Named::default()
        })
    };
    // Names with blanks are the same in both halves.
    let half = text.len() / 2;
    if text.len() % 2 == 1 && text.as_bytes()[half] == b' ' {
        let (a, b) = (&text[..half], &text[half + 1..]);
        if a.split_once('/').map(|it| it.1) == b.split_once('/').map(|it| it.1) {
            return [name(a), name(b)];
        }
    }
    match text.split_once(' ') {
        Some((a, b)) => [name(a), name(b)],
        None => [None, None],
    }
}

/// A name, which may be in C's quotes, and its time.
fn named(rest: &str) -> Named {
    let (name, stamp) = match rest.strip_prefix('"').and_then(unquoted) {
        Some((name, stamp)) => (name, stamp),
        None => {
            let end = rest.find('\t').unwrap_or_else(|| name_length(rest));
            (rest[..end].to_owned(), &rest[end..])
        }
    };
    let never = name == "/dev/null" || is_epoch(stamp);
    Named {
        name,
        stamp: stamp.to_owned(),
        never,
    }
}

/// Without a tab a name ends before a blank that a time follows.
fn name_length(rest: &str) -> usize {
    let time = |at: usize| {
        let bytes = &rest.as_bytes()[at + 1..];
        bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[0].is_ascii_digit()
    };
    let found = rest.match_indices(' ').find(|(at, _)| time(*at));
    found.map_or(rest.trim_end().len(), |(at, _)| at)
}

fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut bytes = Vec::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                return Some((
                    String::from_utf8_lossy(&bytes).into_owned(),
                    &text[at + 1..],
                ));
            }
            '\\' => match letters.next()?.1 {
                'n' => bytes.push(b'\n'),
                't' => bytes.push(b'\t'),
                'r' => bytes.push(b'\r'),
                'a' => bytes.push(7),
                'b' => bytes.push(8),
                'v' => bytes.push(11),
                'f' => bytes.push(12),
                digit @ '0'..='7' => {
                    let mut code = digit.to_digit(8)?;
                    for _ in 0..2 {
                        code = code * 8 + letters.next()?.1.to_digit(8)?;
                    }
                    bytes.push(code as u8);
                }
                other => bytes.extend(other.to_string().bytes()),
            },
            other => bytes.extend(other.to_string().bytes()),
        }
    }
    None
}

fn is_epoch(stamp: &str) -> bool {
    let stamp = stamp.trim();
    let zone = |hour: i64| stamp.ends_with(&format!("{:+03}00", hour));
    stamp.starts_with("1970-01-01 00:00:00")
        && (zone(0) || !stamp.contains(['+', '-']) || stamp.len() < 20)
        || stamp.starts_with("Thu Jan  1 00:00:00 1970")
        || stamp.starts_with("Thu Jan 1 00:00:00 UTC 1970")
}

/// Whether hunks begin with this line, and of what kind.
fn begins_hunk(line: &str, source: &mut Source, header: &mut Header) -> Option<Kind> {
    let missing =
        |named: &Option<Named>| 1 + u8::from(named.as_ref().is_some_and(|named| named.never));
    if let Some(rest) = line.strip_prefix("@@ -") {
        let empty = |range: &str| {
            range.starts_with('0') && !range[1..].starts_with(|c: char| c.is_ascii_digit())
        };
        let mut ranges = rest.split(' ');
        if ranges.next().is_some_and(empty) {
            header.nonexistent[0] = header.nonexistent[0].max(missing(&header.names[0]));
        }
        if ranges
            .next()
            .and_then(|range| range.strip_prefix('+'))
            .is_some_and(empty)
        {
            header.nonexistent[1] = header.nonexistent[1].max(missing(&header.names[1]));
        }
        return Some(Kind::Unified);
    }
    if line.starts_with("***************")
        && line.trim_end_matches('*').is_empty() | line.contains("*************** ")
    {
        // The names were `***` and `---`: the second one was taken for an old one.
        if header.names[1].is_none() {
            header.names.swap(0, 1);
        }
        fix_context_names(header);
        let ahead = source.peek().map(text).unwrap_or_default();
        if ahead.starts_with("*** 0 ") || ahead.starts_with("*** 0,") {
            header.nonexistent[0] = missing(&header.names[0]);
        }
        if second_half_is_empty(source) {
            header.nonexistent[1] = missing(&header.names[1]);
        }
        return Some(Kind::Context);
    }
    is_normal_command(line)
        .then(|| {
            source
                .peek()
                .is_some_and(|ahead| ahead.starts_with(b"< ") || ahead.starts_with(b"> "))
        })
        .filter(|follows| *follows)
        .map(|_| Kind::Normal)
}

/// Whether the first hunk of a context diff leaves nothing: `--- 0 ----`.
fn second_half_is_empty(source: &mut Source) -> bool {
    let before = source.mark();
    let mut empty = false;
    while let Some(line) = source.next() {
        if line.starts_with(b"--- ") {
            empty = line.starts_with(b"--- 0 ");
            break;
        }
        if line.starts_with(b"***************") {
            break;
        }
    }
    source.back_to(before);
    empty
}

/// The names of a context diff stand in the lines that begin with `*** ` and `--- `.
fn fix_context_names(header: &mut Header) {
    let last = |mark: &str| {
        let lines = header.leading.iter().rev();
        lines
            .filter_map(|line| line.strip_prefix(mark))
            .map(named)
            .next()
    };
    header.names = [last("*** "), last("--- ")];
}

/// `3a4`, `1,2c3`, `5d4`.
pub fn is_normal_command(line: &str) -> bool {
    let Some(at) = line.find(['a', 'c', 'd']) else {
        return false;
    };
    let range = |text: &str| {
        let mut parts = text.split(',');
        let number = |part: Option<&str>| {
            part.is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()))
        };
        let first = number(parts.next());
        let second = parts.next();
        first && second.is_none_or(|part| number(Some(part))) && parts.next().is_none()
    };
    range(&line[..at]) && range(&line[at + 1..])
}
