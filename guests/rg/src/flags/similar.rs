//! What may have been meant by a name that no flag has.

use super::all;
use std::collections::BTreeSet;

/// Names are similar that share so much of their pieces of three letters.
const THRESHOLD: f64 = 0.4;

/// The message about a name that no flag has.
pub fn unrecognized(name: &str) -> String {
    let message = format!("unrecognized flag --{name}");
    match similar(name) {
        names if names.is_empty() => message,
        names => format!(
            "{message}\n\nsimilar flags that are available: --{}",
            names.join(", --")
        ),
    }
}

/// The patterns' flags first, then by name.
fn similar(name: &str) -> Vec<&'static str> {
    let mut flags: Vec<_> = all().collect();
    flags.sort_by_key(|flag| match flag.name {
        "regexp" => (0, flag.name),
        "file" => (1, flag.name),
        name => (2, name),
    });
    let pieces_given = pieces(name);
    flags
        .into_iter()
        .flat_map(|flag| [Some(flag.name), flag.opposite, flag.alias])
        .flatten()
        .filter(|name| likeness(&pieces_given, &pieces(name)) >= THRESHOLD)
        .collect()
}

fn likeness(one: &BTreeSet<Vec<u8>>, other: &BTreeSet<Vec<u8>>) -> f64 {
    one.intersection(other).count() as f64 / one.union(other).count() as f64
}

/// Every three letters in a row; a short name is filled up.
fn pieces(name: &str) -> BTreeSet<Vec<u8>> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize(bytes.len().max(3), b'!');
    bytes.windows(3).map(<[u8]>::to_vec).collect()
}
