//! `cargo bench -p peers` runs the lines of the benches `shell` and `tools` on three shells: ours, GNU bash as a child process, and bashkit.
//!
//! A workspace member of its own, so that no ordinary build compiles a peer.
