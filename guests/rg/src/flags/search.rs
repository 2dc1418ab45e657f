//! How patterns are matched.

use super::flag::{Flag, memory_size, number};
use crate::options::{Binary, Boundary, Case, Engine, TextEncoding};
use grep_searcher::Encoding;

pub const FLAGS: &[Flag] = &[
    Flag::switch(
        "case-sensitive",
        "Tell upper from lower case (the default).",
        |o, _| o.case = Case::Sensitive,
    )
    .letter('s'),
    Flag::switch("crlf", "Let lines end in CRLF too.", |o, yes| {
        o.crlf = yes;
        o.null_data &= !yes;
    })
    .not("no-crlf"),
    Flag::value(
        "dfa-size-limit",
        "NUM",
        "How big an automaton may become.",
        |o, value| {
            o.dfa_size_limit = Some(memory_size(value)?);
            Ok(())
        },
    ),
    Flag::value(
        "encoding",
        "ENCODING",
        "The encoding of the files.",
        |o, value| {
            o.encoding = match value {
                "auto" => TextEncoding::Auto,
                "none" => TextEncoding::None,
                name => {
                    TextEncoding::Named(Encoding::new(name).map_err(|error| error.to_string())?)
                }
            };
            Ok(())
        },
    )
    .letter('E')
    .unset("no-encoding", |o| o.encoding = TextEncoding::Auto),
    Flag::value("engine", "ENGINE", "default, pcre2 or auto.", |o, value| {
        o.engine = match value {
            "default" => Engine::Default,
            "pcre2" => Engine::Perl,
            "auto" => Engine::Auto,
            other => return Err(format!("unrecognized regex engine '{other}'")),
        };
        Ok(())
    }),
    Flag::switch(
        "fixed-strings",
        "Patterns are texts, not expressions.",
        |o, yes| o.fixed_strings = yes,
    )
    .letter('F')
    .not("no-fixed-strings"),
    Flag::switch(
        "ignore-case",
        "Upper and lower case are the same.",
        |o, _| o.case = Case::Insensitive,
    )
    .letter('i'),
    Flag::switch("invert-match", "Show lines that do not match.", |o, yes| {
        o.invert_match = yes
    })
    .letter('v')
    .not("no-invert-match"),
    Flag::switch("line-regexp", "A match is a whole line.", |o, _| {
        o.boundary = Some(Boundary::Line)
    })
    .letter('x'),
    Flag::value(
        "max-count",
        "NUM",
        "Stop after so many lines of a file.",
        |o, value| {
            o.max_count = Some(number(value)?);
            Ok(())
        },
    )
    .letter('m'),
    Flag::switch(
        "mmap",
        "Search files that are named as one piece.",
        |o, yes| o.mmap = Some(yes),
    )
    .not("no-mmap"),
    Flag::switch(
        "multiline",
        "Let a match go over several lines.",
        |o, yes| {
            o.multiline = yes;
            o.stop_on_nonmatch &= !yes;
        },
    )
    .letter('U')
    .not("no-multiline"),
    Flag::switch(
        "multiline-dotall",
        "With -U let '.' match the end of a line.",
        |o, yes| o.multiline_dotall = yes,
    )
    .not("no-multiline-dotall"),
    Flag::switch(
        "no-unicode",
        "Letters and classes are those of ASCII.",
        |o, yes| o.no_unicode = yes,
    )
    .not("unicode"),
    Flag::switch("null-data", "Lines end in a zero byte.", |o, _| {
        o.crlf = false;
        o.null_data = true;
    }),
    Flag::switch(
        "pcre2",
        "Match as Perl does, with look-around and back-references.",
        |o, yes| {
            o.engine = if yes { Engine::Perl } else { Engine::Default };
        },
    )
    .letter('P')
    .not("no-pcre2"),
    Flag::value(
        "regex-size-limit",
        "NUM",
        "How big a compiled pattern may become.",
        |o, value| {
            o.regex_size_limit = Some(memory_size(value)?);
            Ok(())
        },
    ),
    Flag::switch(
        "smart-case",
        "Ignore case when patterns have no capitals.",
        |o, _| o.case = Case::Smart,
    )
    .letter('S'),
    Flag::switch(
        "stop-on-nonmatch",
        "Stop at the first line that does not match after one that does.",
        |o, _| {
            o.stop_on_nonmatch = true;
            o.multiline = false;
        },
    ),
    Flag::switch(
        "text",
        "Search binary files as if they were text.",
        |o, yes| {
            o.binary = if yes { Binary::Text } else { Binary::Auto };
        },
    )
    .letter('a')
    .not("no-text"),
    Flag::value("threads", "NUM", "Read, but there is one.", |o, value| {
        o.threads = Some(number(value)?).filter(|threads| *threads != 0);
        Ok(())
    })
    .letter('j'),
    Flag::switch("word-regexp", "A match is whole words.", |o, _| {
        o.boundary = Some(Boundary::Word)
    })
    .letter('w'),
    Flag::switch("auto-hybrid-regex", "As --engine=auto.", |o, yes| {
        o.engine = if yes { Engine::Auto } else { Engine::Default };
    })
    .not("no-auto-hybrid-regex"),
    Flag::switch("no-pcre2-unicode", "As --no-unicode.", |o, yes| {
        o.no_unicode = yes
    })
    .not("pcre2-unicode"),
];
