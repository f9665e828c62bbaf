//! The machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use warifu_trust::UnixSeconds;

/// The machine's clock: the only place here that reads it.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> UnixSeconds {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    UnixSeconds::new(i64::try_from(seconds).unwrap_or(i64::MAX))
}
