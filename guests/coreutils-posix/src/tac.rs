//! `tac`: files, last line first. uutils' own maps its input into memory, which WASI cannot.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Spec, Takes, parse};
use gnu::quote::quoted;
use gnu::words;
use isobox_guest::{Arguments, plain};
use regex_lite::Regex;
use std::io::{self, Read as _, Write as _};

static SPECS: &[Spec] = &[
    Spec("b", "before", Takes::Nothing),
    Spec("r", "regex", Takes::Nothing),
    Spec("s", "separator", Takes::Value),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

pub fn tac(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("tac", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("tac", &parsed) {
        return status;
    }
    let separator = match separator(
        parsed.value("separator").unwrap_or("\n"),
        parsed.has("regex"),
    ) {
        Ok(separator) => separator,
        Err(message) => {
            eprintln!("tac: {message}");
            return 1;
        }
    };
    let mut names = parsed.operands.clone();
    if names.is_empty() {
        names.push("-".to_owned());
    }
    names.iter().fold(0, |status, name| {
        status.max(one(name, &separator, parsed.has("before")))
    })
}

/// What ends, or with `-b` begins, a record.
enum Separator {
    Text(Vec<u8>),
    Pattern(Regex),
}

fn separator(text: &str, is_pattern: bool) -> Result<Separator, String> {
    match is_pattern {
        _ if text.is_empty() => Err("separator cannot be empty".to_owned()),
        false => Ok(Separator::Text(text.into())),
        true => Regex::new(&format!("(?m:{})", letters(text.as_bytes())))
            .map(Separator::Pattern)
            .map_err(|_| format!("invalid regular expression {}", quoted(text))),
    }
}

/// A letter for each byte, so that a pattern matches what is no text too, and places count bytes.
fn letters(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

impl Separator {
    /// Where it occurs: starts and ends.
    fn find_all(&self, content: &[u8]) -> Vec<(usize, usize)> {
        match self {
            Self::Text(text) => memchr::memmem::find_iter(content, text)
                .map(|at| (at, at + text.len()))
                .collect(),
            Self::Pattern(pattern) => {
                let text = letters(content);
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                let byte = |at: usize| places.binary_search(&at).unwrap_or(places.len());
                pattern
                    .find_iter(&text)
                    .map(|found| (byte(found.start()), byte(found.end())))
                    .collect()
            }
        }
    }
}

fn one(name: &str, separator: &Separator, before: bool) -> i32 {
    let content = match read(name) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            eprintln!("tac: {name}: read error: Is a directory");
            return 1;
        }
        Err(error) => {
            eprintln!(
                "tac: failed to open {} for reading: {}",
                quoted(name),
                plain(&error)
            );
            return 1;
        }
    };
    let mut reversed = Vec::with_capacity(content.len());
    let mut end = content.len();
    for cut in cuts(&content, separator, before).into_iter().rev() {
        reversed.extend_from_slice(&content[cut..end]);
        end = cut;
    }
    match io::stdout().write_all(&reversed) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("tac: write error: {}", plain(&error));
            1
        }
    }
}

/// Where the records begin: after each separator, or before it.
fn cuts(content: &[u8], separator: &Separator, before: bool) -> Vec<usize> {
    let mut cuts = vec![0];
    cuts.extend(
        separator
            .find_all(content)
            .into_iter()
            .map(|(start, end)| if before { start } else { end }),
    );
    cuts.dedup();
    cuts.retain(|cut| *cut < content.len());
    cuts
}

fn read(name: &str) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    if name == "-" {
        io::stdin().lock().read_to_end(&mut content)?;
    } else {
        std::fs::File::open(name)?.read_to_end(&mut content)?;
    }
    Ok(content)
}
