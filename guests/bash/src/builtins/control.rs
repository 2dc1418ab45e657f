//! `break`, `continue`, `return`, `exit`, `eval`, `source`, `shift`, `let`.

use std::rc::Rc;

use super::{MISUSED, Operand, operands, usage, whole_number, words};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::text::Text;

pub fn break_loop(shell: &mut Shell, operands: &[Operand]) -> Result {
    leave_loop(shell, operands, "break", Flow::Break)
}

pub fn continue_loop(shell: &mut Shell, operands: &[Operand]) -> Result {
    leave_loop(shell, operands, "continue", Flow::Continue)
}

fn leave_loop(
    shell: &mut Shell,
    operands: &[Operand],
    name: &str,
    flow: fn(u32) -> Flow,
) -> Result {
    let words = words(operands);
    if words.first().is_some_and(|word| &**word == "--help") {
        super::help::print_long(shell, name);
        return Ok(MISUSED);
    }
    if shell.loop_depth == 0 {
        shell.complain(format_args!(
            "{name}: only meaningful in a `for', `while', or `until' loop"
        ));
        return Ok(0);
    }
    let words = operand_words(&words);
    let count = match words.first() {
        None => 1,
        Some(word) => match whole_number(word) {
            Some(count) => count,
            None => {
                shell.complain(format_args!("{name}: {word}: numeric argument required"));
                return Err(Flow::Exit(128));
            }
        },
    };
    if words.len() > 1 {
        shell.complain(format_args!("{name}: too many arguments"));
        return Err(Flow::Discard(1));
    }
    if count <= 0 {
        let word = words.first().map_or("", |word| word);
        shell.complain(format_args!("{name}: {word}: loop count out of range"));
        shell.status = 1;
        return Err(Flow::Break(shell.loop_depth));
    }
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    shell.status = 0;
    Err(flow(count.min(shell.loop_depth)))
}

/// The words behind a `--`.
fn operand_words(words: &[Text]) -> &[Text] {
    match words {
        [first, rest @ ..] if &**first == "--" => rest,
        _ => words,
    }
}

pub fn return_function(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    if words.first().is_some_and(|word| &**word == "--help") {
        super::help::print_long(shell, "return");
        return Ok(MISUSED);
    }
    let inside = shell.frames.iter().any(|frame| &*frame.function != "main");
    let status = match status_operand(shell, "return", &words)? {
        Ok(status) | Err(status) => status,
    };
    if !inside {
        shell.complain("return: can only `return' from a function or sourced script");
        return Ok(2);
    }
    Err(Flow::Return(status))
}

pub fn exit(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    if words.first().is_some_and(|word| &**word == "--help") {
        super::help::print_long(shell, "exit");
        return Ok(MISUSED);
    }
    let status = status_operand(shell, "exit", &words)?;
    Err(Flow::Exit(status.unwrap_or_else(|status| status)))
}

/// The status that `exit` and `return` are given, else `$?`; the inner error is the status of a word that is no number.
fn status_operand(
    shell: &mut Shell,
    name: &str,
    words: &[Text],
) -> Result<std::result::Result<i32, i32>> {
    let words = operand_words(words);
    let Some(first) = words.first() else {
        return Ok(Ok(shell.status));
    };
    let Some(number) = whole_number(first) else {
        shell.complain(format_args!("{name}: {first}: numeric argument required"));
        return Ok(Err(2));
    };
    if words.len() > 1 {
        shell.complain(format_args!("{name}: too many arguments"));
        return Err(Flow::Discard(1));
    }
    Ok(Ok((number & 0xff) as i32))
}

pub fn eval(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let rest = match operands::none(shell, "eval", &words) {
        Ok(rest) => rest,
        Err(status) => return Ok(status),
    };
    let text = words[rest..].join(" ");
    if text.is_empty() {
        return Ok(0);
    }
    shell.run_text(&text, "eval")
}

pub fn source(shell: &mut Shell, operands: &[Operand]) -> Result {
    source_as(shell, operands, "source")
}

pub fn dot(shell: &mut Shell, operands: &[Operand]) -> Result {
    source_as(shell, operands, ".")
}

fn source_as(shell: &mut Shell, operands: &[Operand], name: &str) -> Result {
    let words = words(operands);
    let rest = match operands::none(shell, name, &words) {
        Ok(rest) => rest,
        Err(status) => return Ok(status),
    };
    let Some(file) = words.get(rest) else {
        shell.complain(format_args!("{name}: filename argument required"));
        usage(shell, name);
        return leave_posix(shell, 2);
    };
    let path = source_path(shell, file);
    let arguments: Vec<Text> = words[rest + 1..].to_vec();
    if let Some(path) = &path
        && std::fs::metadata(&**path).is_ok_and(|known| known.is_dir())
    {
        shell.complain(format_args!("{name}: {file}: is a directory"));
        return Ok(1);
    }
    match path {
        Some(path) => shell.run_file(&path, (!arguments.is_empty()).then_some(arguments)),
        None if shell.options.posix => {
            shell.complain(format_args!("{name}: {file}: file not found"));
            leave_posix(shell, 1)
        }
        None => shell.run_file(file, (!arguments.is_empty()).then_some(arguments)),
    }
}

/// A failed special builtin ends a posix shell.
fn leave_posix(shell: &mut Shell, status: i32) -> Result {
    if shell.options.posix {
        return Err(Flow::Exit(status));
    }
    Ok(status)
}

/// Where `PATH` has the file, executable or not; else where it stands itself.
fn source_path(shell: &Shell, file: &str) -> Option<Text> {
    if file.contains('/') {
        return Some(file.into());
    }
    if shell.options.sourcepath {
        let path = shell.get("PATH").unwrap_or_else(|| "".into());
        for directory in path.split(':') {
            let directory = if directory.is_empty() { "." } else { directory };
            let candidate = format!("{directory}/{file}");
            if super::test::is_regular_file(&candidate) {
                return Some(candidate.into());
            }
        }
    }
    (!shell.options.posix).then(|| file.into())
}

pub fn shift(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    if words.first().is_some_and(|word| &**word == "--help") {
        super::help::print_long(shell, "shift");
        return Ok(MISUSED);
    }
    let words = operand_words(&words);
    let count = match words.first() {
        None => 1,
        Some(word) => match whole_number(word) {
            Some(count) => count,
            None => {
                shell.complain(format_args!("shift: {word}: numeric argument required"));
                return Ok(1);
            }
        },
    };
    if words.len() > 1 {
        shell.complain("shift: too many arguments");
        return Err(Flow::Discard(1));
    }
    if count < 0 {
        shell.complain(format_args!("shift: {count}: shift count out of range"));
        return Ok(1);
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > shell.positional.len() {
        if shell.options.shopt("shift_verbose") == Some(true) {
            shell.complain(format_args!("shift: {count}: shift count out of range"));
        }
        return Ok(1);
    }
    Rc::make_mut(&mut shell.positional).drain(..count);
    Ok(0)
}

pub fn evaluate(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    if words.first().is_some_and(|word| &**word == "--help") {
        super::help::print_long(shell, "let");
        return Ok(MISUSED);
    }
    let words = operand_words(&words);
    if words.is_empty() {
        shell.complain("let: expression expected");
        return Ok(1);
    }
    let mut value = 0;
    for word in words {
        value = match shell.evaluate_text(word, "let") {
            Ok(value) => value,
            Err(Flow::Discard(status)) => return Ok(status),
            Err(flow) => return Err(flow),
        };
    }
    Ok((value == 0).into())
}
