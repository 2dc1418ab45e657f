//! The shell's own table of descriptors: which number leads where. OWNER: execute.
//!
//! A redirection changes only this table. Nothing is duplicated in the machine until a child is begun, which is given exactly what the
//! table says; so a builtin's redirection costs no more than opening the file, and descriptor 3 can be used though the machine's is `/`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

/// Where a descriptor leads. Copies share one offset, as duplicates do.
#[derive(Clone)]
pub enum Target {
    /// An open descriptor of the machine, by the guest's number; closed when the last copy goes.
    Open(Rc<OwnedDescriptor>),
    /// The output of a command substitution, collected here. When a child needs it, a pipe takes its place, and the shell drains it.
    Capture(Rc<RefCell<Vec<u8>>>),
    /// A here-document or here-string, read from here. When a child needs it, a pipe or file takes its place with what is left.
    Document(Rc<RefCell<Document>>),
}

pub struct Document {
    pub bytes: Vec<u8>,
    pub offset: usize,
}

/// A descriptor that is closed when it is dropped (unless it was inherited and belongs to the process).
pub struct OwnedDescriptor {
    pub number: u32,
    pub close_on_drop: bool,
}

/// Number to target. A number that is absent is what the process inherited under it, if anything; `None` says that it was closed.
#[derive(Clone, Default)]
pub struct Descriptors {
    pub table: BTreeMap<u32, Option<Target>>,
}

impl Descriptors {
    pub fn write(&mut self, _descriptor: u32, _bytes: &[u8]) -> io::Result<()> {
        todo!()
    }

    /// Reads once, at most the buffer; 0 at the end.
    pub fn read(&mut self, _descriptor: u32, _buffer: &mut [u8]) -> io::Result<usize> {
        todo!()
    }

    /// Reads until and with `delimiter`, never beyond it; at the end of file, what is left. `timeout` for the whole of it.
    /// At most `limit` bytes.
    pub fn read_until(
        &mut self,
        _descriptor: u32,
        _delimiter: Option<u8>,
        _limit: usize,
        _timeout: Option<std::time::Duration>,
    ) -> io::Result<ReadUntil> {
        todo!()
    }

    /// Whether the number leads anywhere.
    pub fn is_open(&self, _descriptor: u32) -> bool {
        todo!()
    }
}

/// What `read_until` brought.
pub struct ReadUntil {
    pub bytes: Vec<u8>,
    pub ended: ReadEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadEnd {
    Delimiter,
    Limit,
    EndOfFile,
    TimedOut,
}
