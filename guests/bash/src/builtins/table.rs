//! Which builtins there are.

use super::{
    Entry, aliases, caller, complete, control, declare, directories, echo, getopts, help, history,
    jobs, limits, lookup, mapfile, options, printf, read, test, traps, unset,
};

const ORDINARY: Entry = Entry {
    name: "",
    run: echo::succeed,
    special: false,
    declaration: false,
    plain: false,
};
const SPECIAL: Entry = Entry {
    special: true,
    ..ORDINARY
};
const PLAIN: Entry = Entry {
    plain: true,
    ..ORDINARY
};

macro_rules! entries {
    ($($name:literal => $kind:ident $run:path $(, $field:ident)*;)*) => {
        &[$(Entry { name: $name, run: $run, $($field: true,)* ..$kind }),*]
    };
}

/// All builtins, in the order of their names, which is the order in which `enable` lists them.
pub static ENTRIES: &[Entry] = entries! {
    "." => SPECIAL control::dot;
    ":" => SPECIAL echo::succeed, plain;
    "[" => PLAIN test::bracket;
    "alias" => ORDINARY aliases::alias;
    "bg" => ORDINARY jobs::background;
    "bind" => ORDINARY history::bind;
    "break" => SPECIAL control::break_loop;
    "builtin" => ORDINARY lookup::builtin;
    "caller" => PLAIN caller::caller;
    "cd" => ORDINARY directories::change;
    "command" => ORDINARY lookup::command;
    "compgen" => ORDINARY complete::compgen;
    "complete" => ORDINARY complete::complete;
    "compopt" => ORDINARY complete::compopt;
    "continue" => SPECIAL control::continue_loop;
    "declare" => ORDINARY declare::declare, declaration;
    "dirs" => PLAIN directories::dirs;
    "disown" => ORDINARY jobs::disown;
    "echo" => PLAIN echo::echo;
    "enable" => ORDINARY lookup::enable;
    "eval" => SPECIAL control::eval;
    "exec" => SPECIAL lookup::exec;
    "exit" => SPECIAL control::exit;
    "export" => SPECIAL declare::export, declaration;
    "false" => PLAIN echo::fail;
    "fc" => ORDINARY history::fix;
    "fg" => ORDINARY jobs::foreground;
    "getopts" => ORDINARY getopts::getopts;
    "hash" => ORDINARY lookup::hash;
    "help" => PLAIN help::help;
    "history" => ORDINARY history::history;
    "jobs" => ORDINARY jobs::jobs;
    "kill" => ORDINARY jobs::kill;
    "let" => ORDINARY control::evaluate;
    "local" => ORDINARY declare::local, declaration;
    "logout" => ORDINARY history::logout;
    "mapfile" => ORDINARY mapfile::mapfile;
    "popd" => ORDINARY directories::pop;
    "printf" => PLAIN printf::printf;
    "pushd" => ORDINARY directories::push;
    "pwd" => PLAIN directories::print_working;
    "read" => ORDINARY read::read;
    "readarray" => ORDINARY mapfile::mapfile;
    "readonly" => SPECIAL declare::readonly, declaration;
    "return" => SPECIAL control::return_function;
    "set" => SPECIAL options::set;
    "shift" => SPECIAL control::shift;
    "shopt" => ORDINARY options::shopt;
    "source" => SPECIAL control::source;
    "suspend" => ORDINARY jobs::suspend;
    "test" => PLAIN test::test;
    "times" => SPECIAL limits::times;
    "trap" => SPECIAL traps::trap;
    "true" => PLAIN echo::succeed;
    "type" => PLAIN lookup::kind;
    "typeset" => ORDINARY declare::declare, declaration;
    "ulimit" => ORDINARY limits::ulimit;
    "umask" => ORDINARY limits::umask;
    "unalias" => ORDINARY aliases::unalias;
    "unset" => SPECIAL unset::unset;
    "wait" => ORDINARY jobs::wait;
};

/// The builtin of a name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    let place = ENTRIES
        .binary_search_by(|entry| entry.name.cmp(name))
        .ok()?;
    ENTRIES.get(place)
}
