//! The fleet of the other organisation, as that one signs what it runs, and how the two compare.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::{AreaRuns, UnixSeconds};

use crate::area_seen::picture::Stands;
use crate::said::Said;

/// Whoever says nothing new for so long is not known to run what it said. It is said every minute or so.
const SILENT_SECONDS: i64 = 600;

/// What is said of a time further ahead than this is by a clock that is wrong.
const AHEAD_SECONDS: i64 = 300;

/// Two fleets judge by different releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Apart {
    /// Since then, as far as is known.
    pub since: UnixSeconds,
    /// For so long.
    pub seconds: u64,
    /// So long they may: they do not move at one instant.
    pub allowed_seconds: u64,
}

impl Apart {
    /// Whether somebody has to be called.
    pub fn is_too_long(self) -> bool {
        self.seconds > self.allowed_seconds
    }
}

/// What is known of the fleet of the other organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Other {
    /// Whose it is, as the card of its key says.
    pub name: String,
    /// What it said last; none where it was not heard since the start.
    pub said: Option<AreaRuns>,
    /// So long ago that was so, or this program started.
    pub silent_seconds: u64,
    /// Whether that is so long that nothing is known of it now.
    pub is_silent: bool,
    /// Why it was not heard when it was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Said>,
    /// Whether both judge by the same bytes, as far as that is known.
    pub is_same: bool,
    /// How long the two have been apart; none while they are together, or that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apart: Option<Apart>,
}

/// What was heard of the other fleet over time.
#[derive(Debug, Clone)]
pub struct Hearing {
    name: String,
    begun: UnixSeconds,
    said: Option<AreaRuns>,
    problem: Option<Said>,
    is_same: bool,
    apart_since: Option<UnixSeconds>,
}

impl Hearing {
    /// Of the fleet of `name`, from `now` on.
    pub fn of(name: String, now: UnixSeconds) -> Hearing {
        Hearing { name, begun: now, said: None, problem: None, is_same: false, apart_since: None }
    }

    /// What came of asking, at `now`. What is older than what was heard is a copy that somebody kept.
    pub fn hears(&mut self, heard: Result<AreaRuns, Said>, now: UnixSeconds) {
        let runs = match heard {
            Ok(runs) => runs,
            Err(problem) => return self.problem = Some(problem),
        };
        let ahead = runs.at.seconds().saturating_sub(now.seconds());
        self.problem = if ahead > AHEAD_SECONDS {
            Some(Said::new(
                format!("its time is {ahead} s ahead of the clock here: one of the two clocks is wrong"),
                format!("相手の時刻がこちらより {ahead} 秒進んでいます。どちらかの時計が誤っています"),
            ))
        } else if self.said.as_ref().is_some_and(|known| known.at > runs.at) {
            Some(Said::new(
                "it is older than what was heard before: an old copy lies there",
                "前回より古い内容です。古い写しが置かれています",
            ))
        } else {
            self.said = Some(runs);
            None
        };
    }

    /// Compares it with what stands here.
    pub fn compares(&mut self, own: Option<&Stands>) {
        let both = own.zip(self.said.as_ref());
        let apart = both.filter(|(own, said)| own.manifest != said.release.manifest);
        self.is_same = both.is_some() && apart.is_none();
        // Whoever of the two moved last parted them; that one moves once more does not bring them together.
        let parted = apart.map(|(own, said)| own.since.max(said.since));
        self.apart_since = parted.map(|parted| self.apart_since.unwrap_or(parted));
    }

    /// How it is at `now`, where the two may be apart for so long.
    pub fn at(&self, now: UnixSeconds, allowed_seconds: u64) -> Other {
        let since = |then: UnixSeconds| now.seconds().saturating_sub(then.seconds()).max(0);
        let silent = since(self.said.as_ref().map_or(self.begun, |said| said.at));
        let is_silent = silent > SILENT_SECONDS;
        let apart = self.apart_since.filter(|_| !is_silent);
        Other {
            name: self.name.clone(),
            said: self.said.clone(),
            silent_seconds: silent.unsigned_abs(),
            is_silent,
            problem: self.problem.clone(),
            is_same: self.is_same && !is_silent,
            apart: apart.map(|apart| Apart {
                since: apart,
                seconds: since(apart).unsigned_abs(),
                allowed_seconds,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::{AreaMembers, ReleaseRef};
    use warifu_values::digest::Digest;

    use super::*;

    const BEGUN: i64 = 1_780_000_000;

    fn at(seconds: i64) -> UnixSeconds {
        UnixSeconds::new(BEGUN + seconds)
    }

    fn digest(release: u64) -> Digest {
        Digest::of(&release.to_le_bytes())
    }

    fn says(release: u64, since: i64, now: i64) -> AreaRuns {
        AreaRuns {
            area: "east".into(),
            at: at(now),
            epoch: release,
            release: ReleaseRef { release, manifest: digest(release) },
            since: at(since),
            members: AreaMembers { all: 3, at_it: 3, behind: 0, missing: 0, refuse: 0 },
            comes: None,
            nacks: Vec::new(),
        }
    }

    fn stands(release: u64, since: i64) -> Stands {
        Stands { epoch: release, release, manifest: digest(release), since: at(since) }
    }

    fn hearing() -> Hearing {
        Hearing::of("中央会".into(), at(0))
    }

    fn apart(hearing: &Hearing, now: i64) -> Option<(u64, bool)> {
        hearing.at(at(now), 1_800).apart.map(|apart| (apart.seconds, apart.is_too_long()))
    }

    #[test]
    fn two_are_apart_from_when_one_moved_until_both_run_the_same() {
        let mut hearing = hearing();
        hearing.hears(Ok(says(4, -9_000, 10)), at(10));
        hearing.compares(Some(&stands(4, -8_000)));
        assert_eq!(apart(&hearing, 10), None, "one release, whenever each came to it");
        assert!(hearing.at(at(10), 1_800).is_same);
        hearing.compares(Some(&stands(5, 20)));
        assert!(!hearing.at(at(80), 1_800).is_same);
        assert_eq!(apart(&hearing, 80), Some((60, false)));
        // The other moves, but not to the same: they have been apart all the time.
        hearing.hears(Ok(says(6, 100, 101)), at(101));
        hearing.compares(Some(&stands(5, 20)));
        assert_eq!(apart(&hearing, 120), Some((100, false)));
        hearing.hears(Ok(says(6, 100, 1_700)), at(1_700));
        assert_eq!(apart(&hearing, 1_821), Some((1_801, true)));
        hearing.compares(Some(&stands(6, 1_822)));
        assert_eq!(apart(&hearing, 1_823), None);
        hearing.compares(None);
        assert_eq!(apart(&hearing, 1_823), None, "nothing judges here");
    }

    #[test]
    fn one_number_with_other_bytes_is_another_release() {
        let mut hearing = hearing();
        let mut says = says(4, 0, 10);
        says.release.manifest = digest(9);
        hearing.hears(Ok(says), at(10));
        hearing.compares(Some(&stands(4, 0)));
        assert_eq!(apart(&hearing, 20), Some((20, false)));
    }

    #[test]
    fn of_who_is_silent_nothing_is_known() {
        let mut hearing = hearing();
        assert!(!hearing.at(at(600), 60).is_silent && hearing.at(at(601), 60).is_silent);
        hearing.hears(Ok(says(4, 0, 590)), at(600));
        hearing.compares(Some(&stands(5, 0)));
        assert_eq!(apart(&hearing, 700), Some((700, false)));
        hearing.hears(Err(Said::new("gone", "なし")), at(1_100));
        let other = hearing.at(at(1_191), 1_800);
        assert!(other.is_silent && other.apart.is_none() && other.problem.is_some());
        assert_eq!((other.silent_seconds, other.said.unwrap().epoch), (601, 4));
    }

    #[test]
    fn an_old_copy_and_a_clock_that_is_ahead_are_told_and_not_believed() {
        let mut hearing = hearing();
        hearing.hears(Ok(says(4, 0, 100)), at(100));
        hearing.hears(Ok(says(3, -50, 40)), at(110));
        let other = hearing.at(at(110), 60);
        assert_eq!(other.said.unwrap().epoch, 4);
        assert!(other.problem.unwrap().en.contains("older"));
        hearing.hears(Ok(says(5, 0, 411)), at(110));
        let other = hearing.at(at(110), 60);
        assert_eq!(other.said.unwrap().epoch, 4);
        assert!(other.problem.unwrap().en.contains("301 s ahead"));
        hearing.hears(Ok(says(5, 0, 410)), at(110));
        assert!(hearing.at(at(110), 60).problem.is_none());
    }
}
