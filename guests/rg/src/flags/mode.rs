//! What is made of the files, and what else there is.

use super::flag::Flag;
use crate::options::Mode;

pub const FLAGS: &[Flag] = &[
    Flag::switch(
        "count",
        "Count the lines that match in each file.",
        |o, _| {
            o.mode = Mode::Count;
        },
    )
    .letter('c'),
    Flag::switch(
        "count-matches",
        "Count the matches in each file.",
        |o, _| {
            o.mode = Mode::CountMatches;
        },
    ),
    Flag::switch(
        "files-with-matches",
        "Name the files that match.",
        |o, _| {
            o.mode = Mode::FilesWithMatches;
        },
    )
    .letter('l'),
    Flag::switch(
        "files-without-match",
        "Name the files that do not match.",
        |o, _| {
            o.mode = Mode::FilesWithoutMatch;
        },
    ),
    Flag::switch(
        "json",
        "Show matches as lines of JSON.",
        |o, yes| match yes {
            true => o.mode = Mode::Json,
            false if o.mode == Mode::Json => o.mode = Mode::Standard,
            false => {}
        },
    )
    .not("no-json"),
    Flag::switch("files", "Name the files that would be searched.", |o, _| {
        o.mode = Mode::Files;
    }),
    Flag::switch("type-list", "List the types of files.", |o, _| {
        o.mode = Mode::Types;
    }),
    Flag::switch("no-config", "Read no configuration file.", |o, _| {
        o.no_config = true
    }),
    Flag::switch(
        "no-ignore-messages",
        "Say nothing of faults in ignore files.",
        |o, yes| {
            o.no_ignore_messages = yes;
        },
    )
    .not("ignore-messages"),
    Flag::switch(
        "no-messages",
        "Say nothing of files that cannot be read.",
        |o, yes| o.no_messages = yes,
    )
    .not("messages"),
    Flag::switch(
        "stats",
        "Tell how much was searched and found.",
        |o, yes| o.stats = yes,
    )
    .not("no-stats"),
];
