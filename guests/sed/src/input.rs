//! The lines of the files, one file after the other.

use crate::output::Outputs;
use crate::{BAD_INPUT, Options, PANIC};
use gnu::scan;
use gnu::stream::read_behind;
use isobox_guest::{mode, plain};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::mem::ManuallyDrop;
use std::path::Path;

const PIECE: usize = 64 << 10;

/// An open file; standard input stays open.
pub enum Source {
    Standard(ManuallyDrop<File>),
    File(File),
}

/// Lines of one file.
pub struct Lines {
    source: Source,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Lines {
    pub fn new(source: Source) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            at: 0,
            ended: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let file = match &self.source {
            Source::Standard(file) => &**file,
            Source::File(file) => file,
        };
        let room = PIECE.max(self.buffer.len());
        self.ended = read_behind(file, &mut self.buffer, room)? == 0;
        Ok(())
    }

    /// Whether nothing more comes.
    fn is_done(&mut self) -> io::Result<bool> {
        while self.at == self.buffer.len() && !self.ended {
            self.fill()?;
        }
        Ok(self.at == self.buffer.len())
    }

    /// Adds the next line to `line`; answers whether it had its end, or nothing when there is no line.
    pub fn read(&mut self, end: u8, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(length) = scan::find(end, &rest[searched..]) {
                let length = searched + length;
                line.extend_from_slice(&rest[..length]);
                self.at += length + 1;
                return Ok(Some(true));
            }
            if self.ended {
                if rest.is_empty() {
                    return Ok(None);
                }
                line.extend_from_slice(rest);
                self.at = self.buffer.len();
                return Ok(Some(false));
            }
            searched = rest.len();
            self.fill()?;
        }
    }

    /// How much was read too much.
    fn unread(&self) -> usize {
        self.buffer.len() - self.at
    }
}

/// A file that is edited: its name, where the new content is, and the name of the copy of the old.
struct Edit {
    name: String,
    temporary: String,
    mode: u32,
}

pub struct Input<'a> {
    options: &'a Options,
    names: VecDeque<String>,
    current: Option<Lines>,
    edit: Option<Edit>,
    /// The name of the current file.
    pub name: String,
    pub line_number: u64,
    /// Something could not be read.
    pub status: i32,
    /// A new file began whose lines are counted from 1.
    pub began_anew: bool,
    any_file: bool,
}

impl<'a> Input<'a> {
    pub fn new(options: &'a Options, operands: Vec<String>) -> Self {
        let mut names: VecDeque<String> = operands.into();
        if names.is_empty() {
            names.push_back("-".to_owned());
        }
        Self {
            options,
            names,
            current: None,
            edit: None,
            name: "-".to_owned(),
            line_number: 0,
            status: 0,
            began_anew: false,
            any_file: false,
        }
    }

    /// Whether no file was named.
    pub fn is_without_files(&self) -> bool {
        self.names.len() == 1 && self.names[0] == "-"
    }

    /// Adds the next line to `line`; whether it had its end, or nothing when there is none.
    pub fn read(&mut self, line: &mut Vec<u8>, outputs: &mut Outputs) -> Result<Option<bool>, i32> {
        loop {
            if self.current.is_none() && !self.open_next(outputs)? {
                return Ok(None);
            }
            if let Some(lines) = &mut self.current {
                match lines.read(self.options.end, line) {
                    Ok(Some(ended)) => {
                        self.line_number += 1;
                        return Ok(Some(ended));
                    }
                    Ok(None) => self.close(outputs)?,
                    Err(error) => return Err(self.read_error(&error)),
                }
            }
        }
    }

    fn read_error(&self, error: &io::Error) -> i32 {
        eprintln!("sed: read error on {}: {}", self.name, plain(error));
        PANIC
    }

    /// Whether the current line is the last one.
    pub fn is_last(&mut self, outputs: &mut Outputs) -> Result<bool, i32> {
        loop {
            if let Some(lines) = &mut self.current {
                match lines.is_done() {
                    Ok(false) => return Ok(false),
                    Ok(true) if self.options.separate => return Ok(true),
                    Ok(true) => {}
                    Err(error) => return Err(self.read_error(&error)),
                }
            }
            if self.names.is_empty() {
                return Ok(true);
            }
            // The files in between may be empty or missing.
            let name = std::mem::take(&mut self.name);
            self.close(outputs)?;
            let opened = self.open_next(outputs)?;
            if !opened {
                self.name = name;
                return Ok(true);
            }
        }
    }

    /// Whether no line at all follows, in any file.
    pub fn is_over(&mut self, outputs: &mut Outputs) -> Result<bool, i32> {
        if !self.options.separate {
            return self.is_last(outputs);
        }
        match &mut self.current {
            Some(lines) => {
                let done = lines.is_done().map_err(|error| plain(&error));
                Ok(done.unwrap_or(true) && self.names.is_empty())
            }
            None => Ok(self.names.is_empty()),
        }
    }

    fn open_next(&mut self, outputs: &mut Outputs) -> Result<bool, i32> {
        while let Some(name) = self.names.pop_front() {
            let opened = match (&self.options.in_place, name.as_str()) {
                (None, "-") => Some(Lines::new(Source::Standard(gnu::stream::stdin()))),
                (Some(_), "-") => {
                    eprintln!("sed: couldn't edit -: not a regular file");
                    self.status = PANIC;
                    None
                }
                _ => self.open(&name, outputs)?,
            };
            if let Some(lines) = opened {
                self.current = Some(lines);
                self.name = name;
                if self.options.separate {
                    self.line_number = 0;
                    self.began_anew = self.any_file;
                }
                self.any_file = true;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn open(&mut self, name: &str, outputs: &mut Outputs) -> Result<Option<Lines>, i32> {
        let cannot_read = |error: &io::Error| {
            eprintln!("sed: can't read {name}: {}", plain(error));
            BAD_INPUT
        };
        let metadata = match std::fs::metadata(name) {
            Ok(metadata) => metadata,
            Err(error) => {
                self.status = cannot_read(&error);
                return Ok(None);
            }
        };
        if self.options.in_place.is_some() && !metadata.is_file() {
            eprintln!("sed: couldn't edit {name}: not a regular file");
            self.status = PANIC;
            return Ok(None);
        }
        if metadata.is_dir() {
            eprintln!("sed: read error on {name}: Is a directory");
            self.status = PANIC;
            return Ok(None);
        }
        let file = match File::open(name) {
            Ok(file) => file,
            Err(error) => {
                self.status = cannot_read(&error);
                return Ok(None);
            }
        };
        if self.options.in_place.is_some() {
            self.begin_edit(name, outputs)?;
        }
        Ok(Some(Lines::new(Source::File(file))))
    }

    fn begin_edit(&mut self, name: &str, outputs: &mut Outputs) -> Result<(), i32> {
        let target = match self.options.follow_links {
            true => std::fs::canonicalize(name)
                .map_or(name.to_owned(), |path| path.to_string_lossy().into_owned()),
            false => name.to_owned(),
        };
        let folder = target.rfind('/').map_or("", |at| &target[..=at]).to_owned();
        let (file, temporary) = (0_u32..)
            .map(|number| format!("{folder}sed{number:06}"))
            .find_map(|path| match File::create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
                result => Some((result, path)),
            })
            .unwrap_or_else(|| {
                (
                    Err(io::Error::from(io::ErrorKind::AlreadyExists)),
                    String::new(),
                )
            });
        match file {
            Ok(file) => {
                self.edit = Some(Edit {
                    mode: mode::get(Path::new(&target), true).unwrap_or(0o644),
                    name: target,
                    temporary: temporary.clone(),
                });
                outputs.begin_in_place(file, temporary);
                Ok(())
            }
            Err(error) => {
                eprintln!(
                    "sed: couldn't open temporary file {temporary}: {}",
                    plain(&error)
                );
                Err(PANIC)
            }
        }
    }

    /// Ends the current file; the edited one takes its place.
    pub fn close(&mut self, outputs: &mut Outputs) -> Result<(), i32> {
        self.current = None;
        let Some(edit) = self.edit.take() else {
            return Ok(());
        };
        outputs.end_in_place()?;
        let _ = mode::set(Path::new(&edit.temporary), true, edit.mode);
        let suffix = self.options.in_place.as_deref().unwrap_or_default();
        if !suffix.is_empty() {
            rename(&edit.name, &backup_name(&edit.name, suffix))?;
        }
        rename(&edit.temporary, &edit.name)
    }

    /// Ends before the files do; gives back what was read too much of standard input.
    pub fn finish(&mut self, outputs: &mut Outputs) -> Result<(), i32> {
        if let (Some(lines), "-") = (&self.current, self.name.as_str()) {
            let unread = i64::try_from(lines.unread()).unwrap_or(0);
            let _ = gnu::stream::stdin().seek(SeekFrom::Current(-unread));
        }
        self.close(outputs)
    }
}

/// The suffix behind the name, or in it the name's last component in place of each star.
fn backup_name(name: &str, suffix: &str) -> String {
    let (folder, base) = name
        .rfind('/')
        .map_or(("", name), |at| name.split_at(at + 1));
    match suffix.contains('*') {
        false => format!("{name}{suffix}"),
        true => {
            let backup = suffix.replace('*', base);
            match backup.contains('/') {
                true => backup,
                false => format!("{folder}{backup}"),
            }
        }
    }
}

fn rename(from: &str, to: &str) -> Result<(), i32> {
    std::fs::rename(from, to).map_err(|error| {
        eprintln!("sed: cannot rename {from}: {}", plain(&error));
        PANIC
    })
}
