//! The payers of a claim: as many HO and KO as its class (レセプト種別) says.

use super::asked::OfClaim;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::file::PayerKind;
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfClaim> = Check {
    about: About {
        codes: &[ClaimCode::UkePayerRecords],
        fields: &["RE 3 レセプト種別", "HO", "KO"],
        columns: &[],
        source: "記録条件仕様(医科用) 別表5; L2900",
        judges: Judges::Always,
    },
    ask: |claim| {
        let expected = claim.head.class?.payer_records();
        let insurance = claim.payers.iter().filter(|payer| payer.kind == PayerKind::Insurance).count() as u8;
        let found = (insurance, claim.payers.len() as u8 - insurance);
        let wrong = || Wrong {
            code: ClaimCode::UkePayerRecords,
            found: Shown::PayerRecords(found.0, found.1),
            expected: Shown::PayerRecords(expected.0, expected.1),
        };
        (found != expected).then(wrong)
    },
};
