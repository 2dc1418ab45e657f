//! Standard output, with or without colours.

use crate::options::{Buffering, Color, Options};
use gnu::stream;
use std::io::{self, Write};
use termcolor::{Ansi, ColorSpec, WriteColor};

pub struct Output {
    stream: stream::Output,
    colored: bool,
    by_line: bool,
}

impl Output {
    pub fn new(options: &Options) -> Self {
        Self {
            stream: stream::Output::stdout(),
            // There are no terminals, which `auto` would ask for.
            colored: matches!(options.color, Color::Always | Color::Ansi),
            by_line: options.buffering == Buffering::Line,
        }
    }
}

impl Write for Output {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.put(bytes)?;
        if self.by_line && bytes.ends_with(b"\n") {
            self.stream.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl WriteColor for Output {
    fn supports_color(&self) -> bool {
        self.colored
    }

    fn set_color(&mut self, color: &ColorSpec) -> io::Result<()> {
        match self.colored {
            true => Ansi::new(&mut self.stream).set_color(color),
            false => Ok(()),
        }
    }

    fn reset(&mut self) -> io::Result<()> {
        match self.colored {
            true => Ansi::new(&mut self.stream).reset(),
            false => Ok(()),
        }
    }
}
