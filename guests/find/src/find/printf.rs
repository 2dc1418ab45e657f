//! `-printf` and `-ls`.

use super::evaluate::{Visit, link_content};
use gnu::quote::{Style, apply};
use gnu::time;
use isobox_guest::stat::{FILE_GID, FILE_UID, Kind, Stat, Time, stat};
use std::path::Path;

/// A format, read once.
pub struct Format(Vec<Part>);

enum Part {
    Text(String),
    /// `\c`: nothing more is printed.
    Stop,
    Field {
        flags: String,
        width: usize,
        precision: Option<usize>,
        letter: char,
        /// What follows `%A`, `%C`, `%T`.
        detail: char,
    },
}

impl Format {
    /// Reads a format; what is not known is warned of, and stands for itself.
    pub fn read(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match escape(&mut letters) {
                    Some(text) => plain.push_str(&text),
                    None => {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                        parts.push(Part::Stop);
                    }
                },
                '%' => match field(&mut letters) {
                    Ok(field) => {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                        parts.push(field);
                    }
                    Err(text) => plain.push_str(&text),
                },
                other => plain.push(other),
            }
        }
        parts.push(Part::Text(plain));
        Self(parts)
    }

    /// The text for a file.
    pub fn apply(&self, visit: &Visit, follow: bool) -> String {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Stop => break,
                Part::Field {
                    flags,
                    width,
                    precision,
                    letter,
                    detail,
                } => {
                    let mut value = value(*letter, *detail, visit, follow).unwrap_or_default();
                    if let Some(precision) = precision
                        && !"dmn".contains(*letter)
                    {
                        value = value.chars().take(*precision).collect();
                    }
                    text.push_str(&padded(&value, flags, *width, *letter));
                }
            }
        }
        text
    }
}

fn padded(value: &str, flags: &str, width: usize, letter: char) -> String {
    let missing = width.saturating_sub(value.chars().count());
    let numeric = "dmnG U".contains(letter);
    let sign = if flags.contains('+') && letter == 'd' {
        "+"
    } else {
        ""
    };
    let missing = missing.saturating_sub(sign.len());
    if flags.contains('-') {
        format!("{sign}{value}{}", " ".repeat(missing))
    } else if flags.contains('0') && numeric {
        format!("{sign}{}{value}", "0".repeat(missing))
    } else {
        format!("{}{sign}{value}", " ".repeat(missing))
    }
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What an escape stands for; nothing for `\c`.
fn escape(letters: &mut Letters) -> Option<String> {
    let known = match letters.peek() {
        Some('a') => '\u{7}',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('v') => '\u{b}',
        Some('\\') => '\\',
        Some('c') => return None,
        Some('0'..='7') => return Some(octal(letters)),
        Some(other) => {
            let other = *other;
            eprintln!("find: warning: unrecognized escape `\\{other}'");
            letters.next();
            return Some(format!("\\{other}"));
        }
        None => {
            eprintln!("find: warning: escape `\\' followed by nothing at all");
            return Some("\\".to_owned());
        }
    };
    letters.next();
    Some(known.to_string())
}

fn octal(letters: &mut Letters) -> String {
    let mut code = 0;
    for _ in 0..3 {
        match letters.peek().and_then(|digit| digit.to_digit(8)) {
            Some(digit) => code = code * 8 + digit,
            None => break,
        }
        letters.next();
    }
    char::from(code as u8).to_string()
}

/// A directive after its `%`; the text itself when there is none such.
fn field(letters: &mut Letters) -> Result<Part, String> {
    let mut seen = String::from("%");
    let flags: String = take_while(letters, &mut seen, |c| "-+ #0".contains(c));
    let width: String = take_while(letters, &mut seen, |c| c.is_ascii_digit());
    let mut precision = None;
    if letters.peek() == Some(&'.') {
        seen.push('.');
        letters.next();
        let digits = take_while(letters, &mut seen, |c| c.is_ascii_digit());
        precision = Some(digits.parse().unwrap_or(0));
    }
    let Some(letter) = letters.next() else {
        eprintln!("find: error: {seen} at end of format string");
        std::process::exit(1);
    };
    if letter == '%' {
        return Err("%".to_owned());
    }
    if !"abcdDfFgGhHiklmMnpPsStuUyYACTB".contains(letter) || letter == 'B' {
        eprintln!("find: warning: unrecognized format directive `%{letter}'");
        return Err(format!("%{letter}"));
    }
    let detail = match letter {
        'A' | 'C' | 'T' => letters.next().unwrap_or(' '),
        _ => ' ',
    };
    Ok(Part::Field {
        flags,
        width: width.parse().unwrap_or(0),
        precision,
        letter,
        detail,
    })
}

fn take_while(letters: &mut Letters, seen: &mut String, wanted: impl Fn(char) -> bool) -> String {
    let mut taken = String::new();
    while let Some(c) = letters.next_if(|c| wanted(*c)) {
        taken.push(c);
        seen.push(c);
    }
    taken
}

/// The value of a directive.
fn value(letter: char, detail: char, visit: &Visit, follow: bool) -> Option<String> {
    let path = visit.path;
    Some(match letter {
        'p' => path.to_owned(),
        'f' => file_name(path).to_owned(),
        'h' => heading(path).to_owned(),
        'H' => path[..visit.start].to_owned(),
        'P' => path[visit.start..].trim_start_matches('/').to_owned(),
        'd' => visit.depth.to_string(),
        'l' => link_content(visit).unwrap_or_default(),
        'y' => type_letter(visit.kind).to_string(),
        'Y' => other_letter(visit),
        'u' | 'g' => owner(),
        'F' => "isobox".to_owned(),
        _ => of_stat(letter, detail, &visit.stat(follow)?),
    })
}

fn of_stat(letter: char, detail: char, stat: &Stat) -> String {
    match letter {
        'U' => FILE_UID.to_string(),
        'G' => FILE_GID.to_string(),
        's' => stat.bytes.to_string(),
        'b' => stat.blocks.to_string(),
        'k' => stat.blocks.div_ceil(2).to_string(),
        'S' => match stat.bytes {
            0 => "1".to_owned(),
            bytes => shortest(stat.blocks as f64 * 512.0 / bytes as f64),
        },
        'm' => format!("{:o}", stat.mode),
        'M' => stat.letters(),
        'n' => stat.links.to_string(),
        'i' => stat.inode.to_string(),
        'D' => stat.device.to_string(),
        'a' => whole(stat.accessed),
        'c' => whole(stat.changed),
        't' => whole(stat.modified),
        'A' => formatted(stat.accessed, detail),
        'C' => formatted(stat.changed, detail),
        _ => formatted(stat.modified, detail),
    }
}

/// C's `%g`.
fn shortest(value: f64) -> String {
    let digits = 6_i32
        .saturating_sub(value.abs().log10().floor() as i32 + 1)
        .max(0);
    let text = format!("{value:.*}", digits as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// The fraction as findutils prints it: ten digits.
fn fraction(time: Time) -> String {
    format!(".{:09}0", time.nanoseconds)
}

fn whole(time: Time) -> String {
    time::format(time, "%a %b %e %H:%M:%S") + &fraction(time) + &time::format(time, " %Y")
}

fn formatted(time: Time, detail: char) -> String {
    let plain = |detail: char| time::format(time, &format!("%{detail}"));
    match detail {
        '@' => format!("{}{}", time.seconds, fraction(time)),
        '+' => time::format(time, "%Y-%m-%d+%H:%M:%S") + &fraction(time),
        'S' | 'T' | 'X' => plain(detail) + &fraction(time),
        'r' => plain(detail),
        detail => plain(detail),
    }
}

fn file_name(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" => path,
        trimmed => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

/// What stands before the last slash.
fn heading(path: &str) -> &str {
    match path.rfind('/') {
        None => ".",
        Some(0) => "",
        Some(at) => &path[..at],
    }
}

fn type_letter(kind: Kind) -> char {
    match kind {
        Kind::Regular => 'f',
        other => other.letter(),
    }
}

/// What a link leads to: `N` nothing, `L` itself.
fn other_letter(visit: &Visit) -> String {
    if visit.kind != Kind::Symlink {
        return type_letter(visit.kind).to_string();
    }
    match stat(Path::new(visit.path), true) {
        Ok(stat) => type_letter(stat.kind).to_string(),
        Err(error) if error.raw_os_error() == Some(libc::ELOOP) => "L".to_owned(),
        Err(_) => "N".to_owned(),
    }
}

fn owner() -> String {
    std::env::var("USER").unwrap_or_else(|_| "user".to_owned())
}

/// A line of `-ls`.
pub fn listing(visit: &Visit, stat: &Stat, now: Time) -> String {
    let half_a_year = 31_556_952 / 2;
    let recent =
        stat.modified.seconds > now.seconds - half_a_year && stat.modified.seconds <= now.seconds;
    let date = time::format(
        stat.modified,
        if recent { "%b %e %H:%M" } else { "%b %e  %Y" },
    );
    let mut line = format!(
        "{:>9} {:>6} {} {:>3} {:<8} {:<8} {:>8} {date} {}",
        stat.inode,
        stat.blocks.div_ceil(2),
        stat.letters(),
        stat.links,
        owner(),
        owner(),
        stat.bytes,
        apply(visit.path, Style::Escape),
    );
    if let Some(content) = link_content(visit) {
        line.push_str(" -> ");
        line.push_str(&apply(&content, Style::Escape));
    }
    line.push('\n');
    line
}
