//! Running the command lines, several at a time.

use super::Failure;
use super::options::Options;
use gnu::quote::{Style, apply};
use isobox_guest::plain;
use isobox_guest::process::{self, Ended};
use isobox_guest::program::{Program, failure_status};

/// Begins commands and gathers how they end.
pub struct Runner<'a> {
    options: &'a Options,
    running: Vec<u32>,
    status: i32,
}

impl<'a> Runner<'a> {
    pub fn new(options: &'a Options) -> Self {
        Self {
            options,
            running: Vec::new(),
            status: 0,
        }
    }

    /// Runs the command with `words` behind its own.
    pub fn run(&mut self, words: Vec<String>) -> Result<(), Failure> {
        let mut line = self.options.command.clone();
        line.extend(words);
        self.begin(&line)
    }

    /// Runs the command with `text` in place of `mark`.
    pub fn run_replaced(&mut self, mark: &str, text: &str) -> Result<(), Failure> {
        let (name, rest) = self
            .options
            .command
            .split_first()
            .ok_or_else(|| Failure::new(""))?;
        let mut line = vec![name.clone()];
        line.extend(rest.iter().map(|word| word.replace(mark, text)));
        let bytes: usize = line.iter().map(|word| word.len() + 1).sum();
        if bytes > self.options.max_bytes {
            return Err(Failure::new("argument list too long"));
        }
        self.begin(&line)
    }

    /// Waits for all that runs, and answers the status.
    pub fn finish(&mut self) -> Result<i32, Failure> {
        while !self.running.is_empty() {
            self.wait()?;
        }
        Ok(self.status)
    }

    fn begin(&mut self, line: &[String]) -> Result<(), Failure> {
        while self.running.len() >= self.options.max_processes {
            self.wait()?;
        }
        if self.options.verbose {
            let words: Vec<String> = line.iter().map(|word| apply(word, Style::Shell)).collect();
            eprintln!("{}", words.join(" "));
        }
        let begun = Program::find(line).and_then(|program| program.spawn());
        match begun {
            Ok(pid) => {
                self.running.push(pid);
                if self.options.max_processes == 1 {
                    self.wait()?;
                }
                Ok(())
            }
            Err(error) => Err(Failure {
                message: format!("{}: {}", line[0], plain(&error)),
                status: failure_status(&error),
            }),
        }
    }

    fn wait(&mut self) -> Result<(), Failure> {
        let which = if self.running.len() == 1 {
            self.running[0] as i32
        } else {
            -1
        };
        let (pid, ended) = match process::wait(which, None) {
            Ok(Some(ended)) => ended,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            Err(_) => {
                self.running.clear();
                return Ok(());
            }
        };
        self.running.retain(|running| *running != pid);
        let name = &self.options.command[0];
        match ended {
            Ended::Exited(0) => Ok(()),
            Ended::Exited(255) => Err(Failure {
                message: format!("{name}: exited with status 255; aborting"),
                status: 124,
            }),
            Ended::Signalled(signal) => Err(Failure {
                message: format!("{name}: terminated by signal {signal}"),
                status: 125,
            }),
            Ended::Exited(_) => {
                self.status = 123;
                Ok(())
            }
        }
    }
}
