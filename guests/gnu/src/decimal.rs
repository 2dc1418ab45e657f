//! Numbers as text, where there is one on every line: what `format!` takes is more than the search for the line.

/// As wide as any number is shown.
const WIDEST: usize = 40;

/// Room for a number's text.
pub struct Decimal([u8; WIDEST]);

impl Decimal {
    pub fn new() -> Self {
        Self([b' '; WIDEST])
    }

    /// The number, right-aligned with spaces to at least so many letters.
    pub fn padded(&mut self, number: u64, width: usize) -> &[u8] {
        let (mut at, mut left) = (WIDEST, number);
        loop {
            at -= 1;
            self.0[at] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        let from = at.min(WIDEST - width.min(WIDEST));
        self.0[from..at].fill(b' ');
        &self.0[from..]
    }
}

impl Default for Decimal {
    fn default() -> Self {
        Self::new()
    }
}
