//! What `-h`, `--help` and `--version` print.

use crate::flags::{Flag, GROUPS};
use std::fmt::Write as _;

pub const NO_PCRE2: &str = "PCRE2 is not available in this build of ripgrep.\n";

const HEAD: &str = "\
Searches directories for lines that match a regular expression. Follows the rules
of ignore files, and leaves out hidden and binary files, if nothing else is said.

USAGE:
  rg [OPTIONS] PATTERN [PATH ...]
";

const FOOT: &str = "
What ripgrep has beyond these is left out: --pre and --search-zip, hyperlinks,
--debug, --trace and --generate. There is one thread.
";

pub fn version() -> String {
    format!("{}\n\nfeatures:-pcre2\n\n{NO_PCRE2}", name())
}

pub fn short() -> String {
    let mut text = format!("{}\n\n{HEAD}", name());
    for (heading, flags) in GROUPS {
        let _ = write!(text, "\n{heading}:\n");
        for flag in flags {
            let _ = writeln!(text, "  {:<31} {}", spelled(flag), flag.help);
        }
    }
    text
}

pub fn long() -> String {
    short() + FOOT
}

fn name() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("ripgrep 15.2.0 (isobox rg {version})")
}

fn spelled(flag: &Flag) -> String {
    let mut text = String::new();
    if let Some(letter) = flag.letter {
        let _ = write!(text, "-{letter}, ");
    }
    let _ = write!(text, "--{}", flag.name);
    if let Some(value) = flag.value {
        let _ = write!(text, "={value}");
    }
    text
}
