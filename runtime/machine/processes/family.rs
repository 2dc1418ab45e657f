//! Parents, children and groups: who waits for whom.

use super::signals::signal;
use super::{Pid, State, Status};
use crate::machine::Machine;
use crate::machine::errno::{Errno, Result};

/// The group that a new process is to belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupWish {
    /// Its parent's.
    Parents,
    /// One of its own.
    Own,
    /// This one.
    This(Pid),
}

impl Machine {
    /// Init takes the children of a process that ended, and waits at once for those that ended before it.
    pub(super) fn adopt_orphans(&mut self, parent: Pid) {
        let tasks = &mut self.processes.tasks;
        for task in tasks.values_mut().filter(|task| task.parent == parent) {
            task.parent = Pid::INIT;
        }
        tasks.retain(|_, task| task.parent != Pid::INIT || task.is_alive());
    }

    /// A process ended: its parent is told, or init waits for it.
    pub(super) fn tell_parent(&mut self, parent: Pid, child: Pid) {
        let Ok(task) = self.processes.get_mut(parent) else {
            self.processes.tasks.remove(&child);
            return;
        };
        let waits = task.waits_for_child;
        self.deliver(parent, signal::CHLD);
        if waits {
            self.wake(parent);
        }
    }

    /// The child among `which` (as `waitpid` has it) that ended first, which is gone then; none if all of them live.
    pub fn wait(&mut self, caller: Pid, which: i32) -> Result<Option<(Pid, Status)>> {
        let own_group = self.processes.get(caller)?.group;
        let is_meant = |child: Pid, group: Pid| match which {
            -1 => true,
            0 => group == own_group,
            1.. => child.0 == which.unsigned_abs(),
            _ => group.0 == which.unsigned_abs(),
        };
        let meant = self
            .processes
            .iter()
            .filter(|(child, task)| task.parent == caller && is_meant(*child, task.group));
        let mut any = false;
        let mut first: Option<(u64, Pid, Status)> = None;
        for (child, task) in meant {
            any = true;
            if let State::Ended(status) = task.state
                && first.is_none_or(|(ended, ..)| task.ended < ended)
            {
                first = Some((task.ended, child, status));
            }
        }
        if !any {
            return Err(Errno::NoChild);
        }
        let Some((_, child, status)) = first else {
            return Ok(None);
        };
        self.reap(caller, child);
        Ok(Some((child, status)))
    }

    fn reap(&mut self, parent: Pid, child: Pid) {
        let Some(gone) = self.processes.tasks.remove(&child) else {
            return;
        };
        if let Ok(task) = self.processes.get_mut(parent) {
            task.children_fuel = task
                .children_fuel
                .saturating_add(gone.meter.fuel)
                .saturating_add(gone.children_fuel);
        }
    }

    /// The group that a wish means; none: one of its own. A group that is all gone can be joined anew.
    pub fn group_of(&self, parent: Pid, wish: GroupWish) -> Result<Option<Pid>> {
        match wish {
            GroupWish::Own => Ok(None),
            GroupWish::Parents => Ok(Some(self.processes.get(parent)?.group)),
            GroupWish::This(group) if group > Pid::INIT && group <= self.processes.last() => {
                Ok(Some(group))
            }
            GroupWish::This(_) => Err(Errno::NotPermitted),
        }
    }

    /// Puts the caller or one of its children into a group (0: one named by its own number).
    pub fn set_group(&mut self, caller: Pid, process: Pid, group: Pid) -> Result<()> {
        let process = if process == Pid::NONE {
            caller
        } else {
            process
        };
        let task = self.processes.get(process)?;
        if process != caller && task.parent != caller {
            return Err(Errno::NoProcess);
        }
        let wish = match group {
            Pid::NONE => GroupWish::Own,
            group => GroupWish::This(group),
        };
        let group = self.group_of(caller, wish)?.unwrap_or(process);
        self.processes.get_mut(process)?.group = group;
        Ok(())
    }
}
