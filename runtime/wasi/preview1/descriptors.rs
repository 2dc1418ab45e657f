//! Descriptors themselves: what they are, closing, renumbering, rights, the preopened directories.

use super::{Call, rights};
use crate::machine::fs::{FileType, InodeNumber};
use crate::machine::{Descriptor, Errno, Object, OpenFile, Result, Rights};
use crate::wasi::call::Answer;

/// The kinds of files, as preview 1 numbers them. It has no number for pipes: they and streams are "unknown".
pub mod filetype {
    pub const UNKNOWN: u8 = 0;
    pub const CHARACTER_DEVICE: u8 = 2;
    pub const DIRECTORY: u8 = 3;
    pub const REGULAR_FILE: u8 = 4;
    pub const SYMBOLIC_LINK: u8 = 7;
}

/// `fdflags`: append, dsync, nonblock, rsync, sync.
pub const FLAG_APPEND: u16 = 1;
pub const FLAG_NONBLOCK: u16 = 4;
const FLAGS_ALL: u32 = 0b1_1111;

/// The kind of an inode in preview 1's numbers.
pub fn filetype_of(file_type: FileType) -> u8 {
    match file_type {
        FileType::Regular => filetype::REGULAR_FILE,
        FileType::Directory => filetype::DIRECTORY,
        FileType::Symlink => filetype::SYMBOLIC_LINK,
        FileType::CharacterDevice => filetype::CHARACTER_DEVICE,
        FileType::Fifo => filetype::UNKNOWN,
    }
}

impl Call<'_> {
    /// A descriptor that has a right. Without the right to read or write it is `EBADF`, as POSIX has it.
    pub fn descriptor(&self, fd: u32, right: u64) -> Result<&Descriptor> {
        let descriptor = self.task()?.descriptors.get(fd)?;
        if descriptor.rights.base & right == right {
            Ok(descriptor)
        } else if right == rights::FD_READ || right == rights::FD_WRITE {
            Err(Errno::BadDescriptor)
        } else {
            Err(Errno::NotCapable)
        }
    }

    /// The open file behind a descriptor that has a right.
    pub fn open_file(&self, fd: u32, right: u64) -> Result<&OpenFile> {
        self.machine
            .open_files
            .get(self.descriptor(fd, right)?.file)
    }

    /// The same, for change.
    pub fn open_file_mut(&mut self, fd: u32, right: u64) -> Result<&mut OpenFile> {
        let file = self.descriptor(fd, right)?.file;
        self.machine.open_files.get_mut(file)
    }

    /// The directory behind a descriptor that has a right.
    pub fn directory(&self, fd: u32, right: u64) -> Result<InodeNumber> {
        let descriptor = self.task()?.descriptors.get(fd)?;
        match self.machine.open_files.get(descriptor.file)?.object {
            Object::Directory { inode, .. } => {
                self.descriptor(fd, right)?;
                Ok(inode)
            }
            _ => Err(Errno::NotDirectory),
        }
    }
}

pub fn fd_close(call: &mut Call<'_>, fd: u32) -> Answer {
    let descriptor = call.task_mut()?.descriptors.remove(fd)?;
    call.machine.close(descriptor.file);
    Ok(())
}

/// There is nothing behind the machine to write to: what is written is there.
pub fn fd_sync(call: &mut Call<'_>, fd: u32) -> Answer {
    call.descriptor(fd, rights::FD_SYNC)?;
    Ok(())
}

pub fn fd_datasync(call: &mut Call<'_>, fd: u32) -> Answer {
    call.descriptor(fd, rights::FD_DATASYNC)?;
    Ok(())
}

pub fn fd_fdstat_get(call: &mut Call<'_>, fd: u32, stat: u32) -> Answer {
    let descriptor = call.descriptor(fd, 0)?;
    let Rights { base, inheriting } = descriptor.rights;
    let file = call.machine.open_files.get(descriptor.file)?;
    let kind = match &file.object {
        Object::File(_) | Object::Made { .. } => filetype::REGULAR_FILE,
        Object::Directory { .. } => filetype::DIRECTORY,
        Object::Device { .. } => filetype::CHARACTER_DEVICE,
        Object::Stream { .. } | Object::Pipe { .. } => filetype::UNKNOWN,
    };
    let mut bytes = [0; 24];
    bytes[0] = kind;
    bytes[2..4].copy_from_slice(&file.flags.to_le_bytes());
    bytes[8..16].copy_from_slice(&base.to_le_bytes());
    bytes[16..24].copy_from_slice(&inheriting.to_le_bytes());
    call.memory.write(stat, &bytes)?;
    Ok(())
}

pub fn fd_fdstat_set_flags(call: &mut Call<'_>, fd: u32, flags: u32) -> Answer {
    call.open_file_mut(fd, rights::FD_FDSTAT_SET_FLAGS)?.flags = checked_flags(flags)?;
    Ok(())
}

/// The flags of an open file, if they are flags.
pub fn checked_flags(flags: u32) -> Result<u16> {
    if flags & !FLAGS_ALL != 0 {
        return Err(Errno::Invalid);
    }
    Ok(flags as u16)
}

/// Rights can be given up, never gained.
pub fn fd_fdstat_set_rights(call: &mut Call<'_>, fd: u32, base: u64, inheriting: u64) -> Answer {
    let descriptor = call.task_mut()?.descriptors.get_mut(fd)?;
    if base & !descriptor.rights.base != 0 || inheriting & !descriptor.rights.inheriting != 0 {
        return Err(Errno::NotCapable.into());
    }
    descriptor.rights = Rights { base, inheriting };
    Ok(())
}

/// Moves a descriptor to another that is open too, which is closed.
pub fn fd_renumber(call: &mut Call<'_>, from: u32, to: u32) -> Answer {
    let descriptors = &mut call.task_mut()?.descriptors;
    let moved = Descriptor {
        close_on_exec: false,
        ..descriptors.get(from)?.clone()
    };
    let target = descriptors.get_mut(to)?;
    if from == to {
        return Ok(());
    }
    let closed = std::mem::replace(target, moved);
    descriptors.remove(from)?;
    call.machine.close(closed.file);
    Ok(())
}

pub fn fd_prestat_get(call: &mut Call<'_>, fd: u32, prestat: u32) -> Answer {
    let name_len = preopened_name(call, fd)?.len() as u32;
    call.memory.write_u32(prestat, 0)?;
    call.memory.write_u32(prestat.wrapping_add(4), name_len)?;
    Ok(())
}

pub fn fd_prestat_dir_name(call: &mut Call<'_>, fd: u32, path: u32, path_len: u32) -> Answer {
    let name = preopened_name(call, fd)?;
    if (path_len as usize) < name.len() {
        return Err(Errno::NameTooLong.into());
    }
    call.memory.write(path, name.as_bytes())?;
    Ok(())
}

fn preopened_name(call: &Call<'_>, fd: u32) -> Result<std::sync::Arc<str>> {
    let descriptor = call.task()?.descriptors.get(fd)?;
    descriptor.preopened_as.clone().ok_or(Errno::BadDescriptor)
}
