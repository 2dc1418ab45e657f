//! `s`: its replacement and its flags.

use crate::Options;
use crate::command::{Action, Case, Part, Substitution};
use crate::escapes::{Place, produce};
use crate::parse::{Parser, file_name};
use crate::parse_text::{pattern, read_delimited};
use crate::source::Source;

#[derive(Default)]
struct Flags {
    global: bool,
    print: bool,
    number: Option<u64>,
    ignore_case: bool,
    lines: bool,
    file: Option<usize>,
}

impl Parser {
    pub fn substitution(&mut self, source: &mut Source, options: &Options) -> Result<Action, i32> {
        let unterminated = "unterminated `s' command";
        let delimiter = source.next();
        let Some(text) = read_delimited(source, delimiter, true) else {
            return Err(source.wrong(unterminated));
        };
        let Some(replacement) = read_delimited(source, delimiter, false) else {
            return Err(source.wrong(unterminated));
        };
        let replacement = parts(&produce(&replacement, Place::Replacement));
        let flags = self.flags(source, options)?;
        let pattern = pattern(source, &text, flags.ignore_case, flags.lines, options)?;
        let highest = replacement.iter().map(|part| match part {
            Part::Group(group) => *group,
            _ => 0,
        });
        let highest = highest.max().unwrap_or(0);
        if pattern
            .as_ref()
            .is_some_and(|pattern| highest > pattern.groups())
        {
            let message = format!("invalid reference \\{highest} on `s' command's RHS");
            return Err(source.wrong(&message));
        }
        Ok(Action::Substitute(Box::new(Substitution {
            pattern,
            replacement,
            global: flags.global,
            number: flags.number.unwrap_or(1),
            print: flags.print,
            file: flags.file,
        })))
    }

    fn flags(&mut self, source: &mut Source, options: &Options) -> Result<Flags, i32> {
        let mut flags = Flags::default();
        loop {
            match source.next() {
                Some(b'i' | b'I') => flags.ignore_case = true,
                Some(b'm' | b'M') => flags.lines = true,
                Some(b'e') => return Err(source.wrong("e/r/w commands disabled in sandbox mode")),
                Some(b'p') if flags.print => {
                    return Err(source.wrong("multiple `p' options to `s' command"));
                }
                Some(b'p') => flags.print = true,
                Some(b'g') if flags.global => {
                    return Err(source.wrong("multiple `g' options to `s' command"));
                }
                Some(b'g') => flags.global = true,
                Some(b'w') if options.sandbox => {
                    return Err(source.wrong("e/r/w commands disabled in sandbox mode"));
                }
                Some(b'w') => {
                    let name = file_name(source)?;
                    flags.file = Some(self.open(name));
                    return Ok(flags);
                }
                Some(digit @ b'0'..=b'9') => {
                    if flags.number.is_some() {
                        return Err(source.wrong("multiple number options to `s' command"));
                    }
                    flags.number = Some(source.number(Some(digit)));
                    if flags.number == Some(0) {
                        return Err(source.wrong("number option to `s' command may not be zero"));
                    }
                }
                Some(b' ' | b'\t') => {}
                Some(b'\r') if matches!(source.peek(), None | Some(b'\n')) => {}
                byte @ Some(b'}' | b'#') => {
                    source.back(byte);
                    return Ok(flags);
                }
                None | Some(b'\n' | b';') => return Ok(flags),
                Some(_) => return Err(source.wrong("unknown option to `s'")),
            }
        }
    }
}

/// A replacement in its pieces.
fn parts(text: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = Vec::new();
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        let part = match byte {
            b'&' => Part::Group(0),
            b'\\' => match bytes.next() {
                Some(digit @ b'0'..=b'9') => Part::Group((digit - b'0').into()),
                Some(b'U') => Part::Case(Case::Upper),
                Some(b'L') => Part::Case(Case::Lower),
                Some(b'E') => Part::Case(Case::Neither),
                Some(b'u') => Part::Case(Case::NextUpper),
                Some(b'l') => Part::Case(Case::NextLower),
                Some(other) => {
                    plain.push(other);
                    continue;
                }
                None => {
                    plain.push(b'\\');
                    continue;
                }
            },
            byte => {
                plain.push(byte);
                continue;
            }
        };
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(part);
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}
