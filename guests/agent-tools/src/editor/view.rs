//! The command `view`: a file with numbered lines, or what a directory holds.

use std::path::Path;
use std::{fs, io};

use isobox_guest::stat::{Kind, stat};

use super::{load, missing, shown};
use crate::answer::{Answer, Failure, failed, unusable};
use crate::arguments::Arguments;
use crate::text::{self, SHOWN_CHARACTERS_MAX};

/// How deep a directory is shown.
const LEVELS: u32 = 2;

pub fn view(arguments: &Arguments, path: &str) -> Answer {
    let words = "Invalid `view_range`. It should be a list of two integers.";
    let range = arguments.optional_range("view_range", words)?;
    let stat = stat(Path::new(path), true).map_err(|_| missing(path))?;
    if stat.kind == Kind::Directory {
        return match range {
            Some(_) => Err(unusable(
                "The `view_range` parameter is not allowed when `path` points to a directory.",
            )),
            None => view_directory(path),
        };
    }
    let characters_max = arguments.optional_integer("max_characters")?;
    let characters_max = characters_max
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(SHOWN_CHARACTERS_MAX);
    let content = load(path)?;
    let Some((first, last)) = range else {
        return Ok(shown(&content, path, 1, characters_max));
    };
    check(first, last, text::count_lines(&content))?;
    let start = first as usize;
    let end = usize::try_from(last).unwrap_or(usize::MAX);
    let lines = text::lines_between(&content, start - 1, end - 1);
    Ok(shown(lines, path, start, characters_max))
}

/// Both are numbers of lines; the last may be −1, which is the file's last.
fn check(first: i64, last: i64, count: usize) -> Result<(), Failure> {
    let count = count as i64;
    let range = format!("Invalid `view_range`: [{first}, {last}].");
    let words = match () {
        () if first < 1 || first > count => format!(
            "Its first element `{first}` should be within the range of lines of the file: [1, {count}]"
        ),
        () if last > count => format!(
            "Its second element `{last}` should be smaller than the number of lines in the file: `{count}`"
        ),
        () if last != -1 && last < first => format!(
            "Its second element `{last}` should be larger or equal than its first `{first}`"
        ),
        () => return Ok(()),
    };
    Err(failed(format!("{range} {words}")))
}

fn view_directory(path: &str) -> Answer {
    let mut entries = format!("{path}\n");
    list(path, LEVELS, &mut entries).map_err(|error| {
        let words = isobox_guest::plain(&error);
        failed(format!("Ran into {words} while trying to read {path}"))
    })?;
    let entries = text::clip(&entries, SHOWN_CHARACTERS_MAX);
    Ok(format!(
        "Here's the files and directories up to 2 levels deep in {path}, excluding hidden items:\n{entries}\n"
    ))
}

/// The entries by name, each directory's behind it. What cannot be listed below the first level is shown without its own.
fn list(path: &str, levels: u32, entries: &mut String) -> io::Result<()> {
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            found.push((name, entry.file_type().is_ok_and(|kind| kind.is_dir())));
        }
    }
    found.sort();
    for (name, is_directory) in found {
        // More than is ever shown need not be looked for.
        if entries.len() > SHOWN_CHARACTERS_MAX * 4 {
            break;
        }
        let below = format!("{}/{name}", path.trim_end_matches('/'));
        entries.push_str(&below);
        entries.push('\n');
        if is_directory && levels > 1 {
            let _ = list(&below, levels - 1, entries);
        }
    }
    Ok(())
}
