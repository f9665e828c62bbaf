//! The quantity (数量データ) of a procedure: a whole number above zero where points go by quantity, and only
//! there; and not so far below its lower limit that nothing can be claimed.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::steps::is_below;
use super::wrong::{Shown, Wrong};
use crate::file::Quantity;
use crate::finding::ClaimCode;
use crate::lookup::{Limits, Procedure, Step};

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[
            ClaimCode::QuantityMissing,
            ClaimCode::QuantityNeedless,
            ClaimCode::QuantityForm,
            ClaimCode::QuantityBelow,
        ],
        fields: &["SI 5 数量データ"],
        columns: &["step_method", "step_lower_limit", "step_value", "step_limit_error"],
        source: "記録条件仕様(医科用): 数量データ; マスターファイル仕様説明書 別紙7-5",
        judges: Judges::Always,
    },
    ask: |of| match quantity(of.facts, of.item.quantity) {
        Ok(None) => None,
        Ok(Some(quantity)) => of.facts.step.and_then(|step| below(step, quantity)),
        Err(Wanting::Missing) => Some(Wrong::of(ClaimCode::QuantityMissing, of.code)),
        Err(Wanting::Needless) => Some(Wrong::of(ClaimCode::QuantityNeedless, of.code)),
        Err(Wanting::Malformed) => Some(Wrong::plain(ClaimCode::QuantityForm)),
    },
};

/// What is wrong with a quantity with which nothing can be claimed.
fn below(step: Step, quantity: u32) -> Option<Wrong> {
    let is_nothing = matches!(step.limits, Limits::NothingAndOn | Limits::NothingAndStop);
    (is_nothing && is_below(step, quantity)).then(|| Wrong {
        code: ClaimCode::QuantityBelow,
        found: Shown::Number(quantity.into()),
        expected: Shown::Number(step.lower.saturating_sub(step.step).into()),
    })
}

/// Why a quantity is not as the master wants it.
pub(super) enum Wanting {
    Missing,
    Needless,
    Malformed,
}

/// The quantity that the points go by; `None` where they do not.
#[inline]
pub(super) fn quantity(facts: &Procedure, recorded: Quantity) -> Result<Option<u32>, Wanting> {
    match (facts.step, recorded) {
        (None, Quantity::Blank) => Ok(None),
        (None, _) => Err(Wanting::Needless),
        (Some(_), Quantity::Blank) => Err(Wanting::Missing),
        (Some(_), Quantity::Amount(quantity)) => {
            quantity.whole().filter(|quantity| *quantity > 0).map(Some).ok_or(Wanting::Malformed)
        }
        (Some(_), Quantity::Other) => Err(Wanting::Malformed),
    }
}
