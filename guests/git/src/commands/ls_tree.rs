//! `ls-tree`: what a tree holds.

use std::io::Write as _;

use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::{Oid, Repository, TreeEntry, mode, quote};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/ls-tree.txt"));

#[derive(Default)]
struct Asked {
    recurse: bool,
    trees: bool,
    only_trees: bool,
    long: bool,
    name_only: bool,
    object_only: bool,
    zeros: bool,
    full_name: bool,
    full_tree: bool,
    abbreviation: Option<usize>,
    format: Option<String>,
}

pub fn ls_tree(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut asked = Asked::default();
    for given in &parsed.options {
        match given.name.as_str() {
            "r" => asked.recurse = true,
            "t" => asked.trees = true,
            "d" => asked.only_trees = true,
            "z" => asked.zeros = true,
            "long" => asked.long = true,
            "name-only" | "name-status" => asked.name_only = true,
            "object-only" => asked.object_only = true,
            "full-name" => asked.full_name = given.on,
            "full-tree" => asked.full_tree = given.on,
            "format" => asked.format = given.value.clone(),
            "abbrev" => {
                asked.abbreviation = Some(
                    given
                        .value
                        .as_ref()
                        .and_then(|text| text.parse().ok())
                        .unwrap_or(7),
                )
            }
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    let (name, paths) = parsed
        .operands
        .split_first()
        .ok_or_else(|| SYNTAX.misused())?;
    let repository = git.repository()?;
    let oid = repository
        .rev(name)?
        .ok_or_else(|| Failure::fatal(format!("Not a valid object name {name}")))?;
    let tree = repository
        .to_tree(&oid)
        .map_err(|_| Failure::fatal("not a tree object"))?;
    let prefix = if asked.full_tree {
        Vec::new()
    } else {
        repository.prefix().to_vec()
    };
    let mut wanted: Vec<Vec<u8>> = Vec::new();
    for path in paths {
        let mut path = [&prefix[..], path.as_bytes()].concat();
        while let Some(rest) = path.strip_prefix(b"./") {
            path = rest.to_vec();
        }
        wanted.push(path);
    }
    if wanted.is_empty() && !prefix.is_empty() {
        wanted.push(prefix.clone());
    }
    let lister = Lister {
        repository: &repository,
        asked: &asked,
        wanted,
        prefix,
    };
    lister.list(git, &tree, &mut Vec::new())?;
    Ok(0)
}

struct Lister<'a> {
    repository: &'a Repository,
    asked: &'a Asked,
    wanted: Vec<Vec<u8>>,
    prefix: Vec<u8>,
}

impl Lister<'_> {
    fn list(&self, git: &mut Git, tree: &Oid, path: &mut Vec<u8>) -> Outcome<()> {
        for entry in self.repository.objects().tree(tree)? {
            let length = path.len();
            path.extend(&entry.name);
            let folder = entry.mode == mode::TREE;
            let inside = self.inside(path);
            let above = folder && self.above(path);
            let enter = folder && (above || inside && self.asked.recurse && !self.asked.only_trees);
            let shown = match folder {
                true => {
                    inside && (!enter || self.asked.trees || self.asked.only_trees)
                        || above && self.asked.trees
                }
                false => inside && !self.asked.only_trees,
            };
            if shown {
                self.show(git, &entry, path)?;
            }
            if enter || folder && inside && self.asked.recurse && self.asked.only_trees {
                path.push(b'/');
                self.list(git, &entry.oid, path)?;
            }
            path.truncate(length);
        }
        Ok(())
    }

    /// Whether a path was named, or stands below one that was.
    fn inside(&self, path: &[u8]) -> bool {
        self.wanted.is_empty()
            || self.wanted.iter().any(|wanted| {
                let bare = wanted.strip_suffix(b"/").unwrap_or(wanted);
                let below = path.starts_with(&[bare, b"/"].concat());
                below || path == bare && bare.len() == wanted.len() || wanted.is_empty()
            })
    }

    /// Whether something below a path was named.
    fn above(&self, path: &[u8]) -> bool {
        let start = [path, b"/"].concat();
        self.wanted.iter().any(|wanted| wanted.starts_with(&start))
    }

    fn show(&self, git: &mut Git, entry: &TreeEntry, path: &[u8]) -> Outcome<()> {
        let end = if self.asked.zeros { "\0" } else { "\n" };
        let name = match self.asked.full_name || self.asked.full_tree {
            true => path.to_vec(),
            false => quote::relative(path, &self.prefix),
        };
        let name = if self.asked.zeros {
            name
        } else {
            quote::quoted(&name, true)
        };
        let name = String::from_utf8_lossy(&name).into_owned();
        let oid = match self.asked.abbreviation {
            Some(length) => self.repository.objects().abbreviate(&entry.oid, length),
            None => entry.oid.hex(),
        };
        let kind = mode::kind(entry.mode);
        let size = || -> Outcome<String> {
            Ok(match kind {
                "blob" => self
                    .repository
                    .objects()
                    .read(&entry.oid)?
                    .data
                    .len()
                    .to_string(),
                _ => "-".to_owned(),
            })
        };
        if let Some(format) = &self.asked.format {
            let text = format
                .replace("%(objectmode)", &format!("{:06o}", entry.mode))
                .replace("%(objecttype)", kind)
                .replace("%(objectname)", &oid)
                .replace("%(objectsize:padded)", &format!("{:>7}", size()?))
                .replace("%(objectsize)", &size()?)
                .replace("%(path)", &name)
                .replace("%x09", "\t");
            write!(git.out, "{text}{end}")?;
        } else if self.asked.name_only {
            write!(git.out, "{name}{end}")?;
        } else if self.asked.object_only {
            write!(git.out, "{oid}{end}")?;
        } else if self.asked.long {
            write!(
                git.out,
                "{:06o} {kind} {oid} {:>7}\t{name}{end}",
                entry.mode,
                size()?
            )?;
        } else {
            write!(git.out, "{:06o} {kind} {oid}\t{name}{end}", entry.mode)?;
        }
        Ok(())
    }
}
