//! Signals: they end a process, stop it, let it go on, or are noted for it to find.

use super::Pid;
use crate::machine::Machine;
use crate::machine::errno::{Errno, Result};

/// The signals that the machine itself knows, by Linux's numbers.
#[expect(missing_docs, reason = "they are named as everywhere")]
pub mod signal {
    pub const KILL: u8 = 9;
    pub const PIPE: u8 = 13;
    pub const CHLD: u8 = 17;
    pub const CONT: u8 = 18;
    pub const STOP: u8 = 19;
    pub const TSTP: u8 = 20;
    pub const TTIN: u8 = 21;
    pub const TTOU: u8 = 22;
    pub const URG: u8 = 23;
    pub const XCPU: u8 = 24;
    pub const WINCH: u8 = 28;
}

/// The highest signal there is.
pub const SIGNALS_MAX: u8 = 31;

/// What a process has a signal do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// What it does when nobody says anything.
    Default = 0,
    /// Nothing.
    Ignore = 1,
    /// It is noted.
    Note = 2,
}

/// What signals do to one process; a bit a signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// These do nothing.
    pub ignored: u64,
    /// These are noted.
    pub noted: u64,
    /// These were noted and not yet taken.
    pub pending: u64,
    /// One was noted since the process last waited: its next waiting is interrupted.
    interrupts: bool,
}

/// What a signal does by default.
enum Default {
    Nothing,
    Stops,
    Continues,
    Ends,
}

fn default_of(signal: u8) -> Default {
    match signal {
        signal::CHLD | signal::URG | signal::WINCH => Default::Nothing,
        signal::CONT => Default::Continues,
        signal::STOP | signal::TSTP | signal::TTIN | signal::TTOU => Default::Stops,
        _ => Default::Ends,
    }
}

fn bit(signal: u8) -> u64 {
    1 << signal
}

/// The signals that can be ignored or noted: all there are but KILL and STOP.
const CATCHABLE: u64 =
    (((1 << (SIGNALS_MAX + 1)) - 1) & !1) & !(1 << signal::KILL) & !(1 << signal::STOP);

impl Signals {
    /// These are ignored, all others do what they do by default.
    pub fn ignoring(ignored: u64) -> Signals {
        Signals {
            ignored: ignored & CATCHABLE,
            ..Signals::default()
        }
    }

    /// What another program in the same process begins with: what is ignored stays so.
    pub fn of_next_program(self, ignored: u64) -> Signals {
        Signals::ignoring(self.ignored | ignored)
    }

    /// Says what a signal does; returns what it did.
    pub fn set_action(&mut self, signal: u32, action: Action) -> Result<Action> {
        let signal = u8::try_from(signal).map_err(|_| Errno::Invalid)?;
        if signal > SIGNALS_MAX || bit(signal) & CATCHABLE == 0 {
            return Err(Errno::Invalid);
        }
        let bit = bit(signal);
        let before = match (self.ignored & bit != 0, self.noted & bit != 0) {
            (true, _) => Action::Ignore,
            (_, true) => Action::Note,
            _ => Action::Default,
        };
        self.ignored &= !bit;
        self.noted &= !bit;
        match action {
            Action::Default => self.pending &= !bit,
            Action::Ignore => {
                self.ignored |= bit;
                self.pending &= !bit;
            }
            Action::Note => self.noted |= bit,
        }
        Ok(before)
    }

    /// Takes the lowest signal that was noted; 0 if there is none.
    pub fn take(&mut self) -> u32 {
        if self.pending == 0 {
            return 0;
        }
        let signal = self.pending.trailing_zeros();
        self.pending &= self.pending - 1;
        self.interrupts &= self.pending != 0;
        signal
    }

    /// Whether waiting is interrupted now, which it is once for what was noted.
    pub fn take_interrupt(&mut self) -> bool {
        std::mem::take(&mut self.interrupts)
    }
}

impl Machine {
    /// Sends a signal (0: none, only asks) as `kill` does. Whether it ends the caller itself is told by
    /// [`Machine::take_own_end`].
    pub fn kill(&mut self, caller: Pid, target: i32, signal: u32) -> Result<()> {
        let signal = u8::try_from(signal).map_err(|_| Errno::Invalid)?;
        if signal > SIGNALS_MAX {
            return Err(Errno::Invalid);
        }
        if target == Pid::INIT.0 as i32 {
            return Err(Errno::NotPermitted);
        }
        let own_group = self.processes.get(caller)?.group;
        let targets: Vec<Pid> = self
            .processes
            .iter()
            .filter(|(process, task)| match target {
                1.. => process.0 == target.unsigned_abs(),
                0 => task.group == own_group,
                -1 => *process != caller,
                _ => task.group.0 == target.unsigned_abs(),
            })
            .map(|(process, _)| process)
            .collect();
        if targets.is_empty() {
            return Err(Errno::NoProcess);
        }
        for process in targets {
            self.deliver(process, signal);
        }
        Ok(())
    }

    /// A signal reaches a process.
    pub fn deliver(&mut self, process: Pid, signal: u8) {
        let Ok(task) = self.processes.get_mut(process) else {
            return;
        };
        if signal == 0 || !task.is_alive() {
            return;
        }
        if matches!(signal, signal::CONT | signal::KILL) && std::mem::take(&mut task.stopped) {
            self.processes.enqueue(process);
        }
        let Ok(task) = self.processes.get_mut(process) else {
            return;
        };
        let bit = bit(signal);
        if task.signals.ignored & bit != 0 {
            return;
        }
        if task.signals.noted & bit != 0 {
            task.signals.pending |= bit;
            task.signals.interrupts = true;
            self.wake(process);
            return;
        }
        match default_of(signal) {
            Default::Nothing | Default::Continues => {}
            Default::Stops => {
                task.stopped = true;
                self.turn.stopped |= process == self.turn.process;
            }
            Default::Ends if process == self.turn.process => self.turn.killed = Some(signal),
            Default::Ends => self.end_process(process, super::Status::Signalled(signal)),
        }
    }

    /// The signal that ended the process whose turn it is, if one did just now.
    pub fn take_own_end(&mut self) -> Option<u8> {
        self.turn.killed.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noted_signal_interrupts_once_and_is_taken_once() {
        let mut signals = Signals::default();
        assert_eq!(signals.set_action(15, Action::Note), Ok(Action::Default));
        assert_eq!(signals.set_action(2, Action::Note), Ok(Action::Default));
        signals.pending = 1 << 15 | 1 << 2;
        signals.interrupts = true;
        assert!(signals.take_interrupt());
        assert!(!signals.take_interrupt());
        assert_eq!([signals.take(), signals.take(), signals.take()], [2, 15, 0]);
        assert_eq!(signals.set_action(15, Action::Ignore), Ok(Action::Note));
    }

    #[test]
    fn kill_and_stop_cannot_be_caught() {
        let mut signals = Signals::ignoring(u64::MAX);
        for uncatchable in [0, 9, 19, 32, 256] {
            let answer = signals.set_action(uncatchable, Action::Note);
            assert_eq!(answer, Err(Errno::Invalid));
        }
        assert_eq!(signals.ignored & (1 << 9 | 1 << 19 | 1), 0);
    }
}
