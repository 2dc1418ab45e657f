//! The options of the three commands.

use crate::command_line::{Given, Syntax};
use crate::commands::branches::Track;
use crate::commands::operands::PathFile;
use crate::failure::{Failure, Outcome};

const CHECKOUT: Syntax = Syntax::new(include_str!("../usage/checkout.txt"));
const SWITCH: Syntax = Syntax::new(include_str!("../usage/switch.txt"));
const RESTORE: Syntax = Syntax::new(include_str!("../usage/restore.txt"));

/// Which of the three it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Command {
    #[default]
    Checkout,
    Switch,
    Restore,
}

/// What is asked for.
#[derive(Default)]
pub struct Asked {
    pub command: Command,
    pub new_branch: Option<String>,
    /// `-B`: in place of the one that is there.
    pub reset_branch: bool,
    pub orphan: Option<String>,
    pub detach: bool,
    pub force: bool,
    pub quiet: bool,
    pub guess: bool,
    pub track: Track,
    pub track_said: bool,
    /// 2 for `--ours`, 3 for `--theirs`.
    pub stage: u8,
    pub overlay: Option<bool>,
    pub source: Option<String>,
    pub staged: bool,
    pub worktree: bool,
    pub ignore_unmerged: bool,
    /// The branch or commit to go to.
    pub start: Option<String>,
    pub paths: Vec<String>,
    pub dashes: Option<usize>,
}

impl Asked {
    fn new(command: Command) -> Self {
        Self {
            command,
            guess: true,
            ..Self::default()
        }
    }

    /// Takes an option that several of them have.
    fn take(&mut self, given: &Given, syntax: &Syntax) -> Outcome<()> {
        match given.name.as_str() {
            "quiet" => self.quiet = given.on,
            "guess" => self.guess = given.on,
            "force" | "discard-changes" => self.force = given.on,
            "detach" => self.detach = given.on,
            "track" => {
                self.track_said = given.on;
                self.track = if given.on {
                    Track::Always
                } else {
                    Track::Never
                };
            }
            "orphan" => self.orphan = given.value.clone(),
            "ours" => self.stage = 2,
            "theirs" => self.stage = 3,
            "overlay" => self.overlay = Some(given.on),
            "progress"
            | "overwrite-ignore"
            | "ignore-other-worktrees"
            | "ignore-skip-worktree-bits" => {}
            "recurse-submodules" if !given.on => {}
            "l" => {}
            _ => return Err(syntax.refuse(given)),
        }
        Ok(())
    }
}

pub fn checkout(words: &[String]) -> Outcome<Asked> {
    let parsed = CHECKOUT.parse(words)?;
    let mut asked = Asked::new(Command::Checkout);
    let mut file = PathFile::default();
    let mut from_file = false;
    let mut both = Vec::new();
    for given in &parsed.options {
        match given.name.as_str() {
            "b" | "B" => {
                asked.new_branch = given.value.clone();
                asked.reset_branch = given.name == "B";
                both.push(format!("-{}", given.name));
            }
            "orphan" => {
                both.push("--orphan".to_owned());
                asked.take(given, &CHECKOUT)?;
            }
            _ if file.take(given) => from_file = true,
            _ => asked.take(given, &CHECKOUT)?,
        }
    }
    if both.len() > 1 {
        return Err(Failure::fatal(
            "options '-b', '-B', and '--orphan' cannot be used together",
        ));
    }
    asked.dashes = parsed.dashes;
    asked.paths = match from_file {
        true => file.words(&parsed)?,
        false => parsed.operands.clone(),
    };
    if from_file {
        asked.dashes = Some(0);
    }
    name_after_start(&mut asked)?;
    asked.staged = true;
    asked.worktree = true;
    Ok(asked)
}

pub fn switch(words: &[String]) -> Outcome<Asked> {
    let parsed = SWITCH.parse(words)?;
    let mut asked = Asked::new(Command::Switch);
    for given in &parsed.options {
        match given.name.as_str() {
            "create" | "force-create" => {
                asked.new_branch = given.value.clone();
                asked.reset_branch = given.name == "force-create";
            }
            _ => asked.take(given, &SWITCH)?,
        }
    }
    asked.paths = parsed.operands;
    name_after_start(&mut asked)?;
    Ok(asked)
}

/// `-t origin/x` without a name makes `x`.
fn name_after_start(asked: &mut Asked) -> Outcome<()> {
    if !asked.track_said || asked.new_branch.is_some() || asked.orphan.is_some() {
        return Ok(());
    }
    let Some(start) = asked.paths.first().filter(|word| *word != "--") else {
        return Err(Failure::fatal("--track needs a branch name"));
    };
    let name = start.strip_prefix("refs/").unwrap_or(start);
    let name = name.strip_prefix("remotes/").unwrap_or(name);
    match name.split_once('/') {
        Some((_, name)) if !name.is_empty() => {
            asked.new_branch = Some(name.to_owned());
            Ok(())
        }
        _ => Err(Failure::fatal("missing branch name; try -b").map_switch(asked.command)),
    }
}

impl Failure {
    fn map_switch(mut self, command: Command) -> Self {
        if command == Command::Switch {
            self.message = self.message.replace("-b", "-c");
        }
        self
    }
}

pub fn restore(words: &[String]) -> Outcome<Asked> {
    let parsed = RESTORE.parse(words)?;
    let mut asked = Asked::new(Command::Restore);
    let mut file = PathFile::default();
    let mut worktree = None;
    for given in &parsed.options {
        match given.name.as_str() {
            "source" => asked.source = given.value.clone(),
            "staged" => asked.staged = given.on,
            "worktree" => worktree = Some(given.on),
            "ignore-unmerged" => asked.ignore_unmerged = given.on,
            _ if file.take(given) => {}
            _ => asked.take(given, &RESTORE)?,
        }
    }
    asked.worktree = worktree.unwrap_or(!asked.staged);
    asked.overlay = asked.overlay.or(Some(false));
    if asked.staged && asked.stage > 0 {
        return Err(
            Failure::fatal("'--ours/--theirs' cannot be used with --staged")
                .map_switch(asked.command),
        );
    }
    asked.paths = file.words(&parsed)?;
    Ok(asked)
}
