//! `trap`: which command runs on which signal or event. OWNER: execute.

use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Traps {}
