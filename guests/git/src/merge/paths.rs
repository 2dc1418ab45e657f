//! What each path was and became on both sides, renames seen through.

use std::collections::BTreeMap;

use crate::changes::{Detection, File, Pair, Source, Status, detect, files};
use crate::failure::Outcome;
use crate::repository::pathspec::Pathspec;
use crate::repository::{Oid, Repository};

/// The three versions of what stands at a path: the ancestor's, ours, theirs. They may have had other names.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    pub sides: [Option<File>; 3],
    /// What its renames contradict, in git's words.
    pub trouble: Vec<String>,
    /// A rename that contradicts something, even where contents agree.
    pub contradicts: bool,
}

/// All paths. `labels` name both sides in messages.
pub fn collect(
    source: &Source,
    repository: &Repository,
    trees: [&Oid; 3],
    labels: [&str; 2],
) -> Outcome<BTreeMap<Vec<u8>, Versions>> {
    let mut paths: BTreeMap<Vec<u8>, Versions> = BTreeMap::new();
    for (side, tree) in trees.into_iter().enumerate() {
        for file in files(repository, Some(tree), &Pathspec::default())? {
            let path = file.path.clone();
            paths.entry(path).or_default().sides[side] = Some(file);
        }
    }
    let ours = renames(source, &paths, 1)?;
    let theirs = renames(source, &paths, 2)?;
    for (old, new) in &ours {
        match theirs.get(old) {
            Some(other) if other == new => join(&mut paths, old, new),
            Some(other) => split(&mut paths, old, [new, other], labels),
            None => one_side(&mut paths, old, new, 1, labels),
        }
    }
    for (old, new) in theirs.iter().filter(|(old, _)| !ours.contains_key(*old)) {
        one_side(&mut paths, old, new, 2, labels);
    }
    paths.retain(|_, versions| versions.sides.iter().any(Option::is_some));
    Ok(paths)
}

/// What a side renamed, old name to new.
fn renames(
    source: &Source,
    paths: &BTreeMap<Vec<u8>, Versions>,
    side: usize,
) -> Outcome<BTreeMap<Vec<u8>, Vec<u8>>> {
    let pairs =
        paths.values().filter_map(
            |versions| match (&versions.sides[0], &versions.sides[side]) {
                (Some(old), None) => Some(Pair::new(Some(old.clone()), None)),
                (None, Some(new)) => Some(Pair::new(None, Some(new.clone()))),
                _ => None,
            },
        );
    let detection = Detection {
        empty: false,
        ..Detection::default()
    };
    let found = detect(source, pairs.collect(), detection)?;
    let renamed = found.iter().filter(|pair| pair.status == Status::Renamed);
    Ok(renamed
        .map(|pair| (pair.old_path().to_vec(), pair.path().to_vec()))
        .collect())
}

fn take(paths: &mut BTreeMap<Vec<u8>, Versions>, path: &[u8], side: usize) -> Option<File> {
    paths
        .get_mut(path)
        .and_then(|versions| versions.sides[side].take())
}

/// Both sides gave the same new name.
fn join(paths: &mut BTreeMap<Vec<u8>, Versions>, old: &[u8], new: &[u8]) {
    let base = take(paths, old, 0);
    paths.entry(new.to_vec()).or_default().sides[0] = base;
}

/// Both sides gave names, but not the same.
fn split(
    paths: &mut BTreeMap<Vec<u8>, Versions>,
    old: &[u8],
    new: [&Vec<u8>; 2],
    labels: [&str; 2],
) {
    let shown = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    let text = format!(
        "CONFLICT (rename/rename): {0} renamed to {1} in {3} and to {2} in {4}.",
        shown(old),
        shown(new[0]),
        shown(new[1]),
        labels[0],
        labels[1]
    );
    if let Some(versions) = paths.get_mut(old) {
        versions.trouble.push(text);
        versions.contradicts = true;
    }
    for path in new {
        paths.entry(path.clone()).or_default().contradicts = true;
    }
}

/// One side gave a new name: what the other did to the old one goes there.
fn one_side(
    paths: &mut BTreeMap<Vec<u8>, Versions>,
    old: &[u8],
    new: &[u8],
    side: usize,
    labels: [&str; 2],
) {
    let other = 3 - side;
    let base = take(paths, old, 0);
    let theirs = take(paths, old, other);
    let deleted = theirs.is_none();
    let versions = paths.entry(new.to_vec()).or_default();
    versions.sides[0] = base;
    if deleted {
        let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
        versions.trouble.push(format!(
            "CONFLICT (rename/delete): {old} renamed to {new} in {}, but deleted in {}.",
            labels[side - 1],
            labels[other - 1]
        ));
        versions.contradicts = true;
    } else if versions.sides[other].is_none() {
        versions.sides[other] = theirs;
    }
}
