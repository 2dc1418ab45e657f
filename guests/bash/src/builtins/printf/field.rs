//! Width, precision and flags; whole numbers.

/// The widest field: more would be a way to fill the memory.
const WIDEST: u64 = 1 << 26;

#[derive(Clone, Debug, Default)]
pub struct Field {
    pub left: bool,
    pub zero: bool,
    pub plus: bool,
    pub space: bool,
    pub alternative: bool,
    pub width: usize,
    pub precision: Option<usize>,
}

pub fn bounded(number: u64) -> usize {
    number.min(WIDEST) as usize
}

impl Field {
    /// Takes a flag; `false` when it is none.
    pub fn flag(&mut self, flag: u8) -> bool {
        match flag {
            b'-' => self.left = true,
            b'0' => self.zero = true,
            b'+' => self.plus = true,
            b' ' => self.space = true,
            b'#' => self.alternative = true,
            b'\'' => {}
            _ => return false,
        }
        true
    }

    pub fn text(&self, text: &[u8], output: &mut Vec<u8>) {
        let padding = self.width.saturating_sub(text.len());
        if !self.left {
            output.resize(output.len() + padding, b' ');
        }
        output.extend_from_slice(text);
        if self.left {
            output.resize(output.len() + padding, b' ');
        }
    }

    /// The precision is the most that is shown.
    pub fn cut_text(&self, text: &[u8], output: &mut Vec<u8>) {
        let most = self.precision.unwrap_or(text.len()).min(text.len());
        self.text(&text[..most], output);
    }

    pub fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        }
    }

    /// A number: zeroes stand between the sign or prefix and the digits.
    pub fn number(&self, prefix: &str, digits: &str, zero: bool, output: &mut Vec<u8>) {
        let length = prefix.len() + digits.len();
        let padding = self.width.saturating_sub(length);
        if zero && !self.left {
            output.extend_from_slice(prefix.as_bytes());
            output.resize(output.len() + padding, b'0');
            output.extend_from_slice(digits.as_bytes());
        } else {
            self.text(format!("{prefix}{digits}").as_bytes(), output);
        }
    }

    pub fn signed(&self, number: i64, output: &mut Vec<u8>) {
        let digits = self.with_precision(number.unsigned_abs().to_string());
        self.number(self.sign(number < 0), &digits, self.pads_whole(), output);
    }

    pub fn unsigned(&self, number: u64, letter: u8, output: &mut Vec<u8>) {
        let digits = match letter {
            b'o' => format!("{number:o}"),
            b'x' => format!("{number:x}"),
            b'X' => format!("{number:X}"),
            _ => number.to_string(),
        };
        let mut digits = self.with_precision(digits);
        let mut prefix = "";
        if self.alternative {
            match letter {
                b'o' if !digits.starts_with('0') => digits.insert(0, '0'),
                b'x' if number != 0 => prefix = "0x",
                b'X' if number != 0 => prefix = "0X",
                _ => {}
            }
        }
        self.number(prefix, &digits, self.pads_whole(), output);
    }

    fn pads_whole(&self) -> bool {
        self.zero && self.precision.is_none()
    }

    /// The precision is the fewest digits; none at all for a zero of precision zero.
    fn with_precision(&self, digits: String) -> String {
        match self.precision {
            Some(0) if digits == "0" => String::new(),
            Some(fewest) => zeros_before(digits, fewest),
            None => digits,
        }
    }
}

/// Digits with zeros in front. `format!` takes no width beyond 65,535.
pub fn zeros_before(digits: String, fewest: usize) -> String {
    match fewest.checked_sub(digits.len()) {
        None | Some(0) => digits,
        Some(missing) => "0".repeat(missing) + &digits,
    }
}

/// A whole number as C's `strtoimax` reads it with base 0.
pub struct Whole {
    negative: bool,
    magnitude: u64,
    overflows: bool,
    /// Nothing stands behind it, and something does in front.
    pub valid: bool,
}

impl Whole {
    pub fn overflows_signed(&self) -> bool {
        let most = if self.negative {
            1 << 63
        } else {
            i64::MAX as u64
        };
        self.overflows || self.magnitude > most
    }

    pub fn overflows_unsigned(&self) -> bool {
        self.overflows
    }

    pub fn signed(&self) -> i64 {
        match (self.overflows_signed(), self.negative) {
            (true, true) => i64::MIN,
            (true, false) => i64::MAX,
            (false, true) => (self.magnitude as i64).wrapping_neg(),
            (false, false) => self.magnitude as i64,
        }
    }

    pub fn unsigned(&self) -> u64 {
        match (self.overflows, self.negative) {
            (true, _) => u64::MAX,
            (false, true) => self.magnitude.wrapping_neg(),
            (false, false) => self.magnitude,
        }
    }
}

pub fn parse_integer(text: &str) -> Whole {
    let trimmed = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (negative, rest) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let hexadecimal = rest
        .strip_prefix("0x")
        .or(rest.strip_prefix("0X"))
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()));
    let (base, digits) = match hexadecimal {
        Some(digits) => (16, digits),
        None if rest.starts_with('0') => (8, rest),
        None => (10, rest),
    };
    let mut number = Whole {
        negative,
        magnitude: 0,
        overflows: false,
        valid: false,
    };
    let mut length = 0;
    for digit in digits.chars().map_while(|c| c.to_digit(base)) {
        length += 1;
        let next = number
            .magnitude
            .checked_mul(base.into())
            .and_then(|value| value.checked_add(digit.into()));
        match next {
            Some(value) => number.magnitude = value,
            None => number.overflows = true,
        }
    }
    // An empty argument is a zero that nobody complains about.
    number.valid = text.is_empty() || (length > 0 && length == digits.len());
    number
}

/// What bash calls a number that is none.
pub fn kind_of_number(text: &str) -> &'static str {
    let mut bytes = text.bytes();
    match (bytes.next(), bytes.next()) {
        (Some(b'0'), Some(digit)) if digit.is_ascii_digit() => "octal ",
        (Some(b'0'), Some(b'x' | b'X')) => "hex ",
        _ => "",
    }
}
