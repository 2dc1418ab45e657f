//! `[[ … ]]`, and the operators it has in common with `test`.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use isobox_guest::stat::{self, Kind, Stat, Time};

use super::whole_number;
use crate::expand::regex::Regex;
use crate::flow::{Flow, Result};
use crate::shell::Shell;
use crate::syntax::ast::{Condition, Word};
use crate::text::{Text, encode};
use crate::variables::{Value, Variable, split_element};

/// What a condition says. A regular expression that is none leaves by `Discard(2)`.
pub fn condition(shell: &mut Shell, asked: &Condition) -> Result<bool> {
    term(shell, asked, false)
}

/// `negated` is for `set -x`, which shows a `!` in front of a single test.
fn term(shell: &mut Shell, asked: &Condition, negated: bool) -> Result<bool> {
    match asked {
        Condition::And(left, right) => Ok(condition(shell, left)? && condition(shell, right)?),
        Condition::Or(left, right) => Ok(condition(shell, left)? || condition(shell, right)?),
        Condition::Not(inner) => Ok(!term(shell, inner, true)?),
        Condition::Parenthesised(inner) => condition(shell, inner),
        Condition::Unary(operator, word) => {
            let operand = shell.expand_word(word)?;
            let operator = if operator.is_empty() { "-n" } else { operator };
            shell.trace_condition(negated, &[operator, operand_shown(&operand)])?;
            unary(shell, operator, &operand)
        }
        Condition::Binary(operator, left, right) => binary(shell, operator, left, right, negated),
    }
}

fn operand_shown(operand: &str) -> &str {
    if operand.is_empty() { "''" } else { operand }
}

fn binary(
    shell: &mut Shell,
    operator: &str,
    left: &Word,
    right: &Word,
    negated: bool,
) -> Result<bool> {
    let subject = shell.expand_word(left)?;
    if shell.options.xtrace {
        let other = shell.pattern_shown(operator, right)?;
        let shown = [operand_shown(&subject), operator, operand_shown(&other)];
        shell.trace_condition(negated, &shown)?;
    }
    match operator {
        "=" | "==" => Ok(shell.expand_condition_pattern(right)?.matches(&subject)),
        "!=" => Ok(!shell.expand_condition_pattern(right)?.matches(&subject)),
        "=~" => matches_regex(shell, &subject, right),
        "<" => Ok(order(&subject, &shell.expand_word(right)?).is_lt()),
        ">" => Ok(order(&subject, &shell.expand_word(right)?).is_gt()),
        "-nt" | "-ot" | "-ef" => {
            let other = shell.expand_word(right)?;
            Ok(Files::new(&subject, &other).compare(operator))
        }
        _ => {
            let other = shell.expand_word(right)?;
            let left = number(shell, &subject)?;
            let right = number(shell, &other)?;
            Ok(compare(operator, left, right))
        }
    }
}

fn number(shell: &mut Shell, text: &str) -> Result<i64> {
    match shell.evaluate_text(text, "[[") {
        Err(Flow::Discard(_)) => Err(Flow::Discard(1)),
        outcome => outcome,
    }
}

fn matches_regex(shell: &mut Shell, subject: &str, word: &Word) -> Result<bool> {
    let expression = shell.expand_regex(word)?;
    let Some(regex) = compiled(&expression, shell.options.nocasematch) else {
        return Err(Flow::Discard(2));
    };
    let groups: Vec<Text> = match regex.captures(subject) {
        Some(captures) => captures
            .iter()
            .map(|group| group.unwrap_or_default().into())
            .collect(),
        None => Vec::new(),
    };
    let matched = !groups.is_empty();
    shell.set_indexed("BASH_REMATCH", groups)?;
    Ok(matched)
}

thread_local! {
    static COMPILED: RefCell<BTreeMap<(String, bool), Rc<Regex>>> = const { RefCell::new(BTreeMap::new()) };
}

/// How many expressions are kept.
const KEPT: usize = 64;

/// The expression, compiled once; `None` when it is none.
fn compiled(expression: &str, nocase: bool) -> Option<Rc<Regex>> {
    let key = (expression.to_owned(), nocase);
    if let Some(regex) = COMPILED.with_borrow(|kept| kept.get(&key).cloned()) {
        return Some(regex);
    }
    let regex = Regex::new(expression, nocase)?;
    let regex = Rc::new(regex);
    COMPILED.with_borrow_mut(|kept| {
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, Rc::clone(&regex));
    });
    Some(regex)
}

/// Whether a word is an operator with one operand.
pub fn is_unary(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next() == Some('-')
        && letters
            .next()
            .is_some_and(|c| "abcdefghknoprstuvwxzGLNORS".contains(c))
        && letters.next().is_none()
}

pub fn unary(shell: &mut Shell, operator: &str, operand: &str) -> Result<bool> {
    Ok(match operator {
        "-n" => !operand.is_empty(),
        "-z" => operand.is_empty(),
        "-o" => shell.options.set_option(operand) == Some(true),
        "-v" => is_set(shell, operand)?,
        "-R" => shell
            .variable_itself(operand)
            .is_some_and(|variable| variable.attributes.nameref && variable.value.is_some()),
        "-t" => whole_number(operand).is_some_and(|number| is_terminal(shell, number)),
        "-h" | "-L" => file(operand, false).is_some_and(|found| found.kind == Kind::Symlink),
        _ => file(operand, true).is_some_and(|found| is_such_file(operator, &found)),
    })
}

fn is_such_file(operator: &str, found: &Stat) -> bool {
    match operator {
        "-b" => found.kind == Kind::BlockDevice,
        "-c" => found.kind == Kind::CharacterDevice,
        "-d" => found.kind == Kind::Directory,
        "-f" => found.kind == Kind::Regular,
        "-p" => found.kind == Kind::Pipe,
        "-S" => found.kind == Kind::Socket,
        "-s" => found.bytes > 0,
        "-r" => found.mode & 0o400 != 0,
        "-w" => found.mode & 0o200 != 0,
        "-x" => found.mode & 0o100 != 0,
        "-u" => found.mode & 0o4000 != 0,
        "-g" => found.mode & 0o2000 != 0,
        "-k" => found.mode & 0o1000 != 0,
        "-N" => found.modified > found.accessed,
        // Every file is the one user's and the one group's.
        _ => true,
    }
}

/// No descriptor of a machine is a terminal.
fn is_terminal(_shell: &Shell, _number: i64) -> bool {
    false
}

/// `-v`: a variable, an element, any element.
fn is_set(shell: &mut Shell, name: &str) -> Result<bool> {
    let Some((array, subscript)) = split_element(name) else {
        if let Some(rest) = name.bytes().next()
            && rest.is_ascii_digit()
        {
            let number: usize = name.parse().unwrap_or(usize::MAX);
            return Ok(number <= shell.positional.len());
        }
        return Ok(shell.get(name).is_some());
    };
    let variable = shell.variable(array);
    if variable.as_ref().is_some_and(|v| v.is_associative()) {
        let key = shell.expand_word(&Word::new(subscript))?;
        return Ok(variable.is_some_and(|variable| has_key(&variable, &key)));
    }
    if matches!(subscript, "@" | "*") {
        return Ok(!shell.values(array).is_empty());
    }
    let reference = shell.reference(array, Some(subscript))?;
    Ok(shell.get_element(&reference)?.is_some())
}

fn has_key(variable: &Variable, key: &str) -> bool {
    matches!(&variable.value, Some(Value::Associative(array)) if array.get(key).is_some())
}

pub fn compare(operator: &str, left: i64, right: i64) -> bool {
    match operator {
        "-eq" => left == right,
        "-ne" => left != right,
        "-lt" => left < right,
        "-le" => left <= right,
        "-gt" => left > right,
        _ => left >= right,
    }
}

/// The order of texts by their bytes.
pub fn order(left: &str, right: &str) -> Ordering {
    encode(left).cmp(&encode(right))
}

/// Two files to be compared.
pub struct Files {
    left: Option<Stat>,
    right: Option<Stat>,
}

impl Files {
    pub fn new(left: &str, right: &str) -> Files {
        Files {
            left: file(left, true),
            right: file(right, true),
        }
    }

    /// `-nt`, `-ot`, `-ef`; a file that isn't there is older than any.
    pub fn compare(&self, operator: &str) -> bool {
        let time = |stat: &Option<Stat>| -> Option<Time> { stat.map(|stat| stat.modified) };
        match operator {
            "-nt" => time(&self.left) > time(&self.right),
            "-ot" => time(&self.left) < time(&self.right),
            _ => match (self.left, self.right) {
                (Some(left), Some(right)) => {
                    (left.device, left.inode) == (right.device, right.inode)
                }
                _ => false,
            },
        }
    }
}

pub fn is_regular_file(path: &str) -> bool {
    file(path, true).is_some_and(|found| found.kind != Kind::Directory)
}

fn file(path: &str, follow: bool) -> Option<Stat> {
    if path.is_empty() {
        return None;
    }
    let bytes = encode(path);
    let path = std::str::from_utf8(&bytes).ok()?;
    stat::stat(Path::new(path), follow).ok()
}
