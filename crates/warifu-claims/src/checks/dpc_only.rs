//! Procedures that only claims of 包括評価 (DPC) may have.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::fields::PROCEDURE_CODE;
use super::wrong::Wrong;
use crate::finding::ClaimCode;
use crate::lookup::Procedure;

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[ClaimCode::DpcOnly],
        fields: &[PROCEDURE_CODE, "DPC のレコード"],
        columns: &["dpc_class"],
        source: "マスターファイル仕様説明書: 医科診療行為マスター 18 ＤＰＣ適用区分 (2, 3, 4)",
        judges: Judges::Always,
    },
    ask: |of| (of.facts.is_dpc_only && !of.claim.is_bundled).then(|| Wrong::of(ClaimCode::DpcOnly, of.code)),
};
