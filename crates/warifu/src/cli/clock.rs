//! What time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use warifu_trust::UnixSeconds;

/// What the clock shows. The only place of the commands that asks it.
pub(crate) fn now() -> UnixSeconds {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    UnixSeconds::new(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// The day it is in Japan.
pub(crate) fn today() -> jiff::civil::Date {
    day_of(now())
}

/// The day it is in Japan at this instant.
pub(crate) fn day_of(instant: UnixSeconds) -> jiff::civil::Date {
    let instant = jiff::Timestamp::from_second(instant.seconds()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    warifu::store::today(instant)
}
