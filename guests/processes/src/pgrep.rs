//! `pgrep`, `pkill`, `pidof`.

use crate::signals;
use crate::table::{self, Process};
use crate::usage::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use isobox_guest::process::{self, signal};
use isobox_guest::{Arguments, plain};
use regex_lite::{Regex, RegexBuilder};

static SPECS: &[Spec] = &[
    Spec("a", "list-full", Takes::Nothing),
    Spec("c", "count", Takes::Nothing),
    Spec("d", "delimiter", Takes::Value),
    Spec("e", "echo", Takes::Nothing),
    Spec("f", "full", Takes::Nothing),
    Spec("g", "pgroup", Takes::Value),
    Spec("i", "ignore-case", Takes::Nothing),
    Spec("l", "list-name", Takes::Nothing),
    Spec("n", "newest", Takes::Nothing),
    Spec("o", "oldest", Takes::Nothing),
    Spec("P", "parent", Takes::Value),
    Spec("u", "euid", Takes::Value),
    Spec("U", "uid", Takes::Value),
    Spec("v", "inverse", Takes::Nothing),
    Spec("x", "exact", Takes::Nothing),
    Spec("", "signal", Takes::Value),
    Spec("h", "help", Takes::Nothing),
    Spec("V", "version", Takes::Nothing),
];
static PIDOF: &[Spec] = &[
    Spec("s", "single-shot", Takes::Nothing),
    Spec("q", "", Takes::Nothing),
    Spec("x", "", Takes::Nothing),
    Spec("h", "help", Takes::Nothing),
    Spec("V", "version", Takes::Nothing),
];

/// Nothing matched.
const NONE: i32 = 1;
/// The command line is wrong.
const WRONG: i32 = 2;
/// Letters of a name that `stat` keeps.
const NAME_MAX: usize = 15;

pub fn pgrep(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("pgrep", gnu::words(arguments), SPECS, Order::Permute) else {
        return WRONG;
    };
    let found = match found("pgrep", &parsed) {
        Ok(found) => found,
        Err(status) => return status,
    };
    if parsed.has("count") {
        println!("{}", found.len());
    } else {
        let lines: Vec<String> = found.iter().map(|process| line(process, &parsed)).collect();
        if !lines.is_empty() {
            println!("{}", lines.join(parsed.value("delimiter").unwrap_or("\n")));
        }
    }
    if found.is_empty() { NONE } else { 0 }
}

fn line(process: &Process, parsed: &Parsed) -> String {
    if parsed.has("list-full") {
        format!("{} {}", process.pid, process.command_line())
    } else if parsed.has("list-name") {
        format!("{} {}", process.pid, process.name)
    } else {
        process.pid.to_string()
    }
}

pub fn pkill(arguments: Arguments) -> i32 {
    let mut signal = signal::TERM;
    let words: Vec<String> = gnu::words(arguments)
        .filter(|word| match word.strip_prefix('-').and_then(old_signal) {
            Some(named) => {
                signal = named;
                false
            }
            None => true,
        })
        .collect();
    let Some(parsed) = parse("pkill", words.into_iter(), SPECS, Order::Permute) else {
        return WRONG;
    };
    if let Some(text) = parsed.value("signal") {
        match signals::number(text) {
            Some(number) => signal = number,
            None => return wrong_with("pkill", &format!("Unknown signal \"{text}\".")),
        }
    }
    let found = match found("pkill", &parsed) {
        Ok(found) => found,
        Err(status) => return status,
    };
    for process in &found {
        if let Err(error) = process::kill(process.pid as i32, signal) {
            eprintln!(
                "pkill: killing pid {} failed: {}",
                process.pid,
                plain(&error)
            );
        } else if parsed.has("echo") {
            println!("{} killed (pid {})", process.name, process.pid);
        }
    }
    if parsed.has("count") {
        println!("{}", found.len());
    }
    if found.is_empty() { NONE } else { 0 }
}

/// `-9`, `-KILL`, `-SIGKILL`: a signal, where no bundle of options could be meant.
fn old_signal(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    let is_name = text.len() > 1
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (!text.is_empty() && (is_number || is_name)).then(|| signals::number(text))?
}

pub fn pidof(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("pidof", gnu::words(arguments), PIDOF, Order::Permute) else {
        return NONE;
    };
    if let Some(status) = PACKAGE.answered("pidof", &parsed) {
        return status;
    }
    let mut pids: Vec<String> = table::read()
        .into_iter()
        .rev()
        .filter(|process| parsed.operands.iter().any(|name| is_called(process, name)))
        .map(|process| process.pid.to_string())
        .collect();
    if parsed.has("single-shot") {
        pids.truncate(1);
    }
    if pids.is_empty() {
        return NONE;
    }
    if !parsed.has("q") {
        println!("{}", pids.join(" "));
    }
    0
}

fn is_called(process: &Process, name: &str) -> bool {
    let word = process.words.first().map_or("", String::as_str);
    let base = word.rsplit('/').next().unwrap_or_default();
    word == name || base == name || process.name == name
}

/// The processes that everything asked for holds of; never the asking one itself.
fn found(command: &str, parsed: &Parsed) -> Result<Vec<Process>, i32> {
    if let Some(status) = PACKAGE.answered(command, parsed) {
        return Err(status);
    }
    let pattern = pattern(command, parsed)?;
    let parents = numbers(command, parsed.value("parent"))?;
    let groups = numbers(command, parsed.value("pgroup"))?;
    let own = process::ids();
    let is_meant = |process: &Process| {
        let text = if parsed.has("full") {
            process.command_line()
        } else {
            process.name.clone()
        };
        let matches = pattern
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(&text))
            && parents
                .as_ref()
                .is_none_or(|parents| parents.contains(&process.parent))
            && groups.as_ref().is_none_or(|groups| {
                groups.contains(&process.group) || groups.contains(&0) && process.group == own.2
            });
        matches != parsed.has("inverse")
    };
    let mut found: Vec<Process> = table::read()
        .into_iter()
        .filter(|process| process.pid != own.0 && is_meant(process))
        .collect();
    if parsed.has("newest") {
        found = found.pop().into_iter().collect();
    } else if parsed.has("oldest") {
        found.truncate(1);
    }
    Ok(found)
}

fn pattern(command: &str, parsed: &Parsed) -> Result<Option<Regex>, i32> {
    let filters = ["parent", "pgroup", "euid", "uid"];
    let text = match &parsed.operands[..] {
        [] if filters.iter().any(|filter| parsed.has(filter)) => return Ok(None),
        [] => {
            return Err(wrong_with(command, "no matching criteria specified"));
        }
        [text] => text,
        [..] => return Err(wrong_with(command, "only one pattern can be provided")),
    };
    if text.len() > NAME_MAX && !parsed.has("full") {
        eprintln!(
            "{command}: pattern that searches for process name longer than 15 characters will result in zero matches\nTry `{command} -f' option to match against the complete command line."
        );
    }
    let text = if parsed.has("exact") {
        format!("^(?:{text})$")
    } else {
        text.clone()
    };
    let built = RegexBuilder::new(&text)
        .case_insensitive(parsed.has("ignore-case"))
        .build();
    built.map(Some).map_err(|error| {
        eprintln!("{command}: regex error: {error}");
        WRONG
    })
}

fn numbers(command: &str, list: Option<&str>) -> Result<Option<Vec<u32>>, i32> {
    let Some(list) = list else { return Ok(None) };
    let parsed: Option<Vec<u32>> = list.split(',').map(|text| text.parse().ok()).collect();
    parsed
        .map(Some)
        .ok_or_else(|| wrong_with(command, &format!("not a number: {list}")))
}

fn wrong_with(command: &str, message: &str) -> i32 {
    wrong(command, message);
    WRONG
}
