//! Which lines change: Myers' algorithm from both ends, as GNU diff has it, so that of several shortest answers ours is
//! the same one.

/// The lines of one file, as numbers: equal lines have equal numbers.
pub struct Side {
    pub classes: Vec<usize>,
    /// Whether each line is changed; one more at each end, never changed.
    changed: Vec<bool>,
}

impl Side {
    pub fn new(classes: Vec<usize>) -> Self {
        let changed = vec![false; classes.len() + 2];
        Self { classes, changed }
    }

    /// Whether line `line` is deleted or inserted.
    pub fn is_changed(&self, line: usize) -> bool {
        self.changed[line + 1]
    }
}

/// Finds the changes between two files whose lines have numbers below `classes`.
pub fn analyze(sides: &mut [Side; 2], classes: usize, minimal: bool) {
    let kept = discard_confusing_lines(sides, classes, minimal);
    let mut search = Search::new(&kept);
    search.compare(
        0,
        kept[0].len() as isize,
        0,
        kept[1].len() as isize,
        minimal,
    );
    let Search { marks, .. } = search;
    for (side, marks) in sides.iter_mut().zip(marks) {
        for line in marks {
            side.changed[line + 1] = true;
        }
    }
    shift_boundaries(sides, 0);
    shift_boundaries(sides, 1);
}

/// A line that takes part in the search: its class, and where it stands.
type Kept = Vec<(usize, usize)>;

/// Leaves lines out of the search that the other file doesn't have, and some that it has too often.
fn discard_confusing_lines(sides: &mut [Side; 2], classes: usize, minimal: bool) -> [Kept; 2] {
    let counts = [count(&sides[0], classes), count(&sides[1], classes)];
    let mut kept = [Vec::new(), Vec::new()];
    for file in 0..2 {
        let side = &mut sides[file];
        let mut discards = provisional(side, &counts[1 - file]);
        settle_discards(&mut discards);
        for (line, class) in side.classes.iter().enumerate() {
            if minimal || discards[line] == Discard::No {
                kept[file].push((*class, line));
            } else {
                side.changed[line + 1] = true;
            }
        }
    }
    kept
}

fn count(side: &Side, classes: usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    for class in &side.classes {
        counts[*class] += 1;
    }
    counts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Discard {
    No,
    Yes,
    /// Only in the middle of lines that are discarded.
    Maybe,
}

fn provisional(side: &Side, other_counts: &[usize]) -> Vec<Discard> {
    let mut many = 5;
    let mut rest = side.classes.len() / 64;
    loop {
        rest >>= 2;
        if rest == 0 {
            break;
        }
        many *= 2;
    }
    side.classes
        .iter()
        .map(|class| match other_counts[*class] {
            0 => Discard::Yes,
            matches if matches > many => Discard::Maybe,
            _ => Discard::No,
        })
        .collect()
}

/// Decides the provisional discards: they stand only within runs of discarded lines.
fn settle_discards(discards: &mut [Discard]) {
    let mut line = 0;
    while line < discards.len() {
        match discards[line] {
            Discard::Maybe => discards[line] = Discard::No,
            Discard::No => {}
            Discard::Yes => line = settle_run(discards, line),
        }
        line += 1;
    }
}

/// Settles the run of discards that begins at `start`; answers the last line that need not be looked at again.
fn settle_run(discards: &mut [Discard], start: usize) -> usize {
    let mut end = start;
    let mut maybe = 0;
    while end < discards.len() && discards[end] != Discard::No {
        maybe += usize::from(discards[end] == Discard::Maybe);
        end += 1;
    }
    while end > start && discards[end - 1] == Discard::Maybe {
        end -= 1;
        discards[end] = Discard::No;
        maybe -= 1;
    }
    let run = &mut discards[start..end];
    if maybe * 4 > run.len() {
        for discard in run.iter_mut() {
            if *discard == Discard::Maybe {
                *discard = Discard::No;
            }
        }
        return start;
    }
    cancel_long_subruns(run);
    cancel_at_edge(run.iter_mut());
    cancel_at_edge(run.iter_mut().rev());
    end - 1
}

fn cancel_long_subruns(run: &mut [Discard]) {
    let mut minimum = 1;
    let mut rest = run.len() >> 2;
    loop {
        rest >>= 2;
        if rest == 0 {
            break;
        }
        minimum <<= 1;
    }
    minimum += 1;
    let mut at = 0;
    while at < run.len() {
        let length = run[at..]
            .iter()
            .take_while(|it| **it == Discard::Maybe)
            .count();
        if length >= minimum {
            run[at..at + length].fill(Discard::No);
        }
        at += length.max(1);
    }
}

/// From an edge on, until three discards in a row or one that is eight lines in, nothing is provisional.
fn cancel_at_edge<'a>(run: impl Iterator<Item = &'a mut Discard>) {
    let mut row = 0;
    for (at, discard) in run.enumerate() {
        if at >= 8 && *discard == Discard::Yes {
            break;
        }
        match discard {
            Discard::Yes => row += 1,
            _ => {
                row = 0;
                *discard = Discard::No;
            }
        }
        if row == 3 {
            break;
        }
    }
}

/// The search in the edit graph.
struct Search<'a> {
    x: &'a [(usize, usize)],
    y: &'a [(usize, usize)],
    /// How far each diagonal was reached, forwards and backwards; `shift` makes diagonals indices.
    forward: Vec<isize>,
    backward: Vec<isize>,
    shift: isize,
    too_expensive: isize,
    /// The changed lines of both files.
    marks: [Vec<usize>; 2],
}

/// Where a rectangle of the edit graph is cut in two, and whether each half wants the shortest answer.
struct Cut {
    x: isize,
    y: isize,
    low_minimal: bool,
    high_minimal: bool,
}

impl<'a> Search<'a> {
    fn new(kept: &'a [Kept; 2]) -> Self {
        let diagonals = kept[0].len() + kept[1].len() + 3;
        let mut root: isize = 1;
        let mut rest = diagonals;
        while rest != 0 {
            root <<= 1;
            rest >>= 2;
        }
        Self {
            x: &kept[0],
            y: &kept[1],
            forward: vec![0; diagonals],
            backward: vec![0; diagonals],
            shift: kept[1].len() as isize + 1,
            too_expensive: root.max(4096),
            marks: [Vec::new(), Vec::new()],
        }
    }

    fn equal(&self, x: isize, y: isize) -> bool {
        self.x[x as usize].0 == self.y[y as usize].0
    }

    /// Marks the changes between `x0..x1` and `y0..y1`.
    fn compare(
        &mut self,
        mut x0: isize,
        mut x1: isize,
        mut y0: isize,
        mut y1: isize,
        minimal: bool,
    ) {
        while x0 < x1 && y0 < y1 && self.equal(x0, y0) {
            x0 += 1;
            y0 += 1;
        }
        while x0 < x1 && y0 < y1 && self.equal(x1 - 1, y1 - 1) {
            x1 -= 1;
            y1 -= 1;
        }
        if x0 == x1 {
            self.marks[1].extend(self.y[y0 as usize..y1 as usize].iter().map(|it| it.1));
        } else if y0 == y1 {
            self.marks[0].extend(self.x[x0 as usize..x1 as usize].iter().map(|it| it.1));
        } else {
            let cut = self.cut(x0, x1, y0, y1, minimal);
            self.compare(x0, cut.x, y0, cut.y, cut.low_minimal);
            self.compare(cut.x, x1, cut.y, y1, cut.high_minimal);
        }
    }

    /// Finds the middle of a shortest path, searching from both corners at once.
    fn cut(&mut self, x0: isize, x1: isize, y0: isize, y1: isize, minimal: bool) -> Cut {
        let (lowest, highest) = (x0 - y1, x1 - y0);
        let (front, back) = (x0 - y0, x1 - y1);
        let (mut f_low, mut f_high) = (front, front);
        let (mut b_low, mut b_high) = (back, back);
        let odd = (front - back) & 1 != 0;
        let s = self.shift;
        let at = |diagonal: isize| (diagonal + s) as usize;
        self.forward[at(front)] = x0;
        self.backward[at(back)] = x1;
        let mut cost = 1;
        loop {
            if f_low > lowest {
                f_low -= 1;
                self.forward[at(f_low - 1)] = -1;
            } else {
                f_low += 1;
            }
            if f_high < highest {
                f_high += 1;
                self.forward[at(f_high + 1)] = -1;
            } else {
                f_high -= 1;
            }
            let mut d = f_high;
            while d >= f_low {
                let (low, high) = (self.forward[at(d - 1)], self.forward[at(d + 1)]);
                let mut x = if low < high { high } else { low + 1 };
                let mut y = x - d;
                while x < x1 && y < y1 && self.equal(x, y) {
                    x += 1;
                    y += 1;
                }
                self.forward[at(d)] = x;
                if odd && b_low <= d && d <= b_high && self.backward[at(d)] <= x {
                    return Cut {
                        x,
                        y,
                        low_minimal: true,
                        high_minimal: true,
                    };
                }
                d -= 2;
            }
            if b_low > lowest {
                b_low -= 1;
                self.backward[at(b_low - 1)] = isize::MAX;
            } else {
                b_low += 1;
            }
            if b_high < highest {
                b_high += 1;
                self.backward[at(b_high + 1)] = isize::MAX;
            } else {
                b_high -= 1;
            }
            let mut d = b_high;
            while d >= b_low {
                let (low, high) = (self.backward[at(d - 1)], self.backward[at(d + 1)]);
                let mut x = if low < high { low } else { high - 1 };
                let mut y = x - d;
                while x0 < x && y0 < y && self.equal(x - 1, y - 1) {
                    x -= 1;
                    y -= 1;
                }
                self.backward[at(d)] = x;
                if !odd && f_low <= d && d <= f_high && x <= self.forward[at(d)] {
                    return Cut {
                        x,
                        y,
                        low_minimal: true,
                        high_minimal: true,
                    };
                }
                d -= 2;
            }
            if !minimal && cost >= self.too_expensive {
                let front = (f_low..=f_high).rev().step_by(2);
                let back = (b_low..=b_high).rev().step_by(2);
                return self.give_up([x0, x1, y0, y1], front, back);
            }
            cost += 1;
        }
    }

    /// Cuts at the best that was found, when the search has gone on for too long.
    fn give_up(
        &self,
        [x0, x1, y0, y1]: [isize; 4],
        front: impl Iterator<Item = isize>,
        back: impl Iterator<Item = isize>,
    ) -> Cut {
        let at = |diagonal: isize| (diagonal + self.shift) as usize;
        let (mut f_sum, mut f_x) = (-1, x0);
        for d in front {
            let x = self.forward[at(d)].min(x1).min(y1 + d);
            if f_sum < x + x - d {
                (f_sum, f_x) = (x + x - d, x);
            }
        }
        let (mut b_sum, mut b_x) = (isize::MAX, x1);
        for d in back {
            let x = self.backward[at(d)].max(x0).max(y0 + d);
            if x + x - d < b_sum {
                (b_sum, b_x) = (x + x - d, x);
            }
        }
        if (x1 + y1) - b_sum < f_sum - (x0 + y0) {
            Cut {
                x: f_x,
                y: f_sum - f_x,
                low_minimal: true,
                high_minimal: false,
            }
        } else {
            Cut {
                x: b_x,
                y: b_sum - b_x,
                low_minimal: false,
                high_minimal: true,
            }
        }
    }
}

/// Moves runs of changes in one file to where they merge with others, or stand beside changes of the other file, or
/// as far down as they go.
fn shift_boundaries(sides: &mut [Side; 2], file: usize) {
    let (first, second) = sides.split_at_mut(1);
    let (side, other) = match file {
        0 => (&mut first[0], &second[0]),
        _ => (&mut second[0], &first[0]),
    };
    let Side { classes, changed } = side;
    // Indices are of lines, one ahead of `changed`'s.
    let other_changed = |line: usize| other.changed[line];
    let end = classes.len() + 1;
    let class = |line: usize| classes[line - 1];
    let (mut i, mut j) = (1, 1);
    loop {
        while i < end && !changed[i] {
            while other_changed(j) {
                j += 1;
            }
            j += 1;
            i += 1;
        }
        if i == end {
            return;
        }
        let mut start = i;
        while changed[i] {
            i += 1;
        }
        while other_changed(j) {
            j += 1;
        }
        let mut corresponding;
        loop {
            let length = i - start;
            while start > 1 && class(start - 1) == class(i - 1) {
                start -= 1;
                changed[start] = true;
                i -= 1;
                changed[i] = false;
                while changed[start - 1] {
                    start -= 1;
                }
                j -= 1;
                while other_changed(j) {
                    j -= 1;
                }
            }
            corresponding = if other_changed(j - 1) { i } else { end };
            while i != end && class(start) == class(i) {
                changed[start] = false;
                start += 1;
                changed[i] = true;
                i += 1;
                while changed[i] {
                    i += 1;
                }
                j += 1;
                while other_changed(j) {
                    corresponding = i;
                    j += 1;
                }
            }
            if length == i - start {
                break;
            }
        }
        while corresponding < i {
            start -= 1;
            changed[start] = true;
            i -= 1;
            changed[i] = false;
            j -= 1;
            while other_changed(j) {
                j -= 1;
            }
        }
    }
}
