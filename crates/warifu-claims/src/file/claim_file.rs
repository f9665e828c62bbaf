//! A claim file as a value: what the checks ask of it, read once and judged by as many snapshots as wanted.
//!
//! It holds codes, days, points and quantities, already read, and what is irregular about the file itself. It
//! holds nothing else of the bytes it came from: no name and no text of a patient.

use std::ops::Range;

use warifu_values::day::ClaimMonth;

use super::claim::{Claim, Parts, Total};
use super::diagnosis::{Diagnosis, ModifierCode};
use super::eligibility::{Confirmation, CounterPayment, Narrative, Visits};
use super::head::Head;
use super::irregular::{Irregularities, Irregularity};
use super::item::{Comment, DayCount, Item, OwnMaterial, PartAt};
use super::payer::Payer;
use crate::finding::{ClaimCode, ClaimFindings};

/// A claim's facts, and where its part of each list ends.
#[derive(Debug, Clone)]
struct Bounds {
    begun: Begun,
    ends: Ends,
}

/// What is known of a claim before its other records.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    pub(super) number: Option<u32>,
    pub(super) line: u32,
    pub(super) month: Option<ClaimMonth>,
    /// `None` when the RE is missing or cannot be read.
    pub(super) head: Option<Head>,
    pub(super) is_bundled: bool,
    pub(super) has_other_records: bool,
}

/// How much of each list there is.
#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    payers: usize,
    confirmations: usize,
    visits: usize,
    counter_payments: usize,
    diagnoses: usize,
    items: usize,
    narratives: usize,
    irregularities: usize,
}

/// A claim file, read: [`ClaimFile::read`] makes it.
#[derive(Debug, Default)]
pub struct ClaimFile {
    claims: Vec<Bounds>,
    /// What a claim without an RE has for one.
    no_head: Head,
    payers: Vec<Payer>,
    confirmations: Vec<Confirmation>,
    visits: Vec<Visits>,
    counter_payments: Vec<CounterPayment>,
    diagnoses: Vec<Diagnosis>,
    items: Vec<Item>,
    narratives: Vec<Narrative>,
    parts: Parts,
    totals: Vec<Total>,
    irregularities: Irregularities,
}

impl ClaimFile {
    /// How many claims it holds.
    pub fn claim_count(&self) -> usize {
        self.claims.len()
    }

    /// The claims in order.
    pub fn claims(&self) -> impl Iterator<Item = Claim<'_>> {
        self.each().map(|(claim, _)| claim)
    }

    /// What each GO says, in order; one that says no number says nothing.
    pub fn totals(&self) -> &[Total] {
        &self.totals
    }

    /// What is irregular about the form of the file, in its order; up to a limit.
    pub fn irregularities(&self) -> &[Irregularity] {
        self.irregularities.list()
    }

    /// Each claim with what was irregular up to its end and after the end of the one before.
    fn each(&self) -> impl Iterator<Item = (Claim<'_>, Range<usize>)> {
        let mut from = Ends::default();
        self.claims.iter().map(move |Bounds { begun, ends: to }| {
            let claim = Claim {
                number: begun.number,
                line: begun.line,
                month: begun.month,
                head: begun.head.as_ref().unwrap_or(&self.no_head),
                has_head: begun.head.is_some(),
                payers: part(&self.payers, from.payers, to.payers),
                confirmations: part(&self.confirmations, from.confirmations, to.confirmations),
                visits: part(&self.visits, from.visits, to.visits),
                counter_payments: part(&self.counter_payments, from.counter_payments, to.counter_payments),
                diagnoses: part(&self.diagnoses, from.diagnoses, to.diagnoses),
                items: part(&self.items, from.items, to.items),
                narratives: part(&self.narratives, from.narratives, to.narratives),
                is_bundled: begun.is_bundled,
                has_other_records: begun.has_other_records,
                parts: &self.parts,
            };
            let odd = from.irregularities..to.irregularities;
            from = *to;
            (claim, odd)
        })
    }

    /// Goes through the file in its order: what is irregular goes to `findings` as told by `release`, and
    /// `judge` gets each claim between.
    pub(crate) fn go_through(
        &self,
        release: u64,
        findings: &mut ClaimFindings,
        mut judge: impl FnMut(&Claim<'_>, &mut ClaimFindings),
    ) {
        let mut told = 0;
        for (claim, odd) in self.each() {
            self.irregularities.tell(odd.start, odd.end, release, findings);
            told = odd.end;
            judge(&claim, findings);
        }
        self.irregularities.tell(told, self.irregularities.list().len(), release, findings);
        self.irregularities.count(findings);
    }

    /// Makes room for what a file of so many bytes usually holds, and for so many irregularities at most.
    pub(super) fn for_bytes(bytes: usize, irregularities: usize) -> ClaimFile {
        // A record of an item other than CO has at least 43 commas.
        let items = Vec::with_capacity(bytes / 64);
        let irregularities = Irregularities::keeping(irregularities);
        ClaimFile { items, irregularities, ..ClaimFile::default() }
    }

    pub(super) fn push_item(
        &mut self,
        mut item: Item,
        comments: impl Iterator<Item = Comment>,
        day_counts: impl Iterator<Item = DayCount>,
        material: Option<OwnMaterial>,
    ) {
        item.comments = append(&mut self.parts.comments, comments);
        item.day_counts = append(&mut self.parts.day_counts, day_counts);
        if let Some(material) = material {
            self.parts.materials.push(material);
            item.material = u32::try_from(self.parts.materials.len()).unwrap_or_default();
        }
        self.items.push(item);
    }

    pub(super) fn push_diagnosis(
        &mut self,
        mut diagnosis: Diagnosis,
        modifiers: impl Iterator<Item = Option<ModifierCode>>,
    ) {
        diagnosis.modifiers = append(&mut self.parts.modifiers, modifiers);
        self.diagnoses.push(diagnosis);
    }

    pub(super) fn push_payer(&mut self, payer: Payer) {
        self.payers.push(payer);
    }

    pub(super) fn push_confirmation(&mut self, confirmation: Confirmation) {
        self.confirmations.push(confirmation);
    }

    pub(super) fn push_visits(&mut self, visits: Visits) {
        self.visits.push(visits);
    }

    pub(super) fn push_counter_payment(&mut self, payment: CounterPayment) {
        self.counter_payments.push(payment);
    }

    pub(super) fn push_narrative(&mut self, narrative: Narrative) {
        self.narratives.push(narrative);
    }

    /// Ends the claim that the records since the last one belong to.
    pub(super) fn end_claim(&mut self, begun: Begun) {
        let ends = Ends {
            payers: self.payers.len(),
            confirmations: self.confirmations.len(),
            visits: self.visits.len(),
            counter_payments: self.counter_payments.len(),
            diagnoses: self.diagnoses.len(),
            items: self.items.len(),
            narratives: self.narratives.len(),
            irregularities: self.irregularities.list().len(),
        };
        self.claims.push(Bounds { begun, ends });
    }

    /// Takes in what a GO says.
    pub(super) fn push_total(&mut self, total: Total) {
        self.totals.push(total);
    }

    #[cold]
    pub(super) fn push_irregular(&mut self, code: ClaimCode, irregularity: impl FnOnce() -> Irregularity) {
        self.irregularities.push_with(code, irregularity);
    }
}

fn part<T>(of: &[T], from: usize, to: usize) -> &[T] {
    of.get(from..to).unwrap_or_default()
}

/// Appends `more` to `list`; where they are.
fn append<T>(list: &mut Vec<T>, more: impl Iterator<Item = T>) -> PartAt {
    let before = list.len();
    list.extend(more);
    PartAt {
        first: u32::try_from(before).unwrap_or(u32::MAX),
        count: u8::try_from(list.len() - before).unwrap_or(u8::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::irregular::IRREGULARITIES_KEPT;

    /// Three claims: what is irregular stands before, in and after them, as it came.
    fn three_claims() -> Vec<u8> {
        let re = |number: u32| format!("RE,{number},1112,202406,A,1,19800101{}", ",".repeat(31));
        let (first, third) = (re(1), re(3));
        let lines = ["IR,1,13,1,1234567,,,202406,00,", "?", &first, "CO,,,8,", "RE,2", &third, "GO,3"];
        lines.join("\n").into_bytes()
    }

    #[test]
    fn what_is_irregular_is_told_in_the_order_of_the_file_each_time() {
        let file = ClaimFile::read(&three_claims());
        let told = |release, limit| {
            let (mut findings, mut claims) = (ClaimFindings::new(limit), Vec::new());
            file.go_through(release, &mut findings, |claim, findings| {
                claims.push((claim.number, findings.list().len()));
            });
            let lines = findings.list().iter().map(|finding| (finding.line, finding.release));
            (claims, lines.collect::<Vec<_>>(), findings.counts().collect::<Vec<_>>())
        };
        let (claims, lines, counts) = told(7, 100);
        // The record without an id, and that the CO names no payer, belong to the first claim; the width of
        // RE 2 to the second, of GO to none.
        assert_eq!(claims, [(Some(1), 2), (Some(2), 3), (Some(3), 3)]);
        assert_eq!(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 5, 7]);
        assert!(lines.iter().all(|(_, release)| *release == 7));
        assert_eq!(told(8, 0), (vec![(Some(1), 0), (Some(2), 0), (Some(3), 0)], vec![], counts));
    }

    /// Found by whoever read the answer: what is no CP932 came before all else, of no claim.
    #[test]
    fn what_is_no_cp932_is_told_of_its_claim_and_in_its_place() {
        let lines: [&[u8]; 6] =
            [b"IR,1,13,1,1234567,,,202406,00,", b"?", b"RE,1", b"SJ,07,\x82", b"RE,2", b"SJ,07,\x82"];
        let file = ClaimFile::read(&lines.join(&b'\n'));
        let told = file.irregularities().iter().map(|told| (told.line, told.claim, told.code));
        let in_order: Vec<_> = told.filter(|(.., code)| *code != ClaimCode::UkeNoTotal).collect();
        let expected = [
            (2, None, ClaimCode::UkeRecord),
            (3, Some(1), ClaimCode::UkeColumns),
            (4, Some(1), ClaimCode::UkeFieldMixed),
            (4, Some(1), ClaimCode::UkeCharset),
            (5, Some(2), ClaimCode::UkeColumns),
            (6, Some(2), ClaimCode::UkeFieldMixed),
            (6, Some(2), ClaimCode::UkeCharset),
        ];
        assert_eq!(in_order, expected);
    }

    #[test]
    fn beyond_the_limit_irregularities_are_only_counted() {
        let bytes = b"?\n".repeat(IRREGULARITIES_KEPT + 5);
        let file = ClaimFile::read(&bytes);
        assert_eq!(file.irregularities().len(), IRREGULARITIES_KEPT);
        let mut findings = ClaimFindings::new(3);
        file.go_through(1, &mut findings, |_, _| ());
        // The first is that no institution is named.
        assert_eq!(findings.count(ClaimCode::UkeRecord) as usize, IRREGULARITIES_KEPT + 5);
        assert_eq!((findings.list().len(), findings.count(ClaimCode::UkeNoInstitution)), (3, 1));
        // Whoever tells more has more kept.
        let file = ClaimFile::read_keeping(&bytes, IRREGULARITIES_KEPT + 6);
        let mut findings = ClaimFindings::new(usize::MAX);
        file.go_through(1, &mut findings, |_, _| ());
        assert_eq!((findings.list().len(), findings.left_out()), (IRREGULARITIES_KEPT + 6, 0));
    }
}
