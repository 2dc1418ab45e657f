//! Reading what children write into command substitutions, while they are waited for.
//!
//! A child that is waited for has a pipe of its own, read until it ends. Children that are not share one pipe for each substitution,
//! which is read whenever the shell waits for somebody, and to its end when the substitution ends, as bash reads its one pipe.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use isobox_guest::process::{self, Action, signal};

use super::jobs;
use super::spawn::PIPE_BYTES;
use crate::descriptors::{self, Capture, OwnedDescriptor, Target};
use crate::shell::Shell;

/// A pipe that leads to a command substitution.
pub(super) struct Drain {
    read_end: Rc<OwnedDescriptor>,
    capture: Rc<Capture>,
    /// Read until its end; the others are read as long as somebody is waited for.
    ends: bool,
}

/// What reading brought.
enum Read {
    Some,
    End,
    Interrupted,
}

impl Shell {
    /// Waits for a child and reads what it and others write meanwhile; how it ended.
    pub(super) fn await_end(&mut self, pid: u32, mut drains: Vec<Drain>) -> u32 {
        self.add_shared_drains(&mut drains);
        if drains.is_empty() {
            return jobs::wait_foreground(pid);
        }
        note_children();
        loop {
            if !drains.iter().any(|drain| drain.ends)
                && let Some(raw) = jobs::ended_already(pid)
            {
                return raw;
            }
            let place = ready_drain(&drains);
            let Some(drain) = place.and_then(|place| drains.get(place)) else {
                // Interrupted, or nothing is left to be read.
                _ = jobs::hold_signals();
                if drains.is_empty() {
                    return jobs::wait_foreground(pid);
                }
                if let Some(raw) = jobs::ended_already(pid) {
                    leave(drains);
                    return raw;
                }
                continue;
            };
            match drain.read_once() {
                Read::Some => {}
                Read::End => {
                    drains.remove(place.unwrap_or(0));
                }
                Read::Interrupted => {
                    _ = jobs::hold_signals();
                    if let Some(raw) = jobs::ended_already(pid) {
                        leave(drains);
                        return raw;
                    }
                }
            }
        }
    }

    /// The pipes of the substitutions that this shell writes to itself.
    fn add_shared_drains(&self, drains: &mut Vec<Drain>) {
        for target in self.descriptors.table.values() {
            let Some(Target::Capture(capture)) = target else {
                continue;
            };
            let background = capture.background.borrow();
            let Some((read_end, _)) = &*background else {
                continue;
            };
            if !drains
                .iter()
                .any(|drain| Rc::ptr_eq(&drain.read_end, read_end))
            {
                drains.push(Drain {
                    read_end: read_end.clone(),
                    capture: capture.clone(),
                    ends: false,
                });
            }
        }
    }
}

impl Drain {
    pub(super) fn new(read_end: Rc<OwnedDescriptor>, capture: Rc<Capture>) -> Drain {
        Drain {
            read_end,
            capture,
            ends: true,
        }
    }

    fn read_once(&self) -> Read {
        self.capture.read_once(&self.read_end)
    }
}

impl Capture {
    /// Waits for everybody who may still write, at the end of a substitution.
    pub(super) fn finish(&self) {
        let background = self.background.borrow_mut().take();
        if let Some((read_end, write_end)) = background {
            drop(write_end);
            self.read_all(&read_end);
        }
        let leftovers = std::mem::take(&mut *self.leftovers.borrow_mut());
        for read_end in leftovers {
            self.read_all(&read_end);
        }
    }

    fn read_all(&self, read_end: &OwnedDescriptor) {
        loop {
            match self.read_once(read_end) {
                Read::Some => {}
                Read::End => return,
                Read::Interrupted => _ = jobs::hold_signals(),
            }
        }
    }

    fn read_once(&self, read_end: &OwnedDescriptor) -> Read {
        let mut buffer = vec![0; PIPE_BYTES];
        match descriptors::read_machine(read_end.number, &mut buffer) {
            Ok(0) => Read::End,
            Ok(count) => {
                let mut bytes = self.bytes.borrow_mut();
                bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
                Read::Some
            }
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => Read::Interrupted,
            Err(_) => Read::End,
        }
    }
}

/// Takes what is in the pipes of a child that has ended; its own children may go on writing until the substitution ends.
fn leave(drains: Vec<Drain>) {
    for drain in drains {
        let mut ended = false;
        while !ended && is_ready(&drain) {
            ended = matches!(drain.read_once(), Read::End);
        }
        if !ended && drain.ends {
            drain.capture.leftovers.borrow_mut().push(drain.read_end);
        }
    }
}

/// Which of several pipes has something, or has ended; a single one is simply read.
fn ready_drain(drains: &[Drain]) -> Option<usize> {
    if drains.len() < 2 {
        return (!drains.is_empty()).then_some(0);
    }
    let mut asked: Vec<libc::pollfd> = drains.iter().map(asked).collect();
    poll(&mut asked, -1).ok()?;
    asked.iter().position(|polled| polled.revents != 0)
}

fn is_ready(drain: &Drain) -> bool {
    poll(&mut [asked(drain)], 0).is_ok_and(|ready| ready > 0)
}

/// Whether something is left in a pipe that nobody reads any more.
pub(super) fn has_something(read_end: &OwnedDescriptor) -> bool {
    let mut byte = [0];
    matches!(poll(&mut [asked_of(read_end)], 0), Ok(1..))
        && matches!(descriptors::read_machine(read_end.number, &mut byte), Ok(1))
}

fn asked(drain: &Drain) -> libc::pollfd {
    asked_of(&drain.read_end)
}

fn asked_of(read_end: &OwnedDescriptor) -> libc::pollfd {
    libc::pollfd {
        fd: read_end.number as i32,
        events: libc::POLLIN,
        revents: 0,
    }
}

fn poll(asked: &mut [libc::pollfd], milliseconds: i32) -> io::Result<usize> {
    // SAFETY: the list outlives the call.
    let ready = unsafe { libc::poll(asked.as_mut_ptr(), asked.len() as _, milliseconds) };
    usize::try_from(ready).map_err(|_| io::Error::last_os_error())
}

thread_local! {
    static CHILDREN_NOTED: Cell<bool> = const { Cell::new(false) };
}

/// The end of a child interrupts reading from now on.
fn note_children() {
    if !CHILDREN_NOTED.replace(true) {
        let _ = process::set_action(signal::CHLD, Action::Note);
    }
}

/// Whether the end of a child is noted though it may not be trapped.
pub(super) fn notes_children() -> bool {
    CHILDREN_NOTED.get()
}
