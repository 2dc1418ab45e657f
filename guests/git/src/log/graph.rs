//! The lines of history beside commits, drawn with git's own rules of which line bends when.

use std::mem::swap;

use crate::repository::Oid;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Padding,
    Skip,
    PreCommit,
    Commit,
    PostMerge,
    Collapsing,
}

/// What is drawn, a line at a time.
pub struct Graph {
    commit: Oid,
    parents: Vec<Oid>,
    columns: Vec<Oid>,
    new_columns: Vec<Oid>,
    /// Which new column each place of the screen leads to; -1 for none.
    mapping: Vec<isize>,
    old_mapping: Vec<isize>,
    size: usize,
    width: usize,
    expansion: usize,
    state: State,
    previous: State,
    index: usize,
    previous_index: usize,
    layout: isize,
    edges_added: isize,
    previous_edges_added: isize,
    mark: char,
}

impl Graph {
    pub fn new() -> Self {
        Self {
            commit: Oid::ZERO,
            parents: Vec::new(),
            columns: Vec::new(),
            new_columns: Vec::new(),
            mapping: Vec::new(),
            old_mapping: Vec::new(),
            size: 0,
            width: 0,
            expansion: 0,
            state: State::Padding,
            previous: State::Padding,
            index: 0,
            previous_index: 0,
            layout: 0,
            edges_added: 0,
            previous_edges_added: 0,
            mark: '*',
        }
    }

    /// Goes on to a commit, with the parents that will be shown.
    pub fn update(&mut self, commit: Oid, parents: Vec<Oid>, mark: char) {
        self.commit = commit;
        self.parents = parents;
        self.mark = mark;
        self.previous_index = self.index;
        self.update_columns();
        self.expansion = 0;
        self.state = match self.state {
            State::Padding if self.needs_expansion() => State::PreCommit,
            State::Padding => State::Commit,
            _ => State::Skip,
        };
    }

    pub fn is_finished(&self) -> bool {
        self.state == State::Padding
    }

    /// The next line, and whether it is the commit's own.
    pub fn next_line(&mut self) -> (String, bool) {
        let mut line = String::new();
        let is_commit = self.state == State::Commit;
        match self.state {
            State::Padding => self.new_columns.iter().for_each(|_| line.push_str("| ")),
            State::Skip => {
                line.push_str("...");
                self.to(if self.needs_expansion() {
                    State::PreCommit
                } else {
                    State::Commit
                });
            }
            State::PreCommit => self.pre_commit(&mut line),
            State::Commit => self.commit_line(&mut line),
            State::PostMerge => self.post_merge(&mut line),
            State::Collapsing => self.collapsing(&mut line),
        }
        (self.padded(line), is_commit)
    }

    /// A line that goes on with all that is drawn.
    pub fn padding(&mut self) -> String {
        if self.state != State::Commit {
            return self.next_line().0;
        }
        let mut line = String::new();
        for column in &self.columns {
            line.push('|');
            let wide = *column == self.commit && self.parents.len() > 2;
            line.push_str(&" ".repeat(if wide {
                (self.parents.len() - 2) * 2
            } else {
                1
            }));
        }
        self.previous = State::Padding;
        self.padded(line)
    }

    fn padded(&self, mut line: String) -> String {
        while line.len() < self.width {
            line.push(' ');
        }
        line
    }

    fn to(&mut self, state: State) {
        self.previous = self.state;
        self.state = state;
    }

    fn dashed_parents(&self) -> isize {
        self.parents.len() as isize + self.layout - 3
    }

    fn needs_expansion(&self) -> bool {
        self.parents.len() >= 3
            && self.index + 1 < self.columns.len()
            && (self.expansion as isize) < self.dashed_parents() * 2
    }

    fn update_columns(&mut self) {
        swap(&mut self.columns, &mut self.new_columns);
        self.new_columns.clear();
        let room = 2 * (self.columns.len() + self.parents.len()).max(1) + 2;
        self.mapping = vec![-1; room];
        self.old_mapping
            .resize(room.max(self.old_mapping.len()), -1);
        self.size = room;
        self.width = 0;
        self.previous_edges_added = self.edges_added;
        self.edges_added = 0;
        let mut seen = false;
        for at in 0..=self.columns.len() {
            if at == self.columns.len() && seen {
                break;
            }
            let commit = self.columns.get(at).copied().unwrap_or(self.commit);
            if commit != self.commit {
                self.insert(commit, None);
                continue;
            }
            seen = true;
            self.index = at;
            self.layout = -1;
            for parent in self.parents.clone() {
                self.insert(parent, Some(at));
            }
            if self.parents.is_empty() {
                self.width += 2;
            }
        }
        while self.size > 1 && self.mapping[self.size - 1] < 0 {
            self.size -= 1;
        }
    }

    fn column_of(&self, commit: Oid) -> Option<usize> {
        self.new_columns.iter().position(|one| *one == commit)
    }

    fn insert(&mut self, commit: Oid, of: Option<usize>) {
        let column = self.column_of(commit).unwrap_or_else(|| {
            self.new_columns.push(commit);
            self.new_columns.len() - 1
        });
        let place = match of {
            Some(index) if self.parents.len() > 1 && self.layout == -1 => {
                let distance = index as isize - column as isize;
                let shift = if distance > 1 { 2 * distance - 3 } else { 1 };
                self.layout = if distance > 0 { 0 } else { 1 };
                self.edges_added = self.parents.len() as isize + self.layout - 2;
                let place = self.width as isize + (self.layout - 1) * shift;
                self.width += 2 * self.layout as usize;
                place.max(0) as usize
            }
            _ if self.edges_added > 0
                && self.width >= 2
                && self.mapping[self.width - 2] == column as isize =>
            {
                self.edges_added = -1;
                self.width - 2
            }
            _ => {
                self.width += 2;
                self.width - 2
            }
        };
        if place >= self.mapping.len() {
            self.mapping.resize(place + 1, -1);
            self.old_mapping.resize(place + 1, -1);
        }
        self.size = self.size.max(place + 1);
        self.mapping[place] = column as isize;
    }

    fn is_mapping_correct(&self) -> bool {
        (0..self.size).all(|at| self.mapping[at] < 0 || self.mapping[at] == at as isize / 2)
    }

    fn settle(&mut self) {
        let state = if self.is_mapping_correct() {
            State::Padding
        } else {
            State::Collapsing
        };
        self.to(state);
    }

    fn pre_commit(&mut self, line: &mut String) {
        let mut seen = false;
        for (at, column) in self.columns.iter().enumerate() {
            if *column == self.commit {
                seen = true;
                line.push('|');
                line.push_str(&" ".repeat(self.expansion));
            } else {
                let bent = seen
                    && (self.expansion > 0
                        || self.previous == State::PostMerge && self.previous_index < at);
                line.push(if bent { '\\' } else { '|' });
            }
            line.push(' ');
        }
        self.expansion += 1;
        if !self.needs_expansion() {
            self.to(State::Commit);
        }
    }

    fn commit_line(&mut self, line: &mut String) {
        let mut seen = false;
        for at in 0..=self.columns.len() {
            if at == self.columns.len() && seen {
                break;
            }
            let commit = self.columns.get(at).copied().unwrap_or(self.commit);
            if commit == self.commit {
                seen = true;
                line.push(self.mark);
                if self.parents.len() > 2 {
                    let dashes = self.dashed_parents();
                    for dash in 0..dashes {
                        line.push_str(if dash == dashes - 1 { "-." } else { "--" });
                    }
                }
            } else if seen && self.edges_added > 1 {
                line.push('\\');
            } else if seen && self.edges_added == 1 {
                let bent = self.previous == State::PostMerge
                    && self.previous_edges_added > 0
                    && self.previous_index < at;
                line.push(if bent { '\\' } else { '|' });
            } else {
                let old = self.old_mapping.get(2 * at + 1).copied().unwrap_or(-1);
                let new = self.mapping.get(2 * at).copied().unwrap_or(-1);
                let bent =
                    self.previous == State::Collapsing && old == at as isize && new < at as isize;
                line.push(if bent { '/' } else { '|' });
            }
            line.push(' ');
        }
        if self.parents.len() > 1 {
            self.to(State::PostMerge);
        } else {
            self.settle();
        }
    }

    fn post_merge(&mut self, line: &mut String) {
        const EDGES: [char; 3] = ['/', '|', '\\'];
        let first = self.parents.first().copied();
        let mut below_parent = false;
        let mut seen = false;
        for at in 0..=self.columns.len() {
            if at == self.columns.len() && seen {
                break;
            }
            let commit = self.columns.get(at).copied().unwrap_or(self.commit);
            if commit == self.commit {
                seen = true;
                let mut edge = self.layout.clamp(0, 2) as usize;
                for number in 0..self.parents.len() {
                    line.push(EDGES[edge]);
                    if edge < 2 {
                        edge += 1;
                    } else if self.edges_added > 0 || number + 1 < self.parents.len() {
                        line.push(' ');
                    }
                }
                if self.edges_added == 0 {
                    line.push(' ');
                }
            } else if seen {
                line.push_str(if self.edges_added > 0 { "\\ " } else { "| " });
            } else {
                line.push('|');
                if self.layout != 0 || at + 1 != self.index {
                    line.push(if below_parent { '_' } else { ' ' });
                }
            }
            below_parent |= Some(commit) == first;
        }
        self.settle();
    }

    fn collapsing(&mut self, line: &mut String) {
        swap(&mut self.mapping, &mut self.old_mapping);
        let room = self.mapping.len().max(self.old_mapping.len());
        self.mapping.resize(room, -1);
        self.old_mapping.resize(room, -1);
        self.mapping[..self.size].fill(-1);
        let (edge, edge_target) = self.move_left();
        self.old_mapping[..self.size].copy_from_slice(&self.mapping[..self.size]);
        if self.mapping[self.size - 1] < 0 {
            self.size -= 1;
        }
        let mut used_horizontal = false;
        for at in 0..self.size {
            let target = self.mapping[at];
            let place = at as isize;
            if target < 0 {
                line.push(' ');
            } else if target * 2 == place {
                line.push('|');
            } else if target == edge_target && place != edge - 1 {
                if place != target * 2 + 3 {
                    self.mapping[at] = -1;
                }
                used_horizontal = true;
                line.push('_');
            } else {
                if used_horizontal && place < edge {
                    self.mapping[at] = -1;
                }
                line.push('/');
            }
        }
        if self.is_mapping_correct() {
            self.to(State::Padding);
        }
    }

    /// Moves each line one place towards its column; the one that goes on sideways, and its column.
    fn move_left(&mut self) -> (isize, isize) {
        let (mut edge, mut edge_target) = (-1, -1);
        for at in 0..self.size {
            let target = self.old_mapping[at];
            if target < 0 {
                continue;
            }
            let from = (target * 2 + 3) as usize;
            if target * 2 == at as isize {
                self.mapping[at] = target;
            } else if at >= 1 && self.mapping[at - 1] < 0 {
                self.mapping[at - 1] = target;
                if edge == -1 {
                    (edge, edge_target) = (at as isize, target);
                    (from..at.saturating_sub(2))
                        .step_by(2)
                        .for_each(|place| self.mapping[place] = target);
                }
            } else if at >= 2 && self.mapping[at - 1] != target {
                self.mapping[at - 2] = target;
                if edge == -1 {
                    (edge, edge_target) = (at as isize - 1, target);
                    (from..at.saturating_sub(2))
                        .step_by(2)
                        .for_each(|place| self.mapping[place] = target);
                }
            }
        }
        (edge, edge_target)
    }
}
