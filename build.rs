//! Embeds the pinned guests that `tools/guests.lock` names, and the manifests of the tools beside it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=tools");
    println!("cargo:rerun-if-changed=build.rs");
    // The folder of the package: cargo runs build scripts there.
    let tools = fs::canonicalize("tools").expect("tools/ is part of the package");
    let out = std::env::var_os("OUT_DIR").expect("cargo sets it");
    let out = Path::new(&out);
    fs::write(out.join("guests.rs"), guests(&tools)).expect("cargo's output folder can be written");
    fs::write(out.join("manifests.rs"), manifests(&tools))
        .expect("cargo's output folder can be written");
}

/// The compressed modules, by their file names.
fn guests(tools: &Path) -> String {
    let lock = fs::read_to_string(tools.join("guests.lock"))
        .expect("tools/guests.lock is part of the package");
    let mut table = String::from("&[\n");
    for line in lock.lines() {
        let Some(value) = line.trim().strip_prefix("file = ") else {
            continue;
        };
        let name = value.trim_matches('"');
        let path = tools.join(name);
        writeln!(table, "    ({name:?}, include_bytes!({path:?}) as &[u8]),")
            .expect("a string grows");
    }
    table.push_str("]\n");
    table
}

/// The manifests, by the names of their tools, in the order of these.
fn manifests(tools: &Path) -> String {
    let folder = fs::read_dir(tools).expect("tools/ is part of the package");
    let mut names: Vec<String> = folder
        .map(|entry| entry.expect("tools/ can be read").file_name())
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".toml")?.to_owned()))
        .filter(|name| name != "contract")
        .collect();
    names.sort();
    let mut table = String::from("&[\n");
    for name in names {
        let path = tools.join(format!("{name}.toml"));
        writeln!(table, "    ({name:?}, include_str!({path:?})),").expect("a string grows");
    }
    table.push_str("]\n");
    table
}
