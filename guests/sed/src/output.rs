//! What is written: standard output, the files of `w`, the file that is edited in place.

use crate::{Options, PANIC};
use gnu::stream::Output;
use isobox_guest::plain;
use std::fs::File;
use std::io::Write;

enum Sink {
    Descriptor(Output),
    File(std::io::BufWriter<File>),
}

struct Target {
    sink: Sink,
    name: String,
    /// The last line had no end; it gets one when another follows.
    lacks_end: bool,
}

pub struct Outputs {
    /// Standard output, standard error, the files of `w`.
    targets: Vec<Target>,
    /// Instead of standard output while a file is edited in place.
    in_place: Option<Target>,
    unbuffered: bool,
    end: u8,
}

impl Target {
    fn put(&mut self, bytes: &[u8]) -> Result<(), i32> {
        let result = match &mut self.sink {
            Sink::Descriptor(output) => output.put(bytes),
            Sink::File(file) => file.write_all(bytes),
        };
        result.map_err(|error| self.failed(&error))
    }

    fn flush(&mut self) -> Result<(), i32> {
        let result = match &mut self.sink {
            Sink::Descriptor(output) => output.flush(),
            Sink::File(file) => file.flush(),
        };
        result.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &std::io::Error) -> i32 {
        eprintln!("sed: couldn't flush {}: {}", self.name, plain(error));
        PANIC
    }
}

fn descriptor(number: i32, name: &str) -> Target {
    Target {
        sink: Sink::Descriptor(Output::descriptor(number)),
        name: name.to_owned(),
        lacks_end: false,
    }
}

fn file(file: File, name: String) -> Target {
    Target {
        sink: Sink::File(std::io::BufWriter::new(file)),
        name,
        lacks_end: false,
    }
}

impl Outputs {
    /// Opens the files of `w`, which empties them.
    pub fn open(files: &[Vec<u8>], options: &Options) -> Result<Self, i32> {
        let mut targets = vec![descriptor(1, "stdout"), descriptor(2, "stderr")];
        for name in files {
            let name = String::from_utf8_lossy(name).into_owned();
            match File::create(&name) {
                Ok(opened) => targets.push(file(opened, name)),
                Err(error) => {
                    eprintln!("sed: couldn't open file {name}: {}", plain(&error));
                    return Err(PANIC);
                }
            }
        }
        Ok(Self {
            targets,
            in_place: None,
            unbuffered: options.unbuffered,
            end: options.end,
        })
    }

    /// Writes to a file in place from now on.
    pub fn begin_in_place(&mut self, temporary: File, name: String) {
        self.in_place = Some(file(temporary, name));
    }

    pub fn end_in_place(&mut self) -> Result<(), i32> {
        match self.in_place.take() {
            Some(mut target) => target.flush(),
            None => Ok(()),
        }
    }

    fn main(&mut self) -> &mut Target {
        match &mut self.in_place {
            Some(target) => target,
            None => &mut self.targets[0],
        }
    }

    /// A line to where the pattern space goes. `ended` says whether it has its end.
    pub fn line(&mut self, text: &[u8], ended: bool) -> Result<(), i32> {
        let (end, unbuffered) = (self.end, self.unbuffered);
        let target = self.main();
        put_line(target, text, ended, end)?;
        if unbuffered {
            target.flush()?;
        }
        Ok(())
    }

    /// Bytes as they are, after the end that a line before lacked.
    pub fn raw(&mut self, text: &[u8]) -> Result<(), i32> {
        let end = self.end;
        let target = self.main();
        put_end(target, end)?;
        target.put(text)
    }

    /// A line to a file of `w`.
    pub fn line_to(&mut self, number: usize, text: &[u8], ended: bool) -> Result<(), i32> {
        let end = self.end;
        let target = &mut self.targets[number];
        put_line(target, text, ended, end)?;
        // Others may read the file while the script runs; and `w /dev/stdout` keeps its order with other output.
        match number {
            0 => Ok(()),
            _ => target.flush(),
        }
    }

    pub fn flush(&mut self) -> Result<(), i32> {
        self.targets.iter_mut().try_for_each(Target::flush)
    }
}

fn put_end(target: &mut Target, end: u8) -> Result<(), i32> {
    if std::mem::take(&mut target.lacks_end) {
        target.put(&[end])?;
    }
    Ok(())
}

fn put_line(target: &mut Target, text: &[u8], ended: bool, end: u8) -> Result<(), i32> {
    put_end(target, end)?;
    target.put(text)?;
    match ended {
        true => target.put(&[end]),
        false => {
            target.lacks_end = true;
            Ok(())
        }
    }
}
