//! `sub`, `gsub`, `gensub`.

use crate::ast::{Builtin, Expr, Place};
use crate::interpreter::{Interpreter, Run};
use crate::text;
use crate::value::Value;
use posix_regex::{Captures, Regex};

/// A piece of a replacement.
enum Part {
    Text(Vec<u8>),
    Group(usize),
}

/// Which matches are replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Only(usize),
}

impl Interpreter {
    pub fn substitution(&mut self, which: Builtin, arguments: &[Expr]) -> Run<Value> {
        let regex = self.regex_of(&arguments[0])?;
        let replacement = self.text(&arguments[1])?;
        if which == Builtin::Gensub {
            let how = self.value(&arguments[2])?;
            let matches = self.gensub_matches(&how)?;
            let subject = match arguments.get(3) {
                Some(subject) => self.text(subject)?,
                None => self.field(0.0)?.bytes(&self.convfmt),
            };
            let parts = gensub_parts(&replacement);
            return Ok(
                match replaced(&subject, &regex, &parts, matches, self.utf8) {
                    Some((text, _)) => Value::text(text),
                    None => Value::Text(subject),
                },
            );
        }
        let whole = Expr::Place(Place::Field(Box::new(Expr::Constant(Value::Number(0.0)))));
        let target = arguments.get(2).unwrap_or(&whole);
        let target = match target {
            Expr::Group(inner) => inner,
            target => target,
        };
        let subject = self.text(target)?;
        let matches = if which == Builtin::Gsub {
            Which::All
        } else {
            Which::Only(1)
        };
        let parts = sub_parts(&replacement);
        let Some((text, count)) = replaced(&subject, &regex, &parts, matches, self.utf8) else {
            return Ok(Value::Number(0.0));
        };
        match target {
            Expr::Place(place) => self.assign(place, Value::text(text))?,
            _ => self.warn("sub: third argument is not a changeable object"),
        }
        Ok(Value::Number(count as f64))
    }

    fn gensub_matches(&mut self, how: &Value) -> Run<Which> {
        let text = how.bytes(b"%.6g");
        if matches!(text.first(), Some(b'g' | b'G')) {
            return Ok(Which::All);
        }
        let number = how.number();
        if number < 1.0 {
            let text = String::from_utf8_lossy(&text).into_owned();
            self.warn(&format!("gensub: third argument `{text}' treated as 1"));
            return Ok(Which::Only(1));
        }
        Ok(Which::Only(number as usize))
    }
}

/// The text with matches replaced, and how many; nothing when none was.
fn replaced(
    subject: &[u8],
    regex: &Regex,
    parts: &[Part],
    which: Which,
    utf8: bool,
) -> Option<(Vec<u8>, usize)> {
    let scan = regex.scan(subject);
    let needs_groups = parts
        .iter()
        .any(|part| matches!(part, Part::Group(group) if *group > 0));
    let mut captures = Captures::default();
    let mut out = Vec::new();
    let (mut at, mut copied, mut count, mut done) = (0, 0, 0, 0);
    let mut last_end = None;
    while at <= subject.len() {
        let found = match needs_groups {
            true => scan
                .captures(at, &mut captures)
                .then(|| captures.get(0))
                .flatten(),
            false => scan.find(at),
        };
        let Some((start, end)) = found else {
            break;
        };
        // An empty match just behind a match is none.
        if !(start == end && last_end == Some(start)) {
            count += 1;
            if which == Which::All || which == Which::Only(count) {
                out.extend_from_slice(&subject[copied..start]);
                for part in parts {
                    match part {
                        Part::Text(text) => out.extend_from_slice(text),
                        Part::Group(0) => out.extend_from_slice(&subject[start..end]),
                        Part::Group(group) => {
                            if let Some((from, to)) = captures.get(*group) {
                                out.extend_from_slice(&subject[from..to]);
                            }
                        }
                    }
                }
                copied = end;
                done += 1;
            }
        }
        if matches!(which, Which::Only(number) if number == count) {
            break;
        }
        last_end = Some(end);
        at = end;
        if start == end {
            at += match subject.get(at..) {
                Some(rest) if utf8 && !rest.is_empty() => text::character(rest),
                _ => 1,
            };
        }
    }
    if done == 0 {
        return None;
    }
    out.extend_from_slice(&subject[copied..]);
    Some((out, done))
}

/// `&` is the match, `\&` an ampersand, `\\&` a backslash and the match.
fn sub_parts(text: &[u8]) -> Vec<Part> {
    let mut parts = Parts::default();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(b"\\\\&") {
            parts.plain.push(b'\\');
            parts.group(0);
            at += 3;
        } else if rest.starts_with(b"\\&") {
            parts.plain.push(b'&');
            at += 2;
        } else if rest[0] == b'&' {
            parts.group(0);
            at += 1;
        } else if rest.starts_with(b"\\\\\\&") {
            parts.plain.extend(b"\\&");
            at += 4;
        } else {
            parts.plain.push(rest[0]);
            at += 1;
        }
    }
    parts.finish()
}

/// The same with `\1` to `\9`.
fn gensub_parts(text: &[u8]) -> Vec<Part> {
    let mut parts = Parts::default();
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'&' => parts.group(0),
            b'\\' => match bytes.next() {
                Some(digit @ b'0'..=b'9') => parts.group((digit - b'0').into()),
                Some(b'&') => parts.plain.push(b'&'),
                Some(b'\\') => parts.plain.push(b'\\'),
                Some(other) => parts.plain.extend([b'\\', other]),
                None => parts.plain.push(b'\\'),
            },
            byte => parts.plain.push(byte),
        }
    }
    parts.finish()
}

#[derive(Default)]
struct Parts {
    parts: Vec<Part>,
    plain: Vec<u8>,
}

impl Parts {
    fn group(&mut self, number: usize) {
        if !self.plain.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.plain)));
        }
        self.parts.push(Part::Group(number));
    }

    fn finish(mut self) -> Vec<Part> {
        if !self.plain.is_empty() {
            self.parts.push(Part::Text(self.plain));
        }
        self.parts
    }
}
