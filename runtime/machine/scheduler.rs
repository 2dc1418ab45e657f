//! Runs processes, which are futures: one at a time, in an order that follows from the machine alone.
//!
//! Those that can run stand in one queue. A process whose slice of fuel is used up goes to its end, and so does one that is
//! woken. When all of them wait, the clock jumps to the next deadline.

use std::collections::BTreeMap;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use super::{Bound, Machine, Pause, Pid, SharedMachine, Status, Turn};

/// What runs one process: how it ends, or why the host cannot go on.
pub type ProcessFuture<E> = Pin<Box<dyn Future<Output = Result<Status, E>> + Send>>;

/// Futures of processes that were just begun, on their way to whoever polls them.
pub struct Births<E>(Arc<Mutex<Newborn<E>>>);

type Newborn<E> = Vec<(Pid, ProcessFuture<E>)>;

impl<E> Births<E> {
    /// Hands over the future of a process.
    pub fn add(&self, process: Pid, future: ProcessFuture<E>) {
        self.lock().push((process, future));
    }

    fn lock(&self) -> MutexGuard<'_, Newborn<E>> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl<E> Clone for Births<E> {
    fn clone(&self) -> Self {
        Births(self.0.clone())
    }
}

/// The futures of all processes of a machine.
pub struct Futures<E> {
    futures: BTreeMap<Pid, ProcessFuture<E>>,
    births: Births<E>,
}

impl<E> Default for Futures<E> {
    fn default() -> Self {
        Futures {
            futures: BTreeMap::new(),
            births: Births(Arc::default()),
        }
    }
}

/// A future that was never taken in knows where it was handed over, and would keep that and itself alive.
impl<E> Drop for Futures<E> {
    fn drop(&mut self) {
        let born = std::mem::take(&mut *self.births.lock());
        drop(born);
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// Its first process did.
    Ended(Status),
    /// A bound was met.
    UsedUp(Bound),
    /// Its first process waits for what can never come.
    Deadlock,
}

/// Why a call has no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped<E> {
    /// The operator's watch said so.
    ByWatch,
    /// The host could not go on with a process.
    ByHost(E),
}

impl<E> Futures<E> {
    /// Where to hand over the futures of new processes.
    pub fn births(&self) -> Births<E> {
        self.births.clone()
    }

    /// Runs the machine's processes until the first of the call has ended. `watch` is asked now and then, and can end
    /// it. Processes that are left are frozen; those of a call that met a bound or a deadlock are ended.
    pub fn run_call(
        &mut self,
        machine: &SharedMachine,
        mut watch: impl FnMut() -> ControlFlow<()>,
    ) -> Result<CallEnd, Stopped<E>> {
        let end = loop {
            self.settle(machine);
            let next = machine.lock().next_process();
            match next {
                Next::Turn(process) => self.turn(machine, process, &mut watch)?,
                Next::End(end) => break end,
            }
        };
        if !matches!(end, CallEnd::Ended(_)) {
            machine
                .lock()
                .end_call(Status::Signalled(super::signal::KILL));
        }
        self.settle(machine);
        Ok(end)
    }

    /// Takes in the futures of new processes and drops those of processes that were ended. The machine is not
    /// locked meanwhile.
    fn settle(&mut self, machine: &SharedMachine) {
        let born: Vec<_> = self.births.lock().drain(..).collect();
        self.futures.extend(born);
        let doomed = machine.lock().processes.take_doomed();
        for process in doomed {
            self.futures.remove(&process);
        }
    }

    /// Polls one process until it ends, waits, gives way or used up its slice.
    fn turn(
        &mut self,
        machine: &SharedMachine,
        process: Pid,
        watch: &mut impl FnMut() -> ControlFlow<()>,
    ) -> Result<(), Stopped<E>> {
        let Some(future) = self.futures.get_mut(&process) else {
            return Ok(());
        };
        machine.lock().begin_turn(process);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let polled = future.as_mut().poll(&mut context);
            if let Poll::Ready(ended) = polled {
                let status = ended.map_err(Stopped::ByHost)?;
                let mut machine = machine.lock();
                machine.end_turn();
                machine.end_process(process, status);
                return Ok(());
            }
            if watch().is_break() {
                return Err(Stopped::ByWatch);
            }
            if machine.lock().turn_is_over() {
                return Ok(());
            }
        }
    }
}

/// What the scheduler does next.
enum Next {
    Turn(Pid),
    End(CallEnd),
}

impl Machine {
    fn next_process(&mut self) -> Next {
        loop {
            if let Some(status) = self.first_ended() {
                return Next::End(CallEnd::Ended(status));
            }
            if let Some(bound) = self.budget.used_up {
                return Next::End(CallEnd::UsedUp(bound));
            }
            self.wake_sleepers();
            if let Some(process) = self.processes.take_next() {
                return Next::Turn(process);
            }
            let Some((deadline_ns, _)) = self.sleepers.first().copied() else {
                return Next::End(CallEnd::Deadlock);
            };
            self.clock
                .advance_to(deadline_ns.min(self.budget.deadline_ns));
            if self.clock.elapsed_ns() < deadline_ns {
                self.budget.used_up = Some(Bound::Deadline);
            }
        }
    }

    fn begin_turn(&mut self, process: Pid) {
        let Ok(task) = self.processes.get(process) else {
            return;
        };
        self.turn = Turn {
            process,
            meter: task.meter,
            ..Turn::default()
        };
        self.turn.meter.slice_used = 0;
    }

    fn end_turn(&mut self) {
        let turn = std::mem::take(&mut self.turn);
        if let Ok(task) = self.processes.get_mut(turn.process) {
            task.meter = turn.meter;
        }
    }

    /// A process paused. Unless it was in a host call, it used up an interval of fuel; then it goes on at once while it
    /// has some of its slice left.
    fn turn_is_over(&mut self) -> bool {
        let process = self.turn.process;
        match self.turn.pause.take() {
            Some(Pause::Waits) => self.end_turn(),
            Some(Pause::GivesWay) => {
                self.end_turn();
                self.processes.enqueue(process);
            }
            // It is being loaded, which nobody sees.
            None if self.turn.meter.interval == 0 => return false,
            None => {
                if let Err(bound) = self.spend_interval() {
                    self.budget.used_up = Some(bound);
                } else if !self.slice_is_over() {
                    return false;
                }
                self.end_turn();
                self.processes.enqueue(process);
            }
        }
        true
    }
}

/// Pauses the process whose turn it is, once.
pub async fn pause(machine: &SharedMachine, why: Pause) {
    let mut paused = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        machine.lock().turn.pause = Some(why);
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::limits::Limits;
    use crate::machine::{Birth, Descriptors, MachineOptions, Streams};

    type Log = Arc<Mutex<Vec<(u32, u64)>>>;

    fn begin_call(machine: &mut Machine) {
        let Limits {
            fuel_max,
            deadline_ns,
            ..
        } = machine.limits;
        machine.begin_call(Streams::default(), fuel_max, deadline_ns);
    }

    struct Bench {
        machine: SharedMachine,
        futures: Futures<()>,
        log: Log,
    }

    impl Bench {
        fn new() -> Bench {
            let mut machine = Machine::new(MachineOptions::default()).unwrap();
            begin_call(&mut machine);
            Bench {
                machine: SharedMachine::new(machine),
                futures: Futures::default(),
                log: Log::default(),
            }
        }

        fn begin<F>(&self, parent: Pid, body: impl FnOnce(SharedMachine, Pid, Log) -> F) -> Pid
        where
            F: Future<Output = Result<Status, ()>> + Send + 'static,
        {
            let process = self.machine.lock().begin_process(Birth {
                parent,
                group: None,
                program: Arc::default(),
                descriptors: Descriptors::new(4),
                ignored: 0,
                umask: 0,
                memory_bytes: 0,
            });
            let future = body(self.machine.clone(), process, self.log.clone());
            self.futures.births().add(process, Box::pin(future));
            process
        }

        fn run(&mut self) -> Result<CallEnd, Stopped<()>> {
            let machine = self.machine.clone();
            self.futures
                .run_call(&machine, || ControlFlow::Continue(()))
        }
    }

    async fn sleep(machine: &SharedMachine, process: Pid, until_ns: u64) {
        machine.lock().block(process, Some(until_ns), false);
        pause(machine, Pause::Waits).await;
    }

    fn note(machine: &SharedMachine, log: &Log, process: Pid) {
        let now_ns = machine.lock().clock.elapsed_ns();
        log.lock().unwrap().push((process.0, now_ns));
    }

    #[test]
    fn sleepers_wake_in_the_order_of_their_deadlines() {
        let mut bench = Bench::new();
        bench.begin(Pid::INIT, |machine, process, _| async move {
            sleep(&machine, process, 10_000).await;
            Ok(Status::Exited(0))
        });
        for until_ns in [300, 100, 200, 100] {
            bench.begin(Pid::INIT, move |machine, process, log| async move {
                sleep(&machine, process, until_ns).await;
                note(&machine, &log, process);
                Ok(Status::Exited(0))
            });
        }
        assert_eq!(bench.run(), Ok(CallEnd::Ended(Status::Exited(0))));
        let log = bench.log.lock().unwrap();
        assert_eq!(*log, [(4, 100), (6, 100), (5, 200), (3, 300)]);
    }

    #[test]
    fn those_that_give_way_take_turns() {
        let mut bench = Bench::new();
        for _ in 0..2 {
            bench.begin(Pid::INIT, |machine, process, log| async move {
                for _ in 0..3 {
                    note(&machine, &log, process);
                    pause(&machine, Pause::GivesWay).await;
                }
                Ok(Status::Exited(process.0 as u8))
            });
        }
        assert_eq!(bench.run(), Ok(CallEnd::Ended(Status::Exited(2))));
        let turns: Vec<u32> = bench
            .log
            .lock()
            .unwrap()
            .iter()
            .map(|turn| turn.0)
            .collect();
        assert_eq!(turns, [2, 3, 2, 3, 2, 3]);
    }

    #[test]
    fn waiting_for_what_never_comes_is_a_deadlock() {
        let mut bench = Bench::new();
        bench.begin(Pid::INIT, |machine, process, _| async move {
            machine.lock().block(process, None, false);
            pause(&machine, Pause::Waits).await;
            Ok(Status::Exited(0))
        });
        assert_eq!(bench.run(), Ok(CallEnd::Deadlock));
        assert_eq!(bench.machine.lock().processes.alive(), 0);
        assert!(bench.futures.futures.is_empty());
    }

    #[test]
    fn a_sleep_beyond_the_deadline_ends_the_call_there() {
        let mut bench = Bench::new();
        bench.begin(Pid::INIT, |machine, process, _| async move {
            sleep(&machine, process, u64::MAX).await;
            Ok(Status::Exited(0))
        });
        assert_eq!(bench.run(), Ok(CallEnd::UsedUp(Bound::Deadline)));
        let elapsed_ns = bench.machine.lock().clock.elapsed_ns();
        assert_eq!(elapsed_ns, Limits::default().deadline_ns);
    }

    #[test]
    fn the_watch_can_end_a_process_that_goes_on_for_ever() {
        let mut bench = Bench::new();
        bench.begin(Pid::INIT, |machine, _, _| async move {
            loop {
                pause(&machine, Pause::GivesWay).await;
            }
        });
        let mut turns = 0;
        let machine = bench.machine.clone();
        let result = bench.futures.run_call(&machine, || {
            turns += 1;
            if turns < 10 {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        assert_eq!(result, Err(Stopped::ByWatch));
    }

    #[test]
    fn what_is_left_of_a_call_goes_on_in_the_next() {
        let mut bench = Bench::new();
        let ends = |machine: SharedMachine, _, _| async move {
            pause(&machine, Pause::GivesWay).await;
            Ok(Status::Exited(0))
        };
        bench.begin(Pid::INIT, ends);
        let left = bench.begin(Pid::INIT, |machine, process, log| async move {
            for _ in 0..2 {
                note(&machine, &log, process);
                sleep(&machine, process, 50).await;
            }
            Ok(Status::Exited(0))
        });
        assert_eq!(bench.run(), Ok(CallEnd::Ended(Status::Exited(0))));
        begin_call(&mut bench.machine.lock());
        bench.begin(Pid::INIT, |machine, process, _| async move {
            sleep(&machine, process, 100).await;
            Ok(Status::Exited(7))
        });
        assert_eq!(bench.run(), Ok(CallEnd::Ended(Status::Exited(7))));
        assert_eq!(*bench.log.lock().unwrap(), [(left.0, 0), (left.0, 50)]);
        assert_eq!(bench.machine.lock().processes.alive(), 0);
    }
}
