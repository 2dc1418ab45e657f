//! Floats and memory: what engines and processors are known to differ in.

use crate::facts::{Facts, digest};
use std::alloc::{Layout, alloc, dealloc};
use std::hint::black_box;

/// Numbers whose sums, products and quotients are NaN, infinite, denormal or rounded.
const F64: [u64; 10] = [
    0,
    0x8000_0000_0000_0000,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7ff8_0000_0000_1234,
    0xfff8_0000_0000_5678,
    0x7ff0_0000_0000_0001,
    1,
    0x3ff0_0000_0000_0000,
    0x4009_21fb_5444_2d18,
];

pub fn float(facts: &mut Facts) {
    let mut bits = Vec::new();
    for a in F64.map(|bits| black_box(f64::from_bits(bits))) {
        for b in F64.map(|bits| black_box(f64::from_bits(bits))) {
            let results = [
                a + b,
                a - b,
                a * b,
                a / b,
                a.min(b),
                a.max(b),
                a.copysign(b),
            ];
            bits.extend(
                results
                    .iter()
                    .flat_map(|result| result.to_bits().to_le_bytes()),
            );
            let (a, b) = (black_box(a as f32), black_box(b as f32));
            let results = [
                a + b,
                a - b,
                a * b,
                a / b,
                a.min(b),
                a.max(b),
                a.copysign(b),
            ];
            bits.extend(
                results
                    .iter()
                    .flat_map(|result| result.to_bits().to_le_bytes()),
            );
        }
        let results = [
            a.sqrt(),
            a.floor(),
            a.ceil(),
            a.trunc(),
            a.abs(),
            -a,
            f64::from(a as f32),
        ];
        bits.extend(
            results
                .iter()
                .flat_map(|result| result.to_bits().to_le_bytes()),
        );
        bits.extend((a as i32).to_le_bytes());
        bits.extend((a as u64).to_le_bytes());
    }
    facts.note("all results", format!("{:016x}", digest(&bits)));
    let nothing = black_box(0.0_f64) / black_box(0.0);
    facts.note("0/0", format!("{:016x}", nothing.to_bits()));
    let single = black_box(0.0_f32) / black_box(0.0);
    facts.note(
        "0/0 in single precision",
        format!("{:08x}", single.to_bits()),
    );
    let library = [1e300_f64, 0.5, 12.75]
        .map(|x| black_box(x).sin() + black_box(x).exp().ln() + black_box(x).powf(0.3));
    facts.note(
        "sin, exp, ln, pow",
        format!(
            "{:016x}",
            digest(&library.map(f64::to_bits).map(u64::to_le_bytes).concat())
        ),
    );
}

#[cfg(target_arch = "wasm32")]
pub fn memory(facts: &mut Facts) {
    use std::arch::wasm32::{memory_grow, memory_size};
    const PAGE_BYTES: usize = 65_536;
    let before = memory_size::<0>();
    facts.note("pages", before);
    facts.note("grown by nothing", memory_grow::<0>(0));
    let start = memory_grow::<0>(1);
    facts.note("grown by one", start);
    if start != usize::MAX {
        // SAFETY: the page was just made, and nobody else knows of it.
        let page =
            unsafe { std::slice::from_raw_parts((start * PAGE_BYTES) as *const u8, PAGE_BYTES) };
        facts.note("a new page is zero", page.iter().all(|byte| *byte == 0));
    }
    facts.note(
        "grown by all there could be",
        memory_grow::<0>(65_536) as isize,
    );
    facts.note("pages afterwards", memory_size::<0>());
}

/// Memory that nobody has written: the same on every run, or something of the host shines through.
pub fn uninitialised(facts: &mut Facts) {
    for length in [16, 4096, 1 << 20] {
        let Ok(layout) = Layout::from_size_align(length, 16) else {
            continue;
        };
        // SAFETY: the layout isn't empty; the memory is read as bytes, which this target has no invalid ones of, and
        // freed as it was made.
        unsafe {
            let start = alloc(layout);
            if start.is_null() {
                facts.note(&format!("{length} bytes"), "no memory");
                continue;
            }
            let bytes: Vec<u8> = (0..length)
                .map(|at| start.add(at).read_volatile())
                .collect();
            dealloc(start, layout);
            facts.note(
                &format!("{length} bytes"),
                format!("{:016x}", digest(&bytes)),
            );
        }
    }
}
