//! What `--help` and `--version` print.

pub const VERSION: &str = concat!(
    "GNU Awk 5.2.1 (as isobox awk ",
    env!("CARGO_PKG_VERSION"),
    " answers)\n"
);

pub const USAGE: &str = "Usage: awk [POSIX or GNU style options] -f progfile [--] file ...
Usage: awk [POSIX or GNU style options] [--] 'program' file ...
POSIX options:\t\tGNU long options: (standard)
\t-f progfile\t\t--file=progfile
\t-F fs\t\t\t--field-separator=fs
\t-v var=val\t\t--assign=var=val
Short options:\t\tGNU long options: (extensions)
\t-e 'program-text'\t--source='program-text'
\t-E file\t\t\t--exec=file
\t-h\t\t\t--help
\t-O\t\t\t--optimize
\t-r\t\t\t--re-interval
\t-s\t\t\t--no-optimize
\t-V\t\t\t--version

awk is a pattern scanning and processing language.
By default it reads standard input and writes standard output.

Examples:
\tawk '{ sum += $1 }; END { print sum }' file
\tawk -F: '{ print $1 }' /etc/passwd
";
