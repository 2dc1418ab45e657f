//! Walks and shows.

use std::rc::Rc;

use super::follow::Follow;
use super::graph::Graph;
use super::{
    Decorations, Expansion, Format, LogOptions, Look, Merges, combined, expand, header_and_message,
};
use crate::changes::{Pair, Source, trees};
use crate::failure::{Failure, Outcome};
use std::io::Write as _;

use crate::git::Git;
use crate::report;
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::{Order, Tip, Walk, WalkOptions, split_words};
use crate::repository::{Commit, Oid, Repository};

/// Shows what the options ask for; the exit status.
///
/// # Errors
/// Words that are neither revisions nor paths; what can't be read.
pub fn log(git: &mut Git, repository: &Repository, mut options: LogOptions) -> Outcome<i32> {
    let (mut tips, words) = split_words(repository, &options.operands, options.dashes)?;
    let by_refs = !options.refs.is_empty();
    tips.extend(from_refs(repository, &options.refs)?);
    if !tips.iter().any(|tip| !tip.excluded) && !by_refs {
        tips.push(default_tip(repository)?);
    }
    if options.graph && options.order == Order::Date {
        options.order = Order::Topological;
    }
    let paths = Pathspec::parse(repository, &words)?;
    if options.diff.relative.as_ref().is_some_and(Vec::is_empty) {
        options.diff.relative = Some(repository.prefix().to_vec());
    }
    let follow = options.follow && paths.items().len() == 1;
    if options.follow && !follow && !paths.is_empty() {
        return Err(Failure::fatal("--follow requires exactly one pathspec"));
    }
    let limited = (!paths.is_empty() && !follow).then(|| paths.clone());
    let walk_options = WalkOptions {
        order: options.order,
        first_parent: options.first_parent,
        paths: limited,
        full_history: options.full_history,
        ..WalkOptions::default()
    };
    let commits = |excluded: bool| -> Outcome<Vec<Oid>> {
        tips.iter()
            .filter(|tip| tip.excluded == excluded)
            .map(|tip| repository.to_commit(&tip.oid))
            .collect()
    };
    if options.no_walk {
        let mut chosen = Vec::new();
        for oid in commits(false)? {
            chosen.push((repository.objects().commit(&oid)?.time(), oid));
        }
        chosen.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        let mut printer = Printer::new(repository, options, paths)?;
        for (_, oid) in chosen {
            let mut text = Vec::new();
            show_commit(&mut printer, repository, &oid, &mut text)?;
            git.out.put(&text)?;
        }
        return Ok(0);
    }
    let walk = Walk::new(repository, commits(false)?, commits(true)?, walk_options)?;
    let sides = Sides::of(repository, &tips, &options)?;
    let mut printer = Printer::new(repository, options, paths)?;
    if follow {
        printer.follow = printer.paths.items().first().map(|item| Follow {
            path: item.path.clone(),
        });
    }
    printer.walk(git, walk, &sides)?;
    Ok(0)
}

/// Where history begins when nothing was named: HEAD.
///
/// # Errors
/// There is no commit yet.
pub fn default_tip(repository: &Repository) -> Outcome<Tip> {
    let Some(oid) = repository.head() else {
        return Err(match repository.head_branch() {
            Some(branch) => Failure::fatal(format!(
                "your current branch '{branch}' does not have any commits yet"
            )),
            None => Failure::fatal("bad default revision 'HEAD'"),
        });
    };
    Ok(Tip {
        oid,
        excluded: false,
        word: "HEAD".to_owned(),
        side: None,
    })
}

/// The tips that `--all` and its like name.
///
/// # Errors
/// A reference that can't be read.
pub fn from_refs(repository: &Repository, patterns: &[String]) -> Outcome<Vec<Tip>> {
    let mut tips = Vec::new();
    for pattern in patterns {
        if pattern == "HEAD" {
            tips.extend(repository.head().map(|oid| (oid, pattern.clone())));
            continue;
        }
        let start = pattern.split(['*', '?', '[']).next().unwrap_or_default();
        let whole = if pattern.starts_with("refs/") {
            String::new()
        } else {
            "refs/".to_owned()
        };
        let start = format!("{whole}{start}");
        let has_glob = start.len() < whole.len() + pattern.len();
        for reference in repository.refs("refs/")? {
            let name = reference.name.as_bytes();
            let fits = match has_glob {
                true => crate::repository::wildmatch::matches(
                    format!("{whole}{pattern}").as_bytes(),
                    name,
                    false,
                    false,
                ),
                false => {
                    reference.name == start
                        || reference
                            .name
                            .starts_with(&format!("{}/", start.trim_end_matches('/')))
                }
            };
            if fits && repository.to_commit(&reference.oid).is_ok() {
                tips.push((reference.oid, reference.name));
            }
        }
    }
    Ok(tips
        .into_iter()
        .map(|(oid, word)| Tip {
            oid,
            excluded: false,
            word,
            side: None,
        })
        .collect())
}

/// Which side of `a...b` each commit is on.
struct Sides(Option<std::collections::HashSet<Oid>>);

impl Sides {
    fn of(repository: &Repository, tips: &[Tip], options: &LogOptions) -> Outcome<Sides> {
        let left = tips.iter().find(|tip| tip.side == Some('<'));
        let (Some(left), true) = (left, options.left_right || options.side.is_some()) else {
            return Ok(Sides(None));
        };
        let without: Vec<Oid> = tips
            .iter()
            .filter(|tip| tip.excluded)
            .map(|tip| tip.oid)
            .collect();
        let walk = Walk::new(
            repository,
            vec![repository.to_commit(&left.oid)?],
            without,
            WalkOptions::default(),
        )?;
        Ok(Sides(Some(walk.collect::<Outcome<_>>()?)))
    }

    fn of_commit(&self, oid: &Oid) -> char {
        match &self.0 {
            Some(left) if left.contains(oid) => '<',
            _ => '>',
        }
    }
}

/// Shows commits one after another.
pub struct Printer<'a> {
    repository: &'a Repository,
    source: Source<'a>,
    pub options: LogOptions,
    paths: Pathspec,
    decorations: Option<Decorations>,
    graph: Option<Graph>,
    follow: Option<Follow>,
    /// What the commit at hand changed of the followed file.
    followed: Option<Vec<Pair>>,
    /// The entry of a reflog that the commit stands for.
    pub reflog: Option<(String, String, String)>,
    shown_one: bool,
    missing_newline: bool,
}

impl<'a> Printer<'a> {
    /// # Errors
    /// A reference that can't be read.
    pub fn new(repository: &'a Repository, options: LogOptions, paths: Pathspec) -> Outcome<Self> {
        let by_format = matches!(&options.format, Format::User(format, _) if format.contains("%d") || format.contains("%D"));
        let wanted = options.decorate == Some(true) || by_format;
        Ok(Self {
            repository,
            source: Source::of(repository),
            decorations: if wanted {
                Some(Decorations::of(repository, false)?)
            } else {
                None
            },
            graph: options.graph.then(Graph::new),
            options,
            paths,
            follow: None,
            followed: None,
            reflog: None,
            shown_one: false,
            missing_newline: false,
        })
    }

    fn walk(&mut self, git: &mut Git, mut walk: Walk, sides: &Sides) -> Outcome<()> {
        let filter = self.options.filter.clone().ready()?;
        let (mut skip, mut left) = (self.options.skip, self.options.max.unwrap_or(usize::MAX));
        let mut kept: Vec<(Oid, Rc<Commit>)> = Vec::new();
        while left > 0 {
            let Some(oid) = walk.next().transpose()? else {
                break;
            };
            let commit = walk.commit(&oid)?;
            let side = sides.of_commit(&oid);
            if filter.is_too_old(&commit) && self.options.order == Order::Date {
                break;
            }
            if !filter.passes(&commit) || self.options.side.is_some_and(|wanted| wanted != side) {
                continue;
            }
            if self.needs_changes() && !self.changes_anything(&commit)? {
                continue;
            }
            if skip > 0 {
                skip -= 1;
                continue;
            }
            left -= 1;
            if self.options.reverse {
                kept.push((oid, commit));
                continue;
            }
            if self.graph.is_some() {
                let mut parents = walk.rewritten_parents(&oid)?;
                parents.retain(|parent| !walk.is_excluded(parent));
                if let Some(graph) = &mut self.graph {
                    graph.update(oid, parents, '*');
                }
            }
            let mark = if sides.0.is_some() { side } else { '>' };
            let mut text = Vec::new();
            self.show(&oid, &commit, mark, &mut text)?;
            git.out.put(&text)?;
        }
        for (oid, commit) in kept.into_iter().rev() {
            let mut text = Vec::new();
            self.show(&oid, &commit, '>', &mut text)?;
            git.out.put(&text)?;
        }
        git.out.flush()?;
        Ok(())
    }

    /// `-S`, `-G`, `--diff-filter` and `--follow` leave out commits that change nothing of what they ask for.
    fn needs_changes(&self) -> bool {
        let diff = &self.options.diff;
        diff.pickaxe.is_some() || diff.statuses.is_some() || self.follow.is_some()
    }

    fn changes_anything(&mut self, commit: &Commit) -> Outcome<bool> {
        if commit.parents.len() > 1 && !self.options.first_parent && !self.options.merges_said {
            return Ok(false);
        }
        self.followed = None;
        let pairs = self.pairs(commit, 0)?;
        self.followed = self.follow.is_some().then(|| pairs.clone());
        Ok(!report::select(&self.source, pairs, &self.options.diff)?.is_empty())
    }

    /// What a commit changed beside one parent.
    fn pairs(&mut self, commit: &Commit, parent: usize) -> Outcome<Vec<Pair>> {
        if let Some(pairs) = self.followed.take() {
            return Ok(pairs);
        }
        let old = match commit.parents.get(parent) {
            Some(parent) => self.repository.to_tree(parent)?,
            None => Oid::EMPTY_TREE,
        };
        if let Some(follow) = &mut self.follow {
            return follow.pairs(&self.source, self.repository, &old, &commit.tree);
        }
        let all = Pathspec::default();
        let paths = if self.options.full_diff {
            &all
        } else {
            &self.paths
        };
        trees(
            self.repository,
            &old,
            &commit.tree,
            paths,
            self.options.diff.copies_harder,
        )
    }

    fn short(&self, oid: &Oid) -> String {
        match self.options.diff.abbreviation {
            Some(length) => self.repository.objects().abbreviate(oid, length),
            None => self.repository.short(oid),
        }
    }

    /// Appends a commit with its changes.
    ///
    /// # Errors
    /// What can't be read.
    pub fn show(
        &mut self,
        oid: &Oid,
        commit: &Commit,
        mark: char,
        out: &mut Vec<u8>,
    ) -> Outcome<()> {
        let wants_diff = self.options.diff.formats.any() && !self.options.diff.formats.nothing;
        let is_merge = commit.parents.len() > 1;
        let merges = match (self.options.merges_said, self.options.first_parent) {
            (false, true) => Merges::FirstParent,
            _ => self.options.merges,
        };
        if !wants_diff || commit.parents.is_empty() && self.options.root_hidden {
            return self.head(oid, commit, mark, None, out);
        }
        match merges {
            _ if !is_merge => self.with_diff(oid, commit, mark, 0, None, out),
            Merges::Nothing => self.head(oid, commit, mark, None, out),
            Merges::FirstParent => self.with_diff(oid, commit, mark, 0, None, out),
            Merges::Each => {
                for number in 0..commit.parents.len() {
                    self.with_diff(oid, commit, mark, number, Some(commit.parents[number]), out)?;
                }
                Ok(())
            }
            Merges::Combined | Merges::Dense => {
                self.with_combined(oid, commit, mark, merges == Merges::Dense, out)
            }
        }
    }

    fn with_diff(
        &mut self,
        oid: &Oid,
        commit: &Commit,
        mark: char,
        parent: usize,
        from: Option<Oid>,
        out: &mut Vec<u8>,
    ) -> Outcome<()> {
        let pairs = self.pairs(commit, parent)?;
        let pairs = report::select(&self.source, pairs, &self.options.diff)?;
        self.head(oid, commit, mark, from, out)?;
        if pairs.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        self.gap(&mut text);
        report::show(&self.source, &pairs, &self.options.diff, &mut text)?;
        self.beside_graph(&text, out);
        Ok(())
    }

    fn with_combined(
        &mut self,
        oid: &Oid,
        commit: &Commit,
        mark: char,
        dense: bool,
        out: &mut Vec<u8>,
    ) -> Outcome<()> {
        self.head(oid, commit, mark, None, out)?;
        let formats = self.options.diff.formats;
        let mut text = Vec::new();
        let stats = formats.stat || formats.numstat || formats.shortstat || formats.summary;
        let names = formats.raw || formats.name_only || formats.name_status;
        let paths = combined::paths(self.repository, commit, &self.paths)?;
        if self.options.format != Format::User(String::new(), true) {
            text.push(b'\n');
        }
        if stats {
            let mut options = self.options.diff.clone();
            options.formats.patch = false;
            let pairs = self.pairs(commit, 0)?;
            let pairs = report::select(&self.source, pairs, &options)?;
            report::show(&self.source, &pairs, &options, &mut text)?;
        }
        for (path, pairs) in paths.iter().filter(|_| names) {
            if formats.name_status {
                text.extend(pairs.iter().map(|pair| pair.status.letter() as u8));
                text.push(b'\t');
            }
            text.extend(report::quote(path, self.options.diff.quote_path));
            text.push(b'\n');
        }
        if formats.patch && !paths.is_empty() {
            if stats || names {
                text.push(b'\n');
            }
            combined::show(
                &self.source,
                self.repository,
                commit,
                &self.paths,
                dense,
                &self.options.diff,
                &mut text,
            )?;
        }
        self.beside_graph(&text, out);
        Ok(())
    }

    /// What stands between a message and its changes.
    fn gap(&self, text: &mut Vec<u8>) {
        let formats = self.options.diff.formats;
        if self.options.format == Format::Oneline
            || self.options.format == Format::User(String::new(), true)
        {
            return;
        }
        if formats.stat && formats.patch {
            text.extend(b"---");
        }
        text.push(b'\n');
    }

    fn beside_graph(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let Some(graph) = &mut self.graph else {
            out.extend(text);
            return;
        };
        for line in crate::diff::split(text) {
            out.extend(graph.padding().into_bytes());
            out.extend(line);
        }
    }

    /// The commit itself.
    fn head(
        &mut self,
        oid: &Oid,
        commit: &Commit,
        mark: char,
        from: Option<Oid>,
        out: &mut Vec<u8>,
    ) -> Outcome<()> {
        let end = if self.options.diff.nul { 0 } else { b'\n' };
        let ends_itself = self.options.format.ends_itself();
        if self.shown_one && !ends_itself {
            if let (Some(graph), b'\n', false) = (&mut self.graph, end, self.missing_newline) {
                out.extend(graph.padding().into_bytes());
            }
            out.push(end);
        }
        self.shown_one = true;
        self.graph_to_commit(out);
        let line = self.first_line(oid, commit, mark, from);
        out.extend(line);
        let text = self.message(oid, commit, mark);
        self.missing_newline = text.last() != Some(&b'\n');
        self.message_beside_graph(&text, out);
        let is_empty = matches!(&self.options.format, Format::User(format, _) if format.is_empty());
        if ends_itself && !is_empty {
            if let (Some(graph), false) = (&mut self.graph, self.missing_newline) {
                out.extend(graph.padding().into_bytes());
            }
            out.push(end);
        }
        Ok(())
    }

    fn graph_to_commit(&mut self, out: &mut Vec<u8>) {
        let Some(graph) = &mut self.graph else { return };
        if graph.is_finished() {
            out.extend(graph.padding().into_bytes());
            return;
        }
        while !graph.is_finished() {
            let (line, is_commit) = graph.next_line();
            out.extend(line.into_bytes());
            if is_commit {
                return;
            }
            out.push(b'\n');
        }
    }

    /// `commit 1234… (HEAD -> main)`, or the front of a line of `--oneline`.
    fn first_line(&mut self, oid: &Oid, commit: &Commit, mark: char, from: Option<Oid>) -> Vec<u8> {
        if matches!(self.options.format, Format::User(..) | Format::Email) {
            return Vec::new();
        }
        let oneline = self.options.format == Format::Oneline;
        let abbreviate = self.options.abbreviate == Some(true);
        let name = |oid: &Oid| {
            if abbreviate {
                self.short(oid)
            } else {
                oid.hex()
            }
        };
        let colors = self.options.diff.colors;
        let mut line = String::from(colors.commit);
        if !oneline {
            line.push_str("commit ");
        }
        if self.options.left_right && (!self.options.graph) {
            line.push(mark);
            line.push(' ');
        }
        line.push_str(&name(oid));
        if self.options.show_parents {
            commit
                .parents
                .iter()
                .for_each(|parent| line.push_str(&format!(" {}", name(parent))));
        }
        if let Some(from) = from {
            line.push_str(&format!(" (from {})", name(&from)));
        }
        line.push_str(colors.reset);
        if let (Some(true), Some(decorations)) = (self.options.decorate, &self.decorations) {
            line.push_str(&decorations.wrapped(oid));
        }
        line.push(if oneline { ' ' } else { '\n' });
        if let (false, Some(graph)) = (oneline, &mut self.graph) {
            line.push_str(&graph.next_line().0);
        }
        line.into_bytes()
    }

    fn message(&self, oid: &Oid, commit: &Commit, mark: char) -> Vec<u8> {
        let short = |oid: &Oid| self.short(oid);
        let long = |oid: &Oid| oid.hex();
        let now = self.repository.now();
        match &self.options.format {
            Format::Oneline => commit.subject(),
            Format::Email => super::mail_message(commit, oid, "PATCH", ""),
            Format::User(format, _) => {
                let names = |oid: &Oid| {
                    self.decorations
                        .as_ref()
                        .map(|known| known.names(oid))
                        .unwrap_or_default()
                };
                let is_reference = format.ends_with("(%s, %ad)");
                let date = match (is_reference, &self.options.date) {
                    (true, crate::repository::date::Style::Default) => {
                        &crate::repository::date::Style::Short
                    }
                    (_, date) => date,
                };
                let color = self.options.diff.colors.on();
                let how = Expansion {
                    date,
                    now,
                    short: &short,
                    decorations: &names,
                    reflog: self.reflog.clone(),
                    color,
                    mark,
                    source: "",
                };
                expand(format, oid, commit, &how)
            }
            format => {
                let whole = self.options.diff.abbreviation == Some(40);
                let names: &dyn Fn(&Oid) -> String = if whole { &long } else { &short };
                let look = Look {
                    date: &self.options.date,
                    now,
                    short: names,
                    expand_tabs: self.options.expand_tabs,
                };
                header_and_message(commit, format, &look)
            }
        }
    }

    fn message_beside_graph(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let Some(graph) = &mut self.graph else {
            out.extend(text);
            return;
        };
        for (number, line) in crate::diff::split(text).into_iter().enumerate() {
            if number > 0 {
                out.extend(graph.next_line().0.into_bytes());
            }
            out.extend(line);
        }
        let ended = text.ends_with(b"\n");
        if graph.is_finished() {
            return;
        }
        if !ended {
            out.push(b'\n');
        }
        loop {
            out.extend(graph.next_line().0.into_bytes());
            if graph.is_finished() {
                break;
            }
            out.push(b'\n');
        }
        if ended {
            out.push(b'\n');
        }
    }
}

/// What a commit changed beside its first parent.
///
/// # Errors
/// A tree that can't be read.
pub fn commit_pairs(
    repository: &Repository,
    commit: &Commit,
    paths: &Pathspec,
) -> Outcome<Vec<Pair>> {
    let old = commit
        .parents
        .first()
        .map_or(Ok(Oid::EMPTY_TREE), |parent| repository.to_tree(parent))?;
    trees(repository, &old, &commit.tree, paths, false)
}

/// One commit, as `show` has it.
///
/// # Errors
/// What can't be read.
pub fn show_commit(
    printer: &mut Printer,
    repository: &Repository,
    oid: &Oid,
    out: &mut Vec<u8>,
) -> Outcome<()> {
    let commit = repository.objects().commit(oid)?;
    if !printer.paths.is_empty()
        && commit.parents.len() < 2
        && commit_pairs(repository, &commit, &printer.paths)?.is_empty()
    {
        return Ok(());
    }
    printer.show(oid, &commit, '>', out)
}

impl Printer<'_> {
    /// Something else was shown in front of the next commit.
    pub fn begin_again(&mut self) {
        self.shown_one = true;
        self.missing_newline = false;
    }
}
