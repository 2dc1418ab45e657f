//! gawk's random numbers: BSD's `random` with 63 words of state.

const WORDS: usize = 63;
const SEPARATION: usize = 1;

pub struct Random {
    state: [u32; WORDS],
    front: usize,
    rear: usize,
}

impl Random {
    pub fn new(seed: u32) -> Self {
        let mut random = Self {
            state: [0; WORDS],
            front: SEPARATION,
            rear: 0,
        };
        random.state[0] = seed;
        for at in 1..WORDS {
            random.state[at] = scrambled(random.state[at - 1]);
        }
        for _ in 0..10 * WORDS {
            random.next();
        }
        random
    }

    fn next(&mut self) -> u32 {
        self.state[self.front] = self.state[self.front].wrapping_add(self.state[self.rear]);
        let number = self.state[self.front] >> 1;
        self.front = (self.front + 1) % WORDS;
        self.rear = (self.rear + 1) % WORDS;
        number
    }

    /// From 0 to below 1.
    pub fn fraction(&mut self) -> f64 {
        const DIVISOR: f64 = 2_147_483_648.0;
        loop {
            let low = f64::from(self.next());
            let high = f64::from(self.next());
            let number = 0.5 + (low / DIVISOR + high) / DIVISOR;
            let number = number - 0.5;
            if number != 1.0 {
                return number;
            }
        }
    }
}

/// Park and Miller's minimal standard generator.
fn scrambled(seed: u32) -> u32 {
    let seed = match seed as i32 {
        0 => 123_459_876,
        seed => i64::from(seed),
    };
    let (high, low) = (seed / 127_773, seed % 127_773);
    let number = 16_807 * low - 2_836 * high;
    let number = if number < 0 {
        number + 0x7fff_ffff
    } else {
        number
    };
    number as u32
}
