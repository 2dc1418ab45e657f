//! What finds matches: ripgrep's own engine, or Perl's expressions.

use crate::options::{Boundary, Case, Engine, Options};
use crate::perl::{self, Perl};
use grep_matcher::{ByteSet, LineMatchKind, LineTerminator, Match};
use grep_regex::{RegexCaptures, RegexMatcher, RegexMatcherBuilder};

// One of them in a run, so that the room the larger takes does no harm.
#[allow(clippy::large_enum_variant)]
pub enum Matcher {
    Rust(RegexMatcher),
    Perl(Perl),
}

pub enum Captures {
    Rust(RegexCaptures),
    Perl(perl::Captures),
}

/// The matcher that the options ask for. `as_text`: zero bytes are as other bytes.
pub fn build(options: &Options, patterns: &[String], as_text: bool) -> Result<Matcher, String> {
    let rust = || rust(options, patterns, as_text).map(Matcher::Rust);
    let perl = || Perl::new(options, patterns).map(Matcher::Perl);
    match options.engine {
        Engine::Default => rust().map_err(suggest_perl),
        Engine::Perl => perl(),
        Engine::Auto => rust().or_else(|rust_error| {
            perl().map_err(|perl_error| both_refuse(&rust_error, &perl_error))
        }),
    }
}

fn rust(options: &Options, patterns: &[String], as_text: bool) -> Result<RegexMatcher, String> {
    let mut builder = RegexMatcherBuilder::new();
    builder
        .multi_line(true)
        .unicode(!options.no_unicode)
        .octal(false)
        .fixed_strings(options.fixed_strings)
        .case_insensitive(matches!(options.case, Case::Insensitive))
        .case_smart(matches!(options.case, Case::Smart))
        .whole_line(matches!(options.boundary, Some(Boundary::Line)))
        .word(matches!(options.boundary, Some(Boundary::Word)))
        .crlf(options.crlf);
    if options.multiline {
        builder
            .dot_matches_new_line(options.multiline_dotall)
            .line_terminator(None);
    } else if options.null_data {
        builder.line_terminator(Some(0));
    } else if !options.crlf {
        builder.line_terminator(Some(b'\n'));
    }
    if let Some(limit) = options.regex_size_limit {
        builder.size_limit(limit);
    }
    if let Some(limit) = options.dfa_size_limit {
        builder.dfa_size_limit(limit);
    }
    if !as_text {
        builder.ban_byte(Some(0));
    }
    let built = builder.build_many(patterns);
    built.map_err(|error| suggest_options(error.to_string()))
}

fn suggest_options(message: String) -> String {
    if message.contains("the literal") && message.contains("not allowed") {
        return message
            + "\n\nConsider enabling multiline mode with the --multiline flag (or -U for short).\n\
               When multiline mode is enabled, new line characters can be matched.";
    }
    if message.contains("pattern contains \"\\0\"") {
        return message
            + "\n\nConsider enabling text mode with the --text flag (or -a for short). Otherwise,\n\
               binary detection is enabled and matching a NUL byte is impossible.";
    }
    message
}

fn suggest_perl(message: String) -> String {
    if !message.contains("backreferences") && !message.contains("look-around") {
        return message;
    }
    message
        + "\n\nConsider enabling PCRE2 with the --pcre2 flag, which can handle backreferences\n\
           and look-around."
}

fn both_refuse(rust: &str, perl: &str) -> String {
    let line = "~".repeat(79);
    format!(
        "regex could not be compiled with either the default regex engine or with PCRE2.\n\n\
         default regex engine error:\n{line}\n{rust}\n{line}\n\n\
         PCRE2 regex engine error:\n{perl}"
    )
}

impl grep_matcher::Captures for Captures {
    fn len(&self) -> usize {
        match self {
            Self::Rust(captures) => captures.len(),
            Self::Perl(captures) => captures.len(),
        }
    }

    fn get(&self, group: usize) -> Option<Match> {
        match self {
            Self::Rust(captures) => captures.get(group),
            Self::Perl(captures) => captures.get(group).copied().flatten(),
        }
    }
}

/// The engine's own error never comes up.
fn never<T>(result: Result<T, grep_matcher::NoError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

impl grep_matcher::Matcher for Matcher {
    type Captures = Captures;
    type Error = String;

    #[inline]
    fn find_at(&self, haystack: &[u8], at: usize) -> Result<Option<Match>, String> {
        match self {
            Self::Rust(matcher) => never(matcher.find_at(haystack, at)),
            Self::Perl(perl) => perl.find(haystack, at),
        }
    }

    fn new_captures(&self) -> Result<Captures, String> {
        match self {
            Self::Rust(matcher) => never(matcher.new_captures()).map(Captures::Rust),
            Self::Perl(_) => Ok(Captures::Perl(Vec::new())),
        }
    }

    fn capture_count(&self) -> usize {
        match self {
            Self::Rust(matcher) => matcher.capture_count(),
            Self::Perl(perl) => perl.groups(),
        }
    }

    fn capture_index(&self, name: &str) -> Option<usize> {
        match self {
            Self::Rust(matcher) => matcher.capture_index(name),
            Self::Perl(perl) => perl.group(name),
        }
    }

    fn captures_at(
        &self,
        haystack: &[u8],
        at: usize,
        captures: &mut Captures,
    ) -> Result<bool, String> {
        match (self, captures) {
            (Self::Rust(matcher), Captures::Rust(captures)) => {
                never(matcher.captures_at(haystack, at, captures))
            }
            (Self::Perl(perl), Captures::Perl(captures)) => perl.captures(haystack, at, captures),
            _ => Ok(false),
        }
    }

    #[inline]
    fn shortest_match_at(&self, haystack: &[u8], at: usize) -> Result<Option<usize>, String> {
        match self {
            Self::Rust(matcher) => never(matcher.shortest_match_at(haystack, at)),
            Self::Perl(perl) => Ok(perl.find(haystack, at)?.map(|found| found.end())),
        }
    }

    fn non_matching_bytes(&self) -> Option<&ByteSet> {
        match self {
            Self::Rust(matcher) => matcher.non_matching_bytes(),
            Self::Perl(_) => None,
        }
    }

    fn line_terminator(&self) -> Option<LineTerminator> {
        match self {
            Self::Rust(matcher) => matcher.line_terminator(),
            Self::Perl(_) => None,
        }
    }

    #[inline]
    fn find_candidate_line(&self, haystack: &[u8]) -> Result<Option<LineMatchKind>, String> {
        match self {
            Self::Rust(matcher) => never(matcher.find_candidate_line(haystack)),
            Self::Perl(perl) => Ok(perl
                .find(haystack, 0)?
                .map(|found| LineMatchKind::Confirmed(found.end()))),
        }
    }
}
