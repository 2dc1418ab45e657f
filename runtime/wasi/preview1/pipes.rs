//! Reading from and writing to pipes, which can wait.

use super::Call;
use super::descriptors::FLAG_NONBLOCK;
use crate::machine::{Errno, Moved, PipeId, Result, signal};
use crate::wasi::call::{Answer, Failure, Step};

impl Call<'_> {
    /// Bytes of input left, if it is that of the running call.
    pub fn stdin_left(&self, opened: u64) -> u64 {
        match opened == self.machine.call {
            true => self.machine.streams.stdin_left() as u64,
            false => 0,
        }
    }

    fn is_nonblocking(&self, fd: u32) -> Result<bool> {
        Ok(self.open_file(fd, 0)?.flags & FLAG_NONBLOCK != 0)
    }

    /// The process waits for a change of a pipe.
    pub fn wait_for_pipe<T>(&mut self, pipe: PipeId) -> Answer<Step<T>> {
        let number = self.process.number;
        self.machine.pipes.get_mut(pipe)?.wait(number);
        self.wait(None, false)
    }
}

/// Something went into or out of a pipe.
pub fn wake_others(call: &mut Call<'_>, pipe: PipeId) -> Result<()> {
    let waiting = call.machine.pipes.get_mut(pipe)?.take_waiting();
    call.machine.wake_all(waiting);
    Ok(())
}

/// Nothing to read as yet: waits, unless it was asked not to.
pub fn wait<T>(call: &mut Call<'_>, fd: u32, pipe: PipeId) -> Answer<Step<T>> {
    if call.is_nonblocking(fd)? {
        return Err(Errno::Again.into());
    }
    call.wait_for_pipe(pipe)
}

/// Reads what there is; nothing is its end when nobody writes any more, and else waited for.
pub fn read(
    call: &mut Call<'_>,
    fd: u32,
    pipe: PipeId,
    iovs: u32,
    iovs_len: u32,
) -> Answer<Step<u32>> {
    let mut total = 0;
    for piece in call.memory.pieces(iovs, iovs_len)? {
        let buffer = call.memory.bytes_mut(piece.pointer, piece.length)?;
        match call.machine.pipes.get_mut(pipe)?.read(buffer) {
            Moved::Bytes(length) => total += length as u32,
            Moved::NotYet | Moved::Broken if total > 0 => break,
            Moved::NotYet | Moved::Broken => return wait(call, fd, pipe),
        }
    }
    if total > 0 {
        call.moved += u64::from(total);
        wake_others(call, pipe)?;
    }
    Ok(Step::Done(total))
}

/// Writes everything, waiting for room where there is none. `done` is what went in so far.
pub fn write(
    call: &mut Call<'_>,
    fd: u32,
    pipe: PipeId,
    (iovs, iovs_len): (u32, u32),
    done: &mut u32,
) -> Answer<Step<u32>> {
    let before = *done;
    let came_to = put(call, pipe, iovs, iovs_len, done)?;
    if *done > before {
        call.moved += u64::from(*done - before);
        wake_others(call, pipe)?;
    }
    match came_to {
        Moved::Bytes(_) => Ok(Step::Done(*done)),
        Moved::Broken if *done > 0 => Ok(Step::Done(*done)),
        Moved::Broken => {
            let number = call.process.number;
            call.machine.deliver(number, signal::PIPE);
            call.check_own_end()?;
            Err(Errno::BrokenPipe.into())
        }
        Moved::NotYet if call.is_nonblocking(fd)? => match *done {
            0 => Err(Errno::Again.into()),
            done => Ok(Step::Done(done)),
        },
        Moved::NotYet => match call.wait_for_pipe(pipe) {
            Err(Failure::Errno(Errno::Interrupted)) if *done > 0 => Ok(Step::Done(*done)),
            waits => waits,
        },
    }
}

/// Puts in what there is room for, behind what is in already.
fn put(
    call: &mut Call<'_>,
    pipe: PipeId,
    iovs: u32,
    iovs_len: u32,
    done: &mut u32,
) -> Result<Moved> {
    let pieces: Vec<_> = call.memory.pieces(iovs, iovs_len)?.collect();
    let total = pieces
        .iter()
        .try_fold(0u32, |sum, piece| sum.checked_add(piece.length));
    let total = total.ok_or(Errno::Invalid)?;
    let mut skipped = *done;
    for piece in pieces {
        if skipped >= piece.length {
            skipped -= piece.length;
            continue;
        }
        let length = piece.length - skipped;
        let bytes = call.memory.bytes(piece.pointer + skipped, length)?;
        skipped = 0;
        let pipe = call.machine.pipes.get_mut(pipe)?;
        match pipe.write(bytes, (total - *done) as usize) {
            Moved::Bytes(written) => {
                *done += written as u32;
                if written < length as usize {
                    return Ok(Moved::NotYet);
                }
            }
            stays => return Ok(stays),
        }
    }
    Ok(Moved::Bytes(0))
}
