//! Guests written call by call: what preview 1 is asked, what it has to answer.
//!
//! ```text
//! let mut guest = Guest::new();
//! guest.open("tmp/file", oflags::CREATE, rights::FD_READ);     // becomes descriptor 4
//! guest.call("fd_write", [4, iovec, 1, OUT], errno::BADF);
//! guest.run();
//! ```

use std::fmt::Write as _;

use isobox::{Command, Limits, Outcome, RunResult, Session};

/// The descriptor of `/`.
pub const ROOT: i64 = 3;

/// Where calls put their answers.
pub const OUT: i64 = 0x400;

/// Bytes of a guest's memory.
pub const MEMORY_BYTES: i64 = 32 << 16;

/// Where texts and structures are laid down, and where what is seen is collected.
const DATA: usize = 0x1_0000;
const LOG: usize = 0x10_0000;

pub mod errno {
    pub const OK: u16 = 0;
    pub const TOOBIG: u16 = 1;
    pub const ACCES: u16 = 2;
    pub const AGAIN: u16 = 6;
    pub const BADF: u16 = 8;
    pub const BUSY: u16 = 10;
    pub const CHILD: u16 = 12;
    pub const CONNREFUSED: u16 = 14;
    pub const EXIST: u16 = 20;
    pub const FAULT: u16 = 21;
    pub const FBIG: u16 = 22;
    pub const INTR: u16 = 27;
    pub const INVAL: u16 = 28;
    pub const ISDIR: u16 = 31;
    pub const LOOP: u16 = 32;
    pub const MFILE: u16 = 33;
    pub const NAMETOOLONG: u16 = 37;
    pub const NOENT: u16 = 44;
    pub const NOEXEC: u16 = 45;
    pub const NOMEM: u16 = 48;
    pub const NOSPC: u16 = 51;
    pub const NOTDIR: u16 = 54;
    pub const NOTEMPTY: u16 = 55;
    pub const NOTSUP: u16 = 58;
    pub const NXIO: u16 = 60;
    pub const PERM: u16 = 63;
    pub const PIPE: u16 = 64;
    pub const SPIPE: u16 = 70;
    pub const SRCH: u16 = 71;
    pub const TIMEDOUT: u16 = 73;
    pub const NOTCAPABLE: u16 = 76;
    /// The highest number preview 1 knows.
    pub const LAST: u16 = NOTCAPABLE;
}

pub mod oflags {
    pub const CREATE: i64 = 1;
    pub const DIRECTORY: i64 = 2;
    pub const EXCLUSIVE: i64 = 4;
    pub const TRUNCATE: i64 = 8;
}

pub mod rights {
    pub const FD_READ: i64 = 1 << 1;
    pub const FD_SEEK: i64 = 1 << 2;
    pub const FD_TELL: i64 = 1 << 5;
    pub const FD_WRITE: i64 = 1 << 6;
    pub const PATH_OPEN: i64 = 1 << 13;
    pub const FD_READDIR: i64 = 1 << 14;
    pub const FD_FILESTAT_GET: i64 = 1 << 21;
    pub const FD_FILESTAT_SET_TIMES: i64 = 1 << 23;
    /// Every right there is.
    pub const ALL: i64 = (1 << 30) - 1;
}

/// Every function of the interface: its name and what its parameters are: `f` a descriptor, `p` a pointer, `l` a
/// length or count, `n` another number of 32 bits, `N` one of 64.
pub const PREVIEW1: [(&str, &str); 46] = [
    ("args_get", "pp"),
    ("args_sizes_get", "pp"),
    ("clock_res_get", "np"),
    ("clock_time_get", "nNp"),
    ("environ_get", "pp"),
    ("environ_sizes_get", "pp"),
    ("fd_advise", "fNNn"),
    ("fd_allocate", "fNN"),
    ("fd_close", "f"),
    ("fd_datasync", "f"),
    ("fd_fdstat_get", "fp"),
    ("fd_fdstat_set_flags", "fn"),
    ("fd_fdstat_set_rights", "fNN"),
    ("fd_filestat_get", "fp"),
    ("fd_filestat_set_size", "fN"),
    ("fd_filestat_set_times", "fNNn"),
    ("fd_pread", "fplNp"),
    ("fd_prestat_dir_name", "fpl"),
    ("fd_prestat_get", "fp"),
    ("fd_pwrite", "fplNp"),
    ("fd_read", "fplp"),
    ("fd_readdir", "fplNp"),
    ("fd_renumber", "ff"),
    ("fd_seek", "fNnp"),
    ("fd_sync", "f"),
    ("fd_tell", "fp"),
    ("fd_write", "fplp"),
    ("path_create_directory", "fpl"),
    ("path_filestat_get", "fnplp"),
    ("path_filestat_set_times", "fnplNNn"),
    ("path_link", "fnplfpl"),
    ("path_open", "fnplnNNnp"),
    ("path_readlink", "fplplp"),
    ("path_remove_directory", "fpl"),
    ("path_rename", "fplfpl"),
    ("path_symlink", "plfpl"),
    ("path_unlink_file", "fpl"),
    ("poll_oneoff", "pplp"),
    ("proc_exit", "n"),
    ("proc_raise", "n"),
    ("random_get", "pl"),
    ("sched_yield", ""),
    ("sock_accept", "fnp"),
    ("sock_recv", "fplnpp"),
    ("sock_send", "fplnp"),
    ("sock_shutdown", "fn"),
];

/// The functions of `isobox_v1`, in the same way.
pub const ISOBOX_V1: [(&str, &str); 25] = [
    ("fd_cloexec_get", "fp"),
    ("fd_cloexec_set", "fn"),
    ("fd_duplicate", "fnnp"),
    ("fd_duplicate_to", "ff"),
    ("fd_mode_get", "fp"),
    ("fd_mode_set", "fn"),
    ("fd_pipe", "npp"),
    ("fd_read_until", "fnplp"),
    ("http_exchange", "plp"),
    ("path_make_fifo", "fpln"),
    ("path_mode_get", "fnplp"),
    ("path_mode_set", "fnpln"),
    ("process_cwd", "plp"),
    ("process_exec", "p"),
    ("process_group_set", "nn"),
    ("process_handover", "plp"),
    ("process_ids", "ppp"),
    ("process_kill", "nn"),
    ("process_limit", "np"),
    ("process_spawn", "pp"),
    ("process_times", "pp"),
    ("process_umask", "np"),
    ("process_wait", "nNpp"),
    ("signal_action", "nnp"),
    ("signal_take", "p"),
];

/// The import of a function, in the text format.
pub fn import(name: &str, parameters: &str) -> String {
    let module = if ISOBOX_V1.iter().any(|(known, _)| *known == name) {
        "isobox_v1"
    } else {
        "wasi_snapshot_preview1"
    };
    let types: Vec<&str> = parameters.chars().map(type_of).collect();
    let result = if name == "proc_exit" {
        ""
    } else {
        "(result i32)"
    };
    format!(
        r#"(import "{module}" "{name}" (func ${name} (param {}) {result}))"#,
        types.join(" ")
    )
}

/// A number as the constant a parameter takes.
pub fn constant(parameter: char, value: i64) -> String {
    match type_of(parameter) {
        "i64" => format!("(i64.const {value})"),
        _ => format!("(i32.const {})", value as u32 as i32),
    }
}

fn type_of(parameter: char) -> &'static str {
    if parameter == 'N' { "i64" } else { "i32" }
}

/// A guest that makes calls one after the other, and checks each answer.
#[derive(Default)]
pub struct Guest {
    data: Vec<u8>,
    body: String,
    expected: Vec<(String, Vec<u8>)>,
    log_bytes: usize,
    /// Whether it says by its exit status which check failed first, and nothing on stdout.
    is_silent: bool,
    checks: i64,
}

/// What a guest begins a process with; see `process_spawn`.
pub struct Spawn<'a> {
    pub path: &'a str,
    pub arguments: &'a [&'a str],
    pub environment: &'a [&'a str],
    pub cwd: &'a str,
    pub descriptors: &'a [(u32, u32)],
    pub handover: &'a [u8],
    pub group: u32,
    pub inherits: bool,
    pub ignored: u64,
}

impl Default for Spawn<'_> {
    fn default() -> Self {
        Spawn {
            path: "",
            arguments: &[],
            environment: &[],
            cwd: "/",
            descriptors: &[],
            handover: b"",
            group: 0,
            inherits: true,
            ignored: 0,
        }
    }
}

impl Guest {
    pub fn new() -> Guest {
        Guest::default()
    }

    /// A guest that leaves stdout to others: it exits with 0, or with the number of the first check that failed.
    pub fn silent() -> Guest {
        Guest {
            is_silent: true,
            ..Guest::default()
        }
    }

    /// Lays down bytes; their address and length.
    pub fn bytes(&mut self, bytes: impl AsRef<[u8]>) -> (i64, i64) {
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        let at = DATA + self.data.len();
        self.data.extend(bytes.as_ref());
        (at as i64, bytes.as_ref().len() as i64)
    }

    /// Lays down an `iovec` of one piece.
    pub fn iovec(&mut self, (pointer, length): (i64, i64)) -> i64 {
        let pair = [
            (pointer as u32).to_le_bytes(),
            (length as u32).to_le_bytes(),
        ];
        self.bytes(pair.concat()).0
    }

    /// Lays down text and an `iovec` that names it.
    pub fn text(&mut self, text: &str) -> i64 {
        let place = self.bytes(text);
        self.iovec(place)
    }

    /// Calls a function, which has to answer this errno.
    pub fn call(&mut self, name: &str, arguments: impl AsRef<[i64]>, errno: u16) {
        let arguments = arguments.as_ref();
        let (_, parameters) = find(name);
        assert_eq!(
            parameters.len(),
            arguments.len(),
            "{name} takes {parameters}"
        );
        let constants: String = parameters
            .chars()
            .zip(arguments)
            .map(|(parameter, value)| constant(parameter, *value))
            .collect();
        if self.is_silent {
            return self.check(&format!("(call ${name} {constants})"), errno.into());
        }
        let at = LOG + self.log_bytes;
        writeln!(
            self.body,
            "(i32.store16 (i32.const {at}) (call ${name} {constants}))"
        )
        .unwrap();
        self.expect(format!("{name}{arguments:?}"), errno.to_le_bytes().to_vec());
    }

    /// What stands in memory has to be these bytes.
    pub fn holds(&mut self, pointer: i64, bytes: impl AsRef<[u8]>) {
        let (at, bytes) = (LOG + self.log_bytes, bytes.as_ref());
        if self.is_silent {
            for (offset, byte) in (0..).zip(bytes) {
                let load = format!("(i32.load8_u (i32.const {}))", pointer + offset);
                self.check(&load, (*byte).into());
            }
            return;
        }
        let length = bytes.len();
        writeln!(
            self.body,
            "(memory.copy (i32.const {at}) (i32.const {pointer}) (i32.const {length}))"
        )
        .unwrap();
        self.expect(format!("memory at {pointer}"), bytes.to_vec());
    }

    pub fn holds_u16(&mut self, pointer: i64, value: u16) {
        self.holds(pointer, value.to_le_bytes());
    }

    pub fn holds_u32(&mut self, pointer: i64, value: u32) {
        self.holds(pointer, value.to_le_bytes());
    }

    pub fn holds_u64(&mut self, pointer: i64, value: u64) {
        self.holds(pointer, value.to_le_bytes());
    }

    /// Opens a path below `/`, following links; it becomes the lowest free descriptor.
    pub fn open(&mut self, path: &str, oflags: i64, rights: i64) {
        self.opens(path, oflags, rights, errno::OK);
    }

    /// Opens a path below `/`, which has to answer this errno.
    pub fn opens(&mut self, path: &str, oflags: i64, rights: i64, errno: u16) {
        self.opens_at(ROOT, path, oflags, rights, 0, errno);
    }

    /// Opens a path seen from a descriptor, with `fdflags`; the new descriptor's number is put at [`OUT`].
    pub fn opens_at(
        &mut self,
        fd: i64,
        path: &str,
        oflags: i64,
        rights: i64,
        fdflags: i64,
        errno: u16,
    ) {
        let (path, length) = self.bytes(path);
        let arguments = [fd, 1, path, length, oflags, rights, rights, fdflags, OUT];
        self.call("path_open", arguments, errno);
    }

    /// Writes text to a descriptor, all of it.
    pub fn writes(&mut self, fd: i64, text: &str) {
        let iovec = self.text(text);
        self.call("fd_write", [fd, iovec, 1, OUT], errno::OK);
        self.holds_u32(OUT, text.len() as u32);
    }

    /// Reads up to `room` bytes from a descriptor, which have to be these.
    pub fn reads(&mut self, fd: i64, room: i64, text: &str) {
        let buffer = OUT + 0x100;
        let iovec = self.iovec((buffer, room));
        self.call("fd_read", [fd, iovec, 1, OUT], errno::OK);
        self.holds_u32(OUT, text.len() as u32);
        self.holds(buffer, text);
    }

    /// Where the next call puts down what it answers, for instructions of one's own.
    pub fn instructions(&mut self, text: &str) {
        writeln!(self.body, "{text}").unwrap();
    }

    /// Exits with the check's number unless an expression has this value.
    fn check(&mut self, expression: &str, value: i32) {
        self.checks += 1;
        let status = self.checks.min(250);
        writeln!(
            self.body,
            "(if (i32.ne {expression} (i32.const {value})) (then (call $proc_exit (i32.const {status}))))"
        )
        .unwrap();
    }

    /// Lays down what a process is to be begun with.
    pub fn options(&mut self, spawn: &Spawn<'_>) -> i64 {
        let strings = |list: &[&str]| {
            list.iter()
                .map(|text| format!("{text}\0"))
                .collect::<String>()
        };
        let pairs: Vec<u8> = spawn
            .descriptors
            .iter()
            .flat_map(|(child, own)| [child.to_le_bytes(), own.to_le_bytes()].concat())
            .collect();
        let fields = [
            self.bytes(spawn.path),
            self.bytes(strings(spawn.arguments)),
            self.bytes(strings(spawn.environment)),
            self.bytes(spawn.cwd),
            (self.bytes(pairs).0, spawn.descriptors.len() as i64),
            self.bytes(spawn.handover),
            (spawn.group.into(), spawn.inherits.into()),
        ];
        let mut bytes: Vec<u8> = fields
            .iter()
            .flat_map(|(first, second)| {
                [
                    (*first as u32).to_le_bytes(),
                    (*second as u32).to_le_bytes(),
                ]
                .concat()
            })
            .collect();
        bytes.extend(spawn.ignored.to_le_bytes());
        self.bytes(bytes).0
    }

    /// Begins a process, which has to get this number.
    pub fn spawns(&mut self, spawn: &Spawn<'_>, number: u32) {
        let options = self.options(spawn);
        self.call("process_spawn", [options, OUT], errno::OK);
        self.holds_u32(OUT, number);
    }

    /// Tries to begin a process, which has to answer this errno.
    pub fn fails_to_spawn(&mut self, spawn: &Spawn<'_>, errno: u16) {
        let options = self.options(spawn);
        self.call("process_spawn", [options, OUT], errno);
    }

    /// Waits for any child, which has to be this one, and to have ended with this status.
    pub fn waits(&mut self, number: u32, status: u32) {
        self.call("process_wait", [-1, -1, OUT, OUT + 4], errno::OK);
        self.holds_u32(OUT, number);
        self.holds_u32(OUT + 4, status);
    }

    /// Makes a pipe, whose ends have to get these numbers.
    pub fn pipes(&mut self, read_end: u32, write_end: u32) {
        self.call("fd_pipe", [0, OUT, OUT + 4], errno::OK);
        self.holds_u32(OUT, read_end);
        self.holds_u32(OUT + 4, write_end);
    }

    /// Closes descriptors.
    pub fn closes(&mut self, descriptors: &[i64]) {
        for descriptor in descriptors {
            self.call("fd_close", [*descriptor], errno::OK);
        }
    }

    /// Sleeps this many nanoseconds.
    pub fn sleeps(&mut self, nanoseconds: i64) {
        let mut subscription = vec![0; 48];
        subscription[16] = 1;
        subscription[24..32].copy_from_slice(&nanoseconds.to_le_bytes());
        let subscription = self.bytes(subscription).0;
        let events = OUT + 0x100;
        self.call("poll_oneoff", [subscription, events, 1, OUT], errno::OK);
    }

    /// Exits.
    pub fn exits(&mut self, status: i64) {
        self.instructions(&format!("(call $proc_exit (i32.const {status}))"));
    }

    fn expect(&mut self, what: String, bytes: Vec<u8>) {
        self.log_bytes += bytes.len();
        self.expected.push((what, bytes));
    }

    /// The module, in the text format.
    pub fn wat(&self) -> String {
        let imports: String = PREVIEW1
            .iter()
            .chain(&ISOBOX_V1)
            .map(|(name, parameters)| import(name, parameters))
            .collect();
        let data: String = self.data.iter().fold(String::new(), |mut text, byte| {
            write!(text, "\\{byte:02x}").unwrap();
            text
        });
        let log = match self.is_silent {
            true => "",
            false => {
                "(drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))"
            }
        };
        format!(
            r#"(module {imports}
                (memory (export "memory") {pages})
                (data (i32.const {DATA}) "{data}")
                (global $turns (mut i32) (i32.const 0))
                (global $at (mut i32) (i32.const 0))
                (func (export "_start")
                    {body}
                    (i32.store (i32.const 8) (i32.const {LOG}))
                    (i32.store (i32.const 12) (i32.const {length}))
                    {log}))"#,
            pages = MEMORY_BYTES >> 16,
            body = self.body,
            length = self.log_bytes,
        )
    }

    /// Puts the guest on the machine's `PATH`.
    pub fn add_to(self, session: &mut Session, name: &str) {
        let wasm = wat::parse_str(self.wat()).unwrap_or_else(|error| panic!("{error}"));
        session.add_program(name, &wasm).expect("there is room");
    }

    /// Runs the guest in a session of its own.
    pub fn run(self) -> RunResult {
        self.run_in(&mut super::session())
    }

    pub fn run_with(self, limits: Limits) -> RunResult {
        self.run_in(&mut super::session_with(limits))
    }

    pub fn run_in(self, session: &mut Session) -> RunResult {
        self.run_as(session, Command::new("guest"))
    }

    /// Runs the guest, which is on `PATH` as `guest`, by a command, and checks all it saw.
    pub fn run_as(self, session: &mut Session, command: Command) -> RunResult {
        super::add(session, &self.wat());
        let result = session.run(&command).expect("the guest runs");
        assert_eq!(result.outcome, Outcome::Exited { status: 0 });
        let mut seen = &result.stdout.bytes[result.stdout.bytes.len() - self.log_bytes..];
        for (step, (what, expected)) in self.expected.iter().enumerate() {
            let (actual, rest) = seen.split_at(expected.len());
            assert_eq!(actual, expected, "step {step}, {what}");
            seen = rest;
        }
        result
    }
}

fn find(name: &str) -> (&'static str, &'static str) {
    let known = PREVIEW1
        .iter()
        .chain(&ISOBOX_V1)
        .find(|(known, _)| *known == name);
    *known.unwrap_or_else(|| panic!("there is no {name}"))
}
