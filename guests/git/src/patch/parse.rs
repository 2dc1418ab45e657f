//! Reads the patches of a text, in among which other lines may stand.

use super::header::{Naming, extended, git_names, traditional};
use super::hunk::{Hunk, Line};
use super::names::common;
use super::{Binary, FilePatch};
use crate::diff::split;
use crate::failure::{Failure, Outcome};

/// How a patch is read.
pub struct Reading {
    /// `-p`
    pub strip: usize,
    /// `--directory`
    pub directory: Vec<u8>,
    /// `--recount`
    pub recount: bool,
}

/// The patches of a text, in order.
///
/// # Errors
/// git's words for what is no patch.
pub fn parse(text: &[u8], reading: &Reading) -> Outcome<Vec<FilePatch>> {
    let lines = split(text);
    let naming = Naming {
        strip: reading.strip,
        directory: reading.directory.clone(),
    };
    let mut parser = Parser {
        lines: &lines,
        at: 0,
        naming,
        recount: reading.recount,
    };
    let mut patches = Vec::new();
    while let Some(patch) = parser.next()? {
        patches.push(patch);
    }
    Ok(patches)
}

struct Parser<'a> {
    lines: &'a [&'a [u8]],
    at: usize,
    naming: Naming,
    recount: bool,
}

impl<'a> Parser<'a> {
    fn line(&self, at: usize) -> &'a [u8] {
        self.lines
            .get(at)
            .map_or(b"", |line| line.strip_suffix(b"\n").unwrap_or(line))
    }

    fn next(&mut self) -> Outcome<Option<FilePatch>> {
        while self.at < self.lines.len() {
            let line = self.line(self.at);
            if line.starts_with(b"@@ -") && Hunk::header(line).is_some() {
                let text = String::from_utf8_lossy(line);
                return Err(Failure::error(
                    128,
                    format!(
                        "patch fragment without header at line {}: {text}",
                        self.at + 1
                    ),
                ));
            }
            if let Some(rest) = line.strip_prefix(b"diff --git ") {
                if let Some(patch) = self.git_patch(rest)? {
                    return Ok(Some(patch));
                }
                continue;
            }
            let (second, third) = (self.line(self.at + 1), self.line(self.at + 2));
            if let (Some(old), Some(new)) =
                (line.strip_prefix(b"--- "), second.strip_prefix(b"+++ "))
                && Hunk::header(third).is_some()
            {
                let mut patch = traditional(old, new, &self.naming);
                if patch.old_name.is_none() && patch.new_name.is_none() {
                    return Err(self.nameless(self.at + 1));
                }
                self.at += 2;
                self.hunks(&mut patch)?;
                return Ok(Some(patch));
            }
            self.at += 1;
        }
        Ok(None)
    }

    fn nameless(&self, line: usize) -> Failure {
        Failure::error(
            128,
            format!("unable to find filename in patch at line {line}"),
        )
    }

    /// A patch with git's header; `None` when nothing follows the header's first line.
    fn git_patch(&mut self, names: &[u8]) -> Outcome<Option<FilePatch>> {
        let start = self.at;
        let name = common(names, self.naming.strip).map(|name| self.naming.placed(&name));
        let mut patch = FilePatch {
            old_name: name.clone(),
            new_name: name,
            ..FilePatch::default()
        };
        patch.from_top = true;
        self.at += 1;
        let mut any = false;
        while self.at < self.lines.len() {
            let line = self.line(self.at);
            if line.starts_with(b"@@ -") {
                break;
            }
            if line.starts_with(b"--- ") || line.starts_with(b"+++ ") {
                git_names(&mut patch, line, &self.naming);
            } else if !extended(&mut patch, line, &self.naming) {
                break;
            }
            any = true;
            self.at += 1;
        }
        if !any {
            return Ok(None);
        }
        self.settle(&mut patch, start)?;
        if self.line(self.at) == b"GIT binary patch" {
            self.at += 1;
            self.binary(&mut patch)?;
        } else if self.line(self.at).starts_with(b"Binary files ") {
            patch.binary = true;
            self.at += 1;
        } else {
            self.hunks(&mut patch)?;
        }
        Ok(Some(patch))
    }

    /// What the header left open.
    fn settle(&self, patch: &mut FilePatch, start: usize) -> Outcome<()> {
        if patch.new_mode.is_none() && patch.deletes != Some(true) {
            patch.new_mode = patch.old_mode;
        }
        patch.creates = patch.creates.or(Some(false));
        patch.deletes = patch.deletes.or(Some(false));
        if patch.old_name.is_none() && patch.new_name.is_none() {
            let count = self.naming.strip;
            let folders = if count == 1 {
                "component"
            } else {
                "components"
            };
            return Err(Failure::error(
                128,
                format!(
                    "git diff header lacks filename information when removing {count} leading pathname {folders} (line {})",
                    start + 1
                ),
            ));
        }
        Ok(())
    }

    fn hunks(&mut self, patch: &mut FilePatch) -> Outcome<()> {
        while let Some(hunk) = Hunk::header(self.line(self.at)) {
            let hunk = self.hunk(hunk)?;
            patch.hunks.push(hunk);
        }
        if patch.creates.is_none() {
            let first = patch.hunks.first();
            let whole =
                |start: usize, count: usize| start == 0 && count == 0 && patch.hunks.len() == 1;
            patch.creates = Some(first.is_some_and(|hunk| whole(hunk.old_start, hunk.old_count)));
            patch.deletes = Some(first.is_some_and(|hunk| whole(hunk.new_start, hunk.new_count)));
            if patch.creates == Some(true) {
                patch.old_name = None;
            }
            if patch.deletes == Some(true) {
                patch.new_name = None;
            }
        }
        Ok(())
    }

    fn hunk(&mut self, mut hunk: Hunk) -> Outcome<Hunk> {
        let start = self.at;
        hunk.at = start + 1;
        self.at += 1;
        if self.recount {
            (hunk.old_count, hunk.new_count) = self.recounted();
        }
        let (mut old, mut new) = (hunk.old_count, hunk.new_count);
        while old > 0 || new > 0 {
            let Some(&line) = self.lines.get(self.at) else {
                return Err(self.corrupt());
            };
            let sign = match line[0] {
                b'\n' => b' ',
                b'\r' if line == b"\r\n" => b' ',
                sign => sign,
            };
            match sign {
                b' ' if old > 0 && new > 0 => (old, new) = (old - 1, new - 1),
                b'-' if old > 0 => old -= 1,
                b'+' if new > 0 => new -= 1,
                b'\\' if line.starts_with(b"\\ ") && line.len() >= 12 && !hunk.lines.is_empty() => {
                    self.end_without_newline(&mut hunk);
                    continue;
                }
                _ => return Err(self.corrupt()),
            }
            let text = if line[0] == b'\n' {
                line.to_vec()
            } else {
                line[1..].to_vec()
            };
            hunk.lines.push(Line { sign, text });
            self.at += 1;
        }
        if self.line(self.at).starts_with(b"\\ ") && self.line(self.at).len() >= 11 {
            self.end_without_newline(&mut hunk);
        }
        hunk.text = self.lines[start..self.at].concat();
        Ok(hunk)
    }

    fn end_without_newline(&mut self, hunk: &mut Hunk) {
        if let Some(last) = hunk.lines.last_mut()
            && last.text.ends_with(b"\n")
        {
            last.text.pop();
        }
        self.at += 1;
    }

    fn recounted(&self) -> (usize, usize) {
        let (mut old, mut new) = (0, 0);
        for (step, line) in self.lines[self.at..].iter().enumerate() {
            match line[0] {
                b' ' | b'\n' => (old, new) = (old + 1, new + 1),
                b'-' if line.starts_with(b"--- ")
                    && self.line(self.at + step + 1).starts_with(b"+++ ") =>
                {
                    break;
                }
                b'-' => old += 1,
                b'+' => new += 1,
                b'\\' => {}
                _ => break,
            }
        }
        (old, new)
    }

    fn corrupt(&self) -> Failure {
        Failure::error(128, format!("corrupt patch at line {}", self.at + 1))
    }

    fn binary(&mut self, patch: &mut FilePatch) -> Outcome<()> {
        patch.binary = true;
        patch.forward = self.binary_part()?;
        patch.backward = self.binary_part()?;
        match patch.forward {
            Some(_) => Ok(()),
            None => Err(Failure::error(
                128,
                format!("unrecognized binary patch at line {}", self.at),
            )),
        }
    }

    fn binary_part(&mut self) -> Outcome<Option<Binary>> {
        let line = self.line(self.at);
        let (literal, size) = match (line.strip_prefix(b"literal "), line.strip_prefix(b"delta ")) {
            (Some(size), _) => (true, size),
            (_, Some(size)) => (false, size),
            _ => return Ok(None),
        };
        let size = std::str::from_utf8(size)
            .ok()
            .and_then(|size| size.parse().ok())
            .unwrap_or(0);
        self.at += 1;
        let mut packed = Vec::new();
        while !self.line(self.at).is_empty() {
            let line = self.line(self.at);
            let bytes = super::binary::decode_line(line).ok_or_else(|| {
                Failure::error(
                    128,
                    format!(
                        "corrupt binary patch at line {}: {}",
                        self.at + 1,
                        String::from_utf8_lossy(line)
                    ),
                )
            })?;
            packed.extend(bytes);
            self.at += 1;
        }
        self.at += 1;
        Ok(Some(Binary {
            literal,
            size,
            packed,
        }))
    }
}
