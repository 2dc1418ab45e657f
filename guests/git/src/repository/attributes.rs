//! What `.gitattributes` say of paths: as far as line ends, binary files and diffs go.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::rc::Rc;

use super::{Repository, config, wildmatch};

/// What an attribute is for a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    #[default]
    Unspecified,
    Set,
    Unset,
    Text(String),
}

/// One line: a pattern and what it sets.
#[derive(Debug)]
struct Rule {
    base: Vec<u8>,
    body: Vec<u8>,
    name_only: bool,
    settings: Vec<(String, Value)>,
}

/// All rules, those of folders read when they are asked about.
pub struct Attributes {
    /// The user's, which count least.
    user: Vec<Rule>,
    /// The repository's own, which count most.
    info: Vec<Rule>,
    folders: RefCell<HashMap<Vec<u8>, Rc<Vec<Rule>>>>,
}

impl Attributes {
    pub fn of(repository: &Repository) -> Attributes {
        let read = |path: &str| {
            fs::read(path)
                .map(|bytes| parse(&bytes, b""))
                .unwrap_or_default()
        };
        let variable = |name: &str| {
            repository
                .surroundings()
                .variable(name)
                .filter(|value| !value.is_empty())
        };
        let home = || {
            let folder = variable("XDG_CONFIG_HOME")
                .or_else(|| variable("HOME").map(|home| format!("{home}/.config")));
            folder.map(|folder| format!("{folder}/git/attributes"))
        };
        let file = repository
            .config()
            .get("core.attributesfile")
            .map(config::expand_home)
            .or_else(home);
        let info = repository.common_dir().join("info/attributes");
        Attributes {
            user: file.map(|file| read(&file)).unwrap_or_default(),
            info: read(&info.to_string_lossy()),
            folders: RefCell::default(),
        }
    }

    /// What an attribute (`text`, `eol`, `diff`, `merge`) is for a path.
    pub fn get(&self, path: &[u8], name: &str) -> Value {
        if let Some(value) = lookup(&self.info, path, name) {
            return value;
        }
        let mut end = memchr::memrchr(b'/', path).map_or(0, |at| at + 1);
        loop {
            if let Some(value) = lookup(&self.of_folder(&path[..end]), path, name) {
                return value;
            }
            if end == 0 {
                break;
            }
            end = memchr::memrchr(b'/', &path[..end - 1]).map_or(0, |at| at + 1);
        }
        lookup(&self.user, path, name).unwrap_or_default()
    }

    fn of_folder(&self, folder: &[u8]) -> Rc<Vec<Rule>> {
        if let Some(found) = self.folders.borrow().get(folder) {
            return found.clone();
        }
        let file = [folder, b".gitattributes"].concat();
        let bytes = super::path_of(&file)
            .ok()
            .and_then(|path| fs::read(path).ok());
        let rules = Rc::new(bytes.map(|bytes| parse(&bytes, folder)).unwrap_or_default());
        self.folders
            .borrow_mut()
            .insert(folder.to_vec(), rules.clone());
        rules
    }
}

/// The last line that says something wins.
fn lookup(rules: &[Rule], path: &[u8], name: &str) -> Option<Value> {
    let fitting = rules.iter().rev().filter(|rule| rule.matches(path));
    let mut settings = fitting.flat_map(|rule| rule.settings.iter().rev());
    settings
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.clone())
}

impl Rule {
    fn matches(&self, path: &[u8]) -> bool {
        let Some(inside) = path.strip_prefix(&self.base[..]) else {
            return false;
        };
        let name = match self.name_only {
            true => &inside[memchr::memrchr(b'/', inside).map_or(0, |at| at + 1)..],
            false => inside,
        };
        wildmatch::matches(&self.body, name, true, false)
    }
}

fn parse(bytes: &[u8], base: &[u8]) -> Vec<Rule> {
    let text = String::from_utf8_lossy(bytes);
    text.lines()
        .filter_map(|line| rule(line.trim(), base))
        .collect()
}

fn rule(line: &str, base: &[u8]) -> Option<Rule> {
    if line.is_empty() || line.starts_with('#') || line.starts_with('[') {
        return None;
    }
    let (pattern, rest) = match line.strip_prefix('"') {
        Some(rest) => rest.split_once('"')?,
        None => line.split_once(char::is_whitespace)?,
    };
    if pattern.starts_with('!') || pattern.ends_with('/') {
        return None;
    }
    let settings = rest.split_whitespace().flat_map(setting).collect();
    Some(Rule {
        base: base.to_vec(),
        name_only: !pattern.contains('/'),
        body: pattern
            .strip_prefix('/')
            .unwrap_or(pattern)
            .as_bytes()
            .to_vec(),
        settings,
    })
}

/// What a word sets; `binary` stands for three.
fn setting(word: &str) -> Vec<(String, Value)> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Value::Text(value.to_owned())),
        None => match word.as_bytes().first() {
            Some(b'-') => (&word[1..], Value::Unset),
            Some(b'!') => (&word[1..], Value::Unspecified),
            _ => (word, Value::Set),
        },
    };
    if name == "binary" && value == Value::Set {
        let unset = |name: &str| (name.to_owned(), Value::Unset);
        return vec![
            ("binary".to_owned(), Value::Set),
            unset("diff"),
            unset("merge"),
            unset("text"),
        ];
    }
    if name == "crlf" {
        let value = match value {
            Value::Text(text) if text == "input" => {
                return vec![("eol".to_owned(), Value::Text("lf".to_owned()))];
            }
            other => other,
        };
        return vec![("text".to_owned(), value)];
    }
    vec![(name.to_owned(), value)]
}
