//! Finding the repository that a folder is in.

use std::cell::OnceCell;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{Config, Objects, Repository, Surroundings};
use crate::failure::{Failure, Outcome};

const NONE: &str = "not a git repository (or any of the parent directories): .git";

/// Where a repository and its working tree are.
struct Place {
    git_dir: PathBuf,
    worktree: Option<PathBuf>,
}

impl Repository {
    /// The repository of the current directory, or the one that the surroundings name; goes to the top of its working tree.
    ///
    /// # Errors
    /// git's words when there is none, or its format isn't known.
    pub fn discover(surroundings: &Surroundings) -> Outcome<Repository> {
        let here = absolute(Path::new("/"), &std::env::current_dir()?);
        let place = match surroundings.variable("GIT_DIR") {
            Some(named) => named_place(&here, &named)?,
            None => search(&here)?,
        };
        Repository::open(place, &here, surroundings)
    }

    /// The repository at a path, as `clone` and remotes name it: a working tree, a `.git`, or a bare one.
    pub fn at(path: &Path, surroundings: &Surroundings) -> Option<Repository> {
        let here = std::env::current_dir().ok()?;
        let git_dir = repository_folder(&absolute(&here, path))?;
        let place = Place {
            git_dir,
            worktree: None,
        };
        let mut plain = surroundings.clone();
        plain.variables.clear();
        plain.bare = true;
        Repository::open(place, &here, &plain).ok()
    }

    fn open(place: Place, here: &Path, surroundings: &Surroundings) -> Outcome<Repository> {
        let common_dir = common_dir(&place.git_dir);
        let config = Config::load(surroundings, Some(&common_dir))?;
        check_format(&config)?;
        let worktree = worktree(&place, &config, here, surroundings)?;
        let mut prefix = Vec::new();
        if let Some(top) = &worktree {
            if let Ok(inside) = here.strip_prefix(top) {
                prefix = inside.as_os_str().as_encoded_bytes().to_vec();
            }
            if !prefix.is_empty() {
                prefix.push(b'/');
            }
            std::env::set_current_dir(top).map_err(|error| {
                Failure::system(format!("cannot chdir to '{}'", top.display()), &error)
            })?;
        }
        let objects = match surroundings.variable("GIT_OBJECT_DIRECTORY") {
            Some(folder) => PathBuf::from(folder),
            None => common_dir.join("objects"),
        };
        Ok(Repository {
            git_dir: place.git_dir,
            common_dir,
            worktree,
            prefix,
            config,
            objects: Objects::at(objects),
            surroundings: surroundings.clone(),
            now: OnceCell::new(),
            reflog_action: OnceCell::new(),
        })
    }
}

/// The folder of the repository at a path: itself, its `.git`, or what a `.git` file names.
pub fn repository_folder(path: &Path) -> Option<PathBuf> {
    let inner = path.join(".git");
    if is_repository(&inner) {
        return Some(inner);
    }
    if let Some(target) = file_target(&inner) {
        return Some(target);
    }
    if is_repository(path) {
        return Some(path.to_owned());
    }
    let mut suffixed = path.as_os_str().to_owned();
    suffixed.push(".git");
    is_repository(Path::new(&suffixed)).then(|| suffixed.into())
}

/// Whether a folder is a repository: it has HEAD, objects and references.
pub fn is_repository(path: &Path) -> bool {
    let common = common_dir(path);
    let head = path.join("HEAD");
    let text = fs::read_to_string(&head).unwrap_or_default();
    let named = text
        .strip_prefix("ref:")
        .is_some_and(|name| name.trim().starts_with("refs/"));
    let present = head.is_symlink()
        || named
        || text
            .get(..40)
            .is_some_and(|digits| super::Oid::parse(digits.as_bytes()).is_some());
    present && common.join("objects").is_dir() && common.join("refs").is_dir()
}

fn named_place(here: &Path, named: &str) -> Outcome<Place> {
    let git_dir = absolute(here, Path::new(named));
    let git_dir = file_target(&git_dir).unwrap_or(git_dir);
    if !is_repository(&git_dir) {
        return Err(Failure::fatal(format!("not a git repository: '{named}'")));
    }
    Ok(Place {
        git_dir,
        worktree: Some(here.to_owned()),
    })
}

fn search(here: &Path) -> Outcome<Place> {
    for folder in here.ancestors() {
        let inner = folder.join(".git");
        if is_repository(&inner) {
            return Ok(Place {
                git_dir: inner,
                worktree: Some(folder.to_owned()),
            });
        }
        if inner.is_file() {
            let target = file_target(&inner).ok_or_else(|| {
                Failure::fatal(format!("invalid gitfile format: {}", inner.display()))
            })?;
            if !is_repository(&target) {
                return Err(Failure::fatal(format!(
                    "not a git repository: {}",
                    target.display()
                )));
            }
            return Ok(Place {
                git_dir: target,
                worktree: Some(folder.to_owned()),
            });
        }
        if is_repository(folder) {
            return Ok(Place {
                git_dir: folder.to_owned(),
                worktree: None,
            });
        }
    }
    Err(Failure::fatal(NONE))
}

/// What a `.git` file names.
fn file_target(path: &Path) -> Option<PathBuf> {
    if !path.is_file() {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let target = text.strip_prefix("gitdir:")?.trim();
    Some(absolute(path.parent()?, Path::new(target)))
}

/// A linked working tree names the repository it belongs to.
fn common_dir(git_dir: &Path) -> PathBuf {
    match fs::read_to_string(git_dir.join("commondir")) {
        Ok(text) => absolute(git_dir, Path::new(text.trim())),
        Err(_) => git_dir.to_owned(),
    }
}

fn worktree(
    place: &Place,
    config: &Config,
    here: &Path,
    surroundings: &Surroundings,
) -> Outcome<Option<PathBuf>> {
    if let Some(named) = surroundings.variable("GIT_WORK_TREE") {
        return Ok(Some(absolute(here, Path::new(&named))));
    }
    if surroundings.bare || config.bool("core.bare")? == Some(true) {
        return Ok(None);
    }
    if let Some(named) = config.get("core.worktree") {
        return Ok(Some(absolute(&place.git_dir, Path::new(named))));
    }
    let inside = here.starts_with(&place.git_dir);
    Ok(place.worktree.clone().filter(|_| !inside))
}

fn check_format(config: &Config) -> Outcome<()> {
    let version = config.int("core.repositoryformatversion")?.unwrap_or(0);
    if version > 1 {
        return Err(Failure::fatal(format!(
            "Expected git repo version <= 1, found {version}"
        )));
    }
    if version == 1
        && config
            .get("extensions.objectformat")
            .is_some_and(|format| format != "sha1")
    {
        return Err(Failure::fatal(
            "repositories with SHA-256 names are not supported here",
        ));
    }
    if version == 1
        && config
            .get("extensions.refstorage")
            .is_some_and(|format| format != "files")
    {
        return Err(Failure::fatal("unknown ref storage format 'reftable'"));
    }
    Ok(())
}

/// A path from the root, `.` and `..` resolved by their names.
pub fn absolute(here: &Path, path: &Path) -> PathBuf {
    let mut out = PathBuf::from("/");
    for component in here.join(path).components() {
        match component {
            Component::ParentDir => {
                out.pop();
            }
            Component::Normal(name) => out.push(name),
            _ => {}
        }
    }
    out
}
