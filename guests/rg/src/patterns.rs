//! The patterns of the command line and of files.

use crate::options::{Options, PatternSource};
use std::collections::BTreeSet;
use std::path::Path;

/// The patterns, each once, and whether standard input was read for them.
pub fn take(options: &mut Options) -> Result<(Vec<String>, bool), String> {
    if !options.mode.searches() {
        return Ok((Vec::new(), false));
    }
    if options.patterns.is_empty() {
        if options.positional.is_empty() {
            return Err("ripgrep requires at least one pattern to execute a search".to_owned());
        }
        let pattern = options.positional.remove(0);
        return Ok((vec![pattern.to_string_lossy().into_owned()], false));
    }
    let mut patterns = Vec::new();
    let mut from_input = false;
    for source in std::mem::take(&mut options.patterns) {
        match source {
            PatternSource::Pattern(pattern) => patterns.push(pattern),
            PatternSource::File(path) if path == Path::new("-") => {
                if from_input {
                    return Err(
                        "error reading -f/--file from stdin: stdin has already been consumed"
                            .to_owned(),
                    );
                }
                from_input = true;
                patterns
                    .extend(grep_cli::patterns_from_stdin().map_err(|error| error.to_string())?);
            }
            PatternSource::File(path) => {
                patterns
                    .extend(grep_cli::patterns_from_path(path).map_err(|error| error.to_string())?);
            }
        }
    }
    let mut seen = BTreeSet::new();
    patterns.retain(|pattern| seen.insert(pattern.clone()));
    Ok((patterns, from_input))
}
