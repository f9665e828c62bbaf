//! Whose fault: what turned is weighed code by code, and then for the whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bound::{Bound, Enough, Missing};
use super::explained::Explained;
use super::institutions::{Sample, Sampled};
use super::movements::{AtOne, FAULT_INSTITUTIONS, Months, Movements, OF_CODE, OfMonth, Way};
use super::turn::Turn;
use crate::finding::ClaimCode;
use crate::item_code::{ItemCode, ItemKind};

/// Fewer uses than this tell nothing of a master.
pub const FAULT_USES: u64 = 3;

/// What is said of one code that turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CodeVerdict {
    /// Its master is at fault: nearly all of its uses, at several institutions.
    Fault,
    /// It turned without an explanation, or the change that was announced fits no claim of it, and too little
    /// was seen to say whose fault it is.
    Unclear,
    /// It turned at one institution or seldom, while others use the code as before.
    OfAnInstitution,
    /// What the release declares explains it.
    Explained,
}

/// What is said of all that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A master is at fault.
    Refused,
    /// Too little was seen to say anything. It never becomes a success by itself.
    Inconclusive(Vec<Missing>),
    /// Enough was seen, and nothing speaks against it.
    Passed,
}

/// What was seen, weighed.
#[derive(Debug)]
pub(super) struct Weighed<'a> {
    pub(super) verdict: Verdict,
    pub(super) bound: Bound,
    /// Uses that turned as the release declares.
    pub(super) explained: u64,
    /// Every code that turned.
    pub(super) codes: Vec<(ItemKind, ItemCode, CodeVerdict, &'a Months)>,
}

/// Turns that speak against the newer release by themselves, announced or not.
fn does_harm(turn: Turn) -> bool {
    match turn {
        Turn::RightToError | Turn::RightToUnjudged | Turn::ErrorToUnjudged | Turn::UnjudgedToError => true,
        Turn::ErrorToRight | Turn::ErrorToOther | Turn::UnjudgedToRight => false,
    }
}

/// Whether it is a claim of a code after the end that was announced for it.
fn is_after_its_end(way: &Way) -> bool {
    way.explained == Explained::EndAnnounced && way.new.is_some_and(ClaimCode::is_not_in_force)
}

/// Whether a change to come was announced, which does not explain the turn by itself.
fn is_announced(way: &Way) -> bool {
    matches!(way.explained, Explained::Announced | Explained::EndAnnounced) && !is_after_its_end(way)
}

/// Whether a turn must be weighed that is so explained.
fn is_weighed(way: &Way) -> bool {
    match way.explained {
        Explained::Accepted => false,
        Explained::EndAnnounced if is_after_its_end(way) => false,
        Explained::Announced | Explained::EndAnnounced => {
            does_harm(way.turn) || way.turn == Turn::ErrorToOther
        }
        // What was not known and is right harms nobody.
        Explained::Not => way.turn != Turn::UnjudgedToRight,
    }
}

/// Enough uses at enough institutions to blame a master.
fn tells(turned: (u64, u64)) -> bool {
    turned.0 >= FAULT_USES && turned.1 >= FAULT_INSTITUTIONS
}

/// At least half.
fn nearly_all(turned: u64, of: u64) -> bool {
    turned * 2 >= of
}

/// Whether at least half of the institutions that have uses which `of` counts have at least half of these
/// turned in a way that `which` holds for. Institutions count alike, however much one of them sends.
fn at_most_of_them(seen: &OfMonth, which: impl Fn(&Way) -> bool, of: impl Fn(&AtOne) -> u32) -> bool {
    let (mut all, mut turned_at) = (0, 0);
    for (_, at_one, turned) in seen.at_each(which) {
        let of = of(&at_one);
        all += u64::from(of > 0);
        turned_at += u64::from(of > 0 && nearly_all(turned.into(), of.into()));
    }
    all > 0 && nearly_all(turned_at, all)
}

/// Whether what was seen of a code, in one month or in all, is a fault of its master.
fn is_fault(seen: &OfMonth) -> bool {
    let turned = |turn: Turn| move |way: &Way| way.turn == turn && is_weighed(way);
    let is_of = |turn: Turn, of: fn(&AtOne) -> u32| {
        tells(seen.turned(turned(turn))) && at_most_of_them(seen, turned(turn), of)
    };
    let to_error = turned(Turn::RightToError);
    let to_unjudged =
        |way: &Way| matches!(way.turn, Turn::RightToUnjudged | Turn::ErrorToUnjudged) && is_weighed(way);
    // None before and some now is no matter of shares, where nobody was told of a change.
    let unannounced = |way: &Way| way.explained == Explained::Not;
    let is_new = |which: &dyn Fn(&Way) -> bool, before: u64| {
        before == 0 && tells(seen.turned(|way| which(way) && unannounced(way)))
    };
    is_of(Turn::RightToError, |at| at.uses)
        || is_new(&to_error, seen.errors_before)
        || tells(seen.turned(to_unjudged))
            && at_most_of_them(seen, to_unjudged, |at| at.uses - at.unjudged_before)
        || is_new(&to_unjudged, seen.unjudged_before)
        || is_of(Turn::UnjudgedToError, |at| at.unjudged_before)
        || is_of(Turn::ErrorToRight, |at| at.errors_before)
        || unexplained_other(seen)
}

/// Errors that become other ones without a word.
fn unexplained_other(seen: &OfMonth) -> bool {
    let other = |way: &Way| way.turn == Turn::ErrorToOther && way.explained == Explained::Not;
    tells(seen.turned(other)) && at_most_of_them(seen, other, |at| at.errors_before)
}

/// Whether an announced change leaves nearly all claims of a month wrong, at most institutions.
fn announced_leaves_wrong(seen: &OfMonth) -> bool {
    let other = |way: &Way| way.turn == Turn::ErrorToOther && is_announced(way);
    tells(seen.turned(other)) && at_most_of_them(seen, other, |at| at.uses)
}

/// Whether claims of days after its announced end are not a few late ones: most institutions claim it half as
/// often as in its `usual` month. Where it has none, they are most of the institutions that were seen at all.
/// After its end only late claims use a code, so their share of a month says nothing.
fn is_used_after_its_end(all: &OfMonth, usual: &OfMonth, everyone: &Sample<(), OF_CODE>) -> bool {
    if !tells(all.turned(is_after_its_end)) {
        return false;
    }
    let usual: BTreeMap<u32, u32> = usual
        .at_each(is_after_its_end)
        .into_iter()
        .map(|(one, at_one, after)| (one.number(), at_one.uses.saturating_sub(after)))
        .collect();
    let after = all.at_each(is_after_its_end);
    if usual.values().filter(|uses| **uses > 0).count() as u64 >= FAULT_INSTITUTIONS {
        let goes_on = after.iter().filter(|(one, _, after)| {
            let usual = usual.get(&one.number()).copied().unwrap_or_default();
            *after > 0 && nearly_all((*after).into(), usual.into())
        });
        return nearly_all(goes_on.count() as u64, after.len() as u64);
    }
    let uses_it = |one: &Sampled| after.iter().any(|(of, _, after)| of == one && *after > 0);
    let mut everyone: Vec<Sampled> = everyone.iter().map(|(one, ())| one).collect();
    if everyone.iter().filter(|one| one.is_known()).count() as u64 >= FAULT_INSTITUTIONS {
        everyone.retain(|one| one.is_known());
    }
    nearly_all(everyone.iter().filter(|one| uses_it(one)).count() as u64, everyone.len() as u64)
}

/// Whether most institutions are right in other months, before and after: then it is not that they, or the
/// checks, are always wrong about the code.
fn is_right_otherwise(months: &Months) -> bool {
    let mut others = OfMonth::default();
    months.iter().filter(|(_, seen)| !announced_leaves_wrong(seen)).for_each(|(_, seen)| others.merge(seen));
    let (mut all, mut wrong) = (0, 0);
    for (_, at_one, _) in others.at_each(|_| false) {
        let judged = at_one.uses - at_one.unjudged_before;
        all += u64::from(judged > 0);
        wrong += u64::from(judged > 0 && nearly_all(at_one.errors_before.into(), judged.into()));
    }
    others.uses - others.unjudged_before >= FAULT_USES && !nearly_all(wrong, all)
}

/// Whether codes that are too rare each are together a fault of their master.
fn is_fault_together(seen: &OfMonth) -> bool {
    tells(seen.turned(counts_together)) && at_most_of_them(seen, counts_together, |at| at.uses)
}

fn counts_together(way: &Way) -> bool {
    let announced_other = way.turn == Turn::ErrorToOther && is_announced(way);
    is_weighed(way) && !announced_other
}

fn all_months(months: &Months) -> OfMonth {
    months.iter().fold(OfMonth::default(), |mut all, (_, seen)| {
        all.merge(seen);
        all
    })
}

/// Whether there are too few uses or institutions to tell anything of the code by itself.
fn is_rare(all: &OfMonth) -> bool {
    !tells((all.uses, all.institutions.count()))
}

fn weigh_code(months: &Months, all: &OfMonth, everyone: &Sample<(), OF_CODE>) -> CodeVerdict {
    // A change may hold for the days of one month only, so each is asked by itself too.
    let leaves_wrong = months.iter().any(|(_, seen)| announced_leaves_wrong(seen));
    let is_wrong = leaves_wrong && is_right_otherwise(months);
    if is_wrong || is_fault(all) || months.iter().any(|(_, seen)| is_fault(seen)) {
        return CodeVerdict::Fault;
    }
    let unexplained = |way: &Way| way.explained == Explained::Not && is_weighed(way);
    let others_use_it = all.institutions.count() >= FAULT_INSTITUTIONS
        && all.uses >= FAULT_USES
        && !at_most_of_them(all, unexplained, |at| at.uses);
    let before_its_end = |seen: &OfMonth| seen.uses - seen.turned(is_after_its_end).0;
    let usual = months.iter().map(|(_, seen)| seen).max_by_key(|seen| before_its_end(seen));
    let is_still_used = usual.is_some_and(|usual| is_used_after_its_end(all, usual, everyone));
    if leaves_wrong || is_still_used || all.turned(unexplained).0 > 0 && !others_use_it {
        return CodeVerdict::Unclear;
    }
    match all.turned(is_weighed) {
        (0, _) => CodeVerdict::Explained,
        _ => CodeVerdict::OfAnInstitution,
    }
}

impl Movements {
    /// Weighs what was seen; `enough` is what a success needs.
    pub(super) fn weigh(&self, enough: &Enough) -> Weighed<'_> {
        let mut codes = Vec::new();
        let (mut moved, mut explained) = (0, 0);
        // Codes that are too rare each are weighed together, by kind.
        let mut rare: BTreeMap<ItemKind, OfMonth> = BTreeMap::new();
        for (kind, code, months) in self.turned() {
            let all = all_months(months);
            let verdict = weigh_code(months, &all, &self.seen.sample);
            moved += all.turned(is_weighed).0;
            explained += all.turned(|way| !is_weighed(way)).0;
            if is_rare(&all) {
                rare.entry(kind).or_default().merge(&all);
            }
            codes.push((kind, code, verdict, months));
        }
        for (kind, _, verdict, months) in &mut codes {
            let all = all_months(months);
            let Some(together) = rare.get(kind).filter(|_| is_rare(&all)) else { continue };
            if is_fault_together(together) && all.turned(counts_together).0 > 0 {
                *verdict = CodeVerdict::Fault;
            }
            let is_still_used = is_used_after_its_end(together, together, &self.seen.sample);
            if is_still_used && all.turned(is_after_its_end).0 > 0 {
                *verdict = (*verdict).min(CodeVerdict::Unclear);
            }
        }
        let seen = &self.seen;
        let is_refused = codes.iter().any(|(.., verdict, _)| *verdict == CodeVerdict::Fault);
        let unclear = codes.iter().filter(|(.., verdict, _)| *verdict == CodeVerdict::Unclear).count() as u64;
        let mut missing = Vec::new();
        let mut need = |seen, needed, missing_of: fn(u64, u64) -> Missing| {
            if seen < needed {
                missing.push(missing_of(seen, needed));
            }
        };
        need(seen.files, enough.files, |seen, needed| Missing::Files { seen, needed });
        let institutions = seen.institutions.count();
        need(institutions, enough.institutions, |seen, needed| Missing::Institutions { seen, needed });
        if seen.uses > 0 && seen.judged == 0 {
            missing.push(Missing::Judged { unjudged: seen.uses });
        } else {
            need(seen.judged, enough.uses, |seen, needed| Missing::Uses { seen, needed });
        }
        if unclear > 0 {
            missing.push(Missing::Unclear { codes: unclear });
        }
        if seen.left_out * 2 > seen.uses {
            missing.push(Missing::Compared { left_out: seen.left_out });
        }
        let verdict = match missing.is_empty() {
            _ if is_refused => Verdict::Refused,
            true => Verdict::Passed,
            false => Verdict::Inconclusive(missing),
        };
        Weighed { verdict, bound: Bound { moved, uses: seen.judged }, explained, codes }
    }

    /// What is said of all that was seen, when a success needs `enough`.
    pub fn verdict(&self, enough: &Enough) -> Verdict {
        self.weigh(enough).verdict
    }
}
