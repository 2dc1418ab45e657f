//! WASI preview 1, all 46 functions, on the machine instead of the host.
//!
//! Functions that can block are asynchronous, so that their process can be suspended there; all others are plain.
//! `witx` gives names, layouts and numbers; the machine's errnos carry preview 1's numbers already.

mod arguments;
mod clocks;
mod descriptors;
mod directories;
mod files;
mod paths;
pub mod pipes;
mod poll;
pub mod rights;
mod stat;

use wasmtime::{Caller, Linker};

use super::call::{Answer, enter_with, to_errno};
use super::life::refuel;
use super::process::{Process, Stop};
use crate::machine::scheduler::pause;
use crate::machine::{Errno, HostCall, Interface, Pause};

/// The import module's name.
pub const MODULE: &str = "wasi_snapshot_preview1";

/// Offers functions of an import module that never wait: `name: class, implementation(parameters)`.
macro_rules! plain {
    ($linker:ident, $module:expr, $($name:ident: $class:ident, $function:path, ($($parameter:ident: $type:ty),*);)*) => {
        $($linker.func_wrap(
            $module,
            stringify!($name),
            |caller: wasmtime::Caller<'_, $crate::wasi::process::Process> $(, $parameter: $type)*| {
                $crate::wasi::call::enter_plain(
                    caller,
                    $crate::machine::HostCall::$class,
                    |call| $function(call $(, $parameter)*),
                )
            },
        )?;)*
    };
}

/// Offers functions that can be suspended, because they may end the process's turn or cost much.
macro_rules! suspending {
    ($linker:ident, $module:expr, $($name:ident: $class:ident, $function:path, ($($parameter:ident: $type:ty),*);)*) => {
        $($linker.func_wrap_async(
            $module,
            stringify!($name),
            |caller: wasmtime::Caller<'_, $crate::wasi::process::Process>, ($($parameter,)*): ($($type,)*)| {
                Box::new($crate::wasi::call::enter(
                    caller,
                    $crate::machine::HostCall::$class,
                    move |call| $function(call $(, $parameter)*),
                ))
            },
        )?;)*
    };
}

pub(super) use files::{read_piece, readable};
pub(super) use stat::follow;
pub(super) use {plain, suspending};

/// Defines every function of the module.
pub fn add_to_linker(linker: &mut Linker<Process>) -> wasmtime::Result<()> {
    plain! { linker, MODULE,
        args_get: Look, arguments::args_get, (pointers: u32, bytes: u32);
        args_sizes_get: Look, arguments::args_sizes_get, (count: u32, size: u32);
        environ_get: Look, arguments::environ_get, (pointers: u32, bytes: u32);
        environ_sizes_get: Look, arguments::environ_sizes_get, (count: u32, size: u32);
        clock_res_get: Look, clocks::clock_res_get, (clock: u32, resolution: u32);
        clock_time_get: Look, clocks::clock_time_get, (clock: u32, precision: u64, time: u32);
        fd_advise: Look, files::fd_advise, (fd: u32, offset: u64, length: u64, advice: u32);
        fd_allocate: Change, files::fd_allocate, (fd: u32, offset: u64, length: u64);
        fd_close: Look, descriptors::fd_close, (fd: u32);
        fd_datasync: Look, descriptors::fd_datasync, (fd: u32);
        fd_fdstat_get: Look, descriptors::fd_fdstat_get, (fd: u32, stat: u32);
        fd_fdstat_set_flags: Look, descriptors::fd_fdstat_set_flags, (fd: u32, flags: u32);
        fd_fdstat_set_rights: Look, descriptors::fd_fdstat_set_rights, (fd: u32, base: u64, inheriting: u64);
        fd_filestat_get: Look, stat::fd_filestat_get, (fd: u32, stat: u32);
        fd_filestat_set_size: Change, files::fd_filestat_set_size, (fd: u32, size: u64);
        fd_filestat_set_times: Change, stat::fd_filestat_set_times, (fd: u32, accessed: u64, modified: u64, flags: u32);
        fd_pread: Look, files::fd_pread, (fd: u32, iovs: u32, iovs_len: u32, offset: u64, read: u32);
        fd_prestat_get: Look, descriptors::fd_prestat_get, (fd: u32, prestat: u32);
        fd_prestat_dir_name: Look, descriptors::fd_prestat_dir_name, (fd: u32, path: u32, path_len: u32);
        fd_pwrite: Change, files::fd_pwrite, (fd: u32, iovs: u32, iovs_len: u32, offset: u64, written: u32);
        fd_readdir: Look, directories::fd_readdir, (fd: u32, buffer: u32, buffer_len: u32, cookie: u64, used: u32);
        fd_renumber: Look, descriptors::fd_renumber, (from: u32, to: u32);
        fd_seek: Look, files::fd_seek, (fd: u32, offset: i64, whence: u32, position: u32);
        fd_sync: Look, descriptors::fd_sync, (fd: u32);
        fd_tell: Look, files::fd_tell, (fd: u32, position: u32);
        path_create_directory: Change, paths::path_create_directory, (fd: u32, path: u32, path_len: u32);
        path_filestat_get: Look, stat::path_filestat_get, (fd: u32, flags: u32, path: u32, path_len: u32, stat: u32);
        path_filestat_set_times: Change, stat::path_filestat_set_times, (fd: u32, flags: u32, path: u32, path_len: u32, accessed: u64, modified: u64, set: u32);
        path_link: Change, paths::path_link, (old_fd: u32, flags: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32);
        path_readlink: Look, paths::path_readlink, (fd: u32, path: u32, path_len: u32, buffer: u32, buffer_len: u32, used: u32);
        path_remove_directory: Change, paths::path_remove_directory, (fd: u32, path: u32, path_len: u32);
        path_rename: Change, paths::path_rename, (old_fd: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32);
        path_symlink: Change, paths::path_symlink, (target: u32, target_len: u32, fd: u32, path: u32, path_len: u32);
        path_unlink_file: Change, paths::path_unlink_file, (fd: u32, path: u32, path_len: u32);
        random_get: Look, random_get, (buffer: u32, buffer_len: u32);
        sock_accept: Look, sock_accept, (fd: u32, flags: u32, accepted: u32);
        sock_recv: Look, sock_recv, (fd: u32, iovs: u32, iovs_len: u32, flags: u32, received: u32, out_flags: u32);
        sock_send: Look, sock_send, (fd: u32, iovs: u32, iovs_len: u32, flags: u32, sent: u32);
        sock_shutdown: Look, sock_shutdown, (fd: u32, how: u32);
    }
    suspending! { linker, MODULE,
        proc_raise: Look, proc_raise, (signal: u32);
    }
    linker.func_wrap_async(MODULE, "proc_exit", |caller, (status,): (u32,)| {
        Box::new(proc_exit(caller, status))
    })?;
    linker.func_wrap_async(
        MODULE,
        "path_open",
        |caller, arguments: paths::OpenArguments| Box::new(paths::path_open(caller, arguments)),
    )?;
    linker.func_wrap_async(
        MODULE,
        "fd_read",
        |caller, arguments: (u32, u32, u32, u32)| Box::new(files::fd_read(caller, arguments)),
    )?;
    linker.func_wrap_async(
        MODULE,
        "fd_write",
        |caller, arguments: (u32, u32, u32, u32)| Box::new(files::fd_write(caller, arguments)),
    )?;
    linker.func_wrap_async(
        MODULE,
        "poll_oneoff",
        |caller, arguments: (u32, u32, u32, u32)| Box::new(poll::poll_oneoff(caller, arguments)),
    )?;
    linker.func_wrap_async(
        MODULE,
        "sched_yield",
        |mut caller: Caller<'_, Process>, (): ()| {
            Box::new(async move {
                let answer = enter_with(&mut caller, HostCall::Look, |_| Ok(())).await?;
                let machine = caller.data().machine.clone();
                pause(&machine, Pause::GivesWay).await;
                refuel(&mut caller)?;
                to_errno(answer)
            })
        },
    )?;
    Ok(())
}

/// Every function's name, for messages about those that are missing.
pub const NAMES: [&str; 46] = [
    "args_get",
    "args_sizes_get",
    "clock_res_get",
    "clock_time_get",
    "environ_get",
    "environ_sizes_get",
    "fd_advise",
    "fd_allocate",
    "fd_close",
    "fd_datasync",
    "fd_fdstat_get",
    "fd_fdstat_set_flags",
    "fd_fdstat_set_rights",
    "fd_filestat_get",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "fd_pread",
    "fd_prestat_dir_name",
    "fd_prestat_get",
    "fd_pwrite",
    "fd_read",
    "fd_readdir",
    "fd_renumber",
    "fd_seek",
    "fd_sync",
    "fd_tell",
    "fd_write",
    "path_create_directory",
    "path_filestat_get",
    "path_filestat_set_times",
    "path_link",
    "path_open",
    "path_readlink",
    "path_remove_directory",
    "path_rename",
    "path_symlink",
    "path_unlink_file",
    "poll_oneoff",
    "proc_exit",
    "proc_raise",
    "random_get",
    "sched_yield",
    "sock_accept",
    "sock_recv",
    "sock_send",
    "sock_shutdown",
];

type Call<'a> = super::call::Call<'a>;

fn random_get(call: &mut Call<'_>, buffer: u32, buffer_len: u32) -> Answer {
    let bytes = call.memory.bytes_mut(buffer, buffer_len)?;
    let task = call.machine.processes.get_mut(call.process.number)?;
    task.entropy.fill(Interface::RandomGet, bytes);
    call.moved += u64::from(buffer_len);
    Ok(())
}

/// Like Linux, keeps the low 8 bits of the status.
async fn proc_exit(mut caller: Caller<'_, Process>, status: u32) -> wasmtime::Result<()> {
    let answer = enter_with(&mut caller, HostCall::Look, |_| Ok(())).await?;
    to_errno(answer)?;
    Err(Stop::Exit(status as u8).into())
}

/// Preview 1 has no number for STKFLT, so that its numbers from there on are one less than Linux's.
fn proc_raise(call: &mut Call<'_>, signal: u32) -> Answer {
    let signal = match signal {
        0..16 => signal as u8,
        16..=30 => signal as u8 + 1,
        _ => return Err(Errno::Invalid.into()),
    };
    let number = call.process.number;
    call.machine.deliver(number, signal);
    call.check_own_end()
}

/// There are no sockets: descriptors that exist are something else, and the function itself is not supported.
fn no_socket(call: &Call<'_>, fd: u32) -> Answer {
    call.task()?.descriptors.get(fd)?;
    Err(Errno::NotSupported.into())
}

fn sock_accept(call: &mut Call<'_>, fd: u32, _flags: u32, _accepted: u32) -> Answer {
    no_socket(call, fd)
}

fn sock_recv(call: &mut Call<'_>, fd: u32, _: u32, _: u32, _: u32, _: u32, _: u32) -> Answer {
    no_socket(call, fd)
}

fn sock_send(call: &mut Call<'_>, fd: u32, _: u32, _: u32, _: u32, _: u32) -> Answer {
    no_socket(call, fd)
}

fn sock_shutdown(call: &mut Call<'_>, fd: u32, _how: u32) -> Answer {
    no_socket(call, fd)
}
