//! A run of `patch`: file by file, hunk by hunk.

use super::apply::Target;
use super::file;
use super::header::{self, Header, Kind};
use super::hunk::{self, Hunk};
use super::options::Options;
use super::reject::Rejects;
use super::source::Source;
use super::{Fatal, quoted};
use isobox_guest::{mode, plain};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The run.
pub struct Job<'a> {
    options: &'a Options,
    source: Source,
    reverse: bool,
    failed: bool,
    /// What `-o` gathers.
    output: Vec<u8>,
}

/// One file as it is patched.
struct File<'a> {
    header: &'a Header,
    /// The file that is read, and the one that is written.
    input: String,
    output: String,
    hunks: usize,
    failed: usize,
    /// Whether the rest of its hunks is only counted.
    skip: bool,
    mismatch: bool,
    apply_anyway: bool,
    rejects: Rejects,
}

impl<'a> Job<'a> {
    pub fn new(options: &'a Options) -> Result<Self, Fatal> {
        Ok(Self {
            options,
            source: Source::open(options.input.as_deref())?,
            reverse: options.reverse,
            failed: false,
            output: Vec::new(),
        })
    }

    pub fn run(mut self) -> Result<i32, Fatal> {
        let mut any = false;
        while let Some(header) = header::read(&mut self.source) {
            any = true;
            self.reverse = self.options.reverse;
            self.source.strip_carriage_returns = header.carriage_returns && !self.options.binary;
            if self.source.strip_carriage_returns {
                self.tell("(Stripping trailing CRs from patch; use --binary to disable.)\n");
            }
            self.one(&header)?;
            self.source.strip_carriage_returns = false;
        }
        if !any && !self.source.is_empty() {
            return Fatal::of("Only garbage was found in the patch input.");
        }
        if let Some(output) = &self.options.output
            && any
            && !self.options.dry_run
        {
            let written = match &output[..] {
                "-" => io::stdout().write_all(&self.output),
                output => fs::write(output, &self.output),
            };
            if let Err(error) = written {
                return Fatal::of(format!(
                    "Can't create file {} : {}",
                    quoted(output),
                    plain(&error)
                ));
            }
        }
        Ok(i32::from(self.failed))
    }

    /// Says something on standard output, or beside a file that goes there.
    fn say(&self, text: &str) {
        match self.options.output.as_deref() {
            Some("-") => eprint!("{text}"),
            _ => print!("{text}"),
        }
    }

    fn tell(&self, text: &str) {
        if !self.options.silent {
            self.say(text);
        }
    }

    fn one(&mut self, header: &Header) -> Result<(), Fatal> {
        let Some(input) = file::choose(header, self.options, self.reverse) else {
            return self.skip_unknown(header);
        };
        let moved = [&header.rename, &header.copy]
            .into_iter()
            .find_map(|names| names[usize::from(!self.reverse)].clone());
        let output = moved.unwrap_or_else(|| input.clone());
        let mut file = File {
            header,
            input,
            output,
            hunks: 0,
            failed: 0,
            skip: false,
            mismatch: false,
            apply_anyway: false,
            rejects: Rejects::new(header, self.reverse, self.options.reject_context),
        };
        let bytes = match fs::read(&file.input) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) if Path::new(&file.input).is_dir() => {
                self.say(&format!(
                    "File {} is not a regular file -- refusing to patch\n",
                    quoted(&file.input)
                ));
                file.skip = true;
                None
            }
            Err(error) => {
                return Fatal::of(format!(
                    "Can't open file {} : {}",
                    quoted(&file.input),
                    plain(&error)
                ));
            }
        };
        if !file.skip && self.looks_reversed(&mut file, bytes.as_deref()) && file.skip {
            return self.skip_hunks(header, None);
        }
        if !file.skip {
            self.announce(&file);
        }
        let contents = bytes.clone().unwrap_or_default();
        let mut target = Target::new(&contents, self.options.ignore_whitespace);
        while let Some(hunk) = hunk::read(header.kind, &mut self.source)? {
            self.hunk(&mut file, &mut target, hunk);
        }
        let creates = header.nonexistent[usize::from(self.reverse)] > 0;
        if bytes.is_none() && !file.skip && !creates && file.failed == file.hunks && file.hunks > 0
        {
            return Fatal::of(format!(
                "Can't reopen file {} : No such file or directory",
                quoted(&file.input)
            ));
        }
        if !file.skip {
            target.finish();
            self.put(&mut file, &target.output, bytes.as_deref())?;
        }
        self.summarise(&file)
    }

    fn announce(&self, file: &File) {
        let verb = if self.options.dry_run {
            "checking"
        } else {
            "patching"
        };
        let text = match &self.options.output {
            Some(output) => format!(
                "{verb} file {} (read from {})\n",
                quoted(output),
                quoted(&file.input)
            ),
            None if file.input != file.output => {
                let how = if file.header.copy[0].is_some() {
                    "copied"
                } else {
                    "renamed"
                };
                format!(
                    "{verb} file {} ({how} from {})\n",
                    quoted(&file.output),
                    quoted(&file.input)
                )
            }
            None => format!("{verb} file {}\n", quoted(&file.output)),
        };
        self.tell(&text);
    }

    /// Whether a patch makes a file that is there, or removes one that isn't; asks what to do about it.
    fn looks_reversed(&mut self, file: &mut File, bytes: Option<&[u8]>) -> bool {
        let nonexistent = bytes.is_none();
        let is_empty = bytes.is_none_or(<[u8]>::is_empty);
        let says = |at: bool| file.header.nonexistent[usize::from(at)];
        if is_empty
            && says(self.reverse ^ nonexistent) == 1
            && says(!self.reverse ^ nonexistent) == 2
        {
            return false;
        }
        let reversed = u8::from(!is_empty) < says(self.reverse ^ is_empty);
        if reversed {
            let text = format!(
                "The next patch{} would {} the file {},\nwhich {}!",
                if self.reverse { ", when reversed," } else { "" },
                if nonexistent {
                    "delete"
                } else if is_empty {
                    "empty out"
                } else {
                    "create"
                },
                quoted(&file.input),
                if nonexistent {
                    "does not exist"
                } else if is_empty {
                    "is already empty"
                } else {
                    "already exists"
                }
            );
            if self.ok_to_reverse(file, &text) {
                self.reverse = !self.reverse;
            }
        }
        reversed
    }

    /// Whether a patch that looks reversed is to be applied the other way round. Nobody is there to be asked.
    fn ok_to_reverse(&self, file: &mut File, text: &str) -> bool {
        let options = self.options;
        if options.forward || !(options.force && options.silent) {
            self.say(text);
        }
        if options.forward {
            self.say("  Skipping patch.\n");
            file.skip = true;
            return false;
        }
        if options.force {
            self.tell("  Applying it anyway.\n");
            return false;
        }
        if options.batch {
            self.say(if self.reverse {
                "  Ignoring -R.\n"
            } else {
                "  Assuming -R.\n"
            });
            return true;
        }
        self.say(if self.reverse {
            "  Ignore -R? [n] \n"
        } else {
            "  Assume -R? [n] \n"
        });
        self.say("Apply anyway? [n] \n");
        self.tell("Skipping patch.\n");
        file.skip = true;
        false
    }

    fn hunk(&mut self, file: &mut File, target: &mut Target, hunk: Hunk) {
        file.hunks += 1;
        let mut hunk = if self.reverse { hunk.reversed() } else { hunk };
        let context = hunk.prefix_context().max(hunk.suffix_context()) as isize;
        let most = self.options.fuzz.min(context);
        let mut fuzz = 0;
        let mut found = None;
        while !file.skip {
            found = target.locate(&hunk, fuzz);
            file.mismatch |= found.is_none() || fuzz != 0 || target.in_offset != 0;
            let may_turn = file.hunks == 1
                && found.is_none()
                && !(self.options.force || file.apply_anyway)
                && self.reverse == self.options.reverse;
            if may_turn {
                let turned = hunk.reversed();
                let matched = target.locate(&turned, fuzz);
                let text = match self.reverse {
                    true => "Unreversed patch detected!",
                    false => "Reversed (or previously applied) patch detected!",
                };
                if matched.is_some() && self.ok_to_reverse(file, text) {
                    self.reverse = !self.reverse;
                    hunk = turned;
                    found = matched;
                } else if matched.is_some() {
                    file.apply_anyway = true;
                    fuzz -= 1;
                }
            }
            if file.skip || found.is_some() {
                break;
            }
            fuzz += 1;
            if fuzz > most {
                break;
            }
        }
        let place = found.unwrap_or(hunk.old_first) as isize + target.out_offset;
        let clobbers = found == Some(1)
            && file.header.nonexistent[usize::from(self.reverse)] == 2
            && !target.lines.is_empty();
        let applied = !file.skip && !clobbers && found.is_some_and(|at| target.apply(&hunk, at));
        if !applied {
            file.failed += 1;
            file.rejects.add(&hunk, target.out_offset);
            if !file.skip {
                self.tell(&format!("Hunk #{} FAILED at {place}.\n", file.hunks));
            }
        } else if fuzz != 0 || target.in_offset != 0 {
            let mut text = format!("Hunk #{} succeeded at {place}", file.hunks);
            if fuzz != 0 {
                text.push_str(&format!(" with fuzz {fuzz}"));
            }
            if target.in_offset != 0 {
                let plural = if target.in_offset == 1 { "" } else { "s" };
                text.push_str(&format!(" (offset {} line{plural})", target.in_offset));
            }
            self.tell(&(text + ".\n"));
        }
    }

    /// Writes the patched file, or removes it.
    fn put(&mut self, file: &mut File, output: &[u8], before: Option<&[u8]>) -> Result<(), Fatal> {
        let vanishes = file.header.nonexistent[usize::from(!self.reverse)] == 2;
        if vanishes && !output.is_empty() && file.failed == 0 {
            self.tell(&format!(
                "Not deleting file {} as content differs from patch\n",
                quoted(&file.output)
            ));
            self.failed = true;
        }
        if self.options.output.is_some() {
            self.output.extend_from_slice(output);
            return Ok(());
        }
        if self.options.dry_run {
            return Ok(());
        }
        self.back_up(file, before)?;
        let fail = |verb: &str, error: io::Error| {
            Fatal(format!(
                "Can't {verb} file {} : {}",
                quoted(&file.output),
                plain(&error)
            ))
        };
        if output.is_empty() && (vanishes || self.options.remove_empty) {
            if before.is_some() {
                fs::remove_file(&file.input).map_err(|error| fail("remove", error))?;
                remove_empty_parents(&file.input);
            }
            return Ok(());
        }
        let unchanged = before == Some(output) && file.input == file.output;
        if !unchanged && (file.failed < file.hunks || file.hunks == 0) {
            make_parents(&file.output);
            fs::write(&file.output, output).map_err(|error| fail("create", error))?;
        }
        self.set_mode(file);
        if file.input != file.output && file.header.rename[0].is_some() && file.failed == 0 {
            fs::remove_file(&file.input).map_err(|error| fail("remove", error))?;
            remove_empty_parents(&file.input);
        }
        Ok(())
    }

    fn back_up(&self, file: &File, before: Option<&[u8]>) -> Result<(), Fatal> {
        let wanted = self.options.backup || (self.options.backup_if_mismatch && file.mismatch);
        if !wanted {
            return Ok(());
        }
        let name = format!("{}{}", file.output, self.options.suffix);
        make_parents(&name);
        fs::write(&name, before.unwrap_or_default()).map_err(|error| {
            Fatal(format!(
                "Can't create file {} : {}",
                quoted(&name),
                plain(&error)
            ))
        })
    }

    fn set_mode(&self, file: &File) {
        let path = Path::new(&file.output);
        if let Some(wanted) = file.header.modes[usize::from(!self.reverse)] {
            let _ = mode::set(path, true, wanted);
        } else if file.input != file.output
            && let Ok(old) = mode::get(Path::new(&file.input), true)
        {
            let _ = mode::set(path, true, old);
        }
    }

    /// Counts what failed, and keeps it.
    fn summarise(&mut self, file: &File) -> Result<(), Fatal> {
        if file.failed == 0 {
            return Ok(());
        }
        self.failed = true;
        let what = if file.skip { "ignored" } else { "FAILED" };
        let text = counted(file.failed, file.hunks, what);
        let name = match &self.options.reject_file {
            Some(name) => name.clone(),
            None => {
                let output = self.options.output.as_ref();
                format!("{}.rej", output.unwrap_or(&file.output))
            }
        };
        if name == "-" || self.options.dry_run {
            self.say(&(text + "\n"));
            return Ok(());
        }
        self.say(&format!(
            "{text} -- saving rejects to file {}\n",
            quoted(&name)
        ));
        fs::write(&name, &file.rejects.text).map_err(|error| {
            Fatal(format!(
                "Can't create file {} : {}",
                quoted(&name),
                plain(&error)
            ))
        })
    }

    /// There is no file to patch: says so, and passes over the hunks.
    fn skip_unknown(&mut self, header: &Header) -> Result<(), Fatal> {
        let mut text = format!("can't find file to patch at input line {}\n", header.line);
        text.push_str(match self.options.strip {
            None => "Perhaps you should have used the -p or --strip option?\n",
            Some(_) => "Perhaps you used the wrong -p or --strip option?\n",
        });
        if !header.leading.is_empty() {
            text.push_str("The text leading up to this was:\n--------------------------\n");
            for line in &header.leading {
                text.push_str(&format!("|{line}\n"));
            }
            text.push_str("--------------------------\n");
        }
        if self.options.force || self.options.batch {
            text.push_str("No file to patch.  Skipping patch.\n");
        } else {
            text.push_str("File to patch: \nSkip this patch? [y] \nSkipping patch.\n");
        }
        self.skip_hunks(header, Some(&text))
    }

    fn skip_hunks(&mut self, header: &Header, text: Option<&str>) -> Result<(), Fatal> {
        if let Some(text) = text {
            self.say(text);
        }
        let mut hunks = 0;
        while hunk::read(header.kind, &mut self.source)?.is_some() {
            hunks += 1;
        }
        self.failed = true;
        if hunks > 0 || header.kind != Kind::GitOnly {
            self.say(&(counted(hunks, hunks, "ignored") + "\n"));
        }
        Ok(())
    }
}

fn counted(failed: usize, hunks: usize, what: &str) -> String {
    let plural = if hunks == 1 { "" } else { "s" };
    format!("{failed} out of {hunks} hunk{plural} {what}")
}

fn make_parents(name: &str) {
    if let Some(parent) = Path::new(name).parent() {
        let _ = fs::create_dir_all(parent);
    }
}

/// A directory goes with its last file.
fn remove_empty_parents(name: &str) {
    let parents = Path::new(name).ancestors().skip(1);
    for parent in parents.filter(|parent| !parent.as_os_str().is_empty()) {
        if fs::remove_dir(parent).is_err() {
            return;
        }
    }
}
