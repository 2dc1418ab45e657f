//! `read`: the text of a file, whole or some lines of it.

use std::fs::File;
use std::io::{self, Read};

use crate::answer::{Answer, Failure, failed, unusable};
use crate::arguments::Arguments;
use crate::files::{self, Trouble};
use crate::text;

/// Largest file, and largest part of one, that is shown at once, in bytes: the reference's number.
pub const SHOWN_BYTES_MAX: u64 = 256 << 10;

/// What is read at once of a file that is read by lines.
const BLOCK_BYTES: usize = 64 << 10;

pub fn read(arguments: &Arguments) -> Answer {
    let path = arguments.text("file_path")?;
    let words = "read: view_range must be [start_line, end_line]";
    let range = arguments.optional_range("view_range", words)?;
    let stat = files::regular(path).map_err(|trouble| about(path, trouble))?;
    if stat.bytes > SHOWN_BYTES_MAX {
        return match range {
            None => Err(failed(format!(
                "read: {path} is {} bytes, exceeds {SHOWN_BYTES_MAX}-byte limit. Use the view_range parameter to \
                 read specific line ranges, e.g. view_range: [1, 500].",
                stat.bytes
            ))),
            Some(range) => read_lines(path, range),
        };
    }
    let content = files::load_bytes(path, &stat)
        .map_err(Trouble::Io)
        .and_then(files::text)
        .map_err(|trouble| about(path, trouble))?;
    let Some((first, last)) = range else {
        return Ok(content);
    };
    match bounds(first, last) {
        Some((first, last)) => Ok(text::lines_between(&content, first, last).to_owned()),
        None => Ok(String::new()),
    }
}

/// The first and the last line, counted from 0; nothing when there are none between. A last line of 0 or less is the file's.
fn bounds(first: i64, last: i64) -> Option<(usize, usize)> {
    let first = usize::try_from(first.max(1) - 1).unwrap_or(usize::MAX);
    let last = match last {
        ..1 => usize::MAX,
        last => usize::try_from(last - 1).unwrap_or(usize::MAX),
    };
    (first <= last).then_some((first, last))
}

/// Some lines of a file that is too large to be taken in whole.
fn read_lines(path: &str, range: (i64, i64)) -> Answer {
    let Some((first, last)) = bounds(range.0, range.1) else {
        return Ok(String::new());
    };
    let shown = File::open(path)
        .and_then(|mut file| collect_lines(&mut file, first, last))
        .map_err(|error| about(path, error.into()))?;
    if shown.len() as u64 > SHOWN_BYTES_MAX {
        return Err(too_long(path, range, first == last));
    }
    files::text(shown).map_err(|trouble| about(path, trouble))
}

/// The lines, or their beginning when that is more than can be shown.
fn collect_lines(file: &mut File, first: usize, last: usize) -> io::Result<Vec<u8>> {
    let mut block = vec![0; BLOCK_BYTES];
    let (mut shown, mut line) = (Vec::new(), 0);
    while shown.len() as u64 <= SHOWN_BYTES_MAX {
        let length = file.read(&mut block)?;
        if length == 0 {
            break;
        }
        let mut rest = &block[..length];
        while !rest.is_empty() {
            let newline = memchr::memchr(b'\n', rest);
            let (piece, after) = rest.split_at(newline.map_or(rest.len(), |at| at + 1));
            if line >= first {
                shown.extend_from_slice(piece);
            }
            line += usize::from(newline.is_some());
            if line > last {
                shown.pop();
                return Ok(shown);
            }
            rest = after;
        }
    }
    Ok(shown)
}

fn too_long(path: &str, (first, last): (i64, i64), is_one_line: bool) -> Failure {
    failed(match is_one_line {
        true => format!(
            "read: line {first} of {path} alone exceeds {SHOWN_BYTES_MAX}-byte limit. The read tool cannot return part \
             of a line, so view_range cannot narrow this further."
        ),
        false => format!(
            "read: view_range [{first}, {last}] of {path} exceeds {SHOWN_BYTES_MAX}-byte limit. Narrow the view_range \
             to read a smaller portion."
        ),
    })
}

fn about(path: &str, trouble: Trouble) -> Failure {
    match path.is_empty() {
        true => unusable("read: file_path is empty"),
        false => failed(format!("read: {path}: {trouble}")),
    }
}
