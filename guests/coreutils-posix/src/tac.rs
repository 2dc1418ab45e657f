//! `tac`: files, last line first. uutils' own maps its input into memory, which WASI cannot.

use crate::getopt::{Order, Spec, Takes, parse};
use crate::quote::quoted;
use crate::{help, words};
use isobox_guest::{Arguments, plain};
use regex::bytes::{Regex, RegexBuilder};
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
    if let Some(status) = help::answered("tac", &parsed) {
        return status;
    }
    let separator = parsed.value("separator").unwrap_or("\n");
    let pattern = if parsed.has("regex") { separator.to_owned() } else { regex::escape(separator) };
    let separator = match RegexBuilder::new(&pattern).multi_line(true).build() {
        Ok(regex) if !separator.is_empty() => regex,
        _ => {
            eprintln!("tac: {}", if separator.is_empty() { "separator cannot be empty" } else { "invalid regular expression" });
            return 1;
        }
    };
    let mut names = parsed.operands.clone();
    if names.is_empty() {
        names.push("-".to_owned());
    }
    names.iter().fold(0, |status, name| status.max(one(name, &separator, parsed.has("before"))))
}

fn one(name: &str, separator: &Regex, before: bool) -> i32 {
    let content = match read(name) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
            eprintln!("tac: {name}: read error: Is a directory");
            return 1;
        }
        Err(error) => {
            eprintln!("tac: failed to open {} for reading: {}", quoted(name), plain(&error));
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
fn cuts(content: &[u8], separator: &Regex, before: bool) -> Vec<usize> {
    let mut cuts = vec![0];
    cuts.extend(separator.find_iter(content).map(|found| if before { found.start() } else { found.end() }));
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
