//! References in one file, `packed-refs`.

use std::fs;
use std::path::Path;

use crate::failure::Outcome;
use crate::repository::{Oid, lock};

const HEADER: &str = "# pack-refs with: peeled fully-peeled sorted \n";

/// The object a packed reference names.
pub fn find(common: &Path, name: &str) -> Option<Oid> {
    let text = fs::read_to_string(common.join("packed-refs")).ok()?;
    let line = text
        .lines()
        .find(|line| line.get(41..) == Some(name) && line.as_bytes()[40] == b' ')?;
    Oid::parse(&line.as_bytes()[..40])
}

/// All of them, in the file's order.
pub fn all(common: &Path) -> Vec<(String, Oid)> {
    let text = fs::read_to_string(common.join("packed-refs")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with(['#', '^']));
    lines
        .filter_map(|line| {
            Some((
                line.get(41..)?.to_owned(),
                Oid::parse(line.get(..40)?.as_bytes())?,
            ))
        })
        .collect()
}

/// Takes a reference out, when it is there.
pub fn remove(common: &Path, name: &str) -> Outcome<()> {
    let path = common.join("packed-refs");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut out = String::new();
    let mut dropping = false;
    for line in text.lines() {
        dropping = line.get(41..) == Some(name) || dropping && line.starts_with('^');
        if !dropping {
            out.push_str(line);
            out.push('\n');
        }
    }
    match out.len() == text.len() {
        true => Ok(()),
        false => lock::replace(&path, out.as_bytes()),
    }
}

/// Writes the file anew. The third of each is what a tag stands for.
pub fn write(common: &Path, mut refs: Vec<(String, Oid, Option<Oid>)>) -> Outcome<()> {
    refs.sort();
    let mut out = HEADER.to_owned();
    for (name, oid, peeled) in refs {
        out.push_str(&format!("{oid} {name}\n"));
        if let Some(peeled) = peeled {
            out.push_str(&format!("^{peeled}\n"));
        }
    }
    lock::replace(&common.join("packed-refs"), out.as_bytes())
}
