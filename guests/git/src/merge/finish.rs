//! A merge put into the index and the working tree.

use super::trees::Merge;
use crate::changes::tree_to_index;
use crate::failure::Outcome;
use crate::repository::index::Entry;
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Converter, switch};
use crate::repository::{Index, Oid, Repository};

/// What came of it.
pub enum Begun {
    Done,
    /// Nothing was touched; git's words for why.
    Refused(String),
}

/// Goes from the tree that is checked out to the merged one; paths in conflict get their stages. `verb` and `aim` are for the message about
/// what stands in the way.
///
/// # Errors
/// What can't be read or written.
pub fn begin(
    repository: &Repository,
    index: &mut Index,
    head: &Oid,
    merge: &Merge,
    verb: &str,
    aim: &str,
) -> Outcome<Begun> {
    let staged = tree_to_index(repository, Some(head), index, &Pathspec::default(), false)?;
    if !staged.is_empty() {
        let paths: Vec<String> = staged
            .iter()
            .map(|pair| String::from_utf8_lossy(pair.path()).into_owned())
            .collect();
        let text = format!(
            "error: Your local changes to the following files would be overwritten by {verb}:\n  {}",
            paths.join(" ")
        );
        return Ok(Begun::Refused(text));
    }
    std::fs::write(
        repository.git_dir().join("AUTO_MERGE"),
        format!("{}\n", merge.tree),
    )?;
    let converter = Converter::new(repository);
    let plan = match switch(repository, &converter, index, head, &merge.tree)? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Begun::Refused(refusal.message(verb, aim))),
    };
    let lock = index.lock()?;
    plan.apply(repository, &converter, index)?;
    for (path, stages) in &merge.conflicts {
        index.remove(path);
        for (number, version) in stages.iter().enumerate() {
            if let Some((mode, oid)) = version {
                index.add(Entry::new(path, *mode, *oid).at_stage(number as u8 + 1));
            }
        }
    }
    index.write_locked(lock)?;
    Ok(Begun::Done)
}
