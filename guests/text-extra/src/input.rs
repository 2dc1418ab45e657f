//! Files and standard input, and output that may break off.

use gnu::getopt::{Order, Parsed, Spec, parse};
use isobox_guest::{Arguments, plain};
use std::io::{self, Read, Write};

/// All of a file, or of standard input when it is called `-`.
pub fn read(name: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match name {
        "-" => io::stdin().read_to_end(&mut bytes).map(|_| bytes),
        name => std::fs::read(name),
    }
}

/// Writes to standard output.
pub fn put(command: &str, bytes: &[u8]) {
    if let Err(error) = io::stdout().write_all(bytes) {
        let _ = writeln!(io::stderr(), "{command}: write error: {}", plain(&error));
        std::process::exit(1);
    }
}

/// The options of a command, or the status to end with.
pub fn options(
    command: &str,
    arguments: Arguments,
    specs: &'static [Spec],
    usage: &str,
) -> Result<Parsed, i32> {
    let parsed = parse(command, gnu::words(arguments), specs, Order::Permute).ok_or(1)?;
    if parsed.has("help") {
        println!("Usage: {command} {usage}");
        return Err(0);
    }
    if parsed.has("version") {
        println!(
            "{command} (isobox text-extra) {}",
            env!("CARGO_PKG_VERSION")
        );
        return Err(0);
    }
    Ok(parsed)
}
