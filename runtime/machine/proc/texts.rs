//! What the files of `/proc` say, in Linux's formats.

use std::fmt::Write as _;

use crate::machine::Machine;
use crate::machine::processes::{Pid, State, Task};

/// Nanoseconds of a clock tick: 100 of them are a second, as on Linux.
const TICK_NS: u64 = 10_000_000;

/// Longest name of a program that is shown, in bytes: Linux's number.
const COMM_BYTES_MAX: usize = 15;

/// The one user and group of a machine.
const UID: u32 = 1000;

const PAGE_BYTES: u64 = 4096;
const KIB: u64 = 1024;

pub fn cpuinfo(_: &Machine) -> String {
    "processor\t: 0\nvendor_id\t: Isobox\nmodel name\t: Isobox virtual processor\ncpu cores\t: 1\n\n"
        .to_owned()
}

pub fn loadavg(machine: &Machine) -> String {
    let runnable = machine
        .processes
        .iter()
        .filter(|(_, task)| is_runnable(task));
    format!(
        "0.00 0.00 0.00 {}/{} {}\n",
        runnable.count(),
        machine.processes.alive(),
        machine.processes.last()
    )
}

pub fn meminfo(machine: &Machine) -> String {
    let total = machine.limits.memory_total_bytes_max;
    let used: u64 = machine
        .processes
        .iter()
        .map(|(_, task)| task.memory_bytes)
        .sum();
    let free = total.saturating_sub(used);
    let lines = [
        ("MemTotal:", total),
        ("MemFree:", free),
        ("MemAvailable:", free),
        ("Buffers:", 0),
        ("Cached:", 0),
        ("SwapTotal:", 0),
        ("SwapFree:", 0),
    ];
    lines.iter().fold(String::new(), |mut text, (name, bytes)| {
        let _ = writeln!(text, "{name:<15} {:>8} kB", bytes / KIB);
        text
    })
}

pub fn mounts(_: &Machine) -> String {
    "isobox / isobox rw,noatime 0 0\nproc /proc proc ro 0 0\n".to_owned()
}

pub fn machine_stat(machine: &Machine) -> String {
    let ticks = machine.clock.elapsed_ns() / TICK_NS;
    let begun_s = (machine.clock.now_ns() - machine.clock.elapsed_ns()) / 1_000_000_000;
    format!(
        "cpu  {ticks} 0 0 0 0 0 0 0 0 0\ncpu0 {ticks} 0 0 0 0 0 0 0 0 0\nbtime {begun_s}\nprocesses {}\n",
        machine.processes.last()
    )
}

pub fn uptime(machine: &Machine) -> String {
    let hundredths = machine.clock.elapsed_ns() / TICK_NS;
    format!("{}.{:02} 0.00\n", hundredths / 100, hundredths % 100)
}

pub fn version(_: &Machine) -> String {
    "Isobox version 1 (wasm32-wasip1)\n".to_owned()
}

pub fn cmdline(_: &Machine, _: Pid, task: &Task) -> Vec<u8> {
    if !task.is_alive() {
        return Vec::new();
    }
    ended_by_zeros(&task.program.arguments)
}

pub fn environ(_: &Machine, _: Pid, task: &Task) -> Vec<u8> {
    ended_by_zeros(&task.program.environment)
}

pub fn comm(_: &Machine, _: Pid, task: &Task) -> Vec<u8> {
    let mut name = short_name(task).into_bytes();
    name.push(b'\n');
    name
}

pub fn cwd(_: &Machine, task: &Task) -> Vec<u8> {
    task.program.cwd.clone()
}

pub fn exe(_: &Machine, task: &Task) -> Vec<u8> {
    let (path, cwd) = (&task.program.path, &task.program.cwd);
    match path.first() {
        Some(b'/') => path.clone(),
        _ => [cwd, &b"/"[..], path].concat(),
    }
}

pub fn root(_: &Machine, _: &Task) -> Vec<u8> {
    b"/".to_vec()
}

pub fn statm(_: &Machine, _: Pid, task: &Task) -> Vec<u8> {
    let pages = task.memory_bytes / PAGE_BYTES;
    format!("{pages} {pages} 0 0 0 {pages} 0\n").into_bytes()
}

/// The 52 fields of `proc_pid_stat(5)`; what this machine has not is 0.
pub fn stat(machine: &Machine, process: Pid, task: &Task) -> Vec<u8> {
    let ticks = |fuel: u64| fuel.saturating_mul(machine.time_model.fuel_ns.get()) / TICK_NS;
    let (letter, _) = state(task);
    let mut text = format!(
        "{process} ({}) {letter} {} {} {} 0 -1 0 0 0 0 0 {} 0 {} 0 20 0 1 0 {} {} {}",
        short_name(task),
        task.parent,
        task.group,
        task.session,
        ticks(machine.fuel_used(process)),
        ticks(task.children_fuel),
        task.begun_ns / TICK_NS,
        task.memory_bytes,
        task.memory_bytes / PAGE_BYTES,
    );
    text.push_str(&" 0".repeat(28));
    text.push('\n');
    text.into_bytes()
}

pub fn status(_: &Machine, process: Pid, task: &Task) -> Vec<u8> {
    let (letter, word) = state(task);
    let signals = task.signals;
    // Linux counts from bit 0 for signal 1.
    let mask = |signals: u64| signals >> 1;
    let kib = task.memory_bytes / KIB;
    format!(
        "Name:\t{}\nUmask:\t{:04o}\nState:\t{letter} ({word})\nTgid:\t{process}\nNgid:\t0\nPid:\t{process}\nPPid:\t{}\n\
         TracerPid:\t0\nUid:\t{UID}\t{UID}\t{UID}\t{UID}\nGid:\t{UID}\t{UID}\t{UID}\t{UID}\nFDSize:\t{}\nGroups:\t{UID} \n\
         VmPeak:\t{kib:>8} kB\nVmSize:\t{kib:>8} kB\nVmRSS:\t{kib:>8} kB\nThreads:\t1\nSigPnd:\t{:016x}\nShdPnd:\t{:016x}\n\
         SigBlk:\t{:016x}\nSigIgn:\t{:016x}\nSigCgt:\t{:016x}\n",
        short_name(task),
        task.umask,
        task.parent,
        task.descriptors.iter().count().next_multiple_of(64),
        0,
        mask(signals.pending),
        0,
        mask(signals.ignored),
        mask(signals.noted),
    )
    .into_bytes()
}

fn is_runnable(task: &Task) -> bool {
    task.state == State::Runnable && !task.stopped
}

fn state(task: &Task) -> (char, &'static str) {
    match task.state {
        State::Ended(_) => ('Z', "zombie"),
        _ if task.stopped => ('T', "stopped"),
        State::Runnable => ('R', "running"),
        State::Blocked => ('S', "sleeping"),
    }
}

/// The program's file name, or the first bytes of it.
fn short_name(task: &Task) -> String {
    let path = String::from_utf8_lossy(&task.program.path).into_owned();
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut end = name.len().min(COMM_BYTES_MAX);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_owned()
}

fn ended_by_zeros(strings: &[Vec<u8>]) -> Vec<u8> {
    strings
        .iter()
        .flat_map(|string| [string, &b"\0"[..]].concat())
        .collect()
}
