//! The machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use warifu_trust::UnixSeconds;

/// The machine's clock: the only place here that reads it.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> UnixSeconds {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    UnixSeconds::new(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// The same in milliseconds since 1970-01-01 00:00 UTC.
#[cfg(feature = "fleet")]
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn now_millis() -> i64 {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    i64::try_from(millis).unwrap_or(i64::MAX)
}
