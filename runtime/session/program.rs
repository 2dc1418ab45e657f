//! From a command's name to an executable: the search on `PATH`, and what kinds of files can be run.

use crate::digest::Digest;
use crate::limits::MODULE_BYTES_MAX;
use crate::machine::Errno;
use crate::machine::fs::{FileType, FollowLast, InodeNumber, Kind, Tree};

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
            | ProgramError::Memory { .. } => 126,
        }
    }
}

/// An executable that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Executable {
    /// A pinned guest, by its digest.
    Pinned(Digest),
    /// A module in the tree.
    Module(Vec<u8>),
}

/// Finds a program as `execvp` does.
pub fn find(
    tree: &Tree,
    program: &str,
    cwd: InodeNumber,
    path: &str,
) -> Result<Executable, ProgramError> {
    if program.contains('/') {
        let inode = tree
            .lookup(cwd, program.as_bytes(), FollowLast::Yes)
            .map_err(|errno| ProgramError::Path {
                program: program.to_owned(),
                errno,
            })?;
        check_executable(tree, inode, program)?;
        return load(tree, inode, program);
    }
    let mut denied = None;
    for directory in path.split(':') {
        let directory = if directory.is_empty() { "." } else { directory };
        let candidate = format!("{directory}/{program}");
        let Ok(inode) = tree.lookup(cwd, candidate.as_bytes(), FollowLast::Yes) else {
            continue;
        };
        match check_executable(tree, inode, &candidate) {
            Ok(()) => return load(tree, inode, &candidate),
            Err(error) => denied = Some(error),
        }
    }
    Err(denied.unwrap_or_else(|| ProgramError::NotFound {
        program: program.to_owned(),
        path: path.to_owned(),
    }))
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

fn load(tree: &Tree, inode: InodeNumber, program: &str) -> Result<Executable, ProgramError> {
    let path_error = |errno| ProgramError::Path {
        program: program.to_owned(),
        errno,
    };
    if let Kind::Pinned(pinned) = tree.kind(inode).map_err(path_error)? {
        return Ok(Executable::Pinned(pinned.digest));
    }
    let content = tree.content(inode).map_err(path_error)?;
    let refuse = |reason: String| ProgramError::Format {
        program: program.to_owned(),
        reason,
    };
    let mut magic = [0; 4];
    let length = content.read(0, &mut magic);
    if magic[..length].starts_with(b"#!") {
        return Err(refuse(
            "it is a script, and this machine has no interpreter for it".to_owned(),
        ));
    }
    if magic != *b"\0asm" {
        return Err(refuse("it is no WebAssembly module".to_owned()));
    }
    if content.size() > MODULE_BYTES_MAX {
        return Err(refuse(format!(
            "a module of {} bytes is larger than the {MODULE_BYTES_MAX} that are compiled",
            content.size()
        )));
    }
    Ok(Executable::Module(content.to_vec()))
}
