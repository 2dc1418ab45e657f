//! What `help` knows: topics, how each is used, and what it does.

pub struct Topic {
    pub name: &'static str,
    pub synopsis: &'static str,
    pub summary: &'static str,
}

/// In the order in which `help` lists them, which is not quite that of the names.
pub const TOPICS: &[Topic] = &[
    Topic {
        name: "%",
        synopsis: "job_spec [&]",
        summary: "Resume a job in the foreground.",
    },
    Topic {
        name: "(( ... ))",
        synopsis: "(( expression ))",
        summary: "Work out an arithmetic expression.",
    },
    Topic {
        name: ".",
        synopsis: ". filename [arguments]",
        summary: "Run the commands of a file in this shell.",
    },
    Topic {
        name: ":",
        synopsis: ":",
        summary: "Do nothing, successfully.",
    },
    Topic {
        name: "[",
        synopsis: "[ arg... ]",
        summary: "Test a condition; a `]' ends it.",
    },
    Topic {
        name: "[[ ... ]]",
        synopsis: "[[ expression ]]",
        summary: "Test a condition, without splitting or matching its words.",
    },
    Topic {
        name: "alias",
        synopsis: "alias [-p] [name[=value] ... ]",
        summary: "Define aliases, or show them.",
    },
    Topic {
        name: "bg",
        synopsis: "bg [job_spec ...]",
        summary: "Let stopped jobs run on in the background.",
    },
    Topic {
        name: "bind",
        synopsis: "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]",
        summary: "Set how the line editor answers keys.",
    },
    Topic {
        name: "break",
        synopsis: "break [n]",
        summary: "Leave a loop, or several.",
    },
    Topic {
        name: "builtin",
        synopsis: "builtin [shell-builtin [arg ...]]",
        summary: "Run a builtin, whatever functions are called.",
    },
    Topic {
        name: "caller",
        synopsis: "caller [expr]",
        summary: "Show where the current function was called.",
    },
    Topic {
        name: "case",
        synopsis: "case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac",
        summary: "Run the commands behind the first pattern that a word matches.",
    },
    Topic {
        name: "cd",
        synopsis: "cd [-L|[-P [-e]] [-@]] [dir]",
        summary: "Change the working directory.",
    },
    Topic {
        name: "command",
        synopsis: "command [-pVv] command [arg ...]",
        summary: "Run a command, functions left out, or say what it is.",
    },
    Topic {
        name: "compgen",
        synopsis: "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
        summary: "Show what a word can be completed to.",
    },
    Topic {
        name: "complete",
        synopsis: "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]",
        summary: "Say how the words of a command are completed.",
    },
    Topic {
        name: "compopt",
        synopsis: "compopt [-o|+o option] [-DEI] [name ...]",
        summary: "Change the options of a completion.",
    },
    Topic {
        name: "continue",
        synopsis: "continue [n]",
        summary: "Begin the next round of a loop.",
    },
    Topic {
        name: "coproc",
        synopsis: "coproc [NAME] command [redirections]",
        summary: "Run a command at the same time, joined by two pipes.",
    },
    Topic {
        name: "declare",
        synopsis: "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]",
        summary: "Set values and attributes of variables.",
    },
    Topic {
        name: "dirs",
        synopsis: "dirs [-clpv] [+N] [-N]",
        summary: "Show the stack of directories.",
    },
    Topic {
        name: "disown",
        synopsis: "disown [-h] [-ar] [jobspec ... | pid ...]",
        summary: "Forget jobs.",
    },
    Topic {
        name: "echo",
        synopsis: "echo [-neE] [arg ...]",
        summary: "Print words.",
    },
    Topic {
        name: "enable",
        synopsis: "enable [-a] [-dnps] [-f filename] [name ...]",
        summary: "Switch builtins on and off.",
    },
    Topic {
        name: "eval",
        synopsis: "eval [arg ...]",
        summary: "Run words as a command.",
    },
    Topic {
        name: "exec",
        synopsis: "exec [-cl] [-a name] [command [argument ...]] [redirection ...]",
        summary: "Become another program.",
    },
    Topic {
        name: "exit",
        synopsis: "exit [n]",
        summary: "End the shell.",
    },
    Topic {
        name: "export",
        synopsis: "export [-fn] [name[=value] ...] or export -p",
        summary: "Hand variables on to commands.",
    },
    Topic {
        name: "false",
        synopsis: "false",
        summary: "Fail.",
    },
    Topic {
        name: "fc",
        synopsis: "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
        summary: "Show or run commands of the history again.",
    },
    Topic {
        name: "fg",
        synopsis: "fg [job_spec]",
        summary: "Bring a job to the foreground.",
    },
    Topic {
        name: "for",
        synopsis: "for NAME [in WORDS ... ] ; do COMMANDS; done",
        summary: "Run commands for each word of a list.",
    },
    Topic {
        name: "for ((",
        synopsis: "for (( exp1; exp2; exp3 )); do COMMANDS; done",
        summary: "Run commands as long as an expression is not zero.",
    },
    Topic {
        name: "function",
        synopsis: "function name { COMMANDS ; } or name () { COMMANDS ; }",
        summary: "Define a function.",
    },
    Topic {
        name: "getopts",
        synopsis: "getopts optstring name [arg ...]",
        summary: "Take options out of arguments.",
    },
    Topic {
        name: "hash",
        synopsis: "hash [-lr] [-p pathname] [-dt] [name ...]",
        summary: "Remember where programs are.",
    },
    Topic {
        name: "help",
        synopsis: "help [-dms] [pattern ...]",
        summary: "Show how builtins are used.",
    },
    Topic {
        name: "history",
        synopsis: "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
        summary: "Show the history, or change it.",
    },
    Topic {
        name: "if",
        synopsis: "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi",
        summary: "Run commands when others succeed.",
    },
    Topic {
        name: "jobs",
        synopsis: "jobs [-lnprs] [jobspec ...] or jobs -x command [args]",
        summary: "Show the jobs.",
    },
    Topic {
        name: "kill",
        synopsis: "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
        summary: "Send a signal to processes or jobs.",
    },
    Topic {
        name: "let",
        synopsis: "let arg [arg ...]",
        summary: "Work out arithmetic expressions.",
    },
    Topic {
        name: "local",
        synopsis: "local [option] name[=value] ...",
        summary: "Declare variables of a function.",
    },
    Topic {
        name: "logout",
        synopsis: "logout [n]",
        summary: "End a login shell.",
    },
    Topic {
        name: "mapfile",
        synopsis: "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
        summary: "Read lines into an array.",
    },
    Topic {
        name: "popd",
        synopsis: "popd [-n] [+N | -N]",
        summary: "Take directories from the stack.",
    },
    Topic {
        name: "printf",
        synopsis: "printf [-v var] format [arguments]",
        summary: "Print arguments as a format says.",
    },
    Topic {
        name: "pushd",
        synopsis: "pushd [-n] [+N | -N | dir]",
        summary: "Put directories on the stack.",
    },
    Topic {
        name: "pwd",
        synopsis: "pwd [-LP]",
        summary: "Print the working directory.",
    },
    Topic {
        name: "read",
        synopsis: "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
        summary: "Read a line and split it into variables.",
    },
    Topic {
        name: "readarray",
        synopsis: "readarray [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
        summary: "Read lines into an array.",
    },
    Topic {
        name: "readonly",
        synopsis: "readonly [-aAf] [name[=value] ...] or readonly -p",
        summary: "Make variables unchangeable.",
    },
    Topic {
        name: "return",
        synopsis: "return [n]",
        summary: "Leave a function or a sourced file.",
    },
    Topic {
        name: "select",
        synopsis: "select NAME [in WORDS ... ;] do COMMANDS; done",
        summary: "Offer words to choose from and run commands for the choice.",
    },
    Topic {
        name: "set",
        synopsis: "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]",
        summary: "Set options and positional parameters.",
    },
    Topic {
        name: "shift",
        synopsis: "shift [n]",
        summary: "Drop the first positional parameters.",
    },
    Topic {
        name: "shopt",
        synopsis: "shopt [-pqsu] [-o] [optname ...]",
        summary: "Set further options.",
    },
    Topic {
        name: "source",
        synopsis: "source filename [arguments]",
        summary: "Run the commands of a file in this shell.",
    },
    Topic {
        name: "suspend",
        synopsis: "suspend [-f]",
        summary: "Stop the shell until it is told to go on.",
    },
    Topic {
        name: "test",
        synopsis: "test [expr]",
        summary: "Test a condition.",
    },
    Topic {
        name: "time",
        synopsis: "time [-p] pipeline",
        summary: "Say how long a pipeline takes.",
    },
    Topic {
        name: "times",
        synopsis: "times",
        summary: "Show the time used so far.",
    },
    Topic {
        name: "trap",
        synopsis: "trap [-lp] [[arg] signal_spec ...]",
        summary: "Say what happens when a signal comes.",
    },
    Topic {
        name: "true",
        synopsis: "true",
        summary: "Succeed.",
    },
    Topic {
        name: "type",
        synopsis: "type [-afptP] name [name ...]",
        summary: "Say what a name means as a command.",
    },
    Topic {
        name: "typeset",
        synopsis: "typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]",
        summary: "Set values and attributes of variables.",
    },
    Topic {
        name: "ulimit",
        synopsis: "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]",
        summary: "Show or lower the bounds of resources.",
    },
    Topic {
        name: "umask",
        synopsis: "umask [-p] [-S] [mode]",
        summary: "Show or set the file mode mask.",
    },
    Topic {
        name: "unalias",
        synopsis: "unalias [-a] name [name ...]",
        summary: "Forget aliases.",
    },
    Topic {
        name: "unset",
        synopsis: "unset [-f] [-v] [-n] [name ...]",
        summary: "Forget variables and functions.",
    },
    Topic {
        name: "until",
        synopsis: "until COMMANDS; do COMMANDS-2; done",
        summary: "Run commands as long as others fail.",
    },
    Topic {
        name: "variables",
        synopsis: "variables - Names and meanings of some shell variables",
        summary: "Names of variables that the shell uses.",
    },
    Topic {
        name: "wait",
        synopsis: "wait [-fn] [-p var] [id ...]",
        summary: "Wait for processes to end.",
    },
    Topic {
        name: "while",
        synopsis: "while COMMANDS; do COMMANDS-2; done",
        summary: "Run commands as long as others succeed.",
    },
    Topic {
        name: "{ ... }",
        synopsis: "{ COMMANDS ; }",
        summary: "Run commands as one.",
    },
];
