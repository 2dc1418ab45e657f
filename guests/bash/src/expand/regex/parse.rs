//! The text of a regular expression to a tree.

use crate::pattern::Bracket;

/// A piece of an expression.
#[derive(Clone, Debug)]
pub enum Node {
    Empty,
    Char(char),
    Any,
    Set(Bracket),
    /// Nothing but a condition on the place.
    Assertion(Assertion),
    Group(usize, Box<Node>),
    All(Vec<Node>),
    Either(Vec<Node>),
    Repeat {
        node: Box<Node>,
        least: u32,
        most: Option<u32>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assertion {
    Start,
    End,
    WordStart,
    WordEnd,
    WordBoundary,
    NoWordBoundary,
}

/// POSIX's largest count.
const MOST: u32 = 0x7fff;
const MAX_DEPTH: u32 = 100;

/// The tree, and how many groups it has; nothing if the text is wrong.
pub fn parse(text: &str) -> Option<(Node, usize)> {
    let mut parser = Parser {
        text,
        at: 0,
        groups: 0,
        depth: 0,
    };
    let node = parser.either()?;
    (parser.at == text.len()).then_some((node, parser.groups))
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    groups: usize,
    /// Groups that are open.
    depth: u32,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn either(&mut self) -> Option<Node> {
        let mut alternatives = vec![self.all()?];
        while self.peek() == Some('|') {
            self.at += 1;
            alternatives.push(self.all()?);
        }
        Some(if alternatives.len() == 1 {
            alternatives.pop()?
        } else {
            Node::Either(alternatives)
        })
    }

    fn all(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || (c == ')' && self.depth > 0) {
                break;
            }
            let node = self.one()?;
            let node = self.repeated(node)?;
            nodes.push(node);
        }
        Some(if nodes.is_empty() {
            Node::Empty
        } else {
            Node::All(nodes)
        })
    }

    fn one(&mut self) -> Option<Node> {
        Some(match self.next()? {
            '\\' => self.escaped()?,
            '[' => {
                let (set, end) = Bracket::parse_posix(self.text, self.at)?;
                self.at = end;
                Node::Set(set)
            }
            '(' => {
                if self.depth >= MAX_DEPTH {
                    return None;
                }
                self.groups += 1;
                let number = self.groups;
                self.depth += 1;
                let inside = self.either()?;
                self.depth -= 1;
                if self.next() != Some(')') {
                    return None;
                }
                Node::Group(number, Box::new(inside))
            }
            '.' => Node::Any,
            '^' => Node::Assertion(Assertion::Start),
            '$' => Node::Assertion(Assertion::End),
            '*' | '+' | '?' | '{' => return None,
            c => Node::Char(c),
        })
    }

    fn escaped(&mut self) -> Option<Node> {
        let word = |negated: &str| {
            let text = format!("{negated}[:alnum:]_]");
            Bracket::parse_posix(&text, 0).map(|(set, _)| Node::Set(set))
        };
        let space = |negated: &str| {
            let text = format!("{negated}[:space:]]");
            Bracket::parse_posix(&text, 0).map(|(set, _)| Node::Set(set))
        };
        Some(match self.next()? {
            'w' => word("")?,
            'W' => word("^")?,
            's' => space("")?,
            'S' => space("^")?,
            'b' => Node::Assertion(Assertion::WordBoundary),
            'B' => Node::Assertion(Assertion::NoWordBoundary),
            '<' => Node::Assertion(Assertion::WordStart),
            '>' => Node::Assertion(Assertion::WordEnd),
            '`' => Node::Assertion(Assertion::Start),
            '\'' => Node::Assertion(Assertion::End),
            // What a group has matched can't be asked for without taking time for ever.
            '1'..='9' => return None,
            c => Node::Char(c),
        })
    }

    fn repeated(&mut self, mut node: Node) -> Option<Node> {
        for _ in 0..MAX_DEPTH {
            let (least, most) = match self.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => {
                    let (least, most, end) = self.interval()?;
                    self.at = end - 1;
                    (least, most)
                }
                _ => return Some(node),
            };
            self.at += 1;
            node = Node::Repeat {
                node: Box::new(node),
                least,
                most,
            };
        }
        None
    }

    /// `{2}`, `{2,}`, `{,3}`, `{2,3}`, and where it ends.
    fn interval(&self) -> Option<(u32, Option<u32>, usize)> {
        let inside = self.text.get(self.at + 1..)?;
        let length = inside.find('}')?;
        let end = self.at + 1 + length + 1;
        let inside = inside.get(..length)?;
        let (least, most) = match inside.split_once(',') {
            Some((least, most)) => (least, Some(most)),
            None => (inside, None),
        };
        let number = |text: &str| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u32>()
                .ok()
                .filter(|number| digits && *number <= MOST)
        };
        let low = if least.is_empty() && most.is_some() {
            0
        } else {
            number(least)?
        };
        let high = match most {
            None => Some(low),
            Some("") => None,
            Some(most) => Some(number(most)?),
        };
        if high.is_some_and(|high| high < low) {
            return None;
        }
        Some((low, high, end))
    }
}
