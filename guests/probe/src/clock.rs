//! The clocks: what they show, that reading moves them, and what a sleep takes.

use crate::facts::Facts;
use wasi::{CLOCKID_MONOTONIC, CLOCKID_REALTIME, Clockid, Errno};

const SECOND_NS: u64 = 1_000_000_000;
const HOUR_NS: u64 = 3600 * SECOND_NS;

/// A spin that has read the clock so often without reaching its end is stuck.
const SPINS_MAX: u64 = 1 << 32;

fn now(clock: Clockid) -> Result<u64, Errno> {
    // SAFETY: takes no memory.
    unsafe { wasi::clock_time_get(clock, 1) }
}

pub fn clock(facts: &mut Facts) {
    for (name, clock) in [
        ("realtime", CLOCKID_REALTIME),
        ("monotonic", CLOCKID_MONOTONIC),
    ] {
        // SAFETY: takes no memory.
        facts.answer(&format!("{name} resolution"), unsafe {
            wasi::clock_res_get(clock)
        });
        let first = now(clock);
        let second = now(clock);
        facts.answer(name, first);
        facts.note(
            &format!("{name} moves"),
            matches!((first, second), (Ok(first), Ok(second)) if second > first),
        );
    }
    for clock in [
        wasi::CLOCKID_PROCESS_CPUTIME_ID,
        wasi::CLOCKID_THREAD_CPUTIME_ID,
    ] {
        facts.answer(&format!("clock {}", clock.raw()), now(clock).map(|_| ()));
    }
    let start = now(CLOCKID_MONOTONIC).unwrap_or(0);
    let mut spins = 0;
    while spins < SPINS_MAX && now(CLOCKID_MONOTONIC).is_ok_and(|now| now < start + SECOND_NS) {
        spins += 1;
    }
    facts.note("readings in a second", spins);
}

/// An hour by the relative clock, a second by the absolute one, and both at once.
pub fn sleep(facts: &mut Facts) {
    let before = (now(CLOCKID_MONOTONIC), now(CLOCKID_REALTIME));
    facts.answer("an hour", poll(&[timer(1, CLOCKID_MONOTONIC, HOUR_NS, 0)]));
    elapsed(facts, "monotonic", CLOCKID_MONOTONIC, before.0);
    elapsed(facts, "realtime", CLOCKID_REALTIME, before.1);

    let start = now(CLOCKID_REALTIME).unwrap_or(0);
    let absolute = timer(
        2,
        CLOCKID_REALTIME,
        start + SECOND_NS,
        wasi::SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME,
    );
    facts.answer("until a second from now", poll(&[absolute]));
    elapsed(facts, "realtime", CLOCKID_REALTIME, Ok(start));

    let both = [
        timer(3, CLOCKID_MONOTONIC, 2 * SECOND_NS, 0),
        timer(4, CLOCKID_MONOTONIC, SECOND_NS, 0),
    ];
    facts.answer("the shorter of two", poll(&both));
    facts.answer("nothing to wait for", poll(&[]));
    facts.answer("no time at all", poll(&[timer(5, CLOCKID_MONOTONIC, 0, 0)]));
}

fn elapsed(facts: &mut Facts, name: &str, clock: Clockid, before: Result<u64, Errno>) {
    match (before, now(clock)) {
        (Ok(before), Ok(after)) => {
            facts.note(&format!("{name} elapsed"), after.wrapping_sub(before))
        }
        _ => facts.note(&format!("{name} elapsed"), "unknown"),
    }
}

fn timer(
    userdata: u64,
    id: Clockid,
    timeout: u64,
    flags: wasi::Subclockflags,
) -> wasi::Subscription {
    let clock = wasi::SubscriptionClock {
        id,
        timeout,
        precision: 0,
        flags,
    };
    wasi::Subscription {
        userdata,
        u: wasi::SubscriptionU {
            tag: wasi::EVENTTYPE_CLOCK.raw(),
            u: wasi::SubscriptionUU { clock },
        },
    }
}

/// The userdata of the events that came.
fn poll(subscriptions: &[wasi::Subscription]) -> Result<Vec<u64>, Errno> {
    let mut events = Vec::<wasi::Event>::with_capacity(subscriptions.len().max(1));
    // SAFETY: there is room for an event of each subscription, and the machine has written as many as it says.
    unsafe {
        let count = wasi::poll_oneoff(
            subscriptions.as_ptr(),
            events.as_mut_ptr(),
            subscriptions.len(),
        )?;
        events.set_len(count.min(subscriptions.len()));
    }
    Ok(events.iter().map(|event| event.userdata).collect())
}
