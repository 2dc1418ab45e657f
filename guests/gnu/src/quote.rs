//! GNU's quoting styles for file names.

/// How a name is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Literal,
    Shell,
    ShellAlways,
    ShellEscape,
    ShellEscapeAlways,
    C,
    Escape,
}

impl Style {
    /// The style that GNU calls `word`.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "literal" => Self::Literal,
            "shell" => Self::Shell,
            "shell-always" => Self::ShellAlways,
            "shell-escape" => Self::ShellEscape,
            "shell-escape-always" => Self::ShellEscapeAlways,
            "c" => Self::C,
            "escape" => Self::Escape,
            _ => return None,
        })
    }
}

/// A name as messages show it: always between quotes that a shell reads back.
pub fn quoted(name: &str) -> String {
    apply(name, Style::ShellEscapeAlways)
}

/// A word in a message that is no file's name: `‘x’`, and `'x'` where the locale's character set has no such quotes.
pub fn in_prose(word: &str) -> String {
    let [open, close] = match is_utf8_locale() {
        true => ['‘', '’'],
        false => ['\'', '\''],
    };
    format!("{open}{}{close}", escaped(word, close))
}

fn is_utf8_locale() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    locale.is_some_and(|locale| {
        locale
            .to_ascii_lowercase()
            .replace('-', "")
            .ends_with("utf8")
    })
}

/// `name` in `style`.
pub fn apply(name: &str, style: Style) -> String {
    match style {
        Style::Literal => name.to_owned(),
        Style::C => format!("\"{}\"", escaped(name, '"')),
        Style::Escape => escaped(name, ' '),
        Style::Shell | Style::ShellEscape if is_plain(name) => name.to_owned(),
        Style::Shell | Style::ShellAlways => single_quoted(name),
        Style::ShellEscape | Style::ShellEscapeAlways => shell_escaped(name),
    }
}

/// Whether a shell reads `name` back as it is.
fn is_plain(name: &str) -> bool {
    let special = |c: char| " \t\n!\"$&'()*;<=>?[\\^`|".contains(c) || c.is_control();
    !name.is_empty() && !name.contains(special) && !name.starts_with(['~', '#'])
}

fn single_quoted(name: &str) -> String {
    if name.contains('\'') && !name.contains(['"', '$', '`', '\\', '!']) {
        return format!("\"{name}\"");
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

/// Control characters stand outside the quotes: `'a'$'\n''b'`.
fn shell_escaped(name: &str) -> String {
    if !name.contains(char::is_control) {
        return single_quoted(name);
    }
    let mut text = String::from("'");
    let mut outside = false;
    for c in name.chars() {
        if c.is_control() != outside {
            text.push_str(if outside { "''" } else { "'$'" });
            outside = !outside;
        }
        match c {
            '\'' if !outside => text.push_str("'\\''"),
            c if c.is_control() => text.push_str(&control(c)),
            c => text.push(c),
        }
    }
    text.push('\'');
    text
}

/// C's escapes; `quote` too, which is the space in the style without quotes.
fn escaped(name: &str, quote: char) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            c if c == quote => text.extend(['\\', c]),
            c if c.is_control() => text.push_str(&control(c)),
            c => text.push(c),
        }
    }
    text
}

fn control(c: char) -> String {
    let letter = match c {
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        c => {
            return c
                .to_string()
                .bytes()
                .map(|byte| format!("\\{byte:03o}"))
                .collect();
        }
    };
    format!("\\{letter}")
}
