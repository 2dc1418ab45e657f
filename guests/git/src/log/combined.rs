//! What a merge changed beside all of its parents.

use std::collections::BTreeMap;

use crate::changes::{File, Pair, Source, content, trees};
use crate::failure::Outcome;
use crate::report::{Made, Options, Parent, combined};
use crate::repository::pathspec::Pathspec;
use crate::repository::{Commit, Oid, Repository};

/// Paths that differ from every parent, with the pair for each.
pub fn paths(
    repository: &Repository,
    commit: &Commit,
    spec: &Pathspec,
) -> Outcome<BTreeMap<Vec<u8>, Vec<Pair>>> {
    let mut found: BTreeMap<Vec<u8>, Vec<Pair>> = BTreeMap::new();
    for (number, parent) in commit.parents.iter().enumerate() {
        let tree = repository.to_tree(parent)?;
        for pair in trees(repository, &tree, &commit.tree, spec, false)? {
            let pairs = found.entry(pair.path().to_vec()).or_default();
            if pairs.len() == number {
                pairs.push(pair);
            }
        }
    }
    found.retain(|_, pairs| pairs.len() == commit.parents.len());
    Ok(found)
}

/// Appends the combined patches of a merge.
pub fn show(
    source: &Source,
    repository: &Repository,
    commit: &Commit,
    spec: &Pathspec,
    dense: bool,
    options: &Options,
    out: &mut Vec<u8>,
) -> Outcome<()> {
    for (path, pairs) in paths(repository, commit, spec)? {
        let load = |file: &Option<File>| {
            file.as_ref().map_or(Ok(Vec::new()), |file| {
                content(source, file).map(|bytes| bytes.to_vec())
            })
        };
        let mut parents = Vec::with_capacity(pairs.len());
        for pair in &pairs {
            let (mode, oid) = pair
                .old
                .as_ref()
                .map_or((0, Oid::ZERO), |file| (file.mode, file.oid));
            parents.push(Parent {
                mode,
                oid,
                bytes: load(&pair.old)?,
                absent: pair.old.is_none(),
            });
        }
        let new = pairs.first().and_then(|pair| pair.new.clone());
        let bytes = load(&new)?;
        let (mode, oid) = new.map_or((0, Oid::ZERO), |file| (file.mode, file.oid));
        let made = Made {
            path: &path,
            mode,
            oid,
            bytes: &bytes,
            on_disk: false,
        };
        combined(source, &made, &parents, dense, options, out);
    }
    Ok(())
}
