//! `tail`: the last lines or bytes. It reads to the end of a file and waits for nothing.

use crate::head::headers;
use crate::help::PACKAGE;
use crate::input::{Input, or_standard_input, shown};
use crate::number;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::scan;
use gnu::stream::{Output, read_behind};
use isobox_guest::{Arguments, plain};
use memchr::memrchr;
use std::io::{self, Read, Seek, SeekFrom, Write as _};

static SPECS: &[Spec] = &[
    Spec("c", "bytes", Takes::Value),
    Spec("f", "follow", Takes::Maybe),
    Spec("F", "", Takes::Nothing),
    Spec("n", "lines", Takes::Value),
    Spec("q", "quiet", Takes::Nothing),
    Spec("s", "sleep-interval", Takes::Value),
    Spec("v", "verbose", Takes::Nothing),
    Spec("z", "zero-terminated", Takes::Nothing),
    Spec("", "max-unchanged-stats", Takes::Value),
    Spec("", "pid", Takes::Value),
    Spec("", "retry", Takes::Nothing),
    Spec("", "silent", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

const PIECE: usize = 64 << 10;

#[derive(Clone, Copy)]
struct Amount {
    lines: bool,
    /// `+NUM`: everything from there on.
    from: bool,
    count: u64,
}

pub fn tail(arguments: Arguments) -> i32 {
    let words = modern(gnu::words(arguments).collect());
    let Some(parsed) = parse("tail", words.into_iter(), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("tail", &parsed) {
        return status;
    }
    let amount = match amount(&parsed) {
        Ok(amount) => amount,
        Err(message) => {
            eprintln!("tail: {message}");
            return 1;
        }
    };
    let end = if parsed.has("zero-terminated") {
        0
    } else {
        b'\n'
    };
    let names = or_standard_input(parsed.operands.clone());
    let headers = headers(&parsed, names.len());
    let mut output = Output::stdout();
    let (mut status, mut first) = (0, true);
    for name in &names {
        let mut input = match Input::open(name) {
            Ok(input) => input,
            Err(error) => {
                eprintln!(
                    "tail: cannot open '{}' for reading: {}",
                    shown(name),
                    plain(&error)
                );
                status = 1;
                continue;
            }
        };
        if headers {
            let gap = if first { "" } else { "\n" };
            let _ = output.put(format!("{gap}==> {} <==\n", shown(name)).as_bytes());
            first = false;
        }
        if let Err(error) = copy(&mut input, amount, end, &mut output) {
            let _ = output.flush();
            eprintln!("tail: error reading '{}': {}", shown(name), plain(&error));
            status = 1;
        }
    }
    match output.flush() {
        Ok(()) => status,
        Err(error) => {
            eprintln!("tail: error writing 'standard output': {}", plain(&error));
            1
        }
    }
}

fn amount(parsed: &Parsed) -> Result<Amount, String> {
    let mut amount = Amount {
        lines: true,
        from: false,
        count: 10,
    };
    for (key, value) in &parsed.options {
        let (Some(value), "bytes" | "lines") = (value, *key) else {
            continue;
        };
        amount.lines = *key == "lines";
        amount.from = value.starts_with('+');
        let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
        amount.count = number::with_suffix(digits)
            .map_err(|reason| format!("invalid number of {key}: ‘{digits}’{reason}"))?;
    }
    Ok(amount)
}

/// The first word may be `-NUM` or `+NUM`, with `b`, `c` or `l` and `f` behind it, when at most one file follows.
fn modern(mut words: Vec<String>) -> Vec<String> {
    let Some(word) = words.first() else {
        return words;
    };
    let (sign, rest) = match word.as_bytes() {
        [b'+', ..] if words.len() <= 2 => ("+", &word[1..]),
        [b'-', ..] => ("", &word[1..]),
        _ => return words,
    };
    let letters = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = &rest[..rest.len() - letters.len()];
    let (letters, follows) = match letters.strip_suffix('f') {
        Some(letters) => (letters, true),
        None => (letters, false),
    };
    let option = match letters {
        "" | "l" => format!("-n{sign}{digits}"),
        "c" => format!("-c{sign}{digits}"),
        "b" => format!("-c{sign}{digits}b"),
        _ => return words,
    };
    if digits.is_empty() {
        return words;
    }
    let follow = follows.then(|| "-f".to_owned());
    words.splice(..1, [Some(option), follow].into_iter().flatten());
    words
}

fn copy(input: &mut Input, amount: Amount, end: u8, output: &mut Output) -> io::Result<()> {
    let skipped = amount.count.saturating_sub(1);
    match (amount.from, amount.lines) {
        (true, true) => {
            if let Some(rest) = skip_lines(input, skipped, end)? {
                output.put(&rest)?;
                io::copy(&mut **input, output)?;
            }
            Ok(())
        }
        (true, false) => {
            skip_bytes(input, skipped)?;
            io::copy(&mut **input, output).map(drop)
        }
        (false, _) if amount.count == 0 => Ok(()),
        (false, lines) => match input.length() {
            Some(length) => {
                let start = input.stream_position()?;
                let at = match lines {
                    true => last_lines_of_file(input, start, length, amount.count, end)?,
                    false => start.max(length.saturating_sub(amount.count)),
                };
                input.seek(SeekFrom::Start(at))?;
                io::copy(&mut **input, output).map(drop)
            }
            None => last_of_pipe(input, lines, amount.count, end, output),
        },
    }
}

/// What was read behind the lines that are skipped; nothing when there are fewer.
fn skip_lines(input: &mut Input, mut count: u64, end: u8) -> io::Result<Option<Vec<u8>>> {
    if count == 0 {
        return Ok(Some(Vec::new()));
    }
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        if read_behind(input, &mut buffer, PIECE)? == 0 {
            return Ok(None);
        }
        let piece = &buffer[..];
        let last = scan::places(end, piece).nth(usize::try_from(count - 1).unwrap_or(usize::MAX));
        match last {
            Some(place) => return Ok(Some(piece[place + 1..].to_vec())),
            None => count -= scan::count(end, piece) as u64,
        }
    }
}

fn skip_bytes(input: &mut Input, count: u64) -> io::Result<()> {
    if input.length().is_some() {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        return input.seek(SeekFrom::Current(count)).map(drop);
    }
    io::copy(&mut (&mut **input).take(count), &mut io::sink()).map(drop)
}

/// Where the last lines begin, looked for from the end.
fn last_lines_of_file(
    input: &mut Input,
    start: u64,
    length: u64,
    mut count: u64,
    end: u8,
) -> io::Result<u64> {
    let mut at = length;
    let mut buffer = Vec::new();
    let mut is_last = true;
    while at > start {
        let from = start.max(at.saturating_sub(PIECE as u64));
        input.seek(SeekFrom::Start(from))?;
        buffer.resize((at - from) as usize, 0);
        input.read_exact(&mut buffer)?;
        let mut searched = buffer.len();
        if is_last && buffer.last() == Some(&end) {
            searched -= 1;
        }
        is_last = false;
        while let Some(place) = memrchr(end, &buffer[..searched]) {
            count -= 1;
            if count == 0 {
                return Ok(from + place as u64 + 1);
            }
            searched = place;
        }
        at = from;
    }
    Ok(start)
}

/// What comes from a pipe is kept as long as it may be among the last.
fn last_of_pipe(
    input: &mut Input,
    lines: bool,
    count: u64,
    end: u8,
    output: &mut Output,
) -> io::Result<()> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut held = Vec::new();
    let mut trimmed = 0;
    while read_behind(input, &mut held, PIECE)? > 0 {
        // Now and then, so that what is long is not looked through for every piece.
        if held.len() > 2 * trimmed + 4 * PIECE {
            let start = last_start(&held, lines, count, end);
            held.drain(..start);
            trimmed = held.len();
        }
    }
    output.put(&held[last_start(&held, lines, count, end)..])
}

fn last_start(text: &[u8], lines: bool, count: usize, end: u8) -> usize {
    if !lines {
        return text.len().saturating_sub(count);
    }
    let mut searched = text.len() - usize::from(text.last() == Some(&end));
    for _ in 0..count {
        match memrchr(end, &text[..searched]) {
            Some(place) => searched = place,
            None => return 0,
        }
    }
    searched + 1
}
