//! Decimal numbers of any length: a whole number, and how many of its digits stand behind the point.

use num_bigint::{BigInt, Sign};
use std::cmp::Ordering;

#[derive(Clone, Debug)]
pub struct Number {
    pub digits: BigInt,
    pub scale: usize,
}

/// Ten to a power.
fn ten(power: usize) -> BigInt {
    BigInt::from(10).pow(u32::try_from(power).unwrap_or(u32::MAX))
}

impl Number {
    pub fn whole(value: i64) -> Self {
        Self {
            digits: BigInt::from(value),
            scale: 0,
        }
    }

    pub fn is_zero(&self) -> bool {
        self.digits.sign() == Sign::NoSign
    }

    /// The whole number with so many digits behind the point; what there is more of is cut off.
    fn at_scale(&self, scale: usize) -> BigInt {
        match scale.cmp(&self.scale) {
            Ordering::Less => &self.digits / ten(self.scale - scale),
            Ordering::Equal => self.digits.clone(),
            Ordering::Greater => &self.digits * ten(scale - self.scale),
        }
    }

    pub fn scaled(&self, scale: usize) -> Self {
        Self {
            digits: self.at_scale(scale),
            scale,
        }
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.at_scale(scale).cmp(&other.at_scale(scale))
    }

    pub fn add(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        Self {
            digits: self.at_scale(scale) + other.at_scale(scale),
            scale,
        }
    }

    pub fn negated(&self) -> Self {
        Self {
            digits: -&self.digits,
            scale: self.scale,
        }
    }

    pub fn subtract(&self, other: &Self) -> Self {
        self.add(&other.negated())
    }

    pub fn multiply(&self, other: &Self, scale: usize) -> Self {
        let full = self.scale + other.scale;
        let product = Self {
            digits: &self.digits * &other.digits,
            scale: full,
        };
        product.scaled(full.min(scale.max(self.scale).max(other.scale)))
    }

    /// Nothing when the divisor is zero.
    pub fn divide(&self, other: &Self, scale: usize) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let shifted = self.at_scale_up(scale + other.scale);
        let excess = self.scale.saturating_sub(scale + other.scale);
        let digits = shifted / (&other.digits * ten(excess));
        Some(Self { digits, scale })
    }

    /// The digits with at least so many behind the point.
    fn at_scale_up(&self, scale: usize) -> BigInt {
        self.at_scale(scale.max(self.scale))
    }

    pub fn remainder(&self, other: &Self, scale: usize) -> Option<Self> {
        let quotient = self.divide(other, scale)?;
        let wide = self.scale.max(scale + other.scale);
        let product = Self {
            digits: &quotient.digits * &other.digits,
            scale: quotient.scale + other.scale,
        };
        Some(self.subtract(&product).scaled(wide))
    }

    /// A whole power; nothing for zero to a negative one.
    pub fn power(&self, exponent: i64, scale: usize) -> Option<Self> {
        let count = exponent.unsigned_abs();
        let small = u32::try_from(count).ok()?;
        let full = Self {
            digits: self.digits.pow(small),
            scale: self.scale * small as usize,
        };
        if exponent < 0 {
            return Self::whole(1).divide(&full, scale);
        }
        Some(full.scaled(full.scale.min(scale.max(self.scale))))
    }

    /// Nothing for what is negative.
    pub fn root(&self, scale: usize) -> Option<Self> {
        if self.digits.sign() == Sign::Minus {
            return None;
        }
        let scale = scale.max(self.scale);
        Some(Self {
            digits: self.at_scale(2 * scale).sqrt(),
            scale,
        })
    }

    /// How many digits there are.
    pub fn length(&self) -> usize {
        let text = self.digits.magnitude().to_string();
        let digits = if text == "0" { 0 } else { text.len() };
        digits.max(self.scale).max(1)
    }

    /// As a small whole number.
    pub fn to_small(&self) -> i64 {
        i64::try_from(self.at_scale(0)).unwrap_or(i64::MAX)
    }

    /// Reads a number in a base.
    pub fn read(text: &str, base: u32) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        // A single digit means itself in any base; others are at most the base's last.
        let only = text.len() == 1;
        let digit = |c: char| {
            c.to_digit(16)
                .map_or(0, |digit| if only { digit } else { digit.min(base - 1) })
        };
        let gather = |text: &str| {
            text.chars().fold(BigInt::from(0), |value, c| {
                value * BigInt::from(base) + BigInt::from(digit(c))
            })
        };
        let whole = Self {
            digits: gather(whole),
            scale: 0,
        };
        if fraction.is_empty() {
            return whole;
        }
        let part = Self {
            digits: gather(fraction),
            scale: 0,
        };
        let unit = Self {
            digits: BigInt::from(base).pow(fraction.len() as u32),
            scale: 0,
        };
        let part = part
            .divide(&unit, fraction.len())
            .unwrap_or_else(|| Self::whole(0));
        whole.add(&part)
    }

    /// In a base, as bc prints it: no zero before the point.
    pub fn show(&self, base: u32) -> String {
        let minus = if self.digits.sign() == Sign::Minus {
            "-"
        } else {
            ""
        };
        let magnitude = Self {
            digits: BigInt::from(self.digits.magnitude().clone()),
            scale: self.scale,
        };
        if magnitude.is_zero() {
            return "0".to_owned();
        }
        let whole = magnitude.at_scale(0);
        let fraction = magnitude.subtract(&Self {
            digits: whole.clone(),
            scale: 0,
        });
        let mut text = match whole.sign() {
            Sign::NoSign => String::new(),
            _ => in_base(&whole, base),
        };
        if self.scale > 0 {
            text.push('.');
            text.push_str(&fraction_in(&fraction, base));
        }
        format!("{minus}{text}")
    }
}

/// Above sixteen each digit is a number of its own.
fn in_base(whole: &BigInt, base: u32) -> String {
    if base <= 16 {
        return whole.to_str_radix(base).to_uppercase();
    }
    let width = (base - 1).to_string().len();
    let mut digits = Vec::new();
    let mut rest = whole.clone();
    while rest.sign() != Sign::NoSign {
        digits.push(format!(
            " {:0width$}",
            i64::try_from(&rest % BigInt::from(base)).unwrap_or(0)
        ));
        rest /= BigInt::from(base);
    }
    digits.into_iter().rev().collect()
}

fn fraction_in(fraction: &Number, base: u32) -> String {
    let unit = ten(fraction.scale);
    if base == 10 {
        return format!(
            "{:0>width$}",
            fraction.digits.to_string(),
            width = fraction.scale
        );
    }
    // As many digits as are worth those of the decimal fraction.
    let mut text = String::new();
    let mut rest = fraction.digits.clone();
    let mut worth = BigInt::from(1);
    while worth < unit {
        rest *= BigInt::from(base);
        let digit = &rest / &unit;
        rest -= &digit * &unit;
        match base <= 16 {
            true => text.push_str(&digit.to_str_radix(base).to_uppercase()),
            false => text.push_str(&format!(" {digit:02}")),
        }
        worth *= BigInt::from(base);
    }
    text
}
