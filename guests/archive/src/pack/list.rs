//! `gzip -l`.

use super::options::Options;
use crate::codec::Codec;
use gnu::time;
use isobox_guest::stat::Time;

/// The lines so far.
#[derive(Default)]
pub struct Table {
    rows: usize,
    packed: u64,
    plain: u64,
}

/// How much packing has saved, as gzip prints it.
pub fn ratio(plain: usize, packed: usize) -> String {
    let saved = match plain {
        0 => 0.0,
        plain => (plain as f64 - packed as f64) / plain as f64 * 100.0,
    };
    format!("{saved:5.1}%")
}

impl Table {
    /// Adds a file; answers whether it is packed so.
    pub fn add(&mut self, name: &str, bytes: &[u8], options: &Options) -> bool {
        if options.codec != Codec::Gzip || Codec::of(bytes) != Some(Codec::Gzip) || bytes.len() < 18
        {
            return false;
        }
        if self.rows == 0 {
            let method = if options.verbose {
                "method  crc     date  time  "
            } else {
                ""
            };
            println!("{method}         compressed        uncompressed  ratio uncompressed_name");
        }
        self.rows += 1;
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let plain = u64::from(word(bytes.len() - 4));
        let packed = bytes.len() as u64;
        self.packed += packed;
        self.plain += plain;
        if options.verbose {
            let when = Time {
                seconds: word(4).into(),
                nanoseconds: 0,
            };
            print!(
                "defla {:08x} {} ",
                word(bytes.len() - 8),
                time::format(when, "%b %e %H:%M")
            );
        }
        let stem = name.strip_suffix(&options.suffix).unwrap_or(name);
        println!(
            "{packed:>19} {plain:>19} {} {stem}",
            ratio(
                plain as usize,
                (packed as usize).saturating_sub(header(bytes) + 8)
            )
        );
        true
    }

    /// The sum of several.
    pub fn finish(&self, options: &Options) {
        if self.rows > 1 && options.codec == Codec::Gzip {
            let blanks = if options.verbose {
                " ".repeat(28)
            } else {
                String::new()
            };
            println!(
                "{blanks}{:>19} {:>19} {} (totals)",
                self.packed,
                self.plain,
                ratio(self.plain as usize, self.packed as usize)
            );
        }
    }
}

/// How long gzip's header is.
fn header(bytes: &[u8]) -> usize {
    let name = bytes[3] & 8 != 0;
    let length = bytes[10..].iter().position(|byte| *byte == 0).unwrap_or(0) + 1;
    10 + if name { length } else { 0 }
}
