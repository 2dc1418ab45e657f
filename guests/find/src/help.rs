//! How each command is used, and how findutils quotes in a UTF-8 locale.

use gnu::help::Package;

/// What `--help` and `--version` print.
pub static PACKAGE: Package = Package {
    name: "isobox findutils",
    version: env!("CARGO_PKG_VERSION"),
    usages: &[
        (
            "find",
            "[-H] [-L] [-P] [path...] [expression]\n\nDefault path is the current directory; default expression is -print.\nOperators: ( EXPR )   ! EXPR   EXPR1 -a EXPR2   EXPR1 -o EXPR2   EXPR1 , EXPR2\nTests: -name -path -regex -type -size -mtime -mmin -newer -perm -empty -links -inum -samefile -user -group and others\nActions: -print -print0 -printf -ls -exec -execdir -delete -prune -quit",
        ),
        (
            "xargs",
            "[OPTION]... COMMAND [INITIAL-ARGS]...\nRun COMMAND with arguments INITIAL-ARGS and more arguments read from input.",
        ),
    ],
};

/// A name in a message.
pub fn quoted(name: &str) -> String {
    format!("‘{}’", gnu::quote::apply(name, gnu::quote::Style::Literal))
}
