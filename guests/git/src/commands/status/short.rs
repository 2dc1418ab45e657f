//! Status in letters: `-s`, and porcelain versions 1 and 2.

use super::collect::{Found, Line};
use crate::commands::tracking::Tracking;
use crate::failure::Outcome;
use crate::repository::{Oid, Repository, mode, quote};

/// How it is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Form {
    /// Version 2 of the porcelain.
    pub second: bool,
    pub branch: bool,
    pub zeros: bool,
    /// Paths from the folder that git was called in, not from the top.
    pub relative: bool,
}

/// The whole text.
///
/// # Errors
/// What can't be read.
pub fn text(repository: &Repository, found: &Found, form: Form) -> Outcome<Vec<u8>> {
    let quote_high = repository.config().bool("core.quotepath")?.unwrap_or(true);
    let mut writer = Writer {
        repository,
        form,
        quote_high,
        out: Vec::new(),
    };
    if form.branch {
        match form.second {
            true => writer.branch_lines()?,
            false => writer.branch_line()?,
        }
    }
    let (plain, conflicts): (Vec<&Line>, Vec<&Line>) =
        found.lines.iter().partition(|line| line.stages.is_empty());
    match form.second {
        true => {
            plain.into_iter().for_each(|line| writer.changed(line));
            conflicts.into_iter().for_each(|line| writer.unmerged(line));
        }
        false => found.lines.iter().for_each(|line| writer.line(line)),
    }
    let (untracked, ignored) = if form.second {
        ("? ", "! ")
    } else {
        ("?? ", "!! ")
    };
    found
        .untracked
        .iter()
        .for_each(|path| writer.other(untracked, path));
    found
        .ignored
        .iter()
        .for_each(|path| writer.other(ignored, path));
    Ok(writer.out)
}

struct Writer<'a> {
    repository: &'a Repository,
    form: Form,
    quote_high: bool,
    out: Vec<u8>,
}

impl Writer<'_> {
    fn end(&self) -> u8 {
        if self.form.zeros { 0 } else { b'\n' }
    }

    fn shown(&self, path: &[u8]) -> Vec<u8> {
        if self.form.zeros {
            return path.to_vec();
        }
        let path = if self.form.relative {
            self.repository.from_here(path)
        } else {
            path.to_vec()
        };
        let quoted = quote::quoted(&path, self.quote_high);
        let spaced = !self.form.second && !quoted.starts_with(b"\"") && quoted.contains(&b' ');
        if spaced {
            [b"\"", &quoted[..], b"\""].concat()
        } else {
            quoted
        }
    }

    fn branch_line(&mut self) -> Outcome<()> {
        let end = self.end();
        let text = match (self.repository.head_branch(), self.repository.head()) {
            (Some(branch), None) => format!("No commits yet on {branch}"),
            (None, _) => "HEAD (no branch)".to_owned(),
            (Some(branch), Some(_)) => match Tracking::of(self.repository, &branch)? {
                None => branch,
                Some(tracking) => {
                    let brief = tracking.brief();
                    let brief = if brief.is_empty() {
                        brief
                    } else {
                        format!(" [{brief}]")
                    };
                    format!("{branch}...{}{brief}", tracking.name())
                }
            },
        };
        self.out.extend(format!("## {text}").into_bytes());
        self.out.push(end);
        Ok(())
    }

    fn branch_lines(&mut self) -> Outcome<()> {
        let oid = self
            .repository
            .head()
            .map_or("(initial)".to_owned(), |oid| oid.hex());
        let branch = self.repository.head_branch();
        let mut lines = vec![
            format!("oid {oid}"),
            format!("head {}", branch.as_deref().unwrap_or("(detached)")),
        ];
        if let Some(branch) = branch
            && let Some(tracking) = Tracking::of(self.repository, &branch)?
        {
            lines.push(format!("upstream {}", tracking.name()));
            if let Some((ahead, behind)) = tracking.counts {
                lines.push(format!("ab +{ahead} -{behind}"));
            }
        }
        let end = self.end();
        for line in lines {
            self.out.extend(format!("# branch.{line}").into_bytes());
            self.out.push(end);
        }
        Ok(())
    }

    /// `XY path`, `R  old -> new`.
    fn line(&mut self, line: &Line) {
        let (staged, local) = line.conflict().unwrap_or((line.staged, line.local));
        self.out.extend(format!("{staged}{local} ").into_bytes());
        let path = self.shown(&line.path);
        match &line.from {
            Some(from) if self.form.zeros => {
                self.out.extend(&path);
                self.out.push(0);
                self.out.extend(from);
            }
            Some(from) => {
                let from = self.shown(from);
                self.out.extend([&from[..], b" -> ", &path].concat());
            }
            None => self.out.extend(&path),
        }
        self.out.push(self.end());
    }

    fn changed(&mut self, line: &Line) {
        let dot = |letter: char| if letter == ' ' { '.' } else { letter };
        let kind = if line.from.is_some() { 2 } else { 1 };
        let head = format!(
            "{kind} {}{} {} {:06o} {:06o} {:06o} {} {} ",
            dot(line.staged),
            dot(line.local),
            submodule(line),
            line.head.0,
            line.index.0,
            if line.local == ' ' {
                line.index.0
            } else {
                line.file_mode
            },
            line.head.1,
            line.index.1,
        );
        self.out.extend(head.into_bytes());
        let path = self.shown(&line.path);
        match &line.from {
            Some(from) => {
                self.out
                    .extend(format!("{}{} ", line.staged, line.score).into_bytes());
                self.out.extend(&path);
                self.out.push(if self.form.zeros { 0 } else { b'\t' });
                let from = self.shown(from);
                self.out.extend(from);
            }
            None => self.out.extend(&path),
        }
        self.out.push(self.end());
    }

    fn unmerged(&mut self, line: &Line) {
        let (staged, local) = line.conflict().unwrap_or((' ', ' '));
        let stage = |number: u8| {
            let entry = line.stages.iter().find(|entry| entry.stage == number);
            entry.map_or((0, Oid::ZERO), |entry| (entry.mode, entry.oid))
        };
        let (one, two, three) = (stage(1), stage(2), stage(3));
        let head = format!(
            "u {staged}{local} N... {:06o} {:06o} {:06o} {:06o} {} {} {} ",
            one.0, two.0, three.0, line.file_mode, one.1, two.1, three.1
        );
        self.out.extend(head.into_bytes());
        let path = self.shown(&line.path);
        self.out.extend(path);
        self.out.push(self.end());
    }

    fn other(&mut self, mark: &str, path: &[u8]) {
        let path = self.shown(path);
        self.out.extend(mark.as_bytes());
        self.out.extend(path);
        self.out.push(self.end());
    }
}

fn submodule(line: &Line) -> &'static str {
    match line.index.0 == mode::SUBMODULE || line.head.0 == mode::SUBMODULE {
        true if line.local == 'M' => "SC..",
        true => "S...",
        false => "N...",
    }
}
