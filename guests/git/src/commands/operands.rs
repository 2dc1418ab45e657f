//! What many commands do with their operands.

use std::io::Read as _;

use crate::command_line::{Given, Parsed};
use crate::failure::{Failure, Outcome};

/// `--pathspec-from-file` and `--pathspec-file-nul`: paths from a file beside those of the command line.
#[derive(Default)]
pub struct PathFile {
    file: Option<String>,
    nul: bool,
}

impl PathFile {
    /// Takes an option, when it is one of the two.
    pub fn take(&mut self, given: &Given) -> bool {
        match given.name.as_str() {
            "pathspec-from-file" => self.file = given.value.clone(),
            "pathspec-file-nul" => self.nul = given.on,
            _ => return false,
        }
        true
    }

    /// The operands, or the paths of the file.
    ///
    /// # Errors
    /// git's words for both at once, and for a file that can't be read.
    pub fn words(&self, parsed: &Parsed) -> Outcome<Vec<String>> {
        let Some(file) = &self.file else {
            return match self.nul {
                true => Err(Failure::fatal(
                    "the option '--pathspec-file-nul' requires '--pathspec-from-file'",
                )),
                false => Ok(parsed.operands.clone()),
            };
        };
        if !parsed.operands.is_empty() {
            return Err(Failure::fatal(
                "'--pathspec-from-file' and pathspec arguments cannot be used together",
            ));
        }
        let bytes = match file.as_str() {
            "-" => standard_input()?,
            file => std::fs::read(file).map_err(|error| {
                Failure::system(format!("could not open '{file}' for reading"), &error)
            })?,
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let split = if self.nul { '\0' } else { '\n' };
        let words = text
            .split(split)
            .map(|word| word.trim_end_matches('\r').to_owned());
        Ok(words.filter(|word| !word.is_empty()).collect())
    }
}

/// All of standard input.
///
/// # Errors
/// What reading says.
pub fn standard_input() -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut input = gnu::stream::stdin();
    (&mut *input).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Lossy text of a path for messages.
pub fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
