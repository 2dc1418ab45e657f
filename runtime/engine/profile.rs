//! The engine profile: every setting of wasmtime that a guest could notice, in one place.
//!
//! The profile is part of the contract. It has a digest, and compiled modules are kept under it.

use wasmtime::wasmparser::{self, Parser, Payload};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, ModuleVersionStrategy, OperatorCost,
    OptLevel, PoolingAllocationConfig, WasmBacktraceDetails,
};

use crate::digest::{Digest, Fields};
use crate::limits::{MEMORY_BYTES_CEILING, NATIVE_STACK_BYTES, TABLE_ELEMENTS_CEILING, TABLES_MAX};

/// The wasmtime this profile is pinned to; `Cargo.toml` pins the same.
const WASMTIME: &str = "48.0.8";

/// Fuel of one page of `memory.grow`: about what clearing 64 KiB costs. wasmtime's own default is nothing.
const MEMORY_GROW_PER_PAGE: u8 = 255;

/// WebAssembly proposals, each with whether guests may use it. Nothing is left to wasmtime's defaults, which drift.
type Proposal = (&'static str, bool, fn(&mut Config, bool) -> &mut Config);
const PROPOSALS: &[Proposal] = &[
    ("bulk-memory", true, Config::wasm_bulk_memory),
    ("custom-page-sizes", false, Config::wasm_custom_page_sizes),
    ("extended-const", true, Config::wasm_extended_const),
    ("memory64", false, Config::wasm_memory64),
    ("multi-memory", false, Config::wasm_multi_memory),
    ("multi-value", true, Config::wasm_multi_value),
    // Results of relaxed operators differ between processors, NaN payloads even in wasmtime's deterministic mode.
    ("relaxed-simd", false, Config::wasm_relaxed_simd),
    ("simd", true, Config::wasm_simd),
    ("tail-call", true, Config::wasm_tail_call),
    ("wide-arithmetic", false, Config::wasm_wide_arithmetic),
];

/// Proposals whose support is not even compiled into this program. Without that for garbage collection, the types of
/// function references remain: they cannot be switched off, and do no harm.
const ABSENT: &str = "threads gc exceptions stack-switching components";

/// The profile's digest: the same on every host, whatever it compiles for.
pub fn digest() -> Digest {
    let fields = PROPOSALS
        .iter()
        .fold(Fields::of("isobox.profile"), |fields, proposal| {
            fields
                .bytes(proposal.0.as_bytes())
                .number(proposal.1.into())
        });
    fields
        .bytes(WASMTIME.as_bytes())
        .bytes(ABSENT.as_bytes())
        .bytes(format!("{:?}", operator_cost()).as_bytes())
        .bytes(b"nan canonical")
        .finish()
}

/// An engine of this profile with room for this many processes at once. A host that will not reserve the address
/// space gets a smaller pool, and at last none: what guests see is the same.
pub fn engine(processes_max: u32) -> wasmtime::Result<Engine> {
    for smaller in [u32::MAX, 256, 16, 2] {
        let processes_max = processes_max.min(smaller);
        let mut config = config()?;
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(processes_max)));
        if let Ok(engine) = Engine::new(&config) {
            return Ok(engine);
        }
    }
    Engine::new(&config()?)
}

fn config() -> wasmtime::Result<Config> {
    let mut config = Config::new();
    for (_, allowed, set) in PROPOSALS {
        set(&mut config, *allowed);
    }
    config
        // Determinism.
        .consume_fuel(true)
        .operator_cost(operator_cost())
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .epoch_interruption(false)
        // Error texts of wasmtime never reach a guest; without backtraces they don't read the host's environment.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .wasm_backtrace_max_frames(None)
        // The host's memory and stack: reserved up front, so that growth moves nothing and can't fail for fragmentation.
        .max_wasm_stack(NATIVE_STACK_BYTES)
        .async_stack_size(NATIVE_STACK_BYTES + (1 << 20))
        .memory_reservation(MEMORY_BYTES_CEILING)
        .memory_reservation_for_growth(0)
        .memory_may_move(false)
        .memory_init_cow(true)
        // Speed.
        .cranelift_opt_level(OptLevel::Speed)
        .parallel_compilation(true)
        // Names the compiled module: nothing compiled under another profile is ever loaded.
        .module_version(ModuleVersionStrategy::Custom(format!(
            "{WASMTIME}+{}",
            digest()
        )))?;
    Ok(config)
}

fn operator_cost() -> OperatorCost {
    let mut cost = OperatorCost::new();
    cost.variable.memory_grow_per_page = MEMORY_GROW_PER_PAGE;
    cost
}

fn pool(processes_max: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(processes_max)
        .total_memories(processes_max)
        .total_tables(processes_max * TABLES_MAX)
        .max_tables_per_module(TABLES_MAX)
        .total_stacks(processes_max)
        .max_memory_size(MEMORY_BYTES_CEILING as usize)
        .max_core_instance_size(INSTANCE_BYTES_CEILING)
        .table_elements(TABLE_ELEMENTS_CEILING as usize)
        // Pages that a guest wrote are put back by copying, up to this many bytes, so that the next guest meets no page faults.
        .linear_memory_keep_resident(KEPT_MEMORY_BYTES)
        .table_keep_resident(KEPT_TABLE_BYTES)
        .pagemap_scan(Enabled::Auto);
    pool
}

/// Memory of a place in the pool that stays with the host between guests, in bytes; more is given back.
const KEPT_MEMORY_BYTES: usize = 1 << 20;
const KEPT_TABLE_BYTES: usize = 64 << 10;

/// More than the globals and functions of a valid module come to: where the pool stops guests may not notice.
const INSTANCE_BYTES_CEILING: usize = 256 << 20;

/// Refuses, before anything is compiled, a module of more tables than the pool has room for, or of larger ones: hosts
/// with a pool and hosts without one accept the same. What is no module at all is left for the compiler to refuse.
pub fn check_tables(wasm: &[u8]) -> Result<(), String> {
    let sizes = table_sizes(wasm).unwrap_or_default();
    let fits = |elements: &u64| *elements <= TABLE_ELEMENTS_CEILING.into();
    if sizes.len() <= TABLES_MAX as usize && sizes.iter().all(fits) {
        return Ok(());
    }
    Err(format!(
        "it has more than {TABLES_MAX} tables, or one of more than {TABLE_ELEMENTS_CEILING} elements"
    ))
}

/// How many elements each table of a module's own begins with.
fn table_sizes(wasm: &[u8]) -> wasmparser::Result<Vec<u64>> {
    let mut sizes = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::TableSection(tables) = payload? {
            for table in tables {
                sizes.push(table?.ty.initial);
            }
        }
    }
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exchanging wasmtime, its operator costs or any setting changes what guests see: bump the contract, then this.
    #[test]
    fn the_digest_changes_only_on_purpose() {
        assert_eq!(digest().to_string(), GOLDEN);
    }

    const GOLDEN: &str = "44ce10efb79e851232c77210df5daaf690e3d1aafc9a583e9ad4babdda3abc95";

    fn accepts(body: &str) -> bool {
        let wasm = wat::parse_str(format!("(module {body})")).unwrap();
        let engine = Engine::new(&config().unwrap()).unwrap();
        wasmtime::Module::new(&engine, wasm).is_ok()
    }

    #[test]
    fn the_list_of_proposals_is_enforced() {
        let accepted = [
            "(func (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))) (memory 1)",
            "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
            "(func (result i32 i32) (i32.const 1) (i32.const 2))",
            "(func (result v128) (v128.const i64x2 1 2))",
            "(func $f (return_call $f))",
            "(table 1 funcref)",
            "(type $f (func)) (func (param (ref $f)))",
        ];
        let refused = [
            "(memory 1 (pagesize 1))",
            "(memory i64 1)",
            "(memory 1) (memory 1)",
            "(func (param v128 v128 v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))",
            "(func (param i64 i64 i64 i64) (result i64 i64) (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))",
            "(memory 1 1 shared)",
            "(type (struct (field i32)))",
            "(tag)",
            "(type $f (func)) (type $c (cont $f))",
        ];
        for body in accepted {
            assert!(accepts(body), "should be accepted: {body}");
        }
        for body in refused {
            assert!(!accepts(body), "should be refused: {body}");
        }
    }

    #[test]
    fn a_pool_refuses_exactly_what_hosts_without_one_refuse() {
        let mut pooled = config().unwrap();
        pooled.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(2)));
        let pooled = Engine::new(&pooled).unwrap();
        for (body, accepted) in [
            ("", true),
            (&"(table 1 funcref)".repeat(4), true),
            (&"(table 1 funcref)".repeat(5), false),
            ("(table 1000000 funcref)", true),
            ("(table 1000001 funcref)", false),
            ("(table 0 externref) (table 1000001 externref)", false),
            ("(memory 65536)", true),
        ] {
            let wasm = wat::parse_str(format!("(module {body})")).unwrap();
            let by_pool = wasmtime::Module::new(&pooled, &wasm).is_ok();
            assert_eq!(by_pool, accepted, "by the pool: {body}");
            assert_eq!(
                check_tables(&wasm).is_ok(),
                accepted,
                "by the check: {body}"
            );
        }
    }
}
