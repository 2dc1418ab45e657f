//! Takes `${…}` apart.

use super::parse::name_length;
use super::scan;
use super::word::{
    CaseChange, Joining, Name, Operation, Parameter, Part, Place, Side, Subscript, TestKind,
};
use crate::syntax::ast::{Arithmetic, Word};
use crate::text::Text;

impl Parameter {
    /// A parameter with nothing done to it.
    pub fn value(raw: Text, name: Name) -> Parameter {
        Parameter {
            raw,
            name,
            subscript: None,
            indirect: false,
            operation: Operation::Value,
        }
    }
}

/// What stands between `${` and `}`; `raw` has both.
pub fn parse(raw: &str, inside: &str) -> Part {
    let parameter = length(inside)
        .or_else(|| indirect(inside))
        .or_else(|| plain(inside));
    let Some(mut parameter) = parameter else {
        let mut bad = Parameter::value(raw.into(), Name::Special('@'));
        bad.operation = Operation::Bad;
        return Part::Parameter(Box::new(bad));
    };
    match parameter {
        Parameter {
            name: Name::Variable(name),
            subscript: None,
            indirect: false,
            operation: Operation::Value,
            ..
        } => Part::Variable(name),
        _ => {
            parameter.raw = raw.into();
            Part::Parameter(Box::new(parameter))
        }
    }
}

/// `name`, `name[subscript]`, `1`, `@` …, as the value of `${!x}` and operands of builtins have it. The whole text has to be one.
pub fn reference(text: &str) -> Option<(Name, Option<Subscript>)> {
    let (name, subscript, rest) = head(text)?;
    rest.is_empty().then_some((name, subscript))
}

/// `${#x}`; `${#}`, `${#-…}` and so on are about `$#`.
fn length(inside: &str) -> Option<Parameter> {
    let rest = inside.strip_prefix('#')?;
    let (name, subscript, rest) = head(rest)?;
    if !rest.is_empty() {
        return None;
    }
    Some(Parameter {
        raw: "".into(),
        name,
        subscript,
        indirect: false,
        operation: Operation::Length,
    })
}

/// `${!x}`, `${!x@}`, `${!x[@]}`; `${!}` and `${!-…}` are about `$!`.
fn indirect(inside: &str) -> Option<Parameter> {
    let rest = inside.strip_prefix('!')?;
    let (name, subscript, rest) = head(rest)?;
    let mut parameter = Parameter {
        raw: "".into(),
        name,
        subscript,
        indirect: true,
        operation: Operation::Value,
    };
    match (&parameter.name, &parameter.subscript, rest) {
        (Name::Variable(_), None, "@") => parameter.operation = Operation::Names(Joining::Separate),
        (Name::Variable(_), None, "*") => parameter.operation = Operation::Names(Joining::Joined),
        (Name::Variable(_), Some(Subscript::All(_)), "") => parameter.operation = Operation::Keys,
        // `${!-x}`, `${!?x}`: a default for `$!`.
        (Name::Special('-' | '?' | '#' | '$' | '!'), None, rest)
            if !rest.is_empty() || matches!(parameter.name, Name::Special('-' | '?')) =>
        {
            return None;
        }
        _ => parameter.operation = operation(rest)?,
    }
    Some(parameter)
}

fn plain(inside: &str) -> Option<Parameter> {
    let (name, subscript, rest) = head(inside)?;
    Some(Parameter {
        raw: "".into(),
        name,
        subscript,
        indirect: false,
        operation: operation(rest)?,
    })
}

/// The name and the subscript at the beginning, and what follows.
fn head(text: &str) -> Option<(Name, Option<Subscript>, &str)> {
    let first = text.chars().next()?;
    if first.is_ascii_digit() {
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let number = text.get(..digits)?.parse().ok()?;
        return Some((Name::Positional(number), None, text.get(digits..)?));
    }
    if "@*#?-$!".contains(first) {
        return Some((Name::Special(first), None, text.get(1..)?));
    }
    let length = name_length(text);
    if length == 0 {
        return None;
    }
    let name = Name::Variable(text.get(..length)?.into());
    let rest = text.get(length..)?;
    let Some(bracketed) = rest.strip_prefix('[') else {
        return Some((name, None, rest));
    };
    let end = scan::brackets(bracketed, 0);
    let inside = bracketed.get(..end)?.strip_suffix(']')?;
    let subscript = match inside {
        "" => return None,
        "@" => Subscript::All(Joining::Separate),
        "*" => Subscript::All(Joining::Joined),
        inside => Subscript::Element(Arithmetic::new(inside)),
    };
    Some((name, Some(subscript), bracketed.get(end..)?))
}

fn operation(rest: &str) -> Option<Operation> {
    let Some(operator) = rest.chars().next() else {
        return Some(Operation::Value);
    };
    let operand = rest.get(operator.len_utf8()..)?;
    match operator {
        '-' | '=' | '?' | '+' => test(operator, false, operand),
        ':' => match operand.chars().next() {
            Some(kind @ ('-' | '=' | '?' | '+')) => test(kind, true, operand.get(1..)?),
            None => None,
            _ => Some(substring(operand)),
        },
        '#' | '%' => {
            let (longest, pattern) = doubled(operator, operand);
            Some(Operation::Remove {
                side: if operator == '#' {
                    Side::Front
                } else {
                    Side::Back
                },
                longest,
                pattern: Word::new(pattern),
            })
        }
        '/' => Some(replace(operand)),
        '^' | ',' | '~' => {
            let (all, pattern) = doubled(operator, operand);
            Some(Operation::Case {
                change: match operator {
                    '^' => CaseChange::Upper,
                    ',' => CaseChange::Lower,
                    _ => CaseChange::Toggle,
                },
                all,
                pattern: Word::new(pattern),
            })
        }
        '@' => {
            let mut chars = operand.chars();
            match (chars.next(), chars.next()) {
                (Some(kind), None) if "QEPAaUuLKk".contains(kind) => {
                    Some(Operation::Transform(kind))
                }
                _ => Some(Operation::BadTransform),
            }
        }
        _ => None,
    }
}

fn doubled(operator: char, operand: &str) -> (bool, &str) {
    match operand.strip_prefix(operator) {
        Some(pattern) => (true, pattern),
        None => (false, operand),
    }
}

fn test(kind: char, or_null: bool, word: &str) -> Option<Operation> {
    let kind = match kind {
        '-' => TestKind::Default,
        '=' => TestKind::Assign,
        '?' => TestKind::Error,
        '+' => TestKind::Alternative,
        _ => return None,
    };
    Some(Operation::Test {
        kind,
        or_null,
        word: Word::new(word),
    })
}

/// `offset`, `offset:length`; the colon of a `?:` separates nothing.
fn substring(operand: &str) -> Operation {
    let (mut at, mut level, mut questions) = (0, 0usize, 0usize);
    while let Some(&byte) = operand.as_bytes().get(at) {
        match byte {
            b'(' | b'[' => level += 1,
            b')' | b']' => level = level.saturating_sub(1),
            b'?' => questions += 1,
            b':' if level == 0 && questions > 0 => questions -= 1,
            b':' if level == 0 => {
                return Operation::Substring {
                    offset: Arithmetic::new(operand.get(..at).unwrap_or_default()),
                    length: Some(Arithmetic::new(operand.get(at + 1..).unwrap_or_default())),
                };
            }
            _ => {}
        }
        at = scan::skip_one(operand, at);
    }
    Operation::Substring {
        offset: Arithmetic::new(operand),
        length: None,
    }
}

/// `pattern/replacement`, with what says where in front.
fn replace(operand: &str) -> Operation {
    let (place, operand) = match operand.chars().next() {
        Some('/') => (Place::All, operand.get(1..).unwrap_or_default()),
        Some('#') => (Place::Front, operand.get(1..).unwrap_or_default()),
        Some('%') => (Place::Back, operand.get(1..).unwrap_or_default()),
        _ => (Place::First, operand),
    };
    // In `${x////-}`, the third slash is the pattern.
    let mut at = usize::from(place == Place::All && operand.starts_with('/'));
    while at < operand.len() && operand.as_bytes().get(at) != Some(&b'/') {
        at = scan::skip_one(operand, at);
    }
    Operation::Replace {
        place,
        pattern: Word::new(operand.get(..at).unwrap_or(operand)),
        replacement: Word::new(operand.get(at + 1..).unwrap_or_default()),
    }
}
