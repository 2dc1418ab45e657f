//! Quotes, expansions and substitutions inside words: where each of them ends.

use super::ast::List;
use super::error::{Aftermath, Parsed, SyntaxError};
use super::parser::{Parser, State};
use super::print::{Found, FoundKind};
use super::token::{Kind, Token};

/// What stands between two delimiters.
#[derive(Clone, Copy, Default)]
struct Pair {
    open: u8,
    close: u8,
    /// The first closing delimiter ends it, opening ones don't nest: `${`.
    first_close: bool,
    /// Double quotes stand around it.
    in_double_quotes: bool,
    /// `$'…'`: a backslash escapes.
    escapes: bool,
    /// `${…}`.
    parameter: bool,
    subscript: bool,
}

/// Where in `${name op word}` the reader is; whether single quotes quote inside double ones depends on the operator.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Name,
    Operator,
    Word,
    /// Behind `#`, `%`, `^`, `,` and `/`, whose words are patterns.
    Pattern,
}

impl Part {
    fn after(self, byte: u8, first: bool) -> Part {
        let operator = matches!(
            byte,
            b'#' | b'%' | b'^' | b',' | b'~' | b':' | b'-' | b'=' | b'?' | b'+' | b'/'
        );
        match self {
            Part::Name if !first && matches!(byte, b'%' | b'#' | b'/' | b'^' | b',') => {
                Part::Pattern
            }
            Part::Name if operator => Part::Operator,
            Part::Operator if !operator => Part::Word,
            part => part,
        }
    }
}

impl Parser<'_, '_> {
    /// Behind an opening quote.
    pub(super) fn skip_quotes(&mut self, quote: u8) -> Parsed {
        self.skip(Pair {
            open: quote,
            close: quote,
            ..Pair::default()
        })
    }

    /// Behind `$'` or `$"`.
    pub(super) fn skip_dollar_quotes(&mut self, quote: u8) -> Parsed {
        let start = self.input.position.saturating_sub(2);
        self.skip(Pair {
            open: quote,
            close: quote,
            escapes: quote == b'\'',
            ..Pair::default()
        })?;
        self.note(start, FoundKind::DollarQuotes);
        Ok(())
    }

    /// Behind `(` or `[`.
    pub(super) fn skip_pair(&mut self, open: u8, close: u8) -> Parsed {
        self.skip(Pair {
            open,
            close,
            ..Pair::default()
        })
    }

    /// Behind `name[`.
    pub(super) fn skip_subscript(&mut self) -> Parsed {
        self.skip(Pair {
            open: b'[',
            close: b']',
            subscript: true,
            ..Pair::default()
        })
    }

    /// Behind `${`.
    pub(super) fn skip_parameter(&mut self) -> Parsed {
        self.skip(PARAMETER)
    }

    /// Behind `$(`, `<(` or `>(`.
    pub(super) fn skip_substitution(&mut self) -> Parsed {
        if self.look() == Some(b'(') {
            return self.skip_pair(b'(', b')');
        }
        let removed = self.input.removed.len();
        let start = self.input.position;
        let outer = std::mem::replace(&mut self.state, State::nested());
        let outer_found = self.found.take();
        self.deeper()?;
        let commands = self.substituted_commands(start).map_err(leaves_shell)?;
        self.depth -= 1;
        self.found = outer_found;
        self.state = outer;
        self.input.removed.truncate(removed);
        self.note(start, FoundKind::Commands(commands));
        Ok(())
    }

    fn substituted_commands(&mut self, start: usize) -> Parsed<List> {
        let line = self.input.line;
        self.skip_newlines()?;
        let commands = match self.peek()? {
            Kind::RightParen => List::default(),
            _ => self.compound_list()?,
        };
        self.expect(Kind::RightParen)?;
        self.unterminated_documents(start, line, &commands);
        Ok(commands)
    }

    /// Notes a piece of a word that begins at an offset and ends here.
    fn note(&mut self, start: usize, kind: FoundKind) {
        if let Some(found) = &mut self.found {
            found.push(Found {
                start,
                end: self.input.position,
                kind,
            });
        }
    }

    /// Behind the opening delimiter, to behind the closing one.
    fn skip(&mut self, pair: Pair) -> Parsed {
        let line = self.input.line;
        let start = self.input.position;
        let mut depth = 1;
        let mut escaped = false;
        let mut behind_dollar = false;
        let mut part = Part::Name;
        self.deeper()?;
        loop {
            let byte = if pair.open == b'\'' || escaped {
                self.get_raw()
            } else {
                self.get()
            };
            let Some(byte) = byte else {
                return Err(SyntaxError::unmatched(line, pair.close));
            };
            if escaped {
                escaped = false;
                continue;
            }
            if byte == pair.close {
                depth -= 1;
            } else if byte == pair.open && (!pair.first_close || (behind_dollar && byte == b'{')) {
                depth += 1;
            }
            if depth == 0 {
                self.depth -= 1;
                return Ok(());
            }
            if pair.open == b'\'' {
                escaped = pair.escapes && byte == b'\\';
                continue;
            }
            if byte == b'\\' {
                escaped = true;
                behind_dollar = false;
                continue;
            }
            if pair.parameter {
                part = part.after(byte, self.input.position - start <= 1);
            }
            if self.skip_inner(pair, part, byte, behind_dollar)? {
                if byte == pair.open {
                    // A `${` inside `${`: its end was found already.
                    depth -= 1;
                }
                behind_dollar = false;
                continue;
            }
            behind_dollar = byte == b'$' && !behind_dollar;
        }
    }

    /// Skips a quoted text or an expansion inside another construct, behind its first byte; false when there is none.
    fn skip_inner(
        &mut self,
        pair: Pair,
        part: Part,
        byte: u8,
        behind_dollar: bool,
    ) -> Parsed<bool> {
        let in_double_quotes = pair.open == b'"' || pair.in_double_quotes;
        let groups = pair.open != pair.close;
        let plain_quote = byte == b'\''
            && pair.parameter
            && pair.in_double_quotes
            && part != Part::Pattern
            && self.reading.options.posix;
        if plain_quote {
            return Ok(false);
        }
        if groups && matches!(byte, b'\'' | b'"' | b'`') {
            self.skip(Pair {
                open: byte,
                close: byte,
                escapes: behind_dollar && byte == b'\'',
                in_double_quotes,
                ..Pair::default()
            })?;
            return Ok(false);
        }
        if pair.open == b'"' && byte == b'`' {
            self.skip(Pair {
                open: b'`',
                close: b'`',
                in_double_quotes,
                ..Pair::default()
            })?;
            return Ok(false);
        }
        let expands = behind_dollar
            && if groups {
                pair.parameter || pair.subscript || byte == b'('
            } else {
                pair.open != b'`'
            };
        match byte {
            b'(' if expands => self.skip_substitution()?,
            b'{' if expands => self.skip(Pair {
                in_double_quotes,
                ..PARAMETER
            })?,
            b'[' if expands => self.skip(Pair {
                open: b'[',
                close: b']',
                in_double_quotes,
                ..Pair::default()
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Behind `((`: an arithmetic command, or `None` when the parentheses are those of subshells.
    pub(super) fn read_double_paren(&mut self) -> Parsed<Option<Token>> {
        let in_for = self.state.last == Kind::For;
        if !in_for && !self.state.last.precedes_reserved_word() {
            return Ok(None);
        }
        let start = self.input.position;
        let removed = self.input.removed.len();
        self.skip_pair(b'(', b')')?;
        let end = self.input.position - 1;
        if self.get_raw() != Some(b')') {
            if in_for {
                return Err(SyntaxError::silent(self.input.line));
            }
            self.input.position = start;
            self.input.removed.truncate(removed);
            return Ok(None);
        }
        let text = self.input.slice(start, end, removed);
        self.input.removed.truncate(removed);
        Ok(Some(Token {
            text: Some(text),
            ..Token::plain(if in_for {
                Kind::ArithmeticFor
            } else {
                Kind::ArithmeticCommand
            })
        }))
    }
}

const PARAMETER: Pair = Pair {
    open: b'{',
    close: b'}',
    first_close: true,
    in_double_quotes: false,
    escapes: false,
    parameter: true,
    subscript: false,
};

/// Errors inside `$( )` end more than others do.
fn leaves_shell(error: Box<SyntaxError>) -> Box<SyntaxError> {
    if error.aftermath == Aftermath::Ends && error.messages.len() > 1 {
        return error.then(Aftermath::LeavesShell);
    }
    error
}
