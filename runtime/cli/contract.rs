//! `isobox contract`: begin, lock, check, show and compare contracts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use isobox::{Contract, ContractError, ContractFile, Difference, Lock, Manifest, contract_changes};

use super::exit;
use super::output::{print, print_json, say};

const AFTER_HELP: &str = "\
Exit status:
  0    the contract is what was locked; nothing changes; done
  1    check: something differs; diff: the version does not move far enough
  125  isobox itself failed: bad options, a file that cannot be read or says
       what has no meaning";

/// Begin, lock, check, show and compare contracts
#[derive(Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Begin a contract of one's own: the shipped one, with its lock and schemas, in a folder
    New {
        /// An empty or new folder
        folder: PathBuf,
    },
    /// Name every part that differs between file, lock and this isobox
    Check {
        /// The contract, a file or its folder [default: the one that ships with isobox]
        contract: Option<PathBuf>,
        /// Print the differences as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the lock beside a contract
    Lock {
        /// The contract, a file or its folder
        contract: PathBuf,
    },
    /// Print the digests of a contract and of its parts
    Show {
        /// The contract, a file or its folder [default: the one that ships with isobox]
        contract: Option<PathBuf>,
    },
    /// Say what changes for an agent from one contract to another, and which step of the version that is
    Diff {
        /// The earlier contract, a file or its folder
        before: PathBuf,
        /// The later one
        after: PathBuf,
        /// Print the changes as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of a contract's file
    Schema {
        /// Of a tool's manifest instead
        #[arg(long)]
        manifest: bool,
    },
}

/// Does what was asked.
pub fn main(arguments: Arguments) -> ExitCode {
    let done = match arguments.action {
        Action::New { folder } => new(&folder),
        Action::Check { contract, json } => check(contract.as_deref(), json),
        Action::Lock { contract } => lock(&contract),
        Action::Show { contract } => show(contract.as_deref()),
        Action::Diff {
            before,
            after,
            json,
        } => diff(&before, &after, json),
        Action::Schema { manifest: false } => print_json(&contract_schema()).map(|()| 0),
        Action::Schema { manifest: true } => print_json(&manifest_schema()).map(|()| 0),
    };
    match done {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            say(format_args!("{error:#}"));
            ExitCode::from(exit::of(&error))
        }
    }
}

fn contract_schema() -> schemars::Schema {
    schemars::schema_for!(ContractFile)
}

fn manifest_schema() -> schemars::Schema {
    schemars::schema_for!(Manifest)
}

fn new(folder: &Path) -> anyhow::Result<u8> {
    let context = || folder.display().to_string();
    fs::create_dir_all(folder).with_context(context)?;
    if fs::read_dir(folder).with_context(context)?.next().is_some() {
        bail!("{}: the folder is not empty", folder.display());
    }
    let schema = |schema| serde_json::to_string_pretty(&schema).map(|text| text + "\n");
    let files = [
        ("contract.toml", Contract::shipped_text().to_owned()),
        ("contract.lock", Lock::of(&Contract::default()).to_toml()),
        ("contract.schema.json", schema(contract_schema())?),
        ("manifest.schema.json", schema(manifest_schema())?),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).with_context(context)?;
    }
    Ok(0)
}

fn lock(path: &Path) -> anyhow::Result<u8> {
    let contract = Contract::read(path)?;
    let lock = Lock::path_beside(path);
    let written = fs::write(&lock, Lock::of(&contract).to_toml());
    written.with_context(|| lock.display().to_string())?;
    Ok(0)
}

fn check(path: Option<&Path>, json: bool) -> anyhow::Result<u8> {
    let differences = match path {
        Some(path) => match Contract::load(path) {
            Ok(_) => Vec::new(),
            Err(ContractError::Differs { differences, .. }) => differences,
            Err(error) => return Err(error.into()),
        },
        None => Contract::shipped_lock()
            .map_err(anyhow::Error::msg)?
            .differences(&Contract::default()),
    };
    match json {
        true => print_json(&differences)?,
        false => {
            let lines = differences.iter().map(Difference::to_string);
            let text: String = lines.map(|line| line + "\n").collect();
            print(&mut io::stdout(), &text)?;
        }
    }
    Ok((!differences.is_empty()).into())
}

fn show(path: Option<&Path>) -> anyhow::Result<u8> {
    let contract = match path {
        Some(path) => Contract::load(path)?,
        None => Contract::default(),
    };
    let parts = contract.parts();
    let width = parts.keys().map(String::len).max().unwrap_or(0);
    let whole = format!(
        "{:width$}  {}\n",
        format!("contract {}", contract.version),
        contract.digest()
    );
    let lines = parts
        .iter()
        .map(|(name, digest)| format!("{name:width$}  {digest}\n"));
    let text: String = std::iter::once(whole).chain(lines).collect();
    print(&mut io::stdout(), &text)?;
    Ok(0)
}

fn diff(before: &Path, after: &Path, json: bool) -> anyhow::Result<u8> {
    let (before, after) = (Contract::read(before)?, Contract::read(after)?);
    let changes = contract_changes(&before, &after);
    let status = (!changes.version_is_enough).into();
    if json {
        print_json(&changes)?;
        return Ok(status);
    }
    let mut text = String::new();
    for change in &changes.changes {
        text += &format!("{:5}  {}: {}\n", change.step, change.part, change.text);
    }
    if let Some(needed) = changes.needed {
        let verdict = match changes.version_is_enough {
            true => "which is enough",
            false => "which is not enough",
        };
        text += &format!(
            "The changes need a {needed} step; the version goes from {} to {}, {verdict}.\n",
            before.version, after.version
        );
    }
    print(&mut io::stdout(), &text)?;
    Ok(status)
}
