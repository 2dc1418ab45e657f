//! Regular expressions.

use crate::value::{Map, Value};
use regex::{Regex, RegexBuilder};
use std::cell::RefCell;
use std::collections::HashMap;

type Answer = Result<Value, Value>;

thread_local! {
    /// Programs use few patterns, and each often.
    static COMPILED: RefCell<HashMap<(String, String), Regex>> = RefCell::default();
}

fn compiled(pattern: &str, flags: &str) -> Result<Regex, Value> {
    let key = (pattern.to_owned(), flags.to_owned());
    if let Some(regex) = COMPILED.with_borrow(|all| all.get(&key).cloned()) {
        return Ok(regex);
    }
    let has = |flag: char| flags.contains(flag);
    let regex = RegexBuilder::new(&ruby(pattern))
        .case_insensitive(has('i'))
        .ignore_whitespace(has('x'))
        .dot_matches_new_line(has('s') || has('p'))
        .multi_line(true)
        .build()
        .map_err(|error| Value::from(format!("Regex failure: {}", reason(&error))))?;
    COMPILED.with_borrow_mut(|all| all.insert(key, regex.clone()));
    Ok(regex)
}

/// What differs between Oniguruma's syntax and ours: names of groups, and `\h`, `\Z`.
fn ruby(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    while let Some(c) = letters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match letters.next() {
            Some('h') => out.push_str("[0-9a-fA-F]"),
            Some('H') => out.push_str("[^0-9a-fA-F]"),
            Some('Z') => out.push_str("\\z"),
            Some('/') => out.push('/'),
            Some('"') => out.push('"'),
            Some(letter) => out.extend(['\\', letter]),
            None => out.push('\\'),
        }
    }
    out
}

fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let known = [
        ("unclosed group", "end pattern with unmatched parenthesis"),
        ("unopened group", "unmatched close parenthesis"),
        ("unclosed character class", "premature end of char-class"),
        (
            "repetition operator missing expression",
            "target of repeat operator is not specified",
        ),
    ];
    match known.iter().find(|(ours, _)| text.contains(ours)) {
        Some((_, theirs)) => (*theirs).to_owned(),
        None => text.lines().last().unwrap_or_default().to_owned(),
    }
}

/// `_regex(pattern; flags; whether only to test)`
pub fn regex(input: &Value, arguments: &[Value]) -> Answer {
    let (pattern, flags) = (&arguments[0], &arguments[1]);
    let Value::String(text) = input else {
        return Err(Value::from(format!(
            "{} cannot be matched, as it is not a string",
            input.described()
        )));
    };
    let Value::String(pattern) = pattern else {
        return Err(Value::from(format!(
            "{} cannot be matched, as it is not a string",
            pattern.described()
        )));
    };
    let flags = match flags {
        Value::Null => "",
        Value::String(flags) => flags,
        other => {
            return Err(Value::from(format!(
                "{} is not a string",
                other.described()
            )));
        }
    };
    if let Some(unknown) = flags.chars().find(|flag| !"gimnpslx".contains(*flag)) {
        let _ = unknown;
        return Err(Value::from(format!(
            "{flags} is not a valid modifier string"
        )));
    }
    let regex = compiled(pattern, flags)?;
    if arguments[2].is_true() {
        return Ok(regex.is_match(text).into());
    }
    let mut place = Place {
        text,
        byte: 0,
        letter: 0,
    };
    let mut found = Vec::new();
    for captures in regex.captures_iter(text) {
        found.push(described(&captures, &regex, &mut place));
        if !flags.contains('g') {
            break;
        }
    }
    if flags.contains('n') {
        found.retain(|found| {
            !matches!(
                crate::paths::get(found, &"length".into()),
                Ok(Value::Number(0.0))
            )
        });
    }
    Ok(Value::array(found))
}

/// `_regex_of(pattern, or an array of pattern and flags; whether only to test)`
pub fn regex_of(input: &Value, arguments: &[Value]) -> Answer {
    let only_test = arguments[1].clone();
    match &arguments[0] {
        Value::Array(both) => {
            let at = |at: usize| both.get(at).cloned().unwrap_or_default();
            regex(input, &[at(0), at(1), only_test])
        }
        pattern @ Value::String(_) => regex(input, &[pattern.clone(), Value::Null, only_test]),
        other => Err(Value::from(format!(
            "{} not a string or array",
            other.kind()
        ))),
    }
}

/// Counts letters up to a byte, going on from the last place.
struct Place<'a> {
    text: &'a str,
    byte: usize,
    letter: usize,
}

impl Place<'_> {
    fn of(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            return self.text[..byte].chars().count();
        }
        self.letter += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.letter
    }
}

fn described(captures: &regex::Captures, regex: &Regex, place: &mut Place) -> Value {
    let mut all = Vec::new();
    for (number, name) in regex.capture_names().enumerate() {
        let mut map = Map::default();
        match captures.get(number) {
            Some(part) => {
                map.insert("offset".into(), Value::from(place.of(part.start())));
                map.insert("length".into(), Value::from(part.as_str().chars().count()));
                map.insert("string".into(), Value::from(part.as_str()));
            }
            None => {
                map.insert("offset".into(), Value::Number(-1.0));
                map.insert("length".into(), Value::Number(0.0));
                map.insert("string".into(), Value::Null);
            }
        }
        if number > 0 {
            map.insert("name".into(), name.map_or(Value::Null, Value::from));
        }
        all.push(map);
    }
    let mut whole = all.remove(0);
    let rest = all.into_iter().map(Value::object).collect();
    whole.insert("captures".into(), Value::array(rest));
    Value::object(whole)
}

/// The named groups of a match.
pub fn captured(input: &Value, _: &[Value]) -> Answer {
    let mut map = Map::default();
    if let Value::Array(captures) = crate::paths::get(input, &"captures".into())? {
        for capture in captures.iter() {
            if let Value::String(name) = crate::paths::get(capture, &"name".into())? {
                map.insert(name, crate::paths::get(capture, &"string".into())?);
            }
        }
    }
    Ok(Value::object(map))
}
