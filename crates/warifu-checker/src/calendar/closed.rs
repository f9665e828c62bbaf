//! The times in which nothing is activated, in Japan's time, which knows no summer time.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use jiff::civil::Date;
use warifu_trust::UnixSeconds;

use crate::said::Said;

/// What Japan's clocks are ahead.
const AHEAD_SECONDS: i64 = 9 * 3600;
/// A day, always.
const DAY_SECONDS: i64 = 86_400;

/// Days of a month, 1 to 31. A month that is shorter has those that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days(RangeInclusive<i8>);

/// Hours of a day, from one minute to another: `08:00-24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from_minute: i64,
    until_minute: i64,
}

/// A time in which nothing is activated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// On these days of every month, in these hours.
    Monthly {
        /// The days.
        days: Days,
        /// The hours.
        hours: Hours,
        /// What goes on then.
        why: Said,
    },
    /// Once: an extension, a maintenance.
    Once {
        /// The first second.
        from: UnixSeconds,
        /// The first second after it.
        until: UnixSeconds,
        /// What goes on then.
        why: Said,
    },
}

/// The times in which nothing is activated here. There are always others: at least a minute on each day of
/// the months, but for what is entered once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    pub(super) closed: Vec<Closed>,
    /// Seconds before each of these times in which nothing is activated either.
    pub(super) lead_seconds: i64,
}

/// A calendar in which the months leave no minute to activate a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("day {day} of the month is closed from midnight to midnight: a release would wait for ever")]
pub struct NoHours {
    /// The first such day.
    pub day: i8,
}

impl Calendar {
    /// Nothing is closed.
    pub fn open() -> Calendar {
        Calendar::default()
    }

    /// With these times, and so many seconds before each.
    ///
    /// # Errors
    /// [`NoHours`]: a day of the month leaves none.
    pub fn new(closed: Vec<Closed>, lead_seconds: u32) -> Result<Calendar, NoHours> {
        let lead_minutes = i64::from(lead_seconds.div_ceil(60));
        for day in 1..=31 {
            let of_day = |closed: &Closed| match closed {
                Closed::Monthly { days, hours, .. } if days.0.contains(&day) => Some(*hours),
                _ => None,
            };
            let mut hours: Vec<Hours> = closed.iter().filter_map(of_day).collect();
            hours.sort_by_key(|hours| hours.from_minute);
            // What may be closed because the day after begins closed.
            let mut closed_until = 0;
            let mut is_open = false;
            for Hours { from_minute, until_minute } in hours {
                is_open |= from_minute - lead_minutes > closed_until;
                closed_until = closed_until.max(until_minute);
            }
            if !is_open && closed_until + lead_minutes >= DAY_SECONDS / 60 {
                return Err(NoHours { day });
            }
        }
        Ok(Calendar { closed, lead_seconds: i64::from(lead_seconds) })
    }
}

impl Closed {
    /// What goes on then.
    pub(super) fn why(&self) -> &Said {
        match self {
            Closed::Monthly { why, .. } | Closed::Once { why, .. } => why,
        }
    }

    /// The first second after it, where `at` lies in it or less than `lead_seconds` before.
    pub(super) fn end(&self, at: UnixSeconds, lead_seconds: i64) -> Option<UnixSeconds> {
        let is_in = |from: i64, until: i64| (from - lead_seconds..until).contains(&at.seconds());
        match self {
            Closed::Once { from, until, .. } => is_in(from.seconds(), until.seconds()).then_some(*until),
            Closed::Monthly { days, hours, .. } => {
                let today = (at.seconds() + AHEAD_SECONDS).div_euclid(DAY_SECONDS);
                // The day after may be as near as the lead.
                let last = (at.seconds() + lead_seconds + AHEAD_SECONDS).div_euclid(DAY_SECONDS);
                let interval = |day: i64| {
                    let midnight = day * DAY_SECONDS - AHEAD_SECONDS;
                    let minute = |minute: i64| midnight + minute * 60;
                    let (from, until) = (minute(hours.from_minute), minute(hours.until_minute));
                    days.hold(day_of_month(day)).then_some((from, until))
                };
                let found = (today..=last).filter_map(interval).find(|(from, until)| is_in(*from, *until));
                found.map(|(_, until)| UnixSeconds::new(until))
            }
        }
    }
}

/// Of the day so many days after 1 January 1970.
fn day_of_month(day: i64) -> i8 {
    let instant = jiff::Timestamp::from_second(day * DAY_SECONDS).unwrap_or_default();
    instant.to_zoned(jiff::tz::TimeZone::UTC).date().day()
}

/// The instant of this minute in Japan.
pub(super) fn minute_in_japan(day: Date, minute: i64) -> UnixSeconds {
    let midnight = day.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |day| day.timestamp().as_second());
    UnixSeconds::new(midnight - AHEAD_SECONDS + minute * 60)
}

impl Days {
    fn hold(&self, day: i8) -> bool {
        self.0.contains(&day)
    }
}

impl FromStr for Days {
    type Err = String;

    /// `5-10`, or one day: `12`.
    fn from_str(text: &str) -> Result<Days, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let day = |text: &str| text.trim().parse().ok().filter(|day| (1..=31).contains(day));
        match (day(first), day(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Days(first..=last)),
            _ => Err(format!("no days of a month, like 5-10 or 12: {text:?}")),
        }
    }
}

impl FromStr for Hours {
    type Err = String;

    /// `08:00-21:00`; the end may be 24:00.
    fn from_str(text: &str) -> Result<Hours, String> {
        let (from, until) = text.split_once('-').unwrap_or((text, ""));
        match (minute(from), minute(until)) {
            (Some(from_minute), Some(until_minute)) if from_minute < until_minute => {
                Ok(Hours { from_minute, until_minute })
            }
            _ => Err(format!("no hours of a day, like 08:00-21:00 or 08:00-24:00: {text:?}")),
        }
    }
}

/// The minute of a day: `08:00`, up to `24:00`.
pub(super) fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |text: &str| text.parse::<i64>().ok().filter(|_| text.len() == 2 && !text.starts_with('+'));
    let (hour, minute) = (two(hour)?, two(minute)?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= 24 * 60).then_some(of_day)
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hours { from_minute, until_minute } = self;
        let (from, until) = (from_minute / 60, until_minute / 60);
        write!(f, "{from:02}:{:02}-{until:02}:{:02}", from_minute % 60, until_minute % 60)
    }
}
