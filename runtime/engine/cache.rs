//! Compiled modules on disk. A compiled module is code, so the folder belongs to its user alone, each file is
//! written whole or not at all, and its BLAKE3 is checked before it is mapped.

use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use cap_tempfile::TempFile;

use super::profile;
use crate::digest::{Digest, Fields};
use crate::limits::{TABLE_ELEMENTS_CEILING, TABLES_MAX};

/// Where compiled modules are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CacheFolder {
    /// `$ISOBOX_CACHE`, else the platform's folder for caches.
    #[default]
    Usual,
    /// This folder; it is made when it is missing.
    At(PathBuf),
    /// Nowhere: every process compiles what it runs.
    None,
}

/// Why a folder is not fit to keep compiled modules.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum CacheError {
    /// Somebody else could put code there.
    #[error(
        "the cache folder {path} is refused: {reason}, and a compiled module is code. \
         Make it yours alone (chmod 700), or name another with ISOBOX_CACHE"
    )]
    Unsafe { path: String, reason: String },
    /// It cannot be made or opened.
    #[error("the cache folder {path} cannot be used: {error}. Name another with ISOBOX_CACHE")]
    Unusable { path: String, error: io::Error },
}

/// An open folder of compiled modules, all of one profile and one compiler.
pub struct ModuleCache {
    folder: Dir,
    /// Covers profile, bounds, compiler, target and flags: a module under another key is never looked at.
    key: String,
}

impl ModuleCache {
    /// Opens the folder. There is no cache when none is wanted, when the platform has no folder for one, and when that
    /// folder cannot be used (a read-only home): only a folder that somebody named has to be there.
    pub fn open(
        folder: &CacheFolder,
        engine: &wasmtime::Engine,
    ) -> Result<Option<ModuleCache>, CacheError> {
        let (path, named) = match folder {
            CacheFolder::None => return Ok(None),
            CacheFolder::At(path) => (path.clone(), true),
            CacheFolder::Usual => match (named_folder(), dirs::cache_dir()) {
                (Some(path), _) => (path, true),
                (None, Some(folder)) => (folder.join("isobox"), false),
                (None, None) => return Ok(None),
            },
        };
        match open_private(&path) {
            Ok(folder) => Ok(Some(ModuleCache {
                folder,
                key: key(engine),
            })),
            Err(CacheError::Unusable { .. }) if !named => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The compiled form of a module, if it is there and whole.
    pub fn load(&self, module: Digest) -> Option<std::fs::File> {
        let noted = self
            .folder
            .read_to_string(self.name(module, "blake3"))
            .ok()?;
        let mut file = self
            .folder
            .open(self.name(module, "cwasm"))
            .ok()?
            .into_std();
        let actual = digest_of(&mut file).ok()?;
        (noted.trim().parse() == Ok(actual)).then_some(file)
    }

    /// Keeps the compiled form of a module.
    pub fn store(&self, module: Digest, compiled: &[u8]) -> io::Result<()> {
        self.write(&self.name(module, "cwasm"), compiled)?;
        let noted = format!("{}\n", Digest::of_bytes(compiled));
        self.write(&self.name(module, "blake3"), noted.as_bytes())
    }

    /// Writes beside the name and renames: nobody ever sees half a file.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = TempFile::new(&self.folder)?;
        file.write_all(bytes)?;
        make_private(file.as_file())?;
        file.replace(name)
    }

    fn name(&self, module: Digest, extension: &str) -> String {
        format!("{module}-{}.{extension}", self.key)
    }
}

/// Names profile, bounds and compiler in 32 digits.
fn key(engine: &wasmtime::Engine) -> String {
    struct Recorder(blake3::Hasher);
    impl Hasher for Recorder {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            unreachable!("only the bytes are wanted")
        }
    }
    let mut compatibility = Recorder(blake3::Hasher::new());
    engine
        .precompile_compatibility_hash()
        .hash(&mut compatibility);
    let digest = Fields::of("isobox.cache")
        .digest(profile::digest())
        // What is kept was accepted under these bounds.
        .number(TABLES_MAX.into())
        .number(TABLE_ELEMENTS_CEILING.into())
        .bytes(compatibility.0.finalize().as_bytes())
        .finish();
    digest.to_string()[..32].to_owned()
}

fn named_folder() -> Option<PathBuf> {
    let path = std::env::var_os("ISOBOX_CACHE")?;
    (!path.is_empty()).then(|| path.into())
}

/// Opens a folder that is this user's alone, and makes it when it is missing.
fn open_private(path: &Path) -> Result<Dir, CacheError> {
    let unusable = |error| CacheError::Unusable {
        path: path.display().to_string(),
        error,
    };
    create(path).map_err(unusable)?;
    let folder = Dir::open_ambient_dir(path, ambient_authority()).map_err(unusable)?;
    check_owner(&folder, path)?;
    Ok(folder)
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(unix)]
fn check_owner(folder: &Dir, path: &Path) -> Result<(), CacheError> {
    use cap_std::fs::MetadataExt;
    let path = path.display().to_string();
    let metadata = match folder.dir_metadata() {
        Ok(metadata) => metadata,
        Err(error) => return Err(CacheError::Unusable { path, error }),
    };
    let reason = if metadata.uid() != rustix::process::geteuid().as_raw() {
        format!("it belongs to user {}", metadata.uid())
    } else if metadata.mode() & 0o022 != 0 {
        format!(
            "others can write to it (mode {:04o})",
            metadata.mode() & 0o7777
        )
    } else {
        return Ok(());
    };
    Err(CacheError::Unsafe { path, reason })
}

#[cfg(not(unix))]
fn check_owner(_: &Dir, _: &Path) -> Result<(), CacheError> {
    Ok(())
}

#[cfg(unix)]
fn make_private(file: &cap_std::fs::File) -> io::Result<()> {
    use cap_std::fs::{Permissions, PermissionsExt};
    file.set_permissions(Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_private(_: &cap_std::fs::File) -> io::Result<()> {
    Ok(())
}

fn digest_of(file: &mut std::fs::File) -> io::Result<Digest> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(Digest::from_bytes(*hasher.finalize().as_bytes()));
        }
        hasher.update(&buffer[..length]);
    }
}
