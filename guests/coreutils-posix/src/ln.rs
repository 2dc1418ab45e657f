//! `ln`: uutils' own words its commonest failure, a name that is taken, otherwise than GNU.

use crate::help::PACKAGE;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::help::wrong;
use gnu::quote::quoted;
use gnu::words;
use isobox_guest::{Arguments, plain};
use std::ffi::CString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use Takes::{Maybe, Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("", "backup", Maybe),
    Spec("b", "", Nothing),
    Spec("d", "directory", Nothing),
    Spec("F", "", Nothing),
    Spec("f", "force", Nothing),
    Spec("i", "interactive", Nothing),
    Spec("L", "logical", Nothing),
    Spec("n", "no-dereference", Nothing),
    Spec("P", "physical", Nothing),
    Spec("r", "relative", Nothing),
    Spec("s", "symbolic", Nothing),
    Spec("S", "suffix", Value),
    Spec("t", "target-directory", Value),
    Spec("T", "no-target-directory", Nothing),
    Spec("v", "verbose", Nothing),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

pub fn ln(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("ln", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("ln", &parsed) {
        return status;
    }
    let jobs = match jobs(&parsed) {
        Ok(jobs) => jobs,
        Err(status) => return status,
    };
    let ln = Ln {
        symbolic: parsed.has("symbolic"),
        relative: parsed.has("relative"),
        force: parsed.has("force"),
        interactive: parsed.has("interactive"),
        follow: parsed.has("logical"),
        suffix: (parsed.has("backup") || parsed.has("b"))
            .then(|| parsed.value("suffix").unwrap_or("~").to_owned()),
        verbose: parsed.has("verbose"),
    };
    let mut status = 0;
    for (target, link) in jobs {
        if let Err(message) = ln.one(&target, &link) {
            eprintln!("ln: {message}");
            status = 1;
        }
    }
    status
}

/// What each link leads to, and where it is made.
fn jobs(parsed: &Parsed) -> Result<Vec<(String, PathBuf)>, i32> {
    let operands = &parsed.operands[..];
    let into = |targets: &[String], directory: &Path| {
        let name = |target: &String| {
            Path::new(target)
                .file_name()
                .map_or_else(|| PathBuf::from(target), PathBuf::from)
        };
        targets
            .iter()
            .map(|target| (target.clone(), directory.join(name(target))))
            .collect()
    };
    if let Some(directory) = parsed.value("target-directory") {
        if !Path::new(directory).is_dir() {
            eprintln!(
                "ln: target directory {}: No such file or directory",
                quoted(directory)
            );
            return Err(1);
        }
        return Ok(into(operands, Path::new(directory)));
    }
    // A link to a directory counts as the directory, unless -n says that it is a link.
    let is_directory = |name: &str| {
        let kept = parsed.has("no-dereference") && Path::new(name).is_symlink();
        !kept && Path::new(name).is_dir()
    };
    match operands {
        [] => Err(wrong("ln", "missing file operand")),
        [only] if parsed.has("no-target-directory") => Err(wrong(
            "ln",
            &format!("missing destination file operand after {}", quoted(only)),
        )),
        [only] => Ok(into(std::slice::from_ref(only), Path::new("."))),
        [target, link] if parsed.has("no-target-directory") || !is_directory(link) => {
            Ok(vec![(target.clone(), PathBuf::from(link))])
        }
        [targets @ .., last] if is_directory(last) => Ok(into(targets, Path::new(last))),
        [.., last] => {
            eprintln!("ln: target {}: No such file or directory", quoted(last));
            Err(1)
        }
    }
}

struct Ln {
    symbolic: bool,
    relative: bool,
    force: bool,
    interactive: bool,
    /// Whether a hard link to a symbolic one is to what that leads to.
    follow: bool,
    suffix: Option<String>,
    verbose: bool,
}

impl Ln {
    fn one(&self, target: &str, link: &Path) -> Result<(), String> {
        let name = quoted(&link.to_string_lossy());
        if !self.symbolic {
            let metadata = fs::symlink_metadata(target).map_err(|error| {
                format!("failed to access {}: {}", quoted(target), plain(&error))
            })?;
            if metadata.is_dir() {
                return Err(format!("{target}: hard link not allowed for directory"));
            }
        }
        if fs::symlink_metadata(link).is_ok() && !self.make_room(target, link, &name)? {
            return Ok(());
        }
        let target = if self.symbolic && self.relative {
            relative(target, link)
        } else {
            target.to_owned()
        };
        let (kind, made) = if self.symbolic {
            ("symbolic link", symlink(&target, link))
        } else {
            ("hard link", self.hard_link(&target, link))
        };
        made.map_err(|error| match self.symbolic {
            true => format!("failed to create {kind} {name}: {}", plain(&error)),
            false => format!(
                "failed to create {kind} {name} => {}: {}",
                quoted(&target),
                plain(&error)
            ),
        })?;
        if self.verbose {
            println!(
                "{name} {} {}",
                if self.symbolic { "->" } else { "=>" },
                quoted(&target)
            );
        }
        Ok(())
    }

    /// Takes away what stands at `link` if that was asked for. Answers whether to go on.
    fn make_room(&self, target: &str, link: &Path, name: &str) -> Result<bool, String> {
        if let Some(suffix) = &self.suffix {
            let backup = format!("{}{suffix}", link.display());
            return fs::rename(link, backup)
                .map(|()| true)
                .map_err(|error| format!("cannot backup {name}: {}", plain(&error)));
        }
        if self.interactive {
            eprint!("ln: replace {name}? ");
            let mut answer = String::new();
            let _ = io::stdin().read_line(&mut answer);
            if !answer.starts_with(['y', 'Y']) {
                return Ok(false);
            }
        } else if !self.force {
            return Ok(true);
        }
        if link.is_dir() && !link.is_symlink() {
            return Err(format!("{name}: cannot overwrite directory"));
        }
        if !self.symbolic && same_file(target, link) {
            return Err(format!("{} and {name} are the same file", quoted(target)));
        }
        fs::remove_file(link)
            .map(|()| true)
            .map_err(|error| format!("cannot remove {name}: {}", plain(&error)))
    }

    fn hard_link(&self, target: &str, link: &Path) -> io::Result<()> {
        let target = if self.follow {
            fs::canonicalize(target)?
        } else {
            PathBuf::from(target)
        };
        fs::hard_link(target, link)
    }
}

fn same_file(a: &str, b: &Path) -> bool {
    use isobox_guest::stat::stat;
    match (stat(Path::new(a), false), stat(b, false)) {
        (Ok(a), Ok(b)) => (a.device, a.inode) == (b.device, b.inode),
        _ => false,
    }
}

/// libc's, because std's refuses absolute contents on WASI.
fn symlink(content: &str, link: &Path) -> io::Result<()> {
    let link = CString::new(link.to_string_lossy().as_bytes())
        .map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    let content = CString::new(content).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    // SAFETY: both end in a zero byte.
    match unsafe { libc::symlink(content.as_ptr(), link.as_ptr()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// `target` as seen from the directory that `link` lies in.
fn relative(target: &str, link: &Path) -> String {
    let whole = |path: &Path| {
        fs::canonicalize(path)
            .unwrap_or_else(|_| std::env::current_dir().unwrap_or_default().join(path))
    };
    let parent = link
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let (target, parent) = (whole(Path::new(target)), whole(parent));
    let (from, to): (Vec<Component>, Vec<Component>) =
        (parent.components().collect(), target.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..]
        .iter()
        .map(|component| component.as_os_str().to_string_lossy().into_owned());
    let path = up.chain(down).collect::<Vec<_>>().join("/");
    if path.is_empty() {
        ".".to_owned()
    } else {
        path
    }
}
