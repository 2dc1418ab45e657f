//! `which`: where commands are.

use isobox_guest::Arguments;
use isobox_guest::program::check_executable;

pub fn which(arguments: Arguments) -> i32 {
    let mut all = false;
    let mut status = 0;
    let mut names = Vec::new();
    for word in gnu::words(arguments) {
        match &word[..] {
            "-a" if names.is_empty() => all = true,
            "--" => {}
            word if word.starts_with('-') && word.len() > 1 && names.is_empty() => {
                eprintln!(
                    "Illegal option {}",
                    word.chars().take(2).collect::<String>()
                );
                println!("Usage: /usr/bin/which [-a] args");
                return 2;
            }
            word => names.push(word.to_owned()),
        }
    }
    if names.is_empty() {
        return 1;
    }
    let path = std::env::var("PATH").unwrap_or_default();
    for name in names {
        if !shown(&name, &path, all) {
            status = 1;
        }
    }
    status
}

/// Prints where a command is; answers whether it is anywhere.
fn shown(name: &str, path: &str, all: bool) -> bool {
    if name.contains('/') {
        let found = check_executable(name).is_ok();
        if found {
            println!("{name}");
        }
        return found;
    }
    let mut found = false;
    for directory in path.split(':') {
        let directory = if directory.is_empty() { "." } else { directory };
        let candidate = format!("{directory}/{name}");
        if check_executable(&candidate).is_ok() {
            println!("{candidate}");
            found = true;
            if !all {
                return true;
            }
        }
    }
    found
}
