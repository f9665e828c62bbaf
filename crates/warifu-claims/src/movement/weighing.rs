//! Whose fault: what turned is weighed code by code, and then for the whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bound::{Bound, Enough, Missing};
use super::explained::Explained;
use super::movements::{Months, Movements, OfMonth, Way};
use super::turn::Turn;
use crate::file::{ItemCode, ItemKind};
use crate::finding::ClaimCode;

/// Fewer uses than this tell nothing of a master.
pub const FAULT_USES: u64 = 3;

/// Uses of fewer institutions than this may be an institution's own.
pub const FAULT_INSTITUTIONS: u64 = 2;

/// What is said of one code that turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// Whether it is a claim of a code after the last day that was announced for it.
fn is_after_its_end(way: &Way) -> bool {
    way.explained == Explained::EndAnnounced && way.new == Some(ClaimCode::CodeAbolished)
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

/// Whether what was seen of a code, in one month or in all, is a fault of its master.
fn is_fault(seen: &OfMonth) -> bool {
    let turned = |turn: Turn| seen.turned(|way| way.turn == turn && is_weighed(way));
    let of_turn = |turn: Turn, of: u64| {
        let turned = turned(turn);
        tells(turned) && nearly_all(turned.0, of)
    };
    let judged_before = seen.uses - seen.unjudged_before;
    let to_unjudged = seen
        .turned(|way| matches!(way.turn, Turn::RightToUnjudged | Turn::ErrorToUnjudged) && is_weighed(way));
    let to_error = turned(Turn::RightToError);
    // None before and some now is no matter of shares.
    tells(to_error) && (nearly_all(to_error.0, seen.uses) || seen.errors_before == 0)
        || tells(to_unjudged) && (nearly_all(to_unjudged.0, judged_before) || seen.unjudged_before == 0)
        || of_turn(Turn::UnjudgedToError, seen.unjudged_before)
        || of_turn(Turn::ErrorToRight, seen.errors_before)
        || unexplained_other(seen)
}

/// Errors that become other ones without a word.
fn unexplained_other(seen: &OfMonth) -> bool {
    let other = seen.turned(|way| way.turn == Turn::ErrorToOther && way.explained == Explained::Not);
    tells(other) && nearly_all(other.0, seen.errors_before)
}

/// Whether an announced change leaves nearly all claims of a month wrong, at several institutions.
fn announced_leaves_wrong(seen: &OfMonth) -> bool {
    let other = seen.turned(|way| way.turn == Turn::ErrorToOther && is_announced(way));
    tells(other) && nearly_all(other.0, seen.uses)
}

/// Whether claims of days after its announced end are not a few late ones, but half as many as the `others`
/// of a usual month. After its last day only late claims use a code, so their share of a month says nothing.
fn is_used_after_its_end(all: &OfMonth, others: u64) -> bool {
    let after = all.turned(is_after_its_end);
    tells(after) && nearly_all(after.0, others)
}

/// The uses that are no claims after an announced end.
fn before_its_end(seen: &OfMonth) -> u64 {
    seen.uses - seen.turned(is_after_its_end).0
}

/// Whether the uses of other months are right, before and after: then it is not that institutions, or the
/// checks, are always wrong about the code.
fn is_right_otherwise(months: &Months) -> bool {
    let others = months.iter().filter(|(_, seen)| !announced_leaves_wrong(seen));
    let (judged, errors) = others.fold((0, 0), |(judged, errors), (_, seen)| {
        (judged + seen.uses - seen.unjudged_before, errors + seen.errors_before)
    });
    judged >= FAULT_USES && !nearly_all(errors, judged)
}

/// Whether codes that are too rare each are together a fault of their master.
fn is_fault_together(seen: &OfMonth) -> bool {
    let turned = seen.turned(counts_together);
    tells(turned) && nearly_all(turned.0, seen.uses)
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

fn weigh_code(months: &Months, all: &OfMonth) -> CodeVerdict {
    // A change may hold for the days of one month only, so each is asked by itself too.
    let leaves_wrong = months.iter().any(|(_, seen)| announced_leaves_wrong(seen));
    let is_wrong = leaves_wrong && is_right_otherwise(months);
    if is_wrong || is_fault(all) || months.iter().any(|(_, seen)| is_fault(seen)) {
        return CodeVerdict::Fault;
    }
    let unexplained = all.turned(|way| way.explained == Explained::Not && is_weighed(way));
    let others_use_it = all.institutions.count() >= FAULT_INSTITUTIONS
        && all.uses >= FAULT_USES
        && !nearly_all(unexplained.0, all.uses);
    let of_a_month = months.iter().map(|(_, seen)| before_its_end(seen)).max().unwrap_or_default();
    let is_still_used = is_used_after_its_end(all, of_a_month);
    if leaves_wrong || is_still_used || unexplained.0 > 0 && !others_use_it {
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
            let verdict = weigh_code(months, &all);
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
            let is_still_used = is_used_after_its_end(together, before_its_end(together));
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
