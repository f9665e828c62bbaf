//! What became of a commit by what members say of it, when the store says nothing.

use std::collections::BTreeMap;

use crate::answer::Answer;
use crate::clock::Timekeeper;
use crate::desired::Commit;
use crate::member::{MemberName, Members};
use crate::outcome::Outcome;
use crate::release::Epoch;

/// What became of the commit of `epoch`: somebody knows; or the store took the keys of a majority; or so many
/// never armed, and cannot any more since by their clocks the instant has come, that no majority is left.
pub fn outcome_by_members(
    epoch: Epoch,
    commit: Commit,
    timekeeper: &Timekeeper,
    answers: &BTreeMap<MemberName, Answer>,
    members: &Members,
) -> Option<Outcome> {
    if let Some(known) = answers.values().find_map(|answer| answer.knows(epoch)) {
        return Some(known);
    }
    let votes = |says: &dyn Fn(&Answer) -> bool| {
        let saying = answers.iter().filter(|(name, answer)| members.voters().contains(*name) && says(answer));
        saying.count()
    };
    if votes(&|answer| answer.is_armed(epoch)) >= members.majority() {
        return Some(Outcome::TakesPlace);
    }
    let never = |answer: &Answer| answer.never_arms(epoch, commit.instant, timekeeper);
    (votes(&never) >= members.blocking()).then_some(Outcome::Void)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Issued;
    use crate::desired::Way;
    use crate::member::BootId;
    use crate::time::FleetInstant;

    fn name(at: usize) -> MemberName {
        MemberName::new(&format!("n{at}")).unwrap()
    }

    #[test]
    fn members_know_together_what_no_one_of_them_knows() {
        let members = Members::new((0..5).map(name).collect(), [].into()).unwrap();
        let keeper = Timekeeper { member: name(0), boot: BootId(1) };
        let commit = Commit { way: Way::Back, instant: FleetInstant(100) };
        let silent = Answer { seen: None, issued: None, outcome: None, no_earlier: None };
        let armed = |taken| Answer { issued: Some(Issued { epoch: Epoch(7), taken }), ..silent.clone() };
        let never = |at| Answer { no_earlier: Some((keeper.clone(), FleetInstant(at))), ..silent.clone() };
        let knows = Answer { outcome: Some((Epoch(7), Outcome::Void)), ..silent.clone() };
        let of = |answers: &[&Answer]| {
            let answers = answers.iter().map(|one| (*one).clone()).enumerate();
            let answers = answers.map(|(at, answer)| (name(at), answer)).collect();
            outcome_by_members(Epoch(7), commit, &keeper, &answers, &members)
        };
        let (taken, asked) = (&armed(true), &armed(false));
        assert_eq!(of(&[taken, taken, taken]), Some(Outcome::TakesPlace));
        assert_eq!(of(&[taken, taken, asked, asked, asked]), None);
        assert_eq!(of(&[taken, &never(100), &never(100), &never(101)]), Some(Outcome::Void));
        assert_eq!(of(&[taken, &never(100), &never(100), &never(99)]), None);
        assert_eq!(of(&[&silent, &silent, &silent, &silent, &silent]), None);
        assert_eq!(of(&[taken, &knows]), Some(Outcome::Void));
    }
}
