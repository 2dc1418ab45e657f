//! `xxd`: bytes in hexadecimal, and back.

use crate::input::{put, read};
use isobox_guest::{Arguments, plain};

/// What was asked for. xxd reads its options in a way of its own.
struct Options {
    plain: bool,
    include: bool,
    bits: bool,
    reverse: bool,
    upper: bool,
    skip_zeros: bool,
    little: bool,
    decimal: bool,
    columns: Option<usize>,
    group: Option<usize>,
    length: Option<usize>,
    seek: i64,
    offset: i64,
    name: Option<String>,
    capital: bool,
    files: Vec<String>,
}

const USAGE: &str = "Usage:
       xxd [options] [infile [outfile]]
    or
       xxd -r [-s [-]offset] [-c cols] [-ps] [infile [outfile]]
Options:
    -a          toggle autoskip: A single '*' replaces nul-lines. Default off.
    -b          binary digit dump (incompatible with -ps,-i,-r). Default hex.
    -C          capitalize variable names in C include file style (-i).
    -c cols     format <cols> octets per line. Default 16 (-i: 12, -ps: 30).
    -E          show characters in EBCDIC. Default ASCII.
    -e          little-endian dump (incompatible with -ps,-i,-r).
    -g bytes    number of octets per group in normal output. Default 2 (-e: 4).
    -h          print this summary.
    -i          output in C include file style.
    -l len      stop after <len> octets.
    -n name     set the variable name used in C include output (-i).
    -o off      add <off> to the displayed file position.
    -ps         output in postscript plain hexdump style.
    -r          reverse operation: convert (or patch) hexdump into binary.
    -r -s off   revert with <off> added to file positions found in hexdump.
    -d          show offset in decimal instead of hex.
    -s [+][-]seek  start at <seek> bytes abs. (or +: rel.) infile offset.
    -u          use upper case hex letters.
    -v          show version: \"xxd 2022-01-14 by Juergen Weigert et al.\".
";

pub fn xxd(arguments: Arguments) -> i32 {
    let Some(options) = parse(gnu::words(arguments)) else {
        eprint!("{USAGE}");
        return 1;
    };
    let name = options.files.first().map_or("-", String::as_str);
    let bytes = match read(name) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("xxd: {name}: {}", plain(&error));
            return 2;
        }
    };
    let out = match options.reverse {
        true => reversed(&bytes, options.plain),
        false => dumped(&bytes, &options),
    };
    match options.files.get(1) {
        Some(file) => {
            if let Err(error) = std::fs::write(file, &out) {
                eprintln!("xxd: {file}: {}", plain(&error));
                return 3;
            }
        }
        None => put("xxd", &out),
    }
    0
}

fn parse(words: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        plain: false,
        include: false,
        bits: false,
        reverse: false,
        upper: false,
        skip_zeros: false,
        little: false,
        decimal: false,
        columns: None,
        group: None,
        length: None,
        seek: 0,
        offset: 0,
        name: None,
        capital: false,
        files: Vec::new(),
    };
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let Some(option) = word.strip_prefix('-').filter(|option| !option.is_empty()) else {
            options.files.push(word);
            continue;
        };
        let option = option.strip_prefix('-').unwrap_or(option);
        let letter = option.chars().next()?;
        match letter {
            'a' => options.skip_zeros = !options.skip_zeros,
            'b' => options.bits = true,
            'e' => options.little = true,
            'u' => options.upper = true,
            'p' => options.plain = true,
            'i' => options.include = true,
            'C' => options.capital = true,
            'r' => options.reverse = true,
            'd' => options.decimal = true,
            'v' => {
                eprintln!("xxd 2022-01-14 by Juergen Weigert et al.");
                std::process::exit(0);
            }
            'c' | 'g' | 'l' | 's' | 'o' | 'n' => {
                let joined = option[1..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
                let value = match joined.is_empty() {
                    true => words.next()?,
                    false => joined.to_owned(),
                };
                match letter {
                    'c' => options.columns = Some(number(&value)? as usize),
                    'g' => options.group = Some(number(&value)? as usize),
                    'l' => options.length = Some(number(&value)? as usize),
                    's' => options.seek = number(value.trim_start_matches('+'))?,
                    'o' => options.offset = number(&value)?,
                    _ => options.name = Some(value),
                }
            }
            _ => return None,
        }
    }
    (options.files.len() <= 2).then_some(options)
}

/// C's `strtol`: decimal, `0x`, or octal after `0`.
fn number(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let value = if let Some(hex) = digits.strip_prefix("0x") {
        i64::from_str_radix(hex, 16).ok()?
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(digits, 8).ok()?
    } else {
        digits.parse().ok()?
    };
    Some(sign * value)
}

fn dumped(bytes: &[u8], options: &Options) -> Vec<u8> {
    let start = match options.seek {
        seek if seek < 0 => bytes.len().saturating_sub(seek.unsigned_abs() as usize),
        seek => (seek as usize).min(bytes.len()),
    };
    let end = options
        .length
        .map_or(bytes.len(), |length| (start + length).min(bytes.len()));
    let part = &bytes[start..end];
    if options.plain {
        return plain_hex(part, options);
    }
    if options.include {
        return include(part, options);
    }
    lines(part, start, options)
}

fn hex(byte: u8, upper: bool) -> String {
    if upper {
        format!("{byte:02X}")
    } else {
        format!("{byte:02x}")
    }
}

fn plain_hex(part: &[u8], options: &Options) -> Vec<u8> {
    let columns = options.columns.unwrap_or(30);
    let mut out = String::new();
    for line in part.chunks(if columns == 0 {
        part.len().max(1)
    } else {
        columns
    }) {
        out.extend(line.iter().map(|byte| hex(*byte, options.upper)));
        out.push('\n');
    }
    out.into_bytes()
}

/// C's array.
fn include(part: &[u8], options: &Options) -> Vec<u8> {
    let columns = options.columns.unwrap_or(12).max(1);
    let name = options
        .name
        .clone()
        .or_else(|| options.files.first().filter(|name| *name != "-").cloned());
    let name = name.map(|name| {
        let name: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let name = if name.starts_with(|c: char| c.is_ascii_digit()) {
            format!("__{name}")
        } else {
            name
        };
        if options.capital {
            name.to_uppercase()
        } else {
            name
        }
    });
    let mut out = String::new();
    if let Some(name) = &name {
        out.push_str(&format!("unsigned char {name}[] = {{\n"));
    }
    let lines: Vec<String> = part
        .chunks(columns)
        .map(|line| {
            let cells: Vec<String> = line
                .iter()
                .map(|byte| format!("0x{}", hex(*byte, options.upper)))
                .collect();
            format!("  {}", cells.join(", "))
        })
        .collect();
    out.push_str(&lines.join(",\n"));
    if !lines.is_empty() {
        out.push('\n');
    }
    if let Some(name) = &name {
        let length = if options.capital { "_LEN" } else { "_len" };
        out.push_str(&format!(
            "}};\nunsigned int {name}{length} = {};\n",
            part.len()
        ));
    }
    out.into_bytes()
}

fn lines(part: &[u8], start: usize, options: &Options) -> Vec<u8> {
    let columns = options
        .columns
        .filter(|columns| *columns > 0)
        .unwrap_or(if options.bits { 6 } else { 16 });
    let default = if options.bits {
        1
    } else if options.little {
        4
    } else {
        2
    };
    let group = options.group.unwrap_or(default);
    let group = if group == 0 { columns } else { group };
    let digits = if options.bits { 8 } else { 2 };
    let mut out = Vec::with_capacity(part.len() * 5);
    let mut zeros = 0;
    for (number, line) in part.chunks(columns).enumerate() {
        let last = (number + 1) * columns >= part.len();
        if options.skip_zeros && line.iter().all(|byte| *byte == 0) && !last {
            zeros += 1;
            if zeros == 2 {
                out.extend(b"*\n");
            }
            if zeros > 1 {
                continue;
            }
        } else {
            zeros = 0;
        }
        let place = (start + number * columns) as i64 + options.offset;
        let mut text = if options.decimal {
            format!("{place:08}:")
        } else {
            format!("{place:08x}:")
        };
        text.push(' ');
        let full = columns * digits + columns.div_ceil(group) - 1;
        let mut cells = String::new();
        for at in 0..columns {
            if at > 0 && at % group == 0 {
                cells.push(' ');
            }
            let from = match options.little {
                true => at / group * group + (group - 1 - at % group),
                false => at,
            };
            match line.get(from) {
                Some(byte) if options.bits => cells.push_str(&format!("{byte:08b}")),
                Some(byte) => cells.push_str(&hex(*byte, options.upper)),
                None => cells.push_str(&" ".repeat(digits)),
            }
        }
        text.push_str(&format!("{cells:<full$}  "));
        out.extend(text.bytes());
        out.extend(line.iter().map(|byte| {
            if (b' '..=b'~').contains(byte) {
                *byte
            } else {
                b'.'
            }
        }));
        out.push(b'\n');
    }
    out
}

/// A dump as bytes again.
fn reversed(dump: &[u8], plain: bool) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let mut out: Vec<u8> = Vec::new();
    if plain {
        let digits: Vec<u8> = dump.iter().filter_map(digit).collect();
        return digits
            .chunks_exact(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect();
    }
    for line in dump.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let Ok(place) = usize::from_str_radix(&String::from_utf8_lossy(&line[..colon]), 16) else {
            continue;
        };
        if place > 1 << 30 {
            continue;
        }
        if out.len() < place {
            out.resize(place, 0);
        }
        out.truncate(out.len().max(place));
        let mut at = place;
        let mut rest = &line[colon + 1..];
        // Two blanks end the digits.
        while !rest.is_empty() && !rest.starts_with(b"  ") {
            match (rest.first().and_then(digit), rest.get(1).and_then(digit)) {
                (Some(high), Some(low)) => {
                    let byte = high << 4 | low;
                    match out.get_mut(at) {
                        Some(old) => *old = byte,
                        None => out.push(byte),
                    }
                    at += 1;
                    rest = &rest[2..];
                }
                _ if rest[0] == b' ' => rest = &rest[1..],
                _ => break,
            }
        }
    }
    out
}
