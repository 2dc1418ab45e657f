//! What differs between the last commit, the index and the working tree.

use std::collections::BTreeMap;

use crate::changes::{self, Detection, Status as Kind};
use crate::failure::Outcome;
use crate::repository::ignore::Ignore;
use crate::repository::index::{Entry, StatData, index_mode};
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::{Collect, Converter, Difference, Untracked, compare, untracked};
use crate::repository::{Index, Oid, Repository};

/// One path that differs.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub path: Vec<u8>,
    /// What it was in the last commit, when it was renamed or copied since.
    pub from: Option<Vec<u8>>,
    pub score: u32,
    /// What the index changes; a space for nothing.
    pub staged: char,
    /// What the working tree changes.
    pub local: char,
    pub head: (u32, Oid),
    pub index: (u32, Oid),
    pub file_mode: u32,
    /// The stages of a path in conflict.
    pub stages: Vec<Entry>,
}

impl Line {
    /// The two letters of a conflict.
    pub fn conflict(&self) -> Option<(char, char)> {
        if self.stages.is_empty() {
            return None;
        }
        let has = |stage: u8| self.stages.iter().any(|entry| entry.stage == stage);
        Some(match (has(1), has(2), has(3)) {
            (true, false, false) => ('D', 'D'),
            (false, true, false) => ('A', 'U'),
            (true, true, false) => ('U', 'D'),
            (false, false, true) => ('U', 'A'),
            (true, false, true) => ('D', 'U'),
            (false, true, true) => ('A', 'A'),
            _ => ('U', 'U'),
        })
    }
}

/// All that a status tells about paths.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub lines: Vec<Line>,
    pub untracked: Vec<Vec<u8>>,
    pub ignored: Vec<Vec<u8>>,
}

impl Found {
    /// Whether a commit would hold something new.
    pub fn committable(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.staged != ' ' && line.stages.is_empty())
    }

    pub fn has_conflicts(&self) -> bool {
        self.lines.iter().any(|line| !line.stages.is_empty())
    }

    /// Whether files differ from the index.
    pub fn dirty(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.local != ' ' || !line.stages.is_empty())
    }
}

/// What is to be looked for.
pub struct Wanted<'a> {
    pub paths: &'a Pathspec,
    /// `None` for no untracked files.
    pub untracked: Option<Collect>,
    pub renames: Option<Detection>,
    /// The commit that the index is compared with; `None` before the first.
    pub base: Option<Oid>,
}

/// Compares; entries whose files turned out to be the same are refreshed in the index, which the caller may write. Whether any was.
///
/// # Errors
/// What can't be read.
pub fn collect(
    repository: &Repository,
    index: &mut Index,
    wanted: &Wanted<'_>,
) -> Outcome<(Found, bool)> {
    let tree = match wanted.base {
        Some(base) => Some(repository.to_tree(&base)?),
        None => None,
    };
    with_tree(repository, index, wanted, tree.as_ref())
}

/// The same against any tree.
///
/// # Errors
/// What can't be read.
pub fn against_tree(
    repository: &Repository,
    index: &mut Index,
    wanted: &Wanted<'_>,
    tree: Option<&Oid>,
) -> Outcome<Found> {
    with_tree(repository, index, wanted, tree).map(|(found, _)| found)
}

fn with_tree(
    repository: &Repository,
    index: &mut Index,
    wanted: &Wanted<'_>,
    tree: Option<&Oid>,
) -> Outcome<(Found, bool)> {
    let mut lines: BTreeMap<Vec<u8>, Line> = BTreeMap::new();
    staged(repository, index, wanted, tree, &mut lines)?;
    conflicts(index, wanted, &mut lines);
    let refreshed = local(repository, index, wanted, &mut lines)?;
    let found = match wanted.untracked {
        Some(collect) => untracked(index, &Ignore::standard(repository), wanted.paths, collect)?,
        None => Untracked::default(),
    };
    let found = Found {
        lines: lines.into_values().collect(),
        untracked: found.paths,
        ignored: found.ignored,
    };
    Ok((found, refreshed))
}

fn staged(
    repository: &Repository,
    index: &Index,
    wanted: &Wanted<'_>,
    tree: Option<&Oid>,
    lines: &mut BTreeMap<Vec<u8>, Line>,
) -> Outcome<()> {
    let pairs = changes::tree_to_index(repository, tree, index, wanted.paths, false)?;
    let pairs = match wanted.renames {
        Some(detection) => {
            changes::detect(&crate::changes::Source::of(repository), pairs, detection)?
        }
        None => pairs,
    };
    for pair in pairs
        .into_iter()
        .filter(|pair| !matches!(pair.status, Kind::Unmerged | Kind::Same))
    {
        let side = |file: &Option<changes::File>| {
            file.as_ref()
                .map_or((0, Oid::ZERO), |file| (file.mode, file.oid))
        };
        let renamed = matches!(pair.status, Kind::Renamed | Kind::Copied);
        let line = Line {
            path: pair.path().to_vec(),
            from: renamed.then(|| pair.old_path().to_vec()),
            score: pair.score * 100 / changes::SCORE_MAX,
            staged: pair.status.letter(),
            local: ' ',
            head: side(&pair.old),
            index: side(&pair.new),
            file_mode: side(&pair.new).0,
            stages: Vec::new(),
        };
        lines.insert(line.path.clone(), line);
    }
    Ok(())
}

fn conflicts(index: &Index, wanted: &Wanted<'_>, lines: &mut BTreeMap<Vec<u8>, Line>) {
    for entry in index
        .entries()
        .iter()
        .filter(|entry| entry.stage != 0 && wanted.paths.matches(&entry.path))
    {
        let line = lines.entry(entry.path.clone()).or_default();
        line.path.clone_from(&entry.path);
        (line.staged, line.local) = (' ', ' ');
        line.stages.push(entry.clone());
        let file = crate::repository::path_of(&entry.path).ok();
        let found = file.and_then(|file| isobox_guest::stat::stat(file, false).ok());
        line.file_mode = found.and_then(|found| index_mode(&found)).unwrap_or(0);
    }
}

fn local(
    repository: &Repository,
    index: &mut Index,
    wanted: &Wanted<'_>,
    lines: &mut BTreeMap<Vec<u8>, Line>,
) -> Outcome<bool> {
    let converter = Converter::new(repository);
    let mut fresh = Vec::new();
    for (at, entry) in index.entries().iter().enumerate() {
        if entry.stage != 0 || !wanted.paths.matches(&entry.path) {
            continue;
        }
        let (difference, found) = compare(repository, &converter, index, entry)?;
        let letter = match difference {
            Difference::None => {
                let now = found
                    .as_ref()
                    .map(StatData::of)
                    .filter(|now| *now != entry.stat);
                fresh.extend(now.map(|now| (at, now)));
                continue;
            }
            Difference::Modified => 'M',
            Difference::Type => 'T',
            Difference::Deleted => 'D',
            Difference::Added => 'A',
        };
        let line = lines.entry(entry.path.clone()).or_insert_with(|| Line {
            path: entry.path.clone(),
            staged: ' ',
            head: (entry.mode, entry.oid),
            index: (entry.mode, entry.oid),
            ..Line::default()
        });
        if difference == Difference::Added {
            (line.head, line.index) = ((0, Oid::ZERO), (0, Oid::ZERO));
        }
        line.local = letter;
        line.file_mode = found.and_then(|found| index_mode(&found)).unwrap_or(0);
    }
    for (at, now) in &fresh {
        index.entries_mut()[*at].stat = *now;
    }
    Ok(!fresh.is_empty())
}
