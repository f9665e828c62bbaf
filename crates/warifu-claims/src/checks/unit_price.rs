//! The price that a claim records of a material: there where the master has none, and not above its ceiling.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;
use crate::lookup::{Material, PriceKind};

pub(super) const CHECK: Check<OfItem<Material>> = Check {
    about: About {
        codes: &[ClaimCode::PriceMissing, ClaimCode::PriceCeiling],
        fields: &["TO 9 単価"],
        columns: &["price_kind", "price", "price_ceiling"],
        source: "マスターファイル仕様説明書: 特定器材マスター 11, 12, 23; 別紙5-1",
        judges: Judges::Always,
    },
    ask: |of| {
        let own = of.claim.material(of.item)?.unit_price_yen;
        match (of.facts.price_kind, own.amount()) {
            (PriceKind::Paid, None) => Some(Wrong::of(ClaimCode::PriceMissing, of.code)),
            (PriceKind::Yen, Some(own)) if of.facts.is_ceiling => {
                let most = of.facts.price.into();
                (own > most).then_some(Wrong {
                    code: ClaimCode::PriceCeiling,
                    found: Shown::Yen(own),
                    expected: Shown::Yen(most),
                })
            }
            _ => None,
        }
    },
};
