//! Where patterns come from.

use super::flag::Flag;
use crate::options::PatternSource;

pub const FLAGS: &[Flag] = &[
    Flag::value(
        "regexp",
        "PATTERN",
        "A pattern to search for.",
        |options, value| {
            let pattern = PatternSource::Pattern(value.to_owned());
            options.patterns.push(pattern);
            Ok(())
        },
    )
    .letter('e'),
    Flag::value(
        "file",
        "PATTERNFILE",
        "Search for the patterns in a file.",
        |options, value| {
            options.patterns.push(PatternSource::File(value.into()));
            Ok(())
        },
    )
    .letter('f'),
];
