//! A host call from entry to return: it is paid for, it sees the clock as it stands, it answers an errno.
//!
//! Those that wait can be suspended, and give way there when the slice is over or a bound of the call is met. Plain ones
//! cannot, which makes them several times as fast; their process gives way soon after.

use wasmtime::{AsContextMut, StoreContextMut};

use super::guest_memory::GuestMemory;
use super::life::{refuel, refuel_for_overtime, refuel_locked};
use super::process::{Process, Stop};
use crate::engine::Signal;
use crate::machine::scheduler::pause;
use crate::machine::{Bound, Errno, HostCall, Machine, Pause, Task};

/// What a host call works on.
pub struct Call<'a> {
    pub memory: GuestMemory<'a>,
    pub process: &'a mut Process,
    pub machine: &'a mut Machine,
    /// Bytes moved between host and guest, to be paid for at the end.
    pub moved: u64,
}

/// How a host call can fail: with an errno that the guest sees, by ending the process, or by meeting a bound of the call.
#[derive(Debug)]
pub enum Failure {
    Errno(Errno),
    Stop(Stop),
    UsedUp(Bound),
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

impl From<Bound> for Failure {
    fn from(bound: Bound) -> Self {
        Failure::UsedUp(bound)
    }
}

/// The answer of a host call.
pub type Answer<T = ()> = Result<T, Failure>;

/// What came of a host call that may have to wait.
pub enum Step<T = ()> {
    Done(T),
    /// The machine knows what the process waits for; it is to be asked again then.
    Wait,
}

/// Makes one plain host call of a class and turns its answer into what the guest gets. The price: the class's, what it
/// moved and what it looked up; all count as fuel, so that fuel bounds the host's work too.
pub fn enter_plain(
    mut context: impl AsContextMut<Data = Process>,
    class: HostCall,
    mut body: impl FnMut(&mut Call<'_>) -> Answer,
) -> wasmtime::Result<i32> {
    let mut store = context.as_context_mut();
    begin(&mut store)?;
    let (machine, in_store) = (store.data().machine.clone(), store.get_fuel()?);
    let mut locked = machine.lock();
    let price = locked.time_model.host_call_fuel(class);
    let used = store.data_mut().count_fuel(in_store);
    let mut met = locked.spend_counted(used.saturating_add(price)).err();
    // A process of an earlier call goes on in the next, and this once it need not pay.
    let mut answer = Ok(());
    if met.is_none() || locked.outlives_call(store.data().number) {
        let (memory, process) = split(&mut store);
        let mut call = Call {
            memory,
            process,
            machine: &mut locked,
            moved: 0,
        };
        answer = call
            .with_proc(&mut |call| Ok(Step::Done(body(call)?)))
            .map(drop);
        met = met.or(call.pay().err());
    }
    if let Some(bound) = met {
        locked.budget.used_up = Some(bound);
        if !locked.outlives_call(store.data().number) {
            return Err(Stop::UsedUp.into());
        }
    }
    if met.is_some() || (locked.slice_is_over() && locked.processes.others_wait()) {
        refuel_for_overtime(&mut store, &mut locked)?;
    } else {
        refuel_locked(&mut store, &mut locked)?;
    }
    to_errno(answer)
}

/// What comes before every host call.
fn begin(store: &mut StoreContextMut<'_, Process>) -> wasmtime::Result<()> {
    if !store.data().started {
        // What instantiation costs in fuel depends on the host, so nothing may be observed from within it.
        return Err(Stop::Signal(Signal::Abrt.number()).into());
    }
    store.data_mut().count_host_call()?;
    Ok(())
}

/// The same for a host call that can be suspended.
pub async fn enter(
    context: impl AsContextMut<Data = Process>,
    class: HostCall,
    body: impl FnMut(&mut Call<'_>) -> Answer,
) -> wasmtime::Result<i32> {
    to_errno(enter_with(context, class, body).await?)
}

/// The same, for calls that bring something other than an errno.
pub async fn enter_with<T>(
    context: impl AsContextMut<Data = Process>,
    class: HostCall,
    mut body: impl FnMut(&mut Call<'_>) -> Answer<T>,
) -> wasmtime::Result<Answer<T>> {
    enter_until(context, class, move |call| Ok(Step::Done(body(call)?))).await
}

/// The same, for calls that wait: the body is asked again whenever the process is woken.
pub async fn enter_until<T>(
    mut context: impl AsContextMut<Data = Process>,
    mut class: HostCall,
    mut body: impl FnMut(&mut Call<'_>) -> Answer<Step<T>>,
) -> wasmtime::Result<Answer<T>> {
    let mut store = context.as_context_mut();
    begin(&mut store)?;
    loop {
        let (why, answer) = attempt(&mut store, &mut class, &mut body)?;
        if let Some(why) = why {
            let machine = store.data().machine.clone();
            pause(&machine, why).await;
            refuel(&mut store)?;
        }
        if let Some(answer) = answer {
            return Ok(answer);
        }
    }
}

/// Why the process pauses now, if it does, and the answer, if there is one.
type Attempt<T> = (Option<Pause>, Option<Answer<T>>);

/// Pays, makes the call once, and pays for what it moved and looked up.
fn attempt<T>(
    store: &mut StoreContextMut<'_, Process>,
    class: &mut HostCall,
    body: &mut impl FnMut(&mut Call<'_>) -> Answer<Step<T>>,
) -> wasmtime::Result<Attempt<T>> {
    let in_store = store.get_fuel()?;
    let machine = store.data().machine.clone();
    let mut locked = machine.lock();
    let price = locked.time_model.host_call_fuel(*class);
    let used = store.data_mut().count_fuel(in_store);
    if let Err(bound) = locked.spend_counted(used.saturating_add(price)) {
        locked.budget.used_up = Some(bound);
        return Ok((Some(Pause::GivesWay), None));
    }
    // From here on what was paid for is not paid for again.
    *class = HostCall::Again;
    let (memory, process) = split(store);
    let mut call = Call {
        memory,
        process,
        machine: &mut locked,
        moved: 0,
    };
    let step = call.with_proc(body);
    let paid = call.pay();
    let (mut pause, answer) = match step {
        Ok(Step::Done(answer)) => (None, Some(Ok(answer))),
        Ok(Step::Wait) => (Some(Pause::Waits), None),
        Err(Failure::Errno(errno)) => (None, Some(Err(errno.into()))),
        Err(Failure::Stop(stop)) => return Err(stop.into()),
        Err(Failure::UsedUp(bound)) => {
            locked.budget.used_up = Some(bound);
            (Some(Pause::GivesWay), None)
        }
    };
    if let Err(bound) = paid {
        locked.budget.used_up = Some(bound);
        pause = pause.or(Some(Pause::GivesWay));
    } else if (locked.slice_is_over() && locked.processes.others_wait()) || locked.turn.stopped {
        pause = pause.or(Some(Pause::GivesWay));
    }
    if pause.is_none() {
        refuel_locked(store, &mut locked)?;
    }
    Ok((pause, answer))
}

impl Call<'_> {
    /// Pays for what was moved so far, which otherwise happens when the call ends.
    pub fn pay(&mut self) -> Result<(), Bound> {
        let moved = std::mem::take(&mut self.moved);
        let steps = self.machine.tree.take_work();
        let price = self.machine.time_model.work_fuel(moved, steps);
        self.machine.spend(price)
    }

    /// Asks the body, and again whenever it looked for something in `/proc` that has to be made first.
    fn with_proc<T>(
        &mut self,
        body: &mut impl FnMut(&mut Call<'_>) -> Answer<Step<T>>,
    ) -> Answer<Step<T>> {
        let mut step = body(self);
        let mut is_shown = false;
        while matches!(step, Err(Failure::Errno(_))) && self.machine.show_proc(self.process.number)
        {
            is_shown = true;
            step = body(self);
        }
        if is_shown {
            self.machine.tree.hide_view();
        }
        step
    }

    /// The calling process as the machine knows it.
    pub fn task(&self) -> Result<&Task, Errno> {
        self.machine.processes.get(self.process.number)
    }

    /// The same, for change.
    pub fn task_mut(&mut self) -> Result<&mut Task, Errno> {
        self.machine.processes.get_mut(self.process.number)
    }

    /// Ends the process if a signal did so just now; a stopped one has no turn until another lets it go on.
    pub fn check_own_end(&mut self) -> Answer {
        match self.machine.take_own_end() {
            Some(signal) => Err(Stop::Signal(signal).into()),
            None => Ok(()),
        }
    }

    /// The process waits until it is woken, for its children if it says so, and until a time at the latest. A signal that
    /// was noted since it last waited interrupts that.
    pub fn wait<T>(&mut self, until_ns: Option<u64>, for_child: bool) -> Answer<Step<T>> {
        if self.task_mut()?.signals.take_interrupt() {
            return Err(Errno::Interrupted.into());
        }
        let number = self.process.number;
        self.machine.block(number, until_ns, for_child);
        Ok(Step::Wait)
    }
}

/// Turns an answer into the guest's errno, or into the end of the process.
pub fn to_errno(answer: Answer) -> wasmtime::Result<i32> {
    match answer {
        Ok(()) => Ok(0),
        Err(Failure::Errno(errno)) => Ok(i32::from(errno as u16)),
        Err(Failure::Stop(stop)) => Err(stop.into()),
        Err(Failure::UsedUp(_)) => Ok(i32::from(Errno::Interrupted as u16)),
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
