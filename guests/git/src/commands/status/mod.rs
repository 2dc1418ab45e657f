//! `status`: what a commit would hold, and what it wouldn't.

pub mod collect;
pub mod long;
pub mod short;
pub mod state;

use std::io::Write as _;

use crate::changes::Detection;
use crate::command_line::{Given, Syntax};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::pathspec::Pathspec;
use crate::repository::worktree::Collect;
use crate::repository::{Oid, Repository};
use collect::{Found, Wanted, collect};
use long::Manner;
use short::Form;

const SYNTAX: Syntax = Syntax::new(include_str!("../usage/status.txt")).help_on_stderr();

/// How a status is shown; `commit --dry-run` has the same options.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// `None` for sentences.
    pub form: Option<Form>,
    pub zeros: bool,
    pub branch: bool,
    /// `all`, `normal` or `no`.
    pub untracked: Option<String>,
    pub ignored: Option<String>,
    pub renames: Option<bool>,
    pub find_renames: Option<u32>,
    pub show_stash: bool,
    pub verbose: usize,
    said_porcelain: bool,
    said_long: bool,
}

impl Look {
    /// Takes an option; whether it is one of these.
    ///
    /// # Errors
    /// A value that git doesn't know.
    pub fn take(&mut self, given: &Given) -> Outcome<bool> {
        let relative = Form {
            relative: true,
            ..Form::default()
        };
        match given.name.as_str() {
            "short" => self.form = given.on.then_some(relative),
            "long" => {
                self.form = None;
                self.said_long = given.on;
            }
            "porcelain" => {
                self.said_porcelain = given.on;
                self.form = match given.value.as_deref() {
                    _ if !given.on => None,
                    None | Some("v1" | "1") => Some(Form::default()),
                    Some("v2" | "2") => Some(Form {
                        second: true,
                        ..Form::default()
                    }),
                    Some(other) => {
                        return Err(Failure::fatal(format!(
                            "unsupported porcelain version '{other}'"
                        )));
                    }
                };
            }
            "null" => self.zeros = given.on,
            "branch" => self.branch = given.on,
            "untracked-files" => {
                let value = if given.on {
                    given.value.clone().unwrap_or_else(|| "all".to_owned())
                } else {
                    "no".to_owned()
                };
                if !matches!(value.as_str(), "all" | "normal" | "no" | "true" | "false") {
                    return Err(Failure::fatal(format!(
                        "Invalid untracked files mode '{value}'"
                    )));
                }
                self.untracked = Some(value);
            }
            "ignored" => {
                let value = if given.on {
                    given
                        .value
                        .clone()
                        .unwrap_or_else(|| "traditional".to_owned())
                } else {
                    "no".to_owned()
                };
                if !matches!(value.as_str(), "traditional" | "matching" | "no") {
                    return Err(Failure::fatal(format!("Invalid ignored mode '{value}'")));
                }
                self.ignored = Some(value);
            }
            "renames" => self.renames = Some(given.on),
            "no-renames" => self.renames = Some(false),
            "find-renames" => {
                self.renames = Some(given.on);
                self.find_renames = given
                    .value
                    .as_deref()
                    .and_then(crate::report::Options::score);
            }
            "show-stash" => self.show_stash = given.on,
            "verbose" => self.verbose += usize::from(given.on),
            "ahead-behind" | "ignore-submodules" | "column" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What settings say where options don't.
    ///
    /// # Errors
    /// A setting that is no truth value.
    pub fn complete(&mut self, repository: &Repository) -> Outcome<()> {
        let config = repository.config();
        if self.form.is_none()
            && !self.said_long
            && !self.said_porcelain
            && config.bool("status.short")? == Some(true)
        {
            self.form = Some(Form {
                relative: true,
                ..Form::default()
            });
        }
        if self.zeros && self.form.is_none() {
            self.form = Some(Form::default());
        }
        if let Some(form) = &mut self.form {
            let setting = !self.said_porcelain && config.bool("status.branch")? == Some(true);
            form.branch = self.branch || setting;
            form.zeros = self.zeros;
            if config.bool("status.relativepaths")? == Some(false) {
                form.relative = false;
            }
        }
        if self.untracked.is_none() {
            self.untracked = config.get("status.showuntrackedfiles").map(str::to_owned);
        }
        Ok(())
    }

    /// What has to be looked for.
    pub fn wanted<'a>(
        &self,
        repository: &Repository,
        paths: &'a Pathspec,
        base: Option<Oid>,
    ) -> Wanted<'a> {
        let ignored = self.ignored.as_deref().is_some_and(|mode| mode != "no");
        let untracked = match self.untracked.as_deref() {
            Some("no" | "false") => None,
            mode => Some(Collect {
                all_files: mode == Some("all"),
                ignored,
                each_ignored: self.ignored.as_deref() == Some("matching"),
                empty_folders: false,
            }),
        };
        let setting = ["status.renames", "diff.renames"]
            .iter()
            .find_map(|key| repository.config().get(key));
        let copies = setting.is_some_and(|value| matches!(value, "copies" | "copy"));
        let on = self.renames.unwrap_or_else(|| {
            setting.is_none_or(|value| !matches!(value, "false" | "no" | "0" | "off"))
        });
        let mut detection = Detection {
            copies,
            ..Detection::default()
        };
        if let Some(least) = self.find_renames {
            detection.least = least;
        }
        Wanted {
            paths,
            untracked,
            renames: on.then_some(detection),
            base,
        }
    }

    /// The text.
    ///
    /// # Errors
    /// What can't be read.
    pub fn text(&self, repository: &Repository, found: &Found) -> Outcome<Vec<u8>> {
        self.worded(repository, found, false, false)
    }

    /// The text as `commit` shows it.
    ///
    /// # Errors
    /// What can't be read.
    pub fn text_for_commit(
        &self,
        repository: &Repository,
        found: &Found,
        amend: bool,
    ) -> Outcome<Vec<u8>> {
        self.worded(repository, found, true, amend)
    }

    /// The sentences that the editor shows below a message: without hints, and nothing about there being nothing.
    ///
    /// # Errors
    /// What can't be read.
    pub fn text_for_template(
        &self,
        repository: &Repository,
        found: &Found,
        amend: bool,
    ) -> Outcome<Vec<u8>> {
        let look = Look {
            form: None,
            ..self.clone()
        };
        let manner = Manner {
            hints: false,
            ..look.manner(repository, true, amend)?
        };
        long::text(repository, found, &manner)
    }

    fn worded(
        &self,
        repository: &Repository,
        found: &Found,
        commit: bool,
        amend: bool,
    ) -> Outcome<Vec<u8>> {
        match self.form {
            Some(form) => short::text(repository, found, form),
            None => long::text(repository, found, &self.manner(repository, commit, amend)?),
        }
    }

    fn manner(&self, repository: &Repository, commit: bool, amend: bool) -> Outcome<Manner> {
        Ok(Manner {
            untracked: !matches!(self.untracked.as_deref(), Some("no" | "false")),
            show_ignored: self.ignored.as_deref().is_some_and(|mode| mode != "no"),
            show_stash: self.show_stash
                || repository.config().bool("status.showstash")? == Some(true),
            commit,
            amend,
            hints: crate::commands::advice::wanted(repository.config(), "statusHints"),
        })
    }
}

pub fn status(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut look = Look::default();
    for given in &parsed.options {
        if !look.take(given)? {
            return Err(SYNTAX.refuse(given));
        }
    }
    let repository = git.repository_with_worktree()?;
    look.complete(&repository)?;
    if look.ignored.as_deref() == Some("matching") && look.untracked.as_deref() == Some("no") {
        return Err(Failure::fatal(
            "Unsupported combination of ignored and untracked-files arguments",
        ));
    }
    let paths = Pathspec::parse(&repository, &parsed.operands)?;
    let mut index = repository.index()?;
    let wanted = look.wanted(&repository, &paths, repository.head());
    let (found, refreshed) = collect(&repository, &mut index, &wanted)?;
    if refreshed && let Ok(lock) = index.lock() {
        let _ = index.write_locked(lock);
    }
    git.out.write_all(&look.text(&repository, &found)?)?;
    if look.verbose > 0 && look.form.is_none() {
        let diff = crate::commands::commit::staged_diff(&repository, &index)?;
        git.out.write_all(&diff)?;
    }
    Ok(0)
}
