//! Finds which added files were deleted ones under another name: equal ones first, then those of the same last component, then
//! by similarity.

use std::collections::HashMap;
use std::rc::Rc;

use super::similar::{self, Spans};
use super::{File, Pair, Source, Status, content, is_binary, object_name};
use crate::failure::Outcome;
use crate::repository::Oid;

/// The score of equal files.
pub const SCORE_MAX: u32 = 60_000;
const CANDIDATES: usize = 4;

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Detection {
    /// `-C`
    pub copies: bool,
    /// The least score.
    pub least: u32,
    /// No more than the square of this many pairs are compared.
    pub limit: usize,
    /// Whether empty files are renamed.
    pub empty: bool,
}

impl Default for Detection {
    fn default() -> Self {
        Self {
            copies: false,
            least: SCORE_MAX / 2,
            limit: 1000,
            empty: true,
        }
    }
}

/// Replaces additions, and the deletions they came from, by renames.
///
/// # Errors
/// A file that can't be read.
pub fn detect(source: &Source, pairs: Vec<Pair>, how: Detection) -> Outcome<Vec<Pair>> {
    let mut search = Search::new(source, &pairs, how);
    if !search.sources.is_empty() && !search.targets.is_empty() {
        search.equal()?;
        if how.least < SCORE_MAX {
            if !how.copies {
                search.same_name()?;
            }
            search.similar()?;
        }
    }
    Ok(search.finish())
}

struct Origin {
    pair: usize,
    file: File,
    /// How many need it: copies, and the path itself when it stays.
    used: u32,
}

struct Target {
    pair: usize,
    file: File,
    source: Option<(usize, u32)>,
}

struct Loaded {
    size: usize,
    spans: Spans,
}

struct Search<'a> {
    source: &'a Source<'a>,
    pairs: &'a [Pair],
    how: Detection,
    sources: Vec<Origin>,
    targets: Vec<Target>,
    loaded: HashMap<(bool, usize), Rc<Loaded>>,
}

/// A source that a target may come from.
#[derive(Clone, Copy)]
struct Candidate {
    target: usize,
    source: usize,
    score: u32,
    same_name: bool,
}

impl Candidate {
    fn rank(&self) -> (u32, bool) {
        (self.score, self.same_name)
    }
}

impl<'a> Search<'a> {
    fn new(source: &'a Source<'a>, pairs: &'a [Pair], how: Detection) -> Self {
        let empty = Oid::of("blob", b"");
        let counts = |file: &File| how.empty || file.oid != empty;
        let mut search = Self {
            source,
            pairs,
            how,
            sources: Vec::new(),
            targets: Vec::new(),
            loaded: HashMap::new(),
        };
        for (pair, one) in pairs.iter().enumerate() {
            match (&one.old, &one.new) {
                _ if one.status == Status::Unmerged => {}
                (None, Some(file)) if counts(file) => search.targets.push(Target {
                    pair,
                    file: file.clone(),
                    source: None,
                }),
                (Some(file), None) if counts(file) => search.sources.push(Origin {
                    pair,
                    file: file.clone(),
                    used: 0,
                }),
                (Some(file), Some(_)) if how.copies && counts(file) => {
                    search.sources.push(Origin {
                        pair,
                        file: file.clone(),
                        used: 1,
                    });
                }
                _ => {}
            }
        }
        search
    }

    fn record(&mut self, target: usize, source: usize, score: u32) {
        self.targets[target].source = Some((source, score));
        self.sources[source].used += 1;
    }

    fn equal(&mut self) -> Outcome<()> {
        let mut by_name: HashMap<Oid, Vec<usize>> = HashMap::new();
        for (at, source) in self.sources.iter().enumerate() {
            by_name
                .entry(object_name(self.source, &source.file)?)
                .or_default()
                .push(at);
        }
        for target in 0..self.targets.len() {
            let file = &self.targets[target].file;
            let name = object_name(self.source, file)?;
            let mut best: Option<(usize, u32)> = None;
            for &at in by_name
                .get(&name)
                .map_or(&[][..], Vec::as_slice)
                .iter()
                .take(100)
            {
                let source = &self.sources[at];
                let both_regular = source.file.is_regular() && file.is_regular();
                if !both_regular && source.file.mode != file.mode
                    || source.used > 0 && !self.how.copies
                {
                    continue;
                }
                let score = u32::from(source.used == 0)
                    + u32::from(same_name(&source.file.path, &file.path));
                if best.is_none_or(|(_, other)| score > other) {
                    best = Some((at, score));
                }
            }
            if let Some((source, _)) = best {
                self.record(target, source, SCORE_MAX);
            }
        }
        Ok(())
    }

    /// Files whose last component is the only one of its name on each side.
    fn same_name(&mut self) -> Outcome<()> {
        let mut sources: HashMap<Vec<u8>, Option<usize>> = HashMap::new();
        for (at, source) in self
            .sources
            .iter()
            .enumerate()
            .filter(|(_, source)| source.used == 0)
        {
            let name = last_component(&source.file.path).to_vec();
            sources
                .entry(name)
                .and_modify(|known| *known = None)
                .or_insert(Some(at));
        }
        let mut targets: HashMap<Vec<u8>, Option<usize>> = HashMap::new();
        for (at, target) in self
            .targets
            .iter()
            .enumerate()
            .filter(|(_, target)| target.source.is_none())
        {
            let name = last_component(&target.file.path).to_vec();
            targets
                .entry(name)
                .and_modify(|known| *known = None)
                .or_insert(Some(at));
        }
        let least = self.how.least + (SCORE_MAX - self.how.least) / 2;
        for at in 0..self.sources.len() {
            let name = last_component(&self.sources[at].file.path);
            if sources.get(name) != Some(&Some(at)) {
                continue;
            }
            if let Some(Some(target)) = targets.get(name).copied() {
                let score = self.estimate(at, target, least)?;
                if score >= least {
                    self.record(target, at, score);
                }
            }
        }
        Ok(())
    }

    fn similar(&mut self) -> Outcome<()> {
        let open: Vec<usize> = (0..self.targets.len())
            .filter(|at| self.targets[*at].source.is_none())
            .collect();
        let sources: Vec<usize> = (0..self.sources.len())
            .filter(|at| self.how.copies || self.sources[*at].used == 0)
            .collect();
        let limit = if self.how.limit == 0 {
            usize::MAX
        } else {
            self.how.limit.saturating_mul(self.how.limit)
        };
        if open.len().saturating_mul(sources.len()) > limit {
            return Ok(());
        }
        let mut candidates = Vec::new();
        for target in open {
            let mut best: Vec<Candidate> = Vec::with_capacity(CANDIDATES + 1);
            for &source in &sources {
                let score = self.estimate(source, target, self.how.least)?;
                let same_name = same_name(
                    &self.sources[source].file.path,
                    &self.targets[target].file.path,
                );
                let candidate = Candidate {
                    target,
                    source,
                    score,
                    same_name,
                };
                if best.len() < CANDIDATES {
                    best.push(candidate);
                } else if let Some(worst) = worst(&best)
                    && best[worst].rank() < candidate.rank()
                {
                    best[worst] = candidate;
                }
            }
            candidates.extend(best);
        }
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.rank()));
        self.take(&candidates, false);
        if self.how.copies {
            self.take(&candidates, true);
        }
        Ok(())
    }

    fn take(&mut self, candidates: &[Candidate], copies: bool) {
        let least = self.how.least;
        for candidate in candidates
            .iter()
            .take_while(|candidate| candidate.score >= least)
        {
            let taken = self.targets[candidate.target].source.is_some();
            if !taken && (copies || self.sources[candidate.source].used == 0) {
                self.record(candidate.target, candidate.source, candidate.score);
            }
        }
    }

    fn estimate(&mut self, source: usize, target: usize, least: u32) -> Outcome<u32> {
        if !self.sources[source].file.is_regular() || !self.targets[target].file.is_regular() {
            return Ok(0);
        }
        let old = self.load(true, source)?;
        let new = self.load(false, target)?;
        if similar::too_different(old.size, new.size, least) {
            return Ok(0);
        }
        Ok(similar::score(
            old.spans.shared(&new.spans),
            old.size,
            new.size,
        ))
    }

    fn load(&mut self, is_source: bool, at: usize) -> Outcome<Rc<Loaded>> {
        if let Some(known) = self.loaded.get(&(is_source, at)) {
            return Ok(known.clone());
        }
        let file = if is_source {
            &self.sources[at].file
        } else {
            &self.targets[at].file
        };
        let bytes = content(self.source, file)?;
        let loaded = Rc::new(Loaded {
            size: bytes.len(),
            spans: Spans::of(&bytes, !is_binary(&bytes)),
        });
        self.loaded.insert((is_source, at), loaded.clone());
        Ok(loaded)
    }

    /// The pairs in their order, with renames where the additions stood.
    fn finish(mut self) -> Vec<Pair> {
        let renamed: HashMap<usize, usize> = self
            .targets
            .iter()
            .enumerate()
            .map(|(at, target)| (target.pair, at))
            .collect();
        let sources: HashMap<usize, usize> = self
            .sources
            .iter()
            .enumerate()
            .filter(|(_, source)| source.used > 0)
            .map(|(at, source)| (source.pair, at))
            .collect();
        let mut result = Vec::with_capacity(self.pairs.len());
        for (at, pair) in self.pairs.iter().enumerate() {
            let from = renamed
                .get(&at)
                .and_then(|target| self.targets[*target].source);
            if let Some((source, score)) = from {
                let source = &mut self.sources[source];
                source.used -= 1;
                let status = if source.used > 0 {
                    Status::Copied
                } else {
                    Status::Renamed
                };
                result.push(Pair {
                    old: Some(source.file.clone()),
                    new: pair.new.clone(),
                    status,
                    score,
                });
            } else if !(pair.status == Status::Deleted && sources.contains_key(&at)
                || pair.status == Status::Same)
            {
                result.push(pair.clone());
            }
        }
        result
    }
}

fn worst(candidates: &[Candidate]) -> Option<usize> {
    (0..candidates.len()).min_by_key(|at| candidates[*at].rank())
}

fn last_component(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..])
}

fn same_name(a: &[u8], b: &[u8]) -> bool {
    last_component(a) == last_component(b)
}
