//! `hexdump` and `hd`.

use crate::input::{options, put, read};
use gnu::getopt::{Parsed, Spec, Takes};
use isobox_guest::{Arguments, plain};
use std::ffi::OsString;

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("b", "one-byte-octal", Nothing),
    Spec("c", "one-byte-char", Nothing),
    Spec("C", "canonical", Nothing),
    Spec("d", "two-bytes-decimal", Nothing),
    Spec("o", "two-bytes-octal", Nothing),
    Spec("x", "two-bytes-hex", Nothing),
    Spec("n", "length", Value),
    Spec("s", "skip", Value),
    Spec("v", "no-squeezing", Nothing),
    Spec("h", "help", Nothing),
    Spec("V", "version", Nothing),
];

pub fn hd(arguments: Arguments) -> i32 {
    let mut words: Vec<OsString> = arguments.collect();
    words.insert(1.min(words.len()), "-C".into());
    hexdump(words.into_iter())
}

pub fn hexdump(arguments: Arguments) -> i32 {
    let parsed = match options(
        "hexdump",
        arguments,
        SPECS,
        "[options] <file>...\nDisplay file contents in hexadecimal, decimal, octal, or ascii.",
    ) {
        Ok(parsed) => parsed,
        Err(status) => return status,
    };
    let mut bytes = Vec::new();
    let mut status = 0;
    let files = if parsed.operands.is_empty() {
        vec!["-".to_owned()]
    } else {
        parsed.operands.clone()
    };
    let mut any = false;
    for name in &files {
        match read(name) {
            Ok(read) => {
                any = true;
                bytes.extend(read);
            }
            Err(error) => {
                eprintln!("hexdump: {name}: {}", plain(&error));
                status = 1;
            }
        }
    }
    if !any {
        eprintln!("hexdump: all input file arguments failed");
        return 1;
    }
    let (Some(skip), Some(length)) = (
        size(&parsed, "skip", 0),
        size(&parsed, "length", usize::MAX),
    ) else {
        return 1;
    };
    let start = skip.min(bytes.len());
    let end = start.saturating_add(length).min(bytes.len());
    put("hexdump", &dump(&bytes[start..end], start, &parsed));
    status
}

fn size(parsed: &Parsed, key: &str, default: usize) -> Option<usize> {
    let Some(text) = parsed.value(key) else {
        return Some(default);
    };
    let number = match text.strip_prefix("0x") {
        Some(hex) => usize::from_str_radix(hex, 16).ok(),
        None => {
            let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let unit = match &text[digits.len()..] {
                "" | "b" => Some(1),
                "k" | "K" | "KiB" => Some(1 << 10),
                "m" | "M" | "MiB" => Some(1 << 20),
                _ => None,
            };
            digits
                .parse::<usize>()
                .ok()
                .zip(unit)
                .map(|(number, unit)| number.saturating_mul(unit))
        }
    };
    if number.is_none() {
        eprintln!("hexdump: failed to parse {key}: '{text}'");
    }
    number
}

fn dump(part: &[u8], start: usize, parsed: &Parsed) -> Vec<u8> {
    let canonical = parsed.has("canonical");
    let place = |at: usize| {
        if canonical {
            format!("{at:08x}")
        } else {
            format!("{at:07x}")
        }
    };
    let mut out = String::new();
    let mut before: Option<&[u8]> = None;
    let mut starred = false;
    for (number, line) in part.chunks(16).enumerate() {
        let same = before == Some(line) && line.len() == 16 && !parsed.has("no-squeezing");
        before = Some(line);
        if same {
            if !starred {
                out.push_str("*\n");
            }
            starred = true;
            continue;
        }
        starred = false;
        out.push_str(&place(start + number * 16));
        out.push_str(&if canonical {
            canonical_line(line)
        } else {
            plain_line(line, parsed)
        });
        out.push('\n');
    }
    if !part.is_empty() {
        out.push_str(&place(start + part.len()));
        out.push('\n');
    }
    out.into_bytes()
}

fn canonical_line(line: &[u8]) -> String {
    let mut text = String::from(" ");
    for at in 0..16 {
        if at == 8 {
            text.push(' ');
        }
        match line.get(at) {
            Some(byte) => text.push_str(&format!(" {byte:02x}")),
            None => text.push_str("   "),
        }
    }
    text.push_str("  |");
    text.extend(line.iter().map(|byte| {
        if (b' '..=b'~').contains(byte) {
            char::from(*byte)
        } else {
            '.'
        }
    }));
    text.push('|');
    text
}

fn plain_line(line: &[u8], parsed: &Parsed) -> String {
    let bytes = |show: &dyn Fn(u8) -> String| {
        (0..16)
            .map(|at| line.get(at).map_or("    ".to_owned(), |byte| show(*byte)))
            .collect::<String>()
    };
    let pair = |pair: &[u8]| u16::from_le_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
    let pairs = |blank: &str, show: &dyn Fn(u16) -> String| {
        let mut text: String = line.chunks(2).map(|both| show(pair(both))).collect();
        text.push_str(&blank.repeat(8 - line.len().div_ceil(2)));
        text
    };
    if parsed.has("one-byte-octal") {
        bytes(&|byte| format!(" {byte:03o}"))
    } else if parsed.has("one-byte-char") {
        bytes(&shown)
    } else if parsed.has("two-bytes-decimal") {
        pairs("        ", &|word| format!("   {word:05}"))
    } else if parsed.has("two-bytes-octal") {
        pairs("        ", &|word| format!("  {word:06o}"))
    } else if parsed.has("two-bytes-hex") {
        pairs("        ", &|word| format!("    {word:04x}"))
    } else {
        pairs("     ", &|word| format!(" {word:04x}"))
    }
}

fn shown(byte: u8) -> String {
    match byte {
        0 => "  \\0".to_owned(),
        7 => "  \\a".to_owned(),
        8 => "  \\b".to_owned(),
        9 => "  \\t".to_owned(),
        10 => "  \\n".to_owned(),
        11 => "  \\v".to_owned(),
        12 => "  \\f".to_owned(),
        13 => "  \\r".to_owned(),
        b' '..=b'~' => format!("   {}", char::from(byte)),
        byte => format!(" {byte:03o}"),
    }
}
