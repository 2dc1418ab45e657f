//! `jq`: an interpreter of our own of jq 1.6's language.

mod ast;
mod builtins;
mod dates;
mod eval;
mod formats;
mod inputs;
mod json;
mod lex;
mod math;
mod natives;
mod operators;
mod options;
mod parse;
mod paths;
mod patterns;
mod read;
mod specials;
mod value;

use eval::{Inputs, Interpreter, Item, Stop, with_variable};
use inputs::{Position, Source};
use isobox_guest::{Arguments, plain};
use options::{Asked, Options};
use std::io::{self, BufWriter, Stdout, Write};
use std::rc::Rc;
use value::Value;

isobox_guest::commands! {
    freeze: parse::prepare(),
    "jq" => jq,
}

fn jq(arguments: Arguments) -> i32 {
    let words: Vec<String> = gnu::words(arguments).collect();
    match options::read(&words) {
        Ok(Asked::Run(options)) => run(&options),
        Ok(Asked::Help) => {
            print!("{}", options::HELP);
            0
        }
        Ok(Asked::Version) => {
            println!("jq-1.6");
            0
        }
        Err(message) if message.starts_with("jq: Bad JSON") => {
            eprintln!("{message}");
            2
        }
        Err(message) => {
            eprintln!(
                "{message}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq"
            );
            2
        }
    }
}

fn run(options: &Options) -> i32 {
    let program = match options.program() {
        Ok(program) => program,
        Err(message) => {
            eprintln!("jq: {message}");
            return 2;
        }
    };
    let names: Vec<String> = options.variables.iter().map(|it| it.0.clone()).collect();
    let node = match parse::parse(&program, &names) {
        Ok(node) => node,
        Err(wrong) => return tell_wrong(&wrong, &program),
    };
    let position = Rc::new(Position::default());
    let interpreter = Interpreter::new(Source::new(options, position.clone()));
    let env = options
        .variables
        .iter()
        .fold(None, |env, (_, value)| with_variable(&env, value.clone()));
    let mut run = Run {
        options,
        position,
        out: BufWriter::with_capacity(1 << 16, io::stdout()),
        last: None,
        status: 0,
    };
    let one = |value: Value, run: &mut Run| {
        let flow = interpreter.run(node, &env, Item::plain(value), &mut |item| {
            run.put(&item.value);
            Ok(())
        });
        run.ended(flow)
    };
    if options.null_input {
        let _ = one(Value::Null, &mut run);
    } else {
        // The program's own `input` reads on from here.
        loop {
            let next = interpreter.inputs.borrow_mut().next();
            match next {
                None => break,
                Some(Ok(value)) => {
                    if one(value, &mut run).is_break() {
                        break;
                    }
                }
                Some(Err(message)) => {
                    eprintln!("parse error: {message}");
                    run.status = 4;
                    break;
                }
            }
        }
    }
    run.finish()
}

/// What is wrong with the program, and where in it.
fn tell_wrong(wrong: &lex::Wrong, program: &str) -> i32 {
    if wrong.at == usize::MAX {
        eprintln!("jq: error: {}\njq: 1 compile error", wrong.message);
        return 3;
    }
    let messages: Vec<&str> = wrong.message.split('\0').collect();
    let at = wrong.at.min(program.len());
    let start = program[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let number = program[..at].matches('\n').count() + 1;
    let end = program[at..]
        .find('\n')
        .map_or(program.len(), |newline| at + newline);
    let line = &program[start..end];
    for (index, message) in messages.iter().enumerate() {
        let blanks = if index == 0 {
            " ".repeat(at - start)
        } else {
            String::new()
        };
        eprintln!("jq: error: {message} at <top-level>, line {number}:\n{line}{blanks}");
    }
    let plural = if messages.len() == 1 { "" } else { "s" };
    eprintln!("jq: {} compile error{plural}", messages.len());
    3
}

/// A run over the inputs.
struct Run<'a> {
    options: &'a Options,
    position: Rc<Position>,
    out: BufWriter<Stdout>,
    last: Option<bool>,
    status: i32,
}

impl Run<'_> {
    fn put(&mut self, value: &Value) {
        self.last = Some(value.is_true());
        let mut text = String::new();
        if self.options.sequence {
            text.push('\u{1e}');
        }
        match value {
            Value::String(string) if self.options.raw_output && !self.options.style.ascii => {
                text.push_str(string)
            }
            value => json::write(value, &self.options.style, &mut text),
        }
        if !self.options.join {
            text.push('\n');
        }
        if let Err(error) = self.out.write_all(text.as_bytes()) {
            eprintln!("Error: writing output failed: {}", plain(&error));
            std::process::exit(2);
        }
        if self.options.unbuffered {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if let Err(error) = self.out.flush() {
            eprintln!("Error: writing output failed: {}", plain(&error));
            std::process::exit(2);
        }
    }

    /// What becomes of how an input has ended.
    fn ended(&mut self, flow: Result<(), Stop>) -> std::ops::ControlFlow<()> {
        let message = match flow {
            Ok(()) | Err(Stop::Below | Stop::Error(Value::Null)) => {
                return std::ops::ControlFlow::Continue(());
            }
            Err(Stop::Halt(status)) => {
                self.status = status;
                self.last = Some(true);
                return std::ops::ControlFlow::Break(());
            }
            Err(Stop::Break(_)) => ": break".to_owned(),
            Err(Stop::Error(Value::String(text))) => format!(": {text}"),
            Err(Stop::Error(value)) => format!(" (not a string): {}", json::compact(&value)),
        };
        eprintln!("jq: error (at {}){message}", self.position);
        self.status = 5;
        std::ops::ControlFlow::Continue(())
    }

    fn finish(mut self) -> i32 {
        self.flush();
        if self.position.failed.get() && self.status == 0 {
            return 2;
        }
        if self.status == 0 && self.options.exit_status {
            return match self.last {
                None => 4,
                Some(true) => 0,
                Some(false) => 1,
            };
        }
        self.status
    }
}
