//! What a reference named before: a line a change, the last one last.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::repository::{Oid, Repository, lock};

/// One change of a reference.
#[derive(Clone, Debug)]
pub struct LogEntry {
    pub old: Oid,
    pub new: Oid,
    /// `Name <address> seconds zone`.
    pub who: Vec<u8>,
    pub message: Vec<u8>,
}

impl LogEntry {
    fn parse(line: &[u8]) -> Option<LogEntry> {
        let tab = memchr::memchr(b'\t', line).unwrap_or(line.len());
        Some(LogEntry {
            old: Oid::parse(line.get(..40)?)?,
            new: Oid::parse(line.get(41..81)?)?,
            who: line.get(82..tab)?.to_vec(),
            message: line.get(tab + 1..).unwrap_or_default().to_vec(),
        })
    }

    fn line(&self) -> Vec<u8> {
        let start = format!("{} {} ", self.old, self.new);
        [start.as_bytes(), &self.who, b"\t", &self.message, b"\n"].concat()
    }
}

impl Repository {
    /// The log of a reference, oldest first; empty when it has none.
    pub fn reflog(&self, name: &str) -> Vec<LogEntry> {
        let bytes = fs::read(self.log_path(name)).unwrap_or_default();
        bytes
            .split(|byte| *byte == b'\n')
            .filter_map(LogEntry::parse)
            .collect()
    }

    /// Whether a reference has a log.
    pub fn has_reflog(&self, name: &str) -> bool {
        self.log_path(name).is_file()
    }

    /// Writes the log of a reference anew.
    ///
    /// # Errors
    /// What writing says.
    pub fn write_reflog(&self, name: &str, entries: &[LogEntry]) -> Outcome<()> {
        let bytes: Vec<u8> = entries.iter().flat_map(LogEntry::line).collect();
        lock::replace(&self.log_path(name), &bytes)
    }

    /// Adds a line to the log of a reference, for those that have one: branches, remote branches, notes and HEAD.
    ///
    /// # Errors
    /// What writing says.
    pub fn append_reflog(&self, name: &str, old: Oid, new: Oid, message: &str) -> Outcome<()> {
        let path = self.log_path(name);
        let logged = ["refs/heads/", "refs/remotes/", "refs/notes/"]
            .iter()
            .any(|start| name.starts_with(start));
        let wanted = match self.config().bool("core.logallrefupdates") {
            Ok(Some(wanted)) => wanted,
            _ => !self.is_bare(),
        };
        if !path.is_file() && !(wanted && (logged || name == "HEAD")) {
            return Ok(());
        }
        let message = match (self.reflog_action.get(), message.split_once(':')) {
            (Some(action), Some((who, what))) if who.starts_with("merge") || who == "fetch" => {
                format!("{action}:{what}")
            }
            _ => message.to_owned(),
        };
        let words: Vec<&str> = message.split_whitespace().collect();
        let who = self.committer_for_log()?;
        let entry = LogEntry {
            old,
            new,
            who,
            message: words.join(" ").into_bytes(),
        };
        let line = if words.is_empty() {
            [&entry.line()[..entry.line().len() - 2], b"\n"].concat()
        } else {
            entry.line()
        };
        if let Some(parent) = path.parent() {
            let _ = fs::create_dir_all(parent);
        }
        let written = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(&line));
        written.map_err(|error| {
            Failure::system(format!("unable to append to '{}'", path.display()), &error)
        })
    }

    /// Where the log of a reference is.
    pub fn log_path(&self, name: &str) -> PathBuf {
        let base = if name.starts_with("refs/") {
            self.common_dir()
        } else {
            self.git_dir()
        };
        base.join("logs").join(name)
    }
}
