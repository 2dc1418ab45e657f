//! Two trees with a common ancestor made one.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{Versions, collect};
use super::text::{self, Favor, Style};
use crate::changes::{File, Source, content, is_binary};
use crate::diff::{Algorithm, Comparison};
use crate::failure::{Failure, Outcome};
use crate::repository::index::Entry;
use crate::repository::{Kind, Oid, Repository, mode};

/// What the sides are called.
#[derive(Clone, Debug)]
pub struct Labels {
    pub base: String,
    pub ours: String,
    pub theirs: String,
}

/// The versions of a path in conflict: the ancestor's, ours, theirs.
pub type Stages = [Option<(u32, Oid)>; 3];

/// What a merge made.
pub struct Merge {
    /// The tree, with conflicts in its files.
    pub tree: Oid,
    pub conflicts: BTreeMap<Vec<u8>, Stages>,
    /// git's words about each path.
    pub messages: Vec<String>,
}

impl Merge {
    pub fn is_clean(&self) -> bool {
        self.conflicts.is_empty()
    }
}

/// Merges. `depth` counts the merges of ancestors that this is part of.
///
/// # Errors
/// What can't be read or written.
pub fn merge_trees(
    repository: &Repository,
    trees: [&Oid; 3],
    labels: &Labels,
    favor: Favor,
    depth: usize,
) -> Outcome<Merge> {
    let source = Source::of(repository);
    let versions = collect(&source, repository, trees, [&labels.ours, &labels.theirs])?;
    let mut merging = Merging {
        source: &source,
        repository,
        labels,
        favor,
        depth,
        style: style(repository)?,
        result: BTreeMap::new(),
        conflicts: BTreeMap::new(),
        messages: Vec::new(),
        theirs_only: BTreeSet::new(),
    };
    for (path, versions) in &versions {
        merging.path(path, versions)?;
    }
    merging.move_out_of_the_way();
    merging.messages.sort_by(|a, b| a.0.cmp(&b.0));
    let entries: Vec<Entry> = merging
        .result
        .iter()
        .map(|(path, (mode, oid))| Entry::new(path, *mode, *oid))
        .collect();
    Ok(Merge {
        tree: repository.write_tree(&entries)?,
        conflicts: merging.conflicts,
        messages: merging.messages.into_iter().map(|(_, text)| text).collect(),
    })
}

fn style(repository: &Repository) -> Outcome<Style> {
    match repository.config().get("merge.conflictstyle") {
        None | Some("merge") => Ok(Style::Merge),
        Some("diff3") => Ok(Style::Diff3),
        Some("zdiff3") => Ok(Style::Zdiff3),
        Some(other) => Err(Failure::fatal(format!(
            "unknown style '{other}' given for 'merge.conflictstyle'"
        ))),
    }
}

struct Merging<'a> {
    source: &'a Source<'a>,
    repository: &'a Repository,
    labels: &'a Labels,
    favor: Favor,
    depth: usize,
    style: Style,
    result: BTreeMap<Vec<u8>, (u32, Oid)>,
    conflicts: BTreeMap<Vec<u8>, Stages>,
    messages: Vec<(Vec<u8>, String)>,
    /// Paths that only their side has.
    theirs_only: BTreeSet<Vec<u8>>,
}

impl Merging<'_> {
    fn say(&mut self, path: &[u8], text: String) {
        self.messages.push((path.to_vec(), text));
    }

    fn path(&mut self, path: &[u8], versions: &Versions) -> Outcome<()> {
        for text in &versions.trouble {
            self.say(path, text.clone());
        }
        let [base, ours, theirs] = &versions.sides;
        if ours.is_none() {
            self.theirs_only.insert(path.to_vec());
        }
        let same = |a: &Option<File>, b: &Option<File>| match (a, b) {
            (Some(a), Some(b)) => a.oid == b.oid && a.mode == b.mode,
            (None, None) => true,
            _ => false,
        };
        let chosen = if same(ours, theirs) {
            Some(ours)
        } else if same(base, ours) && !versions.contradicts {
            Some(theirs)
        } else if same(base, theirs) && !versions.contradicts {
            Some(ours)
        } else {
            None
        };
        if let Some(file) = chosen {
            if let Some(file) = file {
                self.result.insert(path.to_vec(), (file.mode, file.oid));
            }
            if versions.contradicts {
                self.conflict(path, versions);
            }
            return Ok(());
        }
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => self.both(path, versions, ours, theirs),
            (Some(kept), None) => self.one(path, versions, kept, true),
            (None, Some(kept)) => self.one(path, versions, kept, false),
            (None, None) => Ok(()),
        }
    }

    fn conflict(&mut self, path: &[u8], versions: &Versions) {
        let stage = |file: &Option<File>| file.as_ref().map(|file| (file.mode, file.oid));
        let [base, ours, theirs] = &versions.sides;
        self.conflicts
            .insert(path.to_vec(), [stage(base), stage(ours), stage(theirs)]);
    }

    /// One side has the file, the other deleted it.
    fn one(&mut self, path: &[u8], versions: &Versions, kept: &File, by_us: bool) -> Outcome<()> {
        let unchanged = versions.sides[0]
            .as_ref()
            .is_some_and(|base| base.oid == kept.oid);
        let keep = match self.depth {
            0 => kept,
            _ => versions.sides[0].as_ref().unwrap_or(kept),
        };
        self.result.insert(path.to_vec(), (keep.mode, keep.oid));
        if versions.sides[0].is_none() && !versions.contradicts {
            return Ok(());
        }
        self.conflict(path, versions);
        if !(versions.contradicts && unchanged) && versions.sides[0].is_some() {
            let (kept_in, deleted_in) = match by_us {
                true => (&self.labels.ours, &self.labels.theirs),
                false => (&self.labels.theirs, &self.labels.ours),
            };
            let name = String::from_utf8_lossy(path);
            let text = format!(
                "CONFLICT (modify/delete): {name} deleted in {deleted_in} and modified in {kept_in}.  Version {kept_in} of {name} left in tree."
            );
            self.say(path, text);
        }
        Ok(())
    }

    /// Both sides have it, and not the same.
    fn both(
        &mut self,
        path: &[u8],
        versions: &Versions,
        ours: &File,
        theirs: &File,
    ) -> Outcome<()> {
        let name = String::from_utf8_lossy(path).into_owned();
        let base = versions.sides[0].as_ref();
        let base_mode = base.map_or(0, |base| base.mode);
        let mode = if ours.mode == base_mode || base.is_none() && theirs.mode == mode::EXECUTABLE {
            theirs.mode
        } else {
            ours.mode
        };
        let modes_clash =
            ours.mode != theirs.mode && ours.mode != base_mode && theirs.mode != base_mode;
        if !ours.is_regular() || !theirs.is_regular() {
            let kept = if self.favor == Favor::Theirs {
                theirs
            } else {
                ours
            };
            self.result.insert(path.to_vec(), (kept.mode, kept.oid));
            if self.favor == Favor::Nobody {
                self.conflict(path, versions);
                self.say(
                    path,
                    format!("CONFLICT (content): Merge conflict in {name}"),
                );
            }
            return Ok(());
        }
        let (oid, clean) = if ours.oid == theirs.oid {
            (ours.oid, true)
        } else if base.is_some_and(|base| base.oid == ours.oid) {
            (theirs.oid, true)
        } else if base.is_some_and(|base| base.oid == theirs.oid) {
            (ours.oid, true)
        } else {
            let merged = self.contents(path, base, ours, theirs)?;
            self.say(path, format!("Auto-merging {name}"));
            merged
        };
        self.result.insert(path.to_vec(), (mode, oid));
        if !clean || modes_clash || versions.contradicts {
            self.conflict(path, versions);
            let kind = if base.is_none() { "add/add" } else { "content" };
            self.say(path, format!("CONFLICT ({kind}): Merge conflict in {name}"));
        }
        Ok(())
    }

    fn contents(
        &mut self,
        path: &[u8],
        base: Option<&File>,
        ours: &File,
        theirs: &File,
    ) -> Outcome<(Oid, bool)> {
        let load = |file: &File| content(self.source, file);
        let base_bytes = base.map_or(Ok(Default::default()), load)?;
        let (one, two) = (load(ours)?, load(theirs)?);
        if [&base_bytes, &one, &two]
            .into_iter()
            .any(|bytes| is_binary(bytes))
        {
            let name = String::from_utf8_lossy(path);
            return Ok(match self.favor {
                Favor::Theirs => (theirs.oid, true),
                Favor::Ours => (ours.oid, true),
                _ => {
                    let text = format!(
                        "warning: Cannot merge binary files: {name} ({} vs. {})",
                        self.labels.ours, self.labels.theirs
                    );
                    self.say(path, text);
                    (
                        if self.depth > 0 {
                            base.map_or(ours.oid, |base| base.oid)
                        } else {
                            ours.oid
                        },
                        false,
                    )
                }
            });
        }
        let renamed = ours.path != theirs.path || base.is_some_and(|base| base.path != ours.path);
        let label = |label: &str, file: &File| match renamed {
            true => format!("{label}:{}", String::from_utf8_lossy(&file.path)),
            false => label.to_owned(),
        };
        let base_label = base.map_or(self.labels.base.clone(), |base| {
            label(&self.labels.base, base)
        });
        let options = text::Options {
            style: self.style,
            favor: if self.depth > 0 {
                Favor::Nobody
            } else {
                self.favor
            },
            comparison: Comparison {
                algorithm: Algorithm::Histogram,
                no_indent: true,
                ..Comparison::default()
            },
            ours: &label(&self.labels.ours, ours),
            base: &base_label,
            theirs: &label(&self.labels.theirs, theirs),
            marker: 7 + 2 * self.depth,
            join_without_words: false,
        };
        let merged = text::merge(&base_bytes, &one, &two, &options);
        let oid = self.repository.objects().write(Kind::Blob, &merged.text)?;
        Ok((oid, merged.conflicts == 0))
    }

    /// A file and a folder can't have one name: the file is moved beside.
    fn move_out_of_the_way(&mut self) {
        let mut folders: BTreeSet<Vec<u8>> = BTreeSet::new();
        for path in self.result.keys() {
            folders.extend(memchr::memchr_iter(b'/', path).map(|slash| path[..slash].to_vec()));
        }
        let clashing: Vec<Vec<u8>> = self
            .result
            .keys()
            .filter(|path| folders.contains(*path))
            .cloned()
            .collect();
        for path in clashing {
            let Some(file) = self.result.remove(&path) else {
                continue;
            };
            let stages = self.conflicts.remove(&path);
            let by_us = !self.theirs_only.contains(&path);
            let label = if by_us {
                &self.labels.ours
            } else {
                &self.labels.theirs
            };
            let mut aside = [&path[..], b"~", label.replace('/', "_").as_bytes()].concat();
            while self.result.contains_key(&aside) {
                aside.extend(b"_0");
            }
            let text = format!(
                "CONFLICT (file/directory): directory in the way of {} from {label}; moving it to {} instead.",
                String::from_utf8_lossy(&path),
                String::from_utf8_lossy(&aside)
            );
            self.say(&path, text);
            let own = if by_us {
                [None, Some(file), None]
            } else {
                [None, None, Some(file)]
            };
            self.conflicts.insert(aside.clone(), stages.unwrap_or(own));
            self.result.insert(aside, file);
        }
    }
}
