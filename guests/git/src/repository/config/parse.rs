//! The syntax of settings files.

use std::iter::Peekable;
use std::str::Chars;

use crate::failure::{Failure, Outcome};

/// The settings of a file in their order: line, key, value.
pub fn parse(text: &str, file: &str) -> Outcome<Vec<(usize, String, Option<String>)>> {
    let mut reader = Reader {
        rest: text
            .strip_prefix('\u{feff}')
            .unwrap_or(text)
            .chars()
            .peekable(),
        line: 1,
        ended_line: false,
    };
    let mut found = Vec::new();
    let mut section = String::new();
    loop {
        let Some(c) = reader.next() else {
            return Ok(found);
        };
        let good = match c {
            c if c.is_whitespace() => Some(()),
            '#' | ';' => {
                reader.skip_line();
                Some(())
            }
            '[' => reader.section().map(|name| section = name),
            c if c.is_ascii_alphabetic() && !section.is_empty() => {
                let line = reader.line;
                reader
                    .setting(c)
                    .map(|(name, value)| found.push((line, format!("{section}.{name}"), value)))
            }
            _ => None,
        };
        if good.is_none() {
            let line = reader.line - usize::from(reader.ended_line);
            return Err(Failure::fatal(format!(
                "bad config line {line} in file {file}"
            )));
        }
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
    /// Whether the last character was a newline.
    ended_line: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut c = self.rest.next()?;
        if c == '\r' && self.rest.peek() == Some(&'\n') {
            c = self.rest.next()?;
        }
        self.ended_line = c == '\n';
        self.line += usize::from(self.ended_line);
        Some(c)
    }

    fn skip_line(&mut self) {
        while self.next().is_some_and(|c| c != '\n') {}
    }

    /// What stands between brackets: `section`, `section "sub"` or the old `section.sub`.
    fn section(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            match self.next()? {
                ']' => return Some(name),
                c if c.is_ascii_alphanumeric() || c == '-' || c == '.' => {
                    name.push(c.to_ascii_lowercase())
                }
                ' ' | '\t' => break,
                _ => return None,
            }
        }
        let mut c = self.next()?;
        while c == ' ' || c == '\t' {
            c = self.next()?;
        }
        if c != '"' {
            return None;
        }
        name.push('.');
        loop {
            match self.next()? {
                '"' => break,
                '\n' => return None,
                '\\' => match self.next()? {
                    '\n' => return None,
                    c => name.push(c),
                },
                c => name.push(c),
            }
        }
        (self.next()? == ']').then_some(name)
    }

    fn setting(&mut self, first: char) -> Option<(String, Option<String>)> {
        let mut name = String::from(first.to_ascii_lowercase());
        while let Some(c) = self
            .rest
            .next_if(|c| c.is_ascii_alphanumeric() || *c == '-')
        {
            name.push(c.to_ascii_lowercase());
        }
        while self.rest.next_if(|c| *c == ' ' || *c == '\t').is_some() {}
        match self.next() {
            None | Some('\n') => Some((name, None)),
            Some('=') => self.value().map(|value| (name, Some(value))),
            Some('#' | ';') => {
                self.skip_line();
                Some((name, None))
            }
            Some(_) => None,
        }
    }

    fn value(&mut self) -> Option<String> {
        let mut value = String::new();
        // How much of the value counts: white space at the end of a line doesn't, unless it is quoted.
        let mut kept = 0;
        let mut quoted = false;
        loop {
            match self.next() {
                None if quoted => return None,
                Some('\n') if quoted => return None,
                None | Some('\n') => break,
                Some('"') => {
                    quoted = !quoted;
                    kept = value.len();
                }
                Some('\\') => {
                    match self.next()? {
                        '\n' => continue,
                        'n' => value.push('\n'),
                        't' => value.push('\t'),
                        'b' => value.push('\u{8}'),
                        c @ ('"' | '\\') => value.push(c),
                        _ => return None,
                    }
                    kept = value.len();
                }
                Some('#' | ';') if !quoted => {
                    self.skip_line();
                    break;
                }
                Some(c) if c.is_whitespace() && !quoted => {
                    if !value.is_empty() {
                        value.push(c);
                    }
                }
                Some(c) => {
                    value.push(c);
                    kept = value.len();
                }
            }
        }
        value.truncate(kept);
        Some(value)
    }
}

/// A key with its section and name in lower case.
///
/// # Errors
/// git's words for what isn't one.
pub fn valid_key(key: &str) -> Outcome<String> {
    let wrong = |what: &str| Failure::error(1, what);
    let Some((section, name)) = key.rsplit_once('.') else {
        return Err(wrong(&format!("key does not contain a section: {key}")));
    };
    if section.is_empty() {
        return Err(wrong(&format!("key does not contain a section: {key}")));
    }
    if name.is_empty() {
        return Err(wrong(&format!("key does not contain variable name: {key}")));
    }
    let (first, rest) = match section.split_once('.') {
        Some((first, rest)) => (first, format!(".{rest}")),
        None => (section, String::new()),
    };
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !plain(first) || !plain(name) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(wrong(&format!("invalid key: {key}")));
    }
    if key.contains('\n') {
        return Err(wrong(&format!("invalid key (newline): {key}")));
    }
    Ok(format!(
        "{}{rest}.{}",
        first.to_lowercase(),
        name.to_lowercase()
    ))
}
