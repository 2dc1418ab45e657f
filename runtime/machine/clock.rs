//! Virtual time: integer nanoseconds that only the machine's own work moves.

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

/// What moves the clock, beside sleeps. Host calls are paid for in fuel, like the guest's own operators, so that fuel
/// bounds the host's work too; and fuel is time.
///
/// | what | default |
/// |---|---|
/// | time of one unit of fuel | 1 ns |
/// | a host call that only looks (clock, arguments, `stat`, `seek`) | 200 |
/// | a host call that changes or opens something | 1,000 |
/// | each KiB, begun or whole, that a host call moves | 100 |
/// | each step of a lookup: a component of a path, a tenth of a directory entry | 20 |
/// | beginning a program, as a process of its own or in the place of another | 10,000 |
/// | each byte of a module that a process begins and this machine never began before, pinned ones apart | 500 |
/// | the fuel after which a process gives way to others | 1,000,000 |
///
/// The figures are what such a call costs on an ordinary Linux machine in nanoseconds, rounded; what matters is that they
/// never change and that none is zero: a guest that spins on the clock sees it move and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TimeModel {
    /// Nanoseconds of one unit of fuel.
    pub fuel_ns: NonZeroU64,
    /// Fuel of a host call that only looks.
    pub look_fuel: u64,
    /// Fuel of a host call that changes or opens something.
    pub change_fuel: u64,
    /// Fuel of each KiB, begun or whole, that a host call moves.
    pub transfer_fuel_per_kib: u64,
    /// Fuel of each step of a lookup.
    pub step_fuel: u64,
    /// Fuel of beginning a program.
    pub process_fuel: u64,
    /// Fuel of each byte of a module that a process is the first to begin: what compiling takes, whoever did it before.
    pub module_fuel_per_byte: u64,
    /// Fuel after which a process gives way to others that could run.
    pub slice_fuel: NonZeroU64,
}

/// A millisecond: long beside what a change of processes costs the host, short beside what people notice.
const SLICE_FUEL: NonZeroU64 = NonZeroU64::new(1_000_000).unwrap();

impl Default for TimeModel {
    fn default() -> Self {
        TimeModel {
            fuel_ns: NonZeroU64::MIN,
            look_fuel: 200,
            change_fuel: 1000,
            transfer_fuel_per_kib: 100,
            step_fuel: 20,
            process_fuel: 10_000,
            module_fuel_per_byte: 500,
            slice_fuel: SLICE_FUEL,
        }
    }
}

/// The classes of host calls that cost alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostCall {
    /// Only looks.
    Look,
    /// Changes or opens something.
    Change,
    /// Begins a program.
    Process,
    /// Goes on with a call that waited and was paid for when it began.
    Again,
}

impl TimeModel {
    /// The fuel of a host call, whatever it moves.
    pub fn host_call_fuel(&self, call: HostCall) -> u64 {
        match call {
            HostCall::Look => self.look_fuel,
            HostCall::Change => self.change_fuel,
            HostCall::Process => self.process_fuel,
            HostCall::Again => 0,
        }
    }

    /// The fuel of moving this many bytes between host and guest and taking this many steps.
    pub fn work_fuel(&self, moved_bytes: u64, steps: u64) -> u64 {
        let transfer = moved_bytes
            .div_ceil(1024)
            .saturating_mul(self.transfer_fuel_per_kib);
        transfer.saturating_add(steps.saturating_mul(self.step_fuel))
    }
}

/// The machine's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    epoch_ns: u64,
    elapsed_ns: u64,
}

impl Clock {
    /// A clock that begins at `epoch_ns`, nanoseconds since 1970.
    pub fn new(epoch_ns: u64) -> Clock {
        Clock {
            epoch_ns,
            elapsed_ns: 0,
        }
    }

    /// The time of day, in nanoseconds since 1970.
    pub fn now_ns(&self) -> u64 {
        self.epoch_ns.saturating_add(self.elapsed_ns)
    }

    /// The time since the machine began, in nanoseconds: the monotonic clock.
    pub fn elapsed_ns(&self) -> u64 {
        self.elapsed_ns
    }

    /// Lets time pass.
    pub fn advance(&mut self, nanoseconds: u64) {
        self.elapsed_ns = self.elapsed_ns.saturating_add(nanoseconds);
    }

    /// Lets time pass until the monotonic clock stands at `elapsed_ns`; the clock never goes back.
    pub fn advance_to(&mut self, elapsed_ns: u64) {
        self.elapsed_ns = self.elapsed_ns.max(elapsed_ns);
    }
}
