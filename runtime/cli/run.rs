//! `isobox run`: one command in a fresh machine.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use bytesize::ByteSize;
use clap::Args;
use isobox::{
    Command, Contract, Errno, ErrorDetails, ErrorReport, FileError, HostFailure, Limits,
    OutputObserver, Report, RunError, RunResult, Session, Stream, check_export_target, parse_epoch,
    patch,
};
use jiff::SignedDuration;

use super::exit;
use super::mounts::{Mounts, check_absolute};
use super::output::{print, print_json, say};
use super::terms::{Terms, runtime};

const LONG_ABOUT: &str = "\
Run one command in a fresh machine, and exit with its status.

The machine is empty but for its tools (`isobox run ls /usr/bin` lists them), the usual directories and devices, and what \
--mount copies in. Nothing of the host reaches the command: no files, no environment, no clock, no entropy. The same \
command line with the same files and the same seed gives the same bytes everywhere.

COMMAND is looked up inside the machine, on PATH or by its path. A file of the host that ends in .wasm is copied in and \
run: any WASI preview 1 command. Everything after COMMAND is the command's own.";

/// In lines that no terminal of 80 columns breaks.
const AFTER_HELP: &str = "\
Exit status:
  0..255  the command's own
  128+N   signal N ended the command; a WebAssembly trap counts as the signal a
          native process would get: 134 unreachable, 136 division, 139 memory
  124     past --deadline
  152     past --fuel
  153     past 1 GiB of output
  125     isobox itself failed: bad options, an unreadable folder, the host
  126     the command is there and cannot be run
  127     the command is not there
  141     nobody reads isobox's output any more

  With --json, an error of isobox is an object with `error`; a command that
  ended with one of these statuses has `outcome`. A command line that cannot be
  read is told with its usage alone, on stderr, with --json too.

Examples:
  isobox run -- echo hello
  isobox run --mount .:/workspace --cwd /workspace -- ls -la
  isobox run --mount .:/w --diff -- sort -o /w/names.txt /w/names.txt
  isobox run --json --seed 7 -- shuf -i 1-10
  isobox run ./tool.wasm --its-own-flag

Environment of isobox itself:
  ISOBOX_CACHE  the folder for compiled modules
                [default: the platform's folder for caches]";

/// Run one command in a fresh machine
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_long_help = AFTER_HELP)]
pub struct Arguments {
    #[command(flatten)]
    mounts: Mounts,

    /// Write what is at GUEST afterwards to HOST, an empty or new folder (or a new file)
    #[arg(long, value_name = "GUEST=HOST", value_parser = pair("GUEST=HOST"), help_heading = "Files")]
    out: Vec<(String, String)>,

    /// Print what changed as a unified diff, after the command's own output
    #[arg(long, help_heading = "Files")]
    diff: bool,

    /// Put a module of the host on the machine's PATH
    #[arg(long, value_name = "NAME=FILE", value_parser = pair("NAME=FILE"), help_heading = "Files")]
    module: Vec<(String, String)>,

    /// Offer a directory of the machine to the command under another name; `/` is always there
    #[arg(long, value_name = "NAME=GUEST", value_parser = pair("NAME=GUEST"), help_heading = "Command")]
    preopen: Vec<(String, String)>,

    /// The command's working directory [default: /]
    #[arg(long, value_name = "GUEST", help_heading = "Command")]
    cwd: Option<String>,

    /// Set a variable of the command's environment
    #[arg(long, short, value_name = "K=V", value_parser = pair("K=V"), help_heading = "Command")]
    env: Vec<(String, String)>,

    /// The command's standard input: a file of the host, or - for isobox's own [default: empty]
    #[arg(long, value_name = "FILE|-", help_heading = "Command")]
    stdin: Option<PathBuf>,

    /// Names the machine's entropy
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Machine")]
    seed: u64,

    #[command(flatten)]
    terms: Terms,

    /// When the machine's clock begins [default: 2026-01-01T00:00:00Z]
    #[arg(long, value_name = "RFC3339", value_parser = parse_epoch, help_heading = "Machine")]
    epoch: Option<u64>,

    /// End the command after this much fuel: executed operators and the price of host calls [default: 30000000000]
    #[arg(long, value_name = "N", help_heading = "Machine")]
    fuel: Option<u64>,

    /// Linear memory the command can have, such as 256MiB [default: 1GiB]
    #[arg(long, value_name = "BYTES", help_heading = "Machine")]
    memory: Option<ByteSize>,

    /// Room for files in the machine, such as 4GiB [default: 1GiB]
    #[arg(long, value_name = "BYTES", help_heading = "Machine")]
    tree: Option<ByteSize>,

    /// End the command after this much virtual time, such as 90s or "1h 30m" [default: 24h]
    #[arg(long, value_name = "DURATION", value_parser = duration_ns, help_heading = "Machine")]
    deadline: Option<u64>,

    /// Print one JSON object instead of the command's output
    #[arg(long, help_heading = "Output")]
    json: bool,

    /// Print the JSON Schema of --json's object, result or error, and run nothing
    #[arg(long, help_heading = "Output", exclusive = true)]
    json_schema: bool,

    /// The command and its arguments
    #[arg(
        value_name = "COMMAND",
        trailing_var_arg = true,
        required_unless_present = "json_schema"
    )]
    command: Vec<String>,
}

/// Runs the command and returns its status, or isobox's own.
pub fn main(arguments: Arguments) -> ExitCode {
    let json = arguments.json;
    let done = match arguments.json_schema {
        true => print_json(&schemars::schema_for!(Report)).map(|()| 0),
        false => run(arguments),
    };
    match done {
        Ok(status) => ExitCode::from(status),
        Err(error) => ExitCode::from(fail(&error, json)),
    }
}

/// Tells of an error and returns the status that goes with it.
fn fail(error: &anyhow::Error, json: bool) -> u8 {
    let status = match error.downcast_ref::<RunError>() {
        Some(RunError::Host(HostFailure::OutputClosed)) => return exit::OUTPUT_CLOSED,
        Some(RunError::Program(error)) => error.status(),
        _ => exit::FAILED,
    };
    say(format_args!("{error:#}"));
    if !json {
        return status;
    }
    let retryable =
        matches!(error.downcast_ref(), Some(RunError::Host(failure)) if failure.retryable());
    let report = Report::Error(ErrorReport {
        error: ErrorDetails {
            message: format!("{error:#}"),
            status,
            retryable,
        },
    });
    match print_json(&report).map_err(|error| error.downcast()) {
        Err(Ok(RunError::Host(HostFailure::OutputClosed))) => exit::OUTPUT_CLOSED,
        _ => status,
    }
}

fn run(arguments: Arguments) -> anyhow::Result<u8> {
    let runtime = runtime(contract(&arguments)?)?;
    let mut session = runtime.session(arguments.seed);
    for (guest, host) in &arguments.out {
        check_absolute(guest, "--out")?;
        check_export_target(host.as_ref()).with_context(|| format!("--out {guest}={host}"))?;
    }
    arguments.mounts.copy_into(&mut session)?;
    for (name, file) in &arguments.module {
        let wasm = std::fs::read(file).with_context(|| format!("--module {name}={file}"))?;
        session
            .add_program(name, &wasm)
            .with_context(|| format!("--module {name}={file}"))?;
    }
    let command = command(&arguments, &mut session)?;
    let before = session.tree();
    let result = session.run(&command)?;
    for (guest, host) in &arguments.out {
        session
            .export(guest, host.as_ref())
            .with_context(|| format!("--out {guest}={host}"))?;
    }
    let patch = match arguments.diff {
        true => patch(&before, &session.tree(), &result.changes),
        false => String::new(),
    };
    if arguments.json {
        print(&mut io::stderr(), &patch)?;
        print_json(&Report::Run(Box::new(result.report(&session))))?;
    } else {
        explain(&result, session.seed());
        print(&mut io::stdout(), &patch)?;
    }
    Ok(result.status())
}

/// The contract that was named, with what the options change in it.
fn contract(arguments: &Arguments) -> anyhow::Result<Contract> {
    let mut contract = arguments.terms.read()?;
    let epoch_ns = &mut contract.environment.epoch_ns;
    *epoch_ns = arguments.epoch.unwrap_or(*epoch_ns);
    let limits = &mut contract.limits;
    let bytes = |given: Option<ByteSize>, usual: u64| given.map_or(usual, |size| size.as_u64());
    limits.fuel_max = arguments.fuel.unwrap_or(limits.fuel_max);
    limits.deadline_ns = arguments.deadline.unwrap_or(limits.deadline_ns);
    limits.memory_bytes_max = bytes(arguments.memory, limits.memory_bytes_max);
    limits.tree_bytes_max = bytes(arguments.tree, limits.tree_bytes_max);
    arguments.terms.check(&contract)?;
    Ok(contract)
}

fn command(arguments: &Arguments, session: &mut Session) -> anyhow::Result<Command> {
    let mut words = arguments.command.iter().map(String::as_str);
    let Some(program) = words.next() else {
        bail!("a COMMAND is missing: `isobox run ls`, say");
    };
    let command = match host_module(program)? {
        // By its path: whatever PATH says, and whatever else has this name, it is this module that was meant.
        Some((name, wasm)) => {
            let path = add_module(session, &name, &wasm).with_context(|| program.to_owned())?;
            Command::new(path).arg0(name)
        }
        None => Command::new(program),
    };
    let mut command = command.args(words).stdin(stdin(arguments)?);
    if let Some(cwd) = &arguments.cwd {
        check_absolute(cwd, "--cwd")?;
        command = command.cwd(cwd);
    }
    for (name, value) in &arguments.env {
        command = command.env(name, value);
    }
    for (name, directory) in &arguments.preopen {
        command = command.preopen(name, directory);
    }
    if !arguments.json {
        command = command.observer(PassThrough);
    }
    Ok(command)
}

/// A module of the host that is named as the command: its name in the machine, and its bytes.
fn host_module(program: &str) -> anyhow::Result<Option<(String, Vec<u8>)>> {
    let path = std::path::Path::new(program);
    if path.extension().is_none_or(|extension| extension != "wasm") || !path.is_file() {
        return Ok(None);
    }
    let wasm = std::fs::read(path).with_context(|| program.to_owned())?;
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.with_context(|| format!("{program}: the name is not UTF-8"))?;
    Ok(Some((name.to_owned(), wasm)))
}

/// Puts a module into the machine, beside what has its name there already, and returns its path.
fn add_module(session: &mut Session, name: &str, wasm: &[u8]) -> Result<String, FileError> {
    let mut file = name.to_owned();
    let mut copies = 1;
    while let Err(error) = session.add_program(&file, wasm) {
        if error.errno != Errno::Exists {
            return Err(error);
        }
        copies += 1;
        file = format!("{name}.{copies}");
    }
    Ok(format!("/usr/local/bin/{file}"))
}

/// All of standard input, read before the command begins: when it arrives can then have no part in anything.
fn stdin(arguments: &Arguments) -> anyhow::Result<Vec<u8>> {
    let bound = Limits::default().stdin_bytes_max;
    let mut source: Box<dyn Read> = match &arguments.stdin {
        None => return Ok(Vec::new()),
        Some(path) if path.as_os_str() == "-" => Box::new(io::stdin()),
        Some(path) => {
            let file = std::fs::File::open(path);
            Box::new(file.with_context(|| format!("--stdin {}", path.display()))?)
        }
    };
    let mut bytes = Vec::new();
    source
        .by_ref()
        .take(bound + 1)
        .read_to_end(&mut bytes)
        .context("--stdin")?;
    Ok(bytes)
}

/// Says on a terminal why a command ended that did not end by itself.
fn explain(result: &RunResult, seed: u64) {
    if let isobox::Outcome::Exited { .. } = result.outcome {
        return;
    }
    let outcome = serde_json::to_string(&result.outcome).unwrap_or_default();
    say(format_args!(
        "the command was ended: {outcome} (seed {seed})"
    ));
}

/// Hands the guest's output on as it comes.
struct PassThrough;

impl OutputObserver for PassThrough {
    fn wrote(&mut self, stream: Stream, bytes: &[u8]) -> ControlFlow<()> {
        let written = match stream {
            Stream::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(bytes).and_then(|()| stdout.flush())
            }
            _ => io::stderr().write_all(bytes),
        };
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// Parses `LEFT=RIGHT`, both non-empty but for the value of a variable.
fn pair(
    form: &'static str,
) -> impl Fn(&str) -> Result<(String, String), String> + Clone + Send + Sync + 'static {
    move |text| match text.split_once('=') {
        Some((left, right)) if !left.is_empty() && (!right.is_empty() || form == "K=V") => {
            Ok((left.to_owned(), right.to_owned()))
        }
        _ => Err(format!("{form} is expected")),
    }
}

fn duration_ns(text: &str) -> Result<u64, String> {
    let duration: SignedDuration = text
        .parse()
        .map_err(|error| format!("a duration such as 90s or \"1h 30m\" is expected: {error}"))?;
    u64::try_from(duration.as_nanos())
        .map_err(|_| "a duration of at most 584 years is expected".to_owned())
}
