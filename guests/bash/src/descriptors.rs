//! The shell's own table of descriptors: which number leads where. OWNER: execute.
//!
//! A redirection changes only this table. Nothing is duplicated in the machine until a child is begun, which is given exactly what the
//! table says; so a builtin's redirection costs no more than opening the file, and descriptor 3 can be used though the machine's is `/`.

mod opening;
mod owned;
mod reading;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use isobox_guest::process;

pub use opening::{Opening, nameless_file, open};
pub use owned::{OwnedDescriptor, release, seal};
pub use reading::{ReadEnd, now, read_machine};

/// Where a descriptor leads. Copies share one offset, as duplicates do.
#[derive(Clone)]
pub enum Target {
    /// An open descriptor of the machine, by the guest's number; closed when the last copy goes.
    Open(Rc<OwnedDescriptor>),
    /// The output of a command substitution, collected here. When a child needs it, a pipe takes its place, and the shell drains it.
    Capture(Rc<Capture>),
    /// A here-document or here-string, read from here. When a child needs it, a pipe or file takes its place with what is left.
    Document(Rc<Document>),
}

/// What a command substitution collects.
#[derive(Default)]
pub struct Capture {
    pub bytes: RefCell<Vec<u8>>,
    /// The pipe into which children write that are not waited for, drained at the end: the end to read from, the end to write to.
    pub background: RefCell<Option<(Rc<OwnedDescriptor>, Rc<OwnedDescriptor>)>>,
    /// Pipes that the children of children may still write to.
    pub leftovers: RefCell<Vec<Rc<OwnedDescriptor>>>,
}

#[derive(Default)]
pub struct Document {
    pub bytes: Vec<u8>,
    pub offset: Cell<usize>,
    /// What has taken its place once a child needed it.
    pub opened: RefCell<Option<Rc<OwnedDescriptor>>>,
}

/// Number to target. A number that is absent is what the process inherited under it, if anything; `None` says that it was closed.
#[derive(Clone, Default)]
pub struct Descriptors {
    pub table: BTreeMap<u32, Option<Target>>,
}

/// What a number leads to, once the table has been asked.
enum Found<'a> {
    Machine(u32),
    Capture(&'a Capture),
    Document(&'a Document),
}

impl Descriptors {
    /// Writes all of it.
    pub fn write(&mut self, descriptor: u32, bytes: &[u8]) -> io::Result<()> {
        match self.find(descriptor)? {
            Found::Machine(number) => write_all(number, bytes),
            Found::Capture(capture) => {
                capture.bytes.borrow_mut().extend_from_slice(bytes);
                Ok(())
            }
            Found::Document(_) => Err(bad_descriptor()),
        }
    }

    /// Whether the number leads anywhere.
    pub fn is_open(&self, descriptor: u32) -> bool {
        match self.table.get(&descriptor) {
            Some(target) => target.is_some(),
            None => inherited(descriptor).is_some(),
        }
    }

    /// The machine's number behind a descriptor, for `test -t`, `/dev/fd` and the like; `None` when it is closed or leads nowhere in the machine.
    pub fn machine_number(&self, descriptor: u32) -> Option<u32> {
        match self.find(descriptor) {
            Ok(Found::Machine(number)) => Some(number),
            _ => None,
        }
    }

    /// Where a number leads, so that another number can lead there too. What was inherited is taken into care first.
    pub fn target(&self, descriptor: u32) -> Option<Target> {
        match self.table.get(&descriptor) {
            Some(target) => target.clone(),
            None => inherited(descriptor).map(|number| Target::Open(owned::adopt(number))),
        }
    }

    /// The highest free number from 63 downwards, as process substitutions take them.
    pub fn high_number(&self) -> u32 {
        (3..64)
            .rev()
            .find(|&number| !self.is_open(number))
            .unwrap_or_else(|| self.free_number())
    }

    /// The lowest free number from 10 on, as `{name}>file` takes it.
    pub fn free_number(&self) -> u32 {
        (10..).find(|&number| !self.is_open(number)).unwrap_or(10)
    }

    /// Lets a number lead somewhere else and returns the entry it had.
    pub fn replace(&mut self, descriptor: u32, target: Option<Target>) -> Option<Option<Target>> {
        if target.is_none()
            && !self.table.contains_key(&descriptor)
            && let Some(number) = inherited(descriptor)
        {
            // A closed descriptor is not passed on.
            owned::adopt(number);
        }
        self.table.insert(descriptor, target)
    }

    /// Puts back what [`Self::replace`] returned.
    pub fn restore(&mut self, descriptor: u32, entry: Option<Option<Target>>) {
        match entry {
            Some(target) => self.table.insert(descriptor, target),
            None => self.table.remove(&descriptor),
        };
    }

    fn find(&self, descriptor: u32) -> io::Result<Found<'_>> {
        match self.table.get(&descriptor) {
            Some(Some(Target::Open(open))) => Ok(Found::Machine(open.number)),
            Some(Some(Target::Capture(capture))) => Ok(Found::Capture(capture)),
            Some(Some(Target::Document(document))) => Ok(Found::Document(document)),
            Some(None) => Err(bad_descriptor()),
            None if descriptor < 3 && !owned::is_ours(descriptor) => Ok(Found::Machine(descriptor)),
            None => inherited(descriptor)
                .map(Found::Machine)
                .ok_or_else(bad_descriptor),
        }
    }
}

/// The machine's number of what the process inherited under a number of the shell's.
fn inherited(descriptor: u32) -> Option<u32> {
    let number = process::descriptor(descriptor);
    (!owned::is_ours(number) && owned::is_open(number)).then_some(number)
}

/// Writes everything to a number of the machine's.
pub fn write_all(number: u32, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        // SAFETY: the bytes outlive the call.
        let written = unsafe { libc::write(number as i32, bytes.as_ptr().cast(), bytes.len()) };
        match written {
            1.. => bytes = bytes.get(written as usize..).unwrap_or_default(),
            0 => return Err(io::ErrorKind::WriteZero.into()),
            _ => match io::Error::last_os_error() {
                error if error.raw_os_error() == Some(libc::EINTR) => {}
                error => return Err(error),
            },
        }
    }
    Ok(())
}

fn bad_descriptor() -> io::Error {
    io::Error::from_raw_os_error(libc::EBADF)
}
