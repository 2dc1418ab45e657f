//! `-exec` and `-execdir`.

use super::evaluate::Visit;
use crate::help::quoted;
use isobox_guest::process::{self, Ended};
use isobox_guest::{plain, program};

/// One file a command, or as many as a command line holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Each,
    Gather,
}

/// Bytes of a command line, as GNU bounds them: 128 KiB.
const LINE_BYTES: usize = 128 * 1024;

/// A command of the expression.
pub struct Exec {
    words: Vec<String>,
    mode: Mode,
    in_directory: bool,
    names: Vec<String>,
    bytes: usize,
    /// Where the gathered names are, with `-execdir`.
    directory: String,
    failed: bool,
}

impl Exec {
    pub fn new(words: Vec<String>, mode: Mode, in_directory: bool) -> Self {
        Self {
            words,
            mode,
            in_directory,
            names: Vec::new(),
            bytes: 0,
            directory: String::new(),
            failed: false,
        }
    }

    /// Runs the command for a file, or remembers the file. Answers whether the predicate holds.
    pub fn meet(&mut self, visit: &Visit, status: &mut i32) -> bool {
        let (directory, name) = match self.in_directory {
            true => split(visit),
            false => ("", visit.path.to_owned()),
        };
        if self.mode == Mode::Each {
            let words: Vec<String> = self
                .words
                .iter()
                .map(|word| word.replace("{}", &name))
                .collect();
            return run(&words, directory) == Ended::Exited(0);
        }
        if self.bytes + name.len() > LINE_BYTES
            || (self.in_directory && self.directory != directory)
        {
            self.flush();
        }
        self.bytes += name.len() + 1;
        self.directory = directory.to_owned();
        self.names.push(name);
        if self.failed {
            *status = 1;
        }
        true
    }

    /// Runs what is left; answers whether all has gone well.
    pub fn run_gathered(&mut self) -> bool {
        self.flush();
        !self.failed
    }

    fn flush(&mut self) {
        if self.names.is_empty() {
            return;
        }
        let mut words = self.words.clone();
        words.append(&mut self.names);
        self.bytes = 0;
        self.failed |= run(&words, &self.directory) != Ended::Exited(0);
    }
}

/// The directory a file is in, and its name there.
fn split<'a>(visit: &Visit<'a>) -> (&'a str, String) {
    let path = visit.path.trim_end_matches('/');
    match path.rfind('/') {
        _ if path.is_empty() => ("/", "/".to_owned()),
        Some(0) => ("/", format!("./{}", &path[1..])),
        Some(at) => (&path[..at], format!("./{}", &path[at + 1..])),
        None if path == "." => (".", ".".to_owned()),
        None => (".", format!("./{path}")),
    }
}

/// Runs a command, in a directory if one is named, and waits for it.
fn run(words: &[String], directory: &str) -> Ended {
    let here = std::env::current_dir();
    if !directory.is_empty() && std::env::set_current_dir(directory).is_err() {
        return Ended::Exited(1);
    }
    let begun = program::Program::find(words).and_then(|program| program.spawn());
    if let Ok(here) = here
        && !directory.is_empty()
    {
        let _ = std::env::set_current_dir(here);
    }
    match begun {
        Err(error) => {
            eprintln!("find: {}: {}", quoted(&words[0]), plain(&error));
            Ended::Exited(1)
        }
        Ok(pid) => wait(pid),
    }
}

fn wait(pid: u32) -> Ended {
    loop {
        match process::wait(pid as i32, None) {
            Ok(Some((_, ended))) => return ended,
            Ok(None) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Ended::Exited(1),
        }
    }
}
