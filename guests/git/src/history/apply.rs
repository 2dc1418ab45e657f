//! `apply`: patches made so, in files and index.

mod statistics;
mod work;

use std::io::Read as _;

use crate::command_line::Syntax;
use crate::failure::{Failure, Outcome};
use crate::git::Git;
use crate::patch::{Matching, Reading, parse};
use crate::repository::wildmatch;
pub use work::{Target, Work};

const SYNTAX: Syntax = Syntax::new(include_str!("usage/apply.txt"));

/// What the command line says.
#[derive(Default)]
pub struct Request {
    pub check: bool,
    pub stat: bool,
    pub numstat: bool,
    pub summary: bool,
    pub apply: bool,
    pub index: bool,
    pub cached: bool,
    pub reverse: bool,
    pub reject: bool,
    pub three_way: bool,
    pub verbose: bool,
    pub quiet: bool,
    pub allow_empty: bool,
    pub intent_to_add: bool,
    pub space: Space,
    pub matching: Matching,
    pub strip: Option<usize>,
    pub recount: bool,
    pub directory: String,
    pub nul: bool,
    pub filters: Vec<(bool, String)>,
}

/// `--whitespace`
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Space {
    #[default]
    Warn,
    Nothing,
    Fix,
    Error,
}

pub fn apply(git: &mut Git, words: Vec<String>) -> Outcome<i32> {
    let parsed = SYNTAX.parse(&words)?;
    let mut request = Request::default();
    for given in &parsed.options {
        let number = || {
            given.text().parse::<usize>().map_err(|_| {
                Failure::error(
                    129,
                    format!("option `{}' expects a numerical value", given.name),
                )
            })
        };
        match given.name.as_str() {
            "check" => request.check = given.on,
            "stat" => request.stat = given.on,
            "numstat" => request.numstat = given.on,
            "summary" => request.summary = given.on,
            "apply" => request.apply = given.on,
            "index" => request.index = given.on,
            "cached" => request.cached = given.on,
            "reverse" => request.reverse = given.on,
            "reject" => request.reject = given.on,
            "3way" => request.three_way = given.on,
            "verbose" => request.verbose = given.on,
            "quiet" => request.quiet = given.on,
            "allow-empty" => request.allow_empty = given.on,
            "intent-to-add" => request.intent_to_add = given.on,
            "unidiff-zero" => request.matching.zero = given.on,
            "ignore-whitespace" | "ignore-space-change" => request.matching.ignore_space = given.on,
            "recount" => request.recount = given.on,
            "C" => request.matching.context = number()?,
            "p" => request.strip = Some(number()?),
            "directory" => request.directory = given.text(),
            "exclude" => request.filters.push((false, given.text())),
            "include" => request.filters.push((true, given.text())),
            "z" => request.nul = true,
            "whitespace" => {
                request.space = match given.text().as_str() {
                    "nowarn" => Space::Nothing,
                    "warn" => Space::Warn,
                    "fix" | "strip" => Space::Fix,
                    "error" | "error-all" => Space::Error,
                    other => {
                        return Err(Failure::error(
                            128,
                            format!("unrecognized whitespace option '{other}'"),
                        ));
                    }
                }
            }
            "unsafe-paths"
            | "allow-overlap"
            | "inaccurate-eof"
            | "no-add"
            | "allow-binary-replacement"
            | "binary" => {}
            _ => return Err(SYNTAX.refuse(given)),
        }
    }
    if request.reject {
        request.verbose = true;
        request.matching.go_on = true;
    }
    let inputs = if parsed.operands.is_empty() {
        vec!["-".to_owned()]
    } else {
        parsed.operands.clone()
    };
    run(git, &request, &inputs)
}

fn run(git: &mut Git, request: &Request, inputs: &[String]) -> Outcome<i32> {
    let repository = git.repository().ok();
    if (request.index || request.cached || request.three_way) && repository.is_none() {
        let option = if request.cached {
            "--cached"
        } else if request.three_way {
            "--3way"
        } else {
            "--index"
        };
        return Err(Failure::fatal(format!("'{option}' outside a repository")));
    }
    let prefix = repository
        .as_ref()
        .map(|repository| repository.prefix().to_vec())
        .unwrap_or_default();
    let mut status = 0;
    for input in inputs {
        let text = read(input, &prefix)?;
        let mut directory = request.directory.trim_end_matches('/').as_bytes().to_vec();
        if !directory.is_empty() {
            directory.push(b'/');
        }
        let reading = Reading {
            strip: request.strip.unwrap_or(1),
            directory: directory.clone(),
            recount: request.recount,
        };
        let mut patches = parse(&text, &reading)?;
        if patches.is_empty() && !request.allow_empty {
            return Err(Failure::error(
                128,
                "No valid patches in input (allow with \"--allow-empty\")",
            ));
        }
        patches
            .iter_mut()
            .filter(|patch| !patch.from_top)
            .for_each(|patch| patch.below(&prefix));
        patches.retain(|patch| {
            patch
                .new_name
                .as_deref()
                .unwrap_or(patch.name())
                .starts_with(&prefix)
        });
        patches.retain(|patch| wanted(request, patch.new_name.as_deref().unwrap_or(patch.name())));
        if request.reverse {
            patches.reverse();
            patches
                .iter_mut()
                .for_each(crate::patch::FilePatch::reverse);
        }
        let name = if input == "-" { "<stdin>" } else { input };
        let errors = work::space_warnings(git, request, &patches, name);
        let shows = request.stat || request.numstat || request.summary;
        if !shows || request.apply || request.check {
            let target = match (request.cached, request.index || request.three_way) {
                (true, _) => Target::Index,
                (_, true) => Target::Both,
                _ => Target::Files,
            };
            let write = !request.check || request.apply;
            let mut work = Work::new(git, repository.clone(), request, target)?;
            status |= work.run(&patches, write)?;
            if status != 0 && !request.reject {
                return Ok(status);
            }
        }
        work::space_summary(git, request, errors);
        if shows {
            let text = statistics::show(request, &patches);
            git.out.put(&text)?;
        }
    }
    Ok(status)
}

fn wanted(request: &Request, name: &[u8]) -> bool {
    for (include, pattern) in &request.filters {
        if wildmatch::matches(pattern.as_bytes(), name, false, false) {
            return *include;
        }
    }
    !request.filters.iter().any(|(include, _)| *include)
}

fn read(input: &str, prefix: &[u8]) -> Outcome<Vec<u8>> {
    let mut text = Vec::new();
    if input == "-" {
        (&*gnu::stream::stdin()).read_to_end(&mut text)?;
        return Ok(text);
    }
    let path = match input.starts_with('/') {
        true => input.to_owned(),
        false => format!("{}{input}", String::from_utf8_lossy(prefix)),
    };
    std::fs::read(path).map_err(|error| {
        Failure::error(
            128,
            format!(
                "can't open patch '{input}': {}",
                crate::failure::reason(&error)
            ),
        )
    })
}
