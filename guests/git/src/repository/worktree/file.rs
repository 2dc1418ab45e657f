//! Single files of the working tree.

use std::fs;
use std::path::Path;

use isobox_guest::mode as permissions;
use isobox_guest::stat::{Kind as FileKind, Stat, stat};

use super::Converter;
use crate::failure::{Failure, Outcome};
use crate::repository::index::{Entry, Index, StatData, index_mode};
use crate::repository::{Kind, Oid, Repository, mode, path_of};

/// What an object of a file would hold: a link's target, or contents with their line ends converted.
///
/// # Errors
/// The file can't be read.
pub fn content_of(
    repository: &Repository,
    converter: &Converter,
    path: &[u8],
    found: &Stat,
    stored: Option<&Oid>,
) -> Outcome<Vec<u8>> {
    let file = path_of(path)?;
    let named = |error| Failure::system(format!("open(\"{}\")", file.display()), &error);
    if found.kind == FileKind::Symlink {
        let target = fs::read_link(file).map_err(named)?;
        return Ok(target.into_os_string().into_encoded_bytes());
    }
    let contents = fs::read(file).map_err(named)?;
    let stored = || Some(repository.objects().find(stored?).ok()??.data.clone());
    Ok(converter.to_object(path, contents, stored))
}

/// Puts a file as it is now into the objects and the index; whether the index changed.
///
/// # Errors
/// It can't be read.
pub fn add_file(
    repository: &Repository,
    converter: &Converter,
    index: &mut Index,
    path: &[u8],
    found: &Stat,
) -> Outcome<bool> {
    let Some(mut file_mode) = index_mode(found) else {
        let path = String::from_utf8_lossy(path);
        return Err(Failure::plain(
            128,
            format!(
                "error: {path}: can only add regular files, symbolic links or git-directories\nfatal: adding files failed"
            ),
        ));
    };
    let old = index.get(path).cloned();
    if !trusts_modes(repository) && matches!(file_mode, mode::FILE | mode::EXECUTABLE) {
        file_mode = match &old {
            Some(old) if matches!(old.mode, mode::FILE | mode::EXECUTABLE) => old.mode,
            _ => mode::FILE,
        };
    }
    let same =
        |old: &Entry, oid: &Oid| old.oid == *oid && old.mode == file_mode && !old.intent_to_add;
    let oid = match file_mode {
        mode::SUBMODULE => head_of(path)?,
        _ => {
            let contents = content_of(
                repository,
                converter,
                path,
                found,
                old.as_ref().map(|old| &old.oid),
            )?;
            let oid = Oid::of("blob", &contents);
            match &old {
                Some(old) if same(old, &oid) => oid,
                _ => repository.objects().write(Kind::Blob, &contents)?,
            }
        }
    };
    let changed = !old.as_ref().is_some_and(|old| same(old, &oid));
    let mut entry = Entry::new(path, file_mode, oid);
    entry.stat = StatData::of(found);
    index.add(entry);
    Ok(changed)
}

/// The commit that a repository inside this one has checked out.
fn head_of(path: &[u8]) -> Outcome<Oid> {
    let file = path_of(path)?;
    let shown = String::from_utf8_lossy(path).into_owned();
    let inner = Repository::at(file, &crate::repository::Surroundings::default());
    let head = inner.as_ref().and_then(Repository::head);
    head.ok_or_else(|| Failure::plain(128, format!("error: '{shown}/' does not have a commit checked out\nerror: unable to index file '{shown}/'\nfatal: adding files failed")))
}

fn trusts_modes(repository: &Repository) -> bool {
    !matches!(repository.config().bool("core.filemode"), Ok(Some(false)))
}

/// Writes an entry's object to its file, and what the file is like to the entry.
///
/// # Errors
/// The object can't be read, the file not written.
pub fn write_entry(
    repository: &Repository,
    converter: &Converter,
    entry: &mut Entry,
) -> Outcome<()> {
    let found = write_file(repository, converter, &entry.path, entry.mode, &entry.oid)?;
    entry.stat = found.as_ref().map(StatData::of).unwrap_or_default();
    Ok(())
}

/// Writes an object to a path, in place of what is there; what the file is like then.
///
/// # Errors
/// The object can't be read, the file not written.
pub fn write_file(
    repository: &Repository,
    converter: &Converter,
    path: &[u8],
    file_mode: u32,
    oid: &Oid,
) -> Outcome<Option<Stat>> {
    let file = path_of(path)?;
    if file_mode == mode::SUBMODULE {
        make_folder(file)?;
        return Ok(stat(file, false).ok());
    }
    let object = repository.objects().find(oid)?;
    let shown = file.display();
    let Some(object) = object else {
        return Err(Failure::plain(
            128,
            format!("error: unable to read sha1 file of {shown} ({oid})"),
        ));
    };
    make_room(file)?;
    let contents = match file_mode {
        mode::LINK => object.data.clone(),
        _ => converter.to_file(path, object.data.clone()),
    };
    let written = match file_mode {
        mode::LINK => symlink(&contents, file),
        _ => fs::write(file, &contents).and_then(|()| match file_mode {
            mode::EXECUTABLE => permissions::set(file, true, 0o755),
            _ => Ok(()),
        }),
    };
    written.map_err(|error| {
        Failure::plain(
            128,
            format!(
                "error: unable to create file {shown}: {}",
                crate::failure::reason(&error)
            ),
        )
    })?;
    Ok(stat(file, false).ok())
}

#[cfg(unix)]
use std::os::unix::fs::symlink as make_link;
#[cfg(target_os = "wasi")]
fn make_link(target: &Path, link: &Path) -> std::io::Result<()> {
    use std::ffi::CString;
    let text = |path: &Path| {
        CString::new(path.as_os_str().as_encoded_bytes())
            .map_err(|_| std::io::ErrorKind::InvalidInput)
    };
    let (target, link) = (text(target)?, text(link)?);
    // SAFETY: both end in a zero byte and outlive the call.
    match unsafe { libc::symlink(target.as_ptr(), link.as_ptr()) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

fn symlink(target: &[u8], link: &Path) -> std::io::Result<()> {
    let target = std::str::from_utf8(target).map_err(|_| std::io::ErrorKind::InvalidInput)?;
    make_link(Path::new(target), link)
}

/// Makes the folders a file needs, and removes what stands in its place.
fn make_room(file: &Path) -> Outcome<()> {
    if let Ok(found) = stat(file, false) {
        match found.kind {
            FileKind::Directory => remove_empty(file),
            _ => fs::remove_file(file)?,
        }
        return Ok(());
    }
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => make_folder(parent),
        _ => Ok(()),
    }
}

/// Makes a folder; a file in its way goes.
fn make_folder(folder: &Path) -> Outcome<()> {
    if fs::create_dir_all(folder).is_ok() {
        return Ok(());
    }
    for part in folder
        .ancestors()
        .filter(|part| !part.as_os_str().is_empty())
    {
        if stat(part, false).is_ok_and(|found| found.kind != FileKind::Directory) {
            fs::remove_file(part)?;
        }
    }
    fs::create_dir_all(folder).map_err(|error| {
        Failure::system(
            format!("cannot create directory at '{}'", folder.display()),
            &error,
        )
    })
}

/// A folder that holds nothing but empty folders goes.
fn remove_empty(folder: &Path) {
    if let Ok(entries) = fs::read_dir(folder) {
        let folders = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        folders.for_each(|entry| remove_empty(&entry.path()));
    }
    let _ = fs::remove_dir(folder);
}

/// Removes a file, and the folders that it leaves empty; nothing when it isn't there.
///
/// # Errors
/// It can't be removed.
pub fn remove_file(path: &[u8]) -> Outcome<()> {
    let file = path_of(path)?;
    match fs::remove_file(file) {
        Ok(()) => {}
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(());
        }
        Err(_) if stat(file, false).is_ok_and(|found| found.kind == FileKind::Directory) => {
            let _ = fs::remove_dir(file);
        }
        Err(error) => {
            return Err(Failure::system(
                format!("could not remove '{}'", file.display()),
                &error,
            ));
        }
    }
    for folder in file
        .ancestors()
        .skip(1)
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}
