//! How often a procedure may be billed (算定回数): on a day, in a week, in a month, in longer periods.
//!
//! Days and weeks are counted by what the records say of each day (算定日情報), months by their times (回数). Of a
//! period longer than the month, more in the month alone is told than may be billed in all of it.

use super::asked::{OfTogether, Together};
use super::weeks::Weeks;
use crate::checks::check::{About, Check, Judges};
use crate::checks::fields::{PROCEDURE_CODE, PROCEDURE_DAYS, PROCEDURE_TIMES};
use crate::checks::told::Told;
use crate::checks::uses::Use;
use crate::checks::wrong::{Shown, Wrong};
use crate::file::Item;
use crate::finding::{ClaimCode, When};
use crate::item_code::ItemKind;
use crate::lookup::points::CountLimit;

pub(super) const CHECK: Check<OfTogether> = Check {
    about: About {
        codes: &[ClaimCode::CountDay, ClaimCode::CountWeek, ClaimCode::CountMonth, ClaimCode::CountPeriod],
        fields: &[PROCEDURE_CODE, PROCEDURE_TIMES, PROCEDURE_DAYS],
        columns: &["procedure_code", "unit_code", "max_times", "special_condition"],
        source: "電子点数表 算定回数テーブル (医科電子点数表の活用手引き 3 (5), 5 (5), 付表1)",
        judges: Judges::Always,
    },
    ask: |together, tell| {
        let Some(counts) = together.tables.counts else { return };
        for one in together.uses.iter() {
            for row in counts.table.about(one.number()).iter().filter(|row| !row.special) {
                // What all of it keeps each part keeps.
                if one.times <= row.times {
                    continue;
                }
                if let Some((code, times, when)) = beyond(together, row, one) {
                    let wrong = Wrong {
                        code,
                        found: Shown::Number(times.into()),
                        expected: Shown::Number(row.times.into()),
                    };
                    tell(Told { wrong, of: *one, when, series: counts.series });
                }
            }
        }
    },
};

/// 算定単位コード (付表1) as far as a claim of one month tells anything of them.
enum Period {
    Day,
    Week,
    Month,
    /// Longer than a month.
    Longer,
}

impl Period {
    fn of(unit: u32) -> Option<Period> {
        match unit {
            121 => Some(Period::Day),
            138 => Some(Period::Week),
            131 => Some(Period::Month),
            // 患者当り; ２月, ３月, ４月, ６月, １２月, ５年; 妊娠中; ２年.
            53 | 143..=149 | 161 => Some(Period::Longer),
            _ => None,
        }
    }
}

/// How often `one` was billed in a period in which `row` allows less.
fn beyond(together: &Together<'_>, row: &CountLimit, one: &Use) -> Option<(ClaimCode, u32, When)> {
    let holds = row.days.of_month(together.month);
    let month = u32::MAX >> (32 - together.month.days());
    let all = |code| {
        let when = When::Month(together.month);
        one.is_within(holds, month).then_some((code, one.times, when))
    };
    match Period::of(row.unit)? {
        Period::Month => all(ClaimCode::CountMonth),
        Period::Longer => all(ClaimCode::CountPeriod),
        Period::Day => {
            let days = (0..31).map(|day| 1 << day).filter(|day| one.days & holds & day != 0);
            first_beyond(together, one, days, row.times, ClaimCode::CountDay)
        }
        Period::Week => {
            let weeks = Weeks::of(together.month).iter().filter(|week| week & one.days & !holds == 0);
            first_beyond(together, one, weeks, row.times, ClaimCode::CountWeek)
        }
    }
}

/// The first of `periods` in which `one` was billed more often than `limit`.
fn first_beyond(
    together: &Together<'_>,
    one: &Use,
    mut periods: impl Iterator<Item = u32>,
    limit: u32,
    code: ClaimCode,
) -> Option<(ClaimCode, u32, When)> {
    let times = |days: u32| {
        let is_it = |item: &&Item| item.kind == ItemKind::Procedure && item.code == Some(one.code);
        let mut times = 0;
        for item in together.claim.items.iter().filter(is_it) {
            let counts = together.claim.day_counts(item).iter();
            let counted = counts.filter(|count| days & (1 << (count.day - 1)) != 0);
            times += counted.map(|count| u32::from(count.times)).sum::<u32>();
        }
        times
    };
    let is_beyond = periods.find_map(|days| Some((days, times(days))).filter(|(_, times)| *times > limit));
    is_beyond.map(|(days, times)| (code, times, together.when(days & one.days)))
}
