//! Quoted so that the shell reads it back: as `printf %q`, `${x@Q}`, `declare -p`, `set` and `set -x` each do it.

use crate::text::{encode, unescaped};

/// `printf %q`: backslashes, or `$'…'`.
pub fn backslash(text: &str) -> String {
    if text.is_empty() {
        return "''".to_string();
    }
    if has_unprintable(text) {
        return ansi(text);
    }
    let mut quoted = String::with_capacity(text.len() + 4);
    let mut before = None;
    for c in text.chars() {
        if c == ',' || is_special(c, before) {
            quoted.push('\\');
        }
        quoted.push(c);
        before = Some(c);
    }
    quoted
}

/// `${x@Q}`, `alias`, `trap -p`: single quotes, or `$'…'`.
pub fn single(text: &str) -> String {
    if has_unprintable(text) {
        ansi(text)
    } else {
        in_single_quotes(text)
    }
}

/// `declare -p`: double quotes, or `$'…'`.
pub fn double(text: &str) -> String {
    if has_unprintable(text) {
        return ansi(text);
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// `set`: only when needed, single quotes or `$'…'`.
pub fn when_needed(text: &str) -> String {
    if has_unprintable(text) {
        ansi(text)
    } else if has_special(text) {
        in_single_quotes(text)
    } else {
        text.to_string()
    }
}

/// A word as `set -x` shows it: a line break stays one.
pub fn traced(text: &str) -> String {
    if text.is_empty() || has_special(text) {
        in_single_quotes(text)
    } else if has_unprintable(text) {
        ansi(text)
    } else {
        text.to_string()
    }
}

/// A key of an associative array as `declare -p` shows it.
pub fn key(text: &str) -> String {
    if has_unprintable(text) {
        ansi(text)
    } else if has_special(text) || text.is_empty() {
        double(text)
    } else {
        text.to_string()
    }
}

fn in_single_quotes(text: &str) -> String {
    if text == "'" {
        return "\\'".to_string();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn has_unprintable(text: &str) -> bool {
    text.chars().any(is_unprintable)
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || unescaped(c).is_some()
}

fn has_special(text: &str) -> bool {
    let mut before = None;
    text.chars().any(|c| {
        let special = is_special(c, before);
        before = Some(c);
        special
    })
}

/// Whether the shell would not take the character for itself, behind the one before.
fn is_special(c: char, before: Option<char>) -> bool {
    match c {
        ' ' | '\t' | '\n' | '\'' | '"' | '\\' | '|' | '&' | ';' | '(' | ')' | '<' | '>' | '!'
        | '{' | '}' | '*' | '[' | ']' | '?' | '^' | '$' | '`' => true,
        '~' => matches!(before, None | Some('=' | ':')),
        '#' => matches!(before, None | Some(' ' | '\t')),
        _ => false,
    }
}

fn ansi(text: &str) -> String {
    let mut quoted = String::from("$'");
    for c in text.chars() {
        match c {
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x1b' => quoted.push_str("\\E"),
            '\x0c' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x0b' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '\'' => quoted.push_str("\\'"),
            c if is_unprintable(c) => {
                for byte in encode(c.encode_utf8(&mut [0; 4])).iter() {
                    quoted.push_str(&format!("\\{byte:03o}"));
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style() {
        assert_eq!(backslash("a b~#"), "a\\ b~#");
        assert_eq!(backslash("~a:~b"), "\\~a:\\~b");
        assert_eq!(single("it's"), "'it'\\''s'");
        assert_eq!(double("a$b\"c"), "\"a\\$b\\\"c\"");
        assert_eq!(when_needed("plain"), "plain");
        assert_eq!(when_needed("a\nb\u{7f}"), "$'a\\nb\\177'");
        assert_eq!(traced("a\nb"), "'a\nb'");
    }
}
