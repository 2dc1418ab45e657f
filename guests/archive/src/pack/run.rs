//! Packing and unpacking files.

use super::list;
use super::options::Options;
use crate::codec::{Codec, is_trailing_garbage};
use isobox_guest::stat::{Kind, stat};
use isobox_guest::{mode, plain};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::path::Path;

/// Does what was asked with each file; answers the status.
pub fn run(options: &Options) -> i32 {
    let mut run = Run {
        options,
        status: 0,
        listed: list::Table::default(),
    };
    if options.files.is_empty() {
        run.standard_input();
    }
    for file in &options.files {
        match &file[..] {
            "-" => run.standard_input(),
            file => run.file(file),
        }
    }
    if options.list {
        run.listed.finish(options);
    }
    run.status
}

struct Run<'a> {
    options: &'a Options,
    status: i32,
    listed: list::Table,
}

impl Run<'_> {
    fn fail(&mut self, message: &str) {
        eprintln!("{}: {message}", self.options.name);
        self.status = 1;
    }

    /// A warning: the file is left alone.
    fn warn(&mut self, message: &str) {
        if !self.options.quiet {
            eprintln!("{}: {message}", self.options.name);
        }
        if self.status == 0 {
            self.status = if [Codec::Gzip, Codec::Xz].contains(&self.options.codec) {
                2
            } else {
                1
            };
        }
    }

    /// What is wrong with packed bytes, in the tool's words.
    fn broken(&mut self, file: &str, error: &io::Error) {
        let name = self.options.name;
        let ended = error.kind() == io::ErrorKind::UnexpectedEof;
        let text = error.to_string();
        match self.options.codec {
            Codec::Gzip if is_trailing_garbage(error) => {
                if !self.options.quiet {
                    eprintln!();
                }
                return self.warn(&format!("{file}: {text}"));
            }
            Codec::Gzip if text.contains("checksum") || text.contains("corrupt gzip stream") => {
                eprintln!("\n{name}: {file}: invalid compressed data--crc error");
            }
            Codec::Gzip if ended => eprintln!("\n{name}: {file}: unexpected end of file"),
            Codec::Gzip => eprintln!("\n{name}: {file}: invalid compressed data--format violated"),
            Codec::Bzip2 if ended => eprintln!(
                "\n{name}: Compressed file ends unexpectedly;\n\tperhaps it is corrupted?  *Possible* reason follows.\n{name}: Inappropriate ioctl for device\n\tInput file = {file}, output file = (stdout)"
            ),
            Codec::Bzip2 => eprintln!(
                "\n{name}: Data integrity error when decompressing.\n\tInput file = {file}"
            ),
            Codec::Xz if ended => eprintln!("{name}: {file}: Unexpected end of input"),
            Codec::Xz => eprintln!("{name}: {file}: Compressed data is corrupt"),
            Codec::Zstd => eprintln!("zstd: {file} : Decoding error (36) : {text} "),
        }
        self.status = if self.options.codec == Codec::Bzip2 {
            2
        } else {
            1
        };
    }

    fn wrong_format(&mut self, file: &str) {
        let name = self.options.name;
        match self.options.codec {
            Codec::Gzip => eprintln!("\n{name}: {file}: not in gzip format"),
            Codec::Bzip2 => eprintln!("{name}: {file} is not a bzip2 file."),
            Codec::Xz => eprintln!("{name}: {file}: File format not recognized"),
            Codec::Zstd => eprintln!("zstd: {file}: unknown header "),
        }
        self.status = if self.options.codec == Codec::Bzip2 {
            2
        } else {
            1
        };
    }

    fn standard_input(&mut self) {
        let shown = match self.options.codec {
            Codec::Gzip => "stdin",
            _ => "(stdin)",
        };
        if self.options.unpack {
            let input = BufReader::new(io::stdin());
            return self.unpack_to_output(shown, input);
        }
        let mut bytes = Vec::new();
        if let Err(error) = io::stdin().read_to_end(&mut bytes) {
            return self.fail(&format!("{shown}: {}", plain(&error)));
        }
        self.put_packed(&bytes, None);
    }

    fn put_packed(&mut self, bytes: &[u8], header: Option<(u32, &str)>) {
        let packed = self.options.codec.pack(bytes, self.options.level, header);
        let written = packed.and_then(|packed| {
            io::stdout().write_all(&packed)?;
            io::stdout().flush()
        });
        if let Err(error) = written {
            if self.options.codec == Codec::Gzip {
                eprintln!();
            }
            self.fail(&format!("stdout: {}", plain(&error)));
        }
    }

    fn unpack_to_output(&mut self, name: &str, mut packed: impl io::BufRead) {
        let start = packed.fill_buf().unwrap_or_default();
        let fits = Codec::of(start) == Some(self.options.codec);
        if !fits && self.options.to_output && self.options.force {
            let _ = io::copy(&mut packed, &mut io::stdout());
            return;
        }
        if !fits {
            if start.is_empty() && self.options.codec == Codec::Gzip {
                eprintln!("\n{}: {name}: unexpected end of file", self.options.name);
                self.status = 1;
                return;
            }
            return self.wrong_format(name);
        }
        let result =
            self.options
                .codec
                .unpack(packed)
                .and_then(|mut unpacked| match self.options.test {
                    true => io::copy(&mut unpacked, &mut io::sink()),
                    false => {
                        let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
                        let copied = io::copy(&mut unpacked, &mut out);
                        out.flush()?;
                        copied
                    }
                });
        match result {
            Err(error) => self.broken(name, &error),
            Ok(_) if self.options.test && self.options.verbose => eprintln!("{name}:\t OK"),
            Ok(_) => {}
        }
    }

    fn file(&mut self, given: &str) {
        let options = self.options;
        let mut name = given.to_owned();
        let mut found = stat(Path::new(&name), false);
        if found.is_err()
            && options.unpack
            && options.codec == Codec::Gzip
            && !has_suffix(&name, options)
        {
            name.push_str(&options.suffix);
            found = stat(Path::new(&name), false);
        }
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                let reason = plain(&error);
                return match options.codec {
                    Codec::Bzip2 => self.fail(&format!("Can't open input file {given}: {reason}.")),
                    Codec::Zstd => {
                        eprintln!("zstd: can't stat {given} : {reason} -- ignored ");
                        self.status = 1;
                    }
                    _ => self.fail(&format!("{name}: {reason}")),
                };
            }
        };
        match found.kind {
            Kind::Directory if options.recursive => return self.directory(&name),
            Kind::Directory => {
                return match options.codec {
                    Codec::Bzip2 => self.fail(&format!("Input file {name} is a directory.")),
                    Codec::Xz => self.warn(&format!("{name}: Is a directory, skipping")),
                    Codec::Zstd => self.fail(&format!("{name} is a directory -- ignored ")),
                    Codec::Gzip => self.warn(&format!("{name} is a directory -- ignored")),
                };
            }
            Kind::Symlink
                if !options.to_output && !options.test && !options.list && !options.force =>
            {
                return match options.codec {
                    Codec::Gzip => self.fail(&format!("{name}: Too many levels of symbolic links")),
                    Codec::Xz => self.warn(&format!("{name}: Is a symbolic link, skipping")),
                    _ => self.fail(&format!("Input file {name} is not a normal file.")),
                };
            }
            _ => {}
        }
        let in_place = !options.to_output && !options.test && !options.list && !options.keep;
        if found.links > 1 && !options.force && in_place {
            let (links, plural) = (found.links - 1, if found.links > 2 { "s" } else { "" });
            return match options.codec {
                Codec::Gzip => self.warn(&format!(
                    "{name} has {links} other link{plural} -- file ignored"
                )),
                Codec::Xz => self.warn(&format!(
                    "{name}: Input file has more than one hard link, skipping"
                )),
                _ => self.fail(&format!(
                    "Input file {name} has {links} other link{plural}."
                )),
            };
        }
        match options.unpack {
            true => self.unpack_file(&name, found.mode),
            false => self.pack_file(&name, found.mode, found.modified.seconds),
        }
    }

    fn directory(&mut self, name: &str) {
        let mut names: Vec<String> = match fs::read_dir(name) {
            Ok(entries) => entries
                .flatten()
                .map(|entry| {
                    format!(
                        "{}/{}",
                        name.trim_end_matches('/'),
                        entry.file_name().to_string_lossy()
                    )
                })
                .collect(),
            Err(error) => return self.fail(&format!("{name}: {}", plain(&error))),
        };
        names.sort_unstable();
        for name in names {
            self.file(&name);
        }
    }

    fn pack_file(&mut self, name: &str, permissions: u32, time: i64) {
        let options = self.options;
        if has_suffix(name, options) && !options.to_output && !options.force {
            return match options.codec {
                // The only warning of gzip's without a status.
                Codec::Gzip => {
                    if !options.quiet {
                        eprintln!(
                            "gzip: {name} already has {} suffix -- unchanged",
                            options.suffix
                        );
                    }
                }
                Codec::Xz => self.warn(&format!(
                    "{name}: File already has `{}' suffix, skipping",
                    options.suffix
                )),
                _ => self.fail(&format!(
                    "Input file {name} already has {} suffix.",
                    options.suffix
                )),
            };
        }
        let bytes = match fs::read(name) {
            Ok(bytes) => bytes,
            Err(error) => return self.fail(&format!("{name}: {}", plain(&error))),
        };
        let base = name.rsplit('/').next().unwrap_or(name);
        let header = (!options.no_name).then_some((time.clamp(0, u32::MAX.into()) as u32, base));
        if options.to_output {
            return self.put_packed(&bytes, header);
        }
        let output = options
            .output
            .clone()
            .unwrap_or_else(|| format!("{name}{}", options.suffix));
        if !self.may_write(&output) {
            return;
        }
        let packed = match options.codec.pack(&bytes, options.level, header) {
            Ok(packed) => packed,
            Err(error) => return self.fail(&format!("{name}: {}", plain(&error))),
        };
        if let Err(error) = fs::write(&output, &packed) {
            return self.fail(&format!("{output}: {}", plain(&error)));
        }
        self.replaced(name, &output, permissions, bytes.len(), packed.len());
    }

    fn unpack_file(&mut self, name: &str, permissions: u32) {
        let options = self.options;
        if options.list {
            return match fs::read(name) {
                Ok(bytes) => {
                    if !self.listed.add(name, &bytes, options) {
                        self.wrong_format(name);
                    }
                }
                Err(error) => self.fail(&format!("{name}: {}", plain(&error))),
            };
        }
        let open = || File::open(name).map(|file| BufReader::with_capacity(1 << 16, file));
        let mut packed = match open() {
            Ok(packed) => packed,
            Err(error) => return self.fail(&format!("{name}: {}", plain(&error))),
        };
        if options.to_output || options.test {
            return self.unpack_to_output(name, packed);
        }
        let Some(output) = options
            .output
            .clone()
            .or_else(|| unpacked_name(name, options))
        else {
            return match options.codec {
                Codec::Gzip => self.warn(&format!("{name}: unknown suffix -- ignored")),
                Codec::Xz if !is_packed(&mut packed, options) => self.wrong_format(name),
                Codec::Xz => self.warn(&format!("{name}: Filename has an unknown suffix, skipping")),
                Codec::Bzip2 => self.fail(&format!("Can't guess original name for {name} -- using {name}.out")),
                Codec::Zstd => self.fail(&format!(
                    "{name}: unknown suffix (.zst expected). Can't derive the output file name. Specify it with -o dstFileName. Ignoring."
                )),
            };
        };
        if !is_packed(&mut packed, options) {
            let begun = packed.fill_buf().unwrap_or_default().len() < 2;
            if options.codec == Codec::Gzip && begun {
                let ended = io::ErrorKind::UnexpectedEof.into();
                return self.broken(name, &ended);
            }
            return self.wrong_format(name);
        }
        if !self.may_write(&output) {
            return;
        }
        let result = options.codec.unpack(packed).and_then(|mut unpacked| {
            let mut out = BufWriter::with_capacity(1 << 16, File::create(&output)?);
            let copied = io::copy(&mut unpacked, &mut out);
            out.flush()?;
            match copied {
                Err(error) if is_trailing_garbage(&error) => {
                    self.broken(name, &error);
                    out.get_ref().metadata().map(|it| it.len())
                }
                copied => copied,
            }
        });
        match result {
            Ok(count) => {
                let packed = fs::metadata(name).map_or(0, |it| it.len() as usize);
                self.replaced(name, &output, permissions, count as usize, packed);
            }
            Err(error) => {
                let _ = fs::remove_file(&output);
                self.broken(name, &error);
            }
        }
    }

    fn may_write(&mut self, output: &str) -> bool {
        if self.options.force || !Path::new(output).exists() {
            return true;
        }
        match self.options.codec {
            Codec::Gzip => self.warn(&format!("{output} already exists;\tnot overwritten")),
            Codec::Bzip2 => self.fail(&format!("Output file {output} already exists.")),
            Codec::Xz => self.fail(&format!("{output}: File exists")),
            Codec::Zstd => {
                eprintln!("zstd: {output} already exists; overwrite (y/n) ? Not overwritten  \n ");
                self.status = 1;
            }
        }
        false
    }

    /// The new file has the old one's mode and time, and its place unless both are kept.
    fn replaced(
        &mut self,
        name: &str,
        output: &str,
        permissions: u32,
        plain_size: usize,
        packed_size: usize,
    ) {
        let options = self.options;
        let _ = mode::set(Path::new(output), true, permissions);
        if let Ok(time) = fs::metadata(name).and_then(|it| it.modified())
            && let Ok(file) = File::options().write(true).open(output)
        {
            let _ = file.set_modified(time);
        }
        let verb = if options.keep {
            "created"
        } else {
            "replaced with"
        };
        if options.verbose && options.codec == Codec::Gzip {
            let ratio = list::ratio(plain_size, packed_size);
            eprintln!("{name}:\t{ratio} -- {verb} {output}");
        }
        if !options.keep
            && let Err(error) = fs::remove_file(name)
        {
            self.fail(&format!("{name}: {}", plain(&error)));
        }
    }
}

/// Whether bytes begin as what the tool packs.
fn is_packed(packed: &mut impl io::BufRead, options: &Options) -> bool {
    Codec::of(packed.fill_buf().unwrap_or_default()) == Some(options.codec)
}

fn has_suffix(name: &str, options: &Options) -> bool {
    name.ends_with(&options.suffix) || (options.codec == Codec::Gzip && name.ends_with(".tgz"))
}

/// A name without what packing has put behind it.
fn unpacked_name(name: &str, options: &Options) -> Option<String> {
    let pairs: &[(&str, &str)] = match options.codec {
        Codec::Gzip => &[
            (".gz", ""),
            (".tgz", ".tar"),
            (".taz", ".tar"),
            (".z", ""),
            (".Z", ""),
            ("-gz", ""),
        ],
        Codec::Bzip2 => &[
            (".bz2", ""),
            (".bz", ""),
            (".tbz2", ".tar"),
            (".tbz", ".tar"),
        ],
        Codec::Xz => &[(".xz", ""), (".txz", ".tar")],
        Codec::Zstd => &[(".zst", ""), (".tzst", ".tar")],
    };
    let own = [(&options.suffix[..], "")];
    own.iter()
        .chain(pairs)
        .find_map(|(suffix, new)| name.strip_suffix(suffix).map(|stem| format!("{stem}{new}")))
}
