//! The standard streams: input known from the start, output kept within a bound.

use std::collections::VecDeque;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use crate::digest::Digest;
use crate::limits::Limits;

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard input.
    Stdin,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Is told what a guest writes, as it writes it. It sees; it has no part in what follows.
pub trait OutputObserver: Send {
    /// Bytes written to stdout or stderr. `Break` ends the run as a host failure: nobody listens any more.
    fn wrote(&mut self, stream: Stream, bytes: &[u8]) -> ControlFlow<()>;
}

/// What came of a write to a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamWrite {
    /// The bytes were taken.
    Taken,
    /// They are more than one run may write.
    TooMuch,
    /// Nobody listens any more.
    Closed,
}

/// The standard streams of a run.
#[derive(Clone, Default)]
pub struct Streams {
    stdin: Arc<[u8]>,
    stdin_offset: usize,
    stdout: Capture,
    stderr: Capture,
    /// What is shown of them together.
    shown: Option<(Shown, Capture)>,
    written_bytes_left: u64,
    observer: Option<Arc<Mutex<dyn OutputObserver>>>,
}

/// What was written to the standard streams of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// To stdout.
    pub stdout: Captured,
    /// To stderr.
    pub stderr: Captured,
    /// To those that are shown, in the order in which it was written.
    pub shown: Option<Captured>,
}

/// What is shown of the output streams together, as on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Bytes of it that are kept.
    pub bytes_max: u64,
    /// Whether stderr is shown beside stdout.
    pub stderr: bool,
}

impl Streams {
    /// Streams with all of their input, the bounds on their output, and who is told of it.
    pub fn new(
        stdin: Arc<[u8]>,
        limits: &Limits,
        observer: Option<Arc<Mutex<dyn OutputObserver>>>,
    ) -> Streams {
        Streams {
            stdin,
            stdin_offset: 0,
            stdout: Capture::new(limits.output_bytes_max),
            stderr: Capture::new(limits.output_bytes_max),
            shown: None,
            written_bytes_left: limits.written_bytes_max,
            observer,
        }
    }

    /// The same streams, of which this is shown.
    pub fn showing(mut self, shown: Option<Shown>) -> Streams {
        self.shown = shown.map(|shown| (shown, Capture::new(shown.bytes_max)));
        self
    }

    /// How many bytes of input are left.
    pub fn stdin_left(&self) -> usize {
        self.stdin.len() - self.stdin_offset
    }

    /// Reads input; 0 bytes mean its end.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        let length = buffer.len().min(self.stdin_left());
        let end = self.stdin_offset + length;
        buffer[..length].copy_from_slice(&self.stdin[self.stdin_offset..end]);
        self.stdin_offset = end;
        length
    }

    /// Reads input, but never beyond the first byte that equals `delimiter`.
    pub fn read_until(&mut self, delimiter: u8, buffer: &mut [u8]) -> usize {
        let left = &self.stdin[self.stdin_offset..];
        let within = &left[..left.len().min(buffer.len())];
        let wanted = match within.iter().position(|byte| *byte == delimiter) {
            Some(before) => before + 1,
            None => within.len(),
        };
        self.read(&mut buffer[..wanted])
    }

    /// Takes output: all of it or nothing.
    pub fn write(&mut self, stream: Stream, bytes: &[u8]) -> StreamWrite {
        let Some(left) = self.written_bytes_left.checked_sub(bytes.len() as u64) else {
            return StreamWrite::TooMuch;
        };
        self.written_bytes_left = left;
        match stream {
            Stream::Stdin => {}
            Stream::Stdout => self.stdout.write(bytes),
            Stream::Stderr => self.stderr.write(bytes),
        }
        if let Some((shown, capture)) = &mut self.shown
            && (shown.stderr || stream == Stream::Stdout)
        {
            capture.write(bytes);
        }
        let Some(observer) = &self.observer else {
            return StreamWrite::Taken;
        };
        let mut observer = observer
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        match observer.wrote(stream, bytes) {
            ControlFlow::Continue(()) => StreamWrite::Taken,
            ControlFlow::Break(()) => StreamWrite::Closed,
        }
    }

    /// What was written.
    pub fn finish(self) -> Written {
        Written {
            stdout: self.stdout.finish(),
            stderr: self.stderr.finish(),
            shown: self.shown.map(|(_, capture)| capture.finish()),
        }
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams")
            .field("stdin_left", &self.stdin_left())
            .finish_non_exhaustive()
    }
}

/// Output under a bound: all of it while it fits, else its head and its tail.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    bytes_max: usize,
    written: u64,
    /// Of everything written, also of what is not kept. Begun when the head is full.
    beyond: Option<Box<blake3::Hasher>>,
}

/// What was kept of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Everything, or head, a line that marks the cut, and tail.
    pub bytes: Vec<u8>,
    /// How many bytes the guest wrote.
    pub written: u64,
    /// How many of them are missing from `bytes`.
    pub cut: u64,
    /// BLAKE3 of everything the guest wrote.
    pub digest: Digest,
}

impl Capture {
    fn new(bytes_max: u64) -> Capture {
        Capture {
            bytes_max: usize::try_from(bytes_max).unwrap_or(usize::MAX),
            ..Capture::default()
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.written += bytes.len() as u64;
        if self.beyond.is_none() && self.head.len() + bytes.len() <= self.bytes_max {
            self.head.extend_from_slice(bytes);
            return;
        }
        let hasher = self.beyond.get_or_insert_with(|| {
            let mut hasher = Box::new(blake3::Hasher::new());
            hasher.update(&self.head);
            hasher
        });
        hasher.update(bytes);
        self.keep_tail(bytes);
    }

    /// Past the bound the first half of it is head and the second half tail.
    fn keep_tail(&mut self, bytes: &[u8]) {
        let head_bytes = self.bytes_max / 2;
        let tail_bytes = self.bytes_max - head_bytes;
        let missing = head_bytes.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        if self.head.len() > head_bytes {
            self.tail.extend(self.head.drain(head_bytes..));
        }
        let rest = &bytes[missing..];
        let rest = &rest[rest.len().saturating_sub(tail_bytes)..];
        let overflow = (self.tail.len() + rest.len()).saturating_sub(tail_bytes);
        self.tail.drain(..overflow);
        self.tail.extend(rest);
    }

    fn finish(self) -> Captured {
        let Some(hasher) = self.beyond else {
            return Captured {
                digest: Digest::of_bytes(&self.head),
                bytes: self.head,
                written: self.written,
                cut: 0,
            };
        };
        let cut = self.written - (self.head.len() + self.tail.len()) as u64;
        let mut bytes = self.head;
        bytes.extend_from_slice(format!("\n[{cut} bytes cut]\n").as_bytes());
        bytes.extend(self.tail);
        Captured {
            bytes,
            written: self.written,
            cut,
            digest: Digest::from_bytes(*hasher.finalize().as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_head_and_tail_and_digests_everything(
            writes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..30), 0..12),
            bytes_max in 0u64..60,
        ) {
            let mut capture = Capture::new(bytes_max);
            writes.iter().for_each(|bytes| capture.write(bytes));
            let (all, kept) = (writes.concat(), capture.finish());
            prop_assert_eq!(kept.digest, Digest::of_bytes(&all));
            prop_assert_eq!(kept.written, all.len() as u64);
            if all.len() as u64 <= bytes_max {
                prop_assert_eq!((kept.bytes, kept.cut), (all, 0));
            } else {
                let head = bytes_max as usize / 2;
                let tail = bytes_max as usize - head;
                prop_assert_eq!(kept.cut as usize, all.len() - bytes_max as usize);
                prop_assert!(kept.bytes.starts_with(&all[..head]));
                prop_assert!(kept.bytes.ends_with(&all[all.len() - tail..]));
            }
        }
    }
}
