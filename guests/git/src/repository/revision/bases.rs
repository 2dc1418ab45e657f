//! Common ancestors.

use std::collections::{BinaryHeap, HashMap};

use crate::failure::Outcome;
use crate::repository::{Oid, Repository};

const ONE: u8 = 1;
const TWO: u8 = 2;
/// An ancestor of a common ancestor.
const STALE: u8 = 4;
const RESULT: u8 = 8;

/// The best common ancestors of a commit and of any of others, the youngest first.
///
/// # Errors
/// A commit that can't be read.
pub fn merge_bases(repository: &Repository, one: &Oid, others: &[Oid]) -> Outcome<Vec<Oid>> {
    if others.contains(one) {
        return Ok(vec![*one]);
    }
    let found = paint(repository, one, others)?;
    if found.len() <= 1 {
        return Ok(found);
    }
    // Of several, those that another one reaches aren't best.
    let mut best = Vec::new();
    for oid in &found {
        let mut reached = false;
        for other in found.iter().filter(|other| *other != oid) {
            reached = reached || is_ancestor(repository, oid, other)?;
        }
        if !reached {
            best.push(*oid);
        }
    }
    Ok(best)
}

/// Whether a commit is another one or an ancestor of it.
///
/// # Errors
/// A commit that can't be read.
pub fn is_ancestor(repository: &Repository, ancestor: &Oid, of: &Oid) -> Outcome<bool> {
    Ok(ancestor == of || paint(repository, ancestor, &[*of])?.contains(ancestor))
}

/// Paints from both sides, the youngest first, until only stale commits are left.
fn paint(repository: &Repository, one: &Oid, others: &[Oid]) -> Outcome<Vec<Oid>> {
    let mut flags: HashMap<Oid, u8> = HashMap::new();
    let mut queue = BinaryHeap::new();
    let mut order = 0u64;
    let mut push = |queue: &mut BinaryHeap<_>, oid: Oid| -> Outcome<()> {
        order += 1;
        queue.push((
            repository.objects().commit(&oid)?.time(),
            u64::MAX - order,
            oid,
        ));
        Ok(())
    };
    *flags.entry(*one).or_default() |= ONE;
    push(&mut queue, *one)?;
    for other in others {
        *flags.entry(*other).or_default() |= TWO;
        push(&mut queue, *other)?;
    }
    let mut found = Vec::new();
    while queue.iter().any(|(_, _, oid)| flags[oid] & STALE == 0) {
        let Some((_, _, oid)) = queue.pop() else {
            break;
        };
        let mut painted = flags[&oid] & (ONE | TWO | STALE);
        if painted == ONE | TWO {
            if flags[&oid] & RESULT == 0 {
                *flags.entry(oid).or_default() |= RESULT;
                found.push(oid);
            }
            painted |= STALE;
        }
        for parent in repository.objects().commit(&oid)?.parents {
            let flag = flags.entry(parent).or_default();
            if *flag & painted != painted {
                *flag |= painted;
                push(&mut queue, parent)?;
            }
        }
    }
    found.retain(|oid| flags[oid] & STALE == 0);
    Ok(found)
}
