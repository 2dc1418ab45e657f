//! The references beside the commits they name.

use std::collections::HashMap;

use crate::failure::Outcome;
use crate::repository::refs::shorten;
use crate::repository::{Oid, Repository};

/// The names of each commit, in git's order: HEAD, tags, then branches.
pub struct Decorations(HashMap<Oid, Vec<String>>);

impl Decorations {
    /// Of all references; whole names when `full`.
    ///
    /// # Errors
    /// A reference that can't be read.
    pub fn of(repository: &Repository, full: bool) -> Outcome<Decorations> {
        let mut names: HashMap<Oid, Vec<String>> = HashMap::new();
        let head = repository.head();
        let branch = repository.head_ref();
        let shown = |name: &str| {
            if full || name == "refs/stash" {
                name.to_owned()
            } else {
                shorten(name).to_owned()
            }
        };
        for reference in repository.refs("refs/")?.into_iter().rev() {
            let is_head = branch.as_deref() == Some(&reference.name[..]);
            let wanted = ["refs/heads/", "refs/remotes/", "refs/tags/", "refs/stash"];
            if is_head || !wanted.iter().any(|start| reference.name.starts_with(start)) {
                continue;
            }
            let is_tag = reference.name.starts_with("refs/tags/");
            let text = if is_tag {
                format!("tag: {}", shown(&reference.name))
            } else {
                shown(&reference.name)
            };
            let oid = repository.peel(&reference.oid).unwrap_or(reference.oid);
            names.entry(oid).or_default().push(text);
        }
        if let Some(head) = head {
            let text = branch.map_or("HEAD".to_owned(), |branch| {
                format!("HEAD -> {}", shown(&branch))
            });
            names.entry(head).or_default().insert(0, text);
        }
        Ok(Decorations(names))
    }

    /// `HEAD -> main, tag: v1`; empty where there is none.
    pub fn names(&self, oid: &Oid) -> String {
        self.0
            .get(oid)
            .map(|names| names.join(", "))
            .unwrap_or_default()
    }

    /// ` (HEAD -> main, tag: v1)`
    pub fn wrapped(&self, oid: &Oid) -> String {
        let names = self.names(oid);
        if names.is_empty() {
            names
        } else {
            format!(" ({names})")
        }
    }
}
