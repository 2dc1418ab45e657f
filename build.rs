//! Embeds the pinned guests that `tools/guests.lock` names.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=tools");
    println!("cargo:rerun-if-changed=build.rs");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let tools = Path::new(&root).join("tools");
    let lock = fs::read_to_string(tools.join("guests.lock")).expect("tools/guests.lock is part of the package");
    let mut table = String::from("&[\n");
    for line in lock.lines() {
        let Some(value) = line.trim().strip_prefix("file = ") else {
            continue;
        };
        let name = value.trim_matches('"');
        let path = tools.join(name);
        writeln!(table, "    ({name:?}, include_bytes!({path:?}) as &[u8]),").expect("a string grows");
    }
    table.push_str("]\n");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("guests.rs"), table).expect("cargo's output folder can be written");
}
