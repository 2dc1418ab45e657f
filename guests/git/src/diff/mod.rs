//! Line diffs as git makes them: which lines changed, grouped and printed the same way.

mod compact;
mod histogram;
mod hunk;
mod lines;
mod myers;
mod patience;
mod prepare;

#[cfg(not(target_family = "wasm"))]
pub use hunk::unified;
pub use hunk::{Context, Hunk, Piece, group, walk};
pub use lines::{Whitespace, classify, comparable, is_space, split, trim_end};

/// How changed lines are searched.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Algorithm {
    #[default]
    Myers,
    Minimal,
    Patience,
    Histogram,
}

/// How two texts are compared.
#[derive(Clone, Copy, Default)]
pub struct Comparison {
    pub algorithm: Algorithm,
    pub whitespace: Whitespace,
    /// `--ignore-blank-lines`
    pub blank_lines: bool,
    /// `--no-indent-heuristic`
    pub no_indent: bool,
}

/// A run of lines that changed: `removed` old lines at `old` became `added` new lines at `new`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub old: usize,
    pub removed: usize,
    pub new: usize,
    pub added: usize,
    /// Only blank lines, which don't count.
    pub ignored: bool,
}

/// What changed between two lists of lines, in order.
pub fn changes(old: &[&[u8]], new: &[&[u8]], how: Comparison) -> Vec<Change> {
    let classes = classify(old, new, how.whitespace);
    let mut changed_old = vec![false; old.len()];
    let mut changed_new = vec![false; new.len()];
    match how.algorithm {
        Algorithm::Patience => patience::mark(&classes, &mut changed_old, &mut changed_new),
        Algorithm::Histogram => histogram::mark(&classes, &mut changed_old, &mut changed_new),
        Algorithm::Myers | Algorithm::Minimal => {
            let minimal = how.algorithm == Algorithm::Minimal;
            let (taking_old, taking_new) = prepare::prepare(
                &classes.old,
                &classes.new,
                classes.count,
                &mut changed_old,
                &mut changed_new,
            );
            myers::mark(
                &taking_old,
                &taking_new,
                minimal,
                &mut changed_old,
                &mut changed_new,
            );
        }
    }
    let mut side = compact::Side {
        lines: old,
        class: &classes.old,
        changed: &mut changed_old,
    };
    compact::compact(&mut side, &changed_new, !how.no_indent);
    let mut side = compact::Side {
        lines: new,
        class: &classes.new,
        changed: &mut changed_new,
    };
    compact::compact(&mut side, &changed_old, !how.no_indent);
    let mut changes = collect(&changed_old, &changed_new);
    if how.blank_lines {
        mark_blank(&mut changes, old, new, how.whitespace);
    }
    changes
}

fn collect(changed_old: &[bool], changed_new: &[bool]) -> Vec<Change> {
    let run = |changed: &[bool]| changed.iter().take_while(|changed| **changed).count();
    let mut changes = Vec::new();
    let (mut old, mut new) = (0, 0);
    while old < changed_old.len() || new < changed_new.len() {
        let (removed, added) = (run(&changed_old[old..]), run(&changed_new[new..]));
        if removed + added > 0 {
            changes.push(Change {
                old,
                removed,
                new,
                added,
                ignored: false,
            });
        }
        old += removed + 1;
        new += added + 1;
        if old > changed_old.len() || new > changed_new.len() {
            break;
        }
    }
    changes
}

fn mark_blank(changes: &mut [Change], old: &[&[u8]], new: &[&[u8]], whitespace: Whitespace) {
    let blank = |line: &&[u8]| match whitespace.any() {
        true => line.iter().all(|&byte| is_space(byte)),
        false => line.len() <= 1,
    };
    for change in changes {
        change.ignored = old[change.old..change.old + change.removed]
            .iter()
            .all(blank)
            && new[change.new..change.new + change.added].iter().all(blank);
    }
}

/// Without the common end, in steps of 1 KiB: git leaves it out of diffs without context.
pub fn without_common_tail<'a, 'b>(
    old: &'a [&'b [u8]],
    new: &'a [&'b [u8]],
) -> (&'a [&'b [u8]], &'a [&'b [u8]]) {
    const STEP: usize = 1024;
    let mut same = 0;
    let mut lines = Vec::new();
    for (a, b) in old.iter().rev().zip(new.iter().rev()) {
        if a != b {
            let more = a
                .iter()
                .rev()
                .zip(b.iter().rev())
                .take_while(|(a, b)| a == b)
                .count();
            same += more;
            break;
        }
        same += a.len();
        lines.push(same);
    }
    let trimmed = same / STEP * STEP;
    let kept = lines.iter().take_while(|end| **end < trimmed).count();
    (&old[..old.len() - kept], &new[..new.len() - kept])
}
