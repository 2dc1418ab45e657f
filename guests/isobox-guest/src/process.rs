//! Processes, pipes, signals and descriptors, which preview 1 leaves out: the rest of the import module `isobox_v1`.
//!
//! Every function answers a WASI errno, `0` for success. Strings are lists of bytes, each ended by a zero byte. There is no
//! fork: a child begins anew, with what [`Spawn`] hands it.
//!
//! **Descriptors.** Descriptor 3 is `/` in every process, because wasi-libc looks for its preopened directories there. So what a
//! shell calls descriptor `n`, for `n >= 3`, is number `n + 1` here ([`descriptor`], [`shell_number`]); `/dev/fd` and `/proc/self/fd` show the shell's
//! numbers.

use std::io;
use std::time::Duration;

/// The functions as they are imported.
pub mod raw {
    /// What a process is begun with. All pointers and lengths are 32 bits wide; a list of strings is their bytes, each
    /// ended by a zero byte.
    #[repr(C)]
    #[derive(Clone, Copy, Debug)]
    pub struct Spawn {
        /// The program: a module or a script. Relative to `cwd`. There is no search on `PATH`.
        pub path: *const u8,
        pub path_len: usize,
        pub arguments: *const u8,
        pub arguments_len: usize,
        /// `NAME=VALUE`.
        pub environment: *const u8,
        pub environment_len: usize,
        /// Where the process begins; it has to be a directory.
        pub cwd: *const u8,
        pub cwd_len: usize,
        /// Pairs of `u32`: the child's number, the caller's number.
        pub descriptors: *const [u32; 2],
        /// How many pairs.
        pub descriptors_len: usize,
        /// Bytes that the child can read with `process_handover`.
        pub handover: *const u8,
        pub handover_len: usize,
        /// 0: the caller's process group. 1: a new one, named by the child's own number. Otherwise: that group.
        pub group: u32,
        /// Bit 0 (`INHERIT`): the child gets every descriptor of the caller's that isn't close-on-exec, under the same number,
        /// before `descriptors` are laid over them. Bit 1 (`KEEP_IGNORED`): what the caller ignores, the child ignores too.
        pub flags: u32,
        /// Bit `n` is set: the child ignores signal `n`. Everything else begins with its default.
        pub ignored: u64,
    }

    #[link(wasm_import_module = "isobox_v1")]
    unsafe extern "C" {
        /// Begins a child. `ENOENT`, `EACCES`, `ENOTDIR`, `ELOOP`: the path; `ENOEXEC`: neither a module nor a script;
        /// `ESRCH`: the script's interpreter is not there; `EAGAIN`: too many processes; `ENOMEM`; `E2BIG`; `EBADF`: a descriptor.
        pub fn process_spawn(options: *const Spawn, pid: *mut u32) -> i32;
        /// Becomes another program, under the same number. `descriptors` and `flags` say what it keeps. Returns only errors.
        pub fn process_exec(options: *const Spawn) -> i32;
        /// The bytes the caller was handed: copies at most `size` and writes how many there are to `length`.
        pub fn process_handover(buffer: *mut u8, size: usize, length: *mut usize) -> i32;
        /// The directory the caller was begun in: copies at most `size` bytes and writes how many there are to `length`.
        pub fn process_cwd(buffer: *mut u8, size: usize, length: *mut usize) -> i32;
        /// Waits for a child to end. `which` as in `waitpid`: a number, -1 for any child, 0 for any in the caller's group, -g for
        /// any in group g. `timeout_ns`: 0 doesn't wait, `u64::MAX` waits for ever. Writes the number (0: none ended in time) and the
        /// status: an exit's 0 to 255, or 0x100 and the signal. `ECHILD`: no such child; `EINTR`: a caught signal came.
        pub fn process_wait(which: i32, timeout_ns: u64, pid: *mut u32, status: *mut u32) -> i32;
        /// Sends a signal (0: none, only asks) to a process, to the caller's group (0), to group g (-g), to all but init and the caller (-1).
        pub fn process_kill(pid: i32, signal: u32) -> i32;
        /// Writes the caller's number, its parent's and its group's.
        pub fn process_ids(pid: *mut u32, parent: *mut u32, group: *mut u32) -> i32;
        /// Puts a process (0: the caller, else a child) into a group (0: its own).
        pub fn process_group_set(pid: u32, group: u32) -> i32;
        /// Writes the fuel used by the caller and by its children waited for, in nanoseconds.
        pub fn process_times(own_ns: *mut u64, children_ns: *mut u64) -> i32;
        /// Sets the mask of bits that new files don't get, and writes the one before. A mask above 0o777 only asks.
        pub fn process_umask(mask: u32, before: *mut u32) -> i32;
        /// Writes a bound of the machine: 0 open files, 1 processes, 2 bytes of a file, 3 bytes of memory, 4 fuel left in nanoseconds.
        pub fn process_limit(which: u32, value: *mut u64) -> i32;
        /// Says what a signal does: 0 its default, 1 nothing, 2 it is noted for `signal_take`. Writes what it did before.
        /// `EINVAL` for KILL and STOP and unknown numbers.
        pub fn signal_action(signal: u32, action: u32, before: *mut u32) -> i32;
        /// Takes the lowest noted signal; 0 if there is none.
        pub fn signal_take(signal: *mut u32) -> i32;
        /// A pipe of 64 KiB. Both ends are close-on-exec and have the lowest free numbers from `lowest` on.
        pub fn fd_pipe(lowest: u32, read_end: *mut u32, write_end: *mut u32) -> i32;
        /// Another number, the lowest free from `lowest` on, for the same open file; `cloexec` is 0 or 1.
        pub fn fd_duplicate(fd: u32, lowest: u32, cloexec: u32, duplicate: *mut u32) -> i32;
        /// Makes `to` another number for the same open file, closing what it was. The new number isn't close-on-exec.
        pub fn fd_duplicate_to(fd: u32, to: u32) -> i32;
        /// Sets or clears close-on-exec.
        pub fn fd_cloexec_set(fd: u32, cloexec: u32) -> i32;
        /// Writes whether the descriptor is close-on-exec.
        pub fn fd_cloexec_get(fd: u32, cloexec: *mut u32) -> i32;
        /// Like `fd_read`, but never beyond the first byte that equals `delimiter`: what lies behind it stays to be read. Writes how
        /// many bytes were read; 0 is the end.
        pub fn fd_read_until(
            fd: u32,
            delimiter: u32,
            buffer: *mut u8,
            size: usize,
            length: *mut usize,
        ) -> i32;
        /// Makes a named pipe.
        pub fn path_make_fifo(fd: u32, path: *const u8, path_len: usize, mode: u32) -> i32;
    }

    /// [`Spawn::flags`]: every descriptor that isn't close-on-exec.
    pub const INHERIT: u32 = 1;
    /// [`Spawn::flags`]: the signals that the caller ignores stay ignored.
    pub const KEEP_IGNORED: u32 = 2;
}

/// The signals of the machine, with Linux's numbers.
pub mod signal {
    pub const HUP: u32 = 1;
    pub const INT: u32 = 2;
    pub const QUIT: u32 = 3;
    pub const KILL: u32 = 9;
    pub const USR1: u32 = 10;
    pub const USR2: u32 = 12;
    pub const PIPE: u32 = 13;
    pub const ALRM: u32 = 14;
    pub const TERM: u32 = 15;
    pub const CHLD: u32 = 17;
    pub const CONT: u32 = 18;
    pub const STOP: u32 = 19;

    /// Names by number, without `SIG`; the number is the index.
    pub const NAMES: [&str; 32] = [
        "EXIT", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
        "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
        "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];
}

/// What a shell's descriptor is called in a guest.
pub fn descriptor(shell_number: u32) -> u32 {
    if shell_number < 3 {
        shell_number
    } else {
        shell_number + 1
    }
}

/// What a shell calls a guest's descriptor.
pub fn shell_number(descriptor: u32) -> u32 {
    if descriptor < 4 {
        descriptor
    } else {
        descriptor - 1
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Exited(u8),
    Signalled(u32),
}

impl Ended {
    /// As a shell shows it in `$?`.
    pub fn status(self) -> u8 {
        match self {
            Self::Exited(status) => status,
            Self::Signalled(signal) => 128 + signal as u8,
        }
    }
}

/// What a process is begun with.
#[derive(Clone, Debug)]
pub struct Spawn<'a> {
    /// A module or a script; no search on `PATH`.
    pub path: &'a [u8],
    pub arguments: &'a [&'a [u8]],
    /// `NAME=VALUE`.
    pub environment: &'a [&'a [u8]],
    pub cwd: &'a [u8],
    /// The child's number and the caller's.
    pub descriptors: &'a [[u32; 2]],
    /// Whether descriptors that aren't close-on-exec are passed on under their numbers.
    pub inherit: bool,
    pub handover: &'a [u8],
    /// 0: the caller's group; 1: a new one; otherwise that group.
    pub group: u32,
    /// Bit `n`: the child ignores signal `n`.
    pub ignored: u64,
    /// Whether it also ignores what the caller ignores.
    pub keep_ignored: bool,
}

impl Default for Spawn<'_> {
    fn default() -> Self {
        Self {
            path: b"",
            arguments: &[],
            environment: &[],
            cwd: b"/",
            descriptors: &[],
            inherit: true,
            handover: b"",
            group: 0,
            ignored: 0,
            keep_ignored: false,
        }
    }
}

impl Spawn<'_> {
    /// Begins the child and returns its number.
    ///
    /// # Errors
    /// As `raw::process_spawn` says.
    pub fn spawn(&self) -> io::Result<u32> {
        let mut pid = 0;
        // SAFETY: everything that is pointed at outlives the call.
        self.with_raw(|options| answer(unsafe { raw::process_spawn(options, &raw mut pid) }))?;
        Ok(pid)
    }

    /// Becomes the program.
    ///
    /// # Errors
    /// Returns only when it fails.
    pub fn exec(&self) -> io::Error {
        // SAFETY: everything that is pointed at outlives the call.
        match self.with_raw(|options| answer(unsafe { raw::process_exec(options) })) {
            Ok(()) => io::Error::from_raw_os_error(libc::ENOSYS),
            Err(error) => error,
        }
    }

    fn with_raw<T>(&self, call: impl FnOnce(&raw::Spawn) -> T) -> T {
        let arguments = strings(self.arguments);
        let environment = strings(self.environment);
        call(&raw::Spawn {
            path: self.path.as_ptr(),
            path_len: self.path.len(),
            arguments: arguments.as_ptr(),
            arguments_len: arguments.len(),
            environment: environment.as_ptr(),
            environment_len: environment.len(),
            cwd: self.cwd.as_ptr(),
            cwd_len: self.cwd.len(),
            descriptors: self.descriptors.as_ptr(),
            descriptors_len: self.descriptors.len(),
            handover: self.handover.as_ptr(),
            handover_len: self.handover.len(),
            group: self.group,
            flags: if self.inherit { raw::INHERIT } else { 0 }
                | if self.keep_ignored {
                    raw::KEEP_IGNORED
                } else {
                    0
                },
            ignored: self.ignored,
        })
    }
}

/// Each string with a zero byte behind it.
fn strings(list: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(list.iter().map(|string| string.len() + 1).sum());
    for string in list {
        bytes.extend_from_slice(string);
        bytes.push(0);
    }
    bytes
}

/// The bytes this process was handed.
pub fn handover() -> Vec<u8> {
    let mut length = 0;
    // SAFETY: nothing is written but the length.
    unsafe { raw::process_handover(std::ptr::null_mut(), 0, &raw mut length) };
    let mut bytes = vec![0; length];
    // SAFETY: `bytes` holds `length`.
    unsafe { raw::process_handover(bytes.as_mut_ptr(), bytes.len(), &raw mut length) };
    bytes
}

/// The directory this process was begun in; `None` where the machine does not tell.
pub fn cwd() -> Option<Vec<u8>> {
    let mut bytes = vec![0; 256];
    loop {
        let mut length = 0;
        // SAFETY: `bytes` holds what its length says.
        answer(unsafe { raw::process_cwd(bytes.as_mut_ptr(), bytes.len(), &raw mut length) })
            .ok()?;
        if length <= bytes.len() {
            bytes.truncate(length);
            return Some(bytes);
        }
        bytes.resize(length, 0);
    }
}

/// Waits for a child; `None` for the time waits for ever, zero only looks.
///
/// # Errors
/// `ECHILD` when there is no such child, `EINTR` when a caught signal came.
pub fn wait(which: i32, timeout: Option<Duration>) -> io::Result<Option<(u32, Ended)>> {
    let timeout_ns = timeout.map_or(u64::MAX, |timeout| {
        u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX - 1)
    });
    let (mut pid, mut status) = (0, 0);
    // SAFETY: both outlive the call.
    answer(unsafe { raw::process_wait(which, timeout_ns, &raw mut pid, &raw mut status) })?;
    let ended = match status & 0x100 {
        0 => Ended::Exited(status as u8),
        _ => Ended::Signalled(status & 0xff),
    };
    Ok((pid != 0).then_some((pid, ended)))
}

/// Sends a signal; 0 only asks whether one could.
///
/// # Errors
/// `ESRCH`, `EINVAL`.
pub fn kill(pid: i32, signal: u32) -> io::Result<()> {
    // SAFETY: takes no pointer.
    answer(unsafe { raw::process_kill(pid, signal) })
}

/// The process's own number, its parent's and its group's.
pub fn ids() -> (u32, u32, u32) {
    let (mut pid, mut parent, mut group) = (0, 0, 0);
    // SAFETY: all outlive the call.
    unsafe { raw::process_ids(&raw mut pid, &raw mut parent, &raw mut group) };
    (pid, parent, group)
}

/// Puts a process (0: this one) into a group (0: its own).
///
/// # Errors
/// `ESRCH`, `EPERM`.
pub fn set_group(pid: u32, group: u32) -> io::Result<()> {
    // SAFETY: takes no pointer.
    answer(unsafe { raw::process_group_set(pid, group) })
}

/// The fuel used by this process and by its children waited for, as time.
pub fn times() -> (Duration, Duration) {
    let (mut own, mut children) = (0, 0);
    // SAFETY: both outlive the call.
    unsafe { raw::process_times(&raw mut own, &raw mut children) };
    (Duration::from_nanos(own), Duration::from_nanos(children))
}

/// Sets the file mode mask and returns the one before.
pub fn set_umask(mask: u32) -> u32 {
    let mut before = 0;
    // SAFETY: `before` outlives the call.
    unsafe { raw::process_umask(mask & 0o777, &raw mut before) };
    before
}

/// The file mode mask.
pub fn umask() -> u32 {
    let mut mask = 0;
    // SAFETY: `mask` outlives the call.
    unsafe { raw::process_umask(u32::MAX, &raw mut mask) };
    mask
}

/// A bound of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    OpenFiles = 0,
    Processes = 1,
    FileBytes = 2,
    MemoryBytes = 3,
    /// Fuel left, in nanoseconds.
    Time = 4,
}

/// What a bound is.
pub fn limit(which: Limit) -> u64 {
    let mut value = 0;
    // SAFETY: `value` outlives the call.
    unsafe { raw::process_limit(which as u32, &raw mut value) };
    value
}

/// What a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Default = 0,
    Ignore = 1,
    /// It is noted, for [`take_signal`], and interrupts what waits.
    Note = 2,
}

/// Sets what a signal does, and returns what it did.
///
/// # Errors
/// `EINVAL` for a signal that cannot be caught or is none.
pub fn set_action(signal: u32, action: Action) -> io::Result<Action> {
    let mut before = 0;
    // SAFETY: `before` outlives the call.
    answer(unsafe { raw::signal_action(signal, action as u32, &raw mut before) })?;
    Ok(match before {
        1 => Action::Ignore,
        2 => Action::Note,
        _ => Action::Default,
    })
}

/// The next signal that was noted.
pub fn take_signal() -> Option<u32> {
    let mut signal = 0;
    // SAFETY: `signal` outlives the call.
    unsafe { raw::signal_take(&raw mut signal) };
    (signal != 0).then_some(signal)
}

/// A pipe, both ends close-on-exec, with the lowest free numbers from `lowest` on: the end to read from, the end to write to.
///
/// # Errors
/// `EMFILE`, `ENFILE`.
pub fn pipe(lowest: u32) -> io::Result<(u32, u32)> {
    let (mut read_end, mut write_end) = (0, 0);
    // SAFETY: both outlive the call.
    answer(unsafe { raw::fd_pipe(lowest, &raw mut read_end, &raw mut write_end) })?;
    Ok((read_end, write_end))
}

/// Another number for an open file, the lowest free from `lowest` on.
///
/// # Errors
/// `EBADF`, `EMFILE`, `EINVAL`.
pub fn duplicate(fd: u32, lowest: u32, cloexec: bool) -> io::Result<u32> {
    let mut copy = 0;
    // SAFETY: `copy` outlives the call.
    answer(unsafe { raw::fd_duplicate(fd, lowest, cloexec.into(), &raw mut copy) })?;
    Ok(copy)
}

/// Makes `to` another number for an open file.
///
/// # Errors
/// `EBADF`.
pub fn duplicate_to(fd: u32, to: u32) -> io::Result<()> {
    // SAFETY: takes no pointer.
    answer(unsafe { raw::fd_duplicate_to(fd, to) })
}

/// Sets or clears close-on-exec.
///
/// # Errors
/// `EBADF`.
pub fn set_cloexec(fd: u32, cloexec: bool) -> io::Result<()> {
    // SAFETY: takes no pointer.
    answer(unsafe { raw::fd_cloexec_set(fd, cloexec.into()) })
}

/// Reads until and with a delimiter, never beyond it: one read, which may bring less; 0 bytes are the end.
///
/// # Errors
/// As `read`'s.
pub fn read_until(fd: u32, delimiter: u8, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    // SAFETY: `buffer` holds what its length says.
    answer(unsafe {
        raw::fd_read_until(
            fd,
            delimiter.into(),
            buffer.as_mut_ptr(),
            buffer.len(),
            &raw mut length,
        )
    })?;
    Ok(length)
}

/// Makes a named pipe at a path relative to the current directory.
///
/// # Errors
/// `EEXIST` and whatever else a path can be refused for.
pub fn make_fifo(path: &std::path::Path, mode: u32) -> io::Result<()> {
    let path = crate::mode::below_root(path)?;
    // SAFETY: the path's bytes outlive the call.
    answer(unsafe {
        raw::path_make_fifo(crate::mode::ROOT_FD as u32, path.as_ptr(), path.len(), mode)
    })
}

fn answer(errno: i32) -> io::Result<()> {
    match errno {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}
