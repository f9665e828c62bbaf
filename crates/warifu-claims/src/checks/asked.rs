//! What a check is asked of: each kind of subject, and the shape of a check of it.
//!
//! A check is a function of its subject. It says what is wrong or nothing; where the finding lies, and by
//! which release and record it was judged, is added by who asks.

use super::wrong::Wrong;
use crate::file::{Claim, Item, ItemCode, ItemKind, Payer, Total};
use crate::lookup::{Absence, Comment};

/// Asked of each GO.
pub(super) type OfTotal = fn(&Total) -> Option<Wrong>;

/// Asked of each claim, before its items.
pub(super) type OfClaim = fn(&Claim<'_>) -> Option<Wrong>;

/// Asked of each HO and KO of a claim.
pub(super) type OfPayer = fn(&Claim<'_>, &Payer) -> Option<Wrong>;

/// Asked of whatever stands where a code of that kind belongs: an item's, and each of its comments'.
pub(super) type OfCode = fn(ItemKind, Option<ItemCode>) -> Option<Wrong>;

/// Asked of each code that no record is in force for, on some day that it is needed.
pub(super) type OfAbsence = fn(ItemCode, Absence) -> Option<Wrong>;

/// Asked of each item that one record of its master was in force for, on every day that it is needed.
pub(super) type OfItem<F> = fn(&ItemInForce<'_, F>) -> Option<Wrong>;

/// The same of each comment.
pub(super) type OfComment = fn(&CommentInForce<'_>) -> Option<Wrong>;

/// An item and what its master's record says.
pub(super) struct ItemInForce<'a, F> {
    /// What the claim records.
    pub(super) item: &'a Item,
    /// Its code.
    pub(super) code: ItemCode,
    /// What the snapshot keeps of the record.
    pub(super) facts: &'a F,
    /// Whether it is the only record of its unit (点数・回数算定単位), so that its points are its own.
    pub(super) is_alone_in_unit: bool,
}

/// A comment and what its master's record says.
pub(super) struct CommentInForce<'a> {
    /// Its code.
    pub(super) code: ItemCode,
    /// Whether text (文字データ) follows it.
    pub(super) has_text: bool,
    /// What the snapshot keeps of the record.
    pub(super) facts: &'a Comment,
}
