//! Programs: beginning them with what the table of descriptors says, and waiting for them.

use std::io;
use std::rc::Rc;

use isobox_guest::process::{self, Spawn, signal};

use super::collect::Drain;
use super::jobs;
use super::lookup::Search;
use super::text::is_binary;
use crate::descriptors::{self, Capture, Document, OwnedDescriptor, Target};
use crate::flow::Result;
use crate::shell::Shell;
use crate::syntax::ast::Command;
use crate::syntax::print_command;
use crate::text::{self, Text};

/// How much a pipe holds: what is longer cannot be written before somebody reads.
pub(super) const PIPE_BYTES: usize = 64 << 10;

/// What a child is begun with.
pub(super) struct Launch<'a> {
    pub path: &'a str,
    pub arguments: &'a [Text],
    pub handover: &'a [u8],
    /// In the background: nothing is read, `INT` and `QUIT` are ignored.
    pub background: bool,
    /// Others run beside it: what it writes into a command substitution is read at the substitution's end, or in between.
    pub detached: bool,
}

/// A child that has begun.
pub(super) struct Child {
    pub pid: u32,
    /// What it writes into command substitutions, to be read by the shell.
    pub drains: Vec<Drain>,
}

impl Shell {
    /// Runs a program by the name of a command, and waits for it.
    pub(super) fn run_program_file(&mut self, words: &[Text]) -> Result {
        let Some(name) = words.first() else {
            return Ok(0);
        };
        if !name.contains('/')
            && self.functions.contains_key("command_not_found_handle")
            && self.find_program(name).is_none()
        {
            return self.call_not_found_handle(words);
        }
        match self.begin_program(words, false, false) {
            Ok(child) => self.await_child(child),
            Err(status) => Ok(status),
        }
    }

    fn call_not_found_handle(&mut self, words: &[Text]) -> Result {
        let mut call: Vec<Text> = vec!["command_not_found_handle".into()];
        call.extend(words.iter().cloned());
        let status = self.in_subshell(|shell| shell.call(&call))?;
        Ok(status)
    }

    /// Begins a program by the name of a command; `Err` is the status after a complaint.
    pub(super) fn begin_program(
        &mut self,
        words: &[Text],
        background: bool,
        detached: bool,
    ) -> std::result::Result<Child, i32> {
        let name = words.first().cloned().unwrap_or_default();
        let path = self.program_path(&name)?;
        let launch = Launch {
            path: &path,
            arguments: words,
            handover: b"",
            background,
            detached,
        };
        self.launch_or_complain(&name, &launch)
    }

    /// Begins a program that has been found.
    pub(super) fn begin_program_at(
        &mut self,
        path: &str,
        name: &str,
        arguments: &[Text],
    ) -> std::result::Result<Child, i32> {
        let launch = Launch {
            path,
            arguments,
            handover: b"",
            background: false,
            detached: false,
        };
        self.launch_or_complain(name, &launch)
    }

    fn launch_or_complain(
        &mut self,
        name: &str,
        launch: &Launch<'_>,
    ) -> std::result::Result<Child, i32> {
        match self.launch(launch) {
            Ok(child) => Ok(child),
            Err(error) if error.raw_os_error() == Some(libc::ENOEXEC) => {
                self.begin_script(name, launch)
            }
            Err(error) => Err(self.complain_of_program(name, launch.path, &error)),
        }
    }

    /// The path to run for a name; `Err` is the status after a complaint.
    pub(super) fn program_path(&mut self, name: &Text) -> std::result::Result<Text, i32> {
        if name.contains('/') {
            return Ok(name.clone());
        }
        match self.locate(name) {
            Search::Found(path) => Ok(path),
            Search::NotExecutable(path) => {
                self.complain(format_args!("{path}: Permission denied"));
                Err(126)
            }
            Search::NoPath if !name.is_empty() => {
                self.complain(format_args!("{name}: No such file or directory"));
                Err(127)
            }
            Search::NoPath | Search::Missing => {
                let name = shown_name(name);
                self.complain(format_args!("{name}: command not found"));
                Err(127)
            }
        }
    }

    /// A text file without `#!` is a script for a shell like this one.
    fn begin_script(&mut self, name: &str, launch: &Launch<'_>) -> std::result::Result<Child, i32> {
        let bytes = std::fs::read(launch.path).unwrap_or_default();
        if is_binary(&bytes) {
            self.complain(format_args!(
                "{name}: cannot execute binary file: Exec format error"
            ));
            return Err(126);
        }
        let own_program = self.own_program();
        let mut arguments: Vec<Text> = vec!["bash".into(), launch.path.into()];
        arguments.extend(launch.arguments.iter().skip(1).cloned());
        let script = Launch {
            path: &own_program,
            arguments: &arguments,
            ..*launch
        };
        self.launch(&script)
            .map_err(|error| self.complain_of_program(name, launch.path, &error))
    }

    /// Says why a program cannot be run, as bash does, and returns the status.
    pub(super) fn complain_of_program(&mut self, name: &str, path: &str, error: &io::Error) -> i32 {
        let is_directory = || std::fs::metadata(path).is_ok_and(|metadata| metadata.is_dir());
        let (message, status) = match error.raw_os_error() {
            Some(libc::ENOENT) => ("No such file or directory", 127),
            Some(libc::EACCES) if is_directory() => ("Is a directory", 126),
            Some(libc::ESRCH) => ("cannot execute: required file not found", 127),
            Some(libc::EAGAIN) => {
                self.complain("fork: retry: Resource temporarily unavailable");
                self.complain("fork: Resource temporarily unavailable");
                return 254;
            }
            Some(libc::ENOMEM) => {
                self.complain("fork: Cannot allocate memory");
                return 254;
            }
            Some(libc::ENOEXEC) => ("cannot execute binary file: Exec format error", 126),
            _ => (words(error), 126),
        };
        let name = shown_name(if name.is_empty() { path } else { name });
        self.complain(format_args!("{name}: {message}"));
        status
    }

    /// Begins a child with the descriptors, the environment and the directory of this shell.
    pub(super) fn launch(&mut self, launch: &Launch<'_>) -> io::Result<Child> {
        let adopted = descriptors::seal();
        let mut map = DescriptorMap::default();
        for number in adopted {
            map.pairs.push([number, number]);
        }
        let table: Vec<(u32, Option<Target>)> = (self.descriptors.table.iter())
            .map(|(&number, target)| (number, target.clone()))
            .collect();
        for (number, target) in table {
            if !self.private_descriptors.contains(&number) {
                map.add(process::descriptor(number), target, launch.detached)?;
            }
        }
        if launch.background && !self.options.monitor && !self.descriptors.table.contains_key(&0) {
            let null = descriptors::open("/dev/null", descriptors::Opening::Read)?;
            map.pairs.push([0, null.number]);
            map.kept.push(null);
        }
        let pid = self.spawn(launch, &map.pairs)?;
        Ok(Child {
            pid,
            drains: map.drains,
        })
    }

    fn spawn(&mut self, launch: &Launch<'_>, pairs: &[[u32; 2]]) -> io::Result<u32> {
        let arguments: Vec<_> = launch
            .arguments
            .iter()
            .map(|word| text::encode(word))
            .collect();
        let arguments: Vec<&[u8]> = arguments.iter().map(|word| &**word).collect();
        let mut environment = self.environment();
        environment.retain(|entry| !entry.starts_with(b"_="));
        environment.push([b"_=", &*text::encode(launch.path)].concat());
        let environment: Vec<&[u8]> = environment.iter().map(|entry| &**entry).collect();
        let mut ignored = self.traps.ignored();
        if launch.background && !self.options.monitor {
            ignored |= 1 << signal::INT | 1 << signal::QUIT;
        }
        Spawn {
            path: &text::encode(launch.path),
            arguments: &arguments,
            environment: &environment,
            cwd: &text::encode(&self.directory),
            descriptors: pairs,
            inherit: true,
            handover: launch.handover,
            group: if launch.background && self.options.monitor {
                1
            } else {
                0
            },
            ignored,
            keep_ignored: true,
        }
        .spawn()
    }

    /// Becomes a program; returns only when that fails.
    pub(super) fn become_program(
        &mut self,
        path: &str,
        arguments: &[Text],
        environment: &[Vec<u8>],
    ) -> io::Error {
        let adopted = descriptors::seal();
        let mut map = DescriptorMap::default();
        for number in adopted {
            map.pairs.push([number, number]);
        }
        for (&number, target) in &self.descriptors.table {
            if let Err(error) = map.add(process::descriptor(number), target.clone(), true) {
                return error;
            }
        }
        let arguments: Vec<_> = arguments.iter().map(|word| text::encode(word)).collect();
        let arguments: Vec<&[u8]> = arguments.iter().map(|word| &**word).collect();
        let environment: Vec<&[u8]> = environment.iter().map(|entry| &**entry).collect();
        Spawn {
            path: &text::encode(path),
            arguments: &arguments,
            environment: &environment,
            cwd: &text::encode(&self.directory),
            descriptors: &map.pairs,
            ignored: self.traps.ignored(),
            keep_ignored: true,
            ..Spawn::default()
        }
        .exec()
    }

    /// Waits for a foreground child, and keeps in mind how it died.
    pub(super) fn await_child(&mut self, child: Child) -> Result {
        let raw = self.await_end(child.pid, child.drains);
        if raw & 0x100 != 0 {
            self.death = Some((child.pid, raw));
        }
        if !self.interactive && !self.jobs.is_empty() {
            self.jobs.forget_ended();
        }
        self.run_pending_traps()?;
        Ok(jobs::status_of(raw))
    }

    /// The same of a pipeline whose last program was ended so: all its programs are told of.
    pub(super) fn report_deaths(&mut self, ends: &[(u32, u32, &Command)]) {
        let Some(&(pid, raw, last)) = ends.last() else {
            return;
        };
        if matches!(raw & 0xff, signal::INT | signal::PIPE | signal::TERM) || ends.len() == 1 {
            return self.report_death((pid, raw), || print_command(last));
        }
        let lines: Vec<String> = (ends.iter().enumerate())
            .map(|(place, (pid, raw, command))| {
                let described = match raw {
                    0 => "Done".to_owned(),
                    1..0x100 => format!("Exit {raw}"),
                    _ => describe_signal(raw & 0xff).to_owned(),
                };
                let (indent, bar) = if place == 0 {
                    ("", "")
                } else {
                    ("     ", "| ")
                };
                let command = print_command(command);
                format!("{indent}{pid:5} {described:<23} {bar}{command}")
            })
            .collect();
        self.complain(lines.join("\n"));
    }

    /// A foreground command that a signal ended is told of, except by `INT` and `PIPE`.
    pub(super) fn report_death(&mut self, death: (u32, u32), command: impl FnOnce() -> String) {
        let (pid, raw) = death;
        let number = raw & 0xff;
        if number == signal::INT || number == signal::PIPE {
            return;
        }
        let described = describe_signal(number);
        if number == signal::TERM || self.traps.is_trapped(number) {
            let _ = self.write(2, format!("{described}\n").as_bytes());
            return;
        }
        let command = command();
        self.complain(format_args!("{pid:5} {described:<23} {command}"));
    }
}

/// What a child's numbers lead to, and what has to live until it has begun.
#[derive(Default)]
struct DescriptorMap {
    pairs: Vec<[u32; 2]>,
    drains: Vec<Drain>,
    kept: Vec<Rc<OwnedDescriptor>>,
    captures: Vec<(Rc<Capture>, Rc<OwnedDescriptor>)>,
}

impl DescriptorMap {
    fn add(&mut self, number: u32, target: Option<Target>, detached: bool) -> io::Result<()> {
        self.pairs.retain(|pair| pair[0] != number);
        let open = match target {
            None => return Ok(()),
            Some(Target::Open(open)) => open,
            Some(Target::Capture(capture)) => self.capture_end(capture, detached)?,
            Some(Target::Document(document)) => document.opened()?,
        };
        self.pairs.push([number, open.number]);
        self.kept.push(open);
        Ok(())
    }

    /// The end that a child writes to: a pipe of its own when it is waited for, the substitution's common one when it isn't.
    fn capture_end(
        &mut self,
        capture: Rc<Capture>,
        detached: bool,
    ) -> io::Result<Rc<OwnedDescriptor>> {
        let known = self
            .captures
            .iter()
            .find(|(other, _)| Rc::ptr_eq(other, &capture));
        if let Some((_, end)) = known {
            return Ok(end.clone());
        }
        let end = if detached {
            capture.background_end()?
        } else {
            let (read_end, write_end) = OwnedDescriptor::pipe()?;
            self.drains.push(Drain::new(read_end, capture.clone()));
            write_end
        };
        self.captures.push((capture, end.clone()));
        Ok(end)
    }
}

impl Capture {
    fn background_end(&self) -> io::Result<Rc<OwnedDescriptor>> {
        let mut background = self.background.borrow_mut();
        if let Some((_, write_end)) = &*background {
            return Ok(write_end.clone());
        }
        let (read_end, write_end) = OwnedDescriptor::pipe()?;
        *background = Some((read_end, write_end.clone()));
        Ok(write_end)
    }
}

impl Document {
    /// Something of the machine's that can be read in its place: a pipe if it fits into one, else a file without a name.
    fn opened(&self) -> io::Result<Rc<OwnedDescriptor>> {
        if let Some(opened) = &*self.opened.borrow() {
            return Ok(opened.clone());
        }
        let rest = self.rest();
        let opened = if rest.len() <= PIPE_BYTES {
            let (read_end, write_end) = OwnedDescriptor::pipe()?;
            descriptors::write_all(write_end.number, rest)?;
            read_end
        } else {
            descriptors::nameless_file(rest)?
        };
        *self.opened.borrow_mut() = Some(opened.clone());
        Ok(opened)
    }
}

/// A name in a message: with `$'…'` when it holds what cannot be shown.
fn shown_name(name: &str) -> String {
    if name.chars().any(char::is_control) {
        crate::expand::quote::when_needed(name)
    } else {
        name.to_owned()
    }
}

/// How a signal is described.
pub fn describe_signal(number: u32) -> &'static str {
    match number {
        1 => "Hangup",
        2 => "Interrupt",
        3 => "Quit",
        4 => "Illegal instruction",
        5 => "Trace/breakpoint trap",
        6 => "Aborted",
        7 => "Bus error",
        8 => "Floating point exception",
        9 => "Killed",
        10 => "User defined signal 1",
        11 => "Segmentation fault",
        12 => "User defined signal 2",
        13 => "Broken pipe",
        14 => "Alarm clock",
        15 => "Terminated",
        16 => "Stack fault",
        24 => "CPU time limit exceeded",
        25 => "File size limit exceeded",
        26 => "Virtual timer expired",
        27 => "Profiling timer expired",
        29 => "I/O possible",
        30 => "Power failure",
        31 => "Bad system call",
        _ => "Unknown signal",
    }
}

/// An error of the machine in C's words, which bash prints.
pub fn words(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(libc::ENOENT) => "No such file or directory",
        Some(libc::EACCES) => "Permission denied",
        Some(libc::EPERM) => "Operation not permitted",
        Some(libc::EISDIR) => "Is a directory",
        Some(libc::ENOTDIR) => "Not a directory",
        Some(libc::ELOOP) => "Too many levels of symbolic links",
        Some(libc::ENAMETOOLONG) => "File name too long",
        Some(libc::EEXIST) => "File exists",
        Some(libc::ENOSPC) => "No space left on device",
        Some(libc::EFBIG) => "File too large",
        Some(libc::EMFILE | libc::ENFILE) => "Too many open files",
        Some(libc::EBADF) => "Bad file descriptor",
        Some(libc::EINVAL) => "Invalid argument",
        Some(libc::EIO) => "Input/output error",
        Some(libc::EPIPE) => "Broken pipe",
        Some(libc::E2BIG) => "Argument list too long",
        Some(libc::ENOEXEC) => "Exec format error",
        Some(libc::EROFS) => "Read-only file system",
        Some(libc::ETXTBSY) => "Text file busy",
        Some(libc::ENXIO) => "No such device or address",
        Some(libc::ENODEV) => "No such device",
        Some(libc::ENOMEM) => "Cannot allocate memory",
        Some(libc::EAGAIN) => "Resource temporarily unavailable",
        Some(libc::ESRCH) => "No such process",
        Some(libc::ECHILD) => "No child processes",
        Some(libc::EINTR) => "Interrupted system call",
        Some(libc::ENOSYS) => "Function not implemented",
        Some(libc::ENOTSUP) => "Operation not supported",
        Some(libc::EILSEQ) => "Invalid or incomplete multibyte or wide character",
        Some(libc::ESPIPE) => "Illegal seek",
        _ => "Input/output error",
    }
}
