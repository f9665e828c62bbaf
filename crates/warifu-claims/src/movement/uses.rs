//! One claim judged by two snapshots: each use of a code in it, and what both say of it.

use warifu_values::day::{ClaimMonth, TreatmentDay};

use super::turn::{Judged, Turn};
use super::unit_findings::attribute;
use crate::checks::judge_one;
use crate::file::{Claim, Diagnosis, Item};
use crate::finding::{ClaimCode, ClaimFinding, ClaimFindings, ClaimSeverity};
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::Snapshot;

/// Findings kept of one claim by each side. No real claim comes near; one with more is not compared.
const KEPT: usize = 1 << 16;

/// One use of a code: an item, or a comment of one; a disease, or a modifier of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use {
    pub(super) kind: ItemKind,
    pub(super) code: ItemCode,
    pub(super) line: u32,
    /// As [`Item::days`].
    days: u32,
}

impl Use {
    /// The days that it may be judged for: its own, or those of the month.
    pub(super) fn days(self, month: ClaimMonth) -> impl Iterator<Item = TreatmentDay> {
        let days = if self.days == 0 { u32::MAX } else { self.days };
        (1..=month.days()).filter(move |day| days & 1 << (day - 1) != 0).filter_map(move |day| month.day(day))
    }
}

/// Every use of a code in `claim`.
pub(super) fn uses<'f>(claim: &Claim<'f>) -> impl Iterator<Item = Use> {
    let claim = *claim;
    let named = claim.diagnoses.iter().flat_map(move |diagnosis: &'f Diagnosis| {
        let modifiers = claim.modifiers(diagnosis).iter().copied().flatten();
        // What has no code is judged by no master.
        let disease = diagnosis.code.filter(|code| *code != ItemCode::UNCODED_DISEASE);
        let line = diagnosis.line;
        disease.into_iter().chain(modifiers).map(move |code| Use { kind: code.kind(), code, line, days: 0 })
    });
    let items = claim.items.iter().flat_map(move |item: &'f Item| {
        let Item { kind, line, days, .. } = *item;
        // A CO is itself its comment.
        let own = item.code.filter(|_| kind != ItemKind::Comment);
        let own = own.map(|code| Use { kind, code, line, days });
        let comments = claim.comments(item).iter().filter_map(|comment| comment.code);
        own.into_iter().chain(comments.map(move |code| Use { kind: ItemKind::Comment, code, line, days }))
    });
    named.chain(items)
}

/// What both say of one use.
pub(super) struct Compared {
    pub(super) old: Judged,
    pub(super) new: Judged,
    /// The rules that find it wrong or cannot judge it, on each side.
    pub(super) rules: (Option<ClaimCode>, Option<ClaimCode>),
    pub(super) turn: Option<Turn>,
}

/// What both say of a use that nobody finds anything about.
pub(super) const RIGHT: Compared =
    Compared { old: Judged::Right, new: Judged::Right, rules: (None, None), turn: None };

/// A claim judged by both.
pub(super) struct BothOf {
    old: Vec<ClaimFinding>,
    new: Vec<ClaimFinding>,
}

/// A claim has too many findings to be compared.
pub(super) struct NotCompared;

impl BothOf {
    /// Judges `claim`; nothing when neither finds anything about a code of it.
    pub(super) fn judge(
        claim: &Claim<'_>,
        older: &Snapshot,
        newer: &Snapshot,
    ) -> Result<Option<BothOf>, NotCompared> {
        let of = |snapshot| {
            let mut findings = ClaimFindings::new(KEPT);
            judge_one(claim, snapshot, &mut findings);
            if findings.left_out() > 0 {
                return Err(NotCompared);
            }
            let mut list = findings.into_list();
            list.retain(|finding| finding.code.asks_masters() && finding.item.is_some());
            list.sort_by_key(place);
            Ok(list)
        };
        let (mut old, mut new) = (of(older)?, of(newer)?);
        attribute(claim, (older, newer), &mut old, &mut new);
        old.sort_by_key(place);
        new.sort_by_key(place);
        let is_right = old.is_empty() && new.is_empty();
        Ok((!is_right).then_some(BothOf { old, new }))
    }

    /// The first finding of each about `one`, by which it is wrong or not judged.
    pub(super) fn findings(&self, one: Use) -> (Option<&ClaimFinding>, Option<&ClaimFinding>) {
        let at = (one.line, Some(one.code));
        (first(about(&self.old, at)), first(about(&self.new, at)))
    }

    /// What both say of `one`.
    pub(super) fn of(&self, one: Use) -> Compared {
        let at = (one.line, Some(one.code));
        let (old, new) = (about(&self.old, at), about(&self.new, at));
        let (old_judged, new_judged) = (judged(old), judged(new));
        let reasons = |findings: &[ClaimFinding]| {
            let errors = findings.iter().filter(|finding| finding.severity() == ClaimSeverity::Error);
            let mut reasons: Vec<_> =
                errors.map(|finding| (finding.code, finding.expected.clone())).collect();
            reasons.sort_unstable();
            reasons
        };
        let same = || reasons(old) == reasons(new);
        let is_error_twice = (old_judged, new_judged) == (Judged::Error, Judged::Error);
        Compared {
            old: old_judged,
            new: new_judged,
            rules: (rule(old), rule(new)),
            turn: Turn::between(old_judged, new_judged, !is_error_twice || same()),
        }
    }
}

/// The line, and the code on it.
type Place = (u32, Option<ItemCode>);

fn place(finding: &ClaimFinding) -> Place {
    (finding.line, finding.item)
}

/// Those at one place; they stand in its order.
fn about(findings: &[ClaimFinding], at: Place) -> &[ClaimFinding] {
    let from = findings.partition_point(|finding| place(finding) < at);
    let to = findings.partition_point(|finding| place(finding) <= at);
    findings.get(from..to).unwrap_or_default()
}

fn judged(findings: &[ClaimFinding]) -> Judged {
    match findings.iter().map(ClaimFinding::severity).max() {
        None | Some(ClaimSeverity::Notice) => Judged::Right,
        Some(ClaimSeverity::Unjudged) => Judged::Unjudged,
        Some(ClaimSeverity::Error) => Judged::Error,
    }
}

/// The first by the order of the codes; an error before what is not judged.
fn first(findings: &[ClaimFinding]) -> Option<&ClaimFinding> {
    findings.iter().min_by_key(|finding| (std::cmp::Reverse(finding.severity()), finding.code))
}

fn rule(findings: &[ClaimFinding]) -> Option<ClaimCode> {
    first(findings).map(|finding| finding.code)
}
