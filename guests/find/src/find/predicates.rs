//! The words of each test and action.

use super::date;
use super::exec::{Exec, Mode as ExecMode};
use super::expression::{Compare, ModeTest, Options, Predicate, Sink, When, Which, nanoseconds};
use super::pattern::{Pattern, dialect};
use super::printf::Format;
use crate::help::quoted;
use gnu::glob::Glob;
use isobox_guest::plain;
use isobox_guest::stat::{FILE_GID, FILE_UID, Kind, Stat, stat};
use posix_regex::Dialect;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::rc::Rc;

const DAY: i128 = 86_400_000_000_000;
const MINUTE: i128 = 60_000_000_000;

/// The words that are left, and what predicates have said so far.
pub struct Reader<'a> {
    words: &'a [String],
    previous: Option<String>,
    pub options: Options,
    dialect: Dialect,
    pub has_action: bool,
    pub gathering: Vec<Rc<RefCell<Exec>>>,
    files: HashMap<String, Rc<RefCell<BufWriter<File>>>>,
    deletes: bool,
    prunes: bool,
    explicit_depth: bool,
}

impl<'a> Reader<'a> {
    pub fn new(words: &'a [String], options: Options) -> Self {
        Self {
            words,
            previous: None,
            options,
            dialect: Dialect::EMACS,
            has_action: false,
            gathering: Vec::new(),
            files: HashMap::new(),
            deletes: false,
            prunes: false,
            explicit_depth: false,
        }
    }

    pub fn next(&mut self) -> Option<String> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first.clone())
    }

    /// What only the whole command line tells.
    pub fn check(&self) -> Result<(), String> {
        if self.deletes && self.prunes && !self.explicit_depth {
            return Err("The -delete action automatically turns on -depth, but -prune does nothing when -depth is in effect.  If you want to carry on anyway, just explicitly use the -depth option.".to_owned());
        }
        Ok(())
    }

    fn argument(&mut self, predicate: &str) -> Result<String, String> {
        self.next()
            .ok_or_else(|| format!("missing argument to `{predicate}'"))
    }

    /// The file that an action writes to, opened once.
    fn sink(&mut self, predicate: &str) -> Result<Sink, String> {
        let name = self.argument(predicate)?;
        if let Some(open) = self.files.get(&name) {
            return Ok(Some(open.clone()));
        }
        let file = File::create(&name).map_err(|error| unreadable(&name, &error))?;
        let writer = Rc::new(RefCell::new(BufWriter::new(file)));
        self.files.insert(name, writer.clone());
        Ok(Some(writer))
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> String {
    format!("{}: {}", quoted(name), plain(error))
}

/// Reads what follows a predicate's name.
pub fn read(name: &str, reader: &mut Reader) -> Result<Predicate, String> {
    let read = dispatch(name, reader)?;
    reader.previous = Some(name.to_owned());
    Ok(read)
}

fn dispatch(name: &str, reader: &mut Reader) -> Result<Predicate, String> {
    let bare = name.strip_prefix("--").map(|bare| format!("-{bare}"));
    Ok(match bare.as_deref().unwrap_or(name) {
        "-true"
        | "-noleaf"
        | "-nowarn"
        | "-warn"
        | "-ignore_readdir_race"
        | "-noignore_readdir_race" => Predicate::Constant(true),
        "-false" | "-nouser" | "-nogroup" => Predicate::Constant(false),
        "-depth" | "-d" => {
            reader.options.depth_first = true;
            reader.explicit_depth = true;
            Predicate::Constant(true)
        }
        "-follow" => {
            (reader.options.follow, reader.options.follow_starts) = (true, true);
            Predicate::Constant(true)
        }
        "-mount" | "-xdev" => {
            reader.options.one_device = true;
            Predicate::Constant(true)
        }
        "-daystart" => {
            let now = reader.options.now;
            reader.options.day_end.seconds = now.seconds - now.seconds.rem_euclid(86_400) + 86_400;
            reader.options.day_end.nanoseconds = 0;
            Predicate::Constant(true)
        }
        "-maxdepth" => {
            reader.options.max_depth = depth(name, reader)?;
            Predicate::Constant(true)
        }
        "-mindepth" => {
            reader.options.min_depth = depth(name, reader)?;
            Predicate::Constant(true)
        }
        "-regextype" => {
            reader.dialect = dialect(&reader.argument(name)?)?;
            Predicate::Constant(true)
        }
        "-name" => Predicate::Name(Glob::new(&reader.argument(name)?, false)),
        "-iname" => Predicate::Name(Glob::new(&reader.argument(name)?, true)),
        "-path" | "-wholename" => Predicate::Path(Glob::new(&reader.argument(name)?, false)),
        "-ipath" | "-iwholename" => Predicate::Path(Glob::new(&reader.argument(name)?, true)),
        "-lname" => Predicate::LinkContent(Glob::new(&reader.argument(name)?, false)),
        "-ilname" => Predicate::LinkContent(Glob::new(&reader.argument(name)?, true)),
        "-regex" => Predicate::Regex(Pattern::new(
            &reader.argument(name)?,
            reader.dialect,
            false,
        )?),
        "-iregex" => Predicate::Regex(Pattern::new(&reader.argument(name)?, reader.dialect, true)?),
        "-type" => Predicate::Type(kinds(name, reader)?),
        "-xtype" => Predicate::OtherType(kinds(name, reader)?),
        "-size" => size(name, reader)?,
        "-empty" => Predicate::Empty,
        "-perm" => mode(&reader.argument(name)?)?,
        "-links" => Predicate::Links(number(name, reader)?),
        "-inum" => Predicate::Inode(number(name, reader)?),
        "-uid" => Predicate::User(number(name, reader)?),
        "-gid" => Predicate::Group(number(name, reader)?),
        "-user" => Predicate::User(owner(&reader.argument(name)?, FILE_UID, "user")?),
        "-group" => Predicate::Group(owner(&reader.argument(name)?, FILE_GID, "group")?),
        "-readable" => Predicate::Access(0o400),
        "-writable" => Predicate::Access(0o200),
        "-executable" => Predicate::Access(0o100),
        "-samefile" => {
            let file = stat_argument(name, reader)?;
            Predicate::Same(file.device, file.inode)
        }
        "-mtime" => age(name, reader, Which::Modified, DAY)?,
        "-atime" => age(name, reader, Which::Accessed, DAY)?,
        "-ctime" => age(name, reader, Which::Changed, DAY)?,
        "-mmin" => age(name, reader, Which::Modified, MINUTE)?,
        "-amin" => age(name, reader, Which::Accessed, MINUTE)?,
        "-cmin" => age(name, reader, Which::Changed, MINUTE)?,
        "-newer" => newer(name, reader, Which::Modified)?,
        "-anewer" => newer(name, reader, Which::Accessed)?,
        "-cnewer" => newer(name, reader, Which::Changed)?,
        other if other.starts_with("-newer") && other.len() == 8 => newer_pair(other, reader)?,
        "-prune" => {
            reader.prunes = true;
            Predicate::Prune
        }
        "-quit" => Predicate::Quit,
        _ => action(name, reader)?,
    })
}

/// The actions that take the place of the implied `-print`.
fn action(name: &str, reader: &mut Reader) -> Result<Predicate, String> {
    let action = match name {
        "-print" => Predicate::Print(None, b'\n'),
        "-print0" => Predicate::Print(None, 0),
        "-fprint" => Predicate::Print(reader.sink(name)?, b'\n'),
        "-fprint0" => Predicate::Print(reader.sink(name)?, 0),
        "-printf" => Predicate::Printf(None, Format::read(&reader.argument(name)?)),
        "-fprintf" => {
            let sink = reader.sink(name)?;
            Predicate::Printf(sink, Format::read(&reader.argument(name)?))
        }
        "-ls" => Predicate::List(None),
        "-fls" => Predicate::List(reader.sink(name)?),
        "-delete" => {
            reader.options.depth_first = true;
            reader.deletes = true;
            Predicate::Delete
        }
        "-exec" => exec(name, reader, false)?,
        "-execdir" => exec(name, reader, true)?,
        word if word.starts_with('-') => return Err(format!("unknown predicate `{word}'")),
        word => return Err(misplaced_path(word, reader.previous.as_deref())),
    };
    reader.has_action = true;
    Ok(action)
}

fn misplaced_path(word: &str, previous: Option<&str>) -> String {
    let mut message = format!("paths must precede expression: `{word}'");
    if let Some(previous) = previous.filter(|_| Path::new(word).exists()) {
        message.push_str(&format!(
            "\nfind: possible unquoted pattern after predicate `{previous}'?"
        ));
    }
    message
}

fn depth(name: &str, reader: &mut Reader) -> Result<usize, String> {
    let word = reader.argument(name)?;
    word.parse().map_err(|_| {
        format!(
            "Expected a positive decimal integer argument to {name}, but got {}",
            quoted(&word)
        )
    })
}

fn compared(word: &str) -> Option<Compare> {
    let digits = word.trim_start_matches(['+', '-']);
    let value: i64 = digits.parse().ok()?;
    Some(match word.as_bytes()[0] {
        b'+' => Compare::More(value),
        b'-' => Compare::Less(value),
        _ => Compare::Equal(value),
    })
}

fn number(name: &str, reader: &mut Reader) -> Result<Compare, String> {
    let word = reader.argument(name)?;
    compared(&word).ok_or_else(|| format!("invalid argument `{word}' to `{name}'"))
}

fn size(name: &str, reader: &mut Reader) -> Result<Predicate, String> {
    let word = reader.argument(name)?;
    if word.is_empty() {
        return Err("invalid null argument to -size".to_owned());
    }
    let unit = match word.chars().last() {
        Some('c') => 1,
        Some('w') => 2,
        Some('b') => 512,
        Some('k') => 1 << 10,
        Some('M') => 1 << 20,
        Some('G') => 1 << 30,
        Some(c) if !c.is_ascii_digit() => return Err(format!("invalid -size type `{c}'")),
        _ => 512,
    };
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count = compared(digits)
        .filter(|_| word.len() - digits.len() <= 1)
        .ok_or_else(|| format!("Invalid argument `{word}' to -size"))?;
    Ok(Predicate::Size(count, unit))
}

fn kinds(name: &str, reader: &mut Reader) -> Result<Vec<Kind>, String> {
    let word = reader.argument(name)?;
    if word.is_empty() {
        return Err(format!(
            "Arguments to {name} should contain at least one letter"
        ));
    }
    let mut kinds = Vec::new();
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        kinds.push(match letter {
            'f' => Kind::Regular,
            'd' => Kind::Directory,
            'l' => Kind::Symlink,
            'c' => Kind::CharacterDevice,
            'b' => Kind::BlockDevice,
            'p' => Kind::Pipe,
            's' => Kind::Socket,
            other => return Err(format!("Unknown argument to {name}: {other}")),
        });
        match letters.next() {
            None => break,
            Some(',') if letters.peek().is_none() => {
                return Err(format!(
                    "Last file type in list argument to {name} is missing, i.e., list is ending on: ','"
                ));
            }
            Some(',') => {}
            Some(_) => {
                return Err(format!(
                    "Must separate multiple arguments to {name} using: ','"
                ));
            }
        }
    }
    Ok(kinds)
}

fn mode(word: &str) -> Result<Predicate, String> {
    let (test, text) = match word.as_bytes().first() {
        Some(b'-') => (ModeTest::All, &word[1..]),
        Some(b'/') => (ModeTest::Any, &word[1..]),
        _ => (ModeTest::Exactly, word),
    };
    let invalid = || format!("invalid mode {}", quoted(word));
    let change = gnu::mode::parse(text).ok_or_else(invalid)?;
    Ok(Predicate::Mode(test, change.apply(0, false)))
}

/// A user or group by name or number. There is one of each.
fn owner(word: &str, only: u32, what: &str) -> Result<Compare, String> {
    if word.is_empty() {
        return Err(format!("The argument to -{what} should not be empty"));
    }
    if std::env::var("USER").as_deref().unwrap_or("user") == word {
        return Ok(Compare::Equal(only.into()));
    }
    if word == "root" {
        return Ok(Compare::Equal(0));
    }
    word.parse().map(Compare::Equal).map_err(|_| match what {
        "user" => format!("{} is not the name of a known user", quoted(word)),
        _ => format!("{} is not the name of an existing group", quoted(word)),
    })
}

fn age(name: &str, reader: &mut Reader, which: Which, unit: i128) -> Result<Predicate, String> {
    let word = reader.argument(name)?;
    let invalid = || format!("invalid argument `{word}' to `{name}'");
    let digits = word.strip_prefix(['+', '-']).unwrap_or(&word);
    let count: f64 = digits.parse().map_err(|_| invalid())?;
    if digits.is_empty() || !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Err(invalid());
    }
    let span = (count * unit as f64) as i128;
    let origin = nanoseconds(reader.options.day_end);
    // Whole days that have passed: a file of this moment is 0 days old, one of 24 hours ago is 1.
    let days = if unit == DAY { DAY } else { 0 };
    Ok(Predicate::Time(
        which,
        match word.as_bytes()[0] {
            b'+' => When::Before(origin - days - span),
            b'-' if unit == DAY => When::After(origin - 1_000_000_000 - span),
            b'-' => When::After(origin - span),
            _ => When::Within(origin - days - span, unit),
        },
    ))
}

fn stat_argument(name: &str, reader: &mut Reader) -> Result<Stat, String> {
    let file = reader.argument(name)?;
    let follow = reader.options.follow_starts;
    stat(Path::new(&file), follow).map_err(|error| unreadable(&file, &error))
}

fn newer(name: &str, reader: &mut Reader, which: Which) -> Result<Predicate, String> {
    let file = stat_argument(name, reader)?;
    Ok(Predicate::Time(
        which,
        When::After(nanoseconds(file.modified)),
    ))
}

/// `-newerXY`: time X of the file against time Y of the argument, which with `t` is a date.
fn newer_pair(name: &str, reader: &mut Reader) -> Result<Predicate, String> {
    let unknown = || format!("unknown predicate `{name}'");
    let letters = name.as_bytes();
    let which = |letter: u8| match letter {
        b'a' => Some(Which::Accessed),
        b'c' => Some(Which::Changed),
        b'm' => Some(Which::Modified),
        _ => None,
    };
    let own = match letters[6] {
        b'B' => {
            return Err(
                "This system does not provide a way to find the birth time of a file.".to_owned(),
            );
        }
        letter => which(letter).ok_or_else(unknown)?,
    };
    if letters[7] == b't' {
        let word = reader.argument(name)?;
        let moment = date::parse(&word, reader.options.now).ok_or_else(|| {
            format!(
                "I cannot figure out how to interpret {} as a date or time",
                quoted(&word)
            )
        })?;
        return Ok(Predicate::Time(own, When::After(nanoseconds(moment))));
    }
    let other = which(letters[7]).ok_or_else(unknown)?;
    let file = stat_argument(name, reader)?;
    let moment = match other {
        Which::Accessed => file.accessed,
        Which::Changed => file.changed,
        Which::Modified => file.modified,
    };
    Ok(Predicate::Time(own, When::After(nanoseconds(moment))))
}

/// `-exec` and `-execdir`: words up to `;`, or up to `{} +`.
fn exec(name: &str, reader: &mut Reader, in_directory: bool) -> Result<Predicate, String> {
    let missing = || format!("missing argument to `{name}'");
    let mut words: Vec<String> = Vec::new();
    loop {
        let word = reader.next().ok_or_else(missing)?;
        if word == ";" {
            if words.is_empty() {
                return Err(missing());
            }
            let exec = Exec::new(words, ExecMode::Each, in_directory);
            return Ok(Predicate::Exec(Rc::new(RefCell::new(exec))));
        }
        if word == "+" && words.last().is_some_and(|last| last.contains("{}")) {
            return gathered(name, words, reader, in_directory);
        }
        words.push(word);
    }
}

fn gathered(
    name: &str,
    mut words: Vec<String>,
    reader: &mut Reader,
    in_directory: bool,
) -> Result<Predicate, String> {
    let last = words.pop().unwrap_or_default();
    if last != "{}" {
        return Err(format!(
            "In ‘{name} ... {{}} +’ the ‘{{}}’ must appear by itself, but you specified {}",
            quoted(&last)
        ));
    }
    if words.iter().any(|word| word.contains("{}")) {
        return Err(format!(
            "Only one instance of {{}} is supported with {name} ... +"
        ));
    }
    if words.is_empty() {
        return Err(format!("invalid argument `+' to `{name}'"));
    }
    let exec = Rc::new(RefCell::new(Exec::new(
        words,
        ExecMode::Gather,
        in_directory,
    )));
    reader.gathering.push(exec.clone());
    Ok(Predicate::Exec(exec))
}
