//! The ancestor of a merge: of several, their own merge.

use super::text::Favor;
use super::trees::{Labels, Merge, merge_trees};
use crate::failure::Outcome;
use crate::repository::revision::merge_bases;
use crate::repository::{Oid, Repository};

/// Ancestors merged one into the other, at most this deep.
const DEPTH_MAX: usize = 20;

/// The tree that two commits are merged over, and what it is called.
///
/// # Errors
/// What can't be read or written.
pub fn base_tree(repository: &Repository, ours: &Oid, theirs: &Oid) -> Outcome<(Oid, String)> {
    base_at(repository, ours, theirs, 0)
}

fn base_at(
    repository: &Repository,
    ours: &Oid,
    theirs: &Oid,
    depth: usize,
) -> Outcome<(Oid, String)> {
    let bases = merge_bases(repository, ours, &[*theirs])?;
    match &bases[..] {
        [] => Ok((Oid::EMPTY_TREE, "empty tree".to_owned())),
        [base] => Ok((repository.to_tree(base)?, repository.short(base))),
        [.., oldest] => {
            let mut tree = repository.to_tree(oldest)?;
            for other in bases.iter().rev().skip(1) {
                let base = match depth < DEPTH_MAX {
                    true => base_at(repository, oldest, other, depth + 1)?.0,
                    false => Oid::EMPTY_TREE,
                };
                let labels = Labels {
                    base: "merged common ancestors".to_owned(),
                    ours: "Temporary merge branch 1".to_owned(),
                    theirs: "Temporary merge branch 2".to_owned(),
                };
                let other = repository.to_tree(other)?;
                tree = merge_trees(
                    repository,
                    [&base, &tree, &other],
                    &labels,
                    Favor::Nobody,
                    depth + 1,
                )?
                .tree;
            }
            Ok((tree, "merged common ancestors".to_owned()))
        }
    }
}

/// Merges two commits.
///
/// # Errors
/// What can't be read or written.
pub fn merge_commits(
    repository: &Repository,
    ours: &Oid,
    theirs: &Oid,
    names: [&str; 2],
    favor: Favor,
) -> Outcome<Merge> {
    let (base, label) = base_tree(repository, ours, theirs)?;
    let labels = Labels {
        base: label,
        ours: names[0].to_owned(),
        theirs: names[1].to_owned(),
    };
    merge_trees(
        repository,
        [
            &base,
            &repository.to_tree(ours)?,
            &repository.to_tree(theirs)?,
        ],
        &labels,
        favor,
        0,
    )
}
