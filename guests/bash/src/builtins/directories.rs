//! `cd`, `pwd`, `pushd`, `popd`, `dirs`.

mod stack;

pub use stack::{dirs, pop, push};

use super::operands::letters;
use super::{MISUSED, Operand, print, reason, words};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::{Text, encode};

pub fn change(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "cd", &words, "LPe") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let physical = match letters.rfind(['L', 'P']) {
        Some(place) => letters[place..].starts_with('P'),
        None => shell.options.physical,
    };
    let words = &words[rest..];
    if words.len() > 1 {
        shell.complain("cd: too many arguments");
        return Ok(1);
    }
    let mut shows = false;
    let target = match words.first() {
        None => match shell.get("HOME") {
            Some(home) => home,
            None => {
                shell.complain("cd: HOME not set");
                return Ok(1);
            }
        },
        Some(word) if &**word == "-" => match shell.get("OLDPWD") {
            Some(old) => {
                shows = true;
                old
            }
            None => {
                shell.complain("cd: OLDPWD not set");
                return Ok(1);
            }
        },
        Some(word) => {
            if let Some(found) = through_cdpath(shell, word, physical)? {
                return found_in_cdpath(shell, &found);
            }
            word.clone()
        }
    };
    if let Some(status) = go(shell, "cd", &target, physical)? {
        if shows && status == 0 || shows && &*shell.directory == &*target {
            let line = format!("{}\n", shell.directory);
            return Ok(print(shell, "cd", &line).max(status));
        }
        return Ok(status);
    }
    if words.len() == 1
        && shell.options.shopt("cdable_vars") == Some(true)
        && let Some(value) = shell.get(&target)
        && let Some(status) = go_silently(shell, &value, physical)?
    {
        let line = format!("{value}\n");
        return Ok(print(shell, "cd", &line).max(status));
    }
    complain_of_directory(shell, "cd", &target);
    Ok(1)
}

/// Tries the directories of `CDPATH`: the one that was entered, when it is to be shown.
fn through_cdpath(shell: &mut Shell, word: &Text, physical: bool) -> Result<Option<Entered>> {
    let relative_to_here = word.starts_with('/')
        || &**word == "."
        || &**word == ".."
        || word.starts_with("./")
        || word.starts_with("../");
    let Some(list) = shell.get("CDPATH").filter(|list| !list.is_empty()) else {
        return Ok(None);
    };
    if relative_to_here {
        return Ok(None);
    }
    for directory in list.split(':') {
        let path = match directory {
            "" => word.to_string(),
            _ if directory.ends_with('/') => format!("{directory}{word}"),
            _ => format!("{directory}/{word}"),
        };
        if let Some(status) = go_silently(shell, &path, physical)? {
            return Ok(Some(Entered {
                status,
                shows: !directory.is_empty(),
            }));
        }
    }
    Ok(None)
}

struct Entered {
    status: i32,
    shows: bool,
}

fn found_in_cdpath(shell: &mut Shell, entered: &Entered) -> Result {
    if !entered.shows {
        return Ok(entered.status);
    }
    let line = format!("{}\n", shell.directory);
    Ok(print(shell, "cd", &line).max(entered.status))
}

/// Changes the directory; complains when that fails, unless something else may be meant (`None`).
fn go(shell: &mut Shell, command: &str, path: &str, physical: bool) -> Result<Option<i32>> {
    let tries_variables = command == "cd" && shell.options.shopt("cdable_vars") == Some(true);
    let status = go_silently(shell, path, physical)?;
    if status.is_none() && !tries_variables {
        complain_of_directory(shell, command, path);
        return Ok(Some(1));
    }
    Ok(status)
}

fn complain_of_directory(shell: &mut Shell, command: &str, path: &str) {
    let message = match enter(&absolute(shell, path, true)) {
        Err(message) => message,
        Ok(()) => "No such file or directory".to_owned(),
    };
    shell.complain(format_args!("{command}: {path}: {message}"));
}

/// Changes the directory; `None` when that fails.
fn go_silently(shell: &mut Shell, path: &str, physical: bool) -> Result<Option<i32>> {
    if path.is_empty() && physical {
        return Ok(None);
    }
    let place = absolute(shell, path, physical);
    if enter(&place).is_ok() {
        let now = if physical { real(&place) } else { place };
        return moved(shell, now).map(Some);
    }
    let physical_place = absolute(shell, path, true);
    if !physical && physical_place != place && enter(&physical_place).is_ok() {
        let now = real(&physical_place);
        return moved(shell, now).map(Some);
    }
    Ok(None)
}

/// `pushd` and `popd` go with this; the status is 1 after a complaint.
fn go_to(shell: &mut Shell, command: &str, path: &str) -> Result {
    let physical = shell.options.physical;
    Ok(go(shell, command, path, physical)?.unwrap_or(1))
}

fn enter(path: &str) -> std::result::Result<(), String> {
    let bytes = encode(path);
    let Ok(path) = std::str::from_utf8(&bytes) else {
        return Err("No such file or directory".to_owned());
    };
    std::env::set_current_dir(path).map_err(|error| reason(&error))
}

/// Keeps `PWD` and `OLDPWD`; a readonly one is complained about, and the move stays.
fn moved(shell: &mut Shell, now: String) -> Result {
    let old = shell.get("PWD").unwrap_or_else(|| shell.directory.clone());
    shell.directory = now.as_str().into();
    let mut status = 0;
    for (name, value) in [("OLDPWD", old), ("PWD", now.into())] {
        match shell.set(name, value) {
            Ok(()) => {}
            Err(Flow::Discard(failed)) => status = failed,
            Err(flow) => return Err(flow),
        }
    }
    Ok(status)
}

/// A path from `/`; `.` and `..` taken out by name unless `physical`.
fn absolute(shell: &Shell, path: &str, physical: bool) -> String {
    let full = if path.starts_with('/') {
        path.to_owned()
    } else if path.is_empty() {
        shell.directory.to_string()
    } else if shell.directory.ends_with('/') {
        format!("{}{path}", shell.directory)
    } else {
        format!("{}/{path}", shell.directory)
    };
    if physical { full } else { canonical(&full) }
}

/// Without `.`, `..` and doubled slashes; two slashes in front stay two, as POSIX wants.
fn canonical(path: &str) -> String {
    let root = if path.starts_with("//") && !path.starts_with("///") {
        "//"
    } else {
        "/"
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("{root}{}", parts.join("/"))
}

/// The path with its links resolved.
fn real(path: &str) -> String {
    std::fs::canonicalize(path).map_or_else(
        |_| canonical(path),
        |path| path.to_string_lossy().into_owned(),
    )
}

pub fn print_working(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let letters = match letters(shell, "pwd", &words, "LP") {
        Ok((letters, _)) => letters,
        Err(status) => return Ok(status),
    };
    let physical = match letters.chars().last() {
        Some(letter) => letter == 'P',
        None => shell.options.physical,
    };
    let directory = if physical {
        real(&shell.directory)
    } else {
        shell.directory.to_string()
    };
    Ok(print(shell, "pwd", &format!("{directory}\n")))
}
