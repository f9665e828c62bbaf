//! A disease that is never named by itself: without a modifier that says where, or without a disease that
//! insurance covers.

use super::asked::{DiseaseInForce, OfDisease};
use super::check::{About, Check, Judges};
use super::fields::{DISEASE_CODE, MODIFIER_CODES};
use super::wrong::Wrong;
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfDisease> = Check {
    about: About {
        codes: &[ClaimCode::DiseaseModifierMissing, ClaimCode::DiseaseAlone],
        fields: &["RE 4 診療年月", DISEASE_CODE, MODIFIER_CODES],
        columns: &["sole_use_class", "not_claimable_class"],
        source: "マスターファイル仕様説明書 別紙1-1 4, 傷病名マスター 19 単独使用禁止区分, 20 保険請求外区分",
        judges: Judges::Always,
    },
    ask: |disease| {
        let DiseaseInForce { code, facts, day, has_modifier, is_beside_another } = disease;
        // Which modifiers say where is not written anywhere: any will do.
        if facts.needs_modifier(*day) && !has_modifier {
            return Some(Wrong::of(ClaimCode::DiseaseModifierMissing, *code));
        }
        let is_alone = facts.needs_other(*day) && !is_beside_another();
        is_alone.then(|| Wrong::of(ClaimCode::DiseaseAlone, *code))
    },
};
