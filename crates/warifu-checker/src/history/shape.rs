//! The history as it is kept and told, in JSON.
//!
//! ```json
//! {
//!   "schema": 1,
//!   "since": "2026-04-01T00:00:00Z",
//!   "days": [
//!     {
//!       "begins": "2026-04-08T15:00:00Z",
//!       "releases": [
//!         {"release": 7, "files": 1200, "claims": 96000, "items": 2400000, "findings": {"points": 12}}
//!       ]
//!     }
//!   ],
//!   "hours": [],
//!   "acts": [
//!     {"at": "2026-04-09T00:00:00Z", "act": "fell-back", "release": 6, "from": 7,
//!      "why": {"en": "…", "ja": "…"}}
//!   ]
//! }
//! ```
//! Days begin at midnight in Japan; every list has the oldest first. Days, hours and codes of which nothing
//! was counted are left out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::UnixSeconds;

use crate::history::counted::Totals;
use crate::said::Said;

/// So many days are kept: 13 months, to hold a month against the same one of last year.
pub const DAYS: usize = 397;

/// So many hours are kept: 14 days.
pub const HOURS: usize = 14 * 24;

/// So many acts are kept.
pub const ACTS: usize = 1000;

/// So many releases are told apart in a day or an hour; what is beyond is told together.
const RELEASES: usize = 8;

const HOUR_SECONDS: i64 = 3600;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;
const JAPAN_SECONDS: i64 = 9 * HOUR_SECONDS;

/// Everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct History {
    /// The form of this document.
    pub schema: u32,
    /// When it was begun: nothing is known of before.
    pub since: UnixSeconds,
    /// By day, at most [`DAYS`].
    pub days: Vec<Span>,
    /// By hour, at most [`HOURS`].
    pub hours: Vec<Span>,
    /// What became of releases, and what operators decided, at most [`ACTS`].
    pub acts: Vec<HistoryAct>,
}

/// A day or an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// When it begins.
    pub begins: UnixSeconds,
    /// What was judged in it, by each release that judged, the oldest first.
    pub releases: Vec<Judged>,
}

/// What one release judged in a span.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// Which one; none for all of those that are not told apart any more.
    pub release: Option<u64>,
    /// Claim files.
    pub files: u64,
    /// Claims in them.
    pub claims: u64,
    /// Items and comments that were looked up.
    pub items: u64,
    /// How many findings of each code (docs/claims.md).
    pub findings: BTreeMap<String, u64>,
}

/// Something that became of a release, or was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryAct {
    /// When.
    pub at: UnixSeconds,
    /// What.
    pub act: Did,
    /// Of which release; of a fall back, the one that judges after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<u64>,
    /// Of a fall back, the release that was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Why, where there is a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Said>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Did {
    /// The checker started, and this release judges.
    Started,
    /// The checker ended as it should.
    Ended,
    /// This release judges from then on.
    Activated,
    /// This release has proven itself, or an operator says so.
    Confirmed,
    /// The checker returned to this release.
    FellBack,
    /// The checker ended, and took this release back from an attached program that had it only just now.
    TakenBack,
    /// This release is not taken.
    Held,
    /// This release was refused, for its data or for trust.
    Refused,
    /// An operator let it be taken again.
    Unheld,
    /// Nothing is activated.
    Frozen,
    /// Releases are activated again.
    Thawed,
    /// A lost release is not waited for any more.
    GivenUp,
    /// A lost release was fetched again and judges.
    Regained,
    /// What was damaged on disk was mended.
    Repaired,
    /// Claim files that were kept for replay were deleted.
    ClaimsForgotten,
}

impl History {
    /// The form written here.
    pub const SCHEMA: u32 = 1;

    /// Nothing yet.
    pub fn begun(since: UnixSeconds) -> History {
        History { schema: History::SCHEMA, since, days: Vec::new(), hours: Vec::new(), acts: Vec::new() }
    }

    /// Adds what a release judged more until `now`.
    pub fn count(&mut self, more: &Totals, now: UnixSeconds) {
        if more.is_nothing() {
            return;
        }
        let seconds = now.seconds();
        let day = (seconds + JAPAN_SECONDS).div_euclid(DAY_SECONDS) * DAY_SECONDS - JAPAN_SECONDS;
        let hour = seconds.div_euclid(HOUR_SECONDS) * HOUR_SECONDS;
        add(&mut self.days, UnixSeconds::new(day), more, DAYS);
        add(&mut self.hours, UnixSeconds::new(hour), more, HOURS);
    }

    /// Adds an act.
    pub fn tell(&mut self, act: HistoryAct) {
        self.acts.push(act);
        let beyond = self.acts.len().saturating_sub(ACTS);
        self.acts.drain(..beyond);
    }

    /// The same with no more of anything than is kept here: whoever wrote it.
    #[must_use]
    pub(super) fn bounded(mut self) -> History {
        for (spans, most) in [(&mut self.days, DAYS), (&mut self.hours, HOURS)] {
            spans.sort_by_key(|span| span.begins);
            spans.dedup_by_key(|span| span.begins);
            let beyond = spans.len().saturating_sub(most);
            spans.drain(..beyond);
        }
        let beyond = self.acts.len().saturating_sub(ACTS);
        self.acts.drain(..beyond);
        self
    }
}

/// Adds `more` to the span that `begins` then; the oldest goes when there are more than `most`.
fn add(spans: &mut Vec<Span>, begins: UnixSeconds, more: &Totals, most: usize) {
    // A clock may be set back: then it is no longer the last one.
    let at = spans.binary_search_by_key(&begins, |span| span.begins).unwrap_or_else(|at| {
        spans.insert(at, Span { begins, releases: Vec::new() });
        at
    });
    spans[at].add(more);
    if spans.len() > most {
        spans.remove(0);
    }
}

impl Span {
    fn add(&mut self, more: &Totals) {
        let of = |release: Option<u64>| move |judged: &Judged| judged.release == release;
        let release = Some(more.release);
        if !self.releases.iter().any(of(release)) {
            self.releases.push(Judged { release, ..Judged::default() });
            self.releases.sort_by_key(|judged| judged.release);
        }
        if let Some(judged) = self.releases.iter_mut().find(|judged| judged.release == release) {
            judged.add(more);
        }
        // The oldest two become one, which is first because it has no number.
        while self.releases.len() > RELEASES {
            let oldest = self.releases.remove(0);
            self.releases[0].release = None;
            self.releases[0].merge(oldest);
        }
    }
}

impl Judged {
    fn add(&mut self, more: &Totals) {
        self.files += more.files;
        self.claims += more.claims;
        self.items += more.items;
        for (code, count) in more.findings() {
            *self.findings.entry(code.as_str().to_owned()).or_default() += count;
        }
    }

    fn merge(&mut self, other: Judged) {
        self.files += other.files;
        self.claims += other.claims;
        self.items += other.items;
        for (code, count) in other.findings {
            *self.findings.entry(code).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use warifu_claims::ClaimCode;

    use super::*;

    fn judged(release: u64, files: u64) -> Totals {
        let mut totals = Totals::of(release);
        (totals.files, totals.claims) = (files, 2 * files);
        totals.add(ClaimCode::ALL[0], 3);
        totals
    }

    fn at(text: &str) -> UnixSeconds {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_at_midnight_in_japan_and_an_hour_at_the_hour() {
        let mut history = History::begun(UnixSeconds::EPOCH);
        history.count(&judged(1, 1), at("2026-04-01T23:59:59+09:00"));
        history.count(&judged(1, 1), at("2026-04-02T00:00:00+09:00"));
        history.count(&judged(2, 5), at("2026-04-02T00:59:59+09:00"));
        let begins = |spans: &[Span]| spans.iter().map(|span| span.begins).collect::<Vec<_>>();
        assert_eq!(begins(&history.days), [at("2026-04-01T00:00:00+09:00"), at("2026-04-02T00:00:00+09:00")]);
        assert_eq!(
            begins(&history.hours),
            [at("2026-04-01T23:00:00+09:00"), at("2026-04-02T00:00:00+09:00")]
        );
        let second = &history.days[1].releases;
        assert_eq!(
            second.iter().map(|it| (it.release, it.files)).collect::<Vec<_>>(),
            [(Some(1), 1), (Some(2), 5)]
        );
        assert_eq!(second[1].findings[ClaimCode::ALL[0].as_str()], 3);
        assert_eq!(second[1].claims, 10);
    }

    #[test]
    fn nothing_grows_without_end_and_no_count_is_lost() {
        let mut history = History::begun(UnixSeconds::EPOCH);
        let start = at("2026-04-01T00:00:00Z").seconds();
        for hour in 0..(DAYS as i64 + 100) * 24 {
            history.count(&judged(1, 1), UnixSeconds::new(start + hour * HOUR_SECONDS));
        }
        assert_eq!((history.days.len(), history.hours.len()), (DAYS, HOURS));
        let last = history.days.last().unwrap().begins.seconds();
        for release in 1..100 {
            history.count(&judged(release, 1), UnixSeconds::new(last));
        }
        let of_day = &history.days.last().unwrap().releases;
        assert_eq!(of_day.len(), RELEASES);
        assert_eq!(of_day[0].release, None);
        assert_eq!(of_day.last().unwrap().release, Some(99));
        // The day has as many hours as came, and 99 more files.
        let hours_of_it = (DAYS as i64 + 100) * 24 - (last - start) / HOUR_SECONDS;
        assert_eq!(of_day.iter().map(|it| it.files).sum::<u64>(), 99 + hours_of_it as u64);
        for at in 0..ACTS + 10 {
            let at = UnixSeconds::new(at as i64);
            history.tell(HistoryAct { at, act: Did::Held, release: Some(1), from: None, why: None });
        }
        assert_eq!((history.acts.len(), history.acts[0].at), (ACTS, UnixSeconds::new(10)));
        let text = serde_json::to_string(&history).unwrap();
        assert_eq!(serde_json::from_str::<History>(&text).unwrap().bounded(), history);
    }

    #[test]
    fn a_clock_that_is_set_back_adds_to_the_day_that_it_says() {
        let mut history = History::begun(UnixSeconds::EPOCH);
        for day in ["2026-04-03T00:00:00Z", "2026-04-01T00:00:00Z", "2026-04-03T00:00:00Z"] {
            history.count(&judged(1, 1), at(day));
        }
        let files: Vec<u64> = history.days.iter().map(|day| day.releases[0].files).collect();
        assert_eq!(files, [1, 2]);
    }
}
