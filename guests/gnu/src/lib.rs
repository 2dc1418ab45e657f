//! What our own versions of GNU's tools share: options, quoting, modes, help, and GNU's words for what is wrong.

use isobox_guest::Arguments;

pub mod decimal;
pub mod getopt;
pub mod glob;
pub mod help;
pub mod locale;
pub mod mode;
pub mod quote;
pub mod scan;
pub mod stream;
pub mod time;

/// The words after the command's own name. Paths and arguments of a machine are UTF-8.
pub fn words(arguments: Arguments) -> impl Iterator<Item = String> {
    arguments
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
}
