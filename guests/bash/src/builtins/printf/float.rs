//! `%f`, `%e`, `%g`, `%a`.

use super::extended::{Big, Extended, Kind};
use super::field::Field;
use super::field::zeros_before;

/// Digits behind the point when nobody says how many.
const PRECISION: usize = 6;

pub fn write(field: &Field, number: &Extended, letter: u8, output: &mut Vec<u8>) {
    let upper = letter.is_ascii_uppercase();
    let sign = field.sign(number.negative);
    let (mantissa, exponent) = match number.kind {
        Kind::Infinite => return special(field, sign, "inf", upper, output),
        Kind::NotANumber => return special(field, sign, "nan", upper, output),
        Kind::Zero => (0, 0),
        Kind::Finite { mantissa, exponent } => (mantissa, exponent),
    };
    let value = Binary { mantissa, exponent };
    let (prefix, digits) = match letter.to_ascii_lowercase() {
        b'f' => (
            "",
            value.fixed(field.precision.unwrap_or(PRECISION), field.alternative),
        ),
        b'e' => {
            let precision = field.precision.unwrap_or(PRECISION);
            ("", value.scientific(precision, field.alternative))
        }
        b'g' => (
            "",
            value.general(field.precision.unwrap_or(PRECISION), field.alternative),
        ),
        _ => ("0x", value.hexadecimal(field.precision, field.alternative)),
    };
    let mut prefix = format!("{sign}{prefix}");
    let mut digits = digits;
    if upper {
        prefix = prefix.to_uppercase();
        digits = digits.to_uppercase();
    }
    field.number(&prefix, &digits, field.zero, output);
}

fn special(field: &Field, sign: &str, word: &str, upper: bool, output: &mut Vec<u8>) {
    let word = if upper {
        word.to_uppercase()
    } else {
        word.to_owned()
    };
    field.number(sign, &word, false, output);
}

/// `mantissa` times two to the power of `exponent`.
struct Binary {
    mantissa: u64,
    exponent: i32,
}

impl Binary {
    fn fixed(&self, precision: usize, keeps_point: bool) -> String {
        let scaled = self.times_power_of_ten(precision as i64);
        let digits = scaled.to_decimal();
        let digits = zeros_before(digits, precision.saturating_add(1));
        let (whole, fraction) = digits.split_at(digits.len() - precision);
        with_point(whole, fraction, keeps_point)
    }

    fn scientific(&self, precision: usize, keeps_point: bool) -> String {
        let (digits, exponent) = self.significant(precision + 1);
        let (first, rest) = digits.split_at(1);
        format!(
            "{}{}",
            with_point(first, rest, keeps_point),
            exponent_text('e', exponent)
        )
    }

    fn general(&self, precision: usize, keeps_zeroes: bool) -> String {
        let precision = precision.max(1);
        let (digits, exponent) = self.significant(precision);
        if exponent < -4 || exponent >= precision as i64 {
            let (first, rest) = digits.split_at(1);
            let rest = trimmed(rest, keeps_zeroes);
            let number = with_point(first, rest, keeps_zeroes);
            return format!("{number}{}", exponent_text('e', exponent));
        }
        let fraction = (precision as i64 - 1 - exponent).max(0) as usize;
        let number = self.fixed(fraction, keeps_zeroes);
        match number.split_once('.') {
            Some((whole, fraction)) => {
                with_point(whole, trimmed(fraction, keeps_zeroes), keeps_zeroes)
            }
            None => number,
        }
    }

    /// As many significant digits, rounded, and the power of ten of the first.
    fn significant(&self, count: usize) -> (String, i64) {
        if self.mantissa == 0 {
            return ("0".repeat(count), 0);
        }
        let bits = i64::from(self.exponent) + 63;
        // log10(2), a little too small or exact; corrected below.
        let mut power = (bits * 30_103).div_euclid(100_000);
        loop {
            let digits = self
                .times_power_of_ten(count as i64 - 1 - power)
                .to_decimal();
            if digits.len() == count {
                return (digits, power);
            }
            power += if digits.len() > count { 1 } else { -1 };
        }
    }

    /// Times ten to a power, rounded to a whole number, halves to even.
    fn times_power_of_ten(&self, power: i64) -> Big {
        let mut value = Big::from(self.mantissa);
        let mut exponent = self.exponent;
        if exponent > 0 {
            value.shift_left(exponent as usize);
            exponent = 0;
        }
        if power >= 0 {
            value.multiply_power_of_ten(power as usize);
            return value.rounded_shift_right(exponent.unsigned_abs() as usize, false);
        }
        // What is cut off below the last digit only says on which side of half it lies.
        let fraction = exponent.unsigned_abs() as usize;
        let mut divisor = Big::from(1);
        divisor.multiply_power_of_ten(power.unsigned_abs() as usize);
        divisor.shift_left(fraction);
        let mut doubled = value;
        doubled.shift_left(1);
        let (halves, exact) = doubled.divide(&divisor);
        halves.rounded_shift_right(1, !exact)
    }

    /// As glibc writes x86's `long double`: the first digit is the mantissa's highest four bits.
    fn hexadecimal(&self, precision: Option<usize>, keeps_point: bool) -> String {
        let mut exponent = i64::from(self.exponent) + 60;
        if self.mantissa == 0 {
            exponent = 0;
        }
        let mut mantissa = u128::from(self.mantissa);
        let mut digits = format!("{mantissa:016x}");
        if let Some(precision) = precision.filter(|&precision| precision < 15) {
            let cut = 4 * (15 - precision) as u32;
            let rest = mantissa & ((1 << cut) - 1);
            mantissa >>= cut;
            let half = 1_u128 << (cut - 1);
            if rest > half || (rest == half && mantissa & 1 == 1) {
                mantissa += 1;
            }
            if mantissa >> (4 * (precision as u32 + 1)) > 0 {
                mantissa >>= 4;
                exponent += 4;
            }
            digits = zeros_before(format!("{mantissa:x}"), precision.saturating_add(1));
        }
        let (first, rest) = digits.split_at(1);
        let rest = match precision {
            None => rest.trim_end_matches('0').to_owned(),
            Some(precision) => rest.to_owned() + &"0".repeat(precision.saturating_sub(rest.len())),
        };
        format!(
            "{}{}",
            with_point(first, &rest, keeps_point),
            binary_exponent(exponent)
        )
    }
}

fn trimmed(fraction: &str, keeps_zeroes: bool) -> &str {
    match keeps_zeroes {
        true => fraction,
        false => fraction.trim_end_matches('0'),
    }
}

fn with_point(whole: &str, fraction: &str, keeps_point: bool) -> String {
    match fraction.is_empty() && !keeps_point {
        true => whole.to_owned(),
        false => format!("{whole}.{fraction}"),
    }
}

fn exponent_text(letter: char, exponent: i64) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{letter}{sign}{:02}", exponent.unsigned_abs())
}

fn binary_exponent(exponent: i64) -> String {
    format!("p{exponent:+}")
}
