//! The published sample as values: what is read of it is what was counted of it by other programs.

#![expect(clippy::disallowed_methods, reason = "the published file is read in place")]

use std::io::Write as _;

use warifu_claims::{
    ClaimCode, ClaimFile, DiseaseCode, Evidence, ItemKind, PayerKind, Recorded, Setting, Sex,
};

fn sample() -> Option<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/claims/RECEIPTC_GAIRAI_SAMPLE.UKE");
    let bytes = std::fs::read(path).ok();
    if bytes.is_none() {
        // Past the test harness's capture, so that nobody believes these ran.
        let _ = writeln!(std::io::stderr(), "left out: the published sample, no {path}");
    }
    bytes
}

#[test]
fn every_record_of_the_sample_is_read() {
    let Some(bytes) = sample() else { return };
    let file = ClaimFile::read(&bytes);
    let claims: Vec<_> = file.claims().collect();
    assert_eq!(claims.len(), 75);
    assert!(claims.iter().all(|claim| claim.has_head && claim.head.setting() == Some(Setting::Outpatient)));
    let female = claims.iter().filter(|claim| claim.head.sex == Some(Sex::Female)).count();
    let with_notes = claims.iter().filter(|claim| !claim.head.notes.list().is_empty()).count();
    assert_eq!((female, with_notes), (51, 2));
    assert!(claims.iter().all(|claim| claim.head.birth.is_some() && claim.head.admitted_on.is_none()));

    let payers = || claims.iter().flat_map(|claim| claim.payers);
    let of_insurance = payers().filter(|payer| payer.kind == PayerKind::Insurance).count();
    assert_eq!((of_insurance, payers().count()), (69, 69 + 71));
    assert!(payers().all(|payer| matches!(payer.points, Recorded::Number(_))));
    assert_eq!(claims.iter().flat_map(|claim| claim.confirmations).count(), 2);

    let diagnoses = || claims.iter().flat_map(|claim| claim.diagnoses.iter().map(move |of| (claim, of)));
    let uncoded = diagnoses().filter(|(_, of)| of.code == Some(DiseaseCode::UNCODED)).count();
    let modifiers = diagnoses().flat_map(|(claim, of)| claim.modifiers(of)).flatten().count();
    assert_eq!((diagnoses().count(), uncoded, modifiers), (9, 2, 2));
    assert!(diagnoses().all(|(_, of)| of.has_name == (of.code == Some(DiseaseCode::UNCODED))));
    assert!(diagnoses().all(|(_, of)| of.started_on.is_some() && of.outcome.is_some()));

    let items = || claims.iter().flat_map(|claim| claim.items.iter().map(move |item| (claim, item)));
    let of_kind = |kind| items().filter(|(_, item)| item.kind == kind).count();
    let kinds = [ItemKind::Procedure, ItemKind::Drug, ItemKind::Material, ItemKind::Comment];
    assert_eq!(kinds.map(of_kind), [320, 32, 0, 56]);
    assert!(items().all(|(_, item)| item.burden.is_some() && item.section.is_some()));
    for (claim, item) in items().filter(|(_, item)| item.kind != ItemKind::Comment) {
        let times: u16 = claim.day_counts(item).iter().map(|of| of.times).sum();
        assert_eq!(times, item.times, "line {}", item.line);
    }
    assert!(
        items().filter(|(_, item)| item.kind == ItemKind::Drug).all(|(_, of)| of.quantity.amount().is_some())
    );
    let comments = || items().flat_map(|(claim, item)| claim.comments(item));
    let with_text = comments().filter(|comment| comment.has_text).count();
    let day_first = comments().filter(|comment| comment.text.digits() == 7).count();
    assert_eq!((comments().count(), with_text, day_first), (56, 50, 7));
}

/// 28 names and one disease of 216 bytes are wider than they may be, on purpose; claim 66 is of somebody born
/// the month after.
#[test]
fn the_faults_of_form_of_the_sample_are_those_that_are_known() {
    let Some(bytes) = sample() else { return };
    let file = ClaimFile::read(&bytes);
    let wide = |found: &str, name: &str| {
        let is_wide = |of: &&warifu_claims::Irregularity| of.code == ClaimCode::UkeFieldWidth;
        let found = |of: &&warifu_claims::Irregularity| {
            of.found.to_string() == found && of.field.is_some_and(|field| field.name == name)
        };
        file.irregularities().iter().filter(is_wide).filter(found).count()
    };
    assert_eq!((wide("44", "氏名"), wide("42", "氏名"), wide("216", "傷病名称")), (27, 1, 1));
    let others = file.irregularities().iter().filter(|of| of.code != ClaimCode::UkeFieldWidth);
    let others: Vec<_> = others.map(|of| (of.code, of.claim, of.found)).collect();
    assert_eq!(others, [(ClaimCode::UkeBirthAfterMonth, Some(66), Evidence::Nothing)]);
}
