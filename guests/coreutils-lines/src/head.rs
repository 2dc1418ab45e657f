//! `head`: the first lines or bytes.

use crate::help::PACKAGE;
use crate::input::{Input, or_standard_input, shown};
use crate::number;
use gnu::getopt::{Order, Parsed, Spec, Takes, read};
use gnu::help::wrong;
use gnu::scan;
use gnu::stream::{Output, read_behind};
use isobox_guest::{Arguments, plain};
use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom, Write as _};

static SPECS: &[Spec] = &[
    Spec("c", "bytes", Takes::Value),
    Spec("n", "lines", Takes::Value),
    Spec("q", "quiet", Takes::Nothing),
    Spec("", "silent", Takes::Nothing),
    Spec("v", "verbose", Takes::Nothing),
    Spec("z", "zero-terminated", Takes::Nothing),
    Spec("", "help", Takes::Nothing),
    Spec("", "version", Takes::Nothing),
];

const PIECE: usize = 64 << 10;

/// How much of a file is wanted.
#[derive(Clone, Copy)]
struct Amount {
    lines: bool,
    /// All but so much.
    but: bool,
    count: u64,
}

pub fn head(arguments: Arguments) -> i32 {
    let words = match modern(gnu::words(arguments).collect()) {
        Ok(words) => words,
        Err(letter) => return wrong("head", &format!("invalid trailing option -- {letter}")),
    };
    let parsed = match read(words.into_iter(), SPECS, Order::Permute) {
        Ok(parsed) => parsed,
        Err(message) => return wrong("head", &trailing(message)),
    };
    if let Some(status) = PACKAGE.answered("head", &parsed) {
        return status;
    }
    let amount = match amount(&parsed) {
        Ok(amount) => amount,
        Err(message) => {
            eprintln!("head: {message}");
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
    let mut status = 0;
    let mut first = true;
    for name in &names {
        let mut input = match Input::open(name) {
            Ok(input) => input,
            Err(error) => {
                eprintln!(
                    "head: cannot open '{}' for reading: {}",
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
            eprintln!("head: error reading '{}': {}", shown(name), plain(&error));
            status = 1;
        }
    }
    match output.flush() {
        Ok(()) => status,
        Err(error) => {
            eprintln!("head: error writing 'standard output': {}", plain(&error));
            1
        }
    }
}

/// Whether names of files are shown: for several, or as is said last.
pub fn headers(parsed: &Parsed, files: usize) -> bool {
    let said = parsed.options.iter().rev().find_map(|(key, _)| match *key {
        "quiet" | "silent" => Some(false),
        "verbose" => Some(true),
        _ => None,
    });
    said.unwrap_or(files > 1)
}

fn amount(parsed: &Parsed) -> Result<Amount, String> {
    let mut amount = Amount {
        lines: true,
        but: false,
        count: 10,
    };
    for (key, value) in &parsed.options {
        let (Some(value), "bytes" | "lines") = (value, *key) else {
            continue;
        };
        amount.lines = *key == "lines";
        let digits = value.strip_prefix('-');
        amount.but = digits.is_some();
        let digits = digits.unwrap_or(value);
        amount.count = number::with_suffix(digits.strip_prefix('+').unwrap_or(digits))
            .map_err(|reason| format!("invalid number of {key}: ‘{digits}’{reason}"))?;
    }
    Ok(amount)
}

/// The first word may be `-NUM`, with letters behind it: multipliers and options.
fn modern(mut words: Vec<String>) -> Result<Vec<String>, char> {
    let Some(word) = words.first().and_then(|word| word.strip_prefix('-')) else {
        return Ok(words);
    };
    let letters = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = &word[..word.len() - letters.len()];
    if digits.is_empty() {
        return Ok(words);
    }
    let (mut option, mut suffix, mut more) = ("-n", "", Vec::new());
    for letter in letters.chars() {
        match letter {
            'c' => (option, suffix) = ("-c", ""),
            'b' => (option, suffix) = ("-c", "b"),
            'k' => (option, suffix) = ("-c", "k"),
            'm' => (option, suffix) = ("-c", "m"),
            'l' => option = "-n",
            'q' => more.push("-q".to_owned()),
            'v' => more.push("-v".to_owned()),
            'z' => more.push("-z".to_owned()),
            other => return Err(other),
        }
    }
    let suffix = if suffix == "m" { "M" } else { suffix };
    more.push(format!("{option}{digits}{suffix}"));
    words.splice(..1, more);
    Ok(words)
}

/// A number as an option is only known as the first one.
fn trailing(message: String) -> String {
    let letter = message
        .strip_prefix("invalid option -- '")
        .and_then(|rest| rest.chars().next());
    match letter.filter(char::is_ascii_digit) {
        Some(digit) => format!("invalid trailing option -- {digit}"),
        None => message,
    }
}

/// Copies the head of a file, and leaves the rest of it to be read by others.
fn copy(input: &mut Input, amount: Amount, end: u8, output: &mut Output) -> io::Result<()> {
    match (amount.but, amount.lines) {
        (false, true) => first_lines(input, amount.count, end, output),
        (false, false) => first_bytes(input, amount.count, output),
        (true, true) => all_but_lines(input, amount.count, end, output),
        (true, false) => all_but_bytes(input, amount.count, output),
    }
}

fn first_lines(input: &mut Input, mut left: u64, end: u8, output: &mut Output) -> io::Result<()> {
    let mut buffer = Vec::new();
    while left > 0 {
        buffer.clear();
        let count = read_behind(input, &mut buffer, PIECE)?;
        if count == 0 {
            break;
        }
        let piece = &buffer[..];
        let last = scan::places(end, piece).nth(usize::try_from(left - 1).unwrap_or(usize::MAX));
        let Some(place) = last else {
            left -= scan::count(end, piece) as u64;
            output.put(piece)?;
            continue;
        };
        output.put(&piece[..=place])?;
        let beyond = (count - place - 1) as i64;
        if beyond > 0 {
            // A pipe cannot take them back.
            let _ = input.seek(SeekFrom::Current(-beyond));
        }
        break;
    }
    Ok(())
}

fn first_bytes(input: &mut Input, count: u64, output: &mut Output) -> io::Result<()> {
    io::copy(&mut (&mut **input).take(count), output).map(drop)
}

fn all_but_bytes(input: &mut Input, count: u64, output: &mut Output) -> io::Result<()> {
    let keep = usize::try_from(count).unwrap_or(usize::MAX);
    let mut held = Vec::new();
    loop {
        if read_behind(input, &mut held, PIECE)? == 0 {
            return Ok(());
        }
        if held.len() > keep {
            output.put(&held[..held.len() - keep])?;
            held.drain(..held.len() - keep);
        }
    }
}

/// Pieces are held back until so many ends of lines follow them.
fn all_but_lines(input: &mut Input, count: u64, end: u8, output: &mut Output) -> io::Result<()> {
    let mut held: VecDeque<(Vec<u8>, u64)> = VecDeque::new();
    let mut ends = 0;
    loop {
        let mut piece = Vec::new();
        if read_behind(input, &mut piece, PIECE)? == 0 {
            break;
        }
        let inside = scan::count(end, &piece) as u64;
        ends += inside;
        held.push_back((piece, inside));
        while let Some((piece, inside)) = held.front()
            && ends - inside > count
        {
            output.put(piece)?;
            ends -= inside;
            held.pop_front();
        }
    }
    // A line without its end is one too.
    let open = held
        .back()
        .is_some_and(|(piece, _)| piece.last() != Some(&end));
    let mut left = (ends + u64::from(open)).saturating_sub(count);
    for (piece, inside) in held {
        if left == 0 {
            break;
        }
        if inside < left {
            output.put(&piece)?;
            left -= inside;
        } else if let Some(place) = scan::places(end, &piece).nth(left as usize - 1) {
            output.put(&piece[..=place])?;
            left = 0;
        }
    }
    Ok(())
}
