//! `init`: a new repository.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::repository::config::{Change, change};
use crate::repository::{Config, absolute, is_repository, lock, refs};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/init.txt"));

const MASTER: &str = "Using 'master' as the name for the initial branch. This default branch name
is subject to change. To configure the initial branch name to use in all
of your new repositories, which will suppress this warning, call:

\tgit config --global init.defaultBranch <name>

Names commonly chosen instead of 'master' are 'main', 'trunk' and
'development'. The just-created branch can be renamed via this command:

\tgit branch -m <name>";

const EXCLUDE: &str = "# git ls-files --others --exclude-from=.git/info/exclude
# Lines that start with '#' are comments.
# For a project mostly in C, the following would be a good set of
# exclude patterns (uncomment them if you want to use them):
# *.[oa]
# *~
";

const DESCRIPTION: &str =
    "Unnamed repository; edit this file 'description' to name the repository.\n";

/// What is asked for.
#[derive(Default)]
struct Asked {
    bare: bool,
    quiet: bool,
    branch: Option<String>,
    separate: Option<PathBuf>,
    folder: Option<String>,
}

pub fn init(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let mut asked = Asked {
        bare: git.surroundings.bare,
        ..Asked::default()
    };
    let parsed = SYNTAX.parse(&words)?;
    for given in &parsed.options {
        match given.name.as_str() {
            "bare" => asked.bare = given.on,
            "quiet" => asked.quiet = given.on,
            "initial-branch" => asked.branch = given.value.clone(),
            "separate-git-dir" => asked.separate = given.value.clone().map(PathBuf::from),
            "template" => {}
            "object-format" if given.text() == "sha1" => {}
            "ref-format" if given.text() == "files" => {}
            "object-format" => {
                return Err(Failure::fatal(format!(
                    "unknown hash algorithm '{}'",
                    given.text()
                )));
            }
            "ref-format" => {
                return Err(Failure::fatal(format!(
                    "unknown ref storage format '{}'",
                    given.text()
                )));
            }
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    match &parsed.operands[..] {
        [] => {}
        [folder] => asked.folder = Some(folder.clone()),
        _ => return Err(Failure::plain(129, misused())),
    }
    make_and_tell(git, asked)
}

/// The first paragraph of the usage: what git prints for too many operands.
fn misused() -> String {
    let first = SYNTAX.usage.split("\n\n").next().unwrap_or_default();
    first.replace("\n                ", "\n         ")
}

fn make_and_tell(git: &mut Git, asked: Asked) -> Outcome<i32> {
    if let Some(folder) = &asked.folder {
        fs::create_dir_all(folder)
            .map_err(|error| Failure::system(format!("cannot mkdir {folder}"), &error))?;
        std::env::set_current_dir(folder)
            .map_err(|error| Failure::system(format!("cannot chdir to {folder}"), &error))?;
    }
    let here = absolute(Path::new("/"), &std::env::current_dir()?);
    let git_dir = match (git.surroundings.variable("GIT_DIR"), asked.bare) {
        (Some(named), _) => here.join(named),
        (None, true) => here.clone(),
        (None, false) => here.join(".git"),
    };
    let git_dir = match &asked.separate {
        Some(separate) => {
            let target = here.join(separate);
            fs::create_dir_all(&target)?;
            fs::write(&git_dir, format!("gitdir: {}\n", target.display()))?;
            target
        }
        None => git_dir,
    };
    let again = is_repository(&git_dir);
    let config = Config::outside(&git.surroundings)?;
    let branch = match (asked.branch.as_deref(), config.get("init.defaultbranch")) {
        (Some(branch), _) | (None, Some(branch)) if !refs::is_valid(branch) => {
            return Err(Failure::fatal(format!(
                "invalid initial branch name: '{branch}'"
            )));
        }
        (Some(branch), _) => branch.to_owned(),
        (None, Some(branch)) => branch.to_owned(),
        (None, None) => {
            if !again && !asked.quiet {
                hint_about_master(git, &config);
            }
            "master".to_owned()
        }
    };
    if again && let Some(branch) = &asked.branch {
        git.warn(format!(
            "warning: re-init: ignored --initial-branch={branch}"
        ));
    }
    create(&git_dir, asked.bare, &branch)?;
    if !asked.quiet {
        let what = if again {
            "Reinitialized existing"
        } else {
            "Initialized empty"
        };
        writeln!(git.out, "{what} Git repository in {}/", git_dir.display())?;
    }
    Ok(0)
}

fn hint_about_master(git: &mut Git, config: &Config) {
    if super::advice::wanted(config, "defaultBranchName") {
        let lines = MASTER.lines().map(|line| {
            if line.is_empty() {
                "hint:".to_owned()
            } else {
                format!("hint: {line}")
            }
        });
        git.warn(lines.collect::<Vec<_>>().join("\n"));
    }
}

/// Makes the folders and files of a repository, leaving what is there.
///
/// # Errors
/// What the system says.
pub fn create(git_dir: &Path, bare: bool, branch: &str) -> Outcome<()> {
    for folder in [
        "branches",
        "hooks",
        "info",
        "objects/info",
        "objects/pack",
        "refs/heads",
        "refs/tags",
    ] {
        let folder = git_dir.join(folder);
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::system(folder.display().to_string(), &error))?;
    }
    let config = git_dir.join("config");
    let files = [
        ("HEAD", format!("ref: refs/heads/{branch}\n")),
        ("description", DESCRIPTION.to_owned()),
        ("info/exclude", EXCLUDE.to_owned()),
    ];
    for (name, contents) in files {
        if !git_dir.join(name).exists() {
            lock::replace(&git_dir.join(name), contents.as_bytes())?;
        }
    }
    let set = |key: &str, value: &str| change(&config, key, &Change::Set(value), |_| true);
    set("core.repositoryformatversion", "0")?;
    set("core.filemode", "true")?;
    set("core.bare", if bare { "true" } else { "false" })?;
    if !bare {
        set("core.logallrefupdates", "true")?;
    }
    Ok(())
}
