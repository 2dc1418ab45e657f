//! `sync`: the machine keeps no cache, so there is only to see that the files are there.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::quoted;
use gnu::words;
use isobox_guest::{Arguments, plain};

static SPECS: &[Spec] = &[
    Spec("d", "data", Takes::Nothing),
    Spec("f", "file-system", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

pub fn sync(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("sync", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("sync", &parsed) {
        return status;
    }
    if parsed.has("data") && parsed.operands.is_empty() {
        return wrong("sync", "--data needs at least one argument");
    }
    let mut status = 0;
    for name in &parsed.operands {
        if let Err(error) = std::fs::File::open(name) {
            eprintln!("sync: error opening {}: {}", quoted(name), plain(&error));
            status = 1;
        }
    }
    status
}
