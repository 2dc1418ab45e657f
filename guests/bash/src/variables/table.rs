//! Variables of one scope by name: looked up in every loop, so found by a hash, and listed in order only where somebody looks.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use super::Variable;
use crate::text::Text;

/// The same in every process: nothing random, nothing of the host.
pub(super) type Table = HashMap<Text, Rc<Variable>, BuildHasherDefault<NameHasher>>;

/// FNV-1a, which is short work for names.
#[derive(Clone, Copy)]
pub struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> Self {
        NameHasher(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
