//! How each command is used.

use gnu::help::{Package, Usage};

/// What `--help` and `--version` print.
pub static PACKAGE: Package = Package {
    name: "isobox processes",
    version: env!("CARGO_PKG_VERSION"),
    usages: USAGES,
};

const USAGES: &[Usage] = &[
    (
        "kill",
        "[-s SIGNAL | -SIGNAL] PID...\n  or:  kill -l [SIGNAL]...\n  or:  kill -L\nSend a signal to processes; TERM unless one is named.",
    ),
    (
        "mkfifo",
        "[OPTION]... NAME...\nCreate named pipes (FIFOs) with the given NAMEs.\n\n  -m, --mode=MODE    set file permission bits to MODE, not a=rw - umask",
    ),
    (
        "nice",
        "[OPTION] [COMMAND [ARG]...]\nRun COMMAND with an adjusted niceness, which has no effect in this machine.\nWith no COMMAND, print the current niceness.\n\n  -n, --adjustment=N   add integer N to the niceness (default 10)",
    ),
    (
        "nohup",
        "COMMAND [ARG]...\n  or:  nohup OPTION\nRun COMMAND, ignoring hangup signals.",
    ),
    (
        "pgrep",
        "[OPTION]... PATTERN\nList the processes whose names match PATTERN.\n\n  -a, --list-full       list process numbers and command lines\n  -c, --count           count the processes\n  -d, --delimiter=TEXT  what stands between numbers\n  -f, --full            match the whole command line\n  -i, --ignore-case     match without regard to case\n  -l, --list-name       list process numbers and names\n  -n, --newest          only the newest\n  -o, --oldest          only the oldest\n  -P, --parent=PID,...  only children of these\n  -g, --pgroup=PGID,... only of these groups\n  -v, --inverse         those that don't match\n  -x, --exact           match the whole name",
    ),
    (
        "pidof",
        "[OPTION]... NAME...\nPrint the numbers of the processes called NAME.\n\n  -s   one number only",
    ),
    (
        "pkill",
        "[-SIGNAL] [OPTION]... PATTERN\nSignal the processes whose names match PATTERN; options as pgrep's.\n\n  --signal=SIGNAL      the signal; TERM unless one is named\n  -e, --echo           say what was signalled",
    ),
    (
        "ps",
        "[OPTION]...\nShow processes.\n\n  -e, -A, ax   all processes\n  -f           full format\n  -o FORMAT    columns of one's own: pid,ppid,comm,args…\n  -p LIST      these processes\n  -C NAMES     processes of these names\n  u            user-oriented format\n  --no-headers, --sort=[-]COLUMN",
    ),
    (
        "setsid",
        "[OPTION]... COMMAND [ARG]...\nRun COMMAND in a process group of its own.\n\n  -w, --wait   wait for it and end as it does",
    ),
    (
        "timeout",
        "[OPTION] DURATION COMMAND [ARG]...\n  or:  timeout [OPTION]\nStart COMMAND, and kill it if still running after DURATION.\n\n      --preserve-status    exit with the same status as COMMAND, even when it times out\n      --foreground         leave COMMAND in the caller's process group\n  -k, --kill-after=DURATION  also send KILL if COMMAND is still running this long after\n  -s, --signal=SIGNAL      the signal to send on timeout\n  -v, --verbose            say on stderr what is sent\n\nDURATION is a decimal number with an optional suffix: s (seconds), m, h or d. 0 disables the timeout.",
    ),
];
