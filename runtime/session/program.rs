//! From a command's name to an executable: the search on `PATH`, and what kinds of files can be run.

use crate::digest::Digest;
use crate::limits::{INTERPRETERS_MAX, MODULE_BYTES_MAX, SCRIPT_LINE_BYTES_MAX};
use crate::machine::Errno;
use crate::machine::fs::{Content, FileType, FollowLast, InodeNumber, Kind, Tree};

/// Why a command cannot be begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum ProgramError {
    /// No such command.
    #[error(
        "{program}: command not found on PATH ({path}); `ls /usr/bin` inside the machine lists what there is"
    )]
    NotFound { program: String, path: String },
    /// The path leads nowhere.
    #[error("{program}: {errno}")]
    Path { program: String, errno: Errno },
    /// It is there and may not be executed.
    #[error("{program}: permission denied: it is no regular file with the executable bit")]
    NotExecutable { program: String },
    /// It is no WebAssembly module.
    #[error("{program}: exec format error: {reason}")]
    Format { program: String, reason: String },
    /// It is a script whose interpreter is not there.
    #[error("{program}: {interpreter}: bad interpreter: no such file or directory")]
    Interpreter {
        program: String,
        interpreter: String,
    },
    /// It needs more memory to begin with than the machine's bound.
    #[error(
        "{program}: cannot allocate memory: it begins with {needed} {what}, the machine's bound is {bound}"
    )]
    Memory {
        program: String,
        what: &'static str,
        needed: u64,
        bound: u64,
    },
    /// Its working directory, or one that it is to find open, is none.
    #[error("the directory {directory}: {errno}")]
    Directory { directory: String, errno: Errno },
    /// What it is given is not well-formed, or too much.
    #[error("{program}: {reason}")]
    Invalid { program: String, reason: String },
}

impl ProgramError {
    /// The status a shell would show: 127 for what is not there, 126 for what cannot be run. What surrounds the command
    /// being wrong is 125, as docker has it: it says nothing of the command.
    pub fn status(&self) -> u8 {
        match self {
            ProgramError::NotFound { .. } => 127,
            ProgramError::Path {
                errno: Errno::NoEntry,
                ..
            } => 127,
            ProgramError::Directory { .. } | ProgramError::Invalid { .. } => 125,
            ProgramError::Path { .. }
            | ProgramError::NotExecutable { .. }
            | ProgramError::Format { .. }
            | ProgramError::Interpreter { .. }
            | ProgramError::Memory { .. } => 126,
        }
    }

    /// The same as the answer of a host call.
    pub fn errno(&self) -> Errno {
        match self {
            ProgramError::NotFound { .. } => Errno::NoEntry,
            ProgramError::Path { errno, .. } | ProgramError::Directory { errno, .. } => *errno,
            ProgramError::NotExecutable { .. } => Errno::Access,
            ProgramError::Format { .. } => Errno::NoExec,
            ProgramError::Interpreter { .. } => Errno::NoProcess,
            ProgramError::Memory { .. } => Errno::NoMemory,
            ProgramError::Invalid { .. } => Errno::TooBig,
        }
    }
}

/// An executable that was found.
#[derive(Debug, Clone)]
pub enum Executable {
    /// A pinned guest, by its digest.
    Pinned(Digest),
    /// A module in the tree.
    Module(Content),
}

/// An executable with the arguments it is run with.
#[derive(Debug, Clone)]
pub struct Found {
    /// The module; of a script its interpreter.
    pub executable: Executable,
    /// Where it was found.
    pub path: String,
    /// `argv`.
    pub arguments: Vec<Vec<u8>>,
}

/// Finds a program as `execvp` does: by its path, or by its name in the directories of `search`.
pub fn find(
    tree: &Tree,
    program: &str,
    cwd: InodeNumber,
    search: &str,
    arguments: Vec<Vec<u8>>,
) -> Result<Found, ProgramError> {
    if program.contains('/') {
        return at_path(tree, program, cwd, arguments);
    }
    let mut denied = None;
    for directory in search.split(':') {
        let directory = if directory.is_empty() { "." } else { directory };
        let candidate = format!("{directory}/{program}");
        let Ok(inode) = tree.lookup(cwd, candidate.as_bytes(), FollowLast::Yes) else {
            continue;
        };
        match check_executable(tree, inode, &candidate) {
            Ok(()) => return at_path(tree, &candidate, cwd, arguments),
            Err(error) => denied = Some(error),
        }
    }
    Err(denied.unwrap_or_else(|| ProgramError::NotFound {
        program: program.to_owned(),
        path: search.to_owned(),
    }))
}

/// The executable at a path. A script is run by the interpreter that its first line names, which may be a script again.
pub fn at_path(
    tree: &Tree,
    program: &str,
    cwd: InodeNumber,
    mut arguments: Vec<Vec<u8>>,
) -> Result<Found, ProgramError> {
    let mut path = program.to_owned();
    for depth in 0..=INTERPRETERS_MAX {
        let inode = match tree.lookup(cwd, path.as_bytes(), FollowLast::Yes) {
            Ok(inode) => inode,
            Err(Errno::NoEntry) if depth > 0 => {
                return Err(ProgramError::Interpreter {
                    program: program.to_owned(),
                    interpreter: path,
                });
            }
            Err(errno) => return Err(path_error(program, errno)),
        };
        check_executable(tree, inode, program)?;
        match load(tree, inode, program)? {
            Loaded::Executable(executable) => {
                return Ok(Found {
                    executable,
                    path,
                    arguments,
                });
            }
            Loaded::Script {
                interpreter,
                argument,
            } => {
                let rest = arguments.into_iter().skip(1);
                arguments = std::iter::once(interpreter.clone().into_bytes())
                    .chain(argument)
                    .chain([path.into_bytes()])
                    .chain(rest)
                    .collect();
                path = interpreter;
            }
        }
    }
    Err(path_error(program, Errno::Loop))
}

fn path_error(program: &str, errno: Errno) -> ProgramError {
    ProgramError::Path {
        program: program.to_owned(),
        errno,
    }
}

fn check_executable(tree: &Tree, inode: InodeNumber, program: &str) -> Result<(), ProgramError> {
    let executable = tree
        .stat(inode)
        .is_ok_and(|stat| stat.file_type == FileType::Regular && stat.mode & 0o100 != 0);
    if !executable {
        return Err(ProgramError::NotExecutable {
            program: program.to_owned(),
        });
    }
    Ok(())
}

/// What an executable file holds.
enum Loaded {
    Executable(Executable),
    Script {
        interpreter: String,
        argument: Option<Vec<u8>>,
    },
}

fn load(tree: &Tree, inode: InodeNumber, program: &str) -> Result<Loaded, ProgramError> {
    if let Kind::Pinned(pinned) = tree
        .kind(inode)
        .map_err(|errno| path_error(program, errno))?
    {
        return Ok(Loaded::Executable(Executable::Pinned(pinned.digest)));
    }
    let content = tree
        .content(inode)
        .map_err(|errno| path_error(program, errno))?;
    let refuse = |reason: String| ProgramError::Format {
        program: program.to_owned(),
        reason,
    };
    let mut start = [0; SCRIPT_LINE_BYTES_MAX];
    let length = content.read(0, &mut start);
    let start = &start[..length];
    if let Some(line) = start.strip_prefix(b"#!") {
        return script(line)
            .ok_or_else(|| refuse("its first line names no interpreter".to_owned()));
    }
    if !start.starts_with(b"\0asm") {
        return Err(refuse("it is no WebAssembly module".to_owned()));
    }
    if content.size() > MODULE_BYTES_MAX {
        return Err(refuse(format!(
            "a module of {} bytes is larger than the {MODULE_BYTES_MAX} that are compiled",
            content.size()
        )));
    }
    Ok(Loaded::Executable(Executable::Module(content)))
}

/// Reads `INTERPRETER [ARGUMENT]`: all that stands behind the interpreter is one argument, as on Linux.
fn script(line: &[u8]) -> Option<Loaded> {
    let line = line.split(|byte| *byte == b'\n').next()?;
    let line = trim(line);
    let end = line.iter().position(|byte| matches!(byte, b' ' | b'\t'));
    let (interpreter, argument) = line.split_at(end.unwrap_or(line.len()));
    let argument = trim(argument);
    if interpreter.is_empty() {
        return None;
    }
    Some(Loaded::Script {
        interpreter: std::str::from_utf8(interpreter).ok()?.to_owned(),
        argument: (!argument.is_empty()).then(|| argument.to_vec()),
    })
}

/// Without the spaces and tabs around it.
fn trim(text: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = text.iter().position(is_text).unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(is_text)
        .map_or(start, |last| last + 1);
    &text[start..end]
}
