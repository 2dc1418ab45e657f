//! `set -o` and `shopt`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The options of a shell. Every name bash knows is known; those without effect here are kept all the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    // set -o
    pub allexport: bool,
    pub braceexpand: bool,
    pub errexit: bool,
    pub errtrace: bool,
    pub functrace: bool,
    pub hashall: bool,
    pub monitor: bool,
    pub noclobber: bool,
    pub noexec: bool,
    pub noglob: bool,
    pub nounset: bool,
    pub physical: bool,
    pub pipefail: bool,
    pub posix: bool,
    pub verbose: bool,
    pub xtrace: bool,
    // shopt
    pub assoc_expand_once: bool,
    pub autocd: bool,
    pub compat_error_exit: bool,
    pub dotglob: bool,
    pub execfail: bool,
    pub expand_aliases: bool,
    pub extdebug: bool,
    pub extglob: bool,
    pub extquote: bool,
    pub failglob: bool,
    pub globasciiranges: bool,
    pub globskipdots: bool,
    pub globstar: bool,
    pub inherit_errexit: bool,
    pub lastpipe: bool,
    pub localvar_inherit: bool,
    pub localvar_unset: bool,
    pub nocaseglob: bool,
    pub nocasematch: bool,
    pub nullglob: bool,
    pub patsub_replacement: bool,
    pub sourcepath: bool,
    pub xpg_echo: bool,
    /// All other names of `set -o` and `shopt` that are on, for printing only.
    pub others: BTreeSet<String>,
    /// How the shell was begun, for `$-`: `c` or `s`, or neither.
    pub invoked_by: Option<char>,
    /// `sh`, which changes a few defaults and nothing else.
    pub called_sh: bool,
}

/// The names of `set -o`, as it lists them, with their letters.
pub const SET_NAMES: &[(&str, Option<char>)] = &[
    ("allexport", Some('a')),
    ("braceexpand", Some('B')),
    ("emacs", None),
    ("errexit", Some('e')),
    ("errtrace", Some('E')),
    ("functrace", Some('T')),
    ("hashall", Some('h')),
    ("histexpand", Some('H')),
    ("history", None),
    ("ignoreeof", None),
    ("interactive-comments", None),
    ("keyword", Some('k')),
    ("monitor", Some('m')),
    ("noclobber", Some('C')),
    ("noexec", Some('n')),
    ("noglob", Some('f')),
    ("nolog", None),
    ("notify", Some('b')),
    ("nounset", Some('u')),
    ("onecmd", Some('t')),
    ("physical", Some('P')),
    ("pipefail", None),
    ("posix", None),
    ("privileged", Some('p')),
    ("verbose", Some('v')),
    ("vi", None),
    ("xtrace", Some('x')),
];

/// The letters in the order in which `$-` shows them.
const FLAG_ORDER: &str = "abefhkmnptuvxBCEHPT";

/// The names of `shopt`, as it lists them.
pub const SHOPT_NAMES: &[&str] = &[
    "autocd",
    "assoc_expand_once",
    "cdable_vars",
    "cdspell",
    "checkhash",
    "checkjobs",
    "checkwinsize",
    "cmdhist",
    "compat31",
    "compat32",
    "compat40",
    "compat41",
    "compat42",
    "compat43",
    "compat44",
    "complete_fullquote",
    "direxpand",
    "dirspell",
    "dotglob",
    "execfail",
    "expand_aliases",
    "extdebug",
    "extglob",
    "extquote",
    "failglob",
    "force_fignore",
    "globasciiranges",
    "globskipdots",
    "globstar",
    "gnu_errfmt",
    "histappend",
    "histreedit",
    "histverify",
    "hostcomplete",
    "huponexit",
    "inherit_errexit",
    "interactive_comments",
    "lastpipe",
    "lithist",
    "localvar_inherit",
    "localvar_unset",
    "login_shell",
    "mailwarn",
    "no_empty_cmd_completion",
    "nocaseglob",
    "nocasematch",
    "noexpand_translation",
    "nullglob",
    "patsub_replacement",
    "progcomp",
    "progcomp_alias",
    "promptvars",
    "restricted_shell",
    "shift_verbose",
    "sourcepath",
    "varredir_close",
    "xpg_echo",
];

/// What is on in the beginning among the options that have no effect here.
const OTHERS_ON: &[&str] = &[
    "checkwinsize",
    "cmdhist",
    "complete_fullquote",
    "force_fignore",
    "hostcomplete",
    "interactive-comments",
    "interactive_comments",
    "progcomp",
    "promptvars",
];

impl Default for Options {
    fn default() -> Self {
        Self {
            allexport: false,
            braceexpand: true,
            errexit: false,
            errtrace: false,
            functrace: false,
            hashall: true,
            monitor: false,
            noclobber: false,
            noexec: false,
            noglob: false,
            nounset: false,
            physical: false,
            pipefail: false,
            posix: false,
            verbose: false,
            xtrace: false,
            assoc_expand_once: false,
            autocd: false,
            compat_error_exit: false,
            dotglob: false,
            execfail: false,
            expand_aliases: false,
            extdebug: false,
            extglob: false,
            extquote: true,
            failglob: false,
            globasciiranges: true,
            globskipdots: true,
            globstar: false,
            inherit_errexit: false,
            lastpipe: false,
            localvar_inherit: false,
            localvar_unset: false,
            nocaseglob: false,
            nocasematch: false,
            nullglob: false,
            patsub_replacement: true,
            sourcepath: true,
            xpg_echo: false,
            others: OTHERS_ON.iter().map(|&name| name.to_owned()).collect(),
            invoked_by: None,
            called_sh: false,
        }
    }
}

impl Options {
    /// The options of `sh`: bash in its POSIX mode.
    pub fn of_sh() -> Self {
        let mut options = Self {
            called_sh: true,
            ..Self::default()
        };
        options.set_posix(true);
        options
    }

    /// What `set -o posix` switches along with itself.
    pub fn set_posix(&mut self, on: bool) {
        self.posix = on;
        self.expand_aliases = on;
        self.inherit_errexit = on;
        self.set_other("shift_verbose", on);
    }

    /// Whether a name of `set -o` is on; `None` for a name that is none.
    pub fn set_option(&self, name: &str) -> Option<bool> {
        let (name, _) = SET_NAMES.iter().find(|(known, _)| *known == name)?;
        Some(match self.set_flag(name) {
            Some(flag) => flag,
            None => self.others.contains(*name),
        })
    }

    /// Switches a name of `set -o`; `false` for a name that is none.
    pub fn switch_set_option(&mut self, name: &str, on: bool) -> bool {
        let Some((name, _)) = SET_NAMES.iter().find(|(known, _)| *known == name) else {
            return false;
        };
        match *name {
            "posix" => self.set_posix(on),
            "interactive-comments" => {
                self.set_other(name, on);
                self.set_other("interactive_comments", on);
            }
            "emacs" | "vi" if on => {
                self.set_other("emacs", *name == "emacs");
                self.set_other("vi", *name == "vi");
            }
            _ => match self.set_flag_mut(name) {
                Some(flag) => *flag = on,
                None => self.set_other(name, on),
            },
        }
        true
    }

    /// The name of a letter of `set`.
    pub fn name_of_letter(letter: char) -> Option<&'static str> {
        SET_NAMES
            .iter()
            .find(|(_, known)| *known == Some(letter))
            .map(|(name, _)| *name)
    }

    /// Whether a name of `shopt` is on; `None` for a name that is none.
    pub fn shopt(&self, name: &str) -> Option<bool> {
        let name = *SHOPT_NAMES.iter().find(|known| **known == name)?;
        Some(match self.shopt_flag(name) {
            Some(flag) => flag,
            None => self.others.contains(name),
        })
    }

    /// Switches a name of `shopt`; `false` for a name that is none.
    pub fn switch_shopt(&mut self, name: &str, on: bool) -> bool {
        let Some(&name) = SHOPT_NAMES.iter().find(|known| **known == name) else {
            return false;
        };
        match name {
            "login_shell" | "restricted_shell" => {}
            "interactive_comments" => {
                self.set_other(name, on);
                self.set_other("interactive-comments", on);
            }
            "extdebug" => {
                self.extdebug = on;
                self.errtrace = on;
                self.functrace = on;
            }
            _ if name.starts_with("compat") => self.switch_compatibility(name, on),
            _ => match self.shopt_flag_mut(name) {
                Some(flag) => *flag = on,
                None => self.set_other(name, on),
            },
        }
        true
    }

    /// At most one level of compatibility is on.
    fn switch_compatibility(&mut self, name: &str, on: bool) {
        for other in SHOPT_NAMES.iter().filter(|name| name.starts_with("compat")) {
            self.set_other(other, on && *other == name);
        }
    }

    /// `$-`.
    pub fn flags(&self) -> String {
        let is_on = |letter: &char| {
            Self::name_of_letter(*letter)
                .and_then(|name| self.set_option(name))
                .unwrap_or(false)
        };
        FLAG_ORDER
            .chars()
            .filter(is_on)
            .chain(self.invoked_by)
            .collect()
    }

    /// `SHELLOPTS`.
    pub fn shellopts(&self) -> String {
        let on = SET_NAMES.iter().map(|(name, _)| *name);
        on.filter(|name| self.set_option(name) == Some(true))
            .collect::<Vec<_>>()
            .join(":")
    }

    /// `BASHOPTS`.
    pub fn bashopts(&self) -> String {
        let on = SHOPT_NAMES.iter().copied();
        on.filter(|name| self.shopt(name) == Some(true))
            .collect::<Vec<_>>()
            .join(":")
    }

    fn set_other(&mut self, name: &str, on: bool) {
        if on {
            self.others.insert(name.to_owned());
        } else {
            self.others.remove(name);
        }
    }

    fn set_flag(&self, name: &str) -> Option<bool> {
        // One table for reading and writing, at the price of a copy nobody notices: this is for `set -o` and its like only.
        self.clone().set_flag_mut(name).copied()
    }

    fn shopt_flag(&self, name: &str) -> Option<bool> {
        self.clone().shopt_flag_mut(name).copied()
    }

    fn set_flag_mut(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "allexport" => &mut self.allexport,
            "braceexpand" => &mut self.braceexpand,
            "errexit" => &mut self.errexit,
            "errtrace" => &mut self.errtrace,
            "functrace" => &mut self.functrace,
            "hashall" => &mut self.hashall,
            "monitor" => &mut self.monitor,
            "noclobber" => &mut self.noclobber,
            "noexec" => &mut self.noexec,
            "noglob" => &mut self.noglob,
            "nounset" => &mut self.nounset,
            "physical" => &mut self.physical,
            "pipefail" => &mut self.pipefail,
            "posix" => &mut self.posix,
            "verbose" => &mut self.verbose,
            "xtrace" => &mut self.xtrace,
            _ => return None,
        })
    }

    fn shopt_flag_mut(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "assoc_expand_once" => &mut self.assoc_expand_once,
            "autocd" => &mut self.autocd,
            "dotglob" => &mut self.dotglob,
            "execfail" => &mut self.execfail,
            "expand_aliases" => &mut self.expand_aliases,
            "extdebug" => &mut self.extdebug,
            "extglob" => &mut self.extglob,
            "extquote" => &mut self.extquote,
            "failglob" => &mut self.failglob,
            "globasciiranges" => &mut self.globasciiranges,
            "globskipdots" => &mut self.globskipdots,
            "globstar" => &mut self.globstar,
            "inherit_errexit" => &mut self.inherit_errexit,
            "lastpipe" => &mut self.lastpipe,
            "localvar_inherit" => &mut self.localvar_inherit,
            "localvar_unset" => &mut self.localvar_unset,
            "nocaseglob" => &mut self.nocaseglob,
            "nocasematch" => &mut self.nocasematch,
            "nullglob" => &mut self.nullglob,
            "patsub_replacement" => &mut self.patsub_replacement,
            "sourcepath" => &mut self.sourcepath,
            "xpg_echo" => &mut self.xpg_echo,
            _ => return None,
        })
    }
}
