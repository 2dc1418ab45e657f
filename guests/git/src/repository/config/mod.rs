//! Settings: from the system's, the user's and the repository's files, the environment and the command line.

mod edit;
mod parse;

use std::path::{Path, PathBuf};

use super::Surroundings;
use crate::failure::{Failure, Outcome};
pub use edit::{Change, change, remove_section, rename_section};
pub use parse::valid_key;

/// How deep files may include each other.
const INCLUDES_MAX: usize = 10;

/// Where a setting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    System,
    Global,
    Local,
    Worktree,
    Command,
}

impl Scope {
    pub fn name(self) -> &'static str {
        match self {
            Scope::System => "system",
            Scope::Global => "global",
            Scope::Local => "local",
            Scope::Worktree => "worktree",
            Scope::Command => "command",
        }
    }
}

/// One setting as it was read.
#[derive(Clone, Debug)]
pub struct Setting {
    /// `section.name` or `section.subsection.name`, section and name in lower case.
    pub key: String,
    /// `None` for a name without `=`, which means true.
    pub value: Option<String>,
    pub scope: Scope,
    /// The file it stands in, as git names it; empty on the command line.
    pub file: String,
    pub line: usize,
}

/// All settings, later ones overriding.
#[derive(Clone, Debug, Default)]
pub struct Config {
    settings: Vec<Setting>,
}

impl Config {
    /// What counts outside any repository.
    ///
    /// # Errors
    /// git's words for a file that can't be parsed.
    pub fn outside(surroundings: &Surroundings) -> Outcome<Config> {
        Config::load(surroundings, None)
    }

    /// All of them, with those of a repository's folder.
    ///
    /// # Errors
    /// git's words for a file that can't be parsed.
    pub fn load(surroundings: &Surroundings, common: Option<&Path>) -> Outcome<Config> {
        let mut config = Config::default();
        for (scope, file) in user_files(surroundings) {
            config.add_file(scope, &file, common, 0)?;
        }
        if let Some(common) = common {
            config.add_file(Scope::Local, &common.join("config"), Some(common), 0)?;
        }
        for (key, value) in &surroundings.settings {
            config.add_command(key, value.clone())?;
        }
        Ok(config)
    }

    /// Only what one file holds, without what it includes.
    ///
    /// # Errors
    /// It can't be parsed.
    pub fn of_file(scope: Scope, file: &Path) -> Outcome<Config> {
        let mut config = Config::default();
        let Ok(bytes) = std::fs::read(file) else {
            return Ok(config);
        };
        let shown = file.display().to_string();
        for (line, key, value) in parse::parse(&String::from_utf8_lossy(&bytes), &shown)? {
            config.settings.push(Setting {
                key,
                value,
                scope,
                file: shown.clone(),
                line,
            });
        }
        Ok(config)
    }

    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The last value of a key; a name without a value is empty here.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.last(key)
            .map(|setting| setting.value.as_deref().unwrap_or_default())
    }

    /// Every value of a key, in their order.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let same = move |setting: &&Setting| same_key(&setting.key, key);
        let value = |setting: &'a Setting| setting.value.as_deref().unwrap_or_default();
        self.settings.iter().filter(same).map(value)
    }

    /// # Errors
    /// `fatal: bad boolean config value …`.
    pub fn bool(&self, key: &str) -> Outcome<Option<bool>> {
        let Some(setting) = self.last(key) else {
            return Ok(None);
        };
        match &setting.value {
            None => Ok(Some(true)),
            Some(text) => as_bool(text).map(Some).ok_or_else(|| {
                Failure::fatal(format!(
                    "bad boolean config value '{text}' for '{}'",
                    key.to_lowercase()
                ))
            }),
        }
    }

    /// # Errors
    /// `fatal: bad numeric config value …`.
    pub fn int(&self, key: &str) -> Outcome<Option<i64>> {
        let Some(setting) = self.last(key) else {
            return Ok(None);
        };
        let text = setting.value.as_deref().unwrap_or_default();
        as_int(text).map(Some).ok_or_else(|| {
            let place = if setting.file.is_empty() {
                String::new()
            } else {
                format!(" in file {}", setting.file)
            };
            Failure::fatal(format!(
                "bad numeric config value '{text}' for '{}'{place}: invalid unit",
                setting.key
            ))
        })
    }

    /// The subsections of a section: the remotes there are, for `remote`.
    pub fn subsections(&self, section: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for setting in &self.settings {
            let rest = setting
                .key
                .strip_prefix(section)
                .and_then(|rest| rest.strip_prefix('.'));
            if let Some((name, _)) = rest.and_then(|rest| rest.rsplit_once('.'))
                && !found.iter().any(|one| one == name)
            {
                found.push(name.to_owned());
            }
        }
        found
    }

    fn last(&self, key: &str) -> Option<&Setting> {
        self.settings
            .iter()
            .rev()
            .find(|setting| same_key(&setting.key, key))
    }

    fn add_command(&mut self, key: &str, value: Option<String>) -> Outcome<()> {
        let key = valid_key(key)?;
        self.settings.push(Setting {
            key,
            value,
            scope: Scope::Command,
            file: String::new(),
            line: 0,
        });
        Ok(())
    }

    fn add_file(
        &mut self,
        scope: Scope,
        file: &Path,
        common: Option<&Path>,
        depth: usize,
    ) -> Outcome<()> {
        let Ok(bytes) = std::fs::read(file) else {
            return Ok(());
        };
        let shown = shown(file, common);
        for (line, key, value) in parse::parse(&String::from_utf8_lossy(&bytes), &shown)? {
            let included = included(&key, value.as_deref(), file, common);
            self.settings.push(Setting {
                key,
                value,
                scope,
                file: shown.clone(),
                line,
            });
            if let Some(path) = included {
                if depth >= INCLUDES_MAX {
                    return Err(Failure::fatal(format!(
                        "exceeded maximum include depth ({INCLUDES_MAX}) while including\n\t{}\nfrom\n\t{shown}\nThis might be due to circular includes.",
                        path.display()
                    )));
                }
                self.add_file(scope, &path, common, depth + 1)?;
            }
        }
        Ok(())
    }
}

/// Section and name in any case, a subsection as it is.
fn same_key(key: &str, wanted: &str) -> bool {
    if key == wanted {
        return true;
    }
    let (Some(first), Some(last)) = (wanted.find('.'), wanted.rfind('.')) else {
        return false;
    };
    key.len() == wanted.len()
        && key[..first].eq_ignore_ascii_case(&wanted[..first])
        && key[first..last] == wanted[first..last]
        && key[last..].eq_ignore_ascii_case(&wanted[last..])
}

/// git is at the top of the working tree, and names the repository's file from there.
fn shown(file: &Path, common: Option<&Path>) -> String {
    let top = common.and_then(Path::parent);
    let inside = top.and_then(|top| file.strip_prefix(top).ok());
    inside.unwrap_or(file).display().to_string()
}

/// The file that a setting includes, when it is one that does.
fn included(key: &str, value: Option<&str>, file: &Path, common: Option<&Path>) -> Option<PathBuf> {
    let wanted = match key {
        "include.path" => true,
        _ => {
            let condition = key.strip_prefix("includeif.")?.strip_suffix(".path")?;
            condition_holds(condition, common)
        }
    };
    let path = expand_home(value.filter(|_| wanted)?);
    Some(file.parent().unwrap_or(Path::new("")).join(path))
}

fn condition_holds(condition: &str, common: Option<&Path>) -> bool {
    let Some((pattern, common)) = condition.strip_prefix("gitdir:").zip(common) else {
        return false;
    };
    let mut pattern = expand_home(pattern);
    if !pattern.starts_with('/') {
        pattern = format!("**/{pattern}");
    }
    if pattern.ends_with('/') {
        pattern.push_str("**");
    }
    super::wildmatch::matches(
        pattern.as_bytes(),
        common.as_os_str().as_encoded_bytes(),
        true,
        false,
    )
}

/// `~/` is the user's home.
pub fn expand_home(path: &str) -> String {
    match path.strip_prefix("~/") {
        Some(rest) => format!("{}/{rest}", std::env::var("HOME").unwrap_or_default()),
        None => path.to_owned(),
    }
}

/// The files that count everywhere, in their order.
pub fn user_files(surroundings: &Surroundings) -> Vec<(Scope, PathBuf)> {
    let mut files = Vec::new();
    let variable = |name: &str| surroundings.variable(name);
    if variable("GIT_CONFIG_NOSYSTEM").is_none_or(|text| as_bool(&text) != Some(true)) {
        let system = variable("GIT_CONFIG_SYSTEM").unwrap_or_else(|| "/etc/gitconfig".to_owned());
        files.push((Scope::System, system.into()));
    }
    if let Some(global) = variable("GIT_CONFIG_GLOBAL") {
        files.push((Scope::Global, global.into()));
        return files;
    }
    let home = variable("HOME");
    let shared = variable("XDG_CONFIG_HOME")
        .filter(|folder| !folder.is_empty())
        .or_else(|| home.as_ref().map(|home| format!("{home}/.config")));
    files.extend(shared.map(|folder| (Scope::Global, PathBuf::from(folder).join("git/config"))));
    files.extend(home.map(|home| (Scope::Global, PathBuf::from(home).join(".gitconfig"))));
    files
}

/// A truth value in git's words.
pub fn as_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" | "" => Some(false),
        number => as_int(number).map(|number| number != 0),
    }
}

/// A number with `k`, `m` or `g` behind it.
pub fn as_int(text: &str) -> Option<i64> {
    let (digits, unit) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 1 << 10),
        b'm' => (&text[..text.len() - 1], 1 << 20),
        b'g' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.trim_start().parse::<i64>().ok()?.checked_mul(unit)
}
