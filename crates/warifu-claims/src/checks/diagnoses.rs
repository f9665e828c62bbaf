//! The checks of diseases and their modifiers (SY), each asked for the treatment month of its claim.

use std::cell::OnceCell;

use super::asked::{DiseaseInForce, UncodedDisease};
use super::catalogue;
use super::cover::{Covered, cover, ends};
use super::report::{Place, Report};
use crate::file::{Claim, Diagnosis};
use crate::finding::When;
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::{Absence, By, Disease, Held, Lookup, Snapshot};
use crate::name_digest::NameDigest;
use warifu_values::day::{ClaimMonth, TreatmentDay};

/// How often it is told of a claim that no master of its month is held of diseases, or of modifiers. Every
/// claim names diseases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotHeld {
    /// For people: once for each of the two.
    OnceAClaim,
    /// For comparing two snapshots code by code: of each code.
    OfEachCode,
}

/// Asks them of the SY of `claim`.
pub(super) fn judge_diagnoses(
    claim: &Claim<'_>,
    month: ClaimMonth,
    snapshot: &Snapshot,
    not_held: NotHeld,
    report: &mut Report<'_>,
) {
    let has_other = OnceCell::new();
    let mut of = Diagnoses { claim, month, not_held, told: Vec::new(), has_other };
    for diagnosis in claim.diagnoses {
        of.form(diagnosis, ItemKind::Disease, diagnosis.code, report);
        if let Some(code) = diagnosis.code {
            of.name(diagnosis, code, report);
            if let Some(name) = diagnosis.uncoded_name {
                of.uncoded(diagnosis, code, name, snapshot, report);
            }
            // What has no code is in no master.
            if code != ItemCode::UNCODED_DISEASE {
                let held = of.listed(diagnosis, code, |day| snapshot.disease(code.number(), day), report);
                if let Some(held) = held {
                    of.in_force(diagnosis, code, &held, snapshot, report);
                }
            }
        }
        let modifiers = claim.modifiers(diagnosis);
        if modifiers.contains(&None) {
            of.form(diagnosis, ItemKind::Modifier, None, report);
        }
        for code in modifiers.iter().copied().flatten() {
            of.listed(diagnosis, code, |day| snapshot.modifier(code.number(), day), report);
        }
    }
}

struct Diagnoses<'a> {
    claim: &'a Claim<'a>,
    month: ClaimMonth,
    not_held: NotHeld,
    /// The kinds of which it was told that no master is held.
    told: Vec<ItemKind>,
    /// Whether the claim names a disease that may be its only one, or names diseases in records that are not
    /// looked into (those of a DPC claim), once somebody asks.
    has_other: OnceCell<bool>,
}

impl Diagnoses<'_> {
    /// Asks what stands where a code of `kind` belongs.
    fn form(&self, at: &Diagnosis, kind: ItemKind, code: Option<ItemCode>, report: &mut Report<'_>) {
        for check in catalogue::CODE.iter().filter(|check| check.about.judges.all(self.days())) {
            if let Some(wrong) = (check.ask)(kind, code) {
                report.take(&check.about, wrong, self.place(at, code));
            }
        }
    }

    /// Asks a disease that is named by `code`.
    fn name(&self, at: &Diagnosis, code: ItemCode, report: &mut Report<'_>) {
        for check in catalogue::DIAGNOSIS.iter().filter(|check| check.about.judges.all(self.days())) {
            if let Some(wrong) = (check.ask)(code, at) {
                report.take(&check.about, wrong, self.place(at, Some(code)));
            }
        }
    }

    /// Asks a disease that the claim names by `name` and no code.
    fn uncoded(
        &self,
        at: &Diagnosis,
        code: ItemCode,
        name: NameDigest,
        snapshot: &Snapshot,
        report: &mut Report<'_>,
    ) {
        let (first, last) = ends(self.month, 0);
        let has_modifier = !self.claim.modifiers(at).is_empty();
        // To name it by a code that must not stand so would be returned.
        let may_stand_here = |code: &u32| {
            let covered = cover(self.month, 0, |day| snapshot.disease(*code, day));
            let Covered::Yes(Some(Held { facts, .. })) = covered else { return false };
            !facts.needs_other(first) && (has_modifier || !facts.needs_modifier(first))
        };
        let on_both = snapshot
            .disease_named(name, first)
            .filter(|code| snapshot.disease_named(name, last) == Some(*code))
            .filter(may_stand_here);
        let disease = UncodedDisease { has: on_both.map(ItemCode::of_disease) };
        for check in catalogue::UNCODED.iter().filter(|check| check.about.judges.all(self.days())) {
            if let Some(wrong) = (check.ask)(&disease) {
                report.take(&check.about, wrong, self.place(at, Some(code)));
            }
        }
    }

    /// Asks a disease that `held` is in force for in the month.
    fn in_force(
        &self,
        at: &Diagnosis,
        code: ItemCode,
        held: &Held<'_, Disease>,
        snapshot: &Snapshot,
        report: &mut Report<'_>,
    ) {
        let day = self.month.first();
        let disease = DiseaseInForce {
            code,
            facts: held.facts,
            day,
            has_modifier: !self.claim.modifiers(at).is_empty(),
            is_beside_another: &|| {
                let mut all = self.claim.diagnoses.iter();
                let any = || self.claim.is_bundled || all.any(|other| self.may_stand_alone(other, snapshot));
                *self.has_other.get_or_init(any)
            },
        };
        for check in catalogue::DISEASE.iter().filter(|check| check.about.judges.all(self.days())) {
            if let Some(wrong) = (check.ask)(&disease) {
                report.take(&check.about, wrong, Place { by: Some(held.by()), ..self.place(at, Some(code)) });
            }
        }
    }

    /// Whether `other` may be the only disease of the claim, as far as the masters say.
    fn may_stand_alone(&self, other: &Diagnosis, snapshot: &Snapshot) -> bool {
        let Some(code) = other.code.filter(|code| *code != ItemCode::UNCODED_DISEASE) else { return true };
        match cover(self.month, 0, |day| snapshot.disease(code.number(), day)) {
            Covered::Yes(Some(held)) => !held.facts.needs_other(self.month.first()),
            Covered::Yes(None) | Covered::No(..) => true,
        }
    }

    /// Asks a code that no record is in force for in the month; the record where one is.
    fn listed<'s, F: 's>(
        &mut self,
        at: &Diagnosis,
        code: ItemCode,
        look: impl Fn(TreatmentDay) -> Lookup<'s, F>,
        report: &mut Report<'_>,
    ) -> Option<Held<'s, F>> {
        let (when, absence, by) = match cover(self.month, 0, look) {
            Covered::Yes(held) => return held,
            Covered::No(when, absence, by) => (when, absence, by),
        };
        if absence == Absence::NotHeld && self.not_held == NotHeld::OnceAClaim {
            if self.told.contains(&code.kind()) {
                return None;
            }
            self.told.push(code.kind());
        }
        for check in catalogue::ABSENCE.iter().filter(|check| check.about.judges.all(self.days())) {
            if let Some(wrong) = (check.ask)(code, absence) {
                let place = self.place(at, Some(code));
                report.take(&check.about, wrong, Place { when: Some(when), by, ..place });
            }
        }
        None
    }

    fn days(&self) -> impl Fn() -> Option<(TreatmentDay, TreatmentDay)> + Copy + use<> {
        let month = self.month;
        move || Some(ends(month, 0))
    }

    fn place<'p>(&self, at: &Diagnosis, item: Option<ItemCode>) -> Place<'p> {
        let when = item.map(|_| When::Month(self.month));
        Place { claim: self.claim.number, line: at.line, record: *b"SY", item, when, by: None::<By<'p>> }
    }
}
