//! Numbers as x86's `long double` holds them, which is what bash prints with: 64 bits of mantissa, exact in every digit.

/// A number of sign, mantissa and exponent to base 2, or what is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extended {
    pub negative: bool,
    pub kind: Kind,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Kind {
    #[default]
    Zero,
    /// The mantissa's highest bit is set.
    Finite {
        mantissa: u64,
        exponent: i32,
    },
    Infinite,
    NotANumber,
}

/// Exponents of the mantissa's lowest bit.
const HIGHEST: i32 = 16_383 - 63;
const LOWEST: i32 = -16_382 - 63;
/// Decimal exponents beyond this are infinite or nothing.
const FARTHEST: i64 = 6_000;

impl Extended {
    pub fn from_integer(magnitude: u64, negative: bool) -> Extended {
        Extended {
            negative,
            kind: normalised(&Big::from(magnitude), 0, false),
        }
    }
}

/// The number at the beginning of a text, as C's `strtold` reads it, and how long it is.
pub fn parse(text: &str) -> (Extended, usize) {
    if text.is_empty() {
        return (Extended::default(), 0);
    }
    let trimmed = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (negative, rest) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let before = text.len() - rest.len();
    let (kind, length) = unsigned(rest);
    if length == 0 {
        return (Extended::default(), 0);
    }
    (Extended { negative, kind }, before + length)
}

/// Whether the digits of a number say more or less than it can hold.
pub fn is_out_of_range(text: &str, number: &Extended) -> bool {
    match number.kind {
        Kind::Infinite => !text.to_ascii_lowercase().contains("inf"),
        Kind::Zero => {
            let digits = text.split(['e', 'E', 'p', 'P']).next().unwrap_or_default();
            digits.contains(|c: char| ('1'..='9').contains(&c))
        }
        _ => false,
    }
}

fn unsigned(text: &str) -> (Kind, usize) {
    let starts = |word: &str| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    if starts("infinity") {
        return (Kind::Infinite, 8);
    }
    if starts("inf") {
        return (Kind::Infinite, 3);
    }
    if starts("nan") {
        return (Kind::NotANumber, 3);
    }
    if starts("0x") && text[2..].starts_with(|c: char| c.is_ascii_hexdigit() || c == '.') {
        let (kind, length) = digits(&text[2..], 16);
        if length > 0 {
            return (kind, length + 2);
        }
    }
    digits(text, 10)
}

/// Digits with a point and an exponent.
fn digits(text: &str, base: u32) -> (Kind, usize) {
    let mut mantissa = Big::default();
    let (mut seen, mut behind_point, mut point) = (0_usize, 0_i64, false);
    let mut length = 0;
    for c in text.chars() {
        match c.to_digit(base) {
            Some(digit) => {
                mantissa.multiply_add(base, digit);
                seen += 1;
                behind_point += i64::from(point);
            }
            None if c == '.' && !point => point = true,
            None => break,
        }
        length += c.len_utf8();
    }
    if seen == 0 {
        return (Kind::Zero, 0);
    }
    let (written, exponent_length) = exponent(&text[length..], base);
    length += exponent_length;
    if mantissa.is_zero() {
        return (Kind::Zero, length);
    }
    let kind = if base == 16 {
        let exponent = written.saturating_sub(behind_point.saturating_mul(4));
        let exponent = exponent.clamp(-1_000_000, 1_000_000) as i32;
        normalised(&mantissa, exponent, false)
    } else {
        decimal(&mantissa, written.saturating_sub(behind_point))
    };
    (kind, length)
}

fn exponent(text: &str, base: u32) -> (i64, usize) {
    let letters = if base == 16 { ['p', 'P'] } else { ['e', 'E'] };
    let Some(rest) = text.strip_prefix(letters) else {
        return (0, 0);
    };
    let unsigned = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let count = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 {
        return (0, 0);
    }
    let value = unsigned[..count].parse::<i64>().unwrap_or(1_000_000);
    let value = if rest.starts_with('-') { -value } else { value };
    (value, 1 + rest.len() - unsigned.len() + count)
}

/// `mantissa` times ten to the power of `exponent`, rounded to the nearest.
fn decimal(mantissa: &Big, exponent: i64) -> Kind {
    let size = exponent.saturating_add(mantissa.bits() as i64 / 3);
    if size > FARTHEST {
        return Kind::Infinite;
    }
    if size < -FARTHEST {
        return Kind::Zero;
    }
    if exponent >= 0 {
        let mut value = mantissa.clone();
        value.multiply_power_of_ten(exponent as usize);
        return normalised(&value, 0, false);
    }
    let mut divisor = Big::from(1);
    divisor.multiply_power_of_ten(exponent.unsigned_abs() as usize);
    // The quotient gets at least 66 bits, and the rest says on which side of half it lies.
    let shift = (divisor.bits() + 66).saturating_sub(mantissa.bits());
    let mut dividend = mantissa.clone();
    dividend.shift_left(shift);
    let (quotient, exact) = dividend.divide(&divisor);
    normalised(&quotient, -(shift as i32), !exact)
}

/// `value` times two to the power of `exponent`, and a little more if `sticky`.
fn normalised(value: &Big, exponent: i32, sticky: bool) -> Kind {
    let bits = value.bits() as i32;
    if bits == 0 {
        return Kind::Zero;
    }
    // Numbers too small for the exponent keep fewer bits.
    let lowest = (bits - 64).max(LOWEST.saturating_sub(exponent));
    if lowest <= 0 {
        let mut mantissa = value.low_u64();
        let mut exponent = exponent;
        let shift = mantissa.leading_zeros();
        mantissa <<= shift;
        exponent -= shift as i32;
        return bounded(mantissa, exponent);
    }
    let rounded = value.rounded_shift_right(lowest as usize, sticky);
    let exponent = exponent.saturating_add(lowest);
    if rounded.is_zero() {
        return Kind::Zero;
    }
    if rounded.bits() > 64 {
        return bounded(1 << 63, exponent + 1);
    }
    let mantissa = rounded.low_u64();
    let shift = mantissa.leading_zeros();
    bounded(mantissa << shift, exponent - shift as i32)
}

fn bounded(mantissa: u64, exponent: i32) -> Kind {
    if exponent > HIGHEST {
        return Kind::Infinite;
    }
    Kind::Finite { mantissa, exponent }
}

/// A natural number of any size, its lowest 32 bits first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Big(Vec<u32>);

impl From<u64> for Big {
    fn from(value: u64) -> Big {
        let mut big = Big(vec![value as u32, (value >> 32) as u32]);
        big.trim();
        big
    }
}

impl Big {
    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub fn bits(&self) -> usize {
        match self.0.last() {
            None => 0,
            Some(top) => self.0.len() * 32 - top.leading_zeros() as usize,
        }
    }

    fn low_u64(&self) -> u64 {
        let part = |index: usize| u64::from(self.0.get(index).copied().unwrap_or(0));
        part(0) | part(1) << 32
    }

    pub fn multiply_add(&mut self, factor: u32, summand: u32) {
        let mut carry = u64::from(summand);
        for part in &mut self.0 {
            carry += u64::from(*part) * u64::from(factor);
            *part = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    pub fn multiply_power_of_ten(&mut self, power: usize) {
        for _ in 0..power / 9 {
            self.multiply_add(1_000_000_000, 0);
        }
        for _ in 0..power % 9 {
            self.multiply_add(10, 0);
        }
    }

    pub fn shift_left(&mut self, count: usize) {
        if self.is_zero() {
            return;
        }
        let bits = count % 32;
        if bits > 0 {
            let mut carry = 0;
            for part in &mut self.0 {
                let next = *part >> (32 - bits);
                *part = *part << bits | carry;
                carry = next;
            }
            self.0.push(carry);
        }
        let words = count / 32;
        self.0.splice(0..0, std::iter::repeat_n(0, words));
        self.trim();
    }

    /// Divided by two to the power of `count`, rounded to the nearest, halves to even.
    pub fn rounded_shift_right(&self, count: usize, sticky: bool) -> Big {
        if count == 0 {
            return self.clone();
        }
        let mut result = self.shifted_right(count);
        let half = self.bit(count - 1);
        let beyond = sticky || (0..count - 1).any(|place| self.bit(place));
        if half && (beyond || result.bit(0)) {
            result.add_one();
        }
        result
    }

    fn bit(&self, place: usize) -> bool {
        let part = self.0.get(place / 32).copied().unwrap_or(0);
        part >> (place % 32) & 1 == 1
    }

    fn shifted_right(&self, count: usize) -> Big {
        let words = count / 32;
        let bits = count % 32;
        let part = |index: usize| u64::from(self.0.get(index).copied().unwrap_or(0));
        let mut result = Big((words..self.0.len())
            .map(|index| ((part(index) | part(index + 1) << 32) >> bits) as u32)
            .collect());
        result.trim();
        result
    }

    pub fn add_one(&mut self) {
        for part in &mut self.0 {
            let (sum, overflows) = part.overflowing_add(1);
            *part = sum;
            if !overflows {
                return;
            }
        }
        self.0.push(1);
    }

    /// The quotient, and whether nothing is left. Bit by bit: quotients here are short.
    pub fn divide(&self, divisor: &Big) -> (Big, bool) {
        let mut quotient = Big::default();
        if divisor.is_zero() || self.bits() < divisor.bits() {
            return (quotient, self.is_zero());
        }
        let mut shift = self.bits() - divisor.bits();
        let mut shifted = divisor.clone();
        shifted.shift_left(shift);
        let mut rest = self.clone();
        loop {
            quotient.shift_left(1);
            if !rest.is_less_than(&shifted) {
                rest.subtract(&shifted);
                if quotient.is_zero() {
                    quotient.0.push(0);
                }
                if let Some(low) = quotient.0.first_mut() {
                    *low |= 1;
                }
            }
            if shift == 0 {
                return (quotient, rest.is_zero());
            }
            shift -= 1;
            shifted = shifted.shifted_right(1);
        }
    }

    /// Divided by a small number; answers the rest.
    pub fn divide_small(&mut self, divisor: u32) -> u32 {
        let mut rest = 0_u64;
        for part in self.0.iter_mut().rev() {
            rest = rest << 32 | u64::from(*part);
            *part = (rest / u64::from(divisor)) as u32;
            rest %= u64::from(divisor);
        }
        self.trim();
        rest as u32
    }

    fn is_less_than(&self, other: &Big) -> bool {
        if self.0.len() != other.0.len() {
            return self.0.len() < other.0.len();
        }
        self.0.iter().rev().lt(other.0.iter().rev())
    }

    /// Takes away a number that is not greater.
    fn subtract(&mut self, other: &Big) {
        let mut borrow = false;
        for (index, part) in self.0.iter_mut().enumerate() {
            let taken = other.0.get(index).copied().unwrap_or(0);
            let (first, under) = part.overflowing_sub(taken);
            let (second, again) = first.overflowing_sub(borrow.into());
            *part = second;
            borrow = under || again;
        }
        self.trim();
    }

    pub fn to_decimal(&self) -> String {
        let mut rest = self.clone();
        let mut groups = Vec::new();
        while !rest.is_zero() {
            groups.push(rest.divide_small(1_000_000_000));
        }
        let mut text = groups.pop().unwrap_or(0).to_string();
        for group in groups.iter().rev() {
            text += &format!("{group:09}");
        }
        text
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}
