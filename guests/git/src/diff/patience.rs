//! The patience search: lines that stand once on each side, in order, hold the rest apart.

use super::histogram::fall_back;
use super::lines::Classes;

const NONE: usize = usize::MAX;

/// Marks the lines that differ.
pub fn mark(classes: &Classes, changed_old: &mut [bool], changed_new: &mut [bool]) {
    let mut seen = vec![Seen::default(); classes.count];
    let mut areas = vec![((0, classes.old.len()), (0, classes.new.len()))];
    while let Some((old, new)) = areas.pop() {
        if old.0 == old.1 || new.0 == new.1 {
            changed_old[old.0..old.1].fill(true);
            changed_new[new.0..new.1].fill(true);
            continue;
        }
        let anchors = anchors(classes, &mut seen, old, new);
        match anchors {
            Anchors::NothingCommon => {
                changed_old[old.0..old.1].fill(true);
                changed_new[new.0..new.1].fill(true);
            }
            Anchors::Lines(pairs) if pairs.is_empty() => fall_back(
                &classes.old[old.0..old.1],
                &classes.new[new.0..new.1],
                classes.count,
                &mut changed_old[old.0..old.1],
                &mut changed_new[new.0..new.1],
            ),
            Anchors::Lines(pairs) => between(classes, &pairs, old, new, &mut areas),
        }
    }
}

enum Anchors {
    NothingCommon,
    Lines(Vec<(usize, usize)>),
}

#[derive(Clone, Copy, Default)]
struct Seen {
    old: usize,
    new: usize,
    at_new: usize,
}

/// The longest rising sequence of lines that are alone on both sides.
fn anchors(
    classes: &Classes,
    seen: &mut [Seen],
    old: (usize, usize),
    new: (usize, usize),
) -> Anchors {
    for &class in &classes.old[old.0..old.1] {
        seen[class as usize].old += 1;
    }
    for at in new.0..new.1 {
        let line = &mut seen[classes.new[at] as usize];
        line.new += 1;
        line.at_new = at;
    }
    let common = classes.old[old.0..old.1]
        .iter()
        .any(|&class| seen[class as usize].new > 0);
    let mut piles: Vec<(usize, usize)> = Vec::new();
    let mut before = vec![NONE; old.1 - old.0];
    for at in old.0..old.1 {
        let line = seen[classes.old[at] as usize];
        if line.old != 1 || line.new != 1 {
            continue;
        }
        let pile = piles.partition_point(|pile| pile.1 < line.at_new);
        before[at - old.0] = if pile > 0 { piles[pile - 1].0 } else { NONE };
        piles.truncate(piles.len().max(pile));
        if pile == piles.len() {
            piles.push((at, line.at_new));
        } else {
            piles[pile] = (at, line.at_new);
        }
    }
    let mut pairs = Vec::new();
    let mut at = piles.last().map_or(NONE, |pile| pile.0);
    while at != NONE {
        pairs.push((at, seen[classes.old[at] as usize].at_new));
        at = before[at - old.0];
    }
    pairs.reverse();
    for &class in classes.old[old.0..old.1]
        .iter()
        .chain(&classes.new[new.0..new.1])
    {
        seen[class as usize] = Seen::default();
    }
    if common {
        Anchors::Lines(pairs)
    } else {
        Anchors::NothingCommon
    }
}

/// The areas between the anchors, without the common lines around them.
fn between(
    classes: &Classes,
    pairs: &[(usize, usize)],
    old: (usize, usize),
    new: (usize, usize),
    areas: &mut Vec<((usize, usize), (usize, usize))>,
) {
    let (mut from_old, mut from_new) = (old.0, new.0);
    let ends = pairs.iter().copied().chain(std::iter::once((old.1, new.1)));
    for (anchor_old, anchor_new) in ends {
        let (mut to_old, mut to_new) = (anchor_old, anchor_new);
        let same = |at_old: usize, at_new: usize| classes.old[at_old] == classes.new[at_new];
        while from_old < to_old && from_new < to_new && same(from_old, from_new) {
            from_old += 1;
            from_new += 1;
        }
        if anchor_old < old.1 {
            while to_old > from_old && to_new > from_new && same(to_old - 1, to_new - 1) {
                to_old -= 1;
                to_new -= 1;
            }
        }
        if from_old < to_old || from_new < to_new {
            areas.push(((from_old, to_old), (from_new, to_new)));
        }
        (from_old, from_new) = (anchor_old + 1, anchor_new + 1);
    }
}
