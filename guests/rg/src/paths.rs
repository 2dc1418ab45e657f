//! Where is searched.

use crate::messages;
use crate::options::Options;
use isobox_guest::stat::{self, Kind};
use std::path::{Path, PathBuf};

pub struct Paths {
    pub paths: Vec<PathBuf>,
    /// None was given, so that names are shown without `./`.
    pub implicit: bool,
    /// Names of files need not be shown.
    pub one_file: bool,
}

impl Paths {
    /// `input_read`: patterns came from standard input.
    pub fn take(options: &mut Options, input_read: bool) -> Result<Self, String> {
        let paths = std::mem::take(&mut options.positional);
        if input_read && paths.iter().any(|path| is_stdin(path)) {
            return Err(
                "error: attempted to read patterns from stdin while also searching stdin"
                    .to_owned(),
            );
        }
        if !paths.is_empty() {
            let paths = without_nothing(paths);
            let one_file = paths.len() == 1 && (is_stdin(&paths[0]) || !paths[0].is_dir());
            return Ok(Self {
                paths,
                implicit: false,
                one_file,
            });
        }
        let from_input = options.mode.searches() && !input_read && input_can_be_read();
        let path = if from_input { "-" } else { "./" };
        Ok(Self {
            paths: vec![PathBuf::from(path)],
            implicit: true,
            one_file: from_input,
        })
    }

    /// Whether ripgrep would look at the files as one piece of memory each: only when there are few.
    pub fn few_files(&self) -> bool {
        self.paths.len() <= 10 && self.paths.iter().all(|path| path.is_file())
    }
}

/// The paths that are not empty; those that are would be the current directory in preview 1.
fn without_nothing(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let given = paths.len();
    paths.retain(|path| !path.as_os_str().is_empty());
    for _ in paths.len()..given {
        messages::error(": IO error for operation on : No such file or directory (os error 44)");
    }
    paths
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// A file or a pipe, but no device such as `/dev/null`, which is what a run's own input is when there is none.
fn input_can_be_read() -> bool {
    stat::fstat(0).is_ok_and(|input| match input.kind {
        Kind::CharacterDevice | Kind::Directory => false,
        _ => input.device != stat::RUN_STREAMS || input_left() > 0,
    })
}

/// How many bytes of standard input there are to read.
fn input_left() -> i32 {
    let mut left = 0;
    // SAFETY: `left` is what this request writes to.
    unsafe { libc::ioctl(0, libc::FIONREAD, &raw mut left) };
    left
}
