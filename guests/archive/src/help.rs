//! How each command is used.

use gnu::help::Package;

/// What `--help` and `--version` print.
pub static PACKAGE: Package = Package {
    name: "isobox archive",
    version: env!("CARGO_PKG_VERSION"),
    usages: &[
        (
            "bzip2",
            "[OPTION]... [FILE]...\nCompress or uncompress FILEs by sorting blocks.",
        ),
        (
            "gzip",
            "[OPTION]... [FILE]...\nCompress or uncompress FILEs (by default, compress FILES in-place).",
        ),
        (
            "tar",
            "[OPTION...] [FILE]...\nSave many files together into a single archive, and restore individual files from it.\n\nExamples:\n  tar -cf archive.tar foo bar  # Create archive.tar from files foo and bar.\n  tar -tvf archive.tar         # List all files in archive.tar verbosely.\n  tar -xf archive.tar          # Extract all files from archive.tar.",
        ),
        (
            "xz",
            "[OPTION]... [FILE]...\nCompress or decompress FILEs in the .xz format.",
        ),
        (
            "zstd",
            "[OPTION]... [FILE]...\nCompress or decompress FILEs in the .zst format.",
        ),
    ],
};
