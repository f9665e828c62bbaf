//! The days of a payer (HO, KO 診療実日数): those that its JD counts, and no more than the month has.

use super::asked::OfPayer;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::file::Recorded;
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfPayer> = Check {
    about: About {
        codes: &[ClaimCode::UkePayerDays],
        fields: &["HO 5, KO 5 診療実日数", "JD 3–33 受診等区分", "RE 4 診療年月"],
        columns: &[],
        source: "記録条件仕様(医科用) 別表30 受診等区分コード",
        judges: Judges::Always,
    },
    ask: |claim, payer| {
        let (Recorded::Number(found), Some(month)) = (payer.days, claim.month) else { return None };
        let wrong = |expected: u32| Wrong {
            code: ClaimCode::UkePayerDays,
            found: Shown::Number(found.into()),
            expected: Shown::Number(expected.into()),
        };
        if found > month.days() {
            return Some(wrong(month.days()));
        }
        let visits = claim.visits.iter().find(|visits| visits.payer == Some(payer.kind))?;
        let counted = visits.counted.count_ones();
        (visits.is_exact && visits.recorded != 0 && counted != found).then(|| wrong(counted))
    },
};
