//! The patterns as something that finds them.

use crate::options::{Options, Syntax};
use crate::perl::Perl;
use memchr::memmem::Finder;
use posix_regex::{Bounds, Dialect, Newline, Regex, Scan};

/// What is searched for.
pub enum Matcher {
    Nothing,
    /// One text as it stands.
    Text(Finder<'static>),
    Regex(Box<Regex>),
    Perl(Box<Perl>),
}

/// Searches in one buffer, which ends with the end of a line.
pub enum Search<'a> {
    Nothing,
    Text(&'a Finder<'static>, &'a [u8]),
    Regex(Scan<'a>),
    Perl(&'a Perl, &'a [u8]),
}

/// Makes the matcher; the error is without `grep: `.
pub fn compile(options: &Options) -> Result<Matcher, String> {
    let Some(patterns) = &options.patterns else {
        return Ok(Matcher::Nothing);
    };
    if options.syntax == Syntax::Perl {
        return Ok(Matcher::Perl(Box::new(Perl::new(patterns, options)?)));
    }
    let mut regex = posix_regex::Options::new(match options.syntax {
        Syntax::Extended => Dialect::EGREP,
        _ => Dialect::GREP,
    });
    regex.ignore_case = options.ignore_case;
    regex.newline = Newline::Separates(options.end);
    regex.utf8 = options.utf8;
    regex.bounds = match (options.whole_line, options.word) {
        (true, _) => Bounds::Line,
        (false, true) => Bounds::Word,
        (false, false) => Bounds::None,
    };
    let regex = match options.syntax {
        Syntax::Fixed => Regex::texts(patterns.split(|byte| *byte == b'\n'), &regex),
        _ => {
            check(patterns, options.syntax)?;
            Regex::new(patterns, &regex).map_err(|error| error.to_string())?
        }
    };
    Ok(match regex.plain_text() {
        Some(text) if !text.is_empty() => Matcher::Text(Finder::new(&text).into_owned()),
        _ => Matcher::Regex(Box::new(regex)),
    })
}

/// What GNU grep says of patterns beyond what regular expressions are.
fn check(patterns: &[u8], syntax: Syntax) -> Result<(), String> {
    for pattern in patterns.split(|byte| *byte == b'\n') {
        if holds_bare_class(pattern) {
            return Err("character class syntax is [[:space:]], not [:space:]".to_owned());
        }
        if syntax == Syntax::Extended {
            warn_of_leading_repetition(pattern);
        }
    }
    Ok(())
}

/// Whether a bracket expression is like `[:space:]`: begins and ends with a colon.
fn holds_bare_class(pattern: &[u8]) -> bool {
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            b'\\' => at += 2,
            b'[' => {
                let end = bracket_end(pattern, at);
                let inside = &pattern[at + 1..end.min(pattern.len())];
                if inside.len() > 1 && inside.starts_with(b":") && inside.ends_with(b":") {
                    return true;
                }
                at = end + 1;
            }
            _ => at += 1,
        }
    }
    false
}

/// Where the bracket expression that begins at `start` has its `]`.
fn bracket_end(pattern: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    if pattern.get(at) == Some(&b'^') {
        at += 1;
    }
    let first = at;
    while at < pattern.len() && (pattern[at] != b']' || at == first) {
        let mark = pattern
            .get(at + 1)
            .copied()
            .filter(|mark| b":.=".contains(mark));
        if let (b'[', Some(mark)) = (pattern[at], mark) {
            let close = pattern[at + 2..]
                .windows(2)
                .position(|two| two == [mark, b']']);
            at += close.map_or(0, |length| length + 3);
        }
        at += 1;
    }
    at
}

fn warn_of_leading_repetition(pattern: &[u8]) {
    let (mut at, mut leading) = (0, true);
    while at < pattern.len() {
        let byte = pattern[at];
        match byte {
            b'*' | b'+' | b'?' if leading => {
                eprintln!("grep: warning: {} at start of expression", char::from(byte));
            }
            b'{' if leading && is_interval(&pattern[at..]) => {
                eprintln!("grep: warning: {{...}} at start of expression");
                at += pattern[at..].iter().position(|b| *b == b'}').unwrap_or(0);
            }
            _ => leading = matches!(byte, b'(' | b'|' | b'^'),
        }
        at = match byte {
            b'\\' => at + 2,
            b'[' => bracket_end(pattern, at) + 1,
            _ => at + 1,
        };
    }
}

fn is_interval(text: &[u8]) -> bool {
    let Some(end) = text.iter().position(|byte| *byte == b'}') else {
        return false;
    };
    end > 1
        && text[1..end]
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b',')
}

impl Matcher {
    /// Prepares for searching a buffer.
    pub fn search<'a>(&'a self, buffer: &'a [u8]) -> Search<'a> {
        match self {
            Self::Nothing => Search::Nothing,
            Self::Text(finder) => Search::Text(finder, buffer),
            Self::Regex(regex) => Search::Regex(regex.scan(buffer)),
            Self::Perl(perl) => Search::Perl(perl, buffer),
        }
    }
}

impl Search<'_> {
    /// A place in the first line from `start` on that matches.
    pub fn place(&self, start: usize) -> Option<usize> {
        match self {
            Self::Nothing => None,
            Self::Text(finder, buffer) => finder.find(&buffer[start..]).map(|at| start + at),
            Self::Regex(scan) => scan.any_end(start),
            Self::Perl(perl, buffer) => perl.place(buffer, start),
        }
    }

    /// The first match in the line that ends (without its end) at `line_end`.
    pub fn span(&self, start: usize, line_start: usize, line_end: usize) -> Option<(usize, usize)> {
        let found = match self {
            Self::Nothing => None,
            Self::Text(finder, buffer) => finder
                .find(&buffer[start..line_end])
                .map(|at| (start + at, start + at + finder.needle().len())),
            Self::Regex(scan) => scan.find_in(start, line_end),
            Self::Perl(perl, buffer) => perl
                .span(&buffer[line_start..line_end], start - line_start)
                .map(|(from, to)| (line_start + from, line_start + to)),
        };
        found.filter(|(_, end)| *end <= line_end)
    }
}
