//! Arrays, whose elements come in gawk's order.
//!
//! gawk keeps an array by whole numbers when its first key is one, and then goes through those in their order, after all
//! other keys. Other keys lie in a hash table with chains, and come as they lie there: so the table is gawk's.

use crate::value::Value;
use std::cell::RefCell;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

pub type Shared = Rc<RefCell<Array>>;
type Key = Rc<Vec<u8>>;

#[derive(Clone, Debug)]
pub enum Element {
    Value(Value),
    Array(Shared),
}

/// A hash table of a fixed hasher, whose order is never seen: keys are sorted.
#[allow(clippy::disallowed_types)]
type Numbers = std::collections::HashMap<u32, Element, BuildHasherDefault<Spread>>;

#[derive(Default, Debug)]
pub struct Array {
    numbers: Numbers,
    table: Table,
    /// Whether whole numbers are kept apart; undecided while it is empty.
    by_number: bool,
}

/// Spreads small numbers over the hash's bits.
#[derive(Default)]
pub struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32((*byte).into());
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// What an element is called.
#[derive(Clone, Debug)]
pub enum Index {
    Number(u32),
    Text(Key),
}

impl Index {
    pub fn of_text(text: Key) -> Self {
        match whole(&text) {
            Some(number) => Self::Number(number),
            None => Self::Text(text),
        }
    }

    pub fn of_number(number: f64, format: &[u8]) -> Self {
        if number >= 0.0 && number <= f64::from(i32::MAX) && number == number.trunc() {
            return Self::Number(number as u32);
        }
        Self::Text(Rc::new(crate::value::number_text(number, format)))
    }

    pub fn text(&self) -> Key {
        match self {
            Self::Number(number) => Rc::new(number.to_string().into_bytes()),
            Self::Text(text) => Rc::clone(text),
        }
    }
}

/// The whole number that a text is written as.
fn whole(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 10 || (text[0] == b'0' && text.len() > 1) {
        return None;
    }
    let mut number = 0_u64;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u64::from(byte - b'0');
    }
    u32::try_from(number)
        .ok()
        .filter(|number| *number <= i32::MAX as u32)
}

impl Array {
    pub fn len(&self) -> usize {
        self.numbers.len() + self.table.count
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub fn get(&self, index: &Index) -> Option<&Element> {
        match index {
            Index::Number(number) if self.by_number => self.numbers.get(number),
            index => self.table.get(&index.text()),
        }
    }

    pub fn contains(&self, index: &Index) -> bool {
        self.get(index).is_some()
    }

    /// The element, which is made if there is none.
    pub fn entry(&mut self, index: Index) -> &mut Element {
        if self.len() == 0 {
            self.by_number = matches!(index, Index::Number(_));
        }
        match index {
            Index::Number(number) if self.by_number => self
                .numbers
                .entry(number)
                .or_insert(Element::Value(Value::Unset)),
            index => self.table.entry(index.text()),
        }
    }

    pub fn set(&mut self, index: Index, value: Value) {
        *self.entry(index) = Element::Value(value);
    }

    pub fn remove(&mut self, index: &Index) {
        match index {
            Index::Number(number) if self.by_number => {
                self.numbers.remove(number);
            }
            index => self.table.remove(&index.text()),
        }
        if self.len() == 0 {
            self.clear();
        }
    }

    /// The keys in gawk's order.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = self.table.keys();
        let mut numbers: Vec<u32> = self.numbers.keys().copied().collect();
        numbers.sort_unstable();
        keys.extend(
            numbers
                .into_iter()
                .map(|number| Index::Number(number).text()),
        );
        keys
    }
}

/// gawk's table of strings: chains, new elements in front, sizes that grow by steps.
#[derive(Default, Debug)]
struct Table {
    buckets: Vec<u32>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    count: usize,
}

#[derive(Debug)]
struct Slot {
    key: Key,
    hash: u32,
    next: u32,
    element: Element,
}

const NONE: u32 = u32::MAX;
const SIZES: [usize; 12] = [
    13,
    127,
    1021,
    8191,
    32749,
    131_071,
    1_048_573,
    8_388_593,
    16_777_213,
    33_554_393,
    67_108_859,
    134_217_689,
];
/// How long chains are on average before the table grows.
const CHAIN_MAX: usize = 2;

fn hash(key: &[u8]) -> u32 {
    key.iter().fold(0, |hash: u32, byte| {
        let byte = (*byte as i8) as i32 as u32;
        byte.wrapping_add(hash << 6)
            .wrapping_add(hash << 16)
            .wrapping_sub(hash)
    })
}

impl Table {
    fn find(&self, key: &[u8], hash: u32) -> Option<u32> {
        if self.buckets.is_empty() {
            return None;
        }
        let mut at = self.buckets[hash as usize % self.buckets.len()];
        while at != NONE {
            let slot = &self.slots[at as usize];
            if slot.hash == hash && slot.key.as_slice() == key {
                return Some(at);
            }
            at = slot.next;
        }
        None
    }

    fn get(&self, key: &[u8]) -> Option<&Element> {
        self.find(key, hash(key))
            .map(|at| &self.slots[at as usize].element)
    }

    fn entry(&mut self, key: Key) -> &mut Element {
        let hash = hash(&key);
        let at = match self.find(&key, hash) {
            Some(at) => at,
            None => self.insert(key, hash),
        };
        &mut self.slots[at as usize].element
    }

    fn insert(&mut self, key: Key, hash: u32) -> u32 {
        self.count += 1;
        if self.buckets.is_empty() || self.count / self.buckets.len() > CHAIN_MAX {
            self.grow();
        }
        let bucket = hash as usize % self.buckets.len();
        let slot = Slot {
            key,
            hash,
            next: self.buckets[bucket],
            element: Element::Value(Value::Unset),
        };
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at as usize] = slot;
                at
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        self.buckets[bucket] = at;
        at
    }

    /// Moves chain after chain, which turns each round.
    fn grow(&mut self) {
        let before = self.buckets.len();
        let size = SIZES
            .iter()
            .copied()
            .find(|size| *size > before)
            .unwrap_or(before * 2);
        let old = std::mem::replace(&mut self.buckets, vec![NONE; size]);
        for mut at in old {
            while at != NONE {
                let slot = &mut self.slots[at as usize];
                let bucket = slot.hash as usize % size;
                let next = std::mem::replace(&mut slot.next, self.buckets[bucket]);
                self.buckets[bucket] = at;
                at = next;
            }
        }
    }

    fn remove(&mut self, key: &[u8]) {
        let hash = hash(key);
        let Some(found) = self.find(key, hash) else {
            return;
        };
        let next = self.slots[found as usize].next;
        let bucket = hash as usize % self.buckets.len();
        if self.buckets[bucket] == found {
            self.buckets[bucket] = next;
        } else {
            let mut at = self.buckets[bucket];
            while self.slots[at as usize].next != found {
                at = self.slots[at as usize].next;
            }
            self.slots[at as usize].next = next;
        }
        self.slots[found as usize].element = Element::Value(Value::Unset);
        self.slots[found as usize].key = Key::default();
        self.free.push(found);
        self.count -= 1;
    }

    fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::with_capacity(self.count);
        for bucket in &self.buckets {
            let mut at = *bucket;
            while at != NONE {
                let slot = &self.slots[at as usize];
                keys.push(Rc::clone(&slot.key));
                at = slot.next;
            }
        }
        keys
    }
}
