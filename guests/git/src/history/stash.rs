//! `stash`: changes put aside, and taken back.

use std::io::Write as _;

use super::make;
use crate::changes::{self, Source};
use crate::command_line::Syntax;
use crate::commands::status;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::log::{LogOptions, Printer};
use crate::merge::text::Favor;
use crate::merge::{Labels, Merge, merge_trees};
use crate::report::{self, Formats, Options};
use crate::repository::ignore::Ignore;
use crate::repository::index::Entry;
use crate::repository::pathspec::Pathspec;
use crate::repository::refs::{Expected, LogEntry};
use crate::repository::worktree::{
    Collect, Converter, add_file, remove_file, reset_hard, switch, untracked, write_file,
};
use crate::repository::{Commit, Index, Oid, Repository, Role, path_of};

const USAGE: &str = include_str!("usage/stash.txt");
const REF: &str = "refs/stash";
/// The options of `push` and the others, in the form of a usage text.
const PUSH: Syntax = Syntax::new(
    "    -k, --[no-]keep-index
                          x
    -q, --[no-]quiet      x
    -u, --[no-]include-untracked
                          x
    -a, --[no-]all        x
    -S, --[no-]staged     x
    -m, --[no-]message <message>
                          x
    --[no-]index          x
",
);

pub fn stash(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    if words.first().is_some_and(|word| word == "-h") {
        println!("{USAGE}");
        return Err(Failure::silent(129));
    }
    let verb = words.first().map_or("push", String::as_str).to_owned();
    let rest = words.get(1..).unwrap_or_default().to_vec();
    match verb.as_str() {
        "push" => push(git, &rest, false),
        "save" => push(git, &rest, true),
        "list" => list(git, &rest),
        "show" => show(git, &rest),
        "apply" => take(git, &rest, false),
        "pop" => take(git, &rest, true),
        "drop" => drop_one(git, &rest),
        "clear" => clear(git),
        "branch" => branch(git, &rest),
        verb if verb.starts_with('-') => push(git, &words, false),
        verb => Err(Failure::fatal(format!(
            "subcommand wasn't specified; 'push' can't be assumed due to unexpected token '{verb}'"
        ))),
    }
}

#[derive(Default)]
struct Asked {
    keep_index: Option<bool>,
    quiet: bool,
    untracked: bool,
    all: bool,
    staged: bool,
    message: Option<String>,
    index: bool,
    operands: Vec<String>,
}

fn read(words: &[String]) -> Outcome<Asked> {
    let parsed = PUSH.parse(words).map_err(|failure| match failure.status {
        129 => Failure::plain(
            129,
            failure
                .message
                .replace(PUSH.usage, include_str!("usage/stash-push.txt")),
        ),
        _ => failure,
    })?;
    let mut asked = Asked {
        operands: parsed.operands.clone(),
        ..Asked::default()
    };
    for given in &parsed.options {
        match given.name.as_str() {
            "keep-index" => asked.keep_index = Some(given.on),
            "quiet" => asked.quiet = given.on,
            "include-untracked" => asked.untracked = given.on,
            "all" => asked.all = given.on,
            "staged" => asked.staged = given.on,
            "message" => asked.message = given.value.clone(),
            _ => asked.index = given.on,
        }
    }
    Ok(asked)
}

fn push(git: &mut Git, words: &[String], save: bool) -> Outcome<i32> {
    let mut asked = read(words)?;
    if save && !asked.operands.is_empty() {
        asked.message = Some(std::mem::take(&mut asked.operands).join(" "));
    }
    let repository = git.repository_with_worktree()?;
    let paths = Pathspec::parse(&repository, &asked.operands)?;
    let mut index = repository.index()?;
    let known: Vec<Vec<u8>> = index
        .entries()
        .iter()
        .map(|entry| entry.path.clone())
        .collect();
    if let Some(item) = paths.unmatched(known.iter().map(Vec::as_slice)).first()
        && !asked.untracked
    {
        git.warn(format!("error: pathspec ':(prefix:0){}' did not match any file(s) known to git\nDid you forget to 'git add'?", item.word));
        return Ok(1);
    }
    let Some(head) = repository.head() else {
        return Err(Failure::plain(1, "You do not have the initial commit yet"));
    };
    if index.has_conflicts() {
        let mut lines: Vec<String> = Vec::new();
        for entry in index.entries().iter().filter(|entry| entry.stage != 0) {
            let line = format!("{}: needs merge", String::from_utf8_lossy(&entry.path));
            if lines.last() != Some(&line) {
                lines.push(line);
            }
        }
        git.out.write_all((lines.join("\n") + "\n").as_bytes())?;
        return Err(Failure::plain(1, "error: could not write index"));
    }
    let source = Source::of(&repository);
    let loose = untracked_files(&repository, &index, &paths, &asked)?;
    let head_tree = repository.to_tree(&head)?;
    let staged = changes::tree_to_index(&repository, Some(&head_tree), &index, &paths, false)?;
    let unstaged = changes::index_to_worktree(&source, &repository, &index, &paths, 0, false)?;
    if staged.is_empty() && (unstaged.is_empty() || asked.staged) && loose.is_empty() {
        if !asked.quiet {
            git.out.write_all(b"No local changes to save\n")?;
        }
        return Ok(0);
    }
    let trees = Trees::of(&repository, &index, &paths, asked.staged)?;
    let (oid, message) = commit(&repository, &head, &trees, &loose, &asked)?;
    store(&repository, oid, &message)?;
    if !asked.quiet {
        git.out
            .write_all(format!("Saved working directory and index state {message}\n").as_bytes())?;
    }
    clean(&repository, &mut index, &paths, &head_tree, &trees, &asked)?;
    for path in &loose {
        remove_file(path)?;
    }
    Ok(0)
}

fn untracked_files(
    repository: &Repository,
    index: &Index,
    paths: &Pathspec,
    asked: &Asked,
) -> Outcome<Vec<Vec<u8>>> {
    if !asked.untracked && !asked.all {
        return Ok(Vec::new());
    }
    let ignore = Ignore::standard(repository);
    let collect = Collect {
        all_files: true,
        ignored: asked.all,
        each_ignored: asked.all,
        ..Collect::default()
    };
    let found = untracked(index, &ignore, paths, collect)?;
    let mut files = found.paths;
    if asked.all {
        files.extend(found.ignored);
    }
    files.retain(|path| !path.ends_with(b"/"));
    files.sort();
    Ok(files)
}

/// What is put aside: the index as a tree, and the working tree as one.
struct Trees {
    index: Oid,
    worktree: Oid,
}

impl Trees {
    fn of(
        repository: &Repository,
        index: &Index,
        paths: &Pathspec,
        staged: bool,
    ) -> Outcome<Trees> {
        let index_tree = repository.write_tree(index.entries())?;
        if staged {
            return Ok(Trees {
                index: index_tree,
                worktree: index_tree,
            });
        }
        let converter = Converter::new(repository);
        let mut files = index.clone();
        let known: Vec<Vec<u8>> = files
            .entries()
            .iter()
            .filter(|entry| paths.matches(&entry.path))
            .map(|entry| entry.path.clone())
            .collect();
        for path in known {
            match isobox_guest::stat::stat(path_of(&path)?, false) {
                Ok(found) if found.kind != isobox_guest::stat::Kind::Directory => {
                    _ = add_file(repository, &converter, &mut files, &path, &found)?
                }
                _ => _ = files.remove(&path),
            }
        }
        Ok(Trees {
            index: index_tree,
            worktree: repository.write_tree(files.entries())?,
        })
    }
}

/// The commit of a stash: its parents are HEAD, the index, and untracked files, if any.
fn commit(
    repository: &Repository,
    head: &Oid,
    trees: &Trees,
    loose: &[Vec<u8>],
    asked: &Asked,
) -> Outcome<(Oid, String)> {
    let branch = repository
        .head_branch()
        .unwrap_or_else(|| "(no branch)".to_owned());
    let subject =
        String::from_utf8_lossy(&repository.objects().commit(head)?.subject()).into_owned();
    let base = format!("{branch}: {} {subject}", repository.short(head));
    let who = repository.signature(Role::Author)?.line();
    let index = make::commit(
        repository,
        trees.index,
        vec![*head],
        Some(who.clone()),
        format!("index on {base}\n").as_bytes(),
    )?;
    let mut parents = vec![*head, index];
    if !loose.is_empty() {
        let converter = Converter::new(repository);
        let mut files = Index::default();
        for path in loose {
            let found = isobox_guest::stat::stat(path_of(path)?, false)?;
            add_file(repository, &converter, &mut files, path, &found)?;
        }
        let tree = repository.write_tree(files.entries())?;
        parents.push(make::commit(
            repository,
            tree,
            Vec::new(),
            Some(who.clone()),
            format!("untracked files on {base}\n").as_bytes(),
        )?);
    }
    let message = match &asked.message {
        Some(message) if !message.is_empty() => format!("On {branch}: {message}"),
        _ => format!("WIP on {base}"),
    };
    let oid = make::commit(
        repository,
        trees.worktree,
        parents,
        Some(who),
        message.as_bytes(),
    )?;
    Ok((oid, message))
}

fn store(repository: &Repository, oid: Oid, message: &str) -> Outcome<()> {
    let path = repository.log_path(REF);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    if !path.exists() {
        std::fs::write(path, "")?;
    }
    repository.update_ref(REF, oid, Expected::Anything, message)
}

/// Takes what was put aside out of the index and the working tree.
fn clean(
    repository: &Repository,
    index: &mut Index,
    paths: &Pathspec,
    head: &Oid,
    trees: &Trees,
    asked: &Asked,
) -> Outcome<()> {
    let converter = Converter::new(repository);
    let lock = index.lock()?;
    if paths.is_empty() && !asked.staged {
        let to = if asked.keep_index == Some(true) {
            trees.index
        } else {
            *head
        };
        reset_hard(repository, &converter, index, &to)?;
        if let Some(head) = repository.head() {
            repository.update_ref("ORIG_HEAD", head, Expected::Anything, "")?;
            repository.update_ref("HEAD", head, Expected::Anything, "reset: moving to HEAD")?;
        }
        return index.write_locked(lock);
    }
    let from_head = repository.files(head)?;
    let kept: Vec<Entry> = index
        .entries()
        .iter()
        .filter(|entry| !paths.matches(&entry.path))
        .cloned()
        .collect();
    let staged: Vec<Entry> = index
        .entries()
        .iter()
        .filter(|entry| paths.matches(&entry.path))
        .cloned()
        .collect();
    let mut entries = kept;
    let keep_index = asked.keep_index == Some(true);
    let targets: Vec<(Vec<u8>, u32, Oid)> = match keep_index {
        true => staged
            .iter()
            .map(|entry| (entry.path.clone(), entry.mode, entry.oid))
            .collect(),
        false => from_head
            .iter()
            .filter(|file| paths.matches(&file.path))
            .map(|file| (file.path.clone(), file.mode, file.oid))
            .collect(),
    };
    for entry in &staged {
        if !targets.iter().any(|(path, ..)| *path == entry.path) {
            remove_file(&entry.path)?;
        }
    }
    for (path, mode, oid) in targets {
        let mut entry = Entry::new(&path, mode, oid);
        crate::repository::worktree::write_entry(repository, &converter, &mut entry)?;
        entries.push(entry);
    }
    index.replace_all(entries);
    index.write_locked(lock)
}

/// The stash a word names, with its place in the list.
fn named(
    git: &mut Git,
    repository: &Repository,
    words: &[String],
) -> Outcome<(Oid, Option<usize>, String)> {
    if words.len() > 1 {
        return Err(Failure::plain(
            1,
            format!(
                "Too many revisions specified: {}",
                words
                    .iter()
                    .map(|word| format!("'{word}'"))
                    .collect::<Vec<_>>()
                    .join(" ")
            ),
        ));
    }
    let word = match words.first() {
        None => {
            if repository.resolve_ref(REF).is_none() {
                git.warn("No stash entries found.");
                return Err(Failure::silent(1));
            }
            format!("{REF}@{{0}}")
        }
        Some(word) if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{REF}@{{{word}}}")
        }
        Some(word) => word.clone(),
    };
    let number = word
        .strip_prefix(REF)
        .or(word.strip_prefix("stash"))
        .and_then(|rest| match rest {
            "" => Some(0),
            rest => rest.strip_prefix("@{")?.strip_suffix('}')?.parse().ok(),
        });
    let found = match number {
        Some(number) => {
            let log = repository.reflog(REF);
            match log.len() {
                count if number >= count => {
                    return Err(Failure::fatal(format!(
                        "log for '{}' only has {count} entries",
                        word.split('@').next().unwrap_or_default()
                    )));
                }
                count => Some(log[count - 1 - number].new),
            }
        }
        None => repository.rev(&word)?,
    };
    let oid = found.ok_or_else(|| Failure::error(1, format!("{word} is not a valid reference")))?;
    let stash_like = repository
        .objects()
        .commit(&oid)
        .is_ok_and(|commit| commit.parents.len() >= 2);
    match stash_like {
        true => Ok((oid, number, word)),
        false => Err(Failure::fatal(format!(
            "'{word}' is not a stash-like commit"
        ))),
    }
}

fn list(git: &mut Git, words: &[String]) -> Outcome<i32> {
    let repository = git.repository()?;
    let mut options = LogOptions::of(repository.config())?;
    options.read(&repository, words)?;
    let log = repository.reflog(REF);
    let max = options.max.unwrap_or(usize::MAX);
    let wants_patch = options.diff.formats.any();
    options.merges = crate::log::Merges::FirstParent;
    options.merges_said = true;
    let own_format = words.iter().any(|word| {
        word.starts_with("--format") || word.starts_with("--pretty") || word == "--oneline"
    });
    let format = options.format.clone();
    let mut printer = Printer::new(&repository, options, Pathspec::default())?;
    for (number, entry) in log.iter().rev().enumerate().take(max) {
        let message = String::from_utf8_lossy(&entry.message).into_owned();
        let mut text = Vec::new();
        if own_format {
            let commit = repository.objects().commit(&entry.new)?;
            printer.options.format = format.clone();
            printer.reflog = Some((
                format!("refs/stash@{{{number}}}"),
                format!("stash@{{{number}}}"),
                message,
            ));
            printer.show(&entry.new, &commit, '>', &mut text)?;
        } else {
            text.extend(format!("stash@{{{number}}}: {message}\n").into_bytes());
            if wants_patch {
                let commit = repository.objects().commit(&entry.new)?;
                let pairs = crate::log::commit_pairs(&repository, &commit, &Pathspec::default())?;
                let source = Source::of(&repository);
                let pairs = report::select(&source, pairs, &printer.options.diff)?;
                text.push(b'\n');
                report::show(&source, &pairs, &printer.options.diff, &mut text)?;
            }
        }
        git.out.put(&text)?;
    }
    Ok(0)
}

fn show(git: &mut Git, words: &[String]) -> Outcome<i32> {
    let repository = git.repository()?;
    let mut options = Options::of(repository.config())?;
    let (mut at, mut names, mut with_untracked, mut only_untracked) = (0, Vec::new(), false, false);
    while at < words.len() {
        match words[at].as_str() {
            "-u" | "--include-untracked" => with_untracked = true,
            "--only-untracked" => only_untracked = true,
            _ => {
                let used = options.take(&words[at..])?;
                if used > 0 {
                    at += used;
                    continue;
                }
                names.push(words[at].clone());
            }
        }
        at += 1;
    }
    if let Some(option) = names.iter().find(|name| name.starts_with('-')) {
        return Err(Failure::plain(
            129,
            format!(
                "error: unknown option `{}'\n{USAGE}",
                option.trim_start_matches('-')
            ),
        ));
    }
    let (oid, ..) = named(git, &repository, &names)?;
    if !options.formats.any() {
        options.formats = Formats {
            stat: true,
            ..Formats::default()
        };
    }
    let commit = repository.objects().commit(&oid)?;
    let source = Source::of(&repository);
    let mut pairs = Vec::new();
    if !only_untracked {
        pairs = changes::trees(
            &repository,
            &repository.to_tree(&commit.parents[0])?,
            &commit.tree,
            &Pathspec::default(),
            false,
        )?;
    }
    if let (true, Some(third)) = (with_untracked || only_untracked, commit.parents.get(2)) {
        pairs.extend(changes::trees(
            &repository,
            &Oid::EMPTY_TREE,
            &repository.to_tree(third)?,
            &Pathspec::default(),
            false,
        )?);
        pairs.sort_by(|a, b| a.path().cmp(b.path()));
    }
    let pairs = report::select(&source, pairs, &options)?;
    let mut text = Vec::new();
    report::show(&source, &pairs, &options, &mut text)?;
    git.out.put(&text)?;
    Ok(0)
}

fn take(git: &mut Git, words: &[String], and_drop: bool) -> Outcome<i32> {
    let asked = read(words)?;
    let repository = git.repository_with_worktree()?;
    let (oid, number, word) = named(git, &repository, &asked.operands)?;
    if and_drop && number.is_none() {
        return Err(Failure::error(
            1,
            format!("'{word}' is not a stash reference"),
        ));
    }
    let status = apply(git, &repository, &oid, asked.index, asked.quiet)?;
    if status != 0 {
        if and_drop {
            git.out
                .write_all(b"The stash entry is kept in case you need it again.\n")?;
        }
        return Ok(status);
    }
    if let (true, Some(number)) = (and_drop, number) {
        forget(git, &repository, number, &word, asked.quiet)?;
    }
    Ok(0)
}

fn apply(
    git: &mut Git,
    repository: &Repository,
    oid: &Oid,
    with_index: bool,
    quiet: bool,
) -> Outcome<i32> {
    let stash: Commit = repository.objects().commit(oid)?;
    let mut index = repository.index()?;
    if index.has_conflicts() {
        let text: Vec<String> = index
            .entries()
            .iter()
            .filter(|entry| entry.stage == 2)
            .map(|entry| format!("{}: needs merge", String::from_utf8_lossy(&entry.path)))
            .collect();
        git.out.write_all((text.join("\n") + "\n").as_bytes())?;
        return Err(Failure::plain(1, "error: could not write index"));
    }
    let ours = repository.write_tree(index.entries())?;
    let base = repository.to_tree(&stash.parents[0])?;
    let stashed_index = repository.to_tree(&stash.parents[1])?;
    let restored = match with_index && stashed_index != base && stashed_index != ours {
        true => Some(merge_index(repository, &base, &ours, &stashed_index)?),
        false => None,
    };
    let labels = Labels {
        base: "Stash base".to_owned(),
        ours: "Updated upstream".to_owned(),
        theirs: "Stashed changes".to_owned(),
    };
    let merge = merge_trees(
        repository,
        [&base, &ours, &stash.tree],
        &labels,
        Favor::Nobody,
        0,
    )?;
    let converter = Converter::new(repository);
    let plan = match switch(repository, &converter, &index, &ours, &merge.tree)? {
        Ok(plan) => plan,
        Err(refusal) => {
            git.warn(refusal.message("merge", "merge"));
            if !quiet {
                status::status(git, Vec::new())?;
            }
            return Ok(1);
        }
    };
    let before = index.clone();
    let lock = index.lock()?;
    plan.apply(repository, &converter, &mut index)?;
    for line in merge.messages.iter().filter(|_| !quiet) {
        git.out.write_all(format!("{line}\n").as_bytes())?;
    }
    settle_index(&mut index, &before, &merge, restored.as_ref(), repository)?;
    index.write_locked(lock)?;
    if let (Some(head), true) = (repository.head(), restored.is_some()) {
        repository.update_ref("HEAD", head, Expected::Anything, "reset: moving to HEAD")?;
    }
    make::write(
        repository,
        "AUTO_MERGE",
        format!(
            "{}
",
            merge.tree
        ),
    )?;
    let kept_out = match stash.parents.get(2) {
        Some(third) => !restore_untracked(git, repository, &converter, third)?,
        None => false,
    };
    if !merge.is_clean() {
        git.out.flush()?;
        if with_index {
            git.warn("Index was not unstashed.");
        }
    }
    if !quiet {
        git.out.flush()?;
        status::status(git, Vec::new())?;
    }
    Ok(i32::from(!merge.is_clean() || kept_out))
}

fn merge_index(repository: &Repository, base: &Oid, ours: &Oid, theirs: &Oid) -> Outcome<Oid> {
    let labels = Labels {
        base: "Stash base".to_owned(),
        ours: "Updated upstream".to_owned(),
        theirs: "Stashed changes".to_owned(),
    };
    let merge = merge_trees(repository, [base, ours, theirs], &labels, Favor::Nobody, 0)?;
    match merge.is_clean() {
        true => Ok(merge.tree),
        false => Err(Failure::error(
            1,
            "conflicts in index. Try without --index.",
        )),
    }
}

/// Without `--index` only new files stay in the index; what was changed is unstaged again.
fn settle_index(
    index: &mut Index,
    before: &Index,
    merge: &Merge,
    restored: Option<&Oid>,
    repository: &Repository,
) -> Outcome<()> {
    if !merge.is_clean() {
        for (path, stages) in &merge.conflicts {
            index.remove(path);
            for (number, version) in stages.iter().enumerate() {
                if let Some((mode, oid)) = version {
                    index.add(Entry::new(path, *mode, *oid).at_stage(number as u8 + 1));
                }
            }
        }
        return Ok(());
    }
    let mut entries: Vec<Entry> = match restored {
        Some(tree) => repository
            .files(tree)?
            .iter()
            .map(|file| Entry::new(&file.path, file.mode, file.oid))
            .collect(),
        None => before.entries().to_vec(),
    };
    for entry in index.entries() {
        match entries.iter_mut().find(|one| one.path == entry.path) {
            Some(one) if one.oid == entry.oid && one.mode == entry.mode => one.stat = entry.stat,
            Some(_) => {}
            None if restored.is_none() => entries.push(entry.clone()),
            None => {}
        }
    }
    index.replace_all(entries);
    Ok(())
}

fn restore_untracked(
    git: &mut Git,
    repository: &Repository,
    converter: &Converter,
    third: &Oid,
) -> Outcome<bool> {
    let files = repository.files(&repository.to_tree(third)?)?;
    let mut clash = false;
    for file in &files {
        if path_of(&file.path)?.symlink_metadata().is_ok() {
            git.warn(format!(
                "{} already exists, no checkout",
                String::from_utf8_lossy(&file.path)
            ));
            clash = true;
        }
    }
    if clash {
        git.warn("error: could not restore untracked files from stash");
        return Ok(false);
    }
    for file in &files {
        write_file(repository, converter, &file.path, file.mode, &file.oid)?;
    }
    Ok(true)
}

fn drop_one(git: &mut Git, words: &[String]) -> Outcome<i32> {
    let asked = read(words)?;
    let repository = git.repository()?;
    let (_, number, word) = named(git, &repository, &asked.operands)?;
    let number =
        number.ok_or_else(|| Failure::error(1, format!("'{word}' is not a stash reference")))?;
    forget(git, &repository, number, &word, asked.quiet)?;
    Ok(0)
}

fn forget(
    git: &mut Git,
    repository: &Repository,
    number: usize,
    word: &str,
    quiet: bool,
) -> Outcome<()> {
    let mut log: Vec<LogEntry> = repository.reflog(REF);
    let at = log.len() - 1 - number;
    let gone = log.remove(at);
    if let Some(next) = log.get_mut(at) {
        next.old = gone.old;
    }
    match log.last() {
        Some(last) => {
            let newest = last.new;
            repository.write_reflog(REF, &log)?;
            std::fs::write(repository.ref_path(REF), format!("{newest}\n"))?;
        }
        None => repository.delete_ref(REF, Expected::Anything)?,
    }
    if !quiet {
        git.out
            .write_all(format!("Dropped {word} ({})\n", gone.new).as_bytes())?;
    }
    Ok(())
}

fn clear(git: &mut Git) -> Outcome<i32> {
    let repository = git.repository()?;
    if repository.resolve_ref(REF).is_some() {
        repository.delete_ref(REF, Expected::Anything)?;
    }
    Ok(0)
}

fn branch(git: &mut Git, words: &[String]) -> Outcome<i32> {
    let Some(name) = words.first() else {
        return Err(Failure::plain(1, "No branch name specified"));
    };
    let repository = git.repository_with_worktree()?;
    let (oid, number, word) = named(git, &repository, &words[1..])?;
    let commit = repository.objects().commit(&oid)?;
    let full = format!("refs/heads/{name}");
    if repository.resolve_ref(&full).is_some() {
        return Err(Failure::plain(
            1,
            format!("fatal: a branch named '{name}' already exists"),
        ));
    }
    let converter = Converter::new(&repository);
    let mut index = repository.index()?;
    let base = commit.parents[0];
    let plan = match switch(
        &repository,
        &converter,
        &index,
        &make::head_tree(&repository)?,
        &repository.to_tree(&base)?,
    )? {
        Ok(plan) => plan,
        Err(refusal) => {
            return Err(Failure::plain(
                1,
                refusal.message("checkout", "switch branches"),
            ));
        }
    };
    let from = repository.head_branch().unwrap_or_default();
    plan.apply(&repository, &converter, &mut index)?;
    index.write()?;
    repository.update_ref(
        &full,
        base,
        Expected::Anything,
        &format!("branch: Created from {base}"),
    )?;
    repository.set_symbolic_ref(
        "HEAD",
        &full,
        Some(&format!("checkout: moving from {from} to {name}")),
    )?;
    git.warn(format!("Switched to a new branch '{name}'"));
    let status = apply(git, &repository, &oid, true, false)?;
    if let (0, Some(number)) = (status, number) {
        forget(git, &repository, number, &word, false)?;
    }
    Ok(status)
}
