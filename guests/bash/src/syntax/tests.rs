//! Scripts read, printed, read again; broken scripts; scripts nested too deeply.

use std::collections::BTreeMap;

use super::ast::{CommandKind, Program};
use super::{Reader, Reading, SyntaxError, print_command, print_function};
use crate::options::Options;

fn read(source: &str) -> Result<Program, SyntaxError> {
    super::parse(
        source,
        &Reading {
            options: &Options::default(),
            aliases: &BTreeMap::new(),
            first_line: 1,
        },
    )
}

/// What an error says, its lines joined.
fn error(source: &str) -> String {
    match read(source) {
        Ok(_) => String::new(),
        Err(error) => format!("{}: {}", error.line, error.messages.join(" ")),
    }
}

fn print(program: &Program) -> String {
    let mut text = String::new();
    for command in program
        .commands
        .iter()
        .flat_map(|list| &list.0)
        .flat_map(|item| &item.chain.first.commands)
    {
        text.push_str(&match &command.kind {
            CommandKind::Function(function) => print_function(function),
            _ => print_command(command),
        });
        text.push('\n');
    }
    text
}

#[test]
fn errors_are_bash_s() {
    for (source, expected) in [
        ("if", "2: syntax error: unexpected end of file"),
        ("a\nb )", "2: syntax error near unexpected token `)' `b )'"),
        (
            "for",
            "1: syntax error near unexpected token `newline' `for'",
        ),
        (
            "echo \"a",
            "1: unexpected EOF while looking for matching `\"'",
        ),
        (
            "echo $(a",
            "2: unexpected EOF while looking for matching `)'",
        ),
        ("[[ a b ]]", "1: conditional binary operator expected"),
        (
            "a | ! b",
            "1: syntax error near unexpected token `!' `a | ! b'",
        ),
        ("x=$(case y in y) z;; esac)", ""),
    ] {
        assert_eq!(error(source), expected, "{source}");
    }
}

#[test]
fn what_stands_before_an_error_is_delivered() {
    let mut reader = Reader::new("a\nb; )\nc".into());
    let (options, aliases) = (Options::default(), BTreeMap::new());
    let reading = Reading {
        options: &options,
        aliases: &aliases,
        first_line: 1,
    };
    assert!(matches!(reader.next(&reading), Ok(Some(_))));
    assert!(reader.next(&reading).is_err());
}

#[test]
fn aliases_are_replaced_where_commands_begin() {
    let options = Options {
        expand_aliases: true,
        ..Options::default()
    };
    let aliases = [("ll", "ls -l "), ("x", "/tmp"), ("ls", "ls -F")]
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let reading = Reading {
        options: &options,
        aliases: &aliases,
        first_line: 1,
    };
    let program = super::parse("f() { ll x; echo ll; \\ll; }", &reading).unwrap_or_default();
    let expected = "f () \n{ \n    ls -F -l /tmp;\n    echo ll;\n    \\ll\n}\n";
    assert_eq!(print(&program), expected);
}

#[test]
fn what_is_printed_reads_the_same() {
    for script in SCRIPTS {
        let printed = print(&read(script).unwrap_or_default());
        assert!(!printed.is_empty(), "{script}");
        let again = print(&read(&printed).unwrap_or_default());
        assert_eq!(printed, again, "{script}");
    }
}

#[test]
fn mutated_scripts_end_with_a_tree_or_an_error() {
    let mut random = Random(1);
    for round in 0..2_000 {
        let mut script = SCRIPTS[round % SCRIPTS.len()].to_owned();
        for _ in 0..=random.below(4) {
            mutate(&mut script, &mut random);
        }
        if let Ok(program) = read(&script) {
            let _ = print(&program);
        }
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for opening in [
        "(",
        "$(",
        "{ ",
        "((",
        "\"$(",
        "${x:-",
        "if ",
        "while ",
        "! (",
        "a=(",
        "[[ (",
        "[[ ! ",
        "<(",
        "f() { ",
        "case x in (x) ",
        "\"${x:-",
        "$((",
        "x[",
        "@(",
        "coproc ",
        "function f ( ",
        "a && (",
    ] {
        assert!(read(&opening.repeat(10_000)).is_err(), "{opening}");
    }
    let closed = format!("{}a{}", "( ".repeat(5_000), " )".repeat(5_000));
    assert!(error(&closed).contains("levels deep"));
}

/// A small generator, so that a failure can be had again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    /// A place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

fn mutate(script: &mut String, random: &mut Random) {
    let (one, other) = (random.place(script), random.place(script));
    let (from, to) = (one.min(other), one.max(other));
    match random.below(4) {
        0 => script.replace_range(from..to, ""),
        1 => {
            let copy = script[from..to].to_owned();
            let at = random.place(script);
            script.insert_str(at, &copy);
        }
        2 => script.truncate(to),
        _ => {
            let piece = PIECES[random.below(PIECES.len())];
            script.insert_str(from, piece);
        }
    }
}

const PIECES: &[&str] = &[
    "\"",
    "'",
    "`",
    "$(",
    "${",
    "$((",
    ")",
    "))",
    "}",
    "{ ",
    "(",
    ";;",
    ";",
    "&",
    "|",
    "&&",
    "<<E\n",
    "<<-'E'\n",
    "E\n",
    "<<<",
    ">",
    "<(",
    "\\",
    "\\\n",
    "\n",
    "#",
    " ",
    "if ",
    "then ",
    "fi\n",
    "do ",
    "done\n",
    "case x in ",
    "esac\n",
    "[[ ",
    " ]]",
    "=(",
    "a[",
    "]",
    "function f ",
    "f() ",
    "time ",
    "! ",
    "coproc ",
    "$'",
    "é",
    "\u{10ff41}",
    "\0",
    "@(",
    "=~ ",
];

const SCRIPTS: &[&str] = &[
    "echo a \"b $c\" 'd' $'e\\n' `f \\`g\\`` $(h; i) ${j:-$(k)} $((1 + 2)) {l,m}{1..3} ~/n *.o\n",
    "f() {\n  local a=1 b=(2 [3]=4 \"$5\")\n  if [[ $a == b* && ! -f $c || $d =~ ^(x|y)+$ ]]; then\n    return 1\n  elif (( a < 2 )); then :; else g; fi\n}\n",
    "f() { for i in a b; do echo $i; done; for ((i = 0; i < 3; i++)); do x; done; select y in z; do break; done; }\n",
    "f() { case $1 in -h | --help) usage ;; (x) y ;& [a-z]*) z ;;& *) ;; esac; }\n",
    "f() { while read -r x; do echo \"$x\"; done < <(seq 3); until a; do b & done; }\n",
    "f() { cat <<E | tr a b\n$x `y` $(z)\nE\ncat <<-'F' >g 2>&1\n\tv\n\tF\n}\n",
    "f() { a && b || ! c | d |& e; time -p g; { h; } >i 2>>j <k 3<&0 4>&- {l}>m <<<n; ( o & p ) & }\n",
    "f() { g() ( h ); function i { j; }; coproc N { k; }; x=1 y+=2 z[3]=4 w; declare -A m=([a b]=c); }\n",
    "f() { echo \"${a[@]/#/x}\" ${#b[*]} ${!c} ${d@Q} ${e: -1:2} \"${f:-\"g h\"}\" \"$(i \"j\")\" <(k) >(l); }\n",
];
