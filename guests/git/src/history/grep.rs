//! `grep`: lines that match, in tracked files, the index or a commit.

use posix_regex::{Newline, Regex};

use crate::changes::{File, Source, content, files, is_binary};
use crate::command_line::Syntax;
use crate::diff::split;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::log::{PatternKind, pattern};
use crate::report::quote;
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::split_words;
use crate::repository::{Repository, mode, path_of};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/grep.txt"));

#[derive(Default)]
struct Request {
    patterns: Vec<String>,
    kind: PatternKind,
    ignore_case: bool,
    invert: bool,
    word: bool,
    number: bool,
    column: bool,
    names: bool,
    names_without: bool,
    count: bool,
    no_name: bool,
    quiet: bool,
    only_matching: bool,
    cached: bool,
    text: bool,
    no_binary: bool,
    nul: bool,
    all_match: bool,
    before: usize,
    after: usize,
    max: Option<usize>,
    full_name: bool,
    heading: bool,
    break_files: bool,
}

pub fn grep(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut request = Request::default();
    for given in &parsed.options {
        let number = || {
            given.text().parse::<usize>().map_err(|_| {
                Failure::error(
                    129,
                    format!("option `{}' expects a numerical value", given.name),
                )
            })
        };
        match given.name.as_str() {
            "e" => request.patterns.push(given.text()),
            "f" => {
                let text = std::fs::read_to_string(given.text()).map_err(|error| {
                    Failure::fatal(format!(
                        "cannot open '{}': {}",
                        given.text(),
                        crate::failure::reason(&error)
                    ))
                })?;
                request.patterns.extend(text.lines().map(str::to_owned));
            }
            "extended-regexp" | "perl-regexp" => request.kind = PatternKind::Extended,
            "fixed-strings" => request.kind = PatternKind::Fixed,
            "basic-regexp" => request.kind = PatternKind::Basic,
            "ignore-case" => request.ignore_case = given.on,
            "invert-match" => request.invert = given.on,
            "word-regexp" => request.word = given.on,
            "line-number" | "n" => request.number = given.on,
            "column" => request.column = given.on,
            "files-with-matches" | "name-only" | "l" => request.names = given.on,
            "files-without-match" | "L" => request.names_without = given.on,
            "count" => request.count = given.on,
            "h" => request.no_name = true,
            "H" => request.no_name = false,
            "quiet" => request.quiet = given.on,
            "only-matching" => request.only_matching = given.on,
            "cached" => request.cached = given.on,
            "text" => request.text = given.on,
            "I" => request.no_binary = true,
            "null" | "z" => request.nul = given.on,
            "all-match" => request.all_match = given.on,
            "context" => (request.before, request.after) = (number()?, number()?),
            "<n>" => (request.before, request.after) = (number()?, number()?),
            "before-context" => request.before = number()?,
            "after-context" => request.after = number()?,
            "max-count" => request.max = Some(number()?),
            "full-name" => request.full_name = given.on,
            "heading" => request.heading = given.on,
            "break" => request.break_files = given.on,
            "color" | "threads" | "or" | "r" | "recursive" | "textconv" | "exclude-standard" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let mut operands = parsed.operands.clone();
    let mut dashes = parsed.dashes;
    if request.patterns.is_empty() {
        if operands.is_empty() {
            return Err(Failure::fatal("no pattern given"));
        }
        request.patterns.push(operands.remove(0));
        dashes = dashes.map(|count| count.saturating_sub(1));
    }
    let repository = git.repository()?;
    let (tips, paths) = split_words(&repository, &operands, dashes)?;
    let paths = match (paths.is_empty(), repository.prefix().is_empty()) {
        (true, false) => Pathspec::parse(&repository, &["."])?,
        _ => Pathspec::parse(&repository, &paths)?,
    };
    let mut search = Search {
        git,
        repository: &repository,
        request: &request,
        patterns: Vec::new(),
        hits: false,
        shown: false,
    };
    for text in request.patterns.iter().flat_map(|text| text.split('\n')) {
        search.patterns.push(pattern(
            text,
            request.kind,
            request.ignore_case,
            Newline::Anchors,
        )?);
    }
    if tips.is_empty() {
        search.worktree(&paths)?;
    }
    for tip in &tips {
        let tree = repository.to_tree(&tip.oid)?;
        for file in files(&repository, Some(&tree), &paths)? {
            let separator = if tip.word.contains(':') { "/" } else { ":" };
            search.file(&file, &format!("{}{separator}", tip.word))?;
        }
    }
    Ok(i32::from(!search.hits))
}

struct Search<'a> {
    git: &'a mut Git,
    repository: &'a Repository,
    request: &'a Request,
    patterns: Vec<Regex>,
    hits: bool,
    /// Whether something was shown, so that context needs `--` in front.
    shown: bool,
}

impl Search<'_> {
    fn worktree(&mut self, paths: &Pathspec) -> Outcome<()> {
        let index = self.repository.index()?;
        let mut last: Option<Vec<u8>> = None;
        for entry in index
            .entries()
            .iter()
            .filter(|entry| paths.matches(&entry.path))
        {
            if entry.mode == mode::SUBMODULE || last.as_ref() == Some(&entry.path) {
                continue;
            }
            last = Some(entry.path.clone());
            if self.request.cached {
                if entry.stage == 0 {
                    self.file(&File::stored(&entry.path, entry.mode, entry.oid), "")?;
                }
                continue;
            }
            if path_of(&entry.path)?
                .symlink_metadata()
                .is_ok_and(|data| data.is_file())
            {
                self.file(&File::on_disk(&entry.path, entry.mode), "")?;
            }
        }
        Ok(())
    }

    fn file(&mut self, file: &File, prefix: &str) -> Outcome<()> {
        if file.mode == mode::SUBMODULE || file.mode == mode::LINK {
            return Ok(());
        }
        let bytes = match file.place {
            crate::changes::Place::Disk => std::rc::Rc::new(std::fs::read(path_of(&file.path)?)?),
            _ => content(&Source::of(self.repository), file)?,
        };
        let path = if self.request.full_name {
            file.path.clone()
        } else {
            self.repository.from_here(&file.path)
        };
        let name = match self.request.nul {
            true => [prefix.as_bytes(), &path].concat(),
            false => quote(&[prefix.as_bytes(), &path].concat(), true),
        };
        let binary = !self.request.text && is_binary(&bytes);
        if binary && self.request.no_binary {
            return Ok(());
        }
        self.lines(&name, &bytes, binary)
    }

    fn matched(&self, line: &[u8]) -> bool {
        let found = self
            .patterns
            .iter()
            .any(|pattern| self.find(pattern, line, 0).is_some());
        found != self.request.invert
    }

    /// A match, as a whole word when that is asked for.
    fn find(&self, pattern: &Regex, line: &[u8], from: usize) -> Option<(usize, usize)> {
        let is_word =
            |at: Option<&u8>| at.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let scan = pattern.scan(line);
        let mut at = from;
        while at <= line.len() {
            let (start, end) = scan.find(at)?;
            let bounded = !(is_word(start.checked_sub(1).and_then(|before| line.get(before)))
                && is_word(line.get(start)))
                && !(end > start && is_word(line.get(end - 1)) && is_word(line.get(end)));
            if !self.request.word || bounded && end > start {
                return Some((start, end));
            }
            at = start + 1;
        }
        None
    }

    fn lines(&mut self, name: &[u8], bytes: &[u8], binary: bool) -> Outcome<()> {
        let lines: Vec<&[u8]> = split(bytes)
            .into_iter()
            .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
            .collect();
        let mut found: Vec<usize> = Vec::new();
        let only_first = self.request.names
            || self.request.names_without
            || self.request.quiet
            || binary && !self.request.count;
        for (at, line) in lines.iter().enumerate() {
            if self.request.max.is_some_and(|max| found.len() >= max) {
                break;
            }
            if self.matched(line) {
                found.push(at);
                if only_first {
                    break;
                }
            }
        }
        let request = self.request;
        let end: &[u8] = if request.nul { b"\0" } else { b"\n" };
        if request.names_without {
            if found.is_empty() {
                self.hits = true;
                self.git.out.put(&[name, end].concat())?;
            }
            return Ok(());
        }
        self.hits |= !found.is_empty();
        if found.is_empty() || request.quiet {
            return Ok(());
        }
        if request.names {
            self.git.out.put(&[name, end].concat())?;
        } else if request.count {
            let front = if request.no_name {
                Vec::new()
            } else {
                [name, if request.nul { b"\0" } else { b":" }].concat()
            };
            self.git
                .out
                .put(&[&front[..], format!("{}\n", found.len()).as_bytes()].concat())?;
        } else if binary {
            self.git
                .out
                .put(&[b"Binary file ", name, b" matches\n"].concat())?;
        } else {
            self.show(name, &lines, &found)?;
        }
        Ok(())
    }

    fn show(&mut self, name: &[u8], lines: &[&[u8]], found: &[usize]) -> Outcome<()> {
        let request = self.request;
        let mut text = Vec::new();
        if self.shown && request.break_files {
            text.push(b'\n');
        }
        if request.heading {
            text.extend([name, b"\n"].concat());
        }
        let context = request.before > 0 || request.after > 0;
        let mut next = 0;
        for (number, at) in found.iter().enumerate() {
            let from = at.saturating_sub(request.before).max(next);
            if context
                && (from > next || number == 0)
                && (self.shown && !request.break_files || number > 0)
            {
                text.extend(b"--\n");
            }
            for line in from..*at {
                self.line(name, line, lines[line], b'-', &mut text);
            }
            self.line(name, *at, lines[*at], b':', &mut text);
            next = at + 1;
            let limit = found.get(number + 1).copied().unwrap_or(lines.len());
            for line in next..(at + 1 + request.after).min(limit) {
                self.line(name, line, lines[line], b'-', &mut text);
                next = line + 1;
            }
            self.shown = true;
        }
        self.git.out.put(&text)?;
        Ok(())
    }

    fn line(&self, name: &[u8], at: usize, line: &[u8], sign: u8, text: &mut Vec<u8>) {
        let request = self.request;
        let front = |column: Option<usize>, text: &mut Vec<u8>| {
            if !request.no_name && !request.heading {
                text.extend(name);
                text.push(if request.nul { 0 } else { sign });
            }
            if request.number {
                text.extend(format!("{}{}", at + 1, char::from(sign)).into_bytes());
            }
            if let Some(column) = column.filter(|_| request.column) {
                text.extend(format!("{}{}", column + 1, char::from(sign)).into_bytes());
            }
        };
        let first = |from: usize| {
            self.patterns
                .iter()
                .filter_map(|pattern| self.find(pattern, line, from))
                .min_by_key(|(start, end)| (*start, std::cmp::Reverse(*end)))
        };
        if request.only_matching && sign == b':' && !request.invert {
            let mut from = 0;
            while let Some((start, end)) = first(from) {
                if end > start {
                    front(Some(start), text);
                    text.extend(&line[start..end]);
                    text.push(b'\n');
                }
                from = end.max(start + 1);
                if from > line.len() {
                    break;
                }
            }
            return;
        }
        front(
            first(0).map(|(start, _)| start).filter(|_| sign == b':'),
            text,
        );
        text.extend(line);
        text.push(b'\n');
    }
}
