//! `less` and `more`, which without a terminal are `cat`.

use crate::input::{put, read};
use isobox_guest::{Arguments, plain};
use std::path::Path;

pub fn less(arguments: Arguments) -> i32 {
    show("less", arguments)
}

pub fn more(arguments: Arguments) -> i32 {
    show("more", arguments)
}

/// What is wrong with a file is told, but is no reason for a status. Options change what a terminal shows: here they change nothing.
fn show(command: &str, arguments: Arguments) -> i32 {
    let mut files: Vec<String> = Vec::new();
    for word in gnu::words(arguments) {
        match &word[..] {
            "--version" | "-V" => {
                println!(
                    "{command} (isobox text-extra) {}",
                    env!("CARGO_PKG_VERSION")
                );
                return 0;
            }
            word if word.starts_with(['-', '+']) && word != "-" => {}
            word => files.push(word.to_owned()),
        }
    }
    if files.is_empty() {
        files.push("-".to_owned());
    }
    for name in &files {
        if Path::new(name).is_dir() {
            match command {
                "less" => println!("{name} is a directory"),
                _ => println!("\n*** {name}: directory ***\n"),
            }
            continue;
        }
        match read(name) {
            Ok(bytes) => {
                if command == "more" && name != "-" {
                    put(
                        command,
                        format!("::::::::::::::\n{name}\n::::::::::::::\n").as_bytes(),
                    );
                }
                put(command, &bytes);
            }
            Err(error) => match command {
                "less" => println!("{name}: {}", plain(&error)),
                _ => eprintln!("more: cannot open {name}: {}", plain(&error)),
            },
        }
    }
    0
}
