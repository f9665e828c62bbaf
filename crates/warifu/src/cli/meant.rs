//! Texts that people write for other people: what stands in an example in their place is none.

use warifu::advice::says_nothing;
use warifu::error::{Exit, Failure};

/// Refuses `text`, given with `option`, where it says nothing.
pub(crate) fn meant(option: &str, text: &str) -> Result<(), Failure> {
    if !says_nothing(text) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::CouldNotRun,
        format!("{option} says nothing ({text:?}): write, in your own words, what everybody will read there"),
        format!(
            "{option} の内容が入力されていません（{text:?}）。関係者全員が読む内容を具体的に書いてください"
        ),
    ))
}
