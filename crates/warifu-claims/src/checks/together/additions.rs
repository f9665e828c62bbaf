//! Additions to inpatient basic fees (入院基本料等加算): those that the day's fee allows, and one of each class.

use super::asked::{OfTogether, Together};
use crate::checks::check::{About, Check, Judges};
use crate::checks::fields::{PROCEDURE_CODE, PROCEDURE_DAYS};
use crate::checks::told::Told;
use crate::checks::uses::Use;
use crate::checks::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;
use crate::lookup::points::{Bond, Member};

pub(super) const CHECK: Check<OfTogether> = Check {
    about: About {
        codes: &[ClaimCode::AdditionOfOther, ClaimCode::AdditionTwice],
        fields: &[PROCEDURE_CODE, PROCEDURE_DAYS],
        columns: &["procedure_code", "inpatient_group", "group", "addition_class"],
        source: "電子点数表 補助マスターテーブル 20, 入院基本料テーブル (医科電子点数表の活用手引き 3 (4), 5 (4))",
        judges: Judges::Always,
    },
    ask: |together, tell| {
        let (Some(_), Some(inpatient)) = (together.tables.ties, together.tables.inpatient) else { return };
        if fees(together).next().is_none() {
            return;
        }
        let additions = together.uses.iter().filter(|one| inpatient.table.has(one.number()));
        for (at, one) in additions.clone().enumerate() {
            if let Some((days, fee)) = not_allowed(together, one) {
                let (found, expected) = (Shown::Code(one.code), Shown::Code(fee.code));
                let wrong = Wrong { code: ClaimCode::AdditionOfOther, found, expected };
                tell(Told { wrong, of: *one, when: together.when(days), series: inpatient.series });
                continue;
            }
            for other in additions.clone().skip(at + 1) {
                let days = of_one_class(together, one, other);
                if days != 0 {
                    let (found, expected) = (Shown::Code(other.code), Shown::Code(one.code));
                    let wrong = Wrong { code: ClaimCode::AdditionTwice, found, expected };
                    tell(Told { wrong, of: *other, when: together.when(days), series: inpatient.series });
                }
            }
        }
    },
};

/// The basic fees, each with its group and the days on which it was billed in it.
fn fees<'a>(together: &'a Together<'_>) -> impl Iterator<Item = (&'a Use, u64, u32)> + Clone {
    let of = move |one: &'a Use| {
        let ties = together.tables.ties.map_or(&[][..], |ties| ties.table.about(one.number()));
        let fees = ties.iter().filter(|tie| tie.bond == Bond::IsFeeOf);
        fees.map(move |tie| (one, tie.group, one.days & tie.days.of_month(together.month)))
    };
    together.uses.iter().flat_map(of)
}

/// The rows that make `one` an addition to the fees of `group`, with the days on which each holds.
fn rows<'a>(
    together: &'a Together<'_>,
    group: u64,
    one: &Use,
) -> impl Iterator<Item = (&'a Member, u32)> + use<'a> {
    let rows = together.tables.inpatient.map_or(&[][..], |table| table.table.members(group, one.number()));
    rows.iter().map(|row| (row, row.days.of_month(together.month)))
}

/// The days of `one` on which a fee was billed and none of that day allows it, and the first such fee.
fn not_allowed<'a>(together: &'a Together<'_>, one: &Use) -> Option<(u32, &'a Use)> {
    let (mut billed, mut allowed) = (0, 0);
    for (_, group, days) in fees(together) {
        billed |= days;
        allowed |= rows(together, group, one).fold(0, |all, (_, holds)| all | holds & days);
    }
    let days = one.days & billed & !allowed;
    let fee = fees(together).find(|(.., of)| of & days != 0)?;
    Some((days, fee.0))
}

/// The days on which both were billed beside one fee for which they are of one class, and beside no other
/// fee.
fn of_one_class(together: &Together<'_>, one: &Use, other: &Use) -> u32 {
    let both = one.days & other.days;
    let (mut once, mut twice, mut same) = (0, 0, 0);
    for (_, group, days) in fees(together).map(|(of, group, days)| (of, group, days & both)) {
        twice |= once & days;
        once |= days;
        for (row, holds) in rows(together, group, one) {
            let of_other = rows(together, group, other).filter(|(of, _)| of.class == row.class);
            same |= of_other.fold(0, |all, (_, also)| all | holds & also & days);
        }
    }
    same & !twice
}
