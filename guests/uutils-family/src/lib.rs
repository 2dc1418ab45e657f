//! Joins utilities of uutils coreutils into one guest, with their messages ready when it starts.
//!
//! uucore parses the texts of a utility (Fluent resources) each time it starts, which is 98 % of what `true` costs. They
//! are the same every time. So the build puts the English texts of all the utilities of a family into one resource,
//! `uu_<family>-0/locales/en-US.ftl`, beside the crates, where uucore's build script finds it as if the family
//! were a utility, and [`freeze`] lets uucore parse it once, when the guest is pinned. No message id occurs in two
//! utilities with different texts; `./build` checks that.

use std::ffi::c_char;
use std::ptr::null_mut;

mod stderr;
mod words;

unsafe extern "C" {
    /// wasi-libc's environment, `-1` until it is fetched.
    static mut __wasilibc_environ: *mut *mut c_char;
}

/// Parses the texts of `family`, unless the image already holds them parsed.
///
/// uucore asks the environment for `LANG`, which is an import, and none may be called while an image is frozen. The
/// environment it finds is therefore an empty one, and the real one is fetched afresh by whoever asks next: a guest's
/// messages are English in every environment, as on a system without other locales.
pub fn freeze(family: &str) {
    let mut nothing: [*mut c_char; 1] = [null_mut()];
    // SAFETY: a guest has one thread, and nobody keeps a pointer into the empty environment.
    unsafe {
        let before = __wasilibc_environ;
        __wasilibc_environ = (&raw mut nothing).cast();
        // Without texts (a plain `cargo build`) utilities still work, and their messages show as ids.
        let _ = uucore::locale::setup_localization(family);
        __wasilibc_environ = before;
    }
}
