//! `Date` of an answer, by the machine's clock as it is when it is written.
//!
//! hyper would keep one for each thread, which does not go back with a clock that is set back.

use axum::http::HeaderValue;
use jiff::Timestamp;
use warifu_trust::UnixSeconds;

/// What `Date` says; nothing where the clock shows a day that cannot be, as RFC 9110 (6.6.1) has it for a
/// machine without a clock.
pub(super) fn date(now: UnixSeconds) -> Option<HeaderValue> {
    if !now.can_be() {
        return None;
    }
    let date = Timestamp::from_second(now.seconds()).ok()?.strftime("%a, %d %b %Y %H:%M:%S GMT");
    HeaderValue::try_from(date.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_shows_no_day_that_can_be_is_not_told() {
        let said = |seconds: i64| date(UnixSeconds::new(seconds));
        assert_eq!(said(784_111_777).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
        // As `log::now` has them: before 1970, and after 9999.
        assert_eq!((said(-1), said(0), said(i64::MAX)), (None, None, None));
    }
}
