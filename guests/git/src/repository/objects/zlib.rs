//! Packing and unpacking, without a promise that the packed bytes are those of zlib.

use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

/// An object may be this big, unpacked: a bomb ends here.
pub const BYTES_MAX: usize = 512 << 20;

/// Little is won by packing harder what is read once or twice.
const LEVEL: u8 = 1;

/// What is smaller than this isn't packed at all: to set up the tables would take longer than all the rest.
const SMALL: usize = 16 << 10;

pub fn pack(data: &[u8]) -> Vec<u8> {
    match data.len() < SMALL {
        true => stored(data),
        false => miniz_oxide::deflate::compress_to_vec_zlib(data, LEVEL),
    }
}

/// A stream of one block that holds the data as they are.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = data.len() as u16;
    let mut out = Vec::with_capacity(data.len() + 11);
    out.extend([0x78, 0x01, 0x01]);
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(data);
    out.extend(adler32(data).to_be_bytes());
    out
}

/// The sum that ends a stream.
fn adler32(data: &[u8]) -> u32 {
    // So many bytes can be added before the sums have to be cut.
    const RUN: usize = 5552;
    let (mut a, mut b) = (1u32, 0u32);
    for run in data.chunks(RUN) {
        for byte in run {
            a += u32::from(*byte);
            b += a;
        }
        (a, b) = (a % 65521, b % 65521);
    }
    b << 16 | a
}

/// What a whole stream holds.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    decompress_to_vec_zlib_with_limit(packed, BYTES_MAX).ok()
}

/// The `size` bytes of the stream that `packed` begins with, and the length of the stream.
pub fn unpack_sized(packed: &[u8], size: usize) -> Option<(Vec<u8>, usize)> {
    if size > BYTES_MAX {
        return None;
    }
    let mut out = vec![0; size];
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, used, written) =
        decompress(&mut DecompressorOxide::new(), packed, &mut out, 0, flags);
    (status == TINFLStatus::Done && written == size).then_some((out, used))
}
