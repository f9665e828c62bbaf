//! Who insures the patient: some procedures are for those of 医療保険 alone, some for those of
//! 後期高齢者医療.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::fields::CLAIM_CLASS;
use super::wrong::Wrong;
use crate::file::MainPayer;
use crate::finding::ClaimCode;
use crate::lookup::{Insured, Procedure};

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[ClaimCode::InsuranceOnly, ClaimCode::LateElderlyOnly],
        fields: &[CLAIM_CLASS],
        columns: &["elderly_class"],
        source: "マスターファイル仕様説明書: 医科診療行為マスター 14 後期高齢者医療適用区分",
        judges: Judges::Always,
    },
    // What 公費 pays alone is of neither.
    ask: |of| match (of.facts.insured, of.claim.head.class?.main_payer) {
        (Insured::Insurance, MainPayer::LateElderly) => Some(Wrong::of(ClaimCode::InsuranceOnly, of.code)),
        (Insured::LateElderly, MainPayer::Insurance | MainPayer::Retired) => {
            Some(Wrong::of(ClaimCode::LateElderlyOnly, of.code))
        }
        _ => None,
    },
};
