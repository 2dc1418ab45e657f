//! A guest's linear memory, read and written with every pointer checked: out of bounds is `EFAULT`.

use std::ops::Range;

use crate::limits::{PATH_BYTES_MAX, TRANSFER_BYTES_MAX};
use crate::machine::{Errno, Result};

/// The bytes of a linear memory.
pub struct GuestMemory<'a>(pub &'a mut [u8]);

/// A piece of guest memory named by the guest, as in `iovec`.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    pub pointer: u32,
    pub length: u32,
}

/// Bytes of an `iovec` in guest memory.
const IOVEC_BYTES: u32 = 8;

/// Most pieces one read or write may name: Linux's `IOV_MAX`.
const PIECES_MAX: u32 = 1024;

impl GuestMemory<'_> {
    pub fn bytes(&self, pointer: u32, length: u32) -> Result<&[u8]> {
        self.0.get(range(pointer, length)).ok_or(Errno::Fault)
    }

    pub fn bytes_mut(&mut self, pointer: u32, length: u32) -> Result<&mut [u8]> {
        self.0.get_mut(range(pointer, length)).ok_or(Errno::Fault)
    }

    /// A path; longer than any path may be is `ENAMETOOLONG` before it is read.
    pub fn path(&self, pointer: u32, length: u32) -> Result<&[u8]> {
        let bytes = self.bytes(pointer, length)?;
        if bytes.len() >= PATH_BYTES_MAX {
            return Err(Errno::NameTooLong);
        }
        Ok(bytes)
    }

    pub fn write(&mut self, pointer: u32, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).map_err(|_| Errno::Fault)?;
        self.bytes_mut(pointer, length)?.copy_from_slice(bytes);
        Ok(())
    }

    pub fn write_u32(&mut self, pointer: u32, value: u32) -> Result<()> {
        self.write(pointer, &value.to_le_bytes())
    }

    pub fn write_u64(&mut self, pointer: u32, value: u64) -> Result<()> {
        self.write(pointer, &value.to_le_bytes())
    }

    /// The pieces of an `iovec` array. Every piece is checked before any is used, so that a bad one leaves nothing half done.
    pub fn pieces(&self, pointer: u32, count: u32) -> Result<impl Iterator<Item = Piece> + use<>> {
        if count > PIECES_MAX {
            return Err(Errno::Invalid);
        }
        let array = self.bytes(pointer, count * IOVEC_BYTES)?;
        let pieces: Vec<Piece> = array
            .chunks_exact(IOVEC_BYTES as usize)
            .map(|entry| Piece {
                pointer: u32_at(entry, 0),
                length: u32_at(entry, 4),
            })
            .collect();
        for piece in &pieces {
            self.bytes(piece.pointer, piece.length)?;
        }
        let total: u64 = pieces.iter().map(|piece| u64::from(piece.length)).sum();
        if total > i32::MAX as u64 {
            return Err(Errno::Invalid);
        }
        Ok(pieces.into_iter())
    }

    /// An array of structures the guest built: `count` times `size` bytes, bounded.
    pub fn array(&self, pointer: u32, count: u32, size: u32) -> Result<&[u8]> {
        let length = count.checked_mul(size).ok_or(Errno::Invalid)?;
        if length as usize > TRANSFER_BYTES_MAX {
            return Err(Errno::Invalid);
        }
        self.bytes(pointer, length)
    }
}

fn range(pointer: u32, length: u32) -> Range<usize> {
    let start = pointer as usize;
    start..start.saturating_add(length as usize)
}

/// The little-endian number at an offset of a structure that is long enough.
pub fn u16_at(structure: &[u8], offset: usize) -> u16 {
    u16::from_le_bytes([structure[offset], structure[offset + 1]])
}

/// The little-endian number at an offset of a structure that is long enough.
pub fn u32_at(structure: &[u8], offset: usize) -> u32 {
    u32::from(u16_at(structure, offset)) | u32::from(u16_at(structure, offset + 2)) << 16
}

/// The little-endian number at an offset of a structure that is long enough.
pub fn u64_at(structure: &[u8], offset: usize) -> u64 {
    u64::from(u32_at(structure, offset)) | u64::from(u32_at(structure, offset + 4)) << 32
}
