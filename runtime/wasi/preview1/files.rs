//! Reading, writing and moving about in open files.

use wasmtime::Caller;

use super::descriptors::FLAG_APPEND;
use super::{Call, pipes, rights};
use crate::engine::HostFailure;
use crate::machine::fs::InodeNumber;
use crate::machine::{
    Bound, Device, Errno, HostCall, Interface, Object, Result, Stream, StreamWrite,
};
use crate::wasi::call::{Answer, Failure, Step, enter_until, to_errno};
use crate::wasi::guest_memory::Piece;
use crate::wasi::process::{Process, Stop};

pub async fn fd_read(
    caller: Caller<'_, Process>,
    (fd, iovs, iovs_len, read): (u32, u32, u32, u32),
) -> wasmtime::Result<i32> {
    let answer = enter_until(caller, HostCall::Look, move |call| {
        let (object, offset) = readable(call, fd)?;
        let length = match object {
            Object::Pipe { pipe, .. } => match pipes::read(call, fd, pipe, iovs, iovs_len)? {
                Step::Done(length) => length,
                Step::Wait => return Ok(Step::Wait),
            },
            _ => read_pieces(call, &object, offset, iovs, iovs_len)?,
        };
        call.open_file_mut(fd, 0)?.offset += u64::from(length);
        call.memory.write_u32(read, length)?;
        Ok(Step::Done(()))
    });
    to_errno(answer.await?)
}

pub fn fd_pread(
    call: &mut Call<'_>,
    fd: u32,
    iovs: u32,
    iovs_len: u32,
    offset: u64,
    read: u32,
) -> Answer {
    let (object, _) = readable(call, fd)?;
    check_positioned(&object, offset)?;
    let length = read_pieces(call, &object, offset, iovs, iovs_len)?;
    call.memory.write_u32(read, length)?;
    Ok(())
}

pub async fn fd_write(
    caller: Caller<'_, Process>,
    (fd, iovs, iovs_len, written): (u32, u32, u32, u32),
) -> wasmtime::Result<i32> {
    // What went into a pipe before it was full.
    let mut done = 0;
    let answer = enter_until(caller, HostCall::Look, move |call| {
        let file = call.open_file(fd, rights::FD_WRITE)?;
        let length = match file.object {
            Object::Pipe { pipe, .. } => {
                match pipes::write(call, fd, pipe, (iovs, iovs_len), &mut done)? {
                    Step::Done(length) => length,
                    Step::Wait => return Ok(Step::Wait),
                }
            }
            _ => write_at_offset(call, fd, iovs, iovs_len)?,
        };
        call.memory.write_u32(written, length)?;
        Ok(Step::Done(()))
    });
    to_errno(answer.await?)
}

fn write_at_offset(call: &mut Call<'_>, fd: u32, iovs: u32, iovs_len: u32) -> Answer<u32> {
    let file = call.open_file(fd, rights::FD_WRITE)?;
    let (object, append, offset) = (
        file.object.clone(),
        file.flags & FLAG_APPEND != 0,
        file.offset,
    );
    let offset = match object {
        Object::File(inode) if append => call.machine.tree.stat(inode)?.size,
        _ => offset,
    };
    let length = write_pieces(call, &object, offset, iovs, iovs_len)?;
    call.open_file_mut(fd, 0)?.offset = offset + u64::from(length);
    Ok(length)
}

pub fn fd_pwrite(
    call: &mut Call<'_>,
    fd: u32,
    iovs: u32,
    iovs_len: u32,
    offset: u64,
    written: u32,
) -> Answer {
    let object = call.open_file(fd, rights::FD_WRITE)?.object.clone();
    check_positioned(&object, offset)?;
    let length = write_pieces(call, &object, offset, iovs, iovs_len)?;
    call.memory.write_u32(written, length)?;
    Ok(())
}

pub fn fd_seek(call: &mut Call<'_>, fd: u32, offset: i64, whence: u32, position: u32) -> Answer {
    let file = call.open_file(fd, 0)?;
    let base = match (whence, &file.object) {
        (_, Object::Stream { .. } | Object::Pipe { .. }) => return Err(Errno::IllegalSeek.into()),
        (0, _) => 0,
        (1, _) => file.offset,
        (2, Object::File(inode)) => call.machine.tree.stat(*inode)?.size,
        (2, Object::Made { content, .. }) => content.size(),
        (2, Object::Device { .. }) => 0,
        _ => return Err(Errno::Invalid.into()),
    };
    let only_asks = whence == 1 && offset == 0;
    call.descriptor(
        fd,
        if only_asks {
            rights::FD_TELL
        } else {
            rights::FD_SEEK
        },
    )?;
    let target = base.checked_add_signed(offset).ok_or(Errno::Invalid)?;
    if target > i64::MAX as u64 {
        return Err(Errno::Invalid.into());
    }
    // The answer is written first: a bad pointer leaves the file where it was.
    call.memory.write_u64(position, target)?;
    call.open_file_mut(fd, 0)?.offset = target;
    Ok(())
}

pub fn fd_tell(call: &mut Call<'_>, fd: u32, position: u32) -> Answer {
    let file = call.open_file(fd, 0)?;
    if matches!(file.object, Object::Stream { .. } | Object::Pipe { .. }) {
        return Err(Errno::IllegalSeek.into());
    }
    let offset = call.open_file(fd, rights::FD_TELL)?.offset;
    call.memory.write_u64(position, offset)?;
    Ok(())
}

/// Advice is checked and has no effect.
pub fn fd_advise(call: &mut Call<'_>, fd: u32, offset: u64, length: u64, advice: u32) -> Answer {
    let file = call.open_file(fd, 0)?;
    if matches!(file.object, Object::Stream { .. } | Object::Pipe { .. }) {
        return Err(Errno::IllegalSeek.into());
    }
    call.descriptor(fd, rights::FD_ADVISE)?;
    if advice > 5 || offset.checked_add(length).is_none() {
        return Err(Errno::Invalid.into());
    }
    Ok(())
}

pub fn fd_allocate(call: &mut Call<'_>, fd: u32, offset: u64, length: u64) -> Answer {
    let inode = regular_file(call, fd, rights::FD_ALLOCATE)?;
    call.descriptor(fd, rights::FD_WRITE)?;
    if length == 0 {
        return Err(Errno::Invalid.into());
    }
    let end = offset.checked_add(length).ok_or(Errno::FileTooBig)?;
    let now_ns = call.machine.clock.now_ns();
    if end > call.machine.tree.stat(inode)?.size {
        call.machine.tree.set_size(inode, end, now_ns)?;
    }
    Ok(())
}

pub fn fd_filestat_set_size(call: &mut Call<'_>, fd: u32, size: u64) -> Answer {
    let inode = regular_file(call, fd, rights::FD_FILESTAT_SET_SIZE)?;
    if call.descriptor(fd, rights::FD_WRITE).is_err() {
        return Err(Errno::Invalid.into());
    }
    let now_ns = call.machine.clock.now_ns();
    call.machine.tree.set_size(inode, size, now_ns)?;
    Ok(())
}

fn regular_file(call: &Call<'_>, fd: u32, right: u64) -> Result<InodeNumber> {
    match call.open_file(fd, 0)?.object {
        Object::File(inode) => call.descriptor(fd, right).map(|_| inode),
        _ => Err(Errno::Invalid),
    }
}

/// What a descriptor reads from, and where. A directory says that it is one, whatever its rights.
pub fn readable(call: &Call<'_>, fd: u32) -> Result<(Object, u64)> {
    if matches!(call.open_file(fd, 0)?.object, Object::Directory { .. }) {
        return Err(Errno::IsDirectory);
    }
    let file = call.open_file(fd, rights::FD_READ)?;
    Ok((file.object.clone(), file.offset))
}

/// Streams and pipes have no positions to read or write at, and no offset is beyond what `off_t` can say.
fn check_positioned(object: &Object, offset: u64) -> Result<()> {
    match object {
        Object::Stream { .. } | Object::Pipe { .. } => Err(Errno::IllegalSeek),
        _ if offset > i64::MAX as u64 => Err(Errno::Invalid),
        _ => Ok(()),
    }
}

/// Reads into the pieces in turn, until one is not filled.
fn read_pieces(
    call: &mut Call<'_>,
    object: &Object,
    mut offset: u64,
    iovs: u32,
    iovs_len: u32,
) -> Answer<u32> {
    let mut total = 0u32;
    for piece in call.memory.pieces(iovs, iovs_len)? {
        let length = read_piece(call, object, offset, piece)?;
        total = total.checked_add(length).ok_or(Errno::Invalid)?;
        offset += u64::from(length);
        call.moved += u64::from(length);
        if length < piece.length {
            break;
        }
    }
    Ok(total)
}

pub fn read_piece(call: &mut Call<'_>, object: &Object, offset: u64, piece: Piece) -> Result<u32> {
    let buffer = call.memory.bytes_mut(piece.pointer, piece.length)?;
    let length = match object {
        Object::File(inode) => call.machine.tree.read(*inode, offset, buffer)?,
        Object::Made { content, .. } => content.read(offset, buffer),
        Object::Stream {
            stream: Stream::Stdin,
            call: opened,
        } => match *opened == call.machine.call {
            true => call.machine.streams.read(buffer),
            false => 0,
        },
        Object::Directory { .. } | Object::Stream { .. } | Object::Pipe { .. } => {
            return Err(Errno::BadDescriptor);
        }
        Object::Device { device, .. } => match device {
            Device::Zero | Device::Full => {
                buffer.fill(0);
                buffer.len()
            }
            Device::Random | Device::Urandom => {
                let task = call.machine.processes.get_mut(call.process.number)?;
                task.entropy.fill(Interface::Device, buffer);
                buffer.len()
            }
            Device::Null
            | Device::Stdin
            | Device::Stdout
            | Device::Stderr
            | Device::Descriptor(_) => 0,
        },
    };
    Ok(length as u32)
}

/// Writes the pieces in turn, until one does not fit.
fn write_pieces(
    call: &mut Call<'_>,
    object: &Object,
    mut offset: u64,
    iovs: u32,
    iovs_len: u32,
) -> Answer<u32> {
    let mut total = 0u32;
    for piece in call.memory.pieces(iovs, iovs_len)? {
        let length = match write_piece(call, object, offset, piece) {
            Ok(length) => length,
            // What fitted before the disk was full counts.
            Err(Failure::Errno(_)) if total > 0 => break,
            Err(failure) => return Err(failure),
        };
        total = total.checked_add(length).ok_or(Errno::Invalid)?;
        offset += u64::from(length);
        call.moved += u64::from(length);
        if length < piece.length {
            break;
        }
    }
    Ok(total)
}

fn write_piece(call: &mut Call<'_>, object: &Object, offset: u64, piece: Piece) -> Answer<u32> {
    let now_ns = call.machine.clock.now_ns();
    let data = call.memory.bytes(piece.pointer, piece.length)?;
    let length = match object {
        Object::File(inode) => call.machine.tree.write(*inode, offset, data, now_ns)?,
        Object::Directory { .. } | Object::Made { .. } | Object::Pipe { .. } => {
            return Err(Errno::BadDescriptor.into());
        }
        Object::Stream { stream, .. } => match call.machine.streams.write(*stream, data) {
            StreamWrite::Taken => data.len(),
            StreamWrite::TooMuch => return Err(Bound::Output.into()),
            StreamWrite::Closed => return Err(Stop::Host(HostFailure::OutputClosed).into()),
        },
        Object::Device { device, .. } => match device {
            Device::Full if !data.is_empty() => return Err(Errno::NoSpace.into()),
            _ => data.len(),
        },
    };
    Ok(length as u32)
}
