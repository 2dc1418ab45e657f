//! Runs processes, which are futures, to their end: when all of them wait, the clock jumps to the next deadline.

use std::collections::BTreeSet;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::SharedMachine;

/// The deadlines that processes wait for, on the monotonic clock, in nanoseconds.
#[derive(Clone, Debug, Default)]
pub struct Sleepers(BTreeSet<(u64, u64)>);

/// Why a run ended before its process did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The process waits for what can never come.
    Deadlock,
    /// The operator's watch said so.
    ByWatch,
}

/// Runs one process to its end. `watch` is asked now and then, and can end the run.
pub fn run<F: Future>(
    machine: &SharedMachine,
    process: F,
    mut watch: impl FnMut() -> ControlFlow<()>,
) -> Result<F::Output, Stopped> {
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(woken.clone());
    let mut context = Context::from_waker(&waker);
    let mut process = pin!(process);
    loop {
        if let Poll::Ready(output) = process.as_mut().poll(&mut context) {
            return Ok(output);
        }
        if watch().is_break() {
            return Err(Stopped::ByWatch);
        }
        // A process that used up its slice of fuel wakes itself; one that sleeps does not.
        if !woken.0.swap(false, Ordering::Relaxed) {
            jump_to_next_deadline(machine)?;
        }
    }
}

fn jump_to_next_deadline(machine: &SharedMachine) -> Result<(), Stopped> {
    let mut machine = machine.lock();
    let next = machine.sleepers.0.pop_first();
    let (deadline_ns, _) = next.ok_or(Stopped::Deadlock)?;
    machine.clock.advance_to(deadline_ns);
    Ok(())
}

/// Waits, on behalf of a process, until the monotonic clock stands at `deadline_ns`.
pub fn sleep_until(machine: &SharedMachine, process: u64, deadline_ns: u64) -> Sleep {
    Sleep {
        machine: machine.clone(),
        process,
        deadline_ns,
    }
}

/// The future of [`sleep_until`].
pub struct Sleep {
    machine: SharedMachine,
    process: u64,
    deadline_ns: u64,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let mut machine = self.machine.lock();
        if machine.clock.elapsed_ns() >= self.deadline_ns {
            return Poll::Ready(());
        }
        machine.sleepers.0.insert((self.deadline_ns, self.process));
        Poll::Pending
    }
}

/// Gives way once: the process goes on at its next turn.
pub async fn give_way() {
    let mut gave_way = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut gave_way, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Machine, MachineOptions};

    fn machine() -> SharedMachine {
        SharedMachine::new(Machine::new(MachineOptions::default()).unwrap())
    }

    #[test]
    fn a_sleep_moves_the_clock_exactly_to_its_deadline() {
        let machine = machine();
        let hour_ns = 3_600_000_000_000;
        let process = async {
            sleep_until(&machine, 1, hour_ns).await;
            give_way().await;
            machine.lock().clock.elapsed_ns()
        };
        assert_eq!(
            run(&machine, process, || ControlFlow::Continue(())),
            Ok(hour_ns)
        );
    }

    #[test]
    fn waiting_for_what_never_comes_is_a_deadlock() {
        let process = std::future::pending::<()>();
        let result = run(&machine(), process, || ControlFlow::Continue(()));
        assert_eq!(result, Err(Stopped::Deadlock));
    }

    #[test]
    fn the_watch_can_end_a_process_that_goes_on_for_ever() {
        let process = async {
            loop {
                give_way().await;
            }
        };
        let mut turns = 0;
        let result: Result<(), _> = run(&machine(), process, || {
            turns += 1;
            if turns < 10 {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        assert_eq!(result, Err(Stopped::ByWatch));
    }
}
