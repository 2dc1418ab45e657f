//! Jobs: background processes by number. OWNER: execute.

use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Jobs {}
