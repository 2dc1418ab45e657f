//! Programs that take more than their share. Each ends by the machine's limits, or prints how far it came.

use crate::facts::{Scratch, create, open, write};
use std::hint::black_box;
use std::io::Write as _;

/// A chain of directories as deep as it is wide would take minutes to make; this is deep enough to overflow a recursion.
const DEPTH_MAX: usize = 10_000;

/// Runs the hostile command that `words` name, if they do.
pub fn run(words: &[&str]) -> Option<i32> {
    match *words {
        ["spin"] => spin(),
        ["recurse"] => println!("{}", recurse(0)),
        ["flood"] => return Some(flood()),
        ["grow"] => grow(),
        ["open-many", count] => open_many(count.parse().ok()?),
        ["sparse", offset] => sparse(offset.parse().ok()?),
        ["directory-bomb", count] => directory_bomb(count.parse().ok()?),
        ["symlink-loop"] => symlink_loop(),
        ["trap", kind] => return trap(kind),
        _ => return None,
    }
    Some(0)
}

fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Each level keeps something on the stack that the optimiser can't take away.
fn recurse(depth: u64) -> u64 {
    let kept = black_box([depth; 4]);
    match depth {
        u64::MAX => kept[0],
        _ => recurse(depth + 1).wrapping_add(black_box(kept)[1]),
    }
}

fn flood() -> i32 {
    let line = [b'x'; 8191]
        .iter()
        .chain(b"\n")
        .copied()
        .collect::<Vec<u8>>();
    let mut out = std::io::stdout().lock();
    while out.write_all(&line).is_ok() {}
    eprintln!("probe: standard output takes no more");
    1
}

fn grow() {
    use std::arch::wasm32::{memory_grow, memory_size};
    let mut step = 1024;
    while step > 0 {
        if memory_grow::<0>(step) == usize::MAX {
            step /= 2;
        }
    }
    println!("{} pages", memory_size::<0>());
}

fn open_many(count: usize) {
    let scratch = Scratch::new("open-many");
    let path = scratch.at("file");
    let mut last = None;
    for at in 0..count {
        match create(&path) {
            Ok(fd) => last = Some(fd),
            Err(errno) => return println!("{at} opened, then {}", errno.name()),
        }
    }
    println!("{count} opened, the last as {last:?}");
}

fn sparse(offset: i64) {
    let scratch = Scratch::new("sparse");
    let result = create(&scratch.at("file")).and_then(|fd| {
        // SAFETY: takes no memory.
        unsafe { wasi::fd_seek(fd, offset, wasi::WHENCE_SET)? };
        write(fd, b"x")
    });
    match result {
        Ok(count) => println!("{count} byte written at {offset}"),
        Err(errno) => println!("{}", errno.name()),
    }
}

/// `count` directories side by side, then as many inside one another.
fn directory_bomb(count: usize) {
    let scratch = Scratch::new("directory-bomb");
    let wide = (0..count)
        .try_for_each(|at| make(&scratch.at(&format!("w{at}"))).map_err(|errno| (at, errno)));
    report("wide", count, wide);
    let mut path = scratch.at("deep");
    let deep = (0..count.min(DEPTH_MAX)).try_for_each(|at| {
        let made = make(&path).map_err(|errno| (at, errno));
        path.push_str("/d");
        made
    });
    report("deep", count.min(DEPTH_MAX), deep);
}

fn make(path: &str) -> Result<(), wasi::Errno> {
    // SAFETY: passes memory of this frame.
    unsafe { wasi::path_create_directory(crate::facts::ROOT, path) }
}

fn report(what: &str, count: usize, result: Result<(), (usize, wasi::Errno)>) {
    match result {
        Ok(()) => println!("{what}: {count} made"),
        Err((made, errno)) => println!("{what}: {made} made, then {}", errno.name()),
    }
}

fn symlink_loop() {
    let scratch = Scratch::new("symlink-loop");
    // SAFETY: passes memory of this frame.
    let made = unsafe { wasi::path_symlink("loop", crate::facts::ROOT, &scratch.at("loop")) };
    match made.and_then(|()| open(&scratch.at("loop"), 0, 0)) {
        Ok(fd) => println!("opened as {fd}"),
        Err(errno) => println!("{}", errno.name()),
    }
}

fn trap(kind: &str) -> Option<i32> {
    match kind {
        "unreachable" => std::arch::wasm32::unreachable(),
        // SAFETY: never; that is the point. The engine traps on both.
        "div0" => unsafe {
            black_box(
                black_box(1_i32)
                    .checked_div(black_box(0))
                    .unwrap_unchecked(),
            )
        },
        "oob" => unsafe { i32::from(black_box((usize::MAX - 16) as *const u8).read_volatile()) },
        _ => return None,
    };
    Some(0)
}
