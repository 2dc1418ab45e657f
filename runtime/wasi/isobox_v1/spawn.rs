//! Beginning programs: as a child, or in the place of the caller.

use std::sync::Arc;

use crate::limits::{ARGUMENT_BYTES_MAX, HANDOVER_BYTES_MAX, PATH_BYTES_MAX};
use crate::machine::fs::{FollowLast, InodeNumber};
use crate::machine::{Birth, Errno, GroupWish, Pid, Program, Result};
use crate::wasi::begin::{Inheritance, inherit};
use crate::wasi::call::{Answer, Call, Failure};
use crate::wasi::guest_memory::{u32_at, u64_at};
use crate::wasi::life::live;
use crate::wasi::process::{Image, LaunchError, Stop};

/// Bytes of the structure that says what to begin.
const OPTIONS_BYTES: u32 = 64;

/// `flags`: the child gets what isn't close-on-exec.
const INHERIT: u32 = 1;

/// `flags`: the child ignores what the caller ignores.
const KEEP_IGNORED: u32 = 2;

/// What a program is to be begun with, as the guest says it.
struct Options {
    program: Program,
    inheritance: Inheritance,
    handover: Arc<[u8]>,
    group: GroupWish,
    ignored: u64,
}

pub fn process_spawn(call: &mut Call<'_>, options: u32, process: u32) -> Answer {
    call.memory.bytes(process, 4)?;
    call.machine.check_room_for_process(0)?;
    let options = read(call, options)?;
    let caller = call.process.number;
    let group = call.machine.group_of(caller, options.group)?;
    options.inheritance.check(&call.task()?.descriptors)?;
    let image = launch(call, options.program, options.handover)?;
    let memory_bytes = first_memory(&image);
    call.machine.check_room_for_process(memory_bytes)?;
    let (program, umask) = (image.program.clone(), call.task()?.umask);
    let descriptors = inherit(call.machine, caller, &options.inheritance)?;
    let child = call.machine.begin_process(Birth {
        parent: caller,
        group,
        program,
        descriptors,
        ignored: options.ignored,
        umask,
        memory_bytes,
    });
    let host = &call.process.host;
    let future = live(&call.process.machine, child, host, image);
    host.births.add(child, future);
    call.memory.write_u32(process, child.0)?;
    Ok(())
}

pub fn process_exec(call: &mut Call<'_>, options: u32) -> Answer {
    let options = read(call, options)?;
    let own = call.process.number;
    options.inheritance.check(&call.task()?.descriptors)?;
    let image = launch(call, options.program, options.handover)?;
    let memory_bytes = first_memory(&image);
    let now = call.task()?.memory_bytes;
    call.machine.check_room_for_memory(memory_bytes, now)?;
    call.machine.set_memory(own, memory_bytes);
    let descriptors = inherit(call.machine, own, &options.inheritance)?;
    let task = call.task_mut()?;
    let mut before = std::mem::replace(&mut task.descriptors, descriptors);
    task.program = image.program.clone();
    task.signals = task.signals.of_next_program(options.ignored);
    for descriptor in before.drain() {
        call.machine.close(descriptor.file);
    }
    call.process.next = Some(image);
    Err(Stop::Exec.into())
}

fn launch(call: &mut Call<'_>, program: Program, handover: Arc<[u8]>) -> Answer<Image> {
    let launcher = call.process.host.launcher.clone();
    let found = launcher.find(call.machine, program)?;
    if let Some((content, bytes)) = found.module {
        call.machine.pay_for_module(content, bytes)?;
    }
    let linked = (found.link)(call.machine);
    if let (Err(_), Some((content, _))) = (&linked, found.module) {
        // Whoever tries again has it compiled again.
        call.machine.forget_module(content);
    }
    Ok(Image {
        linked: linked?,
        program: Arc::new(found.program),
        handover,
    })
}

impl From<LaunchError> for Failure {
    fn from(error: LaunchError) -> Failure {
        match error {
            LaunchError::Errno(errno) => errno.into(),
            LaunchError::Host(failure) => Stop::Host(failure).into(),
        }
    }
}

/// The linear memory a program begins with, in bytes.
fn first_memory(image: &Image) -> u64 {
    let needs = image.linked.module().resources_required();
    needs
        .max_initial_memory_size
        .unwrap_or(0)
        .saturating_mul(1 << 16)
}

fn read(call: &mut Call<'_>, options: u32) -> Result<Options> {
    let fields = call.memory.bytes(options, OPTIONS_BYTES)?.to_vec();
    let field = |index: usize| u32_at(&fields, 4 * index);
    let bytes = |index: usize, max: usize| {
        if field(index + 1) as usize > max {
            return Err(Errno::TooBig);
        }
        call.memory.bytes(field(index), field(index + 1))
    };
    let path = call.memory.path(field(0), field(1))?.to_vec();
    let arguments = bytes(2, ARGUMENT_BYTES_MAX)?;
    let environment = bytes(4, ARGUMENT_BYTES_MAX)?;
    if arguments.len() + environment.len() > ARGUMENT_BYTES_MAX {
        return Err(Errno::TooBig);
    }
    let cwd = call.memory.path(field(6), field(7))?;
    let cwd = absolute(&call.task()?.program.cwd, cwd)?;
    let (arguments, environment) = (strings(arguments)?, strings(environment)?);
    let pairs = call.memory.array(field(8), field(9), 8)?;
    let map = pairs
        .chunks_exact(8)
        .map(|pair| (u32_at(pair, 0), u32_at(pair, 4)))
        .collect();
    let handover = Arc::from(bytes(10, HANDOVER_BYTES_MAX)?);
    let flags = field(13);
    if flags & !(INHERIT | KEEP_IGNORED) != 0 {
        return Err(Errno::Invalid);
    }
    let moved: u64 = [1, 3, 5, 7, 11]
        .map(|index| u64::from(field(index)))
        .iter()
        .sum();
    call.moved += moved + 8 * u64::from(field(9));
    let kept = match flags & KEEP_IGNORED {
        0 => 0,
        _ => call.task()?.signals.ignored,
    };
    let tree = &call.machine.tree;
    let directory = tree.lookup(InodeNumber::ROOT, &cwd, FollowLast::Yes)?;
    tree.entries(directory)?;
    Ok(Options {
        program: Program {
            path,
            arguments,
            environment,
            cwd,
        },
        inheritance: Inheritance {
            all: flags & INHERIT != 0,
            map,
        },
        handover,
        group: match field(12) {
            0 => GroupWish::Parents,
            1 => GroupWish::Own,
            group => GroupWish::This(Pid(group)),
        },
        ignored: u64_at(&fields, 56) | kept,
    })
}

/// A directory seen from another.
fn absolute(from: &[u8], path: &[u8]) -> Result<Vec<u8>> {
    if path.first() == Some(&b'/') {
        return Ok(path.to_vec());
    }
    if path.is_empty() {
        return Err(Errno::NoEntry);
    }
    let joined = match from {
        b"/" => [b"/", path].concat(),
        _ => [from, b"/", path].concat(),
    };
    if joined.len() >= PATH_BYTES_MAX {
        return Err(Errno::NameTooLong);
    }
    Ok(joined)
}

/// Strings that each end with a zero byte.
fn strings(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    let Some(bytes) = bytes.strip_suffix(&[0]) else {
        return if bytes.is_empty() {
            Ok(Vec::new())
        } else {
            Err(Errno::Invalid)
        };
    };
    Ok(bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect())
}
