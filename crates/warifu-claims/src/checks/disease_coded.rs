//! A disease that is named by no code (0000999), though the master has one of that name that may stand so.

use super::asked::{OfUncoded, UncodedDisease};
use super::check::{About, Check, Judges};
use super::fields::{DISEASE_CODE, MODIFIER_CODES};
use super::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;
use crate::item_code::ItemCode;

pub(super) const CHECK: Check<OfUncoded> = Check {
    about: About {
        codes: &[ClaimCode::DiseaseHasCode],
        fields: &["RE 4 診療年月", DISEASE_CODE, MODIFIER_CODES, "SY 6 傷病名称"],
        columns: &["name", "sole_use_class", "not_claimable_class"],
        source: "電子レセプトの作成手引き(医科): 未コード化傷病名; 傷病名マスター 6 基本名称",
        judges: Judges::Always,
    },
    ask: |UncodedDisease { has }| {
        has.map(|code| Wrong {
            code: ClaimCode::DiseaseHasCode,
            found: Shown::Code(ItemCode::UNCODED_DISEASE),
            expected: Shown::Code(code),
        })
    },
};
