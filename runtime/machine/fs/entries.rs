//! A directory's entries: a persistent map from name to inode, ordered by the names' bytes, with a Merkle digest.
//!
//! A treap whose priorities are hashes of the names: its shape follows from its names alone, so equal
//! directories have equal digests whatever their history, and one change costs O(log n).

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use super::inode::InodeNumber;
use crate::digest::{Digest, Fields};

/// The entries of one directory; cloning it is O(1).
#[derive(Clone, Debug, Default)]
pub struct Entries {
    root: Link,
}

type Link = Option<Arc<Node>>;

#[derive(Clone, Debug)]
struct Node {
    name: Arc<[u8]>,
    inode: InodeNumber,
    priority: u64,
    /// Entries in this subtree, itself included.
    count: usize,
    left: Link,
    right: Link,
    digest: OnceLock<Digest>,
}

impl Entries {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        count(&self.root)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// The inode of a name.
    pub fn get(&self, name: &[u8]) -> Option<InodeNumber> {
        let mut link = &self.root;
        while let Some(node) = link {
            link = match name.cmp(&node.name) {
                Ordering::Less => &node.left,
                Ordering::Greater => &node.right,
                Ordering::Equal => return Some(node.inode),
            };
        }
        None
    }

    /// The entry at a position of the byte order.
    pub fn nth(&self, mut position: usize) -> Option<(&[u8], InodeNumber)> {
        let mut link = &self.root;
        while let Some(node) = link {
            let before = count(&node.left);
            link = match position.cmp(&before) {
                Ordering::Less => &node.left,
                Ordering::Equal => return Some((&node.name, node.inode)),
                Ordering::Greater => {
                    position -= before + 1;
                    &node.right
                }
            };
        }
        None
    }

    /// Sets the inode of a name, replacing the one it had.
    pub fn insert(&mut self, name: &[u8], inode: InodeNumber) {
        self.remove(name);
        let node = Node {
            name: name.into(),
            inode,
            priority: priority(name),
            count: 1,
            left: None,
            right: None,
            digest: OnceLock::new(),
        };
        insert_in(&mut self.root, node);
    }

    /// Removes a name; returns the inode it had.
    pub fn remove(&mut self, name: &[u8]) -> Option<InodeNumber> {
        let inode = self.get(name)?;
        remove_in(&mut self.root, name);
        Some(inode)
    }

    /// All entries in the byte order of their names.
    pub fn iter(&self) -> Iter<'_> {
        let mut iter = Iter { path: Vec::new() };
        iter.descend(&self.root);
        iter
    }

    /// A digest that depends on names and inodes alone.
    pub fn digest(&self) -> Digest {
        node_digest(&self.root)
    }
}

/// Iterator over a directory's entries, in the byte order of their names.
pub struct Iter<'a> {
    path: Vec<&'a Node>,
}

impl<'a> Iter<'a> {
    fn descend(&mut self, mut link: &'a Link) {
        while let Some(node) = link {
            self.path.push(node);
            link = &node.left;
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a [u8], InodeNumber);

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.path.pop()?;
        self.descend(&node.right);
        Some((&node.name, node.inode))
    }
}

fn priority(name: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(name).as_bytes()[..8]);
    u64::from_le_bytes(first)
}

fn count(link: &Link) -> usize {
    link.as_ref().map_or(0, |node| node.count)
}

/// Restores what a node knows of its subtree after a child changed.
fn renew(node: &mut Node) {
    node.count = count(&node.left) + 1 + count(&node.right);
    node.digest.take();
}

/// Whether `a` stands above `b`; names decide between equal priorities.
fn above(a: &Node, b: &Node) -> bool {
    (a.priority, &b.name) > (b.priority, &a.name)
}

fn insert_in(link: &mut Link, mut new: Node) {
    match link {
        Some(node) if above(node, &new) => {
            let node = Arc::make_mut(node);
            let side = if new.name < node.name {
                &mut node.left
            } else {
                &mut node.right
            };
            insert_in(side, new);
            renew(node);
        }
        _ => {
            (new.left, new.right) = split(link.take(), &new.name);
            renew(&mut new);
            *link = Some(Arc::new(new));
        }
    }
}

/// Splits a subtree into the entries before and after a name it does not hold.
fn split(link: Link, name: &[u8]) -> (Link, Link) {
    let Some(mut node) = link else {
        return (None, None);
    };
    let inner = Arc::make_mut(&mut node);
    if *inner.name < *name {
        let (before, after) = split(inner.right.take(), name);
        inner.right = before;
        renew(inner);
        (Some(node), after)
    } else {
        let (before, after) = split(inner.left.take(), name);
        inner.left = after;
        renew(inner);
        (before, Some(node))
    }
}

fn remove_in(link: &mut Link, name: &[u8]) {
    let Some(node) = link else { return };
    if *node.name == *name {
        *link = merge(node.left.clone(), node.right.clone());
        return;
    }
    let node = Arc::make_mut(node);
    let side = if *name < *node.name {
        &mut node.left
    } else {
        &mut node.right
    };
    remove_in(side, name);
    renew(node);
}

/// Joins two subtrees, every name of the first before every name of the second.
fn merge(left: Link, right: Link) -> Link {
    match (left, right) {
        (None, link) | (link, None) => link,
        (Some(mut a), Some(mut b)) => {
            if above(&a, &b) {
                let top = Arc::make_mut(&mut a);
                top.right = merge(top.right.take(), Some(b));
                renew(top);
                Some(a)
            } else {
                let top = Arc::make_mut(&mut b);
                top.left = merge(Some(a), top.left.take());
                renew(top);
                Some(b)
            }
        }
    }
}

fn node_digest(link: &Link) -> Digest {
    link.as_ref().map_or(Digest::NOTHING, |node| {
        *node.digest.get_or_init(|| {
            Fields::of("isobox.entries")
                .digest(node_digest(&node.left))
                .bytes(&node.name)
                .number(node.inode.0)
                .digest(node_digest(&node.right))
                .finish()
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_as_an_ordered_map_whose_digest_forgets_its_history(
            steps in prop::collection::vec((prop::collection::vec(97u8..102, 1..4), prop::option::of(1u64..9)), 0..80),
        ) {
            let (mut entries, mut model) = (Entries::default(), BTreeMap::new());
            for (name, inode) in &steps {
                match inode {
                    Some(inode) => {
                        entries.insert(name, InodeNumber(*inode));
                        model.insert(name.clone(), InodeNumber(*inode));
                    }
                    None => prop_assert_eq!(entries.remove(name), model.remove(name)),
                }
                prop_assert_eq!(entries.get(name), model.get(name).copied());
            }
            let listed: Vec<_> = entries.iter().map(|(name, inode)| (name.to_vec(), inode)).collect();
            prop_assert_eq!(&listed, &model.clone().into_iter().collect::<Vec<_>>());
            for (position, (name, inode)) in listed.iter().enumerate() {
                prop_assert_eq!(entries.nth(position), Some((&name[..], *inode)));
            }
            prop_assert_eq!(entries.nth(listed.len()), None);

            let mut rebuilt = Entries::default();
            model.iter().rev().for_each(|(name, inode)| rebuilt.insert(name, *inode));
            prop_assert_eq!(rebuilt.digest(), entries.digest());
            prop_assert_eq!(rebuilt.len(), entries.len());
        }
    }
}
