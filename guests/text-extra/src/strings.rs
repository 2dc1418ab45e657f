//! `strings`: runs of letters in binary files.

use crate::input::{options, put, read};
use gnu::getopt::{Spec, Takes};
use isobox_guest::{Arguments, plain};

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("a", "all", Nothing),
    Spec("d", "data", Nothing),
    Spec("f", "print-file-name", Nothing),
    Spec("n", "bytes", Value),
    Spec("t", "radix", Value),
    Spec("o", "", Nothing),
    Spec("w", "include-all-whitespace", Nothing),
    Spec("h", "help", Nothing),
    Spec("v", "version", Nothing),
];

pub fn strings(arguments: Arguments) -> i32 {
    // `-8` is `-n 8`.
    let words: Vec<std::ffi::OsString> = arguments
        .map(
            |word| match word.to_str().and_then(|text| text.strip_prefix('-')) {
                Some(digits)
                    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) =>
                {
                    format!("-n{digits}").into()
                }
                _ => word,
            },
        )
        .collect();
    let parsed = match options(
        "strings",
        words.into_iter(),
        SPECS,
        "[option(s)] [file(s)]\nDisplay printable strings in [file(s)] (stdin by default)",
    ) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let length = match parsed.value("bytes").map_or(Ok(4), str::parse::<usize>) {
        Ok(0) => {
            eprintln!("strings: invalid minimum string length 0");
            return 1;
        }
        Ok(length) => length,
        Err(_) => {
            eprintln!(
                "strings: invalid integer argument {}",
                parsed.value("bytes").unwrap_or_default()
            );
            return 1;
        }
    };
    let radix = parsed
        .value("radix")
        .or(parsed.has("o").then_some("o"))
        .map(str::to_owned);
    let mut status = 0;
    let files = if parsed.operands.is_empty() {
        vec!["-".to_owned()]
    } else {
        parsed.operands.clone()
    };
    for name in &files {
        let path = std::path::Path::new(name);
        if name != "-" && path.is_dir() {
            eprintln!("strings: Warning: '{name}' is a directory");
            status = 1;
            continue;
        }
        match read(name) {
            Ok(bytes) => {
                let prefix = match parsed.has("print-file-name") {
                    true => format!(
                        "{}: ",
                        if name == "-" {
                            "{standard input}"
                        } else {
                            name
                        }
                    ),
                    false => String::new(),
                };
                put(
                    "strings",
                    &found(
                        &bytes,
                        length,
                        radix.as_deref(),
                        &prefix,
                        parsed.has("include-all-whitespace"),
                    ),
                );
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                eprintln!("strings: '{name}': No such file");
                status = 1;
            }
            Err(error) => {
                eprintln!("strings: {name}: {}", plain(&error));
                status = 1;
            }
        }
    }
    status
}

fn found(
    bytes: &[u8],
    length: usize,
    radix: Option<&str>,
    prefix: &str,
    whitespace: bool,
) -> Vec<u8> {
    let shows = |byte: &u8| {
        matches!(byte, b' '..=b'~' | b'\t') || (whitespace && byte.is_ascii_whitespace())
    };
    let mut out = Vec::new();
    let mut start = 0;
    for end in 0..=bytes.len() {
        if bytes.get(end).is_some_and(shows) {
            continue;
        }
        if end - start >= length && end > start {
            out.extend(prefix.bytes());
            match radix {
                Some("x") => out.extend(format!("{start:7x} ").bytes()),
                Some("d") => out.extend(format!("{start:7} ").bytes()),
                Some(_) => out.extend(format!("{start:7o} ").bytes()),
                None => {}
            }
            out.extend(&bytes[start..end]);
            out.push(b'\n');
        }
        start = end + 1;
    }
    out
}
