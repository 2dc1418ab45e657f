//! `tree`: directories as a drawing.

use crate::input::put;
use gnu::getopt::{Order, Spec, Takes, read};
use gnu::glob::Glob;
use isobox_guest::Arguments;
use isobox_guest::stat::{Kind, stat};
use std::path::Path;

use Takes::{Nothing, Value};

static SPECS: &[Spec] = &[
    Spec("a", "", Nothing),
    Spec("d", "", Nothing),
    Spec("f", "", Nothing),
    Spec("F", "", Nothing),
    Spec("i", "", Nothing),
    Spec("I", "", Value),
    Spec("L", "", Value),
    Spec("n", "", Nothing),
    Spec("P", "", Value),
    Spec("s", "", Nothing),
    Spec("p", "", Nothing),
    Spec("", "noreport", Nothing),
    Spec("", "dirsfirst", Nothing),
    Spec("", "charset", Value),
    Spec("", "prune", Nothing),
    Spec("", "help", Nothing),
    Spec("", "version", Nothing),
];

struct Tree {
    all: bool,
    only_directories: bool,
    full: bool,
    marks: bool,
    flat: bool,
    sizes: bool,
    modes: bool,
    directories_first: bool,
    prune: bool,
    levels: usize,
    ignored: Vec<Glob>,
    wanted: Vec<Glob>,
    ascii: bool,
    out: String,
    directories: usize,
    files: usize,
}

pub fn tree(arguments: Arguments) -> i32 {
    let parsed = match read(gnu::words(arguments), SPECS, Order::Permute) {
        Ok(parsed) => parsed,
        Err(message) => {
            let words: Vec<&str> = message.split('\'').collect();
            let option = words.get(1).copied().unwrap_or_default();
            match option.starts_with("--") {
                true => eprintln!("tree: Invalid argument `{option}'."),
                false if message.contains("requires") => {
                    eprintln!("tree: Missing argument to -{option} option.")
                }
                false => eprintln!("tree: Invalid argument -`{option}'."),
            }
            eprintln!(
                "usage: tree [-adfFinps] [-L level] [-P pattern] [-I pattern] [--noreport] [--dirsfirst] [--charset X] [--prune] [directory ...]"
            );
            return 1;
        }
    };
    if parsed.has("help") {
        println!(
            "usage: tree [-adfFinps] [-L level] [-P pattern] [-I pattern] [--noreport] [--dirsfirst] [--charset X] [--prune] [directory ...]"
        );
        return 0;
    }
    if parsed.has("version") {
        println!("tree (isobox text-extra) {}", env!("CARGO_PKG_VERSION"));
        return 0;
    }
    let levels = match parsed.value("L").map(str::parse::<usize>) {
        None => usize::MAX,
        Some(Ok(levels)) if levels > 0 => levels,
        Some(_) => {
            eprintln!("tree: Invalid level, must be greater than 0.");
            return 1;
        }
    };
    let globs = |key: &str| {
        let given = parsed.options.iter().filter(|(name, _)| *name == key);
        let texts = given.filter_map(|(_, value)| value.as_deref());
        texts
            .flat_map(|text| text.split('|'))
            .map(|text| Glob::new(text.trim_end_matches('/'), false))
            .collect()
    };
    let mut tree = Tree {
        all: parsed.has("a"),
        only_directories: parsed.has("d"),
        full: parsed.has("f"),
        marks: parsed.has("F"),
        flat: parsed.has("i"),
        sizes: parsed.has("s"),
        modes: parsed.has("p"),
        directories_first: parsed.has("dirsfirst"),
        prune: parsed.has("prune"),
        levels,
        ignored: globs("I"),
        wanted: globs("P"),
        ascii: parsed
            .value("charset")
            .is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")),
        out: String::new(),
        directories: 0,
        files: 0,
    };
    let mut status = 0;
    let roots = if parsed.operands.is_empty() {
        vec![".".to_owned()]
    } else {
        parsed.operands.clone()
    };
    for root in &roots {
        if !Path::new(root).is_dir() {
            tree.out.push_str(&format!("{root}  [error opening dir]\n"));
            status = 2;
            continue;
        }
        tree.root(root);
    }
    if !parsed.has("noreport") {
        tree.report();
    }
    put("tree", tree.out.as_bytes());
    status
}

impl Tree {
    fn root(&mut self, root: &str) {
        let details = self.details(Path::new(root));
        self.out.push_str(&format!(
            "{details}{root}{}\n",
            if self.marks && !root.ends_with('/') {
                "/"
            } else {
                ""
            }
        ));
        let before = self.out.len();
        self.below(root, "", 1);
        // An empty one isn't counted.
        self.directories += usize::from(self.out.len() > before);
    }

    fn report(&mut self) {
        let plural = |count: usize, one: &str, many: &str| {
            format!("{count} {}", if count == 1 { one } else { many })
        };
        let mut text = format!("\n{}", plural(self.directories, "directory", "directories"));
        if !self.only_directories {
            text.push_str(&format!(", {}", plural(self.files, "file", "files")));
        }
        self.out.push_str(&text);
        self.out.push('\n');
    }

    /// What stands in brackets before a name.
    fn details(&self, path: &Path) -> String {
        if !self.sizes && !self.modes {
            return String::new();
        }
        let Ok(stat) = stat(path, false) else {
            return String::new();
        };
        let mut parts = Vec::new();
        if self.modes {
            parts.push(stat.letters());
        }
        if self.sizes {
            parts.push(format!("{:>11}", stat.bytes));
        }
        format!("[{}]  ", parts.join(" "))
    }

    /// The names in a directory that are shown, and whether each is a directory.
    fn entries(&self, directory: &str, level: usize) -> Vec<(String, Kind)> {
        let Ok(entries) = std::fs::read_dir(directory) else {
            return Vec::new();
        };
        let mut found: Vec<(String, Kind)> = entries
            .flatten()
            .map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                let kind = stat(&entry.path(), false).map_or(Kind::Regular, |stat| stat.kind);
                (name, kind)
            })
            .filter(|(name, kind)| self.shows(name, *kind))
            .collect();
        if self.prune {
            found.retain(|(name, kind)| {
                *kind != Kind::Directory
                    || (level < self.levels
                        && !self
                            .entries(&format!("{directory}/{name}"), level + 1)
                            .is_empty())
            });
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        if self.directories_first {
            found.sort_by_key(|entry| entry.1 != Kind::Directory);
        }
        found
    }

    fn shows(&self, name: &str, kind: Kind) -> bool {
        let directory = kind == Kind::Directory;
        (self.all || !name.starts_with('.'))
            && (!self.only_directories || directory)
            && !self.ignored.iter().any(|glob| glob.matches(name))
            && (directory
                || self.wanted.is_empty()
                || self.wanted.iter().any(|glob| glob.matches(name)))
    }

    fn below(&mut self, directory: &str, indent: &str, level: usize) {
        if level > self.levels {
            return;
        }
        let entries = self.entries(directory, level);
        let count = entries.len();
        for (at, (name, kind)) in entries.into_iter().enumerate() {
            let last = at + 1 == count;
            let path = match directory.ends_with('/') {
                true => format!("{directory}{name}"),
                false => format!("{directory}/{name}"),
            };
            self.line(&name, &path, kind, indent, last);
            match kind {
                Kind::Directory => {
                    self.directories += 1;
                    let more = match (last, self.ascii) {
                        (true, _) => "    ",
                        (false, true) => "|   ",
                        (false, false) => "│\u{a0}\u{a0} ",
                    };
                    self.below(&path, &format!("{indent}{more}"), level + 1);
                }
                Kind::Symlink if Path::new(&path).is_dir() => self.directories += 1,
                _ => self.files += 1,
            }
        }
    }

    fn line(&mut self, name: &str, path: &str, kind: Kind, indent: &str, last: bool) {
        if !self.flat {
            let branch = match (last, self.ascii) {
                (true, true) => "`-- ",
                (false, true) => "|-- ",
                (true, false) => "└── ",
                (false, false) => "├── ",
            };
            self.out.push_str(indent);
            self.out.push_str(branch);
        }
        let details = self.details(Path::new(path));
        self.out.push_str(&details);
        self.out.push_str(if self.full { path } else { name });
        if let (Kind::Symlink, Ok(target)) = (kind, std::fs::read_link(path)) {
            self.out.push_str(&format!(" -> {}", target.display()));
        }
        if self.marks {
            let executable = stat(Path::new(path), false).is_ok_and(|stat| stat.mode & 0o111 != 0);
            self.out.push_str(match kind {
                Kind::Directory => "/",
                Kind::Regular if executable => "*",
                Kind::Pipe => "|",
                _ => "",
            });
        }
        self.out.push('\n');
    }
}
