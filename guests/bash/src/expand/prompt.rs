//! Prompt strings: `PS4`, `${x@P}`.

use super::tilde::user_name;
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::Word;
use crate::text::Text;

impl Shell {
    /// A prompt string (`PS4`, `${x@P}`).
    pub fn expand_prompt(&mut self, text: &str) -> Result<Text> {
        let text = if text.contains('\\') {
            self.decode_prompt(text)
        } else {
            text.to_string()
        };
        if !text.contains(['$', '`', '\\', '"']) || !self.expands_prompts() {
            return Ok(text.into());
        }
        self.expand_here_document(&Word::new(text))
    }

    fn decode_prompt(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('\\') {
            out.push_str(before);
            let Some(c) = after.chars().next() else {
                out.push('\\');
                return out;
            };
            rest = after.get(c.len_utf8()..).unwrap_or_default();
            match c {
                'D' if rest.starts_with('{') => {
                    let (format, behind) = rest
                        .get(1..)
                        .and_then(|inside| inside.split_once('}'))
                        .unwrap_or((rest.get(1..).unwrap_or_default(), ""));
                    rest = behind;
                    let format = if format.is_empty() { "%X" } else { format };
                    out.push_str(&self.prompt_time(format));
                }
                '0'..='7' => {
                    let digits: String = after
                        .chars()
                        .take(3)
                        .take_while(|c| c.is_digit(8))
                        .collect();
                    rest = after.get(digits.len()..).unwrap_or_default();
                    let byte = u32::from_str_radix(&digits, 8).unwrap_or(0) as u8;
                    out.push_str(&crate::text::decode(&[byte]));
                }
                c => match self.prompt_escape(c) {
                    Some(value) => out.push_str(&value),
                    None => out.extend(['\\', c]),
                },
            }
        }
        out.push_str(rest);
        out
    }

    fn expands_prompts(&self) -> bool {
        self.options.shopt("promptvars") == Some(true)
    }

    /// A text that is still itself when the prompt's expansions have been made.
    fn shielded(&self, text: &str) -> String {
        if self.expands_prompts() {
            escape_value(text)
        } else {
            text.to_string()
        }
    }

    fn prompt_escape(&self, c: char) -> Option<String> {
        let version = self.get("BASH_VERSION").unwrap_or_else(|| "5.2.15".into());
        Some(match c {
            'a' => "\x07".to_string(),
            'e' => "\x1b".to_string(),
            'n' => "\n".to_string(),
            'r' => "\r".to_string(),
            '[' | ']' => String::new(),
            '\\' => self.shielded("\\"),
            '$' if is_root(self) => "#".to_string(),
            '$' => self.shielded("$"),
            'u' => self.shielded(&user_name(self)),
            'h' | 'H' => {
                let host = self.get("HOSTNAME").unwrap_or_default();
                let host = if c == 'h' {
                    host.split('.').next().unwrap_or_default()
                } else {
                    &host
                };
                self.shielded(host)
            }
            's' => {
                let name = self.name.rsplit('/').next().unwrap_or_default();
                self.shielded(name)
            }
            'v' => version.splitn(3, '.').take(2).collect::<Vec<_>>().join("."),
            'V' => version.split('(').next().unwrap_or_default().to_string(),
            'w' => self.shielded(&self.prompt_directory()),
            'W' => self.shielded(&self.prompt_last_directory()),
            'j' => self.jobs.iter().count().to_string(),
            'l' => "tty".to_string(),
            '!' => self
                .get("HISTCMD")
                .unwrap_or_else(|| "1".into())
                .to_string(),
            // Only commands typed at a prompt are counted.
            '#' => "0".to_string(),
            'd' => self.prompt_time("%a %b %d"),
            't' => self.prompt_time("%H:%M:%S"),
            'T' => self.prompt_time("%I:%M:%S"),
            '@' => self.prompt_time("%I:%M %p"),
            'A' => self.prompt_time("%H:%M"),
            'D' => self.prompt_time("%m/%d/%y"),
            _ => return None,
        })
    }

    fn prompt_time(&self, format: &str) -> String {
        let now = self
            .get("EPOCHSECONDS")
            .and_then(|seconds| seconds.parse().ok())
            .unwrap_or(0);
        super::time::format(format, now)
    }

    /// The directory with `~` for the home directory, and no more parts than `PROMPT_DIRTRIM` allows.
    fn prompt_directory(&self) -> String {
        let directory = self.get("PWD").unwrap_or_else(|| self.directory.clone());
        let shown = self.with_tilde(&directory);
        let most = self
            .get("PROMPT_DIRTRIM")
            .and_then(|value| value.trim().parse::<usize>().ok())
            .filter(|most| *most > 0);
        let Some(most) = most else { return shown };
        let (head, tail) = match shown.strip_prefix("~/") {
            Some(tail) => ("~/", tail),
            None => ("", shown.strip_prefix('/').unwrap_or(&shown)),
        };
        let parts: Vec<&str> = tail.split('/').collect();
        match parts.len().checked_sub(most) {
            None | Some(0) => shown,
            Some(skipped) => {
                let kept = parts.get(skipped..).unwrap_or_default().join("/");
                format!("{head}.../{kept}")
            }
        }
    }

    fn prompt_last_directory(&self) -> String {
        let directory = self.get("PWD").unwrap_or_else(|| self.directory.clone());
        let home = self.get("HOME");
        if home.is_some_and(|home| *home == *directory) {
            return "~".to_string();
        }
        match directory.rsplit('/').next() {
            Some("") | None => "/".to_string(),
            Some(last) => last.to_string(),
        }
    }

    fn with_tilde(&self, directory: &str) -> String {
        let Some(home) = self.get("HOME").filter(|home| home.len() > 1) else {
            return directory.to_string();
        };
        match directory.strip_prefix(&*home) {
            Some("") => "~".to_string(),
            Some(rest) if rest.starts_with('/') => format!("~{rest}"),
            _ => directory.to_string(),
        }
    }
}

fn is_root(shell: &Shell) -> bool {
    shell.get("EUID").is_none_or(|uid| *uid == *"0")
}

/// A value that is expanded once more, in which nothing is to be.
fn escape_value(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '$' | '`' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
