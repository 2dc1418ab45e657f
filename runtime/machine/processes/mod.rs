//! The processes of a machine: plain data beside the futures that run them.
//!
//! Numbers count up and are never used again; 1 is init, which is the machine itself: it adopts orphans and waits for
//! them at once.

mod family;
mod signals;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use super::Machine;
use super::budget::Meter;
use super::entropy::Entropy;
use super::errno::{Errno, Result};
use super::open_files::Descriptors;
pub use family::GroupWish;
pub use signals::{Action, SIGNALS_MAX, Signals, signal};

/// A process's number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pid(pub u32);

impl Pid {
    /// No process.
    pub const NONE: Pid = Pid(0);
    /// The machine itself.
    pub const INIT: Pid = Pid(1);
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// By itself, with this status.
    Exited(u8),
    /// By this signal.
    Signalled(u8),
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs, or would.
    Runnable,
    /// It waits for something.
    Blocked,
    /// It ended, and nobody has waited for it yet.
    Ended(Status),
}

/// What a process runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The executable, as it was named.
    pub path: Vec<u8>,
    /// `argv`, the program's name first.
    pub arguments: Vec<Vec<u8>>,
    /// `NAME=VALUE`, in the order the guest sees.
    pub environment: Vec<Vec<u8>>,
    /// The working directory it was begun in.
    pub cwd: Vec<u8>,
}

/// One process as the machine knows it.
#[derive(Clone, Debug)]
pub struct Task {
    /// Who waits for it.
    pub parent: Pid,
    /// Its process group.
    pub group: Pid,
    /// The call in which it began.
    pub call: u64,
    /// The first process of that call.
    pub session: Pid,
    /// What it does.
    pub state: State,
    /// Whether a signal stopped it: it has no turn before another lets it go on.
    pub stopped: bool,
    /// What it runs.
    pub program: Arc<Program>,
    /// What it has open.
    pub descriptors: Descriptors,
    /// Its entropy.
    pub entropy: Entropy,
    /// Permissions that new files don't get.
    pub umask: u16,
    /// What signals do to it.
    pub signals: Signals,
    /// Fuel of the children it waited for, and of theirs.
    pub children_fuel: u64,
    /// Its linear memory, in bytes.
    pub memory_bytes: u64,
    /// When it began, on the monotonic clock, in nanoseconds.
    pub begun_ns: u64,
    /// What it used, up to its last turn.
    pub meter: Meter,
    /// Whether it stands in the queue of those that run next.
    queued: bool,
    /// When it wakes by itself, on the monotonic clock, in nanoseconds.
    wakes_ns: Option<u64>,
    /// Whether the end of a child wakes it.
    waits_for_child: bool,
    /// Counts ends, and so orders them.
    ended: u64,
}

/// What a process is begun with.
#[derive(Debug)]
pub struct Birth {
    /// Who begins it.
    pub parent: Pid,
    /// The group it belongs to; none: one of its own.
    pub group: Option<Pid>,
    /// What it runs.
    pub program: Arc<Program>,
    /// What it has open.
    pub descriptors: Descriptors,
    /// The signals it ignores, a bit each.
    pub ignored: u64,
    /// Permissions that new files don't get.
    pub umask: u16,
    /// The linear memory it begins with, in bytes.
    pub memory_bytes: u64,
}

/// The mask of a process that no other begins.
pub const UMASK: u16 = 0o022;

/// All processes of a machine.
#[derive(Clone, Debug, Default)]
pub struct Processes {
    tasks: BTreeMap<Pid, Task>,
    begun: u32,
    ends: u64,
    memory_bytes: u64,
    /// Who runs next, in this order.
    queue: VecDeque<Pid>,
    /// Processes that ended and whose futures are still to be dropped.
    doomed: Vec<Pid>,
}

impl Processes {
    /// A process that has not been waited for.
    pub fn get(&self, process: Pid) -> Result<&Task> {
        self.tasks.get(&process).ok_or(Errno::NoProcess)
    }

    /// The same, for change.
    pub fn get_mut(&mut self, process: Pid) -> Result<&mut Task> {
        self.tasks.get_mut(&process).ok_or(Errno::NoProcess)
    }

    /// Every process that has not been waited for, by number.
    pub fn iter(&self) -> impl Iterator<Item = (Pid, &Task)> {
        self.tasks.iter().map(|(process, task)| (*process, task))
    }

    /// How many have not ended.
    pub fn alive(&self) -> usize {
        self.tasks.values().filter(|task| task.is_alive()).count()
    }

    /// The last number given.
    pub fn last(&self) -> Pid {
        Pid(self.begun + Pid::INIT.0)
    }

    /// Whom to drop: futures of processes that ended otherwise than by themselves.
    pub fn take_doomed(&mut self) -> Vec<Pid> {
        std::mem::take(&mut self.doomed)
    }

    /// The next process that can run.
    pub fn take_next(&mut self) -> Option<Pid> {
        while let Some(process) = self.queue.pop_front() {
            let Some(task) = self.tasks.get_mut(&process) else {
                continue;
            };
            task.queued = false;
            if task.state == State::Runnable && !task.stopped {
                return Some(process);
            }
        }
        None
    }

    /// Whether any process waits for its turn.
    pub fn others_wait(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Puts a process at the end of the queue, if it can run.
    pub fn enqueue(&mut self, process: Pid) {
        if let Some(task) = self.tasks.get_mut(&process)
            && task.state == State::Runnable
            && !task.stopped
            && !task.queued
        {
            task.queued = true;
            self.queue.push_back(process);
        }
    }
}

impl Task {
    /// Whether it has not ended.
    pub fn is_alive(&self) -> bool {
        !matches!(self.state, State::Ended(_))
    }
}

impl Machine {
    /// Whether another process, of this much linear memory, finds room.
    pub fn check_room_for_process(&self, memory_bytes: u64) -> Result<()> {
        if self.processes.tasks.len() >= self.limits.processes_max as usize {
            return Err(Errno::Again);
        }
        self.check_room_for_memory(memory_bytes, 0)
    }

    /// Whether linear memory of one process can be that large, where it is this large now.
    pub fn check_room_for_memory(&self, wanted: u64, now: u64) -> Result<()> {
        let others = self.processes.memory_bytes.saturating_sub(now);
        let total = others.saturating_add(wanted);
        if wanted > self.limits.memory_bytes_max || total > self.limits.memory_total_bytes_max {
            return Err(Errno::NoMemory);
        }
        Ok(())
    }

    /// Notes that a process's linear memory is that large from here on.
    pub fn set_memory(&mut self, process: Pid, bytes: u64) {
        if let Ok(task) = self.processes.get_mut(process) {
            let before = std::mem::replace(&mut task.memory_bytes, bytes);
            self.processes.memory_bytes = self.processes.memory_bytes - before + bytes;
        }
    }

    /// Begins another process, the last in the queue. There has to be room for it.
    pub fn begin_process(&mut self, birth: Birth) -> Pid {
        self.processes.begun += 1;
        let process = self.processes.last();
        if self.first == Pid::NONE {
            self.first = process;
        }
        self.processes.memory_bytes += birth.memory_bytes;
        let task = Task {
            parent: birth.parent,
            group: birth.group.unwrap_or(process),
            call: self.call,
            session: self.first,
            state: State::Runnable,
            stopped: false,
            program: birth.program,
            descriptors: birth.descriptors,
            entropy: Entropy::new(self.seed, process.0.into()),
            umask: birth.umask,
            signals: Signals::ignoring(birth.ignored),
            children_fuel: 0,
            memory_bytes: birth.memory_bytes,
            begun_ns: self.clock.elapsed_ns(),
            meter: Meter::default(),
            queued: false,
            wakes_ns: None,
            waits_for_child: false,
            ended: 0,
        };
        self.processes.tasks.insert(process, task);
        self.processes.enqueue(process);
        process
    }

    /// A process waits: for its children, if it says so, until a time on the monotonic clock if there is one, and for
    /// whatever else it was noted for. It is woken to look again.
    pub fn block(&mut self, process: Pid, until_ns: Option<u64>, for_child: bool) {
        let Ok(task) = self.processes.get_mut(process) else {
            return;
        };
        task.state = State::Blocked;
        task.waits_for_child = for_child;
        task.wakes_ns = until_ns;
        if let Some(until_ns) = until_ns {
            self.sleepers.insert((until_ns, process));
        }
    }

    /// Wakes a process, if it waits.
    pub fn wake(&mut self, process: Pid) {
        let Ok(task) = self.processes.get_mut(process) else {
            return;
        };
        if task.state != State::Blocked {
            return;
        }
        task.state = State::Runnable;
        task.waits_for_child = false;
        if let Some(until_ns) = task.wakes_ns.take() {
            self.sleepers.remove(&(until_ns, process));
        }
        self.processes.enqueue(process);
    }

    /// Wakes several, in this order.
    pub fn wake_all(&mut self, processes: Vec<Pid>) {
        for process in processes {
            self.wake(process);
        }
    }

    /// Wakes everybody whose time has come, the earliest first.
    pub fn wake_sleepers(&mut self) {
        let now_ns = self.clock.elapsed_ns();
        while let Some((until_ns, process)) = self.sleepers.first().copied()
            && until_ns <= now_ns
        {
            self.sleepers.remove(&(until_ns, process));
            self.wake(process);
        }
    }

    /// A process ends: what it has open is closed, its children are init's, its parent learns of it.
    pub fn end_process(&mut self, process: Pid, status: Status) {
        self.set_memory(process, 0);
        self.processes.ends += 1;
        let ends = self.processes.ends;
        let Ok(task) = self.processes.get_mut(process) else {
            return;
        };
        if !task.is_alive() {
            return;
        }
        task.state = State::Ended(status);
        task.ended = ends;
        let (parent, wakes_ns) = (task.parent, task.wakes_ns.take());
        let open: Vec<_> = task.descriptors.drain().collect();
        for descriptor in open {
            self.close(descriptor.file);
        }
        if let Some(until_ns) = wakes_ns {
            self.sleepers.remove(&(until_ns, process));
        }
        self.processes.doomed.push(process);
        if process == self.first {
            self.first_ended = Some(status);
        }
        self.adopt_orphans(process);
        self.tell_parent(parent, process);
    }

    /// Ends every process that began in the running call.
    pub fn end_call(&mut self, status: Status) {
        let call = self.call;
        let of_call = |(_, task): &(Pid, &Task)| task.call == call && task.is_alive();
        let ending: Vec<Pid> = self
            .processes
            .iter()
            .filter(of_call)
            .map(|(process, _)| process)
            .collect();
        for process in ending {
            self.end_process(process, status);
        }
    }
}
