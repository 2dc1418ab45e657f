//! Patterns of `case`, `[[ == ]]`, `${x#…}` and file names: `*`, `?`, `[…]` with classes, and the extended forms `@(…)`, `!(…)`, `*(…)`, `+(…)`, `?(…)`. OWNER: expand.
//!
//! A pattern is matched without blowing up: every node takes the set of places where a match may have come so far to the set of places
//! where it may go on, so the time is a polynomial of the lengths whatever a script writes.

mod bracket;

pub use bracket::Bracket;

use crate::text::Text;

/// A pattern, made from expanded pieces of which some were quoted.
#[derive(Clone, Debug, Default)]
pub struct Pattern {
    nodes: Vec<Node>,
    nocase: bool,
    /// What the pattern stands for when nothing in it is special.
    literal: Option<Text>,
}

/// How a pattern is matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matching {
    pub extglob: bool,
    pub nocase: bool,
}

#[derive(Clone, Debug)]
enum Node {
    Char(char),
    /// `?`
    Any,
    /// `*`
    Star,
    Bracket(Bracket),
    /// `kind(alternative|alternative…)`
    Group(GroupKind, Vec<Vec<Node>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GroupKind {
    Once,
    Optional,
    Star,
    Plus,
    Not,
}

/// How deep groups may be nested; deeper ones are taken literally.
const MAX_DEPTH: usize = 64;

impl Pattern {
    /// From text in which a backslash quotes the next character.
    pub fn new(text: &str, matching: Matching) -> Pattern {
        let mut compiler = Compiler {
            text,
            at: 0,
            matching,
            depth: 0,
        };
        let nodes = compiler.sequence();
        let literal = literal_of(&nodes);
        Pattern {
            nodes,
            nocase: matching.nocase,
            literal,
        }
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        match &self.literal {
            Some(literal) if !self.nocase => **literal == *text,
            _ => self.run(text, 0, Direction::Forward).contains(text.len()),
        }
    }

    /// Length in bytes of the shortest or the longest prefix that matches.
    pub fn prefix(&self, text: &str, longest: bool) -> Option<usize> {
        match &self.literal {
            Some(literal) if !self.nocase => text.starts_with(&**literal).then_some(literal.len()),
            _ => {
                let ends = self.run(text, 0, Direction::Forward);
                if longest { ends.last() } else { ends.first() }
            }
        }
    }

    /// Length in bytes of the shortest or the longest suffix that matches.
    pub fn suffix(&self, text: &str, longest: bool) -> Option<usize> {
        match &self.literal {
            Some(literal) if !self.nocase => text.ends_with(&**literal).then_some(literal.len()),
            _ => {
                let starts = self.run(text, text.len(), Direction::Backward);
                let start = if longest {
                    starts.first()
                } else {
                    starts.last()
                };
                start.map(|start| text.len() - start)
            }
        }
    }

    /// The first, longest match at or behind a byte offset: start and end.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let rest = text.get(from..)?;
        if let (Some(literal), false) = (&self.literal, self.nocase) {
            return rest
                .find(&**literal)
                .map(|at| (from + at, from + at + literal.len()));
        }
        let only_once = matches!(self.nodes.first(), Some(Node::Star));
        let starts = rest.char_indices().map(|(at, _)| from + at);
        for start in starts.chain([text.len()]) {
            if self.can_begin(text, start)
                && let Some(end) = self.run(text, start, Direction::Forward).last()
            {
                return Some((start, end));
            }
            // What `*…` doesn't match from here, it doesn't match from further on.
            if only_once {
                return None;
            }
        }
        None
    }

    /// What the pattern stands for if nothing in it is special.
    pub fn literal(&self) -> Option<&str> {
        self.literal.as_deref()
    }

    /// Whether it begins with a dot of its own, as a name that begins with one has to be asked for.
    pub fn begins_with_dot(&self) -> bool {
        begins_with_dot(&self.nodes)
    }

    /// Whether a match can begin here, as far as the first node tells at once.
    fn can_begin(&self, text: &str, at: usize) -> bool {
        match self.nodes.first() {
            Some(Node::Char(c)) => next(text, at).is_some_and(|(d, _)| same(*c, d, self.nocase)),
            Some(Node::Bracket(bracket)) => {
                next(text, at).is_some_and(|(c, _)| bracket.contains(c, self.nocase))
            }
            _ => true,
        }
    }

    fn run(&self, text: &str, from: usize, direction: Direction) -> Places {
        let run = Run {
            text,
            nocase: self.nocase,
            direction,
        };
        run.sequence(&self.nodes, Places::one(from))
    }
}

fn literal_of(nodes: &[Node]) -> Option<Text> {
    let text: Option<String> = nodes
        .iter()
        .map(|node| match node {
            Node::Char(c) => Some(*c),
            _ => None,
        })
        .collect();
    text.map(Text::from)
}

fn begins_with_dot(nodes: &[Node]) -> bool {
    match nodes.first() {
        Some(Node::Char('.')) => true,
        Some(Node::Group(kind, alternatives)) if *kind != GroupKind::Not => {
            alternatives.iter().any(|nodes| begins_with_dot(nodes))
                || (matches!(kind, GroupKind::Optional | GroupKind::Star)
                    && nodes.get(1..).is_some_and(begins_with_dot))
        }
        _ => false,
    }
}

pub fn same(a: char, b: char, nocase: bool) -> bool {
    a == b || (nocase && fold(a) == fold(b))
}

/// A character without its case.
fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) => single,
        _ => c,
    }
}

fn next(text: &str, at: usize) -> Option<(char, usize)> {
    let c = text.get(at..)?.chars().next()?;
    Some((c, at + c.len_utf8()))
}

fn previous(text: &str, at: usize) -> Option<(char, usize)> {
    let c = text.get(..at)?.chars().next_back()?;
    Some((c, at - c.len_utf8()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

/// Byte offsets, sorted, none twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Places(Vec<usize>);

impl Places {
    fn one(place: usize) -> Places {
        Places(vec![place])
    }

    fn from(mut places: Vec<usize>) -> Places {
        places.sort_unstable();
        places.dedup();
        Places(places)
    }

    fn first(&self) -> Option<usize> {
        self.0.first().copied()
    }

    fn last(&self) -> Option<usize> {
        self.0.last().copied()
    }

    fn contains(&self, place: usize) -> bool {
        self.0.binary_search(&place).is_ok()
    }

    fn union(self, other: Places) -> Places {
        if other.0.is_empty() {
            return self;
        }
        let mut all = self.0;
        all.extend(other.0);
        Places::from(all)
    }
}

/// One attempt to match.
struct Run<'a> {
    text: &'a str,
    nocase: bool,
    direction: Direction,
}

impl Run<'_> {
    fn sequence(&self, nodes: &[Node], mut places: Places) -> Places {
        for at in 0..nodes.len() {
            let index = match self.direction {
                Direction::Forward => at,
                Direction::Backward => nodes.len() - 1 - at,
            };
            let Some(node) = nodes.get(index) else { break };
            places = self.node(node, places);
            if places.0.is_empty() {
                break;
            }
        }
        places
    }

    fn node(&self, node: &Node, places: Places) -> Places {
        match node {
            Node::Char(c) => self.step(&places, |d| same(*c, d, self.nocase)),
            Node::Any => self.step(&places, |_| true),
            Node::Bracket(bracket) => self.step(&places, |c| bracket.contains(c, self.nocase)),
            Node::Star => self.everything_from(&places),
            Node::Group(kind, alternatives) => self.group(*kind, alternatives, places),
        }
    }

    fn step(&self, places: &Places, accept: impl Fn(char) -> bool) -> Places {
        let stepped = places.0.iter().filter_map(|&place| {
            let (c, to) = self.next(place)?;
            accept(c).then_some(to)
        });
        // Steps keep the order.
        Places(stepped.collect())
    }

    fn next(&self, place: usize) -> Option<(char, usize)> {
        match self.direction {
            Direction::Forward => next(self.text, place),
            Direction::Backward => previous(self.text, place),
        }
    }

    /// Every place at or beyond the nearest of these.
    fn everything_from(&self, places: &Places) -> Places {
        let all = match self.direction {
            Direction::Forward => places
                .first()
                .map(|from| (from..=self.text.len()).collect::<Vec<_>>()),
            Direction::Backward => places.last().map(|to| (0..=to).collect()),
        };
        let mut all = all.unwrap_or_default();
        all.retain(|&place| self.text.is_char_boundary(place));
        Places(all)
    }

    fn group(&self, kind: GroupKind, alternatives: &[Vec<Node>], places: Places) -> Places {
        match kind {
            GroupKind::Once => self.any_of(alternatives, &places),
            GroupKind::Optional => {
                let once = self.any_of(alternatives, &places);
                places.union(once)
            }
            GroupKind::Plus => {
                let once = self.any_of(alternatives, &places);
                self.repeated(alternatives, once)
            }
            GroupKind::Star => self.repeated(alternatives, places),
            GroupKind::Not => self.none_of(alternatives, &places),
        }
    }

    fn any_of(&self, alternatives: &[Vec<Node>], places: &Places) -> Places {
        alternatives
            .iter()
            .fold(Places::default(), |all, alternative| {
                all.union(self.sequence(alternative, places.clone()))
            })
    }

    fn repeated(&self, alternatives: &[Vec<Node>], places: Places) -> Places {
        let mut all = places.clone();
        let mut fresh = places;
        while !fresh.0.is_empty() {
            let reached = self.any_of(alternatives, &fresh);
            fresh = Places(
                reached
                    .0
                    .into_iter()
                    .filter(|&place| !all.contains(place))
                    .collect(),
            );
            all = all.union(fresh.clone());
        }
        all
    }

    fn none_of(&self, alternatives: &[Vec<Node>], places: &Places) -> Places {
        let mut all = Places::default();
        for &place in &places.0 {
            let here = Places::one(place);
            let excluded = self.any_of(alternatives, &here);
            let mut reached = self.everything_from(&here);
            reached.0.retain(|&place| !excluded.contains(place));
            all = all.union(reached);
        }
        all
    }
}

struct Compiler<'a> {
    text: &'a str,
    at: usize,
    matching: Matching,
    depth: usize,
}

impl Compiler<'_> {
    /// Nodes up to the end, or inside of a group to its `|` or `)`.
    fn sequence(&mut self) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let Some((c, after)) = next(self.text, self.at) {
            if self.depth > 0 && (c == '|' || c == ')') {
                break;
            }
            if let Some(group) = self.group(c, after) {
                nodes.push(group);
                continue;
            }
            self.at = after;
            match c {
                '*' => {
                    if !matches!(nodes.last(), Some(Node::Star)) {
                        nodes.push(Node::Star);
                    }
                }
                '?' => nodes.push(Node::Any),
                '[' => match Bracket::parse(self.text, self.at) {
                    Some((bracket, end)) => {
                        self.at = end;
                        nodes.push(Node::Bracket(bracket));
                    }
                    None => nodes.push(Node::Char('[')),
                },
                '\\' => match next(self.text, self.at) {
                    Some((quoted, end)) => {
                        self.at = end;
                        nodes.push(Node::Char(quoted));
                    }
                    None => nodes.push(Node::Char('\\')),
                },
                c => nodes.push(Node::Char(c)),
            }
        }
        nodes
    }

    /// A group, if one begins with `c` here and is closed.
    fn group(&mut self, c: char, after: usize) -> Option<Node> {
        if !self.matching.extglob || self.depth >= MAX_DEPTH {
            return None;
        }
        let kind = match c {
            '@' => GroupKind::Once,
            '?' => GroupKind::Optional,
            '*' => GroupKind::Star,
            '+' => GroupKind::Plus,
            '!' => GroupKind::Not,
            _ => return None,
        };
        if !self.text.get(after..)?.starts_with('(') {
            return None;
        }
        let begin = self.at;
        self.at = after + 1;
        self.depth += 1;
        let mut alternatives = vec![self.sequence()];
        while self.text.get(self.at..)?.starts_with('|') {
            self.at += 1;
            alternatives.push(self.sequence());
        }
        self.depth -= 1;
        if self.text.get(self.at..)?.starts_with(')') {
            self.at += 1;
            Some(Node::Group(kind, alternatives))
        } else {
            // Nor does any other that is still open; and trying each again would take for ever.
            self.matching.extglob = false;
            self.at = begin;
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(
            text,
            Matching {
                extglob: true,
                nocase: false,
            },
        )
    }

    #[test]
    fn whole_texts() {
        for (text, matching, other) in [
            ("a*c", "abbc", "abd"),
            ("[[:digit:]]?", "1é", "a1"),
            ("[!a-c]", "d", "b"),
            ("*(ab|c)", "abcab", "aba"),
            ("!(*.o)", "a.c", "a.o"),
            ("+([0-9])", "123", ""),
            (r"\*", "*", "x"),
        ] {
            assert!(pattern(text).matches(matching), "{text} and {matching}");
            assert!(!pattern(text).matches(other), "{text} and {other}");
        }
    }

    #[test]
    fn ends() {
        assert_eq!(pattern("*/").prefix("a/b/c", false), Some(2));
        assert_eq!(pattern("*/").prefix("a/b/c", true), Some(4));
        assert_eq!(pattern(".*").suffix("a.b.c", false), Some(2));
        assert_eq!(pattern(".*").suffix("a.b.c", true), Some(4));
        assert_eq!(pattern("b+(c)").find("abccd", 0), Some((1, 4)));
    }
}
