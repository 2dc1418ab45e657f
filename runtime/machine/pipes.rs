//! Pipes: 64 KiB between those who write and those who read. Named ones are pipes too, found by their inode.

use std::collections::{BTreeMap, VecDeque};

use super::errno::{Errno, Result};
use super::fs::InodeNumber;
use super::processes::Pid;
use crate::limits::{PIPE_ATOMIC_BYTES, PIPE_BYTES, PIPES_MAX};

/// Names a pipe of a machine. Numbers count up and are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PipeId(pub u64);

/// What an open file does with its pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipeEnds {
    /// It reads.
    pub reads: bool,
    /// It writes.
    pub writes: bool,
}

/// One pipe.
#[derive(Clone, Debug, Default)]
pub struct Pipe {
    bytes: VecDeque<u8>,
    readers: u32,
    writers: u32,
    /// How often an end was opened, so that whoever waits for that sees it also when the end is closed again.
    reader_opens: u64,
    writer_opens: u64,
    inode: Option<InodeNumber>,
    /// Who waits for bytes, room or the other end, in the order in which they came.
    waiting: Vec<Pid>,
}

/// What came of a read or a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// So many bytes; none: the end of what there will ever be.
    Bytes(usize),
    /// Nothing, as yet.
    NotYet,
    /// Nobody reads.
    Broken,
}

/// What a pipe is ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipeReady {
    /// Bytes that can be read.
    pub readable: usize,
    /// Room for this many bytes; as [`Moved`] has it, short writes need [`PIPE_ATOMIC_BYTES`] of it.
    pub writable: usize,
    /// Nobody writes any more.
    pub no_writer: bool,
    /// Nobody reads any more.
    pub no_reader: bool,
}

impl Pipe {
    /// Takes bytes out, as many as there are and the buffer holds.
    pub fn read(&mut self, buffer: &mut [u8]) -> Moved {
        if self.bytes.is_empty() && !buffer.is_empty() && self.writers > 0 {
            return Moved::NotYet;
        }
        let length = buffer.len().min(self.bytes.len());
        let (front, back) = self.bytes.as_slices();
        let in_front = length.min(front.len());
        buffer[..in_front].copy_from_slice(&front[..in_front]);
        buffer[in_front..length].copy_from_slice(&back[..length - in_front]);
        self.bytes.drain(..length);
        Moved::Bytes(length)
    }

    /// The same, but never beyond the first byte that equals `delimiter`.
    pub fn read_until(&mut self, delimiter: u8, buffer: &mut [u8]) -> Moved {
        let found = self.bytes.iter().take(buffer.len());
        let wanted = match found.clone().position(|byte| *byte == delimiter) {
            Some(before) => before + 1,
            None => buffer.len(),
        };
        self.read(&mut buffer[..wanted])
    }

    /// Puts bytes in, as many as there is room for; `total` is what the whole write has left to put in, of which no part
    /// goes in before all does when it is short.
    pub fn write(&mut self, bytes: &[u8], total: usize) -> Moved {
        if self.readers == 0 {
            return Moved::Broken;
        }
        let room = PIPE_BYTES - self.bytes.len();
        if room == 0 || (total <= PIPE_ATOMIC_BYTES && room < total) {
            return Moved::NotYet;
        }
        let length = bytes.len().min(room);
        self.bytes.extend(&bytes[..length]);
        Moved::Bytes(length)
    }

    /// What it is ready for now.
    pub fn ready(&self) -> PipeReady {
        PipeReady {
            readable: self.bytes.len(),
            writable: PIPE_BYTES - self.bytes.len(),
            no_writer: self.writers == 0,
            no_reader: self.readers == 0,
        }
    }

    /// The inode of a named pipe.
    pub fn inode(&self) -> Option<InodeNumber> {
        self.inode
    }

    /// How often the ends that these ends wait for were opened.
    pub fn opens_of_others(&self, ends: PipeEnds) -> u64 {
        if ends.reads {
            self.writer_opens
        } else {
            self.reader_opens
        }
    }

    /// Whether somebody has the other end open, where these ends are not both or none.
    pub fn is_met(&self, ends: PipeEnds) -> bool {
        ends.reads == ends.writes
            || if ends.reads {
                self.writers > 0
            } else {
                self.readers > 0
            }
    }

    /// Somebody waits for a change of the pipe.
    pub fn wait(&mut self, process: Pid) {
        if !self.waiting.contains(&process) {
            self.waiting.push(process);
        }
    }

    /// Whom a change wakes.
    pub fn take_waiting(&mut self) -> Vec<Pid> {
        std::mem::take(&mut self.waiting)
    }
}

/// All pipes of a machine that somebody has open.
#[derive(Clone, Debug, Default)]
pub struct Pipes {
    pipes: BTreeMap<PipeId, Pipe>,
    named: BTreeMap<InodeNumber, PipeId>,
    made: u64,
}

impl Pipes {
    /// Makes a pipe with neither end open.
    pub fn make(&mut self) -> Result<PipeId> {
        if self.pipes.len() >= PIPES_MAX {
            return Err(Errno::TooManyPipes);
        }
        self.made += 1;
        let id = PipeId(self.made);
        self.pipes.insert(id, Pipe::default());
        Ok(id)
    }

    /// The pipe behind a name, made when nobody has it open.
    pub fn named(&mut self, inode: InodeNumber) -> Result<PipeId> {
        if let Some(id) = self.named.get(&inode) {
            return Ok(*id);
        }
        let id = self.make()?;
        self.named.insert(inode, id);
        self.get_mut(id)?.inode = Some(inode);
        Ok(id)
    }

    /// A pipe.
    pub fn get(&self, id: PipeId) -> Result<&Pipe> {
        self.pipes.get(&id).ok_or(Errno::BadDescriptor)
    }

    /// A pipe, for change.
    pub fn get_mut(&mut self, id: PipeId) -> Result<&mut Pipe> {
        self.pipes.get_mut(&id).ok_or(Errno::BadDescriptor)
    }

    /// Counts an open end; returns whom that wakes.
    pub fn open(&mut self, id: PipeId, ends: PipeEnds) -> Vec<Pid> {
        let Some(pipe) = self.pipes.get_mut(&id) else {
            return Vec::new();
        };
        pipe.readers += u32::from(ends.reads);
        pipe.writers += u32::from(ends.writes);
        pipe.reader_opens += u64::from(ends.reads);
        pipe.writer_opens += u64::from(ends.writes);
        pipe.take_waiting()
    }

    /// Lets a pipe go that was made and never opened.
    pub fn discard(&mut self, id: PipeId) {
        let nobody = PipeEnds {
            reads: false,
            writes: false,
        };
        self.close(id, nobody);
    }

    /// Takes an open end back; returns whom that wakes. With its last end a pipe goes, and what is in it.
    pub fn close(&mut self, id: PipeId, ends: PipeEnds) -> Vec<Pid> {
        let Some(pipe) = self.pipes.get_mut(&id) else {
            return Vec::new();
        };
        pipe.readers -= u32::from(ends.reads);
        pipe.writers -= u32::from(ends.writes);
        let waiting = pipe.take_waiting();
        if pipe.readers == 0 && pipe.writers == 0 {
            if let Some(inode) = pipe.inode {
                self.named.remove(&inode);
            }
            self.pipes.remove(&id);
        }
        waiting
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOTH: PipeEnds = PipeEnds {
        reads: true,
        writes: true,
    };
    const READS: PipeEnds = PipeEnds {
        reads: true,
        writes: false,
    };
    const WRITES: PipeEnds = PipeEnds {
        reads: false,
        writes: true,
    };

    fn pipe() -> (Pipes, PipeId) {
        let mut pipes = Pipes::default();
        let id = pipes.make().unwrap();
        pipes.open(id, READS);
        pipes.open(id, WRITES);
        (pipes, id)
    }

    #[derive(Clone, Debug)]
    enum Step {
        Write(usize),
        Read(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let size = prop_oneof![0usize..10, 4000..4200usize, 60_000..70_000usize];
        let step = (any::<bool>(), size).prop_map(|(writes, size)| match writes {
            true => Step::Write(size),
            false => Step::Read(size),
        });
        prop::collection::vec(step, 0..60)
    }

    proptest! {
        /// What comes out is what went in, in order, never more than the pipe holds at once, short writes whole.
        #[test]
        fn a_pipe_is_a_bounded_queue(steps in steps()) {
            let (mut pipes, id) = pipe();
            let pipe = pipes.get_mut(id).unwrap();
            let mut model: VecDeque<u8> = VecDeque::new();
            let mut next = 0u8;
            for step in steps {
                match step {
                    Step::Write(size) => {
                        let bytes: Vec<u8> = (0..size).map(|at| next.wrapping_add(at as u8)).collect();
                        let room = PIPE_BYTES - model.len();
                        let fits = match size {
                            size if size <= PIPE_ATOMIC_BYTES && room < size => None,
                            _ if room == 0 => None,
                            size => Some(size.min(room)),
                        };
                        let moved = pipe.write(&bytes, size);
                        prop_assert_eq!(moved, fits.map_or(Moved::NotYet, Moved::Bytes));
                        if let Some(length) = fits {
                            model.extend(&bytes[..length]);
                            next = next.wrapping_add(length as u8);
                        }
                    }
                    Step::Read(size) => {
                        let mut buffer = vec![0; size];
                        let length = size.min(model.len());
                        let expected = match (length, size) {
                            (0, 1..) => Moved::NotYet,
                            _ => Moved::Bytes(length),
                        };
                        prop_assert_eq!(pipe.read(&mut buffer), expected);
                        let out: Vec<u8> = model.drain(..length).collect();
                        prop_assert_eq!(&buffer[..length], &out[..]);
                    }
                }
                prop_assert_eq!(pipe.ready().readable, model.len());
            }
        }
    }

    #[test]
    fn the_last_writer_to_go_is_the_end_and_the_last_reader_breaks_the_pipe() {
        let (mut pipes, id) = pipe();
        let mut buffer = [0; 4];
        let pipe = pipes.get_mut(id).unwrap();
        assert_eq!(pipe.write(b"abc", 3), Moved::Bytes(3));
        pipe.wait(Pid(7));
        pipe.wait(Pid(7));
        assert_eq!(pipes.close(id, WRITES), [Pid(7)]);
        let pipe = pipes.get_mut(id).unwrap();
        assert_eq!(pipe.read(&mut buffer), Moved::Bytes(3));
        assert_eq!(pipe.read(&mut buffer), Moved::Bytes(0));
        pipes.open(id, WRITES);
        pipes.close(id, READS);
        assert_eq!(pipes.get_mut(id).unwrap().write(b"x", 1), Moved::Broken);
        pipes.close(id, WRITES);
        assert!(pipes.get(id).is_err());
    }

    #[test]
    fn a_name_leads_to_one_pipe_while_it_is_open() {
        let mut pipes = Pipes::default();
        let id = pipes.named(InodeNumber(9)).unwrap();
        pipes.open(id, BOTH);
        assert_eq!(pipes.named(InodeNumber(9)), Ok(id));
        pipes.close(id, BOTH);
        assert_ne!(pipes.named(InodeNumber(9)), Ok(id));
    }

    #[test]
    fn the_number_of_pipes_is_bounded() {
        let mut pipes = Pipes::default();
        for _ in 0..PIPES_MAX {
            pipes.make().unwrap();
        }
        assert_eq!(pipes.make(), Err(Errno::TooManyPipes));
    }
}
