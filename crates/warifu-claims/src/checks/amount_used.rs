//! The amount of a drug that was used (使用量): more than nothing wherever the price is one a unit.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::wrong::Wrong;
use crate::file::Quantity;
use crate::finding::ClaimCode;
use crate::lookup::Drug;

pub(super) const CHECK: Check<OfItem<Drug>> = Check {
    about: About {
        codes: &[ClaimCode::AmountMissing],
        fields: &["IY 5 使用量"],
        columns: &["price_kind"],
        source: "電子レセプトの作成手引き(医科): IY 5; 医薬品マスター 11 金額種別",
        judges: Judges::Always,
    },
    ask: |of| {
        let is_missing = match of.item.quantity {
            Quantity::Blank => true,
            Quantity::Amount(amount) => amount.hundred_thousandths() == 0,
            // What is no decimal is the form's.
            Quantity::Other => false,
        };
        (is_missing && of.facts.is_priced()).then(|| Wrong::of(ClaimCode::AmountMissing, of.code))
    },
};
