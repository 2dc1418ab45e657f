//! Archives listed and unpacked.

use super::header::{Member, kind};
use super::names::{stripped, unsafe_prefix};
use super::options::{Action, Options};
use super::reader::{Next, Reader};
use super::{Fatal, cannot_open, say};
use crate::codec::{Codec, unpack_any};
use gnu::quote::in_prose;
use isobox_guest::{mode, plain};
use std::ffi::CString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a tape drive would read at once, and the part of it that headers and contents are counted in.
const RECORD: u64 = 10_240;
const BLOCK: u64 = 512;

pub fn run(options: &Options) -> Result<bool, Fatal> {
    let stream: Box<dyn Read> = match &options.file {
        None => Box::new(io::stdin()),
        Some(name) => {
            Box::new(File::open(name).map_err(|error| cannot_open(options, name, &plain(&error)))?)
        }
    };
    if !options.directory.is_empty()
        && options.action == Action::Extract
        && !Path::new(&options.directory).is_dir()
    {
        return Err(Fatal(format!(
            "tar: {}: Cannot open: No such file or directory",
            options.directory
        )));
    }
    let mut stream = io::BufReader::with_capacity(1 << 16, stream);
    let start = io::BufRead::fill_buf(&mut stream).unwrap_or_default();
    let codec = Codec::of(start);
    if let Some(wanted) = options.codec
        && codec != Some(wanted)
    {
        return Err(Fatal(not_packed(wanted)));
    }
    let stream = unpack_any(stream, codec).map_err(|error| broken(codec, &error))?;
    let mut job = Job {
        options,
        reader: Reader::new(stream),
        good: true,
        width: 19,
        told: Vec::new(),
        directories: Vec::new(),
    };
    let outcome = job.members(codec);
    job.settle_directories();
    outcome?;
    let found = options.wanted.tell_missing();
    Ok(job.good && found)
}

/// What the unpacking tool says, and what tar says then.
fn not_packed(codec: Codec) -> String {
    let said = match codec {
        Codec::Gzip => "\ngzip: stdin: not in gzip format".to_owned(),
        Codec::Bzip2 => "bzip2: (stdin) is not a bzip2 file.".to_owned(),
        Codec::Xz => "xz: (stdin): File format not recognized".to_owned(),
        Codec::Zstd => "zstd: /*stdin*\\: unsupported format ".to_owned(),
    };
    let status = if codec == Codec::Bzip2 { 2 } else { 1 };
    format!("{said}\ntar: Child returned status {status}")
}

fn broken(codec: Option<Codec>, error: &io::Error) -> Fatal {
    let ended = error.kind() == io::ErrorKind::UnexpectedEof;
    Fatal(match codec {
        None => format!("tar: Read error: {}", plain(error)),
        Some(Codec::Gzip) if ended => {
            "\ngzip: stdin: unexpected end of file\ntar: Child returned status 1".to_owned()
        }
        Some(Codec::Gzip) => {
            "\ngzip: stdin: invalid compressed data--format violated\ntar: Child returned status 1"
                .to_owned()
        }
        Some(Codec::Xz) if ended => {
            "xz: (stdin): Unexpected end of input\ntar: Child returned status 1".to_owned()
        }
        Some(Codec::Xz) => {
            "xz: (stdin): Compressed data is corrupt\ntar: Child returned status 1".to_owned()
        }
        Some(codec) => format!(
            "{}: (stdin): {}\ntar: Child returned status 2",
            codec.tool(),
            plain(error)
        ),
    })
}

/// Within a member it is tar that says so: once when it passes over it, twice when it unpacks it.
fn cut_short(codec: Option<Codec>, error: &io::Error, times: usize) -> Fatal {
    match (codec, error.kind()) {
        (Some(Codec::Gzip), io::ErrorKind::UnexpectedEof) => Fatal(format!(
            "\ngzip: stdin: unexpected end of file{}",
            "\ntar: Unexpected EOF in archive".repeat(times)
        )),
        _ => broken(codec, error),
    }
}

struct Job<'a> {
    options: &'a Options,
    reader: Reader<'a>,
    good: bool,
    width: usize,
    told: Vec<String>,
    /// Directories get their modes and times last, when nothing more is put into them.
    directories: Vec<(PathBuf, u32, i64)>,
}

impl Job<'_> {
    fn members(&mut self, codec: Option<Codec>) -> Result<(), Fatal> {
        let mut first = true;
        loop {
            let inside = !self.reader.is_done();
            let next = self.reader.next().map_err(|error| match inside {
                true => cut_short(codec, &error, 1),
                false => broken(codec, &error),
            })?;
            match next {
                Next::Member(member) => self.member(&member, codec)?,
                Next::End if first && self.reader.blocks == 0 => {
                    eprintln!("tar: This does not look like a tar archive");
                    self.good = false;
                    return Ok(());
                }
                Next::End => return Ok(()),
                Next::Garbage if first => {
                    eprintln!("tar: This does not look like a tar archive");
                    // GNU tar looks for a header in all that follows.
                    while let Next::Garbage =
                        self.reader.next().map_err(|error| broken(codec, &error))?
                    {
                    }
                    eprintln!("tar: Skipping to next header");
                    self.good = false;
                    return Ok(());
                }
                Next::Garbage => {
                    eprintln!("tar: Skipping to next header");
                    self.good = false;
                }
                Next::Cut => {
                    return Err(self.ended());
                }
            }
            first = false;
        }
    }

    fn member(&mut self, member: &Member, codec: Option<Codec>) -> Result<(), Fatal> {
        if !self.options.wanted.holds(&member.name) || self.options.excluded.hold(&member.name) {
            return Ok(());
        }
        let Some(name) = self.target(&member.name) else {
            return Ok(());
        };
        let shown = if self.options.show_transformed {
            &name
        } else {
            &member.name
        };
        let listing = self.options.action == Action::List;
        if listing || self.options.verbose > 0 {
            self.say(member, shown, listing);
        }
        if listing {
            return Ok(());
        }
        if self.options.to_output {
            if member.kind == kind::FILE {
                let copied = io::copy(&mut self.reader, &mut io::stdout());
                copied.map_err(|error| broken(codec, &error))?;
                return self.check_whole();
            }
            return Ok(());
        }
        self.extract(member, &name, codec)
    }

    fn check_whole(&self) -> Result<(), Fatal> {
        match self.reader.is_done() {
            true => Ok(()),
            false => Err(self.ended()),
        }
    }

    /// The archive ends within a member. GNU tar finds that out once when it passes over the member, twice when it unpacks it, and finds
    /// itself within a record when it looks for the end of a file.
    fn ended(&self) -> Fatal {
        const ENDED: &str = "tar: Unexpected EOF in archive";
        const WITHIN: &str = "tar: rmtlseek not stopped at a record boundary";
        let file = self
            .options
            .file
            .as_ref()
            .and_then(|name| fs::metadata(name).ok());
        let length = file.map_or(0, |file| file.len());
        let within = length % RECORD > 0;
        Fatal(match self.options.action == Action::List {
            true if length < RECORD && within => WITHIN.to_owned(),
            true => ENDED.to_owned(),
            false if within => format!("{ENDED}\n{WITHIN}"),
            false => format!("{ENDED}\n{ENDED}"),
        })
    }

    fn say(&mut self, member: &Member, shown: &str, listing: bool) {
        let long = self.options.verbose > usize::from(!listing);
        let shown = gnu::quote::apply(shown, gnu::quote::Style::Escape).replace("\\ ", " ");
        let line = match long {
            true => member.line(
                &mut self.width,
                self.options.numeric_owner,
                &shown,
                self.options.full_time,
            ),
            false => shown,
        };
        match self.options.to_output {
            true => eprintln!("{line}"),
            false => say(&line),
        }
    }

    /// Where a member goes; nothing when nothing is left of its name.
    fn target(&mut self, name: &str) -> Option<String> {
        let mut name = name.to_owned();
        for transform in &self.options.transforms {
            name = transform.apply(&name);
        }
        name = stripped(&name, self.options.strip)?;
        if self.options.absolute {
            return Some(name);
        }
        let cut = unsafe_prefix(&name);
        if cut > 0 {
            let prefix = name[..cut].to_owned();
            if !self.told.contains(&prefix) {
                let _ = io::stdout().flush();
                eprintln!("tar: Removing leading `{prefix}' from member names");
                self.told.push(prefix);
            }
            if self.options.action == Action::List {
                return Some(name);
            }
            if name.split('/').any(|part| part == "..") {
                eprintln!("tar: {name}: Member name contains '..'");
                self.good = false;
                return None;
            }
            name.drain(..cut);
        }
        Some(if name.is_empty() {
            ".".to_owned()
        } else {
            name
        })
    }

    /// What a hard link leads to, as members are named.
    fn link_target(&mut self, link: &str) -> String {
        let mut target = link.to_owned();
        for transform in &self.options.transforms {
            target = transform.apply(&target);
        }
        target = stripped(&target, self.options.strip).unwrap_or_default();
        let cut = if self.options.absolute {
            0
        } else {
            unsafe_prefix(&target)
        };
        if cut > 0 {
            let prefix: String = target.drain(..cut).collect();
            let _ = io::stdout().flush();
            eprintln!("tar: Removing leading `{prefix}' from hard link targets");
        }
        target
    }

    fn complain(&mut self, name: &str, what: &str, error: &io::Error) {
        let _ = io::stdout().flush();
        eprintln!("tar: {name}: {what}: {}", plain(error));
        self.good = false;
    }

    fn extract(&mut self, member: &Member, name: &str, codec: Option<Codec>) -> Result<(), Fatal> {
        let path = Path::new(&self.options.directory).join(name);
        if let Some(parent) = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            if self.leads_out(parent) {
                // GNU tar puts a plain file where such a link will be in the end.
                self.complain(
                    name,
                    "Cannot open",
                    &io::Error::from_raw_os_error(libc::ENOTDIR),
                );
                return Ok(());
            }
            let _ = fs::create_dir_all(parent);
        }
        match member.kind {
            kind::DIRECTORY => {
                let bare = Path::new(&self.options.directory).join(name.trim_end_matches('/'));
                if bare.is_file() && self.make_way(&bare, name).is_err() {
                    return Ok(());
                }
                if !path.is_dir()
                    && let Err(error) = fs::create_dir(&path)
                {
                    self.complain(name.trim_end_matches('/'), "Cannot mkdir", &error);
                    return Ok(());
                }
                self.directories.push((path, member.mode, member.modified));
                Ok(())
            }
            kind::SYMLINK => {
                self.make_way(&path, name)
                    .map(|()| symlink(&member.link, &path))
                    .map_or_else(
                        |()| {},
                        |made| {
                            if let Err(error) = made {
                                self.complain(
                                    name,
                                    &format!("Cannot create symlink to {}", in_prose(&member.link)),
                                    &error,
                                );
                            }
                        },
                    );
                Ok(())
            }
            kind::HARD_LINK => {
                let target = self.link_target(&member.link);
                let source = Path::new(&self.options.directory).join(&target);
                if self.make_way(&path, name).is_ok()
                    && let Err(error) = fs::hard_link(&source, &path)
                {
                    self.complain(
                        name,
                        &format!("Cannot hard link to {}", in_prose(&target)),
                        &error,
                    );
                }
                Ok(())
            }
            kind::CHARACTER_DEVICE | kind::BLOCK_DEVICE | kind::FIFO => {
                self.complain(
                    name,
                    "Cannot mknod",
                    &io::Error::from_raw_os_error(libc::EPERM),
                );
                Ok(())
            }
            _ => self.file(member, name, &path, codec),
        }
    }

    /// Whether a directory in the path is a symbolic link that leaves the directory that is unpacked into.
    fn leads_out(&self, parent: &Path) -> bool {
        let top = match self.options.directory.is_empty() {
            true => Path::new("."),
            false => Path::new(&self.options.directory),
        };
        if self.options.absolute {
            return false;
        }
        let Ok(top) = top.canonicalize() else {
            return false;
        };
        let existing = parent.ancestors().find(|it| it.exists() || it.is_symlink());
        existing
            .filter(|it| !it.as_os_str().is_empty())
            .is_some_and(|it| {
                it.canonicalize()
                    .map_or(true, |real| !real.starts_with(&top))
            })
    }

    /// Takes away what stands where a member goes.
    fn make_way(&mut self, path: &Path, name: &str) -> Result<(), ()> {
        if fs::symlink_metadata(path).is_err() {
            return Ok(());
        }
        if self.options.skip {
            return Err(());
        }
        let exists = io::Error::from_raw_os_error(libc::EEXIST);
        if self.options.keep {
            self.complain(name, "Cannot open", &exists);
            return Err(());
        }
        match path.is_dir() && !path.is_symlink() {
            true => fs::remove_dir(path).map_err(|error| match error.raw_os_error() {
                Some(libc::ENOTEMPTY) => exists,
                _ => error,
            }),
            false => fs::remove_file(path),
        }
        .map_err(|error| self.complain(name, "Cannot open", &error))
    }

    fn file(
        &mut self,
        member: &Member,
        name: &str,
        path: &Path,
        codec: Option<Codec>,
    ) -> Result<(), Fatal> {
        if self.make_way(path, name).is_err() {
            return Ok(());
        }
        let file = match File::create(path) {
            Ok(file) => file,
            Err(error) => {
                self.complain(name, "Cannot open", &error);
                return Ok(());
            }
        };
        let mut out = BufWriter::with_capacity(1 << 16, file);
        let copied = io::copy(&mut self.reader, &mut out);
        let flushed = out.flush();
        if let Err(error) = copied {
            return Err(cut_short(codec, &error, 2));
        }
        if !self.reader.is_done() {
            // What came is kept in whole blocks.
            let file = out.get_ref();
            let _ = file
                .metadata()
                .and_then(|it| file.set_len(it.len() / BLOCK * BLOCK));
        }
        self.check_whole()?;
        if let Err(error) = flushed {
            self.complain(name, "Cannot write", &error);
        }
        if !self.options.touch
            && let Ok(file) = out.into_inner()
        {
            let _ = file.set_modified(moment(member.modified));
        }
        let _ = mode::set(path, true, self.masked(member.mode));
        Ok(())
    }

    fn masked(&self, mode: u32) -> u32 {
        match self.options.permissions {
            true => mode,
            false => mode & !isobox_guest::process::umask() & 0o777,
        }
    }

    fn settle_directories(&mut self) {
        let directories = std::mem::take(&mut self.directories);
        for (path, permissions, modified) in directories.into_iter().rev() {
            if !self.options.touch {
                set_time(&path, modified);
            }
            let _ = mode::set(&path, true, self.masked(permissions));
        }
    }
}

fn moment(seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds.max(0) as u64)
}

/// Sets a directory's time, which std can only through a file that is open for writing.
fn set_time(path: &Path, seconds: i64) {
    let Ok(path) = CString::new(path.to_string_lossy().as_bytes()) else {
        return;
    };
    // SAFETY: zeroes are times, and the path ends in a zero byte.
    unsafe {
        let mut times: [libc::timespec; 2] = std::mem::zeroed();
        for time in &mut times {
            time.tv_sec = seconds as _;
        }
        libc::utimensat(libc::AT_FDCWD, path.as_ptr(), times.as_ptr(), 0);
    }
}

/// libc's, because std's refuses absolute contents on WASI.
fn symlink(content: &str, link: &Path) -> io::Result<()> {
    let invalid = |_| io::Error::from_raw_os_error(libc::EINVAL);
    let link = CString::new(link.to_string_lossy().as_bytes()).map_err(invalid)?;
    let content = CString::new(content).map_err(invalid)?;
    // SAFETY: both end in a zero byte.
    match unsafe { libc::symlink(content.as_ptr(), link.as_ptr()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
