//! `log` and `whatchanged`: the commits that lead to something.

use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::log::{self, LogOptions};

const USAGE: &str = "usage: git log [<options>] [<revision-range>] [[--] <path>...]
   or: git show [<options>] <object>...

    -q, --[no-]quiet      suppress diff output
    --[no-]source         show source
    --[no-]use-mailmap    use mail map file
    --[no-]mailmap        alias of --use-mailmap
    --clear-decorations   clear all previously-defined decoration filters
    --[no-]decorate-refs <pattern>
                          only decorate refs that match <pattern>
    --[no-]decorate-refs-exclude <pattern>
                          do not decorate refs that match <pattern>
    --[no-]decorate[=...] decorate options
    -L <range:file>       trace the evolution of line range <start>,<end> or function :<funcname> in <file>
";

pub fn log(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    if words == ["-h"] {
        println!("{USAGE}");
        return Err(Failure::silent(129));
    }
    let repository = git.repository()?;
    let mut options = LogOptions::of(repository.config())?;
    options.read(&repository, &words)?;
    log::log(git, &repository, options)
}
