//! May a release be activated at this instant, and if not, when?

use warifu_trust::UnixSeconds;

use crate::calendar::closed::Calendar;
use crate::said::Said;
use crate::state::Marks;

/// Whether a release may be activated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// At once.
    Now,
    /// Not before this instant, because of this.
    At(UnixSeconds, Said),
}

/// Whether a release with these `marks` may be activated at `at`: by `calendar`, unless it is an emergency,
/// which passes every closed time. The first instant that is open, where it may not now, and what goes on at
/// `at`.
pub fn may_activate(calendar: &Calendar, at: UnixSeconds, marks: &Marks) -> May {
    if marks.emergency.is_some() {
        return May::Now;
    }
    let Calendar { closed, lead_seconds } = calendar;
    let covers = |at: UnixSeconds| {
        closed.iter().filter_map(move |closed| Some((closed.end(at, *lead_seconds)?, closed.why())))
    };
    let Some((_, why)) = covers(at).next() else { return May::Now };
    let mut open = at;
    // Each step leaves a closed time behind: those of a month leave open minutes, and the others are few.
    while let Some(end) = covers(open).map(|(end, _)| end).max().filter(|end| *end > open) {
        open = end;
    }
    May::At(open, why.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::closed::{Closed, NoHours};

    fn at(text: &str) -> UnixSeconds {
        text.parse().unwrap()
    }

    fn why() -> Said {
        Said::new("a test", "試験")
    }

    fn monthly(days: &str, hours: &str) -> Closed {
        Closed::Monthly { days: days.parse().unwrap(), hours: hours.parse().unwrap(), why: why() }
    }

    fn once(from: &str, until: &str) -> Closed {
        Closed::Once { from: at(from), until: at(until), why: why() }
    }

    /// When a release that is no emergency may be activated that is ready at `ready`.
    fn open(calendar: &Calendar, ready: &str) -> String {
        match may_activate(calendar, at(ready), &Marks::default()) {
            May::Now => "now".to_owned(),
            May::At(instant, _) => instant.to_string(),
        }
    }

    #[test]
    fn the_calendar_of_the_field() {
        let field = Calendar::of_the_field(None).unwrap();
        for (ready, expected) in [
            // Nothing begins closed at midnight: a whole night is open.
            ("2026-05-04T23:59:59+09:00", "now"),
            ("2026-05-05T07:44:59+09:00", "now"),
            // The quarter of an hour before.
            ("2026-05-05T07:45:00+09:00", "2026-05-05 21:00:00 JST"),
            ("2026-05-05T08:00:00+09:00", "2026-05-05 21:00:00 JST"),
            ("2026-05-05T20:59:59+09:00", "2026-05-05 21:00:00 JST"),
            ("2026-05-05T21:00:00+09:00", "now"),
            ("2026-05-10T23:59:59+09:00", "2026-05-11 00:00:00 JST"),
            ("2026-05-11T00:00:00+09:00", "now"),
            ("2026-05-12T12:00:00+09:00", "2026-05-12 21:00:00 JST"),
            ("2026-05-13T12:00:00+09:00", "now"),
            // The same instants, written elsewhere: 5 May in Japan is 4 May in Greenwich until nine.
            ("2026-05-04T23:00:00Z", "2026-05-05 21:00:00 JST"),
            ("2026-05-04T22:00:00Z", "now"),
            ("2026-01-05T00:00:00Z", "2026-01-05 21:00:00 JST"),
        ] {
            assert_eq!(open(&field, ready), expected, "{ready}");
        }
        let emergency = Marks { emergency: Some("a reason".into()), ..Marks::default() };
        assert_eq!(may_activate(&field, at("2026-05-09T08:00:00+09:00"), &emergency), May::Now);
    }

    #[test]
    fn months_end_where_they_end() {
        let calendar = Calendar::new(vec![monthly("28-31", "01:00-24:00"), monthly("1", "00:00-06:00")], 0);
        let calendar = calendar.unwrap();
        for (ready, expected) in [
            // A year without the 29th, and one with it.
            ("2025-02-28T12:00:00+09:00", "2025-03-01 06:00:00 JST"),
            ("2024-02-28T12:00:00+09:00", "2024-02-29 00:00:00 JST"),
            ("2024-02-29T12:00:00+09:00", "2024-03-01 06:00:00 JST"),
            ("2100-02-28T12:00:00+09:00", "2100-03-01 06:00:00 JST"),
            ("2026-12-31T23:59:59+09:00", "2027-01-01 06:00:00 JST"),
            ("2026-04-30T12:00:00+09:00", "2026-05-01 06:00:00 JST"),
            ("2026-05-31T12:00:00+09:00", "2026-06-01 06:00:00 JST"),
        ] {
            assert_eq!(open(&calendar, ready), expected, "{ready}");
        }
    }

    #[test]
    fn an_extension_lies_over_whatever_there_is() {
        let field = Calendar::of_the_field(None).unwrap();
        let mut closed = field.closed.clone();
        closed.push(once("2026-05-10T21:00:00+09:00", "2026-06-05T08:00:00+09:00"));
        closed.push(once("2026-12-31T22:00:00+09:00", "2027-01-01T02:00:00+09:00"));
        let calendar = Calendar::new(closed, 900).unwrap();
        // Over the end of a month, into the hours of the next one.
        assert_eq!(open(&calendar, "2026-05-09T12:00:00+09:00"), "2026-05-10 00:00:00 JST");
        assert_eq!(open(&calendar, "2026-05-10T12:00:00+09:00"), "2026-06-05 21:00:00 JST");
        assert_eq!(open(&calendar, "2026-12-31T21:50:00+09:00"), "2027-01-01 02:00:00 JST");
    }

    #[test]
    fn a_calendar_that_leaves_no_minute_is_none() {
        let refused = |closed, lead| Calendar::new(closed, lead).map(drop);
        assert_eq!(refused(vec![monthly("1-31", "00:00-24:00")], 0), Err(NoHours { day: 1 }));
        assert_eq!(
            refused(vec![monthly("7", "00:00-12:00"), monthly("5-9", "12:00-24:00")], 0),
            Err(NoHours { day: 7 })
        );
        assert_eq!(refused(vec![monthly("5-9", "00:10-24:00")], 600), Err(NoHours { day: 5 }));
        assert_eq!(refused(vec![monthly("5-9", "00:11-24:00")], 600), Ok(()));
        assert_eq!(refused(vec![monthly("5-9", "08:00-24:00")], 900), Ok(()));
    }

    /// Days of a month and hours of a day, in quarters of an hour.
    fn monthly_at_random() -> impl Strategy<Value = Closed> {
        ((1i8..=31, 0i8..5), (0i64..96, 1i64..40)).prop_map(|((first, more), (from, long))| {
            let quarter = |quarter: i64| format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
            let days = format!("{first}-{}", (first + more).min(31));
            let hours = format!("{}-{}", quarter(from), quarter((from + long).min(96)));
            monthly(&days, &hours)
        })
    }

    /// Instants around months' ends, leap days, years' ends: in minutes after 2023-12-25.
    const START: i64 = 1_703_430_000;

    fn once_at_random() -> impl Strategy<Value = Closed> {
        (0i64..500, 1i64..2000).prop_map(|(hour, quarters)| {
            let from = START + hour * 3600;
            let (from, until) = (UnixSeconds::new(from), UnixSeconds::new(from + quarters * 900));
            Closed::Once { from, until, why: why() }
        })
    }

    /// The same question asked slowly: the days and hours as a person reads them.
    fn is_closed(calendar: &Calendar, at: i64) -> bool {
        calendar.closed.iter().any(|closed| {
            // Within the lead: at some quarter of an hour from now on.
            (0..=calendar.lead_seconds / 900).any(|ahead| {
                let at = at + ahead * 900;
                match closed {
                    Closed::Once { from, until, .. } => (from.seconds()..until.seconds()).contains(&at),
                    Closed::Monthly { days, hours, .. } => {
                        let there = UnixSeconds::new(at).to_string();
                        let day: i8 = there[8..10].parse().unwrap();
                        let range = hours.to_string();
                        let (from, until) = range.split_once('-').unwrap();
                        let time = &there[11..16];
                        let days = format!("{days:?}");
                        let bounds: Vec<i8> = days
                            .split(|letter: char| !letter.is_ascii_digit())
                            .filter_map(|number| number.parse().ok())
                            .collect();
                        (bounds[0]..=bounds[1]).contains(&day) && from <= time && time < until
                    }
                }
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// From the instant asked until the one given, every quarter of an hour is closed; that one is open.
        #[test]
        fn it_waits_as_long_as_it_must_and_no_longer(
            monthly in proptest::collection::vec(monthly_at_random(), 0..5),
            once in proptest::collection::vec(once_at_random(), 0..3),
            quarters_lead in 0u32..4,
            ready in 0i64..8000,
        ) {
            let closed = [monthly, once].concat();
            let Ok(calendar) = Calendar::new(closed, quarters_lead * 900) else { return Ok(()) };
            let ready = START + ready * 900;
            match may_activate(&calendar, UnixSeconds::new(ready), &Marks::default()) {
                May::Now => prop_assert!(!is_closed(&calendar, ready)),
                May::At(open, _) => {
                    prop_assert!(open.seconds() > ready);
                    let mut at = ready;
                    while at < open.seconds() {
                        prop_assert!(is_closed(&calendar, at), "open at {at}");
                        at += 900;
                    }
                    prop_assert!(!is_closed(&calendar, open.seconds()));
                }
            }
        }
    }
}
