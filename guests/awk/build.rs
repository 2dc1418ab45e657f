//! Gives awk a deeper stack than other guests have: functions call each other as deep as programs like.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-zstack-size=16777216");
}
