//! Why an operator does something.

use warifu_usage::Refusal;

use crate::state::{NoReason, Reason};

/// A reason; why a text is none is said in both languages.
pub(super) fn reason(text: &str) -> Result<Reason, Refusal> {
    text.parse().map_err(|no_reason: NoReason| Refusal::of(&no_reason))
}
