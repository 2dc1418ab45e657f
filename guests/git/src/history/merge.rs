//! `merge`: another line of history taken into this one.

use std::io::Write as _;

use super::make::{self, MERGE_STATE, conflict_comment, diffstat, ended, no_conflicts};
use crate::command_line::Syntax;
use crate::commands::{advice, commit, editor};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::log::{Format, Look, header_and_message};
use crate::merge::text::Favor;
use crate::merge::{Begun, Merge, begin, merge_commits};
use crate::repository::date::Style;
use crate::repository::refs::Expected;
use crate::repository::revision::{Walk, WalkOptions, is_ancestor, merge_bases};
use crate::repository::worktree::{Converter, switch};
use crate::repository::{Oid, Repository};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/merge.txt"));

/// What the command line says.
#[derive(Default)]
struct Request {
    ff: Option<bool>,
    ff_only: bool,
    squash: bool,
    no_commit: bool,
    message: Option<String>,
    edit: bool,
    quiet: bool,
    stat: Option<bool>,
    ours_strategy: bool,
    favor: Favor,
    unrelated: bool,
}

pub fn merge(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut request = Request::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "abort" if given.on => return abort(git),
            "continue" if given.on => return go_on(git),
            "quit" if given.on => {
                make::forget(&*git.repository()?, &MERGE_STATE);
                return Ok(0);
            }
            "ff" => request.ff = Some(given.on),
            "ff-only" => request.ff_only = given.on,
            "squash" => request.squash = given.on,
            "commit" => request.no_commit = !given.on,
            "message" => {
                let text = given.text();
                request.message = Some(
                    request
                        .message
                        .map_or(text.clone(), |before| format!("{before}\n\n{text}")),
                );
            }
            "file" => {
                request.message = Some(std::fs::read_to_string(given.text()).map_err(|error| {
                    Failure::system(format!("could not read file '{}'", given.text()), &error)
                })?)
            }
            "edit" => request.edit = given.on,
            "quiet" => request.quiet = given.on,
            "stat" | "summary" => request.stat = Some(given.on),
            "n" => request.stat = Some(false),
            "strategy" => match given.text().as_str() {
                "ours" => request.ours_strategy = true,
                "ort" | "recursive" | "resolve" | "octopus" | "subtree" => {}
                other => {
                    return Err(Failure::plain(
                        1,
                        format!(
                            "Could not find merge strategy '{other}'.\nAvailable strategies are: octopus ours recursive resolve subtree."
                        ),
                    ));
                }
            },
            "strategy-option" => request.favor = favor(&given.text())?,
            "allow-unrelated-histories" => request.unrelated = given.on,
            "verbose" | "cleanup" | "progress" | "verify" | "no-verify" | "rerere-autoupdate"
            | "overwrite-ignore" | "autostash" | "log" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let repository = git.repository_with_worktree()?;
    run(git, &repository, request, &parsed.operands)
}

/// `-X ours` and the like.
///
/// # Errors
/// An option that is none.
pub fn favor(word: &str) -> Outcome<Favor> {
    match word {
        "ours" => Ok(Favor::Ours),
        "theirs" => Ok(Favor::Theirs),
        _ => Err(Failure::fatal(format!("unknown strategy option: -X{word}"))),
    }
}

fn run(
    git: &mut Git,
    repository: &Repository,
    mut request: Request,
    operands: &[String],
) -> Outcome<i32> {
    let index = repository.index()?;
    no_conflicts(git, repository, &index, "Merging")?;
    if make::exists(repository, "MERGE_HEAD") {
        let more = if advice::wanted(repository.config(), "resolveConflict") {
            "\nPlease, commit your changes before you merge."
        } else {
            ""
        };
        return Err(Failure::fatal(format!(
            "You have not concluded your merge (MERGE_HEAD exists).{more}"
        )));
    }
    if make::exists(repository, "CHERRY_PICK_HEAD") {
        return Err(Failure::fatal(
            "You have not concluded your cherry-pick (CHERRY_PICK_HEAD exists).\nPlease, commit your changes before you merge.",
        ));
    }
    if request.squash && request.ff == Some(false) {
        return Err(Failure::fatal(
            "options '--squash' and '--no-ff.' cannot be used together",
        ));
    }
    match repository.config().get("merge.ff") {
        Some("only") if request.ff.is_none() => request.ff_only = true,
        Some("false" | "no" | "off") if request.ff.is_none() => request.ff = Some(false),
        _ => {}
    }
    let names = match operands {
        [] => vec![upstream(repository)?],
        names => names.to_vec(),
    };
    let names = reduced(repository, names)?;
    let [name] = &names[..] else {
        return Err(Failure::fatal(
            "merging more than one commit is not supported",
        ));
    };
    let Some(oid) = repository.rev(name)? else {
        return Err(Failure::plain(
            1,
            format!("merge: {name} - not something we can merge"),
        ));
    };
    let theirs = repository.to_commit(&oid)?;
    let Some(head) = repository.head() else {
        make::reset_to(repository, &theirs)?;
        repository.update_ref("HEAD", theirs, Expected::Anything, "initial pull")?;
        return Ok(0);
    };
    into(git, repository, &request, head, theirs, name)
}

/// Without those that HEAD has already, as long as one is left.
fn reduced(repository: &Repository, names: Vec<String>) -> Outcome<Vec<String>> {
    let (Some(head), true) = (repository.head(), names.len() > 1) else {
        return Ok(names);
    };
    let mut left = Vec::new();
    for name in &names {
        let Some(oid) = repository.rev(name)? else {
            return Ok(vec![name.clone()]);
        };
        if !is_ancestor(repository, &repository.to_commit(&oid)?, &head)? {
            left.push(name.clone());
        }
    }
    Ok(if left.is_empty() {
        names[..1].to_vec()
    } else {
        left
    })
}

fn upstream(repository: &Repository) -> Outcome<String> {
    let branch = repository
        .head_branch()
        .ok_or_else(|| Failure::fatal("No current branch."))?;
    if repository
        .config()
        .get(&format!("branch.{branch}.remote"))
        .is_none()
    {
        return Err(Failure::fatal("No remote for the current branch."));
    }
    repository
        .upstream(&branch)
        .ok_or_else(|| Failure::fatal("No default upstream defined for the current branch."))
}

fn into(
    git: &mut Git,
    repository: &Repository,
    request: &Request,
    head: Oid,
    theirs: Oid,
    name: &str,
) -> Outcome<i32> {
    repository.update_ref("ORIG_HEAD", head, Expected::Anything, "")?;
    let base = merge_bases(repository, &head, &[theirs])?;
    if base.is_empty() && !request.unrelated {
        return Err(Failure::fatal("refusing to merge unrelated histories"));
    }
    let show_stat = request
        .stat
        .unwrap_or(repository.config().bool("merge.stat")? != Some(false))
        && !request.quiet;
    if is_ancestor(repository, &theirs, &head)? {
        if !request.quiet {
            git.out.write_all(b"Already up to date.\n")?;
        }
        return Ok(0);
    }
    let can_forward = base.first() == Some(&head);
    if can_forward && request.ff != Some(false) && !request.ours_strategy {
        return forward(git, repository, request, head, theirs, name, show_stat);
    }
    if request.ff_only {
        const TEXT: &str = "Diverging branches can't be fast-forwarded, you need to either:\n\n\tgit merge --no-ff\n\nor:\n\n\tgit rebase\n\n";
        advice::hint(git, repository.config(), "diverging", TEXT);
        return Err(Failure::fatal("Not possible to fast-forward, aborting."));
    }
    let merge = match request.ours_strategy {
        true => Merge {
            tree: repository.to_tree(&head)?,
            conflicts: Default::default(),
            messages: Vec::new(),
        },
        false => merge_commits(repository, &head, &theirs, ["HEAD", name], request.favor)?,
    };
    let mut index = repository.index()?;
    if let Begun::Refused(text) = begin(
        repository,
        &mut index,
        &repository.to_tree(&head)?,
        &merge,
        "merge",
        "merge",
    )? {
        git.warn(text);
        return Err(Failure::plain(2, "Merge with strategy ort failed."));
    }
    for line in &merge.messages {
        git.out.write_all(format!("{line}\n").as_bytes())?;
    }
    complete(
        git,
        repository,
        request,
        (head, theirs),
        &merge,
        name,
        show_stat,
    )
}

fn forward(
    git: &mut Git,
    repository: &Repository,
    request: &Request,
    head: Oid,
    theirs: Oid,
    name: &str,
    show_stat: bool,
) -> Outcome<i32> {
    if !request.quiet {
        let line = format!(
            "Updating {}..{}\n",
            repository.short(&head),
            repository.short(&theirs)
        );
        git.out.write_all(line.as_bytes())?;
    }
    let converter = Converter::new(repository);
    let mut index = repository.index()?;
    let plan = switch(
        repository,
        &converter,
        &index,
        &repository.to_tree(&head)?,
        &repository.to_tree(&theirs)?,
    )?;
    let plan = match plan {
        Ok(plan) => plan,
        Err(refusal) => return Err(Failure::plain(1, refusal.message("merge", "merge"))),
    };
    let lock = index.lock()?;
    plan.apply(repository, &converter, &mut index)?;
    index.write_locked(lock)?;
    if request.squash {
        return squash(
            git,
            repository,
            request,
            (head, theirs),
            show_stat,
            "Fast-forward",
        );
    }
    repository.update_ref(
        "HEAD",
        theirs,
        Expected::Anything,
        &format!("merge {name}: Fast-forward"),
    )?;
    if !request.quiet {
        git.out.write_all(b"Fast-forward\n")?;
    }
    if show_stat {
        let text = diffstat(repository, &head, &theirs)?;
        git.out.put(&text)?;
    }
    Ok(0)
}

fn squash(
    git: &mut Git,
    repository: &Repository,
    request: &Request,
    (head, theirs): (Oid, Oid),
    show_stat: bool,
    first: &str,
) -> Outcome<i32> {
    if !request.quiet {
        git.out
            .write_all(format!("{first}\nSquash commit -- not updating HEAD\n").as_bytes())?;
    }
    let mut text = b"Squashed commit of the following:\n".to_vec();
    let mut walk = Walk::new(repository, vec![theirs], vec![head], WalkOptions::default())?;
    let short = |oid: &Oid| repository.short(oid);
    while let Some(oid) = walk.next().transpose()? {
        let look = Look {
            date: &Style::Default,
            now: repository.now(),
            short: &short,
            expand_tabs: 8,
        };
        let commit = walk.commit(&oid)?;
        if commit.parents.len() > 1 {
            continue;
        }
        text.extend(format!("\ncommit {oid}\n").into_bytes());
        text.extend(header_and_message(&commit, &Format::Medium, &look));
    }
    make::write(repository, "SQUASH_MSG", text)?;
    if show_stat && first == "Fast-forward" {
        let text = diffstat(repository, &head, &theirs)?;
        git.out.put(&text)?;
    }
    Ok(0)
}

fn complete(
    git: &mut Git,
    repository: &Repository,
    request: &Request,
    (head, theirs): (Oid, Oid),
    merge: &Merge,
    name: &str,
    show_stat: bool,
) -> Outcome<i32> {
    let mut message = match &request.message {
        Some(message) => ended(message),
        None => ended(&default_message(repository, name)),
    };
    let clean = merge.is_clean();
    if clean && !request.no_commit && !request.squash {
        if request.edit {
            make::write(repository, "MERGE_MSG", &message)?;
            editor::edit(repository, &repository.git_dir().join("MERGE_MSG"), false)?;
            let text = make::read(repository, "MERGE_MSG").unwrap_or_default();
            message = crate::commands::message::strip(&text, true);
        }
        let oid = make::commit(
            repository,
            merge.tree,
            vec![head, theirs],
            None,
            message.as_bytes(),
        )?;
        let how = if request.ours_strategy { "ours" } else { "ort" };
        repository.update_ref(
            "HEAD",
            oid,
            Expected::Anything,
            &format!("merge {name}: Merge made by the '{how}' strategy."),
        )?;
        make::forget(repository, &MERGE_STATE);
        if !request.quiet {
            git.out
                .write_all(format!("Merge made by the '{how}' strategy.\n").as_bytes())?;
        }
        if show_stat {
            let text = diffstat(repository, &head, &oid)?;
            git.out.put(&text)?;
        }
        return Ok(0);
    }
    if request.squash {
        if clean {
            git.warn("Automatic merge went well; stopped before committing as requested");
            let text = "Squash commit -- not updating HEAD\n";
            let status = squash(
                git,
                repository,
                &Request {
                    quiet: true,
                    ..Request::default()
                },
                (head, theirs),
                false,
                "",
            )?;
            git.out.write_all(text.as_bytes())?;
            return Ok(status);
        }
        squash(
            git,
            repository,
            &Request {
                quiet: true,
                ..Request::default()
            },
            (head, theirs),
            false,
            "",
        )?;
        git.out.write_all(b"Squash commit -- not updating HEAD\n")?;
    } else {
        make::write(repository, "MERGE_HEAD", format!("{theirs}\n"))?;
        make::write(
            repository,
            "MERGE_MODE",
            if request.ff == Some(false) {
                "no-ff"
            } else {
                ""
            },
        )?;
    }
    if request.squash {
        message.clear();
    }
    if !clean {
        message += &conflict_comment(merge.conflicts.keys());
    }
    make::write(repository, "MERGE_MSG", message)?;
    if clean {
        git.warn("Automatic merge went well; stopped before committing as requested");
        return Ok(0);
    }
    git.out
        .write_all(b"Automatic merge failed; fix conflicts and then commit the result.\n")?;
    Ok(1)
}

fn default_message(repository: &Repository, name: &str) -> String {
    let early = name
        .trim_end_matches(|letter: char| letter.is_ascii_digit())
        .trim_end_matches(['~', '^']);
    let is_early = early != name
        && repository
            .full_ref_name(early)
            .is_some_and(|full| full.starts_with("refs/heads/"));
    if is_early && name.len() > early.len() && name[early.len()..].starts_with(['~', '^']) {
        return format!(
            "Merge branch '{early}' (early part){}",
            destination(repository)
        );
    }
    let kind = match repository.full_ref_name(name) {
        Some(full) if full.starts_with("refs/heads/") => "branch",
        Some(full) if full.starts_with("refs/remotes/") => "remote-tracking branch",
        Some(full) if full.starts_with("refs/tags/") => "tag",
        _ => "commit",
    };
    format!("Merge {kind} '{name}'{}", destination(repository))
}

/// Where it goes, unless that is the main branch.
fn destination(repository: &Repository) -> String {
    match repository.head_branch().as_deref() {
        Some("main" | "master") => String::new(),
        Some(branch) => format!(" into {branch}"),
        None => " into HEAD".to_owned(),
    }
}

fn abort(git: &mut Git) -> Outcome<i32> {
    let repository = git.repository_with_worktree()?;
    if !make::exists(&repository, "MERGE_HEAD") {
        return Err(Failure::fatal(
            "There is no merge to abort (MERGE_HEAD missing).",
        ));
    }
    let head = repository
        .head()
        .ok_or_else(|| Failure::fatal("could not resolve HEAD"))?;
    make::reset_to(&repository, &head)?;
    repository.update_ref("HEAD", head, Expected::Anything, "reset: moving to HEAD")?;
    make::forget(&repository, &MERGE_STATE);
    Ok(0)
}

fn go_on(git: &mut Git) -> Outcome<i32> {
    let repository = git.repository_with_worktree()?;
    if !make::exists(&repository, "MERGE_HEAD") {
        return Err(Failure::fatal(
            "There is no merge in progress (MERGE_HEAD missing).",
        ));
    }
    git.command = "commit".to_owned();
    commit::commit(git, Vec::new())
}
