//! Procedures that are included in others (包括): on a day, in a month, at once.
//!
//! The week before an operation (05) and one operation (06) no claim tells for certain. What is included
//! at once may be billed on one day, of which a notice is given.

use super::asked::{OfTogether, Together};
use crate::checks::check::{About, Check, Judges};
use crate::checks::fields::{PROCEDURE_CODE, PROCEDURE_DAYS};
use crate::checks::told::Told;
use crate::checks::uses::Use;
use crate::checks::wrong::{Shown, Wrong};
use crate::finding::{ClaimCode, When};
use crate::lookup::points::Bond;

pub(super) const CHECK: Check<OfTogether> = Check {
    about: About {
        codes: &[ClaimCode::IncludedDay, ClaimCode::IncludedMonth, ClaimCode::IncludedOnce],
        fields: &[PROCEDURE_CODE, PROCEDURE_DAYS],
        columns: &[
            "procedure_code",
            "inclusion_unit_1",
            "inclusion_group_1",
            "inclusion_unit_2",
            "inclusion_group_2",
            "inclusion_unit_3",
            "inclusion_group_3",
            "group",
            "special_condition",
        ],
        source: "電子点数表 補助マスターテーブル 4–9, 包括・被包括テーブル (医科電子点数表の活用手引き 3 (2), 5 (2))",
        judges: Judges::Always,
    },
    ask: |together, tell| {
        let (Some(ties), Some(inclusion)) = (together.tables.ties, together.tables.inclusion) else {
            return;
        };
        for one in together.uses.iter() {
            for tie in ties.table.about(one.number()) {
                let Bond::Includes(unit) = tie.bond else { continue };
                let group = inclusion.table.group(tie.group);
                let others = together.uses.among(0, group, |member| member.code);
                for other in others.filter(|other| other.code != one.code) {
                    for member in inclusion.table.members(tie.group, other.number()) {
                        let holds = tie.days.of_month(together.month) & member.days.of_month(together.month);
                        if member.special {
                            continue;
                        }
                        if let Some((code, when)) = included(together, unit, holds, one, other) {
                            let (found, expected) = (Shown::Code(other.code), Shown::Code(one.code));
                            let wrong = Wrong { code, found, expected };
                            tell(Told { wrong, of: *other, when, series: inclusion.series });
                        }
                    }
                }
            }
        }
    },
};

/// What is told of `other`, which `one` includes in `unit` on the days `holds`.
fn included(
    together: &Together<'_>,
    unit: u32,
    holds: u32,
    one: &Use,
    other: &Use,
) -> Option<(ClaimCode, When)> {
    let month = u32::MAX >> (32 - together.month.days());
    let days = one.days & other.days & holds;
    match unit {
        1 if days != 0 => Some((ClaimCode::IncludedDay, together.when(days))),
        2 if one.is_within(holds, month) && other.is_within(holds, month) => {
            Some((ClaimCode::IncludedMonth, When::Month(together.month)))
        }
        3 if days != 0 => Some((ClaimCode::IncludedOnce, together.when(days))),
        _ => None,
    }
}
