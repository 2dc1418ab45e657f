//! `wc`: lines, words, characters, bytes and the longest line.

mod count;

use crate::help::PACKAGE;
use crate::input::{Input, Pieces, shown};
use count::{Counts, Wanted};
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::stream::Output;
use isobox_guest::{Arguments, plain};
use std::io::{self, Read as _, Seek as _, Write as _};

static SPECS: &[Spec] = &[
    Spec("c", "bytes", Takes::Nothing),
    Spec("m", "chars", Takes::Nothing),
    Spec("l", "lines", Takes::Nothing),
    Spec("", "files0-from", Takes::Value),
    Spec("L", "max-line-length", Takes::Nothing),
    Spec("w", "words", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

pub fn wc(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("wc", gnu::words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("wc", &parsed) {
        return status;
    }
    let wanted = wanted(&parsed);
    let names = match names(&parsed) {
        Ok(names) => names,
        Err(status) => return status,
    };
    let mut report = Report {
        wanted,
        width: match names_are_known(&parsed) {
            true => width(&names, wanted),
            false => 1,
        },
        total: Counts::default(),
        output: Output::stdout(),
        failed: false,
    };
    for (at, name) in names.iter().enumerate() {
        match (name.as_deref(), parsed.value("files0-from")) {
            (Some(""), Some(list)) => {
                let place = format!("{list}:{}", at + 1);
                report.complain(&place, "invalid zero-length file name");
            }
            (Some(""), None) => report.complain("", "No such file or directory"),
            (name, _) => report.file(name),
        }
    }
    if names.len() > 1 {
        let total = report.total;
        report.line(&total, Some("total"));
    }
    match report.output.flush() {
        Ok(()) => i32::from(report.failed),
        Err(error) => {
            eprintln!("wc: write error: {}", plain(&error));
            1
        }
    }
}

fn wanted(parsed: &Parsed) -> Wanted {
    let wanted = Wanted {
        lines: parsed.has("lines"),
        words: parsed.has("words"),
        characters: parsed.has("chars"),
        bytes: parsed.has("bytes"),
        longest: parsed.has("max-line-length"),
    };
    match wanted.columns() {
        0 => Wanted {
            lines: true,
            words: true,
            bytes: true,
            ..wanted
        },
        _ => wanted,
    }
}

/// The files; nothing stands for standard input that was not named.
fn names(parsed: &Parsed) -> Result<Vec<Option<String>>, i32> {
    let Some(list) = parsed.value("files0-from") else {
        return Ok(match &parsed.operands[..] {
            [] => vec![None],
            operands => operands.iter().cloned().map(Some).collect(),
        });
    };
    if let Some(extra) = parsed.operands.first() {
        let message =
            format!("extra operand '{extra}'\nfile operands cannot be combined with --files0-from");
        return Err(wrong("wc", &message));
    }
    let mut text = Vec::new();
    let read = Input::open(list).and_then(|mut input| input.read_to_end(&mut text));
    if let Err(error) = read {
        eprintln!("wc: cannot open '{list}' for reading: {}", plain(&error));
        return Err(1);
    }
    let names = text.split(|byte| *byte == 0);
    let names = names.map(|name| String::from_utf8_lossy(name).into_owned());
    let mut names: Vec<_> = names.map(Some).collect();
    // What follows the last zero is nothing.
    if names.last().is_some_and(|name| name.as_deref() == Some("")) {
        names.pop();
    }
    Ok(names)
}

/// Names that come through a pipe are not known beforehand.
fn names_are_known(parsed: &Parsed) -> bool {
    let list = parsed.value("files0-from");
    list.is_none_or(|list| Input::open(list).is_ok_and(|list| list.length().is_some()))
}

/// How wide numbers are shown: as wide as all bytes together may need.
fn width(names: &[Option<String>], wanted: Wanted) -> usize {
    if names.len() == 1 && wanted.columns() == 1 {
        return 1;
    }
    let (mut least, mut bytes) = (1, 0);
    for name in names {
        let length = match name.as_deref() {
            None | Some("-") => Input::open("-").ok().and_then(|input| input.length()),
            Some("") => continue,
            Some(name) => match std::fs::metadata(name) {
                Ok(metadata) => metadata.is_file().then(|| metadata.len()),
                Err(_) => continue,
            },
        };
        match length {
            Some(length) => bytes += length,
            None => least = 7,
        }
    }
    bytes.to_string().len().max(least)
}

struct Report {
    wanted: Wanted,
    width: usize,
    total: Counts,
    output: Output,
    failed: bool,
}

impl Report {
    fn file(&mut self, name: Option<&str>) {
        let shown_name = shown(name.unwrap_or("-"));
        let input = match Input::open(name.unwrap_or("-")) {
            Ok(input) => input,
            Err(error) => return self.complain(shown_name, &plain(&error)),
        };
        let mut counts = Counts::default();
        if let Err(error) = self.count(input, &mut counts) {
            self.complain(shown_name, &plain(&error));
        }
        self.total.add(&counts);
        self.line(&counts, name);
    }

    fn complain(&mut self, name: &str, message: &str) {
        let _ = self.output.flush();
        eprintln!("wc: {name}: {message}");
        self.failed = true;
    }

    fn count(&self, mut input: Input, counts: &mut Counts) -> io::Result<()> {
        // The length of a file tells its bytes.
        if self.wanted.only_bytes()
            && let Some(length) = input.length()
        {
            counts.bytes = length.saturating_sub(input.stream_position()?);
            return Ok(());
        }
        let mut counting = count::Counting::new(self.wanted);
        let mut pieces = Pieces::new(input);
        let result = loop {
            match pieces.next() {
                Ok(Some(piece)) => counting.piece(piece),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        *counts = counting.finish();
        result
    }

    fn line(&mut self, counts: &Counts, name: Option<&str>) {
        let wanted = self.wanted;
        let columns = [
            (wanted.lines, counts.lines),
            (wanted.words, counts.words),
            (wanted.characters, counts.characters),
            (wanted.bytes, counts.bytes),
            (wanted.longest, counts.longest),
        ];
        let columns: Vec<_> = columns
            .iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, number)| format!("{number:width$}", width = self.width))
            .collect();
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        let line = format!("{}{name}\n", columns.join(" "));
        // An error shows again when the rest is written.
        let _ = self.output.put(line.as_bytes());
    }
}
