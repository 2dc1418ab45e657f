//! `trap`, and the names of signals.

use super::operands::letters;
use super::{Operand, print, usage, words};
use crate::builtins::listing;
use crate::execute::traps::event;
use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;
use isobox_guest::process::signal;

/// The numbers of real-time signals.
const REAL_TIME: std::ops::RangeInclusive<u32> = 34..=64;

pub fn trap(shell: &mut Shell, operands: &[Operand]) -> Result {
    let words = words(operands);
    let (letters, rest) = match letters(shell, "trap", &words, "lp") {
        Ok(options) => options,
        Err(status) => return Ok(status),
    };
    let words = &words[rest..];
    if letters.contains('l') {
        let text = signal_table();
        return Ok(print(shell, "trap", &text));
    }
    if letters.contains('p') || words.is_empty() {
        return Ok(list(shell, words));
    }
    set(shell, words)
}

fn list(shell: &mut Shell, names: &[Text]) -> i32 {
    let mut status = 0;
    let mut numbers = Vec::new();
    for name in names {
        match number(name) {
            Some(number) => numbers.push(number),
            None => {
                shell.complain(format_args!("trap: {name}: invalid signal specification"));
                status = 1;
            }
        }
    }
    let line = |(number, command): (u32, &Text)| {
        format!(
            "trap -- {} {}\n",
            listing::single_quoted(command),
            name_of(number)
        )
    };
    let text: String = if names.is_empty() {
        shell.traps.listed().map(line).collect()
    } else {
        numbers
            .iter()
            .filter_map(|&number| shell.traps.listed().find(|(listed, _)| *listed == number))
            .map(line)
            .collect()
    };
    print(shell, "trap", &text).max(status)
}

fn set(shell: &mut Shell, words: &[Text]) -> Result {
    let (command, names) = match words {
        [first, ..] if words.len() == 1 || is_number(first) => match number(first) {
            Some(_) => (None, words),
            None => return Ok(usage(shell, "trap")),
        },
        [command, names @ ..] => ((&**command != "-").then_some(command), names),
        [] => return Ok(0),
    };
    let mut status = 0;
    for name in names {
        match number(name) {
            Some(number) => shell.set_trap(number, command.cloned()),
            None => {
                shell.complain(format_args!("trap: {name}: invalid signal specification"));
                status = 1;
            }
        }
    }
    Ok(status)
}

/// A first operand that is a number resets the signals.
fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit()) && number(word).is_some()
}

/// The number of a signal or event: by number, by name, with or without `SIG`, in any case.
pub fn number(name: &str) -> Option<u32> {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return name.parse().ok().filter(|&number| known(number));
    }
    let upper = name.to_ascii_uppercase();
    match &*upper {
        "EXIT" => return Some(event::EXIT),
        "DEBUG" => return Some(event::DEBUG),
        "ERR" => return Some(event::ERR),
        "RETURN" => return Some(event::RETURN),
        _ => {}
    }
    signal_number(&upper)
}

/// The number of a signal's name in capitals.
pub fn signal_number(upper: &str) -> Option<u32> {
    let bare = upper.strip_prefix("SIG").unwrap_or(upper);
    let synonym = match bare {
        "IOT" => "ABRT",
        "CLD" => "CHLD",
        "POLL" => "IO",
        _ => bare,
    };
    (1..=64).find(|&number| known(number) && short_name(number) == synonym)
}

fn known(number: u32) -> bool {
    (number as usize) < signal::NAMES.len() || REAL_TIME.contains(&number)
}

/// A signal's name without `SIG`.
pub fn short_name(number: u32) -> String {
    if let Some(name) = signal::NAMES.get(number as usize) {
        return (*name).to_owned();
    }
    match number {
        34 => "RTMIN".to_owned(),
        35..=49 => format!("RTMIN+{}", number - 34),
        50..=63 => format!("RTMAX-{}", 64 - number),
        _ => "RTMAX".to_owned(),
    }
}

fn name_of(number: u32) -> String {
    match number {
        event::EXIT => "EXIT".to_owned(),
        event::DEBUG => "DEBUG".to_owned(),
        event::ERR => "ERR".to_owned(),
        event::RETURN => "RETURN".to_owned(),
        _ => format!("SIG{}", short_name(number)),
    }
}

/// What `trap -l` and `kill -l` print.
pub fn signal_table() -> String {
    let mut text = String::new();
    let numbers = (1..=64).filter(|&number| known(number));
    for (place, number) in numbers.enumerate() {
        text += &format!("{number:2}) SIG{}", short_name(number));
        text.push(if place % 5 == 4 { '\n' } else { '\t' });
    }
    text.push('\n');
    text
}
