//! Procedures that are not billed together (背反): on a day, in a week, in a month, at once.
//!
//! A week is told where both stand in one week from Sunday to Saturday, which is also within seven days.
//! What is not billed at once may be billed on one day: of that, which is all that a claim tells, a notice
//! is given.

use super::asked::{OfTogether, Together};
use super::weeks::Weeks;
use crate::checks::check::{About, Check, Judges};
use crate::checks::fields::{PROCEDURE_CODE, PROCEDURE_DAYS};
use crate::checks::told::Told;
use crate::checks::uses::Use;
use crate::checks::wrong::{Shown, Wrong};
use crate::finding::{ClaimCode, When};
use crate::lookup::points::{Exclusion, Which, Within};

pub(super) const CHECK: Check<OfTogether> = Check {
    about: About {
        codes: &[
            ClaimCode::ExclusionDay,
            ClaimCode::ExclusionDayEither,
            ClaimCode::ExclusionWeek,
            ClaimCode::ExclusionWeekEither,
            ClaimCode::ExclusionMonth,
            ClaimCode::ExclusionMonthEither,
            ClaimCode::ExclusionOnce,
        ],
        fields: &[PROCEDURE_CODE, PROCEDURE_DAYS],
        columns: &["procedure_code", "other_code", "exclusion_class", "special_condition"],
        source: "電子点数表 背反関連テーブル (医科電子点数表の活用手引き 3 (3), 5 (3))",
        judges: Judges::Always,
    },
    ask: |together, tell| {
        for within in Within::ALL {
            let Some(standing) = together.tables.exclusions[within as usize] else { continue };
            for (at, one) in together.uses.iter().enumerate() {
                let rows = standing.table.about(one.number());
                if rows.is_empty() {
                    continue;
                }
                // The table has each pair from both sides: the one that comes first is asked.
                for other in together.uses.among(at + 1, rows, |row| row.other) {
                    let number = other.number();
                    let from = rows.partition_point(|row| row.other < number);
                    let rows = rows[from..].iter().take_while(|row| row.other == number);
                    let found = rows.filter(|row| !row.special).find_map(|row| {
                        let days = both(together, within, row, one, other)?;
                        Some((row, days))
                    });
                    if let Some((row, days)) = found {
                        tell(told(together, within, (row, days), (*one, *other), standing.series));
                    }
                }
            }
        }
    },
};

/// The days on which both are billed although the row holds; none where that is not certain. No days mean
/// the month.
fn both(together: &Together<'_>, within: Within, row: &Exclusion, one: &Use, other: &Use) -> Option<u32> {
    let holds = row.days.of_month(together.month);
    let month = u32::MAX >> (32 - together.month.days());
    let days = match within {
        Within::ADay | Within::Once => one.days & other.days & holds,
        Within::AMonth => {
            return (one.is_within(holds, month) && other.is_within(holds, month)).then_some(0);
        }
        Within::AWeek => {
            let weeks = Weeks::of(together.month);
            let (one, other) = (one.days & holds, other.days & holds);
            weeks.iter().map(|week| week & (one | other)).find(|days| days & one != 0 && days & other != 0)?
        }
    };
    (days != 0).then_some(days)
}

/// That `one` and `other` are both billed: told of the one that is not billed beside the other, or of the
/// one that comes last.
fn told<'a>(
    together: &Together<'_>,
    within: Within,
    (row, days): (&Exclusion, u32),
    (one, other): (Use, Use),
    series: &'a std::sync::Arc<str>,
) -> Told<'a> {
    let (falls, stays) = match row.which {
        Which::First => (other, one),
        Which::Other => (one, other),
        Which::Either if one.item > other.item => (one, other),
        Which::Either => (other, one),
    };
    let code = match (within, row.which) {
        (Within::ADay, Which::Either) => ClaimCode::ExclusionDayEither,
        (Within::ADay, _) => ClaimCode::ExclusionDay,
        (Within::AWeek, Which::Either) => ClaimCode::ExclusionWeekEither,
        (Within::AWeek, _) => ClaimCode::ExclusionWeek,
        (Within::AMonth, Which::Either) => ClaimCode::ExclusionMonthEither,
        (Within::AMonth, _) => ClaimCode::ExclusionMonth,
        (Within::Once, _) => ClaimCode::ExclusionOnce,
    };
    let when = match within {
        Within::AMonth => When::Month(together.month),
        _ => together.when(days & falls.days),
    };
    let wrong = Wrong { code, found: Shown::Code(falls.code), expected: Shown::Code(stays.code) };
    Told { wrong, of: falls, when, series }
}
