//! `str_replace_based_edit_tool`: view, create, str_replace and insert, with the messages of the reference tool.
//!
//! Unlike the reference it takes relative paths, keeps tabs and CR LF as they are, and makes the directories of a new file.

mod view;

use std::path::Path;

use isobox_guest::stat::{Kind, stat};

use crate::answer::{Answer, Failure, failed, unusable};
use crate::arguments::Arguments;
use crate::files::{self, FILE_BYTES_MAX, Trouble};
use crate::replace::Replacement;
use crate::text::{self, SHOWN_CHARACTERS_MAX};

/// How many lines are shown before and behind a change.
const SNIPPET_LINES: usize = 4;

pub fn editor(arguments: &Arguments) -> Answer {
    let command = arguments.text("command")?;
    let path = arguments.text("path")?;
    match command {
        "view" => view::view(arguments, path),
        "create" => create(arguments, path),
        "str_replace" => str_replace(arguments, path),
        "insert" => insert(arguments, path),
        _ => Err(unusable(format!(
            "Unrecognized command {command}. The allowed commands for the str_replace_based_edit_tool tool are: view, \
             create, str_replace, insert"
        ))),
    }
}

fn create(arguments: &Arguments, path: &str) -> Answer {
    let content = required(arguments, "file_text", "create")?;
    if path.is_empty() {
        return Err(missing(path));
    }
    if files::exists(path) {
        return Err(failed(format!(
            "File already exists at: {path}. Cannot overwrite files using command `create`."
        )));
    }
    store(path, content)?;
    Ok(format!("File created successfully at: {path}"))
}

fn str_replace(arguments: &Arguments, path: &str) -> Answer {
    let old = required(arguments, "old_str", "str_replace")?;
    let new = arguments.optional_text("new_str")?.unwrap_or_default();
    let content = load(path)?;
    if old.is_empty() && !content.is_empty() {
        return Err(failed(
            "No replacement was performed, old_str is empty. Use the command `insert` to add lines.",
        ));
    }
    let replacement = Replacement::new(&content, old, new);
    let at = match replacement.occurrences(&content) {
        _ if old.is_empty() => 0,
        (Some(at), 1) => at,
        (None, _) => {
            return Err(failed(format!(
                "No replacement was performed, old_str `{old}` did not appear verbatim in {path}."
            )));
        }
        _ => {
            let lines = replacement.lines_of_occurrences(&content);
            return Err(failed(format!(
                "No replacement was performed. Multiple occurrences of old_str `{old}` in lines {lines}. Please ensure \
                 it is unique"
            )));
        }
    };
    let edited = replacement.at(&content, at);
    store(path, &edited)?;
    let line = memchr::memchr_iter(b'\n', &content.as_bytes()[..at]).count();
    let first = line.saturating_sub(SNIPPET_LINES);
    let last = line + SNIPPET_LINES + replacement.new_lines();
    let snippet = shown(
        text::lines_between(&edited, first, last),
        &format!("a snippet of {path}"),
        first + 1,
        SHOWN_CHARACTERS_MAX,
    );
    Ok(format!(
        "The file {path} has been edited. {snippet}Review the changes and make sure they are as expected. Edit the file \
         again if necessary."
    ))
}

fn insert(arguments: &Arguments, path: &str) -> Answer {
    let line = arguments
        .optional_integer("insert_line")?
        .ok_or_else(|| requires("insert_line", "insert"))?;
    // The tool's older versions had the text in `new_str`.
    let inserted = match arguments.optional_text("insert_text")? {
        Some(text) => text,
        None => arguments
            .optional_text("new_str")?
            .ok_or_else(|| requires("insert_text", "insert"))?,
    };
    let content = load(path)?;
    let count = text::count_lines(&content);
    let line = usize::try_from(line)
        .ok()
        .filter(|line| *line <= count)
        .ok_or_else(|| {
            failed(format!(
                "Invalid `insert_line` parameter: {line}. It should be within the range of lines of the file: [0, {count}]"
            ))
        })?;
    let edited = inserted_after(&content, line, inserted);
    store(path, &edited)?;
    let first = line.saturating_sub(SNIPPET_LINES);
    let added = text::count_lines(inserted.strip_suffix('\n').unwrap_or(inserted));
    let snippet = shown(
        text::lines_between(&edited, first, line + added + SNIPPET_LINES - 1),
        "a snippet of the edited file",
        first + 1,
        SHOWN_CHARACTERS_MAX,
    );
    Ok(format!(
        "The file {path} has been edited. {snippet}Review the changes and make sure they are as expected (correct \
         indentation, no duplicate lines, etc). Edit the file again if necessary."
    ))
}

/// The content with lines behind its first `line` ones, whether or not the text ends in a newline of its own.
fn inserted_after(content: &str, line: usize, inserted: &str) -> String {
    let is_crlf = text::is_crlf(content);
    let newline = if is_crlf { "\r\n" } else { "\n" };
    let mut lines = match is_crlf {
        true => text::to_crlf(inserted),
        false => inserted.to_owned(),
    };
    if !lines.ends_with('\n') {
        lines.push_str(newline);
    }
    let mut newlines = memchr::memchr_iter(b'\n', content.as_bytes());
    let at = match line {
        0 => 0,
        line => newlines.nth(line - 1).map_or(content.len(), |at| at + 1),
    };
    let (before, after) = content.split_at(at);
    if before.is_empty() || before.ends_with('\n') {
        return [before, &lines, after].concat();
    }
    // Behind a last line without a newline: the new last one has none either.
    let lines = lines.strip_suffix(newline).unwrap_or(&lines);
    [before, newline, lines].concat()
}

/// A text as it is shown: numbered, under a line that says what it is.
fn shown(content: &str, what: &str, first: usize, characters_max: usize) -> String {
    let clipped = text::clip(content, characters_max);
    format!(
        "Here's the result of running `cat -n` on {what}:\n{}\n",
        text::numbered(&clipped, first)
    )
}

fn load(path: &str) -> Result<String, Failure> {
    match stat(Path::new(path), true) {
        Err(_) => Err(missing(path)),
        Ok(stat) if stat.kind == Kind::Directory => Err(failed(format!(
            "The path {path} is a directory and only the `view` command can be used on directories"
        ))),
        Ok(_) => files::load(path, FILE_BYTES_MAX).map_err(|trouble| unreadable(path, trouble)),
    }
}

fn store(path: &str, content: &str) -> Result<(), Failure> {
    files::store(path, content.as_bytes()).map_err(|trouble| {
        failed(format!(
            "Ran into {trouble} while trying to write to {path}"
        ))
    })
}

fn unreadable(path: &str, trouble: Trouble) -> Failure {
    failed(format!("Ran into {trouble} while trying to read {path}"))
}

fn missing(path: &str) -> Failure {
    failed(format!(
        "The path {path} does not exist. Please provide a valid path."
    ))
}

fn required<'a>(arguments: &'a Arguments, name: &str, command: &str) -> Result<&'a str, Failure> {
    let text = arguments.optional_text(name)?;
    text.ok_or_else(|| requires(name, command))
}

fn requires(name: &str, command: &str) -> Failure {
    unusable(format!(
        "Parameter `{name}` is required for command: {command}"
    ))
}
