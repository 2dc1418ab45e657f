//! `rev`: lines, last letter first.

use crate::input::{options, put, read};
use gnu::getopt::{Spec, Takes};
use isobox_guest::{Arguments, plain};

static SPECS: &[Spec] = &[
    Spec("h", "help", Takes::Nothing),
    Spec("V", "version", Takes::Nothing),
];

pub fn rev(arguments: Arguments) -> i32 {
    let parsed = match options(
        "rev",
        arguments,
        SPECS,
        "[options] [<file> ...]\nReverse lines characterwise.",
    ) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let mut status = 0;
    if parsed.operands.is_empty() {
        put("rev", &reversed(&read("-").unwrap_or_default()));
    }
    for name in &parsed.operands {
        match std::fs::read(name) {
            Ok(bytes) => put("rev", &reversed(&bytes)),
            Err(error) if std::path::Path::new(name).is_dir() => {
                eprintln!("rev: {name}: 0: {}", plain(&error));
                status = 1;
            }
            Err(error) => {
                eprintln!("rev: cannot open {name}: {}", plain(&error));
                status = 1;
            }
        }
    }
    status
}

fn reversed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (text, end) = match line.strip_suffix(b"\n") {
            Some(text) => (text, &b"\n"[..]),
            None => (line, &b""[..]),
        };
        match std::str::from_utf8(text) {
            Ok(text) => out.extend(text.chars().rev().collect::<String>().bytes()),
            Err(_) => out.extend(text.iter().rev()),
        }
        out.extend(end);
    }
    out
}
