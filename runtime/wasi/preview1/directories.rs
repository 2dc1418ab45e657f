//! Listing directories: `.`, `..`, then the names in the order of their bytes.

use super::descriptors::{filetype, filetype_of};
use super::{Call, rights};
use crate::machine::fs::{Entries, InodeNumber};
use crate::machine::{Errno, Object, Result};
use crate::wasi::call::Answer;

/// Bytes of a directory entry before its name.
const HEADER_BYTES: usize = 24;

/// Fills the buffer with entries from a cookie on. Cookies are positions in the listing as it was when it was begun with
/// cookie 0, so entries that are removed meanwhile are left out and shift no other.
pub fn fd_readdir(
    call: &mut Call<'_>,
    fd: u32,
    buffer: u32,
    buffer_len: u32,
    cookie: u64,
    used: u32,
) -> Answer {
    let directory = call.directory(fd, rights::FD_READDIR)?;
    call.machine.tree.check_list(directory)?;
    call.memory.bytes(buffer, buffer_len)?;
    let listing = listing(call, fd, directory, cookie == 0)?;
    let mut filled = 0;
    let mut position = cookie;
    while filled < buffer_len {
        let Some(entry) = entry_at(call, &listing, directory, position)? else {
            break;
        };
        position += 1;
        match entry {
            Some(bytes) => {
                let length = bytes.len().min((buffer_len - filled) as usize);
                call.memory.write(buffer + filled, &bytes[..length])?;
                filled += length as u32;
            }
            // Looking past what is gone is paid for as if it were there, so that fuel bounds it.
            None => call.moved += HEADER_BYTES as u64,
        }
    }
    call.moved += u64::from(filled);
    call.memory.write_u32(used, filled)?;
    Ok(())
}

/// The entries as the descriptor keeps them for this listing.
fn listing(call: &mut Call<'_>, fd: u32, directory: InodeNumber, begin: bool) -> Result<Entries> {
    let now = call.machine.tree.entries(directory)?.clone();
    match &mut call.open_file_mut(fd, rights::FD_READDIR)?.object {
        Object::Directory { listing, .. } => {
            if begin {
                *listing = Some(now.clone());
            }
            Ok(listing.get_or_insert(now).clone())
        }
        _ => Err(Errno::NotDirectory),
    }
}

/// The encoded entry at a position: none past the end, an empty one where the name is gone by now.
fn entry_at(
    call: &Call<'_>,
    listing: &Entries,
    directory: InodeNumber,
    position: u64,
) -> Result<Option<Option<Vec<u8>>>> {
    let tree = &call.machine.tree;
    let next = position.saturating_add(1);
    if position == 0 {
        return Ok(Some(Some(encode(
            next,
            directory,
            filetype::DIRECTORY,
            b".",
        ))));
    }
    if position == 1 {
        let parent = tree.parent(directory).unwrap_or(directory);
        return Ok(Some(Some(encode(next, parent, filetype::DIRECTORY, b".."))));
    }
    let index = usize::try_from(position - 2).unwrap_or(usize::MAX);
    let Some((name, inode)) = listing.nth(index) else {
        return Ok(None);
    };
    if tree.entries(directory)?.get(name) != Some(inode) {
        return Ok(Some(None));
    }
    let kind = filetype_of(tree.stat(inode)?.file_type);
    Ok(Some(Some(encode(next, inode, kind, name))))
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
