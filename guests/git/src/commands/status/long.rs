//! Status in sentences.

use super::collect::{Found, Line};
use super::state::{Ongoing, Rebase, State, detached};
use crate::commands::tracking::Tracking;
use crate::failure::Outcome;
use crate::repository::{Repository, mode, quote};

/// What the sentences depend on beside what was found.
pub struct Manner {
    /// Whether untracked files were looked for.
    pub untracked: bool,
    pub show_ignored: bool,
    pub show_stash: bool,
    /// The commit will replace the last one.
    pub amend: bool,
    /// Whether a commit is about to be made.
    pub commit: bool,
    /// Whether it says what to do.
    pub hints: bool,
}

const STAGED: usize = 12;
const CONFLICT: usize = 17;

/// The whole text.
///
/// # Errors
/// What can't be read.
pub fn text(repository: &Repository, found: &Found, manner: &Manner) -> Outcome<Vec<u8>> {
    let mut writer = Writer {
        repository,
        found,
        manner,
        state: State::of(repository),
        hints: manner.hints,
        quote_high: repository.config().bool("core.quotepath")?.unwrap_or(true),
        out: Vec::new(),
    };
    writer.head()?;
    writer.state();
    if repository.head().is_none() {
        writer.say(if manner.commit {
            "\nInitial commit\n\n"
        } else {
            "\nNo commits yet\n\n"
        });
    }
    writer.sections()?;
    writer.last_line();
    Ok(writer.out)
}

struct Writer<'a> {
    repository: &'a Repository,
    found: &'a Found,
    manner: &'a Manner,
    state: State,
    hints: bool,
    quote_high: bool,
    out: Vec<u8>,
}

impl Writer<'_> {
    fn say(&mut self, text: &str) {
        self.out.extend(text.as_bytes());
    }

    fn hint(&mut self, text: &str) {
        if self.hints {
            self.say(&format!("  ({text})\n"));
        }
    }

    /// The branch, and how it stands to its upstream.
    fn head(&mut self) -> Outcome<()> {
        if let Some(rebase) = self.state.rebase.clone() {
            let onto = rebase.onto.unwrap_or_default();
            let kind = if rebase.interactive {
                "interactive rebase"
            } else {
                "rebase"
            };
            self.say(&format!("{kind} in progress; onto {onto}\n"));
            return Ok(());
        }
        let Some(name) = self.repository.head_ref() else {
            let text = match detached(self.repository) {
                Some((name, true)) => format!("HEAD detached at {name}\n"),
                Some((name, false)) => format!("HEAD detached from {name}\n"),
                None => "Not currently on any branch.\n".to_owned(),
            };
            self.say(&text);
            return Ok(());
        };
        let branch = name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
        self.say(&format!("On branch {branch}\n"));
        if let Some(tracking) = Tracking::of(self.repository, &branch)? {
            let text = tracking.sentences(self.hints);
            self.say(&format!("{text}\n"));
        }
        Ok(())
    }

    fn state(&mut self) {
        match self.state.ongoing.clone() {
            Some(Ongoing::Merge) => {
                if let Some(rebase) = self.state.rebase.clone() {
                    self.commands(&rebase);
                    self.say("\n");
                }
                self.merge();
            }
            Some(Ongoing::Am) => {
                self.say("You are in the middle of an am session.\n");
                self.hint("fix conflicts and then run \"git am --continue\"");
                self.hint("use \"git am --skip\" to skip this patch");
                self.hint("use \"git am --abort\" to restore the original branch");
                self.say("\n");
            }
            Some(Ongoing::Rebase(rebase)) => self.rebase(&rebase),
            Some(Ongoing::CherryPick(commit)) => {
                let which = commit.map(|oid| self.repository.short(&oid));
                self.pick("cherry-pick", "Cherry-pick", "cherry-picking", which);
            }
            Some(Ongoing::Revert(commit)) => {
                let which = commit.map(|oid| self.repository.short(&oid));
                self.pick("revert", "Revert", "reverting", which);
            }
            None => {}
        }
        if let Some(branch) = self.state.bisect.clone() {
            self.say(&format!(
                "You are currently bisecting, started from branch '{branch}'.\n"
            ));
            self.hint("use \"git bisect reset\" to get back to the original branch");
            self.say("\n");
        }
    }

    fn merge(&mut self) {
        if self.found.has_conflicts() {
            self.say("You have unmerged paths.\n");
            self.hint("fix conflicts and run \"git commit\"");
            self.hint("use \"git merge --abort\" to abort the merge");
        } else {
            self.say("All conflicts fixed but you are still merging.\n");
            self.hint("use \"git commit\" to conclude merge");
        }
        self.say("\n");
    }

    fn pick(&mut self, command: &str, title: &str, doing: &str, commit: Option<String>) {
        match &commit {
            Some(commit) => self.say(&format!("You are currently {doing} commit {commit}.\n")),
            None => self.say(&format!("{title} currently in progress.\n")),
        }
        match (self.found.has_conflicts(), commit) {
            (true, _) => self.hint(&format!(
                "fix conflicts and run \"git {command} --continue\""
            )),
            (false, None) => self.hint(&format!("run \"git {command} --continue\" to continue")),
            (false, Some(_)) => self.hint(&format!(
                "all conflicts fixed: run \"git {command} --continue\""
            )),
        }
        self.hint(&format!("use \"git {command} --skip\" to skip this patch"));
        self.hint(&format!(
            "use \"git {command} --abort\" to cancel the {command} operation"
        ));
        self.say("\n");
    }

    /// The commands of a rebase that are done and to be done.
    fn commands(&mut self, rebase: &Rebase) {
        if !rebase.interactive {
            return;
        }
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        match rebase.done.len() {
            0 => self.say("No commands done.\n"),
            count => {
                let title = if count == 1 {
                    "Last command done"
                } else {
                    "Last commands done"
                };
                self.say(&format!(
                    "{title} ({count} command{} done):\n",
                    plural(count)
                ));
                for line in &rebase.done[count.saturating_sub(2)..] {
                    self.say(&format!("   {line}\n"));
                }
                if count > 2 {
                    self.hint("see more in file .git/rebase-merge/done");
                }
            }
        }
        match rebase.todo.len() {
            0 => self.say("No commands remaining.\n"),
            count => {
                let title = if count == 1 {
                    "Next command to do"
                } else {
                    "Next commands to do"
                };
                self.say(&format!(
                    "{title} ({count} remaining command{}):\n",
                    plural(count)
                ));
                for line in rebase.todo.iter().take(2) {
                    self.say(&format!("   {line}\n"));
                }
                self.hint("use \"git rebase --edit-todo\" to view and edit");
            }
        }
    }

    fn rebase(&mut self, rebase: &Rebase) {
        self.commands(rebase);
        let onto = rebase.onto.clone().unwrap_or_default();
        let whole = |doing: &str| match &rebase.branch {
            Some(branch) => format!("You are currently {doing} branch '{branch}' on '{onto}'.\n"),
            None => format!("You are currently {doing}.\n"),
        };
        if self.found.has_conflicts() {
            self.say(&whole("rebasing"));
            self.hint("fix conflicts and then run \"git rebase --continue\"");
            self.hint("use \"git rebase --skip\" to skip this patch");
            self.hint("use \"git rebase --abort\" to check out the original branch");
        } else if !rebase.editing || self.repository.git_dir().join("MERGE_MSG").exists() {
            self.say(&whole("rebasing"));
            self.hint("all conflicts fixed: run \"git rebase --continue\"");
        } else {
            let text = match &rebase.branch {
                Some(branch) => format!(
                    "You are currently editing a commit while rebasing branch '{branch}' on '{onto}'.\n"
                ),
                None => "You are currently editing a commit during a rebase.\n".to_owned(),
            };
            self.say(&text);
            self.hint("use \"git commit --amend\" to amend the current commit");
            self.hint("use \"git rebase --continue\" once you are satisfied with your changes");
        }
        self.say("\n");
    }

    fn sections(&mut self) -> Outcome<()> {
        let merging = self.state.is_merging(self.repository);
        let unstage = match (merging, self.repository.head()) {
            (true, _) => None,
            (false, None) => Some("use \"git rm --cached <file>...\" to unstage"),
            (false, Some(_)) if self.manner.amend => {
                Some("use \"git restore --source=HEAD^1 --staged <file>...\" to unstage")
            }
            (false, Some(_)) => Some("use \"git restore --staged <file>...\" to unstage"),
        };
        self.staged(unstage);
        self.conflicts(unstage);
        self.local();
        let ignored_hint = "use \"git add -f <file>...\" to include in what will be committed";
        if self.manner.untracked {
            let untracked = self.found.untracked.clone();
            self.others(
                "Untracked",
                "use \"git add <file>...\" to include in what will be committed",
                &untracked,
            );
            if self.manner.show_ignored {
                let ignored = self.found.ignored.clone();
                self.others("Ignored", ignored_hint, &ignored);
            }
        } else if self.found.committable() {
            let hint = if self.hints {
                " (use -u option to show untracked files)"
            } else {
                ""
            };
            self.say(&format!("Untracked files not listed{hint}\n"));
        }
        if self.manner.show_stash {
            let count = self.repository.reflog("refs/stash").len();
            if count > 0 {
                self.say(&format!(
                    "Your stash currently has {count} {}\n",
                    if count == 1 { "entry" } else { "entries" }
                ));
            }
        }
        Ok(())
    }

    fn staged(&mut self, unstage: Option<&str>) {
        let lines: Vec<&Line> = self
            .found
            .lines
            .iter()
            .filter(|line| line.staged != ' ' && line.stages.is_empty())
            .collect();
        if lines.is_empty() {
            return;
        }
        self.say("Changes to be committed:\n");
        if let Some(unstage) = unstage {
            self.hint(unstage);
        }
        for line in lines {
            let shown = match &line.from {
                Some(from) => [&self.shown(from)[..], b" -> ", &self.shown(&line.path)].concat(),
                None => self.shown(&line.path),
            };
            self.line(label(line.staged), STAGED, &shown);
        }
        self.say("\n");
    }

    fn conflicts(&mut self, unstage: Option<&str>) {
        let lines: Vec<(&Line, (char, char))> = self
            .found
            .lines
            .iter()
            .filter_map(|line| Some((line, line.conflict()?)))
            .collect();
        if lines.is_empty() {
            return;
        }
        self.say("Unmerged paths:\n");
        if let Some(unstage) = unstage {
            self.hint(unstage);
        }
        let both_deleted = lines.iter().any(|(_, letters)| *letters == ('D', 'D'));
        let one_deleted = lines
            .iter()
            .any(|(_, letters)| matches!(letters, ('U', 'D') | ('D', 'U')));
        let others = lines
            .iter()
            .any(|(_, letters)| !matches!(letters, ('U', 'D') | ('D', 'U') | ('D', 'D')));
        let hint = match (both_deleted, one_deleted, others) {
            (false, false, _) => "use \"git add <file>...\" to mark resolution",
            (true, false, false) => "use \"git rm <file>...\" to mark resolution",
            _ => "use \"git add/rm <file>...\" as appropriate to mark resolution",
        };
        self.hint(hint);
        for (line, letters) in lines {
            let label = match letters {
                ('D', 'D') => "both deleted:",
                ('A', 'U') => "added by us:",
                ('U', 'D') => "deleted by them:",
                ('U', 'A') => "added by them:",
                ('D', 'U') => "deleted by us:",
                ('A', 'A') => "both added:",
                _ => "both modified:",
            };
            let shown = self.shown(&line.path);
            self.line(label, CONFLICT, &shown);
        }
        self.say("\n");
    }

    fn local(&mut self) {
        let lines: Vec<&Line> = self
            .found
            .lines
            .iter()
            .filter(|line| line.local != ' ' && line.stages.is_empty())
            .collect();
        if lines.is_empty() {
            return;
        }
        self.say("Changes not staged for commit:\n");
        let deleted = lines.iter().any(|line| line.local == 'D');
        self.hint(if deleted {
            "use \"git add/rm <file>...\" to update what will be committed"
        } else {
            "use \"git add <file>...\" to update what will be committed"
        });
        self.hint("use \"git restore <file>...\" to discard changes in working directory");
        for line in lines {
            let mut shown = self.shown(&line.path);
            if line.index.0 == mode::SUBMODULE && line.local == 'M' {
                shown.extend(b" (new commits)");
            }
            self.line(label(line.local), STAGED, &shown);
        }
        self.say("\n");
    }

    fn others(&mut self, title: &str, hint: &str, paths: &[Vec<u8>]) {
        if paths.is_empty() {
            return;
        }
        self.say(&format!("{title} files:\n"));
        self.hint(hint);
        for path in paths {
            let shown = self.shown(path);
            self.line("", 0, &shown);
        }
        self.say("\n");
    }

    fn line(&mut self, label: &str, width: usize, shown: &[u8]) {
        self.say(&format!("\t{label:width$}"));
        self.out.extend(shown);
        self.out.push(b'\n');
    }

    fn shown(&self, path: &[u8]) -> Vec<u8> {
        quote::quoted(&self.repository.from_here(path), self.quote_high)
    }

    fn last_line(&mut self) {
        if self.found.committable() {
            return;
        }
        let hint = |text: &'static str| if self.hints { text } else { "" };
        let text = if self.manner.amend {
            "No changes\n".to_owned()
        } else if self.found.dirty() {
            format!(
                "no changes added to commit{}\n",
                hint(" (use \"git add\" and/or \"git commit -a\")")
            )
        } else if !self.found.untracked.is_empty() {
            format!(
                "nothing added to commit but untracked files present{}\n",
                hint(" (use \"git add\" to track)")
            )
        } else if self.repository.head().is_none() {
            format!(
                "nothing to commit{}\n",
                hint(" (create/copy files and use \"git add\" to track)")
            )
        } else if !self.manner.untracked {
            format!(
                "nothing to commit{}\n",
                hint(" (use -u to show untracked files)")
            )
        } else {
            "nothing to commit, working tree clean\n".to_owned()
        };
        self.say(&text);
    }
}

fn label(letter: char) -> &'static str {
    match letter {
        'A' => "new file:",
        'D' => "deleted:",
        'R' => "renamed:",
        'C' => "copied:",
        'T' => "typechange:",
        _ => "modified:",
    }
}
