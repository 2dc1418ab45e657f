//! `gzip`, `bzip2`, `xz` and `zstd`, and the names under which they unpack.

mod list;
mod options;
mod run;

use crate::codec::Codec;
use isobox_guest::Arguments;
use options::Manner;

fn start(codec: Codec, name: &'static str, manner: Manner, arguments: Arguments) -> i32 {
    match options::read(codec, name, manner, arguments) {
        Ok(options) => run::run(&options),
        Err(status) => status,
    }
}

pub fn gzip(arguments: Arguments) -> i32 {
    start(Codec::Gzip, "gzip", Manner::Pack, arguments)
}

pub fn gunzip(arguments: Arguments) -> i32 {
    start(Codec::Gzip, "gzip", Manner::Unpack, arguments)
}

pub fn zcat(arguments: Arguments) -> i32 {
    start(Codec::Gzip, "gzip", Manner::Show, arguments)
}

pub fn bzip2(arguments: Arguments) -> i32 {
    start(Codec::Bzip2, "bzip2", Manner::Pack, arguments)
}

pub fn bunzip2(arguments: Arguments) -> i32 {
    start(Codec::Bzip2, "bunzip2", Manner::Unpack, arguments)
}

pub fn bzcat(arguments: Arguments) -> i32 {
    start(Codec::Bzip2, "bzcat", Manner::Show, arguments)
}

pub fn xz(arguments: Arguments) -> i32 {
    start(Codec::Xz, "xz", Manner::Pack, arguments)
}

pub fn unxz(arguments: Arguments) -> i32 {
    start(Codec::Xz, "unxz", Manner::Unpack, arguments)
}

pub fn xzcat(arguments: Arguments) -> i32 {
    start(Codec::Xz, "xzcat", Manner::Show, arguments)
}

pub fn zstd(arguments: Arguments) -> i32 {
    start(Codec::Zstd, "zstd", Manner::Pack, arguments)
}

pub fn unzstd(arguments: Arguments) -> i32 {
    start(Codec::Zstd, "unzstd", Manner::Unpack, arguments)
}

pub fn zstdcat(arguments: Arguments) -> i32 {
    start(Codec::Zstd, "zstdcat", Manner::Show, arguments)
}
