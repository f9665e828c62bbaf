//! The catalogue: every check once, in the list of what it is asked of.
//!
//! All of today's checks judge every treatment day ([`Judges::Always`]). What they ask changes with the
//! masters, which have their own days: which codes there are, the points, whether they go by quantity, the
//! pattern of a comment. What they ask of the form (nine digits, columns, widths) none of the sources dates;
//! of what those do date, years of eras until 2020 are told by reading, which knows the month, and that DPC
//! claims have no uncoded material since 2017-04 no check asks. A rule that begins on a day says so in its
//! check.
//!
//! The order of a list is the order of its findings. A check stands in a list only when it is a function of
//! that list's subject, so none is asked of something else than it says.

use super::age_additions::AGE_ADDITIONS;
use super::asked::{OfAbsence, OfClaim, OfCode, OfComment, OfDiagnosis, OfDisease, OfItem, OfPayer};
use super::asked::{OfTotal, OfUncoded, OfUnit};
use super::check::{About, AskedOf, ByReading, Check, Judges};
use super::comments_due::COMMENTS_DUE;
use super::companions::COMPANY;
use super::drug_points::{self, DrugSum};
use super::material_points::{self, MaterialSum};
use super::points::{self, ProcedureSum};
use super::together::TOGETHER;
use super::{
    amount_used, code_form, comment_form, comment_text, day_limit, disease_alone, disease_coded,
    disease_name, dpc_only, in_force, insurance,
};
use super::{patient_age, payer_days, payer_points, payer_records, quantity, reading, setting, total};
use super::{total_points, treatment_month, unit_price};
use crate::finding::ClaimCode;
use crate::item_code::ItemKind;
use crate::lookup::{Drug, Material, Procedure};

/// What reading says of the file by itself.
pub(super) const READING: &[Check<ByReading>] = &[
    reading::LIMITS,
    reading::INSTITUTION,
    reading::CHARSET,
    reading::RECORD,
    reading::ORDER,
    reading::NUMBER,
    reading::FORM,
    reading::DATES,
    reading::DAYS,
    reading::COMMENT_PAIRS,
];

/// Asked of each GO.
pub(super) const TOTAL: &[Check<OfTotal>] = &[total::CHECK, total_points::CHECK];

// Nothing tells the treatment day of a file, nor of what cannot be read.
const _: () = {
    let mut at = 0;
    while at < READING.len() {
        assert!(matches!(READING[at].about.judges, Judges::Always));
        at += 1;
    }
    at = 0;
    while at < TOTAL.len() {
        assert!(matches!(TOTAL[at].about.judges, Judges::Always));
        at += 1;
    }
};

/// Asked of each claim.
pub(super) const CLAIM: &[Check<OfClaim>] = &[treatment_month::CHECK, payer_records::CHECK];

/// Asked of each payer of a claim.
pub(super) const PAYER: &[Check<OfPayer>] = &[payer_days::CHECK, payer_points::CHECK];

/// Asked of whatever stands where a code belongs, of items, comments, diseases and modifiers.
pub(super) const CODE: &[Check<OfCode>] = &[code_form::CHECK];

/// Asked of each SY that names a code.
pub(super) const DIAGNOSIS: &[Check<OfDiagnosis>] = &[disease_name::CHECK];

/// Asked of each SY whose disease is in force.
pub(super) const DISEASE: &[Check<OfDisease>] = &[disease_alone::CHECK];

/// Asked of each SY without a code whose name is recorded.
pub(super) const UNCODED: &[Check<OfUncoded>] = &[disease_coded::CHECK];

/// Asked of each code that no record is in force for.
pub(super) const ABSENCE: &[Check<OfAbsence>] = &[in_force::CHECK];

/// Asked of each procedure (SI) in force.
pub(super) const PROCEDURE: &[Check<OfItem<Procedure>>] = &[
    quantity::CHECK,
    setting::CHECK,
    insurance::CHECK,
    dpc_only::CHECK,
    patient_age::CHECK,
    day_limit::CHECK,
];

/// Asked of each drug (IY) in force.
pub(super) const DRUG: &[Check<OfItem<Drug>>] = &[amount_used::CHECK];

/// Asked of each material (TO) in force.
pub(super) const MATERIAL: &[Check<OfItem<Material>>] = &[unit_price::CHECK, patient_age::OF_MATERIAL];

/// Asked of each unit of procedures, after its records.
pub(super) const PROCEDURE_UNIT: &[Check<OfUnit<ProcedureSum>>] = &[points::CHECK];

/// The same of drugs.
pub(super) const DRUG_UNIT: &[Check<OfUnit<DrugSum>>] = &[drug_points::CHECK];

/// The same of materials.
pub(super) const MATERIAL_UNIT: &[Check<OfUnit<MaterialSum>>] = &[material_points::CHECK];

/// Asked of each comment in force, of an item or alone (CO).
pub(super) const COMMENT: &[Check<OfComment>] = &[comment_text::CHECK, comment_form::CHECK];

/// Whether it is said of a unit: at its last record, of whatever record it comes from.
pub fn is_of_unit(code: ClaimCode) -> bool {
    let procedures = PROCEDURE_UNIT.iter().map(|check| check.about.codes);
    let priced = DRUG_UNIT.iter().map(|check| check.about.codes);
    let priced = priced.chain(MATERIAL_UNIT.iter().map(|check| check.about.codes));
    procedures.chain(priced).any(|codes| codes.contains(&code))
}

/// Whatever is named by a code.
const ALL: AskedOf = AskedOf::Items(&ItemKind::ALL);

/// Every check: what it is asked of, and what it is.
pub fn catalogue() -> impl Iterator<Item = (AskedOf, &'static About)> {
    fn of<A>(
        asked_of: AskedOf,
        checks: &'static [Check<A>],
    ) -> impl Iterator<Item = (AskedOf, &'static About)> {
        checks.iter().map(move |check| (asked_of, &check.about))
    }
    READING
        .iter()
        .map(|check| (check.ask.0, &check.about))
        .chain(of(AskedOf::File, TOTAL))
        .chain(of(AskedOf::Claim, CLAIM))
        .chain(of(AskedOf::Claim, COMPANY))
        .chain(of(AskedOf::Claim, AGE_ADDITIONS))
        .chain(of(AskedOf::Claim, TOGETHER))
        .chain(of(AskedOf::Claim, COMMENTS_DUE))
        .chain(of(AskedOf::Payer, PAYER))
        .chain(of(ALL, CODE))
        .chain(of(ALL, ABSENCE))
        .chain(of(AskedOf::Items(&[ItemKind::Disease]), DIAGNOSIS))
        .chain(of(AskedOf::Items(&[ItemKind::Disease]), DISEASE))
        .chain(of(AskedOf::Items(&[ItemKind::Disease]), UNCODED))
        .chain(of(AskedOf::Items(&[ItemKind::Procedure]), PROCEDURE))
        .chain(of(AskedOf::Items(&[ItemKind::Drug]), DRUG))
        .chain(of(AskedOf::Items(&[ItemKind::Material]), MATERIAL))
        .chain(of(AskedOf::Items(&[ItemKind::Procedure]), PROCEDURE_UNIT))
        .chain(of(AskedOf::Items(&[ItemKind::Drug]), DRUG_UNIT))
        .chain(of(AskedOf::Items(&[ItemKind::Material]), MATERIAL_UNIT))
        .chain(of(AskedOf::Items(&[ItemKind::Comment]), COMMENT))
}
