//! Between repositories: of one machine, for there is no network.

mod clone;
mod copy;
mod fetch;
mod pull;
mod push;

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::repository::{Repository, Surroundings};

pub use clone::clone;
pub use fetch::fetch;
pub use pull::pull;
pub use push::push;

const NO_ACCESS: &str = "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.";

/// A repository elsewhere, by its path.
///
/// # Errors
/// git's words for hosts, which can't be found here, and for paths that are no repositories.
fn open(url: &str, top: &Path, surroundings: &Surroundings) -> Outcome<Repository> {
    if let Some(failure) = unreachable(url) {
        return Err(failure);
    }
    let path = local(url, top);
    Repository::at(&path, surroundings).ok_or_else(|| {
        Failure::plain(
            128,
            format!("fatal: '{url}' does not appear to be a git repository\n{NO_ACCESS}"),
        )
    })
}

/// The path that an address of this machine names.
fn local(url: &str, top: &Path) -> PathBuf {
    top.join(url.strip_prefix("file://").unwrap_or(url))
}

/// What git says of an address on another host.
fn unreachable(url: &str) -> Option<Failure> {
    if let Some((scheme, rest)) = url.split_once("://") {
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        let name = host.split(':').next().unwrap_or_default();
        return match scheme {
            "file" => None,
            "http" | "https" | "ftp" | "ftps" => {
                let slash = if url.ends_with('/') { "" } else { "/" };
                Some(Failure::fatal(format!(
                    "unable to access '{url}{slash}': Could not resolve host: {name}"
                )))
            }
            "ssh" | "git+ssh" => Some(no_host(name)),
            "git" => Some(Failure::fatal(format!(
                "unable to look up {name} (port 9418) (Name or service not known)"
            ))),
            other => Some(Failure::plain(
                128,
                format!("git: 'remote-{other}' is not a git command. See 'git --help'."),
            )),
        };
    }
    let colon = url.find(':')?;
    let host = &url[..colon];
    match host.contains('/') {
        true => None,
        false => Some(no_host(host.rsplit('@').next().unwrap_or_default())),
    }
}

fn no_host(name: &str) -> Failure {
    Failure::plain(
        128,
        format!("ssh: Could not resolve hostname {name}: Name or service not known\r\n{NO_ACCESS}"),
    )
}

/// An address as messages show it.
fn shown(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.strip_suffix(".git").unwrap_or(url)
}

/// One line of what happened to references: ` * [new branch]      main       -> origin/main`.
fn line(mark: char, what: &str, from: &str, to: &str, width: usize, note: &str) -> String {
    let note = if note.is_empty() {
        String::new()
    } else {
        format!("  ({note})")
    };
    format!(" {mark} {what:17} {from:width$} -> {to}{note}")
}
