//! `isobox_v1`, our extension of preview 1: what POSIX programs need and preview 1 leaves out.
//!
//! Permission bits so far; who may set times may set them. Every function answers an errno of preview 1.

use wasmtime::Linker;

use super::call::{Answer, Call};
use super::preview1::{follow, rights};
use super::process::Process;
use crate::machine::fs::InodeNumber;
use crate::machine::{Errno, Object, Result};

/// The import module's name.
pub const MODULE: &str = "isobox_v1";

/// Every function's name.
pub const NAMES: [&str; 4] = [
    "fd_mode_get",
    "fd_mode_set",
    "path_mode_get",
    "path_mode_set",
];

/// The permission bits of what is no file of the tree: pipes and streams.
const STREAM_MODE: u32 = 0o600;

/// Defines every function of the module.
pub fn add_to_linker(linker: &mut Linker<Process>) -> wasmtime::Result<()> {
    super::preview1::plain! { linker, MODULE,
        fd_mode_get: Look, fd_mode_get, (fd: u32, mode: u32);
        fd_mode_set: Change, fd_mode_set, (fd: u32, mode: u32);
        path_mode_get: Look, path_mode_get, (fd: u32, flags: u32, path: u32, path_len: u32, mode: u32);
        path_mode_set: Change, path_mode_set, (fd: u32, flags: u32, path: u32, path_len: u32, mode: u32);
    }
    Ok(())
}

fn fd_mode_get(call: &mut Call<'_>, fd: u32, mode: u32) -> Answer {
    let bits = match inode_of(call, fd)? {
        Some(inode) => u32::from(call.machine.tree.stat(inode)?.mode),
        None => STREAM_MODE,
    };
    call.memory.write_u32(mode, bits)?;
    Ok(())
}

fn fd_mode_set(call: &mut Call<'_>, fd: u32, mode: u32) -> Answer {
    call.descriptor(fd, rights::FD_FILESTAT_SET_TIMES)?;
    let inode = inode_of(call, fd)?.ok_or(Errno::Invalid)?;
    set_mode(call, inode, mode)
}

fn path_mode_get(
    call: &mut Call<'_>,
    fd: u32,
    flags: u32,
    path: u32,
    path_len: u32,
    mode: u32,
) -> Answer {
    let inode = inode_at(call, fd, flags, path, path_len)?;
    let bits = call.machine.tree.stat(inode)?.mode;
    call.memory.write_u32(mode, bits.into())?;
    Ok(())
}

fn path_mode_set(
    call: &mut Call<'_>,
    fd: u32,
    flags: u32,
    path: u32,
    path_len: u32,
    mode: u32,
) -> Answer {
    call.directory(fd, rights::PATH_FILESTAT_SET_TIMES)?;
    let inode = inode_at(call, fd, flags, path, path_len)?;
    set_mode(call, inode, mode)
}

fn set_mode(call: &mut Call<'_>, inode: InodeNumber, mode: u32) -> Answer {
    if mode > 0o7777 {
        return Err(Errno::Invalid.into());
    }
    let now_ns = call.machine.clock.now_ns();
    call.machine.tree.set_mode(inode, mode as u16, now_ns)?;
    Ok(())
}

fn inode_of(call: &Call<'_>, fd: u32) -> Result<Option<InodeNumber>> {
    match &call.open_file(fd, 0)?.object {
        Object::Stream(_) => Ok(None),
        object => Ok(object.inode()),
    }
}

fn inode_at(call: &Call<'_>, fd: u32, flags: u32, path: u32, path_len: u32) -> Result<InodeNumber> {
    let directory = call.directory(fd, rights::PATH_FILESTAT_GET)?;
    let path = call.memory.path(path, path_len)?;
    call.machine.tree.lookup(directory, path, follow(flags)?)
}
