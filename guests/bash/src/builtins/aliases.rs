//! `alias`, `unalias`.

use std::rc::Rc;

use super::operands::letters;
use super::{Operand, print, usage, words};
use crate::builtins::listing;
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;

pub fn alias(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "alias", &words, "p") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let words = &words[rest..];
    let mut status = 0;
    if words.is_empty() || letters.contains('p') {
        let all: String = (shell.aliases.iter())
            .map(|(name, value)| line(name, value))
            .collect();
        status = print(shell, "alias", &all);
    }
    for word in words {
        let failed = match word.split_once('=') {
            Some((name, value)) if !name.is_empty() => define(shell, name, value),
            _ => show(shell, word),
        };
        status = status.max(failed);
    }
    Ok(status)
}

fn line(name: &str, value: &str) -> String {
    let dashes = if name.starts_with('-') { "-- " } else { "" };
    format!("alias {dashes}{name}={}\n", listing::single_quoted(value))
}

fn define(shell: &mut Shell, name: &str, value: &str) -> i32 {
    if !is_alias_name(name) {
        shell.complain(format_args!("alias: `{name}': invalid alias name"));
        return 1;
    }
    Rc::make_mut(&mut shell.aliases).insert(name.into(), value.into());
    0
}

fn is_alias_name(name: &str) -> bool {
    const BREAKING: &str = "/$`=\"'\\ \t\n|&;()<>";
    !name.chars().any(|c| BREAKING.contains(c))
}

fn show(shell: &mut Shell, name: &str) -> i32 {
    match shell.aliases.get(name) {
        Some(value) => {
            let text = line(name, value);
            print(shell, "alias", &text)
        }
        None => {
            shell.complain(format_args!("alias: {name}: not found"));
            1
        }
    }
}

pub fn unalias(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "unalias", &words, "a") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    if letters.contains('a') {
        shell.aliases = Rc::default();
        return Ok(0);
    }
    let names: &[Text] = &words[rest..];
    if names.is_empty() {
        return Ok(usage(shell, "unalias"));
    }
    let mut status = 0;
    for name in names {
        if Rc::make_mut(&mut shell.aliases).remove(name).is_none() {
            shell.complain(format_args!("unalias: {name}: not found"));
            status = 1;
        }
    }
    Ok(status)
}
