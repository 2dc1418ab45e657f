//! Every command the README shows does what it says.

use std::path::Path;
use std::process::{Command, Output};

const README: &str = include_str!("../README.md");

/// Runs a line of the README with `isobox`, in the package's folder, as a shell reads it.
fn isobox(arguments: &str) -> Output {
    Command::new("sh")
        .args(["-c", &format!("exec \"$0\" {arguments}")])
        .arg(env!("CARGO_BIN_EXE_isobox"))
        .env(
            "ISOBOX_CACHE",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"),
        )
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

#[test]
fn the_first_command_prints_the_tree() {
    let command = README
        .lines()
        .find_map(|line| line.strip_prefix("cargo run --release -- "));
    let output = isobox(command.unwrap());
    assert!(output.status.success(), "{output:?}");
    let listing = String::from_utf8(output.stdout).unwrap();
    let mut names: Vec<String> =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
    names.sort();
    for name in names {
        assert!(
            listing
                .lines()
                .any(|line| line.ends_with(&format!(" {name}"))),
            "{name}: {listing}"
        );
    }
}

#[test]
fn every_console_line_succeeds() {
    let lines: Vec<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("$ isobox "))
        .collect();
    assert!(lines.len() >= 4);
    for line in lines {
        let output = isobox(line);
        assert!(output.status.success(), "{line}: {output:?}");
    }
}
