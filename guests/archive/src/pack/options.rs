//! The options that these tools share.

use crate::codec::Codec;
use crate::help::PACKAGE;
use gnu::getopt::{Order, Spec, Takes, read as getopt};
use isobox_guest::Arguments;

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("c", "stdout", Nothing),
    Spec("", "to-stdout", Nothing),
    Spec("d", "decompress", Nothing),
    Spec("", "uncompress", Nothing),
    Spec("z", "compress", Nothing),
    Spec("f", "force", Nothing),
    Spec("k", "keep", Nothing),
    Spec("l", "list", Nothing),
    Spec("n", "no-name", Nothing),
    Spec("N", "name", Nothing),
    Spec("q", "quiet", Nothing),
    Spec("r", "recursive", Nothing),
    Spec("S", "suffix", Value),
    Spec("t", "test", Nothing),
    Spec("v", "verbose", Nothing),
    Spec("1", "fast", Nothing),
    Spec("2", "", Nothing),
    Spec("3", "", Nothing),
    Spec("4", "", Nothing),
    Spec("5", "", Nothing),
    Spec("6", "", Nothing),
    Spec("7", "", Nothing),
    Spec("8", "", Nothing),
    Spec("9", "best", Nothing),
    Spec("0", "", Nothing),
    Spec("e", "extreme", Nothing),
    Spec("T", "threads", Value),
    Spec("o", "", Value),
    Spec("", "rm", Nothing),
    Spec("h", "help", Nothing),
    Spec("V", "version", Nothing),
];

/// What is done with each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Pack,
    Unpack,
    /// Unpack to standard output.
    Show,
}

/// What was asked for.
pub struct Options {
    pub codec: Codec,
    pub name: &'static str,
    pub unpack: bool,
    pub to_output: bool,
    pub output: Option<String>,
    pub test: bool,
    pub list: bool,
    pub force: bool,
    pub keep: bool,
    pub quiet: bool,
    pub verbose: bool,
    pub recursive: bool,
    pub no_name: bool,
    pub suffix: String,
    pub level: u32,
    pub files: Vec<String>,
}

/// Reads the command line; otherwise answers the status to end with.
pub fn read(
    codec: Codec,
    name: &'static str,
    manner: Manner,
    arguments: Arguments,
) -> Result<Options, i32> {
    let parsed = match getopt(gnu::words(arguments), SPECS, Order::Permute) {
        Ok(parsed) => parsed,
        Err(message) => {
            match codec {
                Codec::Xz => eprintln!(
                    "{name}: {message}\n{name}: Try `{name} --help' for more information."
                ),
                _ => eprintln!("{name}: {message}\nTry `{name} --help' for more information."),
            }
            return Err(1);
        }
    };
    if let Some(status) = PACKAGE.answered(codec.tool(), &parsed) {
        return Err(status);
    }
    // What one of the tools doesn't have, it doesn't know.
    let foreign: &[&str] = match codec {
        Codec::Gzip => &["e", "T", "o", "rm", "z", "0"],
        Codec::Bzip2 => &[
            "e",
            "T",
            "o",
            "rm",
            "list",
            "recursive",
            "suffix",
            "no-name",
            "name",
            "0",
        ],
        Codec::Xz => &["o", "rm", "recursive", "no-name", "name"],
        Codec::Zstd => &["suffix", "no-name", "name", "e"],
    };
    if let Some((key, _)) = parsed.options.iter().find(|(key, _)| foreign.contains(key)) {
        let message = match key.len() {
            1 => format!("invalid option -- '{key}'"),
            _ => format!("unrecognized option '--{key}'"),
        };
        eprintln!("{name}: {message}\nTry `{name} --help' for more information.");
        return Err(1);
    }
    let has = |key: &str| parsed.has(key);
    let mut level = if codec == Codec::Bzip2 { 9 } else { 6 };
    for (key, _) in &parsed.options {
        level = match *key {
            "fast" => 1,
            "best" => 9,
            key => key.parse().unwrap_or(level),
        };
    }
    let mut unpack = manner != Manner::Pack;
    for (key, _) in &parsed.options {
        match *key {
            "decompress" | "uncompress" => unpack = true,
            "compress" => unpack = false,
            _ => {}
        }
    }
    let default = match codec {
        Codec::Gzip => ".gz",
        Codec::Bzip2 => ".bz2",
        Codec::Xz => ".xz",
        Codec::Zstd => ".zst",
    };
    Ok(Options {
        codec,
        name,
        unpack: unpack || has("test") || has("list"),
        to_output: has("stdout") || has("to-stdout") || manner == Manner::Show,
        output: parsed.value("o").map(str::to_owned),
        test: has("test"),
        list: has("list"),
        force: has("force"),
        keep: has("keep") || (codec == Codec::Zstd && !has("rm")),
        quiet: has("quiet"),
        verbose: has("verbose"),
        recursive: has("recursive"),
        no_name: has("no-name"),
        suffix: parsed.value("suffix").unwrap_or(default).to_owned(),
        level,
        files: parsed.operands,
    })
}
