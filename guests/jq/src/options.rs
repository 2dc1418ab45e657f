//! The command line.

use crate::json::Style;
use crate::read::Reader;
use crate::value::{Map, Value};
use isobox_guest::plain;
use std::rc::Rc;

/// What was asked for.
pub struct Options {
    program: Option<String>,
    program_file: Option<String>,
    pub files: Vec<String>,
    pub variables: Vec<(String, Value)>,
    pub style: Style,
    pub raw_output: bool,
    pub join: bool,
    pub null_input: bool,
    pub raw_input: bool,
    pub slurp: bool,
    pub stream: bool,
    pub sequence: bool,
    pub exit_status: bool,
    pub unbuffered: bool,
}

pub enum Asked {
    Run(Options),
    Help,
    Version,
}

/// What words that are no options are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Files,
    Strings,
    Values,
}

impl Options {
    /// The program's text.
    pub fn program(&self) -> Result<String, String> {
        match &self.program_file {
            Some(file) => match std::fs::read(file) {
                Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
                Err(error) => Err(format!("error: Could not open {file}: {}", plain(&error))),
            },
            None => Ok(self.program.clone().unwrap_or_else(|| ".".to_owned())),
        }
    }
}

/// Reads the words after the command's name.
pub fn read(words: &[String]) -> Result<Asked, String> {
    let parser = Parser {
        options: Options {
            program: None,
            program_file: None,
            files: Vec::new(),
            variables: Vec::new(),
            style: Style {
                indent: Some("  ".to_owned()),
                sort_keys: false,
                ascii: false,
                color: false,
            },
            raw_output: false,
            join: false,
            null_input: false,
            raw_input: false,
            slurp: false,
            stream: false,
            sequence: false,
            exit_status: false,
            unbuffered: false,
        },
        words,
        rest: Rest::Files,
        positional: Vec::new(),
        named: Map::default(),
        from_file: false,
    };
    parser.read()
}

struct Parser<'a> {
    options: Options,
    words: &'a [String],
    rest: Rest,
    positional: Vec<Value>,
    named: Map,
    from_file: bool,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<String> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first.clone())
    }

    fn read(mut self) -> Result<Asked, String> {
        let mut only_operands = false;
        while let Some(word) = self.next() {
            let is_option = word.strip_prefix('-').is_some_and(|rest| {
                rest.starts_with(|c: char| c == '-' || c.is_ascii_alphabetic())
            });
            if only_operands || !is_option {
                self.operand(word)?;
                continue;
            }
            match &word[..] {
                "--" => only_operands = true,
                "-h" | "--help" => return Ok(Asked::Help),
                "-V" | "--version" => return Ok(Asked::Version),
                word if word.starts_with("--") => self.long(word)?,
                word => self.short(word)?,
            }
        }
        if self.from_file {
            // The first operand was the program's file.
            self.options.program_file = self.options.program.take();
        }
        let mut arguments = Map::default();
        arguments.insert("positional".into(), Value::array(self.positional));
        arguments.insert("named".into(), Value::object(self.named));
        self.options
            .variables
            .push(("ARGS".to_owned(), Value::object(arguments)));
        Ok(Asked::Run(self.options))
    }

    fn operand(&mut self, word: String) -> Result<(), String> {
        if self.options.program.is_none() {
            self.options.program = Some(word);
            return Ok(());
        }
        match self.rest {
            Rest::Files => self.options.files.push(word),
            Rest::Strings => self.positional.push(Value::from(word)),
            Rest::Values => {
                let value =
                    only_value(&word).ok_or("jq: invalid JSON text passed to --jsonargs")?;
                self.positional.push(value);
            }
        }
        Ok(())
    }

    fn short(&mut self, word: &str) -> Result<(), String> {
        for letter in word[1..].chars() {
            let name = match letter {
                's' => "slurp",
                'r' => "raw-output",
                'c' => "compact-output",
                'C' => "color-output",
                'M' => "monochrome-output",
                'a' => "ascii-output",
                'S' => "sort-keys",
                'R' => "raw-input",
                'n' => "null-input",
                'f' => "from-file",
                'j' => "join-output",
                'e' => "exit-status",
                _ => return Err(format!("jq: Unknown option {word}")),
            };
            self.flag(name);
        }
        Ok(())
    }

    fn long(&mut self, word: &str) -> Result<(), String> {
        let name = &word[2..];
        match name {
            "arg" => {
                let (key, value) = self.pair("arg", "(e.g. --arg varname value)")?;
                self.name(key, Value::from(value));
            }
            "argjson" => {
                let (key, text) = self.pair("argjson", "(e.g. --argjson varname text)")?;
                let value = only_value(&text).ok_or("jq: invalid JSON text passed to --argjson")?;
                self.name(key, value);
            }
            "slurpfile" | "rawfile" => {
                let (key, file) = self.pair(name, &format!("(e.g. --{name} varname filename)"))?;
                let value = loaded(&file, name == "rawfile")
                    .map_err(|reason| format!("jq: Bad JSON in --{name} {key} {file}: {reason}"))?;
                self.name(key, value);
            }
            "args" => self.rest = Rest::Strings,
            "jsonargs" => self.rest = Rest::Values,
            "indent" => {
                let count = self.next().ok_or("jq: --indent takes one parameter")?;
                match count.parse::<i64>() {
                    Ok(count @ 0..=7) => {
                        self.options.style.indent = (count > 0).then(|| " ".repeat(count as usize));
                    }
                    _ => return Err("jq: --indent takes a number between -1 and 7".to_owned()),
                }
            }
            "slurp" | "raw-output" | "compact-output" | "color-output" | "monochrome-output"
            | "ascii-output" | "sort-keys" | "raw-input" | "null-input" | "from-file"
            | "join-output" | "exit-status" | "tab" | "unbuffered" | "stream" | "seq" => {
                self.flag(name)
            }
            _ => return Err(format!("jq: Unknown option {word}")),
        }
        Ok(())
    }

    fn pair(&mut self, name: &str, example: &str) -> Result<(String, String), String> {
        match (self.next(), self.next()) {
            (Some(key), Some(value)) => Ok((key, value)),
            _ => Err(format!("jq: --{name} takes two parameters {example}")),
        }
    }

    /// The first value that a name gets is its value.
    fn name(&mut self, key: String, value: Value) {
        if !self.named.contains_key(&*key) {
            self.named.insert(Rc::from(&*key), value.clone());
            self.options.variables.push((key, value));
        }
    }

    fn flag(&mut self, name: &str) {
        let options = &mut self.options;
        match name {
            "slurp" => options.slurp = true,
            "raw-output" => options.raw_output = true,
            "compact-output" => options.style.indent = None,
            "color-output" => options.style.color = true,
            "monochrome-output" => options.style.color = false,
            "ascii-output" => options.style.ascii = true,
            "sort-keys" => options.style.sort_keys = true,
            "raw-input" => options.raw_input = true,
            "null-input" => options.null_input = true,
            "from-file" => self.from_file = true,
            "join-output" => (options.raw_output, options.join) = (true, true),
            "exit-status" => options.exit_status = true,
            "tab" => options.style.indent = Some("\t".to_owned()),
            "unbuffered" => options.unbuffered = true,
            "stream" => options.stream = true,
            _ => options.sequence = true,
        }
    }
}

/// The only value of a text.
fn only_value(text: &str) -> Option<Value> {
    let mut reader = Reader::new(text.as_bytes());
    let value = reader.next().ok()??;
    reader.next().ok()?.is_none().then_some(value)
}

fn loaded(file: &str, raw: bool) -> Result<Value, String> {
    let bytes =
        std::fs::read(file).map_err(|error| format!("Could not open {file}: {}", plain(&error)))?;
    if raw {
        return Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned()));
    }
    let mut reader = Reader::new(&bytes);
    let mut values = Vec::new();
    while let Some(value) = reader.next()? {
        values.push(value);
    }
    Ok(Value::array(values))
}

pub const HELP: &str = "jq - commandline JSON processor [version 1.6, isobox]

Usage:\tjq [options] <jq filter> [file...]
\tjq [options] --args <jq filter> [strings...]
\tjq [options] --jsonargs <jq filter> [JSON_TEXTS...]

Some of the options include:
  -c               compact instead of pretty-printed output;
  -n               use `null` as the single input value;
  -e               set the exit status code based on the output;
  -s               read (slurp) all inputs into an array; apply filter to it;
  -r               output raw strings, not JSON texts;
  -R               read raw strings, not JSON texts;
  -C               colorize JSON;
  -M               monochrome (don't colorize JSON);
  -S               sort keys of objects on output;
  --tab            use tabs for indentation;
  --arg a v        set variable $a to value <v>;
  --argjson a v    set variable $a to JSON value <v>;
  --slurpfile a f  set variable $a to an array of JSON texts read from <f>;
  --rawfile a f    set variable $a to a string consisting of the contents of <f>;
  --args           remaining arguments are string arguments, not files;
  --jsonargs       remaining arguments are JSON arguments, not files;
  --               terminates argument processing;
";
