//! The one user of a machine: `id`, `whoami`, `groups`, `logname`; and the machine's name: `hostname`.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::in_prose;
use isobox_guest::Arguments;
use isobox_guest::stat::{FILE_GID, FILE_UID};
use std::sync::OnceLock;
use std::{env, fs};

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

/// The name that `/etc/passwd` gives the one user, else `$USER`.
fn user() -> String {
    static NAME: OnceLock<String> = OnceLock::new();
    let look_up = || {
        account("/etc/passwd", |_, number| number == FILE_UID)
            .map(|(name, _)| name)
            .or_else(|| env::var("USER").ok().filter(|name| !name.is_empty()))
            .unwrap_or_else(|| "user".to_owned())
    };
    NAME.get_or_init(look_up).clone()
}

/// The first account of `/etc/passwd` or `/etc/group` that is `wanted`: its name, and its numbers.
fn account(file: &str, wanted: impl Fn(&str, u32) -> bool) -> Option<(String, Vec<u32>)> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let numbers: Vec<u32> = fields
            .skip(1)
            .take(2)
            .map_while(|field| field.parse().ok())
            .collect();
        wanted(name, *numbers.first()?).then(|| (name.to_owned(), numbers))
    })
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
            Some(extra) => wrong(command, &format!("extra operand {}", in_prose(extra))),
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
        let found = account("/etc/passwd", |known, _| known == name);
        match found.as_ref() {
            Some((_, numbers)) if numbers.len() == 2 => {
                let identity = Identity::of(name.clone(), numbers[0], numbers[1]);
                println!("{name} : {}", identity.group);
            }
            _ => {
                eprintln!("groups: {}: no such user", in_prose(&name));
                status = 1;
            }
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
        Identity::of(user(), FILE_UID, FILE_GID).print(&parsed);
        return 0;
    }
    let mut status = 0;
    for name in &parsed.operands {
        let number = name.parse();
        let known = |known: &str, uid: u32| known == name || number == Ok(uid);
        match account("/etc/passwd", known).as_ref() {
            Some((name, numbers)) if numbers.len() == 2 => {
                Identity::of(name.clone(), numbers[0], numbers[1]).print(&parsed);
            }
            _ => {
                eprintln!("id: {}: no such user", in_prose(name));
                status = 1;
            }
        }
    }
    status
}

/// A user and the one group it is in.
struct Identity {
    user: String,
    uid: u32,
    group: String,
    gid: u32,
}

impl Identity {
    fn of(user: String, uid: u32, gid: u32) -> Self {
        let group = account("/etc/group", |_, number| number == gid);
        let group = group.map_or_else(|| user.clone(), |(name, _)| name);
        Self {
            user,
            uid,
            group,
            gid,
        }
    }

    fn print(&self, parsed: &Parsed) {
        let Self {
            user,
            uid,
            group,
            gid,
        } = self;
        let names = parsed.has("name");
        let end = if parsed.has("zero") { '\0' } else { '\n' };
        if parsed.has("user") {
            let uid = uid.to_string();
            print!("{}{end}", if names { user } else { &uid });
        } else if parsed.has("group") || parsed.has("groups") {
            let gid = gid.to_string();
            print!("{}{end}", if names { group } else { &gid });
        } else {
            print!("uid={uid}({user}) gid={gid}({group}) groups={gid}({group}){end}");
        }
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
