//! A command's options, read off its own usage text: what git prints for `-h` says all there is to say about them.

use crate::failure::{Failure, Outcome};

/// Where the help of an option begins in a usage text.
const HELP_COLUMN: usize = 26;

/// Options that need no value at the end of the command line.
const DEFAULT_WHEN_LAST: [&str; 4] = ["merged", "no-merged", "contains", "no-contains"];

/// The options of a command.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    /// What `-h` prints.
    pub usage: &'static str,
    /// Further options, a line each in the same form, which `-h` doesn't tell.
    pub hidden: &'static str,
    /// Whether options end at the first operand.
    pub operands_end_options: bool,
    /// Whether `-h` prints on standard error, as it does for some.
    pub help_is_error: bool,
}

/// An option that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The long name without `no-`, or the letter of an option that has no long name.
    pub name: String,
    pub value: Option<String>,
    /// Whether it was not `--no-…`.
    pub on: bool,
    /// The word or letter that it was given by.
    typed: String,
}

impl Given {
    /// The value; empty when it has none, which only optional ones are.
    pub fn text(&self) -> String {
        self.value.clone().unwrap_or_default()
    }
}

/// A command line that was read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    pub options: Vec<Given>,
    pub operands: Vec<String>,
    /// How many operands stand before `--`, when there is one.
    pub dashes: Option<usize>,
}

/// One option as the usage has it.
#[derive(Debug)]
struct Known<'a> {
    short: Option<char>,
    long: Option<&'a str>,
    negatable: bool,
    argument: Argument,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Argument {
    None,
    Optional,
    Required,
}

impl Syntax {
    pub const fn new(usage: &'static str) -> Self {
        Self {
            usage,
            hidden: "",
            operands_end_options: false,
            help_is_error: false,
        }
    }

    /// With options that `-h` doesn't tell.
    pub const fn with_hidden(mut self, hidden: &'static str) -> Self {
        self.hidden = hidden;
        self
    }

    /// With `-h` on standard error.
    pub const fn help_on_stderr(mut self) -> Self {
        self.help_is_error = true;
        self
    }

    /// With options that end at the first operand.
    pub const fn ending_at_operand(mut self) -> Self {
        self.operands_end_options = true;
        self
    }

    /// Reads the words after the command's name.
    ///
    /// # Errors
    /// git's words and its usage, status 129.
    pub fn parse(&self, words: &[String]) -> Outcome<Parsed> {
        let known = self.known();
        let mut parsed = Parsed::default();
        let mut words = words.iter().peekable();
        let mut first = true;
        while let Some(word) = words.next() {
            let lone_help = first && word == "-h" && words.peek().is_none();
            first = false;
            if lone_help {
                if self.help_is_error {
                    return Err(self.misused());
                }
                println!("{}", self.usage);
                return Err(Failure::silent(129));
            }
            if word == "--" {
                parsed.dashes = Some(parsed.operands.len());
                parsed.operands.extend(words.cloned());
                return Ok(parsed);
            }
            if let Some(long) = word.strip_prefix("--") {
                if long == "end-of-options" {
                    parsed.operands.extend(words.cloned());
                    return Ok(parsed);
                }
                parsed.options.push(self.long(&known, long, &mut words)?);
            } else if word.len() > 1 && word.starts_with('-') {
                self.letters(&known, &word[1..], &mut words, &mut parsed)?;
            } else {
                parsed.operands.push(word.clone());
                if self.operands_end_options {
                    parsed.operands.extend(words.cloned());
                    return Ok(parsed);
                }
            }
        }
        Ok(parsed)
    }

    /// What git says of an option that it doesn't have: for those that aren't there in this one.
    pub fn refuse(&self, given: &Given) -> Failure {
        self.unknown(&given.typed)
    }

    /// The usage by itself, status 129: too few or too many operands.
    pub fn misused(&self) -> Failure {
        Failure::plain(129, self.usage)
    }

    /// A message and the usage, status 129.
    pub fn misused_with(&self, message: &str) -> Failure {
        Failure::plain(129, format!("{message}\n{}", self.usage))
    }

    fn unknown(&self, typed: &str) -> Failure {
        let what = if typed.starts_with("--") {
            "option"
        } else {
            "switch"
        };
        let name = typed.trim_start_matches('-');
        self.misused_with(&format!("error: unknown {what} `{name}'"))
    }

    fn long<'w>(
        &self,
        known: &[Known<'_>],
        word: &str,
        words: &mut impl Iterator<Item = &'w String>,
    ) -> Outcome<Given> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let (option, on) = self.find(known, name, word)?;
        let typed = format!("--{word}");
        let full = option.long.unwrap_or(name);
        let argument = if on { option.argument } else { Argument::None };
        let value = match (argument, value) {
            (Argument::None, Some(_)) => {
                let shown = if on {
                    full.to_owned()
                } else {
                    format!("no-{full}")
                };
                return Err(Failure::error(
                    129,
                    format!("option `{shown}' takes no value"),
                ));
            }
            (Argument::Required, None) => match words.next() {
                Some(word) => Some(word.clone()),
                None if DEFAULT_WHEN_LAST.contains(&full) => None,
                None => {
                    return Err(Failure::error(
                        129,
                        format!("option `{full}' requires a value"),
                    ));
                }
            },
            (_, value) => value,
        };
        Ok(Given {
            name: full.to_owned(),
            value,
            on,
            typed,
        })
    }

    /// The option of a long name, which may be cut short where that is clear.
    fn find<'a, 'b>(
        &self,
        known: &'b [Known<'a>],
        name: &str,
        word: &str,
    ) -> Outcome<(&'b Known<'a>, bool)> {
        let mut near: Vec<(&Known<'_>, bool, String)> = Vec::new();
        for option in known {
            let Some(long) = option.long else { continue };
            let negative = match long.strip_prefix("no-") {
                Some(_) => None,
                None => option.negatable.then(|| format!("no-{long}")),
            };
            for (candidate, on) in [(Some(long.to_owned()), true), (negative, false)] {
                let Some(candidate) = candidate else { continue };
                if candidate == name {
                    return Ok((option, on));
                }
                if candidate.starts_with(name) {
                    near.push((option, on, candidate));
                }
            }
        }
        let positive: Vec<_> = near.iter().filter(|(_, on, _)| *on).collect();
        match (&near[..], &positive[..]) {
            ([(option, on, _)], _) => Ok((option, *on)),
            (_, [(option, on, _)]) if !"no-".starts_with(name) => Ok((option, *on)),
            ([.., (_, _, one), (_, _, two)], _) => {
                println!("{}", self.usage);
                Err(Failure::error(
                    129,
                    format!("ambiguous option: {word} (could be --{one} or --{two})"),
                ))
            }
            _ => Err(self.unknown(&format!("--{word}"))),
        }
    }

    fn letters<'w>(
        &self,
        known: &[Known<'_>],
        letters: &str,
        words: &mut impl Iterator<Item = &'w String>,
        parsed: &mut Parsed,
    ) -> Outcome<()> {
        let mut rest = letters;
        while let Some(letter) = rest.chars().next() {
            let found = known.iter().find(|option| option.short == Some(letter));
            let number =
                letter.is_ascii_digit() && known.iter().any(|option| option.long == Some("<n>"));
            if number && found.is_none() {
                let end = rest
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(rest.len());
                let (digits, after) = rest.split_at(end);
                parsed.options.push(Given {
                    name: "<n>".to_owned(),
                    value: Some(digits.to_owned()),
                    on: true,
                    typed: letter.to_string(),
                });
                rest = after;
                continue;
            }
            let Some(option) = found else {
                return Err(self.unknown(&letter.to_string()));
            };
            rest = &rest[letter.len_utf8()..];
            let value = match option.argument {
                Argument::None => None,
                Argument::Optional if rest.is_empty() => None,
                Argument::Required if rest.is_empty() => match words.next() {
                    Some(word) => Some(word.clone()),
                    None => {
                        return Err(Failure::error(
                            129,
                            format!("switch `{letter}' requires a value"),
                        ));
                    }
                },
                _ => Some(std::mem::take(&mut rest).to_owned()),
            };
            let name = option
                .long
                .map_or_else(|| letter.to_string(), str::to_owned);
            parsed.options.push(Given {
                name,
                value,
                on: true,
                typed: letter.to_string(),
            });
        }
        Ok(())
    }

    fn known(&self) -> Vec<Known<'static>> {
        let lines: Vec<&'static str> = self.usage.lines().chain(self.hidden.lines()).collect();
        let following = lines.iter().skip(1).copied().chain([""]);
        let both = lines.iter().copied().zip(following);
        both.filter_map(|(line, next)| read(line, next)).collect()
    }
}

/// One option of a usage text: `    -m, --[no-]message <message>   help`.
fn read(line: &'static str, next: &str) -> Option<Known<'static>> {
    let body = line
        .strip_prefix("    ")
        .filter(|body| body.starts_with('-'))?;
    let alone = body.find("  ").is_none() && next.starts_with(&" ".repeat(HELP_COLUMN));
    let text = match line.get(..HELP_COLUMN - 1) {
        Some(start) if !alone && line.as_bytes().get(HELP_COLUMN - 1) == Some(&b' ') => {
            start[4..].trim_end()
        }
        _ => body,
    };
    let (short, rest) = match text.as_bytes() {
        [b'-', letter, ..] if *letter != b'-' => (Some(char::from(*letter)), &text[2..]),
        _ => (None, text),
    };
    let rest = rest.strip_prefix(", ").unwrap_or(rest);
    let (negatable, rest) = match rest.strip_prefix("--[no-]") {
        Some(rest) => (true, Some(rest)),
        None => (false, rest.strip_prefix("--")),
    };
    let (long, tail) = match rest {
        Some(rest) => {
            let end = rest.find([' ', '[', '=', '(']).unwrap_or(rest.len());
            (Some(&rest[..end]), &rest[end..])
        }
        None if text == "-NUM" || text == "-<n>" => (Some("<n>"), ""),
        None => (None, &text[2..]),
    };
    let argument = match tail.trim_end() {
        "" => Argument::None,
        tail if tail.starts_with("[=")
            || tail.starts_with("[<")
            || tail.starts_with("[(") && !tail.starts_with(' ') =>
        {
            Argument::Optional
        }
        _ => Argument::Required,
    };
    let short = if long == Some("<n>") { None } else { short };
    Some(Known {
        short,
        long,
        negatable,
        argument,
    })
}
