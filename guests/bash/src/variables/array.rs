//! Arrays. OWNER: variables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// An indexed array: sparse, indices never negative.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Indexed(pub BTreeMap<u64, Text>);

/// An associative array that lists its keys in the order in which bash's hash table does (FNV-1 over the bytes, 1024 buckets, new
/// entries in front of a bucket, growing as bash's does), so that loops over one print what bash prints.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Associative {
    // the owner decides
}

impl Associative {
    pub fn get(&self, _key: &str) -> Option<&Text> {
        todo!()
    }
    pub fn insert(&mut self, _key: Text, _value: Text) {
        todo!()
    }
    pub fn remove(&mut self, _key: &str) {
        todo!()
    }
    pub fn len(&self) -> usize {
        todo!()
    }
    /// In bash's order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        std::iter::empty()
    }
}
