//! Parts of a word, one after another, to fields.

use std::cell::Cell;
use std::rc::Rc;

use super::fields::Fields;
use super::word::{self, CommandSubstitution, Joining, Part};
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::Program;
use crate::syntax::{self, Reading};
use crate::text::Text;

/// Where a part stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// In double quotes, or where everything is as in double quotes.
    pub quoted: bool,
    /// In `${x:-…}`, unquoted: what stands there literally is split as what was expanded is.
    pub splits_literals: bool,
}

/// How deep expansions may be nested in each other.
const MAX_DEPTH: u32 = 250;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Counts a level of nesting as long as it lives.
struct Nested;

impl Nested {
    fn enter() -> Option<Nested> {
        let depth = DEPTH.get();
        (depth < MAX_DEPTH).then(|| {
            DEPTH.set(depth + 1);
            Nested
        })
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

impl Shell {
    pub(super) fn expand_parts(
        &mut self,
        parts: &[Part],
        context: Context,
        out: &mut Fields,
    ) -> Result<()> {
        let Some(_nested) = Nested::enter() else {
            self.complain("expansion: nested too deeply");
            return Err(Flow::Discard(1));
        };
        for part in parts {
            self.expand_part(part, context, out)?;
        }
        Ok(())
    }

    fn expand_part(&mut self, part: &Part, context: Context, out: &mut Fields) -> Result<()> {
        match part {
            Part::Literal(text) if context.quoted => out.inside_quotes(text),
            Part::Literal(text) if context.splits_literals => out.expanded(text),
            Part::Literal(text) => out.literal(text),
            Part::Quoted(text) => out.quoted(text),
            Part::Double(parts) => self.expand_double(parts, out)?,
            Part::Tilde(name) => match self.expand_tilde(name) {
                Some(home) => out.quoted(&home),
                None => {
                    out.literal("~");
                    out.literal(name);
                }
            },
            Part::Variable(name) => self.expand_variable(name, context, out)?,
            Part::Parameter(parameter) => self.expand_parameter(parameter, context, out)?,
            Part::Command(command) => {
                let text = self.expand_command(command)?;
                add_value(out, context, &text);
            }
            Part::Arithmetic(expression) => {
                let value = self.evaluate(expression)?;
                add_value(out, context, &value.to_string());
            }
            Part::Process(command, flow) => {
                let Some(program) = self.command_program(command)? else {
                    return Ok(());
                };
                let read = *flow == word::Flow::Read;
                let path = self.process_substitution(&program, read)?;
                out.literal(&path);
            }
        }
        Ok(())
    }

    /// Double quotes are a field even when nothing is in them, unless only a `$@` without elements is.
    fn expand_double(&mut self, parts: &[Part], out: &mut Fields) -> Result<()> {
        let before = out.mark();
        let quoted = Context {
            quoted: true,
            splits_literals: false,
        };
        self.expand_parts(parts, quoted, out)?;
        if out.mark() == before && !parts.iter().any(may_vanish) {
            out.quoted("");
        }
        Ok(())
    }

    fn expand_variable(&mut self, name: &Text, context: Context, out: &mut Fields) -> Result<()> {
        match self.get(name) {
            Some(value) => add_value(out, context, &value),
            None => self.expand_missing(name, context, out)?,
        }
        Ok(())
    }

    /// Adds the elements of `$@`, `$*`, or an array.
    pub(super) fn add_elements(
        &mut self,
        elements: &[Text],
        joining: Joining,
        context: Context,
        out: &mut Fields,
    ) {
        let separator = match joining {
            Joining::Separate => Some(' '),
            Joining::Joined => out.ifs.first(),
        };
        for (number, element) in elements.iter().enumerate() {
            if number > 0 {
                let mut buffer = [0; 4];
                let separator = separator.map_or("", |c| &*c.encode_utf8(&mut buffer));
                match (out.splits(), context.quoted, joining) {
                    (true, true, Joining::Separate) => out.boundary(),
                    (true, false, _) => out.soft_boundary(),
                    (_, true, _) => out.inside_quotes(separator),
                    (false, false, _) => out.literal(separator),
                }
            }
            match (out.splits(), context.quoted, joining) {
                (true, true, Joining::Separate) => out.quoted(element),
                _ => add_value(out, context, element),
            }
        }
    }

    pub(super) fn expand_command(&mut self, command: &CommandSubstitution) -> Result<Text> {
        match self.command_program(command)? {
            Some(program) => self.substitute(&program),
            None => Ok("".into()),
        }
    }

    /// The command of a substitution, parsed when it is first run; nothing when it is no command, which was complained about.
    fn command_program(&mut self, command: &CommandSubstitution) -> Result<Option<Rc<Program>>> {
        if let Some(program) = command.program.get() {
            return Ok(Some(Rc::clone(program)));
        }
        let aliases = Rc::clone(&self.aliases);
        let reading = Reading {
            options: &self.options,
            aliases: &aliases,
            first_line: self.line,
        };
        let parsed = if command.backquoted {
            syntax::parse(&command.source, &reading)
        } else {
            syntax::parse_substitution(&command.source, &reading)
        };
        match parsed {
            Ok(program) => {
                let program = Rc::new(program);
                let _ = command.program.set(Rc::clone(&program));
                Ok(Some(program))
            }
            Err(error) => {
                let name = self.name.clone();
                for message in &error.messages {
                    let line = error.line;
                    let text = format!("{name}: command substitution: line {line}: {message}\n");
                    let _ = self.write(2, text.as_bytes());
                }
                self.status = 2;
                Ok(None)
            }
        }
    }
}

/// Adds the value of one expansion.
pub(super) fn add_value(out: &mut Fields, context: Context, value: &str) {
    if context.quoted {
        out.inside_quotes(value);
    } else {
        out.expanded(value);
    }
}

/// Whether a part of double quotes may be a `$@` or an array without elements.
fn may_vanish(part: &Part) -> bool {
    match part {
        Part::Parameter(parameter) => parameter.may_vanish(),
        _ => false,
    }
}
