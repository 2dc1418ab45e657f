//! The commands of `$( )`, `<( )` and `>( )`, which stand inside words that have been read already.

use std::collections::BTreeMap;

use super::ast::Program;
use super::error::SyntaxError;
use super::input::{Input, Source};
use super::parser::{Parser, State};
use super::{Reading, parse, print};
use crate::options::Options;

/// Behind the `)` that ends the substitution whose commands begin at an offset; `None` when nothing ends it.
pub fn substitution_end(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    with_parser(rest, |parser| {
        parser.skip_substitution().ok()?;
        Some(start + parser.input.position)
    })
}

/// What stands between the parentheses. Bash runs not the source but what it prints for it, which has fewer lines; so commands have the
/// lines they have there, counted from the line of the command around them.
pub fn parse_substitution(source: &str, reading: &Reading<'_>) -> Result<Program, SyntaxError> {
    if !source.contains('\n') {
        return parse(source, reading);
    }
    let without_aliases = Reading {
        aliases: &BTreeMap::new(),
        ..*reading
    };
    let program = parse(source, &without_aliases)?;
    parse(&print::print_substitution(&program), reading)
}

/// Reads a text whose options and aliases have counted already.
pub(super) fn with_parser<T>(text: &str, read: impl FnOnce(&mut Parser<'_, '_>) -> T) -> T {
    let options = Options {
        extglob: true,
        ..Options::default()
    };
    let mut input = Input::new(Source::Borrowed(text));
    read(&mut Parser {
        input: &mut input,
        more: &mut || None,
        reading: &Reading {
            options: &options,
            aliases: &BTreeMap::new(),
            first_line: 1,
        },
        warnings: &mut Vec::new(),
        state: State::new(),
        depth: 0,
        found: None,
    })
}
