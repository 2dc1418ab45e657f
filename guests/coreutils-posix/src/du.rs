//! `du`.

use crate::help::PACKAGE;
use crate::size::Scale;
use gnu::getopt::{Order, Parsed, Spec, Takes, parse};
use gnu::glob;
use gnu::help::wrong;
use gnu::quote::{in_prose, quoted};
use gnu::words;
use isobox_guest::stat::{Kind, Stat, stat};
use isobox_guest::{Arguments, plain};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("0", "null", Nothing),
    Spec("a", "all", Nothing),
    Spec("", "apparent-size", Nothing),
    Spec("B", "block-size", Value),
    Spec("b", "bytes", Nothing),
    Spec("c", "total", Nothing),
    Spec("D", "dereference-args", Nothing),
    Spec("H", "", Nothing),
    Spec("d", "max-depth", Value),
    Spec("", "exclude", Value),
    Spec("h", "human-readable", Nothing),
    Spec("k", "", Nothing),
    Spec("L", "dereference", Nothing),
    Spec("l", "count-links", Nothing),
    Spec("m", "", Nothing),
    Spec("P", "no-dereference", Nothing),
    Spec("S", "separate-dirs", Nothing),
    Spec("", "si", Nothing),
    Spec("s", "summarize", Nothing),
    Spec("x", "one-file-system", Nothing),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

pub fn du(arguments: Arguments) -> i32 {
    let Some(parsed) = parse("du", words(arguments), SPECS, Order::Permute) else {
        return 1;
    };
    if let Some(status) = PACKAGE.answered("du", &parsed) {
        return status;
    }
    let mut du = match Du::of(&parsed) {
        Ok(du) => du,
        Err(status) => return status,
    };
    let mut operands = parsed.operands.clone();
    if operands.is_empty() {
        operands.push(".".to_owned());
    }
    let follow_operands = ["dereference-args", "H", "dereference"]
        .iter()
        .any(|key| parsed.has(key));
    let mut total = 0;
    for name in &operands {
        match stat(Path::new(name), follow_operands) {
            Ok(stat) => total += du.tree(name, &stat, 0),
            Err(error) => du.complain("cannot access", name, &error),
        }
    }
    if parsed.has("total") {
        du.line(total, "total");
    }
    du.status
}

struct Du {
    scale: Scale,
    apparent: bool,
    all: bool,
    depth_max: usize,
    separate: bool,
    follow: bool,
    count_links: bool,
    exclude: Vec<String>,
    end: char,
    /// Files with several links that were counted already.
    seen: BTreeSet<(u64, u64)>,
    status: i32,
}

impl Du {
    fn of(parsed: &Parsed) -> Result<Self, i32> {
        let depth_max = match parsed.value("max-depth") {
            Some(word) => match word.parse() {
                Ok(depth) => depth,
                Err(_) => {
                    return Err(wrong(
                        "du",
                        &format!("invalid maximum depth {}", in_prose(word)),
                    ));
                }
            },
            None if parsed.has("summarize") => 0,
            None => usize::MAX,
        };
        if parsed.has("summarize") && parsed.has("all") {
            return Err(wrong("du", "cannot both summarize and show all entries"));
        }
        let mut scale = Scale::Blocks(1024);
        for (key, value) in &parsed.options {
            scale = match *key {
                "human-readable" => Scale::Human,
                "si" => Scale::Si,
                "bytes" => Scale::Blocks(1),
                "k" => Scale::Blocks(1024),
                "m" => Scale::Blocks(1024 * 1024),
                "block-size" => match value.as_deref().and_then(Scale::named) {
                    Some(scale) => scale,
                    None => {
                        eprintln!(
                            "du: invalid --block-size argument {}",
                            quoted(value.as_deref().unwrap_or_default())
                        );
                        return Err(1);
                    }
                },
                _ => scale,
            };
        }
        let excluded = parsed.options.iter().filter(|(key, _)| *key == "exclude");
        Ok(Self {
            scale,
            apparent: parsed.has("apparent-size") || parsed.has("bytes"),
            all: parsed.has("all"),
            depth_max,
            separate: parsed.has("separate-dirs"),
            follow: parsed.has("dereference"),
            count_links: parsed.has("count-links"),
            exclude: excluded
                .filter_map(|(_, pattern)| pattern.clone())
                .collect(),
            end: if parsed.has("null") { '\0' } else { '\n' },
            seen: BTreeSet::new(),
            status: 0,
        })
    }

    /// Shows what lies at `path` and answers the bytes it takes.
    fn tree(&mut self, path: &str, stat: &Stat, depth: usize) -> u64 {
        if self.excluded(path) || !self.counts(stat) {
            return 0;
        }
        let own = if !self.apparent {
            stat.blocks * 512
        } else if stat.kind == Kind::Directory {
            0
        } else {
            stat.bytes
        };
        if stat.kind != Kind::Directory {
            if depth == 0 || self.all && depth <= self.depth_max {
                self.line(own, path);
            }
            return own;
        }
        let (files, directories) = self.below(path, depth);
        let shown = if self.separate {
            own + files
        } else {
            own + files + directories
        };
        if depth <= self.depth_max {
            self.line(shown, path);
        }
        own + files + directories
    }

    /// The bytes of the files in a directory, and of the directories in it.
    fn below(&mut self, path: &str, depth: usize) -> (u64, u64) {
        let (mut files, mut directories) = (0, 0);
        let entries =
            match std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
                Ok(entries) => entries,
                Err(error) => {
                    self.complain("cannot read directory", path, &error);
                    return (0, 0);
                }
            };
        for entry in entries {
            let name = format!(
                "{}/{}",
                path.trim_end_matches('/'),
                entry.file_name().to_string_lossy()
            );
            match stat(Path::new(&name), self.follow) {
                Ok(found) if found.kind == Kind::Directory => {
                    directories += self.tree(&name, &found, depth + 1)
                }
                Ok(found) => files += self.tree(&name, &found, depth + 1),
                Err(error) => self.complain("cannot access", &name, &error),
            }
        }
        (files, directories)
    }

    fn excluded(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.exclude
            .iter()
            .any(|pattern| glob::matches(pattern, name) || glob::matches(pattern, path))
    }

    /// Each file counts once, whatever number of names it has.
    fn counts(&mut self, stat: &Stat) -> bool {
        let several = stat.links > 1 && stat.kind != Kind::Directory;
        self.count_links || !several || self.seen.insert((stat.device, stat.inode))
    }

    fn line(&self, bytes: u64, name: &str) {
        print!("{}\t{name}{}", self.scale.show(bytes), self.end);
    }

    fn complain(&mut self, what: &str, name: &str, error: &io::Error) {
        eprintln!("du: {what} {}: {}", quoted(name), plain(error));
        self.status = 1;
    }
}
