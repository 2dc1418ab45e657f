//! `uname` and `arch`: the machine keeps Linux's rules, on a processor of its own.

use crate::help::PACKAGE;
use crate::user::host_name;
use gnu::getopt::{Order, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::in_prose;
use gnu::words;
use isobox_guest::Arguments;

use Takes::Nothing;

static UNAME: &[Spec] = &[
    Spec("a", "all", Nothing),
    Spec("s", "kernel-name", Nothing),
    Spec("n", "nodename", Nothing),
    Spec("r", "kernel-release", Nothing),
    Spec("v", "kernel-version", Nothing),
    Spec("m", "machine", Nothing),
    Spec("p", "processor", Nothing),
    Spec("i", "hardware-platform", Nothing),
    Spec("o", "operating-system", Nothing),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

static ARCH: &[Spec] = &[Spec("", "help", Nothing), Spec("", "version", Nothing)];

const MACHINE: &str = "wasm32";

/// The answers in the order they are printed; what is unknown is left out of `-a`.
fn answers() -> [(&'static str, String); 8] {
    [
        ("kernel-name", "Linux".to_owned()),
        ("nodename", host_name()),
        ("kernel-release", "6.1.0-isobox".to_owned()),
        ("kernel-version", "#1 isobox".to_owned()),
        ("machine", MACHINE.to_owned()),
        ("processor", "unknown".to_owned()),
        ("hardware-platform", "unknown".to_owned()),
        ("operating-system", "GNU/Linux".to_owned()),
    ]
}

pub fn uname(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("uname", words(arguments), UNAME, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("uname", &parsed) {
        return status;
    }
    if let Some(extra) = parsed.operands.first() {
        return wrong("uname", &format!("extra operand {}", in_prose(extra)));
    }
    let asked = |key: &str, answer: &str| match parsed.options.is_empty() {
        true => key == "kernel-name",
        false => parsed.has(key) || parsed.has("all") && answer != "unknown",
    };
    let shown: Vec<String> = answers()
        .into_iter()
        .filter(|(key, answer)| asked(key, answer))
        .map(|(_, answer)| answer)
        .collect();
    println!("{}", shown.join(" "));
    0
}

pub fn arch(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("arch", words(arguments), ARCH, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("arch", &parsed) {
        return status;
    }
    if let Some(extra) = parsed.operands.first() {
        return wrong("arch", &format!("extra operand {}", in_prose(extra)));
    }
    println!("{MACHINE}");
    0
}
