//! The guest's interface: WASI preview 1 and the extension `isobox_v1`, where machine and engine meet.

mod begin;
mod call;
mod guest_memory;
mod isobox_v1;
mod life;
mod preview1;
mod process;

use std::collections::BTreeSet;

use wasmtime::{InstancePre, Linker, Module};

use crate::engine::Engine;
pub use begin::first_descriptors;
pub use life::live;
pub use process::{Found, Host, Image, LaunchError, Launcher, Process};

/// Offers the whole interface to modules.
pub struct Interface(Linker<Process>);

/// Why a module cannot be given what it asks for.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error(
        "{module} imports what this machine does not offer: {}. \
         It offers `wasi_snapshot_preview1` and `isobox_v1`",
        .imports.join(", ")
    )]
    UnknownImports {
        module: String,
        imports: Vec<String>,
    },
    #[error("{module} exports no function `_start`: it is a library, not a command")]
    NoStart { module: String },
    #[error("{module} cannot be linked: {reason}")]
    Other { module: String, reason: String },
}

impl Interface {
    pub fn new(engine: &Engine) -> wasmtime::Result<Interface> {
        let mut linker = Linker::new(engine.inner());
        preview1::add_to_linker(&mut linker)?;
        isobox_v1::add_to_linker(&mut linker)?;
        Ok(Interface(linker))
    }

    /// Resolves a module's imports once, for any number of processes.
    pub fn link(&self, name: &str, module: &Module) -> Result<InstancePre<Process>, LinkError> {
        let offered = offered();
        let unknown: BTreeSet<String> = module
            .imports()
            .map(|import| (import.module(), import.name()))
            .filter(|import| !offered.contains(&(import.0.to_owned(), import.1.to_owned())))
            .map(|(module, name)| format!("`{module}::{name}`"))
            .collect();
        if !unknown.is_empty() {
            return Err(LinkError::UnknownImports {
                module: name.to_owned(),
                imports: unknown.into_iter().collect(),
            });
        }
        let is_command = module
            .get_export("_start")
            .and_then(|export| export.func().cloned())
            .is_some_and(|start| start.params().len() == 0 && start.results().len() == 0);
        if !is_command {
            return Err(LinkError::NoStart {
                module: name.to_owned(),
            });
        }
        self.0
            .instantiate_pre(module)
            .map_err(|error| LinkError::Other {
                module: name.to_owned(),
                reason: format!("{error:#}"),
            })
    }
}

/// Every function there is, by module and name.
fn offered() -> BTreeSet<(String, String)> {
    let preview1 = preview1::NAMES.iter().map(|name| (preview1::MODULE, *name));
    let isobox_v1 = isobox_v1::NAMES
        .iter()
        .map(|name| (isobox_v1::MODULE, *name));
    preview1
        .chain(isobox_v1)
        .map(|(module, name)| (module.to_owned(), name.to_owned()))
        .collect()
}
