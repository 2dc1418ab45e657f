//! `--mount`: files of the host that a machine begins with.

use anyhow::{Context, bail};
use clap::Args;
use isobox::{Import, Session};

use super::progress::Progress;

#[derive(Args)]
pub struct Mounts {
    /// Copy a folder or file of the host into the machine
    ///
    /// Symbolic links are kept as they are and never followed. Times become the machine's, modes 0755 or 0644. What is changed
    /// there stays in the machine.
    #[arg(long, value_name = "HOST:GUEST", value_parser = mount, help_heading = "Files")]
    mount: Vec<(String, String)>,

    /// Leave files out of every --mount, in .gitignore's syntax; so does a .isoboxignore in HOST
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    exclude: Vec<String>,
}

impl Mounts {
    /// Copies everything into a session's machine.
    pub fn copy_into(&self, session: &mut Session) -> anyhow::Result<()> {
        let progress = Progress::default();
        // Directories before what is mounted inside them, in whatever order the command line names them.
        let mut mounts: Vec<&(String, String)> = self.mount.iter().collect();
        mounts.sort_by(|a, b| a.1.cmp(&b.1));
        for (host, guest) in mounts {
            check_absolute(guest, "--mount")?;
            let how = Import {
                exclude: &self.exclude,
                progress: Some(&progress),
            };
            session
                .import(host.as_ref(), guest, &how)
                .with_context(|| format!("--mount {host}:{guest}"))?;
        }
        Ok(())
    }
}

/// Refuses a path inside the machine that does not begin at its root.
pub fn check_absolute(path: &str, option: &str) -> anyhow::Result<()> {
    if !path.starts_with('/') {
        bail!("{option}: `{path}` is a path inside the machine and has to begin with `/`");
    }
    Ok(())
}

/// Parses `HOST:GUEST`; the last colon parts them, for HOST may hold others.
fn mount(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once(':') {
        Some((host, guest)) if !host.is_empty() && !guest.is_empty() => {
            Ok((host.to_owned(), guest.to_owned()))
        }
        _ => Err("HOST:GUEST is expected".to_owned()),
    }
}
