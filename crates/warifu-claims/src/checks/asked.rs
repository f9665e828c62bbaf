//! What a check is asked of: each kind of subject, and the shape of a check of it.
//!
//! A check is a function of its subject. It says what is wrong or nothing; where the finding lies, and by
//! which release and record it was judged, is added by who asks.

use super::wrong::Wrong;
use crate::file::{Claim, Diagnosis, Item, Payer, Recorded, TextShape, Total};
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::{Absence, Comment, Disease};
use warifu_values::day::TreatmentDay;

/// Asked of each GO.
pub(super) type OfTotal = fn(&Total) -> Option<Wrong>;

/// Asked of each claim, before its items.
pub(super) type OfClaim = fn(&Claim<'_>) -> Option<Wrong>;

/// Asked of each HO and KO of a claim.
pub(super) type OfPayer = fn(&Claim<'_>, &Payer) -> Option<Wrong>;

/// Asked of whatever stands where a code of that kind belongs: an item's, and each of its comments'.
pub(super) type OfCode = fn(ItemKind, Option<ItemCode>) -> Option<Wrong>;

/// Asked of each SY that names a code.
pub(super) type OfDiagnosis = fn(ItemCode, &Diagnosis) -> Option<Wrong>;

/// Asked of each SY whose disease is in force.
pub(super) type OfDisease = fn(&DiseaseInForce<'_>) -> Option<Wrong>;

/// Asked of each SY without a code whose name is recorded.
pub(super) type OfUncoded = fn(&UncodedDisease) -> Option<Wrong>;

/// Asked of each code that no record is in force for, on some day that it is needed.
pub(super) type OfAbsence = fn(ItemCode, Absence) -> Option<Wrong>;

/// Asked of each item that one record of its master was in force for, on every day that it is needed.
pub(super) type OfItem<F> = fn(&ItemInForce<'_, F>) -> Option<Wrong>;

/// Asked of each unit (点数・回数算定単位) of records of one kind, by what they come to.
pub(super) type OfUnit<W> = fn(&UnitInForce<'_, W>) -> Option<Wrong>;

/// The same of each comment.
pub(super) type OfComment = fn(&CommentInForce<'_>) -> Option<Wrong>;

/// A disease that a claim names, and what its master's record says.
pub(super) struct DiseaseInForce<'a> {
    /// Its code.
    pub(super) code: ItemCode,
    /// What the snapshot keeps of the record.
    pub(super) facts: &'a Disease,
    /// The day that is asked of.
    pub(super) day: TreatmentDay,
    /// Whether a modifier stands with it, whichever.
    pub(super) has_modifier: bool,
    /// Whether the claim names a disease besides that may stand alone, or that nothing is known of.
    pub(super) is_beside_another: &'a dyn Fn() -> bool,
}

/// A disease that a claim names by no code.
pub(super) struct UncodedDisease {
    /// The code that the master has for that name all through the treatment month.
    pub(super) has: Option<ItemCode>,
}

/// An item and what its master's record says.
pub(super) struct ItemInForce<'a, F> {
    /// The claim that it is of.
    pub(super) claim: &'a Claim<'a>,
    /// What the claim records.
    pub(super) item: &'a Item,
    /// Its first and its last day; those of the month where it has none.
    pub(super) days: (TreatmentDay, TreatmentDay),
    /// The times of the claim's items before it.
    pub(super) before: Times,
    /// Its code.
    pub(super) code: ItemCode,
    /// What the snapshot keeps of the record.
    pub(super) facts: &'a F,
}

/// Times of items that are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Times {
    /// Of first and later visits.
    pub(super) visits: u32,
    /// Of basic and special inpatient fees.
    pub(super) stays: u32,
}

/// A unit, and what its records come to by their masters.
pub(super) struct UnitInForce<'a, W> {
    /// The points that its last record claims.
    pub(super) points: Recorded,
    /// What they come to.
    pub(super) worth: &'a W,
}

/// A comment and what its master's record says.
pub(super) struct CommentInForce<'a> {
    /// Its code.
    pub(super) code: ItemCode,
    /// Whether text (文字データ) follows it.
    pub(super) has_text: bool,
    /// The shape of that text.
    pub(super) text: TextShape,
    /// What the snapshot keeps of the record.
    pub(super) facts: &'a Comment,
}
