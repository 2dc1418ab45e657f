//! `--no-index`: two files or folders that no repository needs to know.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use isobox_guest::stat::{Kind, stat};

use super::{File, Pair, Place};
use crate::failure::{Failure, Outcome};
use crate::repository::index::index_mode;
use crate::repository::{Oid, mode};

/// What differs between two paths; folders are compared with all below.
///
/// # Errors
/// A path that isn't there, or a folder that can't be listed.
pub fn between(old: &str, new: &str) -> Outcome<Vec<Pair>> {
    for path in [old, new] {
        if path != "-" && path != "/dev/null" && std::fs::symlink_metadata(path).is_err() {
            return Err(Failure::error(1, format!("Could not access '{path}'")));
        }
    }
    let is_folder = |path: &str| path != "-" && Path::new(path).is_dir();
    let (old, new) = match (is_folder(old), is_folder(new)) {
        (true, false) => (inside(old, new), new.to_owned()),
        (false, true) => (old.to_owned(), inside(new, old)),
        _ => (old.to_owned(), new.to_owned()),
    };
    for path in [&old, &new] {
        if path != "-" && path != "/dev/null" && std::fs::symlink_metadata(path).is_err() {
            return Err(Failure::error(1, format!("Could not access '{path}'")));
        }
    }
    let mut pairs = Vec::new();
    collect(Some(old), Some(new), &mut pairs)?;
    Ok(pairs)
}

fn inside(folder: &str, file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    format!("{}/{name}", folder.trim_end_matches('/'))
}

fn collect(old: Option<String>, new: Option<String>, pairs: &mut Vec<Pair>) -> Outcome<()> {
    let folder = |path: &Option<String>| {
        path.as_ref().is_some_and(|path| {
            path != "-" && std::fs::symlink_metadata(path).is_ok_and(|data| data.is_dir())
        })
    };
    let (old_folder, new_folder) = (folder(&old), folder(&new));
    if old_folder != new_folder && old.is_some() && new.is_some() {
        collect(old, None, pairs)?;
        return collect(None, new, pairs);
    }
    if old_folder || new_folder {
        let list = |path: &Option<String>| path.as_ref().map_or(Ok(Vec::new()), |path| names(path));
        let mut all = [list(&old)?, list(&new)?];
        all.iter_mut().for_each(|names| names.sort());
        let mut names = all.concat();
        names.sort();
        names.dedup();
        for name in names {
            let below = |path: &Option<String>, known: &[String]| {
                let path = path.as_ref().filter(|_| known.contains(&name))?;
                Some(format!("{}/{name}", path.trim_end_matches('/')))
            };
            collect(below(&old, &all[0]), below(&new, &all[1]), pairs)?;
        }
        return Ok(());
    }
    let (old_file, new_file) = (file(old.as_deref())?, file(new.as_deref())?);
    let pair = match (old_file, new_file) {
        (None, None) => return Ok(()),
        (Some(old), Some(new)) if old.mode == new.mode && content(&old)? == content(&new)? => {
            return Ok(());
        }
        (Some(old), None) => Pair::new(Some(old), None),
        (None, Some(new)) => Pair::new(None, Some(new)),
        (old, new) => Pair::new(old, new),
    };
    pairs.push(pair);
    Ok(())
}

fn names(folder: &str) -> Outcome<Vec<String>> {
    let fail = |error| Failure::system(format!("could not open directory '{folder}'"), &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        names.push(
            entry
                .map_err(fail)?
                .file_name()
                .to_string_lossy()
                .into_owned(),
        );
    }
    Ok(names)
}

fn file(path: Option<&str>) -> Outcome<Option<File>> {
    let Some(path) = path.filter(|path| *path != "/dev/null") else {
        return Ok(None);
    };
    let found = match path {
        "-" => mode::FILE,
        path => {
            let found = stat(Path::new(path), false)
                .map_err(|error| Failure::system(format!("could not stat '{path}'"), &error))?;
            match found.kind {
                Kind::Directory => return Ok(None),
                _ => index_mode(&found).unwrap_or(mode::FILE),
            }
        }
    };
    Ok(Some(File {
        path: path.as_bytes().to_vec(),
        mode: found,
        oid: Oid::ZERO,
        place: Place::Outside,
    }))
}

/// The bytes of such a file.
///
/// # Errors
/// It can't be read.
pub fn content(file: &File) -> Outcome<Rc<Vec<u8>>> {
    let path = crate::repository::path_of(&file.path)?;
    let fail = |error| Failure::system(format!("could not open '{}'", path.display()), &error);
    if file.path == b"-" {
        return standard_input().map_err(fail);
    }
    if file.mode == mode::LINK {
        let target = std::fs::read_link(path).map_err(fail)?;
        return Ok(Rc::new(target.into_os_string().into_encoded_bytes()));
    }
    Ok(Rc::new(std::fs::read(path).map_err(fail)?))
}

/// Standard input, read once and kept.
fn standard_input() -> std::io::Result<Rc<Vec<u8>>> {
    thread_local!(static READ: RefCell<Option<Rc<Vec<u8>>>> = const { RefCell::new(None) });
    if let Some(bytes) = READ.with_borrow(Clone::clone) {
        return Ok(bytes);
    }
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut &*gnu::stream::stdin(), &mut bytes)?;
    let bytes = Rc::new(bytes);
    READ.set(Some(bytes.clone()));
    Ok(bytes)
}
