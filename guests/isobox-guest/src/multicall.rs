//! Several commands in one module: which one runs is the last component of `argv[0]`.

use crate::{Arguments, Command, enter_working_directory};
use std::io::Write;

/// Declares a guest: its commands, and what its image is frozen with.
///
/// ```ignore
/// isobox_guest::commands! {
///     freeze: uutils_family::freeze("basic"),
///     "true" => uu_true::uumain,
/// }
/// ```
///
/// The names go into the image as one text, a line a command, which `isobox_commands` points at: the table is written
/// once, and the lock's list of commands is read from the module itself.
#[macro_export]
macro_rules! commands {
    (freeze: $freeze:expr, $($name:literal => $command:expr,)+) => {
        static NAMES: &str = concat!($($name, "\n"),+);

        /// Where the names of the commands lie in memory: the address in the high half, the length in the low one.
        #[unsafe(no_mangle)]
        pub extern "C" fn isobox_commands() -> u64 {
            ((NAMES.as_ptr() as u64) << 32) | NAMES.len() as u64
        }

        /// Computes what every start repeats. Run once when the guest is pinned; it may call no import.
        #[unsafe(no_mangle)]
        pub extern "C" fn isobox_freeze() {
            $freeze
        }

        fn find(name: &str) -> Option<$crate::Command> {
            match name {
                $($name => Some($command as $crate::Command),)+
                _ => None,
            }
        }

        fn main() {
            isobox_freeze();
            $crate::run(find)
        }
    };
}

/// Runs the command that `argv[0]` names and ends the process with its status.
pub fn run(find: fn(&str) -> Option<Command>) -> ! {
    enter_working_directory();
    let arguments: Vec<_> = std::env::args_os().collect();
    let name = arguments
        .first()
        .map(|path| path.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    match find(name) {
        Some(command) => settle(name, command, arguments.into_iter()),
        None => {
            let _ = writeln!(
                std::io::stderr(),
                "{name}: this program does not hold such a command"
            );
            std::process::exit(127)
        }
    }
}

/// Runs `command`, writes out what standard output still holds, and exits.
///
/// A failing flush is what the utility would have said had it written itself: GNU's `write error`, status 1.
fn settle(name: &str, command: Command, arguments: Arguments) -> ! {
    let status = command(arguments);
    match std::io::stdout().flush() {
        Err(error) if status == 0 => {
            let _ = writeln!(std::io::stderr(), "{name}: write error: {}", plain(&error));
            std::process::exit(1)
        }
        _ => std::process::exit(status),
    }
}

/// An I/O error as C's `strerror` words it, without Rust's ` (os error N)`.
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(cut) => text[..cut].to_owned(),
        None => text,
    }
}
