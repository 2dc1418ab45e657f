//! `tar`, and the tools that pack single files: `gzip`, `bzip2`, `xz`, `zstd`.

mod codec;
mod help;
mod pack;
mod tar;

isobox_guest::commands! {
    freeze: (),
    "bunzip2" => pack::bunzip2,
    "bzcat" => pack::bzcat,
    "bzip2" => pack::bzip2,
    "gunzip" => pack::gunzip,
    "gzip" => pack::gzip,
    "tar" => tar::tar,
    "unxz" => pack::unxz,
    "unzstd" => pack::unzstd,
    "xz" => pack::xz,
    "xzcat" => pack::xzcat,
    "zcat" => pack::zcat,
    "zstd" => pack::zstd,
    "zstdcat" => pack::zstdcat,
}
