//! The formats that bytes are packed in.

use std::io::{self, BufRead, BufReader, Read, Write};

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

impl Codec {
    /// The tool that packs so.
    pub fn tool(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }

    /// The format that bytes begin as.
    pub fn of(start: &[u8]) -> Option<Self> {
        [
            (&b"\x1f\x8b"[..], Self::Gzip),
            (b"BZh", Self::Bzip2),
            (b"\xfd7zXZ\0", Self::Xz),
            (b"\x28\xb5\x2f\xfd", Self::Zstd),
        ]
        .into_iter()
        .find(|(magic, _)| start.starts_with(magic))
        .map(|(_, codec)| codec)
    }

    /// The format that a name ends as.
    pub fn named(name: &str) -> Option<Self> {
        let suffix = name.rsplit('.').next().unwrap_or_default();
        Some(match suffix {
            "gz" | "tgz" | "taz" => Self::Gzip,
            "bz2" | "tbz" | "tbz2" | "tz2" => Self::Bzip2,
            "xz" | "txz" => Self::Xz,
            "zst" | "tzst" => Self::Zstd,
            _ => return None,
        })
    }

    /// What unpacks.
    pub fn unpack<'a>(self, packed: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Gzip => Box::new(Members::new(packed)),
            Self::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new(packed, true)),
            Self::Zstd => Box::new(Frames {
                packed,
                frame: None,
            }),
        })
    }

    /// Packs all bytes. Gzip's header gets the time and the name.
    pub fn pack(
        self,
        bytes: &[u8],
        level: u32,
        header: Option<(u32, &str)>,
    ) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut builder = flate2::GzBuilder::new().operating_system(3);
                if let Some((time, name)) = header {
                    builder = builder.mtime(time).filename(name);
                }
                let mut encoder = builder.write(Vec::new(), flate2::Compression::new(level));
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Bzip2 => {
                let mut encoder =
                    bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(level.max(1)));
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Xz => {
                let options = lzma_rust2::XzOptions::with_preset(level);
                let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options)?;
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Zstd => Ok(ruzstd::encoding::compress_to_vec(
                bytes,
                ruzstd::encoding::CompressionLevel::Fastest,
            )),
        }
    }
}

/// What gzip says of bytes behind its last member; the error comes after all that is unpacked.
const TRAILING_GARBAGE: &str = "decompression OK, trailing garbage ignored";

/// Whether an error is only about what follows.
pub fn is_trailing_garbage(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string() == TRAILING_GARBAGE
}

/// The members of gzip, one after the other; zeros between and behind them are padding.
struct Members<R> {
    member: Option<flate2::bufread::GzDecoder<R>>,
}

impl<R: BufRead> Members<R> {
    fn new(packed: R) -> Self {
        Self {
            member: Some(flate2::bufread::GzDecoder::new(packed)),
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let mut rest = self.member.take().map(|member| member.into_inner());
            let Some(packed) = &mut rest else { break };
            while packed.fill_buf()?.starts_with(&[0]) {
                packed.consume(1);
            }
            match packed.fill_buf()? {
                [] => {}
                [0x1f] | [0x1f, 0x8b, ..] => {
                    self.member = rest.map(flate2::bufread::GzDecoder::new);
                }
                _ => return Err(io::Error::other(TRAILING_GARBAGE)),
            }
        }
        Ok(0)
    }
}

/// The frames of zstd, one after the other.
struct Frames<R> {
    packed: R,
    frame: Option<(ruzstd::decoding::FrameDecoder, bool)>,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wrong = |error: &dyn std::fmt::Display| {
            io::Error::new(io::ErrorKind::InvalidData, error.to_string())
        };
        loop {
            let Some((decoder, done)) = &mut self.frame else {
                if self.packed.fill_buf()?.is_empty() {
                    return Ok(0);
                }
                let mut decoder = ruzstd::decoding::FrameDecoder::new();
                decoder
                    .reset(&mut self.packed)
                    .map_err(|error| wrong(&error))?;
                self.frame = Some((decoder, false));
                continue;
            };
            if !*done && decoder.can_collect() == 0 {
                let strategy = ruzstd::decoding::BlockDecodingStrategy::UptoBlocks(1);
                *done = decoder
                    .decode_blocks(&mut self.packed, strategy)
                    .map_err(|error| wrong(&error))?;
            }
            let count = decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            if *done {
                self.frame = None;
            }
        }
    }
}

/// Unpacks what begins as a known format, and hands the rest through.
pub fn unpack_any<'a>(
    packed: impl Read + 'a,
    wanted: Option<Codec>,
) -> io::Result<Box<dyn Read + 'a>> {
    let mut packed = BufReader::with_capacity(1 << 16, packed);
    let found = Codec::of(packed.fill_buf()?);
    match wanted.or(found) {
        Some(codec) => codec.unpack(packed),
        None => Ok(Box::new(packed)),
    }
}
