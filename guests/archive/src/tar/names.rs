//! Names in archives: which are wanted, which are left out, and what is taken from their beginning.

use gnu::glob::Glob;
use std::cell::RefCell;

/// The names on the command line, and which of them were found.
#[derive(Default)]
pub struct Wanted {
    names: Vec<String>,
    globs: Vec<Glob>,
    found: RefCell<Vec<bool>>,
}

impl Wanted {
    pub fn new(names: Vec<String>, wildcards: bool) -> Self {
        let names: Vec<String> = names
            .iter()
            .map(|name| name.trim_end_matches('/').to_owned())
            .collect();
        let globs = match wildcards {
            true => names.iter().map(|name| Glob::new(name, false)).collect(),
            false => Vec::new(),
        };
        let found = RefCell::new(vec![false; names.len()]);
        Self {
            names,
            globs,
            found,
        }
    }

    /// Whether a member is one of the names, or below one.
    pub fn holds(&self, member: &str) -> bool {
        if self.names.is_empty() {
            return true;
        }
        let member = member.trim_end_matches('/');
        let at = (0..self.names.len()).find(|at| {
            let mut above = vec![member];
            above.extend(member.match_indices('/').map(|(slash, _)| &member[..slash]));
            above.iter().any(|name| match self.globs.get(*at) {
                Some(glob) => glob.matches(name),
                None => *name == self.names[*at],
            })
        });
        if let Some(at) = at {
            self.found.borrow_mut()[at] = true;
        }
        at.is_some()
    }

    /// Says which names were not in the archive; answers whether all were.
    pub fn tell_missing(&self) -> bool {
        let missing: Vec<&String> = self
            .names
            .iter()
            .zip(self.found.borrow().iter())
            .filter(|it| !it.1)
            .map(|it| it.0)
            .collect();
        let pattern = |name: &&String| self.globs.is_empty() && name.contains(['*', '?', '[']);
        if missing.iter().any(|name| pattern(name)) {
            eprintln!(
                "tar: Pattern matching characters used in file names\ntar: Use --wildcards to enable pattern matching, or --no-wildcards to suppress this warning"
            );
        }
        for name in &missing {
            eprintln!("tar: {name}: Not found in archive");
        }
        missing.is_empty()
    }
}

/// The patterns of `--exclude`.
#[derive(Default)]
pub struct Exclusions(Vec<Glob>);

impl Exclusions {
    pub fn add(&mut self, pattern: &str) {
        self.0.push(Glob::new(pattern.trim_end_matches('/'), false));
    }

    pub fn add_version_control(&mut self) {
        for name in [
            ".git",
            ".gitignore",
            ".gitmodules",
            ".gitattributes",
            ".hg",
            ".hgignore",
            ".hgtags",
            ".svn",
            "CVS",
            ".bzr",
            "RCS",
            "SCCS",
        ] {
            self.add(name);
        }
    }

    /// Whether a name is left out: a pattern matches it, or any of its ends, or what is above it.
    pub fn hold(&self, name: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let name = name.trim_end_matches('/');
        let ends = || {
            name.match_indices('/')
                .map(|(slash, _)| slash)
                .chain([name.len()])
        };
        ends().any(|end| {
            let above = &name[..end];
            let starts =
                std::iter::once(0).chain(above.match_indices('/').map(|(slash, _)| slash + 1));
            starts
                .into_iter()
                .any(|start| self.0.iter().any(|glob| glob.matches(&above[start..])))
        })
    }
}

/// A name without its first components; nothing when that is all of it.
pub fn stripped(name: &str, count: usize) -> Option<String> {
    let mut rest = name;
    for _ in 0..count {
        let (_, behind) = rest.split_once('/')?;
        rest = behind.trim_start_matches('/');
    }
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// How much at a name's beginning would lead out of the directory: slashes, and all up to the last `..`.
pub fn unsafe_prefix(name: &str) -> usize {
    let mut end = 0;
    let mut at = 0;
    for part in name.split('/') {
        at += part.len();
        if part == ".." {
            end = at;
        }
        at += 1;
    }
    let slashes = name[end.min(name.len())..].len()
        - name[end.min(name.len())..].trim_start_matches('/').len();
    (end + slashes).min(name.len())
}
