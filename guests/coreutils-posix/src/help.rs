//! How each command is used.

use gnu::help::Package;

/// What `--help` and `--version` print.
pub static PACKAGE: Package = Package {
    name: "isobox coreutils",
    version: env!("CARGO_PKG_VERSION"),
    usages: USAGES,
};

/// What each command does with its words.
const USAGES: &[(&str, &str)] = &[
    (
        "cat",
        "[OPTION]... [FILE]...\nConcatenate FILE(s) to standard output.\n\nWith no FILE, or when FILE is -, read standard input.",
    ),
    (
        "chmod",
        "[OPTION]... MODE[,MODE]... FILE...\n  or:  chmod [OPTION]... OCTAL-MODE FILE...\n  or:  chmod [OPTION]... --reference=RFILE FILE...\nChange the mode of each FILE to MODE.",
    ),
    ("arch", "[OPTION]...\nPrint machine architecture."),
    (
        "dd",
        "[OPERAND]...\n  or:  dd OPTION\nCopy a file, converting and formatting according to the operands.",
    ),
    (
        "df",
        "[OPTION]... [FILE]...\nShow information about the file system on which each FILE resides.",
    ),
    (
        "dir",
        "[OPTION]... [FILE]...\nList information about the FILEs (the current directory by default).",
    ),
    (
        "du",
        "[OPTION]... [FILE]...\nSummarize device usage of the set of FILEs, recursively for directories.",
    ),
    (
        "env",
        "[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]\nSet each NAME to VALUE in the environment and run COMMAND.",
    ),
    (
        "expr",
        "EXPRESSION\nPrint the value of EXPRESSION to standard output.",
    ),
    (
        "groups",
        "[OPTION]... [USERNAME]...\nPrint group memberships for each USERNAME.",
    ),
    ("hostname", "[OPTION]\nPrint the name of the machine."),
    (
        "id",
        "[OPTION]... [USER]...\nPrint user and group information for each specified USER.",
    ),
    (
        "install",
        "[OPTION]... [-T] SOURCE DEST\n  or:  install [OPTION]... SOURCE... DIRECTORY\n  or:  install [OPTION]... -t DIRECTORY SOURCE...\n  or:  install [OPTION]... -d DIRECTORY...\nCopy files and set their modes.",
    ),
    (
        "ln",
        "[OPTION]... [-T] TARGET LINK_NAME\n  or:  ln [OPTION]... TARGET\n  or:  ln [OPTION]... TARGET... DIRECTORY\n  or:  ln [OPTION]... -t DIRECTORY TARGET...\nMake links to files.",
    ),
    ("logname", "[OPTION]\nPrint the user's login name."),
    (
        "ls",
        "[OPTION]... [FILE]...\nList information about the FILEs (the current directory by default).",
    ),
    (
        "mkdir",
        "[OPTION]... DIRECTORY...\nCreate the DIRECTORY(ies), if they do not already exist.",
    ),
    (
        "stat",
        "[OPTION]... FILE...\nDisplay file or file system status.",
    ),
    (
        "sync",
        "[OPTION] [FILE]...\nSynchronize cached writes to persistent storage.",
    ),
    (
        "tac",
        "[OPTION]... [FILE]...\nWrite each FILE to standard output, last line first.",
    ),
    ("uname", "[OPTION]...\nPrint certain system information."),
    (
        "vdir",
        "[OPTION]... [FILE]...\nList information about the FILEs (the current directory by default).",
    ),
    (
        "whoami",
        "[OPTION]...\nPrint the user name associated with the current effective user ID.",
    ),
];
