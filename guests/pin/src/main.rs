//! The host-side half of `guests/build`: what a shell script is not the place for.
//!
//! ```text
//! pin texts  GUESTS VENDOR                 writes the families' message texts beside the vendored crates
//! pin write  GUESTS BUILT TOOLS TOOLCHAIN  freezes and compresses the built modules, writes the lock
//! pin check  GUESTS BUILT TOOLS TOOLCHAIN  the same without writing; fails when a pinned byte would change
//! ```

mod freeze;
mod lock;
mod sources;
mod texts;

use anyhow::{Context as _, Result, bail};
use lock::{Guest, Lock};
use std::path::Path;
use std::{env, fs};

/// Level 19 is the last that needs no extra memory to decompress.
const ZSTD_LEVEL: i32 = 19;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["texts", guests, vendor] => texts::write(Path::new(guests), Path::new(vendor)),
        ["write", guests, built, tools, toolchain] => pin(
            Path::new(guests),
            Path::new(built),
            Path::new(tools),
            toolchain,
            true,
        ),
        ["check", guests, built, tools, toolchain] => pin(
            Path::new(guests),
            Path::new(built),
            Path::new(tools),
            toolchain,
            false,
        ),
        _ => bail!("usage: pin texts GUESTS VENDOR | pin write|check GUESTS BUILT TOOLS TOOLCHAIN"),
    }
}

/// Pins every guest, or with `write` false only says what pinning would change.
fn pin(guests: &Path, built: &Path, tools: &Path, toolchain: &str, write: bool) -> Result<()> {
    let before = Lock::read(&tools.join("guests.lock"))?;
    let mut after = Lock {
        version: 1,
        sources: sources::digest(guests)?,
        guest: Vec::new(),
    };
    let mut same = before.sources == after.sources;
    println!(
        "sources {}",
        if same { "as pinned" } else { "have changed" }
    );
    for manifest in sources::guest_manifests(guests)? {
        let name = manifest.name.as_str();
        let wasm = fs::read(built.join(format!("{name}.wasm")))
            .with_context(|| format!("{name} was not built"))?;
        let frozen = freeze::freeze(&wasm).with_context(|| format!("freezing {name}"))?;
        let guest = Guest {
            name: name.to_owned(),
            file: format!("{name}.wasm.zst"),
            blake3: blake3::hash(&frozen.wasm).to_hex().to_string(),
            bytes: frozen.wasm.len() as u64,
            install: manifest.install,
            commands: frozen.commands,
        };
        let file = tools.join(&guest.file);
        let equal = before.guest.iter().any(|pinned| *pinned == guest) && file.exists();
        let compressed = zstd::encode_all(&frozen.wasm[..], ZSTD_LEVEL)?;
        println!(
            "{name}: {} bytes, {} compressed, {} commands: {}",
            guest.bytes,
            compressed.len(),
            guest.commands.len(),
            if equal {
                "the pinned bytes"
            } else {
                "differs from what is pinned"
            },
        );
        same &= equal;
        if write && !equal {
            fs::create_dir_all(tools)?;
            fs::write(file, compressed)?;
        }
        after.guest.push(guest);
    }
    if write {
        return after.write(&tools.join("guests.lock"), toolchain);
    }
    if !same {
        bail!("what was built is not what is pinned");
    }
    Ok(())
}
