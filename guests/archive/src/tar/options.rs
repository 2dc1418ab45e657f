//! The command line of `tar`. Where names stand among `-C` and others counts, so options are read up to each name.

use super::names::{Exclusions, Wanted};
use super::transform::Transform;
use crate::codec::Codec;
use gnu::getopt::{Order, Spec, Takes, read as getopt};
use isobox_guest::plain;

use Takes::{Maybe, Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("c", "create", Nothing),
    Spec("x", "extract", Nothing),
    Spec("", "get", Nothing),
    Spec("t", "list", Nothing),
    Spec("r", "append", Nothing),
    Spec("u", "update", Nothing),
    Spec("f", "file", Value),
    Spec("v", "verbose", Nothing),
    Spec("z", "gzip", Nothing),
    Spec("", "gunzip", Nothing),
    Spec("j", "bzip2", Nothing),
    Spec("J", "xz", Nothing),
    Spec("", "zstd", Nothing),
    Spec("a", "auto-compress", Nothing),
    Spec("C", "directory", Value),
    Spec("", "exclude", Value),
    Spec("X", "exclude-from", Value),
    Spec("", "exclude-vcs", Nothing),
    Spec("", "strip-components", Value),
    Spec("", "transform", Value),
    Spec("", "xform", Value),
    Spec("", "show-transformed-names", Nothing),
    Spec("O", "to-stdout", Nothing),
    Spec("p", "preserve-permissions", Nothing),
    Spec("", "same-permissions", Nothing),
    Spec("", "no-same-permissions", Nothing),
    Spec("", "same-owner", Nothing),
    Spec("o", "no-same-owner", Nothing),
    Spec("P", "absolute-names", Nothing),
    Spec("T", "files-from", Value),
    Spec("", "null", Nothing),
    Spec("k", "keep-old-files", Nothing),
    Spec("", "skip-old-files", Nothing),
    Spec("", "overwrite", Nothing),
    Spec("m", "touch", Nothing),
    Spec("h", "dereference", Nothing),
    Spec("", "no-recursion", Nothing),
    Spec("", "owner", Value),
    Spec("", "group", Value),
    Spec("", "numeric-owner", Nothing),
    Spec("", "mtime", Value),
    Spec("", "mode", Value),
    Spec("", "sort", Value),
    Spec("H", "format", Value),
    Spec("", "wildcards", Nothing),
    Spec("", "no-wildcards", Nothing),
    Spec("", "ignore-failed-read", Nothing),
    Spec("", "one-file-system", Nothing),
    Spec("", "remove-files", Nothing),
    Spec("b", "blocking-factor", Value),
    Spec("", "full-time", Nothing),
    Spec("?", "help", Nothing),
    Spec("", "version", Nothing),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Append,
    Update,
    List,
    Extract,
}

/// A name to put in, and the directory it is in.
pub struct Source {
    pub directory: String,
    pub name: String,
}

/// What was asked for.
pub struct Options {
    pub action: Action,
    /// The archive; nothing is standard input or output.
    pub file: Option<String>,
    pub verbose: usize,
    pub codec: Option<Codec>,
    pub sources: Vec<Source>,
    pub wanted: Wanted,
    pub excluded: Exclusions,
    pub strip: usize,
    pub transforms: Vec<Transform>,
    pub show_transformed: bool,
    pub to_output: bool,
    pub permissions: bool,
    pub absolute: bool,
    pub keep: bool,
    pub skip: bool,
    pub touch: bool,
    pub follow: bool,
    pub recursive: bool,
    pub owner: Option<(String, u32)>,
    pub group: Option<(String, u32)>,
    pub numeric_owner: bool,
    pub mtime: Option<i64>,
    pub mode: Option<gnu::mode::Change>,
    pub remove: bool,
    pub ustar: bool,
    /// Where files are extracted to.
    pub directory: String,
    pub full_time: bool,
}

/// Reads the words; nothing when only help was asked for.
pub fn read(words: Vec<String>) -> Result<Option<Options>, String> {
    let mut words = modern(words)?;
    let mut parser = Parser::new();
    loop {
        let parsed = getopt(words.into_iter(), SPECS, Order::OptionsFirst)?;
        for (key, value) in &parsed.options {
            if *key == "help" {
                return Ok(None);
            }
            if *key == "version" {
                println!("tar (isobox archive) {}", env!("CARGO_PKG_VERSION"));
                std::process::exit(0);
            }
            parser.option(key, value.as_deref().unwrap_or_default())?;
        }
        let mut operands = parsed.operands;
        if operands.is_empty() {
            break;
        }
        let rest = operands.split_off(1);
        parser.names.extend(
            operands
                .into_iter()
                .map(|name| (parser.directory.clone(), name)),
        );
        words = rest;
    }
    parser.finish().map(Some)
}

/// `tar xzf name` for `tar -xz -f name`.
fn modern(words: Vec<String>) -> Result<Vec<String>, String> {
    let Some(first) = words
        .first()
        .filter(|word| !word.starts_with('-') && !word.is_empty())
    else {
        return Ok(words);
    };
    let mut rest = words[1..].iter();
    let mut new = Vec::new();
    for letter in first.chars() {
        let spec = SPECS.iter().find(|spec| spec.0.contains(letter));
        match spec.map(|spec| spec.2) {
            Some(Value) => {
                let value = rest
                    .next()
                    .ok_or_else(|| format!("Old option '{letter}' requires an argument."))?;
                new.extend([format!("-{letter}"), value.clone()]);
            }
            Some(Nothing | Maybe) => new.push(format!("-{letter}")),
            None => return Err(format!("invalid option -- '{letter}'")),
        }
    }
    new.extend(rest.cloned());
    Ok(new)
}

struct Parser {
    actions: Vec<Action>,
    file: Option<String>,
    codecs: Vec<Codec>,
    auto: bool,
    names: Vec<(String, String)>,
    directory: String,
    null: bool,
    wildcards: bool,
    options: Options,
}

impl Parser {
    fn new() -> Self {
        Self {
            actions: Vec::new(),
            file: None,
            codecs: Vec::new(),
            auto: false,
            names: Vec::new(),
            directory: String::new(),
            null: false,
            wildcards: false,
            options: Options {
                action: Action::List,
                file: None,
                verbose: 0,
                codec: None,
                sources: Vec::new(),
                wanted: Wanted::default(),
                excluded: Exclusions::default(),
                strip: 0,
                transforms: Vec::new(),
                show_transformed: false,
                to_output: false,
                permissions: false,
                absolute: false,
                keep: false,
                skip: false,
                touch: false,
                follow: false,
                recursive: true,
                owner: None,
                group: None,
                numeric_owner: false,
                mtime: None,
                mode: None,
                remove: false,
                ustar: false,
                directory: String::new(),
                full_time: false,
            },
        }
    }

    fn option(&mut self, key: &str, value: &str) -> Result<(), String> {
        let options = &mut self.options;
        let number = |what: &str| {
            value
                .parse()
                .map_err(|_| format!("{value}: Invalid {what}"))
        };
        match key {
            "create" => self.actions.push(Action::Create),
            "extract" | "get" => self.actions.push(Action::Extract),
            "list" => self.actions.push(Action::List),
            "append" => self.actions.push(Action::Append),
            "update" => self.actions.push(Action::Update),
            "file" => self.file = Some(value.to_owned()),
            "verbose" => options.verbose += 1,
            "gzip" | "gunzip" => self.codecs.push(Codec::Gzip),
            "bzip2" => self.codecs.push(Codec::Bzip2),
            "xz" => self.codecs.push(Codec::Xz),
            "zstd" => self.codecs.push(Codec::Zstd),
            "auto-compress" => self.auto = true,
            "directory" => {
                self.directory = match self.directory.is_empty() || value.starts_with('/') {
                    true => value.to_owned(),
                    false => format!("{}/{value}", self.directory),
                };
            }
            "exclude" => options.excluded.add(value),
            "exclude-from" => {
                for line in lines(value, false)? {
                    options.excluded.add(&line);
                }
            }
            "exclude-vcs" => options.excluded.add_version_control(),
            "strip-components" => options.strip = number("number of elements")?,
            "transform" | "xform" => options.transforms.extend(Transform::read(value)?),
            "show-transformed-names" => options.show_transformed = true,
            "to-stdout" => options.to_output = true,
            "preserve-permissions" | "same-permissions" => options.permissions = true,
            "no-same-permissions" => options.permissions = false,
            "absolute-names" => options.absolute = true,
            "files-from" => {
                let null = self.null;
                let directory = self.directory.clone();
                self.names.extend(
                    lines(value, null)?
                        .into_iter()
                        .map(|name| (directory.clone(), name)),
                );
            }
            "null" => self.null = true,
            "keep-old-files" => options.keep = true,
            "skip-old-files" => options.skip = true,
            "touch" => options.touch = true,
            "dereference" => options.follow = true,
            "no-recursion" => options.recursive = false,
            "owner" => options.owner = Some(owner(value)),
            "group" => options.group = Some(owner(value)),
            "numeric-owner" => options.numeric_owner = true,
            "mtime" => {
                options.mtime =
                    Some(moment(value).ok_or_else(|| format!("Invalid date '{value}'"))?)
            }
            "mode" => {
                let change = gnu::mode::parse(value).ok_or("Invalid mode given on option")?;
                options.mode = Some(change);
            }
            "sort" if !["name", "none", "inode"].contains(&value) => {
                return Err(format!(
                    "invalid argument '{value}' for '--sort'\nValid arguments are:\n  - 'none'\n  - 'name'\n  - 'inode'"
                ));
            }
            "format" => match value {
                "gnu" | "oldgnu" => options.ustar = false,
                "ustar" | "v7" | "posix" | "pax" => options.ustar = true,
                other => return Err(format!("{other}: Invalid archive format")),
            },
            "wildcards" => self.wildcards = true,
            "no-wildcards" => self.wildcards = false,
            "remove-files" => options.remove = true,
            "full-time" => options.full_time = true,
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Options, String> {
        let options = &mut self.options;
        self.actions.dedup();
        options.action = match self.actions[..] {
            [action] => action,
            [] => {
                return Err(
                    "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
                        .to_owned(),
                );
            }
            _ => {
                return Err(
                    "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option".to_owned(),
                );
            }
        };
        self.codecs.dedup();
        options.codec = match self.codecs[..] {
            [] => None,
            [codec] => Some(codec),
            _ => return Err("Conflicting compression options".to_owned()),
        };
        options.file = self.file.filter(|file| file != "-");
        if self.auto && options.codec.is_none() && options.action == Action::Create {
            options.codec = options.file.as_deref().and_then(Codec::named);
        }
        let reads = matches!(options.action, Action::List | Action::Extract);
        if reads {
            options.directory = self.directory;
            let names = self.names.into_iter().map(|it| it.1).collect();
            options.wanted = Wanted::new(names, self.wildcards);
        } else {
            if self.names.is_empty() && options.action == Action::Create {
                return Err("Cowardly refusing to create an empty archive".to_owned());
            }
            options.sources = self
                .names
                .into_iter()
                .map(|(directory, name)| Source { directory, name })
                .collect();
        }
        Ok(self.options)
    }
}

/// The lines of a file of names.
fn lines(file: &str, null: bool) -> Result<Vec<String>, String> {
    let bytes = match file {
        "-" => {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).map(|_| bytes)
        }
        file => std::fs::read(file),
    };
    match bytes {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let end = if null { '\0' } else { '\n' };
            Ok(text
                .split(end)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect())
        }
        Err(error) => {
            eprintln!(
                "tar: {file}: Cannot open: {}\ntar: {}",
                plain(&error),
                super::NOT_RECOVERABLE
            );
            std::process::exit(2)
        }
    }
}

/// `name`, `name:number` or a number.
fn owner(text: &str) -> (String, u32) {
    match text.split_once(':') {
        Some((name, number)) => (name.to_owned(), number.parse().unwrap_or(0)),
        None => match text.trim_start_matches('+').parse() {
            Ok(number) => (String::new(), number),
            Err(_) if text == "root" => (text.to_owned(), 0),
            Err(_) => (text.to_owned(), isobox_guest::stat::FILE_UID),
        },
    }
}

/// A date: `@seconds`, or a day and perhaps a time of day.
fn moment(text: &str) -> Option<i64> {
    if let Some(seconds) = text.strip_prefix('@') {
        return seconds.parse().ok();
    }
    let text = text
        .trim_end_matches('Z')
        .trim_end_matches(" UTC")
        .replace('T', " ");
    let (date, clock) = text.split_once(' ').unwrap_or((&text, "00:00:00"));
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().flatten().unwrap_or(0);
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100
        + day_of_year
        - 719_468;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}
