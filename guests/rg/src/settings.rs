//! What follows from all options together.

use crate::Failure;
use crate::matcher::{self, Matcher};
use crate::messages;
use crate::options::{Binary, Context, Mode, Options, Sort, SortKey, TextEncoding, TypeChange};
use crate::paths::Paths;
use crate::patterns;
use grep_matcher::LineTerminator;
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder};
use ignore::WalkBuilder;
use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use std::path::PathBuf;

pub struct Settings {
    pub options: Options,
    pub patterns: Vec<String>,
    pub paths: Paths,
    pub with_filename: bool,
    pub heading: bool,
    pub column: bool,
    pub line_number: bool,
    /// Whether files are searched as one piece.
    pub in_one_piece: bool,
    /// The directory that the command is in.
    directory: PathBuf,
    globs: Override,
    types: Types,
}

impl Settings {
    pub fn new(mut options: Options) -> Result<Self, Failure> {
        match options.mode {
            Mode::CountMatches if options.invert_match => options.mode = Mode::Count,
            Mode::Count if options.only_matching => options.mode = Mode::CountMatches,
            _ => {}
        }
        let directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let (patterns, input_read) = patterns::take(&mut options)?;
        let paths = Paths::take(&mut options, input_read)?;
        let types = match options.type_changes[..] {
            // Building them all takes longer than a search.
            [] => Types::empty(),
            _ => types(&options)?,
        };
        let globs = globs(&options, &directory)?;
        let vimgrep = options.vimgrep;
        let column = options.column.unwrap_or(vimgrep);
        Ok(Self {
            with_filename: options.with_filename.unwrap_or(vimgrep || !paths.one_file),
            heading: options.heading == Some(true) && !vimgrep,
            column,
            line_number: options.line_number.unwrap_or(match options.mode {
                _ if options.quiet => false,
                Mode::Json => true,
                Mode::Standard => column || vimgrep,
                _ => false,
            }),
            in_one_piece: match options.mmap {
                None => paths.few_files(),
                Some(yes) => yes,
            },
            options,
            patterns,
            paths,
            directory,
            globs,
            types,
        })
    }

    /// Whether ripgrep would search with several threads. There is one here, but some messages differ.
    pub fn in_parallel(&self) -> bool {
        let one = self.options.sort.is_some() || self.paths.one_file;
        !one && self.options.threads != Some(1)
    }

    /// Whether any line can be found at all.
    pub fn can_match(&self) -> bool {
        let nothing_to_find = self.patterns.is_empty() && !self.options.invert_match;
        !nothing_to_find && self.options.max_count != Some(0)
    }

    /// Whether the first match is the answer.
    pub fn first_is_enough(&self) -> bool {
        self.options.quiet && !self.counts()
    }

    /// Whether it is counted what is searched and found.
    pub fn counts(&self) -> bool {
        self.options.mode == Mode::Json || (self.options.stats && self.options.mode.searches())
    }

    pub fn matcher(&self) -> Result<Matcher, String> {
        let as_text = self.binary(true) == BinaryDetection::none();
        matcher::build(&self.options, &self.patterns, as_text)
    }

    /// How binary files are dealt with; those that are named otherwise than those that are come upon.
    pub fn binary(&self, named: bool) -> BinaryDetection {
        match self.options.binary {
            _ if self.options.null_data => BinaryDetection::none(),
            Binary::Text => BinaryDetection::none(),
            Binary::Auto if !named => BinaryDetection::quit(0),
            _ => BinaryDetection::convert(0),
        }
    }

    pub fn searcher(&self) -> Searcher {
        let options = &self.options;
        let end = match (options.crlf, options.null_data) {
            (true, _) => LineTerminator::crlf(),
            (false, true) => LineTerminator::byte(0),
            (false, false) => LineTerminator::byte(b'\n'),
        };
        let (before, after) = options.context.lines();
        let mut builder = SearcherBuilder::new();
        builder
            .max_matches(options.max_count)
            .line_terminator(end)
            .invert_match(options.invert_match)
            .line_number(self.line_number)
            .multi_line(options.multiline)
            .stop_on_nonmatch(options.stop_on_nonmatch)
            .passthru(options.context.everything)
            .before_context(before)
            .after_context(after);
        match &options.encoding {
            TextEncoding::Auto => {}
            TextEncoding::Named(encoding) => {
                builder.encoding(Some(encoding.clone()));
            }
            TextEncoding::None => {
                builder.bom_sniffing(false);
            }
        }
        builder.build()
    }

    /// What stands between the matches of two files.
    pub fn file_separator(&self) -> Option<Vec<u8>> {
        if self.heading {
            return Some(Vec::new());
        }
        let context: Context = self.options.context;
        match context.lines() {
            (0, 0) => None,
            _ => self.options.context_separator.bytes(),
        }
    }

    /// The walk through the paths, if there are any.
    pub fn walk(&self) -> Option<WalkBuilder> {
        let options = &self.options;
        let (first, others) = self.paths.paths.split_first()?;
        let mut builder = WalkBuilder::new(first);
        for path in others {
            builder.add(path);
        }
        if !options.no_ignore_files {
            for path in &options.ignore_file {
                if let Some(error) = builder.add_ignore(path) {
                    messages::warn_of_ignore_file(&error.to_string());
                }
            }
        }
        builder
            .max_depth(options.max_depth)
            .follow_links(options.follow)
            .max_filesize(options.max_filesize)
            .threads(1)
            .skip_stdout(options.mode.searches())
            .overrides(self.globs.clone())
            .types(self.types.clone())
            .hidden(!options.hidden)
            .parents(!options.no_ignore_parent)
            .ignore(!options.no_ignore_dot)
            .git_global(!options.no_ignore_vcs && !options.no_ignore_global)
            .git_ignore(!options.no_ignore_vcs)
            .git_exclude(!options.no_ignore_vcs && !options.no_ignore_exclude)
            .require_git(!options.no_require_git)
            .ignore_case_insensitive(options.ignore_file_case_insensitive)
            .current_dir(&self.directory);
        if !options.no_ignore_dot {
            builder.add_custom_ignore_filename(".rgignore");
        }
        let by_path = Sort {
            reverse: false,
            key: SortKey::Path,
        };
        if options.sort == Some(by_path) {
            builder.sort_by_file_name(Ord::cmp);
        }
        Some(builder)
    }
}

/// The types of files, those of the command line too.
pub fn types(options: &Options) -> Result<Types, String> {
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    for change in &options.type_changes {
        match change {
            TypeChange::Clear(name) => builder.clear(name),
            TypeChange::Add(definition) => {
                let added = builder.add_def(definition);
                added.map_err(|error| error.to_string())?;
                &mut builder
            }
            TypeChange::Select(name) => builder.select(name),
            TypeChange::Negate(name) => builder.negate(name),
        };
    }
    builder.build().map_err(|error| error.to_string())
}

fn globs(options: &Options, directory: &PathBuf) -> Result<Override, String> {
    if options.globs.is_empty() && options.iglobs.is_empty() {
        return Ok(Override::empty());
    }
    let words = |error: ignore::Error| error.to_string();
    let mut builder = OverrideBuilder::new(directory);
    let any_case = options.glob_case_insensitive;
    builder.case_insensitive(any_case).map_err(words)?;
    for glob in &options.globs {
        builder.add(glob).map_err(words)?;
    }
    builder.case_insensitive(true).map_err(words)?;
    for glob in &options.iglobs {
        builder.add(glob).map_err(words)?;
    }
    builder.build().map_err(words)
}
