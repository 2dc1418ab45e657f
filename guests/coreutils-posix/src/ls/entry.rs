//! The entries of a listing: finding them, ordering them.

use super::options::{Follow, Hidden, Options, SortBy, Which};
use gnu::glob;
use isobox_guest::stat::{Kind, Stat, Time, stat};
use std::cmp::Ordering;
use std::io;
use std::path::{Path, PathBuf};

/// One name to show.
pub struct Entry {
    pub name: String,
    pub path: PathBuf,
    /// Nothing when the entry went away, or could not be looked at, after its name was read.
    pub stat: Option<Stat>,
}

impl Entry {
    /// Whether the entry is a directory.
    pub fn is_directory(&self) -> bool {
        self.stat.is_some_and(|stat| stat.kind == Kind::Directory)
    }

    /// What a symbolic link holds.
    pub fn target(&self) -> Option<String> {
        let target = std::fs::read_link(&self.path).ok()?;
        Some(target.to_string_lossy().into_owned())
    }

    /// The time that the listing orders by and shows.
    pub fn time(&self, which: Which) -> Option<Time> {
        self.stat.map(|stat| match which {
            Which::Modified => stat.modified,
            Which::Accessed => stat.accessed,
            Which::Changed => stat.changed,
        })
    }
}

/// The entry for an operand.
pub fn operand(name: &str, options: &Options) -> io::Result<Entry> {
    let path = PathBuf::from(name);
    let itself = || stat(&path, false);
    let stat = match options.follow {
        Follow::Never => itself()?,
        // A dangling link is shown as itself.
        Follow::Always | Follow::Arguments => stat(&path, true).or_else(|_| itself())?,
        Follow::Directories => match stat(&path, true) {
            Ok(followed) if followed.kind == Kind::Directory => followed,
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => itself()?,
        },
    };
    Ok(Entry {
        name: name.to_owned(),
        path,
        stat: Some(stat),
    })
}

/// The entries of the directory at `path` that `options` show, in order.
pub fn read_directory(path: &Path, options: &Options) -> io::Result<Vec<Entry>> {
    let mut names: Vec<String> = match options.hidden {
        Hidden::ShownWithDots => vec![".".to_owned(), "..".to_owned()],
        _ => Vec::new(),
    };
    for entry in std::fs::read_dir(path)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    let follow = options.follow == Follow::Always;
    let shown = names.into_iter().filter(|name| is_shown(name, options));
    let mut entries: Vec<Entry> = shown
        .map(|name| {
            let path = path.join(&name);
            let stat = stat(&path, follow).or_else(|_| stat(&path, false)).ok();
            Entry { name, path, stat }
        })
        .collect();
    order(&mut entries, options);
    Ok(entries)
}

fn is_shown(name: &str, options: &Options) -> bool {
    if options
        .ignore
        .iter()
        .any(|pattern| glob::matches(pattern, name))
    {
        return false;
    }
    match options.hidden {
        Hidden::Left if name.starts_with('.') => false,
        Hidden::Left => !options
            .hide
            .iter()
            .any(|pattern| glob::matches(pattern, name)),
        _ => true,
    }
}

/// Puts the entries in the order that `options` ask for.
pub fn order(entries: &mut [Entry], options: &Options) {
    if options.sort != SortBy::Nothing {
        entries.sort_by(|a, b| {
            let ordering = compare(a, b, options).then_with(|| a.name.cmp(&b.name));
            if options.reverse {
                ordering.reverse()
            } else {
                ordering
            }
        });
    }
    if options.directories_first {
        entries.sort_by_key(|entry| !leads_to_directory(entry));
    }
}

fn leads_to_directory(entry: &Entry) -> bool {
    let is_link = entry.stat.is_some_and(|stat| stat.kind == Kind::Symlink);
    entry.is_directory()
        || is_link && stat(&entry.path, true).is_ok_and(|stat| stat.kind == Kind::Directory)
}

fn compare(a: &Entry, b: &Entry, options: &Options) -> Ordering {
    let bytes = |entry: &Entry| entry.stat.map_or(0, |stat| stat.bytes);
    match options.sort {
        SortBy::Name | SortBy::Nothing => Ordering::Equal,
        SortBy::Size => bytes(b).cmp(&bytes(a)),
        SortBy::Time => b.time(options.which).cmp(&a.time(options.which)),
        SortBy::Extension => extension(&a.name).cmp(extension(&b.name)),
        SortBy::Version => version(&a.name, &b.name),
        SortBy::Width => a.name.chars().count().cmp(&b.name.chars().count()),
    }
}

/// From the last dot on; the names without one come first.
fn extension(name: &str) -> &str {
    name.rfind('.').map_or("", |dot| &name[dot..])
}

/// Runs of digits compare as numbers, what lies between them as bytes, a leading dot first.
fn version(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() && !b.is_empty() {
        let (a_text, a_rest) = a.split_at(run(a, |c| !c.is_ascii_digit()));
        let (b_text, b_rest) = b.split_at(run(b, |c| !c.is_ascii_digit()));
        if a_text != b_text {
            return a_text.cmp(b_text);
        }
        let (a_digits, a_next) = a_rest.split_at(run(a_rest, |c| c.is_ascii_digit()));
        let (b_digits, b_next) = b_rest.split_at(run(b_rest, |c| c.is_ascii_digit()));
        let (a_number, b_number) = (
            a_digits.trim_start_matches('0'),
            b_digits.trim_start_matches('0'),
        );
        let ordering = a_number
            .len()
            .cmp(&b_number.len())
            .then_with(|| a_number.cmp(b_number));
        if ordering != Ordering::Equal {
            return ordering;
        }
        (a, b) = (a_next, b_next);
    }
    a.len().cmp(&b.len())
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}
