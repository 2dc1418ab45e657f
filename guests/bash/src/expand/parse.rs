//! Takes a word apart.

use super::ansi;
use super::scan;
use super::word::{CommandSubstitution, Flow, Name, Parameter, Part, Reading};
use crate::syntax::ast::Arithmetic;
use crate::text::Text;

/// The parts of a text.
pub fn parse(text: &str, reading: Reading) -> Vec<Part> {
    let mut parser = Parser {
        text,
        at: 0,
        reading,
        parts: Vec::new(),
        literal: String::new(),
    };
    match reading {
        Reading::Word | Reading::Element | Reading::Value | Reading::Operand | Reading::Pattern => {
            parser.unquoted()
        }
        Reading::QuotedOperand | Reading::Document | Reading::Arithmetic => parser.quoted_text(),
    }
    parser.parts
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    reading: Reading,
    parts: Vec<Part>,
    /// What the next literal part will be.
    literal: String,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            let text = Text::from(self.literal.as_str());
            self.parts.push(Part::Literal(text));
            self.literal.clear();
        }
    }

    fn push(&mut self, part: Part) {
        self.flush();
        self.parts.push(part);
    }

    fn push_quoted(&mut self, text: &str) {
        self.flush();
        self.parts.push(Part::Quoted(text.into()));
    }

    fn unquoted(&mut self) {
        self.tilde();
        while let Some(c) = self.next() {
            match c {
                '\\' => self.backslash(),
                '\'' => {
                    let end = scan::single(self.text, self.at + 1);
                    let inside = self.slice(self.at + 1, closed(self.text, end, '\''));
                    let inside = Text::from(inside);
                    self.push(Part::Quoted(inside));
                    self.at = end;
                }
                '"' => self.double(self.at + 1),
                '`' => self.backquotes(false),
                '$' => self.dollar(false),
                '<' | '>' if self.is_process_substitution() => self.process(c),
                c => {
                    self.literal.push(c);
                    self.at += c.len_utf8();
                    self.tilde_behind(c);
                }
            }
        }
        self.flush();
    }

    /// In a here-document, an arithmetic expression or an operand in double quotes: all of the text is in double quotes.
    fn quoted_text(&mut self) {
        while let Some(c) = self.next() {
            match c {
                '"' if self.reading != Reading::Document => self.at += 1,
                c => self.quoted_character(c),
            }
        }
        self.flush();
    }

    fn quoted_character(&mut self, c: char) {
        match c {
            '\\' => self.backslash_in_double(),
            '`' => self.backquotes(true),
            '$' => self.dollar(true),
            c => {
                self.literal.push(c);
                self.at += c.len_utf8();
            }
        }
    }

    fn backslash(&mut self) {
        let end = scan::behind_escaped(self.text, self.at);
        match self.slice(self.at + 1, end) {
            "\n" => {}
            "" => self.literal.push('\\'),
            quoted => {
                let quoted = Text::from(quoted);
                self.push(Part::Quoted(quoted));
            }
        }
        self.at = end;
    }

    fn backslash_in_double(&mut self) {
        let end = scan::behind_escaped(self.text, self.at);
        let quoted = self.slice(self.at + 1, end).chars().next();
        let reading = self.reading;
        match quoted {
            Some('\n') => {}
            Some(c @ ('$' | '`' | '\\')) => self.literal.push(c),
            Some('"') if reading != Reading::Document => self.literal.push('"'),
            Some('}') if reading == Reading::QuotedOperand => self.literal.push('}'),
            _ => {
                self.literal.push('\\');
                self.literal.extend(quoted);
            }
        }
        self.at = end;
    }

    /// What begins behind a double quote, and the quote that ends it.
    fn double(&mut self, start: usize) {
        let end = scan::double(self.text, start);
        let mut inner = Parser {
            text: self.slice(0, closed(self.text, end, '"')),
            at: start,
            reading: Reading::Word,
            parts: Vec::new(),
            literal: String::new(),
        };
        while let Some(c) = inner.next() {
            inner.quoted_character(c);
        }
        inner.flush();
        let parts = inner.parts;
        self.push(Part::Double(parts));
        self.at = end;
    }

    fn backquotes(&mut self, in_double: bool) {
        let end = scan::backquotes(self.text, self.at + 1);
        let source = self.slice(self.at + 1, closed(self.text, end, '`'));
        let source = unescape_backquoted(source, in_double);
        let part = CommandSubstitution::new(&source, true);
        self.push(Part::Command(Box::new(part)));
        self.at = end;
    }

    fn is_process_substitution(&self) -> bool {
        matches!(
            self.reading,
            Reading::Word | Reading::Value | Reading::Operand
        ) && self.rest()[1..].starts_with('(')
    }

    fn process(&mut self, direction: char) {
        let end = scan::command(self.text, self.at + 2);
        let source = self.slice(self.at + 2, closed(self.text, end, ')'));
        let part = CommandSubstitution::new(source, false);
        let flow = if direction == '<' {
            Flow::Read
        } else {
            Flow::Write
        };
        self.push(Part::Process(Box::new(part), flow));
        self.at = end;
    }

    fn dollar(&mut self, in_double: bool) {
        let behind = self.at + 1;
        let Some(c) = self.text.get(behind..).and_then(|rest| rest.chars().next()) else {
            self.literal.push('$');
            self.at = behind;
            return;
        };
        match c {
            '{' => {
                let end = scan::braces(self.text, behind + 1, in_double);
                let inside = self.slice(behind + 1, closed(self.text, end, '}'));
                let raw = self.slice(self.at, end);
                let part = super::parse_parameter::parse(raw, inside);
                self.push(part);
                self.at = end;
            }
            '(' => self.parenthesis(),
            '[' => {
                let end = scan::brackets(self.text, behind + 1);
                let inside = self.slice(behind + 1, closed(self.text, end, ']'));
                let part = Part::Arithmetic(Box::new(Arithmetic::new(inside)));
                self.push(part);
                self.at = end;
            }
            '\'' if !in_double || self.reading == Reading::QuotedOperand => {
                let end = scan::ansi(self.text, behind + 1);
                let inside = self.slice(behind + 1, closed(self.text, end, '\''));
                let inside = ansi::unescape(inside);
                self.push_quoted(&inside);
                self.at = end;
            }
            '"' if !in_double => self.double(behind + 1),
            c if c == '_' || c.is_ascii_alphabetic() => {
                let length = name_length(self.text.get(behind..).unwrap_or_default());
                let name = Text::from(self.slice(behind, behind + length));
                self.push(Part::Variable(name));
                self.at = behind + length;
            }
            c if c.is_ascii_digit() => {
                let number = c.to_digit(10).map_or(0, |digit| digit as usize);
                self.special(Name::Positional(number));
            }
            '@' | '*' | '#' | '?' | '-' | '$' | '!' => self.special(Name::Special(c)),
            _ => {
                self.literal.push('$');
                self.at = behind;
            }
        }
    }

    fn special(&mut self, name: Name) {
        let raw = Text::from(self.slice(self.at, self.at + 2));
        self.push(Part::Parameter(Box::new(Parameter::value(raw, name))));
        self.at += 2;
    }

    /// `$((…))` or `$(…)`.
    fn parenthesis(&mut self) {
        if self.rest().starts_with("$((")
            && let Some(end) = scan::arithmetic(self.text, self.at + 3)
        {
            let inside = self.slice(self.at + 3, end - 2);
            let part = Part::Arithmetic(Box::new(Arithmetic::new(inside)));
            self.push(part);
            self.at = end;
            return;
        }
        let end = scan::command(self.text, self.at + 2);
        let source = self.slice(self.at + 2, closed(self.text, end, ')'));
        let part = CommandSubstitution::new(source, false);
        self.push(Part::Command(Box::new(part)));
        self.at = end;
    }

    /// A tilde at the beginning.
    fn tilde(&mut self) {
        if self.reading == Reading::Pattern || !self.rest().starts_with('~') {
            return;
        }
        let length = self
            .rest()
            .find(|c: char| {
                c == '/' || (c == ':' && self.reading != Reading::Operand) || "\\'\"`$".contains(c)
            })
            .unwrap_or(self.rest().len());
        let ended = self
            .rest()
            .get(length..)
            .and_then(|rest| rest.chars().next())
            .is_none_or(|c| c == '/' || c == ':');
        let name = self.slice(self.at + 1, self.at + length);
        if !ended || name.contains([' ', '\t', '\n']) {
            return;
        }
        let name = Text::from(name);
        self.push(Part::Tilde(name));
        self.at += length;
    }

    /// A tilde behind a colon of an assignment's value, or behind the `=` of a word that looks like an assignment.
    fn tilde_behind(&mut self, c: char) {
        let allowed = match (self.reading, c) {
            (Reading::Value, ':') => true,
            (Reading::Word, '=' | ':') if self.rest().starts_with('~') => {
                let name = name_length(self.text);
                let before = self.slice(0, self.at);
                name > 0
                    && before.as_bytes().get(name) == Some(&b'=')
                    && (c == ':' || before.len() == name + 1)
            }
            _ => false,
        };
        if allowed {
            self.tilde();
        }
    }
}

/// The end of what a quote encloses, whether it is closed or the text ends first.
fn closed(text: &str, end: usize, close: char) -> usize {
    let inside = end.saturating_sub(1);
    if text
        .get(inside..end)
        .is_some_and(|last| last.starts_with(close))
    {
        inside
    } else {
        end
    }
}

/// How many bytes at the beginning can be a variable's name.
pub fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count()
}

/// The text of a command between backquotes: a backslash quotes a backslash, a backquote, a dollar sign, and in double quotes a
/// double quote.
fn unescape_backquoted(source: &str, in_double: bool) -> String {
    let mut text = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('\\' | '`' | '$')) => text.extend(chars.next()),
            ('\\', Some('"')) if in_double => text.extend(chars.next()),
            _ => text.push(c),
        }
    }
    text
}
