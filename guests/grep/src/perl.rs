//! `-P`: Perl's expressions, a line at a time.

use crate::options::Options;
use fancy_regex::{BytesMode, Regex, RegexBuilder};
use memchr::memchr;

pub struct Perl {
    regex: Regex,
    end: u8,
}

impl Perl {
    /// Reads the pattern; the error in PCRE's words where they are known.
    pub fn new(pattern: &[u8], options: &Options) -> Result<Self, String> {
        if pattern.contains(&b'\n') {
            return Err("the -P option only supports a single pattern".to_owned());
        }
        let text = ascii_classes(&String::from_utf8_lossy(pattern));
        let text = match (options.whole_line, options.word) {
            (true, _) => format!("^(?:{text})$"),
            (false, true) => format!(r"(?<![0-9A-Z_a-z])(?:{text})(?![0-9A-Z_a-z])"),
            (false, false) => text,
        };
        let regex = RegexBuilder::new(&text)
            .case_insensitive(options.ignore_case)
            .multi_line(options.end == b'\n')
            .bytes_mode(match options.utf8 {
                true => BytesMode::UnicodeBytes,
                false => BytesMode::Ascii,
            })
            .build()
            .map_err(|error| message(&text, &error.to_string()))?;
        Ok(Self {
            regex,
            end: options.end,
        })
    }

    /// Where the first line from `start` on begins that matches.
    pub fn place(&self, buffer: &[u8], start: usize) -> Option<usize> {
        let mut at = start;
        while at < buffer.len() {
            let end = memchr(self.end, &buffer[at..]).map_or(buffer.len(), |length| at + length);
            if self.regex.is_match(&buffer[at..end]).unwrap_or(false) {
                return Some(at);
            }
            at = end + 1;
        }
        None
    }

    /// The first match in a line from `start` on.
    pub fn span(&self, line: &[u8], start: usize) -> Option<(usize, usize)> {
        let found = self.regex.find_from_pos(line, start).ok()??;
        Some((found.start(), found.end()))
    }
}

/// Without PCRE's properties `\w`, `\d` and `\s` are ASCII, while `.` is a character. Writes out `\Q` and `\h` too.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    let mut bracket = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('Q') => {
                    let rest = letters.as_str();
                    let (quoted, after) = rest.split_once("\\E").unwrap_or((rest, ""));
                    for quoted in quoted.chars() {
                        if quoted.is_ascii_punctuation() {
                            out.push('\\');
                        }
                        out.push(quoted);
                    }
                    letters = after.chars();
                }
                Some(class @ ('w' | 'd' | 's' | 'h')) => {
                    let inside = class_members(class);
                    match bracket {
                        true => out.push_str(inside),
                        false => out.extend(["[", inside, "]"]),
                    }
                }
                Some(class @ ('W' | 'D' | 'S' | 'H')) => {
                    out.extend(["[^", class_members(class.to_ascii_lowercase()), "]"]);
                }
                Some('R') if !bracket => out.push_str("(?>\\r\\n|[\\n-\\r])"),
                other => out.extend(std::iter::once('\\').chain(other)),
            },
            '[' if !bracket => {
                bracket = true;
                out.push('[');
                let rest = letters.as_str();
                let first = rest.strip_prefix('^').unwrap_or(rest);
                out.push_str(&rest[..rest.len() - first.len()]);
                let first_closes = first.starts_with(']');
                if first_closes {
                    out.push_str("\\]");
                }
                letters = first[usize::from(first_closes)..].chars();
            }
            '[' if letters.as_str().starts_with(':') => {
                let end = letters.as_str().find(']').map_or(0, |end| end + 1);
                out.push('[');
                out.push_str(&letters.as_str()[..end]);
                letters = letters.as_str()[end..].chars();
            }
            '[' | '&' | '~' if bracket => out.extend(['\\', letter]),
            ']' => {
                bracket = false;
                out.push(']');
            }
            _ => out.push(letter),
        }
    }
    out
}

fn class_members(class: char) -> &'static str {
    match class {
        'w' => "0-9A-Z_a-z",
        'd' => "0-9",
        'h' => r" \t",
        _ => r"\t\n\x0B\x0C\r ",
    }
}

/// PCRE's words for what is wrong.
fn message(pattern: &str, error: &str) -> String {
    let known = if pattern.ends_with('\\') && !pattern.ends_with("\\\\") {
        "\\ at end of pattern"
    } else if error.contains("losing paren") || error.contains("nclosed group") {
        match unmatched_closing(pattern) {
            true => "unmatched closing parenthesis",
            false => "missing closing parenthesis",
        }
    } else if unmatched_closing(pattern) {
        "unmatched closing parenthesis"
    } else if error.contains("nclosed character class") || error.contains("nvalid character class")
    {
        "missing terminating ] for character class"
    } else if error.contains("repeat") {
        "quantifier does not follow a repeatable item"
    } else if error.contains("back") && error.contains("ref") {
        "reference to non-existent subpattern"
    } else if error.contains("roperty") {
        "unknown property after \\P or \\p"
    } else if error.contains("ookbehind") || error.contains("ook-behind") {
        "lookbehind assertion is not fixed length"
    } else if error.contains("roup name") {
        "syntax error in subpattern name (missing terminator?)"
    } else {
        return error.lines().last().unwrap_or("invalid pattern").to_owned();
    };
    known.to_owned()
}

/// Whether more groups are closed than opened, brackets and escapes left aside.
fn unmatched_closing(pattern: &str) -> bool {
    let (mut depth, mut bracket, mut quoted) = (0_i32, false, false);
    for letter in pattern.chars() {
        match letter {
            _ if quoted => quoted = false,
            '\\' => quoted = true,
            '[' => bracket = true,
            ']' => bracket = false,
            '(' if !bracket => depth += 1,
            ')' if !bracket => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return true;
        }
    }
    false
}
