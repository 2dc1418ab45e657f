//! Trees to the syntax of `regex-automata`.

use crate::set::Set;
use crate::tree::{Letter, Look, Node, Pattern};
use crate::{Newline, Options};
use regex_syntax::hir::{
    self, Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir,
    HirKind, Repetition,
};

/// What an engine may take for granted about the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// Bytes, or characters that are all ASCII.
    Bytes,
    Unicode,
}

pub(crate) fn lower(pattern: &Pattern, options: &Options, text: Text, captures: bool) -> Hir {
    let lowering = Lowering {
        options,
        text,
        captures,
        groups: groups(pattern),
    };
    lowering.node(&pattern.root)
}

/// The groups that are referred to, by number: a reference is lowered to what its group can match.
fn groups(pattern: &Pattern) -> Vec<Option<&Node>> {
    let mut found = vec![None; pattern.groups + 1];
    if pattern.has_back_references {
        find_groups(&pattern.root, &mut found);
    }
    found
}

fn find_groups<'a>(node: &'a Node, found: &mut Vec<Option<&'a Node>>) {
    match node {
        Node::Group(inner, number) => {
            found[*number] = Some(inner);
            find_groups(inner, found);
        }
        Node::Repeat(inner, ..) => find_groups(inner, found),
        Node::Concat(nodes) | Node::Alternate(nodes) => {
            for node in nodes {
                find_groups(node, found);
            }
        }
        _ => {}
    }
}

struct Lowering<'a> {
    options: &'a Options,
    text: Text,
    captures: bool,
    groups: Vec<Option<&'a Node>>,
}

impl Lowering<'_> {
    fn node(&self, node: &Node) -> Hir {
        match node {
            Node::Empty => Hir::empty(),
            Node::Letter(letter) => self.letter(*letter),
            Node::Any => self.any(),
            Node::Set(set) => self.set(set),
            Node::Look(look) => Hir::look(self.look(*look)),
            Node::Group(inner, number) if self.captures => Hir::capture(Capture {
                index: u32::try_from(*number).unwrap_or(u32::MAX),
                name: None,
                sub: Box::new(self.node(inner)),
            }),
            Node::Group(inner, _) => self.node(inner),
            Node::BackReference(number) => self.reference(*number),
            Node::Concat(nodes) => Hir::concat(nodes.iter().map(|node| self.node(node)).collect()),
            Node::Alternate(nodes) => {
                Hir::alternation(nodes.iter().map(|node| self.node(node)).collect())
            }
            Node::Repeat(inner, min, max) => Hir::repetition(Repetition {
                min: *min,
                max: *max,
                greedy: true,
                sub: Box::new(self.node(inner)),
            }),
        }
    }

    /// More than the reference matches: the backtracking matcher decides. A reference inside what is referred to is anything.
    fn reference(&self, number: usize) -> Hir {
        match self.groups.get(number) {
            Some(Some(inner)) if !holds_reference(inner) => Lowering {
                options: self.options,
                text: self.text,
                captures: false,
                groups: Vec::new(),
            }
            .node(inner),
            _ => Hir::repetition(Repetition {
                min: 0,
                max: None,
                greedy: true,
                sub: Box::new(Hir::dot(hir::Dot::AnyByte)),
            }),
        }
    }

    fn letter(&self, letter: Letter) -> Hir {
        match letter {
            Letter::Byte(byte) => Hir::literal([byte]),
            Letter::Char(c) if self.options.ignore_case => self.folded(c),
            Letter::Char(c) => Hir::literal(c.to_string().into_bytes()),
        }
    }

    fn folded(&self, c: char) -> Hir {
        let mut set = Set::default();
        set.add(Letter::Char(c));
        match self.text {
            Text::Bytes if !c.is_ascii() => Hir::literal(c.to_string().into_bytes()),
            _ => self.set(&set),
        }
    }

    fn any(&self) -> Hir {
        let nothing = Set {
            negated: true,
            ..Set::default()
        };
        self.set(&nothing)
    }

    fn set(&self, set: &Set) -> Hir {
        match self.text {
            Text::Bytes => Hir::class(Class::Bytes(self.bytes(set))),
            Text::Unicode => {
                let class = Hir::class(Class::Unicode(self.characters(set)));
                if set.bytes.is_empty() || set.negated {
                    return class;
                }
                let bytes = set
                    .bytes
                    .iter()
                    .map(|byte| ClassBytesRange::new(*byte, *byte));
                let bytes = Hir::class(Class::Bytes(ClassBytes::new(bytes)));
                Hir::alternation(vec![class, bytes])
            }
        }
    }

    fn bytes(&self, set: &Set) -> ClassBytes {
        let ranges = set
            .ranges
            .iter()
            .filter(|(first, _)| *first < 128)
            .map(|(first, last)| ClassBytesRange::new(*first as u8, (*last).min(127) as u8));
        let mut class = ClassBytes::new(ranges);
        for byte in &set.bytes {
            class.push(ClassBytesRange::new(*byte, *byte));
        }
        for (first, last) in set.classes.iter().flat_map(|class| class.ascii()) {
            class.push(ClassBytesRange::new(*first, *last));
        }
        if self.options.ignore_case {
            class.case_fold_simple();
        }
        if set.negated {
            class.negate();
        }
        if let Some(byte) = self.excluded(set) {
            class.difference(&ClassBytes::new([ClassBytesRange::new(byte, byte)]));
        }
        class
    }

    fn characters(&self, set: &Set) -> ClassUnicode {
        let ranges = set.ranges.iter().filter_map(|(first, last)| {
            Some(ClassUnicodeRange::new(
                char::from_u32(*first)?,
                char::from_u32(*last)?,
            ))
        });
        let mut class = ClassUnicode::new(ranges);
        for (first, last) in set.classes.iter().flat_map(|class| class.ascii()) {
            class.push(ClassUnicodeRange::new((*first).into(), (*last).into()));
        }
        for text in set.classes.iter().filter_map(|class| class.beyond_ascii()) {
            class.union(&unicode_class(text));
        }
        if self.options.ignore_case {
            let _ = class.try_case_fold_simple();
        }
        if set.negated {
            class.negate();
        }
        if let Some(byte) = self.excluded(set) {
            let c = char::from(byte);
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new(c, c)]));
        }
        class
    }

    /// The byte that a set never matches.
    fn excluded(&self, set: &Set) -> Option<u8> {
        match self.options.newline {
            Newline::Ordinary => None,
            Newline::Anchors => set.negated.then_some(b'\n'),
            Newline::Separates(byte) => Some(byte),
        }
    }

    fn look(&self, look: Look) -> hir::Look {
        let whole = self.options.newline == Newline::Ordinary;
        let lines = matches!(self.options.newline, Newline::Separates(_));
        let ascii = self.text == Text::Bytes;
        match look {
            Look::LineStart if whole => hir::Look::Start,
            Look::LineEnd if whole => hir::Look::End,
            Look::LineStart => hir::Look::StartLF,
            Look::LineEnd => hir::Look::EndLF,
            Look::TextStart if lines => hir::Look::StartLF,
            Look::TextEnd if lines => hir::Look::EndLF,
            Look::TextStart => hir::Look::Start,
            Look::TextEnd => hir::Look::End,
            Look::WordStart if ascii => hir::Look::WordStartAscii,
            Look::WordEnd if ascii => hir::Look::WordEndAscii,
            Look::WordEdge if ascii => hir::Look::WordAscii,
            Look::NotWordEdge if ascii => hir::Look::WordAsciiNegate,
            Look::NoWordBefore if ascii => hir::Look::WordStartHalfAscii,
            Look::NoWordAfter if ascii => hir::Look::WordEndHalfAscii,
            Look::WordStart => hir::Look::WordStartUnicode,
            Look::WordEnd => hir::Look::WordEndUnicode,
            Look::WordEdge => hir::Look::WordUnicode,
            Look::NotWordEdge => hir::Look::WordUnicodeNegate,
            Look::NoWordBefore => hir::Look::WordStartHalfUnicode,
            Look::NoWordAfter => hir::Look::WordEndHalfUnicode,
        }
    }
}

fn holds_reference(node: &Node) -> bool {
    match node {
        Node::BackReference(_) => true,
        Node::Group(inner, _) | Node::Repeat(inner, ..) => holds_reference(inner),
        Node::Concat(nodes) | Node::Alternate(nodes) => nodes.iter().any(holds_reference),
        _ => false,
    }
}

/// A class written as the `regex` crate reads it.
fn unicode_class(text: &str) -> ClassUnicode {
    match regex_syntax::parse(text).map(Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        _ => ClassUnicode::empty(),
    }
}
