//! Differences shown: as patches, statistics, names.

mod check;
mod combined;
mod filter;
mod names;
mod options;
mod options_parse;
mod patch;
mod settings;
mod stat;
mod words;

use crate::changes::{Pair, Source, detect};
use crate::failure::Outcome;

pub use check::space_error;
pub use combined::{Made, Parent, combined};
pub use names::{pretty_rename, quote};
pub use options::{Colors, Formats, Options};
pub use stat::{FileStat, shortstat, stat_lines, stats};

/// What was shown.
#[derive(Clone, Copy, Default)]
pub struct Shown {
    pub any: bool,
    /// `--check` found something.
    pub bad_space: bool,
}

/// The pairs as options want them: renames found, filtered, reversed.
///
/// # Errors
/// A file that can't be read.
pub fn select(source: &Source, pairs: Vec<Pair>, options: &Options) -> Outcome<Vec<Pair>> {
    let mut pairs = pairs;
    if let Some(prefix) = options
        .relative
        .as_deref()
        .filter(|prefix| !prefix.is_empty())
    {
        pairs.retain(|pair| pair.path().starts_with(prefix) && pair.old_path().starts_with(prefix));
    }
    if options.reverse {
        pairs = pairs.into_iter().map(Pair::reversed).collect();
    }
    if let Some(detection) = options.renames {
        pairs = detect(source, pairs, detection)?;
    } else {
        pairs.retain(|pair| pair.status != crate::changes::Status::Same);
    }
    filter::filter(source, pairs, options)
}

/// Appends all that the options ask for.
///
/// # Errors
/// A file that can't be read.
pub fn show(
    source: &Source,
    pairs: &[Pair],
    options: &Options,
    out: &mut Vec<u8>,
) -> Outcome<Shown> {
    let mut shown = Shown {
        any: !pairs.is_empty(),
        bad_space: false,
    };
    let formats = options.formats;
    let start = out.len();
    for pair in pairs {
        if formats.raw {
            names::raw(source, pair, options, out);
        } else if formats.name_status {
            names::name_status(pair, options, out);
        } else if formats.name_only {
            names::name_only(pair, options, out);
        }
        if formats.check {
            shown.bad_space |= check::check(source, pair, options, out)?;
        }
    }
    let mut separate =
        (formats.raw || formats.name_status || formats.name_only) && !pairs.is_empty();
    if (formats.stat || formats.numstat || formats.shortstat) && !pairs.is_empty() {
        let stats = stats(source, pairs, options)?;
        if formats.numstat {
            stat::numstat(&stats, options, out);
        }
        if formats.stat {
            out.extend(stat_lines(&stats, options));
            out.extend(shortstat(&stats));
        }
        if formats.shortstat && !stats.is_empty() {
            out.extend(shortstat(&stats));
        }
        separate |= !pairs.is_empty();
    }
    if formats.summary {
        let before = out.len();
        pairs
            .iter()
            .for_each(|pair| names::summary(pair, options, out));
        separate |= out.len() > before;
    }
    if formats.patch {
        if separate && out.len() > start {
            out.push(if options.nul && !formats.stat {
                0
            } else {
                b'\n'
            });
        }
        for pair in pairs {
            patch::patch(source, pair, options, out)?;
        }
    }
    Ok(shown)
}

/// Whether some pair differs in what counts: with white space ignored, not every one does.
///
/// # Errors
/// A file that can't be read.
pub fn differs(source: &Source, pairs: &[Pair], options: &Options) -> Outcome<bool> {
    if !options.comparison.whitespace.any() && !options.comparison.blank_lines {
        return Ok(!pairs.is_empty());
    }
    for pair in pairs {
        let mut text = Vec::new();
        patch::patch(source, pair, options, &mut text)?;
        if !text.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
