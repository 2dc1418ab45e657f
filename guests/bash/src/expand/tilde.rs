//! `~`, `~name`, `~+`, `~-`, `~2`.

use crate::shell::Shell;
use crate::text::Text;

impl Shell {
    /// The directory that a tilde and the name behind it stand for, if they do.
    pub(super) fn expand_tilde(&self, name: &str) -> Option<Text> {
        match name {
            "" => Some(
                self.get("HOME")
                    .or_else(|| home_of(&user_name(self)))
                    .unwrap_or_else(|| "/".into()),
            ),
            "+" => self.get("PWD"),
            "-" => self.get("OLDPWD"),
            name => self.stacked_directory(name).or_else(|| home_of(name)),
        }
    }

    /// `~N`, `~+N`, `~-N`: of the directory stack.
    fn stacked_directory(&self, name: &str) -> Option<Text> {
        let digits = name.strip_prefix(['+', '-']).unwrap_or(name);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number: usize = digits.parse().ok()?;
        let number = if name.starts_with('-') {
            self.directory_stack.len().checked_sub(number)?
        } else {
            number
        };
        match number.checked_sub(1) {
            None => Some(self.directory.clone()),
            Some(below) => self.directory_stack.get(below).cloned(),
        }
    }
}

/// The name of the user who runs the shell, as the table of users has it.
pub(super) fn user_name(shell: &Shell) -> Text {
    let uid = shell.get("EUID");
    let uid = uid.as_deref().unwrap_or("0");
    user(|fields| fields.get(2).is_some_and(|field| *field == uid))
        .and_then(|line| line.split(':').next().map(Text::from))
        .or_else(|| shell.get("USER"))
        .unwrap_or_else(|| "I have no name!".into())
}

fn home_of(name: &str) -> Option<Text> {
    let line = user(|fields| fields.first().is_some_and(|field| *field == name))?;
    line.split(':').nth(5).map(Text::from)
}

/// A line of the table of users.
fn user(wanted: impl Fn(&[&str]) -> bool) -> Option<String> {
    let table = std::fs::read("/etc/passwd").ok()?;
    let table = crate::text::decode(&table);
    let line = table
        .lines()
        .find(|line| wanted(&line.split(':').collect::<Vec<_>>()))?;
    Some(line.to_string())
}
