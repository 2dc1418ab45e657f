//! `file`: what files are, for the kinds that come up often.

use crate::column::width;
use crate::input::read;
use gnu::getopt::{Order, Spec, Takes, parse};
use isobox_guest::Arguments;
use isobox_guest::stat::{Kind, stat};
use std::path::Path;

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("b", "brief", Nothing),
    Spec("i", "mime", Nothing),
    Spec("", "mime-type", Nothing),
    Spec("", "mime-encoding", Nothing),
    Spec("L", "dereference", Nothing),
    Spec("h", "no-dereference", Nothing),
    Spec("F", "separator", Value),
    Spec("N", "no-pad", Nothing),
    Spec("", "help", Nothing),
    Spec("v", "version", Nothing),
];

/// What a file is: in words, as a MIME type, and its encoding.
struct Found {
    words: String,
    mime: &'static str,
    encoding: &'static str,
}

impl Found {
    fn binary(words: impl Into<String>, mime: &'static str) -> Self {
        Self {
            words: words.into(),
            mime,
            encoding: "binary",
        }
    }
}

pub fn file(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("file", gnu::words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if parsed.has("version") {
        println!("file (isobox text-extra) {}", env!("CARGO_PKG_VERSION"));
        return 0;
    }
    if parsed.has("help") || parsed.operands.is_empty() {
        let usage = "Usage: file [-bchiklLNnprsSvzZ0] [--mime-type] [--mime-encoding] [-F <separator>] <file> ...";
        match parsed.has("help") {
            true => println!("{usage}"),
            false => eprintln!("{usage}"),
        }
        return i32::from(!parsed.has("help"));
    }
    let separator = parsed.value("separator").unwrap_or(":");
    let widest = parsed
        .operands
        .iter()
        .map(|name| width(name))
        .max()
        .unwrap_or(0);
    for name in &parsed.operands {
        let found = examine(name, parsed.has("dereference"));
        let text = if parsed.has("mime-type") {
            found.mime.to_owned()
        } else if parsed.has("mime-encoding") {
            found.encoding.to_owned()
        } else if parsed.has("mime") {
            match found.mime {
                "" => found.words.clone(),
                mime => format!("{mime}; charset={}", found.encoding),
            }
        } else {
            found.words.clone()
        };
        let text = if text.is_empty() { found.words } else { text };
        if parsed.has("brief") {
            println!("{text}");
            continue;
        }
        let blanks = if parsed.has("no-pad") {
            0
        } else {
            widest - width(name)
        };
        let shown = if name == "-" { "/dev/stdin" } else { name };
        println!("{shown}{separator}{} {text}", " ".repeat(blanks));
    }
    0
}

fn examine(name: &str, follow: bool) -> Found {
    if name != "-" {
        match stat(Path::new(name), follow) {
            Err(error) => {
                let reason = isobox_guest::plain(&error);
                return Found {
                    words: format!("cannot open `{name}' ({reason})"),
                    mime: "",
                    encoding: "",
                };
            }
            Ok(found) => match found.kind {
                Kind::Directory => return Found::binary("directory", "inode/directory"),
                Kind::Symlink => {
                    let target = std::fs::read_link(name)
                        .map(|it| it.display().to_string())
                        .unwrap_or_default();
                    let broken = !Path::new(name).exists();
                    let words = match broken {
                        true => format!("broken symbolic link to {target}"),
                        false => format!("symbolic link to {target}"),
                    };
                    return Found::binary(words, "inode/symlink");
                }
                Kind::Pipe => return Found::binary("fifo (named pipe)", "inode/fifo"),
                Kind::CharacterDevice => {
                    return Found::binary("character special", "inode/chardevice");
                }
                _ => {}
            },
        }
    }
    match read(name) {
        Ok(bytes) if bytes.is_empty() => Found::binary("empty", "inode/x-empty"),
        Ok(bytes) if bytes.len() == 1 => {
            Found::binary("very short file (no magic)", "application/octet-stream")
        }
        Ok(bytes) => binary(&bytes).unwrap_or_else(|| text(&bytes)),
        Err(error) => Found {
            words: format!("cannot open `{name}' ({})", isobox_guest::plain(&error)),
            mime: "",
            encoding: "",
        },
    }
}

/// What begins with a number of its own.
fn binary(bytes: &[u8]) -> Option<Found> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    let word = |at: usize| {
        bytes
            .get(at..at + 4)
            .map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
    };
    Some(if starts(b"\x89PNG\r\n\x1a\n") {
        let (width, height) = (word(16)?, word(20)?);
        let color = match bytes.get(25)? {
            0 => "grayscale",
            2 => "/color RGB",
            3 => "colormap",
            4 => "gray+alpha",
            _ => "/color RGBA",
        };
        let interlaced = if bytes.get(28) == Some(&1) {
            "interlaced"
        } else {
            "non-interlaced"
        };
        let join = if color.starts_with('/') { "" } else { " " };
        Found::binary(
            format!(
                "PNG image data, {width} x {height}, {}-bit{join}{color}, {interlaced}",
                bytes.get(24)?
            ),
            "image/png",
        )
    } else if starts(b"\xff\xd8\xff") {
        Found::binary("JPEG image data", "image/jpeg")
    } else if starts(b"GIF8") {
        let size = |at: usize| {
            bytes
                .get(at)
                .zip(bytes.get(at + 1))
                .map_or(0, |(low, high)| u32::from(*low) | u32::from(*high) << 8)
        };
        let version = String::from_utf8_lossy(&bytes[3..6.min(bytes.len())]).into_owned();
        Found::binary(
            format!(
                "GIF image data, version {version}, {} x {}",
                size(6),
                size(8)
            ),
            "image/gif",
        )
    } else if starts(b"%PDF-") {
        let version: String = bytes[5..]
            .iter()
            .take_while(|byte| **byte > 32)
            .map(|byte| char::from(*byte))
            .collect();
        Found::binary(
            format!("PDF document, version {version}"),
            "application/pdf",
        )
    } else if starts(b"\x1f\x8b") {
        Found::binary(gzip(bytes), "application/gzip")
    } else if starts(b"BZh") {
        Found::binary(
            format!(
                "bzip2 compressed data, block size = {}00k",
                char::from(*bytes.get(3)?)
            ),
            "application/x-bzip2",
        )
    } else if starts(b"\xfd7zXZ\0") {
        Found::binary("XZ compressed data, checksum CRC64", "application/x-xz")
    } else if starts(b"\x28\xb5\x2f\xfd") {
        Found::binary(
            "Zstandard compressed data (v0.8+), Dictionary ID: None",
            "application/zstd",
        )
    } else if starts(b"PK\x03\x04") {
        let version = *bytes.get(4)?;
        let method = if bytes.get(8) == Some(&0) {
            "store"
        } else {
            "deflate"
        };
        Found::binary(
            format!(
                "Zip archive data, at least v{}.{} to extract, compression method={method}",
                version / 10,
                version % 10
            ),
            "application/zip",
        )
    } else if at(257, b"ustar  \0") {
        Found::binary("POSIX tar archive (GNU)", "application/x-tar")
    } else if at(257, b"ustar\0") {
        Found::binary("POSIX tar archive", "application/x-tar")
    } else if starts(b"\0asm") {
        let version = u32::from_le_bytes([
            *bytes.get(4)?,
            *bytes.get(5)?,
            *bytes.get(6)?,
            *bytes.get(7)?,
        ]);
        Found::binary(
            format!("WebAssembly (wasm) binary module version {version:#x} (MVP)"),
            "application/wasm",
        )
    } else if starts(b"\x7fELF") {
        let class = if bytes.get(4) == Some(&2) {
            "64-bit"
        } else {
            "32-bit"
        };
        let order = if bytes.get(5) == Some(&1) {
            "LSB"
        } else {
            "MSB"
        };
        Found::binary(format!("ELF {class} {order}"), "application/x-executable")
    } else if starts(b"SQLite format 3\0") {
        Found::binary("SQLite 3.x database", "application/vnd.sqlite3")
    } else if starts(b"!<arch>\n") {
        Found::binary("current ar archive", "application/x-archive")
    } else {
        return None;
    })
}

fn gzip(bytes: &[u8]) -> String {
    let mut words = String::from("gzip compressed data");
    let flags = bytes.get(3).copied().unwrap_or(0);
    if flags & 8 != 0 {
        let name: Vec<u8> = bytes
            .iter()
            .skip(10)
            .take_while(|byte| **byte != 0)
            .copied()
            .collect();
        words.push_str(&format!(", was \"{}\"", String::from_utf8_lossy(&name)));
    }
    let little = |at: usize| {
        bytes.get(at..at + 4).map_or(0, |four| {
            u32::from_le_bytes([four[0], four[1], four[2], four[3]])
        })
    };
    if little(4) != 0 {
        let when = isobox_guest::stat::Time {
            seconds: little(4).into(),
            nanoseconds: 0,
        };
        words.push_str(&format!(
            ", last modified: {}",
            gnu::time::format(when, "%a %b %e %H:%M:%S %Y")
        ));
    }
    match bytes.get(8) {
        Some(2) => words.push_str(", max compression"),
        Some(4) => words.push_str(", max speed"),
        _ => {}
    }
    if bytes.get(9) == Some(&3) {
        words.push_str(", from Unix");
    }
    let size = bytes.len().checked_sub(4).map_or(0, little);
    words.push_str(&format!(", original size modulo 2^32 {size}"));
    words
}

/// What text is, by its letters and its beginning.
fn text(bytes: &[u8]) -> Found {
    let control = |byte: &u8| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127);
    if bytes.iter().any(control) {
        return Found {
            words: "data".to_owned(),
            mime: "application/octet-stream",
            encoding: "binary",
        };
    }
    let marked = bytes.starts_with(b"\xef\xbb\xbf");
    let (letters, encoding) = if bytes.is_ascii() {
        ("ASCII", "us-ascii")
    } else if marked {
        ("Unicode text, UTF-8 (with BOM)", "utf-8")
    } else if std::str::from_utf8(bytes).is_ok() {
        ("Unicode text, UTF-8", "utf-8")
    } else if bytes.iter().any(|byte| (0x80..0xa0).contains(byte)) {
        ("Non-ISO extended-ASCII", "unknown-8bit")
    } else {
        ("ISO-8859", "iso-8859-1")
    };
    let (kind, mime, runs) = kind_of(bytes);
    if kind == "JSON text data" {
        return Found {
            words: kind.to_owned(),
            mime,
            encoding,
        };
    }
    let mut words = match kind {
        "" => format!("{letters} text"),
        kind => format!("{kind}, {letters} text"),
    };
    if runs {
        words.push_str(" executable");
    }
    let longest = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    if longest > 300 {
        words.push_str(&format!(", with very long lines ({longest})"));
    }
    words.push_str(ends(bytes));
    Found {
        words,
        mime,
        encoding,
    }
}

/// How lines end, when not by a newline alone.
fn ends(bytes: &[u8]) -> &'static str {
    let both = bytes.windows(2).filter(|two| *two == b"\r\n").count();
    let newlines = bytes.iter().filter(|byte| **byte == b'\n').count();
    let returns = bytes.iter().filter(|byte| **byte == b'\r').count();
    match (both, newlines - both, returns - both) {
        (0, 0, 0) => ", with no line terminators",
        (0, _, 0) => "",
        (_, 0, 0) => ", with CRLF line terminators",
        (0, 0, _) => ", with CR line terminators",
        (0, _, _) => ", with CR, LF line terminators",
        (_, _, 0) => ", with CRLF, LF line terminators",
        _ => ", with CRLF, CR line terminators",
    }
}

/// The kind of a text, its MIME type, and whether it can be run.
fn kind_of(bytes: &[u8]) -> (&'static str, &'static str, bool) {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned();
    let first = start.lines().next().unwrap_or_default();
    if let Some(line) = first.strip_prefix("#!") {
        let mut words = line.split_whitespace();
        let mut program = words.next().unwrap_or_default();
        if program.ends_with("/env") {
            program = words.next().unwrap_or_default();
        }
        let program = program.rsplit('/').next().unwrap_or_default();
        return match program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
            "sh" | "dash" => ("POSIX shell script", "text/x-shellscript", true),
            "bash" => ("Bourne-Again shell script", "text/x-shellscript", true),
            "python" => ("Python script", "text/x-script.python", true),
            "perl" => ("Perl script text executable", "text/x-perl", false),
            "node" => ("Node.js script", "application/javascript", true),
            "ruby" => ("Ruby script", "text/x-ruby", true),
            "awk" | "gawk" => ("awk script", "text/x-awk", true),
            _ => ("a script", "text/plain", true),
        };
    }
    let trimmed = start.trim_start();
    let lower = trimmed
        .get(..trimmed.len().min(64))
        .unwrap_or_default()
        .to_ascii_lowercase();
    if trimmed.starts_with(['{', '[']) && looks_like_json(bytes) {
        ("JSON text data", "application/json", false)
    } else if trimmed.starts_with("<?xml") {
        ("XML 1.0 document", "text/xml", false)
    } else if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        ("HTML document", "text/html", false)
    } else if first.starts_with("diff ") || (first.starts_with("--- ") && start.contains("\n+++ "))
    {
        ("unified diff output", "text/x-diff", false)
    } else if start.contains("#include ") && first.starts_with(['#', '/']) {
        ("C source", "text/x-c", false)
    } else {
        ("", "text/plain", false)
    }
}

/// Whether brackets and quotes of a text fit together as JSON's do.
fn looks_like_json(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut open = Vec::new();
    let mut letters = text.trim().chars();
    while let Some(c) = letters.next() {
        match c {
            '{' | '[' => open.push(c),
            '}' if open.pop() != Some('{') => return false,
            ']' if open.pop() != Some('[') => return false,
            '"' => loop {
                match letters.next() {
                    None => return false,
                    Some('\\') => {
                        letters.next();
                    }
                    Some('"') => break,
                    Some(_) => {}
                }
            },
            '}' | ']' | ',' | ':' => {}
            c if c.is_whitespace() || c.is_ascii_alphanumeric() || "+-.".contains(c) => {}
            _ => return false,
        }
    }
    open.is_empty()
}
