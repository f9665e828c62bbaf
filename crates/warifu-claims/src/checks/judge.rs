//! Going through a claim file: every check of the catalogue is asked of what it is for.

use super::age_additions::judge_age_additions;
use super::asked::{CommentInForce, ItemInForce, OfItem, OfUnit, Times, UnitInForce};
use super::catalogue;
use super::check::Check;
use super::comments_due::judge_comments_due;
use super::companions::{Company, judge_company};
use super::cover::{Covered, cover, ends};
use super::diagnoses::{NotHeld, judge_diagnoses};
use super::report::{Place, Report};
use super::together::judge_together;
use super::unit::Worth;
use super::uses::Uses;
use crate::file::{Claim, ClaimFile, Comment, Item, Quantity};
use crate::finding::{ClaimFindings, When};
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::{Absence, By, Counted, Held, Lookup, Procedure, Snapshot};
use warifu_values::day::{ClaimMonth, TreatmentDay};

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
/// the file itself, claim by claim: first what reading says, then what judging does.
///
/// Beyond what the largest claim so far took, a claim without findings allocates nothing.
pub fn judge(file: &ClaimFile, snapshot: &Snapshot, release: u64, findings: &mut ClaimFindings) -> Tally {
    let (mut tally, mut uses) = (Tally::default(), Uses::default());
    file.go_through(release, findings, |claim, findings| {
        tally.claims += 1;
        let mut report = Report { release, findings };
        judge_form(claim, &mut report);
        tally.items += judge_claim(claim, snapshot, NotHeld::OnceAClaim, &mut uses, report);
    });
    let mut report = Report { release, findings };
    for total in file.totals() {
        for check in catalogue::TOTAL {
            if let Some(wrong) = (check.ask)(total) {
                let (line, record) = (total.line, *b"GO");
                let place = Place { claim: None, line, record, item: None, when: None, by: None };
                report.take(&check.about, wrong, place);
            }
        }
    }
    tally
}

/// Judges one claim by `snapshot`, without what its file alone decides; findings name no release.
pub(crate) fn judge_one(claim: &Claim<'_>, snapshot: &Snapshot, findings: &mut ClaimFindings) {
    let report = Report { release: 0, findings };
    judge_claim(claim, snapshot, NotHeld::OfEachCode, &mut Uses::default(), report);
}

/// Asks of the claim what the file alone decides: it is the same by every snapshot.
fn judge_form(claim: &Claim<'_>, report: &mut Report<'_>) {
    let days = || claim.month.map(|month| ends(month, 0));
    let when = claim.month.map(When::Month);
    for check in catalogue::CLAIM.iter().filter(|check| check.about.judges.all(days)) {
        if let Some(wrong) = (check.ask)(claim) {
            let (line, record) = (claim.line, *b"RE");
            let place = Place { claim: claim.number, line, record, item: None, when, by: None };
            report.take(&check.about, wrong, place);
        }
    }
    for payer in claim.payers {
        for check in catalogue::PAYER.iter().filter(|check| check.about.judges.all(days)) {
            if let Some(wrong) = (check.ask)(claim, payer) {
                let (line, record) = (payer.line, payer.kind.record());
                let place = Place { claim: claim.number, line, record, item: None, when, by: None };
                report.take(&check.about, wrong, place);
            }
        }
    }
}

/// Judges the diseases and items of one claim; how many items and comments were looked up.
fn judge_claim(
    claim: &Claim<'_>,
    snapshot: &Snapshot,
    not_held: NotHeld,
    uses: &mut Uses,
    mut report: Report<'_>,
) -> u64 {
    let Some(month) = claim.month else { return 0 };
    judge_diagnoses(claim, month, snapshot, not_held, &mut report);
    let (times, company) = (Times::default(), Company::default());
    let mut judging = Judging { claim, month, snapshot, report, items: 0, times, company };
    for unit in claim.units() {
        let mut worth = Worth::Nothing;
        for item in unit.items {
            if item.kind != ItemKind::Comment {
                let by = judging.item(item, &mut worth);
                // What a unit comes to is told of its last record, and with it.
                if unit.is_ended_by(item) {
                    judging.unit(item, worth, by);
                }
            }
            judging.comments(item);
        }
    }
    let Judging { company, items, mut report, .. } = judging;
    judge_company(&company, claim, month, snapshot, &mut report);
    judge_age_additions(&company, claim, month, snapshot, &mut report);
    judge_together(claim, month, snapshot, uses, &mut report);
    judge_comments_due(claim, month, snapshot, uses, &mut report);
    items
}

struct Judging<'a, 'f> {
    claim: &'a Claim<'a>,
    month: ClaimMonth,
    snapshot: &'a Snapshot,
    report: Report<'f>,
    items: u64,
    times: Times,
    company: Company,
}

impl<'a> Judging<'a, '_> {
    /// Judges an item, and adds it to what its unit comes to; the record that it was judged by.
    fn item(&mut self, item: &Item, worth: &mut Worth) -> Option<By<'a>> {
        let (snapshot, so_far) = (self.snapshot, std::mem::replace(worth, Worth::Unknown));
        let Some(code) = self.code(item, item.kind, item.code) else {
            self.company.take_unknown(item);
            return None;
        };
        let number = code.number();
        match item.kind {
            ItemKind::Procedure => {
                let held =
                    self.record(item, code, catalogue::PROCEDURE, |day| snapshot.procedure(number, day));
                *worth = so_far.with_procedure(item, held.map(|held| held.facts));
                self.company.take(item, held.map(|held| held.facts));
                if let Some(held) = held {
                    self.count(item, held.facts);
                }
                held.map(|held| held.by())
            }
            ItemKind::Drug => {
                let held = self.record(item, code, catalogue::DRUG, |day| snapshot.drug(number, day));
                *worth = so_far.with_drug(item, held.map(|held| held.facts));
                held.map(|held| held.by())
            }
            ItemKind::Material if number != UNCODED_MATERIAL => {
                let held = self.record(item, code, catalogue::MATERIAL, |day| snapshot.material(number, day));
                let own = self.claim.material(item).map_or(Quantity::Blank, |own| own.unit_price_yen);
                *worth = so_far.with_material(item, own, held.map(|held| held.facts));
                held.map(|held| held.by())
            }
            // No item is of the other kinds.
            ItemKind::Material | ItemKind::Comment | ItemKind::Disease | ItemKind::Modifier => None,
        }
    }

    /// Counts an item among those that are counted together.
    #[inline]
    fn count(&mut self, item: &Item, facts: &Procedure) {
        let together = match facts.counted {
            Counted::Visit => &mut self.times.visits,
            Counted::Stay => &mut self.times.stays,
            Counted::Freely | Counted::Alone => return,
        };
        *together = together.saturating_add(item.times.into());
    }

    /// Judges a unit that `last` ends, and what it comes to.
    #[inline]
    fn unit(&mut self, last: &Item, worth: Worth, by: Option<By<'a>>) {
        match worth {
            Worth::Procedures(sum) => self.worth(last, &sum, catalogue::PROCEDURE_UNIT, by),
            Worth::Drugs(sum) => self.worth(last, &sum, catalogue::DRUG_UNIT, by),
            Worth::Materials(sum) => self.worth(last, &sum, catalogue::MATERIAL_UNIT, by),
            Worth::Nothing | Worth::Unknown => {}
        }
    }

    #[inline]
    fn worth<W: 'static>(
        &mut self,
        last: &Item,
        worth: &W,
        checks: &'static [Check<OfUnit<W>>],
        by: Option<By<'a>>,
    ) {
        let days = self.days(last);
        for check in checks.iter().filter(|check| check.about.judges.all(days)) {
            if let Some(wrong) = (check.ask)(&UnitInForce { points: last.points, worth })
                && let Some(code) = last.code
            {
                let place = Place { by, ..self.place(last, code) };
                self.report.take(&check.about, wrong, place);
            }
        }
    }

    /// Asks `checks` of an item by the record that `look` finds for its days, and returns that.
    #[inline]
    fn record<F: 'static>(
        &mut self,
        item: &Item,
        code: ItemCode,
        checks: &'static [Check<OfItem<F>>],
        look: impl Fn(TreatmentDay) -> Lookup<'a, F>,
    ) -> Option<Held<'a, F>> {
        let held = self.in_force(item, code, look)?;
        let of = ItemInForce {
            claim: self.claim,
            item,
            days: ends(self.month, item.days),
            before: self.times,
            code,
            facts: held.facts,
        };
        let days = self.days(item);
        for check in checks.iter().filter(|check| check.about.judges.all(days)) {
            if let Some(wrong) = (check.ask)(&of) {
                let place = Place { by: Some(held.by()), ..self.place(item, code) };
                self.report.take(&check.about, wrong, place);
            }
        }
        Some(held)
    }

    fn comments(&mut self, item: &Item) {
        let (snapshot, claim) = (self.snapshot, self.claim);
        for Comment { code, has_text, text } in claim.comments(item).iter().copied() {
            let Some(code) = self.code(item, ItemKind::Comment, code) else { continue };
            let look = |day| snapshot.comment(code.number(), day);
            let Some(held) = self.in_force(item, code, look) else { continue };
            let of = CommentInForce { code, has_text, text, facts: held.facts };
            let days = self.days(item);
            for check in catalogue::COMMENT.iter().filter(|check| check.about.judges.all(days)) {
                if let Some(wrong) = (check.ask)(&of) {
                    let place = Place { by: Some(held.by()), ..self.place(item, code) };
                    self.report.take(&check.about, wrong, place);
                }
            }
        }
    }

    /// The code, when there is one of `kind`.
    #[inline]
    fn code(&mut self, item: &Item, kind: ItemKind, code: Option<ItemCode>) -> Option<ItemCode> {
        self.items += 1;
        let days = self.days(item);
        for check in catalogue::CODE.iter().filter(|check| check.about.judges.all(days)) {
            if let Some(wrong) = (check.ask)(kind, code) {
                let (claim, line, record) = (self.claim.number, item.line, item.kind.record());
                let place = Place { claim, line, record, item: code, when: None, by: None };
                self.report.take(&check.about, wrong, place);
            }
        }
        code
    }

    /// The record, when one and the same was in force on all days of the item.
    #[inline]
    fn in_force<F>(
        &mut self,
        item: &Item,
        code: ItemCode,
        look: impl Fn(TreatmentDay) -> Lookup<'a, F>,
    ) -> Option<Held<'a, F>> {
        match cover(self.month, item.days, look) {
            Covered::Yes(held) => held,
            Covered::No(when, absence, by) => {
                self.not_in_force(item, code, when, absence, by);
                None
            }
        }
    }

    #[cold]
    fn not_in_force(
        &mut self,
        item: &Item,
        code: ItemCode,
        when: When,
        absence: Absence,
        by: Option<By<'_>>,
    ) {
        let days = || match when {
            When::Day(day) => Some((day, day)),
            When::Month(month) => Some(ends(month, 0)),
        };
        for check in catalogue::ABSENCE.iter().filter(|check| check.about.judges.all(days)) {
            if let Some(wrong) = (check.ask)(code, absence) {
                let place = Place { when: Some(when), by, ..self.place(item, code) };
                self.report.take(&check.about, wrong, place);
            }
        }
    }

    /// The first and the last day of `item`, for checks that do not judge every day.
    fn days(&self, item: &Item) -> impl Fn() -> Option<(TreatmentDay, TreatmentDay)> + Copy + use<> {
        let (month, days) = (self.month, item.days);
        move || Some(ends(month, days))
    }

    /// Where `item` or a comment of it stands.
    #[cold]
    fn place<'p>(&self, item: &Item, code: ItemCode) -> Place<'p> {
        let first_day = match item.days {
            0 => None,
            days => self.month.day(days.trailing_zeros() + 1),
        };
        Place {
            claim: self.claim.number,
            line: item.line,
            record: item.kind.record(),
            item: Some(code),
            when: Some(first_day.map_or(When::Month(self.month), When::Day)),
            by: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::check::{About, Judges};
    use crate::checks::wrong::Wrong;
    use crate::finding::ClaimCode;
    use crate::lookup::{Amount, Drug};

    /// A rule that began in January 2024 and ended in June, and finds every drug wrong.
    const FROM_2024: &[Check<OfItem<Drug>>] = &[Check {
        about: About {
            codes: &[ClaimCode::QuantityForm],
            fields: &[],
            columns: &[],
            source: "invented",
            judges: Judges::Days {
                first: TreatmentDay::of(2024, 1, 10).unwrap(),
                last: TreatmentDay::of(2024, 6, 15),
            },
        },
        ask: |_| Some(Wrong::plain(ClaimCode::QuantityForm)),
    }];

    #[test]
    fn a_check_judges_its_own_days_alone() {
        let judged = |month: &str, days: &[u32]| {
            let mut fields = vec![String::new(); 44];
            fields[0] = "IY".to_owned();
            fields[3] = "620000001".to_owned();
            days.iter().for_each(|day| fields[12 + *day as usize] = "1".to_owned());
            let text = format!("IR,1,13,1,1234567,,,202406,00,\nRE,1,1112,{month},,\n{}", fields.join(","));
            let file = ClaimFile::read(text.as_bytes());
            let (snapshot, series) = (Snapshot::default(), std::sync::Arc::from("r06"));
            let mut findings = ClaimFindings::new(10);
            file.go_through(1, &mut ClaimFindings::new(10), |claim, _| {
                let report = Report { release: 1, findings: &mut findings };
                let month = claim.month.unwrap();
                let (times, company) = (Times::default(), Company::default());
                let mut judging =
                    Judging { claim, month, snapshot: &snapshot, report, items: 0, times, company };
                let facts = Drug { price: Amount::default(), price_kind: 1, is_elective: false };
                let held = Held::invented(&facts, &series);
                let [item] = claim.items else { panic!("{} items", claim.items.len()) };
                judging.record(item, item.code.unwrap(), FROM_2024, |_| Lookup::InForce(held));
            });
            findings.list().len()
        };
        assert_eq!(judged("202312", &[31]), 0);
        assert_eq!((judged("202401", &[9]), judged("202401", &[10])), (0, 1));
        // Each day must be one of its days; a month without days, all of it.
        assert_eq!((judged("202401", &[9, 10]), judged("202401", &[10, 31])), (0, 1));
        assert_eq!((judged("202406", &[1, 15]), judged("202406", &[15, 16])), (1, 0));
        assert_eq!((judged("202405", &[]), judged("202406", &[]), judged("202401", &[])), (1, 0, 0));
    }

    /// Whatever stands in items of the masters held, judging them gives findings, not a panic; and what is
    /// asked of items, comments, units and procedures together is asked.
    #[test]
    fn no_item_makes_it_panic() {
        use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

        let item = "(SI|IY|TO|CO)(,|,[1-9][0-9]),1,(111000110|170000410|1800000[1-9]0|18000010[1-5]|\
            18000011[1-4]|18000012[1-5]|1900000(01|11|12|13)|620000001|7110001[134]0|777770000|[0-9]{9})\
            (,[0-9]{0,4}){3}(,|,820000001|,830000001|,850000001|,[0-9]{9}){0,6}(,|,[0-9]{1,3}){0,40}";
        let item = proptest::string::string_regex(item).unwrap();
        let claims = (
            proptest::string::string_regex("(20240[0-9]|5060[0-9])").unwrap(),
            proptest::collection::vec(item, 0..6),
        );
        let codes = std::cell::RefCell::new(std::collections::BTreeSet::new());
        let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
        let always_the_same = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let judged = TestRunner::new_with_rng(config, always_the_same).run(&claims, |(month, lines)| {
            let text = format!(
                "IR,1,13,1,1234567,,,202406,00,\nRE,1,1112,{month},A,1,19800229\n{}",
                lines.join("\n")
            );
            let (snapshot, mut findings) =
                (crate::checks::clean_masters::snapshot(), ClaimFindings::new(1_000));
            judge(&ClaimFile::read(text.as_bytes()), snapshot, 1, &mut findings);
            for finding in findings.list() {
                let _ = (finding.message(warifu_values::lang::Lang::En), finding.severity());
            }
            codes.borrow_mut().extend(findings.counts().map(|(code, _)| code));
            Ok(())
        });
        judged.unwrap();
        let told = codes.into_inner();
        let asked = [
            ClaimCode::QuantityMissing,
            ClaimCode::AgeBelow,
            ClaimCode::AmountMissing,
            ClaimCode::PriceMissing,
            ClaimCode::Points,
            ClaimCode::DrugPoints,
            ClaimCode::MaterialPoints,
            ClaimCode::CommentTextNeedless,
            ClaimCode::CommentTextForm,
            ClaimCode::CountDay,
        ];
        for code in asked {
            assert!(told.contains(&code), "{code} was never asked for: {told:?}");
        }
    }
}
