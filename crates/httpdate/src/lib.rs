//! Instants as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT`. It stands in the place of the crate of that
//! name (`[patch.crates-io]`), of which hyper alone asks anything, and has what hyper asks.
//!
//! hyper reads the clock whenever a connection goes on, also where it writes no `Date`, and the crate of that
//! name panics before 1970 and after 9999: a machine whose clock is broken would answer nobody. Here such an
//! instant is drawn to the nearest that can be written. Nothing is read here: nobody in this workspace asks.

use std::fmt;
use std::time::SystemTime;

use jiff::Timestamp;

/// An instant to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HttpDate(Timestamp);

impl From<SystemTime> for HttpDate {
    fn from(instant: SystemTime) -> Self {
        let is_before = instant < SystemTime::UNIX_EPOCH;
        // What cannot be said is before the year -9999 or after 9999.
        let nearest = if is_before { Timestamp::UNIX_EPOCH } else { Timestamp::MAX };
        HttpDate(Timestamp::try_from(instant).unwrap_or(nearest).max(Timestamp::UNIX_EPOCH))
    }
}

impl fmt::Display for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn said(instant: SystemTime) -> String {
        HttpDate::from(instant).to_string()
    }

    #[test]
    fn any_clock_has_a_date_of_the_length_that_hyper_has_room_for() {
        let at = |seconds: u64| UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(said(at(784_111_777)), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(said(at(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(said(UNIX_EPOCH - Duration::from_secs(1 << 40)), said(at(0)));
        assert_eq!(said(UNIX_EPOCH - Duration::from_nanos(1)), said(at(0)));
        // The year 10000, and what no calendar has.
        for beyond in [253_402_300_800, 1 << 45, 1 << 60] {
            assert_eq!(said(at(beyond)), "Thu, 30 Dec 9999 22:00:00 GMT");
        }
        assert!((0..4_000).all(|day| said(at(day * 86_399)).len() == 29));
    }
}
