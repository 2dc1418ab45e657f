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

/// How often `byte` is there.
#[inline]
pub fn count(byte: u8, text: &[u8]) -> usize {
    let steps = text.chunks_exact(STEP);
    let rest = steps.remainder().iter().filter(|found| **found == byte);
    let rest = rest.count();
    let whole = steps.map(|step| equal(array(step), byte).count_ones() as usize);
    whole.sum::<usize>() + rest
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

#[cfg(not(target_feature = "simd128"))]
#[inline]
fn equal(step: [u8; STEP], byte: u8) -> u32 {
    let bits = step.iter().enumerate();
    bits.map(|(place, found)| u32::from(*found == byte) << place)
        .sum()
}
