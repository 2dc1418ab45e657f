//! `--transform`: sed's `s/pattern/replacement/flags` on names.

use posix_regex::{Captures, Dialect, Options, Regex};

/// One replacement.
pub struct Transform {
    regex: Regex,
    replacement: Vec<Piece>,
    global: bool,
}

enum Piece {
    Text(String),
    Group(usize),
}

impl Transform {
    /// Reads expressions with semicolons between them.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        let invalid = || "Invalid transform expression".to_owned();
        let mut all = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let mut letters = rest.strip_prefix('s').ok_or_else(invalid)?.chars();
            let separator = letters.next().ok_or_else(invalid)?;
            let (pattern, behind) = part(letters.as_str(), separator).ok_or_else(invalid)?;
            let (replacement, behind) = part(behind, separator).ok_or_else(invalid)?;
            let (flags, behind) = behind.split_once(';').unwrap_or((behind, ""));
            rest = behind;
            if flags.contains(|flag: char| !"gixrRsShH".contains(flag)) {
                return Err("Unknown flag in transform expression".to_owned());
            }
            let dialect = if flags.contains('x') {
                Dialect::EXTENDED
            } else {
                Dialect::BASIC
            };
            let options = Options {
                ignore_case: flags.contains('i'),
                ..Options::new(dialect)
            };
            let regex = Regex::new(pattern.as_bytes(), &options)
                .map_err(|error| format!("Invalid transform expression: {error}"))?;
            all.push(Self {
                regex,
                replacement: pieces(&replacement),
                global: flags.contains('g'),
            });
        }
        Ok(all)
    }

    /// A name as it becomes.
    pub fn apply(&self, name: &str) -> String {
        let scan = self.regex.scan(name.as_bytes());
        let mut captures = Captures::default();
        let mut out = String::new();
        let mut at = 0;
        while at <= name.len() && scan.captures(at, &mut captures) {
            let Some((start, end)) = captures.get(0) else {
                break;
            };
            out.push_str(&name[at..start]);
            for piece in &self.replacement {
                match piece {
                    Piece::Text(text) => out.push_str(text),
                    Piece::Group(number) => {
                        if let Some((start, end)) = captures.get(*number) {
                            out.push_str(&name[start..end]);
                        }
                    }
                }
            }
            at = end;
            if !self.global {
                break;
            }
            if start == end {
                let Some(c) = name[at..].chars().next() else {
                    break;
                };
                out.push(c);
                at += c.len_utf8();
            }
        }
        out.push_str(name.get(at..).unwrap_or_default());
        out
    }
}

/// What stands before the next separator that has no backslash.
fn part(text: &str, separator: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        if c == separator {
            return Some((out, letters.as_str()));
        }
        if c == '\\' {
            let next = letters.next()?;
            if next != separator {
                out.push('\\');
            }
            out.push(next);
            continue;
        }
        out.push(c);
    }
    None
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        let group = match c {
            '&' => Some(0),
            '\\' => match letters.next() {
                Some(digit @ '0'..='9') => digit.to_digit(10).map(|digit| digit as usize),
                Some(other) => {
                    plain.push(other);
                    None
                }
                None => None,
            },
            c => {
                plain.push(c);
                None
            }
        };
        if let Some(group) = group {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            pieces.push(Piece::Group(group));
        }
    }
    pieces.push(Piece::Text(plain));
    pieces
}
