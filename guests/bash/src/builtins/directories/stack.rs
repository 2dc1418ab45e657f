//! `pushd`, `popd`, `dirs`: a stack whose first entry is the current directory.

use super::{MISUSED, go_to};
use crate::builtins::{Operand, help, print, usage, words};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;

/// What a `+N` or `-N` names.
enum Place {
    Index(usize),
    OutOfRange,
    NoNumber,
}

/// The operands of `pushd` and `popd`.
struct Request {
    keep_directory: bool,
    place: Option<Text>,
    directory: Option<Text>,
}

pub fn push(shell: &mut Shell, operands: &[Operand]) -> Result {
    let request = match request(shell, "pushd", operands) {
        Ok(request) => request,
        Err(status) => return Ok(status),
    };
    if let Some(place) = &request.place {
        return rotate(shell, place, request.keep_directory);
    }
    let Some(directory) = request.directory else {
        if request.keep_directory {
            return Ok(0);
        }
        return swap(shell);
    };
    if request.keep_directory {
        shell.directory_stack.insert(0, directory);
        return Ok(show(shell, "pushd"));
    }
    let before = shell.directory.clone();
    match go_to(shell, "pushd", &directory)? {
        0 => {
            shell.directory_stack.insert(0, before);
            Ok(show(shell, "pushd"))
        }
        status => Ok(status),
    }
}

fn swap(shell: &mut Shell) -> Result {
    let Some(next) = shell.directory_stack.first().cloned() else {
        shell.complain("pushd: no other directory");
        return Ok(1);
    };
    let before = shell.directory.clone();
    match go_to(shell, "pushd", &next)? {
        0 => {
            if let Some(first) = shell.directory_stack.first_mut() {
                *first = before;
            }
            Ok(show(shell, "pushd"))
        }
        status => Ok(status),
    }
}

fn rotate(shell: &mut Shell, word: &Text, keep_directory: bool) -> Result {
    let index = match place(shell, word) {
        Place::Index(index) => index,
        Place::OutOfRange => return Ok(out_of_range(shell, "pushd", word)),
        Place::NoNumber => return Ok(no_number(shell, "pushd", word)),
    };
    let mut all = whole(shell);
    all.rotate_left(index);
    let mut rotated = all.into_iter();
    let first = rotated.next().unwrap_or_else(|| shell.directory.clone());
    let below: Vec<Text> = rotated.collect();
    if !keep_directory {
        let status = go_to(shell, "pushd", &first)?;
        if status != 0 {
            return Ok(status);
        }
    }
    shell.directory_stack = below;
    Ok(show(shell, "pushd"))
}

pub fn pop(shell: &mut Shell, operands: &[Operand]) -> Result {
    let request = match request(shell, "popd", operands) {
        Ok(request) => request,
        Err(status) => return Ok(status),
    };
    if let Some(word) = &request.directory {
        shell.complain(format_args!("popd: {word}: invalid argument"));
        return Ok(usage(shell, "popd"));
    }
    if shell.directory_stack.is_empty() {
        shell.complain("popd: directory stack empty");
        return Ok(1);
    }
    let index = match request
        .place
        .as_ref()
        .map(|word| (word, place(shell, word)))
    {
        None => 0,
        Some((_, Place::Index(index))) => index,
        Some((word, Place::OutOfRange)) => return Ok(out_of_range(shell, "popd", word)),
        Some((word, Place::NoNumber)) => return Ok(no_number(shell, "popd", word)),
    };
    if index == 0 && !request.keep_directory {
        let next = shell.directory_stack.first().cloned().unwrap_or_default();
        let status = go_to(shell, "popd", &next)?;
        if status != 0 {
            return Ok(status);
        }
        shell.directory_stack.remove(0);
    } else {
        shell.directory_stack.remove(index.saturating_sub(1));
    }
    Ok(show(shell, "popd"))
}

fn request(
    shell: &mut Shell,
    command: &str,
    operands: &[Operand],
) -> std::result::Result<Request, i32> {
    let mut request = Request {
        keep_directory: false,
        place: None,
        directory: None,
    };
    let words = words(operands);
    let mut rest = words.iter();
    let mut only_operands = false;
    while let Some(word) = rest.next() {
        match &**word {
            "--help" => {
                help::print_long(shell, command);
                return Err(MISUSED);
            }
            "-n" if !only_operands => request.keep_directory = true,
            "--" if !only_operands => only_operands = true,
            "-" if command == "pushd" => request.directory = shell.get("OLDPWD"),
            _ if !only_operands && word.starts_with(['+', '-']) && word.len() > 1 => {
                let digits = word.get(1..).unwrap_or_default();
                if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(no_number(shell, command, word));
                }
                request.place = Some(word.clone());
            }
            _ => {
                request.directory = Some(word.clone());
                if command == "pushd" && rest.next().is_some() {
                    shell.complain("pushd: too many arguments");
                    return Err(1);
                }
                break;
            }
        }
    }
    Ok(request)
}

pub fn dirs(shell: &mut Shell, operands: &[Operand]) -> Result {
    let (mut clear, mut long, mut lines, mut numbered) = (false, false, false, false);
    let mut chosen = None;
    for word in words(operands) {
        match &*word {
            "--help" => {
                help::print_long(shell, "dirs");
                return Ok(MISUSED);
            }
            "-c" => clear = true,
            "-l" => long = true,
            "-p" => lines = true,
            "-v" => (lines, numbered) = (true, true),
            "--" => break,
            _ if word.starts_with(['+', '-']) => match place(shell, &word) {
                Place::Index(index) => chosen = Some(index),
                Place::NoNumber => return Ok(no_number(shell, "dirs", &word)),
                Place::OutOfRange => {
                    let shown: Text = word.get(1..).unwrap_or_default().into();
                    return Ok(out_of_range(shell, "dirs", &shown));
                }
            },
            _ => {
                shell.complain(format_args!("dirs: {word}: invalid option"));
                return Ok(usage(shell, "dirs"));
            }
        }
    }
    if clear {
        shell.directory_stack.clear();
        return Ok(0);
    }
    let all: Vec<String> = (whole(shell).iter())
        .map(|directory| {
            if long {
                directory.to_string()
            } else {
                tilde(shell, directory)
            }
        })
        .collect();
    let output = if let Some(index) = chosen {
        let directory = all.get(index).cloned().unwrap_or_default();
        match numbered {
            true => format!("{index:2}  {directory}\n"),
            false => format!("{directory}\n"),
        }
    } else if numbered {
        (all.iter().enumerate())
            .map(|(index, directory)| format!("{index:2}  {directory}\n"))
            .collect()
    } else if lines {
        all.iter()
            .map(|directory| format!("{directory}\n"))
            .collect()
    } else {
        all.join(" ") + "\n"
    };
    Ok(print(shell, "dirs", &output))
}

fn show(shell: &mut Shell, command: &str) -> i32 {
    let all: Vec<String> = (whole(shell).iter())
        .map(|directory| tilde(shell, directory))
        .collect();
    print(shell, command, &(all.join(" ") + "\n"))
}

fn whole(shell: &Shell) -> Vec<Text> {
    let below = shell.directory_stack.iter();
    std::iter::once(&shell.directory)
        .chain(below)
        .cloned()
        .collect()
}

fn tilde(shell: &Shell, directory: &str) -> String {
    let home = shell.get("HOME").unwrap_or_default();
    match directory.strip_prefix(&*home) {
        Some(rest) if home.len() > 1 && (rest.is_empty() || rest.starts_with('/')) => {
            format!("~{rest}")
        }
        _ => directory.to_owned(),
    }
}

fn place(shell: &Shell, word: &str) -> Place {
    let size = shell.directory_stack.len() + 1;
    let digits = word.get(1..).unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Place::NoNumber;
    }
    let number = digits.parse().unwrap_or(usize::MAX);
    if number >= size {
        return Place::OutOfRange;
    }
    match word.starts_with('+') {
        true => Place::Index(number),
        false => Place::Index(size - 1 - number),
    }
}

fn out_of_range(shell: &mut Shell, command: &str, word: &str) -> i32 {
    if shell.directory_stack.is_empty() {
        shell.complain(format_args!("{command}: directory stack empty"));
    } else {
        shell.complain(format_args!(
            "{command}: {word}: directory stack index out of range"
        ));
    }
    1
}

fn no_number(shell: &mut Shell, command: &str, word: &str) -> i32 {
    shell.complain(format_args!("{command}: {word}: invalid number"));
    usage(shell, command)
}
