//! A persistent sparse array with a Merkle digest: the inode table and the chunks of a file.
//!
//! A radix tree of fan-out 16. A clone shares everything; a write copies only the branches on its path
//! that somebody else holds; a digest recomputes only what changed since the last one.

use std::sync::{Arc, OnceLock};

use crate::digest::{Digest, Fields};

const BITS: u32 = 4;
const FANOUT: usize = 1 << BITS;

/// What can stand in a [`Sparse`]: it knows its own digest, [`Digest::NOTHING`] when it equals absence.
pub trait Merkle: Clone {
    fn digest(&self) -> Digest;
}

/// A sparse array of `T`; cloning it is O(1).
#[derive(Clone, Debug)]
pub struct Sparse<T> {
    root: Option<Arc<Node<T>>>,
    /// Levels of branches above the leaves: indices below `FANOUT^height` fit.
    height: u32,
}

#[derive(Clone, Debug)]
enum Node<T> {
    Leaf(T),
    Branch(Branch<T>),
}

#[derive(Clone, Debug)]
struct Branch<T> {
    children: [Option<Arc<Node<T>>>; FANOUT],
    digest: OnceLock<Digest>,
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Sparse {
            root: None,
            height: 0,
        }
    }
}

impl<T: Merkle> Sparse<T> {
    pub fn get(&self, index: u64) -> Option<&T> {
        if !self.reaches(index) {
            return None;
        }
        let mut node = self.root.as_deref()?;
        let mut level = self.height;
        loop {
            match node {
                Node::Leaf(value) => return Some(value),
                Node::Branch(branch) => {
                    level -= 1;
                    node = branch.children[slot(index, level)].as_deref()?;
                }
            }
        }
    }

    /// The value at `index` for change; what else shares it is left alone.
    pub fn get_mut(&mut self, index: u64) -> Option<&mut T> {
        if !self.reaches(index) {
            return None;
        }
        let mut node = Arc::make_mut(self.root.as_mut()?);
        let mut level = self.height;
        loop {
            match node {
                Node::Leaf(value) => return Some(value),
                Node::Branch(branch) => {
                    level -= 1;
                    branch.digest.take();
                    node = Arc::make_mut(branch.children[slot(index, level)].as_mut()?);
                }
            }
        }
    }

    pub fn insert(&mut self, index: u64, value: T) {
        self.grow_to(index);
        let mut link = &mut self.root;
        for level in (0..self.height).rev() {
            let node = link.get_or_insert_with(|| Arc::new(Node::Branch(Branch::empty())));
            let Node::Branch(branch) = Arc::make_mut(node) else {
                unreachable!("leaves stand at level 0 only");
            };
            branch.digest.take();
            link = &mut branch.children[slot(index, level)];
        }
        *link = Some(Arc::new(Node::Leaf(value)));
    }

    pub fn remove(&mut self, index: u64) {
        if self.reaches(index) {
            remove_in(&mut self.root, index, self.height);
            self.shrink();
        }
    }

    /// Removes every value at `length` or beyond.
    pub fn truncate(&mut self, length: u64) {
        if self.height < u64::BITS / BITS && capacity(self.height) <= length {
            return;
        }
        truncate_in(&mut self.root, length, self.height);
        self.shrink();
    }

    /// A digest that depends on the values and their indices alone, not on how they came there.
    pub fn digest(&self) -> Digest {
        node_digest(&self.root, self.height)
    }

    /// Calls `visit` for each index at which `self` and `other` may differ, in order. What they share is skipped unseen.
    pub fn differences<'a>(
        &'a self,
        other: &'a Self,
        visit: &mut impl FnMut(u64, Option<&'a T>, Option<&'a T>),
    ) {
        let height = self.height.max(other.height);
        let left = Side {
            link: self.root.as_ref(),
            height: self.height,
        };
        let right = Side {
            link: other.root.as_ref(),
            height: other.height,
        };
        differences_in(left, right, height, 0, visit);
    }

    fn reaches(&self, index: u64) -> bool {
        self.height * BITS >= u64::BITS || index >> (self.height * BITS) == 0
    }

    fn grow_to(&mut self, index: u64) {
        while !self.reaches(index) {
            if let Some(old) = self.root.take() {
                let mut branch = Branch::empty();
                branch.children[0] = Some(old);
                self.root = Some(Arc::new(Node::Branch(branch)));
            }
            self.height += 1;
        }
    }

    /// Drops levels that hold nothing but their first child, so that equal contents have equal shapes.
    fn shrink(&mut self) {
        while self.height > 0 {
            let only_child = match self.root.as_deref() {
                None => None,
                Some(Node::Branch(branch)) if branch.children[1..].iter().all(Option::is_none) => {
                    branch.children[0].clone()
                }
                Some(_) => return,
            };
            self.root = only_child;
            self.height = if self.root.is_some() {
                self.height - 1
            } else {
                0
            };
        }
    }
}

impl<T> Branch<T> {
    fn empty() -> Self {
        Branch {
            children: Default::default(),
            digest: OnceLock::new(),
        }
    }
}

fn slot(index: u64, level: u32) -> usize {
    (index >> (level * BITS)) as usize & (FANOUT - 1)
}

/// How many indices a tree of this height has; heights that cover all of `u64` are the caller's to exclude.
fn capacity(height: u32) -> u64 {
    1 << (height * BITS)
}

fn remove_in<T: Merkle>(link: &mut Option<Arc<Node<T>>>, index: u64, height: u32) {
    let Some(node) = link else { return };
    if height == 0 {
        *link = None;
        return;
    }
    let Node::Branch(branch) = Arc::make_mut(node) else {
        unreachable!("leaves stand at level 0 only");
    };
    branch.digest.take();
    remove_in(
        &mut branch.children[slot(index, height - 1)],
        index,
        height - 1,
    );
    if branch.children.iter().all(Option::is_none) {
        *link = None;
    }
}

fn truncate_in<T: Merkle>(link: &mut Option<Arc<Node<T>>>, length: u64, height: u32) {
    let Some(node) = link else { return };
    if length == 0 {
        *link = None;
        return;
    }
    if height == 0 {
        return;
    }
    let Node::Branch(branch) = Arc::make_mut(node) else {
        unreachable!("leaves stand at level 0 only");
    };
    branch.digest.take();
    let child_capacity = capacity(height - 1);
    for (position, child) in branch.children.iter_mut().enumerate() {
        let start = position as u64 * child_capacity;
        if start >= length {
            *child = None;
        } else if length - start < child_capacity {
            truncate_in(child, length - start, height - 1);
        }
    }
    if branch.children.iter().all(Option::is_none) {
        *link = None;
    }
}

/// A branch of nothing but its first child has that child's digest, so the height of the whole never shows;
/// any other branch hashes its own height, or index 3 could not be told from index 48.
fn node_digest<T: Merkle>(link: &Option<Arc<Node<T>>>, height: u32) -> Digest {
    match link.as_deref() {
        None => Digest::NOTHING,
        Some(Node::Leaf(value)) => value.digest(),
        Some(Node::Branch(branch)) => *branch.digest.get_or_init(|| {
            let children: [Digest; FANOUT] =
                std::array::from_fn(|child| node_digest(&branch.children[child], height - 1));
            if children[1..]
                .iter()
                .all(|digest| *digest == Digest::NOTHING)
            {
                return children[0];
            }
            children
                .iter()
                .fold(
                    Fields::of("isobox.sparse").number(height.into()),
                    |fields, child| fields.digest(*child),
                )
                .finish()
        }),
    }
}

/// One of two trees compared: a subtree and its own height, which may be lower than where the walk stands.
struct Side<'a, T> {
    link: Option<&'a Arc<Node<T>>>,
    height: u32,
}

impl<'a, T> Side<'a, T> {
    fn child(&self, position: usize, height: u32) -> Side<'a, T> {
        if self.height < height {
            // A lower tree stands, whole, at the first child of a higher one.
            let link = self.link.filter(|_| position == 0);
            return Side {
                link,
                height: self.height,
            };
        }
        let link = match self.link.map(|link| &**link) {
            Some(Node::Branch(branch)) => branch.children[position].as_ref(),
            _ => None,
        };
        Side {
            link,
            height: height - 1,
        }
    }

    fn value(&self) -> Option<&'a T> {
        match self.link.map(|link| &**link) {
            Some(Node::Leaf(value)) => Some(value),
            _ => None,
        }
    }
}

fn differences_in<'a, T: Merkle>(
    left: Side<'a, T>,
    right: Side<'a, T>,
    height: u32,
    base: u64,
    visit: &mut impl FnMut(u64, Option<&'a T>, Option<&'a T>),
) {
    let same = match (left.link, right.link) {
        (None, None) => true,
        (Some(a), Some(b)) => left.height == right.height && Arc::ptr_eq(a, b),
        _ => false,
    };
    if same {
        return;
    }
    if height == 0 {
        return visit(base, left.value(), right.value());
    }
    for position in 0..FANOUT {
        let base = base + (position as u64) * capacity(height - 1);
        differences_in(
            left.child(position, height),
            right.child(position, height),
            height - 1,
            base,
            visit,
        );
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Cell(u8);

    impl Merkle for Cell {
        fn digest(&self) -> Digest {
            if self.0 == 0 {
                return Digest::NOTHING;
            }
            Digest::of_bytes(&[self.0])
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u64, u8),
        Remove(u64),
        Truncate(u64),
        Change(u64, u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        let index = || prop_oneof![0u64..40, 0u64..5000, Just(u64::MAX - 1)];
        prop_oneof![
            (index(), 1u8..4).prop_map(|(index, value)| Step::Insert(index, value)),
            index().prop_map(Step::Remove),
            index().prop_map(Step::Truncate),
            (index(), 1u8..4).prop_map(|(index, value)| Step::Change(index, value)),
        ]
    }

    fn apply(array: &mut Sparse<Cell>, model: &mut BTreeMap<u64, u8>, step: &Step) {
        match *step {
            Step::Insert(index, value) => {
                array.insert(index, Cell(value));
                model.insert(index, value);
            }
            Step::Remove(index) => {
                array.remove(index);
                model.remove(&index);
            }
            Step::Truncate(length) => {
                array.truncate(length);
                model.retain(|index, _| *index < length);
            }
            Step::Change(index, value) => {
                let found = array.get_mut(index).map(|cell| cell.0 = value);
                assert_eq!(found.is_some(), model.contains_key(&index));
                model.entry(index).and_modify(|old| *old = value);
            }
        }
    }

    proptest! {
        #[test]
        fn behaves_as_a_map_whose_digest_and_differences_follow_from_its_content(
            before in prop::collection::vec(step(), 0..40),
            after in prop::collection::vec(step(), 0..40),
        ) {
            let (mut array, mut model) = (Sparse::default(), BTreeMap::new());
            before.iter().for_each(|step| apply(&mut array, &mut model, step));
            let (old_array, old_model) = (array.clone(), model.clone());
            let old_digest = array.digest();
            after.iter().for_each(|step| apply(&mut array, &mut model, step));

            let mut rebuilt = Sparse::default();
            model.iter().rev().for_each(|(index, value)| rebuilt.insert(*index, Cell(*value)));
            prop_assert_eq!(array.digest(), rebuilt.digest());
            prop_assert_eq!(old_array.digest(), old_digest);
            prop_assert_eq!(old_digest == array.digest(), old_model == model);

            let mut patched = old_model;
            old_array.differences(&array, &mut |index, _, new| match new {
                Some(cell) => { patched.insert(index, cell.0); }
                None => { patched.remove(&index); }
            });
            prop_assert_eq!(patched, model);
        }
    }

    #[test]
    fn a_value_equal_to_absence_has_no_part_in_the_digest() {
        let mut array = Sparse::default();
        array.insert(70, Cell(0));
        assert_eq!(array.digest(), Digest::NOTHING);
    }
}
