//! `diff-tree`, `diff-index` and `diff-files`: what scripts ask.

use crate::changes::{self, Pair, Source};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::log::commit_pairs;
use crate::report::{self, Options};
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::split_words;
use crate::repository::{Kind, Oid, Repository};

/// What the command line says.
struct Request {
    options: Options,
    cached: bool,
    recurse: bool,
    root: bool,
    no_commit_id: bool,
    operands: Vec<String>,
    dashes: Option<usize>,
}

fn read(repository: &Repository, words: &[String], usage: &str) -> Outcome<Request> {
    let options = Options::plumbing(repository.config())?;
    let mut request = Request {
        options,
        cached: false,
        recurse: false,
        root: false,
        no_commit_id: false,
        operands: Vec::new(),
        dashes: None,
    };
    let mut at = 0;
    while at < words.len() {
        let word = words[at].as_str();
        if request.dashes.is_some() || !word.starts_with('-') {
            request.operands.push(word.to_owned());
            at += 1;
            continue;
        }
        match word {
            "--" => request.dashes = Some(request.operands.len()),
            "--cached" => request.cached = true,
            "-r" | "-t" => request.recurse = true,
            "--root" => request.root = true,
            "--no-commit-id" => request.no_commit_id = true,
            "-m" | "-v" | "-q" | "--always" | "--merge-base" => {}
            _ => {
                let used = request.options.take(&words[at..])?;
                if used == 0 {
                    return Err(Failure::plain(129, usage));
                }
                at += used;
                continue;
            }
        }
        at += 1;
    }
    if !request.options.formats.any() {
        request.options.formats.raw = true;
    }
    Ok(request)
}

fn shown(
    git: &mut Git,
    repository: &Repository,
    request: &Request,
    pairs: Vec<Pair>,
    title: Option<&Oid>,
) -> Outcome<i32> {
    let source = Source::of(repository);
    let pairs = report::select(&source, pairs, &request.options)?;
    let mut text = Vec::new();
    if let Some(oid) = title.filter(|_| !pairs.is_empty() && !request.no_commit_id) {
        text.extend(format!("{oid}\n").into_bytes());
    }
    if !request.options.quiet {
        report::show(&source, &pairs, &request.options, &mut text)?;
        git.out.put(&text)?;
    }
    Ok(i32::from(request.options.exit_code && !pairs.is_empty()))
}

pub fn diff_tree(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    const USAGE: &str = "usage: git diff-tree [--stdin] [-m] [-s] [-v] [--no-commit-id] [--pretty]
              [-t] [-r] [-c | --cc] [--combined-all-paths] [--root] [--merge-base]
              [<common-diff-options>] <tree-ish> [<tree-ish>] [<path>...]";
    let repository = git.repository()?;
    let mut request = read(&repository, &words, USAGE)?;
    let formats = request.options.formats;
    request.recurse |=
        formats.patch || formats.stat || formats.numstat || formats.shortstat || formats.summary;
    let (tips, paths) = split_words(&repository, &request.operands, request.dashes)?;
    let paths = Pathspec::parse(&repository, &paths)?;
    match &tips[..] {
        [] => Err(Failure::plain(129, USAGE)),
        [one] => {
            let oid = repository.peel(&one.oid)?;
            if repository.objects().read(&oid)?.kind != Kind::Commit {
                return Err(Failure::error(
                    128,
                    format!("Object {oid} is a tree, not a commit"),
                ));
            }
            let commit = repository.objects().commit(&oid)?;
            if commit.parents.len() > 1 || commit.parents.is_empty() && !request.root {
                return Ok(0);
            }
            let old = commit
                .parents
                .first()
                .map_or(Ok(Oid::EMPTY_TREE), |parent| repository.to_tree(parent))?;
            let pairs = match request.recurse {
                true => commit_pairs(&repository, &commit, &paths)?,
                false => changes::folders(&repository, &old, &commit.tree, &paths)?,
            };
            shown(git, &repository, &request, pairs, Some(&oid))
        }
        [first, second, ..] => {
            let (old, new) = if second.excluded {
                (second, first)
            } else {
                (first, second)
            };
            let (old, new) = (repository.to_tree(&old.oid)?, repository.to_tree(&new.oid)?);
            let pairs = match request.recurse {
                true => changes::trees(
                    &repository,
                    &old,
                    &new,
                    &paths,
                    request.options.copies_harder,
                )?,
                false => changes::folders(&repository, &old, &new, &paths)?,
            };
            shown(git, &repository, &request, pairs, None)
        }
    }
}

pub fn diff_index(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    const USAGE: &str = "usage: git diff-index [-m] [--cached] [--merge-base] [<common-diff-options>] <tree-ish> [<path>...]";
    let repository = git.repository()?;
    let request = read(&repository, &words, USAGE)?;
    let (tips, paths) = split_words(&repository, &request.operands, request.dashes)?;
    let [tip] = &tips[..] else {
        return Err(Failure::plain(129, USAGE));
    };
    let paths = Pathspec::parse(&repository, &paths)?;
    let (tree, index) = (repository.to_tree(&tip.oid)?, repository.index()?);
    let pairs = match request.cached {
        true => changes::tree_to_index(&repository, Some(&tree), &index, &paths, false)?,
        false => changes::tree_to_worktree(
            &Source::of(&repository),
            &repository,
            &tree,
            &index,
            &paths,
            false,
        )?,
    };
    shown(git, &repository, &request, pairs, None)
}

pub fn diff_files(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    const USAGE: &str = "usage: git diff-files [-q] [-0 | -1 | -2 | -3 | -c | --cc] [<common-diff-options>] [<path>...]";
    let repository = git.repository_with_worktree()?;
    let request = read(&repository, &words, USAGE)?;
    let paths = Pathspec::parse(&repository, &request.operands)?;
    let index = repository.index()?;
    let pairs = changes::index_to_worktree(
        &Source::of(&repository),
        &repository,
        &index,
        &paths,
        2,
        false,
    )?;
    shown(git, &repository, &request, pairs, None)
}
