//! A code that no record of its master was in force for on the treatment day.

use super::asked::OfAbsence;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;
use crate::lookup::Absence;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON};

pub(super) const CHECK: Check<OfAbsence> = Check {
    about: About {
        codes: &[
            ClaimCode::CodeUnknown,
            ClaimCode::CodeAbolished,
            ClaimCode::NotKnown,
            ClaimCode::MasterNotHeld,
        ],
        fields: &["RE 4 診療年月", "SI, IY 14–44, TO 18–48 算定日情報", "SI, IY, TO, CO 4 コード"],
        columns: &[CHANGED_ON, ABOLISHED_ON, "transition_or_use_limit_on"],
        source: "受付・事務点検ASPに係るチェック一覧(医科) L3303",
        judges: Judges::Always,
    },
    ask: |code, absence| {
        let (wrong, day) = match absence {
            Absence::Unknown => (ClaimCode::CodeUnknown, None),
            Absence::NotHeld => (ClaimCode::MasterNotHeld, None),
            Absence::NotKnown(told_from) => (ClaimCode::NotKnown, told_from),
            Absence::Abolished(last) => (ClaimCode::CodeAbolished, Some(last)),
        };
        let expected = day.map_or(Shown::Nothing, Shown::Day);
        Some(Wrong { code: wrong, found: Shown::Code(code), expected })
    },
};
