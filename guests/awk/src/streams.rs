//! Files and commands that a program reads from and writes to.

use crate::reader::Reader;
use gnu::stream::Output;
use isobox_guest::process::{self, Ended, Spawn};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::FromRawFd as _;

/// Pipes get numbers from here on, away from those that a shell passes on.
const LOWEST_PIPE: u32 = 10;

pub enum Sink {
    Standard,
    Error,
    File(BufWriter<File>),
    Command(Option<BufWriter<File>>, u32),
}

pub struct Input {
    pub reader: Reader,
    /// The command's number, if it is one.
    child: Option<u32>,
    age: u64,
}

pub struct Streams {
    pub stdout: Output,
    /// Where `print` puts its line together.
    pub spare: Vec<u8>,
    pub sinks: BTreeMap<Vec<u8>, Sink>,
    /// The sinks in the order in which they were opened, which is that in which they are closed.
    order: Vec<Vec<u8>>,
    /// Counts what is opened.
    opened: u64,
    /// When each sink was opened.
    sink_age: BTreeMap<Vec<u8>, u64>,
    pub inputs: BTreeMap<Vec<u8>, Input>,
}

/// How a sink is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Write,
    Append,
    Pipe,
}

impl Streams {
    pub fn new() -> Self {
        Self {
            stdout: Output::stdout(),
            spare: Vec::new(),
            sinks: BTreeMap::new(),
            order: Vec::new(),
            opened: 0,
            sink_age: BTreeMap::new(),
            inputs: BTreeMap::new(),
        }
    }

    /// Writes to a file or command, which is opened the first time.
    pub fn write(&mut self, name: &[u8], mode: Mode, bytes: &[u8]) -> io::Result<()> {
        if !self.sinks.contains_key(name) {
            let sink = self.open(name, mode)?;
            self.sinks.insert(name.to_vec(), sink);
            self.order.push(name.to_vec());
            self.opened += 1;
            self.sink_age.insert(name.to_vec(), self.opened);
        }
        match self.sinks.get_mut(name) {
            Some(Sink::Standard) => self.stdout.put(bytes),
            Some(Sink::Error) => io::stderr().write_all(bytes),
            Some(Sink::File(file) | Sink::Command(Some(file), _)) => file.write_all(bytes),
            _ => Ok(()),
        }
    }

    fn open(&mut self, name: &[u8], mode: Mode) -> io::Result<Sink> {
        if mode == Mode::Pipe {
            let (read_end, write_end) = process::pipe(LOWEST_PIPE)?;
            self.flush()?;
            let child = spawn(name, &[[0, read_end]]);
            close(read_end);
            let child = child.inspect_err(|_| close(write_end))?;
            return Ok(Sink::Command(Some(BufWriter::new(file(write_end))), child));
        }
        let path = String::from_utf8_lossy(name).into_owned();
        match path.as_str() {
            "/dev/stdout" | "/dev/fd/1" | "-" => return Ok(Sink::Standard),
            "/dev/stderr" | "/dev/fd/2" => return Ok(Sink::Error),
            _ => {}
        }
        let file = match mode {
            Mode::Append => File::options().append(true).create(true).open(&path)?,
            _ => File::create(&path)?,
        };
        Ok(Sink::File(BufWriter::new(file)))
    }

    /// The file or the command's output to read from, which is opened the first time.
    pub fn input(&mut self, name: &[u8], is_command: bool) -> io::Result<&mut Reader> {
        if !self.inputs.contains_key(name) {
            let mut input = match is_command {
                true => self.open_command(name)?,
                false => open_file(name)?,
            };
            self.opened += 1;
            input.age = self.opened;
            self.inputs.insert(name.to_vec(), input);
        }
        match self.inputs.get_mut(name) {
            Some(input) => Ok(&mut input.reader),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn open_command(&mut self, command: &[u8]) -> io::Result<Input> {
        let (read_end, write_end) = process::pipe(LOWEST_PIPE)?;
        self.flush()?;
        let child = spawn(command, &[[1, write_end]]);
        close(write_end);
        let child = child.inspect_err(|_| close(read_end))?;
        Ok(Input {
            reader: Reader::file(file(read_end)),
            child: Some(child),
            age: 0,
        })
    }

    /// `system`: the status.
    pub fn run(&mut self, command: &[u8]) -> io::Result<f64> {
        self.flush()?;
        let child = spawn(command, &[])?;
        Ok(status(child))
    }

    pub fn stdout_flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }

    /// Writes out all that is held back.
    pub fn flush(&mut self) -> io::Result<()> {
        let mut result = self.stdout.flush();
        for sink in self.sinks.values_mut() {
            if let Sink::File(file) | Sink::Command(Some(file), _) = sink {
                result = file.flush().and(result);
            }
        }
        result
    }

    /// Writes out what one file or command was given; whether it is open.
    pub fn flush_one(&mut self, name: &[u8]) -> bool {
        match self.sinks.get_mut(name) {
            Some(Sink::Standard) => self.stdout.flush().is_ok(),
            Some(Sink::Error) => true,
            Some(Sink::File(file) | Sink::Command(Some(file), _)) => file.flush().is_ok(),
            Some(Sink::Command(None, _)) => true,
            None => self.inputs.contains_key(name),
        }
    }

    /// Closes what goes by that name, of two the newer; the status, or nothing when there is none.
    pub fn close(&mut self, name: &[u8]) -> Option<f64> {
        let sink_age = self.sink_age.remove(name);
        let input_age = self.inputs.get(name).map(|input| input.age);
        if input_age > sink_age {
            if let Some(age) = sink_age {
                self.sink_age.insert(name.to_vec(), age);
            }
            let input = self.inputs.remove(name)?;
            drop(input.reader);
            return Some(input.child.map_or(0.0, status));
        }
        let sink = self.sinks.remove(name)?;
        self.order.retain(|known| known != name);
        Some(self.close_sink(sink))
    }

    fn close_sink(&mut self, sink: Sink) -> f64 {
        match sink {
            Sink::Standard => {
                let _ = self.stdout.flush();
                0.0
            }
            Sink::Error => 0.0,
            Sink::File(mut file) => match file.flush() {
                Ok(()) => 0.0,
                Err(_) => -1.0,
            },
            Sink::Command(mut file, child) => {
                let _ = self.stdout.flush();
                if let Some(file) = &mut file {
                    let _ = file.flush();
                }
                drop(file);
                status(child)
            }
        }
    }

    /// Closes everything, waiting for the commands.
    pub fn close_all(&mut self) {
        for name in std::mem::take(&mut self.order) {
            if let Some(sink) = self.sinks.remove(&name) {
                self.close_sink(sink);
            }
        }
        for (_, input) in std::mem::take(&mut self.inputs) {
            drop(input.reader);
            if let Some(child) = input.child {
                status(child);
            }
        }
    }
}

fn open_file(name: &[u8]) -> io::Result<Input> {
    let path = String::from_utf8_lossy(name).into_owned();
    let reader = match path.as_str() {
        "-" | "/dev/stdin" | "/dev/fd/0" => Reader::descriptor(0),
        path if std::fs::metadata(path)?.is_dir() => {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        path => Reader::file(File::open(path)?),
    };
    Ok(Input {
        reader,
        child: None,
        age: 0,
    })
}

fn file(descriptor: u32) -> File {
    // SAFETY: the descriptor was just opened and belongs to nobody else.
    unsafe { File::from_raw_fd(descriptor as i32) }
}

fn close(descriptor: u32) {
    drop(file(descriptor));
}

/// Begins a shell that runs a command.
fn spawn(command: &[u8], descriptors: &[[u32; 2]]) -> io::Result<u32> {
    let environment: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let environment: Vec<Vec<u8>> = environment
        .iter()
        .map(|(name, value)| [name.as_encoded_bytes(), b"=", value.as_encoded_bytes()].concat())
        .collect();
    let environment: Vec<&[u8]> = environment.iter().map(Vec::as_slice).collect();
    let cwd = std::env::current_dir()?;
    Spawn {
        path: b"/bin/sh",
        arguments: &[b"sh", b"-c", command],
        environment: &environment,
        cwd: cwd.as_os_str().as_encoded_bytes(),
        descriptors,
        keep_ignored: true,
        ..Spawn::default()
    }
    .spawn()
}

/// Waits for a child: its exit status, or 256 and the signal that ended it.
fn status(child: u32) -> f64 {
    match process::wait(child as i32, None) {
        Ok(Some((_, Ended::Exited(status)))) => f64::from(status),
        Ok(Some((_, Ended::Signalled(signal)))) => 256.0 + f64::from(signal),
        _ => -1.0,
    }
}
