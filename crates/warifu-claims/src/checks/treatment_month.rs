//! The treatment month of a claim: without one, no record in force can be asked for.

use super::asked::OfClaim;
use super::check::{About, Check, Judges};
use super::wrong::Wrong;
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfClaim> = Check {
    about: About {
        codes: &[ClaimCode::UkeMonth],
        fields: &["RE 4 診療年月"],
        columns: &[],
        source: "電子レセプトの作成手引き(医科): RE 4",
        judges: Judges::Always,
    },
    ask: |claim| (claim.has_head && claim.month.is_none()).then(|| Wrong::plain(ClaimCode::UkeMonth)),
};
