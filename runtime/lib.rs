//! draft
mod digest;
mod engine;
pub mod limits;
mod machine;
mod wasi;
pub use digest::Digest;
pub use limits::Limits;
