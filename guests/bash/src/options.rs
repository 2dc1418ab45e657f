//! `set -o` and `shopt`. OWNER: builtins.

use serde::{Deserialize, Serialize};

/// The options of a shell. Every name bash knows is known; those without effect here are kept all the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    pub others: std::collections::BTreeSet<String>,
    /// How the shell was begun, for `$-`: `c` or `s`, or neither.
    pub invoked_by: Option<char>,
    /// `sh`, which changes a few defaults and nothing else.
    pub called_sh: bool,
}

impl Default for Options {
    fn default() -> Self {
        todo!()
    }
}
