//! What stands in front of a file's hunks.

use super::FilePatch;
use super::names::{name_in, strip};

/// How names are read: `-p` and `--directory`.
pub struct Naming {
    pub strip: usize,
    pub directory: Vec<u8>,
}

impl Naming {
    fn name(&self, line: &[u8], strip_count: usize, until_tab: bool) -> Option<Vec<u8>> {
        let name = name_in(line, until_tab);
        if name == b"/dev/null" {
            return None;
        }
        strip(&name, strip_count).map(|name| self.placed(name))
    }

    pub fn placed(&self, name: &[u8]) -> Vec<u8> {
        [&self.directory[..], name].concat()
    }
}

/// Takes in an extended header line of git's; `false` for a line that is none.
pub fn extended(patch: &mut FilePatch, line: &[u8], naming: &Naming) -> bool {
    let mode = |text: &[u8]| {
        u32::from_str_radix(std::str::from_utf8(text).unwrap_or("").trim_end(), 8).ok()
    };
    let bare = naming.strip.saturating_sub(1);
    if let Some(rest) = line.strip_prefix(b"old mode ") {
        patch.old_mode = mode(rest);
    } else if let Some(rest) = line.strip_prefix(b"new mode ") {
        patch.new_mode = mode(rest);
    } else if let Some(rest) = line.strip_prefix(b"deleted file mode ") {
        patch.deletes = Some(true);
        patch.creates = Some(false);
        patch.old_mode = mode(rest);
        patch.new_name = None;
    } else if let Some(rest) = line.strip_prefix(b"new file mode ") {
        patch.creates = Some(true);
        patch.deletes = Some(false);
        patch.new_mode = mode(rest);
        patch.old_name = None;
    } else if let Some(rest) = line
        .strip_prefix(b"rename from ")
        .or(line.strip_prefix(b"rename old "))
    {
        patch.renames = true;
        patch.old_name = naming.name(rest, bare, false);
    } else if let Some(rest) = line
        .strip_prefix(b"rename to ")
        .or(line.strip_prefix(b"rename new "))
    {
        patch.renames = true;
        patch.new_name = naming.name(rest, bare, false);
    } else if let Some(rest) = line.strip_prefix(b"copy from ") {
        patch.copies = true;
        patch.old_name = naming.name(rest, bare, false);
    } else if let Some(rest) = line.strip_prefix(b"copy to ") {
        patch.copies = true;
        patch.new_name = naming.name(rest, bare, false);
    } else if let Some(rest) = line
        .strip_prefix(b"similarity index ")
        .or(line.strip_prefix(b"dissimilarity index "))
    {
        patch.score = std::str::from_utf8(rest)
            .unwrap_or("")
            .trim_end_matches(['%', '\r'])
            .parse()
            .unwrap_or(0);
    } else if let Some(rest) = line.strip_prefix(b"index ") {
        index_line(patch, rest);
    } else {
        return false;
    }
    true
}

fn index_line(patch: &mut FilePatch, rest: &[u8]) {
    let text = String::from_utf8_lossy(rest);
    let mut words = text.split_whitespace();
    if let Some((old, new)) = words.next().and_then(|names| names.split_once("..")) {
        patch.old_oid = Some(old.to_owned());
        patch.new_oid = Some(new.to_owned());
    }
    if let Some(mode) = words
        .next()
        .and_then(|mode| u32::from_str_radix(mode, 8).ok())
    {
        patch.old_mode = Some(mode);
    }
}

/// The names of a `---` and a `+++` line behind git's header, which win over the first line's.
pub fn git_names(patch: &mut FilePatch, line: &[u8], naming: &Naming) {
    if let Some(rest) = line.strip_prefix(b"--- ") {
        if patch.creates != Some(true) && !patch.renames && !patch.copies {
            patch.old_name = naming
                .name(rest, naming.strip, true)
                .or(patch.old_name.take());
        }
    } else if let Some(rest) = line.strip_prefix(b"+++ ")
        && patch.deletes != Some(true)
        && !patch.renames
        && !patch.copies
    {
        patch.new_name = naming
            .name(rest, naming.strip, true)
            .or(patch.new_name.take());
    }
}

/// A patch without git's header: what the names and their times say.
pub fn traditional(old: &[u8], new: &[u8], naming: &Naming) -> FilePatch {
    let is_null = |line: &[u8]| name_in(line, true) == b"/dev/null";
    let mut patch = FilePatch::default();
    if is_null(old) || is_epoch(old) {
        patch.creates = Some(true);
        patch.deletes = Some(false);
        patch.new_name = naming.name(new, naming.strip, true);
    } else if is_null(new) || is_epoch(new) {
        patch.creates = Some(false);
        patch.deletes = Some(true);
        patch.old_name = naming.name(old, naming.strip, true);
    } else {
        let (first, second) = (
            naming.name(old, naming.strip, true),
            naming.name(new, naming.strip, true),
        );
        let shorter = match (&first, &second) {
            (Some(first), Some(second)) if second.len() <= first.len() => Some(second.clone()),
            (Some(first), Some(_)) => Some(first.clone()),
            _ => second.or(first),
        };
        patch.old_name = shorter.clone();
        patch.new_name = shorter;
    }
    patch
}

/// `diff -N` gives files that aren't there the time 0.
fn is_epoch(line: &[u8]) -> bool {
    let Some(tab) = memchr::memchr(b'\t', line) else {
        return false;
    };
    let stamp = String::from_utf8_lossy(&line[tab + 1..]);
    stamp.starts_with("1970-01-01 00:00:00") && stamp.trim_end().ends_with("+0000")
}
