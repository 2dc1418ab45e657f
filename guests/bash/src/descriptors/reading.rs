//! Reading, never beyond what was asked for: what a shell leaves unread belongs to its children.

use std::io;
use std::time::Duration;

use isobox_guest::process;

use crate::execute::jobs::hold_signals;

use super::{Descriptors, Document, Found, bad_descriptor};

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
    /// A signal came that has a handler; what had been read is in `bytes`.
    Interrupted,
}

impl Descriptors {
    /// Reads once, at most the buffer; 0 at the end.
    pub fn read(&mut self, descriptor: u32, buffer: &mut [u8]) -> io::Result<usize> {
        match self.find(descriptor)? {
            Found::Machine(number) => read_machine(number, buffer),
            Found::Document(document) => document.read(buffer, None),
            Found::Capture(_) => Err(bad_descriptor()),
        }
    }

    /// Reads until and with `delimiter`, never beyond it; at the end of file, what is left. `timeout` for the whole of it.
    /// At most `limit` bytes.
    pub fn read_until(
        &mut self,
        descriptor: u32,
        delimiter: Option<u8>,
        limit: usize,
        timeout: Option<Duration>,
    ) -> io::Result<ReadUntil> {
        let deadline = timeout.map(|timeout| now().saturating_add(timeout));
        let mut bytes = Vec::new();
        loop {
            let room = limit.saturating_sub(bytes.len()).min(CHUNK);
            if room == 0 {
                return Ok(ReadUntil {
                    bytes,
                    ended: ReadEnd::Limit,
                });
            }
            if let Some(deadline) = deadline
                && let Some(number) = self.machine_number(descriptor)
                && !is_ready(number, deadline)
            {
                return Ok(ReadUntil {
                    bytes,
                    ended: ReadEnd::TimedOut,
                });
            }
            let mut buffer = [0; CHUNK];
            let room = buffer.get_mut(..room).unwrap_or_default();
            let count = match self.read_some(descriptor, room, delimiter) {
                Ok(count) => count,
                Err(error) if error.raw_os_error() == Some(libc::EINTR) && !hold_signals() => {
                    continue;
                }
                Err(error) if error.raw_os_error() == Some(libc::EINTR) => {
                    return Ok(ReadUntil {
                        bytes,
                        ended: ReadEnd::Interrupted,
                    });
                }
                Err(error) => return Err(error),
            };
            bytes.extend_from_slice(room.get(..count).unwrap_or_default());
            let ended = if count == 0 {
                ReadEnd::EndOfFile
            } else if delimiter.is_some() && bytes.last().copied() == delimiter {
                ReadEnd::Delimiter
            } else {
                continue;
            };
            return Ok(ReadUntil { bytes, ended });
        }
    }

    fn read_some(
        &mut self,
        descriptor: u32,
        buffer: &mut [u8],
        delimiter: Option<u8>,
    ) -> io::Result<usize> {
        match (self.find(descriptor)?, delimiter) {
            (Found::Machine(number), Some(delimiter)) => {
                read_machine_until(number, delimiter, buffer)
            }
            (Found::Machine(number), None) => read_machine(number, buffer),
            (Found::Document(document), _) => document.read(buffer, delimiter),
            (Found::Capture(_), _) => Err(bad_descriptor()),
        }
    }
}

impl Document {
    fn read(&self, buffer: &mut [u8], delimiter: Option<u8>) -> io::Result<usize> {
        if let Some(opened) = &*self.opened.borrow() {
            return match delimiter {
                Some(delimiter) => read_machine_until(opened.number, delimiter, buffer),
                None => read_machine(opened.number, buffer),
            };
        }
        let rest = self.rest();
        let rest = rest.get(..buffer.len()).unwrap_or(rest);
        let count = delimiter
            .and_then(|delimiter| rest.iter().position(|&byte| byte == delimiter))
            .map_or(rest.len(), |position| position + 1);
        let (from, to) = (rest.get(..count), buffer.get_mut(..count));
        if let (Some(from), Some(to)) = (from, to) {
            to.copy_from_slice(from);
        }
        self.offset.set(self.offset.get() + count);
        Ok(count)
    }

    /// What has not been read.
    pub fn rest(&self) -> &[u8] {
        self.bytes.get(self.offset.get()..).unwrap_or_default()
    }
}

/// How much is read at once.
const CHUNK: usize = 4096;

pub fn read_machine(number: u32, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the buffer outlives the call.
    let count = unsafe { libc::read(number as i32, buffer.as_mut_ptr().cast(), buffer.len()) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Reads at most the buffer, and never beyond the delimiter; byte by byte where the machine cannot do that.
fn read_machine_until(number: u32, delimiter: u8, buffer: &mut [u8]) -> io::Result<usize> {
    match process::read_until(number, delimiter, buffer) {
        Err(error) if error.raw_os_error() == Some(libc::ENOSYS) => {
            read_machine(number, buffer.get_mut(..1).unwrap_or_default())
        }
        outcome => outcome,
    }
}

/// Waits until there is something to read, or the end; false when the deadline came first.
fn is_ready(number: u32, deadline: Duration) -> bool {
    let left = deadline.saturating_sub(now());
    if left.is_zero() && now() > deadline {
        return false;
    }
    let milliseconds = i32::try_from(left.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    let mut asked = libc::pollfd {
        fd: number as i32,
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one `pollfd` that outlives the call.
    unsafe { libc::poll(&raw mut asked, 1, milliseconds) != 0 }
}

/// The monotonic clock.
pub fn now() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` outlives the call.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    Duration::new(
        time.tv_sec.try_into().unwrap_or(0),
        time.tv_nsec.try_into().unwrap_or(0),
    )
}
