//! Changes to a settings file that leave everything else in it as it was.

use std::path::Path;

use crate::failure::Outcome;
use crate::repository::lock;

/// What becomes of a key.
pub enum Change<'a> {
    /// One value: in place of the last that is there, or new.
    Set(&'a str),
    /// One more value.
    Add(&'a str),
    /// One value in place of all that match.
    ReplaceAll(&'a str),
    /// No value where one of these lines stood.
    Unset,
}

/// A line of a file, with what it is.
struct Line<'a> {
    text: &'a str,
    /// The section it is in, or begins.
    section: String,
    header: bool,
    /// The name it sets.
    name: Option<String>,
    value: String,
}

/// Makes a change to a key, written as `typed`, where the values are such as `matches` wants; how many values there were.
///
/// # Errors
/// The lock is taken; what writing says; several values where one is to be set or unset are the caller's to look for.
pub fn change(
    file: &Path,
    typed: &str,
    change: &Change<'_>,
    matches: impl Fn(&str) -> bool,
) -> Outcome<usize> {
    let key = super::valid_key(typed)?;
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = lines(&text);
    let (section, name) = key.rsplit_once('.').unwrap_or(("", &key));
    let found: Vec<usize> = (0..lines.len())
        .filter(|at| {
            lines[*at].section == section
                && lines[*at].name.as_deref() == Some(name)
                && matches(&lines[*at].value)
        })
        .collect();
    let mut out: Vec<String> = lines.iter().map(|line| line.text.to_owned()).collect();
    let value = match change {
        Change::Set(value) | Change::Add(value) | Change::ReplaceAll(value) => Some(*value),
        Change::Unset => None,
    };
    let replaced = match change {
        Change::Add(_) => &[],
        _ => &found[..],
    };
    for at in replaced {
        out[*at].clear();
    }
    if let Some(value) = value {
        let line = format!("\t{} = {}\n", written_name(typed), quoted(value));
        match replaced.last() {
            Some(at) => out[*at] = line,
            None => insert(&mut out, &lines, section, typed, &line),
        }
    } else {
        drop_empty_section(&mut out, &lines, section);
    }
    lock::replace(file, out.concat().as_bytes())?;
    Ok(found.len())
}

/// Removes a section with all that it holds; whether it was there.
///
/// # Errors
/// The lock is taken; what writing says.
pub fn remove_section(file: &Path, section: &str) -> Outcome<bool> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = lines(&text);
    let kept: String = lines
        .iter()
        .filter(|line| line.section != section)
        .map(|line| line.text)
        .collect();
    let found = kept.len() != text.len();
    if found {
        lock::replace(file, kept.as_bytes())?;
    }
    Ok(found)
}

/// Gives a section another name; whether it was there.
///
/// # Errors
/// The lock is taken; what writing says.
pub fn rename_section(file: &Path, from: &str, to: &str) -> Outcome<bool> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut found = false;
    let mut out = String::new();
    for line in lines(&text) {
        if line.header && line.section == from {
            found = true;
            out.push_str(&header(to));
        } else {
            out.push_str(line.text);
        }
    }
    if found {
        lock::replace(file, out.as_bytes())?;
    }
    Ok(found)
}

/// Splits into lines; one that goes on after a backslash is one.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut section = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        while rest[..end].ends_with("\\\n") && end < rest.len() {
            end += rest[end..].find('\n').map_or(rest.len() - end, |at| at + 1);
        }
        let (line, after) = rest.split_at(end);
        rest = after;
        let header = line.trim_start().starts_with('[');
        let parsed =
            super::parse::parse(&format!("{}\n{line}", if header { "" } else { "[x]" }), "")
                .unwrap_or_default();
        if header {
            section = section_of(line);
        }
        let setting = parsed.into_iter().next();
        let (name, value) = match setting {
            Some((_, key, value)) => (
                key.rsplit('.').next().map(str::to_owned),
                value.unwrap_or_default(),
            ),
            None => (None, String::new()),
        };
        found.push(Line {
            text: line,
            section: section.clone(),
            header,
            name,
            value,
        });
    }
    found
}

fn section_of(line: &str) -> String {
    let probe = match line.rfind(']') {
        Some(end) => format!("{}]\nx = 1\n", &line[..end]),
        None => return String::new(),
    };
    let parsed = super::parse::parse(&probe, "").unwrap_or_default();
    let key = parsed
        .into_iter()
        .next()
        .map(|(_, key, _)| key)
        .unwrap_or_default();
    key.strip_suffix(".x").unwrap_or_default().to_owned()
}

/// Puts a line at the end of its section, which is made when it isn't there.
fn insert(out: &mut Vec<String>, lines: &[Line<'_>], section: &str, key: &str, line: &str) {
    let last = lines
        .iter()
        .rposition(|one| one.section == section && (one.header || one.name.is_some()));
    if let Some(at) = last {
        if !out[at].ends_with('\n') {
            out[at].push('\n');
        }
        out.insert(at + 1, line.to_owned());
        return;
    }
    if let Some(last) = out.last_mut().filter(|last| !last.ends_with('\n')) {
        last.push('\n');
    }
    let section = key.rsplit_once('.').map_or("", |(section, _)| section);
    out.push(header(section));
    out.push(line.to_owned());
}

/// A section that holds nothing any more, not even a comment, goes.
fn drop_empty_section(out: &mut [String], lines: &[Line<'_>], section: &str) {
    let inside = || (0..lines.len()).filter(|at| lines[*at].section == section);
    let empty = inside()
        .all(|at| lines[at].header && lines[at].name.is_none() || out[at].trim().is_empty());
    if empty {
        inside().for_each(|at| out[at].clear());
    }
}

fn header(section: &str) -> String {
    match section.split_once('.') {
        Some((section, sub)) => format!(
            "[{section} \"{}\"]\n",
            sub.replace('\\', "\\\\").replace('"', "\\\"")
        ),
        None => format!("[{section}]\n"),
    }
}

fn written_name(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// A value as a file has it: between quotes where its white space would be lost.
fn quoted(value: &str) -> String {
    let quote = value.starts_with([' ', '\t'])
        || value.ends_with([' ', '\t'])
        || value.contains([';', '#', '\r']);
    let mut text = String::new();
    for c in value.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '"' | '\\' => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    if quote { format!("\"{text}\"") } else { text }
}
