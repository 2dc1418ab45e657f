//! Looking through bytes sixteen at a time. The crate `memchr` does so too, but on WebAssembly a call of it that finds its byte soon costs ten times as much,
//! and lines and fields are short.

/// How many bytes are looked at in one step.
const STEP: usize = 16;

/// Where `byte` is first.
#[inline]
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at + STEP <= text.len() {
        let mask = equal(whole(text, at), byte);
        if mask != 0 {
            return Some(at + mask.trailing_zeros() as usize);
        }
        at += STEP;
    }
    let rest = &text[at..];
    rest.iter()
        .position(|found| *found == byte)
        .map(|place| at + place)
}

/// Where `byte` is last.
#[inline]
pub fn find_last(byte: u8, text: &[u8]) -> Option<usize> {
    let mut end = text.len();
    while end >= STEP {
        let mask = equal(whole(text, end - STEP), byte);
        if mask != 0 {
            return Some(end - 1 - (mask << (32 - STEP)).leading_zeros() as usize);
        }
        end -= STEP;
    }
    text[..end].iter().rposition(|found| *found == byte)
}

/// How often `byte` is there.
#[inline]
pub fn count(byte: u8, text: &[u8]) -> usize {
    let steps = text.chunks_exact(STEP);
    let rest = steps.remainder().iter().filter(|found| **found == byte);
    let rest = rest.count();
    let whole = steps.map(|step| equal(array(step), byte).count_ones() as usize);
    whole.sum::<usize>() + rest
}

/// Whether two texts are the same. What `==` calls goes byte by byte.
#[inline]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let (words, others) = (one.chunks_exact(8), other.chunks_exact(8));
    let mut rests = words.remainder().iter().zip(others.remainder());
    one.len() == other.len()
        && words
            .zip(others)
            .all(|(one, other)| word(one) == word(other))
        && rests.all(|(one, other)| one == other)
}

/// All places of `byte`, in their order.
#[inline]
pub fn places(byte: u8, text: &[u8]) -> Places<'_> {
    Places {
        text,
        byte,
        next: 0,
        base: 0,
        mask: 0,
    }
}

pub struct Places<'a> {
    text: &'a [u8],
    byte: u8,
    /// Where the next step begins.
    next: usize,
    /// Where the last one began.
    base: usize,
    /// What it found that was not given out.
    mask: u32,
}

impl Iterator for Places<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            if self.next >= self.text.len() {
                return None;
            }
            self.base = self.next;
            self.next += STEP;
            self.mask = equal(padded(self.text, self.base, !self.byte), self.byte);
        }
        let place = self.base + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(place)
    }
}

/// Splits at runs of spaces, tabs and newlines, from `at` on, until `fields` has `wanted`. Answers where to go on, or nothing when all is split.
#[inline]
pub fn split_at_blanks(
    text: &[u8],
    at: usize,
    wanted: usize,
    fields: &mut Vec<(u32, u32)>,
) -> Option<usize> {
    let mut start = None;
    let mut base = at;
    while base < text.len() {
        let step = padded(text, base, b' ');
        let blank = equal(step, b' ') | equal(step, b'\t') | equal(step, b'\n');
        // What is turned over at each place where blanks begin or end is blank from there on.
        let mut turns = (blank ^ ((blank << 1) | u32::from(start.is_none()))) & 0xFFFF;
        while turns != 0 {
            let place = base + turns.trailing_zeros() as usize;
            turns &= turns - 1;
            match start.take() {
                None => start = Some(place),
                Some(start) => {
                    fields.push((start as u32, place as u32));
                    if fields.len() >= wanted {
                        return Some(place);
                    }
                }
            }
        }
        base += STEP;
    }
    if let Some(start) = start {
        fields.push((start as u32, text.len() as u32));
    }
    None
}

/// How many words begin in an ASCII text: letters and signs behind anything but another; control characters neither begin nor end one.
pub fn count_words(text: &[u8], in_word: &mut bool) -> usize {
    let mut words = 0;
    for base in (0..text.len()).step_by(STEP) {
        let length = STEP.min(text.len() - base);
        let step = padded(text, base, b' ');
        let (spaces, signs) = (spaces(step), signs(step));
        let all = (1_u32 << length) - 1;
        if (spaces | signs) & all == all {
            let begins = signs & !((signs << 1) | u32::from(*in_word)) & all;
            words += begins.count_ones() as usize;
            *in_word = signs >> (length - 1) & 1 == 1;
            continue;
        }
        for place in 0..length {
            if signs >> place & 1 == 1 {
                words += usize::from(!*in_word);
                *in_word = true;
            } else if spaces >> place & 1 == 1 {
                *in_word = false;
            }
        }
    }
    words
}

#[inline]
fn array(step: &[u8]) -> [u8; STEP] {
    step.try_into().unwrap_or([0; STEP])
}

#[inline]
fn whole(text: &[u8], at: usize) -> [u8; STEP] {
    array(&text[at..at + STEP])
}

/// The bytes at a place, with `fill` behind the end of the text.
#[inline]
fn padded(text: &[u8], at: usize, fill: u8) -> [u8; STEP] {
    match text.get(at..at + STEP) {
        Some(step) => array(step),
        None => {
            let mut step = [fill; STEP];
            let rest = &text[at..];
            step[..rest.len()].copy_from_slice(rest);
            step
        }
    }
}

/// A bit for each byte that is `byte`.
#[cfg(target_feature = "simd128")]
#[inline]
fn equal(step: [u8; STEP], byte: u8) -> u32 {
    use std::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_splat, v128, v128_load};
    // SAFETY: an array is sixteen bytes to load, from any address.
    let step = unsafe { v128_load(step.as_ptr().cast::<v128>()) };
    u32::from(u8x16_bitmask(u8x16_eq(step, u8x16_splat(byte))))
}

/// A bit for each byte from `first` to `last`.
#[cfg(target_feature = "simd128")]
#[inline]
fn between(step: [u8; STEP], first: u8, last: u8) -> u32 {
    use std::arch::wasm32::{u8x16_bitmask, u8x16_le, u8x16_splat, u8x16_sub, v128, v128_load};
    // SAFETY: as for `equal`.
    let step = unsafe { v128_load(step.as_ptr().cast::<v128>()) };
    let above = u8x16_sub(step, u8x16_splat(first));
    u32::from(u8x16_bitmask(u8x16_le(above, u8x16_splat(last - first))))
}

#[cfg(not(target_feature = "simd128"))]
#[inline]
fn between(step: [u8; STEP], first: u8, last: u8) -> u32 {
    let bits = step.iter().enumerate();
    bits.map(|(place, found)| u32::from((first..=last).contains(found)) << place)
        .sum()
}

#[inline]
fn spaces(step: [u8; STEP]) -> u32 {
    between(step, b'\t', b'\r') | equal(step, b' ')
}

#[inline]
fn signs(step: [u8; STEP]) -> u32 {
    between(step, b'!', b'~')
}

#[cfg(not(target_feature = "simd128"))]
#[inline]
fn equal(step: [u8; STEP], byte: u8) -> u32 {
    let bits = step.iter().enumerate();
    bits.map(|(place, found)| u32::from(*found == byte) << place)
        .sum()
}
