//! Archives made, and added to.

use super::header::{BLOCK, Member, kind};
use super::names::unsafe_prefix;
use super::options::{Action, Options, Source};
use super::reader::{Next, Reader};
use super::{Fatal, cannot_open, say};
use isobox_guest::plain;
use isobox_guest::stat::{FILE_GID, FILE_UID, Kind, Stat, stat};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// An archive is filled up to a multiple of this.
const RECORD: u64 = 20 * BLOCK as u64;

pub fn create(options: &Options) -> Result<bool, Fatal> {
    let out: Box<dyn Write> = match (&options.file, options.codec) {
        // What is packed is written at the end.
        (_, Some(_)) => Box::new(Vec::new()),
        (Some(name), None) => Box::new(open(options, name)?),
        (None, None) => Box::new(io::stdout()),
    };
    match options.codec {
        None => Maker::new(options, BufWriter::with_capacity(1 << 16, out)).make(0),
        Some(codec) => {
            // The archive's file is there before its members are read.
            let file = match &options.file {
                Some(name) => Some(open(options, name)?),
                None => None,
            };
            let mut maker = Maker::new(options, Vec::new());
            let good = maker.fill(0)?;
            let level = if codec == crate::codec::Codec::Bzip2 {
                9
            } else {
                6
            };
            let packed = codec
                .pack(&maker.out, level, None)
                .map_err(|error| write_error(options, &error))?;
            let written = match file {
                Some(mut file) => file.write_all(&packed),
                None => io::stdout().write_all(&packed),
            };
            written.map_err(|error| write_error(options, &error))?;
            Ok(good)
        }
    }
}

fn open(options: &Options, name: &str) -> Result<File, Fatal> {
    File::create(name).map_err(|error| cannot_open(options, name, &plain(&error)))
}

fn write_error(options: &Options, error: &io::Error) -> Fatal {
    let name = options.file.as_deref().unwrap_or("-");
    Fatal(format!("tar: {name}: Cannot write: {}", plain(error)))
}

/// `-r` and `-u`: goes to where the archive ends, and on from there.
pub fn append(options: &Options) -> Result<bool, Fatal> {
    if options.codec.is_some() {
        return Err(Fatal("tar: Cannot update compressed archives".to_owned()));
    }
    let Some(name) = &options.file else {
        return Err(Fatal(
            "tar: Options '-Aru' are incompatible with '-f -'".to_owned(),
        ));
    };
    let opened = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(name);
    let mut file = opened.map_err(|error| cannot_open(options, name, &plain(&error)))?;
    let mut times: HashMap<String, i64> = HashMap::new();
    let mut end = 0;
    {
        let mut reader = Reader::new(Box::new(io::BufReader::new(&mut file)));
        while let Ok(Next::Member(member)) = reader.next() {
            end = (reader.blocks + member.data().div_ceil(BLOCK as u64)) * BLOCK as u64;
            times.insert(
                member.name.trim_end_matches('/').to_owned(),
                member.modified,
            );
        }
    }
    file.seek(SeekFrom::Start(end))
        .map_err(|error| write_error(options, &error))?;
    let mut maker = Maker::new(options, BufWriter::new(file));
    if options.action == Action::Update {
        maker.times = Some(times);
    }
    maker.make(end)
}

struct Maker<'a, W: Write> {
    options: &'a Options,
    out: W,
    written: u64,
    good: bool,
    /// The names of files with several links, by device and inode.
    links: HashMap<(u64, u64), String>,
    /// With `-u`: what is in the archive, and how old.
    times: Option<HashMap<String, i64>>,
    told: Vec<String>,
    /// The archive itself, which is not put in.
    own: Option<(u64, u64)>,
}

impl<'a, W: Write> Maker<'a, W> {
    fn new(options: &'a Options, out: W) -> Self {
        let own = options
            .file
            .as_ref()
            .and_then(|name| stat(Path::new(name), true).ok());
        Self {
            options,
            out,
            written: 0,
            good: true,
            links: HashMap::new(),
            times: None,
            told: Vec::new(),
            own: own.map(|own| (own.device, own.inode)),
        }
    }

    fn make(mut self, start: u64) -> Result<bool, Fatal> {
        let good = self.fill(start)?;
        self.out
            .flush()
            .map_err(|error| write_error(self.options, &error))?;
        Ok(good)
    }

    /// Writes all members, and the end.
    fn fill(&mut self, start: u64) -> Result<bool, Fatal> {
        self.written = start;
        for source in &self.options.sources {
            self.source(source)?;
        }
        let end = (self.written + 2 * BLOCK as u64).next_multiple_of(RECORD);
        let zeros = vec![0; (end - self.written) as usize];
        self.put(&zeros)?;
        Ok(self.good)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Fatal> {
        self.written += bytes.len() as u64;
        self.out
            .write_all(bytes)
            .map_err(|error| write_error(self.options, &error))
    }

    fn source(&mut self, source: &Source) -> Result<(), Fatal> {
        if !source.directory.is_empty() && !Path::new(&source.directory).is_dir() {
            return Err(Fatal(format!(
                "tar: {}: Cannot open: No such file or directory",
                source.directory
            )));
        }
        let path = Path::new(&source.directory).join(&source.name);
        self.add(&path, &source.name)
    }

    fn complain(&mut self, name: &str, what: &str, error: &io::Error) {
        let _ = io::stdout().flush();
        eprintln!("tar: {name}: {what}: {}", plain(error));
        self.good = false;
    }

    fn add(&mut self, path: &Path, name: &str) -> Result<(), Fatal> {
        if self.options.excluded.hold(name) {
            return Ok(());
        }
        let found = match stat(path, self.options.follow) {
            Ok(found) => found,
            Err(error) => {
                self.complain(name, "Cannot stat", &error);
                return Ok(());
            }
        };
        if self.own == Some((found.device, found.inode)) && found.kind == Kind::Regular {
            eprintln!("tar: {name}: file is the archive; not dumped");
            return Ok(());
        }
        let shown = match found.kind {
            Kind::Directory => format!("{}/", name.trim_end_matches('/')),
            _ => name.to_owned(),
        };
        let shown = if name.chars().all(|c| c == '/') {
            "/".to_owned()
        } else {
            shown
        };
        let stale = self
            .times
            .as_ref()
            .and_then(|times| times.get(name.trim_end_matches('/')));
        let current = stale.is_some_and(|time| *time >= found.modified.seconds);
        if !(current && found.kind != Kind::Directory) {
            self.member(path, &shown, &found)?;
        }
        if found.kind == Kind::Directory && self.options.recursive {
            return self.children(path, &shown);
        }
        if self.options.remove && found.kind != Kind::Directory {
            let _ = fs::remove_file(path);
        }
        Ok(())
    }

    fn children(&mut self, path: &Path, name: &str) -> Result<(), Fatal> {
        let mut children: Vec<(String, PathBuf)> = match fs::read_dir(path) {
            Ok(entries) => entries
                .flatten()
                .map(|entry| {
                    (
                        entry.file_name().to_string_lossy().into_owned(),
                        entry.path(),
                    )
                })
                .collect(),
            Err(error) => {
                self.complain(name.trim_end_matches('/'), "Cannot open", &error);
                return Ok(());
            }
        };
        children.sort_unstable();
        for (child, path) in children {
            self.add(&path, &format!("{name}{child}"))?;
        }
        if self.options.remove {
            let _ = fs::remove_dir(path);
        }
        Ok(())
    }

    /// A name as it stands in the archive.
    fn stored(&mut self, name: &str) -> String {
        let mut stored = name.to_owned();
        for transform in &self.options.transforms {
            stored = transform.apply(&stored);
        }
        if self.options.absolute {
            return stored;
        }
        let cut = unsafe_prefix(&stored);
        if cut > 0 {
            let prefix = stored[..cut].to_owned();
            if !self.told.contains(&prefix) {
                eprintln!("tar: Removing leading `{prefix}' from member names");
                self.told.push(prefix);
            }
            stored.drain(..cut);
        }
        match (stored.is_empty(), name.ends_with('/')) {
            (true, true) => "./".to_owned(),
            (true, false) => ".".to_owned(),
            _ => stored,
        }
    }

    fn member(&mut self, path: &Path, name: &str, found: &Stat) -> Result<(), Fatal> {
        let user = std::env::var("USER").unwrap_or_else(|_| "user".to_owned());
        let options = self.options;
        let (owner, uid) = options.owner.clone().unwrap_or((user.clone(), FILE_UID));
        let (group, gid) = options.group.clone().unwrap_or((user, FILE_GID));
        let stored = self.stored(name);
        let mut member = Member {
            name: stored.clone(),
            kind: kind::FILE,
            mode: options.mode.as_ref().map_or(found.mode, |change| {
                change.apply(found.mode, found.kind == Kind::Directory)
            }),
            uid,
            gid,
            user: if options.numeric_owner {
                String::new()
            } else {
                owner
            },
            group: if options.numeric_owner {
                String::new()
            } else {
                group
            },
            size: 0,
            modified: options.mtime.unwrap_or(found.modified.seconds),
            link: String::new(),
        };
        let mut content = None;
        let identity = (found.device, found.inode);
        match found.kind {
            Kind::Directory => member.kind = kind::DIRECTORY,
            Kind::Symlink => {
                member.kind = kind::SYMLINK;
                member.link = fs::read_link(path)
                    .map(|it| it.to_string_lossy().into_owned())
                    .unwrap_or_default();
            }
            Kind::Regular => {
                if let Some(first) = self.links.get(&identity).filter(|_| found.links > 1) {
                    member.kind = kind::HARD_LINK;
                    member.link = first.clone();
                } else {
                    match File::open(path) {
                        Ok(file) => content = Some(file),
                        Err(error) => {
                            self.complain(name, "Cannot open", &error);
                            return Ok(());
                        }
                    }
                    member.size = found.bytes;
                    if found.links > 1 {
                        self.links.insert(identity, stored.clone());
                    }
                }
            }
            Kind::Pipe => member.kind = kind::FIFO,
            _ => {
                eprintln!("tar: {name}: socket ignored");
                return Ok(());
            }
        }
        self.say(
            &member,
            if options.show_transformed {
                &stored
            } else {
                name
            },
        );
        let header = member.write(options.ustar);
        self.put(&header)?;
        if let Some(file) = content {
            self.content(file, member.size)?;
        }
        Ok(())
    }

    fn say(&self, member: &Member, shown: &str) {
        let line = match self.options.verbose {
            0 => return,
            1 => shown.to_owned(),
            _ => member.line(&mut 19, self.options.numeric_owner, shown, false),
        };
        match self.options.file {
            None => eprintln!("{line}"),
            Some(_) => say(&line),
        }
    }

    /// As many bytes as the header has said, whatever the file does.
    fn content(&mut self, file: File, size: u64) -> Result<(), Fatal> {
        let mut left = size;
        let mut file = file.take(size);
        let mut buffer = vec![0; 1 << 16];
        while left > 0 {
            let count = file.read(&mut buffer).unwrap_or(0);
            if count == 0 {
                break;
            }
            left -= count as u64;
            self.put(&buffer[..count])?;
        }
        let missing = left + (size.next_multiple_of(BLOCK as u64) - size);
        let zeros = vec![0; 1 << 16];
        let mut missing = missing as usize;
        while missing > 0 {
            let count = missing.min(zeros.len());
            self.put(&zeros[..count])?;
            missing -= count;
        }
        Ok(())
    }
}
