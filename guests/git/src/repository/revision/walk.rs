//! Commits in git's order: the youngest first, or parents never before their children.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::rc::Rc;

use crate::failure::Outcome;
use crate::repository::pathspec::Pathspec;
use crate::repository::{Commit, Oid, Repository, TreeEntry, mode};

/// The order that commits come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By the committers' dates, the youngest first.
    #[default]
    Date,
    /// No parent before all its children, by date besides.
    DateTopological,
    /// By the authors' dates, and no parent before all its children.
    AuthorDate,
    /// No parent before all its children, and lines of history together.
    Topological,
}

/// What a walk is told.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    pub order: Order,
    pub first_parent: bool,
    /// Only commits that change these paths, history simplified as git does by default.
    pub paths: Option<Pathspec>,
    /// Whether `--full-history` keeps all lines of history.
    pub full_history: bool,
}

/// How many commits of the excluded side are looked at after all others: dates may lie.
const SLOP: usize = 5;

/// An iterator over commits.
pub struct Walk<'a> {
    repository: &'a Repository,
    options: WalkOptions,
    commits: HashMap<Oid, Rc<Commit>>,
    seen: HashSet<Oid>,
    excluded: HashSet<Oid>,
    queue: BinaryHeap<(i64, Reverse<u64>, Oid)>,
    count: u64,
    /// The commits in their order, when they had to be known before the first one.
    ready: Option<VecDeque<Oid>>,
    /// The parents that simplification leaves.
    parents: HashMap<Oid, Vec<Oid>>,
    /// Commits that change nothing of the paths.
    same: HashSet<Oid>,
}

impl<'a> Walk<'a> {
    /// Walks from some commits, without others and all that these reach.
    ///
    /// # Errors
    /// A commit that can't be read.
    pub fn new(
        repository: &'a Repository,
        from: Vec<Oid>,
        without: Vec<Oid>,
        options: WalkOptions,
    ) -> Outcome<Walk<'a>> {
        let mut walk = Walk {
            repository,
            options,
            commits: HashMap::new(),
            seen: HashSet::new(),
            excluded: HashSet::new(),
            queue: BinaryHeap::new(),
            count: 0,
            ready: None,
            parents: HashMap::new(),
            same: HashSet::new(),
        };
        let limited = !without.is_empty() || walk.options.order != Order::Date;
        for oid in without {
            walk.excluded.insert(oid);
            walk.push(oid)?;
        }
        for oid in from {
            walk.push(oid)?;
        }
        if limited {
            let all = walk.limit()?;
            walk.ready = Some(walk.sorted(all)?.into());
        }
        Ok(walk)
    }

    /// The commit, which stays at hand.
    ///
    /// # Errors
    /// It can't be read.
    pub fn commit(&mut self, oid: &Oid) -> Outcome<Rc<Commit>> {
        if let Some(commit) = self.commits.get(oid) {
            return Ok(commit.clone());
        }
        let commit = Rc::new(self.repository.objects().commit(oid)?);
        self.commits.insert(*oid, commit.clone());
        Ok(commit)
    }

    /// The parents of a commit that was walked: with paths, the next ones on each line that change them.
    ///
    /// # Errors
    /// A commit that can't be read.
    pub fn rewritten_parents(&mut self, oid: &Oid) -> Outcome<Vec<Oid>> {
        let mut found = Vec::new();
        for mut parent in self.followed(oid)? {
            loop {
                if !self.same.contains(&parent) || self.excluded.contains(&parent) {
                    break;
                }
                match self.followed(&parent)?[..] {
                    [only] => parent = only,
                    [] => {
                        parent = Oid::ZERO;
                        break;
                    }
                    _ => break,
                }
            }
            if !parent.is_zero() && !found.contains(&parent) {
                found.push(parent);
            }
        }
        Ok(found)
    }

    /// Whether a commit is on the excluded side.
    pub fn is_excluded(&self, oid: &Oid) -> bool {
        self.excluded.contains(oid)
    }

    fn push(&mut self, oid: Oid) -> Outcome<()> {
        if self.seen.insert(oid) {
            let time = self.commit(&oid)?.time();
            self.count += 1;
            self.queue.push((time, Reverse(self.count), oid));
        }
        Ok(())
    }

    fn pop(&mut self) -> Option<Oid> {
        self.queue.pop().map(|(_, _, oid)| oid)
    }

    /// The parents that the walk goes on to; decides on the way whether the commit changes the paths.
    fn followed(&mut self, oid: &Oid) -> Outcome<Vec<Oid>> {
        if let Some(parents) = self.parents.get(oid) {
            return Ok(parents.clone());
        }
        let commit = self.commit(oid)?;
        let mut parents = commit.parents.clone();
        if self.options.first_parent {
            parents.truncate(1);
        }
        if let Some(paths) = self.options.paths.clone() {
            let mut same = Vec::new();
            for parent in &parents {
                let tree = self.commit(parent)?.tree;
                if trees_same(
                    self.repository,
                    &tree,
                    &commit.tree,
                    &paths,
                    &mut Vec::new(),
                )? {
                    same.push(*parent);
                }
            }
            let unchanged = match parents.is_empty() {
                true => trees_same(
                    self.repository,
                    &Oid::EMPTY_TREE,
                    &commit.tree,
                    &paths,
                    &mut Vec::new(),
                )?,
                false if self.options.full_history => same.len() == parents.len(),
                false => !same.is_empty(),
            };
            if unchanged {
                self.same.insert(*oid);
            }
            if let Some(first) = same.first().filter(|_| !self.options.full_history) {
                parents = vec![*first];
            }
        }
        self.parents.insert(*oid, parents.clone());
        Ok(parents)
    }

    /// Goes through all that can be reached, until only the excluded side is left.
    fn limit(&mut self) -> Outcome<Vec<Oid>> {
        let mut found = Vec::new();
        let mut slop = SLOP;
        let mut youngest_left = i64::MAX;
        while let Some(oid) = self.pop() {
            if self.excluded.contains(&oid) {
                self.exclude_parents(&oid)?;
                let live = self
                    .queue
                    .iter()
                    .any(|(_, _, oid)| !self.excluded.contains(oid));
                let time = self.commit(&oid)?.time();
                if !live {
                    if found.is_empty() || time < youngest_left {
                        slop = slop.saturating_sub(1);
                    }
                    if slop == 0 {
                        break;
                    }
                } else {
                    slop = SLOP;
                }
                continue;
            }
            youngest_left = self.commit(&oid)?.time();
            for parent in self.followed(&oid)? {
                self.push(parent)?;
            }
            found.push(oid);
        }
        found.retain(|oid| !self.excluded.contains(oid));
        Ok(found)
    }

    /// All that was seen below an excluded commit is excluded too.
    fn exclude_parents(&mut self, oid: &Oid) -> Outcome<()> {
        let mut pending = vec![*oid];
        while let Some(oid) = pending.pop() {
            for parent in self.commit(&oid)?.parents.clone() {
                let new = self.excluded.insert(parent);
                if new && self.seen.contains(&parent) {
                    pending.push(parent);
                }
                self.push(parent)?;
            }
        }
        Ok(())
    }

    fn sorted(&mut self, all: Vec<Oid>) -> Outcome<Vec<Oid>> {
        if self.options.order == Order::Date {
            return Ok(all);
        }
        let mut children: HashMap<Oid, usize> = all.iter().map(|oid| (*oid, 0)).collect();
        for oid in &all {
            for parent in self.followed(oid)? {
                if let Some(count) = children.get_mut(&parent) {
                    *count += 1;
                }
            }
        }
        let tips: Vec<Oid> = all
            .iter()
            .filter(|oid| children[oid] == 0)
            .copied()
            .collect();
        let mut stack: Vec<Oid> = Vec::new();
        let mut heap = BinaryHeap::new();
        let mut number = 0u64;
        let graph = self.options.order == Order::Topological;
        for oid in tips.iter().rev() {
            stack.push(*oid);
        }
        if !graph {
            for oid in &tips {
                number += 1;
                heap.push((self.sort_time(oid)?, Reverse(number), *oid));
            }
        }
        let mut out = Vec::with_capacity(all.len());
        loop {
            let next = if graph {
                stack.pop()
            } else {
                heap.pop().map(|(_, _, oid)| oid)
            };
            let Some(oid) = next else { break };
            for parent in self.followed(&oid)? {
                let Some(count) = children.get_mut(&parent) else {
                    continue;
                };
                *count -= 1;
                if *count == 0 {
                    number += 1;
                    stack.push(parent);
                    heap.push((self.sort_time(&parent)?, Reverse(number), parent));
                }
            }
            out.push(oid);
        }
        Ok(out)
    }

    fn sort_time(&mut self, oid: &Oid) -> Outcome<i64> {
        let commit = self.commit(oid)?;
        Ok(match self.options.order {
            Order::AuthorDate => {
                crate::repository::Signature::parse(&commit.author).map_or(0, |who| who.seconds)
            }
            _ => commit.time(),
        })
    }

    fn advance(&mut self) -> Outcome<Option<Oid>> {
        loop {
            let next = match &mut self.ready {
                Some(ready) => ready.pop_front(),
                None => match self.pop() {
                    Some(oid) => {
                        for parent in self.followed(&oid)? {
                            self.push(parent)?;
                        }
                        Some(oid)
                    }
                    None => None,
                },
            };
            let Some(oid) = next else { return Ok(None) };
            if self.options.paths.is_some() {
                self.followed(&oid)?;
                if self.same.contains(&oid) {
                    continue;
                }
            }
            return Ok(Some(oid));
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Outcome<Oid>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

/// Whether two trees hold the same at some paths.
fn trees_same(
    repository: &Repository,
    a: &Oid,
    b: &Oid,
    paths: &Pathspec,
    prefix: &mut Vec<u8>,
) -> Outcome<bool> {
    if a == b {
        return Ok(true);
    }
    let left = repository.objects().tree(a)?;
    let right = repository.objects().tree(b)?;
    let (mut at, mut other) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let order = match (at.peek(), other.peek()) {
            (None, None) => return Ok(true),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => {
                crate::repository::tree_order((&a.name, a.mode), (&b.name, b.mode))
            }
        };
        let one = if order.is_le() { at.next() } else { None };
        let two = if order.is_ge() { other.next() } else { None };
        if !entries_same(repository, one, two, paths, prefix)? {
            return Ok(false);
        }
    }
}

fn entries_same(
    repository: &Repository,
    one: Option<&TreeEntry>,
    two: Option<&TreeEntry>,
    paths: &Pathspec,
    prefix: &mut Vec<u8>,
) -> Outcome<bool> {
    if one == two {
        return Ok(true);
    }
    let Some(entry) = one.or(two) else {
        return Ok(true);
    };
    let length = prefix.len();
    prefix.extend(&entry.name);
    let same = if entry.mode == mode::TREE {
        if paths.may_match_below(prefix) {
            prefix.push(b'/');
            let tree = |entry: Option<&TreeEntry>| entry.map_or(Oid::EMPTY_TREE, |entry| entry.oid);
            trees_same(repository, &tree(one), &tree(two), paths, prefix)
        } else {
            Ok(true)
        }
    } else {
        Ok(!paths.matches(prefix))
    };
    prefix.truncate(length);
    same
}
