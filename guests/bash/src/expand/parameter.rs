//! `${…}`: what is done to a parameter.

use super::elements::{Fetched, Place};
use super::fields::Fields;
use super::parse_parameter;
use super::parts::{Context, add_value};
use super::word::{
    CaseChange, Joining, Name, Operation, Parameter, Place as Where, Reading, Side, Subscript,
    TestKind,
};
use crate::flow::{Flow, Result};
use crate::pattern::{Matching, Pattern};
use crate::shell::Shell;
use crate::syntax::ast::Word;
use crate::text::Text;

impl Parameter {
    /// Whether it may bring no field at all though it stands in double quotes.
    pub(super) fn may_vanish(&self) -> bool {
        let separate = matches!(self.name, Name::Special('@'))
            || matches!(self.subscript, Some(Subscript::All(Joining::Separate)));
        let many = separate || (self.indirect && !matches!(self.operation, Operation::Length));
        match &self.operation {
            Operation::Length => false,
            Operation::Names(joining) => *joining == Joining::Separate,
            Operation::Test { word, .. } => many || word.raw.contains('@'),
            _ => many,
        }
    }
}

impl Shell {
    pub(super) fn expand_parameter(
        &mut self,
        parameter: &Parameter,
        context: Context,
        out: &mut Fields,
    ) -> Result<()> {
        let place = Place {
            name: &parameter.name,
            subscript: parameter.subscript.as_ref(),
        };
        match (&parameter.operation, &parameter.name) {
            (Operation::Bad, _) => {
                self.complain(format_args!("{}: bad substitution", parameter.raw));
                Err(self.expansion_error())
            }
            (Operation::Keys, Name::Variable(name)) => {
                let keys = if self.refers_to_element(name) {
                    Vec::new()
                } else {
                    self.keys(name)
                };
                let joining = match parameter.subscript {
                    Some(Subscript::All(joining)) => joining,
                    _ => Joining::Separate,
                };
                self.add_elements(&keys, joining, context, out);
                Ok(())
            }
            (Operation::Names(joining), Name::Variable(prefix)) => {
                let names = self.names_with_prefix(prefix);
                self.add_elements(&names, *joining, context, out);
                Ok(())
            }
            _ if parameter.indirect => self.expand_indirect(place, parameter, context, out),
            _ => self.expand_place(place, parameter, context, out),
        }
    }

    /// `$name` of a variable that has no value.
    pub(super) fn expand_missing(
        &mut self,
        name: &Text,
        context: Context,
        out: &mut Fields,
    ) -> Result<()> {
        let name = Name::Variable(name.clone());
        let place = Place {
            name: &name,
            subscript: None,
        };
        let fetched = self.fetch_bound(place)?;
        self.add_fetched(fetched, context, out);
        Ok(())
    }

    /// `${!x}`: the parameter that the value of `x` names.
    fn expand_indirect(
        &mut self,
        place: Place<'_>,
        parameter: &Parameter,
        context: Context,
        out: &mut Fields,
    ) -> Result<()> {
        if let Some(target) = self.reference_target(place) {
            add_value(out, context, &target);
            return Ok(());
        }
        let target = match self.fetch(place)? {
            Fetched::One(Some(target)) => target,
            Fetched::Many(elements, _) if elements.is_empty() => return Ok(()),
            Fetched::Many(elements, _) => elements.join(" ").into(),
            _ => {
                let shown = place.shown();
                self.complain(format_args!("{shown}: invalid indirect expansion"));
                return Err(self.expansion_error());
            }
        };
        let Some((name, subscript)) = parse_parameter::reference(&target) else {
            self.complain(format_args!("{target}: invalid variable name"));
            return Err(self.expansion_error());
        };
        let place = Place {
            name: &name,
            subscript: subscript.as_ref(),
        };
        self.expand_place(place, parameter, context, out)
    }

    /// `${!x}` of a name reference is the name it refers to.
    fn reference_target(&self, place: Place<'_>) -> Option<Text> {
        let (Name::Variable(name), None) = (place.name, place.subscript) else {
            return None;
        };
        let variable = self.variable_itself(name)?;
        if !variable.attributes.nameref {
            return None;
        }
        match &variable.value {
            Some(crate::variables::Value::Scalar(target)) => Some(target.clone()),
            _ => None,
        }
    }

    fn expand_place(
        &mut self,
        place: Place<'_>,
        parameter: &Parameter,
        context: Context,
        out: &mut Fields,
    ) -> Result<()> {
        let fetched = match &parameter.operation {
            Operation::Value | Operation::Keys | Operation::Names(_) | Operation::Bad => {
                self.fetch_bound(place)?
            }
            Operation::Length => {
                let length = self.length(place)?;
                add_value(out, context, &length.to_string());
                return Ok(());
            }
            Operation::Test {
                kind,
                or_null,
                word,
            } => return self.expand_test(place, (*kind, *or_null, word), context, out),
            Operation::Remove {
                side,
                longest,
                pattern,
            } => {
                let fetched = self.fetch_bound(place)?;
                let pattern = self.operand_pattern(pattern, context)?;
                fetched.map(|value| removed(value, &pattern, *side, *longest).into())
            }
            Operation::Replace {
                place: at,
                pattern,
                replacement,
            } => {
                let fetched = self.fetch_bound(place)?;
                self.replace(fetched, *at, pattern, replacement, context)?
            }
            Operation::Substring { offset, length } => {
                self.substring(place, offset, length.as_ref())?
            }
            Operation::Case {
                change,
                all,
                pattern,
            } => {
                let fetched = self.fetch_bound(place)?;
                let pattern = if pattern.raw.is_empty() {
                    None
                } else {
                    Some(self.operand_pattern(pattern, context)?)
                };
                fetched.map(|value| cased(value, *change, *all, pattern.as_ref()).into())
            }
            Operation::Transform(kind) => self.transform(place, *kind)?,
            Operation::BadTransform => {
                let fetched = self.fetch_bound(place)?;
                if fetched.is_set() {
                    self.complain(format_args!("{}: bad substitution", parameter.raw));
                    return Err(self.expansion_failed());
                }
                Fetched::One(None)
            }
        };
        self.add_fetched(fetched, context, out);
        Ok(())
    }

    fn add_fetched(&mut self, fetched: Fetched, context: Context, out: &mut Fields) {
        match fetched {
            Fetched::One(Some(value)) => add_value(out, context, &value),
            Fetched::One(None) => {}
            Fetched::Many(elements, joining) => self.add_elements(&elements, joining, context, out),
        }
    }

    /// The value; under `nounset` it has to be there.
    pub(super) fn fetch_bound(&mut self, place: Place<'_>) -> Result<Fetched> {
        let fetched = self.fetch(place)?;
        let refers = |shell: &Shell| match place.name {
            Name::Variable(name) => shell.refers_to_element(name),
            _ => false,
        };
        if self.options.nounset && matches!(fetched, Fetched::One(None)) && !refers(self) {
            return Err(self.unbound(&place.shown_with_dollar()));
        }
        Ok(fetched)
    }

    /// Complains about a parameter that is not set, as `set -u` wants it.
    pub(crate) fn unbound(&mut self, shown: &str) -> Flow {
        self.complain(format_args!("{shown}: unbound variable"));
        self.expansion_failed()
    }

    /// How an expansion ends the shell.
    fn expansion_failed(&self) -> Flow {
        let top_of_command_line = self.options.invoked_by == Some('c')
            && self.subshell_depth == 0
            && !self.options.errexit;
        Flow::Exit(if top_of_command_line { 127 } else { 1 })
    }

    /// What an error of an expansion does behind its message: the command is given up, and with `set -e` the shell.
    pub(crate) fn expansion_error(&self) -> Flow {
        self.fatal_under_errexit(Flow::Discard(1))
    }

    /// With `set -e`, what gives up a command ends the shell.
    pub(crate) fn fatal_under_errexit(&self, flow: Flow) -> Flow {
        match flow {
            Flow::Discard(status) if self.options.errexit => Flow::Exit(status),
            flow => flow,
        }
    }

    fn length(&mut self, place: Place<'_>) -> Result<usize> {
        if let (Name::Variable(name), Some(Subscript::All(_))) = (place.name, place.subscript)
            && self.options.nounset
            && self.variable(name).is_none()
        {
            let shown = name.to_string();
            self.complain(format_args!("{shown}: unbound variable"));
            return Err(self.expansion_error());
        }
        if let (Name::Variable(name), None) = (place.name, place.subscript)
            && self.refers_to_element(name)
        {
            return Ok(0);
        }
        if let (Name::Variable(name), Some(Subscript::Element(_)), false) =
            (place.name, place.subscript, self.options.nounset)
            && self.variable(name).is_none()
        {
            return Ok(0);
        }
        Ok(match self.fetch_bound(place)? {
            Fetched::One(value) => value.map_or(0, |value| value.chars().count()),
            Fetched::Many(elements, _) => elements.len(),
        })
    }

    /// `${x:-word}` and its like.
    fn expand_test(
        &mut self,
        place: Place<'_>,
        (kind, or_null, word): (TestKind, bool, &Word),
        context: Context,
        out: &mut Fields,
    ) -> Result<()> {
        let fetched = self.fetch(place)?;
        let there = if or_null {
            !fetched.is_null()
        } else {
            fetched.is_set()
        };
        match (kind, there) {
            (TestKind::Alternative, false) => Ok(()),
            (TestKind::Alternative, true) | (TestKind::Default, false) => {
                self.expand_operand(word, context, out)
            }
            (_, true) => {
                self.add_fetched(fetched, context, out);
                Ok(())
            }
            (TestKind::Assign, false) => {
                let reference = self.place_to_assign(place)?;
                let value = self.operand_text(word, context)?;
                self.assign_reference(&reference, value, false)?;
                let fetched = self.fetch(place)?;
                self.add_fetched(fetched, context, out);
                Ok(())
            }
            (TestKind::Error, false) => {
                let mut message = self.operand_text(word, context)?;
                if word.raw.is_empty() {
                    message = if or_null {
                        "parameter null or not set".into()
                    } else {
                        "parameter not set".into()
                    };
                }
                let shown = place.shown();
                self.complain(format_args!("{shown}: {message}"));
                Err(self.expansion_failed())
            }
        }
    }

    /// The word of `${x:-word}` in place of the parameter.
    fn expand_operand(&mut self, word: &Word, context: Context, out: &mut Fields) -> Result<()> {
        let parsed = word.parsed(operand_reading(context));
        let context = Context {
            quoted: context.quoted,
            splits_literals: !context.quoted,
        };
        self.expand_parts(&parsed.parts, context, out)
    }

    fn operand_text(&mut self, word: &Word, context: Context) -> Result<Text> {
        self.expand_single(word, operand_reading(context))
    }

    fn operand_pattern(&mut self, word: &Word, context: Context) -> Result<Pattern> {
        // Case counts here, whatever `nocasematch` says.
        let nocase = std::mem::take(&mut self.options.nocasematch);
        let pattern = self.expand_pattern_as(word, pattern_reading(context), self.options.extglob);
        self.options.nocasematch = nocase;
        pattern
    }

    fn replace(
        &mut self,
        fetched: Fetched,
        at: Where,
        pattern: &Word,
        replacement: &Word,
        context: Context,
    ) -> Result<Fetched> {
        let matching = Matching {
            extglob: self.options.extglob,
            nocase: self.options.nocasematch,
        };
        let reading = pattern_reading(context);
        let parsed = pattern.parsed(reading);
        let pattern = match parsed.constant_pattern(matching) {
            Some(pattern) => pattern.clone(),
            None => self.expand_pattern_as(pattern, reading, matching.extglob)?,
        };
        let replacement = self.replacement(replacement, reading)?;
        Ok(fetched.map(|value| replaced(value, at, &pattern, &replacement).into()))
    }

    fn replacement(&mut self, word: &Word, reading: Reading) -> Result<Vec<Piece>> {
        let parsed = word.parsed(reading);
        if let Some(constant) = &parsed.constant
            && !constant.contains(['&', '\\'])
        {
            return Ok(vec![Piece::Text(constant.to_string())]);
        }
        let field = self.expand_field(&parsed, reading)?;
        if !self.options.patsub_replacement {
            return Ok(vec![Piece::Text(field.text)]);
        }
        let mut pieces = Vec::new();
        for (text, quoted) in field.pieces() {
            if quoted {
                pieces.push(Piece::Text(text.to_string()));
            } else {
                push_unquoted(text, &mut pieces);
            }
        }
        Ok(pieces)
    }
}

fn operand_reading(context: Context) -> Reading {
    if context.quoted {
        Reading::QuotedOperand
    } else {
        Reading::Operand
    }
}

fn pattern_reading(context: Context) -> Reading {
    if context.quoted {
        Reading::Pattern
    } else {
        Reading::Operand
    }
}

/// A piece of what replaces.
enum Piece {
    Text(String),
    /// `&`: what was matched.
    Matched,
}

fn push_unquoted(text: &str, pieces: &mut Vec<Piece>) {
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('&' | '\\')) => plain.extend(chars.next()),
            ('&', _) => {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(Piece::Matched);
            }
            _ => plain.push(c),
        }
    }
    pieces.push(Piece::Text(plain));
}

fn removed<'a>(value: &'a str, pattern: &Pattern, side: Side, longest: bool) -> &'a str {
    let rest = match side {
        Side::Front => pattern
            .prefix(value, longest)
            .and_then(|length| value.get(length..)),
        Side::Back => pattern
            .suffix(value, longest)
            .and_then(|length| value.get(..value.len() - length)),
    };
    rest.unwrap_or(value)
}

fn replaced(value: &str, at: Where, pattern: &Pattern, replacement: &[Piece]) -> String {
    let mut text = String::with_capacity(value.len());
    let mut done = 0;
    let mut replace = |text: &mut String, from: usize, to: usize| {
        text.push_str(value.get(done..from).unwrap_or_default());
        for piece in replacement {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Matched => text.push_str(value.get(from..to).unwrap_or_default()),
            }
        }
        done = to;
    };
    match at {
        // An empty pattern matches nothing, but is found at either end.
        Where::First | Where::All if pattern.literal() == Some("") => {}
        Where::First => {
            if let Some((from, to)) = pattern.find(value, 0) {
                replace(&mut text, from, to);
            }
        }
        Where::All => {
            let mut from = 0;
            while let Some((start, end)) = pattern.find(value, from) {
                if start == end {
                    // Nothing was matched: go on behind the next character.
                    let Some(c) = value.get(start..).and_then(|rest| rest.chars().next()) else {
                        break;
                    };
                    replace(&mut text, start, end);
                    from = start + c.len_utf8();
                    continue;
                }
                replace(&mut text, start, end);
                from = end;
                if from >= value.len() {
                    break;
                }
            }
        }
        Where::Front => {
            if let Some(length) = pattern.prefix(value, true) {
                replace(&mut text, 0, length);
            }
        }
        Where::Back => {
            if let Some(length) = pattern.suffix(value, true) {
                replace(&mut text, value.len() - length, value.len());
            }
        }
    }
    text.push_str(value.get(done..).unwrap_or_default());
    text
}

fn cased(value: &str, change: CaseChange, all: bool, pattern: Option<&Pattern>) -> String {
    let mut text = String::with_capacity(value.len());
    for (number, c) in value.chars().enumerate() {
        let concerned = (all || number == 0)
            && pattern.is_none_or(|pattern| pattern.matches(c.encode_utf8(&mut [0; 4])));
        text.push(if concerned { changed(c, change) } else { c });
    }
    text
}

/// One character in another case; those that would become several stay.
pub(super) fn changed(c: char, change: CaseChange) -> char {
    let to_upper = match change {
        CaseChange::Upper => true,
        CaseChange::Lower => false,
        CaseChange::Toggle => c.is_lowercase(),
    };
    let (first, second) = if to_upper {
        let mut upper = c.to_uppercase();
        (upper.next(), upper.next())
    } else {
        let mut lower = c.to_lowercase();
        (lower.next(), lower.next())
    };
    match (first, second) {
        (Some(single), None) => single,
        _ => c,
    }
}
