//! What the command line says, flag by flag, before anything follows from it.

use grep_printer::UserColorSpec;
use grep_searcher::Encoding;
use std::path::PathBuf;

#[derive(Default)]
pub struct Options {
    pub mode: Mode,
    pub positional: Vec<PathBuf>,
    pub patterns: Vec<PatternSource>,
    pub binary: Binary,
    pub boundary: Option<Boundary>,
    pub buffering: Buffering,
    pub byte_offset: bool,
    pub case: Case,
    pub color: Color,
    pub colors: Vec<UserColorSpec>,
    pub column: Option<bool>,
    pub context: Context,
    pub context_separator: ContextSeparator,
    pub crlf: bool,
    pub dfa_size_limit: Option<usize>,
    pub encoding: TextEncoding,
    pub engine: Engine,
    pub field_context_separator: Option<Vec<u8>>,
    pub field_match_separator: Option<Vec<u8>>,
    pub fixed_strings: bool,
    pub follow: bool,
    pub glob_case_insensitive: bool,
    pub globs: Vec<String>,
    pub heading: Option<bool>,
    pub hidden: bool,
    pub iglobs: Vec<String>,
    pub ignore_file: Vec<PathBuf>,
    pub ignore_file_case_insensitive: bool,
    pub include_zero: bool,
    pub invert_match: bool,
    pub line_number: Option<bool>,
    pub max_columns: Option<u64>,
    pub max_columns_preview: bool,
    pub max_count: Option<u64>,
    pub max_depth: Option<usize>,
    pub max_filesize: Option<u64>,
    /// Whether files that are named are searched as one piece, which is what memory maps change to be seen.
    pub mmap: Option<bool>,
    pub multiline: bool,
    pub multiline_dotall: bool,
    pub no_config: bool,
    pub no_ignore_dot: bool,
    pub no_ignore_exclude: bool,
    pub no_ignore_files: bool,
    pub no_ignore_global: bool,
    pub no_ignore_messages: bool,
    pub no_ignore_parent: bool,
    pub no_ignore_vcs: bool,
    pub no_messages: bool,
    pub no_require_git: bool,
    pub no_unicode: bool,
    pub null: bool,
    pub null_data: bool,
    pub only_matching: bool,
    pub path_separator: Option<u8>,
    pub quiet: bool,
    pub regex_size_limit: Option<usize>,
    pub replace: Option<Vec<u8>>,
    pub sort: Option<Sort>,
    pub stats: bool,
    pub stop_on_nonmatch: bool,
    pub threads: Option<usize>,
    pub trim: bool,
    pub type_changes: Vec<TypeChange>,
    pub unrestricted: usize,
    pub vimgrep: bool,
    pub with_filename: Option<bool>,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub enum Mode {
    #[default]
    Standard,
    FilesWithMatches,
    FilesWithoutMatch,
    Count,
    CountMatches,
    Json,
    Files,
    Types,
}

impl Mode {
    pub fn searches(self) -> bool {
        !matches!(self, Self::Files | Self::Types)
    }
}

pub enum PatternSource {
    Pattern(String),
    File(PathBuf),
}

#[derive(Clone, Copy, Default, PartialEq)]
pub enum Binary {
    #[default]
    Auto,
    Search,
    Text,
}

#[derive(Clone, Copy)]
pub enum Boundary {
    Line,
    Word,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub enum Buffering {
    #[default]
    Block,
    Line,
}

#[derive(Clone, Copy, Default)]
pub enum Case {
    #[default]
    Sensitive,
    Insensitive,
    Smart,
}

#[derive(Clone, Copy, Default)]
pub enum Color {
    Never,
    #[default]
    Auto,
    Always,
    Ansi,
}

/// Lines around matches. `-A` and `-B` go before `-C`, wherever they stand.
#[derive(Clone, Copy, Default)]
pub struct Context {
    pub everything: bool,
    before: Option<usize>,
    after: Option<usize>,
    both: Option<usize>,
}

impl Context {
    /// Before and after.
    pub fn lines(&self) -> (usize, usize) {
        let both = self.both.unwrap_or(0);
        (self.before.unwrap_or(both), self.after.unwrap_or(both))
    }

    pub fn set_before(&mut self, lines: usize) {
        self.limited().before = Some(lines);
    }

    pub fn set_after(&mut self, lines: usize) {
        self.limited().after = Some(lines);
    }

    pub fn set_both(&mut self, lines: usize) {
        self.limited().both = Some(lines);
    }

    pub fn set_everything(&mut self) {
        *self = Self {
            everything: true,
            ..Self::default()
        };
    }

    fn limited(&mut self) -> &mut Self {
        self.everything = false;
        self
    }
}

#[derive(Default)]
pub enum ContextSeparator {
    #[default]
    Dashes,
    None,
    Text(Vec<u8>),
}

impl ContextSeparator {
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Dashes => Some(b"--".to_vec()),
            Self::None => None,
            Self::Text(text) => Some(text.clone()),
        }
    }
}

#[derive(Default)]
pub enum TextEncoding {
    /// What a byte order mark says.
    #[default]
    Auto,
    Named(Encoding),
    None,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub enum Engine {
    #[default]
    Default,
    /// Perl's where the default one refuses.
    Auto,
    Perl,
}

#[derive(Clone, Copy, PartialEq)]
pub struct Sort {
    pub reverse: bool,
    pub key: SortKey,
}

#[derive(Clone, Copy, PartialEq)]
pub enum SortKey {
    Path,
    Modified,
    Accessed,
    Created,
}

pub enum TypeChange {
    Clear(String),
    Add(String),
    Select(String),
    Negate(String),
}
