//! `poll_oneoff`: waiting for clocks and descriptors, in virtual time.

use wasmtime::Caller;

use super::clocks::{self, REALTIME};
use super::{Call, rights};
use crate::machine::scheduler::sleep_until;
use crate::machine::{Errno, HostCall, Object, Result, Stream};
use crate::wasi::call::{Answer, Failure, enter_with, to_errno};
use crate::wasi::guest_memory::{u16_at, u32_at, u64_at};
use crate::wasi::process::Process;

const SUBSCRIPTION_BYTES: u32 = 48;
const EVENT_BYTES: usize = 32;

/// `eventtype`, which is also a subscription's tag.
const CLOCK: u8 = 0;
const FD_READ: u8 = 1;
const FD_WRITE: u8 = 2;

/// `subclockflags`: the timeout is a time of the clock, not a duration.
const ABSOLUTE: u16 = 1;

/// `eventrwflags`: the other end is gone.
const HANGUP: u16 = 1;

/// What came of a subscription.
#[derive(Clone, Copy)]
enum Readiness {
    /// Not before this time of the monotonic clock, in nanoseconds.
    At(u64),
    /// Now: bytes and flags.
    Now(u64, u16),
    Failed(Errno),
}

struct Subscription {
    user_data: u64,
    kind: u8,
    readiness: Readiness,
}

pub async fn poll_oneoff(
    mut caller: Caller<'_, Process>,
    (subscriptions, events, count, used): (u32, u32, u32, u32),
) -> wasmtime::Result<i32> {
    let begun = enter_with(&mut caller, HostCall::Look, |call| {
        begin(call, subscriptions, count)
    })?;
    let (subscriptions, wake_ns) = match begun {
        Ok(begun) => begun,
        Err(failure) => return to_errno(Err(failure)),
    };
    if let Some(wake_ns) = wake_ns {
        let process = caller.data();
        // Past its deadline the process is ended, so it need not sleep longer.
        let until_ns = wake_ns.min(process.deadline_ns);
        let sleep = sleep_until(&process.machine, process.number, until_ns);
        sleep.await;
    }
    let answer = enter_with(&mut caller, HostCall::Look, |call| {
        finish(call, &subscriptions, events, used)
    })?;
    to_errno(answer)
}

/// Reads the subscriptions; none is ready yet when there is a time to wake.
fn begin(
    call: &mut Call<'_>,
    pointer: u32,
    count: u32,
) -> Answer<(Vec<Subscription>, Option<u64>)> {
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
    let subscriptions: Vec<Subscription> = bytes
        .chunks_exact(SUBSCRIPTION_BYTES as usize)
        .map(|subscription| Subscription {
            user_data: u64_at(subscription, 0),
            kind: subscription[8],
            readiness: readiness(call, subscription).unwrap_or_else(Readiness::Failed),
        })
        .collect();
    let now_ns = call.machine.clock.elapsed_ns();
    let times = subscriptions
        .iter()
        .map(|subscription| match subscription.readiness {
            Readiness::At(time_ns) => time_ns,
            Readiness::Now(..) | Readiness::Failed(_) => 0,
        });
    let wake_ns = times.min().filter(|wake_ns| *wake_ns > now_ns);
    Ok((subscriptions, wake_ns))
}

fn readiness(call: &Call<'_>, subscription: &[u8]) -> Result<Readiness> {
    match subscription[8] {
        CLOCK => clock_readiness(call, subscription),
        kind @ (FD_READ | FD_WRITE) => descriptor_readiness(call, u32_at(subscription, 16), kind),
        _ => Err(Errno::Invalid),
    }
}

fn clock_readiness(call: &Call<'_>, subscription: &[u8]) -> Result<Readiness> {
    let (clock, timeout_ns) = (u32_at(subscription, 16), u64_at(subscription, 24));
    let flags = u16_at(subscription, 40);
    clocks::now_ns(&call.machine, clock)?;
    let machine_clock = &call.machine.clock;
    let time_ns = match (flags & ABSOLUTE != 0, clock) {
        (false, _) => machine_clock.elapsed_ns().saturating_add(timeout_ns),
        (true, REALTIME) => {
            let began_ns = machine_clock.now_ns() - machine_clock.elapsed_ns();
            timeout_ns.saturating_sub(began_ns)
        }
        (true, _) => timeout_ns,
    };
    Ok(Readiness::At(time_ns))
}

/// Nothing here ever blocks: files are ready, and input is known to its end.
fn descriptor_readiness(call: &Call<'_>, fd: u32, kind: u8) -> Result<Readiness> {
    let right = if kind == FD_READ {
        rights::FD_READ
    } else {
        rights::FD_WRITE
    };
    call.descriptor(fd, rights::POLL_FD_READWRITE)?;
    let file = call.open_file(fd, right)?;
    let left = match (&file.object, kind) {
        (Object::File(inode), FD_READ) => {
            let size = call.machine.tree.stat(*inode)?.size;
            size.saturating_sub(file.offset)
        }
        (Object::Stream(Stream::Stdin), FD_READ) => {
            let left = call.machine.streams.stdin_left() as u64;
            return Ok(Readiness::Now(left, if left == 0 { HANGUP } else { 0 }));
        }
        _ => 1,
    };
    Ok(Readiness::Now(left, 0))
}

/// Writes an event for each subscription that is ready, in the order in which they were given.
fn finish(
    call: &mut Call<'_>,
    subscriptions: &[Subscription],
    events: u32,
    used: u32,
) -> Result<(), Failure> {
    let now_ns = call.machine.clock.elapsed_ns();
    let ready: Vec<u8> = subscriptions
        .iter()
        .filter_map(|subscription| event(subscription, now_ns))
        .flatten()
        .collect();
    call.memory.write(events, &ready)?;
    call.memory
        .write_u32(used, (ready.len() / EVENT_BYTES) as u32)?;
    call.moved += ready.len() as u64;
    Ok(())
}

fn event(subscription: &Subscription, now_ns: u64) -> Option<[u8; EVENT_BYTES]> {
    let (errno, bytes, flags) = match subscription.readiness {
        Readiness::At(time_ns) if time_ns > now_ns => return None,
        Readiness::At(_) => (0, 0, 0),
        Readiness::Now(bytes, flags) => (0, bytes, flags),
        Readiness::Failed(errno) => (errno as u16, 0, 0),
    };
    let mut event = [0; EVENT_BYTES];
    event[0..8].copy_from_slice(&subscription.user_data.to_le_bytes());
    event[8..10].copy_from_slice(&errno.to_le_bytes());
    event[10] = subscription.kind;
    event[16..24].copy_from_slice(&bytes.to_le_bytes());
    event[24..26].copy_from_slice(&flags.to_le_bytes());
    Some(event)
}
