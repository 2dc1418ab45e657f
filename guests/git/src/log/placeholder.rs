//! `%h %s` and all other placeholders of user formats.

use super::pretty::body;
use super::wrap::{pad, wrap};
use crate::repository::date::{Style, show};
use crate::repository::{Commit, Oid, Signature, subject};

/// What placeholders stand for, besides the commit itself.
pub struct Expansion<'a> {
    pub date: &'a Style,
    pub now: i64,
    pub short: &'a dyn Fn(&Oid) -> String,
    pub decorations: &'a dyn Fn(&Oid) -> String,
    /// `stash@{0}`, the same short, and the entry's message.
    pub reflog: Option<(String, String, String)>,
    pub color: bool,
    /// `<`, `>` or `-`.
    pub mark: char,
    pub source: &'a str,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Align {
    Left,
    Right,
    Both,
    LeftOrRight,
}

/// How wide the next placeholder is made.
#[derive(Clone, Copy)]
pub struct Padding {
    pub width: usize,
    pub to_column: bool,
    pub align: Align,
    pub cut: Option<Cut>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Cut {
    Right,
    Left,
    Middle,
}

/// The format with its placeholders replaced.
pub fn expand(format: &str, oid: &Oid, commit: &Commit, how: &Expansion) -> Vec<u8> {
    let mut out = Vec::new();
    let mut wrapping: Option<(usize, usize, usize, usize)> = None;
    let mut padding: Option<Padding> = None;
    let mut rest = format;
    while let Some(percent) = rest.find('%') {
        out.extend(rest[..percent].bytes());
        rest = &rest[percent + 1..];
        let (modifier, inner) = match rest.as_bytes().first() {
            Some(sign @ (b'+' | b'-' | b' ')) => (Some(*sign), &rest[1..]),
            _ => (None, rest),
        };
        if let Some((found, used)) = wrap_of(inner) {
            rewrap(&mut out, wrapping);
            wrapping = found.map(|(width, first, next)| (out.len(), width, first, next));
            rest = &inner[used..];
            continue;
        }
        if let Some((found, used)) = padding_of(inner) {
            padding = Some(found);
            rest = &inner[used..];
            continue;
        }
        let Some((text, used)) = one(inner, oid, commit, how) else {
            out.push(b'%');
            continue;
        };
        rest = &inner[used..];
        let text = match padding.take() {
            Some(padding) => pad(&text, padding, &out),
            None => text,
        };
        match modifier {
            Some(b'+') if !text.is_empty() => out.push(b'\n'),
            Some(b' ') if !text.is_empty() => out.push(b' '),
            Some(b'-') if text.is_empty() => {
                while out.last() == Some(&b'\n') {
                    out.pop();
                }
            }
            _ => {}
        }
        out.extend(text);
    }
    out.extend(rest.bytes());
    rewrap(&mut out, wrapping);
    out
}

fn rewrap(out: &mut Vec<u8>, wrapping: Option<(usize, usize, usize, usize)>) {
    if let Some((from, width, first, next)) = wrapping {
        let text = out.split_off(from);
        out.extend(wrap(&text, width, first, next));
    }
}

fn wrap_of(text: &str) -> Option<(Option<(usize, usize, usize)>, usize)> {
    let inner = text.strip_prefix("w(")?;
    let end = inner.find(')')?;
    let numbers: Option<Vec<usize>> = inner[..end]
        .split(',')
        .filter(|part| !part.is_empty())
        .map(|part| part.trim().parse().ok())
        .collect();
    let numbers = numbers?;
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0);
    let found = (!numbers.is_empty()).then(|| (at(0), at(1), at(2)));
    Some((found, end + 3))
}

fn padding_of(text: &str) -> Option<(Padding, usize)> {
    let (align, mut used) = match text.as_bytes() {
        [b'>', b'<', ..] => (Align::Both, 2),
        [b'>', b'>', ..] => (Align::LeftOrRight, 2),
        [b'<', ..] => (Align::Left, 1),
        [b'>', ..] => (Align::Right, 1),
        _ => return None,
    };
    let to_column = text[used..].starts_with('|');
    used += usize::from(to_column);
    let inner = text[used..].strip_prefix('(')?;
    let end = inner.find(')')?;
    let (number, cut) = inner[..end]
        .split_once(',')
        .map_or((&inner[..end], None), |(number, cut)| {
            (number, Some(cut.trim()))
        });
    let cut = match cut {
        None => None,
        Some("trunc") => Some(Cut::Right),
        Some("ltrunc") => Some(Cut::Left),
        Some("mtrunc") => Some(Cut::Middle),
        Some(_) => return None,
    };
    Some((
        Padding {
            width: number.trim().parse().ok()?,
            to_column,
            align,
            cut,
        },
        used + end + 2,
    ))
}

/// What one placeholder stands for, and how long it is.
fn one(text: &str, oid: &Oid, commit: &Commit, how: &Expansion) -> Option<(Vec<u8>, usize)> {
    let short_list = |list: &[Oid]| {
        list.iter()
            .map(|oid| (how.short)(oid))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let long_list = |list: &[Oid]| list.iter().map(Oid::hex).collect::<Vec<_>>().join(" ");
    let plain = |text: String| Some((text.into_bytes(), 1));
    match text.as_bytes().first()? {
        b'n' => Some((b"\n".to_vec(), 1)),
        b'%' => Some((b"%".to_vec(), 1)),
        b'x' => u8::from_str_radix(text.get(1..3)?, 16)
            .ok()
            .map(|byte| (vec![byte], 3)),
        b'C' => color(text, how),
        b'H' => plain(oid.hex()),
        b'h' => plain((how.short)(oid)),
        b'T' => plain(commit.tree.hex()),
        b't' => plain((how.short)(&commit.tree)),
        b'P' => plain(long_list(&commit.parents)),
        b'p' => plain(short_list(&commit.parents)),
        b'm' => plain(how.mark.to_string()),
        b'S' => plain(how.source.to_owned()),
        b'd' => {
            let names = (how.decorations)(oid);
            plain(if names.is_empty() {
                names
            } else {
                format!(" ({names})")
            })
        }
        b'D' => plain((how.decorations)(oid)),
        b'e' => Some((commit.encoding.clone().unwrap_or_default(), 1)),
        b's' => Some((subject(&commit.message), 1)),
        b'f' => Some((as_file_name(&subject(&commit.message)), 1)),
        b'b' => {
            let mut text = body(&commit.message);
            if !text.is_empty() {
                text.push(b'\n');
            }
            Some((text, 1))
        }
        b'B' => {
            let start = commit
                .message
                .iter()
                .position(|byte| *byte != b'\n')
                .unwrap_or(commit.message.len());
            Some((commit.message[start..].to_vec(), 1))
        }
        b'N' => Some((Vec::new(), 1)),
        b'G' => match text.as_bytes().get(1)? {
            b'?' => Some((b"N".to_vec(), 2)),
            b'G' | b'S' | b'K' | b'F' | b'P' => Some((Vec::new(), 2)),
            b'T' => Some((b"undefined".to_vec(), 2)),
            _ => None,
        },
        b'g' => {
            let (selector, short, message) = how.reflog.as_ref()?;
            let chosen = match text.as_bytes().get(1)? {
                b'D' => selector,
                b'd' => short,
                b's' => message,
                _ => return None,
            };
            Some((chosen.clone().into_bytes(), 2))
        }
        b'a' => person(&commit.author, text, how),
        b'c' => person(&commit.committer, text, how),
        b'(' => {
            let end = text.find(')')?;
            text.starts_with("(trailers")
                .then(|| (trailers(&commit.message), end + 1))
        }
        _ => None,
    }
}

fn person(line: &[u8], text: &str, how: &Expansion) -> Option<(Vec<u8>, usize)> {
    let who = Signature::parse(line)?;
    let date = |style: &Style| show(who.seconds, who.zone, style, how.now).into_bytes();
    let found = match text.as_bytes().get(1)? {
        b'n' | b'N' => who.name.clone(),
        b'e' | b'E' => who.email.clone(),
        b'l' | b'L' => who
            .email
            .split(|byte| *byte == b'@')
            .next()
            .unwrap_or_default()
            .to_vec(),
        b'd' => date(how.date),
        b'D' => date(&Style::Rfc),
        b'r' => date(&Style::Relative),
        b't' => date(&Style::Unix),
        b'i' => date(&Style::Iso),
        b'I' => date(&Style::IsoStrict),
        b's' => date(&Style::Short),
        b'h' => date(&Style::Human),
        _ => return None,
    };
    Some((found, 2))
}

fn color(text: &str, how: &Expansion) -> Option<(Vec<u8>, usize)> {
    let (name, used, always) = match text.strip_prefix("C(") {
        Some(inner) => {
            let end = inner.find(')')?;
            let name = &inner[..end];
            let bare = name.strip_prefix("always,").or(name.strip_prefix("auto,"));
            (bare.unwrap_or(name), end + 3, name.starts_with("always,"))
        }
        None => {
            let known = ["reset", "red", "green", "blue"];
            let name = known.into_iter().find(|name| text[1..].starts_with(name))?;
            (name, name.len() + 1, false)
        }
    };
    if name == "auto" || !(how.color || always) {
        return Some((Vec::new(), used));
    }
    Some((escape(name)?.into_bytes(), used))
}

fn escape(name: &str) -> Option<String> {
    const NAMES: [&str; 8] = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    ];
    let mut codes = Vec::new();
    let mut ground = 30;
    for word in name.split_whitespace() {
        let code = match word {
            "reset" => return Some("\x1b[m".to_owned()),
            "normal" => {
                ground = 40;
                continue;
            }
            "bold" => 1,
            "dim" => 2,
            "italic" => 3,
            "ul" | "underline" => 4,
            "reverse" => 7,
            word => {
                let bright = word.strip_prefix("bright");
                let place = NAMES
                    .iter()
                    .position(|known| *known == bright.unwrap_or(word))?;
                let code = ground + place + if bright.is_some() { 60 } else { 0 };
                ground = 40;
                code
            }
        };
        codes.push(code.to_string());
    }
    Some(format!("\x1b[{}m", codes.join(";")))
}

/// A subject as part of a file name.
pub fn as_file_name(subject: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let mut gap = false;
    for (at, byte) in subject.iter().enumerate() {
        let kept = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
        if kept {
            if gap && !name.is_empty() {
                name.push(b'-');
            }
            gap = false;
            let again =
                *byte == b'.' && at > 0 && subject[at - 1] == b'.' && name.last() == Some(&b'.');
            if !again {
                name.push(*byte);
            }
        } else {
            gap = true;
        }
    }
    while matches!(name.last(), Some(b'.' | b'-')) {
        name.pop();
    }
    name
}

/// The last paragraph, when all its lines are `Key: value`.
fn trailers(message: &[u8]) -> Vec<u8> {
    let text = body(message);
    let start = memchr::memmem::rfind(&text, b"\n\n").map_or(0, |at| at + 2);
    let last = &text[start..];
    let is_trailer = |line: &[u8]| {
        let key = line.split(|byte| *byte == b':').next().unwrap_or_default();
        key.len() < line.len()
            && !key.is_empty()
            && key
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    match !last.is_empty() && last.split(|byte| *byte == b'\n').all(is_trailer) {
        true => [last, b"\n"].concat(),
        false => Vec::new(),
    }
}
