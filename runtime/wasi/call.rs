//! A host call from entry to return: it is paid for, it sees the clock as it stands, it answers an errno.

use std::sync::MutexGuard;

use wasmtime::{AsContextMut, StoreContextMut};

use super::guest_memory::GuestMemory;
use super::process::{Process, Stop};
use crate::engine::Signal;
use crate::machine::{Errno, HostCall, Machine};

/// What a host call works on.
pub struct Call<'a> {
    pub memory: GuestMemory<'a>,
    pub process: &'a mut Process,
    pub machine: MutexGuard<'a, Machine>,
    /// Bytes moved between host and guest, to be paid for at the end.
    pub moved: u64,
}

/// How a host call can fail: with an errno that the guest sees, or by ending the process.
#[derive(Debug)]
pub enum Failure {
    Errno(Errno),
    Stop(Stop),
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Failure::Errno(errno)
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Failure::Stop(stop)
    }
}

/// The answer of a host call.
pub type Answer<T = ()> = Result<T, Failure>;

/// Makes one host call of a class and turns its answer into what the guest gets. The price: the class's, what it
/// moved and what it looked up; all count as fuel, so that fuel bounds the host's work too.
pub fn enter(
    mut context: impl AsContextMut<Data = Process>,
    class: HostCall,
    body: impl FnOnce(&mut Call<'_>) -> Answer,
) -> wasmtime::Result<i32> {
    let answer = enter_with(&mut context, class, body)?;
    to_errno(answer)
}

/// The same, for calls that bring something other than an errno.
pub fn enter_with<T>(
    mut context: impl AsContextMut<Data = Process>,
    class: HostCall,
    body: impl FnOnce(&mut Call<'_>) -> Answer<T>,
) -> wasmtime::Result<Answer<T>> {
    let mut store = context.as_context_mut();
    if !store.data().started {
        // What instantiation costs in fuel depends on the host, so nothing may be observed from within it.
        return Err(Stop::Signal(Signal::Abrt).into());
    }
    store.data_mut().count_host_call()?;
    let in_store = store.get_fuel()?;
    let machine = store.data().machine.clone();
    let mut locked = machine.lock();
    let price = locked.time_model.host_call_fuel(class);
    store.data_mut().account(&mut locked, in_store, price)?;
    let (answer, granted) = {
        let (memory, process) = split(&mut store);
        let mut call = Call {
            memory,
            process,
            machine: locked,
            moved: 0,
        };
        let answer = body(&mut call);
        if let Err(Failure::Stop(stop)) = answer {
            return Err(stop.into());
        }
        (answer, call.settle()?)
    };
    store.set_fuel(granted)?;
    Ok(answer)
}

impl Call<'_> {
    /// Pays for what was moved and looked up; returns the fuel that the store may hold from here on.
    fn settle(&mut self) -> Result<u64, Stop> {
        self.pay()?;
        Ok(self.process.grant(&self.machine))
    }

    /// Pays for what was moved so far, which otherwise happens when the call ends.
    pub fn pay(&mut self) -> Result<(), Stop> {
        let moved = std::mem::take(&mut self.moved);
        let steps = self.machine.tree.take_work();
        let price = self.machine.time_model.work_fuel(moved, steps);
        let account = self.process.fuel;
        let in_store = account.left.saturating_sub(account.withheld);
        self.process.account(&mut self.machine, in_store, price)
    }
}

/// Turns an answer into the guest's errno, or into the end of the process.
pub fn to_errno(answer: Answer) -> wasmtime::Result<i32> {
    match answer {
        Ok(()) => Ok(0),
        Err(Failure::Errno(errno)) => Ok(i32::from(errno as u16)),
        Err(Failure::Stop(stop)) => Err(stop.into()),
    }
}

/// The guest's memory and the process's state, side by side.
fn split<'a>(store: &'a mut StoreContextMut<'_, Process>) -> (GuestMemory<'a>, &'a mut Process) {
    match store.data().memory {
        Some(memory) => {
            let (bytes, process) = memory.data_and_store_mut(store);
            (GuestMemory(bytes), process)
        }
        // A module without an exported memory: every pointer it passes is out of bounds.
        None => (GuestMemory(&mut []), store.data_mut()),
    }
}
