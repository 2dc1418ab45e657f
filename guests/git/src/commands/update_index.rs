//! `update-index` and `read-tree`: the index by hand.

use std::io::Write as _;

use isobox_guest::stat::stat;

use super::operands::{shown, standard_input};
use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::index::Entry;
use crate::repository::worktree::{self, Converter, Difference, add_file, compare};
use crate::repository::{Index, Oid, Repository, mode, path_of};

const UPDATE: Syntax = Syntax::new(include_str!("usage/update-index.txt")).help_on_stderr();
const READ_TREE: Syntax = Syntax::new(include_str!("usage/read-tree.txt"));

/// What holds for the paths that follow on the command line.
#[derive(Default)]
struct Asked {
    add: bool,
    remove: bool,
    force_remove: bool,
    info_only: bool,
    quiet: bool,
    chmod: Option<bool>,
    assume: Option<bool>,
    skip: Option<bool>,
}

/// Options count for the paths after them, so that words are read one by one.
pub fn update_index(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    if words.len() == 1 && words[0] == "-h" {
        return Err(UPDATE.misused());
    }
    let repository = git.repository_with_worktree()?;
    let mut index = repository.index()?;
    let lock = index.lock()?;
    let converter = Converter::new(&repository);
    let mut asked = Asked::default();
    let mut status = 0;
    let mut words = words.into_iter();
    let mut zeros = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--add" => asked.add = true,
            "--remove" => asked.remove = true,
            "--force-remove" => asked.force_remove = true,
            "--info-only" => asked.info_only = true,
            "-q" => asked.quiet = true,
            "-z" => zeros = true,
            "--assume-unchanged" => asked.assume = Some(true),
            "--no-assume-unchanged" => asked.assume = Some(false),
            "--skip-worktree" => asked.skip = Some(true),
            "--no-skip-worktree" => asked.skip = Some(false),
            "--chmod=+x" => asked.chmod = Some(true),
            "--chmod=-x" => asked.chmod = Some(false),
            "--refresh" | "--really-refresh" => {
                status |= refresh(git, &repository, &converter, &mut index, asked.quiet)?
            }
            "--again" | "-g" | "--unmerged" | "--ignore-missing" | "--replace" => {}
            "--cacheinfo" => cache_info(&repository, &mut index, &asked, &mut words)?,
            "--index-info" => index_info(&mut index, zeros)?,
            "--stdin" => {
                let split = if zeros { '\0' } else { '\n' };
                let text = String::from_utf8_lossy(&standard_input()?).into_owned();
                for path in text.split(split).filter(|line| !line.is_empty()) {
                    update(&repository, &converter, &mut index, &asked, path)?;
                }
            }
            "--" => {
                for path in words.by_ref() {
                    update(&repository, &converter, &mut index, &asked, &path)?;
                }
            }
            word if word.starts_with('-') => {
                let what = if word.starts_with("--") {
                    "option"
                } else {
                    "switch"
                };
                return Err(UPDATE.misused_with(&format!(
                    "error: unknown {what} '{}'",
                    word.trim_start_matches('-')
                )));
            }
            path => update(&repository, &converter, &mut index, &asked, path)?,
        }
    }
    index.write_locked(lock)?;
    Ok(status)
}

fn refresh(
    git: &mut Git,
    repository: &Repository,
    converter: &Converter,
    index: &mut Index,
    quiet: bool,
) -> Outcome<i32> {
    worktree::refresh(repository, converter, index)?;
    let mut status = 0;
    for entry in index.entries() {
        let what = match entry.stage {
            0 if compare(repository, converter, index, entry)?.0 == Difference::None => continue,
            0 => "needs update",
            _ => "needs merge",
        };
        status = 1;
        if !quiet {
            writeln!(git.out, "{}: {what}", shown(&entry.path))?;
        }
    }
    Ok(status)
}

fn update(
    repository: &Repository,
    converter: &Converter,
    index: &mut Index,
    asked: &Asked,
    word: &str,
) -> Outcome<()> {
    let path = repository.from_top(word)?;
    let failed = |what: &str| {
        Failure::plain(
            128,
            format!("error: {word}: {what}\nfatal: Unable to process path {word}"),
        )
    };
    if asked.assume.is_some() || asked.skip.is_some() {
        let Some(entry) = index
            .entries_mut()
            .iter_mut()
            .find(|entry| entry.path == path)
        else {
            return Err(Failure::fatal(format!("Unable to mark file {word}")));
        };
        entry.assume_unchanged = asked.assume.unwrap_or(entry.assume_unchanged);
        entry.skip_worktree = asked.skip.unwrap_or(entry.skip_worktree);
        return Ok(());
    }
    if asked.force_remove {
        index.remove(&path);
        return Ok(());
    }
    match stat(path_of(&path)?, false) {
        Ok(found) if found.kind == isobox_guest::stat::Kind::Directory => {
            return Err(failed("is a directory - add files inside instead"));
        }
        Ok(found) => {
            if index.stages(&path).is_empty() && !asked.add {
                return Err(Failure::plain(
                    128,
                    format!(
                        "error: {word}: cannot add to the index - missing --add option?\nfatal: Unable to process path {word}"
                    ),
                ));
            }
            add_file(repository, converter, index, &path, &found)?;
        }
        Err(_) if asked.remove => {
            index.remove(&path);
            return Ok(());
        }
        Err(_) => return Err(failed("does not exist and --remove not passed")),
    }
    if let Some(executable) = asked.chmod
        && let Some(entry) = index
            .entries_mut()
            .iter_mut()
            .find(|entry| entry.path == path)
    {
        entry.mode = if executable {
            mode::EXECUTABLE
        } else {
            mode::FILE
        };
    }
    Ok(())
}

/// `--cacheinfo mode,object,path`, or three words.
fn cache_info(
    repository: &Repository,
    index: &mut Index,
    asked: &Asked,
    words: &mut impl Iterator<Item = String>,
) -> Outcome<()> {
    let first = words.next().unwrap_or_default();
    let parts: Vec<String> = match first.splitn(3, ',').map(str::to_owned).collect::<Vec<_>>() {
        parts if parts.len() == 3 => parts,
        _ => std::iter::once(first).chain(words.take(2)).collect(),
    };
    let wrong = || Failure::error(129, "option 'cacheinfo' expects <mode>,<sha1>,<path>");
    let [file_mode, oid, path] = &parts[..] else {
        return Err(wrong());
    };
    let file_mode = u32::from_str_radix(file_mode, 8).map_err(|_| wrong())?;
    let oid = repository.rev(oid)?.ok_or_else(wrong)?;
    if index.stages(path.as_bytes()).is_empty() && !asked.add {
        return Err(Failure::plain(
            128,
            format!(
                "error: {path}: cannot add to the index - missing --add option?\nfatal: git update-index: --cacheinfo cannot add {path}"
            ),
        ));
    }
    index.add(Entry::new(path.as_bytes(), file_mode, oid));
    Ok(())
}

/// Lines as `ls-files --stage` and `ls-tree` write them.
fn index_info(index: &mut Index, zeros: bool) -> Outcome<()> {
    let split = if zeros { '\0' } else { '\n' };
    let text = String::from_utf8_lossy(&standard_input()?).into_owned();
    for line in text.split(split).filter(|line| !line.is_empty()) {
        let wrong = || Failure::fatal(format!("malformed index info {line}"));
        let (head, path) = line.split_once('\t').ok_or_else(wrong)?;
        let words: Vec<&str> = head
            .split(' ')
            .filter(|word| !matches!(*word, "blob" | "tree" | "commit"))
            .collect();
        let (file_mode, oid, stage) = match words[..] {
            [file_mode, oid] => (file_mode, oid, 0),
            [file_mode, oid, stage] => (file_mode, oid, stage.parse().map_err(|_| wrong())?),
            _ => return Err(wrong()),
        };
        let file_mode = u32::from_str_radix(file_mode, 8).map_err(|_| wrong())?;
        let oid = Oid::parse(oid.as_bytes()).ok_or_else(wrong)?;
        if file_mode == 0 {
            index.remove(path.as_bytes());
        } else {
            index.add(Entry::new(path.as_bytes(), file_mode, oid).at_stage(stage));
        }
    }
    Ok(())
}

pub fn read_tree(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = READ_TREE.parse(&words)?;
    let (mut merge, mut reset, mut update, mut empty, mut prefix) =
        (false, false, false, false, None);
    for given in &parsed.options {
        match given.name.as_str() {
            "m" => merge = true,
            "reset" => reset = given.on,
            "u" => update = true,
            "empty" => empty = given.on,
            "prefix" => prefix = given.value.clone(),
            "i" | "v" | "quiet" | "no-sparse-checkout" => {}
            _ => return Err(READ_TREE.refuse(given)),
        }
    }
    let repository = git.repository()?;
    let mut index = repository.index()?;
    let lock = index.lock()?;
    let mut trees = Vec::new();
    for name in &parsed.operands {
        let oid = repository
            .rev(name)?
            .ok_or_else(|| Failure::fatal(format!("Not a valid object name {name}")))?;
        trees.push(repository.to_tree(&oid)?);
    }
    if update && !merge && !reset && prefix.is_none() {
        return Err(Failure::fatal(
            "-u is meaningless without -m, --reset, or --prefix",
        ));
    }
    let converter = Converter::new(&repository);
    match (&trees[..], empty) {
        (_, true) => index.replace_all(Vec::new()),
        ([], false) => {
            git.warn("warning: read-tree: emptying the index with no arguments is deprecated; use --empty");
            index.replace_all(Vec::new());
        }
        ([tree], _) if reset && update => {
            worktree::reset_hard(&repository, &converter, &mut index, tree)?
        }
        ([from, to], _) if merge && update => {
            match worktree::switch(&repository, &converter, &index, from, to)? {
                Ok(plan) => plan.apply(&repository, &converter, &mut index)?,
                Err(refusal) => return Err(Failure::plain(128, refusal.message("merge", "merge"))),
            }
        }
        (trees, _) if trees.len() == 1 || !merge => {
            let start = prefix
                .clone()
                .map(|prefix| format!("{}/", prefix.trim_end_matches('/')))
                .unwrap_or_default();
            let mut entries: Vec<Entry> = if prefix.is_some() {
                index.entries().to_vec()
            } else {
                Vec::new()
            };
            for tree in trees {
                for file in repository.files(tree)? {
                    let path = [start.as_bytes(), &file.path].concat();
                    let kept = index
                        .get(&path)
                        .filter(|entry| entry.mode == file.mode && entry.oid == file.oid);
                    let entry = kept
                        .cloned()
                        .unwrap_or_else(|| Entry::new(&path, file.mode, file.oid));
                    entries.retain(|one| one.path != entry.path);
                    entries.push(entry);
                }
            }
            index.replace_all(entries);
            if update {
                let tree = repository.write_tree(index.entries())?;
                worktree::reset_hard(&repository, &converter, &mut index, &tree)?;
            }
        }
        _ => {
            return Err(Failure::fatal(
                "read-tree with several trees needs 'git merge' here",
            ));
        }
    }
    index.write_locked(lock)?;
    Ok(0)
}
