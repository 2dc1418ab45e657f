//! The life of a process: its program is instantiated and run, and perhaps another after it under the same number.

use std::sync::Arc;

use wasmtime::{AsContextMut, Store, StoreContextMut, Trap};

use super::process::{Host, Image, Process, Stop};
use crate::engine::{HostBoundary, HostFailure, TrapClass, classify};
use crate::machine::scheduler::{ProcessFuture, pause};
use crate::machine::{Bound, Machine, Pause, Pid, SharedMachine, Status, signal};

/// Fuel after which a guest gives way to its host while it is loaded. It has no part in any result.
const LOAD_INTERVAL_FUEL: u64 = 10_000_000;

/// Fuel that a process computes on beyond its slice before it gives way. Until its next host call it gives way that
/// often, so that it is not less.
const OVERTIME_FUEL: u64 = 4_000;

/// The future of a process that the machine knows already.
pub fn live(
    machine: &SharedMachine,
    number: Pid,
    host: &Arc<Host>,
    image: Image,
) -> ProcessFuture<HostFailure> {
    Box::pin(run(machine.clone(), number, host.clone(), image))
}

async fn run(
    machine: SharedMachine,
    number: Pid,
    host: Arc<Host>,
    mut image: Image,
) -> Result<Status, HostFailure> {
    loop {
        let process = Process::new(&machine, number, &host, &image);
        let mut store = Store::new(&host.engine, process);
        store.limiter(|process| process);
        let stop = match start(&mut store, &image).await {
            Ok(()) => finished(&mut store).await,
            Err(error) => stop_of(&mut store, &error).await,
        };
        match (stop, store.into_data().next) {
            (Stop::Exec, Some(next)) => image = next,
            (Stop::Exec, None) => return Ok(Status::Signalled(signal::KILL)),
            (Stop::UsedUp, _) => {
                // The call ends here, and the process with it.
                pause(&machine, Pause::GivesWay).await;
                return Ok(Status::Signalled(signal::KILL));
            }
            (Stop::Exit(status), _) => return Ok(Status::Exited(status)),
            (Stop::Signal(signal), _) => return Ok(Status::Signalled(signal)),
            (Stop::Host(failure), _) => return Err(failure),
        }
    }
}

/// Instantiates the guest and runs it to its end. Fuel is counted only then: what instantiation itself costs
/// depends on the host.
async fn start(store: &mut Store<Process>, image: &Image) -> wasmtime::Result<()> {
    store.data().machine.lock().turn.meter.interval = 0;
    store.fuel_async_yield_interval(Some(LOAD_INTERVAL_FUEL))?;
    let machine = store.data().machine.clone();
    let granted = store.data_mut().grant(&machine.lock());
    // An endless loop in a start section ends with the fuel, or at the deadline, as one in `_start` does.
    store.set_fuel(granted)?;
    if store.data().host.faults.fails(HostBoundary::Pool) {
        return Err(wasmtime::Error::msg("no place in the pool, on purpose"));
    }
    let instance = image.linked.instantiate_async(&mut *store).await?;
    let memory = instance.get_memory(&mut *store, "memory");
    let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
    let process = store.data_mut();
    process.memory = memory;
    process.started = true;
    refuel(&mut *store)?;
    start.call_async(store, ()).await
}

/// Gives the store the fuel it may hold now, and says after how much of it the process gives way.
pub fn refuel(mut store: impl AsContextMut<Data = Process>) -> wasmtime::Result<()> {
    let mut store = store.as_context_mut();
    let machine = store.data().machine.clone();
    refuel_locked(&mut store, &mut machine.lock())
}

/// The same, by who has the machine in hand.
pub fn refuel_locked(
    store: &mut StoreContextMut<'_, Process>,
    machine: &mut Machine,
) -> wasmtime::Result<()> {
    let interval = machine.next_interval();
    machine.turn.meter.interval = interval;
    let granted = store.data_mut().grant(machine);
    store.fuel_async_yield_interval(Some(interval))?;
    store.set_fuel(granted)
}

/// The slice is over, in a host call that cannot be suspended: the process gives way when it has computed a little more, however
/// many host calls it makes meanwhile.
pub fn refuel_for_overtime(
    store: &mut StoreContextMut<'_, Process>,
    machine: &mut Machine,
) -> wasmtime::Result<()> {
    if std::mem::replace(&mut machine.turn.is_overtime, true) {
        return Ok(());
    }
    machine.turn.meter.interval = OVERTIME_FUEL;
    let granted = store.data_mut().grant(machine);
    store.fuel_async_yield_interval(Some(OVERTIME_FUEL))?;
    store.set_fuel(granted)
}

/// The guest returned from `_start`: it pays for what it computed since its last host call.
async fn finished(store: &mut Store<Process>) -> Stop {
    let in_store = store.get_fuel().unwrap_or(0);
    pay(store.data_mut(), in_store).await;
    Stop::Exit(0)
}

/// Pays for what the process counted. When a bound is met, the call ends here; a process of an earlier call goes on in the
/// next.
async fn pay(process: &mut Process, in_store: u64) {
    let used = process.count_fuel(in_store);
    let machine = process.machine.clone();
    let paid = machine.lock().spend_counted(used);
    if let Err(bound) = paid {
        machine.lock().budget.used_up = Some(bound);
        pause(&machine, Pause::GivesWay).await;
    }
}

/// What a guest's error means.
async fn stop_of(store: &mut Store<Process>, error: &wasmtime::Error) -> Stop {
    match (error.downcast_ref::<Stop>(), error.downcast_ref::<Trap>()) {
        (Some(stop), _) => stop.clone(),
        (None, Some(trap)) => match classify(*trap) {
            TrapClass::Guest(signal) => Stop::Signal(signal.number()),
            TrapClass::OutOfFuel => ran_dry(store.data_mut()).await,
            TrapClass::Host(failure) => Stop::Host(failure),
        },
        // Neither of the two: instantiation failed, which after all checks is for want of memory.
        (None, None) => Stop::Host(HostFailure::Memory(format!("{error:#}"))),
    }
}

/// The store ran dry: a bound of the call was met, and if not, the process computed on through several calls.
async fn ran_dry(process: &mut Process) -> Stop {
    let used = process.count_fuel(0);
    let machine = process.machine.clone();
    let bound = {
        let mut locked = machine.lock();
        let paid = locked.spend_counted(used);
        let met = match paid {
            Err(bound) => Some(bound),
            Ok(()) if locked.budget.fuel_left == 0 => Some(Bound::Fuel),
            // What fuel is left pays for less than a nanosecond more would take.
            Ok(()) if locked.fuel_to_bound() == 0 => Some(Bound::Deadline),
            Ok(()) => None,
        };
        if met == Some(Bound::Deadline) {
            let deadline_ns = locked.budget.deadline_ns;
            locked.clock.advance_to(deadline_ns);
        }
        locked.budget.used_up = met;
        met
    };
    if bound.is_some() {
        pause(&machine, Pause::GivesWay).await;
    }
    Stop::Signal(signal::XCPU)
}
