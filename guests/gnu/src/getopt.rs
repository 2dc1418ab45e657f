//! GNU's `getopt_long`: bundled short options, abbreviated long ones, operands in between, `--`, and its messages.

use std::collections::VecDeque;

/// Whether an option takes a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    /// The rest of the word or the next one.
    Value,
    /// Only what is joined to it: `--color=never`, `-i.bak`.
    Maybe,
}

/// One option: its short letters, its long name (either may be empty), and what it takes.
pub struct Spec(pub &'static str, pub &'static str, pub Takes);

impl Spec {
    /// What the option is matched on: the long name, or the letter when there is none.
    fn key(&self) -> &'static str {
        if self.1.is_empty() { self.0 } else { self.1 }
    }
}

/// A parsed command line.
#[derive(Default)]
pub struct Parsed {
    /// The options in their order, by key, with their values.
    pub options: Vec<(&'static str, Option<String>)>,
    pub operands: Vec<String>,
}

impl Parsed {
    /// Whether the option was given.
    pub fn has(&self, key: &str) -> bool {
        self.options.iter().any(|(given, _)| *given == key)
    }

    /// The value the option was given last.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.options
            .iter()
            .rev()
            .find(|(given, _)| *given == key)
            .and_then(|(_, value)| value.as_deref())
    }
}

/// How operands and options mix.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Options may follow operands.
    Permute,
    /// The first operand ends the options: `env`, whose operands are another command line.
    OptionsFirst,
}

/// Parses the words after the command's name. On an error, prints GNU's two lines and answers `None`.
pub fn parse(
    command: &str,
    words: impl Iterator<Item = String>,
    specs: &'static [Spec],
    order: Order,
) -> Option<Parsed> {
    read(words, specs, order)
        .map_err(|message| {
            eprintln!("{command}: {message}\nTry '{command} --help' for more information.");
        })
        .ok()
}

/// Parses the words after the command's name.
///
/// # Errors
/// What is wrong with them, in GNU's words.
pub fn read(
    words: impl Iterator<Item = String>,
    specs: &'static [Spec],
    order: Order,
) -> Result<Parsed, String> {
    let mut words: VecDeque<String> = words.collect();
    let mut parsed = Parsed::default();
    while let Some(word) = words.pop_front() {
        if word == "--" {
            parsed.operands.extend(words.drain(..));
        } else if let Some(long) = word.strip_prefix("--") {
            long_option(long, &mut words, specs, &mut parsed)?;
        } else if word.len() > 1 && word.starts_with('-') {
            short_options(&word[1..], &mut words, specs, &mut parsed)?;
        } else {
            parsed.operands.push(word);
            if order == Order::OptionsFirst {
                parsed.operands.extend(words.drain(..));
            }
        }
    }
    Ok(parsed)
}

fn long_option(
    word: &str,
    words: &mut VecDeque<String>,
    specs: &'static [Spec],
    parsed: &mut Parsed,
) -> Result<(), String> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (word, None),
    };
    let spec = long_spec(name, word, specs)?;
    let value = match (spec.2, value) {
        (Takes::Nothing, Some(_)) => {
            return Err(format!("option '--{}' doesn't allow an argument", spec.1));
        }
        (Takes::Value, None) => {
            let next = words.pop_front();
            Some(next.ok_or_else(|| format!("option '--{}' requires an argument", spec.1))?)
        }
        (_, value) => value,
    };
    parsed.options.push((spec.key(), value));
    Ok(())
}

/// The option called `name`, or the only one that begins so; `word` is how it was given.
fn long_spec(name: &str, word: &str, specs: &'static [Spec]) -> Result<&'static Spec, String> {
    if let Some(exact) = specs
        .iter()
        .find(|spec| !spec.1.is_empty() && spec.1 == name)
    {
        return Ok(exact);
    }
    let begins: Vec<_> = specs
        .iter()
        .filter(|spec| !spec.1.is_empty() && spec.1.starts_with(name))
        .collect();
    match begins[..] {
        [only] => Ok(only),
        [] => Err(format!("unrecognized option '--{word}'")),
        _ => {
            let names: Vec<String> = begins
                .iter()
                .map(|spec| format!("'--{}'", spec.1))
                .collect();
            Err(format!(
                "option '--{word}' is ambiguous; possibilities: {}",
                names.join(" ")
            ))
        }
    }
}

fn short_options(
    letters: &str,
    words: &mut VecDeque<String>,
    specs: &'static [Spec],
    parsed: &mut Parsed,
) -> Result<(), String> {
    for (at, letter) in letters.char_indices() {
        let Some(spec) = specs.iter().find(|spec| spec.0.contains(letter)) else {
            return Err(format!("invalid option -- '{letter}'"));
        };
        let rest = &letters[at + letter.len_utf8()..];
        let value = match spec.2 {
            Takes::Nothing => {
                parsed.options.push((spec.key(), None));
                continue;
            }
            _ if !rest.is_empty() => Some(rest.to_owned()),
            Takes::Maybe => None,
            Takes::Value => {
                let next = words.pop_front();
                Some(next.ok_or_else(|| format!("option requires an argument -- '{letter}'"))?)
            }
        };
        parsed.options.push((spec.key(), value));
        return Ok(());
    }
    Ok(())
}
