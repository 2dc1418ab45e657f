//! The one user of a machine: `id`, `whoami`, `groups`, `logname`; and the machine's name: `hostname`.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::quoted;
use isobox_guest::Arguments;
use isobox_guest::stat::{FILE_GID, FILE_UID};
use std::env;

/// The user's name, or its number in digits.
pub fn user_name(numeric: bool) -> String {
    if numeric {
        FILE_UID.to_string()
    } else {
        user()
    }
}

/// The group's name, or its number in digits. The group is called as the user is.
pub fn group_name(numeric: bool) -> String {
    if numeric {
        FILE_GID.to_string()
    } else {
        user()
    }
}

/// `$USER`, which the machine sets.
fn user() -> String {
    env::var("USER")
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "user".to_owned())
}

static PLAIN: &[Spec] = &[
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

/// The operands of a command without options of its own, or the status to end with.
fn plain_operands(command: &str, arguments: Arguments) -> Result<Vec<String>, i32> {
    let parsed = parse(command, gnu::words(arguments), PLAIN, Order::Permute).ok_or(1)?;
    match PACKAGE.answered(command, &parsed) {
        Some(status) => Err(status),
        None => Ok(parsed.operands),
    }
}

/// Prints `text` for a command that takes no operand.
fn say(command: &str, arguments: Arguments, text: impl FnOnce() -> String) -> i32 {
    match plain_operands(command, arguments) {
        Ok(operands) => match operands.first() {
            Some(extra) => wrong(command, &format!("extra operand {}", quoted(extra))),
            None => {
                println!("{}", text());
                0
            }
        },
        Err(status) => status,
    }
}

pub fn whoami(arguments: Arguments) -> i32 {
    say("whoami", arguments, user)
}

pub fn logname(arguments: Arguments) -> i32 {
    say("logname", arguments, user)
}

pub fn groups(arguments: Arguments) -> i32 {
    let operands = match plain_operands("groups", arguments) {
        Ok(operands) => operands,
        Err(status) => return status,
    };
    if operands.is_empty() {
        println!("{}", group_name(false));
    }
    let mut status = 0;
    for name in operands {
        if name == user() {
            println!("{name} : {}", group_name(false));
        } else {
            eprintln!("groups: {}: no such user", quoted(&name));
            status = 1;
        }
    }
    status
}

static ID: &[Spec] = &[
    Spec("a", "", Takes::Nothing),
    Spec("Z", "context", Takes::Nothing),
    Spec("g", "group", Takes::Nothing),
    Spec("G", "groups", Takes::Nothing),
    Spec("n", "name", Takes::Nothing),
    Spec("r", "real", Takes::Nothing),
    Spec("u", "user", Takes::Nothing),
    Spec("z", "zero", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

pub fn id(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("id", gnu::words(arguments), ID, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("id", &parsed) {
        return status;
    }
    let choices = ["user", "group", "groups"]
        .iter()
        .filter(|key| parsed.has(key))
        .count();
    if choices > 1 {
        eprintln!("id: cannot print \"only\" of more than one choice");
        return 1;
    }
    if choices == 0 && (parsed.has("name") || parsed.has("real")) {
        eprintln!("id: cannot print only names or real IDs in default format");
        return 1;
    }
    if parsed.operands.is_empty() {
        id_line(&parsed);
        return 0;
    }
    let mut status = 0;
    for name in &parsed.operands {
        if *name == user() || *name == FILE_UID.to_string() {
            id_line(&parsed);
        } else {
            eprintln!("id: {}: no such user", quoted(name));
            status = 1;
        }
    }
    status
}

fn id_line(parsed: &Parsed) {
    let numeric = !parsed.has("name");
    let end = if parsed.has("zero") { '\0' } else { '\n' };
    if parsed.has("user") {
        print!("{}{end}", user_name(numeric));
    } else if parsed.has("group") || parsed.has("groups") {
        print!("{}{end}", group_name(numeric));
    } else {
        let name = user();
        print!("uid={FILE_UID}({name}) gid={FILE_GID}({name}) groups={FILE_GID}({name}){end}");
    }
}

/// `$HOSTNAME`, or the name of a machine that has none.
pub fn host_name() -> String {
    env::var("HOSTNAME")
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

static HOSTNAME: &[Spec] = &[
    Spec("d", "domain", Takes::Nothing),
    Spec("f", "fqdn", Takes::Nothing),
    Spec("i", "ip-address", Takes::Nothing),
    Spec("I", "all-ip-addresses", Takes::Nothing),
    Spec("s", "short", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

pub fn hostname(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("hostname", gnu::words(arguments), HOSTNAME, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("hostname", &parsed) {
        return status;
    }
    if !parsed.operands.is_empty() {
        eprintln!("hostname: you must be root to change the host name");
        return 1;
    }
    let name = host_name();
    let (short, domain) = name.split_once('.').unwrap_or((&name, ""));
    match parsed.options.last() {
        Some((key, _)) if *key == "short" => println!("{short}"),
        Some((key, _)) if *key == "domain" => println!("{domain}"),
        Some((key, _)) if key.contains("ip-address") => println!("127.0.0.1"),
        _ => println!("{name}"),
    }
    0
}
