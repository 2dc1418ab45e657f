//! What a word consists of. OWNER: expand.

use std::cell::OnceCell;
use std::rc::Rc;

use super::parse;
use crate::pattern::{Matching, Pattern};
use crate::syntax::ast::{Arithmetic, Program, Word};
use crate::text::Text;

/// A word taken apart for one way of reading it.
#[derive(Debug)]
pub struct ParsedWord {
    pub reading: Reading,
    pub parts: Vec<Part>,
    /// What it stands for, if that is always the same and no file name.
    pub constant: Option<Text>,
    /// What its braces make of it; nothing if it has none.
    alternatives: OnceCell<Option<Vec<ParsedWord>>>,
    pattern: OnceCell<(Matching, Pattern)>,
}

/// What is special in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A word of a command.
    Word,
    /// A word that is no assignment whatever it looks like: of an array, or made by braces.
    Element,
    /// The right side of an assignment: a tilde may stand behind a colon.
    Value,
    /// What is between braces and not in double quotes, `${x:-this}`.
    Operand,
    /// The same in double quotes: more double quotes only vanish.
    QuotedOperand,
    /// A pattern in `${x#this}` in double quotes: its own quotes count.
    Pattern,
    /// A here-document: double quotes are nothing special.
    Document,
    /// An arithmetic expression: read like what is in double quotes.
    Arithmetic,
}

#[derive(Debug)]
pub enum Part {
    /// As it stands there.
    Literal(Text),
    /// In single quotes, `$'…'`, or behind a backslash.
    Quoted(Text),
    /// In double quotes.
    Double(Vec<Part>),
    /// `~name`, without the tilde.
    Tilde(Text),
    /// `$name`.
    Variable(Text),
    Parameter(Box<Parameter>),
    Command(Box<CommandSubstitution>),
    Arithmetic(Box<Arithmetic>),
    Process(Box<CommandSubstitution>, Flow),
}

/// Which way a process substitution goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// `<(…)`
    Read,
    /// `>(…)`
    Write,
}

/// The text of a command, and what it means, once that is known.
#[derive(Debug)]
pub struct CommandSubstitution {
    pub source: Text,
    pub backquoted: bool,
    pub program: OnceCell<Rc<Program>>,
}

impl CommandSubstitution {
    pub fn new(source: &str, backquoted: bool) -> Self {
        CommandSubstitution {
            source: source.into(),
            backquoted,
            program: OnceCell::new(),
        }
    }
}

/// `${…}`, or `$` and something that is no name.
#[derive(Debug)]
pub struct Parameter {
    /// As it stands there, for messages.
    pub raw: Text,
    pub name: Name,
    pub subscript: Option<Subscript>,
    /// `${!…}`.
    pub indirect: bool,
    pub operation: Operation,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    Variable(Text),
    Positional(usize),
    /// One of `@*#?-$!`.
    Special(char),
}

#[derive(Debug)]
pub enum Subscript {
    /// `[@]`, `[*]`
    All(Joining),
    Element(Arithmetic),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// `@`
    Separate,
    /// `*`
    Joined,
}

#[derive(Debug)]
pub enum Operation {
    Value,
    /// `${#x}`
    Length,
    /// `${!x[@]}`
    Keys,
    /// `${!x@}`
    Names(Joining),
    /// `${x:-word}` and its like.
    Test {
        kind: TestKind,
        /// An empty value is none.
        or_null: bool,
        word: Word,
    },
    /// `${x#pattern}` and its like.
    Remove {
        side: Side,
        longest: bool,
        pattern: Word,
    },
    Replace {
        place: Place,
        pattern: Word,
        replacement: Word,
    },
    Substring {
        offset: Arithmetic,
        length: Option<Arithmetic>,
    },
    Case {
        change: CaseChange,
        all: bool,
        pattern: Word,
    },
    /// `${x@Q}`
    Transform(char),
    /// `${x@Z}`: wrong, but only when there is something to be transformed.
    BadTransform,
    /// No parameter expansion at all; found when it is expanded.
    Bad,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestKind {
    /// `-`
    Default,
    /// `=`
    Assign,
    /// `?`
    Error,
    /// `+`
    Alternative,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Front,
    Back,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    First,
    All,
    Front,
    Back,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseChange {
    Upper,
    Lower,
    Toggle,
}

/// More than that many words from one word's braces are made anew each time.
const MAX_KEPT_ALTERNATIVES: usize = 10_000;

impl Word {
    /// The word taken apart; kept for the next time.
    pub fn parsed(&self, reading: Reading) -> Rc<ParsedWord> {
        let parsed = self
            .parsed
            .get_or_init(|| Rc::new(ParsedWord::new(&self.raw, reading)));
        if parsed.reading == reading {
            parsed.clone()
        } else {
            Rc::new(ParsedWord::new(&self.raw, reading))
        }
    }
}

impl ParsedWord {
    pub fn new(raw: &Text, reading: Reading) -> ParsedWord {
        let parts = parse::parse(raw, reading);
        let constant = constant(&parts, raw);
        ParsedWord {
            reading,
            parts,
            constant,
            alternatives: OnceCell::new(),
            pattern: OnceCell::new(),
        }
    }

    /// A word that braces have made, most often of letters and digits alone.
    fn alternative(text: Text) -> ParsedWord {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/+,:%@".contains(&b);
        if text.is_empty() || !text.bytes().all(plain) {
            return ParsedWord::new(&text, Reading::Element);
        }
        ParsedWord {
            reading: Reading::Element,
            parts: Vec::new(),
            constant: Some(text),
            alternatives: OnceCell::new(),
            pattern: OnceCell::new(),
        }
    }

    /// The words its braces make of it. `raw` is what it was made from.
    pub fn alternatives<T>(
        &self,
        raw: &str,
        mut each: impl FnMut(&ParsedWord) -> Result<(), T>,
    ) -> Result<(), T> {
        if let Some(kept) = self.alternatives.get() {
            return match kept {
                Some(words) => words.iter().try_for_each(each),
                None => each(self),
            };
        }
        let Some(texts) = super::braces::expand(raw) else {
            let _ = self.alternatives.set(None);
            return each(self);
        };
        let words = texts
            .into_iter()
            .map(|text| ParsedWord::alternative(text.into()));
        if words.len() > MAX_KEPT_ALTERNATIVES {
            return words.into_iter().try_for_each(|word| each(&word));
        }
        match self.alternatives.get_or_init(|| Some(words.collect())) {
            Some(words) => words.iter().try_for_each(each),
            None => each(self),
        }
    }

    /// Its pattern, if it is always the same.
    pub fn constant_pattern(&self, matching: Matching) -> Option<&Pattern> {
        let constant = |part: &Part| matches!(part, Part::Literal(_) | Part::Quoted(_));
        if !self.parts.iter().all(constant) {
            return None;
        }
        let (compiled_for, pattern) = self.pattern.get_or_init(|| {
            let mut text = String::new();
            for part in &self.parts {
                match part {
                    Part::Literal(literal) => text.push_str(literal),
                    Part::Quoted(quoted) => super::fields::push_escaped(&mut text, quoted),
                    _ => {}
                }
            }
            (matching, Pattern::new(&text, matching))
        });
        (*compiled_for == matching).then_some(pattern)
    }
}

fn constant(parts: &[Part], raw: &Text) -> Option<Text> {
    match parts {
        [] => None,
        [Part::Literal(text)] if !super::fields::has_active(text) => {
            Some(if text.len() == raw.len() {
                raw.clone()
            } else {
                text.clone()
            })
        }
        [Part::Quoted(text)] => Some(text.clone()),
        [Part::Double(inside)] if inside.is_empty() => Some(Text::from("")),
        _ => {
            let mut all = String::new();
            push_constant(parts, &mut all)?;
            Some(all.into())
        }
    }
}

fn push_constant(parts: &[Part], all: &mut String) -> Option<()> {
    for part in parts {
        match part {
            Part::Quoted(text) => all.push_str(text),
            Part::Literal(text) if !super::fields::has_active(text) => all.push_str(text),
            Part::Double(inside) => push_constant(inside, all)?,
            _ => return None,
        }
    }
    Some(())
}
