//! How a word is to be completed.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::builtins::listing;
use crate::text::Text;
use crate::variables::hash;

/// What `complete` says of a command.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Specification {
    /// `-o`, by their places in [`SWITCHES`].
    switches: Vec<u8>,
    /// By their places in [`ACTIONS`].
    pub actions: Vec<u8>,
    pub glob: Option<Text>,
    pub words: Option<Text>,
    pub prefix: Option<Text>,
    pub suffix: Option<Text>,
    pub filter: Option<Text>,
    pub function: Option<Text>,
    pub command: Option<Text>,
}

const SWITCHES: &[&str] = &[
    "bashdefault",
    "default",
    "dirnames",
    "filenames",
    "noquote",
    "nosort",
    "nospace",
    "plusdirs",
];

/// Actions with their letters, in the order in which they are printed and done.
pub const ACTIONS: &[(&str, Option<char>)] = &[
    ("alias", Some('a')),
    ("builtin", Some('b')),
    ("command", Some('c')),
    ("directory", Some('d')),
    ("export", Some('e')),
    ("file", Some('f')),
    ("group", Some('g')),
    ("job", Some('j')),
    ("keyword", Some('k')),
    ("service", Some('s')),
    ("user", Some('u')),
    ("variable", Some('v')),
    ("arrayvar", None),
    ("binding", None),
    ("disabled", None),
    ("enabled", None),
    ("function", None),
    ("helptopic", None),
    ("hostname", None),
    ("running", None),
    ("setopt", None),
    ("shopt", None),
    ("signal", None),
    ("stopped", None),
];

pub fn is_option(name: &str) -> bool {
    SWITCHES.contains(&name)
}

impl Specification {
    /// Takes an option of `complete` or `compgen`; what is wrong is the error.
    pub fn take(&mut self, letter: char, argument: &Text) -> Result<(), String> {
        let argument = argument.clone();
        match letter {
            'o' if is_option(&argument) => self.switch(&argument, true),
            'o' => return Err(format!("{argument}: invalid option name")),
            'A' => {
                let place = ACTIONS.iter().position(|(name, _)| *name == &*argument);
                let place = place.ok_or_else(|| format!("{argument}: invalid action name"))?;
                self.add_action(place);
            }
            'G' => self.glob = Some(argument),
            'W' => self.words = Some(argument),
            'P' => self.prefix = Some(argument),
            'S' => self.suffix = Some(argument),
            'X' => self.filter = Some(argument),
            'F' => self.function = Some(argument),
            'C' => self.command = Some(argument),
            _ => {
                if let Some(place) = ACTIONS.iter().position(|(_, c)| *c == Some(letter)) {
                    self.add_action(place);
                }
            }
        }
        Ok(())
    }

    fn add_action(&mut self, place: usize) {
        self.actions.push(place as u8);
        self.actions.sort_unstable();
        self.actions.dedup();
    }

    pub fn switch(&mut self, name: &str, on: bool) {
        let Some(place) = SWITCHES.iter().position(|known| *known == name) else {
            return;
        };
        self.switches.retain(|&other| usize::from(other) != place);
        if on {
            self.switches.push(place as u8);
            self.switches.sort_unstable();
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.switches
            .iter()
            .any(|&place| SWITCHES.get(usize::from(place)) == Some(&name))
    }

    /// All options as `complete -p` shows them, each with a blank behind it.
    pub fn options(&self) -> String {
        let mut text = String::new();
        for &place in &self.switches {
            text += &format!("-o {} ", SWITCHES.get(usize::from(place)).unwrap_or(&""));
        }
        for &place in &self.actions {
            match ACTIONS.get(usize::from(place)) {
                Some((_, Some(letter))) => text += &format!("-{letter} "),
                Some((name, None)) => text += &format!("-A {name} "),
                None => {}
            }
        }
        let quoted = [
            ('G', &self.glob),
            ('W', &self.words),
            ('P', &self.prefix),
            ('S', &self.suffix),
            ('X', &self.filter),
            ('C', &self.command),
        ];
        for (letter, argument) in quoted {
            if let Some(argument) = argument {
                text += &format!("-{letter} {} ", listing::single_quoted(argument));
            }
        }
        if let Some(function) = &self.function {
            text += &format!("-F {function} ");
        }
        text
    }

    /// What `compopt NAME` shows.
    pub fn switches(&self) -> String {
        let shown = SWITCHES.iter().map(|name| {
            let sign = if self.has(name) { '-' } else { '+' };
            format!("{sign}o {name} ")
        });
        shown.collect()
    }
}

/// The specifications by command, listed in the order of bash's table of 512 buckets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Completions {
    by_name: Rc<BTreeMap<Text, (u32, Rc<Specification>)>>,
    next: u32,
}

const BUCKETS: u32 = 512;

impl Completions {
    pub fn get(&self, name: &str) -> Option<&Rc<Specification>> {
        self.by_name
            .get(name)
            .map(|(_, specification)| specification)
    }

    pub fn define(&mut self, name: Text, specification: Specification) {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let known = Rc::make_mut(&mut self.by_name);
        let entry = known.entry(name).or_insert((number, Rc::default()));
        entry.1 = Rc::new(specification);
    }

    pub fn remove(&mut self, name: &str) -> bool {
        Rc::make_mut(&mut self.by_name).remove(name).is_some()
    }

    pub fn clear(&mut self) {
        self.by_name = Rc::default();
    }

    pub fn listed(&self) -> Vec<(Text, Rc<Specification>)> {
        let mut all: Vec<_> = self.by_name.iter().collect();
        all.sort_by_key(|(name, (number, _))| (hash(name) & (BUCKETS - 1), u32::MAX - number));
        all.into_iter()
            .map(|(name, (_, specification))| (name.clone(), Rc::clone(specification)))
            .collect()
    }
}
