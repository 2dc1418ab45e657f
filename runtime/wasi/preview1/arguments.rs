//! Arguments and environment.

use super::Call;
use crate::machine::{Errno, Result};
use crate::wasi::call::Answer;
use crate::wasi::guest_memory::GuestMemory;

pub fn args_get(call: &mut Call<'_>, pointers: u32, bytes: u32) -> Answer {
    let arguments = &call.process.program.arguments;
    call.moved += write_strings(&mut call.memory, arguments, pointers, bytes)?;
    Ok(())
}

pub fn args_sizes_get(call: &mut Call<'_>, count: u32, size: u32) -> Answer {
    let arguments = &call.process.program.arguments;
    write_sizes(&mut call.memory, arguments, count, size)
}

pub fn environ_get(call: &mut Call<'_>, pointers: u32, bytes: u32) -> Answer {
    let environment = &call.process.program.environment;
    call.moved += write_strings(&mut call.memory, environment, pointers, bytes)?;
    Ok(())
}

pub fn environ_sizes_get(call: &mut Call<'_>, count: u32, size: u32) -> Answer {
    let environment = &call.process.program.environment;
    write_sizes(&mut call.memory, environment, count, size)
}

fn write_sizes(memory: &mut GuestMemory<'_>, strings: &[Vec<u8>], count: u32, size: u32) -> Answer {
    let bytes: usize = strings.iter().map(|string| string.len() + 1).sum();
    memory.write_u32(count, strings.len() as u32)?;
    memory.write_u32(size, bytes as u32)?;
    Ok(())
}

/// Writes the strings, each with a zero byte behind it, and the array of their addresses.
fn write_strings(
    memory: &mut GuestMemory<'_>,
    strings: &[Vec<u8>],
    pointers: u32,
    bytes: u32,
) -> Result<u64> {
    let mut pointer = pointers;
    let mut position = bytes;
    for string in strings {
        memory.write_u32(pointer, position)?;
        memory.write(position, string)?;
        position = advance(position, string.len())?;
        memory.write(position, &[0])?;
        position = advance(position, 1)?;
        pointer = advance(pointer, 4)?;
    }
    Ok(u64::from(position - bytes) + u64::from(pointer - pointers))
}

fn advance(pointer: u32, length: usize) -> Result<u32> {
    u32::try_from(length)
        .ok()
        .and_then(|length| pointer.checked_add(length))
        .ok_or(Errno::Fault)
}
