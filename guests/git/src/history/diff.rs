//! `diff`: what differs between commits, the index, the working tree, or any two files.

mod unmerged;
mod usage;

use std::io::Write as _;

use crate::changes::{self, File, Pair, Source};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::report::{self, Options};
use crate::repository::pathspec::Pathspec;
use crate::repository::revision::{Tip, merge_bases, split_words};
use crate::repository::{Index, Kind, Oid, Repository, mode};
pub use usage::USAGE;

/// What the command line says.
struct Request {
    options: Options,
    cached: bool,
    merge_base: bool,
    /// `-1`, `--ours` and the like: compare with a stage of a conflict.
    stage: Option<u8>,
    operands: Vec<String>,
    dashes: Option<usize>,
}

pub fn diff(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let request = read(Options::of(&git.config()?)?, &words)?;
    let inside = git.repository().is_ok();
    if request.options.no_index || !inside || outside_worktree(git, &request) {
        return no_index(git, request, inside);
    }
    let repository = git.repository()?;
    let (text, status) = between(&repository, request)?;
    git.out.put(&text)?;
    git.out.flush()?;
    Ok(status)
}

fn read(options: Options, words: &[String]) -> Outcome<Request> {
    let mut request = Request {
        options,
        cached: false,
        merge_base: false,
        stage: None,
        operands: Vec::new(),
        dashes: None,
    };
    let mut at = 0;
    while at < words.len() {
        let word = &words[at];
        let taken = if request.dashes.is_none() {
            request.options.take(&words[at..])?
        } else {
            0
        };
        if taken > 0 {
            at += taken;
            continue;
        }
        at += 1;
        if request.dashes.is_some() || !word.starts_with('-') || word == "-" {
            request.operands.push(word.clone());
            continue;
        }
        match word.as_str() {
            "--" => request.dashes = Some(request.operands.len()),
            "--cached" | "--staged" => request.cached = true,
            "--merge-base" => request.merge_base = true,
            "--no-index" => request.options.no_index = true,
            "-0" => request.stage = Some(0),
            "-1" | "--base" => request.stage = Some(1),
            "-2" | "--ours" => request.stage = Some(2),
            "-3" | "--theirs" => request.stage = Some(3),
            "-c" | "--cc" | "--no-ext-diff" | "-q" => {}
            _ => {
                return Err(Failure::plain(
                    129,
                    format!("error: invalid option: {word}\n{USAGE}"),
                ));
            }
        }
    }
    if !request.options.formats.any() {
        request.options.formats.patch = true;
    }
    Ok(request)
}

/// Two paths, one of which is outside the working tree, are compared as they are.
fn outside_worktree(git: &Git, request: &Request) -> bool {
    let Ok(repository) = git.repository() else {
        return true;
    };
    let [old, new] = &request.operands[..] else {
        return false;
    };
    let outside = |path: &String| {
        repository.from_top(path).is_err() && std::fs::symlink_metadata(path).is_ok()
    };
    !request.cached && (outside(old) || outside(new))
}

fn no_index(git: &mut Git, mut request: Request, inside: bool) -> Outcome<i32> {
    let [old, new] = &request.operands[..] else {
        if !request.options.no_index && !inside {
            git.warn("warning: Not a git repository. Use --no-index to compare two paths outside a working tree");
        }
        return Err(Failure::plain(129, usage::NO_INDEX));
    };
    let from_here = |path: &String| match git.repository() {
        Ok(repository)
            if path != "-" && !path.starts_with('/') && !repository.prefix().is_empty() =>
        {
            format!("{}{path}", String::from_utf8_lossy(repository.prefix()))
        }
        _ => path.clone(),
    };
    let pairs = changes::outside(&from_here(old), &from_here(new))?;
    let source = Source::outside();
    request.options.exit_code = true;
    let (text, status) = shown(&source, pairs, &request.options)?;
    git.out.put(&text)?;
    git.out.flush()?;
    Ok(status)
}

/// The text for the pairs, and the exit status.
fn shown(source: &Source, pairs: Vec<Pair>, options: &Options) -> Outcome<(Vec<u8>, i32)> {
    let pairs = report::select(source, pairs, options)?;
    let mut text = Vec::new();
    let mut status = 0;
    if !options.quiet {
        let shown = report::show(source, &pairs, options, &mut text)?;
        if shown.bad_space {
            status |= 2;
        }
    }
    if options.exit_code && report::differs(source, &pairs, options)? {
        status |= 1;
    }
    Ok((text, status))
}

fn between(repository: &Repository, mut request: Request) -> Outcome<(Vec<u8>, i32)> {
    let (tips, paths) = split_words(repository, &request.operands, request.dashes)?;
    let paths = Pathspec::parse(repository, &paths)?;
    if request.options.relative.as_ref().is_some_and(Vec::is_empty) {
        request.options.relative = Some(repository.prefix().to_vec());
    }
    let source = Source::of(repository);
    let harder = request.options.copies_harder;
    let options = &mut request.options;
    let pairs = match &tips[..] {
        [] if request.cached => {
            options.name_sides("c/", "i/");
            let tree = repository
                .head()
                .map(|head| repository.to_tree(&head))
                .transpose()?;
            changes::tree_to_index(
                repository,
                tree.as_ref(),
                &repository.index()?,
                &paths,
                harder,
            )?
        }
        [] => {
            options.name_sides("i/", "w/");
            return worktree(repository, &source, request, &paths);
        }
        [tip] if request.cached => {
            options.name_sides("c/", "i/");
            let tree = base_tree(repository, tip, request.merge_base)?;
            changes::tree_to_index(
                repository,
                Some(&tree),
                &repository.index()?,
                &paths,
                harder,
            )?
        }
        [tip] if is_blob(repository, &tip.oid)? => {
            let path = paths
                .items()
                .first()
                .map_or_else(|| named_path(&tip.word), |item| item.path.clone());
            vec![Pair::new(
                Some(blob(tip)?),
                Some(File::on_disk(&path, mode::FILE)),
            )]
        }
        [tip] => {
            options.name_sides("c/", "w/");
            let tree = base_tree(repository, tip, request.merge_base)?;
            changes::tree_to_worktree(
                &source,
                repository,
                &tree,
                &repository.index()?,
                &paths,
                harder,
            )?
        }
        tips => {
            options.name_sides("c/", "c/");
            two(repository, tips, request.merge_base, &paths, harder)?
        }
    };
    shown(&source, pairs, &request.options)
}

fn is_blob(repository: &Repository, oid: &Oid) -> Outcome<bool> {
    Ok(repository.objects().read(oid)?.kind == Kind::Blob)
}

fn named_path(word: &str) -> Vec<u8> {
    word.split_once(':')
        .map_or(word, |(_, path)| path)
        .as_bytes()
        .to_vec()
}

fn blob(tip: &Tip) -> Outcome<File> {
    Ok(File::stored(&named_path(&tip.word), mode::FILE, tip.oid))
}

fn base_tree(repository: &Repository, tip: &Tip, merge_base: bool) -> Outcome<Oid> {
    if !merge_base {
        return repository.to_tree(&tip.oid);
    }
    let head = repository
        .head()
        .ok_or_else(|| Failure::fatal("unable to get HEAD"))?;
    let bases = merge_bases(repository, &repository.to_commit(&tip.oid)?, &[head])?;
    match &bases[..] {
        [base] => repository.to_tree(base),
        [] => Err(Failure::fatal("no merge base found")),
        _ => Err(Failure::fatal("multiple merge bases found")),
    }
}

fn two(
    repository: &Repository,
    tips: &[Tip],
    merge_base: bool,
    paths: &Pathspec,
    harder: bool,
) -> Outcome<Vec<Pair>> {
    let side = |side| tips.iter().find(|tip| tip.side == Some(side));
    if let (Some(left), Some(right)) = (side('<'), side('>')) {
        let base = tips
            .iter()
            .find(|tip| tip.excluded)
            .ok_or_else(|| Failure::fatal(format!("{}: no merge base", left.word)))?;
        return changes::trees(
            repository,
            &repository.to_tree(&base.oid)?,
            &repository.to_tree(&right.oid)?,
            paths,
            harder,
        );
    }
    let [first, second] = tips else {
        return Err(Failure::plain(129, USAGE));
    };
    let (old, new) = if second.excluded && !first.excluded {
        (second, first)
    } else {
        (first, second)
    };
    if is_blob(repository, &old.oid)? && is_blob(repository, &new.oid)? {
        let same = old.oid == new.oid;
        return Ok(if same {
            Vec::new()
        } else {
            vec![Pair::new(Some(blob(old)?), Some(blob(new)?))]
        });
    }
    let old_tree = if merge_base {
        let bases = merge_bases(
            repository,
            &repository.to_commit(&old.oid)?,
            &[repository.to_commit(&new.oid)?],
        )?;
        let base = bases
            .first()
            .ok_or_else(|| Failure::fatal("no merge base found"))?;
        repository.to_tree(base)?
    } else {
        repository.to_tree(&old.oid)?
    };
    changes::trees(
        repository,
        &old_tree,
        &repository.to_tree(&new.oid)?,
        paths,
        harder,
    )
}

/// The index and the working tree; paths in conflict are shown beside both sides.
fn worktree(
    repository: &Repository,
    source: &Source,
    request: Request,
    paths: &Pathspec,
) -> Outcome<(Vec<u8>, i32)> {
    let index: Index = repository.index()?;
    let options = &request.options;
    let together = options.formats.patch && request.stage.is_none();
    let mut pairs = changes::index_to_worktree(
        source,
        repository,
        &index,
        paths,
        request.stage.unwrap_or(2),
        options.copies_harder,
    )?;
    let mut text = Vec::new();
    if together {
        pairs = unmerged::show(source, &index, pairs, options, &mut text)?;
    }
    let conflicts = !text.is_empty();
    let (rest, status) = shown(source, pairs, options)?;
    if options.quiet {
        text.clear();
    }
    text.extend(rest);
    Ok((
        text,
        if conflicts && options.exit_code {
            status | 1
        } else {
            status
        },
    ))
}
