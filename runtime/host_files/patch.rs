//! What changed between two trees, as a patch that `patch -p1` and `git apply` take.

use std::fmt::Write;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::digest::Digest;
use crate::limits::DIFF_BYTES_MAX;
use crate::machine::fs::{Changes, FollowLast, InodeNumber, Kind, Tree};

/// Lines that are the same shown around each change, as `diff -u` has them.
const CONTEXT_LINES: usize = 3;

/// What stands at a path in one of the two trees, as far as `git` tracks it.
#[derive(PartialEq, Eq)]
enum Side {
    /// Nothing, a directory or a device.
    Untracked,
    Text {
        executable: bool,
        text: String,
    },
    Symlink(String),
    Binary {
        executable: bool,
        content: Digest,
    },
}

/// A unified diff of every changed file, without what `git` does not track: times, directories, most of the modes. Of
/// binary files and of those too large it tells, in `git`'s words, only that they differ.
pub fn patch(before: &Tree, after: &Tree, changes: &Changes) -> String {
    let mut patch = String::new();
    for change in &changes.paths {
        let name = change.path.trim_start_matches('/');
        let (old, new) = (side(before, &change.path), side(after, &change.path));
        if old.is_symlink() == new.is_symlink() || !old.is_tracked() || !new.is_tracked() {
            show(&mut patch, name, &old, &new);
        } else {
            // A file and a link have nothing in common to be patched.
            show(&mut patch, name, &old, &Side::Untracked);
            show(&mut patch, name, &Side::Untracked, &new);
        }
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
        return Side::Untracked;
    };
    if let Ok(Kind::Symlink(target)) = tree.kind(inode) {
        return Side::Symlink(String::from_utf8_lossy(target).into_owned());
    }
    let (Ok(content), Ok(stat)) = (tree.content(inode), tree.stat(inode)) else {
        return Side::Untracked;
    };
    let executable = stat.mode & 0o100 != 0;
    if content.size() <= DIFF_BYTES_MAX
        && let Ok(text) = String::from_utf8(content.to_vec())
        && !text.contains('\0')
    {
        return Side::Text { executable, text };
    }
    Side::Binary {
        executable,
        content: content.digest(),
    }
}

impl Side {
    fn is_tracked(&self) -> bool {
        *self != Side::Untracked
    }

    fn is_symlink(&self) -> bool {
        matches!(self, Side::Symlink(_))
    }

    /// The mode as `git` writes it; none for what it does not track.
    fn git_mode(&self) -> Option<&'static str> {
        match self {
            Side::Text { executable, .. } | Side::Binary { executable, .. } => {
                Some(if *executable { "100755" } else { "100644" })
            }
            Side::Symlink(_) => Some("120000"),
            Side::Untracked => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Side::Text { text, .. } => Some(text),
            Side::Symlink(target) => Some(target),
            Side::Untracked => Some(""),
            Side::Binary { .. } => None,
        }
    }

    /// The name of this side in the patch.
    fn name(&self, prefix: &str, name: &str) -> String {
        match self {
            Side::Untracked => "/dev/null".to_owned(),
            _ => quoted(&format!("{prefix}/{name}")),
        }
    }
}

/// A name as `git` writes it: in quotes, with escapes, if it holds what a line of a patch cannot.
fn quoted(name: &str) -> String {
    let mut escaped = String::new();
    for c in name.chars() {
        match c {
            '"' | '\\' => escaped.extend(['\\', c]),
            '\x07' => escaped.push_str("\\a"),
            '\x08' => escaped.push_str("\\b"),
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\x0b' => escaped.push_str("\\v"),
            '\x0c' => escaped.push_str("\\f"),
            '\r' => escaped.push_str("\\r"),
            '\0'..' ' | '\x7f' => put(&mut escaped, format_args!("\\{:03o}", c as u32)),
            _ => escaped.push(c),
        }
    }
    match escaped == name {
        true => escaped,
        false => format!("\"{escaped}\""),
    }
}

fn show(patch: &mut String, name: &str, old: &Side, new: &Side) {
    if old == new {
        return;
    }
    let (a, b) = (quoted(&format!("a/{name}")), quoted(&format!("b/{name}")));
    put(patch, format_args!("diff --git {a} {b}\n"));
    match (old.git_mode(), new.git_mode()) {
        (None, Some(mode)) => put(patch, format_args!("new file mode {mode}\n")),
        (Some(mode), None) => put(patch, format_args!("deleted file mode {mode}\n")),
        (Some(a), Some(b)) if a != b => put(patch, format_args!("old mode {a}\nnew mode {b}\n")),
        _ => {}
    }
    let (a, b) = (old.name("a", name), new.name("b", name));
    match (old.text(), new.text()) {
        (Some(old), Some(new)) if old == new => {}
        (Some(old), Some(new)) => {
            put(
                patch,
                format_args!("--- {}\n+++ {}\n", ended(&a), ended(&b)),
            );
            hunks(patch, &lines(old), &lines(new));
        }
        _ if same_content(old, new) => {}
        _ => put(patch, format_args!("Binary files {a} and {b} differ\n")),
    }
}

fn same_content(old: &Side, new: &Side) -> bool {
    match (old, new) {
        (Side::Binary { content: old, .. }, Side::Binary { content: new, .. }) => old == new,
        _ => false,
    }
}

/// A name with the tab that `patch` needs to find the end of one with spaces, as `git` writes it.
fn ended(name: &str) -> String {
    match name.contains(' ') {
        true => format!("{name}\t"),
        false => name.to_owned(),
    }
}

/// Lines with their newlines, which alone end one: a carriage return is a byte like others.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn hunks(patch: &mut String, old: &[&str], new: &[&str]) {
    let changes = capture_diff_slices(Algorithm::Myers, old, new);
    for hunk in group_diff_ops(changes, CONTEXT_LINES) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
            continue;
        };
        let old_range = range(first.old_range().start, last.old_range().end);
        let new_range = range(first.new_range().start, last.new_range().end);
        put(patch, format_args!("@@ -{old_range} +{new_range} @@\n"));
        for change in hunk {
            match change {
                DiffOp::Equal { .. } => put_lines(patch, ' ', &old[change.old_range()]),
                _ => {
                    put_lines(patch, '-', &old[change.old_range()]);
                    put_lines(patch, '+', &new[change.new_range()]);
                }
            }
        }
    }
}

/// Lines are counted from 1; of none, the line before is named.
fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        length => format!("{},{length}", start + 1),
    }
}

fn put_lines(patch: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        put(patch, format_args!("{sign}{line}"));
        if !line.ends_with('\n') {
            patch.push_str("\n\\ No newline at end of file\n");
        }
    }
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("a string grows");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_git_quotes_them() {
        for (name, expected) in [
            ("a/plain", "a/plain"),
            ("a/with space", "a/with space"),
            ("a/caf\u{e9}", "a/caf\u{e9}"),
            ("a/\"b\"", r#""a/\"b\"""#),
            ("a/\\", r#""a/\\""#),
            ("a/\t\n\r", r#""a/\t\n\r""#),
            ("a/\x01\x1b\x7f", r#""a/\001\033\177""#),
        ] {
            assert_eq!(quoted(name), expected);
        }
    }

    #[test]
    fn only_a_newline_ends_a_line() {
        let mut patch = String::new();
        hunks(&mut patch, &lines("a\rb\nc"), &lines("a\rc\nc\r"));
        let expected = "@@ -1,2 +1,2 @@\n-a\rb\n-c\n\\ No newline at end of file\n\
            +a\rc\n+c\r\n\\ No newline at end of file\n";
        assert_eq!(patch, expected);
    }
}
