//! The operands, and what is below them.

use crate::TROUBLE;
use crate::options::{Directories, List, Options};
use crate::pattern::Matcher;
use crate::print::Printer;
use crate::search::{File, Found};
use isobox_guest::{plain, stat};
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

/// Searches everything and answers the status.
pub fn walk(options: &Options, operands: &[String], matcher: Matcher) -> i32 {
    let mut walk = Walk {
        options,
        matcher,
        printer: Printer::new(options),
        used: false,
        found: false,
        trouble: false,
        done: false,
        show_name: false,
        visited: Vec::new(),
    };
    let recursive = options.directories == Directories::Recurse;
    let names = options.file_name.unwrap_or(operands.len() > 1);
    walk.show_name = names;
    if operands.is_empty() {
        match recursive {
            true => walk.operand(".", true),
            false => walk.operand("-", false),
        }
    }
    for operand in operands {
        if walk.done {
            break;
        }
        walk.operand(operand, false);
    }
    walk.finish()
}

struct Walk<'a> {
    options: &'a Options,
    matcher: Matcher,
    printer: Printer<'a>,
    /// Lines were printed, so that groups are separated.
    used: bool,
    found: bool,
    trouble: bool,
    /// `-q` has its answer.
    done: bool,
    show_name: bool,
    /// The directories above, to notice loops of links.
    visited: Vec<std::path::PathBuf>,
}

impl Walk<'_> {
    fn finish(mut self) -> i32 {
        self.printer.flush();
        if let Some(error) = &self.printer.failure {
            eprintln!("grep: write error: {}", plain(error));
            return TROUBLE;
        }
        match (self.found, self.trouble) {
            (true, true) if self.options.quiet => 0,
            (_, true) => TROUBLE,
            (found, false) => i32::from(!found),
        }
    }

    fn complain(&mut self, name: &str, error: &io::Error) {
        self.trouble = true;
        if !self.options.no_messages {
            self.printer.flush();
            eprintln!("grep: {name}: {}", plain(error));
        }
    }

    /// `bare`: the current directory, whose files are named without it.
    fn operand(&mut self, name: &str, bare: bool) {
        if name == "-" {
            self.standard_input();
            return;
        }
        let metadata = match std::fs::metadata(name) {
            Ok(metadata) => metadata,
            Err(error) => return self.complain(name, &error),
        };
        if !metadata.is_dir() {
            if self.options.globs.skips_file(name, true) {
                return;
            }
            if self.options.skip_devices == Some(true) && !metadata.is_file() {
                return;
            }
            return self.file(name);
        }
        match self.options.directories {
            Directories::Skip => {}
            _ if !bare && self.options.globs.skips_directory(name, true) => {}
            Directories::Recurse => {
                self.show_name = self.options.file_name.unwrap_or(true);
                self.below(name, bare);
            }
            Directories::Read => {
                let error = io::Error::from(io::ErrorKind::IsADirectory);
                self.directory_for_file(name, &error);
            }
        }
    }

    /// Unlike other errors this one is no trouble when something else is found.
    fn directory_for_file(&mut self, name: &str, _error: &io::Error) {
        self.trouble = true;
        if !self.options.no_messages {
            self.printer.flush();
            eprintln!("grep: {name}: Is a directory");
        }
    }

    fn directory(&mut self, name: &str, bare: bool) {
        let entries = match std::fs::read_dir(name) {
            Ok(entries) => entries,
            Err(error) => return self.complain(name, &error),
        };
        let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            if self.done {
                return;
            }
            let base = entry.file_name().to_string_lossy().into_owned();
            let path = match bare {
                true => base.clone(),
                false if name.ends_with('/') => format!("{name}{base}"),
                false => format!("{name}/{base}"),
            };
            self.entry(&path, &base);
        }
    }

    fn entry(&mut self, path: &str, base: &str) {
        let metadata = match std::fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_symlink() && !self.options.follow_links => return,
            Ok(metadata) if metadata.is_symlink() => match std::fs::metadata(path) {
                Ok(metadata) => metadata,
                Err(error) => return self.complain(path, &error),
            },
            Ok(metadata) => metadata,
            Err(error) => return self.complain(path, &error),
        };
        if metadata.is_dir() {
            if !self.options.globs.skips_directory(base, false) {
                self.below(path, false);
            }
        } else if !self.options.globs.skips_file(base, false)
            && (metadata.is_file() || self.options.skip_devices == Some(false))
        {
            self.file(path);
        }
    }

    fn below(&mut self, path: &str, bare: bool) {
        if !self.options.follow_links {
            return self.directory(path, bare);
        }
        let real = std::fs::canonicalize(path).unwrap_or_else(|_| Path::new(path).to_owned());
        if self.visited.contains(&real) || self.visited.len() > 200 {
            self.printer.flush();
            eprintln!("grep: {path}: warning: recursive directory loop");
            return;
        }
        self.visited.push(real);
        self.directory(path, bare);
        self.visited.pop();
    }

    fn standard_input(&mut self) {
        let name = self.options.label.clone();
        let name = name.as_deref().unwrap_or("(standard input)");
        let mut input = gnu::stream::stdin();
        let start = input.stream_position().ok();
        let status = stat::fstat(0).ok();
        if status
            .as_ref()
            .is_some_and(|input| is_output(self.options, input))
        {
            return self.refuse_output(name);
        }
        let is_file = status.is_some_and(|status| status.kind == stat::Kind::Regular);
        let length = input
            .metadata()
            .ok()
            .filter(|_| is_file)
            .map(|metadata| metadata.len());
        let found = self.reader(name, &input, length);
        // What follows the last line that was selected is left for others to read.
        if let (Some(start), Some(found)) = (start, found)
            && found.stopped
        {
            let _ = input.seek(SeekFrom::Start(start + found.after_last));
        }
    }

    fn file(&mut self, name: &str) {
        let file = match std::fs::File::open(name) {
            Ok(file) => file,
            Err(error) => return self.complain(name, &error),
        };
        let length = file.metadata().ok().map(|metadata| metadata.len());
        if stat::stat(Path::new(name), true).is_ok_and(|input| is_output(self.options, &input)) {
            return self.refuse_output(name);
        }
        self.reader(name, &file, length);
    }

    fn refuse_output(&mut self, name: &str) {
        self.trouble = true;
        if !self.options.no_messages {
            self.printer.flush();
            eprintln!("grep: {name}: input file is also the output");
        }
    }

    fn reader(&mut self, name: &str, file: &std::fs::File, length: Option<u64>) -> Option<Found> {
        let shown = self.show_name.then_some(name);
        let search = File::new(
            self.options,
            &self.matcher,
            &mut self.printer,
            shown,
            length,
        );
        let found = match search.search(file, &mut self.used) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                self.directory_for_file(name, &error);
                return None;
            }
            Err(error) => {
                self.complain(name, &error);
                return None;
            }
        };
        let selected = found.lines > 0;
        self.found |= selected;
        if found.binary {
            self.printer.flush();
            eprintln!("grep: {name}: binary file matches");
        }
        if self.options.quiet {
            self.done |= selected;
            return Some(found);
        }
        match self.options.list {
            List::Nothing if self.options.count => self.printer.count(shown, found.lines),
            List::Nothing => {}
            list => {
                if selected == (list == List::Matching) {
                    self.printer.listed_name(name);
                }
            }
        }
        if self.options.line_buffered {
            self.printer.flush();
        }
        Some(found)
    }
}

/// Whether a file is what standard output goes to, where reading on would find what was just written.
fn is_output(options: &Options, input: &stat::Stat) -> bool {
    let nothing_printed =
        options.quiet || options.list != List::Nothing || options.max_count == Some(1);
    !nothing_printed
        && stat::fstat(1).is_ok_and(|output| {
            output.kind == stat::Kind::Regular
                && (output.device, output.inode) == (input.device, input.inode)
        })
}
