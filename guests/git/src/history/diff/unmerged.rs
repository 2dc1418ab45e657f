//! Paths in conflict: the file beside ours and theirs.

use isobox_guest::stat::stat;

use crate::changes::{File, Pair, Source, Status, content};
use crate::failure::Outcome;
use crate::report::{Made, Options, Parent, combined};
use crate::repository::index::index_mode;
use crate::repository::{Index, Oid, path_of};

/// Shows those that both sides have; the pairs that are left.
pub fn show(
    source: &Source,
    index: &Index,
    pairs: Vec<Pair>,
    options: &Options,
    out: &mut Vec<u8>,
) -> Outcome<Vec<Pair>> {
    let mut rest = Vec::with_capacity(pairs.len());
    let mut done: Option<Vec<u8>> = None;
    for pair in pairs {
        let path = pair.path().to_vec();
        if done.as_ref() == Some(&path) {
            continue;
        }
        let sides = [2, 3].map(|stage| index.at_stage(&path, stage));
        let (Status::Unmerged, [Some(ours), Some(theirs)]) = (pair.status, sides) else {
            rest.push(pair);
            continue;
        };
        let mut parents = Vec::new();
        for side in [ours, theirs] {
            let bytes = content(source, &File::stored(&path, side.mode, side.oid))?.to_vec();
            parents.push(Parent {
                mode: side.mode,
                oid: side.oid,
                bytes,
                absent: false,
            });
        }
        let mode = stat(path_of(&path)?, false)
            .ok()
            .and_then(|found| index_mode(&found))
            .unwrap_or(0);
        let bytes = match mode {
            0 => Default::default(),
            mode => content(source, &File::on_disk(&path, mode))?,
        };
        let made = Made {
            path: &path,
            mode,
            oid: Oid::ZERO,
            bytes: &bytes,
            on_disk: true,
        };
        combined(source, &made, &parents, true, options, out);
        done = Some(path);
    }
    Ok(rest)
}
