//! Arrays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::{self, Text};

/// An indexed array: sparse, indices never negative.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Indexed(pub BTreeMap<u64, Text>);

impl Indexed {
    /// The values as elements 0 and on.
    pub fn from_values(values: impl IntoIterator<Item = Text>) -> Indexed {
        Indexed((0..).zip(values).collect())
    }

    /// One more than the last index.
    pub fn end(&self) -> u64 {
        self.0
            .last_key_value()
            .map_or(0, |(&last, _)| last.wrapping_add(1))
    }
}

/// How many buckets bash gives a new associative array.
const FIRST_BUCKETS: u32 = 1024;
/// A table grows when there are twice as many entries as buckets, by this factor.
const GROWTH: u32 = 4;

/// An associative array that lists its keys in the order in which bash's hash table does (FNV-1 over the bytes, 1024 buckets, new
/// entries in front of a bucket, growing as bash's does), so that loops over one print what bash prints.
///
/// An entry's place is its bucket and, within it, the later the earlier; so the order of the map is the order of the listing, and a
/// search looks at one bucket only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Associative {
    entries: BTreeMap<(u32, u32), (Text, Text)>,
    buckets: u32,
    /// Counts down, so that newer entries of a bucket come first.
    next: u32,
}

impl Default for Associative {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            buckets: FIRST_BUCKETS,
            next: u32::MAX,
        }
    }
}

impl Associative {
    pub fn get(&self, key: &str) -> Option<&Text> {
        let bucket = self.bucket(key);
        self.entries
            .range((bucket, 0)..=(bucket, u32::MAX))
            .find(|(_, (found, _))| **found == *key)
            .map(|(_, (_, value))| value)
    }

    pub fn insert(&mut self, key: Text, value: Text) {
        if let Some(place) = self.place(&key) {
            self.entries.insert(place, (key, value));
            return;
        }
        if self.entries.len() >= (self.buckets as usize).saturating_mul(2) {
            self.grow();
        }
        self.push_front(key, value);
    }

    pub fn remove(&mut self, key: &str) {
        if let Some(place) = self.place(key) {
            self.entries.remove(&place);
        }
    }

    /// Forgets all entries, but not how far the table has grown.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// In bash's order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.entries.values().map(|(key, value)| (key, value))
    }

    fn place(&self, key: &str) -> Option<(u32, u32)> {
        let bucket = self.bucket(key);
        self.entries
            .range((bucket, 0)..=(bucket, u32::MAX))
            .find(|(_, (found, _))| **found == *key)
            .map(|(&place, _)| place)
    }

    fn bucket(&self, key: &str) -> u32 {
        hash(key) & (self.buckets - 1)
    }

    fn push_front(&mut self, key: Text, value: Text) {
        let place = (self.bucket(&key), self.next);
        self.next = self.next.wrapping_sub(1);
        self.entries.insert(place, (key, value));
    }

    fn grow(&mut self) {
        self.buckets = self.buckets.saturating_mul(GROWTH);
        self.next = u32::MAX;
        for (key, value) in std::mem::take(&mut self.entries).into_values() {
            self.push_front(key, value);
        }
    }
}

/// bash's `hash_string`: FNV-1 whose bytes are signed, as `char` is on x86-64.
pub fn hash(key: &str) -> u32 {
    text::encode(key)
        .iter()
        .fold(2_166_136_261, |hash: u32, &byte| {
            hash.wrapping_mul(16_777_619) ^ (byte as i8 as u32)
        })
}
