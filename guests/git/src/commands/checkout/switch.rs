//! Another branch or commit.

use std::io::Write as _;

use super::{Asked, Command, dashed};
use crate::commands::branches::{self, NewBranch, Track};
use crate::commands::status::state::{Ongoing, State};
use crate::commands::tracking::Tracking;
use crate::commands::{advice, operands::shown};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::revision::{Walk, WalkOptions};
use crate::repository::worktree::{self, Converter};
use crate::repository::{Index, Oid, Repository, lock};

/// What git says to whoever leaves all branches.
pub const DETACHED: &str = "
You are in 'detached HEAD' state. You can look around, make experimental
changes and commit them, and you can discard any commits you make in this
state without impacting any branches by switching back to a branch.

If you want to create a new branch to retain commits you create, you may
do so (now or later) by using -c with the switch command. Example:

  git switch -c <new-branch-name>

Or undo this operation with:

  git switch -

Turn off this advice by setting config variable advice.detachedHead to false
";

/// Where HEAD goes.
struct Goal {
    /// A branch's short name; `None` for a commit by itself.
    branch: Option<String>,
    /// `None` for a branch without commits.
    commit: Option<Oid>,
    /// As the user said it.
    word: String,
    created: bool,
}

/// Goes there.
///
/// # Errors
/// git's words for what stands in the way.
pub fn switch(git: &mut Git, repository: &Repository, asked: &Asked) -> Outcome<i32> {
    refuse_ongoing(repository, asked)?;
    if let Some(name) = &asked.orphan {
        return orphan(git, repository, asked, name);
    }
    let before = Before::of(repository);
    let goal = goal(git, repository, asked)?;
    if goal.branch.is_none() && !asked.detach && asked.command == Command::Switch {
        return Err(expected_branch(repository, asked));
    }
    let mut index = repository.index()?;
    let moved = move_files(git, repository, asked, &mut index, &before, &goal)?;
    if !moved {
        return Ok(1);
    }
    set_head(git, repository, asked, &before, &goal)?;
    if !asked.quiet && !asked.force {
        local_changes(git, repository, &index, goal.commit)?;
    }
    tell(git, repository, asked, &before, &goal)?;
    for name in [
        "CHERRY_PICK_HEAD",
        "REVERT_HEAD",
        "MERGE_HEAD",
        "MERGE_MSG",
        "MERGE_MODE",
        "SQUASH_MSG",
        "AUTO_MERGE",
    ] {
        lock::forget(&repository.git_dir().join(name));
    }
    Ok(0)
}

/// Where HEAD was.
struct Before {
    branch: Option<String>,
    commit: Option<Oid>,
}

impl Before {
    fn of(repository: &Repository) -> Before {
        Before {
            branch: repository.head_branch(),
            commit: repository.head(),
        }
    }

    /// As the log names it.
    fn name(&self) -> String {
        match (&self.branch, self.commit) {
            (Some(branch), _) => branch.clone(),
            (None, Some(commit)) => commit.hex(),
            (None, None) => "(invalid)".to_owned(),
        }
    }
}

/// `switch` doesn't leave what is under way.
fn refuse_ongoing(repository: &Repository, asked: &Asked) -> Outcome<()> {
    if asked.command != Command::Switch {
        return Ok(());
    }
    let (doing, quit) = match State::of(repository).ongoing {
        Some(Ongoing::Merge) => ("merging", "git merge --quit"),
        Some(Ongoing::Am) => ("in the middle of an am session", "git am --quit"),
        Some(Ongoing::Rebase(_)) => ("rebasing", "git rebase --quit"),
        Some(Ongoing::CherryPick(_)) => ("cherry-picking", "git cherry-pick --quit"),
        Some(Ongoing::Revert(_)) => ("reverting", "git revert --quit"),
        None => return Ok(()),
    };
    let what = if doing.starts_with("in ") {
        doing.to_owned()
    } else {
        format!("while {doing}")
    };
    Err(Failure::fatal(format!(
        "cannot switch branch {what}\nConsider \"{quit}\" or \"git worktree add\"."
    )))
}

fn expected_branch(repository: &Repository, asked: &Asked) -> Failure {
    let word = asked.start.clone().unwrap_or_default();
    let kind = match repository.full_ref_name(&word) {
        Some(full) if full.starts_with("refs/tags/") => "tag",
        Some(full) if full.starts_with("refs/remotes/") => "remote branch",
        _ => "commit",
    };
    let hint = advice::text_of(
        repository.config(),
        "suggestDetachingHead",
        "If you want to detach HEAD at the commit, try again with the --detach option.",
    );
    let hint = hint.map_or(String::new(), |hint| {
        format!("\n{}", hint.lines().next().unwrap_or_default())
    });
    Failure::fatal(format!("a branch is expected, got {kind} '{word}'{hint}"))
}

/// What the words mean; new branches are made.
fn goal(git: &mut Git, repository: &Repository, asked: &Asked) -> Outcome<Goal> {
    let word = dashed(asked.start.as_deref().unwrap_or("HEAD"));
    if let Some(name) = &asked.new_branch {
        return new_branch(git, repository, asked, name, &word);
    }
    let previous = word
        .strip_prefix("@{-")
        .and_then(|rest| rest.strip_suffix('}'))
        .and_then(|number| number.parse().ok());
    let name = match previous
        .and_then(|number| crate::repository::revision::previous_branch(repository, number))
    {
        Some(name) => name,
        None => word.clone(),
    };
    let full = format!("refs/heads/{name}");
    let is_branch =
        crate::repository::refs::is_valid(&full) && repository.read_ref(&full).is_some();
    let unborn = repository.head().is_none() && repository.head_branch().as_deref() == Some(&name);
    if (is_branch || unborn) && !asked.detach {
        return Ok(Goal {
            commit: repository.resolve_ref(&full),
            branch: Some(name.clone()),
            word: name,
            created: false,
        });
    }
    if let Some(oid) = repository.rev(&name)? {
        let staying = asked.start.is_none() && !asked.detach;
        if staying && let Some(branch) = repository.head_branch() {
            return Ok(Goal {
                branch: Some(branch.clone()),
                commit: Some(oid),
                word: branch,
                created: false,
            });
        }
        return Ok(Goal {
            branch: None,
            commit: Some(repository.to_commit(&oid)?),
            word: name,
            created: false,
        });
    }
    if asked.start.is_none() {
        let branch = repository.head_branch();
        return Ok(Goal {
            word: branch.clone().unwrap_or_default(),
            branch,
            commit: None,
            created: false,
        });
    }
    match &branches::remotes_with(repository, &name)?[..] {
        [remote] => {
            let new = NewBranch {
                name: &name,
                start: remote,
                force: false,
                track: Track::Always,
                quiet: asked.quiet,
            };
            let commit = branches::create(git, repository, &new)?;
            Ok(Goal {
                branch: Some(name.clone()),
                commit: Some(commit),
                word: name,
                created: true,
            })
        }
        _ => Err(Failure::fatal(format!("invalid reference: {name}"))),
    }
}

fn new_branch(
    _git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    name: &str,
    word: &str,
) -> Outcome<Goal> {
    branches::check_name(repository, name)?;
    let full = format!("refs/heads/{name}");
    let exists = repository.read_ref(&full).is_some();
    if exists && !asked.reset_branch {
        return Err(Failure::fatal(format!(
            "a branch named '{name}' already exists"
        )));
    }
    if repository.head().is_none() && asked.start.is_none() {
        return Ok(Goal {
            branch: Some(name.to_owned()),
            commit: None,
            word: name.to_owned(),
            created: true,
        });
    }
    let found = repository.rev(word)?;
    let oid = found.ok_or_else(|| {
        Failure::fatal(format!(
            "'{word}' is not a commit and a branch '{name}' cannot be created from it"
        ))
    })?;
    let commit = repository.to_commit(&oid)?;
    Ok(Goal {
        branch: Some(name.to_owned()),
        commit: Some(commit),
        word: name.to_owned(),
        created: !exists,
    })
}

/// Brings index and files to where HEAD goes; `false` when something is in the way, which is said.
fn move_files(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    index: &mut Index,
    before: &Before,
    goal: &Goal,
) -> Outcome<bool> {
    if !asked.force && index.has_conflicts() {
        let mut last: &[u8] = b"";
        for entry in index.entries().iter().filter(|entry| entry.stage != 0) {
            if entry.path != last {
                writeln!(git.out, "{}: needs merge", shown(&entry.path))?;
                last = &entry.path;
            }
        }
        git.warn("error: you need to resolve your current index first");
        return Ok(false);
    }
    let tree = |commit: Option<Oid>| match commit {
        Some(commit) => repository.to_tree(&commit),
        None => Ok(Oid::EMPTY_TREE),
    };
    let converter = Converter::new(repository);
    let to = match goal.commit {
        None if before.commit.is_none() => return Ok(true),
        commit => tree(commit)?,
    };
    let lock = index.lock()?;
    if asked.force {
        worktree::reset_hard(repository, &converter, index, &to)?;
        index.write_locked(lock)?;
        return Ok(true);
    }
    let from = tree(before.commit)?;
    if from == to && before.commit.is_some() {
        return Ok(true);
    }
    match worktree::switch(repository, &converter, index, &from, &to)? {
        Ok(plan) => {
            plan.apply(repository, &converter, index)?;
            index.write_locked(lock)?;
            Ok(true)
        }
        Err(refusal) => {
            git.warn(refusal.message("checkout", "switch branches"));
            Ok(false)
        }
    }
}

fn set_head(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    before: &Before,
    goal: &Goal,
) -> Outcome<()> {
    if let (Some(name), Some(_)) = (&asked.new_branch, goal.commit) {
        let start = dashed(asked.start.as_deref().unwrap_or("HEAD"));
        let new = NewBranch {
            name,
            start: &start,
            force: asked.reset_branch,
            track: asked.track,
            quiet: asked.quiet,
        };
        branches::create(git, repository, &new)?;
    }
    let message = format!("checkout: moving from {} to {}", before.name(), goal.word);
    match (&goal.branch, goal.commit) {
        (Some(branch), commit) => {
            let full = format!("refs/heads/{branch}");
            let stays = before.branch.as_deref() == Some(branch) && asked.new_branch.is_none();
            if stays && asked.start.is_none() {
                return Ok(());
            }
            let target = format!("ref: {full}\n");
            lock::replace(&repository.git_dir().join("HEAD"), target.as_bytes())?;
            if let Some(new) = commit {
                repository.append_reflog(
                    "HEAD",
                    before.commit.unwrap_or_default(),
                    new,
                    &message,
                )?;
            }
            Ok(())
        }
        (None, Some(commit)) => repository.detach_ref("HEAD", commit, &message),
        (None, None) => Ok(()),
    }
}

/// What the working tree has of its own: `M	path`.
fn local_changes(
    git: &mut Git,
    repository: &Repository,
    index: &Index,
    commit: Option<Oid>,
) -> Outcome<()> {
    let tree = match commit {
        Some(commit) => repository.to_tree(&commit)?,
        None => return Ok(()),
    };
    for pair in super::local_pairs(repository, &tree, index)? {
        writeln!(git.out, "{}\t{}", pair.0, shown(&pair.1))?;
    }
    Ok(())
}

fn tell(
    git: &mut Git,
    repository: &Repository,
    asked: &Asked,
    before: &Before,
    goal: &Goal,
) -> Outcome<()> {
    let left = before.branch.is_none() && before.commit != goal.commit;
    if left
        && !asked.quiet
        && let Some(commit) = before.commit
    {
        match left_behind(repository, &commit, goal.commit)? {
            Some(warning) => git.warn(warning),
            None => git.warn(format!(
                "Previous HEAD position was {}",
                one_line(repository, &commit)?
            )),
        }
    }
    if asked.quiet {
        return Ok(());
    }
    let Some(branch) = &goal.branch else {
        if !asked.detach
            && before.branch.is_some()
            && advice::wanted(repository.config(), "detachedHead")
        {
            git.warn(format!("Note: switching to '{}'.\n{DETACHED}", goal.word));
        }
        if let Some(commit) = goal.commit {
            git.warn(format!("HEAD is now at {}", one_line(repository, &commit)?));
        }
        return Ok(());
    };
    let stays = before.branch.as_deref() == Some(branch);
    if asked.new_branch.is_none() && !goal.created {
        if asked.start.is_some() {
            git.warn(if stays {
                format!("Already on '{branch}'")
            } else {
                format!("Switched to branch '{branch}'")
            });
        }
    } else if asked.reset_branch && !goal.created {
        git.warn(if stays {
            format!("Reset branch '{branch}'")
        } else {
            format!("Switched to and reset branch '{branch}'")
        });
    } else {
        git.warn(format!("Switched to a new branch '{branch}'"));
    }
    if asked.new_branch.is_none() && !goal.created && goal.commit.is_some() {
        let hints = advice::wanted(repository.config(), "statusHints");
        if let Some(tracking) = Tracking::of(repository, branch)? {
            git.out.write_all(tracking.sentences(hints).as_bytes())?;
        }
    }
    Ok(())
}

/// `1234567 subject`
fn one_line(repository: &Repository, commit: &Oid) -> Outcome<String> {
    let subject = repository.objects().commit(commit)?.subject();
    Ok(format!(
        "{} {}",
        repository.short(commit),
        String::from_utf8_lossy(&subject)
    ))
}

/// git's warning about commits that no branch leads to any more.
fn left_behind(repository: &Repository, commit: &Oid, to: Option<Oid>) -> Outcome<Option<String>> {
    let mut kept: Vec<Oid> = to.into_iter().collect();
    for one in repository.refs("refs/")? {
        kept.extend(repository.to_commit(&one.oid).ok());
    }
    let walk = Walk::new(repository, vec![*commit], kept, WalkOptions::default())?;
    let lost: Vec<Oid> = walk.collect::<Outcome<_>>()?;
    if lost.is_empty() {
        return Ok(None);
    }
    let count = lost.len();
    let mut text = match count {
        1 => {
            "Warning: you are leaving 1 commit behind, not connected to\nany of your branches:\n\n"
                .to_owned()
        }
        _ => format!(
            "Warning: you are leaving {count} commits behind, not connected to\nany of your branches:\n\n"
        ),
    };
    for oid in lost.iter().take(4) {
        text.push_str(&format!("  {}\n", one_line(repository, oid)?));
    }
    if count > 4 {
        text.push_str(&format!(" ... and {} more.\n", count - 4));
    }
    let short = repository.short(commit);
    let (it, by) = if count == 1 {
        ("it", "by")
    } else {
        ("them", "by")
    };
    text.push_str(&format!(
        "\nIf you want to keep {it} {by} creating a new branch, this may be a good time\nto do so with:\n\n git branch <new-branch-name> {short}\n"
    ));
    Ok(Some(text))
}

/// A branch without history, with the index as it is; `switch` empties it.
fn orphan(git: &mut Git, repository: &Repository, asked: &Asked, name: &str) -> Outcome<i32> {
    branches::check_name(repository, name)?;
    let full = format!("refs/heads/{name}");
    if repository.read_ref(&full).is_some() {
        return Err(Failure::fatal(format!(
            "a branch named '{name}' already exists"
        )));
    }
    if asked.command == Command::Switch && asked.start.is_some() {
        return Err(Failure::fatal("'--orphan' cannot take <start-point>"));
    }
    let before = Before::of(repository);
    let commit = match &asked.start {
        Some(word) => Some(repository.commit_named(word)?),
        None if asked.command == Command::Switch => None,
        None => before.commit,
    };
    let mut index = repository.index()?;
    let goal = Goal {
        branch: Some(name.to_owned()),
        commit,
        word: name.to_owned(),
        created: true,
    };
    if !move_files(git, repository, asked, &mut index, &before, &goal)? {
        return Ok(1);
    }
    lock::replace(
        &repository.git_dir().join("HEAD"),
        format!("ref: {full}\n").as_bytes(),
    )?;
    if !asked.quiet {
        local_changes(git, repository, &index, goal.commit)?;
        git.warn(format!("Switched to a new branch '{name}'"));
    }
    Ok(0)
}
