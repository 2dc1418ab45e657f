//! `df`: the machine has one file system, and preview 1 tells neither its size nor what is free, so GNU's `-` stands there.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Spec, Takes, parse};
use gnu::words;
use isobox_guest::stat::stat;
use isobox_guest::{Arguments, plain};
use std::path::Path;

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("a", "all", Nothing),
    Spec("B", "block-size", Value),
    Spec("h", "human-readable", Nothing),
    Spec("H", "si", Nothing),
    Spec("i", "inodes", Nothing),
    Spec("k", "", Nothing),
    Spec("l", "local", Nothing),
    Spec("P", "portability", Nothing),
    Spec("t", "type", Value),
    Spec("T", "print-type", Nothing),
    Spec("x", "exclude-type", Value),
    Spec("", "total", Nothing),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

/// The name of the machine's file system and of its type.
pub const FILE_SYSTEM: &str = "isobox";

pub fn df(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("df", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("df", &parsed) {
        return status;
    }
    let mut status = 0;
    for name in &parsed.operands {
        if let Err(error) = stat(Path::new(name), true) {
            eprintln!("df: {name}: {}", plain(&error));
            status = 1;
        }
    }
    let named = parsed.operands.len();
    if named > 0
        && status != 0
        && parsed
            .operands
            .iter()
            .all(|name| stat(Path::new(name), true).is_err())
    {
        return status;
    }
    let human = parsed.has("human-readable") || parsed.has("si");
    let (size, free) = match (parsed.has("inodes"), human) {
        (true, _) => ("Inodes IUsed IFree IUse%", "     -     -     -     -"),
        (_, true) => ("Size  Used Avail Use%", "   -     -     -    -"),
        _ => (
            "1K-blocks  Used Available Use%",
            "        -     -         -    -",
        ),
    };
    let (type_title, type_name) = if parsed.has("print-type") {
        ("Type   ", "isobox ")
    } else {
        ("", "")
    };
    println!("Filesystem {type_title}{size} Mounted on");
    println!("{FILE_SYSTEM:<10} {type_name}{free} /");
    status
}
