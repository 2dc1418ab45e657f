//! A parsed pattern.

use crate::set::Set;

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Empty,
    /// A character of the text, or a byte that is none.
    Letter(Letter),
    Any,
    Set(Set),
    Look(Look),
    Group(Box<Node>, usize),
    BackReference(usize),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    /// How often at least and at most.
    Repeat(Box<Node>, u32, Option<u32>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letter {
    Char(char),
    Byte(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    WordStart,
    WordEnd,
    WordEdge,
    NotWordEdge,
    /// No word character before, none after: what `grep -w` asks for.
    NoWordBefore,
    NoWordAfter,
}

/// A pattern: its tree, and how many groups it has.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) root: Node,
    pub(crate) groups: usize,
    pub(crate) has_back_references: bool,
}

impl Node {
    pub(crate) fn concat(mut nodes: Vec<Node>) -> Node {
        match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Concat(nodes),
        }
    }

    /// The text it stands for, if that is all it matches.
    pub(crate) fn plain_text(&self) -> Option<Vec<u8>> {
        match self {
            Node::Empty => Some(Vec::new()),
            Node::Letter(Letter::Byte(byte)) => Some(vec![*byte]),
            Node::Letter(Letter::Char(c)) => Some(c.to_string().into_bytes()),
            Node::Concat(nodes) => nodes
                .iter()
                .map(Node::plain_text)
                .collect::<Option<Vec<_>>>()
                .map(|texts| texts.concat()),
            _ => None,
        }
    }

    pub(crate) fn alternate(mut nodes: Vec<Node>) -> Node {
        match nodes.len() {
            1 => nodes.remove(0),
            _ => Node::Alternate(nodes),
        }
    }
}
