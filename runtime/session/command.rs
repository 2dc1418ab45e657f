//! A command to run: the program, its arguments and what surrounds it.

use std::fmt;
use std::sync::{Arc, Mutex};

use crate::contract::Environment;
use crate::machine::{OutputObserver, Shown};

/// One command. Nothing of the host's environment is passed on.
///
/// | default | value |
/// |---|---|
/// | working directory | `/` |
/// | environment | the contract's: `HOME`, `LANG`, `PATH`, `USER` and its further variables; and `PWD` |
/// | standard input | empty |
///
/// ```
/// use isobox::Command;
/// let command = Command::new("sort").args(["-n", "-r"]).stdin("1\n3\n2\n").cwd("/tmp").env("LC_ALL", "C");
/// assert_eq!(command.program(), "sort");
/// ```
#[derive(Clone)]
pub struct Command {
    pub(super) program: String,
    pub(super) argument_zero: Option<String>,
    pub(super) arguments: Vec<String>,
    pub(super) cwd: String,
    pub(super) environment: Vec<(String, String)>,
    pub(super) stdin: Arc<[u8]>,
    pub(super) preopens: Vec<(String, String)>,
    pub(super) observer: Option<Arc<Mutex<dyn OutputObserver>>>,
    pub(super) fuel_max: Option<u64>,
    pub(super) deadline_ns: Option<u64>,
    pub(super) shown: Option<Shown>,
}

impl Command {
    /// A command: a name to be found on `PATH`, or a path inside the machine.
    pub fn new(program: impl Into<String>) -> Command {
        Command {
            program: program.into(),
            argument_zero: None,
            arguments: Vec::new(),
            cwd: "/".to_owned(),
            environment: Vec::new(),
            stdin: Arc::from([]),
            preopens: Vec::new(),
            observer: None,
            fuel_max: None,
            deadline_ns: None,
            shown: None,
        }
    }

    /// What the guest is told that it was called, its argument 0. Default: the program as it was named.
    pub fn arg0(mut self, name: impl Into<String>) -> Command {
        self.argument_zero = Some(name.into());
        self
    }

    /// One more argument.
    pub fn arg(mut self, argument: impl Into<String>) -> Command {
        self.arguments.push(argument.into());
        self
    }

    /// More arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Command {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The working directory; a foreign module sees it in `PWD` alone.
    pub fn cwd(mut self, directory: impl Into<String>) -> Command {
        self.cwd = directory.into();
        self
    }

    /// One more environment variable; the last value of a name counts.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Command {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// All of standard input.
    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Command {
        self.stdin = bytes.as_ref().into();
        self
    }

    /// One more directory that the guest finds open under a name, `/` always being there.
    pub fn preopen(mut self, name: impl Into<String>, directory: impl Into<String>) -> Command {
        self.preopens.push((name.into(), directory.into()));
        self
    }

    /// Less fuel than the contract gives a run.
    pub fn fuel_max(mut self, fuel: u64) -> Command {
        self.fuel_max = Some(fuel);
        self
    }

    /// Less virtual time than the contract gives a run, in nanoseconds.
    pub fn deadline_ns(mut self, nanoseconds: u64) -> Command {
        self.deadline_ns = Some(nanoseconds);
        self
    }

    /// Keeps the output as it is shown, too.
    pub(super) fn showing(mut self, shown: Shown) -> Command {
        self.shown = Some(shown);
        self
    }

    /// Somebody to be told of output as it is written.
    pub fn observer(mut self, observer: impl OutputObserver + 'static) -> Command {
        self.observer = Some(Arc::new(Mutex::new(observer)));
        self
    }

    /// The same for nobody to watch.
    pub(super) fn unobserved(&self) -> Command {
        Command {
            observer: None,
            ..self.clone()
        }
    }

    /// The program as it was named.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// What the guest is told that it was called.
    pub(super) fn argument_zero(&self) -> &String {
        self.argument_zero.as_ref().unwrap_or(&self.program)
    }

    /// The variables the guest sees, one a name: first the usual ones, then the command's in the order given.
    pub(super) fn full_environment(&self, usual: &Environment) -> Vec<(String, String)> {
        let usual = usual
            .variables()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let pwd = ("PWD".to_owned(), self.cwd.clone());
        let given = usual.chain([pwd]).chain(self.environment.iter().cloned());
        let mut variables: Vec<(String, String)> = Vec::new();
        for (name, value) in given {
            match variables.iter_mut().find(|known| known.0 == name) {
                Some(known) => known.1 = value,
                None => variables.push((name, value)),
            }
        }
        variables
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("program", &self.program)
            .field("arguments", &self.arguments)
            .field("cwd", &self.cwd)
            .finish_non_exhaustive()
    }
}
