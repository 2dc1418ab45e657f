//! Where a shell's commands come from.

use std::path::Path;

use isobox_guest::stat::{self, Kind};

use crate::descriptors::ReadEnd;
use crate::execute::text::{Ran, is_binary};
use crate::execute::words;
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::{Reader, Reading};
use crate::text::{self, Text};

/// The text of a script file; `Err` is the status after a complaint.
pub(super) fn script(shell: &mut Shell, path: &str) -> std::result::Result<Text, i32> {
    let found = locate(shell, path);
    let name = shell.name.clone();
    let mut say = |who: &str, message: &str, status: i32| {
        let line = format!("{who}: {path}: {message}\n");
        let _ = shell.write(2, &text::encode(&line));
        Err(status)
    };
    match stat::stat(Path::new(&found), true) {
        Err(error) if error.raw_os_error() == Some(libc::ENOENT) => {
            return say(&name, words(&error), 127);
        }
        Err(error) => return say(&name, words(&error), 126),
        Ok(known) if known.kind == Kind::Directory => return say(path, "Is a directory", 126),
        Ok(_) => {}
    }
    match std::fs::read(&found) {
        Ok(bytes) if is_binary(&bytes) => say(path, "cannot execute binary file", 126),
        Ok(bytes) => Ok(text::decode(&bytes).into()),
        Err(error) => say(&name, words(&error), 126),
    }
}

/// A script that is not in the directory may be on `PATH`.
fn locate(shell: &Shell, path: &str) -> String {
    let bytes = text::encode(path);
    let here = String::from_utf8_lossy(&bytes).into_owned();
    if path.contains('/') || Path::new(&here).exists() {
        return here;
    }
    match shell.find_program(path) {
        Some(found) => found.to_string(),
        None => here,
    }
}

impl Shell {
    /// Commands from standard input, read line by line: what follows a command is the command's to read.
    pub(super) fn run_input(&mut self) -> i32 {
        let outcome = self.run_input_lines();
        self.end_main(outcome)
    }

    fn run_input_lines(&mut self) -> Result<Ran> {
        let mut reader = Reader::new("".into());
        loop {
            let Shell {
                options,
                aliases,
                descriptors,
                mentions_pid,
                ..
            } = self;
            let reading = Reading {
                options,
                aliases,
                first_line: 1,
            };
            let mut shown = String::new();
            let mut more = || {
                let line = next_line(descriptors)?;
                *mentions_pid |= line.contains("BASHPID");
                if reading.options.verbose {
                    shown.push_str(&line);
                }
                Some(line)
            };
            let read = reader.next_or(&reading, &mut more);
            if !shown.is_empty() {
                let _ = self.write(2, &text::encode(&shown));
            }
            let warnings = reader.take_warnings();
            self.show_warnings(warnings);
            match read {
                Ok(Some(program)) => _ = self.run_program(&program)?,
                Ok(None) => return Ok(Ran::All),
                Err(error) => {
                    if let Some(ran) = self.meet_syntax_error(&error, "")? {
                        return Ok(ran);
                    }
                }
            }
        }
    }
}

fn next_line(descriptors: &mut crate::descriptors::Descriptors) -> Option<Text> {
    let mut bytes = Vec::new();
    loop {
        let part = descriptors
            .read_until(0, Some(b'\n'), usize::MAX, None)
            .ok()?;
        bytes.extend_from_slice(&part.bytes);
        match part.ended {
            ReadEnd::Interrupted => {}
            _ if bytes.is_empty() => return None,
            _ => return Some(text::decode(&bytes).into()),
        }
    }
}
