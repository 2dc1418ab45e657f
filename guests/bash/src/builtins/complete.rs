//! `complete`, `compopt`, `compgen`.

mod generate;
mod specification;

use std::rc::Rc;

use super::operands::{Given, given};
use super::{Operand, print, usage, words};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;

pub use specification::{Completions, Specification};

/// Under these names the specifications for `-D`, `-E` and `-I` are kept.
const DEFAULT: &str = "_DefaultCmD_";
const EMPTY: &str = "_EmptycmD_";
const INITIAL: &str = "_InitialWorD_";

const OPTIONS: &str = "abcdefgjko:prsuvA:G:W:P:S:X:F:C:DEI";

pub fn complete(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "complete", &words, OPTIONS) {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let mut names: Vec<Text> = special_names(&options);
    if names.is_empty() {
        names.extend_from_slice(&words[rest..]);
    }
    let has = |letter| options.iter().any(|option| option.letter == letter);
    if has('r') {
        return Ok(remove(shell, &names));
    }
    if has('p') || (options.is_empty() && names.is_empty()) {
        return Ok(list(shell, &names));
    }
    let Some(specification) = specify(shell, "complete", &options) else {
        return Ok(1);
    };
    if names.is_empty() {
        return Ok(usage(shell, "complete"));
    }
    for name in names {
        shell
            .builtins
            .completions
            .define(name, specification.clone());
    }
    Ok(0)
}

fn special_names(options: &[Given]) -> Vec<Text> {
    let name = |option: &Given| match option.letter {
        'D' => Some(DEFAULT.into()),
        'E' => Some(EMPTY.into()),
        'I' => Some(INITIAL.into()),
        _ => None,
    };
    options.iter().filter_map(name).take(1).collect()
}

/// What the options say; `None` after a complaint.
fn specify(shell: &mut Shell, command: &str, options: &[Given]) -> Option<Specification> {
    let mut specification = Specification::default();
    for option in options {
        let argument = option.argument.clone().unwrap_or_default();
        if let Err(message) = specification.take(option.letter, &argument) {
            shell.complain(format_args!("{command}: {message}"));
            return None;
        }
    }
    Some(specification)
}

fn remove(shell: &mut Shell, names: &[Text]) -> i32 {
    if names.is_empty() {
        shell.builtins.completions.clear();
        return 0;
    }
    let mut status = 0;
    for name in names {
        if !shell.builtins.completions.remove(name) {
            status = missing(shell, "complete", name);
        }
    }
    status
}

fn missing(shell: &mut Shell, command: &str, name: &str) -> i32 {
    shell.complain(format_args!(
        "{command}: {name}: no completion specification"
    ));
    1
}

fn list(shell: &mut Shell, names: &[Text]) -> i32 {
    if names.is_empty() {
        let text: String = (shell.builtins.completions.listed().iter())
            .map(|(name, specification)| line(name, specification))
            .collect();
        return print(shell, "complete", &text);
    }
    let mut status = 0;
    for name in names {
        match shell.builtins.completions.get(name) {
            Some(specification) => {
                let text = line(name, specification);
                status |= print(shell, "complete", &text);
            }
            None => status = missing(shell, "complete", name),
        }
    }
    status
}

fn line(name: &str, specification: &Specification) -> String {
    let name = match name {
        DEFAULT => "-D",
        EMPTY => "-E",
        INITIAL => "-I",
        _ => name,
    };
    format!("complete {}{name}\n", specification.options())
}

pub fn compopt(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (options, rest) = match given(shell, "compopt", &words, "+o:DEI") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let mut names: Vec<Text> = special_names(&options);
    if names.is_empty() {
        names.extend_from_slice(&words[rest..]);
    }
    let mut changes = Vec::new();
    for option in options.iter().filter(|option| option.letter == 'o') {
        let name = option.argument.clone().unwrap_or_default();
        if !specification::is_option(&name) {
            shell.complain(format_args!("compopt: {name}: invalid option name"));
            return Ok(1);
        }
        changes.push((name, !option.plus));
    }
    if names.is_empty() {
        shell.complain("compopt: not currently executing completion function");
        return Ok(1);
    }
    let mut status = 0;
    for name in names {
        let Some(known) = shell.builtins.completions.get(&name).cloned() else {
            status = missing(shell, "compopt", &name);
            continue;
        };
        let mut specification = Specification::clone(&known);
        if changes.is_empty() {
            let text = format!("compopt {}{name}\n", specification.switches());
            print(shell, "compopt", &text);
            continue;
        }
        for (option, on) in &changes {
            specification.switch(option, *on);
        }
        shell.builtins.completions.define(name, specification);
    }
    Ok(status)
}

pub fn compgen(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let known = OPTIONS.replace("pr", "").replace("DEI", "");
    let (options, rest) = match given(shell, "compgen", &words, &known) {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let Some(specification) = specify(shell, "compgen", &options) else {
        return Ok(1);
    };
    let word = words.get(rest).cloned().unwrap_or_else(|| "".into());
    if let Some(name) = &specification.function
        && !shell.functions.contains_key(name)
    {
        shell.complain(format_args!("compgen: {name}: command not found"));
        return Ok(1);
    }
    for letter in ['F', 'C'] {
        if options.iter().any(|option| option.letter == letter) {
            shell.complain(format_args!(
                "compgen: warning: -{letter} option may not work as you expect"
            ));
        }
    }
    let matches = generate::matches(shell, &Rc::new(specification), &word)?;
    let text: String = matches.iter().map(|found| format!("{found}\n")).collect();
    let status = print(shell, "compgen", &text);
    Ok(if matches.is_empty() { 1 } else { status })
}
