//! What a process is born with: arguments, environment, entropy.

use crate::facts::Facts;
use std::collections::HashMap;

pub fn args(facts: &mut Facts) {
    for (at, argument) in std::env::args_os().enumerate() {
        facts.bytes(&format!("argument {at}"), argument.as_encoded_bytes());
    }
}

pub fn environ(facts: &mut Facts) {
    for (name, value) in std::env::vars_os() {
        facts.bytes(&name.to_string_lossy(), value.as_encoded_bytes());
    }
}

/// Both what the machine gives and what a library makes of it.
pub fn entropy(facts: &mut Facts) {
    for length in [0, 1, 8, 33, 256] {
        let mut bytes = vec![0; length];
        // SAFETY: the vector has the length passed.
        match unsafe { wasi::random_get(bytes.as_mut_ptr(), length) } {
            Ok(()) => facts.bytes(&format!("{length} bytes"), &bytes),
            Err(errno) => facts.note(&format!("{length} bytes"), errno.name()),
        }
    }
    let map: HashMap<u32, ()> = (0..32).map(|key| (key, ())).collect();
    let order: Vec<String> = map.keys().map(u32::to_string).collect();
    facts.note("order of a hash map", order.join(" "));
    let device = std::fs::read_link("/dev/urandom")
        .map(|_| ())
        .map_err(|error| error.kind());
    facts.note("/dev/urandom as a link", format!("{device:?}"));
}

/// What no well-formed program passes: another host may trap where ours answers an errno.
pub fn invalid(facts: &mut Facts) {
    // SAFETY: the machine checks addresses and numbers; whether it does is the question.
    unsafe {
        let clock = std::mem::transmute::<u32, wasi::Clockid>(77);
        facts.answer("a clock there isn't", wasi::clock_time_get(clock, 0));
        facts.answer(
            "an address nowhere",
            wasi::random_get(usize::MAX as *mut u8, 16),
        );
        facts.answer(
            "memory without an end",
            wasi::random_get(std::ptr::null_mut(), usize::MAX),
        );
        let buffer = wasi::Ciovec {
            buf: usize::MAX as *const u8,
            buf_len: 2,
        };
        facts.answer("a buffer nowhere", wasi::fd_write(1, &[buffer]));
    }
}
