//! Embeds the pinned guests that `tools/guests.lock` names.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=tools");
    println!("cargo:rerun-if-changed=build.rs");
    // The folder of the package: cargo runs build scripts there.
    let tools = fs::canonicalize("tools").expect("tools/ is part of the package");
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
    let out = std::env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("guests.rs"), table)
        .expect("cargo's output folder can be written");
}
