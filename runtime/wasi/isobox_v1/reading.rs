//! Reading a line at a time, with nothing read beyond it: what a shell's `read` needs, whose children go on behind it.

use wasmtime::Caller;

use super::super::preview1::{pipes, readable};
use crate::machine::{Errno, HostCall, Moved, Object, Stream};
use crate::wasi::call::{Answer, Call, Step, enter_until, to_errno};
use crate::wasi::process::Process;

/// What is looked through at once, in bytes, so that a short line of a long file costs little.
const LOOKED_THROUGH_BYTES_MAX: u32 = 4096;

pub async fn fd_read_until(
    caller: Caller<'_, Process>,
    (fd, delimiter, buffer, size, length): (u32, u32, u32, u32, u32),
) -> wasmtime::Result<i32> {
    let answer = enter_until(caller, HostCall::Look, move |call| {
        let delimiter = u8::try_from(delimiter).map_err(|_| Errno::Invalid)?;
        call.memory.bytes(length, 4)?;
        let (object, offset) = readable(call, fd)?;
        let size = size.min(LOOKED_THROUGH_BYTES_MAX);
        let read = match object {
            Object::Pipe { pipe, .. } => {
                let bytes = call.memory.bytes_mut(buffer, size)?;
                match call
                    .machine
                    .pipes
                    .get_mut(pipe)?
                    .read_until(delimiter, bytes)
                {
                    Moved::Bytes(read) => {
                        pipes::wake_others(call, pipe)?;
                        read
                    }
                    Moved::NotYet | Moved::Broken => return pipes::wait(call, fd, pipe),
                }
            }
            object => read_until(call, &object, offset, delimiter, (buffer, size))?,
        };
        call.moved += read as u64;
        call.open_file_mut(fd, 0)?.offset += read as u64;
        call.memory.write_u32(length, read as u32)?;
        Ok(Step::Done(()))
    });
    to_errno(answer.await?)
}

/// From what never waits.
fn read_until(
    call: &mut Call<'_>,
    object: &Object,
    offset: u64,
    delimiter: u8,
    (buffer, size): (u32, u32),
) -> Answer<usize> {
    let bytes = call.memory.bytes_mut(buffer, size)?;
    match object {
        Object::File(inode) => {
            let read = call.machine.tree.read(*inode, offset, bytes)?;
            let found = bytes[..read].iter().position(|byte| *byte == delimiter);
            Ok(found.map_or(read, |before| before + 1))
        }
        Object::Made { content, .. } => {
            let read = content.read(offset, bytes);
            let found = bytes[..read].iter().position(|byte| *byte == delimiter);
            Ok(found.map_or(read, |before| before + 1))
        }
        Object::Stream {
            stream: Stream::Stdin,
            call: opened,
        } => Ok(match *opened == call.machine.call {
            true => call.machine.streams.read_until(delimiter, bytes),
            false => 0,
        }),
        // A device has no end to look for: a byte at a time.
        _ => {
            let piece = crate::wasi::guest_memory::Piece {
                pointer: buffer,
                length: size.min(1),
            };
            let read = super::super::preview1::read_piece(call, object, offset, piece)?;
            Ok(read as usize)
        }
    }
}
