//! Directories, name by name.

use super::Diff;
use super::input::Input;
use std::io;

impl Diff<'_> {
    /// Compares what is in two directories.
    pub fn directories(&mut self, names: [&str; 2]) -> i32 {
        let mut status = 0;
        let mut lists = [Vec::new(), Vec::new()];
        for side in 0..2 {
            match self.list(names[side]) {
                Ok(list) => lists[side] = list,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    self.complain(names[side], &error);
                    return 2;
                }
            }
        }
        let [left, right] = lists;
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        loop {
            let (name, only) = match (left.peek(), right.peek()) {
                (None, None) => return status,
                (Some(name), None) => (name.clone(), Some(0)),
                (None, Some(name)) => (name.clone(), Some(1)),
                (Some(a), Some(b)) if a < b => (a.clone(), Some(0)),
                (Some(a), Some(b)) if a > b => (b.clone(), Some(1)),
                (Some(name), Some(_)) => (name.clone(), None),
            };
            if only != Some(1) {
                left.next();
            }
            if only != Some(0) {
                right.next();
            }
            status = status.max(self.entry(names, &name, only));
        }
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let excluded = self.options.excluded.iter().any(|glob| glob.matches(&name));
            let starts = self
                .options
                .starting_file
                .as_ref()
                .is_none_or(|first| name >= *first);
            if !excluded && starts {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// One name, which `only` one side may have.
    fn entry(&mut self, names: [&str; 2], name: &str, only: Option<usize>) -> i32 {
        let paths = names.map(|directory| joined(directory, name));
        if let Some(side) = only
            && !self.fills(1 - side)
        {
            self.say(&format!(
                "Only in {}: {name}\n",
                names[side].trim_end_matches('/')
            ));
            return 1;
        }
        let mut inputs = Vec::new();
        for (side, path) in paths.iter().enumerate() {
            if only == Some(1 - side) {
                inputs.push(Input::Absent);
                continue;
            }
            match Input::open(path, self.options) {
                Ok(input) => inputs.push(input),
                Err(error) => {
                    self.complain(path, &error);
                    return 2;
                }
            }
        }
        match <[Input; 2]>::try_from(inputs) {
            Ok([Input::Directory, Input::Absent]) | Ok([Input::Absent, Input::Directory])
                if !self.options.recursive =>
            {
                let side = only.unwrap_or_default();
                self.say(&format!(
                    "Only in {}: {name}\n",
                    names[side].trim_end_matches('/')
                ));
                1
            }
            Ok(inputs) => self.pair([&paths[0], &paths[1]], inputs, true),
            Err(_) => 2,
        }
    }
}

fn joined(directory: &str, name: &str) -> String {
    match directory.ends_with('/') {
        true => format!("{directory}{name}"),
        false => format!("{directory}/{name}"),
    }
}
