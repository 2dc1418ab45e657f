//! `config`: settings shown and changed.

use std::io::Write as _;
use std::path::PathBuf;

use posix_regex::{Dialect, Options, Regex};

use super::editor;
use crate::command_line::{Parsed, Syntax};
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::config::{
    Change, Scope, Setting, as_bool, as_int, change, expand_home, remove_section, rename_section,
    user_files, valid_key,
};
use crate::repository::{Config, Repository};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/config.txt")).with_hidden(
    "    --[no-]global
    --[no-]system
    --[no-]local
    --[no-]worktree
    -f, --[no-]file <file>
    --blob <blob>
    --get
    --get-all
    --get-regexp
    --get-urlmatch
    --replace-all
    --add
    --unset
    --unset-all
    --rename-section
    --remove-section
    -l, --list
    -e, --edit
    --[no-]type <type>
    --bool
    --int
    --bool-or-int
    --path
    --[no-]all
    --[no-]regexp
    --[no-]value <pattern>
    --[no-]fixed-value
    -z, --[no-]null
    --[no-]name-only
    --[no-]show-origin
    --[no-]show-scope
    --[no-]includes
    --[no-]append
    --[no-]default <value>
    --[no-]comment <value>",
);

/// Statuses that scripts look at.
const MISSING_SECTION: i32 = 2;
const NOTHING: i32 = 5;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Get,
    GetAll,
    GetRegexp,
    Set,
    Add,
    ReplaceAll,
    Unset,
    UnsetAll,
    RenameSection,
    RemoveSection,
    List,
    Edit,
}

#[derive(Default)]
struct Asked {
    action: Option<Action>,
    scope: Option<Scope>,
    file: Option<PathBuf>,
    kind: Option<String>,
    value: Option<String>,
    fixed: bool,
    all: bool,
    regexp: bool,
    append: bool,
    zeros: bool,
    name_only: bool,
    origin: bool,
    show_scope: bool,
    default: Option<String>,
    operands: Vec<String>,
}

pub fn config(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let mut asked = Asked::default();
    let mut words = words;
    let new_style = matches!(
        words.first().map(String::as_str),
        Some("list" | "get" | "set" | "unset" | "rename-section" | "remove-section" | "edit")
    );
    let command = if new_style {
        Some(words.remove(0))
    } else {
        None
    };
    let parsed = SYNTAX.parse(&words)?;
    take(&mut asked, &parsed)?;
    asked.operands = parsed.operands;
    match command.as_deref() {
        Some(command) => subcommand(&mut asked, command)?,
        None => default_action(&mut asked)?,
    }
    let here = std::env::current_dir()?;
    let repository = match git.repository() {
        Ok(repository) => Some(repository),
        Err(failure) if failure.message.contains("not a git repository") => None,
        Err(failure) => return Err(failure),
    };
    if asked.scope == Some(Scope::Local) && repository.is_none() {
        return Err(Failure::fatal(
            "--local can only be used inside a git repository",
        ));
    }
    if let Some(file) = &mut asked.file {
        *file = here.join(&*file);
    }
    run(git, repository.as_deref(), &asked)
}

fn take(asked: &mut Asked, parsed: &Parsed) -> Outcome<()> {
    for given in &parsed.options {
        let action = match given.name.as_str() {
            "get" => Action::Get,
            "get-all" => Action::GetAll,
            "get-regexp" => Action::GetRegexp,
            "replace-all" => Action::ReplaceAll,
            "add" => Action::Add,
            "unset" => Action::Unset,
            "unset-all" => Action::UnsetAll,
            "rename-section" => Action::RenameSection,
            "remove-section" => Action::RemoveSection,
            "list" => Action::List,
            "edit" => Action::Edit,
            other => {
                setting(asked, other, given)?;
                continue;
            }
        };
        if asked.action.is_some_and(|before| before != action) {
            return Err(SYNTAX.misused_with("error: only one action at a time"));
        }
        asked.action = Some(action);
    }
    Ok(())
}

fn setting(asked: &mut Asked, name: &str, given: &crate::command_line::Given) -> Outcome<()> {
    match name {
        "global" => asked.scope = Some(Scope::Global),
        "system" => asked.scope = Some(Scope::System),
        "local" => asked.scope = Some(Scope::Local),
        "worktree" => asked.scope = Some(Scope::Worktree),
        "file" => asked.file = given.value.clone().map(PathBuf::from),
        "type" => asked.kind = given.value.clone(),
        "bool" | "int" | "bool-or-int" | "path" => asked.kind = Some(name.to_owned()),
        "value" => asked.value = given.value.clone(),
        "fixed-value" => asked.fixed = given.on,
        "all" => asked.all = given.on,
        "regexp" => asked.regexp = given.on,
        "append" => asked.append = given.on,
        "null" => asked.zeros = given.on,
        "name-only" => asked.name_only = given.on,
        "show-origin" => asked.origin = given.on,
        "show-scope" => asked.show_scope = given.on,
        "default" => asked.default = given.value.clone(),
        "includes" => {}
        _ => return Err(SYNTAX.refuse(given)),
    }
    if let Some(kind) = &asked.kind
        && !matches!(kind.as_str(), "bool" | "int" | "bool-or-int" | "path")
    {
        return Err(Failure::error(
            129,
            format!("unrecognized --type argument, {kind}"),
        ));
    }
    Ok(())
}

fn subcommand(asked: &mut Asked, command: &str) -> Outcome<()> {
    let count = asked.operands.len();
    let (action, wanted) = match command {
        "list" => (Action::List, 0..=0),
        "get" if asked.regexp => (Action::GetRegexp, 1..=1),
        "get" => (
            if asked.all {
                Action::GetAll
            } else {
                Action::Get
            },
            1..=1,
        ),
        "set" if asked.append => (Action::Add, 2..=2),
        "set" => (
            if asked.all {
                Action::ReplaceAll
            } else {
                Action::Set
            },
            2..=2,
        ),
        "unset" => (
            if asked.all {
                Action::UnsetAll
            } else {
                Action::Unset
            },
            1..=1,
        ),
        "rename-section" => (Action::RenameSection, 2..=2),
        "remove-section" => (Action::RemoveSection, 1..=1),
        _ => (Action::Edit, 0..=0),
    };
    if !wanted.contains(&count) {
        return Err(Failure::error(
            129,
            format!("wrong number of arguments, should be {}", wanted.start()),
        ));
    }
    if let Some(value) = asked.value.clone() {
        asked.operands.push(value);
    }
    asked.action = Some(action);
    Ok(())
}

fn default_action(asked: &mut Asked) -> Outcome<()> {
    let count = asked.operands.len();
    let action = match asked.action {
        Some(action) => action,
        None => match count {
            0 => return Err(SYNTAX.misused()),
            1 => Action::Get,
            2 => Action::Set,
            3 => Action::ReplaceAll,
            _ => return Err(Failure::error(129, "no action specified")),
        },
    };
    let (least, most) = match action {
        Action::List | Action::Edit => (0, 0),
        Action::Get | Action::GetAll | Action::GetRegexp | Action::Unset | Action::UnsetAll => {
            (1, 2)
        }
        Action::Add | Action::RenameSection => (2, 2),
        Action::Set | Action::ReplaceAll => (2, 3),
        Action::RemoveSection => (1, 1),
    };
    if count < least || count > most {
        let should = if least == most {
            format!("should be {least}")
        } else {
            format!("should be from {least} to {most}")
        };
        return Err(Failure::error(
            129,
            format!("wrong number of arguments, {should}"),
        ));
    }
    asked.action = Some(action);
    Ok(())
}

fn run(git: &mut Git, repository: Option<&Repository>, asked: &Asked) -> Outcome<i32> {
    let operand = |at: usize| asked.operands.get(at).map_or("", String::as_str);
    match asked.action {
        Some(Action::List) => list(git, repository, asked),
        Some(Action::Get | Action::GetAll | Action::GetRegexp) => get(git, repository, asked),
        Some(Action::Edit) => {
            let file = file_to_change(git, repository, asked)?;
            let repository = repository.ok_or_else(|| Failure::fatal("not in a git directory"))?;
            editor::edit(repository, &file, false)?;
            Ok(0)
        }
        Some(Action::RenameSection) => {
            let file = file_to_change(git, repository, asked)?;
            match rename_section(&file, operand(0), operand(1))? {
                true => Ok(0),
                false => Err(Failure::fatal(format!("no such section: {}", operand(0)))),
            }
        }
        Some(Action::RemoveSection) => {
            let file = file_to_change(git, repository, asked)?;
            match remove_section(&file, operand(0))? {
                true => Ok(0),
                false => Err(Failure::fatal(format!("no such section: {}", operand(0)))),
            }
        }
        Some(action) => set(git, repository, asked, action),
        None => Err(SYNTAX.misused()),
    }
}

/// The settings that are looked at.
fn settings(git: &Git, repository: Option<&Repository>, asked: &Asked) -> Outcome<Config> {
    if let Some(file) = &asked.file {
        if asked.action == Some(Action::List) && !file.exists() {
            return Err(Failure::fatal(format!(
                "unable to read config file '{}': No such file or directory",
                file.display()
            )));
        }
        return Config::of_file(Scope::Command, file);
    }
    let whole = match repository {
        Some(repository) => repository.config().clone(),
        None => Config::outside(&git.surroundings)?,
    };
    Ok(whole)
}

fn is_wanted(asked: &Asked, setting: &Setting) -> bool {
    asked.file.is_some() || asked.scope.is_none_or(|scope| setting.scope == scope)
}

fn list(git: &mut Git, repository: Option<&Repository>, asked: &Asked) -> Outcome<i32> {
    for setting in settings(git, repository, asked)?
        .settings()
        .iter()
        .filter(|setting| is_wanted(asked, setting))
    {
        let line = shown(
            asked,
            setting,
            true,
            &setting.value.clone().unwrap_or_default(),
        );
        git.out.write_all(&line)?;
    }
    Ok(0)
}

/// A line: where it stands, its key, its value.
fn shown(asked: &Asked, setting: &Setting, with_key: bool, value: &str) -> Vec<u8> {
    let end = if asked.zeros { '\0' } else { '\n' };
    let tab = if asked.zeros { '\0' } else { '\t' };
    let mut line = String::new();
    if asked.show_scope {
        let scope = if asked.file.is_some() {
            "command"
        } else {
            setting.scope.name()
        };
        line.push_str(&format!("{scope}{tab}"));
    }
    if asked.origin {
        match setting.file.is_empty() {
            true => line.push_str(&format!("command line:{tab}")),
            false => line.push_str(&format!("file:{}{tab}", setting.file)),
        }
    }
    if with_key {
        line.push_str(&setting.key);
        if !asked.name_only && setting.value.is_some() {
            line.push(match (asked.zeros, asked.action == Some(Action::List)) {
                (true, _) => '\n',
                (false, true) => '=',
                (false, false) => ' ',
            });
        }
    }
    if !asked.name_only {
        line.push_str(value);
    }
    line.push(end);
    line.into_bytes()
}

fn get(git: &mut Git, repository: Option<&Repository>, asked: &Asked) -> Outcome<i32> {
    let config = settings(git, repository, asked)?;
    let regexp = asked.action == Some(Action::GetRegexp);
    let wanted = &asked.operands[0];
    let key = match regexp {
        true => String::new(),
        false => valid_key(wanted)?,
    };
    let pattern = match regexp {
        true => Some(compile(&fold_key(wanted), "key pattern")?),
        false => None,
    };
    let values = matcher(asked, asked.operands.get(1))?;
    let mut found: Vec<&Setting> = config
        .settings()
        .iter()
        .filter(|setting| is_wanted(asked, setting))
        .filter(|setting| {
            pattern.as_ref().map_or(setting.key == key, |pattern| {
                pattern.is_match(setting.key.as_bytes())
            })
        })
        .filter(|setting| values(setting.value.as_deref().unwrap_or_default()))
        .collect();
    if asked.action == Some(Action::Get) || regexp && asked.regexp && !asked.all {
        found.drain(..found.len().saturating_sub(1));
    }
    if found.is_empty() {
        let Some(default) = &asked.default else {
            return Ok(1);
        };
        let made = Setting {
            key,
            value: Some(default.clone()),
            scope: Scope::Command,
            file: String::new(),
            line: 0,
        };
        let value = typed(asked, &made)?;
        git.out.write_all(&shown(asked, &made, false, &value))?;
        return Ok(0);
    }
    for setting in found {
        let value = typed(asked, setting)?;
        git.out.write_all(&shown(
            asked,
            setting,
            regexp && !asked.regexp || regexp && asked.name_only,
            &value,
        ))?;
    }
    Ok(0)
}

/// Section and name of a pattern count in lower case.
fn fold_key(pattern: &str) -> String {
    match (pattern.find('.'), pattern.rfind('.')) {
        (Some(first), Some(last)) => {
            format!(
                "{}{}{}",
                pattern[..first].to_lowercase(),
                &pattern[first..last],
                pattern[last..].to_lowercase()
            )
        }
        _ => pattern.to_lowercase(),
    }
}

fn compile(pattern: &str, what: &str) -> Outcome<Regex> {
    Regex::new(pattern.as_bytes(), &Options::new(Dialect::EXTENDED))
        .map_err(|_| Failure::error(6, format!("invalid {what}: {pattern}")))
}

/// Which values are meant.
fn matcher(asked: &Asked, pattern: Option<&String>) -> Outcome<Box<dyn Fn(&str) -> bool>> {
    let Some(pattern) = pattern.cloned() else {
        return Ok(Box::new(|_| true));
    };
    if asked.fixed {
        return Ok(Box::new(move |value| value == pattern));
    }
    let (negated, body) = match pattern.strip_prefix('!') {
        Some(body) => (true, body),
        None => (false, pattern.as_str()),
    };
    let regex = compile(body, "pattern")?;
    Ok(Box::new(move |value| {
        regex.is_match(value.as_bytes()) != negated
    }))
}

/// A value as `--type` wants it.
fn typed(asked: &Asked, setting: &Setting) -> Outcome<String> {
    let Some(kind) = asked.kind.as_deref() else {
        return Ok(setting.value.clone().unwrap_or_default());
    };
    let text = setting.value.clone();
    let truth = |text: &Option<String>| text.as_deref().map_or(Some(true), as_bool);
    let number = |text: &Option<String>| text.as_deref().and_then(as_int);
    let wrong_number = || {
        let place = if setting.file.is_empty() {
            String::new()
        } else {
            format!(" in file {}", setting.file)
        };
        Failure::fatal(format!(
            "bad numeric config value '{}' for '{}'{place}: invalid unit",
            text.clone().unwrap_or_default(),
            setting.key
        ))
    };
    let wrong_bool = || {
        Failure::fatal(format!(
            "bad boolean config value '{}' for '{}'",
            text.clone().unwrap_or_default(),
            setting.key
        ))
    };
    Ok(match kind {
        "bool" => truth(&text).ok_or_else(wrong_bool)?.to_string(),
        "int" => number(&text).ok_or_else(wrong_number)?.to_string(),
        "bool-or-int" => match number(&text) {
            Some(number) => number.to_string(),
            None => truth(&text).ok_or_else(wrong_bool)?.to_string(),
        },
        _ => expand_home(&text.unwrap_or_default()),
    })
}

fn file_to_change(git: &Git, repository: Option<&Repository>, asked: &Asked) -> Outcome<PathBuf> {
    if let Some(file) = &asked.file {
        return Ok(file.clone());
    }
    let files = user_files(&git.surroundings);
    let of_scope = |scope: Scope| -> Vec<PathBuf> {
        files
            .iter()
            .filter(|(one, _)| *one == scope)
            .map(|(_, path)| path.clone())
            .collect()
    };
    match asked.scope {
        Some(Scope::Global) => {
            let candidates = of_scope(Scope::Global);
            let last = candidates
                .last()
                .cloned()
                .ok_or_else(|| Failure::fatal("$HOME not set"))?;
            let shared = candidates
                .first()
                .filter(|path| path.exists() && !last.exists());
            Ok(shared.cloned().unwrap_or(last))
        }
        Some(Scope::System) => Ok(of_scope(Scope::System)
            .pop()
            .unwrap_or_else(|| "/etc/gitconfig".into())),
        _ => match repository {
            Some(repository) => Ok(repository.common_dir().join("config")),
            None => Err(Failure::fatal("not in a git directory")),
        },
    }
}

fn set(
    git: &mut Git,
    repository: Option<&Repository>,
    asked: &Asked,
    action: Action,
) -> Outcome<i32> {
    let key = &asked.operands[0];
    let full = valid_key(key).map_err(|mut failure| {
        if failure.message.contains("section") || failure.message.contains("variable name") {
            failure.status = MISSING_SECTION;
        }
        failure
    })?;
    let file = file_to_change(git, repository, asked)?;
    let unset = matches!(action, Action::Unset | Action::UnsetAll);
    let pattern = asked.operands.get(if unset { 1 } else { 2 });
    let matches = matcher(asked, pattern)?;
    let there = Config::of_file(Scope::Local, &file)?;
    let count = there
        .settings()
        .iter()
        .filter(|setting| {
            setting.key == full && matches(setting.value.as_deref().unwrap_or_default())
        })
        .count();
    if count == 0 && unset {
        return Ok(NOTHING);
    }
    if count > 1 && matches!(action, Action::Set | Action::Unset) {
        git.warn(format!("warning: {full} has multiple values"));
        if action == Action::Set {
            return Err(Failure::error(
                NOTHING,
                format!(
                    "cannot overwrite multiple values with a single value\n       Use a regexp, --add or --replace-all to change {key}."
                ),
            ));
        }
        return Ok(NOTHING);
    }
    let value = asked.operands.get(1).map_or("", String::as_str);
    let value = match (&asked.kind, unset) {
        (Some(_), false) => {
            let made = Setting {
                key: full.clone(),
                value: Some(value.to_owned()),
                scope: Scope::Command,
                file: String::new(),
                line: 0,
            };
            match asked.kind.as_deref() {
                Some("path") => value.to_owned(),
                _ => typed(asked, &made)?,
            }
        }
        _ => value.to_owned(),
    };
    let what = match action {
        Action::Add => Change::Add(&value),
        Action::ReplaceAll => Change::ReplaceAll(&value),
        Action::Unset | Action::UnsetAll => Change::Unset,
        _ => Change::Set(&value),
    };
    change(&file, key, &what, matches)?;
    Ok(0)
}
