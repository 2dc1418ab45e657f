//! Permission bits. Who may set times may set them.

use super::super::preview1::{follow, rights};
use crate::machine::fs::InodeNumber;
use crate::machine::{Errno, Result};
use crate::wasi::call::{Answer, Call};

/// The permission bits of what is no file of the tree: pipes and streams.
const STREAM_MODE: u32 = 0o600;

pub fn fd_mode_get(call: &mut Call<'_>, fd: u32, mode: u32) -> Answer {
    let bits = match inode_of(call, fd)? {
        Some(inode) => u32::from(call.machine.tree.stat(inode)?.mode),
        None => STREAM_MODE,
    };
    call.memory.write_u32(mode, bits)?;
    Ok(())
}

pub fn fd_mode_set(call: &mut Call<'_>, fd: u32, mode: u32) -> Answer {
    call.descriptor(fd, rights::FD_FILESTAT_SET_TIMES)?;
    let inode = inode_of(call, fd)?.ok_or(Errno::Invalid)?;
    set_mode(call, inode, mode)
}

pub fn path_mode_get(
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

pub fn path_mode_set(
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
    Ok(call.open_file(fd, 0)?.object.inode())
}

fn inode_at(call: &Call<'_>, fd: u32, flags: u32, path: u32, path_len: u32) -> Result<InodeNumber> {
    let directory = call.directory(fd, rights::PATH_FILESTAT_GET)?;
    let path = call.memory.path(path, path_len)?;
    call.machine.tree.lookup(directory, path, follow(flags)?)
}
