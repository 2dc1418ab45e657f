//! Patterns to trees, with glibc's decisions in the corners.

use crate::dialect::{Dialect, Leading};
use crate::set::{Class, Set};
use crate::tree::{Letter, Look, Node, Pattern};
use crate::{Bounds, Error, Options};

/// The most an interval can ask for.
const REPETITIONS_MAX: u32 = 0x7fff;
/// How deep groups nest: the tree is walked by recursion.
const DEPTH_MAX: usize = 250;

pub(crate) fn parse(pattern: &[u8], options: &Options) -> Result<Pattern, Error> {
    let mut groups = 0;
    let mut has_back_references = false;
    let mut lines = Vec::new();
    let is_separator = |byte: &u8| options.dialect.newline_alternates && *byte == b'\n';
    for line in pattern.split(is_separator) {
        let mut parser = Parser {
            pattern: line,
            at: 0,
            dialect: options.dialect,
            utf8: options.utf8,
            groups,
            groups_before: groups,
            completed: Vec::new(),
            depth: 0,
            has_back_references: false,
        };
        lines.push(parser.alternatives()?);
        groups = parser.groups;
        has_back_references |= parser.has_back_references;
    }
    Ok(Pattern {
        root: bounded(Node::alternate(lines), options.bounds),
        groups,
        has_back_references,
    })
}

/// Texts as a pattern, the longest first.
pub(crate) fn texts<'t>(texts: impl Iterator<Item = &'t [u8]>, options: &Options) -> Pattern {
    let mut texts: Vec<&[u8]> = texts.collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts.dedup();
    let nodes = texts.into_iter().map(|text| letters(text, options.utf8));
    Pattern {
        root: bounded(Node::alternate(nodes.collect()), options.bounds),
        groups: 0,
        has_back_references: false,
    }
}

fn letters(mut text: &[u8], utf8: bool) -> Node {
    let mut nodes = Vec::new();
    while !text.is_empty() {
        let (letter, length) = first_letter(text, utf8);
        nodes.push(Node::Letter(letter));
        text = &text[length..];
    }
    Node::concat(nodes)
}

fn bounded(root: Node, bounds: Bounds) -> Node {
    let (before, after) = match bounds {
        Bounds::None => return root,
        Bounds::Word => (Look::NoWordBefore, Look::NoWordAfter),
        Bounds::Line => (Look::LineStart, Look::LineEnd),
    };
    Node::Concat(vec![Node::Look(before), root, Node::Look(after)])
}

/// What stands next in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    End,
    Letter(Letter),
    Any,
    Bracket,
    Open,
    Close,
    Bar,
    Star,
    Plus,
    Question,
    Brace,
    Look(Look),
    Class(Class, bool),
    BackReference(usize),
    TrailingBackslash,
}

struct Parser<'a> {
    pattern: &'a [u8],
    at: usize,
    dialect: Dialect,
    utf8: bool,
    groups: usize,
    /// The groups of the lines before, which numbers don't count.
    groups_before: usize,
    /// The groups that are closed, which can be referred to.
    completed: Vec<usize>,
    depth: usize,
    has_back_references: bool,
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Result<Node, Error> {
        let completed_before = self.completed.clone();
        let mut branches = vec![self.branch()?];
        while self.peek().0 == Token::Bar {
            self.next();
            // One alternative can't refer to the groups of another.
            let completed = std::mem::replace(&mut self.completed, completed_before.clone());
            branches.push(self.branch()?);
            self.completed.extend(completed);
        }
        Ok(Node::alternate(branches))
    }

    fn branch(&mut self) -> Result<Node, Error> {
        let mut nodes = Vec::new();
        loop {
            match self.peek().0 {
                Token::End | Token::Bar => break,
                Token::Close if self.depth > 0 => break,
                _ => {
                    let node = self.piece()?;
                    if !matches!(node, Node::Empty) {
                        nodes.push(node);
                    }
                }
            }
        }
        Ok(Node::concat(nodes))
    }

    /// An atom and its repetitions.
    fn piece(&mut self) -> Result<Node, Error> {
        let token = self.next();
        let mut node = match token {
            Token::Letter(letter) => Node::Letter(letter),
            Token::Any => Node::Any,
            Token::Bracket => Node::Set(self.bracket()?),
            Token::Class(class, negated) => Node::Set(Set::class(class, negated)),
            Token::Open => self.group()?,
            Token::BackReference(number) => self.back_reference(number)?,
            Token::TrailingBackslash => return Err(Error::TrailingBackslash),
            // Nothing repeats an anchor, or just `^` in grep: what follows stands at a beginning.
            Token::Look(look) if look == Look::LineStart || !self.dialect.repeats_anchors => {
                return Ok(Node::Look(look));
            }
            Token::Look(look) => Node::Look(look),
            Token::Close if self.dialect.lenient_closing => letter(b')'),
            Token::Close => return Err(Error::UnmatchedClosing),
            Token::Star | Token::Plus | Token::Question | Token::Brace => {
                match self.leading(token)? {
                    Some(node) => node,
                    None => return Ok(Node::Empty),
                }
            }
            Token::End | Token::Bar => Node::Empty,
        };
        loop {
            let (minimum, maximum) = match self.peek().0 {
                Token::Star => (0, None),
                Token::Plus => (1, None),
                Token::Question => (0, Some(1)),
                Token::Brace => {
                    let before = self.at;
                    self.next();
                    match self.interval()? {
                        Some(bounds) => {
                            node = self.repeat(node, bounds.0, bounds.1);
                            self.forbid_second_repetition()?;
                            continue;
                        }
                        None => {
                            self.at = before;
                            break;
                        }
                    }
                }
                _ => break,
            };
            self.next();
            node = self.repeat(node, minimum, maximum);
            self.forbid_second_repetition()?;
        }
        Ok(node)
    }

    fn forbid_second_repetition(&self) -> Result<(), Error> {
        match self.peek().0 {
            Token::Star | Token::Brace if self.dialect.strict_repetitions => {
                Err(Error::InvalidPreceding)
            }
            _ => Ok(()),
        }
    }

    fn repeat(&self, node: Node, minimum: u32, maximum: Option<u32>) -> Node {
        match (node, minimum, maximum) {
            (Node::Repeat(inner, least, None), 0, None) if least <= 1 => {
                Node::Repeat(inner, 0, None)
            }
            (node, 1, Some(1)) => node,
            (node, minimum, maximum) => Node::Repeat(Box::new(node), minimum, maximum),
        }
    }

    /// A repetition with nothing before it.
    fn leading(&mut self, token: Token) -> Result<Option<Node>, Error> {
        match self.dialect.leading_repetition {
            Leading::Error => Err(Error::InvalidPreceding),
            Leading::Skipped if token == Token::Brace => {
                if self.interval()?.is_none() {
                    return Ok(Some(letter(b'{')));
                }
                Ok(None)
            }
            Leading::Skipped => Ok(None),
            Leading::Literal if token == Token::Brace && self.dialect.strict_repetitions => {
                Err(Error::InvalidPreceding)
            }
            Leading::Literal => Ok(Some(letter(self.pattern[self.at - 1]))),
        }
    }

    fn group(&mut self) -> Result<Node, Error> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Error::TooBig);
        }
        self.groups += 1;
        let number = self.groups;
        let inner = self.alternatives()?;
        if self.next() != Token::Close {
            return Err(Error::UnmatchedOpening);
        }
        self.depth -= 1;
        self.completed.push(number);
        Ok(Node::Group(Box::new(inner), number))
    }

    fn back_reference(&mut self, number: usize) -> Result<Node, Error> {
        let number = number + self.groups_before;
        if !self.completed.contains(&number) {
            return Err(Error::InvalidBackReference);
        }
        self.has_back_references = true;
        Ok(Node::BackReference(number))
    }

    /// The bounds of an interval whose brace is read, or nothing when it is none and stands for itself.
    fn interval(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let start = self.at;
        let least = self.number();
        let read = match (least, self.pattern.get(self.at)) {
            (Some(least), Some(b',')) => {
                self.at += 1;
                Some((least, self.number()))
            }
            (Some(least), _) => Some((least, Some(least))),
            (None, Some(b',')) => {
                self.at += 1;
                Some((0, self.number()))
            }
            (None, _) => None,
        };
        if let Some((least, most)) = read.filter(|_| self.closes_interval()) {
            if most.is_some_and(|most| least > most) {
                return Err(Error::InvalidInterval);
            }
            if most.unwrap_or(least) > REPETITIONS_MAX {
                return Err(Error::TooBig);
            }
            return Ok(Some((least, most)));
        }
        if self.dialect.lenient_braces {
            self.at = start;
            return Ok(None);
        }
        let end = self.interval_end();
        match self.pattern[self.at..]
            .windows(end.len())
            .any(|two| two == end)
        {
            true => Err(Error::InvalidInterval),
            false => Err(Error::UnmatchedBrace),
        }
    }

    fn interval_end(&self) -> &'static [u8] {
        match self.dialect.backslash_braces {
            true => b"\\}",
            false => b"}",
        }
    }

    fn closes_interval(&mut self) -> bool {
        let end = self.interval_end();
        let closes = self.pattern[self.at..].starts_with(end);
        if closes {
            self.at += end.len();
        }
        closes
    }

    fn number(&mut self) -> Option<u32> {
        let start = self.at;
        let mut value = 0_u32;
        while let Some(digit) = self
            .pattern
            .get(self.at)
            .filter(|byte| byte.is_ascii_digit())
        {
            value = value
                .saturating_mul(10)
                .saturating_add((digit - b'0').into());
            self.at += 1;
        }
        (self.at > start).then_some(value)
    }

    fn next(&mut self) -> Token {
        let (token, length) = self.peek();
        self.at += length;
        token
    }

    /// The next token and its length.
    fn peek(&self) -> (Token, usize) {
        let rest = &self.pattern[self.at..];
        let Some(byte) = rest.first() else {
            return (Token::End, 0);
        };
        let plain = self.dialect;
        let token = match byte {
            b'\\' => return self.peek_escape(rest),
            b'.' => Token::Any,
            b'[' => Token::Bracket,
            b'*' => Token::Star,
            b'+' if !plain.backslash_plus => Token::Plus,
            b'?' if !plain.backslash_plus => Token::Question,
            b'{' if plain.intervals && !plain.backslash_braces => Token::Brace,
            b'(' if !plain.backslash_groups => Token::Open,
            b')' if !plain.backslash_groups => Token::Close,
            b'|' if !plain.backslash_bar => Token::Bar,
            b'^' if self.caret_anchors() => Token::Look(Look::LineStart),
            b'$' if self.dollar_anchors() => Token::Look(Look::LineEnd),
            _ => {
                let (letter, length) = first_letter(rest, self.utf8);
                return (Token::Letter(letter), length);
            }
        };
        (token, 1)
    }

    fn peek_escape(&self, rest: &[u8]) -> (Token, usize) {
        let plain = self.dialect;
        let Some(byte) = rest.get(1) else {
            return (Token::TrailingBackslash, 1);
        };
        let token = match byte {
            b'(' if plain.backslash_groups => Token::Open,
            b')' if plain.backslash_groups => Token::Close,
            b'|' if plain.backslash_bar => Token::Bar,
            b'{' if plain.intervals && plain.backslash_braces => Token::Brace,
            b'+' if plain.backslash_plus => Token::Plus,
            b'?' if plain.backslash_plus => Token::Question,
            b'1'..=b'9' if plain.back_references => Token::BackReference((byte - b'0').into()),
            b'w' => Token::Class(Class::Word, false),
            b'W' => Token::Class(Class::Word, true),
            b's' => Token::Class(Class::Space, false),
            b'S' => Token::Class(Class::Space, true),
            b'<' => Token::Look(Look::WordStart),
            b'>' => Token::Look(Look::WordEnd),
            b'b' if !plain.awk_escapes => Token::Look(Look::WordEdge),
            b'y' if plain.awk_escapes => Token::Look(Look::WordEdge),
            b'B' => Token::Look(Look::NotWordEdge),
            b'`' => Token::Look(Look::TextStart),
            b'\'' => Token::Look(Look::TextEnd),
            _ => {
                let (letter, length) = first_letter(&rest[1..], self.utf8);
                return (Token::Letter(letter), length + 1);
            }
        };
        (token, 2)
    }

    /// In a basic expression `^` is an anchor only where one can begin.
    fn caret_anchors(&self) -> bool {
        let before = &self.pattern[..self.at];
        self.dialect.anchors_anywhere
            || before.is_empty()
            || before.ends_with(b"\\(")
            || before.ends_with(b"\\|")
    }

    fn dollar_anchors(&self) -> bool {
        let after = &self.pattern[self.at + 1..];
        self.dialect.anchors_anywhere
            || after.is_empty()
            || after.starts_with(b"\\)")
            || after.starts_with(b"\\|")
    }

    /// A bracket expression whose `[` is read.
    fn bracket(&mut self) -> Result<Set, Error> {
        let mut set = Set::default();
        if self.pattern.get(self.at) == Some(&b'^') {
            set.negated = true;
            self.at += 1;
        }
        let start = self.at;
        loop {
            match self.pattern.get(self.at) {
                None if self.at == start => return Err(Error::Invalid),
                None => return Err(Error::UnmatchedBracket),
                Some(b']') if self.at > start => break,
                _ => self.element(&mut set)?,
            }
        }
        self.at += 1;
        Ok(set)
    }

    /// One character, range or class.
    fn element(&mut self, set: &mut Set) -> Result<(), Error> {
        if self.dialect.classes
            && self.pattern[self.at..].starts_with(b"[:")
            && let Some(name) = self.enclosed(b':')
        {
            let class = Class::named(&name).ok_or(Error::InvalidClass)?;
            set.classes.push(class);
            return Ok(());
        }
        let first = self.endpoint()?;
        let is_range = self.pattern.get(self.at) == Some(&b'-')
            && self
                .pattern
                .get(self.at + 1)
                .is_some_and(|next| *next != b']');
        if !is_range {
            set.add(first);
            return Ok(());
        }
        self.at += 1;
        let last = self.endpoint()?;
        match (first, last) {
            // glibc knows no order among them in C.UTF-8; gawk goes by their codes.
            (Letter::Char(first), Letter::Char(last))
                if !self.dialect.awk_escapes && !(first.is_ascii() && last.is_ascii()) =>
            {
                Err(Error::InvalidCollation)
            }
            (Letter::Char(first), Letter::Char(last)) if first <= last => {
                set.ranges.push((first.into(), last.into()));
                Ok(())
            }
            (Letter::Byte(first), Letter::Byte(last)) if first <= last => {
                set.bytes.extend(first..=last);
                Ok(())
            }
            (Letter::Char(first), Letter::Byte(last)) if !self.utf8 => {
                set.ranges.push((first.into(), 127));
                set.bytes.extend(128..=last);
                Ok(())
            }
            _ => Err(Error::InvalidRange),
        }
    }

    /// A character of a bracket expression, or `[.x.]`, or `[=x=]`.
    fn endpoint(&mut self) -> Result<Letter, Error> {
        let rest = &self.pattern[self.at..];
        if self.dialect.classes && (rest.starts_with(b"[.") || rest.starts_with(b"[=")) {
            let name = self.enclosed(rest[1]).ok_or(Error::UnmatchedBracket)?;
            let (letter, length) = first_letter(&name, self.utf8);
            // C.UTF-8 has no collating elements with names.
            return match length == name.len() && length > 0 {
                true => Ok(letter),
                false => Err(Error::InvalidCollation),
            };
        }
        if self.dialect.backslash_in_brackets && rest.len() > 1 && rest[0] == b'\\' {
            self.at += 1;
        }
        let rest = &self.pattern[self.at..];
        let (letter, length) = first_letter(rest, self.utf8);
        if length == 0 {
            return Err(Error::UnmatchedBracket);
        }
        self.at += length;
        Ok(letter)
    }

    /// What stands between `[:` and `:]`, which is skipped; nothing when it isn't closed.
    fn enclosed(&mut self, mark: u8) -> Option<Vec<u8>> {
        let rest = &self.pattern[self.at + 2..];
        let length = rest.windows(2).position(|two| two == [mark, b']'])?;
        self.at += length + 4;
        Some(rest[..length].to_vec())
    }
}

fn letter(byte: u8) -> Node {
    Node::Letter(Letter::Char(byte.into()))
}

/// The first character of text, or its first byte when that is none, and its length.
pub(crate) fn first_letter(text: &[u8], utf8: bool) -> (Letter, usize) {
    let Some(byte) = text.first().copied() else {
        return (Letter::Byte(0), 0);
    };
    if byte < 128 {
        return (Letter::Char(byte.into()), 1);
    }
    let length = match byte {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let decoded = (utf8 && text.len() >= length)
        .then(|| std::str::from_utf8(&text[..length]).ok())
        .flatten()
        .and_then(|text| text.chars().next());
    match decoded {
        Some(c) => (Letter::Char(c), length),
        None => (Letter::Byte(byte), 1),
    }
}
