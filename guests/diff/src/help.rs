//! How each command is used, and the words of a wrong command line.

use gnu::help::Package;

/// What `--help` and `--version` print.
pub static PACKAGE: Package = Package {
    name: "isobox diffutils",
    version: env!("CARGO_PKG_VERSION"),
    usages: &[
        (
            "cmp",
            "[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]\nCompare two files byte by byte.",
        ),
        ("diff", "[OPTION]... FILES\nCompare FILES line by line."),
        (
            "patch",
            "[OPTION]... [ORIGFILE [PATCHFILE]]\nApply a difference listing to a file.",
        ),
    ],
};

/// The message of a wrong command line, with the command's name before both lines, and its status.
pub fn wrong(command: &str, message: &str) -> i32 {
    eprintln!("{command}: {message}\n{command}: Try '{command} --help' for more information.");
    2
}
