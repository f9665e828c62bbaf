//! The points of all claims: as many as the GO says. Where it says another number of claims, that is told.

use super::asked::OfTotal;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfTotal> = Check {
    about: About {
        codes: &[ClaimCode::UkeTotalPoints],
        fields: &["GO 3 総合計点数", "HO 6, KO 6 合計点数"],
        columns: &[],
        source: "電子レセプトの作成手引き(医科): GO 3",
        judges: Judges::Always,
    },
    ask: |total| {
        let (found, expected) = total.read_points.zip(total.recorded_points)?;
        let wrong = || Wrong {
            code: ClaimCode::UkeTotalPoints,
            found: Shown::Number(found),
            expected: Shown::Number(expected),
        };
        (total.read == total.recorded && found != expected).then(wrong)
    },
};
