//! Freezes a guest: runs its `isobox_freeze` and makes the memory it leaves the module's initial one.
//!
//! Every import traps while it runs, so nothing random, timed or of this host can get into the image.

use anyhow::{Context as _, Result, anyhow};
use std::future::Future;
use std::pin::pin;
use std::task::{Poll, Waker};
use wasmtime::{Config, Engine, Linker, Module, Store};
use wasmtime_wizer::Wizer;

/// What the guests export, written by the macro `isobox_guest::commands!`.
const FREEZE: &str = "isobox_freeze";
const COMMANDS: &str = "isobox_commands";

/// A frozen module and the commands it holds.
pub struct Frozen {
    pub wasm: Vec<u8>,
    /// Sorted.
    pub commands: Vec<String>,
}

/// Freezes the module `wasm`.
pub fn freeze(wasm: &[u8]) -> Result<Frozen> {
    let engine = Engine::new(&Config::new()).map_err(plain)?;
    let module = Module::new(&engine, wasm).map_err(plain)?;
    let mut linker = Linker::new(&engine);
    linker
        .define_unknown_imports_as_traps(&module)
        .map_err(plain)?;
    let commands = commands(&engine, &linker, &module)?;

    let mut store = Store::new(&engine, ());
    let mut wizer = Wizer::new();
    wizer.init_func(FREEZE);
    let run = wizer.run(&mut store, wasm, async |store, module| {
        linker.instantiate_async(store, module).await
    });
    let wasm = ready(run).map_err(plain)?;
    Ok(Frozen { wasm, commands })
}

/// The names in the module's memory that `isobox_commands` points at.
fn commands(engine: &Engine, linker: &Linker<()>, module: &Module) -> Result<Vec<String>> {
    let mut store = Store::new(engine, ());
    let instance = linker.instantiate(&mut store, module).map_err(plain)?;
    let place = instance
        .get_typed_func::<(), u64>(&mut store, COMMANDS)
        .map_err(plain)?;
    let place = place.call(&mut store, ()).map_err(plain)?;
    let (start, length) = (
        (place >> 32) as usize,
        (place & u64::from(u32::MAX)) as usize,
    );
    let memory = instance
        .get_memory(&mut store, "memory")
        .context("the module exports no memory")?;
    let names = memory
        .data(&store)
        .get(start..start + length)
        .context("the names lie outside the memory")?;
    let mut commands: Vec<String> = std::str::from_utf8(names)?
        .lines()
        .map(str::to_owned)
        .collect();
    commands.sort();
    Ok(commands)
}

/// The value of a future that never waits: wizer is asynchronous only for embedders whose imports are.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = std::task::Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn plain(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:?}")
}
