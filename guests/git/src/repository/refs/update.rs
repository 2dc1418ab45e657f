//! Changing references.

use std::fs;

use super::{Target, packed};
use crate::failure::{Failure, Outcome};
use crate::repository::{Kind, Oid, Repository, lock};

/// What a reference must hold before it is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Anything,
    Nothing,
    Oid(Oid),
}

impl Repository {
    /// Has a reference name `new`, through symbolic ones (`HEAD` moves the branch that is checked out), and logs it: for HEAD too when it is
    /// the branch that HEAD stands for.
    ///
    /// # Errors
    /// It holds something else than expected; its name is in the way of others; what writing says.
    pub fn update_ref(
        &self,
        name: &str,
        new: Oid,
        expected: Expected,
        message: &str,
    ) -> Outcome<()> {
        let (last, old) = self.follow_ref(name);
        self.check(name, old, expected)?;
        self.check_room(&last)?;
        self.make_folder_room(&last);
        lock::replace(&self.ref_path(&last), format!("{new}\n").as_bytes())?;
        let old = old.unwrap_or_default();
        if old != new {
            self.append_reflog(&last, old, new, message)?;
        }
        if last != "HEAD" && self.head_ref().as_deref() == Some(&last[..]) {
            self.append_reflog("HEAD", old, new, message)?;
        }
        Ok(())
    }

    /// Puts an object's name into a reference itself, even when that is symbolic: what detaches HEAD.
    ///
    /// # Errors
    /// What writing says.
    pub fn detach_ref(&self, name: &str, new: Oid, message: &str) -> Outcome<()> {
        let old = self.resolve_ref(name).unwrap_or_default();
        lock::replace(&self.ref_path(name), format!("{new}\n").as_bytes())?;
        self.append_reflog(name, old, new, message)
    }

    /// Has a reference stand for another one. With a message it is logged, when both are there.
    ///
    /// # Errors
    /// What writing says.
    pub fn set_symbolic_ref(&self, name: &str, target: &str, message: Option<&str>) -> Outcome<()> {
        let old = self.resolve_ref(name).unwrap_or_default();
        lock::replace(&self.ref_path(name), format!("ref: {target}\n").as_bytes())?;
        match (message, self.resolve_ref(target)) {
            (Some(message), Some(new)) => self.append_reflog(name, old, new, message),
            _ => Ok(()),
        }
    }

    /// Removes a reference with its log; a symbolic one itself, not what it stands for.
    ///
    /// # Errors
    /// It holds something else than expected; what writing says.
    pub fn delete_ref(&self, name: &str, expected: Expected) -> Outcome<()> {
        self.check(name, self.resolve_ref(name), expected)?;
        packed::remove(self.common_dir(), name)?;
        lock::forget(&self.ref_path(name));
        lock::forget(&self.log_path(name));
        self.remove_empty_folders(name);
        Ok(())
    }

    /// Moves all references below `refs/` into `packed-refs`.
    ///
    /// # Errors
    /// What writing says.
    pub fn pack_refs(&self) -> Outcome<()> {
        let mut lines = Vec::new();
        let refs: Vec<_> = self
            .refs("refs/")?
            .into_iter()
            .filter(|one| one.symbolic.is_none())
            .collect();
        for one in &refs {
            let peeled = match self.objects().find(&one.oid)?.map(|object| object.kind) {
                Some(Kind::Tag) => Some(self.peel(&one.oid)?),
                _ => None,
            };
            lines.push((one.name.clone(), one.oid, peeled));
        }
        packed::write(self.common_dir(), lines)?;
        for one in refs {
            lock::forget(&self.ref_path(&one.name));
            if one.name.matches('/').count() > 2 {
                self.remove_empty_folders(&one.name);
            }
        }
        Ok(())
    }

    /// Writes references into `packed-refs`, where a new repository has them.
    ///
    /// # Errors
    /// What writing says.
    pub fn write_packed_refs(&self, refs: &[(String, Oid)]) -> Outcome<()> {
        let mut lines = Vec::new();
        for (name, oid) in refs {
            let peeled = self.peel(oid)?;
            lines.push((
                name.clone(),
                *oid,
                Some(peeled).filter(|peeled| peeled != oid),
            ));
        }
        packed::write(self.common_dir(), lines)
    }

    fn check(&self, name: &str, old: Option<Oid>, expected: Expected) -> Outcome<()> {
        let wrong = |what: String| {
            Err(Failure::fatal(format!(
                "update_ref failed for ref '{name}': cannot lock ref '{name}': {what}"
            )))
        };
        match (expected, old) {
            (Expected::Anything, _) | (Expected::Nothing, None) => Ok(()),
            (Expected::Nothing, Some(_)) => wrong("reference already exists".to_owned()),
            (Expected::Oid(oid), Some(old)) if oid == old => Ok(()),
            (Expected::Oid(oid), Some(old)) => wrong(format!("is at {old} but expected {oid}")),
            (Expected::Oid(_), None) => wrong(format!("unable to resolve reference '{name}'")),
        }
    }

    /// `a` and `a/b` can't both be.
    fn check_room(&self, name: &str) -> Outcome<()> {
        let clash = |other: &str| {
            Err(Failure::fatal(format!(
                "cannot lock ref '{name}': '{other}' exists; cannot create '{name}'"
            )))
        };
        if !name.starts_with("refs/") {
            return Ok(());
        }
        for (at, _) in name.match_indices('/').skip(1) {
            if let Some(Target::Oid(_)) = self.read_ref(&name[..at]) {
                return clash(&name[..at]);
            }
        }
        match self.refs(&format!("{name}/"))?.first() {
            Some(other) => clash(&other.name),
            None => Ok(()),
        }
    }

    /// A folder without references may stand where the file will be.
    fn make_folder_room(&self, name: &str) {
        fn remove(path: &std::path::Path) {
            if let Ok(entries) = fs::read_dir(path) {
                entries.flatten().for_each(|entry| remove(&entry.path()));
                let _ = fs::remove_dir(path);
            }
        }
        remove(&self.ref_path(name));
        remove(&self.log_path(name));
    }

    fn remove_empty_folders(&self, name: &str) {
        for base in [self.common_dir().to_owned(), self.common_dir().join("logs")] {
            let mut rest = name;
            while let Some((folder, _)) = rest.rsplit_once('/') {
                let keep = matches!(folder, "refs" | "refs/heads" | "refs/tags" | "refs/remotes");
                if keep || fs::remove_dir(base.join(folder)).is_err() {
                    break;
                }
                rest = folder;
            }
        }
    }
}
