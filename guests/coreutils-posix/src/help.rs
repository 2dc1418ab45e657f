//! `--help` and `--version`.

use crate::getopt::Parsed;

/// What each command does with its words.
const USAGES: &[(&str, &str)] = &[
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

/// Prints the help or the version when it is asked for, and then answers the status to end with.
pub fn answered(command: &str, parsed: &Parsed) -> Option<i32> {
    if parsed.has("help") {
        print(command);
    } else if parsed.has("version") {
        println!("{command} (isobox coreutils) {}", env!("CARGO_PKG_VERSION"));
    } else {
        return None;
    }
    Some(0)
}

/// Prints how `command` is used.
pub fn print(command: &str) {
    let usage = USAGES
        .iter()
        .find(|(name, _)| *name == command)
        .map_or("", |(_, usage)| usage);
    println!("Usage: {command} {usage}");
}

/// The message of a command line that lacks something, and its status.
pub fn wrong(command: &str, message: &str) -> i32 {
    eprintln!("{command}: {message}\nTry '{command} --help' for more information.");
    1
}
