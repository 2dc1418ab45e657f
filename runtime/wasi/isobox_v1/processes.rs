//! Processes and signals: who is who, waiting, killing, what was used.

use crate::machine::{Action, Errno, Pid, Status};
use crate::wasi::call::{Answer, Call, Step};

/// A status's bit that says it is a signal's number.
const SIGNALLED: u32 = 0x100;

pub fn process_handover(call: &mut Call<'_>, buffer: u32, size: u32, length: u32) -> Answer {
    let bytes = call.process.handover.clone();
    let copied = bytes.len().min(size as usize);
    call.memory.write(buffer, &bytes[..copied])?;
    call.memory.write_u32(length, bytes.len() as u32)?;
    call.moved += copied as u64;
    Ok(())
}

pub fn process_cwd(call: &mut Call<'_>, buffer: u32, size: u32, length: u32) -> Answer {
    let cwd = call.task()?.program.cwd.clone();
    let copied = cwd.len().min(size as usize);
    call.memory.write(buffer, &cwd[..copied])?;
    call.memory.write_u32(length, cwd.len() as u32)?;
    call.moved += copied as u64;
    Ok(())
}

/// Waits for a child until a time of the monotonic clock.
pub fn process_wait(
    call: &mut Call<'_>,
    which: i32,
    until_ns: u64,
    process: u32,
    status: u32,
) -> Answer<Step> {
    call.memory.bytes(process, 4)?;
    call.memory.bytes(status, 4)?;
    let ended = call.machine.wait(call.process.number, which)?;
    let now_ns = call.machine.clock.elapsed_ns();
    if ended.is_none() && now_ns < until_ns {
        return call.wait((until_ns < u64::MAX).then_some(until_ns), true);
    }
    let (child, how) = ended.unwrap_or((Pid::NONE, Status::Exited(0)));
    call.memory.write_u32(process, child.0)?;
    call.memory.write_u32(status, encode(how))?;
    Ok(Step::Done(()))
}

fn encode(status: Status) -> u32 {
    match status {
        Status::Exited(status) => status.into(),
        Status::Signalled(signal) => SIGNALLED | u32::from(signal),
    }
}

pub fn process_kill(call: &mut Call<'_>, process: i32, signal: u32) -> Answer {
    let caller = call.process.number;
    call.machine.kill(caller, process, signal)?;
    call.check_own_end()
}

pub fn process_ids(call: &mut Call<'_>, process: u32, parent: u32, group: u32) -> Answer {
    let own = call.process.number;
    let (its_parent, its_group) = (call.task()?.parent, call.task()?.group);
    call.memory.write_u32(process, own.0)?;
    call.memory.write_u32(parent, its_parent.0)?;
    call.memory.write_u32(group, its_group.0)?;
    Ok(())
}

pub fn process_group_set(call: &mut Call<'_>, process: u32, group: u32) -> Answer {
    let caller = call.process.number;
    call.machine.set_group(caller, Pid(process), Pid(group))?;
    Ok(())
}

pub fn process_times(call: &mut Call<'_>, own: u32, children: u32) -> Answer {
    let fuel_ns = call.machine.time_model.fuel_ns.get();
    let used = call.machine.fuel_used(call.process.number);
    let of_children = call.task()?.children_fuel;
    call.memory.write_u64(own, used.saturating_mul(fuel_ns))?;
    call.memory
        .write_u64(children, of_children.saturating_mul(fuel_ns))?;
    Ok(())
}

pub fn process_umask(call: &mut Call<'_>, mask: u32, before: u32) -> Answer {
    let was = call.task()?.umask;
    call.memory.write_u32(before, was.into())?;
    if mask <= 0o777 {
        call.task_mut()?.umask = mask as u16;
    }
    Ok(())
}

pub fn process_limit(call: &mut Call<'_>, which: u32, value: u32) -> Answer {
    let (limits, budget) = (&call.machine.limits, &call.machine.budget);
    let bound = match which {
        0 => limits.open_files_max.into(),
        1 => limits.processes_max.into(),
        2 => limits.file_bytes_max,
        3 => limits.memory_bytes_max,
        4 => budget
            .fuel_left
            .saturating_mul(call.machine.time_model.fuel_ns.get()),
        _ => return Err(Errno::Invalid.into()),
    };
    call.memory.write_u64(value, bound)?;
    Ok(())
}

pub fn signal_action(call: &mut Call<'_>, signal: u32, action: u32, before: u32) -> Answer {
    let action = match action {
        0 => Action::Default,
        1 => Action::Ignore,
        2 => Action::Note,
        _ => return Err(Errno::Invalid.into()),
    };
    call.memory.bytes(before, 4)?;
    let was = call.task_mut()?.signals.set_action(signal, action)?;
    call.memory.write_u32(before, was as u32)?;
    Ok(())
}

pub fn signal_take(call: &mut Call<'_>, signal: u32) -> Answer {
    call.memory.bytes(signal, 4)?;
    let taken = call.task_mut()?.signals.take();
    call.memory.write_u32(signal, taken)?;
    Ok(())
}
