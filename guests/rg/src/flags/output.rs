//! How matches are shown.

use super::flag::{Flag, escaped, number};
use crate::options::{Buffering, Color, ContextSeparator, Options, Sort, SortKey};

pub const FLAGS: &[Flag] = &[
    Flag::value(
        "after-context",
        "NUM",
        "Show so many lines after each match.",
        |o, value| {
            o.context.set_after(number(value)?);
            Ok(())
        },
    )
    .letter('A'),
    Flag::value(
        "before-context",
        "NUM",
        "Show so many lines before each match.",
        |o, value| {
            o.context.set_before(number(value)?);
            Ok(())
        },
    )
    .letter('B'),
    Flag::switch(
        "block-buffered",
        "Write in big pieces (the default).",
        |o, _| o.buffering = Buffering::Block,
    )
    .not("no-block-buffered"),
    Flag::switch(
        "byte-offset",
        "Show where in the file each line or match is.",
        |o, yes| o.byte_offset = yes,
    )
    .letter('b')
    .not("no-byte-offset"),
    Flag::value(
        "color",
        "WHEN",
        "never, auto, always or ansi.",
        |o, value| {
            o.color = match value {
                "never" => Color::Never,
                "auto" => Color::Auto,
                "always" => Color::Always,
                "ansi" => Color::Ansi,
                other => return Err(format!("choice '{other}' is unrecognized")),
            };
            Ok(())
        },
    ),
    Flag::value(
        "colors",
        "COLOR_SPEC",
        "Colours and styles, as 'match:fg:red'.",
        |o, value| {
            let color = value.parse().map_err(|error| format!("{error}"))?;
            o.colors.push(color);
            Ok(())
        },
    ),
    Flag::switch("column", "Show the column of the first match.", |o, yes| {
        o.column = Some(yes)
    })
    .not("no-column"),
    Flag::value(
        "context",
        "NUM",
        "Show so many lines before and after each match.",
        |o, value| {
            o.context.set_both(number(value)?);
            Ok(())
        },
    )
    .letter('C'),
    Flag::value(
        "context-separator",
        "SEPARATOR",
        "What stands between groups of lines.",
        |o, value| {
            o.context_separator = ContextSeparator::Text(escaped(value));
            Ok(())
        },
    )
    .unset("no-context-separator", |o| {
        o.context_separator = ContextSeparator::None
    }),
    Flag::value(
        "field-context-separator",
        "SEPARATOR",
        "What stands between fields of context.",
        |o, value| {
            o.field_context_separator = Some(escaped(value));
            Ok(())
        },
    ),
    Flag::value(
        "field-match-separator",
        "SEPARATOR",
        "What stands between fields of matches.",
        |o, value| {
            o.field_match_separator = Some(escaped(value));
            Ok(())
        },
    ),
    Flag::switch(
        "heading",
        "Show the matches of a file below its name.",
        |o, yes| o.heading = Some(yes),
    )
    .not("no-heading"),
    Flag::switch(
        "include-zero",
        "With -c, name files without matches.",
        |o, yes| o.include_zero = yes,
    )
    .not("no-include-zero"),
    Flag::switch("line-buffered", "Write every line at once.", |o, yes| {
        o.buffering = if yes {
            Buffering::Line
        } else {
            Buffering::Block
        };
    })
    .not("no-line-buffered"),
    Flag::switch("line-number", "Show line numbers.", |o, _| {
        o.line_number = Some(true)
    })
    .letter('n'),
    Flag::switch("no-line-number", "Show no line numbers.", |o, _| {
        o.line_number = Some(false)
    })
    .letter('N'),
    Flag::value(
        "max-columns",
        "NUM",
        "Leave out lines that are longer.",
        |o, value| {
            o.max_columns = Some(number(value)?).filter(|columns| *columns != 0);
            Ok(())
        },
    )
    .letter('M'),
    Flag::switch(
        "max-columns-preview",
        "With -M, show how such lines begin.",
        |o, yes| o.max_columns_preview = yes,
    )
    .not("no-max-columns-preview"),
    Flag::switch("null", "Put a zero byte behind file names.", |o, _| {
        o.null = true
    })
    .letter('0'),
    Flag::switch(
        "only-matching",
        "Show what matches, and nothing else of a line.",
        |o, _| o.only_matching = true,
    )
    .letter('o'),
    Flag::value(
        "path-separator",
        "SEPARATOR",
        "What stands between the parts of a path.",
        path_separator,
    ),
    Flag::switch("passthru", "Show all lines.", |o, _| {
        o.context.set_everything()
    })
    .alias("passthrough"),
    Flag::switch(
        "pretty",
        "As --color=always --heading --line-number.",
        |o, _| {
            o.color = Color::Always;
            o.heading = Some(true);
            o.line_number = Some(true);
        },
    )
    .letter('p'),
    Flag::switch("quiet", "Show nothing.", |o, _| o.quiet = true).letter('q'),
    Flag::value(
        "replace",
        "REPLACEMENT",
        "Show this in place of matches; $1 is a group.",
        |o, value| {
            o.replace = Some(value.as_bytes().to_vec());
            Ok(())
        },
    )
    .letter('r'),
    Flag::value(
        "sort",
        "SORTBY",
        "none, path, modified, accessed or created.",
        |o, value| sort(o, value, false),
    ),
    Flag::value(
        "sortr",
        "SORTBY",
        "As --sort, the other way round.",
        |o, value| sort(o, value, true),
    ),
    Flag::switch("sort-files", "As --sort=path.", |o, yes| {
        o.sort = yes.then_some(Sort {
            reverse: false,
            key: SortKey::Path,
        });
    })
    .not("no-sort-files"),
    Flag::switch(
        "trim",
        "Leave out white space that lines begin with.",
        |o, yes| o.trim = yes,
    )
    .not("no-trim"),
    Flag::switch(
        "vimgrep",
        "Show every match on a line of its own, with its column.",
        |o, _| o.vimgrep = true,
    ),
    Flag::switch("with-filename", "Show the file of each match.", |o, _| {
        o.with_filename = Some(true)
    })
    .letter('H'),
    Flag::switch("no-filename", "Do not show files of matches.", |o, _| {
        o.with_filename = Some(false)
    })
    .letter('I'),
];

fn path_separator(options: &mut Options, value: &str) -> Result<(), String> {
    options.path_separator = match escaped(value)[..] {
        [] => None,
        [byte] => Some(byte),
        ref bytes => {
            return Err(format!(
                "A path separator must be exactly one byte, but the given separator is {} bytes: {value}\n\
                 In some shells on Windows '/' is automatically expanded. Use '//' instead.",
                bytes.len()
            ));
        }
    };
    Ok(())
}

fn sort(options: &mut Options, by: &str, reverse: bool) -> Result<(), String> {
    let key = match by {
        "none" => {
            options.sort = None;
            return Ok(());
        }
        "path" => SortKey::Path,
        "modified" => SortKey::Modified,
        "accessed" => SortKey::Accessed,
        "created" => SortKey::Created,
        other => return Err(format!("choice '{other}' is unrecognized")),
    };
    options.sort = Some(Sort { reverse, key });
    Ok(())
}
