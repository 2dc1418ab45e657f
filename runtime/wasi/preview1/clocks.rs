//! The clocks, all of them the machine's.

use super::Call;
use crate::machine::{Errno, Machine, Result};
use crate::wasi::call::Answer;

pub const REALTIME: u32 = 0;
pub const MONOTONIC: u32 = 1;
const PROCESS_CPU: u32 = 2;
const THREAD_CPU: u32 = 3;

/// Every clock counts single nanoseconds.
const RESOLUTION_NS: u64 = 1;

pub fn clock_res_get(call: &mut Call<'_>, clock: u32, resolution: u32) -> Answer {
    if clock > THREAD_CPU {
        return Err(Errno::Invalid.into());
    }
    call.memory.write_u64(resolution, RESOLUTION_NS)?;
    Ok(())
}

pub fn clock_time_get(call: &mut Call<'_>, clock: u32, _precision: u64, time: u32) -> Answer {
    let cpu_ns = || {
        let used = call.machine.fuel_used(call.process.number);
        used.saturating_mul(call.machine.time_model.fuel_ns.get())
    };
    let now_ns = match clock {
        PROCESS_CPU | THREAD_CPU => cpu_ns(),
        _ => now_ns(call.machine, clock)?,
    };
    call.memory.write_u64(time, now_ns)?;
    Ok(())
}

/// What the realtime or the monotonic clock shows.
pub fn now_ns(machine: &Machine, clock: u32) -> Result<u64> {
    match clock {
        REALTIME => Ok(machine.clock.now_ns()),
        MONOTONIC => Ok(machine.clock.elapsed_ns()),
        _ => Err(Errno::Invalid),
    }
}
