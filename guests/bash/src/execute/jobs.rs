//! Jobs: background processes by number. OWNER: execute.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use isobox_guest::process::{self, Ended};
use serde::{Deserialize, Serialize};

use crate::flow::Result;
use crate::shell::Shell;
use crate::text::Text;

/// The jobs of a shell. A subshell has a copy, and knows its parent's.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Jobs {
    list: Rc<Vec<Job>>,
    /// Numbers of jobs, the current one (`%+`) last.
    order: Vec<u32>,
    /// Children in no job, that can be waited for by number.
    loose: Vec<u32>,
    /// What processes ended with that are in no job any more, for `wait PID`.
    remembered: Rc<BTreeMap<u32, i32>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// `%n`.
    pub number: u32,
    /// Its processes, in the order of the pipeline.
    pub processes: Vec<Member>,
    /// The command as it is shown, without `&`.
    pub command: Text,
    /// The process group, when job control gave it one.
    pub group: Option<u32>,
    /// `disown -h`.
    pub no_hangup: bool,
    /// It belongs to the shell that this one is a child of.
    pub foreign: bool,
    /// Its end has been shown, or waited for.
    pub notified: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Member {
    pub pid: u32,
    /// `None` while it runs: 0 to 255, or 0x100 and the signal.
    pub ended: Option<u32>,
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Running,
    /// With the last process's status.
    Exited(u8),
    Signalled(u32),
}

/// What waiting brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// Of the process `pid` (0 when all were waited for).
    Ended { pid: u32, status: i32 },
    /// A trapped signal came, whose handler has run: the status is 128 and the signal.
    Interrupted(u32),
    /// Not a child of this shell, or no children left.
    NoChild,
}

/// Why a job specification names no job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoJob {
    NotFound,
    Ambiguous,
}

/// The most ends of processes that are remembered.
const REMEMBERED: usize = 4096;

thread_local! {
    /// Children of this process that ended while somebody else was waited for.
    static REAPED: RefCell<BTreeMap<u32, u32>> = RefCell::default();
}

impl Job {
    /// What `$!` is for this job.
    pub fn pid(&self) -> u32 {
        self.processes.last().map_or(0, |member| member.pid)
    }

    /// What `jobs -p` prints, and what `kill %n` signals: the first process.
    pub fn leader(&self) -> u32 {
        self.processes.first().map_or(0, |member| member.pid)
    }

    pub fn state(&self) -> JobState {
        if self.processes.iter().any(|member| member.ended.is_none()) {
            return JobState::Running;
        }
        match self.processes.last().and_then(|member| member.ended) {
            Some(raw) if raw & 0x100 != 0 => JobState::Signalled(raw & 0xff),
            raw => JobState::Exited(raw.unwrap_or(0) as u8),
        }
    }

    /// As `$?` shows it; `None` while it runs.
    pub fn status(&self) -> Option<i32> {
        match self.state() {
            JobState::Running => None,
            JobState::Exited(status) => Some(status.into()),
            JobState::Signalled(signal) => Some(128 + signal as i32),
        }
    }
}

impl Jobs {
    /// A new job, which becomes the current one; returns its number.
    pub fn add(&mut self, pids: &[u32], command: Text, group: Option<u32>) -> u32 {
        let number = self.list.iter().map(|job| job.number).max().unwrap_or(0) + 1;
        let member = |&pid: &u32| Member { pid, ended: None };
        Rc::make_mut(&mut self.list).push(Job {
            number,
            processes: pids.iter().map(member).collect(),
            command,
            group,
            no_hangup: false,
            foreign: false,
            notified: false,
        });
        self.order.push(number);
        number
    }

    /// A child in no job that `wait PID` can wait for: a process substitution.
    pub(super) fn note_loose(&mut self, pid: u32) {
        self.loose.push(pid);
    }

    /// By number.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.list.iter()
    }

    pub fn get(&self, number: u32) -> Option<&Job> {
        self.list.iter().find(|job| job.number == number)
    }

    pub fn get_mut(&mut self, number: u32) -> Option<&mut Job> {
        Rc::make_mut(&mut self.list)
            .iter_mut()
            .find(|job| job.number == number)
    }

    /// The job a process belongs to.
    pub fn of_pid(&self, pid: u32) -> Option<&Job> {
        self.list
            .iter()
            .find(|job| job.processes.iter().any(|member| member.pid == pid))
    }

    /// `%+`: the current job.
    pub fn current(&self) -> Option<u32> {
        self.order.last().copied()
    }

    /// `%-`: the one before.
    pub fn previous(&self) -> Option<u32> {
        match self.order.len() {
            0 => None,
            1 => self.current(),
            count => self.order.get(count - 2).copied(),
        }
    }

    /// Makes a job the current one, as `fg` and `bg` do.
    pub fn make_current(&mut self, number: u32) {
        self.order.retain(|&other| other != number);
        self.order.push(number);
    }

    /// The job that `%n`, `%%`, `%+`, `%-`, `%name`, `%?text` or the same without `%` names.
    pub fn find(&self, specification: &str) -> std::result::Result<u32, NoJob> {
        let rest = specification.strip_prefix('%').unwrap_or(specification);
        match rest {
            "" | "%" | "+" => return self.current().ok_or(NoJob::NotFound),
            "-" => return self.previous().ok_or(NoJob::NotFound),
            _ => {}
        }
        if rest.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = rest.parse().map_err(|_| NoJob::NotFound)?;
            return self
                .get(number)
                .map(|job| job.number)
                .ok_or(NoJob::NotFound);
        }
        let matches = |job: &&Job| match rest.strip_prefix('?') {
            Some(part) => job.command.contains(part),
            None => job.command.starts_with(rest),
        };
        let mut found = self.list.iter().filter(matches);
        match (found.next(), found.next()) {
            (Some(job), None) => Ok(job.number),
            (Some(_), Some(_)) => Err(NoJob::Ambiguous),
            (None, _) => Err(NoJob::NotFound),
        }
    }

    /// Forgets a job (`disown`, or when its end has been shown); its processes' ends are remembered.
    pub fn remove(&mut self, number: u32) {
        let list = Rc::make_mut(&mut self.list);
        let Some(place) = list.iter().position(|job| job.number == number) else {
            return;
        };
        let job = list.remove(place);
        self.order.retain(|&other| other != number);
        for member in job.processes {
            if let Some(raw) = member.ended {
                self.remember(member.pid, status_of(raw));
            }
        }
    }

    /// In a child: its parent's jobs are shown, but are not its own.
    pub(super) fn become_foreign(&mut self) {
        self.refresh();
        self.loose.clear();
        if !self.list.is_empty() {
            for job in Rc::make_mut(&mut self.list) {
                job.foreign = true;
            }
        }
    }

    /// Forgets how processes ended that have been waited for all together.
    fn forget_remembered(&mut self) {
        self.loose.clear();
        self.remembered = Rc::default();
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Learns, without waiting, which processes have ended.
    pub fn refresh(&mut self) {
        if self.list.iter().all(|job| job.foreign) {
            return;
        }
        reap_all();
        let ended: Vec<(u32, u32)> =
            REAPED.with_borrow(|reaped| reaped.iter().map(|(&pid, &raw)| (pid, raw)).collect());
        for (pid, raw) in ended {
            self.note_end(pid, raw);
        }
    }

    /// A shell that is not interactive forgets the jobs that ended while it waited for something else; how, is remembered.
    pub(super) fn forget_ended(&mut self) {
        self.refresh();
        let ended: Vec<u32> = (self.list.iter())
            .filter(|job| job.state() != JobState::Running)
            .map(|job| job.number)
            .collect();
        for number in ended {
            self.remove(number);
        }
    }

    /// Writes the end of a process into its job.
    fn note_end(&mut self, pid: u32, raw: u32) {
        if self.of_pid(pid).is_none() {
            return;
        }
        for job in Rc::make_mut(&mut self.list) {
            for member in &mut job.processes {
                if member.pid == pid {
                    member.ended = Some(raw);
                }
            }
        }
    }

    fn remember(&mut self, pid: u32, status: i32) {
        let remembered = Rc::make_mut(&mut self.remembered);
        remembered.insert(pid, status);
        if remembered.len() > REMEMBERED {
            remembered.pop_first();
        }
    }
}

impl Shell {
    /// `wait PID`.
    pub fn wait_for_pid(&mut self, pid: u32) -> Result<Waited> {
        let Some(job) = self.jobs.of_pid(pid) else {
            if self.jobs.loose.contains(&pid) {
                return self.wait_for_loose(pid);
            }
            return Ok(match self.jobs.remembered.get(&pid) {
                Some(&status) => Waited::Ended { pid, status },
                None => Waited::NoChild,
            });
        };
        if job.foreign {
            return Ok(Waited::NoChild);
        }
        let number = job.number;
        let member = job.processes.iter().find(|member| member.pid == pid);
        let raw = match member.and_then(|member| member.ended) {
            Some(raw) => raw,
            None => match self.wait_interruptibly(pid)? {
                Ok(raw) => raw,
                Err(waited) => return Ok(waited),
            },
        };
        self.jobs.note_end(pid, raw);
        self.settle_job(number);
        Ok(Waited::Ended {
            pid,
            status: status_of(raw),
        })
    }

    fn wait_for_loose(&mut self, pid: u32) -> Result<Waited> {
        let waited = match self.wait_interruptibly(pid)? {
            Ok(raw) => raw,
            Err(waited) => return Ok(waited),
        };
        self.jobs.loose.retain(|&other| other != pid);
        let status = status_of(waited);
        self.jobs.remember(pid, status);
        Ok(Waited::Ended { pid, status })
    }

    /// `wait %n`: all its processes; the status is the last one's.
    pub fn wait_for_job(&mut self, number: u32) -> Result<Waited> {
        let Some(job) = self.jobs.get(number) else {
            return Ok(Waited::NoChild);
        };
        let pids: Vec<u32> = job.processes.iter().map(|member| member.pid).collect();
        let mut last = Waited::NoChild;
        for pid in pids {
            last = self.wait_for_pid(pid)?;
            if let Waited::Interrupted(_) = last {
                break;
            }
        }
        Ok(last)
    }

    /// `wait` without operands: every job.
    pub fn wait_for_all(&mut self) -> Result<Waited> {
        let numbers: Vec<u32> = self.jobs.iter().map(|job| job.number).collect();
        for number in numbers {
            if let waited @ Waited::Interrupted(_) = self.wait_for_job(number)? {
                return Ok(waited);
            }
        }
        self.jobs.forget_remembered();
        Ok(Waited::Ended { pid: 0, status: 0 })
    }

    /// `wait -n`: the next job to end, of those with these numbers, or of all when there are none.
    pub fn wait_for_next(&mut self, among: &[u32]) -> Result<Waited> {
        loop {
            self.jobs.refresh();
            let wanted =
                |job: &&Job| !job.foreign && (among.is_empty() || among.contains(&job.number));
            let candidates: Vec<&Job> = self.jobs.iter().filter(wanted).collect();
            if candidates.is_empty() {
                return Ok(Waited::NoChild);
            }
            let ended = (candidates.iter())
                .find_map(|job| job.status().map(|status| (job.number, job.pid(), status)));
            if let Some((number, pid, status)) = ended {
                self.settle_job(number);
                return Ok(Waited::Ended { pid, status });
            }
            match process::wait(-1, None) {
                Ok(Some((pid, ended))) => note_reaped(pid, raw_of(ended)),
                Ok(None) => {}
                Err(error) if error.raw_os_error() == Some(libc::EINTR) => {
                    if let Some(signal) = self.run_interrupting_trap()? {
                        return Ok(Waited::Interrupted(signal));
                    }
                }
                Err(_) => return Ok(Waited::NoChild),
            }
        }
    }

    /// Removes a job whose end has been waited for; the end itself is remembered.
    fn settle_job(&mut self, number: u32) {
        if self
            .jobs
            .get(number)
            .is_some_and(|job| job.state() != JobState::Running)
        {
            self.jobs.remove(number);
        }
    }

    fn wait_interruptibly(&mut self, pid: u32) -> Result<std::result::Result<u32, Waited>> {
        loop {
            match wait_raw(pid) {
                Ok(raw) => return Ok(Ok(raw)),
                Err(error) if error.raw_os_error() == Some(libc::EINTR) => {
                    if let Some(signal) = self.run_interrupting_trap()? {
                        return Ok(Err(Waited::Interrupted(signal)));
                    }
                }
                Err(_) => return Ok(Err(Waited::NoChild)),
            }
        }
    }
}

/// Waits for a foreground child; handlers of signals run afterwards.
pub(super) fn wait_foreground(pid: u32) -> u32 {
    loop {
        match wait_raw(pid) {
            Ok(raw) => return raw,
            // The signal is asked for between commands; to wait on, it must not stand in the way.
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => _ = hold_signals(),
            Err(_) => return 127,
        }
    }
}

thread_local! {
    /// Signals taken from the machine while something was waited for whose handlers have yet to run.
    static HELD: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// Signals that have a handler, a bit each; others are noted for the shell's own sake.
    static TRAPPED: Cell<u64> = const { Cell::new(0) };
}

/// Takes noted signals over, so that waiting can go on; whether one came that has a handler.
pub fn hold_signals() -> bool {
    while let Some(signal) = process::take_signal() {
        if TRAPPED.get() & 1 << (signal & 63) != 0 {
            HELD.with_borrow_mut(|held| held.push(signal));
        }
    }
    HELD.with_borrow(|held| !held.is_empty())
}

/// Says which signals have handlers.
pub(super) fn set_trapped(number: u32, trapped: bool) {
    let bit = 1 << (number & 63);
    let others = TRAPPED.get() & !bit;
    TRAPPED.set(if trapped { others | bit } else { others });
}

/// How a child ended, if it has.
pub(super) fn ended_already(pid: u32) -> Option<u32> {
    if let Some(raw) = REAPED.with_borrow_mut(|reaped| reaped.remove(&pid)) {
        return Some(raw);
    }
    match process::wait(pid as i32, Some(Duration::ZERO)) {
        Ok(Some((_, ended))) => Some(raw_of(ended)),
        Ok(None) => None,
        Err(error) if error.raw_os_error() == Some(libc::EINTR) => None,
        Err(_) => Some(127),
    }
}

/// The next signal that came, whether or not it was taken over before.
pub(super) fn next_signal() -> Option<u32> {
    hold_signals();
    HELD.with_borrow_mut(|held| (!held.is_empty()).then(|| held.remove(0)))
}

/// How a child ended, waited for or already known.
fn wait_raw(pid: u32) -> io::Result<u32> {
    if let Some(raw) = REAPED.with_borrow_mut(|reaped| reaped.remove(&pid)) {
        return Ok(raw);
    }
    match process::wait(pid as i32, None)? {
        Some((_, ended)) => Ok(raw_of(ended)),
        None => Err(io::Error::from_raw_os_error(libc::EINTR)),
    }
}

fn reap_all() {
    while let Ok(Some((pid, ended))) = process::wait(-1, Some(Duration::ZERO)) {
        note_reaped(pid, raw_of(ended));
    }
}

fn note_reaped(pid: u32, raw: u32) {
    REAPED.with_borrow_mut(|reaped| reaped.insert(pid, raw));
}

fn raw_of(ended: Ended) -> u32 {
    match ended {
        Ended::Exited(status) => status.into(),
        Ended::Signalled(signal) => 0x100 | signal,
    }
}

/// As `$?` shows it.
pub(super) fn status_of(raw: u32) -> i32 {
    if raw & 0x100 != 0 {
        128 + (raw & 0xff) as i32
    } else {
        (raw & 0xff) as i32
    }
}
