//! A clock that cannot be right. Claims are judged by what judges, whatever it shows; nothing new is taken,
//! for what has expired and whose instant has come hangs on it. Falling back asks no clock.

use warifu_trust::UnixSeconds;

use crate::cause::{Amiss, Cause};
use crate::said::Said;
use crate::swap::active::Active;

/// So far behind the instant at which what judges came to judge a clock may be. Metadata by which that came
/// in holds for a week, so a clock that was wrong then was wrong by no more.
const BEHIND_DAYS: u32 = 31;

/// Why `now` cannot be, where `active` judges.
pub(super) fn wrong(now: UnixSeconds, active: Option<&Active>) -> Option<Amiss> {
    let since = active.map(|active| (active.id.release, active.since));
    why(now, since).map(|why| Amiss::new(Cause::Clock, why))
}

fn why(now: UnixSeconds, since: Option<(u64, UnixSeconds)>) -> Option<Said> {
    if now == UnixSeconds::EPOCH {
        return Some(Said::new("it shows a day before 1970", "1970 年より前の日付を示しています"));
    }
    if !now.can_be() {
        return Some(Said::new("it shows a day after the year 9999", "9999 年より後の日付を示しています"));
    }
    let (release, since) = since.filter(|(_, since)| now.plus_days(BEHIND_DAYS) < *since)?;
    Some(Said::new(
        format!("it shows {now}, and release {release} has judged here since {since}"),
        format!("{now} を示していますが、リリース {release} は {since} から稼働しています"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_told_and_an_hour_back_is_not() {
        let of = |seconds: i64| UnixSeconds::new(seconds);
        let since = Some((7, of(1_780_000_000)));
        let said = |now: i64| why(of(now), since).map(|said| said.en);
        assert_eq!(said(1_780_000_000 - 3_600), None);
        assert_eq!(said(1_780_000_000 - 30 * 86_400), None);
        assert_eq!(said(1_990_000_000), None, "what has expired tells that");
        assert!(said(0).is_some_and(|said| said.contains("1970")));
        assert!(said(i64::MAX).is_some_and(|said| said.contains("9999")));
        assert!(
            said(946_684_800).is_some_and(|said| said.contains("2000-01-01") && said.contains("release 7"))
        );
        assert_eq!(why(of(946_684_800), None), None, "nothing here tells better");
    }
}
