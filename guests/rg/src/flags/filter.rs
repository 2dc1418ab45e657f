//! Which files are searched.

use super::flag::{Flag, number, size};
use crate::options::{Binary, Options, TypeChange};

pub const FLAGS: &[Flag] = &[
    Flag::switch("binary", "Search binary files.", binary).not("no-binary"),
    Flag::switch("follow", "Follow symbolic links.", |o, yes| o.follow = yes)
        .letter('L')
        .not("no-follow"),
    Flag::value(
        "glob",
        "GLOB",
        "Only files that a glob matches, or none of '!GLOB'.",
        |o, value| {
            o.globs.push(value.to_owned());
            Ok(())
        },
    )
    .letter('g'),
    Flag::switch(
        "glob-case-insensitive",
        "Read every -g as --iglob.",
        |o, yes| o.glob_case_insensitive = yes,
    )
    .not("no-glob-case-insensitive"),
    Flag::switch(
        "hidden",
        "Search hidden files and directories.",
        |o, yes| o.hidden = yes,
    )
    .letter('.')
    .not("no-hidden"),
    Flag::value("iglob", "GLOB", "As -g, whatever the case.", |o, value| {
        o.iglobs.push(value.to_owned());
        Ok(())
    }),
    Flag::value(
        "ignore-file",
        "PATH",
        "A further file of ignore rules.",
        |o, value| {
            o.ignore_file.push(value.into());
            Ok(())
        },
    ),
    Flag::switch(
        "ignore-file-case-insensitive",
        "Ignore rules hold whatever the case.",
        |o, yes| {
            o.ignore_file_case_insensitive = yes;
        },
    )
    .not("no-ignore-file-case-insensitive"),
    Flag::value(
        "max-depth",
        "NUM",
        "Go down so many directories.",
        |o, value| {
            o.max_depth = Some(number(value)?);
            Ok(())
        },
    )
    .letter('d')
    .alias("maxdepth"),
    Flag::value(
        "max-filesize",
        "NUM",
        "Leave out files that are larger.",
        |o, value| {
            o.max_filesize = Some(size(value)?);
            Ok(())
        },
    ),
    Flag::switch("no-ignore", "Follow no ignore files.", no_ignore).not("ignore"),
    Flag::switch(
        "no-ignore-dot",
        "Follow no .ignore and .rgignore.",
        |o, yes| o.no_ignore_dot = yes,
    )
    .not("ignore-dot"),
    Flag::switch(
        "no-ignore-exclude",
        "Follow no .git/info/exclude.",
        |o, yes| o.no_ignore_exclude = yes,
    )
    .not("ignore-exclude"),
    Flag::switch("no-ignore-files", "Follow no --ignore-file.", |o, yes| {
        o.no_ignore_files = yes
    })
    .not("ignore-files"),
    Flag::switch(
        "no-ignore-global",
        "Follow no core.excludesFile.",
        |o, yes| o.no_ignore_global = yes,
    )
    .not("ignore-global"),
    Flag::switch(
        "no-ignore-parent",
        "Follow no ignore files of directories above.",
        |o, yes| o.no_ignore_parent = yes,
    )
    .not("ignore-parent"),
    Flag::switch("no-ignore-vcs", "Follow no .gitignore.", |o, yes| {
        o.no_ignore_vcs = yes
    })
    .not("ignore-vcs"),
    Flag::switch(
        "no-require-git",
        "Follow .gitignore outside of repositories.",
        |o, yes| o.no_require_git = yes,
    )
    .not("require-git"),
    Flag::switch("one-file-system", "Read, but there is one.", |_, _| {}).not("no-one-file-system"),
    Flag::value("type", "TYPE", "Only files of a type.", |o, value| {
        change_type(o, TypeChange::Select(value.to_owned()))
    })
    .letter('t'),
    Flag::value(
        "type-add",
        "TYPESPEC",
        "Add a glob to a type: 'name:*.glob'.",
        |o, value| change_type(o, TypeChange::Add(value.to_owned())),
    ),
    Flag::value(
        "type-clear",
        "TYPE",
        "Forget the globs of a type.",
        |o, value| change_type(o, TypeChange::Clear(value.to_owned())),
    ),
    Flag::value("type-not", "TYPE", "No files of a type.", |o, value| {
        change_type(o, TypeChange::Negate(value.to_owned()))
    })
    .letter('T'),
    Flag::checked(
        "unrestricted",
        "Once --no-ignore, twice --hidden too, three times --binary too.",
        |o| {
            o.unrestricted += 1;
            match o.unrestricted {
                1 => no_ignore(o, true),
                2 => o.hidden = true,
                3 => binary(o, true),
                _ => return Err("flag can only be repeated up to 3 times".to_owned()),
            }
            Ok(())
        },
    )
    .letter('u'),
];

fn binary(options: &mut Options, yes: bool) {
    options.binary = if yes { Binary::Search } else { Binary::Auto };
}

fn no_ignore(options: &mut Options, yes: bool) {
    options.no_ignore_dot = yes;
    options.no_ignore_exclude = yes;
    options.no_ignore_global = yes;
    options.no_ignore_parent = yes;
    options.no_ignore_vcs = yes;
}

fn change_type(options: &mut Options, change: TypeChange) -> Result<(), String> {
    options.type_changes.push(change);
    Ok(())
}
