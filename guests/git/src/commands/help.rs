//! `help` and `version`, and what git says of a command that it doesn't have.

use std::io::Write as _;

use crate::command_line::USAGE;
use crate::commands;
use crate::failure::{Failure, Outcome};
use crate::git::Git;

/// The git whose answers these are.
pub const VERSION: &str = "2.47.3";

const COMMON: &str = "
These are common Git commands used in various situations:

start a working area (see also: git help tutorial)
   clone     Clone a repository into a new directory
   init      Create an empty Git repository or reinitialize an existing one

work on the current change (see also: git help everyday)
   add       Add file contents to the index
   mv        Move or rename a file, a directory, or a symlink
   restore   Restore working tree files
   rm        Remove files from the working tree and from the index

examine the history and state (see also: git help revisions)
   bisect    Use binary search to find the commit that introduced a bug
   diff      Show changes between commits, commit and working tree, etc
   grep      Print lines matching a pattern
   log       Show commit logs
   show      Show various types of objects
   status    Show the working tree status

grow, mark and tweak your common history
   branch    List, create, or delete branches
   commit    Record changes to the repository
   merge     Join two or more development histories together
   rebase    Reapply commits on top of another base tip
   reset     Reset current HEAD to the specified state
   switch    Switch branches
   tag       Create, list, delete or verify a tag object signed with GPG

collaborate (see also: git help workflows)
   fetch     Download objects and refs from another repository
   pull      Fetch from and integrate with another repository or a local branch
   push      Update remote refs along with associated objects

'git help -a' and 'git help -g' list available subcommands and some
concept guides. See 'git help <command>' or 'git help <concept>'
to read about a specific subcommand or concept.
See 'git help git' for an overview of the system.
";

/// How unlike a name may be to be proposed.
const FLOOR: usize = 7;

pub fn version(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    writeln!(git.out, "git version {VERSION}")?;
    if words.iter().any(|word| word == "--build-options") {
        writeln!(git.out, "cpu: wasm32")?;
    }
    Ok(0)
}

pub fn help(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    match words.first().filter(|word| !word.starts_with('-')) {
        None => {
            overview(git)?;
            Ok(0)
        }
        Some(name) => {
            let dash = if commands::find(name).is_some() {
                "-"
            } else {
                ""
            };
            Err(Failure::plain(
                16,
                format!("No manual entry for git{dash}{name}"),
            ))
        }
    }
}

/// What `git` by itself prints.
pub fn overview(git: &mut Git) -> Outcome<i32> {
    write!(git.out, "{USAGE}\n{COMMON}")?;
    Ok(1)
}

/// No such command; with those whose names are near.
pub fn unknown(name: &str) -> Failure {
    let mut text = format!("git: '{name}' is not a git command. See 'git --help'.");
    let distance = |known: &str| {
        if known.starts_with(name) {
            0
        } else {
            distance(name, known) + 1
        }
    };
    let mut near: Vec<(usize, &str)> = commands::names()
        .map(|known| (distance(known), known))
        .collect();
    near.sort_unstable();
    let best = near
        .iter()
        .map(|(distance, _)| *distance)
        .find(|distance| *distance > 0)
        .unwrap_or(FLOOR);
    let begun = near.iter().filter(|(distance, _)| *distance == 0).count();
    let wanted = |distance: usize| {
        if begun > 0 {
            distance == 0
        } else {
            distance == best
        }
    };
    if begun > 0 || best < FLOOR {
        let names: Vec<&str> = near
            .iter()
            .filter(|(distance, _)| wanted(*distance))
            .map(|(_, name)| *name)
            .collect();
        let title = if names.len() == 1 {
            "The most similar command is"
        } else {
            "The most similar commands are"
        };
        text.push_str(&format!("\n\n{title}"));
        names
            .iter()
            .for_each(|name| text.push_str(&format!("\n\t{name}")));
    }
    Failure::plain(1, text)
}

/// How much it takes to make one word of another: nothing to swap letters, one to insert, two to change, three to remove.
fn distance(from: &str, to: &str) -> usize {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for i in 0..from.len() {
        let mut next = vec![(i + 1) * 3];
        for j in 0..to.len() {
            let mut cost = row[j] + 2 * usize::from(from[i] != to[j]);
            if i > 0 && j > 0 && from[i - 1] == to[j] && from[i] == to[j - 1] {
                cost = cost.min(before[j - 1]);
            }
            next.push(cost.min(row[j + 1] + 3).min(next[j] + 1));
        }
        before = std::mem::replace(&mut row, next);
    }
    row[to.len()]
}
