//! How often a procedure may be billed (算定回数): on a day, in a week, in a month, in longer periods.
//!
//! Days and weeks are counted by what the records say of each day (算定日情報), months by their times (回数). Of a
//! period longer than the month, more in the month alone is told than may be billed in all of it.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::asked::{OfTogether, Together};
use super::weeks::Weeks;
use crate::checks::check::{About, Check, Judges};
use crate::checks::fields::{PROCEDURE_CODE, PROCEDURE_DAYS, PROCEDURE_TIMES};
use crate::checks::told::Told;
use crate::checks::uses::Use;
use crate::checks::wrong::{Shown, Wrong};
use crate::finding::{ClaimCode, When};
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::points::CountLimit;
use crate::lookup::rows::ByCode;

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
        let by_day = ByDay { together, table: counts.table, made: OnceCell::new() };
        for one in together.uses.iter() {
            for row in counts.table.about(one.number()).iter().filter(|row| !row.special) {
                // What all of it keeps each part keeps.
                if one.times <= row.times {
                    continue;
                }
                if let Some((code, times, when)) = beyond(&by_day, row, one) {
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
fn beyond(by_day: &ByDay<'_>, row: &CountLimit, one: &Use) -> Option<(ClaimCode, u32, When)> {
    let together = by_day.together;
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
            first_beyond(by_day, one, days, row.times, ClaimCode::CountDay)
        }
        Period::Week => {
            let weeks = Weeks::of(together.month).iter().filter(|week| week & one.days & !holds == 0);
            first_beyond(by_day, one, weeks, row.times, ClaimCode::CountWeek)
        }
    }
}

/// The first of `periods` in which `one` was billed more often than `limit`.
fn first_beyond(
    by_day: &ByDay<'_>,
    one: &Use,
    mut periods: impl Iterator<Item = u32>,
    limit: u32,
    code: ClaimCode,
) -> Option<(ClaimCode, u32, When)> {
    let each = by_day.of(one);
    let times = |days: u32| {
        let within = (0..31usize).filter(|day| days & (1u32 << day) != 0);
        within.fold(0u32, |times, day| times.saturating_add(each[day]))
    };
    let is_beyond = periods.find_map(|days| Some((days, times(days))).filter(|(_, times)| *times > limit));
    is_beyond.map(|(days, times)| (code, times, by_day.together.when(days & one.days)))
}

/// How often a procedure was done on each day of the month.
type Each = [u32; 31];

/// How often each procedure that is limited by day or week was done on each day. Made when it is asked
/// first, of all of them at once: a claim may have millions of items, and thousands of such procedures.
struct ByDay<'a> {
    together: &'a Together<'a>,
    table: &'a ByCode<CountLimit>,
    made: OnceCell<HashMap<ItemCode, Each>>,
}

impl ByDay<'_> {
    fn of(&self, one: &Use) -> Each {
        self.made.get_or_init(|| self.make()).get(&one.code).copied().unwrap_or([0; 31])
    }

    fn make(&self) -> HashMap<ItemCode, Each> {
        let is_limited = |row: &CountLimit| matches!(Period::of(row.unit), Some(Period::Day | Period::Week));
        let mut made: HashMap<ItemCode, Each> = HashMap::new();
        for one in self.together.uses.iter() {
            if self.table.about(one.number()).iter().any(is_limited) {
                made.insert(one.code, [0; 31]);
            }
        }
        let claim = self.together.claim;
        for item in claim.items.iter().filter(|item| item.kind == ItemKind::Procedure) {
            let Some(each) = item.code.and_then(|code| made.get_mut(&code)) else { continue };
            for count in claim.day_counts(item) {
                let times = &mut each[usize::from(count.day - 1)];
                *times = times.saturating_add(count.times.into());
            }
        }
        made
    }
}
