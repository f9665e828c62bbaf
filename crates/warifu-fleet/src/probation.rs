//! One member's probation speaks for all: a fault of the master shows wherever its code is used, a fault of
//! one member does not. A code that one member asks about is answered by all, also by those of which none
//! turned: only so can the two be told apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::member::MemberName;
use crate::policy::Terms;

/// What one member saw of one code while a release was on probation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Uses of the code in claims.
    pub uses: u64,
    /// Of them, those judged otherwise than by the release before, without having been announced.
    pub turned: u64,
    /// Whether this member's own gate was passed.
    pub over_gate: bool,
}

/// What the sightings of an area come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Codes that are wrong in the master: the area falls back, without anybody being asked.
    pub of_the_master: BTreeSet<String>,
    /// Members of which only they see anything, of codes that others use as well: they go out, each alone.
    pub of_members: BTreeMap<MemberName, BTreeSet<String>>,
    /// Codes of which too few were seen to say; each member goes by its own gate.
    pub open: BTreeSet<String>,
}

/// Codes of which some member's gate was passed: each other member is to say what it saw of them.
pub fn asked<'a>(sightings: impl Iterator<Item = (&'a String, &'a Sighting)>) -> BTreeSet<String> {
    sightings.filter(|(_, sighting)| sighting.over_gate).map(|(code, _)| code.clone()).collect()
}

/// Judges what members saw, by code. `judging` are those who live and judge by the release; for a code of
/// `overdue` those who said nothing of it are waited for no longer.
pub fn verdict(
    sightings: &BTreeMap<String, BTreeMap<MemberName, Sighting>>,
    judging: &BTreeSet<MemberName>,
    overdue: &BTreeSet<String>,
    terms: &Terms,
) -> Verdict {
    let mut verdict = Verdict::default();
    // In a small area most are enough.
    let enough = terms.fault_members.min(judging.len() / 2 + 1);
    for (code, by_member) in sightings {
        let over = by_member.iter().filter(|(_, sighting)| sighting.over_gate).map(|(member, _)| member);
        let over: BTreeSet<&MemberName> = over.collect();
        if over.is_empty() {
            continue;
        }
        let clean = by_member.values().filter(|sighting| sighting.uses > 0 && sighting.turned == 0).count();
        let sum =
            |of: fn(&Sighting) -> u64| by_member.values().map(|seen| u128::from(of(seen))).sum::<u128>();
        let (uses, turned) = (sum(|seen| seen.uses), sum(|seen| seen.turned));
        // A member that sees most uses of a code must not speak for those that see none of it turn, nor
        // before they could say so.
        let all_said = || overdue.contains(code) || judging.iter().all(|name| by_member.contains_key(name));
        let by_share = clean == 0 && turned * 1000 >= uses * u128::from(terms.fault_per_mille);
        if over.len() >= enough || by_share && all_said() {
            verdict.of_the_master.insert(code.clone());
        } else if clean >= enough {
            for member in over {
                verdict.of_members.entry(member.clone()).or_default().insert(code.clone());
            }
        } else {
            verdict.open.insert(code.clone());
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "procedure/112007410";

    fn name(at: usize) -> MemberName {
        MemberName::new(&format!("n{at}")).unwrap()
    }

    /// What those of `members` say who say something: the first ones.
    fn of_some(members: usize, seen: &[(u64, u64, bool)], is_overdue: bool) -> Verdict {
        let seen = seen.iter().enumerate().map(|(at, (uses, turned, over_gate))| {
            (name(at), Sighting { uses: *uses, turned: *turned, over_gate: *over_gate })
        });
        let overdue = is_overdue.then(|| CODE.to_owned()).into_iter().collect();
        let judging = (0..members).map(name).collect();
        verdict(&[(CODE.to_owned(), seen.collect())].into(), &judging, &overdue, &Terms::default())
    }

    fn of(seen: &[(u64, u64, bool)]) -> Verdict {
        of_some(seen.len().max(6), seen, true)
    }

    #[test]
    fn what_many_see_is_the_masters_fault() {
        let verdict = of(&[(90, 80, true), (70, 60, true), (10, 9, true), (50, 0, false)]);
        assert_eq!(verdict.of_the_master.len(), 1);
    }

    #[test]
    fn what_all_who_use_it_see_is_the_masters_fault_even_when_that_is_one() {
        assert_eq!(of(&[(40, 39, true), (0, 0, false), (0, 0, false)]).of_the_master.len(), 1);
    }

    #[test]
    fn one_member_does_not_speak_before_the_others_could() {
        let alone = [(40, 39, true)];
        assert_eq!(of_some(3, &alone, false).of_the_master.len(), 0);
        assert_eq!(of_some(3, &alone, true).of_the_master.len(), 1);
        assert_eq!(of_some(1, &alone, false).of_the_master.len(), 1);
        assert_eq!(of_some(3, &[(40, 39, true), (0, 0, false), (0, 0, false)], false).of_the_master.len(), 1);
    }

    #[test]
    fn of_three_members_two_are_enough_to_know_whose_fault_it_is() {
        let verdict = of_some(3, &[(90, 80, true), (80, 0, false), (70, 0, false)], false);
        assert_eq!(verdict.of_members.keys().collect::<Vec<_>>(), [&name(0)]);
        assert_eq!(of_some(3, &[(90, 80, true), (80, 70, true)], false).of_the_master.len(), 1);
    }

    #[test]
    fn what_one_alone_sees_where_others_see_nothing_is_its_own() {
        let verdict = of(&[(9_000, 8_900, true), (90, 0, false), (80, 0, false), (70, 0, false)]);
        assert!(verdict.of_the_master.is_empty() && verdict.open.is_empty());
        assert_eq!(verdict.of_members.len(), 1);
    }

    #[test]
    fn too_little_is_not_decided() {
        let verdict = of(&[(90, 80, true), (80, 0, false)]);
        assert_eq!((verdict.of_the_master.len(), verdict.of_members.len(), verdict.open.len()), (0, 0, 1));
        assert_eq!(of(&[(90, 1, false), (80, 0, false)]), Verdict::default());
    }
}
