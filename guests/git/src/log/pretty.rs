//! A commit as text: the forms that have names.

use super::Format;
use crate::repository::date::{Style, show};
use crate::repository::{Commit, Oid, Signature};

/// How commits look.
pub struct Look<'a> {
    pub date: &'a Style,
    pub now: i64,
    /// Abbreviates the names of parents.
    pub short: &'a dyn Fn(&Oid) -> String,
    pub expand_tabs: usize,
}

/// All but the `commit` line: who, when, and the message.
pub fn header_and_message(commit: &Commit, format: &Format, look: &Look) -> Vec<u8> {
    let mut text = Vec::new();
    if *format == Format::Raw {
        raw_header(commit, &mut text);
    } else {
        header(commit, format, look, &mut text);
    }
    text.push(b'\n');
    let before = text.len();
    message(commit, format, look, &mut text);
    let end = text
        .iter()
        .rposition(|byte| !byte.is_ascii_whitespace())
        .map_or(0, |last| last + 1);
    text.truncate(end.max(before.min(end)));
    text.push(b'\n');
    text
}

fn raw_header(commit: &Commit, text: &mut Vec<u8>) {
    let data = commit.data();
    let end = memchr::memmem::find(&data, b"\n\n").map_or(data.len(), |at| at + 1);
    text.extend(&data[..end]);
}

fn header(commit: &Commit, format: &Format, look: &Look, text: &mut Vec<u8>) {
    if commit.parents.len() > 1 {
        let parents: Vec<String> = commit
            .parents
            .iter()
            .map(|parent| (look.short)(parent))
            .collect();
        text.extend(format!("Merge: {}\n", parents.join(" ")).into_bytes());
    }
    let wide = *format == Format::Fuller;
    let mut person = |title: &str, line: &[u8], date: Option<&str>| {
        let Some(who) = Signature::parse(line) else {
            return;
        };
        let gap = if wide { "    " } else { "" };
        text.extend(
            [
                title.as_bytes(),
                b": ",
                gap.as_bytes(),
                &who.name,
                b" <",
                &who.email,
                b">\n",
            ]
            .concat(),
        );
        if let Some(title) = date {
            text.extend(
                format!(
                    "{title}{}\n",
                    show(who.seconds, who.zone, look.date, look.now)
                )
                .into_bytes(),
            );
        }
    };
    match format {
        Format::Fuller => {
            person("Author", &commit.author, Some("AuthorDate: "));
            person("Commit", &commit.committer, Some("CommitDate: "));
        }
        Format::Full => {
            person("Author", &commit.author, None);
            person("Commit", &commit.committer, None);
        }
        Format::Short => person("Author", &commit.author, None),
        _ => person("Author", &commit.author, Some("Date:   ")),
    }
}

fn message(commit: &Commit, format: &Format, look: &Look, text: &mut Vec<u8>) {
    let mut first = true;
    for line in commit.message.split(|byte| *byte == b'\n') {
        let line = crate::diff::trim_end(line);
        if line.is_empty() {
            if first {
                continue;
            }
            if *format == Format::Short {
                break;
            }
        }
        first = false;
        text.extend(b"    ");
        match (format, look.expand_tabs) {
            (Format::Short | Format::Raw, 8) | (_, 0) => text.extend(line),
            (_, width) => expand_tabs(line, width, text),
        }
        text.push(b'\n');
    }
}

fn expand_tabs(line: &[u8], width: usize, text: &mut Vec<u8>) {
    let mut column = 0;
    for letter in String::from_utf8_lossy(line).chars() {
        if letter == '\t' {
            let count = width - column % width;
            text.resize(text.len() + count, b' ');
            column += count;
        } else {
            text.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
            column += 1;
        }
    }
}

/// A commit as a mail: the headers, the message behind them.
pub fn mail_message(commit: &Commit, oid: &Oid, prefix: &str, more: &str) -> Vec<u8> {
    let mut text = format!("From {oid} Mon Sep 17 00:00:00 2001\n").into_bytes();
    if let Some(who) = Signature::parse(&commit.author) {
        text.extend(b"From: ");
        text.extend(encode_name(&who.name));
        text.extend([b" <", &who.email[..], b">\n"].concat());
        text.extend(
            format!("Date: {}\n", show(who.seconds, who.zone, &Style::Rfc, 0)).into_bytes(),
        );
    }
    text.extend(b"Subject: ");
    text.extend(encode_subject(prefix, &commit.subject()));
    text.push(b'\n');
    let body = body(&commit.message);
    if !commit.message.is_ascii() {
        text.extend(b"MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n");
    }
    text.extend(more.as_bytes());
    text.push(b'\n');
    if !body.is_empty() {
        text.extend(&body);
        text.push(b'\n');
    }
    text
}

/// The message behind its first paragraph, trimmed.
pub fn body(message: &[u8]) -> Vec<u8> {
    let mut lines = message
        .split(|byte| *byte == b'\n')
        .map(crate::diff::trim_end)
        .skip_while(|line| line.is_empty());
    lines
        .by_ref()
        .take_while(|line| !line.is_empty())
        .for_each(drop);
    let rest: Vec<&[u8]> = lines.skip_while(|line| line.is_empty()).collect();
    let text = rest.join(&b'\n');
    crate::diff::trim_end(&text).to_vec()
}

/// A subject for a mail: folded, and encoded when it isn't ASCII.
pub fn encode_subject(prefix: &str, subject: &[u8]) -> Vec<u8> {
    let start = if prefix.is_empty() {
        String::new()
    } else {
        format!("[{prefix}] ")
    };
    if subject.is_ascii() {
        return fold(&[start.as_bytes(), subject].concat(), "Subject: ".len());
    }
    let mut text = start.clone().into_bytes();
    text.extend(quoted_words(subject, "Subject: ".len() + start.len()));
    text
}

fn encode_name(name: &[u8]) -> Vec<u8> {
    const SPECIAL: &[u8] = b"()<>[]:;@\\,.\"";
    if !name.is_ascii() {
        return quoted_words(name, "From: ".len());
    }
    if name.iter().any(|byte| SPECIAL.contains(byte)) {
        let mut quoted = vec![b'"'];
        for byte in name {
            if matches!(byte, b'"' | b'\\') {
                quoted.push(b'\\');
            }
            quoted.push(*byte);
        }
        quoted.push(b'"');
        return quoted;
    }
    name.to_vec()
}

/// Breaks lines longer than 78 at spaces.
fn fold(text: &[u8], indent: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut column = indent;
    for (number, word) in text.split(|byte| *byte == b' ').enumerate() {
        if number > 0 {
            if column + 1 + word.len() > 78 {
                out.extend(b"\n ");
                column = 1;
            } else {
                out.push(b' ');
                column += 1;
            }
        }
        out.extend(word);
        column += word.len();
    }
    out
}

fn quoted_words(text: &[u8], indent: usize) -> Vec<u8> {
    const START: &[u8] = b"=?UTF-8?q?";
    let mut out = START.to_vec();
    let mut column = indent + START.len();
    for letter in String::from_utf8_lossy(text).chars() {
        let mut encoded = Vec::new();
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            match byte {
                b'=' | b'?' | b'_' | b' ' | 0x7f.. | 0..0x20 => {
                    encoded.extend(format!("={byte:02X}").into_bytes())
                }
                byte => encoded.push(byte),
            }
        }
        if column + encoded.len() + 2 > 76 {
            out.extend(b"?=\n ");
            out.extend(START);
            column = START.len() + 1;
        }
        column += encoded.len();
        out.extend(encoded);
    }
    out.extend(b"?=");
    out
}
