//! `stat` and the times it shows.

use super::descriptors::{filetype, filetype_of};
use super::{Call, rights};
use crate::machine::fs::{FollowLast, NewTime, Stat};
use crate::machine::{Errno, Object, Result, Stream};
use crate::wasi::call::Answer;

/// The device numbers of the tree, of the streams and of pipes without a name: different ones, so that nothing is taken for
/// something else.
const TREE_DEVICE: u64 = 1;
const STREAM_DEVICE: u64 = 2;
const PIPE_DEVICE: u64 = 3;

pub fn fd_filestat_get(call: &mut Call<'_>, fd: u32, stat: u32) -> Answer {
    let file = call.open_file(fd, rights::FD_FILESTAT_GET)?;
    let bytes = match &file.object {
        Object::Stream { stream, .. } => encode_stream(*stream),
        Object::Made { stat, .. } => encode(stat),
        Object::Pipe {
            inode: None, pipe, ..
        } => filestat([PIPE_DEVICE, pipe.0], filetype::UNKNOWN, [1, 0, 0, 0, 0]),
        object => {
            let inode = object.inode().ok_or(Errno::BadDescriptor)?;
            encode(&call.machine.tree.stat(inode)?)
        }
    };
    call.memory.write(stat, &bytes)?;
    Ok(())
}

pub fn path_filestat_get(
    call: &mut Call<'_>,
    fd: u32,
    flags: u32,
    path: u32,
    path_len: u32,
    stat: u32,
) -> Answer {
    let directory = call.directory(fd, rights::PATH_FILESTAT_GET)?;
    let path = call.memory.path(path, path_len)?;
    let inode = call.machine.tree.lookup(directory, path, follow(flags)?)?;
    let bytes = encode(&call.machine.tree.stat(inode)?);
    call.memory.write(stat, &bytes)?;
    Ok(())
}

pub fn fd_filestat_set_times(
    call: &mut Call<'_>,
    fd: u32,
    accessed: u64,
    modified: u64,
    flags: u32,
) -> Answer {
    let file = call.open_file(fd, rights::FD_FILESTAT_SET_TIMES)?;
    let inode = file.object.inode().ok_or(Errno::Invalid)?;
    let (accessed, modified) = new_times(accessed, modified, flags)?;
    let now_ns = call.machine.clock.now_ns();
    call.machine
        .tree
        .set_times(inode, accessed, modified, now_ns)?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the signature is preview 1's")]
pub fn path_filestat_set_times(
    call: &mut Call<'_>,
    fd: u32,
    flags: u32,
    path: u32,
    path_len: u32,
    accessed: u64,
    modified: u64,
    set: u32,
) -> Answer {
    let directory = call.directory(fd, rights::PATH_FILESTAT_SET_TIMES)?;
    let path = call.memory.path(path, path_len)?;
    let inode = call.machine.tree.lookup(directory, path, follow(flags)?)?;
    let (accessed, modified) = new_times(accessed, modified, set)?;
    let now_ns = call.machine.clock.now_ns();
    call.machine
        .tree
        .set_times(inode, accessed, modified, now_ns)?;
    Ok(())
}

/// `lookupflags`: bit 0 follows a symbolic link at the end.
pub fn follow(flags: u32) -> Result<FollowLast> {
    match flags {
        0 => Ok(FollowLast::No),
        1 => Ok(FollowLast::Yes),
        _ => Err(Errno::Invalid),
    }
}

/// `fstflags`: for each time either a value or "now", not both.
fn new_times(accessed: u64, modified: u64, flags: u32) -> Result<(NewTime, NewTime)> {
    let new_time = |value, bits| match bits & 0b11 {
        0b00 => Ok(NewTime::Keep),
        0b01 => Ok(NewTime::At(value)),
        0b10 => Ok(NewTime::Now),
        _ => Err(Errno::Invalid),
    };
    if flags > 0b1111 {
        return Err(Errno::Invalid);
    }
    Ok((new_time(accessed, flags)?, new_time(modified, flags >> 2)?))
}

fn encode(stat: &Stat) -> [u8; 64] {
    let times = stat.times;
    filestat(
        [TREE_DEVICE, stat.inode.0],
        filetype_of(stat.file_type),
        [
            stat.links,
            stat.size,
            times.accessed_ns,
            times.modified_ns,
            times.changed_ns,
        ],
    )
}

fn encode_stream(stream: Stream) -> [u8; 64] {
    let number = match stream {
        Stream::Stdin => 1,
        Stream::Stdout => 2,
        Stream::Stderr => 3,
    };
    filestat([STREAM_DEVICE, number], filetype::UNKNOWN, [1, 0, 0, 0, 0])
}

fn filestat(device_and_inode: [u64; 2], kind: u8, rest: [u64; 5]) -> [u8; 64] {
    let mut bytes = [0; 64];
    let numbers = device_and_inode
        .into_iter()
        .chain([u64::from(kind)])
        .chain(rest);
    for (field, value) in bytes.chunks_exact_mut(8).zip(numbers) {
        field.copy_from_slice(&value.to_le_bytes());
    }
    bytes
}
