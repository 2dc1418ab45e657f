//! Entropy: counter-based, so that every byte has a name — (seed, process, interface, position).

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::digest::Fields;

/// The interfaces through which a guest asks for entropy, each with a stream of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interface {
    /// `random_get`.
    RandomGet,
    /// `/dev/random` and `/dev/urandom`.
    Device,
}

/// One process's entropy.
#[derive(Debug, Clone)]
pub struct Entropy {
    random_get: ChaCha20Rng,
    device: ChaCha20Rng,
}

impl Entropy {
    /// The entropy of a process, which is its number in the session, under the session's seed.
    pub fn new(seed: u64, process: u64) -> Entropy {
        Entropy {
            random_get: stream(seed, process, Interface::RandomGet),
            device: stream(seed, process, Interface::Device),
        }
    }

    /// Fills the buffer with the next bytes of an interface's stream.
    pub fn fill(&mut self, interface: Interface, buffer: &mut [u8]) {
        match interface {
            Interface::RandomGet => self.random_get.fill_bytes(buffer),
            Interface::Device => self.device.fill_bytes(buffer),
        }
    }
}

fn stream(seed: u64, process: u64, interface: Interface) -> ChaCha20Rng {
    let name: &[u8] = match interface {
        Interface::RandomGet => b"random_get",
        Interface::Device => b"device",
    };
    let key = Fields::of("isobox.entropy")
        .number(seed)
        .number(process)
        .bytes(name)
        .finish();
    ChaCha20Rng::from_seed(*key.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_bytes(seed: u64, process: u64, interface: Interface) -> [u8; 16] {
        let mut bytes = [0; 16];
        Entropy::new(seed, process).fill(interface, &mut bytes);
        bytes
    }

    #[test]
    fn seed_process_and_interface_each_name_a_stream() {
        let base = first_bytes(1, 2, Interface::RandomGet);
        assert_eq!(base, first_bytes(1, 2, Interface::RandomGet));
        assert_ne!(base, first_bytes(2, 2, Interface::RandomGet));
        assert_ne!(base, first_bytes(1, 3, Interface::RandomGet));
        assert_ne!(base, first_bytes(1, 2, Interface::Device));
    }

    #[test]
    fn the_first_bytes_of_seed_0_are_part_of_the_contract() {
        let mut bytes = [0; 8];
        Entropy::new(0, 1).fill(Interface::RandomGet, &mut bytes);
        assert_eq!(bytes, GOLDEN);
    }

    const GOLDEN: [u8; 8] = [58, 82, 195, 98, 111, 105, 1, 184];
}
