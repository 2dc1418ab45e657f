//! What a script is made of between the blanks.

use super::ast::ArrayElement;
use crate::text::Text;

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    /// What a word, a number or an arithmetic expression says, without the escaped newlines.
    pub text: Option<Text>,
    /// The elements of `name=(…)`.
    pub elements: Option<Vec<ArrayElement>>,
}

impl Token {
    pub fn plain(kind: Kind) -> Token {
        Token {
            kind,
            text: None,
            elements: None,
        }
    }

    /// How a message names it.
    pub fn shown(&self) -> Option<&str> {
        match self.kind {
            Kind::RedirectVariable | Kind::ConditionCommand => None,
            _ => self.text.as_deref().or(Some(self.kind.spelled())),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Before everything.
    Start,
    End,
    Newline,
    Semicolon,
    Ampersand,
    AndAnd,
    Pipe,
    OrOr,
    PipeAmpersand,
    LeftParen,
    RightParen,
    SemicolonSemicolon,
    SemicolonAmpersand,
    SemicolonSemicolonAmpersand,
    Less,
    Greater,
    LessLess,
    LessLessDash,
    LessLessLess,
    GreaterGreater,
    LessAmpersand,
    GreaterAmpersand,
    LessGreater,
    GreaterPipe,
    AmpersandGreater,
    AmpersandGreaterGreater,
    Dash,
    Word,
    /// A word that is an assignment where one may stand.
    Assignment,
    /// Digits in front of a redirection.
    Number,
    /// `{name}` in front of a redirection; the text is the name.
    RedirectVariable,
    /// `(( … ))`.
    ArithmeticCommand,
    /// `(( … ))` behind `for`.
    ArithmeticFor,
    /// What stands between `[[` and `]]`.
    ConditionCommand,
    If,
    Then,
    Else,
    Elif,
    Fi,
    Case,
    Esac,
    For,
    Select,
    While,
    Until,
    Do,
    Done,
    In,
    Function,
    Time,
    TimePosix,
    TimeIgnored,
    Bang,
    LeftBrace,
    RightBrace,
    ConditionStart,
    ConditionEnd,
    Coprocess,
}

impl Kind {
    /// The reserved word a text is, wherever one may stand.
    pub fn reserved(text: &str) -> Option<Kind> {
        Some(match text {
            "if" => Kind::If,
            "then" => Kind::Then,
            "else" => Kind::Else,
            "elif" => Kind::Elif,
            "fi" => Kind::Fi,
            "case" => Kind::Case,
            "esac" => Kind::Esac,
            "for" => Kind::For,
            "select" => Kind::Select,
            "while" => Kind::While,
            "until" => Kind::Until,
            "do" => Kind::Do,
            "done" => Kind::Done,
            "in" => Kind::In,
            "function" => Kind::Function,
            "time" => Kind::Time,
            "{" => Kind::LeftBrace,
            "}" => Kind::RightBrace,
            "!" => Kind::Bang,
            "[[" => Kind::ConditionStart,
            "]]" => Kind::ConditionEnd,
            "coproc" => Kind::Coprocess,
            _ => return None,
        })
    }

    /// Whether a reserved word may follow.
    pub fn precedes_reserved_word(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Start
                | Newline
                | Semicolon
                | LeftParen
                | RightParen
                | Pipe
                | Ampersand
                | LeftBrace
                | RightBrace
                | AndAnd
                | ArithmeticCommand
                | Bang
                | PipeAmpersand
                | Do
                | Done
                | Elif
                | Else
                | Esac
                | Fi
                | If
                | OrOr
                | SemicolonSemicolon
                | SemicolonAmpersand
                | SemicolonSemicolonAmpersand
                | Then
                | Time
                | TimePosix
                | TimeIgnored
                | Coprocess
                | Until
                | While
        )
    }

    /// Whether `time` may follow as a reserved word.
    pub fn precedes_time(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Start
                | Newline
                | Semicolon
                | AndAnd
                | OrOr
                | Ampersand
                | While
                | Do
                | Until
                | If
                | Then
                | Elif
                | Else
                | LeftBrace
                | LeftParen
                | RightParen
                | Bang
                | Time
                | TimePosix
                | TimeIgnored
        )
    }

    pub fn is_redirection(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Less | Greater
                | LessLess
                | LessLessDash
                | LessLessLess
                | GreaterGreater
                | LessAmpersand
                | GreaterAmpersand
                | LessGreater
                | GreaterPipe
                | AmpersandGreater
                | AmpersandGreaterGreater
        )
    }

    /// Whether a pipeline can begin with it.
    pub fn begins_command(self) -> bool {
        use Kind::*;
        self.is_redirection()
            || matches!(self, Bang | Time | Word | Assignment | Number)
            || matches!(self, RedirectVariable | Function | Coprocess)
            || self.begins_compound_command()
    }

    pub fn begins_compound_command(self) -> bool {
        use Kind::*;
        matches!(
            self,
            LeftParen
                | LeftBrace
                | If
                | Case
                | For
                | Select
                | While
                | Until
                | ArithmeticCommand
                | ConditionStart
        )
    }

    pub fn spelled(self) -> &'static str {
        use Kind::*;
        match self {
            Start | Word | Assignment | Number => "",
            RedirectVariable | ArithmeticCommand | ArithmeticFor | ConditionCommand => "",
            End => "EOF",
            Newline => "newline",
            Semicolon => ";",
            Ampersand => "&",
            AndAnd => "&&",
            Pipe => "|",
            OrOr => "||",
            PipeAmpersand => "|&",
            LeftParen => "(",
            RightParen => ")",
            SemicolonSemicolon => ";;",
            SemicolonAmpersand => ";&",
            SemicolonSemicolonAmpersand => ";;&",
            Less => "<",
            Greater => ">",
            LessLess => "<<",
            LessLessDash => "<<-",
            LessLessLess => "<<<",
            GreaterGreater => ">>",
            LessAmpersand => "<&",
            GreaterAmpersand => ">&",
            LessGreater => "<>",
            GreaterPipe => ">|",
            AmpersandGreater => "&>",
            AmpersandGreaterGreater => "&>>",
            Dash => "-",
            If => "if",
            Then => "then",
            Else => "else",
            Elif => "elif",
            Fi => "fi",
            Case => "case",
            Esac => "esac",
            For => "for",
            Select => "select",
            While => "while",
            Until => "until",
            Do => "do",
            Done => "done",
            In => "in",
            Function => "function",
            Time => "time",
            TimePosix => "-p",
            TimeIgnored => "--",
            Bang => "!",
            LeftBrace => "{",
            RightBrace => "}",
            ConditionStart => "[[",
            ConditionEnd => "]]",
            Coprocess => "coproc",
        }
    }
}
