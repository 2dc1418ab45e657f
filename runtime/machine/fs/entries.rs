//! A directory's entries: a persistent map from name to inode, ordered by the names' bytes, with a Merkle digest.
//!
//! A trie with compressed paths. Its shape follows from its names alone, so equal directories have equal digests
//! whatever their history; it is never deeper than a name is long, whatever names a guest chooses; and one
//! change copies the nodes on one path.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use super::inode::InodeNumber;
use crate::digest::{Digest, Fields};

/// The entries of one directory; cloning it is O(1).
#[derive(Clone, Debug, Default)]
pub struct Entries {
    root: Option<Arc<Node>>,
}

/// All names that begin alike. A node without an entry of its own has at least two children.
#[derive(Clone, Debug)]
struct Node {
    /// What the names have in common beyond the parent's.
    prefix: Box<[u8]>,
    /// The entry whose name ends here.
    entry: Option<Entry>,
    /// In the order of their prefixes' first bytes, which all differ.
    children: Vec<Arc<Node>>,
    /// Entries in this subtree.
    count: usize,
    digest: OnceLock<Digest>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: Arc<[u8]>,
    inode: InodeNumber,
}

impl Entries {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.root.as_ref().map_or(0, |root| root.count)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// The inode of a name.
    pub fn get(&self, name: &[u8]) -> Option<InodeNumber> {
        let mut node = self.root.as_deref()?;
        let mut rest = name.strip_prefix(&*node.prefix)?;
        while let Some(first) = rest.first() {
            node = &node.children[node.child(*first).ok()?];
            rest = rest.strip_prefix(&*node.prefix)?;
        }
        node.entry.as_ref().map(|entry| entry.inode)
    }

    /// How many entries stand before this name or are it.
    pub fn rank(&self, name: &[u8]) -> usize {
        let (mut rank, mut rest) = (0, name);
        let mut next = self.root.as_deref();
        while let Some(node) = next {
            let common = common_length(&node.prefix, rest);
            if common < node.prefix.len() {
                let node_is_before = common < rest.len() && node.prefix[common] < rest[common];
                return rank + if node_is_before { node.count } else { 0 };
            }
            rank += usize::from(node.entry.is_some());
            rest = &rest[common..];
            let Some(first) = rest.first() else {
                return rank;
            };
            let (before, found) = match node.child(*first) {
                Ok(index) => (index, Some(&*node.children[index])),
                Err(index) => (index, None),
            };
            rank += counts(&node.children[..before]);
            next = found;
        }
        rank
    }

    /// Sets the inode of a name, replacing the one it had.
    pub fn insert(&mut self, name: &[u8], inode: InodeNumber) {
        let entry = Entry {
            name: name.into(),
            inode,
        };
        match &mut self.root {
            Some(root) => insert_in(root, name, entry),
            None => self.root = Some(Arc::new(Node::leaf(name, entry))),
        }
    }

    /// Removes a name; returns the inode it had.
    pub fn remove(&mut self, name: &[u8]) -> Option<InodeNumber> {
        let inode = self.get(name)?;
        let root = self.root.as_mut()?;
        if remove_in(root, name) == Emptied::Yes {
            self.root = None;
        }
        Some(inode)
    }

    /// All entries in the byte order of their names.
    pub fn iter(&self) -> Iter<'_> {
        self.iter_from(0)
    }

    /// The entries from a position of the byte order on.
    pub fn iter_from(&self, position: usize) -> Iter<'_> {
        let mut iter = Iter {
            pending: Vec::new(),
        };
        if let Some(root) = self.root.as_deref()
            && position < root.count
        {
            iter.skip_to(root, position);
        }
        iter
    }

    /// A digest that depends on names and inodes alone.
    pub fn digest(&self) -> Digest {
        self.root
            .as_ref()
            .map_or(Digest::NOTHING, |root| root.digest())
    }

    /// Calls `visit` for each name whose inode differs. What the two share is skipped unseen.
    pub fn differences<'a>(
        &'a self,
        other: &'a Entries,
        visit: &mut impl FnMut(&'a [u8], Option<InodeNumber>, Option<InodeNumber>),
    ) {
        match (self.root.as_deref(), other.root.as_deref()) {
            (Some(old), Some(new)) => differences_in(Part(old, 0), Part(new, 0), visit),
            (Some(old), None) => all_of(old, &mut |entry| {
                visit(&entry.name, Some(entry.inode), None)
            }),
            (None, Some(new)) => all_of(new, &mut |entry| {
                visit(&entry.name, None, Some(entry.inode))
            }),
            (None, None) => {}
        }
    }
}

/// Iterator over a directory's entries, in the byte order of their names.
pub struct Iter<'a> {
    /// What is still to come, the next last: an entry, or a whole subtree.
    pending: Vec<Pending<'a>>,
}

enum Pending<'a> {
    Entry(&'a Entry),
    Subtree(&'a Node),
}

impl<'a> Iter<'a> {
    fn open(&mut self, node: &'a Node) {
        let children = node.children.iter().rev();
        self.pending
            .extend(children.map(|child| Pending::Subtree(child)));
        self.pending.extend(node.entry.as_ref().map(Pending::Entry));
    }

    /// Opens the subtrees on the way to a position that is within `node`, and leaves out what stands before.
    fn skip_to(&mut self, mut node: &'a Node, mut position: usize) {
        loop {
            if position == 0 {
                return self.pending.push(Pending::Subtree(node));
            }
            position -= usize::from(node.entry.is_some());
            let mut index = 0;
            while position >= node.children[index].count {
                position -= node.children[index].count;
                index += 1;
            }
            let after = node.children[index + 1..].iter().rev();
            self.pending
                .extend(after.map(|child| Pending::Subtree(child)));
            node = &node.children[index];
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a [u8], InodeNumber);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.pending.pop()? {
                Pending::Entry(entry) => return Some((&entry.name, entry.inode)),
                Pending::Subtree(node) => self.open(node),
            }
        }
    }
}

impl Node {
    fn leaf(prefix: &[u8], entry: Entry) -> Node {
        Node {
            prefix: prefix.into(),
            entry: Some(entry),
            children: Vec::new(),
            count: 1,
            digest: OnceLock::new(),
        }
    }

    /// The child whose names go on with this byte, or where it would stand.
    fn child(&self, first: u8) -> Result<usize, usize> {
        self.children
            .binary_search_by(|child| child.prefix[0].cmp(&first))
    }

    /// Restores what a node knows of its subtree after something in it changed.
    fn renew(&mut self) {
        self.count = usize::from(self.entry.is_some()) + counts(&self.children);
        self.digest.take();
    }

    fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| {
            let children: Vec<Digest> = self.children.iter().map(|child| child.digest()).collect();
            self.digest_over(&children)
        })
    }

    /// Apart from the recursion, whose frames the large hasher must not be in.
    #[inline(never)]
    fn digest_over(&self, children: &[Digest]) -> Digest {
        let inode = self.entry.as_ref().map_or(0, |entry| entry.inode.0);
        let fields = Fields::of("isobox.entries")
            .bytes(&self.prefix)
            .number(inode)
            .number(children.len() as u64);
        let children = children.iter().copied();
        children.fold(fields, Fields::digest).finish()
    }
}

fn counts(nodes: &[Arc<Node>]) -> usize {
    nodes.iter().map(|node| node.count).sum()
}

fn common_length(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn insert_in(node: &mut Arc<Node>, rest: &[u8], entry: Entry) {
    let common = common_length(&node.prefix, rest);
    if common < node.prefix.len() {
        split(node, common);
    }
    let node = Arc::make_mut(node);
    let rest = &rest[common..];
    match rest.first() {
        None => node.entry = Some(entry),
        Some(first) => match node.child(*first) {
            Ok(index) => insert_in(&mut node.children[index], rest, entry),
            Err(index) => node
                .children
                .insert(index, Arc::new(Node::leaf(rest, entry))),
        },
    }
    node.renew();
}

/// Puts a node above this one that has the first bytes of its prefix.
fn split(node: &mut Arc<Node>, length: usize) {
    let above = Node {
        prefix: node.prefix[..length].into(),
        entry: None,
        children: Vec::new(),
        count: 0,
        digest: OnceLock::new(),
    };
    let mut below = std::mem::replace(node, Arc::new(above));
    let inner = Arc::make_mut(&mut below);
    inner.prefix = inner.prefix[length..].into();
    inner.renew();
    if let Some(above) = Arc::get_mut(node) {
        above.children.push(below);
    }
}

#[derive(PartialEq)]
enum Emptied {
    Yes,
    No,
}

/// Removes a name that is there.
fn remove_in(node: &mut Arc<Node>, rest: &[u8]) -> Emptied {
    let node = Arc::make_mut(node);
    let rest = &rest[node.prefix.len()..];
    match rest.first() {
        None => node.entry = None,
        Some(first) => {
            if let Ok(index) = node.child(*first)
                && remove_in(&mut node.children[index], rest) == Emptied::Yes
            {
                node.children.remove(index);
            }
        }
    }
    if node.entry.is_none() && node.children.len() <= 1 {
        let Some(only) = node.children.pop() else {
            return Emptied::Yes;
        };
        let prefix = [&*node.prefix, &*only.prefix].concat();
        *node = Arc::unwrap_or_clone(only);
        node.prefix = prefix.into();
    }
    node.renew();
    Emptied::No
}

/// Is told a name and the inode it had and has.
type Visit<'a, 'v> = dyn FnMut(&'a [u8], Option<InodeNumber>, Option<InodeNumber>) + 'v;

/// A node, of whose prefix so many bytes were compared already.
#[derive(Clone, Copy)]
struct Part<'a>(&'a Node, usize);

impl<'a> Part<'a> {
    fn prefix(self) -> &'a [u8] {
        &self.0.prefix[self.1..]
    }
}

fn differences_in<'a>(old: Part<'a>, new: Part<'a>, visit: &mut Visit<'a, '_>) {
    if std::ptr::eq(old.0, new.0) && old.1 == new.1 {
        return;
    }
    let (old_prefix, new_prefix) = (old.prefix(), new.prefix());
    let common = common_length(old_prefix, new_prefix);
    let old_child = (common == old_prefix.len()).then_some(&*old.0.children);
    let new_child = (common == new_prefix.len()).then_some(&*new.0.children);
    let mut gone = |entry: &'a Entry| visit(&entry.name, Some(entry.inode), None);
    match (old_child, new_child) {
        (Some(old_children), Some(new_children)) => {
            compare_entry(old.0.entry.as_ref(), new.0.entry.as_ref(), visit);
            compare_children(old_children, new_children, visit);
        }
        // All new names stand within one child of the old node, if within any.
        (Some(old_children), None) => {
            old.0.entry.iter().for_each(&mut gone);
            let within = old.0.child(new_prefix[common]);
            for (index, child) in old_children.iter().enumerate() {
                if within == Ok(index) {
                    differences_in(Part(child, 0), Part(new.0, new.1 + common), visit);
                } else {
                    all_of(child, &mut |entry| {
                        visit(&entry.name, Some(entry.inode), None)
                    });
                }
            }
            if within.is_err() {
                all_of(new.0, &mut |entry| {
                    visit(&entry.name, None, Some(entry.inode))
                });
            }
        }
        (None, Some(_)) => differences_in(new, old, &mut |name, new, old| visit(name, old, new)),
        (None, None) => {
            all_of(old.0, &mut gone);
            all_of(new.0, &mut |entry| {
                visit(&entry.name, None, Some(entry.inode))
            });
        }
    }
}

fn compare_entry<'a>(old: Option<&'a Entry>, new: Option<&'a Entry>, visit: &mut Visit<'a, '_>) {
    let (old_inode, new_inode) = (old.map(|entry| entry.inode), new.map(|entry| entry.inode));
    if let Some(entry) = old.or(new)
        && old_inode != new_inode
    {
        visit(&entry.name, old_inode, new_inode);
    }
}

fn compare_children<'a>(old: &'a [Arc<Node>], new: &'a [Arc<Node>], visit: &mut Visit<'a, '_>) {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(old), Some(new)) => old.prefix[0].cmp(&new.prefix[0]),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return,
        };
        let old = (order != Ordering::Greater).then(|| old.next()).flatten();
        let new = (order != Ordering::Less).then(|| new.next()).flatten();
        match (old, new) {
            (Some(old), Some(new)) => differences_in(Part(old, 0), Part(new, 0), visit),
            (Some(old), None) => all_of(old, &mut |entry| {
                visit(&entry.name, Some(entry.inode), None)
            }),
            (None, Some(new)) => all_of(new, &mut |entry| {
                visit(&entry.name, None, Some(entry.inode))
            }),
            (None, None) => {}
        }
    }
}

fn all_of<'a>(node: &'a Node, visit: &mut dyn FnMut(&'a Entry)) {
    node.entry.iter().for_each(&mut *visit);
    for child in &node.children {
        all_of(child, visit);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    type Model = BTreeMap<Vec<u8>, InodeNumber>;

    fn steps() -> impl Strategy<Value = Vec<(Vec<u8>, Option<u64>)>> {
        let name = prop::collection::vec(97u8..100, 1..6);
        prop::collection::vec((name, prop::option::of(1u64..9)), 0..60)
    }

    fn apply(entries: &mut Entries, model: &mut Model, steps: &[(Vec<u8>, Option<u64>)]) {
        for (name, inode) in steps {
            match inode.map(InodeNumber) {
                Some(inode) => {
                    entries.insert(name, inode);
                    model.insert(name.clone(), inode);
                }
                None => assert_eq!(entries.remove(name), model.remove(name)),
            }
            assert_eq!(entries.get(name), model.get(name).copied());
        }
    }

    proptest! {
        #[test]
        fn behaves_as_an_ordered_map_whose_digest_forgets_its_history(steps in steps(), probe in steps()) {
            let (mut entries, mut model) = (Entries::default(), Model::new());
            apply(&mut entries, &mut model, &steps);
            let listed: Vec<_> = entries.iter().map(|(name, inode)| (name.to_vec(), inode)).collect();
            prop_assert_eq!(&listed, &model.clone().into_iter().collect::<Vec<_>>());
            for position in 0..=listed.len() {
                let rest: Vec<_> = entries.iter_from(position).map(|(name, _)| name.to_vec()).collect();
                let expected: Vec<_> = listed[position..].iter().map(|(name, _)| name.clone()).collect();
                prop_assert_eq!(rest, expected);
            }
            for (name, _) in probe {
                let rank = model.range(..=name.clone()).count();
                prop_assert_eq!(entries.rank(&name), rank);
            }
            let mut rebuilt = Entries::default();
            model.iter().rev().for_each(|(name, inode)| rebuilt.insert(name, *inode));
            prop_assert_eq!(rebuilt.digest(), entries.digest());
            prop_assert_eq!(rebuilt.len(), model.len());
        }

        #[test]
        fn differences_are_those_of_the_maps(before in steps(), after in steps(), shared in any::<bool>()) {
            let (mut old, mut old_model) = (Entries::default(), Model::new());
            apply(&mut old, &mut old_model, &before);
            let (mut new, mut new_model) = match shared {
                true => (old.clone(), old_model.clone()),
                false => (Entries::default(), Model::new()),
            };
            apply(&mut new, &mut new_model, &after);
            let mut patched = old_model.clone();
            old.differences(&new, &mut |name, was, is| {
                assert_eq!(old_model.get(name).copied(), was);
                assert_ne!(was, is);
                match is {
                    Some(inode) => { patched.insert(name.to_vec(), inode); }
                    None => { patched.remove(name); }
                }
            });
            prop_assert_eq!(&patched, &new_model);
            prop_assert_eq!(old.digest() == new.digest(), old_model == new_model);
        }
    }

    fn depth(node: &Node) -> usize {
        let children = node.children.iter().map(|child| depth(child));
        1 + children.max().unwrap_or(0)
    }

    #[test]
    fn no_choice_of_names_makes_it_deeper_than_a_name_is_long() {
        let mut entries = Entries::default();
        for length in 1..=255 {
            entries.insert(&vec![b'a'; length], InodeNumber(7));
        }
        for number in 0..10_000 {
            entries.insert(format!("{number:x}").as_bytes(), InodeNumber(7));
        }
        assert!(depth(entries.root.as_ref().unwrap()) <= 256);
    }
}
