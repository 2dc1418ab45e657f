//! `grep`: lines of files that match a regular expression, as `path:number:line`.

use std::fs;
use std::path::Path;

use isobox_guest::stat::{Kind, stat};
use regex::bytes::{Regex, RegexBuilder};

use crate::answer::{Answer, failed};
use crate::arguments::Arguments;
use crate::files::{self, FILE_BYTES_MAX};

/// Most bytes of output: the reference's number.
const OUTPUT_BYTES_MAX: usize = 100 << 10;

/// Most bytes that are shown of one line: the reference's number.
const LINE_BYTES_MAX: usize = 2000;

/// Most files that are searched: the reference's number.
const FILES_MAX: usize = 50_000;

/// Where in a file a zero byte says that it is no text: the reference's number.
const BINARY_LOOK_BYTES: usize = 512;

/// Directories that hold what others made: the reference leaves them out.
const LEFT_OUT: [&str; 2] = [".git", "node_modules"];

pub fn grep(arguments: &Arguments) -> Answer {
    let pattern = arguments.text("pattern")?;
    let path = arguments.optional_text("path")?.unwrap_or_default();
    let regex = RegexBuilder::new(pattern)
        .multi_line(true)
        .crlf(true)
        .build()
        .map_err(|error| failed(format!("grep: invalid regex: {error}")))?;
    let trouble = |words: String| failed(format!("grep: {path}: {words}"));
    let root = files::absolute(path).map_err(|error| trouble(isobox_guest::plain(&error)))?;
    let stat =
        stat(&root, true).map_err(|error| trouble(isobox_guest::plain(&error).to_lowercase()))?;
    let mut search = Search {
        regex,
        // What looks for the ends of the text, or may, has to be asked about every line.
        is_by_line: ["\\A", "\\z", "-m"]
            .iter()
            .any(|mark| pattern.contains(mark)),
        hits: String::new(),
        files: 0,
    };
    match stat.kind {
        Kind::Directory => search.directory(&root),
        Kind::Regular => search.file(&root),
        _ => return Err(trouble("not a regular file".to_owned())),
    };
    Ok(search.answer())
}

/// Whether to go on.
type GoesOn = bool;

struct Search {
    regex: Regex,
    is_by_line: bool,
    hits: String,
    files: usize,
}

impl Search {
    /// All files below a directory: its own by name, then its directories by name. Links are not followed.
    fn directory(&mut self, directory: &Path) -> GoesOn {
        let Ok(listing) = fs::read_dir(directory) else {
            return true;
        };
        let (mut names, mut directories) = (Vec::new(), Vec::new());
        for entry in listing.filter_map(Result::ok) {
            match entry.file_type() {
                Ok(kind) if kind.is_file() => names.push(entry.file_name()),
                Ok(kind) if kind.is_dir() => directories.push(entry.file_name()),
                _ => {}
            }
        }
        names.sort();
        directories.sort();
        for name in names {
            if self.files == FILES_MAX {
                self.say(&format!("[searched {FILES_MAX} files and no further]"));
                return false;
            }
            self.files += 1;
            if !self.file(&directory.join(name)) {
                return false;
            }
        }
        directories
            .iter()
            .filter(|name| !LEFT_OUT.iter().any(|left_out| name == left_out))
            .all(|name| self.directory(&directory.join(name)))
    }

    fn file(&mut self, path: &Path) -> GoesOn {
        let name = path.to_string_lossy();
        let Ok(stat) = files::regular(&name) else {
            return true;
        };
        if stat.bytes > FILE_BYTES_MAX {
            return self.say(&format!(
                "[{name} is {} bytes and was not searched]",
                stat.bytes
            ));
        }
        let Ok(content) = files::load_bytes(&name, &stat) else {
            return true;
        };
        let looked_at = &content[..content.len().min(BINARY_LOOK_BYTES)];
        match memchr::memchr(0, looked_at) {
            Some(_) => true,
            None => self.lines(&name, &content),
        }
    }

    /// A match in the text leads to a line, which then has to match by itself.
    fn lines(&mut self, name: &str, content: &[u8]) -> GoesOn {
        let (mut from, mut number, mut counted) = (0, 1, 0);
        while from < content.len() {
            let at = match self.is_by_line {
                true => from,
                false => match self.regex.find_at(content, from) {
                    Some(found) => found.start(),
                    None => return true,
                },
            };
            let start = memchr::memrchr(b'\n', &content[..at]).map_or(0, |before| before + 1);
            if start == content.len() {
                return true;
            }
            let end = memchr::memchr(b'\n', &content[start..])
                .map_or(content.len(), |length| start + length);
            number += memchr::memchr_iter(b'\n', &content[counted..start]).count();
            counted = start;
            from = end + 1;
            let line = &content[start..end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if self.regex.is_match(line) && !self.hit(name, number, line) {
                return false;
            }
        }
        true
    }

    fn hit(&mut self, name: &str, number: usize, line: &[u8]) -> GoesOn {
        let shown = &line[..line.len().min(LINE_BYTES_MAX)];
        let text = String::from_utf8_lossy(shown);
        let cut = match line.len() - shown.len() {
            0 => String::new(),
            cut => format!("[{cut} more bytes in this line]"),
        };
        self.say(&format!("{name}:{number}:{text}{cut}"))
    }

    /// Adds a line to the answer, while there is room.
    fn say(&mut self, line: &str) -> GoesOn {
        let has_room = self.hits.len() + line.len() < OUTPUT_BYTES_MAX;
        if !self.hits.is_empty() {
            self.hits.push('\n');
        }
        if !has_room {
            let words = format!("[output truncated at {OUTPUT_BYTES_MAX} bytes]");
            self.hits.push_str(&words);
            return false;
        }
        self.hits.push_str(line);
        true
    }

    fn answer(self) -> String {
        match self.hits.is_empty() {
            true => "no matches".to_owned(),
            false => self.hits,
        }
    }
}
