//! A command to run: the program, its arguments and what surrounds it.

use std::fmt;
use std::sync::{Arc, Mutex};

use crate::machine::OutputObserver;

/// The environment of every command, before its own variables.
pub const ENVIRONMENT: [(&str, &str); 4] = [
    ("HOME", "/home/user"),
    ("LANG", "C.UTF-8"),
    (
        "PATH",
        "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
    ),
    ("USER", "user"),
];

/// One command. Nothing of the host's environment is passed on.
///
/// | default | value |
/// |---|---|
/// | working directory | `/` |
/// | environment | `HOME=/home/user LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin USER=user`, and `PWD` |
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
    pub(super) fn full_environment(&self) -> Vec<(String, String)> {
        let usual = ENVIRONMENT.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let pwd = ("PWD".to_owned(), self.cwd.clone());
        let given = usual
            .into_iter()
            .chain([pwd])
            .chain(self.environment.iter().cloned());
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
