//! `mkfifo`.

use crate::usage::PACKAGE;
use gnu::getopt::{Order, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::quoted;
use isobox_guest::{Arguments, mode, plain, process};
use std::path::Path;

static SPECS: &[Spec] = &[
    Spec("m", "mode", Takes::Value),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

const READ_WRITE: u32 = 0o666;

pub fn mkfifo(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("mkfifo", gnu::words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("mkfifo", &parsed) {
        return status;
    }
    if parsed.operands.is_empty() {
        return wrong("mkfifo", "missing operand");
    }
    let wanted = match parsed.value("mode") {
        None => None,
        Some(text) => match gnu::mode::parse(text) {
            Some(change) => Some(change.apply(READ_WRITE, false)),
            None => {
                eprintln!("mkfifo: invalid mode");
                return 1;
            }
        },
    };
    let mut status = 0;
    for name in &parsed.operands {
        let path = Path::new(name);
        let made = process::make_fifo(path, wanted.unwrap_or(READ_WRITE));
        // A mode that was asked for is not the umask's to change.
        let made =
            made.and_then(|()| wanted.map_or(Ok(()), |wanted| mode::set(path, false, wanted)));
        if let Err(error) = made {
            eprintln!(
                "mkfifo: cannot create fifo {}: {}",
                quoted(name),
                plain(&error)
            );
            status = 1;
        }
    }
    status
}
