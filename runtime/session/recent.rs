//! A map that remembers a bounded number of entries: those used last.

use std::collections::BTreeMap;

/// At most so many values by key. What is inserted beyond that pushes out what was used the longest ago.
pub struct Recent<K, V> {
    entries: BTreeMap<K, Entry<V>>,
    entries_max: usize,
    /// Counts uses, and so orders them.
    uses: u64,
}

struct Entry<V> {
    value: V,
    used: u64,
}

impl<K: Ord + Copy, V: Clone> Recent<K, V> {
    pub fn new(entries_max: usize) -> Recent<K, V> {
        Recent {
            entries: BTreeMap::new(),
            entries_max,
            uses: 0,
        }
    }

    pub fn get(&mut self, key: &K) -> Option<V> {
        self.uses += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.uses;
        Some(entry.value.clone())
    }

    pub fn insert(&mut self, key: K, value: V) {
        self.uses += 1;
        let used = self.uses;
        self.entries.insert(key, Entry { value, used });
        if self.entries.len() > self.entries_max {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
        if let Some(key) = oldest.map(|(key, _)| *key) {
            self.entries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lowest key once went first, however much it was used.
    #[test]
    fn what_was_used_the_longest_ago_goes_first() {
        let mut recent = Recent::new(2);
        recent.insert(1, "one");
        recent.insert(2, "two");
        assert_eq!(recent.get(&1), Some("one"));
        recent.insert(3, "three");
        let left = [1, 2, 3].map(|key| recent.get(&key));
        assert_eq!(left, [Some("one"), None, Some("three")]);
    }

    #[test]
    fn inserting_again_pushes_nothing_out() {
        let mut recent = Recent::new(2);
        recent.insert(1, 1);
        recent.insert(2, 2);
        recent.insert(2, 22);
        assert_eq!([1, 2].map(|key| recent.get(&key)), [Some(1), Some(22)]);
    }
}
