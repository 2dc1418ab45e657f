//! Names for objects: `HEAD~3^2`, `main@{yesterday}`, `:/text`, `REV:path`, and ranges of commits.

mod at;
mod bases;
mod parse;
mod range;
mod search;
mod walk;

use super::{Kind, Oid, Repository, TreeEntry, mode};
use crate::failure::{Failure, Outcome};
pub use at::{previous_branch, upstream};
pub use bases::{is_ancestor, merge_bases};
pub use range::{Tip, split_words, tips};
pub use walk::{Order, Walk, WalkOptions};

/// Where `main` is looked for, in this order.
const PLACES: [&str; 6] = [
    "%",
    "refs/%",
    "refs/tags/%",
    "refs/heads/%",
    "refs/remotes/%",
    "refs/remotes/%/HEAD",
];

impl Repository {
    /// The object that a text names; `None` when it names none.
    ///
    /// # Errors
    /// git's words for a short name of several objects and for what can't be read.
    pub fn rev(&self, text: &str) -> Outcome<Option<Oid>> {
        parse::object(self, text)
    }

    /// The object that a word of the command line names.
    ///
    /// # Errors
    /// `fatal: ambiguous argument …` when there is none.
    pub fn rev_or_fail(&self, word: &str) -> Outcome<Oid> {
        match self.rev(word)? {
            Some(oid) => Ok(oid),
            None => Err(missing_path(self, word)?.unwrap_or_else(|| unknown(word))),
        }
    }

    /// The commit that a word names, behind tags.
    ///
    /// # Errors
    /// There is none, or it is no commit.
    pub fn commit_named(&self, word: &str) -> Outcome<Oid> {
        let oid = self.rev_or_fail(word)?;
        self.to_commit(&oid)
    }

    /// The commit that an object is, or that tags lead to from it.
    ///
    /// # Errors
    /// It is none.
    pub fn to_commit(&self, oid: &Oid) -> Outcome<Oid> {
        let found = self.peel(oid)?;
        match self.objects().read(&found)?.kind {
            Kind::Commit => Ok(found),
            kind => Err(Failure::plain(
                128,
                format!("error: object {found} is a {kind}, not a commit"),
            )),
        }
    }

    /// The tree of a commit, of a tag of one, or the tree itself.
    ///
    /// # Errors
    /// It has none.
    pub fn to_tree(&self, oid: &Oid) -> Outcome<Oid> {
        match parse::peel_to(self, oid, Some(Kind::Tree))? {
            Some(tree) => Ok(tree),
            None => Err(Failure::fatal(format!("not a tree object: {oid}"))),
        }
    }

    /// What stands at a path of a tree.
    ///
    /// # Errors
    /// A tree that can't be read.
    pub fn at_path(&self, tree: &Oid, path: &[u8]) -> Outcome<Option<TreeEntry>> {
        let mut entry = TreeEntry {
            mode: mode::TREE,
            name: Vec::new(),
            oid: *tree,
        };
        for part in path
            .split(|byte| *byte == b'/')
            .filter(|part| !part.is_empty())
        {
            if entry.mode != mode::TREE {
                return Ok(None);
            }
            match self
                .objects()
                .tree(&entry.oid)?
                .into_iter()
                .find(|one| one.name == part)
            {
                Some(found) => entry = found,
                None => return Ok(None),
            }
        }
        Ok(Some(entry))
    }

    /// The whole name of the reference that a short one stands for.
    pub fn full_ref_name(&self, name: &str) -> Option<String> {
        let name = if name == "@" { "HEAD" } else { name };
        if name.is_empty() || !super::refs::is_valid(name) {
            return None;
        }
        let candidates = PLACES.iter().map(|place| place.replace('%', name));
        let found: Vec<String> = candidates
            .filter(|name| self.read_ref(name).is_some())
            .collect();
        let live = found.iter().find(|name| self.resolve_ref(name).is_some());
        live.or(found.first()).cloned()
    }

    /// The branch that another one follows, as a whole name (`refs/remotes/origin/main`): `branch.NAME.merge` behind the remote's rules.
    pub fn upstream(&self, branch: &str) -> Option<String> {
        let remote = self.config().get(&format!("branch.{branch}.remote"))?;
        let merge = self.config().get(&format!("branch.{branch}.merge"))?;
        if remote == "." {
            return Some(merge.to_owned());
        }
        let key = format!("remote.{remote}.fetch");
        self.config().all(&key).find_map(|spec| {
            let (from, to) = spec.trim_start_matches('+').split_once(':')?;
            match from.strip_suffix('*') {
                Some(start) => Some(to.replace('*', merge.strip_prefix(start)?)),
                None => (from == merge).then(|| to.to_owned()),
            }
        })
    }
}

/// git's words for a word that is neither a revision nor a path.
pub fn unknown(word: &str) -> Failure {
    Failure::fatal(format!(
        "ambiguous argument '{word}': unknown revision or path not in the working tree.\n\
         Use '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'"
    ))
}

/// git's words for `REV:path` and `:path` when there is no such path.
///
/// # Errors
/// What can't be read.
pub fn missing_path(repository: &Repository, name: &str) -> Outcome<Option<Failure>> {
    let Some((revision, path)) = name
        .split_once(':')
        .filter(|(_, path)| !path.starts_with('/'))
    else {
        return Ok(None);
    };
    let there = std::path::Path::new(path).exists();
    let text = match (revision.is_empty(), there) {
        (true, true) => format!("path '{path}' exists on disk, but not in the index"),
        (true, false) => format!("path '{path}' does not exist (neither on disk nor in the index)"),
        (false, _) if repository.rev(revision)?.is_none() => {
            format!("invalid object name '{revision}'.")
        }
        (false, true) => format!("path '{path}' exists on disk, but not in '{revision}'"),
        (false, false) => format!("path '{path}' does not exist in '{revision}'"),
    };
    Ok(Some(Failure::fatal(text)))
}

/// git's words where only a revision can stand.
pub fn bad_revision(word: &str) -> Failure {
    Failure::fatal(format!("bad revision '{word}'"))
}
