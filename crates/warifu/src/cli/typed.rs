//! Days and instants from the command line, as people write them.

use std::convert::Infallible;

use jiff::civil::Date;
use warifu_trust::UnixSeconds;
use warifu_usage::{Refusal, day};
use warifu_values::typed::{self, half_width};

/// A day of the calendar.
pub(crate) fn date(text: &str) -> Result<Date, Refusal> {
    let number = day(text)?.as_number();
    let part = |by: u32, of: u32| i64::from(number / by % of);
    let (year, month, day) = (part(10_000, 10_000), part(100, 100), part(1, 100));
    Date::new(year as i16, month as i8, day as i8).map_err(|_| not_an_instant())
}

/// A code, or the name of a series, as it is typed: also with full-width letters and digits.
pub(crate) fn code(text: &str) -> Result<String, Infallible> {
    Ok(half_width(text.trim()))
}

/// An instant: RFC 3339, or a day with or without a time of the clock in Japan.
pub(crate) fn instant(text: &str) -> Result<UnixSeconds, Refusal> {
    let text = half_width(text.trim());
    text.parse().ok().or_else(|| in_japan(&text)).ok_or_else(not_an_instant)
}

fn in_japan(text: &str) -> Option<UnixSeconds> {
    let (day, clock) = text.split_once([' ', 'T']).unwrap_or((text, "0:00"));
    let clock = clock.trim().replacen('時', ":", 1).replacen('分', "", 1);
    let (hour, minute) = clock.split_once(':')?;
    let number = |part: &str| if part.is_empty() { Some(0) } else { part.parse::<u32>().ok() };
    let (day, hour, minute) = (typed::day(day)?, number(hour)?, number(minute)?);
    format!("{day}T{hour:02}:{minute:02}:00+09:00").parse().ok()
}

fn not_an_instant() -> Refusal {
    Refusal::new(
        "a day (from 00:00 in Japan), a day and a time there such as 2026-12-01 05:00, or an instant such as \
         2026-12-01T05:00:00+09:00",
        "日付（日本時間 0 時から）、日付と時刻（2026-12-01 05:00、令和8年12月1日 5時）、または \
         2026-12-01T05:00:00+09:00 の形で指定してください",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_understood_as_people_write_them() {
        let at = |text: &str| text.parse::<UnixSeconds>().unwrap();
        let midnight = at("2026-12-01T00:00:00+09:00");
        for text in ["2026-12-01", "令和8年12月1日", "２０２６－１２－０１", "2026-11-30T15:00:00Z"]
        {
            assert_eq!(instant(text), Ok(midnight), "{text}");
        }
        let five = at("2026-12-01T05:30:00+09:00");
        for text in ["2026-12-01 05:30", "2026-12-01T05:30", "令和8年12月1日　5時30分", "2026/12/1 5:30"]
        {
            assert_eq!(instant(text), Ok(five), "{text}");
        }
        for text in ["", "5時", "2026-12-01 25:00", "2026-13-01", "2026-12-01T05:30:00"] {
            assert!(instant(text).is_err(), "{text}");
        }
        assert_eq!(date("令和6年6月28日").unwrap().to_string(), "2024-06-28");
    }
}
