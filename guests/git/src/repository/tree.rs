//! Trees as lists of files, and lists of files as trees.

use super::index::Entry;
use super::{Kind, Oid, Repository, TreeEntry, mode, tree_order};
use crate::failure::{Failure, Outcome};

/// A file of a tree, with its whole path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: Vec<u8>,
    pub mode: u32,
    pub oid: Oid,
}

impl Repository {
    /// All files of a tree, by path.
    ///
    /// # Errors
    /// A tree that can't be read.
    pub fn files(&self, tree: &Oid) -> Outcome<Vec<File>> {
        let mut found = Vec::new();
        self.collect(tree, &mut Vec::new(), &mut found)?;
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    fn collect(&self, tree: &Oid, prefix: &mut Vec<u8>, found: &mut Vec<File>) -> Outcome<()> {
        for entry in self.objects().tree(tree)? {
            let length = prefix.len();
            prefix.extend(&entry.name);
            if entry.mode == mode::TREE {
                prefix.push(b'/');
                self.collect(&entry.oid, prefix, found)?;
            } else {
                found.push(File {
                    path: prefix.clone(),
                    mode: entry.mode,
                    oid: entry.oid,
                });
            }
            prefix.truncate(length);
        }
        Ok(())
    }

    /// Writes a tree of these entries.
    ///
    /// # Errors
    /// What writing says.
    pub fn write_tree_of(&self, mut entries: Vec<TreeEntry>) -> Outcome<Oid> {
        entries.sort_by(|a, b| tree_order((&a.name, a.mode), (&b.name, b.mode)));
        let mut data = Vec::new();
        for entry in &entries {
            data.extend(format!("{:o} ", entry.mode).into_bytes());
            data.extend(&entry.name);
            data.push(0);
            data.extend(entry.oid.0);
        }
        self.objects().write(Kind::Tree, &data)
    }

    /// Writes the trees of an index (its entries, sorted); the name of the uppermost.
    ///
    /// # Errors
    /// A path in conflict; an object that isn't there; what writing says.
    pub fn write_tree(&self, entries: &[Entry]) -> Outcome<Oid> {
        let conflicts = entries.iter().filter(|entry| entry.stage != 0);
        let lines: Vec<String> = conflicts
            .map(|entry| {
                format!(
                    "{}: unmerged ({})",
                    String::from_utf8_lossy(&entry.path),
                    entry.oid
                )
            })
            .collect();
        if !lines.is_empty() {
            return Err(Failure::plain(
                128,
                format!(
                    "{}\nfatal: git-write-tree: error building trees",
                    lines.join("\n")
                ),
            ));
        }
        let present: Vec<&Entry> = entries
            .iter()
            .filter(|entry| !entry.intent_to_add)
            .collect();
        self.write_folder(&present, 0)
    }

    /// The entries share their first `depth` bytes.
    fn write_folder(&self, entries: &[&Entry], depth: usize) -> Outcome<Oid> {
        let mut tree = Vec::new();
        let mut rest = entries;
        while let Some(entry) = rest.first() {
            let below = &entry.path[depth..];
            let Some(slash) = memchr::memchr(b'/', below) else {
                tree.push(TreeEntry {
                    mode: entry.mode,
                    name: below.to_vec(),
                    oid: entry.oid,
                });
                rest = &rest[1..];
                continue;
            };
            let folder = &entry.path[..depth + slash + 1];
            let count = rest
                .iter()
                .take_while(|one| one.path.starts_with(folder))
                .count();
            let oid = self.write_folder(&rest[..count], folder.len())?;
            tree.push(TreeEntry {
                mode: mode::TREE,
                name: below[..slash].to_vec(),
                oid,
            });
            rest = &rest[count..];
        }
        self.write_tree_of(tree)
    }
}
