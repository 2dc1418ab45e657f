//! What a call may use of fuel and time, on which all processes draw, and what each has used.

use super::Machine;

/// A bound of a call that its processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `fuel_max`.
    Fuel,
    /// `deadline_ns`.
    Deadline,
    /// `written_bytes_max`.
    Output,
}

/// What the running call has left.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// Fuel.
    pub fuel_left: u64,
    /// When it ends, on the monotonic clock, in nanoseconds.
    pub deadline_ns: u64,
    /// The bound that was met.
    pub used_up: Option<Bound>,
}

/// What one process has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    /// All of its fuel.
    pub fuel: u64,
    /// Fuel of this turn.
    pub slice_used: u64,
    /// Fuel after which it gives way of itself; 0 while that counts nothing, as when it is loaded.
    pub interval: u64,
    /// Fuel of intervals that were paid for when they ended; whoever counts the process's fuel next, counts it again.
    pub charged: u64,
}

impl Machine {
    /// Takes fuel out of the budget on behalf of the process whose turn it is. The clock moves with it, but not past the
    /// deadline.
    pub fn spend(&mut self, fuel: u64) -> Result<(), Bound> {
        let paid = fuel.min(self.budget.fuel_left);
        self.budget.fuel_left -= paid;
        self.turn.meter.fuel += paid;
        self.turn.meter.slice_used = self.turn.meter.slice_used.saturating_add(fuel);
        let paid_ns = paid.saturating_mul(self.time_model.fuel_ns.get());
        let until_ns = self.clock.elapsed_ns().saturating_add(paid_ns);
        self.clock.advance_to(until_ns.min(self.budget.deadline_ns));
        if paid < fuel {
            return Err(Bound::Fuel);
        }
        self.check_deadline()
    }

    /// The same for fuel that a process counted itself since it was last counted, of which whole intervals are paid for.
    pub fn spend_counted(&mut self, fuel: u64) -> Result<(), Bound> {
        let charged = std::mem::take(&mut self.turn.meter.charged);
        self.spend(fuel.saturating_sub(charged))
    }

    /// The process used up an interval of fuel between two host calls.
    pub fn spend_interval(&mut self) -> Result<(), Bound> {
        let interval = self.turn.meter.interval;
        self.turn.meter.charged += interval;
        self.spend(interval)
    }

    fn check_deadline(&self) -> Result<(), Bound> {
        if self.clock.elapsed_ns() >= self.budget.deadline_ns {
            return Err(Bound::Deadline);
        }
        Ok(())
    }

    /// Fuel that can be used before a bound is met.
    pub fn fuel_to_bound(&self) -> u64 {
        let budget = &self.budget;
        let left_ns = budget.deadline_ns.saturating_sub(self.clock.elapsed_ns());
        budget.fuel_left.min(left_ns / self.time_model.fuel_ns)
    }

    /// Whether the process whose turn it is has used up its slice.
    pub fn slice_is_over(&self) -> bool {
        self.turn.meter.slice_used >= self.time_model.slice_fuel.get()
    }

    /// Fuel after which the process whose turn it is shall give way: the rest of its slice, but not so little that it would
    /// do nothing else.
    pub fn next_interval(&self) -> u64 {
        let slice = self.time_model.slice_fuel.get();
        let rest = slice.saturating_sub(self.turn.meter.slice_used);
        rest.max(slice / INTERVALS_PER_SLICE_MAX).max(1)
    }

    /// All fuel a process has used, whether it is its turn or not.
    pub fn fuel_used(&self, process: super::Pid) -> u64 {
        if self.turn.process == process {
            return self.turn.meter.fuel;
        }
        let task = self.processes.get(process);
        task.map_or(0, |task| task.meter.fuel)
    }
}

/// A process that makes a host call near the end of its slice and then computes on gives way this often a slice.
const INTERVALS_PER_SLICE_MAX: u64 = 16;
