//! How evenly claim files fall on the members of an area, from what each counted at two moments some seconds
//! apart: in April 2022 one server of twelve got all of them, and nobody saw it.
//!
//! Even is judged by files, and slow by the time that a file takes: whoever spreads files by what is in
//! flight gives a slow member fewer, and is right to. So a slow member is told as slow, and not as a member
//! that gets too little.

use std::collections::BTreeMap;

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::member::MemberName;
use crate::time::Millis;

/// Below so many files for each member nothing is said of how they are spread: of five or ten, one member
/// has twice as many as another by chance.
pub const ENOUGH_FILES: u64 = 20;

/// One has all when it has so much of everything, in percent: what trickles to the others beside it (checks
/// by hand, a second balancer) does not hide it.
pub const ALL_PERCENT: u64 = 90;

/// So far from an even share may a member be, in percent of it. A balancer that counts what is in flight
/// stays within 10; one that goes by the address of the sender is far beyond 25.
pub const UNEVEN_PERCENT: u64 = 25;

/// And so many times what chance alone does (the root of the even share): at few files 25 % are nothing.
const CHANCE: u64 = 4;

/// A member is slow when a file takes it so many times the time of the median member. Files of different
/// senders differ by size; over twenty of them hardly by this much.
pub const SLOW_TIMES: u64 = 3;

/// A member's own files that are enough to say how long one takes it.
const ENOUGH_TO_TIME: u64 = 5;

/// What a member counted since it started, and how many files wait there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Claim files answered by findings.
    pub answered: u64,
    /// The time that judging them took, of all judges together.
    pub judging: Millis,
    /// Files that wait for their turn.
    pub waiting: u64,
}

/// What members told at one moment; who did not answer is missing.
pub type Told = BTreeMap<MemberName, Counted>;

/// What is to be said of the load of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// One member gets all files although others could judge.
    OneGetsAll {
        /// Who.
        member: MemberName,
        /// How many members could.
        of: usize,
    },
    /// Files take this one far longer than the others.
    Slow(MemberName),
    /// This one does not answer any more; or files wait there, others judge, and it answers none.
    Dead(MemberName),
    /// Files are spread unevenly among members that are equally fast.
    Uneven {
        /// Who gets most, and how many files.
        most: (MemberName, u64),
        /// Who gets least, and how many files.
        least: (MemberName, u64),
    },
    /// Nothing of this.
    Even,
    /// Too few files came, or fewer than two members told twice: nothing can be said of how they are spread.
    TooFew,
}

impl Finding {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Finding::OneGetsAll { .. } => "load/one-gets-all",
            Finding::Slow(_) => "load/slow",
            Finding::Dead(_) => "load/dead",
            Finding::Uneven { .. } => "load/uneven",
            Finding::Even => "load/even",
            Finding::TooFew => "load/too-few",
        }
    }
}

impl Speak for Finding {
    fn say(&self, lang: Lang) -> String {
        match self {
            Finding::OneGetsAll { member, of } => say!(
                lang,
                "{} gets all claim files, of {} members that could judge: look at how the balancer chooses",
                "点検可能な {1} 台のうち {0} だけに請求が集中しています。負荷分散の方式を確認してください",
                member,
                of
            ),
            Finding::Slow(member) => say!(
                lang,
                "a claim file takes {} at least {} times as long as the others",
                "{} の点検時間が他の {} 倍以上です",
                member,
                SLOW_TIMES
            ),
            Finding::Dead(member) => {
                say!(lang, "{} answers nothing while others judge", "{} だけが応答していません", member)
            }
            Finding::Uneven { most: (most, more), least: (least, fewer) } => say!(
                lang,
                "claim files are spread unevenly: {} got {}, {} got {}",
                "請求の配分が偏っています。{} は {} 件、{} は {} 件です",
                most,
                more,
                least,
                fewer
            ),
            Finding::Even => {
                say!(lang, "claim files are spread evenly", "請求は均等に配分されています")
            }
            Finding::TooFew => say!(
                lang,
                "too few claim files came to say how they are spread",
                "請求が少なく、配分を判断できません"
            ),
        }
    }
}

/// What a member did between the two moments.
#[derive(Debug, Clone, Copy)]
struct Did {
    files: u64,
    judging: Millis,
    waiting: u64,
}

impl Did {
    /// None of a member that started anew: it counts from 0 again, and was away for some of the time.
    fn between(before: Counted, after: Counted) -> Option<Did> {
        let files = after.answered.checked_sub(before.answered)?;
        let judging = Millis(after.judging.0.checked_sub(before.judging.0)?);
        Some(Did { files, judging, waiting: after.waiting })
    }

    /// How long a file took, in microseconds, where enough of them say it.
    fn for_a_file(&self) -> Option<u64> {
        (self.files >= ENOUGH_TO_TIME).then(|| self.judging.0.saturating_mul(1000) / self.files)
    }
}

/// What the load of an area was between two moments, the worst first: the members that are ready told
/// `before` and `after`. A member that started between them, or left, is not spoken of; one that is missing
/// in `after` and has not been taken out of `before` by the caller is dead.
pub fn findings(before: &Told, after: &Told) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut did: BTreeMap<&MemberName, Did> = BTreeMap::new();
    let mut dead = Vec::new();
    for (name, before) in before {
        match after.get(name) {
            None => dead.push(name),
            Some(after) => did.extend(Did::between(*before, *after).map(|did| (name, did))),
        }
    }
    let files: u64 = did.values().map(|did| did.files).sum();
    let of = did.len();
    if files >= ENOUGH_FILES {
        dead.extend(did.iter().filter(|(_, did)| did.files == 0 && did.waiting > 0).map(|(name, _)| *name));
        did.retain(|name, _| !dead.contains(name));
    }
    let is_enough = of >= 2 && files >= ENOUGH_FILES.saturating_mul(of as u64);
    let all = did.iter().find(|(_, did)| did.files * 100 >= files * ALL_PERCENT).map(|(name, _)| *name);
    let slow = slow_ones(&did);
    // One that is left over by the others is no fault of who gives it all.
    if let (true, true, Some(member)) = (is_enough, did.len() >= 2, all) {
        found.push(Finding::OneGetsAll { member: member.clone(), of: did.len() });
    }
    dead.sort_unstable();
    found.extend(dead.into_iter().cloned().map(Finding::Dead));
    found.extend(slow.iter().map(|name| Finding::Slow((*name).clone())));
    did.retain(|name, _| !slow.contains(name));
    let has_all = found.iter().any(|finding| matches!(finding, Finding::OneGetsAll { .. }));
    found.extend(if has_all || !is_enough { None } else { uneven(&did) });
    if found.is_empty() {
        found.push(if is_enough { Finding::Even } else { Finding::TooFew });
    }
    found
}

/// Those whom a file takes far longer than the median member.
fn slow_ones<'a>(did: &BTreeMap<&'a MemberName, Did>) -> Vec<&'a MemberName> {
    let timed: Vec<(&MemberName, u64)> =
        did.iter().filter_map(|(name, did)| Some((*name, did.for_a_file()?))).collect();
    let mut times: Vec<u64> = timed.iter().map(|(_, took)| *took).collect();
    times.sort_unstable();
    // Of two, nobody knows which is as it should be, so the faster one is.
    let Some(median) = times.get(times.len().saturating_sub(1) / 2).copied() else { return Vec::new() };
    let is_slow = |took: u64| took > median.max(1).saturating_mul(SLOW_TIMES);
    timed.into_iter().filter(|(_, took)| is_slow(*took)).map(|(name, _)| name).collect()
}

/// Who gets most and least, when one of them is too far from an even share.
fn uneven(did: &BTreeMap<&MemberName, Did>) -> Option<Finding> {
    let files: u64 = did.values().map(|did| did.files).sum();
    let even = files / u64::try_from(did.len()).ok()?.max(1);
    let may_differ = (even * UNEVEN_PERCENT / 100).max(CHANCE * even.isqrt());
    let most = did.iter().max_by_key(|(_, did)| did.files)?;
    let least = did.iter().min_by_key(|(_, did)| did.files)?;
    // Nothing at all is far enough, however wide chance is.
    let is_far = |files: u64| files.abs_diff(even) > may_differ;
    let gets_nothing = least.1.files == 0 && even >= ENOUGH_FILES;
    let of = |(name, did): (&&MemberName, &Did)| ((*name).clone(), did.files);
    (is_far(most.1.files) || is_far(least.1.files) || gets_nothing)
        .then(|| Finding::Uneven { most: of(most), least: of(least) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(at: usize) -> MemberName {
        MemberName::new(&format!("n{at:02}")).unwrap()
    }

    /// What members tell of so many files each at so many milliseconds for one, on top of what they had.
    fn told(did: &[(u64, u64)]) -> (Told, Told) {
        let had = |at: usize| Counted { answered: 1000 + at as u64, judging: Millis(70_000), waiting: 0 };
        let before = (0..did.len()).map(|at| (name(at), had(at))).collect();
        let after = did.iter().enumerate().map(|(at, (files, took))| {
            let had = had(at);
            let judging = Millis(had.judging.0 + files * took);
            (name(at), Counted { answered: had.answered + files, judging, waiting: 0 })
        });
        (before, after.collect())
    }

    fn found(did: &[(u64, u64)]) -> Vec<Finding> {
        let (before, after) = told(did);
        findings(&before, &after)
    }

    #[test]
    fn the_fault_of_april_2022_is_named_after_some_seconds() {
        let mut did = [(0, 0); 12];
        did[7] = (240, 30);
        assert_eq!(found(&did), [Finding::OneGetsAll { member: name(7), of: 12 }]);
        did[2] = (20, 30);
        assert_eq!(found(&did), [Finding::OneGetsAll { member: name(7), of: 12 }], "some trickle elsewhere");
    }

    #[test]
    fn a_slow_one_gets_less_and_that_is_right() {
        let mut did = [(100, 30); 12];
        did[3] = (20, 150);
        assert_eq!(found(&did), [Finding::Slow(name(3))]);
        // As fast as the others, and it gets less: the balancer is not right.
        did[3] = (20, 30);
        assert_eq!(found(&did), [Finding::Uneven { most: (name(11), 100), least: (name(3), 20) }]);
    }

    #[test]
    fn who_does_not_answer_is_dead_and_who_starts_anew_is_not_spoken_of() {
        let (before, mut after) = told(&[(100, 30); 12]);
        after.remove(&name(5));
        assert_eq!(findings(&before, &after), [Finding::Dead(name(5))]);
        after.insert(name(5), Counted { answered: 3, ..Counted::default() });
        assert_eq!(findings(&before, &after), [Finding::Even]);
        // Files wait there, and none is answered.
        after.insert(name(5), Counted { waiting: 9, ..before[&name(5)] });
        assert_eq!(findings(&before, &after), [Finding::Dead(name(5))]);
        // A newcomer has nothing to be compared with.
        after.insert(name(5), Counted { answered: 1105, judging: Millis(73_000), waiting: 0 });
        after.insert(name(40), Counted::default());
        assert_eq!(findings(&before, &after), [Finding::Even]);
    }

    #[test]
    fn of_few_files_nothing_is_said() {
        assert_eq!(found(&[]), [Finding::TooFew]);
        assert_eq!(found(&[(1000, 30)]), [Finding::TooFew], "one member alone");
        assert_eq!(found(&[(20, 30), (0, 0), (0, 0)]), [Finding::TooFew]);
    }

    #[test]
    fn it_is_said_in_both_languages() {
        let one = Finding::OneGetsAll { member: name(7), of: 12 };
        assert!(one.say(Lang::En).starts_with("n07 gets all claim files, of 12 members"));
        assert!(one.say(Lang::Ja).starts_with("点検可能な 12 台のうち n07 だけ"));
        let uneven = Finding::Uneven { most: (name(1), 9), least: (name(2), 3) };
        assert!(uneven.say(Lang::En).ends_with("n01 got 9, n02 got 3"));
        let findings =
            [one, uneven, Finding::Slow(name(1)), Finding::Dead(name(1)), Finding::Even, Finding::TooFew];
        for finding in findings {
            assert!(finding.code().starts_with("load/"));
            assert_ne!(finding.say(Lang::En), finding.say(Lang::Ja));
        }
    }

    proptest! {
        /// Whoever it is, and however many there are.
        #[test]
        fn one_that_gets_all_is_always_named(
            members in 2_usize..200, who in 0_usize..200,
            files in ENOUGH_FILES..10_000, took in 1_u64..10_000,
        ) {
            let who = who % members;
            let mut did = vec![(0, 0); members];
            did[who] = (files * members as u64, took);
            prop_assert_eq!(found(&did), [Finding::OneGetsAll { member: name(who), of: members }]);
        }

        /// Within a tenth of even, and times within twice: nobody is accused of anything.
        #[test]
        fn an_even_load_is_called_even(
            did in prop::collection::vec((180_u64..=220, 20_u64..=40), 2..100),
        ) {
            prop_assert_eq!(found(&did), [Finding::Even]);
        }

        /// One is slow by so much that no spread of the others hides it.
        #[test]
        fn a_slow_one_is_always_named(
            mut did in prop::collection::vec((180_u64..=220, 20_u64..=40), 3..100),
            who in 0_usize..100, took in 121_u64..10_000, files in ENOUGH_TO_TIME..=200,
        ) {
            let who = who % did.len();
            did[who] = (files, took);
            prop_assert_eq!(found(&did), [Finding::Slow(name(who))]);
        }

        /// What is said does not hang on names or on what was counted before.
        #[test]
        fn the_same_members_in_another_order_are_told_the_same(
            did in prop::collection::vec((0_u64..300, 1_u64..100), 0..30),
        ) {
            let codes = |did: &[(u64, u64)]| {
                let mut codes: Vec<_> = found(did).iter().map(Finding::code).collect();
                codes.sort_unstable();
                codes
            };
            let mut turned = did.clone();
            turned.reverse();
            prop_assert_eq!(codes(&did), codes(&turned));
        }

        /// Whatever members tell: something is said, and nothing overflows.
        #[test]
        fn whatever_is_told_something_is_said(
            before in prop::collection::btree_map(0_usize..20, any::<(u32, u32, u32)>(), 0..20),
            after in prop::collection::btree_map(0_usize..20, any::<(u32, u32, u32)>(), 0..20),
        ) {
            let told = |of: BTreeMap<usize, (u32, u32, u32)>| -> Told {
                let counted = |(answered, judging, waiting): (u32, u32, u32)| Counted {
                    answered: answered.into(),
                    judging: Millis(judging.into()),
                    waiting: waiting.into(),
                };
                of.into_iter().map(|(at, told)| (name(at), counted(told))).collect()
            };
            prop_assert!(!findings(&told(before), &told(after)).is_empty());
        }
    }
}
