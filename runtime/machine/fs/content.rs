//! The bytes of one file: 64 KiB chunks that snapshots share, holes that cost nothing.

use std::sync::OnceLock;

use super::sparse::{Merkle, Sparse};
use crate::digest::{Digest, Fields};

/// Bytes in a chunk: large enough that a file of a megabyte is sixteen, small enough to copy for one write.
pub const CHUNK_BYTES: usize = 64 << 10;

/// The content of a regular file; cloning it is O(1).
#[derive(Clone, Debug, Default)]
pub struct Content {
    size: u64,
    chunks: Sparse<Chunk>,
}

/// A chunk's bytes up to the last one written; zeros follow.
#[derive(Clone, Debug, Default)]
struct Chunk {
    bytes: Vec<u8>,
    digest: OnceLock<Digest>,
}

impl Content {
    /// The apparent size, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Copies out what stands at `offset`; returns how many bytes, fewer than asked only at the end of the file.
    pub fn read(&self, offset: u64, buffer: &mut [u8]) -> usize {
        let available = self.size.saturating_sub(offset).min(buffer.len() as u64) as usize;
        let mut done = 0;
        while done < available {
            let (index, start) = locate(offset + done as u64);
            let wanted = (available - done).min(CHUNK_BYTES - start);
            let target = &mut buffer[done..done + wanted];
            let stored = self.chunks.get(index).map_or(&[][..], |chunk| &chunk.bytes);
            let held = stored.get(start..).unwrap_or_default();
            let copied = held.len().min(wanted);
            target[..copied].copy_from_slice(&held[..copied]);
            target[copied..].fill(0);
            done += wanted;
        }
        available
    }

    /// The whole content. For files that a caller knows to be small.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.size as usize];
        self.read(0, &mut bytes);
        bytes
    }

    /// Writes at `offset`; what lies between the old end and `offset` is a hole.
    pub fn write(&mut self, offset: u64, data: &[u8]) {
        let mut done = 0;
        while done < data.len() {
            let (index, start) = locate(offset + done as u64);
            let part = &data[done..data.len().min(done + CHUNK_BYTES - start)];
            self.chunk_mut(index).write(start, part);
            done += part.len();
        }
        if !data.is_empty() {
            self.size = self.size.max(offset + data.len() as u64);
        }
    }

    /// Cuts the content, or lets it grow by a hole.
    pub fn set_size(&mut self, size: u64) {
        if size < self.size {
            self.chunks.truncate(size.div_ceil(CHUNK_BYTES as u64));
            let (index, end) = locate(size);
            if end > 0 && self.chunks.get(index).is_some() {
                self.chunk_mut(index).bytes.truncate(end);
            }
        }
        self.size = size;
    }

    /// A digest that depends on size and bytes alone.
    pub fn digest(&self) -> Digest {
        Fields::of("isobox.content")
            .number(self.size)
            .digest(self.chunks.digest())
            .finish()
    }

    /// Where bytes are stored: (offset, length) of each chunk that is not a hole, in order.
    pub fn extents(&self) -> impl Iterator<Item = (u64, usize)> + '_ {
        let chunks = self.size.div_ceil(CHUNK_BYTES as u64);
        (0..chunks).filter_map(|index| {
            let chunk = self.chunks.get(index)?;
            Some((index * CHUNK_BYTES as u64, chunk.bytes.len()))
        })
    }

    /// A chunk for change: its digest is forgotten.
    fn chunk_mut(&mut self, index: u64) -> &mut Chunk {
        if self.chunks.get(index).is_none() {
            self.chunks.insert(index, Chunk::default());
        }
        let chunk = self
            .chunks
            .get_mut(index)
            .expect("the chunk was just made sure of");
        chunk.digest.take();
        chunk
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        let mut content = Content::default();
        content.write(0, bytes);
        content
    }
}

impl Chunk {
    fn write(&mut self, start: usize, data: &[u8]) {
        let end = start + data.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[start..end].copy_from_slice(data);
    }
}

impl Merkle for Chunk {
    /// Zeros at the end have no part in it, so a chunk of zeros is a hole.
    fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| {
            let length = self.bytes.iter().rposition(|byte| *byte != 0);
            length.map_or(Digest::NOTHING, |last| {
                Fields::of("isobox.chunk")
                    .bytes(&self.bytes[..=last])
                    .finish()
            })
        })
    }
}

fn locate(offset: u64) -> (u64, usize) {
    let chunk = CHUNK_BYTES as u64;
    (offset / chunk, (offset % chunk) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_what_a_plain_vector_would(
            steps in prop::collection::vec((0u64..300_000, 0usize..70_000, any::<u8>(), any::<bool>()), 1..12),
        ) {
            let (mut content, mut model) = (Content::default(), Vec::new());
            for (offset, length, byte, cut) in steps {
                if cut {
                    content.set_size(offset);
                    model.resize(offset as usize, 0);
                } else if length > 0 {
                    content.write(offset, &vec![byte; length]);
                    let end = offset as usize + length;
                    model.resize(model.len().max(end), 0);
                    model[offset as usize..end].fill(byte);
                }
            }
            prop_assert_eq!(content.size(), model.len() as u64);
            prop_assert_eq!(&content.to_vec(), &model);
            prop_assert_eq!(content.digest(), Content::from(&model[..]).digest());
        }
    }

    #[test]
    fn a_hole_of_gigabytes_costs_nothing_to_keep_or_to_digest() {
        let mut content = Content::default();
        content.write(10 << 30, b"x");
        assert_eq!(content.extents().count(), 1);
        assert_ne!(content.digest(), Content::default().digest());
    }
}
