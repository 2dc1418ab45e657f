//! Every bound of the machine in one place: its unit, its default and its reason.
//!
//! A guest that meets a bound gets the fixed answer named here; it can never exhaust the host.

use serde::{Deserialize, Serialize};

/// One mebibyte, in bytes.
const MIB: u64 = 1 << 20;

/// Longest name of a directory entry, in bytes (`ENAMETOOLONG` beyond): what Linux file systems allow.
pub const NAME_BYTES_MAX: usize = 255;

/// Longest path a guest may pass, in bytes (`ENAMETOOLONG` beyond): Linux's `PATH_MAX`.
pub const PATH_BYTES_MAX: usize = 4096;

/// Most symbolic links followed while one path is resolved (`ELOOP` beyond): Linux's number.
pub const SYMLINK_HOPS_MAX: u32 = 40;

/// Most hard links to one file (`EMLINK` beyond): ext4's number.
pub const LINKS_MAX: usize = 65_000;

/// Deepest nesting of directories (`ENAMETOOLONG` beyond): no path could name anything below.
pub const DEPTH_MAX: u32 = PATH_BYTES_MAX as u32 / 2;

/// Most changed paths a result lists; the rest is counted.
pub const CHANGED_PATHS_MAX: usize = 10_000;

/// What an inode counts for in [`Limits::tree_bytes_max`] beside its content: about what it costs the host.
pub const INODE_BYTES: u64 = 512;

/// What a directory entry counts for in [`Limits::tree_bytes_max`] beside its name: about what it costs the host.
pub const ENTRY_BYTES: u64 = 128;

/// Most bytes one host call copies out of or into a guest's memory for names, arguments and event lists
/// (`EINVAL` beyond): far above what a program needs, and small beside its memory.
pub const TRANSFER_BYTES_MAX: usize = 1 << 20;

/// Most bytes of arguments and environment together ("argument list too long" beyond): Linux's usual `ARG_MAX`.
pub const ARGUMENT_BYTES_MAX: usize = 2 << 20;

/// Most bytes one process can hand to another when it begins it (`E2BIG` beyond): a shell's state with room to spare.
pub const HANDOVER_BYTES_MAX: usize = 16 << 20;

/// What a pipe holds, in bytes: Linux's number.
pub const PIPE_BYTES: usize = 64 << 10;

/// Writes to a pipe of no more than so many bytes are all or nothing: POSIX's `PIPE_BUF`, Linux's number.
pub const PIPE_ATOMIC_BYTES: usize = 4096;

/// Most pipes of a machine at once (`ENFILE` beyond): some for every process, and 256 MiB of the host's memory at most.
pub const PIPES_MAX: usize = 4096;

/// Most scripts that name one another as interpreters (`ELOOP` beyond): Linux's number.
pub const INTERPRETERS_MAX: u32 = 4;

/// Longest first line of a script, in bytes; what is beyond is not read: Linux's number.
pub const SCRIPT_LINE_BYTES_MAX: usize = 256;

/// Longest HTTP request a guest may send, in bytes, its head and body together (`EINVAL` beyond): what one host call copies.
pub const HTTP_REQUEST_BYTES_MAX: usize = TRANSFER_BYTES_MAX;

/// Largest recorded body of an HTTP response, in bytes: what tools fetch, and a bound on what a machine holds beside its tree.
pub const FIXTURE_BODY_BYTES_MAX: u64 = 64 * MIB;

/// Most recorded HTTP responses of one network.
pub const FIXTURES_MAX: usize = 100_000;

/// Largest module that is compiled, in bytes: room for an interpreter, and a bound on the time a compilation takes.
pub const MODULE_BYTES_MAX: u64 = 128 * MIB;

/// Largest file whose changes are shown line by line, in bytes.
pub const DIFF_BYTES_MAX: u64 = 4 * MIB;

/// Largest linear memory any guest can be granted, in bytes: all of a 32-bit address space.
pub const MEMORY_BYTES_CEILING: u64 = 4096 * MIB;

/// Most function tables of one module (refused beyond): compilers make one.
pub const TABLES_MAX: u32 = 4;

/// Largest function table any guest can be granted, in elements.
pub const TABLE_ELEMENTS_CEILING: u32 = 1_000_000;

/// Native stack for guest code, in bytes: a backstop that only runaway recursion meets (a host failure).
pub const NATIVE_STACK_BYTES: usize = 16 << 20;

/// The bounds of one machine.
///
/// | field | default | why |
/// |---|---|---|
/// | `fuel_max` | 30,000,000,000 | about half a minute of computing; ends an infinite loop |
/// | `deadline_ns` | 86,400 s | virtual; a day of sleeping costs nothing, an endless one ends |
/// | `memory_bytes_max` | 1 GiB | linear memory of one process; `memory.grow` answers −1 beyond |
/// | `memory_total_bytes_max` | 4 GiB | linear memory of all processes; `memory.grow` answers −1 and a new process `ENOMEM` beyond |
/// | `processes_max` | 512 | processes of a machine, ended ones that nobody waited for included: 200 jobs of two each; `EAGAIN` beyond |
/// | `table_elements_max` | 1,000,000 | function table of one process; `table.grow` answers −1 beyond |
/// | `open_files_max` | 1,024 | `EMFILE` beyond: the usual `ulimit -n` |
/// | `tree_bytes_max` | 1 GiB | files, names and inodes together; `ENOSPC` beyond |
/// | `inodes_max` | 1,000,000 | `ENOSPC` beyond |
/// | `file_bytes_max` | 4 GiB | apparent size of one file; `EFBIG` beyond |
/// | `output_bytes_max` | 16 MiB | of stdout and of stderr each: head and tail are kept, the cut is counted |
/// | `written_bytes_max` | 1 GiB | of stdout and stderr together; ends a run that floods |
/// | `stdin_bytes_max` | 1 GiB | refused before the run |
///
/// ```
/// let limits = isobox::Limits { fuel_max: 1_000_000, ..Default::default() };
/// assert_eq!(limits.open_files_max, 1024);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Fuel of one run: executed operators and the price of host calls.
    pub fuel_max: u64,
    /// Virtual time of one run, in nanoseconds.
    pub deadline_ns: u64,
    /// Linear memory of one process, in bytes.
    pub memory_bytes_max: u64,
    /// Linear memory of all processes together, in bytes.
    pub memory_total_bytes_max: u64,
    /// Processes at once.
    pub processes_max: u32,
    /// Function table of one process, in elements.
    pub table_elements_max: u32,
    /// Open descriptors of one process.
    pub open_files_max: u32,
    /// Content, names and inodes of the tree, in bytes.
    pub tree_bytes_max: u64,
    /// Inodes of the tree.
    pub inodes_max: u64,
    /// Apparent size of one file, in bytes.
    pub file_bytes_max: u64,
    /// Bytes kept of stdout, and of stderr.
    pub output_bytes_max: u64,
    /// Bytes one run may write to stdout and stderr together.
    pub written_bytes_max: u64,
    /// Standard input of one run, in bytes.
    pub stdin_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            fuel_max: 30_000_000_000,
            deadline_ns: 86_400 * 1_000_000_000,
            memory_bytes_max: 1024 * MIB,
            memory_total_bytes_max: 4096 * MIB,
            processes_max: 512,
            table_elements_max: TABLE_ELEMENTS_CEILING,
            open_files_max: 1024,
            tree_bytes_max: 1024 * MIB,
            inodes_max: 1_000_000,
            file_bytes_max: 4096 * MIB,
            output_bytes_max: 16 * MIB,
            written_bytes_max: 1024 * MIB,
            stdin_bytes_max: 1024 * MIB,
        }
    }
}
