//! Sessions: a machine, and what is run on it.

mod arguments;
mod call;
mod call_result;
mod command;
mod events;
mod living;
mod outcome;
mod program;
mod recent;
mod report;
mod run;
mod runtime;
mod snapshot;
mod transcript;

pub use arguments::Arguments;
pub use call::CallError;
pub use call_result::{CallOutcome, CallResult, Origin, SessionId, SessionLimit};
pub use command::Command;
pub use outcome::{LimitKind, Outcome, RunResult};
pub use program::ProgramError;
pub use report::{ErrorDetails, ErrorReport, OutputReport, Report, RunReport};
pub use run::RunError;
pub use runtime::{Runtime, RuntimeError, RuntimeOptions};
pub use snapshot::Snapshot;
pub use transcript::Transcript;

use std::path::Path;

use living::Living;

use crate::digest::Digest;
use crate::host_files::{self, ExportError, Import, ImportError};
use crate::machine::fs::{FileType, FollowLast, InodeNumber, OpenHow, Tree};
use crate::machine::{Errno, Machine};

/// One machine and what is run on it, call after call.
///
/// Between calls a session is plain data: [`Session::fork`] costs microseconds, whatever the tree holds. Processes that live
/// on are frozen between calls; a fork makes the calls since there was none once more when it is next used.
///
/// ```
/// use isobox::{Command, Contract, Runtime};
///
/// let runtime = Runtime::new(Contract::default())?;
/// let mut session = runtime.session(7);
/// session.write_file("/tmp/greeting", b"hello\n")?;
/// let mut fork = session.fork();
/// fork.run(&Command::new("rm").arg("/tmp/greeting"))?;
/// assert_eq!(session.read_file("/tmp/greeting")?, b"hello\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Session {
    runtime: Runtime,
    machine: Machine,
    /// What outlived its call.
    living: Option<Living>,
    id: SessionId,
    used: Used,
    transcript: Transcript,
}

/// What a session has used of its bounds.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    calls: u64,
    fuel: u64,
}

/// Why a file of the machine cannot be read or written from outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {errno}")]
pub struct FileError {
    /// The path inside the machine.
    pub path: String,
    /// The reason.
    pub errno: Errno,
}

impl Session {
    pub(crate) fn new(runtime: Runtime, machine: Machine) -> Session {
        let (contract, base) = (runtime.contract_digest(), machine.tree.digest());
        let transcript = Transcript::new(contract, base, machine.seed());
        Session {
            runtime,
            machine,
            living: None,
            id: SessionId::new(transcript.digest()),
            used: Used::default(),
            transcript,
        }
    }

    /// Names the session by what it follows from.
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// What was done in the session.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The runtime.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// A second session that continues from here on its own. The two share what neither changes.
    pub fn fork(&self) -> Session {
        self.clone()
    }

    /// A fork whose entropy is another from here on.
    pub fn fork_with_seed(&self, seed: u64) -> Session {
        let mut fork = self.fork();
        fork.machine.set_seed(seed);
        fork.note_edit();
        fork.record_seed(seed);
        fork
    }

    /// The seed that names the session's entropy.
    pub fn seed(&self) -> u64 {
        self.machine.seed()
    }

    /// Virtual time since the session began, in nanoseconds.
    pub fn elapsed_ns(&self) -> u64 {
        self.machine.clock.elapsed_ns()
    }

    /// The Merkle digest of the file tree: contents, names, modes, times and inode numbers.
    pub fn tree_digest(&self) -> Digest {
        self.machine.tree.digest()
    }

    /// The file tree as it is now: O(1).
    pub fn tree(&self) -> Tree {
        self.machine.tree.clone()
    }

    /// The content of a file.
    ///
    /// # Errors
    /// As `open` and `read` inside the machine.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let tree = &self.machine.tree;
        tree.lookup(InodeNumber::ROOT, path.as_bytes(), FollowLast::Yes)
            .and_then(|inode| tree.content(inode))
            .map(|content| content.to_vec())
            .map_err(|errno| file_error(path, errno))
    }

    /// The names in a directory, in the order of their bytes; those of directories end in a slash.
    ///
    /// # Errors
    /// As `opendir` inside the machine.
    pub fn list_directory(&self, path: &str) -> Result<Vec<String>, FileError> {
        let tree = &self.machine.tree;
        let list = || -> Result<Vec<String>, Errno> {
            let directory = tree.lookup(InodeNumber::ROOT, path.as_bytes(), FollowLast::Yes)?;
            let names = tree.entries(directory)?.iter().map(|(name, inode)| {
                let is_directory = tree.stat(inode)?.file_type == FileType::Directory;
                let name = String::from_utf8_lossy(name).into_owned();
                Ok(if is_directory { name + "/" } else { name })
            });
            names.collect()
        };
        list().map_err(|errno| file_error(path, errno))
    }

    /// Writes a whole file, of mode 0644 when it is new; its directory must be there.
    ///
    /// # Errors
    /// As `open` and `write` inside the machine; what did not fit is an error, and the file is as it was.
    pub fn write_file(&mut self, path: &str, bytes: &[u8]) -> Result<(), FileError> {
        let how = OpenHow {
            write: true,
            create: true,
            truncate: true,
            mode: 0o644,
            ..OpenHow::default()
        };
        let mut tree = self.machine.tree.clone();
        let now_ns = self.machine.clock.now_ns();
        let written = tree
            .open(InodeNumber::ROOT, path.as_bytes(), how, now_ns)
            .and_then(|inode| tree.write(inode, 0, bytes, now_ns));
        match written {
            Ok(length) if length == bytes.len() => {
                self.machine.tree = tree;
                self.note_edit();
                self.record_file("write_file", path, bytes);
                Ok(())
            }
            Ok(_) => Err(file_error(path, Errno::NoSpace)),
            Err(errno) => Err(file_error(path, errno)),
        }
    }

    /// Makes a directory of mode 0755 and every missing one above it; one that is there already is left alone.
    ///
    /// # Errors
    /// As `mkdir` inside the machine.
    pub fn make_directories(&mut self, path: &str) -> Result<(), FileError> {
        let now_ns = self.machine.clock.now_ns();
        let made = self.machine.tree.make_directories(path.as_bytes(), now_ns);
        self.note_edit();
        self.record_directories(path);
        made.map(drop).map_err(|errno| file_error(path, errno))
    }

    /// Puts a module on `PATH` as an executable file `/usr/local/bin/NAME`.
    ///
    /// # Errors
    /// As [`Session::write_file`]; a name that is there already is `File exists`.
    pub fn add_program(&mut self, name: &str, wasm: &[u8]) -> Result<(), FileError> {
        let path = format!("/usr/local/bin/{name}");
        let now_ns = self.machine.clock.now_ns();
        let mut tree = self.machine.tree.clone();
        let how = OpenHow {
            write: true,
            create: true,
            exclusive: true,
            mode: 0o755,
            ..OpenHow::default()
        };
        let written = tree
            .make_directories(b"/usr/local/bin", now_ns)
            .and_then(|directory| tree.open(directory, name.as_bytes(), how, now_ns))
            .and_then(|inode| tree.write(inode, 0, wasm, now_ns));
        match written {
            Ok(length) if length == wasm.len() => {
                self.machine.tree = tree;
                self.note_edit();
                self.record_file("add_program", name, wasm);
                Ok(())
            }
            Ok(_) => Err(file_error(&path, Errno::NoSpace)),
            Err(errno) => Err(file_error(&path, errno)),
        }
    }

    /// Copies a folder or file of the host into the tree, at the path `guest`.
    ///
    /// # Errors
    /// When something there cannot be read or has no place in a machine, or all of it is more than the tree may hold;
    /// the tree is then as it was.
    pub fn import(
        &mut self,
        host: &Path,
        guest: &str,
        how: &Import<'_>,
    ) -> Result<(), ImportError> {
        let now_ns = self.machine.clock.now_ns();
        self.machine.tree = host_files::import(&self.machine.tree, host, guest, now_ns, how)?;
        self.note_edit();
        self.record_import(guest);
        Ok(())
    }

    /// Writes what is at the path `guest` to an empty or new folder of the host, or to a new file.
    ///
    /// # Errors
    /// When the folder is not empty, or the host cannot hold what is there.
    pub fn export(&self, guest: &str, host: &Path) -> Result<(), ExportError> {
        host_files::export(&self.machine.tree, guest, host)
    }
}

fn file_error(path: &str, errno: Errno) -> FileError {
    FileError {
        path: path.to_owned(),
        errno,
    }
}
