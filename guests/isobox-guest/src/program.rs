//! Programs by name: the search on `PATH`, and what `env`, `nohup`, `timeout` and `xargs` do with the rest of their words.

use std::ffi::OsString;
use std::io;
use std::os::wasi::ffi::OsStrExt;
use std::path::Path;

use crate::process::{self, Spawn};
use crate::stat::{Kind, stat};

/// A command line to begin or to become: found on `PATH`, in the current directory, with an environment.
pub struct Program {
    path: Vec<u8>,
    words: Vec<Vec<u8>>,
    environment: Vec<Vec<u8>>,
    cwd: Vec<u8>,
    ignored: u64,
}

/// Where `PATH` leads when it is unset.
const DEFAULT_PATH: &str = "/usr/bin:/bin";

impl Program {
    /// Finds the program that the first word names; the environment is the process's own.
    ///
    /// # Errors
    /// `ENOENT` when there is no such program, `EACCES` when it cannot be executed.
    pub fn find<S: AsRef<str>>(words: &[S]) -> io::Result<Program> {
        let environment = std::env::vars_os().collect();
        Program::with_environment(words, environment)
    }

    /// The same with an environment of its own, whose `PATH` counts.
    ///
    /// # Errors
    /// As [`Program::find`].
    pub fn with_environment<S: AsRef<str>>(
        words: &[S],
        environment: Vec<(OsString, OsString)>,
    ) -> io::Result<Program> {
        let name = words.first().map_or("", AsRef::as_ref);
        let path = environment.iter().find(|(name, _)| name == "PATH");
        let path = path.map_or(DEFAULT_PATH.into(), |(_, value)| value.to_string_lossy());
        Ok(Program {
            path: search(name, &path)?.into_bytes(),
            words: words.iter().map(|word| word.as_ref().into()).collect(),
            environment: environment
                .iter()
                .map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat())
                .collect(),
            cwd: std::env::current_dir()?.as_os_str().as_bytes().to_vec(),
            ignored: 0,
        })
    }

    /// Has the program ignore a signal.
    #[must_use]
    pub fn ignoring(mut self, signal: u32) -> Program {
        self.ignored |= 1 << signal;
        self
    }

    /// Begins it as a child in the same process group, with all descriptors; returns its number.
    ///
    /// # Errors
    /// As `process_spawn`'s; `ENOEXEC` becomes a run of `/bin/sh`, as `execvp` has it.
    pub fn spawn(&self) -> io::Result<u32> {
        self.with_spawn(|spawn| spawn.spawn(), Result::is_err)
    }

    /// Becomes it. Returns only when it fails.
    pub fn exec(&self) -> io::Error {
        self.with_spawn(|spawn| spawn.exec(), |_| true)
    }

    fn with_spawn<T: AsError>(
        &self,
        begin: impl Fn(&Spawn<'_>) -> T,
        failed: impl Fn(&T) -> bool,
    ) -> T {
        let words: Vec<&[u8]> = self.words.iter().map(|word| &word[..]).collect();
        let environment: Vec<&[u8]> = self.environment.iter().map(|one| &one[..]).collect();
        let mut spawn = Spawn {
            path: &self.path,
            arguments: &words,
            environment: &environment,
            cwd: &self.cwd,
            ignored: self.ignored,
            keep_ignored: true,
            ..Spawn::default()
        };
        let answer = begin(&spawn);
        if !failed(&answer) || answer.errno() != Some(libc::ENOEXEC) {
            return answer;
        }
        let mut script: Vec<&[u8]> = vec![b"sh", &self.path];
        script.extend(words.iter().skip(1));
        spawn.path = b"/bin/sh";
        spawn.arguments = &script;
        begin(&spawn)
    }
}

/// What can hold an error of the machine.
trait AsError {
    fn errno(&self) -> Option<i32>;
}

impl AsError for io::Result<u32> {
    fn errno(&self) -> Option<i32> {
        self.as_ref().err().and_then(io::Error::raw_os_error)
    }
}

impl AsError for io::Error {
    fn errno(&self) -> Option<i32> {
        self.raw_os_error()
    }
}

/// Where a program is, as `execvp` finds it: a name with a slash is itself.
///
/// # Errors
/// `ENOENT`, or `EACCES` when all that was found cannot be executed.
pub fn search(name: &str, path: &str) -> io::Result<String> {
    if name.contains('/') {
        return check_executable(name).map(|()| name.to_owned());
    }
    let mut error = io::Error::from_raw_os_error(libc::ENOENT);
    if name.is_empty() {
        return Err(error);
    }
    for directory in path.split(':') {
        let directory = if directory.is_empty() { "." } else { directory };
        let candidate = format!("{directory}/{name}");
        match check_executable(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(reason) if reason.raw_os_error() == Some(libc::EACCES) => error = reason,
            Err(_) => {}
        }
    }
    Err(error)
}

/// Whether a path names a file that can be executed.
///
/// # Errors
/// What `stat` says, and `EACCES`.
pub fn check_executable(path: &str) -> io::Result<()> {
    let stat = stat(Path::new(path), true)?;
    if stat.kind == Kind::Regular && stat.mode & 0o100 != 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(libc::EACCES))
    }
}

/// The status of a program that could not be begun: 127 when there is none, else 126.
pub fn failure_status(error: &io::Error) -> i32 {
    match error.raw_os_error() {
        Some(libc::ENOENT) => 127,
        _ => 126,
    }
}

/// Ends by a signal, as the child that one waited for did.
pub fn die_by(signal: u32) -> ! {
    let _ = process::set_action(signal, process::Action::Default);
    let _ = process::kill(process::ids().0 as i32, signal);
    std::process::exit(128 + signal as i32)
}
