//! What a shell takes over from its surroundings.

use std::path::Path;

use isobox_guest::process;
use isobox_guest::stat::stat;

use crate::execute::words;
use crate::shell::Shell;
use crate::syntax::ast::CommandKind;
use crate::syntax::{Reading, parse};
use crate::text::{self, Text};
use crate::variables::{Variables, is_name, monotonic_ns};

/// What a shell sets when nobody says; it is not exported.
const USUAL: &[(&str, &str)] = &[
    ("HOSTNAME", "localhost"),
    (
        "PATH",
        "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin:.",
    ),
    ("SHELL", "/bin/bash"),
    ("TERM", "dumb"),
];

/// Adds what the environment may say otherwise.
pub(super) fn add_usual(variables: &mut Variables) {
    for (name, value) in USUAL {
        variables.preset(name, value);
    }
}

impl Shell {
    /// The environment, the directory, the numbers of processes; a state that was kept takes the environment's place.
    pub(super) fn take_surroundings(&mut self) -> Result<(), i32> {
        self.shell_pid = process::ids().0;
        self.seconds_from_ns = monotonic_ns();
        if let Some(file) = self.state_file.clone() {
            let given = self.positional.clone();
            match self.restore_state(&file) {
                Ok(true) => {
                    if !given.is_empty() {
                        self.positional = given;
                    }
                    return Ok(());
                }
                Ok(false) => {}
                Err(error) => {
                    let line = format!("{}: {file}: {}\n", self.name, words(&error));
                    let _ = self.write(2, &text::encode(&line));
                    return Err(1);
                }
            }
        }
        for (name, value) in std::env::vars_os() {
            self.take_variable(
                &text::decode(name.as_encoded_bytes()),
                &text::decode(value.as_encoded_bytes()),
            );
        }
        self.raise_level();
        self.settle_directory();
        self.last_argument = self.name.clone();
        Ok(())
    }

    fn take_variable(&mut self, name: &str, value: &str) {
        if let Some(function) =
            (name.strip_prefix("BASH_FUNC_")).and_then(|rest| rest.strip_suffix("%%"))
        {
            self.take_function(function, value);
            return;
        }
        match name {
            "SHELLOPTS" => {
                for option in value.split(':') {
                    self.options.switch_set_option(option, true);
                }
            }
            "BASHOPTS" => {
                for option in value.split(':') {
                    self.options.switch_shopt(option, true);
                }
            }
            "_" | "BASH_VERSINFO" | "UID" | "EUID" | "PPID" | "IFS" => {}
            _ if is_name(name) => self.import(name, value),
            _ => {}
        }
    }

    /// A function that a parent exported; what is no function is left alone.
    fn take_function(&mut self, name: &str, value: &str) {
        let reading = Reading {
            options: &self.options,
            aliases: &self.aliases,
            first_line: 1,
        };
        let Ok(program) = parse(&format!("{name} {value}"), &reading) else {
            return;
        };
        let command = (program.commands.first())
            .and_then(|list| list.0.first())
            .and_then(|item| item.chain.first.commands.first());
        if let Some(CommandKind::Function(function)) = command.map(|command| &command.kind) {
            let mut function = (**function).clone();
            function.source = "environment".into();
            let name = function.name.clone();
            std::rc::Rc::make_mut(&mut self.functions)
                .insert(name.clone(), std::rc::Rc::new(function));
            let mut attributes = self.function_attributes(&name);
            attributes.exported = true;
            self.set_function_attributes(&name, attributes);
        }
    }

    fn raise_level(&mut self) {
        let level = self
            .get("SHLVL")
            .and_then(|level| level.trim().parse::<i64>().ok())
            .unwrap_or(0)
            .saturating_add(1);
        let level = if level < 0 { 0 } else { level };
        let level = if level >= 1000 { 1 } else { level };
        self.import("SHLVL", level.to_string());
    }

    fn settle_directory(&mut self) {
        let begun_in = process::cwd().unwrap_or_else(|| b"/".to_vec());
        let begun_in = Text::from(text::decode(&begun_in));
        let named = self
            .get("PWD")
            .filter(|named| *named == begun_in || is_same_directory(named, &begun_in));
        self.directory = named.unwrap_or(begun_in);
        let directory = self.directory.clone();
        self.import("PWD", directory);
        let before = self
            .get("OLDPWD")
            .filter(|before| std::fs::metadata(&**before).is_ok_and(|known| known.is_dir()));
        if before.is_none() {
            self.declare_exported("OLDPWD");
        }
    }
}

/// Whether an absolute path leads to a directory, perhaps through links.
fn is_same_directory(path: &str, directory: &str) -> bool {
    let known = |path: &str| stat(Path::new(path), true).ok().map(|stat| stat.inode);
    path.starts_with('/') && known(path).is_some() && known(path) == known(directory)
}
