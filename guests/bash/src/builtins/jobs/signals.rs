//! `kill`.

use isobox_guest::process::{self, signal};

use super::find;
use crate::builtins::traps::{number, short_name, signal_number, signal_table};
use crate::builtins::{MISUSED, Operand, help, print, reason, usage, whole_number, words};
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;

pub fn kill(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let mut signal = signal::TERM;
    let mut rest = &words[..];
    let mut chosen = false;
    while let [word, others @ ..] = rest {
        match &**word {
            "--help" => {
                help::print_long(shell, "kill");
                return Ok(MISUSED);
            }
            "-l" | "-L" => return Ok(list(shell, others)),
            "-s" | "-n" => {
                let [name, others @ ..] = others else {
                    shell.complain(format_args!("kill: {word}: option requires an argument"));
                    return Ok(1);
                };
                match specified(name) {
                    Some(number) => signal = number,
                    None => return Ok(invalid(shell, name)),
                }
                (chosen, rest) = (true, others);
                continue;
            }
            "--" => {
                rest = others;
                break;
            }
            "-?" => return Ok(usage(shell, "kill")),
            _ => {}
        }
        let Some(name) = word.strip_prefix('-').filter(|_| !chosen) else {
            break;
        };
        let attached = name.strip_prefix(['s', 'n']).and_then(specified);
        match specified(name).or(attached) {
            Some(number) => signal = number,
            None => return Ok(invalid(shell, name)),
        }
        (chosen, rest) = (true, others);
    }
    if rest.is_empty() {
        return Ok(usage(shell, "kill"));
    }
    let mut succeeded = 0;
    for word in rest {
        succeeded += usize::from(send(shell, word, signal));
    }
    Ok((succeeded == 0).into())
}

fn specified(name: &str) -> Option<u32> {
    number(name).filter(|&number| number <= 64)
}

fn invalid(shell: &mut Shell, name: &str) -> i32 {
    shell.complain(format_args!("kill: {name}: invalid signal specification"));
    1
}

fn send(shell: &mut Shell, word: &Text, signal: u32) -> bool {
    let pid = if word.starts_with('%') {
        let Some(number) = find(shell, "kill", word) else {
            return false;
        };
        let job = shell.jobs.get(number);
        job.map_or(0, |job| match job.group {
            Some(group) => (group as i32).wrapping_neg(),
            None => job.leader() as i32,
        })
    } else if let Some(pid) = whole_number(word).and_then(|pid| i32::try_from(pid).ok()) {
        pid
    } else {
        let message = match word.starts_with(|c: char| c.is_ascii_digit() || c.is_alphabetic()) {
            true => format!("{word}: arguments must be process or job IDs"),
            false => format!("`{word}': not a pid or valid job spec"),
        };
        shell.complain(format_args!("kill: {message}"));
        return false;
    };
    match process::kill(pid, signal) {
        Ok(()) => true,
        Err(error) => {
            shell.complain(format_args!("kill: ({pid}) - {}", reason(&error)));
            false
        }
    }
}

/// `kill -l`, with numbers, statuses or names.
fn list(shell: &mut Shell, words: &[Text]) -> i32 {
    if words.first().is_none_or(|first| first.starts_with('-')) {
        let text = signal_table();
        return print(shell, "kill", &text);
    }
    let mut status = 0;
    let mut text = String::new();
    for word in words {
        match named(word) {
            Some(line) => text += &format!("{line}\n"),
            None => {
                shell.complain(format_args!("kill: {word}: invalid signal specification"));
                status = 1;
            }
        }
    }
    print(shell, "kill", &text).max(status)
}

/// A name for a number or a status, a number for a name.
fn named(word: &str) -> Option<String> {
    if let Some(value) = whole_number(word) {
        let bare = if value > 128 { value - 128 } else { value };
        let number = number(&bare.to_string())?;
        return Some(short_name(number));
    }
    let upper = word.to_ascii_uppercase();
    if upper == "EXIT" {
        return Some("0".to_owned());
    }
    signal_number(&upper).map(|number| number.to_string())
}
