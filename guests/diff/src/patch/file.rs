//! Which file a patch is for.

use super::header::{Header, Named};
use super::options::Options;
use std::path::Path;

/// The file a header means; nothing when none of its names will do.
pub fn choose(header: &Header, options: &Options, reverse: bool) -> Option<String> {
    if let Some(file) = &options.file {
        return Some(file.clone());
    }
    let strip = |name: &str| stripped(name, options.strip);
    let named = |named: &Option<Named>| named.as_ref().and_then(|named| strip(&named.name));
    let mut names = vec![named(&header.names[0]), named(&header.names[1])];
    if names.iter().all(Option::is_none) {
        names.push(header.index.as_deref().and_then(strip));
    }
    if let Some(from) = header.rename[0].as_ref().or(header.copy[0].as_ref()) {
        let to = header.rename[1].as_ref().or(header.copy[1].as_ref());
        names = match reverse {
            false => vec![Some(from.clone())],
            true => vec![to.cloned()],
        };
    }
    let mut dangerous = Vec::new();
    let makes = header.nonexistent.iter().any(|times| *times > 0);
    let matters = |name: &str| makes || Path::new(name).exists();
    let names: Vec<String> = names
        .into_iter()
        .flatten()
        .filter(|name| is_safe(name) || matters(name) && ignored(name, options, &mut dangerous))
        .collect();
    let existing = names.iter().filter(|name| Path::new(name).exists());
    let best = best(existing);
    let says = |at: bool| header.nonexistent[usize::from(at)] > 0;
    match best {
        Some(name) => Some(name.clone()),
        // It would remove what is not there.
        None if says(!reverse) => names.last().cloned(),
        None if says(reverse) => best_new(&names).cloned(),
        None => None,
    }
}

/// Says, once, that a name leads out of the folder, and is nothing to patch.
fn ignored(name: &str, options: &Options, told: &mut Vec<String>) -> bool {
    if !told.iter().any(|known| known == name) {
        told.push(name.to_owned());
        let text = format!("Ignoring potentially dangerous file name {name}\n");
        match options.output.as_deref() {
            Some("-") => eprint!("{text}"),
            _ => print!("{text}"),
        }
    }
    false
}

/// A name without its first components: without a number only its last one is left.
pub fn stripped(name: &str, strip: Option<usize>) -> Option<String> {
    if name == "/dev/null" {
        return None;
    }
    let mut rest = name;
    match strip {
        None => rest = name.rsplit('/').next().unwrap_or(name),
        Some(count) => {
            for _ in 0..count {
                let (_, behind) = rest.split_once('/')?;
                rest = behind.trim_start_matches('/');
            }
        }
    }
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// A name that stays below the current directory.
fn is_safe(name: &str) -> bool {
    !name.starts_with('/') && name.split('/').all(|part| part != "..")
}

/// The name with the fewest components, then the shortest last one, then the shortest.
fn best<'a>(names: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    names.min_by_key(|name| {
        let last = name.rsplit('/').next().unwrap_or(name).len();
        (name.split('/').count(), last, name.len())
    })
}

/// The name that needs the fewest new directories.
fn best_new(names: &[String]) -> Option<&String> {
    let missing = |name: &str| {
        Path::new(name)
            .ancestors()
            .skip(1)
            .filter(|it| !it.as_os_str().is_empty() && !it.exists())
            .count()
    };
    let least = names.iter().map(|name| missing(name)).min()?;
    best(names.iter().filter(|name| missing(name) == least))
}
