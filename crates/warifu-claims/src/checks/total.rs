//! The number of claims: as many as the GO says.

use super::asked::OfTotal;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfTotal> = Check {
    about: About {
        codes: &[ClaimCode::UkeTotal],
        fields: &["GO 2 総件数", "RE"],
        columns: &[],
        source: "電子レセプトの作成手引き(医科): GO 2",
        judges: Judges::Always,
    },
    ask: |total| {
        let wrong = || Wrong {
            code: ClaimCode::UkeTotal,
            found: Shown::Number(total.read.into()),
            expected: Shown::Number(total.recorded.into()),
        };
        (total.read != total.recorded).then(wrong)
    },
};
