//! Myers' search from both ends, with git's bounds on what it may cost: which lines it finds changed is part of git's output.

use super::prepare::{Taking, rough_root};

/// A diagonal this long is worth ending the search at.
const SNAKE: isize = 20;
/// Before this cost nothing is cut short, and the least cost at which everything is.
const COST_MIN: isize = 256;
const FAR: isize = isize::MAX;

/// Marks the lines that differ.
pub fn mark(
    old: &Taking,
    new: &Taking,
    minimal: bool,
    changed_old: &mut [bool],
    changed_new: &mut [bool],
) {
    let diagonals = old.class.len() + new.class.len() + 3;
    let mut search = Search {
        old: &old.class,
        new: &new.class,
        forward: vec![0; diagonals + 1],
        backward: vec![0; diagonals + 1],
        origin: new.class.len() as isize + 1,
        cost_max: (rough_root(diagonals) as isize).max(COST_MIN),
    };
    let mut boxes = vec![(
        Area {
            old: (0, old.class.len() as isize),
            new: (0, new.class.len() as isize),
        },
        minimal,
    )];
    while let Some((area, minimal)) = boxes.pop() {
        let area = search.shrink(area);
        if area.old.0 == area.old.1 {
            (area.new.0..area.new.1).for_each(|at| changed_new[new.index[at as usize]] = true);
        } else if area.new.0 == area.new.1 {
            (area.old.0..area.old.1).for_each(|at| changed_old[old.index[at as usize]] = true);
        } else {
            let split = search.split(area, minimal);
            boxes.push((
                Area {
                    old: (split.old, area.old.1),
                    new: (split.new, area.new.1),
                },
                split.minimal_high,
            ));
            boxes.push((
                Area {
                    old: (area.old.0, split.old),
                    new: (area.new.0, split.new),
                },
                split.minimal_low,
            ));
        }
    }
}

#[derive(Clone, Copy)]
struct Area {
    old: (isize, isize),
    new: (isize, isize),
}

struct Split {
    old: isize,
    new: isize,
    minimal_low: bool,
    minimal_high: bool,
}

struct Search<'a> {
    old: &'a [u32],
    new: &'a [u32],
    forward: Vec<isize>,
    backward: Vec<isize>,
    origin: isize,
    cost_max: isize,
}

/// The diagonals one direction has reached.
#[derive(Clone, Copy)]
struct Reach {
    middle: isize,
    low: isize,
    high: isize,
}

impl Reach {
    fn diagonals(self) -> impl Iterator<Item = isize> {
        (0..=(self.high - self.low) / 2).map(move |step| self.high - 2 * step)
    }

    fn holds(self, diagonal: isize) -> bool {
        self.low <= diagonal && diagonal <= self.high
    }
}

impl Search<'_> {
    fn same(&self, old: isize, new: isize) -> bool {
        self.old[old as usize] == self.new[new as usize]
    }

    fn slot(&self, diagonal: isize) -> usize {
        (diagonal + self.origin) as usize
    }

    fn shrink(&self, mut area: Area) -> Area {
        while area.old.0 < area.old.1
            && area.new.0 < area.new.1
            && self.same(area.old.0, area.new.0)
        {
            area.old.0 += 1;
            area.new.0 += 1;
        }
        while area.old.0 < area.old.1
            && area.new.0 < area.new.1
            && self.same(area.old.1 - 1, area.new.1 - 1)
        {
            area.old.1 -= 1;
            area.new.1 -= 1;
        }
        area
    }

    /// A point on a good path through the area: where both directions meet, or a point that will do.
    fn split(&mut self, area: Area, minimal: bool) -> Split {
        let (lowest, highest) = (area.old.0 - area.new.1, area.old.1 - area.new.0);
        let start = |middle| Reach {
            middle,
            low: middle,
            high: middle,
        };
        let mut forth = start(area.old.0 - area.new.0);
        let mut back = start(area.old.1 - area.new.1);
        let odd = (forth.middle - back.middle) & 1 != 0;
        let (at_forth, at_back) = (self.slot(forth.middle), self.slot(back.middle));
        self.forward[at_forth] = area.old.0;
        self.backward[at_back] = area.old.1;
        for cost in 1.. {
            let mut snake = false;
            Self::widen(
                &mut forth,
                &mut self.forward,
                self.origin,
                (lowest, highest),
                -1,
            );
            for diagonal in forth.diagonals() {
                let end = self.step_forward(area, diagonal, &mut snake);
                if odd && back.holds(diagonal) && self.backward[self.slot(diagonal)] <= end {
                    return Split {
                        old: end,
                        new: end - diagonal,
                        minimal_low: true,
                        minimal_high: true,
                    };
                }
            }
            Self::widen(
                &mut back,
                &mut self.backward,
                self.origin,
                (lowest, highest),
                FAR,
            );
            for diagonal in back.diagonals() {
                let end = self.step_backward(area, diagonal, &mut snake);
                if !odd && forth.holds(diagonal) && end <= self.forward[self.slot(diagonal)] {
                    return Split {
                        old: end,
                        new: end - diagonal,
                        minimal_low: true,
                        minimal_high: true,
                    };
                }
            }
            if minimal {
                continue;
            }
            if snake
                && cost > COST_MIN
                && let Some(split) = self.good_snake(area, forth, back, cost)
            {
                return split;
            }
            if cost >= self.cost_max {
                return self.furthest(area, forth, back);
            }
        }
        unreachable!("the two directions meet")
    }

    fn widen(
        reach: &mut Reach,
        ends: &mut [isize],
        origin: isize,
        (lowest, highest): (isize, isize),
        outside: isize,
    ) {
        if reach.low > lowest {
            reach.low -= 1;
            ends[(reach.low - 1 + origin) as usize] = outside;
        } else {
            reach.low += 1;
        }
        if reach.high < highest {
            reach.high += 1;
            ends[(reach.high + 1 + origin) as usize] = outside;
        } else {
            reach.high -= 1;
        }
    }

    fn step_forward(&mut self, area: Area, diagonal: isize, snake: &mut bool) -> isize {
        let slot = self.slot(diagonal);
        let (below, above) = (self.forward[slot - 1], self.forward[slot + 1]);
        let begin = if below >= above { below + 1 } else { above };
        let mut old = begin;
        while old < area.old.1 && old - diagonal < area.new.1 && self.same(old, old - diagonal) {
            old += 1;
        }
        *snake |= old - begin > SNAKE;
        self.forward[slot] = old;
        old
    }

    fn step_backward(&mut self, area: Area, diagonal: isize, snake: &mut bool) -> isize {
        let slot = self.slot(diagonal);
        let (below, above) = (self.backward[slot - 1], self.backward[slot + 1]);
        let begin = if below < above { below } else { above - 1 };
        let mut old = begin;
        while old > area.old.0
            && old - diagonal > area.new.0
            && self.same(old - 1, old - diagonal - 1)
        {
            old -= 1;
        }
        *snake |= begin - old > SNAKE;
        self.backward[slot] = old;
        old
    }

    /// The end of a long diagonal that has come far for its cost.
    fn good_snake(&self, area: Area, forth: Reach, back: Reach, cost: isize) -> Option<Split> {
        let mut best = 0;
        let mut found = None;
        for diagonal in forth.diagonals() {
            let old = self.forward[self.slot(diagonal)];
            let new = old - diagonal;
            let come = (old - area.old.0) + (new - area.new.0) - (diagonal - forth.middle).abs();
            let inside = area.old.0 + SNAKE <= old
                && old < area.old.1
                && area.new.0 + SNAKE <= new
                && new < area.new.1;
            if come > 4 * cost
                && come > best
                && inside
                && (1..=SNAKE).all(|k| self.same(old - k, new - k))
            {
                best = come;
                found = Some(Split {
                    old,
                    new,
                    minimal_low: true,
                    minimal_high: false,
                });
            }
        }
        if found.is_some() {
            return found;
        }
        for diagonal in back.diagonals() {
            let old = self.backward[self.slot(diagonal)];
            let new = old - diagonal;
            let come = (area.old.1 - old) + (area.new.1 - new) - (diagonal - back.middle).abs();
            let inside = area.old.0 < old
                && old <= area.old.1 - SNAKE
                && area.new.0 < new
                && new <= area.new.1 - SNAKE;
            if come > 4 * cost
                && come > best
                && inside
                && (0..SNAKE).all(|k| self.same(old + k, new + k))
            {
                best = come;
                found = Some(Split {
                    old,
                    new,
                    minimal_low: false,
                    minimal_high: true,
                });
            }
        }
        found
    }

    /// The furthest point either direction has reached: enough is enough.
    fn furthest(&self, area: Area, forth: Reach, back: Reach) -> Split {
        let (mut forth_sum, mut forth_old) = (-1, -1);
        for diagonal in forth.diagonals() {
            let mut old = self.forward[self.slot(diagonal)].min(area.old.1);
            if area.new.1 < old - diagonal {
                old = area.new.1 + diagonal;
            }
            if forth_sum < 2 * old - diagonal {
                (forth_sum, forth_old) = (2 * old - diagonal, old);
            }
        }
        let (mut back_sum, mut back_old) = (FAR, FAR);
        for diagonal in back.diagonals() {
            let mut old = self.backward[self.slot(diagonal)].max(area.old.0);
            if old - diagonal < area.new.0 {
                old = area.new.0 + diagonal;
            }
            if 2 * old - diagonal < back_sum {
                (back_sum, back_old) = (2 * old - diagonal, old);
            }
        }
        if (area.old.1 + area.new.1) - back_sum < forth_sum - (area.old.0 + area.new.0) {
            Split {
                old: forth_old,
                new: forth_sum - forth_old,
                minimal_low: true,
                minimal_high: false,
            }
        } else {
            Split {
                old: back_old,
                new: back_sum - back_old,
                minimal_low: false,
                minimal_high: true,
            }
        }
    }
}
