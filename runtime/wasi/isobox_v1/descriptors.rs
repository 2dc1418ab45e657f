//! Pipes, duplicates, close-on-exec, named pipes.

use super::super::preview1::rights;
use crate::machine::{Descriptor, Errno, PipeEnds, PipeId, Result, Rights};
use crate::wasi::call::{Answer, Call};

pub fn fd_pipe(call: &mut Call<'_>, lowest: u32, read_end: u32, write_end: u32) -> Answer {
    let reader = call.task()?.descriptors.free_from(lowest)?;
    let writer = call.task()?.descriptors.free_from(reader + 1);
    // No number is that high: the first end has the last one.
    let writer = writer.map_err(|_| Errno::TooManyFiles)?;
    call.memory.write_u32(read_end, reader)?;
    call.memory.write_u32(write_end, writer)?;
    let pipe = call.machine.pipes.make()?;
    put_end(call, pipe, reader, true)?;
    put_end(call, pipe, writer, false)?;
    Ok(())
}

fn put_end(call: &mut Call<'_>, pipe: PipeId, number: u32, reads: bool) -> Result<()> {
    let ends = PipeEnds {
        reads,
        writes: !reads,
    };
    let base = match reads {
        true => rights::STREAM_IN,
        false => rights::STREAM_OUT,
    };
    let file = call.machine.open_pipe(pipe, ends, 0)?;
    let descriptor = Descriptor {
        file,
        rights: Rights {
            base,
            inheriting: 0,
        },
        preopened_as: None,
        close_on_exec: true,
    };
    call.task_mut()?.descriptors.put(number, descriptor)?;
    Ok(())
}

pub fn fd_duplicate(
    call: &mut Call<'_>,
    fd: u32,
    lowest: u32,
    cloexec: u32,
    duplicate: u32,
) -> Answer {
    let close_on_exec = flag(cloexec)?;
    let descriptor = duplicate_of(call, fd)?;
    let number = call.task()?.descriptors.free_from(lowest)?;
    call.memory.write_u32(duplicate, number)?;
    call.machine.open_files.share(descriptor.file);
    let descriptor = Descriptor {
        close_on_exec,
        ..descriptor
    };
    call.task_mut()?.descriptors.put(number, descriptor)?;
    Ok(())
}

pub fn fd_duplicate_to(call: &mut Call<'_>, fd: u32, to: u32) -> Answer {
    let descriptor = duplicate_of(call, fd)?;
    if fd == to {
        return Ok(());
    }
    let file = descriptor.file;
    let before = call.task_mut()?.descriptors.put(to, descriptor)?;
    call.machine.open_files.share(file);
    if let Some(before) = before {
        call.machine.close(before.file);
    }
    Ok(())
}

/// What another number for the same open file begins with.
fn duplicate_of(call: &Call<'_>, fd: u32) -> Result<Descriptor> {
    Ok(Descriptor {
        preopened_as: None,
        close_on_exec: false,
        ..call.task()?.descriptors.get(fd)?.clone()
    })
}

pub fn fd_cloexec_set(call: &mut Call<'_>, fd: u32, cloexec: u32) -> Answer {
    let close_on_exec = flag(cloexec)?;
    call.task_mut()?.descriptors.get_mut(fd)?.close_on_exec = close_on_exec;
    Ok(())
}

pub fn fd_cloexec_get(call: &mut Call<'_>, fd: u32, cloexec: u32) -> Answer {
    let close_on_exec = call.task()?.descriptors.get(fd)?.close_on_exec;
    call.memory.write_u32(cloexec, close_on_exec.into())?;
    Ok(())
}

fn flag(value: u32) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Errno::Invalid),
    }
}

pub fn path_make_fifo(call: &mut Call<'_>, fd: u32, path: u32, path_len: u32, mode: u32) -> Answer {
    let directory = call.directory(fd, rights::PATH_CREATE_FILE)?;
    if mode > 0o7777 {
        return Err(Errno::Invalid.into());
    }
    let mode = mode as u16 & !call.task()?.umask;
    let path = call.memory.path(path, path_len)?;
    let now_ns = call.machine.clock.now_ns();
    let tree = &mut call.machine.tree;
    tree.make_fifo(directory, path, mode, now_ns)?;
    Ok(())
}
