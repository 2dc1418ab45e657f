//! A branch beside the one that it follows.

use crate::failure::Outcome;
use crate::repository::revision::{Walk, WalkOptions};
use crate::repository::{Oid, Repository, refs};

/// How a branch stands to its upstream.
pub struct Tracking {
    /// The whole name of the upstream.
    pub upstream: String,
    /// Commits ahead and behind; `None` when the upstream is gone.
    pub counts: Option<(usize, usize)>,
}

impl Tracking {
    /// Of a branch (its short name); `None` when it follows none.
    ///
    /// # Errors
    /// A commit that can't be read.
    pub fn of(repository: &Repository, branch: &str) -> Outcome<Option<Tracking>> {
        let Some(upstream) = repository.upstream(branch) else {
            return Ok(None);
        };
        let ours = repository.resolve_ref(&format!("refs/heads/{branch}"));
        let theirs = repository.resolve_ref(&upstream);
        let counts = match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some(distance(repository, &ours, &theirs)?),
            _ => None,
        };
        Ok(Some(Tracking { upstream, counts }))
    }

    pub fn name(&self) -> &str {
        refs::shorten(&self.upstream)
    }

    /// What status and checkout say of it, each line with its end.
    pub fn sentences(&self, hints: bool) -> String {
        let name = self.name();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let (text, hint) = match self.counts {
            None => (
                format!("Your branch is based on '{name}', but the upstream is gone.\n"),
                "  (use \"git branch --unset-upstream\" to fixup)\n",
            ),
            Some((0, 0)) => (format!("Your branch is up to date with '{name}'.\n"), ""),
            Some((ahead, 0)) => (
                format!(
                    "Your branch is ahead of '{name}' by {ahead} commit{}.\n",
                    plural(ahead)
                ),
                "  (use \"git push\" to publish your local commits)\n",
            ),
            Some((0, behind)) => (
                format!(
                    "Your branch is behind '{name}' by {behind} commit{}, and can be fast-forwarded.\n",
                    plural(behind)
                ),
                "  (use \"git pull\" to update your local branch)\n",
            ),
            Some((ahead, behind)) => (
                format!(
                    "Your branch and '{name}' have diverged,\nand have {ahead} and {behind} different commits each, respectively.\n"
                ),
                "  (use \"git pull\" if you want to integrate the remote branch with yours)\n",
            ),
        };
        if hints { text + hint } else { text }
    }

    /// `ahead 1, behind 2`; `gone`; empty when they are the same.
    pub fn brief(&self) -> String {
        match self.counts {
            None => "gone".to_owned(),
            Some((0, 0)) => String::new(),
            Some((ahead, 0)) => format!("ahead {ahead}"),
            Some((0, behind)) => format!("behind {behind}"),
            Some((ahead, behind)) => format!("ahead {ahead}, behind {behind}"),
        }
    }
}

/// How many commits each has that the other doesn't.
///
/// # Errors
/// A commit that can't be read.
pub fn distance(repository: &Repository, ours: &Oid, theirs: &Oid) -> Outcome<(usize, usize)> {
    if ours == theirs {
        return Ok((0, 0));
    }
    let count = |from: &Oid, without: &Oid| -> Outcome<usize> {
        let walk = Walk::new(
            repository,
            vec![*from],
            vec![*without],
            WalkOptions::default(),
        )?;
        walk.map(|oid| oid.map(|_| 1)).sum()
    };
    Ok((count(ours, theirs)?, count(theirs, ours)?))
}
