//! The variables a shell begins with.

use isobox_guest::stat::FILE_UID;
use std::rc::Rc;

use super::{Attributes, Indexed, Scope, Value, Variable, Variables};
use crate::text::Text;

/// The version we are taken for.
pub const VERSION: &str = "5.2.15(1)-release";
pub const MACHINE: &str = "x86_64-pc-linux-gnu";

const DYNAMIC: &[&str] = &[
    "BASHPID",
    "BASH_ALIASES",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_ARGV0",
    "BASH_CMDS",
    "BASH_COMMAND",
    "BASH_LINENO",
    "BASH_SOURCE",
    "BASH_SUBSHELL",
    "COMP_WORDBREAKS",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "FUNCNAME",
    "GROUPS",
    "HISTCMD",
    "LINENO",
    "RANDOM",
    "SECONDS",
    "SRANDOM",
    "PIPESTATUS",
    "BASHOPTS",
    "SHELLOPTS",
    "_",
    "PPID",
];
const INTEGERS: &[&str] = &["BASHPID", "HISTCMD", "RANDOM", "SECONDS", "SRANDOM", "PPID"];
const INDEXED: &[&str] = &[
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_LINENO",
    "BASH_SOURCE",
    "DIRSTACK",
    "FUNCNAME",
    "GROUPS",
    "PIPESTATUS",
];
const READONLY: &[&str] = &["BASHOPTS", "SHELLOPTS", "PPID"];

const PLAIN: &[(&str, &str)] = &[
    ("BASH", "/usr/bin/bash"),
    (
        "BASH_LOADABLES_PATH",
        "/usr/local/lib/bash:/usr/lib/bash:/opt/local/lib/bash:/usr/pkg/lib/bash:/opt/pkg/lib/bash:.",
    ),
    ("BASH_VERSION", VERSION),
    ("HOSTNAME", "localhost"),
    ("HOSTTYPE", "x86_64"),
    ("IFS", " \t\n"),
    ("MACHTYPE", MACHINE),
    ("OPTERR", "1"),
    ("OSTYPE", "linux-gnu"),
    ("PS4", "+ "),
    ("SHELL", "/bin/bash"),
    ("TERM", "dumb"),
];

impl Variables {
    /// What there is before the environment is taken over.
    pub fn initial() -> Variables {
        let mut variables = Variables {
            scopes: vec![Scope::default()],
            ..Variables::default()
        };
        for &name in DYNAMIC {
            variables.insert(0, name.into(), dynamic(name));
        }
        for &(name, value) in PLAIN {
            variables.insert(0, name.into(), scalar(value));
        }
        let mut old = Variable::default();
        old.attributes.exported = true;
        variables.insert(0, "OLDPWD".into(), old);
        for name in ["UID", "EUID"] {
            let mut user = scalar(&FILE_UID.to_string());
            user.attributes.integer = true;
            user.attributes.readonly = true;
            variables.insert(0, name.into(), user);
        }
        let mut optind = scalar("1");
        optind.attributes.integer = true;
        variables.insert(0, "OPTIND".into(), optind);
        variables.insert(0, "BASH_VERSINFO".into(), version_info());
        variables
    }
}

impl Variables {
    /// One more variable to begin with.
    pub fn preset(&mut self, name: &str, value: &str) {
        self.insert(0, name.into(), scalar(value));
    }
}

fn dynamic(name: &str) -> Variable {
    Variable {
        value: None,
        attributes: Attributes {
            integer: INTEGERS.contains(&name),
            indexed: INDEXED.contains(&name),
            associative: matches!(name, "BASH_ALIASES" | "BASH_CMDS"),
            readonly: READONLY.contains(&name),
            ..Attributes::default()
        },
        dynamic: true,
    }
}

fn scalar(value: &str) -> Variable {
    Variable {
        value: Some(Value::Scalar(value.into())),
        ..Variable::default()
    }
}

fn version_info() -> Variable {
    let parts = ["5", "2", "15", "1", "release", MACHINE];
    let array = Indexed::from_values(parts.iter().map(|&part| Text::from(part)));
    Variable {
        value: Some(Value::Indexed(Rc::new(array))),
        attributes: Attributes {
            readonly: true,
            indexed: true,
            ..Attributes::default()
        },
        dynamic: false,
    }
}
