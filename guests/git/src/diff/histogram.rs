//! The histogram search: splits at the common run whose lines are rarest, which is what git's merges compare with.

use super::prepare::prepare;
use super::{lines::Classes, myers};

/// A line of more occurrences than this is nothing to split at.
const OCCURRENCES_MAX: u32 = 64;
const NONE: u32 = u32::MAX;

/// Marks the lines that differ.
pub fn mark(classes: &Classes, changed_old: &mut [bool], changed_new: &mut [bool]) {
    let mut index = Index::new(classes);
    let mut areas = vec![((0, classes.old.len()), (0, classes.new.len()))];
    while let Some((old, new)) = areas.pop() {
        if old.0 == old.1 || new.0 == new.1 {
            changed_old[old.0..old.1].fill(true);
            changed_new[new.0..new.1].fill(true);
            continue;
        }
        match index.longest_rare_run(old, new) {
            Found::Nothing => {
                changed_old[old.0..old.1].fill(true);
                changed_new[new.0..new.1].fill(true);
            }
            Found::OnlyCommon => {
                let (lines_old, lines_new) =
                    (&classes.old[old.0..old.1], &classes.new[new.0..new.1]);
                fall_back(
                    lines_old,
                    lines_new,
                    classes.count,
                    &mut changed_old[old.0..old.1],
                    &mut changed_new[new.0..new.1],
                );
            }
            Found::Run(run) => {
                areas.push(((run.old + run.length, old.1), (run.new + run.length, new.1)));
                areas.push(((old.0, run.old), (new.0, run.new)));
            }
        }
    }
}

/// Myers' search over a part of both files.
pub fn fall_back(
    old: &[u32],
    new: &[u32],
    classes: usize,
    changed_old: &mut [bool],
    changed_new: &mut [bool],
) {
    let (taking_old, taking_new) = prepare(old, new, classes, changed_old, changed_new);
    myers::mark(&taking_old, &taking_new, false, changed_old, changed_new);
}

#[derive(Clone, Copy, Default)]
struct Run {
    old: usize,
    new: usize,
    length: usize,
}

enum Found {
    Nothing,
    OnlyCommon,
    Run(Run),
}

/// Where the lines of the old side stand, chained by class.
struct Index<'a> {
    old: &'a [u32],
    new: &'a [u32],
    first: Vec<u32>,
    count: Vec<u32>,
    next: Vec<u32>,
}

impl<'a> Index<'a> {
    fn new(classes: &'a Classes) -> Self {
        Self {
            old: &classes.old,
            new: &classes.new,
            first: vec![NONE; classes.count],
            count: vec![0; classes.count],
            next: vec![NONE; classes.old.len()],
        }
    }

    fn fill(&mut self, (start, end): (usize, usize)) {
        for at in (start..end).rev() {
            let class = self.old[at] as usize;
            self.next[at] = self.first[class];
            self.first[class] = at as u32;
            self.count[class] += 1;
        }
    }

    fn clear(&mut self, (start, end): (usize, usize)) {
        for at in start..end {
            let class = self.old[at] as usize;
            self.first[class] = NONE;
            self.count[class] = 0;
        }
    }

    fn longest_rare_run(&mut self, old: (usize, usize), new: (usize, usize)) -> Found {
        self.fill(old);
        let mut best = Run::default();
        let mut rarest = OCCURRENCES_MAX + 1;
        let mut common = false;
        let mut at = new.0;
        while at < new.1 {
            at = self.try_line(at, old, new, &mut best, &mut rarest, &mut common);
        }
        self.clear(old);
        match best.length {
            _ if common && rarest > OCCURRENCES_MAX => Found::OnlyCommon,
            0 => Found::Nothing,
            _ => Found::Run(best),
        }
    }

    /// Looks at the runs through one new line, and tells where to go on.
    fn try_line(
        &self,
        at: usize,
        old: (usize, usize),
        new: (usize, usize),
        best: &mut Run,
        rarest: &mut u32,
        common: &mut bool,
    ) -> usize {
        let class = self.new[at] as usize;
        let mut go_on = at + 1;
        let mut candidate = self.first[class];
        if candidate == NONE {
            return go_on;
        }
        *common = true;
        if self.count[class] > *rarest {
            return go_on;
        }
        while candidate != NONE {
            let (mut start, mut start_new) = (candidate as usize, at);
            let (mut end, mut end_new) = (candidate as usize, at);
            let mut rare = self.count[class];
            while old.0 < start
                && new.0 < start_new
                && self.old[start - 1] == self.new[start_new - 1]
            {
                start -= 1;
                start_new -= 1;
                rare = if rare > 1 {
                    rare.min(self.count[self.old[start] as usize])
                } else {
                    rare
                };
            }
            while end + 1 < old.1
                && end_new + 1 < new.1
                && self.old[end + 1] == self.new[end_new + 1]
            {
                end += 1;
                end_new += 1;
                rare = if rare > 1 {
                    rare.min(self.count[self.old[end] as usize])
                } else {
                    rare
                };
            }
            go_on = go_on.max(end_new + 1);
            let length = end - start + 1;
            if best.length < length && (best.length > 0 || length > 1) || rare < *rarest {
                *best = Run {
                    old: start,
                    new: start_new,
                    length,
                };
                *rarest = rare;
            }
            while candidate != NONE && candidate as usize <= end {
                candidate = self.next[candidate as usize];
            }
        }
        go_on
    }
}
