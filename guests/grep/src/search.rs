//! Through one file, in buffers of whole lines, as GNU grep goes: so that it sees binary files where GNU does.

use crate::options::{Binary, List, Options};
use crate::pattern::{Matcher, Search};
use crate::print::{Head, Mark, Printer};
use gnu::scan;
use gnu::stream::read_behind;
use memchr::{memchr, memrchr};
use std::fs;
use std::io;

/// How much is read at once; GNU looks for zero bytes in pieces of this size.
const PIECE: usize = 96 << 10;

/// What a search in a file came to.
pub struct Found {
    /// How many lines were selected.
    pub lines: u64,
    /// Whether it is to be said that a binary file matches.
    pub binary: bool,
    /// Where reading would go on after the last selected line.
    pub after_last: u64,
    /// Whether the search ended before the file did.
    pub stopped: bool,
}

/// A search through one file.
pub struct File<'a, 'p> {
    options: &'a Options,
    matcher: &'a Matcher,
    printer: &'a mut Printer<'p>,
    name: Option<&'a str>,
    /// Nothing is printed but counts and names.
    quiet: bool,
    stop_at_first: bool,
    before: u64,
    after: u64,
    /// Lines that may still be selected.
    left: u64,
    /// Lines of context that are still to be printed.
    pending: u64,
    /// The number of the line at `counted`.
    line: u64,
    /// The place in the buffer up to which lines are counted.
    counted: usize,
    /// Where in the file the buffer begins.
    offset: u64,
    /// The end of what was printed last, if that is in the buffer.
    printed: Option<usize>,
    encoding_error: bool,
    after_last: u64,
    width: usize,
}

impl<'a, 'p> File<'a, 'p> {
    pub fn new(
        options: &'a Options,
        matcher: &'a Matcher,
        printer: &'a mut Printer<'p>,
        name: Option<&'a str>,
        length: Option<u64>,
    ) -> Self {
        let stop_at_first = options.quiet || options.list != List::Nothing;
        let quiet = options.count || stop_at_first;
        Self {
            options,
            matcher,
            printer,
            name,
            quiet,
            stop_at_first,
            before: if quiet {
                0
            } else {
                options.before.unwrap_or(0)
            },
            after: if quiet { 0 } else { options.after.unwrap_or(0) },
            left: options.max_count.unwrap_or(u64::MAX),
            pending: 0,
            line: 0,
            counted: 0,
            offset: 0,
            printed: None,
            encoding_error: false,
            after_last: 0,
            width: length.map_or(19, |length| (length + 1).to_string().len()),
        }
    }

    /// Searches all of a file. `used` says whether anything was printed before, by this or another file.
    pub fn search(mut self, file: &fs::File, used: &mut bool) -> io::Result<Found> {
        let was_quiet = self.quiet;
        let end = self.options.end;
        let mut buffer: Vec<u8> = Vec::new();
        // The buffer holds context, then what is still to be searched.
        let mut begin = 0;
        let mut lines = 0;
        let mut first_null: Option<u64> = None;
        let mut stopped = false;
        loop {
            let length = buffer.len();
            let ended = read_behind(file, &mut buffer, PIECE)? == 0;
            if first_null.is_none()
                && end == b'\n'
                && self.options.binary != Binary::Text
                && memchr(0, &buffer[length..]).is_some()
            {
                if self.options.binary == Binary::WithoutMatch {
                    return Ok(self.found(0, false, true));
                }
                if !self.options.count {
                    self.quiet = true;
                    self.stop_at_first = true;
                }
                first_null = Some(lines);
            }
            if first_null.is_some() {
                for byte in buffer[length..].iter_mut().filter(|byte| **byte == 0) {
                    *byte = end;
                }
            }
            if ended && buffer.len() > begin && buffer.last() != Some(&end) {
                buffer.push(end);
            }
            let limit = memrchr(end, &buffer[begin..]).map_or(begin, |at| begin + at + 1);
            if limit > begin {
                if self.left > 0 {
                    lines += self.region(&buffer, begin, limit, used);
                }
                if self.pending > 0 {
                    self.print_pending(&buffer, limit);
                }
                let no_more = self.left == 0 && self.pending == 0;
                if no_more || (self.stop_at_first && lines > first_null.unwrap_or(0)) {
                    stopped = !ended;
                    break;
                }
            }
            if ended {
                break;
            }
            begin = self.keep_context(&mut buffer, limit);
        }
        let binary = first_null.is_some_and(|before| before < lines);
        Ok(self.found(
            lines,
            !was_quiet && (binary || self.encoding_error),
            stopped,
        ))
    }

    fn found(&self, lines: u64, binary: bool, stopped: bool) -> Found {
        Found {
            lines,
            binary,
            after_last: self.after_last,
            stopped,
        }
    }

    /// Drops what is searched but for the lines before that may be printed; answers where the rest begins.
    fn keep_context(&mut self, buffer: &mut Vec<u8>, limit: usize) -> usize {
        let mut keep = limit;
        let floor = self.printed.unwrap_or(0);
        for _ in 0..self.before {
            if keep <= floor {
                break;
            }
            keep = scan::find_last(self.options.end, &buffer[..keep - 1]).map_or(0, |at| at + 1);
        }
        let keep = keep.max(floor.min(limit));
        if self.options.line_number {
            self.count_lines(buffer, keep);
        }
        self.counted = 0;
        self.printed = self
            .printed
            .filter(|printed| *printed >= keep)
            .map(|printed| printed - keep);
        self.offset += keep as u64;
        buffer.drain(..keep);
        limit - keep
    }

    /// Searches whole lines; answers how many were selected.
    fn region(&mut self, buffer: &[u8], begin: usize, limit: usize, used: &mut bool) -> u64 {
        let text = &buffer[..limit];
        let matcher = self.matcher;
        let search = matcher.search(text);
        let end = self.options.end;
        let before = self.left;
        let mut at = begin;
        while at < limit {
            let place = search.place(at).filter(|place| *place < limit);
            if place.is_none() && !self.options.invert {
                break;
            }
            let (start, stop) = match place {
                Some(place) => {
                    let back = scan::find_last(end, &text[at..place]);
                    let start = back.map_or(at, |back| at + back + 1);
                    let length = scan::find(end, &text[place..]);
                    let stop = length.map_or(limit, |length| place + length + 1);
                    (start, stop)
                }
                None => (limit, limit),
            };
            if self.options.invert {
                if at < start {
                    self.select(&search, text, at, start, used);
                }
            } else {
                self.select(&search, text, start, stop, used);
            }
            let selected = before - self.left;
            if self.left == 0 || (self.stop_at_first && selected > 0) {
                break;
            }
            at = stop;
        }
        before - self.left
    }

    /// Counts and prints lines: one that matches, or all between two that do.
    fn select(
        &mut self,
        search: &Search<'_>,
        text: &[u8],
        start: usize,
        stop: usize,
        used: &mut bool,
    ) {
        if self.quiet && !self.options.invert {
            self.left -= 1;
            self.after_last = self.offset + stop as u64;
            *used = true;
            return;
        }
        if !self.quiet && self.pending > 0 {
            self.printed.get_or_insert(0);
            self.print_pending(text, start);
        }
        if !self.quiet {
            self.print_before(text, start, *used);
        }
        let mut at = start;
        while at < stop && self.left > 0 {
            let next =
                scan::find(self.options.end, &text[at..]).map_or(stop, |length| at + length + 1);
            if !self.quiet {
                self.print_line(Some(search), text, at, next, Mark::Selected);
            }
            self.left -= 1;
            at = next;
        }
        self.after_last = self.offset + at as u64;
        self.pending = if self.quiet { 0 } else { self.after };
        *used = true;
    }

    fn print_pending(&mut self, text: &[u8], limit: usize) {
        let mut at = self.printed.unwrap_or(limit);
        while self.pending > 0 && at < limit {
            let next =
                scan::find(self.options.end, &text[at..]).map_or(limit, |length| at + length + 1);
            self.pending -= 1;
            self.print_line(None, text, at, next, Mark::Context);
            at = next;
        }
    }

    /// The lines before a selected one, and what separates them from what was printed.
    fn print_before(&mut self, text: &[u8], start: usize, used: bool) {
        let floor = self.printed.unwrap_or(0);
        let mut at = start;
        for _ in 0..self.before {
            if at <= floor {
                break;
            }
            at = scan::find_last(self.options.end, &text[..at - 1]).map_or(0, |back| back + 1);
        }
        at = at.max(floor.min(start));
        let has_context = self.options.before.is_some() || self.options.after.is_some();
        if has_context && used && self.printed != Some(at) {
            self.printer.group_separator();
        }
        while at < start {
            let next =
                scan::find(self.options.end, &text[at..]).map_or(start, |length| at + length + 1);
            self.print_line(None, text, at, next, Mark::Context);
            at = next;
        }
    }

    fn print_line(
        &mut self,
        search: Option<&Search<'_>>,
        text: &[u8],
        start: usize,
        stop: usize,
        mark: Mark,
    ) {
        let line = &text[start..stop];
        let is_checked = self.options.binary != Binary::Text && self.options.utf8;
        if is_checked && !self.options.only_matching && !is_text(line) {
            self.encoding_error = self.options.binary == Binary::Mention;
            return;
        }
        self.printed = Some(stop);
        let number = self.options.line_number.then(|| {
            self.count_lines(text, start);
            self.line + 1
        });
        let head = Head {
            name: self.name,
            number,
            offset: self
                .options
                .byte_offset
                .then_some(self.offset + start as u64),
            width: self.width,
        };
        let body = stop - usize::from(line.last() == Some(&self.options.end));
        // Context of `-v` matches too, and shows where.
        let owned;
        let search = match search {
            Some(search) => Some(search),
            None if self.options.invert && (self.options.color || self.options.only_matching) => {
                owned = self.matcher.search(text);
                Some(&owned)
            }
            None => None,
        };
        let mut errors = false;
        self.printer.line(&head, mark, line, |mut at| {
            loop {
                let (from, to) = search?
                    .span(start + at, start, body)
                    .filter(|_| start + at <= body)?;
                if !is_checked || !self.options.only_matching || is_text(&text[from..to]) {
                    return Some((from - start, to - start));
                }
                errors = true;
                at = (to - start).max(at + 1);
            }
        });
        self.encoding_error |= errors && self.options.binary == Binary::Mention;
    }

    fn count_lines(&mut self, text: &[u8], to: usize) {
        if to > self.counted {
            let passed = scan::count(self.options.end, &text[self.counted..to]);
            self.line += passed as u64;
            self.counted = to;
        }
    }
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.is_ascii() || std::str::from_utf8(bytes).is_ok()
}
