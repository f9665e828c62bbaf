//! Procedures that are done at most once a day of treatment: not more often than the payers count days.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::file::Recorded;
use crate::finding::ClaimCode;
use crate::lookup::Procedure;

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[ClaimCode::TimesBeyondDays],
        fields: &["HO, KO 5 診療実日数", "SI 7 回数"],
        columns: &["actual_days"],
        source: "マスターファイル仕様説明書 別紙7-4: 医科診療行為マスター 27 実日数 (1)",
        judges: Judges::Always,
    },
    ask: |of| {
        if !of.facts.is_once_a_day {
            return None;
        }
        // Each payer counts the days that it pays; the most of them is not more than all.
        let mut days = 0;
        for payer in of.claim.payers {
            let Recorded::Number(of_payer) = payer.days else { return None };
            days = days.max(of_payer);
        }
        let times = u32::from(of.item.times);
        (days > 0 && times > days).then(|| Wrong {
            code: ClaimCode::TimesBeyondDays,
            found: Shown::Number(times.into()),
            expected: Shown::Number(days.into()),
        })
    },
};
