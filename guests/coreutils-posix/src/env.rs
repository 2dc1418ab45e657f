//! `env`: the environment, printed or changed for another command.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::{in_prose, quoted};
use gnu::words;
use isobox_guest::program::{Program, failure_status};
use isobox_guest::{Arguments, plain};
use std::io::Write as _;

static SPECS: &[Spec] = &[
    Spec("i", "ignore-environment", Takes::Nothing),
    Spec("0", "null", Takes::Nothing),
    Spec("u", "unset", Takes::Value),
    Spec("C", "chdir", Takes::Value),
    Spec("S", "split-string", Takes::Value),
    Spec("v", "debug", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

/// `env` itself failed.
const FAILED: i32 = 125;

/// The variables of an environment in their order.
type Variables = Vec<(String, String)>;

pub fn env(arguments: Arguments) -> i32 {
    let Some(mut parsed) = parse("env", words(arguments), SPECS, Order::OptionsFirst) else {
        return FAILED;
    };
    if let Some(status) = PACKAGE.answered("env", &parsed) {
        return status;
    }
    if let Err(message) = split_strings(&mut parsed) {
        eprintln!("env: {message}");
        return FAILED;
    }
    let mut operands = parsed.operands.iter().map(String::as_str).peekable();
    let dash = operands.next_if_eq(&"-").is_some();
    let empty = parsed.has("ignore-environment") || dash;
    let mut variables: Variables = if empty { Vec::new() } else { inherited() };
    for name in parsed
        .options
        .iter()
        .filter(|(key, _)| *key == "unset")
        .filter_map(|(_, value)| value.as_deref())
    {
        if name.is_empty() || name.contains('=') {
            eprintln!("env: cannot unset {}: Invalid argument", in_prose(name));
            return FAILED;
        }
        variables.retain(|(known, _)| known != name);
    }
    while let Some((name, value)) = operands.peek().and_then(|word| word.split_once('=')) {
        set(&mut variables, name, value);
        operands.next();
    }
    let command: Vec<&str> = operands.collect();
    match (command.first(), parsed.value("chdir")) {
        (None, Some(_)) => {
            wrong("env", "must specify command with --chdir (-C)");
            FAILED
        }
        (None, None) => print(&variables, if parsed.has("null") { '\0' } else { '\n' }),
        (Some(_), Some(directory)) if std::env::set_current_dir(directory).is_err() => {
            eprintln!(
                "env: cannot change directory to {}: No such file or directory",
                quoted(directory)
            );
            FAILED
        }
        (Some(_), _) => run(&command, variables),
    }
}

fn inherited() -> Variables {
    std::env::vars_os()
        .map(|(name, value)| {
            (
                name.to_string_lossy().into_owned(),
                value.to_string_lossy().into_owned(),
            )
        })
        .collect()
}

/// In its place when the name is known, at the end when it is new.
fn set(variables: &mut Variables, name: &str, value: &str) {
    match variables.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => value.clone_into(old),
        None => variables.push((name.to_owned(), value.to_owned())),
    }
}

fn print(variables: &Variables, end: char) -> i32 {
    let text: String = variables
        .iter()
        .map(|(name, value)| format!("{name}={value}{end}"))
        .collect();
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("env: write error: {}", plain(&error));
            FAILED
        }
    }
}

/// Becomes `command`, in the environment `variables`.
fn run(command: &[&str], variables: Variables) -> i32 {
    let environment = variables
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let error = match Program::with_environment(command, environment) {
        Ok(program) => program.exec(),
        Err(error) => error,
    };
    eprintln!("env: {}: {}", in_prose(command[0]), plain(&error));
    failure_status(&error)
}

/// Puts the words of `-S` in front of the operands, `NAME=VALUE` and command alike.
fn split_strings(parsed: &mut Parsed) -> Result<(), String> {
    if let Some(text) = parsed.value("split-string") {
        let mut words = split(text)?;
        words.append(&mut parsed.operands);
        parsed.operands = words;
    }
    Ok(())
}

/// Words between blanks; quotes and backslashes keep blanks in a word.
fn split(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, ' ' | '\t' | '\n') => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(open), close) if open == close => quote = None,
            (None | Some('"'), '\\') => {
                let next = letters
                    .next()
                    .ok_or("invalid backslash at end of string in -S")?;
                word.get_or_insert_default().push(next);
            }
            _ => word.get_or_insert_default().push(letter),
        }
    }
    if quote.is_some() {
        return Err("no terminating quote in -S string".to_owned());
    }
    words.extend(word);
    Ok(words)
}
