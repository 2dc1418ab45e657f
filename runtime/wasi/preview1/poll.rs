//! `poll_oneoff`: waiting for clocks and descriptors, in virtual time.

use wasmtime::Caller;

use super::clocks::{self, REALTIME};
use super::{Call, rights};
use crate::limits::PIPE_ATOMIC_BYTES;
use crate::machine::{Errno, HostCall, Object, Result, Stream};
use crate::wasi::call::{Answer, Step, enter_until, enter_with, to_errno};
use crate::wasi::guest_memory::{u16_at, u32_at, u64_at};
use crate::wasi::process::Process;

const SUBSCRIPTION_BYTES: u32 = 48;
const EVENT_BYTES: usize = 32;

/// Whoever wakes a process that waits for many things has it look at all of them again: so many are a step of a lookup.
const SUBSCRIPTIONS_PER_STEP: u64 = 4;

/// `eventtype`, which is also a subscription's tag.
const CLOCK: u8 = 0;
const FD_READ: u8 = 1;
const FD_WRITE: u8 = 2;

/// `subclockflags`: the timeout is a time of the clock, not a duration.
const ABSOLUTE: u16 = 1;

/// `eventrwflags`: the other end is gone.
const HANGUP: u16 = 1;

/// What a subscription waits for.
#[derive(Clone, Copy)]
enum Awaited {
    /// This time of the monotonic clock, in nanoseconds.
    Time(u64),
    /// That this descriptor can be read.
    Input(u32),
    /// That this descriptor can be written.
    Output(u32),
    /// Nothing that there is.
    Failed(Errno),
}

struct Subscription {
    user_data: u64,
    kind: u8,
    awaited: Awaited,
}

/// An event's errno, bytes and flags.
type Event = (u16, u64, u16);

pub async fn poll_oneoff(
    mut caller: Caller<'_, Process>,
    (subscriptions, events, count, used): (u32, u32, u32, u32),
) -> wasmtime::Result<i32> {
    let begun = enter_with(&mut caller, HostCall::Look, |call| {
        begin(call, subscriptions, count)
    });
    let subscriptions = match begun.await? {
        Ok(begun) => begun,
        Err(failure) => return to_errno(Err(failure)),
    };
    let mut is_woken = false;
    let waited = enter_until(&mut caller, HostCall::Again, |call| {
        if std::mem::replace(&mut is_woken, true) {
            let looks = subscriptions.len() as u64 / SUBSCRIPTIONS_PER_STEP;
            call.machine.tree.note_work(looks);
        }
        wait(call, &subscriptions)
    });
    if let Err(failure) = waited.await? {
        return to_errno(Err(failure));
    }
    let answer = enter_until(&mut caller, HostCall::Look, |call| {
        finish(call, &subscriptions, events, used)
    });
    to_errno(answer.await?)
}

fn begin(call: &mut Call<'_>, pointer: u32, count: u32) -> Answer<Vec<Subscription>> {
    if count == 0 {
        return Err(Errno::Invalid.into());
    }
    let bytes = call
        .memory
        .array(pointer, count, SUBSCRIPTION_BYTES)?
        .to_vec();
    call.moved += bytes.len() as u64;
    // Before durations begin to count: no price passes while the guest sleeps.
    call.pay()?;
    let subscriptions = bytes
        .chunks_exact(SUBSCRIPTION_BYTES as usize)
        .map(|subscription| Subscription {
            user_data: u64_at(subscription, 0),
            kind: subscription[8],
            awaited: awaited(call, subscription).unwrap_or_else(Awaited::Failed),
        });
    Ok(subscriptions.collect())
}

fn awaited(call: &Call<'_>, subscription: &[u8]) -> Result<Awaited> {
    let fd = || u32_at(subscription, 16);
    match subscription[8] {
        CLOCK => clock_awaited(call, subscription),
        FD_READ => Ok(Awaited::Input(fd())),
        FD_WRITE => Ok(Awaited::Output(fd())),
        _ => Err(Errno::Invalid),
    }
}

/// Waits until one subscription at least is ready.
fn wait(call: &mut Call<'_>, subscriptions: &[Subscription]) -> Answer<Step> {
    let is_ready = |subscription: &Subscription| event(call, subscription.awaited).is_some();
    if subscriptions.iter().any(is_ready) {
        return Ok(Step::Done(()));
    }
    let mut until_ns = None;
    for subscription in subscriptions {
        match subscription.awaited {
            Awaited::Time(time_ns) => {
                until_ns = Some(until_ns.map_or(time_ns, |until_ns: u64| until_ns.min(time_ns)));
            }
            Awaited::Input(fd) | Awaited::Output(fd) => await_pipe(call, fd)?,
            Awaited::Failed(_) => {}
        }
    }
    call.wait(until_ns, false)
}

/// The process is woken when the pipe behind a descriptor changes.
fn await_pipe(call: &mut Call<'_>, fd: u32) -> Result<()> {
    if let Object::Pipe { pipe, .. } = call.open_file(fd, 0)?.object {
        let number = call.process.number;
        call.machine.pipes.get_mut(pipe)?.wait(number);
    }
    Ok(())
}

fn clock_awaited(call: &Call<'_>, subscription: &[u8]) -> Result<Awaited> {
    let (clock, timeout_ns) = (u32_at(subscription, 16), u64_at(subscription, 24));
    let flags = u16_at(subscription, 40);
    clocks::now_ns(call.machine, clock)?;
    let machine_clock = &call.machine.clock;
    let time_ns = match (flags & ABSOLUTE != 0, clock) {
        (false, _) => machine_clock.elapsed_ns().saturating_add(timeout_ns),
        (true, REALTIME) => {
            let began_ns = machine_clock.now_ns() - machine_clock.elapsed_ns();
            timeout_ns.saturating_sub(began_ns)
        }
        (true, _) => timeout_ns,
    };
    Ok(Awaited::Time(time_ns))
}

/// The event of what is ready now.
fn event(call: &Call<'_>, awaited: Awaited) -> Option<Event> {
    let ready = match awaited {
        Awaited::Time(time_ns) => {
            (time_ns <= call.machine.clock.elapsed_ns()).then_some(Ok((0, 0)))
        }
        Awaited::Input(fd) => input(call, fd).transpose(),
        Awaited::Output(fd) => output(call, fd).transpose(),
        Awaited::Failed(errno) => Some(Err(errno)),
    };
    ready.map(|ready| match ready {
        Ok((bytes, flags)) => (0, bytes, flags),
        Err(errno) => (errno as u16, 0, 0),
    })
}

/// What can be read and whether it ends there. Only a pipe is ever not ready: files are, and input is known to its end.
fn input(call: &Call<'_>, fd: u32) -> Result<Option<(u64, u16)>> {
    call.descriptor(fd, rights::POLL_FD_READWRITE)?;
    let file = call.open_file(fd, rights::FD_READ)?;
    let (left, ends) = match file.object {
        Object::File(inode) => {
            let size = call.machine.tree.stat(inode)?.size;
            (size.saturating_sub(file.offset), false)
        }
        Object::Made { ref content, .. } => (content.size().saturating_sub(file.offset), false),
        Object::Stream {
            stream: Stream::Stdin,
            call: opened,
        } => {
            let left = call.stdin_left(opened);
            (left, left == 0)
        }
        Object::Pipe { pipe, .. } => {
            let ready = call.machine.pipes.get(pipe)?.ready();
            if ready.readable == 0 && !ready.no_writer {
                return Ok(None);
            }
            (ready.readable as u64, ready.no_writer)
        }
        _ => (1, false),
    };
    Ok(Some((left, if ends { HANGUP } else { 0 })))
}

/// How much can be written and whether nobody reads. A pipe is ready when a short write would not wait.
fn output(call: &Call<'_>, fd: u32) -> Result<Option<(u64, u16)>> {
    call.descriptor(fd, rights::POLL_FD_READWRITE)?;
    let file = call.open_file(fd, rights::FD_WRITE)?;
    let Object::Pipe { pipe, .. } = file.object else {
        return Ok(Some((1, 0)));
    };
    let ready = call.machine.pipes.get(pipe)?.ready();
    let flags = if ready.no_reader { HANGUP } else { 0 };
    let is_ready = ready.writable >= PIPE_ATOMIC_BYTES || ready.no_reader;
    Ok(is_ready.then_some((ready.writable as u64, flags)))
}

/// Writes an event for each subscription that is ready, in the order in which they were given.
fn finish(
    call: &mut Call<'_>,
    subscriptions: &[Subscription],
    events: u32,
    used: u32,
) -> Answer<Step> {
    let ready: Vec<u8> = subscriptions
        .iter()
        .filter_map(|subscription| Some(encode(subscription, event(call, subscription.awaited)?)))
        .flatten()
        .collect();
    if ready.is_empty() {
        // Another process was faster.
        return wait(call, subscriptions);
    }
    call.memory.write(events, &ready)?;
    call.memory
        .write_u32(used, (ready.len() / EVENT_BYTES) as u32)?;
    call.moved += ready.len() as u64;
    Ok(Step::Done(()))
}

fn encode(subscription: &Subscription, (errno, bytes, flags): Event) -> [u8; EVENT_BYTES] {
    let mut event = [0; EVENT_BYTES];
    event[0..8].copy_from_slice(&subscription.user_data.to_le_bytes());
    event[8..10].copy_from_slice(&errno.to_le_bytes());
    event[10] = subscription.kind;
    event[16..24].copy_from_slice(&bytes.to_le_bytes());
    event[24..26].copy_from_slice(&flags.to_le_bytes());
    event
}
