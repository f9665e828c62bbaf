//! Where the patient is treated: some procedures stand on claims of inpatients alone, some on those of
//! outpatients.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::fields::CLAIM_CLASS;
use super::wrong::Wrong;
use crate::file::Setting;
use crate::finding::ClaimCode;
use crate::lookup::{Claimable, Procedure};

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[ClaimCode::InpatientOnly, ClaimCode::OutpatientOnly],
        fields: &[CLAIM_CLASS],
        columns: &["inout_class"],
        source: "マスターファイル仕様説明書: 医科診療行為マスター 13 入外適用区分; L4421",
        judges: Judges::Always,
    },
    ask: |of| match (of.facts.claimable, of.claim.head.setting()?) {
        (Claimable::Inpatients, Setting::Outpatient) => Some(Wrong::of(ClaimCode::InpatientOnly, of.code)),
        (Claimable::Outpatients, Setting::Inpatient) => Some(Wrong::of(ClaimCode::OutpatientOnly, of.code)),
        _ => None,
    },
};
