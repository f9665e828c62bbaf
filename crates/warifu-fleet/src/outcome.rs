//! What became of a commit, as far as somebody knows: known once, it stays so.

use serde::{Deserialize, Serialize};

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A majority armed.
    TakesPlace,
    /// No majority armed or ever will.
    Void,
}
