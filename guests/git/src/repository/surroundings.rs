//! What git is told before its command's name, and by the environment.

use std::collections::BTreeMap;

/// What counts for a whole run.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Settings of `-c` and `GIT_CONFIG_COUNT`, in their order.
    pub settings: Vec<(String, Option<String>)>,
    /// Variables that the command line sets: `--git-dir` is `GIT_DIR`.
    pub variables: BTreeMap<String, String>,
    /// `--bare`.
    pub bare: bool,
    /// `--literal-pathspecs`.
    pub literal_pathspecs: bool,
}

impl Surroundings {
    /// A variable: the command line's, else the environment's.
    pub fn variable(&self, name: &str) -> Option<String> {
        match self.variables.get(name) {
            Some(value) => Some(value.clone()),
            None => std::env::var(name).ok(),
        }
    }

    /// The clock: seconds since 1970.
    pub fn now(&self) -> i64 {
        gnu::time::now().seconds
    }
}
