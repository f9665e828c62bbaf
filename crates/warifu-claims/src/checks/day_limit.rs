//! Times against days of treatment: of what is done at most once a day, of visits, and of days in hospital,
//! no more than the payers count days.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::fields::{CLAIM_CLASS, PROCEDURE_TIMES};
use super::wrong::{Shown, Wrong};
use crate::file::{Recorded, Setting};
use crate::finding::ClaimCode;
use crate::lookup::{Counted, Procedure};

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[ClaimCode::TimesBeyondDays, ClaimCode::VisitsBeyondDays, ClaimCode::StaysBeyondDays],
        fields: &[CLAIM_CLASS, "HO, KO 5 診療実日数", PROCEDURE_TIMES],
        columns: &["actual_days", "days_or_times", "dpc_class"],
        source: "マスターファイル仕様説明書 別紙7-4: 医科診療行為マスター 27 実日数, 28 日数・回数",
        judges: Judges::Always,
    },
    ask: |of| {
        let setting = || of.claim.head.setting();
        let (code, before) = match of.facts.counted {
            Counted::Alone => (ClaimCode::TimesBeyondDays, 0),
            Counted::Visit if setting() == Some(Setting::Outpatient) => {
                (ClaimCode::VisitsBeyondDays, of.before.visits)
            }
            Counted::Stay if setting() == Some(Setting::Inpatient) => {
                (ClaimCode::StaysBeyondDays, of.before.stays)
            }
            Counted::Freely | Counted::Visit | Counted::Stay => return None,
        };
        // Each payer counts the days that it pays; the most of them is not more than all.
        let mut days = 0;
        for payer in of.claim.payers {
            let Recorded::Number(of_payer) = payer.days else { return None };
            days = days.max(of_payer);
        }
        let times = before.saturating_add(of.item.times.into());
        // It is told once, of the first one that is too many.
        (days > 0 && before <= days && times > days).then(|| Wrong {
            code,
            found: Shown::Number(times.into()),
            expected: Shown::Number(days.into()),
        })
    },
};
