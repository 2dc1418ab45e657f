//! WASI preview 1, all 46 functions, on the machine instead of the host.
//!
//! Functions that can block are asynchronous, so that their process can be suspended; all others are plain.
//! `witx` gives names, layouts and numbers; the machine's errnos carry preview 1's numbers already.

mod arguments;
mod clocks;
mod descriptors;
mod directories;
mod files;
mod paths;
mod poll;
pub mod rights;
mod stat;

use wasmtime::{Caller, Linker};

use super::call::{Answer, enter, enter_with, to_errno};
use super::process::{Process, Stop};
use crate::engine::Signal;
use crate::machine::scheduler::give_way;
use crate::machine::{Errno, HostCall, Interface};

/// The import module's name.
pub const MODULE: &str = "wasi_snapshot_preview1";

/// Offers plain functions of an import module: `name: class, implementation(parameters)`.
macro_rules! plain {
    ($linker:ident, $module:expr, $($name:ident: $class:ident, $function:path, ($($parameter:ident: $type:ty),*);)*) => {
        $($linker.func_wrap(
            $module,
            stringify!($name),
            |caller: wasmtime::Caller<'_, $crate::wasi::process::Process> $(, $parameter: $type)*| {
                $crate::wasi::call::enter(
                    caller,
                    $crate::machine::HostCall::$class,
                    |call| $function(call $(, $parameter)*),
                )
            },
        )?;)*
    };
}

pub(super) use plain;
pub(super) use stat::follow;

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
        path_open: Change, paths::path_open, (fd: u32, lookup: u32, path: u32, path_len: u32, how: u32, base: u64, inheriting: u64, flags: u32, opened: u32);
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
        proc_raise: Look, proc_raise, (signal: u32);
    }
    linker.func_wrap(MODULE, "proc_exit", proc_exit)?;
    linker.func_wrap_async(
        MODULE,
        "fd_read",
        |mut caller, arguments: (u32, u32, u32, u32)| {
            Box::new(async move {
                let (fd, iovs, iovs_len, read) = arguments;
                enter(&mut caller, HostCall::Look, |call| {
                    files::fd_read(call, fd, iovs, iovs_len, read)
                })
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "fd_write",
        |mut caller, arguments: (u32, u32, u32, u32)| {
            Box::new(async move {
                let (fd, iovs, iovs_len, written) = arguments;
                enter(&mut caller, HostCall::Look, |call| {
                    files::fd_write(call, fd, iovs, iovs_len, written)
                })
            })
        },
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
                let answer = enter_with(&mut caller, HostCall::Look, |_| Ok(()))?;
                give_way().await;
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
    call.process.entropy.fill(Interface::RandomGet, bytes);
    call.moved += u64::from(buffer_len);
    Ok(())
}

/// Like Linux, keeps the low 8 bits of the status.
fn proc_exit(caller: Caller<'_, Process>, status: u32) -> wasmtime::Result<()> {
    let answer = enter_with(caller, HostCall::Look, |_| Ok(()))?;
    to_errno(answer)?;
    Err(Stop::Exit(status as u8).into())
}

/// Signals whose default is to end the process end it; the others are ignored, as a process without handlers does.
fn proc_raise(_: &mut Call<'_>, signal: u32) -> Answer {
    let signal = match signal {
        1 => Signal::Hup,
        2 => Signal::Int,
        3 => Signal::Quit,
        4 => Signal::Ill,
        5 => Signal::Trap,
        6 => Signal::Abrt,
        7 => Signal::Bus,
        8 => Signal::Fpe,
        9 => Signal::Kill,
        10 => Signal::Usr1,
        11 => Signal::Segv,
        12 => Signal::Usr2,
        13 => Signal::Pipe,
        14 => Signal::Alrm,
        15 => Signal::Term,
        0 | 16..=30 => return Ok(()),
        _ => return Err(Errno::Invalid.into()),
    };
    Err(Stop::Signal(signal).into())
}

/// There are no sockets: descriptors that exist are something else, and the function itself is not supported.
fn no_socket(call: &Call<'_>, fd: u32) -> Answer {
    call.process.descriptors.get(fd)?;
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
