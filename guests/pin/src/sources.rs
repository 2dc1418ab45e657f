//! What the guests are made from: the digest of `guests/`, and each guest's manifest.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// The digest of the sources.
///
/// BLAKE3 over every file below `guests`, in the order of their relative paths' bytes with `/` between the components.
/// For each file it is fed the path, a zero byte, the content's length as 64 bits little-endian, and the content.
/// Directories called `target`, which is all that `guests/.gitignore` names, are left out. The host's tests repeat this rule:
/// changing it here means changing it there.
pub fn digest(guests: &Path) -> Result<String> {
    let mut files = Vec::new();
    collect(guests, "", &mut files)?;
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for path in files {
        let content = fs::read(guests.join(&path)).with_context(|| format!("reading {path}"))?;
        hasher.update(path.as_bytes());
        hasher.update(&[0]);
        hasher.update(&(content.len() as u64).to_le_bytes());
        hasher.update(&content);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn collect(guests: &Path, below: &str, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(guests.join(below))? {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .ok()
            .context("a file name is not UTF-8")?;
        let path = if below.is_empty() {
            name.clone()
        } else {
            format!("{below}/{name}")
        };
        match entry.file_type()?.is_dir() {
            true if name == "target" => {}
            true => collect(guests, &path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

/// What a guest's `Cargo.toml` says to this tool.
pub struct GuestManifest {
    pub name: String,
    /// The directory of the machine's tree that its commands appear in.
    pub install: String,
    /// The uutils crates it is made of, by name.
    pub utilities: Vec<String>,
}

#[derive(Deserialize)]
struct Manifest {
    package: Option<Package>,
    #[serde(default)]
    dependencies: toml::Table,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    isobox: Option<Isobox>,
}

#[derive(Deserialize)]
struct Isobox {
    install: String,
}

/// The packages below `guests` that carry `[package.metadata.isobox]`, by name: those are the guests.
pub fn guest_manifests(guests: &Path) -> Result<Vec<GuestManifest>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(guests)? {
        let path = entry?.path().join("Cargo.toml");
        if path.is_file() {
            found.extend(guest_manifest(&path)?);
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn guest_manifest(path: &PathBuf) -> Result<Option<GuestManifest>> {
    let manifest: Manifest = toml::from_str(&fs::read_to_string(path)?)
        .with_context(|| format!("reading {}", path.display()))?;
    let Some((name, isobox)) = manifest
        .package
        .and_then(|p| Some((p.name, p.metadata.isobox?)))
    else {
        return Ok(None);
    };
    let utilities = manifest
        .dependencies
        .keys()
        .filter(|name| name.starts_with("uu_"))
        .cloned()
        .collect();
    Ok(Some(GuestManifest {
        name,
        install: isobox.install,
        utilities,
    }))
}
