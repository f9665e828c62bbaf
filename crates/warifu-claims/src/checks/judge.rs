//! The clerical checks that ask the masters: item by item, by the record in force on the treatment day.
//!
//! Which day: the item's own day counts, else the claim's month. An item done on several days must be covered
//! on each. A month alone is covered when its first or last day is.

use crate::file::{Claim, ClaimFile, Comment, Item, ItemCode, ItemKind, Recorded};
use crate::finding::{ClaimCode, ClaimFinding, ClaimFindings, When};
use crate::lookup::{Held, Lookup, Procedure, Snapshot};
use warifu_values::day::{ClaimMonth, TreatmentDay, dashed};

/// Uncoded material (未コード化特定器材): its name and price are in the claim.
const UNCODED_MATERIAL: u32 = 777_770_000;

/// How much was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Claims.
    pub claims: u64,
    /// Items and comments looked up.
    pub items: u64,
}

/// Judges `file` by `snapshot`; findings name `release` and go to `findings`, with what is irregular about
/// the file itself, in the file's order.
///
/// A claim without findings allocates nothing.
pub fn judge(file: &ClaimFile, snapshot: &Snapshot, release: u64, findings: &mut ClaimFindings) -> Tally {
    let mut tally = Tally::default();
    file.go_through(release, findings, |claim, findings| {
        tally.claims += 1;
        tally.items += judge_claim(claim, snapshot, release, findings);
    });
    tally
}

/// Judges one claim; how many items and comments were looked up.
fn judge_claim(claim: &Claim<'_>, snapshot: &Snapshot, release: u64, findings: &mut ClaimFindings) -> u64 {
    let Some(month) = claim.month else { return 0 };
    let mut judging = Judging { claim, month, snapshot, release, findings, items: 0 };
    // A unit (点数・回数算定単位) is a run of records of which the last one carries the points.
    let mut records_in_unit = 0;
    for item in claim.items {
        if item.kind == ItemKind::Comment {
            judging.comments(item);
            continue;
        }
        records_in_unit += 1;
        let ends_unit = item.points != Recorded::Blank;
        judging.item(item, ends_unit && records_in_unit == 1);
        judging.comments(item);
        if ends_unit {
            records_in_unit = 0;
        }
    }
    judging.items
}

struct Judging<'a, 'f> {
    claim: &'a Claim<'a>,
    month: ClaimMonth,
    snapshot: &'a Snapshot,
    release: u64,
    findings: &'f mut ClaimFindings,
    items: u64,
}

/// What the days of an item together give.
enum Covered<'s, F> {
    /// In force on every day; the record, when it is the same one on all.
    Yes(Option<Held<'s, F>>),
    /// Not on this one.
    No(When, Lookup<'s, F>),
}

impl Judging<'_, '_> {
    fn item(&mut self, item: &Item, alone_in_unit: bool) {
        let Some(code) = self.code(item, item.kind, item.code) else { return };
        let snapshot = self.snapshot;
        match item.kind {
            ItemKind::Procedure => {
                let covered = self.cover(item.days, |day| snapshot.procedure(code, day));
                if let Some(held) = self.in_force(item, code, covered) {
                    self.procedure(item, code, &held, alone_in_unit);
                }
            }
            ItemKind::Drug => {
                let covered = self.cover(item.days, |day| snapshot.drug(code, day));
                self.in_force(item, code, covered);
            }
            ItemKind::Material if code != UNCODED_MATERIAL => {
                let covered = self.cover(item.days, |day| snapshot.material(code, day));
                self.in_force(item, code, covered);
            }
            ItemKind::Material | ItemKind::Comment => {}
        }
    }

    fn comments(&mut self, item: &Item) {
        let snapshot = self.snapshot;
        let claim = self.claim;
        for Comment { code, has_text } in claim.comments(item).iter().copied() {
            let Some(code) = self.code(item, ItemKind::Comment, code) else { continue };
            let covered = self.cover(item.days, |day| snapshot.comment(code, day));
            let Some(held) = self.in_force(item, code, covered) else { continue };
            if held.facts.takes_text != has_text {
                let wrong =
                    if has_text { ClaimCode::CommentTextNeedless } else { ClaimCode::CommentTextMissing };
                self.report(wrong, item, code, Some(&held), None, || (nine(code), String::new()));
            }
        }
    }

    /// The code as a number, when there is one of `kind`.
    #[inline]
    fn code(&mut self, item: &Item, kind: ItemKind, code: Option<ItemCode>) -> Option<u32> {
        self.items += 1;
        if code.is_none() {
            let wrong = if kind == ItemKind::Drug { ClaimCode::DrugCodeForm } else { ClaimCode::CodeForm };
            self.report_plain(wrong, item);
        }
        code.map(ItemCode::number)
    }

    /// Looks up every day of an item, or the ends of the month where it has no days.
    #[inline]
    fn cover<'s, F>(&self, days: u32, look: impl Fn(TreatmentDay) -> Lookup<'s, F>) -> Covered<'s, F> {
        if days == 0 {
            return self.cover_month(look);
        }
        let day = |at: u32| self.month.day(at + 1).unwrap_or(self.month.last());
        let (first, last) = (days.trailing_zeros(), 31 - days.leading_zeros());
        match look(day(first)) {
            Lookup::InForce(held) if first == last => Covered::Yes(Some(held)),
            // One version's days have no gap: when it holds at both ends, it holds in between.
            Lookup::InForce(held) => match look(day(last)) {
                Lookup::InForce(other) if held.is_same(&other) => Covered::Yes(Some(held)),
                _ => self.cover_each(days, look),
            },
            other => Covered::No(When::Day(day(first)), other),
        }
    }

    #[cold]
    fn cover_each<'s, F>(&self, days: u32, look: impl Fn(TreatmentDay) -> Lookup<'s, F>) -> Covered<'s, F> {
        for at in (0..31).filter(|at| days & 1 << at != 0) {
            let Some(day) = self.month.day(at + 1) else { continue };
            match look(day) {
                Lookup::InForce(_) => {}
                other => return Covered::No(When::Day(day), other),
            }
        }
        Covered::Yes(None)
    }

    fn cover_month<'s, F>(&self, look: impl Fn(TreatmentDay) -> Lookup<'s, F>) -> Covered<'s, F> {
        let month = When::Month(self.month);
        match (look(self.month.first()), look(self.month.last())) {
            (Lookup::InForce(held), Lookup::InForce(other)) => {
                Covered::Yes(held.is_same(&other).then_some(held))
            }
            (Lookup::InForce(held), _) | (_, Lookup::InForce(held)) => Covered::Yes(Some(held)),
            // Known to begin later is the weaker statement: it wins.
            (_, last @ (Lookup::NotYetInForce { .. } | Lookup::NotHeld)) => Covered::No(month, last),
            (first, _) => Covered::No(month, first),
        }
    }

    /// The record, when the item is covered; a finding otherwise.
    #[inline]
    fn in_force<'s, F>(&mut self, item: &Item, code: u32, covered: Covered<'s, F>) -> Option<Held<'s, F>> {
        match covered {
            Covered::Yes(held) => held,
            Covered::No(when, lookup) => {
                self.not_in_force(item, code, when, &lookup);
                None
            }
        }
    }

    #[cold]
    fn not_in_force<F>(&mut self, item: &Item, code: u32, when: When, lookup: &Lookup<'_, F>) {
        let (wrong, held, date) = match lookup {
            Lookup::InForce(_) => return,
            Lookup::Unknown => (ClaimCode::CodeUnknown, None, None),
            Lookup::NotHeld => (ClaimCode::MasterNotHeld, None, None),
            Lookup::NotYetInForce { from, held } => (ClaimCode::NotYetInForce, Some(held), Some(*from)),
            Lookup::Abolished { last, held } => (ClaimCode::CodeAbolished, Some(held), Some(*last)),
        };
        self.report(wrong, item, code, held, Some(when), || {
            (nine(code), date.map(dashed).unwrap_or_default())
        });
    }

    fn procedure(&mut self, item: &Item, code: u32, held: &Held<'_, Procedure>, alone_in_unit: bool) {
        let quantity = match (held.facts.step, item.quantity) {
            (None, Recorded::Blank) => None,
            (None, _) => {
                let evidence = || (nine(code), String::new());
                return self.report(ClaimCode::QuantityNeedless, item, code, Some(held), None, evidence);
            }
            (Some(_), Recorded::Blank) => {
                let evidence = || (nine(code), String::new());
                return self.report(ClaimCode::QuantityMissing, item, code, Some(held), None, evidence);
            }
            (Some(_), Recorded::Number(quantity)) if quantity > 0 => Some(quantity),
            (Some(_), _) => {
                let evidence = Default::default;
                return self.report(ClaimCode::QuantityForm, item, code, Some(held), None, evidence);
            }
        };
        if !alone_in_unit || held.facts.bundled || held.facts.point_kind != 3 {
            return;
        }
        let Some(expected) = points(held.facts, quantity) else { return };
        // Yen may stand there too; what is no number is another check's.
        let Recorded::Number(found) = item.points else { return };
        if u64::from(found) != expected {
            self.report(ClaimCode::Points, item, code, Some(held), None, || {
                (found.to_string(), expected.to_string())
            });
        }
    }

    #[cold]
    fn report<F>(
        &mut self,
        code: ClaimCode,
        item: &Item,
        item_code: u32,
        held: Option<&Held<'_, F>>,
        when: Option<When>,
        evidence: impl FnOnce() -> (String, String),
    ) {
        let (release, claim, month) = (self.release, self.claim.number, self.month);
        self.findings.push_with(code, || {
            let (found, expected) = evidence();
            let first_day = match item.days {
                0 => When::Month(month),
                days => month.day(days.trailing_zeros() + 1).map_or(When::Month(month), When::Day),
            };
            ClaimFinding {
                code,
                release,
                claim,
                line: item.line,
                record: Some(item.kind.record()),
                item: Some(item_code),
                name: held.map(|held| held.name.into()),
                when: Some(when.unwrap_or(first_day)),
                series: held.map(|held| held.series.clone()),
                found,
                expected,
            }
        });
    }

    #[cold]
    fn report_plain(&mut self, code: ClaimCode, item: &Item) {
        let (release, claim) = (self.release, self.claim.number);
        self.findings.push_with(code, || ClaimFinding {
            code,
            release,
            claim,
            line: item.line,
            record: Some(item.kind.record()),
            item: None,
            name: None,
            when: None,
            series: None,
            found: String::new(),
            expected: String::new(),
        });
    }
}

/// The points that the master gives for one time, rounded half up; `None` where its rule is not judged here.
///
/// With a quantity: points + ceil((quantity - lower limit) / step) x step points (columns 12 and 31 to 34).
/// Beyond the limits column 35 decides, which is left to other checks.
fn points(procedure: &Procedure, quantity: Option<u32>) -> Option<u64> {
    let mut hundredths = procedure.points_hundredths;
    if let (Some(step), Some(quantity)) = (procedure.step, quantity) {
        let below = u64::from(quantity) + u64::from(step.step) < u64::from(step.lower);
        if step.step == 0 || below || step.upper != 0 && quantity > step.upper {
            return None;
        }
        let steps = u64::from(quantity.saturating_sub(step.lower).div_ceil(step.step));
        hundredths = hundredths.checked_add(steps.checked_mul(step.points_hundredths)?)?;
    }
    Some((hundredths + 50) / 100)
}

fn nine(code: u32) -> String {
    format!("{code:09}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::Step;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig {
            failure_persistence: None, ..proptest::prelude::ProptestConfig::default()
        })]

        /// Whatever stands in an item, judging it gives findings, not a panic.
        #[test]
        fn no_item_makes_it_panic(
            month in "(20240[0-9]|5060[0-9])",
            lines in proptest::collection::vec(
                "(SI|IY|TO|CO)(,|,1|,[0-9]{9}|,111000110|,777770000){3,8}(,[0-9]{0,4}){0,44}", 0..6),
        ) {
            let text = format!("IR,1,13,1,1234567,,,202406,00,\nRE,1,1112,{month},,\n{}", lines.join("\n"));
            let mut findings = ClaimFindings::new(10);
            judge(&ClaimFile::read(text.as_bytes()), &Snapshot::default(), 1, &mut findings);
            for finding in findings.list() {
                let _ = (finding.message(warifu_values::lang::Lang::En), finding.severity());
            }
        }
    }

    #[test]
    fn stepped_points_are_those_of_the_published_examples() {
        // uke sample: 160177770 quantity 5 -> 50, 170000410 quantity 3 -> 170 and 1 -> 85.
        let stepped = |points: u64, step_points: u64| Procedure {
            point_kind: 3,
            points_hundredths: points * 100,
            bundled: false,
            step: Some(Step { lower: 1, upper: 99, step: 1, points_hundredths: step_points * 100 }),
        };
        assert_eq!(points(&stepped(10, 10), Some(5)), Some(50));
        assert_eq!(points(&stepped(85, 43), Some(1)), Some(85));
        assert_eq!(points(&stepped(85, 43), Some(100)), None);
        let half = Procedure { point_kind: 3, points_hundredths: 5_450, bundled: false, step: None };
        assert_eq!(points(&half, None), Some(55));
    }
}
