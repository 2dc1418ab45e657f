//! `hash`.

use std::rc::Rc;

use crate::builtins::operands::given;
use crate::builtins::{Operand, print, words};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;

pub fn hash(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "hash", &words, "dlp:rt") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let has = |letter| options.iter().any(|option| option.letter == letter);
    let names = &words[rest..];
    if has('r') {
        shell.hashed = Rc::default();
        if names.is_empty() {
            return Ok(0);
        }
    }
    if names.is_empty() {
        for letter in ['d', 't'] {
            if has(letter) {
                shell.complain(format_args!("hash: -{letter}: option requires an argument"));
                return Ok(1);
            }
        }
        return Ok(list(shell, has('l')));
    }
    if has('t') {
        return Ok(show(shell, names, has('l')));
    }
    let path = options.iter().find_map(|option| option.argument.clone());
    let mut status = 0;
    for name in names {
        let failed = if has('d') {
            forget(shell, name)
        } else if let Some(path) = &path {
            shell.remember_program(name, path.clone(), 0);
            0
        } else {
            remember(shell, name)
        };
        status = status.max(failed);
    }
    Ok(status)
}

fn list(shell: &mut Shell, reusable: bool) -> i32 {
    if shell.hashed.is_empty() {
        return match reusable {
            true => 0,
            false => print(shell, "hash", "hash: hash table empty\n"),
        };
    }
    let lines = (shell.hashed.iter()).map(|(name, (path, hits))| match reusable {
        true => format!("builtin hash -p {path} {name}\n"),
        false => format!("{hits:4}\t{path}\n"),
    });
    let heading = if reusable { "" } else { "hits\tcommand\n" };
    let text: String = std::iter::once(heading.to_owned()).chain(lines).collect();
    print(shell, "hash", &text)
}

fn show(shell: &mut Shell, names: &[Text], reusable: bool) -> i32 {
    let mut status = 0;
    for name in names {
        let Some((path, _)) = shell.hashed.get(name).cloned() else {
            status = not_found(shell, name);
            continue;
        };
        let line = match (reusable, names.len()) {
            (true, _) => format!("builtin hash -p {path} {name}\n"),
            (false, 1) => format!("{path}\n"),
            (false, _) => format!("{name}\t{path}\n"),
        };
        status = status.max(print(shell, "hash", &line));
    }
    status
}

fn forget(shell: &mut Shell, name: &Text) -> i32 {
    match Rc::make_mut(&mut shell.hashed).remove(name) {
        Some(_) => 0,
        None => not_found(shell, name),
    }
}

fn remember(shell: &mut Shell, name: &Text) -> i32 {
    if name.contains('/')
        || shell.functions.contains_key(name)
        || crate::builtins::find(shell, name).is_some()
    {
        return 0;
    }
    Rc::make_mut(&mut shell.hashed).remove(name);
    match shell.find_program(name) {
        Some(path) => {
            shell.remember_program(name, path, 0);
            0
        }
        None => not_found(shell, name),
    }
}

fn not_found(shell: &mut Shell, name: &str) -> i32 {
    shell.complain(format_args!("hash: {name}: not found"));
    1
}
