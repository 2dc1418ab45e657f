//! `isobox_v1`, our extension of preview 1: what POSIX programs need and preview 1 leaves out.
//!
//! Every function answers an errno of preview 1. `guests/isobox-guest` is its other side.

mod descriptors;
mod modes;
mod network;
mod processes;
mod reading;
mod spawn;

use wasmtime::{Caller, Linker};

use super::call::{enter_until, to_errno};
use super::preview1::{plain, suspending};
use super::process::Process;
use crate::machine::HostCall;

/// The import module's name.
pub const MODULE: &str = "isobox_v1";

/// Every function's name.
pub const NAMES: [&str; 25] = [
    "fd_cloexec_get",
    "fd_cloexec_set",
    "fd_duplicate",
    "fd_duplicate_to",
    "fd_mode_get",
    "fd_mode_set",
    "fd_pipe",
    "fd_read_until",
    "http_exchange",
    "path_make_fifo",
    "path_mode_get",
    "path_mode_set",
    "process_cwd",
    "process_exec",
    "process_group_set",
    "process_handover",
    "process_ids",
    "process_kill",
    "process_limit",
    "process_spawn",
    "process_times",
    "process_umask",
    "process_wait",
    "signal_action",
    "signal_take",
];

/// Defines every function of the module.
pub fn add_to_linker(linker: &mut Linker<Process>) -> wasmtime::Result<()> {
    plain! { linker, MODULE,
        fd_cloexec_get: Look, descriptors::fd_cloexec_get, (fd: u32, cloexec: u32);
        fd_cloexec_set: Look, descriptors::fd_cloexec_set, (fd: u32, cloexec: u32);
        fd_duplicate: Look, descriptors::fd_duplicate, (fd: u32, lowest: u32, cloexec: u32, duplicate: u32);
        fd_duplicate_to: Look, descriptors::fd_duplicate_to, (fd: u32, to: u32);
        fd_mode_get: Look, modes::fd_mode_get, (fd: u32, mode: u32);
        fd_mode_set: Change, modes::fd_mode_set, (fd: u32, mode: u32);
        fd_pipe: Change, descriptors::fd_pipe, (lowest: u32, read_end: u32, write_end: u32);
        path_make_fifo: Change, descriptors::path_make_fifo, (fd: u32, path: u32, path_len: u32, mode: u32);
        path_mode_get: Look, modes::path_mode_get, (fd: u32, flags: u32, path: u32, path_len: u32, mode: u32);
        path_mode_set: Change, modes::path_mode_set, (fd: u32, flags: u32, path: u32, path_len: u32, mode: u32);
        process_group_set: Look, processes::process_group_set, (process: u32, group: u32);
        process_handover: Look, processes::process_handover, (buffer: u32, size: u32, length: u32);
        process_ids: Look, processes::process_ids, (process: u32, parent: u32, group: u32);
        process_limit: Look, processes::process_limit, (which: u32, value: u32);
        process_times: Look, processes::process_times, (own: u32, children: u32);
        process_umask: Look, processes::process_umask, (mask: u32, before: u32);
        signal_action: Look, processes::signal_action, (signal: u32, action: u32, before: u32);
        signal_take: Look, processes::signal_take, (signal: u32);
    }
    suspending! { linker, MODULE,
        http_exchange: Change, network::http_exchange, (request: u32, request_len: u32, response: u32);
        process_cwd: Look, processes::process_cwd, (buffer: u32, size: u32, length: u32);
        process_exec: Process, spawn::process_exec, (options: u32);
        process_kill: Change, processes::process_kill, (process: i32, signal: u32);
        process_spawn: Process, spawn::process_spawn, (options: u32, process: u32);
    }
    linker.func_wrap_async(
        MODULE,
        "fd_read_until",
        |caller, arguments: (u32, u32, u32, u32, u32)| {
            Box::new(reading::fd_read_until(caller, arguments))
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "process_wait",
        |caller, arguments: (i32, u64, u32, u32)| Box::new(process_wait(caller, arguments)),
    )?;
    Ok(())
}

async fn process_wait(
    caller: Caller<'_, Process>,
    (which, timeout_ns, process, status): (i32, u64, u32, u32),
) -> wasmtime::Result<i32> {
    let mut until_ns = None;
    let answer = enter_until(caller, HostCall::Look, move |call| {
        let now_ns = call.machine.clock.elapsed_ns();
        let until_ns = *until_ns.get_or_insert(now_ns.saturating_add(timeout_ns));
        processes::process_wait(call, which, until_ns, process, status)
    });
    to_errno(answer.await?)
}
