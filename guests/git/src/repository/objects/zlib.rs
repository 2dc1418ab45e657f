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

pub fn pack(data: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(data, LEVEL)
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
