//! What a word consists of. OWNER: expand.

/// A word taken apart, its braces expanded: the owner decides its shape.
#[derive(Debug)]
pub struct ParsedWord {}
