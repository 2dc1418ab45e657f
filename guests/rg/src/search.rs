//! The search through the files, one after the other.

use crate::Failure;
use crate::matcher::Matcher;
use crate::messages;
use crate::options::Mode;
use crate::output::Output;
use crate::settings::Settings;
use crate::summary;
use crate::walk::{self, Haystack};
use grep_printer::{
    JSON, JSONBuilder, Standard, StandardBuilder, Stats, Summary, SummaryBuilder, SummaryKind,
};
use grep_searcher::{Searcher, Sink};
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::time::Instant;

/// Files up to this size are searched as one piece where ripgrep would map them into memory.
const PIECE_MAX: u64 = 256 << 20;

/// Searches everything and answers whether anything matched.
pub fn search(settings: &Settings) -> Result<bool, Failure> {
    let started = Instant::now();
    let mut worker = Worker {
        settings,
        matcher: settings.matcher()?,
        searcher: settings.searcher(),
        printer: Printer::new(settings),
        piece: Vec::new(),
    };
    let mut total = settings.counts().then(Stats::new);
    let (mut matched, mut searched) = (false, false);
    for haystack in walk::walk(settings) {
        searched = true;
        match worker.search(&haystack) {
            Ok(found) => {
                matched |= found.matched;
                if let (Some(total), Some(stats)) = (&mut total, found.stats) {
                    *total += stats;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                messages::error(&format!("{}: {error}", haystack.path().display()));
            }
        }
        if matched && settings.first_is_enough() {
            break;
        }
    }
    if settings.paths.implicit && !searched {
        messages::error(
            "No files were searched, which means ripgrep probably applied a filter you didn't expect.\n\
             Running with --debug will show why files are being skipped.",
        );
    }
    let output = worker.printer.output();
    if let Some(total) = total {
        summary::write(settings.options.mode, &total, started.elapsed(), output)?;
    }
    match output.flush() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(matched),
        result => Ok(result.map(|()| matched)?),
    }
}

struct Worker<'a> {
    settings: &'a Settings,
    matcher: Matcher,
    searcher: Searcher,
    printer: Printer,
    /// What a file in one piece is read into.
    piece: Vec<u8>,
}

struct Found {
    matched: bool,
    stats: Option<Stats>,
}

impl Worker<'_> {
    fn search(&mut self, haystack: &Haystack) -> io::Result<Found> {
        let binary = self.settings.binary(haystack.is_named());
        self.searcher.set_binary_detection(binary);
        let path = haystack.path();
        if haystack.is_stdin() {
            return self.print(path, &Source::Reader(&gnu::stream::stdin()));
        }
        let file = File::open(path)?;
        if self.settings.in_one_piece && self.read_piece(&file)? {
            let piece = std::mem::take(&mut self.piece);
            let found = self.print(path, &Source::Piece(&piece));
            self.piece = piece;
            return found;
        }
        self.print(path, &Source::Reader(&file))
    }

    /// Reads a file that is to be searched in one piece; answers whether it is one.
    fn read_piece(&mut self, mut file: &File) -> io::Result<bool> {
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() == 0 || metadata.len() > PIECE_MAX {
            return Ok(false);
        }
        self.piece.clear();
        self.piece.reserve_exact(metadata.len() as usize);
        file.read_to_end(&mut self.piece)?;
        Ok(true)
    }

    fn print(&mut self, path: &Path, source: &Source) -> io::Result<Found> {
        let (matcher, searcher) = (&self.matcher, &mut self.searcher);
        match &mut self.printer {
            Printer::Standard(printer) => {
                let mut sink = printer.sink_with_path(matcher, path);
                source.search(matcher, searcher, &mut sink)?;
                Ok(Found {
                    matched: sink.has_match(),
                    stats: sink.stats().cloned(),
                })
            }
            Printer::Summary(printer) => {
                let mut sink = printer.sink_with_path(matcher, path);
                source.search(matcher, searcher, &mut sink)?;
                Ok(Found {
                    matched: sink.has_match(),
                    stats: sink.stats().cloned(),
                })
            }
            Printer::Json(printer) => {
                let mut sink = printer.sink_with_path(matcher, path);
                source.search(matcher, searcher, &mut sink)?;
                Ok(Found {
                    matched: sink.has_match(),
                    stats: Some(sink.stats().clone()),
                })
            }
        }
    }
}

enum Source<'a> {
    Reader(&'a File),
    Piece(&'a [u8]),
}

impl Source<'_> {
    fn search<S>(&self, matcher: &Matcher, searcher: &mut Searcher, sink: S) -> io::Result<()>
    where
        S: Sink<Error = io::Error>,
    {
        match self {
            Self::Reader(reader) => searcher.search_reader(matcher, *reader, sink),
            Self::Piece(piece) => searcher.search_slice(matcher, piece, sink),
        }
    }
}

#[allow(clippy::large_enum_variant)]
enum Printer {
    Standard(Standard<Output>),
    Summary(Summary<Output>),
    Json(JSON<Output>),
}

impl Printer {
    fn new(settings: &Settings) -> Self {
        let mode = settings.options.mode;
        let kind = match mode {
            Mode::FilesWithoutMatch if settings.options.quiet => SummaryKind::QuietWithoutMatch,
            _ if settings.options.quiet => SummaryKind::QuietWithMatch,
            Mode::FilesWithMatches => SummaryKind::PathWithMatch,
            Mode::FilesWithoutMatch => SummaryKind::PathWithoutMatch,
            Mode::Count => SummaryKind::Count,
            Mode::CountMatches => SummaryKind::CountMatches,
            Mode::Json => return Self::json(settings),
            Mode::Standard | Mode::Files | Mode::Types => return Self::standard(settings),
        };
        let options = &settings.options;
        Self::Summary(
            SummaryBuilder::new()
                .color_specs(walk::colors(settings))
                .exclude_zero(!options.include_zero)
                .kind(kind)
                .path(settings.with_filename)
                .path_terminator(options.null.then_some(0))
                .separator_path(options.path_separator)
                .stats(settings.counts())
                .build(Output::new(options)),
        )
    }

    fn json(settings: &Settings) -> Self {
        let options = &settings.options;
        let mut builder = JSONBuilder::new();
        builder.replacement(options.replace.clone());
        Self::Json(builder.build(Output::new(options)))
    }

    fn standard(settings: &Settings) -> Self {
        let options = &settings.options;
        let separator =
            |given: &Option<Vec<u8>>, usual: &[u8]| given.clone().unwrap_or(usual.to_vec());
        Self::Standard(
            StandardBuilder::new()
                .byte_offset(options.byte_offset)
                .color_specs(walk::colors(settings))
                .column(settings.column)
                .heading(settings.heading)
                .max_columns(options.max_columns)
                .max_columns_preview(options.max_columns_preview)
                .only_matching(options.only_matching)
                .path(settings.with_filename)
                .path_terminator(options.null.then_some(0))
                .per_match(options.vimgrep)
                .per_match_one_line(true)
                .replacement(options.replace.clone())
                .separator_context(options.context_separator.bytes())
                .separator_field_context(separator(&options.field_context_separator, b"-"))
                .separator_field_match(separator(&options.field_match_separator, b":"))
                .separator_path(options.path_separator)
                .separator_search(settings.file_separator())
                .stats(settings.counts())
                .trim_ascii(options.trim)
                .build(Output::new(options)),
        )
    }

    fn output(&mut self) -> &mut Output {
        match self {
            Self::Standard(printer) => printer.get_mut(),
            Self::Summary(printer) => printer.get_mut(),
            Self::Json(printer) => printer.get_mut(),
        }
    }
}
