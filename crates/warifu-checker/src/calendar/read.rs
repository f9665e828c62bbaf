//! A calendar as people write it: a TOML file with a table `windows`, in Japan's time.

use jiff::civil::DateTime;
use serde::Deserialize;
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::calendar::closed::{Calendar, Closed, Days, Hours, NoHours, minute_in_japan};
use crate::said::Said;

/// The calendar that is built in.
const FIELD: &str = include_str!("field.toml");

/// So many entries are read: a year has twelve months.
const MOST: usize = 512;
/// The longest that is closed once: longer would be a calendar of its own.
const LONGEST_DAYS: u32 = 62;
/// The longest lead.
const LONGEST_LEAD_MINUTES: u32 = 12 * 60;

/// The file.
#[derive(Debug, Deserialize)]
struct File {
    windows: Windows,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Windows {
    #[serde(default)]
    lead_minutes: u32,
    #[serde(default)]
    areas: Vec<String>,
    #[serde(default)]
    monthly: Vec<Monthly>,
    #[serde(default)]
    once: Vec<Once>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Monthly {
    days: String,
    hours: String,
    area: Option<String>,
    en: String,
    ja: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Once {
    from: DateTime,
    until: DateTime,
    area: Option<String>,
    en: String,
    ja: String,
}

/// A calendar that cannot be used.
#[derive(Debug)]
pub enum CalendarError {
    /// It is no TOML, or has other fields.
    NotRead(Box<toml::de::Error>),
    /// An entry says nothing that can be.
    Entry {
        /// Its place in the file, from 1, among those of its kind.
        number: usize,
        /// What is wrong.
        why: String,
    },
    /// An area that the calendar does not list.
    NoSuchArea {
        /// It.
        area: String,
        /// Those that it lists.
        areas: Vec<String>,
    },
    /// There are more entries than are read.
    TooMany,
    /// The months leave no minute.
    NoHours(NoHours),
}

impl Speak for CalendarError {
    fn say(&self, lang: Lang) -> String {
        match self {
            CalendarError::NotRead(_) => say!(lang, "the calendar cannot be read", "カレンダーを読めません"),
            CalendarError::Entry { number, why } => {
                say!(lang, "entry {number} of the calendar: {why}", "カレンダーの {number} 番目の項目: {why}")
            }
            CalendarError::NoSuchArea { area, areas } => {
                let areas = areas.join(", ");
                say!(
                    lang,
                    "the calendar lists no area {area:?}; it has: {areas}",
                    "カレンダーに地域 {area:?} はありません。あるのは: {areas}"
                )
            }
            CalendarError::TooMany => {
                say!(
                    lang,
                    "the calendar has more than {MOST} entries",
                    "カレンダーの項目が {MOST} を超えています"
                )
            }
            CalendarError::NoHours(NoHours { day }) => say!(
                lang,
                "the calendar leaves no minute on day {day} of the month: a release would wait for ever",
                "カレンダーでは毎月 {day} 日に切替できる時間がありません"
            ),
        }
    }
}

impl std::fmt::Display for CalendarError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for CalendarError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CalendarError::NotRead(error) => Some(error),
            _ => None,
        }
    }
}

impl Calendar {
    /// The calendar of the field, as it holds in `area`.
    ///
    /// # Errors
    /// [`CalendarError::NoSuchArea`].
    pub fn of_the_field(area: Option<&str>) -> Result<Calendar, CalendarError> {
        Calendar::parse(FIELD, area)
    }

    /// A calendar as it holds in `area`; without one, what names an area does not hold.
    ///
    /// # Errors
    /// [`CalendarError`].
    pub fn parse(text: &str, area: Option<&str>) -> Result<Calendar, CalendarError> {
        let file: File = toml::from_str(text).map_err(|error| CalendarError::NotRead(error.into()))?;
        let Windows { lead_minutes, areas, monthly, once } = file.windows;
        if monthly.len() + once.len() > MOST {
            return Err(CalendarError::TooMany);
        }
        let is_listed = |area: &str| match areas.iter().any(|listed| listed == area) {
            true => Ok(()),
            false => Err(CalendarError::NoSuchArea { area: area.to_owned(), areas: areas.clone() }),
        };
        area.map_or(Ok(()), is_listed)?;
        let holds_here = |of: Option<&str>| -> Result<bool, CalendarError> {
            of.map_or(Ok(()), is_listed)?;
            Ok(of.is_none_or(|of| Some(of) == area))
        };
        let mut closed = Vec::new();
        for (number, Monthly { days, hours, area, en, ja }) in (1..).zip(monthly) {
            let entry = |why| CalendarError::Entry { number, why };
            let (days, hours): (Days, Hours) = (days.parse().map_err(entry)?, hours.parse().map_err(entry)?);
            if holds_here(area.as_deref())? {
                closed.push(Closed::Monthly { days, hours, why: Said::new(en, ja) });
            }
        }
        for (number, Once { from, until, area, en, ja }) in (1..).zip(once) {
            let (from, until) = (instant(from), instant(until));
            if from >= until || from.plus_days(LONGEST_DAYS) < until {
                let why = format!("it ends before it begins, or lasts more than {LONGEST_DAYS} days");
                return Err(CalendarError::Entry { number, why });
            }
            if holds_here(area.as_deref())? {
                closed.push(Closed::Once { from, until, why: Said::new(en, ja) });
            }
        }
        let lead = lead_minutes.min(LONGEST_LEAD_MINUTES) * 60;
        Calendar::new(closed, lead).map_err(CalendarError::NoHours)
    }
}

fn instant(there: DateTime) -> UnixSeconds {
    minute_in_japan(there.date(), i64::from(there.hour()) * 60 + i64::from(there.minute()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{May, may_activate};
    use crate::state::Marks;

    const AREAS: &str = r#"
        [windows]
        areas = ["east", "west"]
        [[windows.once]]
        from = "2026-06-13T00:00"
        until = "2026-06-14T06:00"
        area = "east"
        en = "maintenance"
        ja = "保守"
    "#;

    #[test]
    fn an_area_has_its_own_maintenance() {
        let at = "2026-06-13T12:00:00+09:00".parse().unwrap();
        let may = |area| may_activate(&Calendar::parse(AREAS, area).unwrap(), at, &Marks::default());
        let until = "2026-06-14T06:00:00+09:00".parse().unwrap();
        assert_eq!(may(Some("east")), May::At(until, Said::new("maintenance", "保守")));
        assert_eq!((may(Some("west")), may(None)), (May::Now, May::Now));
        let mistyped = Calendar::parse(AREAS, Some("eats")).unwrap_err();
        assert!(mistyped.to_string().contains("east, west"), "{mistyped}");
        let mistyped = Calendar::parse(&AREAS.replace("area = \"east\"", "area = \"eats\""), None);
        assert!(matches!(mistyped, Err(CalendarError::NoSuchArea { .. })));
    }

    #[test]
    fn what_says_nothing_that_can_be_is_refused() {
        let monthly = |days: &str, hours: &str| {
            let entry = format!("days = \"{days}\"\nhours = \"{hours}\"\nen = \"e\"\nja = \"j\"");
            Calendar::parse(&format!("[windows]\n[[windows.monthly]]\n{entry}"), None).is_ok()
        };
        assert!(monthly("5-10", "08:00-24:00") && monthly("31", "00:00-00:01"));
        for (days, hours) in [
            ("0", "08:00-21:00"),
            ("10-5", "08:00-21:00"),
            ("5-32", "08:00-21:00"),
            ("", "08:00-21:00"),
            ("5", "21:00-08:00"),
            ("5", "08:00-24:01"),
            ("5", "8-21"),
            ("5", "08:60-21:00"),
            ("5", "+8:00-21:00"),
            ("5", "00:00-24:00"),
        ] {
            assert!(!monthly(days, hours), "{days} {hours}");
        }
        let turned = AREAS.replace("2026-06-13T00:00", "2026-06-15T00:00");
        assert!(matches!(Calendar::parse(&turned, None), Err(CalendarError::Entry { number: 1, .. })));
        assert!(Calendar::parse("[windows]\nhours = 1", None).is_err());
        assert!(Calendar::parse("", None).is_err());
    }
}
