//! What a trap means: the guest's own doing, a bound it met, or the host's failure.

use std::fmt;

use serde::Serialize;
use wasmtime::Trap;

/// The signals a guest can end by, with Linux's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Signal {
    /// Hangup.
    Hup = 1,
    /// Interrupt.
    Int = 2,
    /// Quit.
    Quit = 3,
    /// Illegal instruction.
    Ill = 4,
    /// Trace trap.
    Trap = 5,
    /// Aborted.
    Abrt = 6,
    /// Misaligned access.
    Bus = 7,
    /// Arithmetic that has no result.
    Fpe = 8,
    /// Killed.
    Kill = 9,
    /// A program's own.
    Usr1 = 10,
    /// Memory, table or function out of bounds.
    Segv = 11,
    /// A program's own.
    Usr2 = 12,
    /// Nobody reads the pipe.
    Pipe = 13,
    /// Alarm clock.
    Alrm = 14,
    /// Terminated.
    Term = 15,
    /// Coprocessor stack fault, which only other processes send.
    Stkflt = 16,
    /// Processor time used up.
    Xcpu = 24,
    /// Too much written.
    Xfsz = 25,
    /// Virtual timer.
    Vtalrm = 26,
    /// Profiling timer.
    Prof = 27,
    /// Input or output is possible.
    Io = 29,
    /// Power failure.
    Pwr = 30,
    /// No such host call.
    Sys = 31,
}

impl Signal {
    /// The number Linux gives it.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The signal that Linux gives this number, if it is one that ends a process.
    pub fn from_number(number: u8) -> Option<Signal> {
        ENDING.into_iter().find(|signal| signal.number() == number)
    }
}

/// Every signal that can end a process.
const ENDING: [Signal; 23] = [
    Signal::Hup,
    Signal::Int,
    Signal::Quit,
    Signal::Ill,
    Signal::Trap,
    Signal::Abrt,
    Signal::Bus,
    Signal::Fpe,
    Signal::Kill,
    Signal::Usr1,
    Signal::Segv,
    Signal::Usr2,
    Signal::Pipe,
    Signal::Alrm,
    Signal::Term,
    Signal::Stkflt,
    Signal::Xcpu,
    Signal::Xfsz,
    Signal::Vtalrm,
    Signal::Prof,
    Signal::Io,
    Signal::Pwr,
    Signal::Sys,
];

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIG{}", format!("{self:?}").to_uppercase())
    }
}

/// Something that only the host decided. Never a guest's result, never part of a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostFailure {
    /// The host has no memory for the guest, or no free place in the pool.
    #[error("the host has no memory for this guest: {0}")]
    Memory(String),
    /// The native stack is used up: the guest's recursion is deeper than this host allows.
    #[error("the guest's recursion used up the native stack of {} MiB", crate::limits::NATIVE_STACK_BYTES >> 20)]
    NativeStack,
    /// The operator's watchdog ended the run.
    #[error("the operator's watchdog ended the run")]
    Watchdog,
    /// Nobody listens to the guest's output any more.
    #[error("nobody reads the guest's output any more")]
    OutputClosed,
    /// Something this profile rules out happened all the same.
    #[error("the engine failed: {0}")]
    Engine(String),
}

impl HostFailure {
    /// Whether the same call can succeed when it is made again.
    pub fn retryable(&self) -> bool {
        matches!(self, HostFailure::Memory(_) | HostFailure::Watchdog)
    }
}

/// The meaning of a trap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrapClass {
    /// The guest did what a native process would be killed for by this signal.
    Guest(Signal),
    /// The guest used up its fuel.
    OutOfFuel,
    /// The host's doing.
    Host(HostFailure),
}

/// Classifies every trap code of the pinned wasmtime.
pub fn classify(trap: Trap) -> TrapClass {
    match trap {
        Trap::UnreachableCodeReached => TrapClass::Guest(Signal::Abrt),
        Trap::MemoryOutOfBounds
        | Trap::TableOutOfBounds
        | Trap::IndirectCallToNull
        | Trap::BadSignature
        | Trap::NullReference
        | Trap::ArrayOutOfBounds
        | Trap::CastFailure => TrapClass::Guest(Signal::Segv),
        Trap::IntegerOverflow | Trap::IntegerDivisionByZero | Trap::BadConversionToInteger => {
            TrapClass::Guest(Signal::Fpe)
        }
        Trap::HeapMisaligned | Trap::AtomicWaitNonSharedMemory => TrapClass::Guest(Signal::Bus),
        Trap::OutOfFuel => TrapClass::OutOfFuel,
        Trap::StackOverflow => TrapClass::Host(HostFailure::NativeStack),
        Trap::Interrupt => TrapClass::Host(HostFailure::Watchdog),
        Trap::AllocationTooLarge => TrapClass::Host(HostFailure::Memory(trap.to_string())),
        // Components, stack switching and the interpreter's own: none is reachable under the profile.
        _ => TrapClass::Host(HostFailure::Engine(trap.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code of wasmtime 48.0.8. An upgrade that adds one fails here, and is classified on purpose.
    #[test]
    fn every_trap_code_is_classified() {
        let classified: Vec<String> = (0..=u8::MAX)
            .filter_map(Trap::from_u8)
            .map(|trap| format!("{trap:?} {}", class_name(trap)))
            .collect();
        assert_eq!(classified.join("\n"), GOLDEN.trim());
    }

    fn class_name(trap: Trap) -> String {
        match classify(trap) {
            TrapClass::Guest(signal) => signal.to_string(),
            TrapClass::OutOfFuel => "fuel".to_owned(),
            TrapClass::Host(HostFailure::Engine(_)) => "host: unreachable".to_owned(),
            TrapClass::Host(HostFailure::Memory(_)) => "host: memory".to_owned(),
            TrapClass::Host(failure) => format!("host: {failure:?}"),
        }
    }

    const GOLDEN: &str = "
StackOverflow host: NativeStack
MemoryOutOfBounds SIGSEGV
HeapMisaligned SIGBUS
TableOutOfBounds SIGSEGV
IndirectCallToNull SIGSEGV
BadSignature SIGSEGV
IntegerOverflow SIGFPE
IntegerDivisionByZero SIGFPE
BadConversionToInteger SIGFPE
UnreachableCodeReached SIGABRT
Interrupt host: Watchdog
OutOfFuel fuel
AtomicWaitNonSharedMemory SIGBUS
NullReference SIGSEGV
ArrayOutOfBounds SIGSEGV
AllocationTooLarge host: memory
CastFailure SIGSEGV
CannotEnterComponent host: unreachable
NoAsyncResult host: unreachable
UnhandledTag host: unreachable
ContinuationAlreadyConsumed host: unreachable
DisabledOpcode host: unreachable
AsyncDeadlock host: unreachable
CannotLeaveComponent host: unreachable
CannotBlockSyncTask host: unreachable
InvalidChar host: unreachable
DebugAssertStringEncodingFinished host: unreachable
DebugAssertEqualCodeUnits host: unreachable
DebugAssertPointerAligned host: unreachable
DebugAssertUpperBitsUnset host: unreachable
StringOutOfBounds host: unreachable
ListOutOfBounds host: unreachable
InvalidDiscriminant host: unreachable
UnalignedPointer host: unreachable
TaskCancelNotCancelled host: unreachable
TaskCancelOrReturnTwice host: unreachable
SubtaskCancelAfterTerminal host: unreachable
TaskReturnInvalid host: unreachable
WaitableSetDropHasWaiters host: unreachable
SubtaskDropNotResolved host: unreachable
ThreadNewIndirectInvalidType host: unreachable
ThreadNewIndirectUninitialized host: unreachable
BackpressureOverflow host: unreachable
UnsupportedCallbackCode host: unreachable
CannotResumeThread host: unreachable
ConcurrentFutureStreamOp host: unreachable
ReferenceCountOverflow host: unreachable
StreamOpTooBig host: unreachable
WaitableSyncAndAsync host: unreachable
UncaughtException host: unreachable
";
}
