//! `--help` and `--version`.

use crate::getopt::Parsed;

/// What a command does with its words: its name, and what follows it in `Usage: name …`.
pub type Usage = (&'static str, &'static str);

/// The tools of one package: what `--version` calls it, and how each is used.
pub struct Package {
    pub name: &'static str,
    pub version: &'static str,
    pub usages: &'static [Usage],
}

impl Package {
    /// Prints the help or the version when it is asked for, and then answers the status to end with.
    pub fn answered(&self, command: &str, parsed: &Parsed) -> Option<i32> {
        if parsed.has("help") {
            self.print(command);
        } else if parsed.has("version") {
            println!("{command} ({}) {}", self.name, self.version);
        } else {
            return None;
        }
        Some(0)
    }

    /// Prints how `command` is used.
    pub fn print(&self, command: &str) {
        println!("{}", self.usage(command));
    }

    /// `Usage: command …` and what it does.
    pub fn usage(&self, command: &str) -> String {
        let usage = self
            .usages
            .iter()
            .find(|(name, _)| *name == command)
            .map_or("", |(_, usage)| usage);
        format!("Usage: {command} {usage}")
    }
}

/// The message of a command line that lacks something, and its status.
pub fn wrong(command: &str, message: &str) -> i32 {
    eprintln!("{command}: {message}\nTry '{command} --help' for more information.");
    1
}
