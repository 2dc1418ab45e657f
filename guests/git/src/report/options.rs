//! What the options of `diff` and of all that shows differences say.

use crate::changes::{Detection, SCORE_MAX};
use crate::diff::{Comparison, Context};

/// What is shown; several at once where git allows it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Formats {
    pub patch: bool,
    pub raw: bool,
    pub stat: bool,
    pub numstat: bool,
    pub shortstat: bool,
    pub name_only: bool,
    pub name_status: bool,
    pub summary: bool,
    pub check: bool,
    /// `-s`
    pub nothing: bool,
}

impl Formats {
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

/// `--word-diff`
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum WordDiff {
    Plain,
    Porcelain,
    Color,
}

/// What text is wrapped in.
#[derive(Clone, Copy)]
pub struct Colors {
    pub meta: &'static str,
    pub hunk: &'static str,
    pub old: &'static str,
    pub new: &'static str,
    pub space: &'static str,
    pub commit: &'static str,
    pub reset: &'static str,
}

impl Colors {
    pub const NONE: Self = Self {
        meta: "",
        hunk: "",
        old: "",
        new: "",
        space: "",
        commit: "",
        reset: "",
    };
    pub const ALWAYS: Self = Self {
        meta: "\x1b[1m",
        hunk: "\x1b[36m",
        old: "\x1b[31m",
        new: "\x1b[32m",
        space: "\x1b[41m",
        commit: "\x1b[33m",
        reset: "\x1b[m",
    };

    pub fn on(&self) -> bool {
        !self.reset.is_empty()
    }
}

/// `-S` or `-G`
#[derive(Clone)]
pub enum Pickaxe {
    Count(String),
    CountPattern(String),
    Grep(String),
}

/// All of them.
#[derive(Clone)]
pub struct Options {
    pub formats: Formats,
    pub context: Context,
    pub comparison: Comparison,
    pub renames: Option<Detection>,
    /// Whether options chose about renames; else `diff.renames` does.
    pub renames_said: bool,
    pub copies_harder: bool,
    pub abbreviation: Option<usize>,
    pub full_index: bool,
    pub binary: bool,
    pub text: bool,
    pub old_prefix: String,
    pub new_prefix: String,
    pub relative: Option<Vec<u8>>,
    pub reverse: bool,
    pub exit_code: bool,
    pub quiet: bool,
    pub nul: bool,
    pub statuses: Option<String>,
    pub pickaxe: Option<Pickaxe>,
    pub pickaxe_all: bool,
    pub words: Option<WordDiff>,
    pub word_pattern: Option<String>,
    pub colors: Colors,
    pub stat_width: Option<usize>,
    pub stat_name_width: Option<usize>,
    pub stat_graph_width: Option<usize>,
    pub stat_count: Option<usize>,
    pub compact_summary: bool,
    pub no_index: bool,
    pub signs: [u8; 3],
    pub irreversible_delete: bool,
    /// Whether bytes above 0x7f are quoted in names (`core.quotePath`).
    pub quote_path: bool,
    /// `diff.mnemonicPrefix`
    pub mnemonic: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            formats: Formats::default(),
            context: Context::default(),
            comparison: Comparison::default(),
            renames: Some(Detection::default()),
            renames_said: false,
            copies_harder: false,
            abbreviation: None,
            full_index: false,
            binary: false,
            text: false,
            old_prefix: "a/".to_owned(),
            new_prefix: "b/".to_owned(),
            relative: None,
            reverse: false,
            exit_code: false,
            quiet: false,
            nul: false,
            statuses: None,
            pickaxe: None,
            pickaxe_all: false,
            words: None,
            word_pattern: None,
            colors: Colors::NONE,
            stat_width: None,
            stat_name_width: None,
            stat_graph_width: None,
            stat_count: None,
            compact_summary: false,
            no_index: false,
            signs: *b"+- ",
            irreversible_delete: false,
            quote_path: true,
            mnemonic: false,
        }
    }
}

impl Options {
    /// The prefixes of both sides; `-R` shows them the other way round.
    pub fn prefixes(&self) -> (&str, &str) {
        match self.reverse {
            true => (&self.new_prefix, &self.old_prefix),
            false => (&self.old_prefix, &self.new_prefix),
        }
    }

    /// A path as it is shown: without the folder of `--relative`.
    pub fn shown<'a>(&self, path: &'a [u8]) -> &'a [u8] {
        self.relative
            .as_deref()
            .and_then(|prefix| path.strip_prefix(prefix))
            .unwrap_or(path)
    }

    /// What `-M` and `-C` say: `50%`, `5` (tenths), nothing for half.
    pub fn score(text: &str) -> Option<u32> {
        let (mut number, mut scale) = (0u64, 1u64);
        let (mut dot, mut rest) = (false, text.as_bytes());
        while let Some((&byte, behind)) = rest.split_first() {
            match byte {
                b'0'..=b'9' => {
                    if scale < 100_000 {
                        scale *= 10;
                        number = number * 10 + u64::from(byte - b'0');
                    }
                }
                b'.' if !dot => {
                    scale = 1;
                    dot = true;
                    number = if number > 0 { number } else { 0 };
                }
                b'%' => {
                    scale = if dot { scale * 100 } else { 100 };
                    rest = behind;
                    break;
                }
                _ => break,
            }
            rest = behind;
        }
        if !rest.is_empty() {
            return None;
        }
        Some(if number >= scale {
            SCORE_MAX
        } else {
            (u64::from(SCORE_MAX) * number / scale) as u32
        })
    }
}
