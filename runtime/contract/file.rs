//! The contract's file: TOML, every field with its unit in its name, unknown fields refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::base::Base;
use super::environment::Environment;
use super::manifest::{Manifest, Tool};
use super::{Contract, ContractError, Version, shipped};
use crate::digest::Digest;
use crate::guests::{self, Guest};
use crate::host_files;
use crate::limits::{Limits, MODULE_BYTES_MAX};
use crate::machine::{Network, TimeModel, Unmatched};

/// A contract as it is written, `contract.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Contract of an Isobox runtime")]
pub struct ContractFile {
    /// The contract's version. `isobox contract diff` says which step a change is.
    pub version: Version,
    /// The shipped guests whose commands the machine has.
    pub guests: Vec<String>,
    /// What an agent may call: names of shipped tools, and paths of manifests (ending in .toml) beside this file.
    pub tools: Vec<String>,
    /// Guests of one's own, by name.
    #[serde(default)]
    pub modules: BTreeMap<String, Module>,
    /// How guests are compiled and run.
    #[serde(default)]
    pub engine: Engine,
    /// What moves the virtual clock.
    #[serde(default)]
    pub time: TimeModel,
    /// The bounds of the machine and of each call.
    #[serde(default)]
    pub limits: Limits,
    /// The bounds of a session.
    #[serde(default)]
    pub session: SessionLimits,
    /// What surrounds every command.
    #[serde(default)]
    pub environment: Environment,
    /// Where requests lead.
    #[serde(default)]
    pub network: NetworkFile,
    /// The files that a machine begins with, beside its own.
    #[serde(default)]
    pub base: BaseFile,
    /// The failures and delays that are injected.
    #[serde(default)]
    pub noise: Noise,
}

/// Where requests lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkFile {
    /// Who answers.
    pub policy: NetworkPolicy,
    /// Of `fixtures`: the recorded answers, JSON Lines, a path beside this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixtures: Option<String>,
    /// Of `fixtures`: what a request is answered that none is recorded for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmatched: Option<Unmatched>,
}

/// Who answers requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NetworkPolicy {
    /// Nobody: every request is denied.
    #[default]
    Deny,
    /// Recorded answers.
    Fixtures,
}

/// The files that a machine begins with, beside its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BaseFile {
    /// Folders and files that are copied in.
    pub import: Vec<BaseImport>,
}

/// A folder or file that a machine begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaseImport {
    /// A path beside this file.
    pub from: String,
    /// A path inside the machine.
    pub to: String,
}

/// A guest of one's own: any WASI preview 1 command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// The module, a path beside the contract's file.
    pub file: String,
    /// The commands it answers to, by its argument 0; they are found in `/usr/local/bin`. Default: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commands: Option<Vec<String>>,
    /// BLAKE3 of the module, to be refused if it is another; the lock has it in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blake3: Option<Digest>,
}

/// How guests are compiled and run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Engine {
    /// The profile; its digest is in the lock.
    pub profile: EngineProfile,
}

/// The profiles of the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EngineProfile {
    /// Deterministic, and the only one there is.
    #[default]
    Standard,
}

/// The bounds of a session, in virtual units. A session that meets one answers every further call with that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionLimits {
    /// Calls, the invalid ones included.
    pub calls_max: u64,
    /// Fuel of all calls.
    pub fuel_max: u64,
    /// Virtual time of all calls, in nanoseconds.
    pub elapsed_ns_max: u64,
    /// JSON of one call's arguments, in bytes.
    pub arguments_bytes_max: u64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        SessionLimits {
            calls_max: 10_000,
            fuel_max: 1_000_000_000_000_000,
            elapsed_ns_max: 365 * 86_400 * 1_000_000_000,
            arguments_bytes_max: 4 << 20,
        }
    }
}

/// The failures and delays that are injected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Noise {
    /// The profile.
    pub profile: NoiseProfile,
}

/// The profiles of noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoiseProfile {
    /// Nothing is injected.
    #[default]
    Clean,
}

/// The file of a contract that is named by its folder or by itself.
pub fn path_of(named: &Path) -> PathBuf {
    match host_files::is_folder(named) {
        true => named.join("contract.toml"),
        false => named.to_owned(),
    }
}

/// Reads a contract's file and what it names.
pub fn read(path: &Path) -> Result<Contract, ContractError> {
    parse(&read_text(path)?, path)
}

/// Joins the text of a contract with what it names, relative to its path.
pub fn parse(text: &str, path: &Path) -> Result<Contract, ContractError> {
    let invalid = |reason: String| ContractError::Invalid {
        path: path.to_owned(),
        reason,
    };
    let file: ContractFile = toml::from_str(text).map_err(|error| invalid(error.to_string()))?;
    file.environment.check().map_err(invalid)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let guests = guests(&file, folder, &invalid)?;
    let mut tools: Vec<Tool> = Vec::new();
    for named in &file.tools {
        let tool = tool(named, folder, &guests, &invalid)?;
        if tools.iter().any(|known| known.name() == tool.name()) {
            return Err(invalid(format!("tools: `{}` is there twice", tool.name())));
        }
        tools.push(tool);
    }
    let network = network(&file.network, folder, &invalid)?;
    let mut base = Base::default();
    for import in &file.base.import {
        let from = folder.join(&import.from);
        base.import(&from, &import.to, file.environment.epoch_ns)
            .map_err(|reason| invalid(format!("base.import: {reason}")))?;
    }
    Ok(Contract {
        network,
        base,
        version: file.version,
        guests,
        tools,
        time: file.time,
        limits: file.limits,
        session: file.session,
        environment: file.environment,
    })
}

fn network(
    file: &NetworkFile,
    folder: &Path,
    invalid: &impl Fn(String) -> ContractError,
) -> Result<Network, ContractError> {
    match (file.policy, &file.fixtures) {
        (NetworkPolicy::Deny, None) if file.unmatched.is_none() => Ok(Network::Deny),
        (NetworkPolicy::Deny, _) => Err(invalid(
            "network: `fixtures` and `unmatched` need policy = \"fixtures\"".to_owned(),
        )),
        (NetworkPolicy::Fixtures, None) => Err(invalid(
            "network: policy = \"fixtures\" needs `fixtures`, the path of the recorded answers"
                .to_owned(),
        )),
        (NetworkPolicy::Fixtures, Some(named)) => {
            let path = folder.join(named);
            let text = read_text(&path)?;
            let network = Network::from_json_lines(&text, file.unmatched.unwrap_or_default());
            network.map_err(|error| ContractError::Invalid {
                path,
                reason: error.to_string(),
            })
        }
    }
}

fn guests(
    file: &ContractFile,
    folder: &Path,
    invalid: &impl Fn(String) -> ContractError,
) -> Result<Vec<Guest>, ContractError> {
    let pinned = guests::pinned().map_err(|error| invalid(error.to_string()))?;
    let mut guests: Vec<Guest> = Vec::new();
    for name in &file.guests {
        let guest = pinned.iter().find(|guest| guest.name() == name);
        guests.push(guest.cloned().ok_or_else(|| {
            let known: Vec<&str> = pinned.iter().map(Guest::name).collect();
            invalid(format!(
                "guests: this isobox has no `{name}`; it has {}",
                known.join(", ")
            ))
        })?);
    }
    for (name, module) in &file.modules {
        guests.push(own_guest(name, module, folder, invalid)?);
    }
    let mut names: Vec<&str> = guests.iter().map(Guest::name).collect();
    let mut paths: Vec<String> = guests.iter().flat_map(Guest::paths).collect();
    names.sort_unstable();
    paths.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(invalid(format!("guests: `{}` is there twice", twice[0])));
    }
    if let Some(twice) = paths.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(invalid(format!(
            "guests: two of them have the command `{}`",
            twice[0]
        )));
    }
    Ok(guests)
}

fn own_guest(
    name: &str,
    module: &Module,
    folder: &Path,
    invalid: &impl Fn(String) -> ContractError,
) -> Result<Guest, ContractError> {
    let path = folder.join(&module.file);
    let wasm = host_files::read(&path).map_err(|error| ContractError::Read {
        path: path.clone(),
        error,
    })?;
    let reason = |reason: String| ContractError::Invalid {
        path: path.clone(),
        reason,
    };
    if wasm.len() as u64 > MODULE_BYTES_MAX {
        return Err(reason(format!(
            "a module of {} bytes is larger than the {MODULE_BYTES_MAX} that are compiled",
            wasm.len()
        )));
    }
    if !wasm.starts_with(b"\0asm") {
        return Err(reason("it is no WebAssembly module".to_owned()));
    }
    let digest = Digest::of_bytes(&wasm);
    if module.blake3.is_some_and(|wanted| wanted != digest) {
        return Err(reason(format!(
            "its BLAKE3 is {digest}, not what modules.{name} says"
        )));
    }
    let commands = module
        .commands
        .clone()
        .unwrap_or_else(|| vec![name.to_owned()]);
    let is_name = |command: &String| !command.is_empty() && !command.contains(['/', '\0']);
    if commands.is_empty() || !commands.iter().all(is_name) {
        return Err(invalid(format!(
            "modules.{name}.commands: names without `/` are expected"
        )));
    }
    Ok(Guest::own(name, commands, wasm))
}

fn tool(
    named: &str,
    folder: &Path,
    guests: &[Guest],
    invalid: &impl Fn(String) -> ContractError,
) -> Result<Tool, ContractError> {
    let (text, path) = match named.ends_with(".toml") {
        true => {
            let path = folder.join(named);
            (read_text(&path)?, path)
        }
        false => {
            let text = shipped::manifest(named).ok_or_else(|| {
                let known: Vec<&str> = shipped::tools().collect();
                invalid(format!(
                    "tools: this isobox has no `{named}`; it has {}; a manifest of one's own is named by its path, {named}.toml",
                    known.join(", ")
                ))
            })?;
            (
                text.to_owned(),
                PathBuf::from(format!("tools/{named}.toml")),
            )
        }
    };
    let invalid = |reason: String| ContractError::Invalid {
        path: path.clone(),
        reason,
    };
    let manifest: Manifest = toml::from_str(&text).map_err(|error| invalid(error.to_string()))?;
    Tool::new(manifest, guests).map_err(invalid)
}

fn read_text(path: &Path) -> Result<String, ContractError> {
    host_files::read_text(path).map_err(|error| ContractError::Read {
        path: path.to_owned(),
        error,
    })
}
