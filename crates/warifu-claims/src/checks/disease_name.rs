//! A disease has either a code of the master or, as an uncoded one (0000999), a name of its own.

use super::asked::OfDiagnosis;
use super::check::{About, Check, Judges};
use super::fields::DISEASE_CODE;
use super::wrong::Wrong;
use crate::finding::ClaimCode;
use crate::item_code::ItemCode;

pub(super) const CHECK: Check<OfDiagnosis> = Check {
    about: About {
        codes: &[ClaimCode::DiseaseNameMissing, ClaimCode::DiseaseNameNeedless],
        fields: &[DISEASE_CODE, "SY 6 傷病名称"],
        columns: &[],
        source: "電子レセプトの作成手引き(医科)",
        judges: Judges::Always,
    },
    ask: |code, diagnosis| match (code == ItemCode::UNCODED_DISEASE, diagnosis.has_name) {
        (true, false) => Some(Wrong::of(ClaimCode::DiseaseNameMissing, code)),
        (false, true) => Some(Wrong::of(ClaimCode::DiseaseNameNeedless, code)),
        (true, true) | (false, false) => None,
    },
};
