//! `cut`: parts of lines.

mod list;

use crate::help::PACKAGE;
use crate::input::{Input, Pieces, lines, or_standard_input};
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::scan;
use gnu::stream::Output;
use isobox_guest::{Arguments, plain};
use list::{Kind, Ranges};
use std::io::{self, Write as _};

static SPECS: &[Spec] = &[
    Spec("b", "bytes", Takes::Value),
    Spec("c", "characters", Takes::Value),
    Spec("d", "delimiter", Takes::Value),
    Spec("f", "fields", Takes::Value),
    Spec("n", "", Takes::Nothing),
    Spec("s", "only-delimited", Takes::Nothing),
    Spec("z", "zero-terminated", Takes::Nothing),
    Spec("", "complement", Takes::Nothing),
    Spec("", "output-delimiter", Takes::Value),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

pub fn cut(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("cut", gnu::words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("cut", &parsed) {
        return status;
    }
    let cut = match Cut::read(&parsed) {
        Ok(cut) => cut,
        Err(message) => return wrong("cut", &message),
    };
    let mut output = Output::stdout();
    let mut status = 0;
    for name in or_standard_input(parsed.operands) {
        match Input::open(&name).and_then(|input| cut.file(Pieces::new(input), &mut output)) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return write_error(&error),
            Err(error) => {
                eprintln!("cut: {name}: {}", plain(&error));
                status = 1;
            }
        }
    }
    match output.flush() {
        Ok(()) => status,
        Err(error) => write_error(&error),
    }
}

fn write_error(error: &io::Error) -> i32 {
    eprintln!("cut: write error: {}", plain(error));
    1
}

struct Cut {
    kind: Kind,
    ranges: Ranges,
    delimiter: u8,
    /// What stands between the parts; between bytes nothing, unless it is asked for.
    between: Option<Vec<u8>>,
    only_delimited: bool,
    end: u8,
}

impl Cut {
    fn read(parsed: &Parsed) -> Result<Self, String> {
        let mut given = parsed
            .options
            .iter()
            .filter(|(key, _)| matches!(*key, "bytes" | "characters" | "fields"));
        let list = given.next();
        if given.next().is_some() {
            return Err("only one list may be specified".to_owned());
        }
        let delimiter = parsed.value("delimiter");
        if delimiter.is_some_and(|delimiter| delimiter.len() > 1) {
            return Err("the delimiter must be a single character".to_owned());
        }
        let Some((key, Some(list))) = list else {
            return Err("you must specify a list of bytes, characters, or fields".to_owned());
        };
        let kind = match *key {
            "fields" => Kind::Fields,
            _ => Kind::Bytes,
        };
        if kind == Kind::Bytes && delimiter.is_some() {
            return Err(
                "an input delimiter may be specified only when operating on fields".to_owned(),
            );
        }
        let only_delimited = parsed.has("only-delimited");
        if kind == Kind::Bytes && only_delimited {
            return Err(
                "suppressing non-delimited lines makes sense\n\tonly when operating on fields"
                    .to_owned(),
            );
        }
        let ranges = list::read(list, kind)?;
        let delimiter = delimiter.map_or(b'\t', |delimiter| delimiter.bytes().next().unwrap_or(0));
        Ok(Self {
            kind,
            ranges: match parsed.has("complement") {
                true => list::complement(&ranges),
                false => ranges,
            },
            delimiter,
            between: match (parsed.value("output-delimiter"), kind) {
                (Some(""), _) => Some(vec![0]),
                (Some(text), _) => Some(text.as_bytes().to_vec()),
                (None, Kind::Fields) => Some(vec![delimiter]),
                (None, Kind::Bytes) => None,
            },
            only_delimited,
            end: if parsed.has("zero-terminated") {
                0
            } else {
                b'\n'
            },
        })
    }

    /// The outer error is one of reading, the inner one of writing.
    fn file(&self, mut pieces: Pieces, output: &mut Output) -> io::Result<io::Result<()>> {
        let mut out = Vec::new();
        if self.kind == Kind::Fields && self.delimiter == self.end {
            let mut text = Vec::new();
            while let Some(piece) = pieces.next()? {
                text.extend_from_slice(piece);
            }
            self.lines_as_fields(&text, &mut out);
            return Ok(output.put(&out));
        }
        while let Some(piece) = pieces.next_lines(self.end)? {
            out.clear();
            for line in lines(piece, self.end) {
                match self.kind {
                    Kind::Bytes => self.bytes(line, &mut out),
                    Kind::Fields => self.fields(line, &mut out),
                }
            }
            if let Err(error) = output.put(&out) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    fn bytes(&self, line: &[u8], out: &mut Vec<u8>) {
        let mut any = false;
        for (first, last) in &self.ranges {
            let Some(rest) = line.get(first - 1..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            if let (true, Some(between)) = (any, &self.between) {
                out.extend_from_slice(between);
            }
            any = true;
            let length = last.saturating_sub(first - 1).min(rest.len());
            out.extend_from_slice(&rest[..length]);
        }
        out.push(self.end);
    }

    fn fields(&self, line: &[u8], out: &mut Vec<u8>) {
        let mut places = scan::places(self.delimiter, line);
        let mut place = places.next();
        if place.is_none() {
            if !self.only_delimited {
                out.extend_from_slice(line);
                out.push(self.end);
            }
            return;
        }
        let begin = out.len();
        // Where the field begins that is the next one, and its number.
        let (mut at, mut number) = (Some(0), 1);
        let between = self.between.as_deref().unwrap_or_default();
        for (first, last) in &self.ranges {
            while number < *first
                && let Some(end) = place
            {
                (at, number) = (Some(end + 1), number + 1);
                place = places.next();
            }
            if number < *first {
                break;
            }
            while number <= *last
                && let Some(start) = at
            {
                if out.len() > begin || number > self.ranges[0].0 {
                    out.extend_from_slice(between);
                }
                out.extend_from_slice(&line[start..place.unwrap_or(line.len())]);
                at = place.map(|end| end + 1);
                number += 1;
                place = place.and_then(|_| places.next());
            }
            if at.is_none() {
                break;
            }
        }
        out.push(self.end);
    }

    /// With `-d` the end of lines, the fields are the lines.
    fn lines_as_fields(&self, text: &[u8], out: &mut Vec<u8>) {
        let all: Vec<_> = lines(text, self.end).collect();
        if all.len() < 2 {
            if !self.only_delimited && !all.is_empty() {
                out.extend_from_slice(all[0]);
                out.push(self.end);
            }
            return;
        }
        let between = self.between.as_deref().unwrap_or_default();
        let mut any = false;
        for (first, last) in &self.ranges {
            let from = (first - 1).min(all.len());
            for line in &all[from..(*last).min(all.len()).max(from)] {
                if any {
                    out.extend_from_slice(between);
                }
                any = true;
                out.extend_from_slice(line);
            }
        }
        out.push(self.end);
    }
}
