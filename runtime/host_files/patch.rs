//! What changed between two trees, as a patch that `patch -p1` and `git apply` take.

use std::fmt::Write;

use similar::TextDiff;

use crate::limits::DIFF_BYTES_MAX;
use crate::machine::fs::{Changes, FollowLast, InodeNumber, Kind, Tree};

/// A path in one of the two trees.
enum Side {
    Absent,
    Text { mode: u16, text: String },
    Symlink(String),
    Directory,
    Binary { mode: u16 },
}

/// A unified diff of every changed file. What has no lines to show — binary files, modes, directories — is told in
/// `git`'s words.
pub fn patch(before: &Tree, after: &Tree, changes: &Changes) -> String {
    let mut patch = String::new();
    for change in &changes.paths {
        let name = change.path.trim_start_matches('/');
        let (old, new) = (side(before, &change.path), side(after, &change.path));
        show(&mut patch, name, &old, &new);
    }
    if changes.omitted > 0 {
        put(
            &mut patch,
            format_args!("# {} more changed paths are not shown\n", changes.omitted),
        );
    }
    patch
}

fn side(tree: &Tree, path: &str) -> Side {
    let Ok(inode) = tree.lookup(InodeNumber::ROOT, path.as_bytes(), FollowLast::No) else {
        return Side::Absent;
    };
    let mode = tree.stat(inode).map_or(0, |stat| stat.mode);
    match tree.kind(inode) {
        Ok(Kind::Directory { .. }) => Side::Directory,
        Ok(Kind::Symlink(target)) => Side::Symlink(String::from_utf8_lossy(target).into_owned()),
        Ok(Kind::File(content)) if content.size() <= DIFF_BYTES_MAX => {
            match String::from_utf8(content.to_vec()) {
                Ok(text) if !text.contains('\0') => Side::Text { mode, text },
                _ => Side::Binary { mode },
            }
        }
        Ok(_) => Side::Binary { mode },
        Err(_) => Side::Absent,
    }
}

impl Side {
    /// The mode as `git` writes it; none for what it does not track.
    fn git_mode(&self) -> Option<&'static str> {
        match self {
            Side::Text { mode, .. } | Side::Binary { mode } if mode & 0o100 != 0 => Some("100755"),
            Side::Text { .. } | Side::Binary { .. } => Some("100644"),
            Side::Symlink(_) => Some("120000"),
            Side::Directory | Side::Absent => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Side::Text { text, .. } => Some(text),
            Side::Symlink(target) => Some(target),
            Side::Absent => Some(""),
            Side::Directory | Side::Binary { .. } => None,
        }
    }
}

fn show(patch: &mut String, name: &str, old: &Side, new: &Side) {
    let (old_mode, new_mode) = (old.git_mode(), new.git_mode());
    if old_mode.is_none() && new_mode.is_none() {
        return;
    }
    let mut header = format!("diff --git a/{name} b/{name}\n");
    match (old_mode, new_mode) {
        (None, Some(mode)) => put(&mut header, format_args!("new file mode {mode}\n")),
        (Some(mode), None) => put(&mut header, format_args!("deleted file mode {mode}\n")),
        (Some(a), Some(b)) if a != b => {
            put(&mut header, format_args!("old mode {a}\nnew mode {b}\n"))
        }
        _ => {}
    }
    let body = body(name, old, new);
    if old_mode != new_mode || !body.is_empty() {
        patch.push_str(&header);
        patch.push_str(&body);
    }
}

fn body(name: &str, old: &Side, new: &Side) -> String {
    let old_name = old
        .git_mode()
        .map_or("/dev/null".to_owned(), |_| format!("a/{name}"));
    let new_name = new
        .git_mode()
        .map_or("/dev/null".to_owned(), |_| format!("b/{name}"));
    match (old.text(), new.text()) {
        (Some(a), Some(b)) if a == b => String::new(),
        (Some(a), Some(b)) => TextDiff::from_lines(a, b)
            .unified_diff()
            .header(&old_name, &new_name)
            .to_string(),
        _ => format!("Binary files {old_name} and {new_name} differ\n"),
    }
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("a string grows");
}
