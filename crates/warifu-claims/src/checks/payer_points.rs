//! The points of a payer (HO, KO 合計点数): those of the items that it pays, times how often.
//!
//! Told only where the sum is exact: outpatient claims whose items all tell their points, times and payers.
//! Of inpatients, meals are yen and stand among the points; DPC claims are bundled.

use super::asked::OfPayer;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::file::{Claim, Item, PayerKind, Recorded, Setting};
use crate::finding::ClaimCode;

/// 診療識別 from here on is yen: meals (97), and what stands after them.
const FIRST_OF_YEN: u8 = 97;

pub(super) const CHECK: Check<OfPayer> = Check {
    about: About {
        codes: &[ClaimCode::UkePayerPoints],
        fields: &["HO 6, KO 6 合計点数", "SI, IY, TO 3 負担区分, 6 点数, 7 回数"],
        columns: &[],
        source: "電子レセプトの作成手引き(医科): HO 6, KO 6",
        judges: Judges::Always,
    },
    ask: |claim, payer| {
        let Recorded::Number(found) = payer.points else { return None };
        let expected = points_of(claim, payer.kind)?;
        let wrong = || Wrong {
            code: ClaimCode::UkePayerPoints,
            found: Shown::Number(found.into()),
            expected: Shown::Number(expected),
        };
        (u64::from(found) != expected).then(wrong)
    },
};

/// The points of the items that `payer` pays; `None` where they are not exactly known.
fn points_of(claim: &Claim<'_>, payer: PayerKind) -> Option<u64> {
    if claim.head.setting() != Some(Setting::Outpatient) || claim.has_other_records {
        return None;
    }
    let mut sum = 0u64;
    for unit in claim.units() {
        let Some(end) = unit.end else {
            // CO by themselves have no points; other records without any may lack them.
            if unit.records().next().is_some() {
                return None;
            }
            continue;
        };
        let is_known = |item: &Item| {
            let is_yen = item.section.is_some_and(|section| section.number() >= FIRST_OF_YEN);
            !is_yen && item.burden.is_some()
        };
        if !unit.records().all(is_known) {
            return None;
        }
        match end.points {
            Recorded::Number(points) if end.times > 0 => {
                if end.burden?.is_of(payer) {
                    sum = sum.checked_add(u64::from(points) * u64::from(end.times))?;
                }
            }
            Recorded::Blank | Recorded::Number(_) | Recorded::Other => return None,
        }
    }
    Some(sum)
}
