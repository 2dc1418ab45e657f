//! `rev-parse`: names made exact, and where the repository is.

use std::io::Write as _;

use crate::failure::{Failure, Outcome};
use crate::git::Git;

pub fn rev_parse(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let repository = git.repository()?;
    for word in words {
        let oid = repository.rev(&word)?.ok_or_else(|| Failure::fatal(word))?;
        writeln!(git.out, "{oid}")?;
    }
    Ok(0)
}
