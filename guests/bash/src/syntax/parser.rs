//! Lists, pipelines and simple commands.

use super::ast::{
    Argument, Chain, Command, CommandKind, Condition, Connector, Function, HereDocument, List,
    ListItem, Pipeline, Redirect, RedirectDescriptor, RedirectKind, Simple, TimeFormat, Word,
};
use super::error::{Parsed, SyntaxError, Warning};
use super::input::{Input, More};
use super::print::Found;
use super::token::{Kind, Token};
use super::{Reading, assignment};
use crate::text::Text;
use std::rc::Rc;

/// How deep commands, substitutions and quotes may stand in each other: what fits the stack of the machine's processes, whoever
/// walks the tree later.
const DEEPEST: u32 = 250;

pub(super) struct Parser<'a, 's> {
    pub input: &'a mut Input<'s>,
    pub more: More<'a>,
    pub reading: &'a Reading<'a>,
    pub warnings: &'a mut Vec<Warning>,
    pub state: State,
    pub depth: u32,
    /// Collects what printing a word changes of it, when that is wanted.
    pub found: Option<Vec<Found>>,
}

/// What the meaning of the next word depends on.
pub(super) struct State {
    /// The token read last, and the one before it.
    pub last: Kind,
    pub before: Kind,
    /// Read but not used yet.
    token: Option<Token>,
    /// Between `in` and `)` of a `case`.
    pub case_pattern: bool,
    /// A function's `{` may come.
    pub function_brace: bool,
    /// Between the parentheses of `name=( … )`.
    pub in_array: bool,
    /// Behind `declare` and its like.
    pub assignment_operands: bool,
    /// Only redirections of the simple command have been read.
    pub redirected: bool,
    /// Behind an alias that ends in a blank.
    pub alias_next: bool,
    /// `[[` was read; what follows is a condition.
    pub condition_begins: bool,
    pub in_condition: bool,
    /// A condition that was read, and that its `]]` is still to be handed out.
    pub condition: Option<Condition>,
    pub condition_ended: bool,
    /// The right side of `=~`.
    pub regex: bool,
    /// The right side of `==`, where extended patterns count always.
    pub extended_pattern: bool,
    pub esacs: u32,
    pub open_braces: u32,
    /// Words behind `case` (true), `for` and `select` whose `in` may come.
    pub expecting_in: Vec<bool>,
    /// Here-documents whose text has still to come.
    pub documents: Vec<Rc<HereDocument>>,
    /// In a command substitution, which a parenthesis ends.
    pub nested: bool,
}

impl State {
    pub fn new() -> State {
        State {
            last: Kind::Newline,
            before: Kind::Newline,
            token: None,
            case_pattern: false,
            function_brace: false,
            in_array: false,
            assignment_operands: false,
            redirected: false,
            alias_next: false,
            condition_begins: false,
            in_condition: false,
            condition: None,
            condition_ended: false,
            regex: false,
            extended_pattern: false,
            esacs: 0,
            open_braces: 0,
            expecting_in: Vec::new(),
            documents: Vec::new(),
            nested: false,
        }
    }

    pub fn nested() -> State {
        State {
            last: Kind::Start,
            nested: true,
            ..State::new()
        }
    }
}

impl Parser<'_, '_> {
    /// The next line of commands; `None` at the end of the input.
    pub fn line(&mut self) -> Parsed<Option<List>> {
        while self.peek()? == Kind::Newline {
            self.advance();
            if self.input.position >= self.input.text.len() {
                self.input.begin(0);
            }
        }
        if self.peek()? == Kind::End {
            return Ok(None);
        }
        let mut items = Vec::new();
        loop {
            let chain = self.chain()?;
            let separator = self.peek()?;
            let background = separator == Kind::Ampersand;
            let ends = !background && separator != Kind::Semicolon;
            if !ends {
                self.advance();
            }
            let next = self.peek()?;
            let ended_by_newline = next == Kind::Newline;
            items.push(ListItem {
                chain,
                background,
                ended_by_newline,
            });
            match next {
                Kind::Newline => {
                    self.state.token = None;
                    break;
                }
                Kind::End => {
                    self.read_documents();
                    break;
                }
                _ if ends => return Err(self.unexpected_next()),
                _ => {}
            }
        }
        Ok(Some(List(items)))
    }

    /// Commands up to something that can't begin another: the body of a compound command.
    pub(super) fn compound_list(&mut self) -> Parsed<List> {
        self.skip_newlines()?;
        let mut items = Vec::new();
        loop {
            let chain = self.chain()?;
            let separator = self.peek()?;
            if matches!(separator, Kind::Ampersand | Kind::Semicolon) {
                self.advance();
            }
            self.skip_newlines()?;
            items.push(ListItem {
                chain,
                background: separator == Kind::Ampersand,
                ended_by_newline: separator == Kind::Newline,
            });
            let separated = matches!(separator, Kind::Ampersand | Kind::Semicolon | Kind::Newline);
            if !separated || !self.peek()?.begins_command() {
                return Ok(List(items));
            }
        }
    }

    fn chain(&mut self) -> Parsed<Chain> {
        let first = self.timed_pipeline()?;
        let mut rest = Vec::new();
        loop {
            let connector = match self.peek()? {
                Kind::AndAnd => Connector::And,
                Kind::OrOr => Connector::Or,
                _ => return Ok(Chain { first, rest }),
            };
            self.advance();
            self.skip_newlines()?;
            rest.push((connector, self.timed_pipeline()?));
        }
    }

    fn timed_pipeline(&mut self) -> Parsed<Pipeline> {
        let mut time = None;
        let mut negated = false;
        let mut bare = true;
        loop {
            match self.peek()? {
                Kind::Bang => negated = !negated,
                Kind::Time => time = Some(TimeFormat::Bash),
                Kind::TimePosix | Kind::TimeIgnored => time = Some(TimeFormat::Posix),
                Kind::Newline | Kind::Semicolon | Kind::End if !bare => {
                    return Ok(Pipeline {
                        time,
                        negated,
                        commands: Vec::new(),
                    });
                }
                _ => break,
            }
            bare = false;
            self.advance();
        }
        Ok(Pipeline {
            time,
            negated,
            commands: self.pipeline()?,
        })
    }

    fn pipeline(&mut self) -> Parsed<Vec<Command>> {
        let mut commands = Vec::with_capacity(1);
        loop {
            let mut command = self.command()?;
            let operator = self.peek()?;
            if operator == Kind::PipeAmpersand {
                command.redirects.push(Redirect {
                    descriptor: RedirectDescriptor::Number(2),
                    kind: RedirectKind::DuplicateOutput(Word::new("1")),
                    line: self.input.line,
                });
            }
            commands.push(command);
            if !matches!(operator, Kind::Pipe | Kind::PipeAmpersand) {
                return Ok(commands);
            }
            self.advance();
            self.skip_newlines()?;
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        self.deeper()?;
        let command = match self.peek()? {
            Kind::Function => self.function_command()?,
            Kind::Coprocess => self.coprocess()?,
            kind if kind.begins_compound_command() => self.compound_command()?,
            Kind::Word | Kind::Assignment | Kind::Number | Kind::RedirectVariable => {
                self.simple_command()?
            }
            kind if kind.is_redirection() => self.simple_command()?,
            _ => return Err(self.unexpected_next()),
        };
        self.depth -= 1;
        Ok(command)
    }

    /// A simple command, or a function's definition, which begins like one.
    fn simple_command(&mut self) -> Parsed<Command> {
        if self.peek()? == Kind::Word {
            let line = self.input.line;
            let name = self.take()?;
            if self.peek()? == Kind::LeftParen {
                return self.function_behind_name(name, line);
            }
            return self.simple_command_behind(Some(name));
        }
        self.simple_command_behind(None)
    }

    pub(super) fn simple_command_behind(&mut self, name: Option<Token>) -> Parsed<Command> {
        let mut line = self.input.line;
        let mut simple = Simple {
            assignments: Vec::new(),
            arguments: Vec::new(),
        };
        let mut redirects = Vec::new();
        match name {
            Some(name) => simple.arguments.push(argument(name)),
            None => self.state.redirected = true,
        }
        let mut first = simple.arguments.is_empty();
        loop {
            match self.peek()? {
                Kind::Word => simple.arguments.push(argument(self.take_element()?)),
                Kind::Assignment => {
                    let token = self.take_element()?;
                    match assignment::from_token(&token) {
                        Some(assignment) => simple.assignments.push(assignment),
                        None => simple.arguments.push(argument(token)),
                    }
                }
                _ => match self.redirect()? {
                    Some(redirect) => redirects.push(redirect),
                    None => break,
                },
            }
            if std::mem::take(&mut first) {
                if simple.arguments.len() == 1 {
                    self.peek()?;
                }
                line = self.input.line;
            }
        }
        self.state.redirected = false;
        Ok(Command {
            line,
            kind: CommandKind::Simple(simple),
            redirects,
        })
    }

    fn take_element(&mut self) -> Parsed<Token> {
        self.state.redirected = false;
        self.take()
    }

    /// `name () body`, from the parenthesis on.
    fn function_behind_name(&mut self, name: Token, line: u32) -> Parsed<Command> {
        self.advance();
        self.expect(Kind::RightParen)?;
        self.function(name, line)
    }

    /// `function name [()] body`.
    fn function_command(&mut self) -> Parsed<Command> {
        self.advance();
        let name = self.expect(Kind::Word)?;
        let line = self.input.line;
        if self.peek()? == Kind::LeftParen {
            self.advance();
            if self.peek()? != Kind::RightParen {
                let body = self.subshell()?;
                return self.function_with(name, line, body);
            }
            self.advance();
        }
        self.function(name, line)
    }

    fn function(&mut self, name: Token, line: u32) -> Parsed<Command> {
        self.skip_newlines()?;
        if !self.peek()?.begins_compound_command() {
            return Err(self.unexpected_next());
        }
        let body = self.compound_command()?;
        self.finish_function(name, line, body)
    }

    fn function_with(&mut self, name: Token, line: u32, body: CommandKind) -> Parsed<Command> {
        let redirects = self.redirects()?;
        let body = Command {
            line,
            kind: body,
            redirects,
        };
        self.finish_function(name, line, body)
    }

    fn finish_function(&mut self, name: Token, line: u32, body: Command) -> Parsed<Command> {
        Ok(Command {
            line,
            kind: CommandKind::Function(Rc::new(Function {
                name: name.text.unwrap_or_default(),
                body,
                source: Text::default(),
                line,
            })),
            redirects: Vec::new(),
        })
    }

    pub(super) fn redirects(&mut self) -> Parsed<Vec<Redirect>> {
        let mut redirects = Vec::new();
        while let Some(redirect) = self.redirect()? {
            redirects.push(redirect);
        }
        Ok(redirects)
    }

    fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let descriptor = match self.peek()? {
            Kind::Number => {
                let number = self.take()?.text.unwrap_or_default();
                RedirectDescriptor::Number(number.parse().unwrap_or_default())
            }
            Kind::RedirectVariable => {
                RedirectDescriptor::Variable(self.take()?.text.unwrap_or_default())
            }
            kind if kind.is_redirection() => RedirectDescriptor::Default,
            _ => return Ok(None),
        };
        let operator = self.peek()?;
        let own = matches!(descriptor, RedirectDescriptor::Default);
        let both = matches!(
            operator,
            Kind::AmpersandGreater | Kind::AmpersandGreaterGreater
        );
        if !operator.is_redirection() || both && !own {
            return Err(self.unexpected_next());
        }
        self.advance();
        let kind = self.redirect_target(operator)?;
        Ok(Some(Redirect {
            descriptor,
            kind,
            line: self.input.line,
        }))
    }

    fn redirect_target(&mut self, operator: Kind) -> Parsed<RedirectKind> {
        let duplicates = matches!(operator, Kind::LessAmpersand | Kind::GreaterAmpersand);
        let next = self.peek()?;
        if next != Kind::Word && !(duplicates && matches!(next, Kind::Number | Kind::Dash)) {
            return Err(self.unexpected_next());
        }
        let token = self.take()?;
        let text = token.text.unwrap_or_else(|| "-".into());
        let word = Word::new(text.clone());
        Ok(match operator {
            Kind::Less => RedirectKind::Read(word),
            Kind::Greater => RedirectKind::Write(word),
            Kind::GreaterPipe => RedirectKind::Clobber(word),
            Kind::GreaterGreater => RedirectKind::Append(word),
            Kind::LessGreater => RedirectKind::ReadWrite(word),
            Kind::LessAmpersand => RedirectKind::DuplicateInput(word),
            Kind::GreaterAmpersand => RedirectKind::DuplicateOutput(word),
            Kind::LessLessLess => RedirectKind::HereString(word),
            Kind::LessLess => RedirectKind::HereDocument(self.announce_document(&text, false)),
            Kind::LessLessDash => RedirectKind::HereDocument(self.announce_document(&text, true)),
            _ => RedirectKind::OutputAndError {
                word,
                append: operator == Kind::AmpersandGreaterGreater,
            },
        })
    }

    pub(super) fn peek(&mut self) -> Parsed<Kind> {
        if let Some(token) = &self.state.token {
            return Ok(token.kind);
        }
        let token = self.read_token()?;
        self.state.before = std::mem::replace(&mut self.state.last, token.kind);
        let kind = token.kind;
        self.state.token = Some(token);
        Ok(kind)
    }

    pub(super) fn take(&mut self) -> Parsed<Token> {
        self.peek()?;
        Ok(self
            .state
            .token
            .take()
            .unwrap_or_else(|| Token::plain(Kind::End)))
    }

    /// Past the token that was looked at.
    pub(super) fn advance(&mut self) {
        self.state.token = None;
    }

    pub(super) fn expect(&mut self, kind: Kind) -> Parsed<Token> {
        if self.peek()? != kind {
            return Err(self.unexpected_next());
        }
        self.take()
    }

    pub(super) fn skip_newlines(&mut self) -> Parsed {
        while self.peek()? == Kind::Newline {
            self.advance();
        }
        Ok(())
    }

    /// One level deeper, or an error when that is too deep. Whoever returns an error need not count back.
    pub(super) fn deeper(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            let message = format!("syntax error: nested more than {DEEPEST} levels deep");
            return Err(SyntaxError::new(self.input.line, message));
        }
        Ok(())
    }

    pub(super) fn unexpected_next(&mut self) -> Box<SyntaxError> {
        match self.take() {
            Ok(token) => self.unexpected(&token),
            Err(error) => error,
        }
    }

    pub(super) fn unexpected(&mut self, token: &Token) -> Box<SyntaxError> {
        let line = self.input.line;
        if token.kind == Kind::End {
            return match self.state.nested {
                true => SyntaxError::unmatched(line, b')'),
                false => SyntaxError::new(line, "syntax error: unexpected end of file".to_owned()),
            };
        }
        let Some(shown) = token.shown() else {
            return self.unexpected_text(self.input.position);
        };
        let shown = if shown.contains(char::is_control) {
            crate::expand::quote::single(shown)
        } else {
            shown.to_owned()
        };
        self.with_line(format!("syntax error near unexpected token `{shown}'"))
    }

    /// An error at a place in the text rather than at a token.
    pub(super) fn unexpected_text(&mut self, at: usize) -> Box<SyntaxError> {
        let text = self.input.text.get(at..).unwrap_or_default();
        let word = text.split_whitespace().next().unwrap_or_default();
        self.with_line(format!("syntax error near `{word}'"))
    }

    fn with_line(&mut self, message: String) -> Box<SyntaxError> {
        let mut error = SyntaxError::new(self.input.line, message);
        error
            .messages
            .push(format!("`{}'", self.input.current_line()));
        error
    }
}

fn argument(token: Token) -> Argument {
    let assignment = assignment::from_token(&token);
    let word = Word::new(token.text.unwrap_or_default());
    match assignment {
        Some(assignment) => Argument::Assignment(assignment, word),
        None => Argument::Word(word),
    }
}
