//! What a tree says about how it can be matched.

use crate::Options;
use crate::set::Set;
use crate::tree::{Letter, Look, Node, Pattern};

/// How big a tree may be once its intervals are written out.
const SIZE_MAX: u64 = 1 << 20;

pub(crate) struct Facts {
    /// Text that isn't all ASCII needs an engine of its own.
    pub(crate) needs_unicode: bool,
    /// The first alternative need not be the longest: the end of a match has to be sought apart.
    pub(crate) priority_matters: bool,
    /// Which alternative matches decides what groups hold.
    pub(crate) ambiguous_groups: bool,
    pub(crate) too_big: bool,
}

impl Facts {
    pub(crate) fn of(pattern: &Pattern, options: &Options) -> Self {
        let mut variables = Vec::new();
        let overlap = collect(&pattern.root, &mut variables);
        let pairs = variables
            .iter()
            .enumerate()
            .any(|(at, one)| variables[at + 1..].iter().any(|other| one.overlaps(other)));
        Self {
            needs_unicode: options.utf8 && needs_unicode(&pattern.root, options.ignore_case),
            priority_matters: overlap || pairs,
            ambiguous_groups: overlap && pattern.groups > 0,
            too_big: size(&pattern.root) > SIZE_MAX,
        }
    }
}

fn needs_unicode(node: &Node, ignore_case: bool) -> bool {
    match node {
        Node::Empty | Node::BackReference(_) => false,
        Node::Letter(Letter::Char(c)) => ignore_case && (c.is_alphabetic() || !c.is_ascii()),
        Node::Letter(Letter::Byte(_)) => false,
        Node::Any => true,
        Node::Set(set) => ignore_case || !set.is_plain_ascii(),
        Node::Look(look) => !matches!(
            look,
            Look::LineStart | Look::LineEnd | Look::TextStart | Look::TextEnd
        ),
        Node::Group(inner, _) | Node::Repeat(inner, ..) => needs_unicode(inner, ignore_case),
        Node::Concat(nodes) | Node::Alternate(nodes) => {
            nodes.iter().any(|node| needs_unicode(node, ignore_case))
        }
    }
}

/// The number of instructions a tree becomes.
pub(crate) fn size(node: &Node) -> u64 {
    match node {
        Node::Group(inner, _) => size(inner) + 2,
        Node::Repeat(inner, least, most) => {
            let times = u64::from(most.unwrap_or(*least).max(1));
            (size(inner) + 1).saturating_mul(times)
        }
        Node::Concat(nodes) | Node::Alternate(nodes) => nodes
            .iter()
            .fold(1_u64, |sum, node| sum.saturating_add(size(node))),
        _ => 1,
    }
}

/// A set of bytes, any above ASCII standing for all of them.
#[derive(Clone, Copy, Default)]
struct Alphabet(u128, bool);

impl Alphabet {
    const ALL: Self = Self(u128::MAX, true);

    fn overlaps(&self, other: &Self) -> bool {
        self.0 & other.0 != 0 || (self.1 && other.1)
    }

    fn join(self, other: Self) -> Self {
        Self(self.0 | other.0, self.1 || other.1)
    }

    fn of_letter(letter: Letter) -> Self {
        match letter {
            Letter::Char(c) if c.is_ascii() => {
                let both = [c.to_ascii_lowercase(), c.to_ascii_uppercase()];
                Self(
                    both.iter().fold(0, |bits, c| bits | 1 << (*c as u32)),
                    false,
                )
            }
            _ => Self(0, true),
        }
    }

    fn of_set(set: &Set) -> Self {
        let bits = (0..128_u8)
            .filter(|byte| set.matches(Letter::Char((*byte).into()), true))
            .fold(0, |bits, byte| bits | 1 << byte);
        Self(bits, !set.is_plain_ascii())
    }
}

/// Every byte that a match of a node may hold.
fn alphabet(node: &Node) -> Alphabet {
    match node {
        Node::Empty | Node::Look(_) => Alphabet::default(),
        Node::Letter(letter) => Alphabet::of_letter(*letter),
        Node::Any | Node::BackReference(_) => Alphabet::ALL,
        Node::Set(set) => Alphabet::of_set(set),
        Node::Group(inner, _) | Node::Repeat(inner, ..) => alphabet(inner),
        Node::Concat(nodes) | Node::Alternate(nodes) => nodes
            .iter()
            .map(alphabet)
            .fold(Alphabet::default(), Alphabet::join),
    }
}

/// What a match of a node can begin with, and whether it can be empty.
fn first(node: &Node) -> (Alphabet, bool) {
    match node {
        Node::Empty | Node::Look(_) => (Alphabet::default(), true),
        Node::Group(inner, _) => first(inner),
        Node::Repeat(inner, least, _) => {
            let (begin, empty) = first(inner);
            (begin, empty || *least == 0)
        }
        Node::BackReference(_) => (Alphabet::ALL, true),
        Node::Concat(nodes) => {
            let mut begins = Alphabet::default();
            for node in nodes {
                let (begin, empty) = first(node);
                begins = begins.join(begin);
                if !empty {
                    return (begins, false);
                }
            }
            (begins, true)
        }
        Node::Alternate(nodes) => nodes.iter().map(first).fold(
            (Alphabet::default(), false),
            |(all, any_empty), (begin, empty)| (all.join(begin), any_empty || empty),
        ),
        node => (alphabet(node), false),
    }
}

/// Gathers the alphabets of everything of variable length; answers whether alternatives overlap.
fn collect(node: &Node, variables: &mut Vec<Alphabet>) -> bool {
    match node {
        Node::Group(inner, _) => collect(inner, variables),
        Node::Repeat(inner, least, most) => {
            if Some(*least) != *most {
                variables.push(alphabet(inner));
            }
            collect(inner, variables)
        }
        Node::Concat(nodes) => nodes
            .iter()
            .fold(false, |overlap, node| collect(node, variables) | overlap),
        Node::Alternate(nodes) => {
            variables.push(alphabet(node));
            alternatives_overlap(nodes)
                | nodes.iter().fold(false, |overlap, node| {
                    collect_branch(node, variables) | overlap
                })
        }
        _ => false,
    }
}

/// A branch's own variables don't follow the alternation, but what is inside it is examined.
fn collect_branch(node: &Node, variables: &mut Vec<Alphabet>) -> bool {
    let mut inside = Vec::new();
    let overlap = collect(node, &mut inside);
    let pairs = inside
        .iter()
        .enumerate()
        .any(|(at, one)| inside[at + 1..].iter().any(|other| one.overlaps(other)));
    if pairs {
        variables.extend([Alphabet::ALL; 2]);
    }
    overlap
}

fn alternatives_overlap(nodes: &[Node]) -> bool {
    let mut before = Alphabet::default();
    for (at, node) in nodes.iter().enumerate() {
        let (begin, empty) = first(node);
        if begin.overlaps(&before) || (empty && at + 1 < nodes.len()) {
            return true;
        }
        before = before.join(begin);
    }
    false
}
