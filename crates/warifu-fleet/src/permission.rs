//! The right to answer, which ends by itself: whoever hears nothing any more stops before anybody answers by
//! something newer.
//!
//! A permission says: no commit that this member does not know of begins before it ends. It begins when the
//! question was *sent*, never when the answer came.

use std::collections::BTreeMap;

use crate::answer::Answer;
use crate::member::{MemberName, Members};
use crate::policy::Timing;
use crate::release::Epoch;
use crate::time::{Millis, Tick};

/// Until when a member may judge by what it knows, by its own ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Permission(Option<Tick>);

impl Permission {
    /// None: where a boot begins.
    pub fn none() -> Self {
        Permission(None)
    }

    /// By a linearizable read that was sent at `sent`, of which everything that it showed is known.
    pub fn by_store(sent: Tick, timing: &Timing) -> Self {
        Permission(Some(sent + timing.freshness))
    }

    /// By members, who were asked at `sent`: a majority of the voters vouch that they armed for nothing that
    /// is newer than `told`. The one who asks is among `answers`; records that they brought were taken in
    /// before.
    pub fn by_members(
        sent: Tick,
        told: Epoch,
        answers: &BTreeMap<MemberName, Answer>,
        members: &Members,
        timing: &Timing,
    ) -> Self {
        let vouches = |(name, answer): &(&MemberName, &Answer)| {
            members.voters().contains(*name) && answer.vouches(told)
        };
        let majority = answers.iter().filter(vouches).count() >= members.majority();
        Permission(majority.then_some(sent + timing.freshness))
    }

    /// The longer of both.
    #[must_use]
    pub fn or(self, other: Permission) -> Permission {
        self.max(other)
    }

    /// For how long it still holds at `now`.
    pub fn left(self, now: Tick) -> Millis {
        self.0.map_or(Millis(0), |until| until.since(now))
    }

    /// Whether it holds at `now`.
    pub fn holds(self, now: Tick) -> bool {
        self.0.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Issued;

    fn name(at: usize) -> MemberName {
        MemberName::new(&format!("n{at}")).unwrap()
    }

    const TIMING: Timing = Timing { freshness: Millis(400), max_clock_error: Millis(50), drift_ppm: 200 };

    #[test]
    fn a_permission_begins_with_the_question_and_ends_by_itself() {
        let permission = Permission::by_store(Tick(1_000), &TIMING);
        assert!(permission.holds(Tick(1_399)) && !permission.holds(Tick(1_400)));
        assert!(permission.or(Permission::by_store(Tick(1_100), &TIMING)).holds(Tick(1_499)));
        assert!(permission.or(Permission::none()).holds(Tick(1_399)));
        assert!(!Permission::none().holds(Tick(0)));
    }

    #[test]
    fn a_majority_of_voters_must_vouch() {
        let members = Members::new((0..5).map(name).collect(), (5..9).map(name).collect()).unwrap();
        let answer = |epoch| Answer {
            seen: None,
            issued: Some(Issued { epoch: Epoch(epoch), taken: false }),
            outcome: None,
            no_earlier: None,
        };
        let of = |answers: &[(usize, u64)]| {
            let answers = answers.iter().map(|(at, epoch)| (name(*at), answer(*epoch))).collect();
            Permission::by_members(Tick(0), Epoch(3), &answers, &members, &TIMING).holds(Tick(0))
        };
        assert!(of(&[(0, 1), (1, 3), (2, 3)]));
        assert!(!of(&[(0, 1), (1, 3), (2, 4)]));
        assert!(of(&[(0, 1), (1, 3), (2, 4), (3, 3)]));
        // Followers have no vote.
        assert!(!of(&[(0, 1), (1, 3), (5, 3), (6, 3), (7, 3)]));
    }
}
