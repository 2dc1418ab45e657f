//! What the search for differences leaves out beforehand: common ends, and lines whose matches would only confuse it.

/// Lines with many matches count as confusing from here on.
const MOST_MATCHES: usize = 1024;
/// How far around a confusing line is looked.
const WINDOW: usize = 100;

/// The lines of one side that take part in the search.
pub struct Taking {
    /// Where each of them stands in the file.
    pub index: Vec<usize>,
    pub class: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq)]
enum Matches {
    None,
    Few,
    Many,
}

/// The lines of both sides that take part; the others are marked as changed, or are the same at both ends.
pub fn prepare(
    old: &[u32],
    new: &[u32],
    classes: usize,
    changed_old: &mut [bool],
    changed_new: &mut [bool],
) -> (Taking, Taking) {
    let mut in_old = vec![0u32; classes];
    let mut in_new = vec![0u32; classes];
    old.iter().for_each(|&class| in_old[class as usize] += 1);
    new.iter().for_each(|&class| in_new[class as usize] += 1);
    let shorter = old.len().min(new.len());
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(shorter - head)
        .take_while(|(a, b)| a == b)
        .count();
    let side = |lines: &[u32], others: &[u32], changed: &mut [bool]| {
        let middle = head..lines.len() - tail;
        let limit = rough_root(lines.len()).min(MOST_MATCHES) as u32;
        let matches: Vec<Matches> = lines[middle]
            .iter()
            .map(|&class| matches(others[class as usize], limit))
            .collect();
        let mut taking = Taking {
            index: Vec::with_capacity(matches.len()),
            class: Vec::with_capacity(matches.len()),
        };
        for (at, kind) in matches.iter().enumerate() {
            if *kind == Matches::Few || *kind == Matches::Many && !is_confusing(&matches, at) {
                taking.index.push(head + at);
                taking.class.push(lines[head + at]);
            } else {
                changed[head + at] = true;
            }
        }
        taking
    };
    (
        side(old, &in_new, changed_old),
        side(new, &in_old, changed_new),
    )
}

fn matches(count: u32, limit: u32) -> Matches {
    match count {
        0 => Matches::None,
        count if count >= limit => Matches::Many,
        _ => Matches::Few,
    }
}

/// Whether a line of many matches stands in a run of lines most of which have none.
fn is_confusing(matches: &[Matches], at: usize) -> bool {
    let count = |neighbours: &mut dyn Iterator<Item = &Matches>| {
        let (mut none, mut many) = (0, 1);
        for kind in neighbours.take(WINDOW) {
            match kind {
                Matches::None => none += 1,
                Matches::Many => many += 1,
                Matches::Few => break,
            }
        }
        (none, many)
    };
    let (none_before, many_before) = count(&mut matches[..at].iter().rev());
    if none_before == 0 {
        return false;
    }
    let (none_behind, many_behind) = count(&mut matches[at + 1..].iter());
    if none_behind == 0 {
        return false;
    }
    let (none, many) = (none_before + none_behind, many_before + many_behind);
    many * 4 < many + none
}

/// A power of two near the square root.
pub fn rough_root(mut number: usize) -> usize {
    let mut root = 1;
    while number > 0 {
        root <<= 1;
        number >>= 2;
    }
    root
}
