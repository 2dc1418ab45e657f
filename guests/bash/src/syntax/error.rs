//! Why a text is no script.

/// A text that is no script: bash's words, without the shell's name and the line in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub line: u32,
    /// One message a line of output: "syntax error near unexpected token `)'", then "`the line'" …
    pub messages: Vec<String>,
    pub aftermath: Aftermath,
}

/// What bash does after the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// Nothing more of the text is run; the status is 2.
    Ends,
    /// The same, but `$?` stays what it was, except that `eval` and `source` answer 2: an error inside `[[ ]]`.
    KeepsStatus,
    /// The status is 1, and the next line is read: an error inside `name=( )`.
    NextLine,
    /// The whole shell ends, with 2 for a script and with 127 for `-c`, `eval` and `source`: an error inside `$( )`.
    LeavesShell,
}

/// Something worth a warning: `bash: line 2: warning: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub line: u32,
    pub message: String,
}

/// What the parser's own functions answer. Boxed, because nearly all answers are good ones.
pub(super) type Parsed<T = ()> = Result<T, Box<SyntaxError>>;

impl SyntaxError {
    pub(super) fn new(line: u32, message: String) -> Box<SyntaxError> {
        Box::new(SyntaxError {
            line,
            messages: vec![message],
            aftermath: Aftermath::Ends,
        })
    }

    /// An error that bash is silent about.
    pub(super) fn silent(line: u32) -> Box<SyntaxError> {
        Box::new(SyntaxError {
            line,
            messages: Vec::new(),
            aftermath: Aftermath::KeepsStatus,
        })
    }

    pub(super) fn unmatched(line: u32, close: u8) -> Box<SyntaxError> {
        SyntaxError::new(
            line,
            format!(
                "unexpected EOF while looking for matching `{}'",
                char::from(close)
            ),
        )
    }

    pub(super) fn then(mut self: Box<Self>, aftermath: Aftermath) -> Box<SyntaxError> {
        self.aftermath = aftermath;
        self
    }
}
