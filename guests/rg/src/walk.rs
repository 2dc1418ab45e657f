//! The files below the paths.

use crate::Failure;
use crate::messages;
use crate::options::{Sort, SortKey};
use crate::output::Output;
use crate::settings::Settings;
use grep_printer::{ColorSpecs, PathPrinterBuilder, default_color_specs};
use ignore::DirEntry;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

/// One file to search.
pub struct Haystack {
    entry: DirEntry,
    bare: bool,
}

impl Haystack {
    /// As it is shown.
    pub fn path(&self) -> &Path {
        let path = self.entry.path();
        match self.bare {
            true => path.strip_prefix("./").unwrap_or(path),
            false => path,
        }
    }

    pub fn is_stdin(&self) -> bool {
        self.entry.is_stdin()
    }

    /// It was named on the command line, so that it is searched whatever it is.
    pub fn is_named(&self) -> bool {
        self.is_stdin() || (self.entry.depth() == 0 && !self.is_directory())
    }

    fn is_directory(&self) -> bool {
        let Some(kind) = self.entry.file_type() else {
            return false;
        };
        kind.is_dir() || (self.entry.path_is_symlink() && self.entry.path().is_dir())
    }

    fn is_wanted(&self) -> bool {
        self.is_named() || self.entry.file_type().is_some_and(|kind| kind.is_file())
    }
}

/// Goes through the files, in the order of `--sort`, or else of their names.
pub fn walk(settings: &Settings) -> Box<dyn Iterator<Item = Haystack>> {
    let bare = settings.paths.implicit;
    let in_parallel = settings.in_parallel();
    let found = settings.walk().into_iter().flat_map(|walk| walk.build());
    let found = found.filter_map(move |entry| {
        let entry = entry.map_err(|error| messages::error(&words(&error, in_parallel)));
        let haystack = Haystack {
            entry: entry.ok()?,
            bare,
        };
        if let Some(error) = haystack.entry.error() {
            messages::warn_of_ignore_file(&error.to_string());
        }
        haystack.is_wanted().then_some(haystack)
    });
    match settings.options.sort {
        None => Box::new(found),
        Some(sort) => sorted(found, sort),
    }
}

/// What went wrong. The walk with several threads is another one in ripgrep, and says less.
fn words(error: &ignore::Error, in_parallel: bool) -> String {
    let text = error.to_string();
    match text.split_once(": IO error for operation on ") {
        Some((path, rest)) if in_parallel && rest.starts_with(path) => {
            format!("{path}{}", &rest[path.len()..])
        }
        _ => text,
    }
}

fn sorted(
    found: impl Iterator<Item = Haystack> + 'static,
    sort: Sort,
) -> Box<dyn Iterator<Item = Haystack>> {
    let time = |haystack: &Haystack| -> Option<SystemTime> {
        let metadata = haystack.path().metadata().ok()?;
        let time = match sort.key {
            SortKey::Accessed => metadata.accessed(),
            SortKey::Created => metadata.created(),
            SortKey::Modified | SortKey::Path => metadata.modified(),
        };
        time.ok()
    };
    let mut found: Vec<_> = match sort.key {
        // The walk is in that order.
        SortKey::Path if !sort.reverse => return Box::new(found),
        SortKey::Path => {
            let mut found: Vec<_> = found.collect();
            found.sort_by(|one, other| other.path().cmp(one.path()));
            return Box::new(found.into_iter());
        }
        _ => found.map(|haystack| (time(&haystack), haystack)).collect(),
    };
    // Files without a time come last.
    found.sort_by(|(one, _), (other, _)| {
        let order = (one.is_none(), one).cmp(&(other.is_none(), other));
        if sort.reverse { order.reverse() } else { order }
    });
    Box::new(found.into_iter().map(|(_, haystack)| haystack))
}

/// `--files`: answers whether there are any.
pub fn list(settings: &Settings) -> Result<bool, Failure> {
    let options = &settings.options;
    let mut output = Output::new(options);
    let mut printer = PathPrinterBuilder::new()
        .color_specs(colors(settings))
        .separator(options.path_separator)
        .terminator(if options.null { 0 } else { b'\n' })
        .build(&mut output);
    let mut any = false;
    for haystack in walk(settings) {
        any = true;
        if options.quiet {
            break;
        }
        printer.write(haystack.path())?;
    }
    output.flush()?;
    Ok(any)
}

pub fn colors(settings: &Settings) -> ColorSpecs {
    let mut colors = default_color_specs();
    // The crate has a colour of paths for Unix and for Windows, and none for WASI.
    colors.extend("path:fg:magenta".parse().ok());
    colors.extend(settings.options.colors.iter().cloned());
    ColorSpecs::new(&colors)
}
