//! Listing directories: `.`, `..`, then the names in the order of their bytes.

use super::descriptors::filetype_of;
use super::{Call, rights};
use crate::machine::fs::{Entries, InodeNumber};
use crate::machine::{Errno, Listing, Object, Result};
use crate::wasi::call::Answer;

/// Bytes of a directory entry before its name.
const HEADER_BYTES: usize = 24;

/// Steps of a lookup that one entry counts for.
const ENTRY_STEPS: u64 = 10;

/// Fills the buffer with entries from a cookie on. A listing goes on behind the last names it gave out, so what is removed
/// or added meanwhile makes it neither skip nor repeat another; a cookie from further back is a position.
pub fn fd_readdir(
    call: &mut Call<'_>,
    fd: u32,
    buffer: u32,
    buffer_len: u32,
    cookie: u64,
    used: u32,
) -> Answer {
    let directory = call.directory(fd, rights::FD_READDIR)?;
    call.memory.bytes(buffer, buffer_len)?;
    let entries = call.machine.tree.entries(directory)?.clone();
    let listing = listing(call, fd)?;
    if cookie == 0 {
        listing.rewind();
    }
    let position = position(&entries, listing, cookie);
    let mut filled = 0;
    let mut next = cookie;
    let dots = dots(call, directory)
        .into_iter()
        .skip(cookie.min(2) as usize);
    for (name, inode) in dots.chain(entries.iter_from(position)) {
        if filled == buffer_len {
            break;
        }
        next += 1;
        let kind = filetype_of(call.machine.tree.file_type(inode)?);
        let bytes = encode(next, inode, kind, name);
        let length = bytes.len().min((buffer_len - filled) as usize);
        call.memory.write(buffer + filled, &bytes[..length])?;
        filled += length as u32;
        self::listing(call, fd)?.note(next, name);
        call.machine.tree.note_work(ENTRY_STEPS);
    }
    call.moved += u64::from(filled);
    call.memory.write_u32(used, filled)?;
    Ok(())
}

/// Where a descriptor's listing stands.
fn listing<'a>(call: &'a mut Call<'_>, fd: u32) -> Result<&'a mut Listing> {
    match &mut call.open_file_mut(fd, rights::FD_READDIR)?.object {
        Object::Directory { listing, .. } => Ok(listing),
        _ => Err(Errno::NotDirectory),
    }
}

/// Where in the directory, as it is now, a cookie leads.
fn position(entries: &Entries, listing: &Listing, cookie: u64) -> usize {
    match listing.name_before(cookie) {
        Some(name) if cookie > 2 => entries.rank(name),
        _ => usize::try_from(cookie.saturating_sub(2)).unwrap_or(usize::MAX),
    }
}

fn dots(call: &Call<'_>, directory: InodeNumber) -> [(&'static [u8], InodeNumber); 2] {
    let parent = call.machine.tree.parent(directory).unwrap_or(directory);
    [(b".", directory), (b"..", parent)]
}

fn encode(next: u64, inode: InodeNumber, kind: u8, name: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + name.len());
    bytes.extend(next.to_le_bytes());
    bytes.extend(inode.0.to_le_bytes());
    bytes.extend((name.len() as u32).to_le_bytes());
    bytes.extend([kind, 0, 0, 0]);
    bytes.extend(name);
    bytes
}
