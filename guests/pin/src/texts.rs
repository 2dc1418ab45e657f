//! The message texts of a family of utilities, as one Fluent resource.
//!
//! uucore's build script embeds `uu_<name>-<version>/locales/*.ftl` from every directory beside its own. `cargo vendor`
//! leaves the versions out of the directories' names, so that it finds none but those written here: one
//! for each guest, `uu_<family>-0`, with the English texts of all its utilities and nothing else.

use crate::sources::{GuestManifest, guest_manifests};
use anyhow::{Context as _, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The texts that the checksum utilities share live in a crate that no guest depends on by name.
const SHARED: &str = "uu_checksum_common";

/// Writes the texts of every family beside the crates in `vendor`.
pub fn write(guests: &Path, vendor: &Path) -> Result<()> {
    for guest in guest_manifests(guests)?
        .iter()
        .filter(|guest| !guest.utilities.is_empty())
    {
        let family = guest.name.trim_start_matches("coreutils-");
        let directory = vendor.join(format!("uu_{family}-0/locales"));
        let text = family_text(guest, vendor)?;
        fs::create_dir_all(&directory)?;
        fs::write(directory.join("en-US.ftl"), text)?;
    }
    Ok(())
}

fn family_text(guest: &GuestManifest, vendor: &Path) -> Result<String> {
    let mut messages = BTreeMap::new();
    for utility in guest.utilities.iter().map(String::as_str).chain([SHARED]) {
        let path = vendor.join(utility).join("locales/en-US.ftl");
        if !path.is_file() {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        for (id, message) in split(&text).with_context(|| format!("reading {}", path.display()))? {
            match messages.insert(id.to_owned(), message.clone()) {
                Some(other) if other != message => {
                    bail!("{utility} gives {id} another text than its neighbours")
                }
                _ => {}
            }
        }
    }
    Ok(messages.into_values().collect())
}

/// The messages of a Fluent resource: a message begins in the first column with its id and goes on in indented lines.
fn split(text: &str) -> Result<Vec<(&str, String)>> {
    let mut messages: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        let begins = line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-');
        if begins {
            let id = line.split([' ', '=']).next().unwrap_or_default();
            messages.push((id, format!("{line}\n")));
        } else if line.starts_with('#') || messages.is_empty() {
            // A comment, or an empty line before the first message.
        } else if let Some((_, message)) = messages.last_mut() {
            message.push_str(line);
            message.push('\n');
        }
    }
    if messages.is_empty() {
        bail!("no messages");
    }
    // Empty lines between messages are not part of either.
    for (_, message) in &mut messages {
        message.truncate(message.trim_end().len());
        message.push('\n');
    }
    Ok(messages)
}
