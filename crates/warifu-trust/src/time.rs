//! Instants. Nothing in this crate asks what time it is; the caller says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use warifu_values::day::TreatmentDay;
use warifu_values::lang::Lang;

/// 9999-12-30T22:00:00Z, the last instant that can be written with every offset; TUF's format ends that year.
const LAST: i64 = 253_402_207_200;

/// An instant in whole seconds since 1970-01-01T00:00:00Z, within 1970..=9999.
///
/// Shown and stored as `2026-04-01T00:00:00Z`, the format of TUF's `expires` (specification 1.0, section
/// 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnixSeconds(i64);

impl UnixSeconds {
    /// 1970-01-01T00:00:00Z: before every expiry.
    pub const EPOCH: UnixSeconds = UnixSeconds(0);

    /// The last instant there is here.
    pub const LAST: UnixSeconds = UnixSeconds(LAST);

    /// The instant `seconds` after 1970 began, drawn to the nearest of 1970 and 9999 when outside.
    pub fn new(seconds: i64) -> Self {
        UnixSeconds(seconds.clamp(0, LAST))
    }

    /// Whether a clock that is right can show it: what was drawn to the nearest is not.
    pub fn can_be(self) -> bool {
        self > UnixSeconds::EPOCH && self < UnixSeconds::LAST
    }

    /// Seconds since 1970 began.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// As programs read it, and as it is stored and signed: `2026-04-01T00:00:00Z`.
    pub fn rfc3339(self) -> String {
        self.to_jiff().to_string()
    }

    /// The instant `days` times 24 hours earlier.
    pub(crate) fn less_days(self, days: u32) -> Self {
        UnixSeconds::new(self.0.saturating_sub(i64::from(days) * 86_400))
    }

    /// The instant `days` times 24 hours later, at most the end of 9999.
    pub fn plus_days(self, days: u32) -> Self {
        UnixSeconds::new(self.0.saturating_add(i64::from(days) * 86_400))
    }

    /// The treatments of the day that it is in Japan.
    pub fn day_in_japan(self) -> TreatmentDay {
        let day = self.to_jiff().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(9))).date();
        // Each instant that there is here has such a day.
        TreatmentDay::parse(&day.to_string()).unwrap_or(TreatmentDay::EARLIEST)
    }

    /// As people in Japan write it, in that language: `2026-04-01 09:00:00 JST`, 令和8年4月1日 9時00分.
    pub fn said(self, lang: Lang) -> String {
        let Lang::Ja = lang else { return self.to_string() };
        const JAPAN: i64 = 9 * 60 * 60;
        let minutes = (self.0 + JAPAN).div_euclid(60).rem_euclid(24 * 60);
        format!("{} {}時{:02}分", self.day_in_japan().said(lang), minutes / 60, minutes % 60)
    }

    /// The same to the second, where people sign it or compare it: 令和8年4月1日 9時00分05秒.
    pub fn said_exactly(self, lang: Lang) -> String {
        match (lang, self.0.rem_euclid(60)) {
            (Lang::En, _) | (Lang::Ja, 0) => self.said(lang),
            (Lang::Ja, seconds) => format!("{}{seconds:02}秒", self.said(lang)),
        }
    }

    pub(crate) fn to_jiff(self) -> jiff::Timestamp {
        // Always in range because of the clamp; the fallback can never be later than the instant meant.
        jiff::Timestamp::from_second(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    pub(crate) fn from_jiff(instant: jiff::Timestamp) -> Self {
        UnixSeconds::new(instant.as_second())
    }
}

/// As English says it, `2026-04-01 09:00:00 JST`; people are told it by [`UnixSeconds::said`] and
/// [`UnixSeconds::said_exactly`], programs by [`UnixSeconds::rfc3339`].
impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let there = self.to_jiff().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(9))).datetime();
        write!(f, "{} {} JST", there.date(), there.time())
    }
}

/// The text was no instant such as `2026-04-01T00:00:00Z` or `2026-04-01T09:00:00+09:00`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an instant like 2026-04-01T00:00:00Z or 2026-04-01T09:00:00+09:00: {0:?}")]
pub struct NotAnInstant(String);

impl FromStr for UnixSeconds {
    type Err = NotAnInstant;

    /// Reads RFC 3339 with any offset. A fraction of a second is refused: nobody signs half seconds, and
    /// cutting it off silently would make two different texts the same instant.
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let refused = || NotAnInstant(text.chars().take(64).collect());
        let instant: jiff::Timestamp = text.parse().map_err(|_| refused())?;
        let seconds = instant.as_second();
        if instant.subsec_nanosecond() != 0 || !(0..=LAST).contains(&seconds) {
            return Err(refused());
        }
        Ok(UnixSeconds(seconds))
    }
}

#[cfg(feature = "schemas")]
impl schemars::JsonSchema for UnixSeconds {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
            "description": "An instant in whole seconds, within 1970 to 9999.",
        })
    }
}

impl Serialize for UnixSeconds {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for UnixSeconds {
    /// Takes only the spelling that [`UnixSeconds::rfc3339`] writes, so that one instant has one text.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let instant: UnixSeconds = text.parse().map_err(serde::de::Error::custom)?;
        if instant.rfc3339() != text {
            return Err(serde::de::Error::custom(NotAnInstant(text)));
        }
        Ok(instant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_read_back_what_is_stored_and_people_read_the_time_in_japan() {
        let instant = UnixSeconds::new(1_775_001_600);
        assert_eq!(instant.to_string(), "2026-04-01 09:00:00 JST");
        assert_eq!(instant.said(Lang::Ja), "令和8年4月1日 9時00分");
        assert_eq!(instant.said_exactly(Lang::Ja), "令和8年4月1日 9時00分");
        let later = UnixSeconds::new(1_775_001_605);
        assert_eq!(later.said(Lang::Ja), "令和8年4月1日 9時00分");
        assert_eq!(later.said_exactly(Lang::Ja), "令和8年4月1日 9時00分05秒");
        assert_eq!(later.said_exactly(Lang::En), "2026-04-01 09:00:05 JST");
        assert_eq!(instant.rfc3339(), "2026-04-01T00:00:00Z");
        assert_eq!("2026-04-01T09:00:00+09:00".parse(), Ok(instant));
        assert_eq!(serde_json::to_string(&instant).unwrap(), "\"2026-04-01T00:00:00Z\"");
    }

    #[test]
    fn only_one_spelling_is_stored() {
        assert!(serde_json::from_str::<UnixSeconds>("\"2026-04-01T09:00:00+09:00\"").is_err());
        assert!("2026-04-01T00:00:00.5Z".parse::<UnixSeconds>().is_err());
        assert!("soon".parse::<UnixSeconds>().is_err());
    }

    #[test]
    fn the_edges_do_not_overflow() {
        assert_eq!(UnixSeconds::new(i64::MIN), UnixSeconds::EPOCH);
        assert_eq!(UnixSeconds::new(i64::MAX).plus_days(u32::MAX).rfc3339(), "9999-12-30T22:00:00Z");
    }
}
