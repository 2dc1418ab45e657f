//! `install`: copies files and sets their modes.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::mode;
use gnu::quote::{in_prose, quoted};
use gnu::words;
use isobox_guest::{Arguments, plain};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("c", "", Nothing),
    Spec("C", "compare", Nothing),
    Spec("d", "directory", Nothing),
    Spec("D", "", Nothing),
    Spec("g", "group", Value),
    Spec("m", "mode", Value),
    Spec("o", "owner", Value),
    Spec("p", "preserve-timestamps", Nothing),
    Spec("s", "strip", Nothing),
    Spec("t", "target-directory", Value),
    Spec("T", "no-target-directory", Nothing),
    Spec("v", "verbose", Nothing),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

/// The mode of what is installed when none is asked for.
const DEFAULT_MODE: u32 = 0o755;

pub fn install(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("install", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("install", &parsed) {
        return status;
    }
    let mode = match parsed.value("mode") {
        None => DEFAULT_MODE,
        Some(word) => match mode::parse(word) {
            Some(change) => change.apply(0, false),
            None => {
                eprintln!("install: invalid mode {}", in_prose(word));
                return 1;
            }
        },
    };
    let mut install = Install {
        mode,
        verbose: parsed.has("verbose"),
        times: parsed.has("preserve-timestamps"),
        compare: parsed.has("compare"),
        parents: parsed.has("D"),
        status: 0,
    };
    match destination(&parsed) {
        Ok(destination) => install.all(&parsed, destination),
        Err(status) => return status,
    }
    install.status
}

enum Destination {
    /// `-d`: the operands are directories to make.
    Nothing,
    File(PathBuf),
    Directory(PathBuf),
}

fn destination(parsed: &Parsed) -> Result<Destination, i32> {
    let missing = |operands: &[String]| match operands {
        [only] => wrong(
            "install",
            &format!("missing destination file operand after {}", quoted(only)),
        ),
        _ => wrong("install", "missing file operand"),
    };
    let operands = &parsed.operands[..];
    if parsed.has("directory") {
        return if operands.is_empty() {
            Err(missing(operands))
        } else {
            Ok(Destination::Nothing)
        };
    }
    if let Some(directory) = parsed.value("target-directory") {
        return if operands.is_empty() {
            Err(missing(operands))
        } else {
            Ok(Destination::Directory(directory.into()))
        };
    }
    let [.., last] = operands else {
        return Err(missing(operands));
    };
    if operands.len() < 2 {
        return Err(missing(operands));
    }
    let last = PathBuf::from(last);
    if !parsed.has("no-target-directory") && last.is_dir() {
        return Ok(Destination::Directory(last));
    }
    if operands.len() > 2 {
        eprintln!(
            "install: target {}: No such file or directory",
            quoted(&last.to_string_lossy())
        );
        return Err(1);
    }
    Ok(Destination::File(last))
}

struct Install {
    mode: u32,
    verbose: bool,
    times: bool,
    compare: bool,
    parents: bool,
    status: i32,
}

impl Install {
    fn all(&mut self, parsed: &Parsed, destination: Destination) {
        let operands = &parsed.operands;
        let result = match destination {
            Destination::Nothing => operands
                .iter()
                .try_for_each(|name| self.directory(Path::new(name))),
            Destination::File(target) => {
                let parent = target
                    .parent()
                    .filter(|parent| self.parents && !parent.as_os_str().is_empty());
                parent
                    .map_or(Ok(()), |parent| self.make_all(parent))
                    .and_then(|()| self.file(&operands[0], &target))
            }
            Destination::Directory(directory) => self.into_directory(parsed, &directory),
        };
        if let Err(message) = result {
            self.complain(&message);
        }
    }

    fn into_directory(&mut self, parsed: &Parsed, directory: &Path) -> Result<(), String> {
        if self.parents {
            self.make_all(directory)?;
        }
        if !directory.is_dir() {
            return Err(format!(
                "failed to access {}: No such file or directory",
                quoted(&directory.to_string_lossy())
            ));
        }
        let last_is_target = !parsed.has("target-directory");
        let sources = &parsed.operands[..parsed.operands.len() - usize::from(last_is_target)];
        for source in sources {
            let name = Path::new(source).file_name().unwrap_or_default();
            if let Err(message) = self.file(source, &directory.join(name)) {
                self.complain(&message);
            }
        }
        Ok(())
    }

    fn directory(&mut self, path: &Path) -> Result<(), String> {
        self.make_all(path)?;
        self.set_mode(path)
    }

    fn make_all(&mut self, path: &Path) -> Result<(), String> {
        let missing: Vec<&Path> = path
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && !path.is_dir())
            .collect();
        for path in missing.into_iter().rev() {
            let name = quoted(&path.to_string_lossy());
            fs::create_dir(path)
                .map_err(|error| format!("cannot create directory {name}: {}", plain(&error)))?;
            if self.verbose {
                println!("install: creating directory {name}");
            }
        }
        Ok(())
    }

    fn file(&mut self, source: &str, target: &Path) -> Result<(), String> {
        let name = quoted(&target.to_string_lossy());
        let unreadable =
            |error: io::Error| format!("cannot stat {}: {}", quoted(source), plain(&error));
        let metadata = fs::metadata(source).map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(format!("omitting directory {}", quoted(source)));
        }
        let content = fs::read(source).map_err(|error| {
            format!(
                "cannot open {} for reading: {}",
                quoted(source),
                plain(&error)
            )
        })?;
        let same = self.compare && fs::read(target).is_ok_and(|there| there == content);
        if !same {
            // A fresh file: who runs the old one keeps it.
            let replaced = fs::remove_file(target).is_ok();
            fs::write(target, content)
                .map_err(|error| format!("cannot create regular file {name}: {}", plain(&error)))?;
            if self.verbose && replaced {
                println!("removed {name}");
            }
            if self.verbose {
                println!("{} -> {name}", quoted(source));
            }
        }
        if self.times {
            keep_times(&metadata, target)
                .map_err(|error| format!("cannot set time stamps for {name}: {}", plain(&error)))?;
        }
        self.set_mode(target)
    }

    fn set_mode(&self, path: &Path) -> Result<(), String> {
        isobox_guest::mode::set(path, true, self.mode).map_err(|error| {
            format!(
                "cannot change permissions of {}: {}",
                quoted(&path.to_string_lossy()),
                plain(&error)
            )
        })
    }

    fn complain(&mut self, message: &str) {
        eprintln!("install: {message}");
        self.status = 1;
    }
}

fn keep_times(source: &fs::Metadata, target: &Path) -> io::Result<()> {
    let times = fs::FileTimes::new()
        .set_accessed(source.accessed()?)
        .set_modified(source.modified()?);
    fs::File::options()
        .write(true)
        .open(target)?
        .set_times(times)
}
