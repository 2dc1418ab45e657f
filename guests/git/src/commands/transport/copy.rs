//! Objects from one repository into another.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::commands::rev_list::each_object;
use crate::failure::Outcome;
use crate::repository::{Kind, Oid, Repository, Tag};

/// Copies what these objects need and the other repository doesn't have.
///
/// # Errors
/// What can't be read or written.
pub fn needed(from: &Repository, to: &Repository, tips: &[Oid]) -> Outcome<()> {
    let mut pending: Vec<Oid> = tips.to_vec();
    let mut seen = HashSet::new();
    let mut trees = HashSet::new();
    let mut later = Vec::new();
    while let Some(oid) = pending.pop() {
        if !seen.insert(oid) || to.objects().has(&oid) {
            continue;
        }
        let object = from.objects().read(&oid)?;
        match object.kind {
            Kind::Commit => {
                let commit = from.objects().commit(&oid)?;
                pending.extend(&commit.parents);
                copy_tree(from, to, &commit.tree, &mut trees)?;
            }
            Kind::Tag => pending.extend(Tag::parse(&object.data).map(|tag| tag.object)),
            Kind::Tree => copy_tree(from, to, &oid, &mut trees)?,
            Kind::Blob => {}
        }
        later.push((object.kind, oid));
    }
    // Commits last, the oldest first: whoever is there has all that it needs.
    for (kind, oid) in later.into_iter().rev() {
        to.objects().write(kind, &from.objects().read(&oid)?.data)?;
    }
    Ok(())
}

fn copy_tree(
    from: &Repository,
    to: &Repository,
    tree: &Oid,
    seen: &mut HashSet<Oid>,
) -> Outcome<()> {
    if to.objects().has(tree) && *tree != Oid::EMPTY_TREE {
        return Ok(());
    }
    each_object(from, tree, &mut Vec::new(), seen, &mut |oid, _| {
        let object = from.objects().read(oid)?;
        to.objects().write(object.kind, &object.data).map(|_| ())
    })
}

/// Copies all objects, files as they are.
///
/// # Errors
/// What can't be read or written.
pub fn all(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            all(&entry.path(), &target)?;
        } else if entry.file_name() != "alternates" {
            fs::copy(entry.path(), &target)?;
            isobox_guest::mode::set(&target, true, 0o444)?;
        }
    }
    Ok(())
}
