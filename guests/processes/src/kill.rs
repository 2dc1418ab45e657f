//! `kill`, as procps has it.

use crate::signals;
use crate::usage::PACKAGE;
use isobox_guest::process::signal::{NAMES, TERM};
use isobox_guest::{Arguments, plain, process};

/// Signals to a line of `kill -L`.
const COLUMNS: usize = 7;

pub fn kill(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    match words.first().map(String::as_str) {
        None => usage(),
        Some("--help") => {
            PACKAGE.print("kill");
            0
        }
        Some("--version" | "-V") => {
            println!("kill (isobox processes) {}", env!("CARGO_PKG_VERSION"));
            0
        }
        Some("-l" | "--list") => list(&words[1..]),
        Some("-L" | "--table") => table(),
        Some(_) => match request(&words) {
            Ok((signal, targets)) if !targets.is_empty() => send(signal, targets),
            Ok(_) => usage(),
            Err(message) => {
                eprintln!("kill: {message}");
                1
            }
        },
    }
}

fn usage() -> i32 {
    eprintln!("{}", PACKAGE.usage("kill"));
    1
}

/// The signal that was named, and whom to send it to.
fn request(words: &[String]) -> Result<(u32, &[String]), String> {
    let parse =
        |text: &str| signals::number(text).ok_or_else(|| format!("unknown signal name {text}"));
    let (signal, rest) = match &words[0][..] {
        "--" => (TERM, &words[1..]),
        "-s" | "--signal" | "-n" => {
            let name = words.get(1).ok_or("option requires an argument -- 's'")?;
            (parse(name)?, &words[2..])
        }
        word => match (word.strip_prefix("--signal="), word.strip_prefix('-')) {
            (Some(name), _) => (parse(name)?, &words[1..]),
            (None, Some(name)) => (
                parse(
                    name.strip_prefix('s')
                        .filter(|n| !n.is_empty())
                        .unwrap_or(name),
                )
                .or_else(|_| parse(name))?,
                &words[1..],
            ),
            (None, None) => (TERM, words),
        },
    };
    let dashes = usize::from(rest.first().is_some_and(|word| word == "--"));
    Ok((signal, &rest[dashes..]))
}

fn send(signal: u32, targets: &[String]) -> i32 {
    let mut status = 0;
    for target in targets {
        let Ok(pid) = target.parse::<i32>() else {
            eprintln!("kill: failed to parse argument: '{target}'");
            status = 1;
            continue;
        };
        if let Err(error) = process::kill(pid, signal) {
            eprintln!("kill: ({pid}): {}", plain(&error));
            status = 1;
        }
    }
    status
}

fn list(names: &[String]) -> i32 {
    if names.is_empty() {
        println!("{}", NAMES[1..].join(" "));
        return 0;
    }
    for text in names {
        match signals::number(text) {
            Some(number) if text.starts_with(|c: char| c.is_ascii_digit()) => {
                println!("{}", signals::name(number));
            }
            Some(number) => println!("{number}"),
            None => {
                eprintln!("kill: unknown signal name {text}");
                return 1;
            }
        }
    }
    0
}

fn table() -> i32 {
    for (row, names) in NAMES[1..].chunks(COLUMNS).enumerate() {
        let cells: Vec<String> = names
            .iter()
            .enumerate()
            .map(|(column, name)| format!("{:2} {name:<8}", row * COLUMNS + column + 1))
            .collect();
        println!("{}", cells.join(" ").trim_end());
    }
    0
}
