//! How a shell begins: options, `-c`, script files, standard input, state handed over. OWNER: execute.

use isobox_guest::Arguments;

/// What every start repeats, computed when the guest is pinned. Calls no import.
pub fn freeze() {}

pub fn bash(_arguments: Arguments) -> i32 {
    todo!()
}

pub fn sh(_arguments: Arguments) -> i32 {
    todo!()
}
