//! Objects that are a file each.

use std::fs;
use std::path::{Path, PathBuf};

use isobox_guest::mode;

use super::{Kind, Object, zlib};
use crate::failure::{Failure, Outcome};
use crate::repository::{Oid, lock};

/// Where an object would be.
pub fn loose_path(folder: &Path, oid: &Oid) -> PathBuf {
    let hex = oid.hex();
    folder.join(&hex[..2]).join(&hex[2..])
}

pub fn exists(folder: &Path, oid: &Oid) -> bool {
    loose_path(folder, oid).exists()
}

/// The object; `None` when it has no file.
pub fn read(folder: &Path, oid: &Oid) -> Outcome<Option<Object>> {
    let path = loose_path(folder, oid);
    let Ok(packed) = fs::read(&path) else {
        return Ok(None);
    };
    match parse(&packed) {
        Some(object) => Ok(Some(object)),
        None => Err(corrupt(&path, oid, packed.is_empty())),
    }
}

/// git says three lines of an object it can't read.
fn corrupt(path: &Path, oid: &Oid, empty: bool) -> Failure {
    let path = shown(path);
    let first = match empty {
        true => format!("error: object file {path} is empty"),
        false => "error: inflate: data stream error (incorrect header check)".to_owned(),
    };
    let second = match empty {
        true => first.clone(),
        false => format!("error: unable to unpack {oid} header"),
    };
    let last = format!("fatal: loose object {oid} (stored in {path}) is corrupt");
    Failure::plain(128, format!("{first}\n{second}\n{last}"))
}

/// git is at the top of the working tree, and names files from there.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}

fn parse(packed: &[u8]) -> Option<Object> {
    let mut data = zlib::unpack(packed)?;
    let end = memchr::memchr(0, &data)?;
    let space = memchr::memchr(b' ', &data[..end])?;
    let kind = Kind::named(&data[..space])?;
    let size: usize = std::str::from_utf8(&data[space + 1..end])
        .ok()?
        .parse()
        .ok()?;
    data.drain(..=end);
    (data.len() == size).then_some(Object { kind, data })
}

/// Writes a file beside the others and gives it its name, so that nobody sees half of it.
pub fn write(folder: &Path, oid: &Oid, kind: Kind, data: &[u8]) -> Outcome<()> {
    let path = loose_path(folder, oid);
    let mut whole = format!("{kind} {}\0", data.len()).into_bytes();
    whole.extend(data);
    let parent = path.parent().unwrap_or(folder);
    let temporary = parent.join(format!("tmp_obj_{}", &oid.hex()[2..8]));
    let packed = zlib::pack(&whole);
    let written = fs::write(&temporary, &packed).or_else(|_| {
        fs::create_dir_all(parent)?;
        fs::write(&temporary, &packed)
    });
    let written = written
        .and_then(|()| mode::set(&temporary, true, 0o444))
        .and_then(|()| fs::rename(&temporary, &path));
    written.map_err(|error| {
        lock::forget(&temporary);
        let reason = crate::failure::reason(&error);
        Failure::error(
            128,
            format!("unable to write file {}: {reason}", shown(&path)),
        )
    })
}

/// The names of all loose objects that begin with these digits.
pub fn with_prefix(folder: &Path, digits: &str) -> Vec<Oid> {
    let folders = match digits.get(..2) {
        Some(first) => vec![first.to_owned()],
        None => (0..=255u8)
            .map(|byte| format!("{byte:02x}"))
            .filter(|name| name.starts_with(digits))
            .collect(),
    };
    let mut found = Vec::new();
    for name in folders {
        let Ok(entries) = fs::read_dir(folder.join(&name)) else {
            continue;
        };
        for entry in entries.flatten() {
            let rest = entry.file_name();
            let hex = format!("{name}{}", rest.to_string_lossy());
            found.extend(Oid::parse(hex.as_bytes()).filter(|_| hex.starts_with(digits)));
        }
    }
    found
}
