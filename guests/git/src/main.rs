//! `git`, as git 2.47 answers.
//!
//! [`command_line`] reads what stands before and after the command's name, [`repository`] is all that a repository and its working tree hold, [`commands`] has
//! a file a command.

mod changes;
mod command_line;
mod commands;
mod diff;
mod failure;
mod git;
mod history;
mod log;
mod merge;
mod patch;
mod report;
mod repository;

use isobox_guest::Arguments;

isobox_guest::commands! {
    freeze: (),
    "git" => run,
}

fn run(arguments: Arguments) -> i32 {
    command_line::run(gnu::words(arguments).collect())
}
