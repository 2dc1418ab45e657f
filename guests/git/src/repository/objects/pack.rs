//! Packs: many objects in a file, most of them as changes to others, found by an index beside it.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Kind, Object, Objects, zlib};
use crate::failure::{Failure, Outcome};
use crate::repository::Oid;

/// Deltas upon deltas: git writes at most 50, and reads up to 4095.
const DEPTH_MAX: usize = 4096;

/// A pack and its index. The pack's bytes are read when the first object is asked for.
pub struct Pack {
    path: PathBuf,
    index: Index,
    bytes: OnceCell<Vec<u8>>,
}

/// All packs of an object folder, the ones written last first.
pub fn all(folder: &Path) -> Vec<Pack> {
    let Ok(entries) = fs::read_dir(folder.join("pack")) else {
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut packs: Vec<Pack> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "idx"))
        .filter_map(|path| Pack::open(&path))
        .collect();
    packs.sort_by(|a, b| a.path.cmp(&b.path));
    packs
}

impl Pack {
    fn open(index: &Path) -> Option<Pack> {
        let path = index.with_extension("pack");
        let index = Index::parse(fs::read(index).ok()?)?;
        path.exists().then(|| Pack {
            path,
            index,
            bytes: OnceCell::new(),
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many objects it holds.
    pub fn len(&self) -> usize {
        self.index.count
    }

    /// Where an object begins.
    pub fn position(&self, oid: &Oid) -> Option<u64> {
        self.index.offset(self.index.find(oid).ok()?)
    }

    /// The object, when the pack holds it.
    pub fn read(&self, oid: &Oid, objects: &Objects) -> Outcome<Option<Object>> {
        let Some(offset) = self.position(oid) else {
            return Ok(None);
        };
        let damaged = || {
            let path = self.path.display();
            Failure::fatal(format!("packed object {oid} (stored in {path}) is corrupt"))
        };
        self.unpack(offset, objects)?.map(Some).ok_or_else(damaged)
    }

    /// The names that begin with these digits.
    pub fn with_prefix(&self, digits: &str) -> Vec<Oid> {
        let padded = format!("{digits:0<40}");
        let first = Oid::parse(padded.as_bytes()).unwrap_or_default();
        let from = self.index.find(&first).unwrap_or_else(|place| place);
        (from..self.index.count)
            .map_while(|at| self.index.name(at))
            .take_while(|oid| oid.has_prefix(digits))
            .collect()
    }

    fn bytes(&self) -> &[u8] {
        self.bytes
            .get_or_init(|| fs::read(&self.path).unwrap_or_default())
    }

    /// Collects the deltas down to a whole object, then applies them from there.
    fn unpack(&self, mut offset: u64, objects: &Objects) -> Outcome<Option<Object>> {
        let mut deltas = Vec::new();
        let mut object = loop {
            let Some(entry) = Entry::at(self.bytes(), offset) else {
                return Ok(None);
            };
            if deltas.len() > DEPTH_MAX {
                return Ok(None);
            }
            match entry.base {
                Base::Whole(kind) => {
                    break Object {
                        kind,
                        data: entry.data,
                    };
                }
                Base::At(place) => {
                    deltas.push(entry.data);
                    offset = place;
                }
                Base::Named(oid) => {
                    deltas.push(entry.data);
                    match self.position(&oid) {
                        Some(place) => offset = place,
                        None => break Object::clone(&*objects.read(&oid)?),
                    }
                }
            }
        };
        while let Some(delta) = deltas.pop() {
            match apply(&object.data, &delta) {
                Some(data) => object.data = data,
                None => return Ok(None),
            }
        }
        Ok(Some(object))
    }
}

/// One entry of a pack, unpacked but for its deltas.
struct Entry {
    base: Base,
    data: Vec<u8>,
}

enum Base {
    Whole(Kind),
    At(u64),
    Named(Oid),
}

impl Entry {
    fn at(pack: &[u8], offset: u64) -> Option<Entry> {
        let mut at = usize::try_from(offset).ok()?;
        let mut byte = *pack.get(at)?;
        let kind = byte >> 4 & 7;
        let (mut size, mut shift) = (usize::from(byte & 15), 4);
        while byte & 0x80 != 0 {
            at += 1;
            byte = *pack.get(at)?;
            size |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
        }
        at += 1;
        let base = match kind {
            1 => Base::Whole(Kind::Commit),
            2 => Base::Whole(Kind::Tree),
            3 => Base::Whole(Kind::Blob),
            4 => Base::Whole(Kind::Tag),
            6 => Base::At(offset.checked_sub(distance(pack, &mut at)?)?),
            7 => {
                at += 20;
                Base::Named(Oid::from_bytes(pack.get(at - 20..at)?)?)
            }
            _ => return None,
        };
        let (data, _) = zlib::unpack_sized(pack.get(at..)?, size)?;
        Some(Entry { base, data })
    }
}

/// How far before an entry its base begins: seven bits a byte, each further byte counting one more.
fn distance(pack: &[u8], at: &mut usize) -> Option<u64> {
    let mut byte = *pack.get(*at)?;
    let mut value = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        *at += 1;
        byte = *pack.get(*at)?;
        value = (value.checked_add(1)?.checked_mul(128)?) | u64::from(byte & 0x7f);
    }
    *at += 1;
    (value > 0).then_some(value)
}

/// The result of a delta: pieces of the base, and bytes of its own.
fn apply(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut at = 0;
    let from = varint(delta, &mut at)?;
    let size = varint(delta, &mut at)?;
    if from != base.len() || size > zlib::BYTES_MAX {
        return None;
    }
    let mut out = Vec::with_capacity(size);
    while at < delta.len() {
        let op = delta[at];
        at += 1;
        if op & 0x80 == 0 {
            out.extend_from_slice(delta.get(at..at + usize::from(op))?);
            at += usize::from(op);
            if op == 0 {
                return None;
            }
            continue;
        }
        let mut number = |bits: std::ops::Range<u8>| {
            let mut value = 0usize;
            for (shift, bit) in bits.enumerate() {
                if op & 1 << bit != 0 {
                    value |= usize::from(*delta.get(at)?) << (8 * shift);
                    at += 1;
                }
            }
            Some(value)
        };
        let start = number(0..4)?;
        let length = match number(4..7)? {
            0 => 0x10000,
            length => length,
        };
        out.extend_from_slice(base.get(start..start.checked_add(length)?)?);
        if out.len() > size {
            return None;
        }
    }
    (out.len() == size).then_some(out)
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let (mut value, mut shift) = (0usize, 0);
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= usize::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}

/// The index of a pack: sorted names, and where each begins. Version 1 or 2.
struct Index {
    bytes: Vec<u8>,
    version: u32,
    count: usize,
}

impl Index {
    fn parse(bytes: Vec<u8>) -> Option<Index> {
        let version = match bytes.starts_with(b"\xfftOc") {
            true => big_endian(&bytes, 4)?,
            false => 1,
        };
        let mut index = Index {
            bytes,
            version,
            count: 0,
        };
        index.count = index.fan_out(255)?;
        let (header, each) = if version == 2 { (8, 28) } else { (0, 24) };
        let needed = header + 1024 + index.count.checked_mul(each)?;
        (version <= 2 && index.bytes.len() >= needed).then_some(index)
    }

    fn fan_out(&self, byte: u8) -> Option<usize> {
        let header = if self.version == 2 { 8 } else { 0 };
        big_endian(&self.bytes, header + 4 * usize::from(byte)).map(|n| n as usize)
    }

    fn name(&self, at: usize) -> Option<Oid> {
        let place = match self.version {
            2 => 8 + 1024 + 20 * at,
            _ => 1024 + 24 * at + 4,
        };
        Oid::from_bytes(self.bytes.get(place..place + 20)?)
    }

    /// The place of a name, or where it would stand.
    fn find(&self, oid: &Oid) -> Result<usize, usize> {
        let first = oid.0[0];
        let mut low = if first == 0 {
            0
        } else {
            self.fan_out(first - 1).unwrap_or(0)
        };
        let mut high = self.fan_out(first).unwrap_or(0).min(self.count);
        while low < high {
            let middle = low.midpoint(high);
            match self.name(middle).unwrap_or_default().cmp(oid) {
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    fn offset(&self, at: usize) -> Option<u64> {
        if self.version == 1 {
            return big_endian(&self.bytes, 1024 + 24 * at).map(u64::from);
        }
        let small = big_endian(&self.bytes, 8 + 1024 + 24 * self.count + 4 * at)?;
        if small & 0x8000_0000 == 0 {
            return Some(small.into());
        }
        let place = 8 + 1024 + 28 * self.count + 8 * (small & 0x7fff_ffff) as usize;
        let high = big_endian(&self.bytes, place)?;
        let low = big_endian(&self.bytes, place + 4)?;
        Some(u64::from(high) << 32 | u64::from(low))
    }
}

fn big_endian(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
