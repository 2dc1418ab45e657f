//! `awk`: POSIX awk as gawk 5.2 answers.
//!
//! [`lexer`] and [`parser`] make a tree ([`ast`]) of a program, [`interpreter`] and [`evaluate`] walk it. [`record`] splits
//! records into fields, [`reader`] and [`streams`] are files and commands, and [`array`] keeps gawk's order of elements.

mod array;
mod ast;
mod builtin_table;
mod collections;
mod evaluate;
mod expression;
mod format;
mod functions;
mod help;
mod interpreter;
mod lexer;
mod main_input;
mod parser;
mod random;
mod reader;
mod record;
mod statement_parser;
mod statements;
mod storage;
mod streams;
mod substitution;
mod text;
mod time;
mod value;
mod variables;

use interpreter::{FATAL, Interpreter, assignment};
use isobox_guest::{Arguments, plain};
use std::io::Read as _;

isobox_guest::commands! {
    freeze: (),
    "awk" => awk,
    "gawk" => awk,
}

/// What the command line says.
#[derive(Default)]
struct Command {
    program: Option<Vec<u8>>,
    /// What messages call the program: a file, or the command line.
    origin: String,
    separator: Option<String>,
    assignments: Vec<String>,
    operands: Vec<String>,
}

fn awk(arguments: Arguments) -> i32 {
    match read_command(gnu::words(arguments).collect()) {
        Ok(command) => run(command),
        Err(status) => status,
    }
}

fn run(command: Command) -> i32 {
    let Some(program) = command.program else {
        eprint!("{}", help::USAGE);
        return 1;
    };
    let program = match parser::parse(program, &command.origin) {
        Ok(program) => program,
        Err(failed) => return failed.0,
    };
    let mut interpreter = Interpreter::new(program, &command.origin);
    interpreter.set_arguments(&command.operands);
    let separator = command.separator.map(|separator| format!("FS={separator}"));
    for text in separator.iter().chain(&command.assignments) {
        let Some((name, value)) = assignment(text.as_bytes()) else {
            let name = text.split('=').next().unwrap_or_default();
            eprintln!("awk: fatal: `{name}' is not a legal variable name");
            return FATAL;
        };
        if interpreter.assign_operand(&name, value).is_err() {
            return FATAL;
        }
    }
    interpreter.run()
}

/// Reads the options, which end at the first operand.
fn read_command(words: Vec<String>) -> Result<Command, i32> {
    let mut command = Command {
        origin: "cmd. line".to_owned(),
        ..Command::default()
    };
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next_if(|word| word.len() > 1 && word.starts_with('-')) {
        if word == "--" {
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            long_option(long, &mut words, &mut command)?;
            continue;
        }
        let mut rest = &word[1..];
        while let Some(letter) = rest.chars().next() {
            rest = &rest[letter.len_utf8()..];
            match letter {
                'F' | 'f' | 'v' | 'e' | 'E' => {
                    let value = match rest.is_empty() {
                        false => rest.to_owned(),
                        true => words.next().ok_or_else(|| {
                            eprint!(
                                "awk: option requires an argument -- {letter}\n{}",
                                help::USAGE
                            );
                            1
                        })?,
                    };
                    set(&mut command, letter, value)?;
                    break;
                }
                // What changes nothing here.
                'r' | 'O' | 's' | 'N' | 't' => {}
                'h' => return Err(print(help::USAGE)),
                'V' => return Err(print(help::VERSION)),
                _ => {
                    eprint!("awk: invalid option -- '{letter}'\n{}", help::USAGE);
                    return Err(1);
                }
            }
        }
    }
    command.operands = words.collect();
    if command.program.is_none() && !command.operands.is_empty() {
        command.program = Some(command.operands.remove(0).into_bytes());
    }
    Ok(command)
}

fn print(text: &str) -> i32 {
    print!("{text}");
    0
}

fn long_option(
    word: &str,
    words: &mut impl Iterator<Item = String>,
    command: &mut Command,
) -> Result<(), i32> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (word, None),
    };
    let letter = match name {
        "field-separator" => 'F',
        "file" => 'f',
        "assign" => 'v',
        "source" => 'e',
        "exec" => 'E',
        "re-interval" | "optimize" | "no-optimize" => return Ok(()),
        "help" => return Err(print(help::USAGE)),
        "version" => return Err(print(help::VERSION)),
        _ => {
            eprint!("awk: unrecognized option '--{name}'\n{}", help::USAGE);
            return Err(1);
        }
    };
    let Some(value) = value.or_else(|| words.next()) else {
        eprint!(
            "awk: option '--{name}' requires an argument\n{}",
            help::USAGE
        );
        return Err(1);
    };
    set(command, letter, value)
}

fn set(command: &mut Command, letter: char, value: String) -> Result<(), i32> {
    match letter {
        'F' => command.separator = Some(value),
        'v' => command.assignments.push(value),
        'e' => add_program(command, value.into_bytes()),
        _ => {
            let text = program_file(&value)?;
            if command.program.is_none() {
                command.origin = value;
            }
            add_program(command, text);
        }
    }
    Ok(())
}

fn add_program(command: &mut Command, text: Vec<u8>) {
    let program = command.program.get_or_insert_default();
    program.extend(text);
    program.push(b'\n');
}

fn program_file(name: &str) -> Result<Vec<u8>, i32> {
    let mut text = Vec::new();
    let result = match name {
        "-" | "/dev/stdin" => gnu::stream::stdin().read_to_end(&mut text),
        name => std::fs::File::open(name).and_then(|mut file| file.read_to_end(&mut text)),
    };
    match result {
        Ok(_) => Ok(text),
        Err(error) => {
            eprintln!(
                "awk: fatal: cannot open source file `{name}' for reading: {}",
                plain(&error)
            );
            Err(FATAL)
        }
    }
}
