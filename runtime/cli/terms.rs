//! `--contract` and `--require-contract`, and the runtime under them.

use std::path::PathBuf;

use clap::Args;
use isobox::{CacheFolder, Contract, Requirement, Runtime, RuntimeOptions};

use super::progress::Progress;

#[derive(Args)]
pub struct Terms {
    /// The contract: a file, or a folder with a contract.toml; its lock stands beside it [default: the one that ships with isobox]
    #[arg(long, value_name = "FILE", help_heading = "Contract")]
    contract: Option<PathBuf>,

    /// Refuse to run under any other contract than this: its digest, or the path of its lock, which tells what differs
    #[arg(long, value_name = "DIGEST|LOCK", help_heading = "Contract")]
    require_contract: Option<String>,
}

impl Terms {
    /// The contract that was named, which this isobox fulfils.
    pub fn read(&self) -> anyhow::Result<Contract> {
        match &self.contract {
            None => Ok(Contract::default()),
            Some(path) => Ok(Contract::load(path)?),
        }
    }

    /// Refuses a contract that is not the one that is required.
    pub fn check(&self, contract: &Contract) -> anyhow::Result<()> {
        if let Some(text) = &self.require_contract {
            contract.require(&Requirement::read(text)?)?;
        }
        Ok(())
    }

    /// The contract that was named, fulfilled and as it is required.
    pub fn contract(&self) -> anyhow::Result<Contract> {
        let contract = self.read()?;
        self.check(&contract)?;
        Ok(contract)
    }
}

/// A runtime under a contract, which shows on a terminal what it compiles.
pub fn runtime(contract: Contract) -> anyhow::Result<Runtime> {
    let options = RuntimeOptions {
        cache: CacheFolder::Usual,
        processes_max: Some(contract.limits.processes_max),
        progress: Some(Box::new(Progress::default())),
        ..RuntimeOptions::default()
    };
    Ok(Runtime::with_options(contract, options)?)
}
