//! `blame`: who wrote each line, and when.

use std::collections::{BinaryHeap, HashMap};
use std::rc::Rc;

use crate::changes::{Detection, File, Pair, Source, Status, content, detect, trees};
use crate::command_line::Syntax;
use crate::diff::{Comparison, Whitespace, changes, split, without_common_tail};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::date::{Style, show};
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::split_words;
use crate::repository::{Commit, Oid, Repository, Signature};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/blame.txt"));

/// How it is shown.
#[derive(Default)]
struct Request {
    porcelain: bool,
    line_porcelain: bool,
    short: bool,
    email: bool,
    long: bool,
    root: bool,
    blank_boundary: bool,
    name: bool,
    number: bool,
    raw_time: bool,
    whitespace: Whitespace,
    ranges: Vec<String>,
    abbreviation: Option<usize>,
    date: Option<Style>,
}

pub fn blame(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let mut request = Request::default();
    let mut rest = Vec::new();
    for word in &words {
        match word.strip_prefix("--date=") {
            Some(name) => {
                request.date = Some(
                    Style::named(name)
                        .ok_or_else(|| Failure::fatal(format!("unknown date format {name}")))?,
                )
            }
            None => rest.push(word.clone()),
        }
    }
    let parsed = SYNTAX.parse(&rest)?;
    for given in &parsed.options {
        match given.name.as_str() {
            "porcelain" => request.porcelain = given.on,
            "line-porcelain" => (request.porcelain, request.line_porcelain) = (given.on, given.on),
            "s" => request.short = true,
            "show-email" => request.email = given.on,
            "l" => request.long = true,
            "root" => request.root = given.on,
            "b" => request.blank_boundary = true,
            "show-name" => request.name = given.on,
            "show-number" => request.number = given.on,
            "t" => request.raw_time = true,
            "w" => request.whitespace.all = true,
            "L" => request.ranges.push(given.text()),
            "abbrev" => {
                request.abbreviation = given.value.as_ref().and_then(|value| value.parse().ok())
            }
            "progress" | "show-stats" | "score-debug" | "minimal" | "M" | "C" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let Some((path_word, revisions)) = parsed.operands.split_last() else {
        return Err(SYNTAX.misused());
    };
    let path = repository.from_top(path_word)?;
    let (tips, _) = split_words(&repository, revisions, Some(revisions.len()))?;
    let text = run(
        &repository,
        &request,
        &path,
        tips.iter().find(|tip| !tip.excluded).map(|tip| tip.oid),
    )?;
    git.out.put(&text)?;
    Ok(0)
}

/// Lines of a commit's file that are still to be explained, with where they stand in the file that was asked about.
struct Suspect {
    path: Vec<u8>,
    /// (line in the suspect's file, line in the end)
    lines: Vec<(usize, usize)>,
}

#[derive(Clone)]
struct Answer {
    oid: Oid,
    path: Rc<Vec<u8>>,
    line: usize,
}

/// A commit's place in the order of work: the youngest first.
type Place = (i64, std::cmp::Reverse<u64>, Oid);

struct Blame<'a> {
    repository: &'a Repository,
    source: Source<'a>,
    whitespace: Whitespace,
    suspects: HashMap<Oid, Vec<Suspect>>,
    queue: BinaryHeap<Place>,
    count: u64,
    answers: Vec<Option<Answer>>,
    commits: HashMap<Oid, Rc<Commit>>,
}

fn run(
    repository: &Repository,
    request: &Request,
    path: &[u8],
    start: Option<Oid>,
) -> Outcome<Vec<u8>> {
    let head = repository
        .head()
        .ok_or_else(|| Failure::fatal("no such ref: HEAD"))?;
    let from = start.map_or(Ok(head), |oid| repository.to_commit(&oid))?;
    let shown = String::from_utf8_lossy(path).into_owned();
    let tree = repository.to_tree(&from)?;
    let stored = repository
        .at_path(&tree, path)?
        .filter(|entry| entry.mode != crate::repository::mode::TREE);
    let Some(entry) = stored else {
        return Err(Failure::fatal(match start {
            None => format!("no such path '{shown}' in HEAD"),
            Some(_) => format!("no such path {shown} in {from}"),
        }));
    };
    let source = Source::of(repository);
    let committed = content(&source, &File::stored(path, entry.mode, entry.oid))?;
    let bytes = match start {
        Some(_) => committed.clone(),
        None => {
            let missing =
                |_| Failure::fatal(format!("Cannot lstat '{shown}': No such file or directory"));
            std::fs::symlink_metadata(crate::repository::path_of(path)?).map_err(missing)?;
            content(&source, &File::on_disk(path, entry.mode))?
        }
    };
    let lines = split(&bytes);
    let mut blame = Blame {
        repository,
        source,
        whitespace: request.whitespace,
        suspects: HashMap::new(),
        queue: BinaryHeap::new(),
        count: 0,
        answers: vec![None; lines.len()],
        commits: HashMap::new(),
    };
    let all: Vec<(usize, usize)> = (0..lines.len()).map(|line| (line, line)).collect();
    let (passed, own) = blame.pass(&committed, &bytes, &all);
    for (line, place) in own {
        blame.answers[place] = Some(Answer {
            oid: Oid::ZERO,
            path: Rc::new(path.to_vec()),
            line,
        });
    }
    blame.suspect(from, path.to_vec(), passed)?;
    blame.work()?;
    let chosen = ranges(&request.ranges, &lines, &shown)?;
    blame.show(request, &lines, &chosen, path)
}

impl Blame<'_> {
    fn commit(&mut self, oid: &Oid) -> Outcome<Rc<Commit>> {
        if let Some(commit) = self.commits.get(oid) {
            return Ok(commit.clone());
        }
        let commit = Rc::new(self.repository.objects().commit(oid)?);
        self.commits.insert(*oid, commit.clone());
        Ok(commit)
    }

    fn suspect(&mut self, oid: Oid, path: Vec<u8>, lines: Vec<(usize, usize)>) -> Outcome<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let known = self.suspects.entry(oid).or_default();
        let waits = !known.is_empty();
        match known.iter_mut().find(|suspect| suspect.path == path) {
            Some(suspect) => {
                suspect.lines.extend(lines);
                suspect.lines.sort_unstable();
            }
            None => known.push(Suspect { path, lines }),
        }
        if !waits {
            self.count += 1;
            let time = self.commit(&oid)?.time();
            self.queue.push((time, std::cmp::Reverse(self.count), oid));
        }
        Ok(())
    }

    fn work(&mut self) -> Outcome<()> {
        while let Some((_, _, oid)) = self.queue.pop() {
            for suspect in self.suspects.remove(&oid).unwrap_or_default() {
                self.explain(oid, suspect)?;
            }
        }
        Ok(())
    }

    /// Passes lines on to parents that have them; the rest are the commit's own.
    fn explain(&mut self, oid: Oid, suspect: Suspect) -> Outcome<()> {
        let commit = self.commit(&oid)?;
        let new = self.bytes(&commit.tree, &suspect.path)?.unwrap_or_default();
        let mut left = suspect.lines;
        let mut origins = Vec::new();
        for parent in &commit.parents {
            let tree = self.repository.to_tree(parent)?;
            if let Some((path, old)) = self.origin(&tree, &commit.tree, &suspect.path)? {
                origins.push((*parent, path, old));
            }
        }
        if let Some(at) = origins.iter().position(|(_, _, old)| *old == new) {
            let (parent, path, _) = origins.swap_remove(at);
            return self.suspect(parent, path, left);
        }
        for (parent, path, old) in origins {
            let (passed, own) = self.pass(&old, &new, &left);
            self.suspect(parent, path, passed)?;
            left = own;
        }
        let path = Rc::new(suspect.path);
        for (line, place) in left {
            self.answers[place] = Some(Answer {
                oid,
                path: path.clone(),
                line,
            });
        }
        Ok(())
    }

    fn bytes(&self, tree: &Oid, path: &[u8]) -> Outcome<Option<Rc<Vec<u8>>>> {
        let entry = self
            .repository
            .at_path(tree, path)?
            .filter(|entry| entry.mode & 0o170_000 != 0o040_000);
        entry
            .map(|entry| content(&self.source, &File::stored(path, entry.mode, entry.oid)))
            .transpose()
    }

    /// The file in a parent, under the name it had there.
    fn origin(&self, old: &Oid, new: &Oid, path: &[u8]) -> Outcome<Option<(Vec<u8>, Rc<Vec<u8>>)>> {
        if let Some(bytes) = self.bytes(old, path)? {
            return Ok(Some((path.to_vec(), bytes)));
        }
        let pairs = trees(self.repository, old, new, &Pathspec::default(), false)?;
        let chosen: Vec<Pair> = pairs
            .into_iter()
            .filter(|pair| pair.status == Status::Deleted || pair.path() == path)
            .collect();
        let found = detect(&self.source, chosen, Detection::default())?;
        let renamed = found
            .into_iter()
            .find(|pair| pair.status == Status::Renamed && pair.path() == path);
        let Some(from) = renamed.and_then(|pair| pair.old) else {
            return Ok(None);
        };
        let bytes = content(&self.source, &from)?;
        Ok(Some((from.path, bytes)))
    }

    /// Lines that the old file has too, under their numbers there, and those it hasn't.
    fn pass(
        &self,
        old: &[u8],
        new: &[u8],
        lines: &[(usize, usize)],
    ) -> (Vec<(usize, usize)>, Vec<(usize, usize)>) {
        let (old, new) = (split(old), split(new));
        let (old, new) = without_common_tail(&old, &new);
        let comparison = Comparison {
            whitespace: self.whitespace,
            ..Comparison::default()
        };
        let edits = changes(old, new, comparison);
        let (mut passed, mut own) = (Vec::new(), Vec::new());
        for (line, place) in lines {
            let at = edits.partition_point(|edit| edit.new + edit.added <= *line);
            if edits.get(at).is_some_and(|edit| edit.new <= *line) {
                own.push((*line, *place));
                continue;
            }
            let shift = at.checked_sub(1).map_or(0, |before| {
                let edit = &edits[before];
                (edit.old + edit.removed) as isize - (edit.new + edit.added) as isize
            });
            passed.push(((*line as isize + shift) as usize, *place));
        }
        (passed, own)
    }

    fn who(&mut self, oid: &Oid, line: impl Fn(&Commit) -> Vec<u8>) -> Outcome<Signature> {
        let nobody = Signature {
            name: b"Not Committed Yet".to_vec(),
            email: b"not.committed.yet".to_vec(),
            seconds: self.repository.now(),
            zone: 0,
        };
        if oid.is_zero() {
            return Ok(nobody);
        }
        let commit = self.commit(oid)?;
        Ok(Signature::parse(&line(&commit)).unwrap_or(nobody))
    }

    fn show(
        &mut self,
        request: &Request,
        lines: &[&[u8]],
        chosen: &[bool],
        path: &[u8],
    ) -> Outcome<Vec<u8>> {
        match request.porcelain {
            true => self.porcelain(request, lines, chosen, path),
            false => self.table(request, lines, chosen, path),
        }
    }

    fn is_boundary(&mut self, oid: &Oid, request: &Request) -> Outcome<bool> {
        Ok(!oid.is_zero() && !request.root && self.commit(oid)?.parents.is_empty())
    }

    fn table(
        &mut self,
        request: &Request,
        lines: &[&[u8]],
        chosen: &[bool],
        path: &[u8],
    ) -> Outcome<Vec<u8>> {
        let answers = self.answers.clone();
        let wanted: Vec<(usize, &Answer)> = answers
            .iter()
            .enumerate()
            .filter(|(at, _)| chosen[*at])
            .filter_map(|(at, answer)| Some((at, answer.as_ref()?)))
            .collect();
        let names = request.name || wanted.iter().any(|(_, answer)| answer.path[..] != *path);
        let longest = wanted
            .iter()
            .map(|(_, answer)| answer.path.len())
            .max()
            .unwrap_or(0);
        let mut authors: HashMap<Oid, (String, String)> = HashMap::new();
        let date = request.date.clone().unwrap_or(Style::Iso);
        for (_, answer) in &wanted {
            if !authors.contains_key(&answer.oid) {
                let who = self.who(&answer.oid, |commit| commit.author.clone())?;
                let name = if request.email {
                    format!("<{}>", String::from_utf8_lossy(&who.email))
                } else {
                    String::from_utf8_lossy(&who.name).into_owned()
                };
                let style = if request.raw_time { &Style::Raw } else { &date };
                authors.insert(
                    answer.oid,
                    (
                        name,
                        show(who.seconds, who.zone, style, self.repository.now()),
                    ),
                );
            }
        }
        let width = authors
            .values()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        let date_width = authors
            .values()
            .map(|(_, date)| date.len())
            .max()
            .unwrap_or(0);
        let digits = |number: usize| number.to_string().len();
        let last = wanted.last().map_or(0, |(at, _)| at + 1);
        let last_original = wanted
            .iter()
            .map(|(_, answer)| answer.line + 1)
            .max()
            .unwrap_or(0);
        let length = self.name_length(request, &wanted);
        let mut text = Vec::new();
        for (at, answer) in wanted {
            let boundary = self.is_boundary(&answer.oid, request)?;
            let mut line = match (boundary, request.blank_boundary) {
                (true, true) => " ".repeat(length),
                (true, false) => format!("^{}", &answer.oid.hex()[..length - 1]),
                _ => answer.oid.hex()[..length].to_owned(),
            };
            if names {
                line += &format!(" {:<longest$}", String::from_utf8_lossy(&answer.path));
            }
            if request.number {
                line += &format!(" {:>1$}", answer.line + 1, digits(last_original));
            }
            if !request.short {
                let (name, date) = &authors[&answer.oid];
                line += &format!(" ({name:<width$} {date:<date_width$}");
            }
            line += &format!(" {:>1$}) ", at + 1, digits(last));
            text.extend(line.into_bytes());
            text.extend(lines[at]);
            if !lines[at].ends_with(b"\n") {
                text.push(b'\n');
            }
        }
        Ok(text)
    }

    fn name_length(&self, request: &Request, wanted: &[(usize, &Answer)]) -> usize {
        if request.long || request.abbreviation.is_some_and(|length| length >= 40) {
            return 40;
        }
        let least = request
            .abbreviation
            .unwrap_or(self.repository.abbreviation_length());
        let mut names: Vec<Oid> = wanted
            .iter()
            .map(|(_, answer)| answer.oid)
            .filter(|oid| !oid.is_zero())
            .collect();
        names.sort();
        names.dedup();
        let needed = names
            .iter()
            .map(|oid| self.repository.objects().abbreviate(oid, least).len())
            .max()
            .unwrap_or(least);
        (needed.max(least) + 1).min(40)
    }

    fn porcelain(
        &mut self,
        request: &Request,
        lines: &[&[u8]],
        chosen: &[bool],
        path: &[u8],
    ) -> Outcome<Vec<u8>> {
        let answers = self.answers.clone();
        let mut text = Vec::new();
        let mut told: Vec<Oid> = Vec::new();
        let mut at = 0;
        while at < answers.len() {
            let Some(first) = answers[at].as_ref().filter(|_| chosen[at]) else {
                at += 1;
                continue;
            };
            let follows = |end: usize| {
                answers[end].as_ref().is_some_and(|next| {
                    chosen[end]
                        && next.oid == first.oid
                        && next.path == first.path
                        && next.line == first.line + end - at
                })
            };
            let end = (at + 1..answers.len())
                .find(|end| !follows(*end))
                .unwrap_or(answers.len());
            for number in at..end {
                let original = first.line + number - at + 1;
                let mut head = format!("{} {original} {}", first.oid, number + 1);
                if number == at {
                    head += &format!(" {}", end - at);
                }
                text.extend((head + "\n").into_bytes());
                if request.line_porcelain || number == at && !told.contains(&first.oid) {
                    told.push(first.oid);
                    self.details(&first.oid, &first.path, request, path, &mut text)?;
                }
                text.push(b'\t');
                text.extend(lines[number]);
                if !lines[number].ends_with(b"\n") {
                    text.push(b'\n');
                }
            }
            at = end;
        }
        Ok(text)
    }

    fn details(
        &mut self,
        oid: &Oid,
        path: &[u8],
        request: &Request,
        asked: &[u8],
        text: &mut Vec<u8>,
    ) -> Outcome<()> {
        let author = self.who(oid, |commit| commit.author.clone())?;
        let committer = self.who(oid, |commit| commit.committer.clone())?;
        for (title, who) in [("author", author), ("committer", committer)] {
            let sign = if who.zone < 0 { '-' } else { '+' };
            text.extend(
                [
                    title.as_bytes(),
                    b" ",
                    &who.name,
                    b"\n",
                    title.as_bytes(),
                    b"-mail <",
                    &who.email,
                    b">\n",
                ]
                .concat(),
            );
            text.extend(
                format!(
                    "{title}-time {}\n{title}-tz {sign}{:04}\n",
                    who.seconds,
                    who.zone.abs()
                )
                .into_bytes(),
            );
        }
        let summary = match oid.is_zero() {
            true => [b"Version of ", asked, b" from ", asked].concat(),
            false => self.commit(oid)?.subject(),
        };
        text.extend([b"summary ", &summary[..], b"\n"].concat());
        if self.is_boundary(oid, request)? {
            text.extend(b"boundary\n");
        }
        if let Some((previous, name)) = self.previous(oid, path)? {
            text.extend(format!("previous {previous} ").into_bytes());
            text.extend([&name[..], b"\n"].concat());
        }
        text.extend([b"filename ", path, b"\n"].concat());
        Ok(())
    }

    fn previous(&mut self, oid: &Oid, path: &[u8]) -> Outcome<Option<(Oid, Vec<u8>)>> {
        if oid.is_zero() {
            return Ok(self.repository.head().map(|head| (head, path.to_vec())));
        }
        let commit = self.commit(oid)?;
        for parent in &commit.parents {
            let tree = self.repository.to_tree(parent)?;
            if let Some((name, _)) = self.origin(&tree, &commit.tree, path)? {
                return Ok(Some((*parent, name)));
            }
        }
        Ok(None)
    }
}

/// Which lines `-L` asks for.
fn ranges(words: &[String], lines: &[&[u8]], name: &str) -> Outcome<Vec<bool>> {
    if words.is_empty() {
        return Ok(vec![true; lines.len()]);
    }
    let mut chosen = vec![false; lines.len()];
    let mut anchor = 0;
    for word in words {
        let (start, end) = word
            .split_once(',')
            .map_or((word.as_str(), ""), |(start, end)| (start, end));
        let first = match start {
            "" => 1,
            start => place(start, lines, anchor)?,
        };
        let last = match end.as_bytes() {
            [] => lines.len(),
            [b'+', ..] => (first + number(&end[1..])?).saturating_sub(1),
            [b'-', ..] => first.saturating_sub(number(&end[1..])?) + 1,
            _ => place(end, lines, first)?,
        };
        if first > lines.len() {
            let unit = if lines.len() == 1 { "line" } else { "lines" };
            return Err(Failure::fatal(format!(
                "file {name} has only {} {unit}",
                lines.len()
            )));
        }
        let (first, last) = (first.min(last).max(1), first.max(last));
        chosen[first - 1..last.min(lines.len())].fill(true);
        anchor = last;
    }
    Ok(chosen)
}

fn number(text: &str) -> Outcome<usize> {
    text.parse()
        .map_err(|_| Failure::fatal(format!("-L invalid line number: {text}")))
}

fn place(text: &str, lines: &[&[u8]], after: usize) -> Outcome<usize> {
    let Some(pattern) = text.strip_prefix('/') else {
        return number(text);
    };
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    let regex = crate::log::pattern(
        pattern,
        crate::log::PatternKind::Basic,
        false,
        posix_regex::Newline::Anchors,
    )?;
    let found = lines
        .iter()
        .enumerate()
        .skip(after)
        .find(|(_, line)| regex.is_match(line.strip_suffix(b"\n").unwrap_or(line)));
    found.map(|(at, _)| at + 1).ok_or_else(|| {
        Failure::fatal(format!(
            "-L parameter '{pattern}' starting at line {}: No match",
            after + 1
        ))
    })
}
