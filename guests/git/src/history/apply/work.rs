//! Checks patches against files and index, and writes what they make.

use std::collections::BTreeMap;
use std::rc::Rc;

use isobox_guest::stat::stat;

use super::{Request, Space};
use crate::changes::File;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::merge::text;
use crate::patch::{Applied, Binary, FilePatch, apply as apply_hunks};
use crate::report::space_error;
use crate::repository::index::{Entry, StatData, index_mode};
use crate::repository::worktree::{
    Converter, Difference, compare, content_of, remove_file, write_file,
};
use crate::repository::{Index, Kind, Oid, Repository, mode, path_of};

/// What patches change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Files,
    Index,
    Both,
}

/// A file as patches leave it.
#[derive(Clone)]
struct Version {
    mode: u32,
    bytes: Vec<u8>,
    /// Stages of a conflict of a three-way merge.
    stages: Option<[Option<(u32, Oid)>; 3]>,
}

/// The patches of one input at work.
pub struct Work<'a> {
    git: &'a mut Git,
    repository: Option<Rc<Repository>>,
    converter: Option<Converter>,
    request: &'a Request,
    target: Target,
    index: Option<Index>,
    /// What patches made of paths so far; `None` for those removed.
    made: BTreeMap<Vec<u8>, Option<Version>>,
    rejects: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'a> Work<'a> {
    /// # Errors
    /// A corrupt index.
    pub fn new(
        git: &'a mut Git,
        repository: Option<Rc<Repository>>,
        request: &'a Request,
        target: Target,
    ) -> Outcome<Self> {
        let index = match (&repository, target) {
            (Some(repository), Target::Index | Target::Both) => Some(repository.index()?),
            _ => None,
        };
        let converter = repository
            .as_ref()
            .map(|repository| Converter::new(repository));
        Ok(Self {
            git,
            repository,
            converter,
            request,
            target,
            index,
            made: BTreeMap::new(),
            rejects: Vec::new(),
        })
    }

    /// Checks all, and writes when nothing failed; 1 when something did.
    ///
    /// # Errors
    /// What can't be read or written.
    pub fn run(&mut self, patches: &[FilePatch], write: bool) -> Outcome<i32> {
        let mut failed = false;
        let mut reports: Vec<String> = Vec::new();
        for patch in patches {
            if self.request.verbose {
                self.git
                    .warn(format!("Checking patch {}...", describe(patch)));
            }
            match self.check(patch) {
                Ok(lines) => reports.extend(lines),
                Err(failure) if failure.status == 1 => {
                    if !failure.message.is_empty() {
                        self.git.warn(failure.message);
                    }
                    failed = true;
                }
                Err(failure) => return Err(failure),
            }
        }
        if failed && !self.request.reject {
            return Ok(1);
        }
        if !write {
            return Ok(i32::from(failed));
        }
        for line in reports {
            self.git.warn(line);
        }
        let conflicts = self.write()?;
        let rejected = !self.rejects.is_empty();
        for (path, text) in std::mem::take(&mut self.rejects) {
            std::fs::write(path_of(&path)?, text)?;
        }
        Ok(i32::from(failed || rejected || conflicts))
    }

    fn fail(&self, patch: &FilePatch, first: &str) -> Failure {
        let name = String::from_utf8_lossy(patch.name()).into_owned();
        let first = if first.is_empty() {
            String::new()
        } else {
            format!("{first}\n")
        };
        Failure::plain(1, format!("{first}error: {name}: patch does not apply"))
    }

    /// What a patch makes of its file, kept for later; lines to print once all is well.
    fn check(&mut self, patch: &FilePatch) -> Outcome<Vec<String>> {
        let name = patch.name().to_vec();
        let old = match patch.is_new() {
            true => None,
            false => Some(self.current(&name)?),
        };
        if let Some(new_name) = &patch.new_name
            && (patch.is_new() || patch.renames || patch.copies)
        {
            self.must_be_free(new_name)?;
        }
        let before = old
            .as_ref()
            .map(|old| old.bytes.clone())
            .unwrap_or_default();
        let mut lines = Vec::new();
        let new_mode = patch
            .new_mode
            .or(old.as_ref().map(|old| old.mode))
            .unwrap_or(mode::FILE);
        let mut stages = None;
        let bytes = if patch.binary {
            self.binary(patch, &before)?
        } else if self.request.three_way
            && !patch.is_new()
            && !patch.is_delete()
            && patch.old_oid.is_some()
        {
            let (bytes, conflict) = self.three_way(patch, old.as_ref(), &before, &mut lines)?;
            stages = conflict;
            bytes
        } else {
            self.hunks(patch, &before, &mut lines)?
        };
        if patch.is_delete() && !bytes.is_empty() {
            return Err(self.fail(patch, "error: removal patch leaves file contents"));
        }
        if patch.is_delete() || patch.renames {
            self.made.insert(name, None);
        }
        if !patch.is_delete() {
            let path = patch
                .new_name
                .clone()
                .unwrap_or_else(|| patch.name().to_vec());
            self.made.insert(
                path,
                Some(Version {
                    mode: new_mode,
                    bytes,
                    stages,
                }),
            );
        }
        Ok(lines)
    }

    fn hunks(
        &mut self,
        patch: &FilePatch,
        before: &[u8],
        lines: &mut Vec<String>,
    ) -> Outcome<Vec<u8>> {
        let fixed;
        let hunks = match self.request.space {
            Space::Fix => {
                fixed = without_bad_space(&patch.hunks);
                &fixed
            }
            _ => &patch.hunks,
        };
        let (bytes, applied, rejected) = apply_hunks(before, hunks, self.request.matching);
        let name = String::from_utf8_lossy(patch.name()).into_owned();
        for number in 0..hunks.len() {
            if let Some(place) = applied.iter().find(|place| place.hunk == number) {
                self.tell_place(place);
            } else if self.request.reject {
                self.git.warn(self.searching(&patch.hunks[number], &name));
            }
        }
        if let Some(first) = rejected.first().filter(|_| !self.request.reject) {
            return Err(self.fail(patch, &self.searching(&patch.hunks[first.hunk], &name)));
        }
        if self.request.reject {
            self.report_rejects(patch, &rejected, lines);
        } else if self.request.verbose {
            lines.push(format!("Applied patch {} cleanly.", describe(patch)));
        }
        Ok(bytes)
    }

    /// Where a hunk went, when that isn't where it said.
    fn tell_place(&mut self, place: &Applied) {
        if self.request.verbose && place.offset != 0 {
            let unit = if place.offset.abs() == 1 {
                "line"
            } else {
                "lines"
            };
            self.git.warn(format!(
                "Hunk #{} succeeded at {} (offset {} {unit}).",
                place.hunk + 1,
                place.line,
                place.offset
            ));
        }
        if let Some((leading, trailing)) = place.reduced {
            self.git.warn(format!(
                "Context reduced to ({leading}/{trailing}) to apply fragment at {}",
                place.line
            ));
        }
    }

    fn searching(&self, hunk: &crate::patch::Hunk, name: &str) -> String {
        let mut text = String::new();
        if self.request.verbose {
            let old: Vec<u8> = hunk.side(b'-').flatten().copied().collect();
            text = format!(
                "error: while searching for:\n{}\n",
                String::from_utf8_lossy(&old)
            );
        }
        text + &format!("error: patch failed: {name}:{}", hunk.old_start)
    }

    fn report_rejects(
        &mut self,
        patch: &FilePatch,
        rejected: &[crate::patch::Rejected],
        lines: &mut Vec<String>,
    ) {
        if rejected.is_empty() {
            lines.push(format!("Applied patch {} cleanly.", describe(patch)));
            return;
        }
        let count = rejected.len();
        let unit = if count == 1 { "reject" } else { "rejects" };
        lines.push(format!(
            "Applying patch {} with {count} {unit}...",
            describe(patch)
        ));
        let path = patch
            .new_name
            .clone()
            .unwrap_or_else(|| patch.name().to_vec());
        let shown = String::from_utf8_lossy(&path).into_owned();
        let mut text = format!("diff a/{shown} b/{shown}\t(rejected hunks)\n").into_bytes();
        for (number, hunk) in patch.hunks.iter().enumerate() {
            if rejected.iter().any(|reject| reject.hunk == number) {
                lines.push(format!("Rejected hunk #{}.", number + 1));
                text.extend(&hunk.text);
            } else {
                lines.push(format!("Hunk #{} applied cleanly.", number + 1));
            }
        }
        self.rejects.push(([&path[..], b".rej"].concat(), text));
    }

    fn three_way(
        &mut self,
        patch: &FilePatch,
        old: Option<&Version>,
        ours: &[u8],
        lines: &mut Vec<String>,
    ) -> Outcome<(Vec<u8>, Option<[Option<(u32, Oid)>; 3]>)> {
        let Some(repository) = self.repository.clone() else {
            return Err(Failure::silent(1));
        };
        let name = patch.old_oid.clone().unwrap_or_default();
        let base = repository.rev(&name).ok().flatten().and_then(|oid| {
            repository
                .objects()
                .read_kind(&oid, Kind::Blob)
                .ok()
                .map(|object| (oid, object))
        });
        let Some((base_oid, base)) = base else {
            self.git.warn("error: repository lacks the necessary blob to perform 3-way merge.\nFalling back to direct application...");
            return self.hunks(patch, ours, lines).map(|bytes| (bytes, None));
        };
        let (theirs, _, rejected) = apply_hunks(&base.data, &patch.hunks, self.request.matching);
        if !rejected.is_empty() {
            return self.hunks(patch, ours, lines).map(|bytes| (bytes, None));
        }
        let comparison = crate::diff::Comparison {
            no_indent: true,
            ..Default::default()
        };
        let options = text::Options {
            ours: "ours",
            theirs: "theirs",
            base: "base",
            comparison,
            ..Default::default()
        };
        let merged = text::merge(&base.data, ours, &theirs, &options);
        let shown = describe(patch);
        if merged.conflicts == 0 {
            lines.push(format!("Applied patch to '{shown}' cleanly."));
            return Ok((merged.text, None));
        }
        lines.push(format!("Applied patch to '{shown}' with conflicts."));
        lines.push(format!("U {shown}"));
        let file_mode = old.map_or(mode::FILE, |old| old.mode);
        let write = |bytes: &[u8]| repository.objects().write(Kind::Blob, bytes);
        let stages = [
            Some((file_mode, base_oid)),
            Some((file_mode, write(ours)?)),
            Some((file_mode, write(&theirs)?)),
        ];
        Ok((merged.text, Some(stages)))
    }

    fn binary(&self, patch: &FilePatch, before: &[u8]) -> Outcome<Vec<u8>> {
        let name = String::from_utf8_lossy(patch.name()).into_owned();
        let wanted = patch.full_names();
        if let (Some((_, new)), Some(repository)) = (&wanted, &self.repository)
            && let Ok(Some(object)) = repository.objects().find(new)
        {
            return Ok(object.data.clone());
        }
        let Some(Binary {
            literal,
            size,
            packed,
        }) = &patch.forward
        else {
            let text =
                format!("error: cannot apply binary patch to '{name}' without full index line");
            return Err(self.fail(patch, &text));
        };
        let limit = size.saturating_add(1).min(1 << 30);
        let unpacked = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, limit)
            .map_err(|_| self.fail(patch, "error: corrupt binary patch"))?;
        match literal {
            true => Ok(unpacked),
            false => delta(before, &unpacked).ok_or_else(|| {
                self.fail(
                    patch,
                    &format!("error: binary patch does not apply to '{name}'"),
                )
            }),
        }
    }

    /// A file as patches found or left it.
    fn current(&self, path: &[u8]) -> Outcome<Version> {
        let name = String::from_utf8_lossy(path).into_owned();
        let missing = |what: &str| Failure::error(1, format!("{name}: {what}"));
        if let Some(made) = self.made.get(path) {
            return made
                .clone()
                .ok_or_else(|| missing("No such file or directory"));
        }
        let entry = self.index.as_ref().and_then(|index| index.get(path));
        if self.target != Target::Files && entry.is_none() {
            return Err(missing("does not exist in index"));
        }
        if let (Target::Index, Some(entry), Some(repository)) =
            (self.target, entry, &self.repository)
        {
            let object = repository.objects().read_kind(&entry.oid, Kind::Blob)?;
            return Ok(Version {
                mode: entry.mode,
                bytes: object.data.clone(),
                stages: None,
            });
        }
        let found = stat(path_of(path)?, false)
            .map_err(|error| missing(&crate::failure::reason(&error)))?;
        if let (Some(entry), Some(repository), Some(converter), Some(index)) =
            (entry, &self.repository, &self.converter, &self.index)
            && compare(repository, converter, index, entry)?.0 != Difference::None
        {
            return Err(missing("does not match index"));
        }
        let bytes = match (&self.repository, &self.converter) {
            (Some(repository), Some(converter)) => {
                content_of(repository, converter, path, &found, None)?
            }
            _ => crate::changes::outside_content(&File {
                path: path.to_vec(),
                mode: index_mode(&found).unwrap_or(mode::FILE),
                oid: Oid::ZERO,
                place: crate::changes::Place::Outside,
            })?
            .to_vec(),
        };
        Ok(Version {
            mode: index_mode(&found).unwrap_or(mode::FILE),
            bytes,
            stages: None,
        })
    }

    fn must_be_free(&self, path: &[u8]) -> Outcome<()> {
        let name = String::from_utf8_lossy(path).into_owned();
        match self.made.get(path) {
            Some(None) => return Ok(()),
            Some(Some(_)) => {
                return Err(Failure::error(
                    1,
                    format!("{name}: already exists in working directory"),
                ));
            }
            None => {}
        }
        if self
            .index
            .as_ref()
            .is_some_and(|index| index.get(path).is_some())
        {
            return Err(Failure::error(
                1,
                format!("{name}: already exists in index"),
            ));
        }
        if self.target != Target::Index && stat(path_of(path)?, false).is_ok() {
            return Err(Failure::error(
                1,
                format!("{name}: already exists in working directory"),
            ));
        }
        Ok(())
    }

    /// Writes all; whether some path is in conflict.
    fn write(&mut self) -> Outcome<bool> {
        let mut conflicts = false;
        let made = std::mem::take(&mut self.made);
        let lock = self.index.as_ref().map(Index::lock).transpose()?;
        for (path, _) in made.iter().filter(|(_, version)| version.is_none()) {
            if self.target != Target::Index {
                remove_file(path)?;
            }
            self.index.as_mut().map(|index| index.remove(path));
        }
        for (path, version) in made.iter() {
            let Some(version) = version else { continue };
            if self.target != Target::Index {
                self.write_file(path, version)?;
            }
            let (Some(index), Some(repository)) = (&mut self.index, &self.repository) else {
                continue;
            };
            if let Some(stages) = &version.stages {
                conflicts = true;
                index.remove(path);
                for (number, stage) in stages.iter().enumerate() {
                    if let Some((mode, oid)) = stage {
                        index.add(Entry::new(path, *mode, *oid).at_stage(number as u8 + 1));
                    }
                }
                continue;
            }
            let oid = repository.objects().write(Kind::Blob, &version.bytes)?;
            let mut entry = Entry::new(path, version.mode, oid);
            if self.target == Target::Both {
                entry.stat = stat(path_of(path)?, false)
                    .map(|found| StatData::of(&found))
                    .unwrap_or_default();
            }
            index.add(entry);
        }
        if let (Some(index), Some(lock)) = (&mut self.index, lock) {
            index.write_locked(lock)?;
        }
        Ok(conflicts)
    }

    fn write_file(&self, path: &[u8], version: &Version) -> Outcome<()> {
        let file = path_of(path)?;
        if let Some(folder) = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)?;
        }
        if std::fs::symlink_metadata(file)
            .is_ok_and(|data| data.is_symlink() || version.mode == mode::LINK)
        {
            std::fs::remove_file(file)?;
        }
        if let (mode::LINK, Some(repository), Some(converter)) =
            (version.mode, &self.repository, &self.converter)
        {
            let oid = repository.objects().write(Kind::Blob, &version.bytes)?;
            write_file(repository, converter, path, version.mode, &oid)?;
            return Ok(());
        }
        let bytes = match &self.converter {
            Some(converter) => converter.to_file(path, version.bytes.clone()),
            None => version.bytes.clone(),
        };
        std::fs::write(file, bytes)?;
        let bits = if version.mode == mode::EXECUTABLE {
            0o755
        } else {
            0o644
        };
        let _ = isobox_guest::mode::set(file, true, bits);
        Ok(())
    }
}

fn describe(patch: &FilePatch) -> String {
    let shown = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let (old, new) = (
        patch.name(),
        patch.new_name.as_deref().unwrap_or(patch.name()),
    );
    if old == new || patch.is_delete() {
        shown(old)
    } else {
        format!("{} => {}", shown(old), shown(new))
    }
}

fn without_bad_space(hunks: &[crate::patch::Hunk]) -> Vec<crate::patch::Hunk> {
    let mut hunks = hunks.to_vec();
    for line in hunks
        .iter_mut()
        .flat_map(|hunk| &mut hunk.lines)
        .filter(|line| line.sign == b'+')
    {
        let ended = line.text.ends_with(b"\n");
        let kept = line
            .text
            .iter()
            .rposition(|byte| !byte.is_ascii_whitespace())
            .map_or(0, |last| last + 1);
        line.text.truncate(kept);
        if ended {
            line.text.push(b'\n');
        }
    }
    hunks
}

/// Git's deltas: copies of the old bytes and new ones.
fn delta(old: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut rest = delta;
    let mut size = || -> Option<usize> {
        let (mut value, mut shift) = (0usize, 0);
        loop {
            let (&byte, behind) = rest.split_first()?;
            rest = behind;
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    };
    let (from, to) = (size()?, size()?);
    let mut made = Vec::new();
    while let Some((&code, behind)) = rest.split_first() {
        rest = behind;
        if code & 0x80 == 0 {
            made.extend(rest.get(..usize::from(code))?);
            rest = &rest[usize::from(code)..];
            continue;
        }
        let mut field = |bits: std::ops::Range<u32>| -> Option<usize> {
            let mut value = 0;
            for (place, bit) in bits.enumerate() {
                if code & (1 << bit) != 0 {
                    let (&byte, behind) = rest.split_first()?;
                    rest = behind;
                    value |= usize::from(byte) << (8 * place);
                }
            }
            Some(value)
        };
        let (offset, length) = (field(0..4)?, field(4..7)?);
        let length = if length == 0 { 0x10000 } else { length };
        made.extend(old.get(offset..offset.checked_add(length)?)?);
    }
    (from == old.len() && to == made.len()).then_some(made)
}

/// Tells of bad white space in added lines; how many there are.
pub fn space_warnings(
    git: &mut Git,
    request: &Request,
    patches: &[FilePatch],
    input: &str,
) -> usize {
    const TOLD: usize = 5;
    if request.space == Space::Nothing || request.quiet {
        return 0;
    }
    let mut count = 0;
    for hunk in patches.iter().flat_map(|patch| &patch.hunks) {
        for (number, line) in hunk.lines.iter().enumerate() {
            let text = line.text.strip_suffix(b"\n").unwrap_or(&line.text);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if line.sign != if request.reverse { b'-' } else { b'+' } {
                continue;
            }
            if let Some(words) = space_error(text) {
                count += 1;
                if count <= TOLD {
                    git.warn(format!(
                        "{input}:{}: {words}.\n{}",
                        hunk.at + 1 + number,
                        String::from_utf8_lossy(text)
                    ));
                }
            }
        }
    }
    if count > TOLD {
        let more = count - TOLD;
        let unit = if more == 1 { "error" } else { "errors" };
        git.warn(format!("warning: squelched {more} whitespace {unit}"));
    }
    count
}

/// The last word about white space.
pub fn space_summary(git: &mut Git, request: &Request, count: usize) {
    match (count, request.space) {
        (0, _) => {}
        (1, Space::Fix) => git.warn("warning: 1 line applied after fixing whitespace errors."),
        (count, Space::Fix) => git.warn(format!(
            "warning: {count} lines applied after fixing whitespace errors."
        )),
        (1, _) => git.warn("warning: 1 line adds whitespace errors."),
        (count, _) => git.warn(format!("warning: {count} lines add whitespace errors.")),
    }
}
