//! The quantity (数量データ) of a procedure: a whole number above zero where points go by quantity, and only
//! there.

use super::asked::{ItemInForce, OfItem};
use super::check::{About, Check, Judges};
use super::wrong::Wrong;
use crate::file::Quantity;
use crate::finding::ClaimCode;
use crate::lookup::Procedure;

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[ClaimCode::QuantityMissing, ClaimCode::QuantityNeedless, ClaimCode::QuantityForm],
        fields: &["SI 5 数量データ"],
        columns: &["step_method"],
        source: "記録条件仕様(医科用): 数量データ",
        judges: Judges::Always,
    },
    ask: |of| match quantity(of) {
        Ok(_) => None,
        Err(Wanting::Missing) => Some(Wrong::of(ClaimCode::QuantityMissing, of.code)),
        Err(Wanting::Needless) => Some(Wrong::of(ClaimCode::QuantityNeedless, of.code)),
        Err(Wanting::Malformed) => Some(Wrong::plain(ClaimCode::QuantityForm)),
    },
};

/// Why a quantity is not as the master wants it.
pub(super) enum Wanting {
    Missing,
    Needless,
    Malformed,
}

/// The quantity that the points go by; `None` where they do not.
#[inline]
pub(super) fn quantity(of: &ItemInForce<'_, Procedure>) -> Result<Option<u32>, Wanting> {
    match (of.facts.step, of.item.quantity) {
        (None, Quantity::Blank) => Ok(None),
        (None, _) => Err(Wanting::Needless),
        (Some(_), Quantity::Blank) => Err(Wanting::Missing),
        (Some(_), Quantity::Amount(quantity)) => {
            quantity.whole().filter(|quantity| *quantity > 0).map(Some).ok_or(Wanting::Malformed)
        }
        (Some(_), Quantity::Other) => Err(Wanting::Malformed),
    }
}
