//! A tool's manifest: what the model is told, and how a call becomes a command.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::parameters::{self, ParameterType, Parameters};
use super::{canonical, version::Version};
use crate::guests::Guest;

/// A tool's manifest, `tools/<name>.toml`. Unknown fields are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Manifest of an Isobox tool")]
pub struct Manifest {
    /// The manifest's own version.
    pub version: Version,
    /// What a model calls it by: 1 to 64 letters, digits, `_` and `-`.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// The guest that does it, by its name in the contract.
    pub guest: String,
    /// The command and its arguments, when there is one way to run it: see `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argv: Option<Vec<Word>>,
    /// Standard input is a text with `{parameter}`s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// Standard input is the call's arguments, as one JSON object.
    #[serde(default)]
    pub stdin_json: bool,
    /// The ways to run it; the first that fits the call's arguments is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run: Vec<Run>,
    /// What a call may give, by name.
    #[serde(default)]
    pub parameters: Parameters,
    /// What becomes of the command's output.
    #[serde(default)]
    pub output: Output,
    /// The bounds of a call.
    #[serde(default)]
    pub limits: ToolLimits,
}

/// One way to run a tool's command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// It is taken only when these parameters have these values.
    #[serde(default)]
    pub when: BTreeMap<String, Constant>,
    /// The command, one of the guest's, and its arguments.
    pub argv: Vec<Word>,
    /// Standard input is a text with `{parameter}`s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// Standard input is the call's arguments, as one JSON object.
    #[serde(default)]
    pub stdin_json: bool,
}

/// A value that a parameter is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Constant {
    Boolean(bool),
    Integer(i64),
    String(String),
}

/// An argument of the command. `{parameter}` stands for a value; an array that stands alone becomes an argument for each element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Word {
    /// One argument. If it names a parameter that the call does not give, this way to run the tool does not fit.
    Text(String),
    /// Arguments that are left out together when the call does not give a parameter that they name.
    Optional(Vec<String>),
}

/// What becomes of a command's output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Output {
    /// Which output the model reads.
    pub content: Content,
    /// Most bytes that the model reads; of more, head and tail are kept.
    pub bytes_max: u64,
    /// Whether the model is told an exit status other than 0.
    pub show_status: bool,
    /// The exit status by which the command says that a policy denied what it was to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denied_status: Option<u8>,
}

/// Which output the model reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Both streams, as a terminal would show them.
    #[default]
    Merged,
    /// Standard output alone.
    Stdout,
}

/// The bounds of one call, where they are narrower than the contract's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ToolLimits {
    /// Fuel of one call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuel_max: Option<u64>,
    /// Virtual time of one call, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
    /// The parameter by which a call asks for another deadline, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_parameter: Option<String>,
    /// The longest that a call can ask for, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms_max: Option<u64>,
}

impl Default for Output {
    fn default() -> Self {
        Output {
            content: Content::Merged,
            bytes_max: 100 << 10,
            show_status: false,
            denied_status: None,
        }
    }
}

/// A tool of a contract: its manifest, and where its guest's commands are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    manifest: Manifest,
    /// The ways to run it.
    runs: Vec<Run>,
    /// The folder of the guest's commands.
    install: String,
}

/// What a call comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The path of the command.
    pub program: String,
    /// Its arguments, the command's name first.
    pub argv: Vec<String>,
    /// Its standard input.
    pub stdin: String,
    /// Virtual time it may take, in nanoseconds, where that is bounded for this call.
    pub deadline_ns: Option<u64>,
}

impl Tool {
    /// Joins a manifest with its guest.
    pub(super) fn new(manifest: Manifest, guests: &[Guest]) -> Result<Tool, String> {
        manifest.check()?;
        let guest = guests
            .iter()
            .find(|guest| guest.name() == manifest.guest)
            .ok_or_else(|| format!("guest: `{}` is no guest of the contract", manifest.guest))?;
        let runs = manifest.runs()?;
        for run in &runs {
            let Some(Word::Text(command)) = run.argv.first() else {
                return Err("argv: its first word has to be a command of the guest".to_owned());
            };
            if !guest.commands().contains(command) {
                let commands = guest.commands().join(", ");
                return Err(format!(
                    "argv: `{command}` is no command of the guest `{}`, which has {commands}",
                    guest.name()
                ));
            }
        }
        Ok(Tool {
            manifest,
            runs,
            install: guest.install().to_owned(),
        })
    }

    /// What the model calls it by.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The JSON Schema of its arguments.
    pub fn input_schema(&self) -> Value {
        parameters::schema(&self.manifest.parameters)
    }

    /// Turns the arguments of a call into a command.
    ///
    /// # Errors
    /// What is wrong with the arguments, a line each.
    pub fn invocation(&self, arguments: &Value) -> Result<Invocation, Vec<String>> {
        parameters::check(&self.manifest.parameters, arguments)?;
        let Value::Object(given) = arguments else {
            return Err(Vec::new());
        };
        let fitting = self.runs.iter().find_map(|run| {
            let fits = run
                .when
                .iter()
                .all(|(name, wanted)| wanted.equals(given.get(name)));
            let argv = fits.then(|| expand(&run.argv, given)).flatten()?;
            let stdin = match (&run.stdin, run.stdin_json) {
                (Some(text), _) => fill(text, given)?,
                (None, true) => canonical(arguments),
                (None, false) => String::new(),
            };
            Some((argv, stdin))
        });
        let Some((argv, stdin)) = fitting else {
            return Err(vec![self.what_is_missing()]);
        };
        Ok(Invocation {
            program: format!("{}/{}", self.install, argv[0]),
            argv,
            stdin,
            deadline_ns: self.deadline_ns(given),
        })
    }

    fn deadline_ns(&self, given: &Map<String, Value>) -> Option<u64> {
        let limits = &self.manifest.limits;
        let wanted = limits
            .deadline_parameter
            .as_ref()
            .and_then(|name| given.get(name)?.as_u64());
        let deadline_ms = match (wanted, limits.deadline_ms_max) {
            (Some(wanted), Some(most)) => Some(wanted.min(most)),
            (Some(wanted), None) => Some(wanted),
            (None, _) => limits.deadline_ms,
        };
        deadline_ms.map(|milliseconds| milliseconds.saturating_mul(1_000_000))
    }

    fn what_is_missing(&self) -> String {
        let mut wanted: Vec<String> = self
            .runs
            .iter()
            .flat_map(|run| {
                let texts = run.argv.iter().filter_map(|word| match word {
                    Word::Text(text) => Some(text),
                    Word::Optional(_) => None,
                });
                texts
                    .chain(&run.stdin)
                    .flat_map(|text| named(text))
                    .chain(run.when.keys().map(String::as_str))
            })
            .map(|name| format!("`{name}`"))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        format!("one of {} has to be given", wanted.join(", "))
    }
}

impl Manifest {
    /// The ways to run it, also where there is only one.
    fn runs(&self) -> Result<Vec<Run>, String> {
        match (&self.argv, self.run.is_empty()) {
            (Some(argv), true) => Ok(vec![Run {
                when: BTreeMap::new(),
                argv: argv.clone(),
                stdin: self.stdin.clone(),
                stdin_json: self.stdin_json,
            }]),
            (None, false) if self.stdin.is_none() && !self.stdin_json => Ok(self.run.clone()),
            (None, false) => Err("stdin: with `[[run]]` it belongs there".to_owned()),
            (Some(_), false) => Err("argv: it is either `argv` or `[[run]]`".to_owned()),
            (None, true) => Err("argv: the command is missing".to_owned()),
        }
    }

    fn check(&self) -> Result<(), String> {
        let is_fine = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(is_fine) {
            return Err(format!(
                "name: `{}` has to be 1 to 64 letters, digits, `_` or `-`",
                self.name
            ));
        }
        for (name, parameter) in &self.parameters {
            let checked = parameter.check_itself();
            checked.map_err(|reason| format!("parameters.{name}: {reason}"))?;
        }
        let runs = self.runs()?;
        for run in &runs {
            if run.stdin.is_some() && run.stdin_json {
                return Err("stdin: it is either `stdin` or `stdin_json`".to_owned());
            }
            let words = run.argv.iter().flat_map(|word| match word {
                Word::Text(text) => std::slice::from_ref(text),
                Word::Optional(texts) => texts,
            });
            for name in words
                .chain(&run.stdin)
                .flat_map(|text| named(text))
                .chain(run.when.keys().map(String::as_str))
            {
                self.check_named(name)?;
            }
        }
        match &self.limits.deadline_parameter {
            Some(name)
                if self.parameters.get(name).map(|parameter| parameter.kind)
                    != Some(ParameterType::Integer) =>
            {
                Err(format!(
                    "limits.deadline_parameter: `{name}` has to be a parameter of type integer"
                ))
            }
            _ => Ok(()),
        }
    }

    fn check_named(&self, name: &str) -> Result<(), String> {
        match self.parameters.contains_key(name) {
            true => Ok(()),
            false => Err(format!(
                "`{{{name}}}` names no parameter; write `{{{{` for a brace"
            )),
        }
    }
}

impl Constant {
    fn equals(&self, value: Option<&Value>) -> bool {
        let wanted = match self {
            Constant::Boolean(wanted) => json!(wanted),
            Constant::Integer(wanted) => json!(wanted),
            Constant::String(wanted) => json!(wanted),
        };
        value == Some(&wanted)
    }
}

/// The command's arguments, unless one that is needed names what is not given.
fn expand(words: &[Word], given: &Map<String, Value>) -> Option<Vec<String>> {
    let mut argv = Vec::new();
    for word in words {
        match word {
            Word::Text(text) => argv.extend(expand_text(text, given)?),
            Word::Optional(texts) => {
                let group: Option<Vec<_>> =
                    texts.iter().map(|text| expand_text(text, given)).collect();
                argv.extend(group.into_iter().flatten().flatten());
            }
        }
    }
    Some(argv)
}

fn expand_text(text: &str, given: &Map<String, Value>) -> Option<Vec<String>> {
    let alone = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    if let Some(Value::Array(elements)) = alone.and_then(|name| given.get(name)) {
        return Some(elements.iter().map(as_text).collect());
    }
    fill(text, given).map(|text| vec![text])
}

/// A text with the values of the parameters it names, if all of them are given.
fn fill(text: &str, given: &Map<String, Value>) -> Option<String> {
    let mut filled = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Parameter(name) => filled.push_str(&as_text(given.get(name)?)),
        }
    }
    Some(filled)
}

/// A value as an argument: a string as it is, an integer without a fraction, the rest as JSON.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            let text = number.to_string();
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
        _ => canonical(value),
    }
}

enum Piece<'a> {
    Text(&'a str),
    Parameter(&'a str),
}

/// Parts a text at its `{parameter}`s; `{{` and `}}` are braces.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}']) {
        pieces.push(Piece::Text(&rest[..start]));
        let brace = &rest[start..=start];
        let after = &rest[start + 1..];
        if let Some(doubled) = after.strip_prefix(brace) {
            pieces.push(Piece::Text(brace));
            rest = doubled;
        } else if let ("{", Some(end)) = (brace, after.find('}')) {
            pieces.push(Piece::Parameter(&after[..end]));
            rest = &after[end + 1..];
        } else {
            pieces.push(Piece::Text(brace));
            rest = after;
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The parameters that a text names.
fn named(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Parameter(name) => Some(name),
        Piece::Text(_) => None,
    })
}
