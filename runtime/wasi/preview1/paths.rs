//! Opening, making, linking, renaming and removing by path.

use wasmtime::Caller;

use super::descriptors::{FLAG_NONBLOCK, checked_flags};
use super::stat::follow;
use super::{Call, rights};
use crate::machine::fs::{FollowLast, InodeNumber, Kind, OpenHow, view_name};
use crate::machine::{
    Descriptor, Errno, FileId, HostCall, Listing, Object, PipeEnds, PipeId, Result, Rights,
};
use crate::wasi::call::{Answer, Step, enter_until, to_errno};
use crate::wasi::process::Process;

/// `oflags`.
const CREATE: u32 = 1;
const DIRECTORY: u32 = 2;
const EXCLUSIVE: u32 = 4;
const TRUNCATE: u32 = 8;

/// Preview 1 passes no modes: files and directories are made with all that the mask leaves.
const FILE_MODE: u16 = 0o666;
const DIRECTORY_MODE: u16 = 0o777;

/// Directory, `lookupflags`, path and its length, `oflags`, rights and inheriting ones, `fdflags`, where the number goes.
pub type OpenArguments = (u32, u32, u32, u32, u32, u64, u64, u32, u32);

/// A named pipe that has to be met by its other end before it counts as open.
struct Meeting {
    number: u32,
    pipe: PipeId,
    ends: PipeEnds,
    /// How often the other end had been opened.
    opens: u64,
}

pub async fn path_open(
    caller: Caller<'_, Process>,
    arguments: OpenArguments,
) -> wasmtime::Result<i32> {
    let opened = arguments.8;
    let mut meeting = None;
    let answer = enter_until(caller, HostCall::Change, move |call| {
        let number = match &meeting {
            None => match open(call, arguments)? {
                Opened::Now(number) => number,
                Opened::Meets(meets) => {
                    let met = meet(call, &meets);
                    meeting = Some(meets);
                    return met;
                }
            },
            Some(Meeting {
                number,
                pipe,
                ends,
                opens,
            }) if call.machine.pipes.get(*pipe)?.opens_of_others(*ends) != *opens => *number,
            Some(meets) => return meet(call, meets),
        };
        call.memory.write_u32(opened, number)?;
        Ok(Step::Done(()))
    });
    to_errno(answer.await?)
}

/// Waits for the other end. When a signal interrupts that, nothing was opened.
fn meet(call: &mut Call<'_>, meeting: &Meeting) -> Answer<Step> {
    let waits = call.wait_for_pipe(meeting.pipe);
    if waits.is_err() {
        let descriptor = call.task_mut()?.descriptors.remove(meeting.number)?;
        call.machine.close(descriptor.file);
    }
    waits
}

enum Opened {
    Now(u32),
    Meets(Meeting),
}

fn open(
    call: &mut Call<'_>,
    (fd, lookup, path, path_len, oflags, base, inheriting, flags, _): OpenArguments,
) -> Answer<Opened> {
    let directory = call.directory(fd, rights::PATH_OPEN)?;
    let path = call.memory.path(path, path_len)?;
    let task = call.task()?;
    let how = how(oflags, base, follow(lookup)?, task.umask)?;
    let flags = checked_flags(flags)?;
    let allowed = task.descriptors.get(fd)?.rights;
    check_rights(allowed, how, base, inheriting)?;
    task.descriptors.check_room()?;
    let now_ns = call.machine.clock.now_ns();
    let inode = call.machine.tree.open(directory, path, how, now_ns)?;
    let (file, applicable) = open_inode(call, inode, base, flags)?;
    let number = call.task_mut()?.descriptors.add(Descriptor {
        file,
        rights: Rights {
            base: base & applicable,
            inheriting,
        },
        preopened_as: None,
        close_on_exec: false,
    })?;
    let Object::Pipe { pipe, ends, .. } = call.machine.open_files.get(file)?.object else {
        return Ok(Opened::Now(number));
    };
    let state = call.machine.pipes.get(pipe)?;
    let is_met = state.is_met(ends) || flags & FLAG_NONBLOCK != 0;
    // Without a name it is open already, and here it has only another number.
    if is_met || state.inode() != Some(inode) {
        return Ok(Opened::Now(number));
    }
    let opens = state.opens_of_others(ends);
    Ok(Opened::Meets(Meeting {
        number,
        pipe,
        ends,
        opens,
    }))
}

fn how(oflags: u32, base: u64, follow: FollowLast, umask: u16) -> Result<OpenHow> {
    if oflags & !(CREATE | DIRECTORY | EXCLUSIVE | TRUNCATE) != 0 {
        return Err(Errno::Invalid);
    }
    let directory = oflags & DIRECTORY != 0;
    Ok(OpenHow {
        read: base & (rights::FD_READ | rights::FD_READDIR) != 0,
        // Some libraries ask for every right they could use of a directory.
        write: base & rights::FD_WRITE != 0 && !directory,
        create: oflags & CREATE != 0,
        exclusive: oflags & EXCLUSIVE != 0,
        truncate: oflags & TRUNCATE != 0,
        directory,
        no_follow: follow == FollowLast::No,
        mode: FILE_MODE & !umask,
    })
}

/// A descriptor passes on no right it has not itself.
fn check_rights(allowed: Rights, how: OpenHow, base: u64, inheriting: u64) -> Result<()> {
    let mut needed = 0;
    if how.create {
        needed |= rights::PATH_CREATE_FILE;
    }
    if how.truncate {
        needed |= rights::PATH_FILESTAT_SET_SIZE;
    }
    let beyond = (base | inheriting) & !allowed.inheriting & rights::ALL;
    if allowed.base & needed != needed || beyond != 0 {
        return Err(Errno::NotCapable);
    }
    Ok(())
}

/// Opens an inode: the open file, and the rights that have a meaning for it.
fn open_inode(
    call: &mut Call<'_>,
    inode: InodeNumber,
    base: u64,
    flags: u16,
) -> Result<(FileId, u64)> {
    let (object, applicable) = match call.machine.tree.kind(inode)? {
        Kind::File(content) if view_name(inode).is_some() => {
            let content = content.clone();
            let stat = call.machine.tree.stat(inode)?;
            (Object::Made { stat, content }, rights::FILE)
        }
        Kind::File(_) | Kind::Pinned(_) => (Object::File(inode), rights::FILE),
        Kind::Directory { .. } => {
            let listing = Listing::default();
            (Object::Directory { inode, listing }, rights::DIRECTORY)
        }
        Kind::Symlink(_) => return Err(Errno::Loop),
        Kind::Fifo => return open_fifo(call, inode, base, flags),
        Kind::Device(device) => match device.descriptor() {
            Some(standard) => return share_standard(call, standard),
            None => {
                let device = *device;
                (Object::Device { inode, device }, rights::FILE)
            }
        },
    };
    if let Some(inode) = object.inode() {
        call.machine.tree.hold(inode);
    }
    Ok((call.machine.open_files.add(object, flags), applicable))
}

/// `/dev/stdin` and its like: another descriptor for what the process has there already.
fn share_standard(call: &mut Call<'_>, standard: u32) -> Result<(FileId, u64)> {
    let descriptor = call.task()?.descriptors.get(standard);
    let Descriptor { file, rights, .. } = descriptor.map_err(|_| Errno::NoEntry)?.clone();
    call.machine.open_files.share(file);
    Ok((file, rights.base))
}

/// Opens a named pipe. To write to it without waiting, somebody has to read.
fn open_fifo(
    call: &mut Call<'_>,
    inode: InodeNumber,
    base: u64,
    flags: u16,
) -> Result<(FileId, u64)> {
    let ends = PipeEnds {
        reads: base & rights::FD_READ != 0,
        writes: base & rights::FD_WRITE != 0,
    };
    let pipe = call.machine.pipes.named(inode)?;
    let is_met = call.machine.pipes.get(pipe)?.is_met(ends);
    if !is_met && !ends.reads && flags & FLAG_NONBLOCK != 0 {
        // It is nobody's, and goes.
        call.machine.pipes.discard(pipe);
        return Err(Errno::NoDevice);
    }
    let file = call.machine.open_pipe(pipe, ends, flags)?;
    Ok((file, rights::PIPE))
}

pub fn path_create_directory(call: &mut Call<'_>, fd: u32, path: u32, path_len: u32) -> Answer {
    let directory = call.directory(fd, rights::PATH_CREATE_DIRECTORY)?;
    let path = call.memory.path(path, path_len)?;
    let mode = DIRECTORY_MODE & !call.task()?.umask;
    let now_ns = call.machine.clock.now_ns();
    let tree = &mut call.machine.tree;
    tree.make_directory(directory, path, mode, now_ns)?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the signature is preview 1's")]
pub fn path_link(
    call: &mut Call<'_>,
    old_fd: u32,
    flags: u32,
    old: u32,
    old_len: u32,
    new_fd: u32,
    new: u32,
    new_len: u32,
) -> Answer {
    let old_directory = call.directory(old_fd, rights::PATH_LINK_SOURCE)?;
    let new_directory = call.directory(new_fd, rights::PATH_LINK_TARGET)?;
    let old = call.memory.path(old, old_len)?;
    let new = call.memory.path(new, new_len)?;
    let now_ns = call.machine.clock.now_ns();
    call.machine.tree.link(
        (old_directory, old),
        follow(flags)?,
        (new_directory, new),
        now_ns,
    )?;
    Ok(())
}

pub fn path_readlink(
    call: &mut Call<'_>,
    fd: u32,
    path: u32,
    path_len: u32,
    buffer: u32,
    buffer_len: u32,
    used: u32,
) -> Answer {
    let directory = call.directory(fd, rights::PATH_READLINK)?;
    let path = call.memory.path(path, path_len)?;
    let target = call.machine.tree.read_link(directory, path)?.to_vec();
    let length = target.len().min(buffer_len as usize);
    call.memory.write(buffer, &target[..length])?;
    call.memory.write_u32(used, length as u32)?;
    Ok(())
}

pub fn path_remove_directory(call: &mut Call<'_>, fd: u32, path: u32, path_len: u32) -> Answer {
    let directory = call.directory(fd, rights::PATH_REMOVE_DIRECTORY)?;
    let path = call.memory.path(path, path_len)?;
    let now_ns = call.machine.clock.now_ns();
    call.machine
        .tree
        .remove_directory(directory, path, now_ns)?;
    Ok(())
}

pub fn path_rename(
    call: &mut Call<'_>,
    old_fd: u32,
    old: u32,
    old_len: u32,
    new_fd: u32,
    new: u32,
    new_len: u32,
) -> Answer {
    let old_directory = call.directory(old_fd, rights::PATH_RENAME_SOURCE)?;
    let new_directory = call.directory(new_fd, rights::PATH_RENAME_TARGET)?;
    let old = call.memory.path(old, old_len)?;
    let new = call.memory.path(new, new_len)?;
    let now_ns = call.machine.clock.now_ns();
    call.machine
        .tree
        .rename((old_directory, old), (new_directory, new), now_ns)?;
    Ok(())
}

pub fn path_symlink(
    call: &mut Call<'_>,
    target: u32,
    target_len: u32,
    fd: u32,
    path: u32,
    path_len: u32,
) -> Answer {
    let directory = call.directory(fd, rights::PATH_SYMLINK)?;
    let target = call.memory.path(target, target_len)?;
    let path = call.memory.path(path, path_len)?;
    let now_ns = call.machine.clock.now_ns();
    call.machine
        .tree
        .make_symlink(target, directory, path, now_ns)?;
    Ok(())
}

pub fn path_unlink_file(call: &mut Call<'_>, fd: u32, path: u32, path_len: u32) -> Answer {
    let directory = call.directory(fd, rights::PATH_UNLINK_FILE)?;
    let path = call.memory.path(path, path_len)?;
    let now_ns = call.machine.clock.now_ns();
    call.machine.tree.unlink(directory, path, now_ns)?;
    Ok(())
}
