//! Additions to inpatient basic fees (入院基本料等加算): those that the day's fee allows, and one of each class.

use std::collections::BTreeMap;

use super::asked::{OfTogether, Together};
use crate::checks::check::{About, Check, Judges};
use crate::checks::fields::{PROCEDURE_CODE, PROCEDURE_DAYS};
use crate::checks::told::Told;
use crate::checks::uses::Use;
use crate::checks::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;
use crate::lookup::points::Bond;

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
        let billed = Billed::of(together);
        if billed.fees.is_empty() {
            return;
        }
        let additions = together.uses.iter().filter(|one| inpatient.table.has(one.number()));
        let additions: Vec<_> = additions.map(|one| Addition::of(together, &billed, one)).collect();
        for (at, one) in additions.iter().enumerate() {
            if let Some((days, fee)) = one.not_allowed {
                let (found, expected) = (Shown::Code(one.of.code), Shown::Code(fee.code));
                let wrong = Wrong { code: ClaimCode::AdditionOfOther, found, expected };
                let when = together.when(days);
                tell(Told { wrong, of: *one.of, when, series: inpatient.series });
                continue;
            }
            for other in &additions[at + 1..] {
                let days = one.of_one_class(other);
                if days != 0 {
                    let (found, expected) = (Shown::Code(other.of.code), Shown::Code(one.of.code));
                    let wrong = Wrong { code: ClaimCode::AdditionTwice, found, expected };
                    tell(Told { wrong, of: *other.of, when: together.when(days), series: inpatient.series });
                }
            }
        }
    },
};

/// The basic fees of a claim. Collected once: a claim may have thousands of additions, each asked of all.
struct Billed<'a> {
    /// Each with its group and the days on which it was billed in it; none without a day.
    fees: Vec<(&'a Use, u64, u32)>,
    /// The days of each group.
    groups: BTreeMap<u64, u32>,
    /// The days on which one fee was billed, and no other.
    once: u32,
}

impl<'a> Billed<'a> {
    fn of(together: &'a Together<'_>) -> Billed<'a> {
        let of = move |one: &'a Use| {
            let ties = together.tables.ties.map_or(&[][..], |ties| ties.table.about(one.number()));
            let fees = ties.iter().filter(|tie| tie.bond == Bond::IsFeeOf);
            fees.map(move |tie| (one, tie.group, one.days & tie.days.of_month(together.month)))
        };
        let fees = together.uses.iter().flat_map(of).filter(|(.., days)| *days != 0).collect();
        let mut billed = Billed { fees, groups: BTreeMap::new(), once: 0 };
        let mut twice = 0;
        for (_, group, days) in &billed.fees {
            twice |= billed.once & days;
            billed.once |= days;
            *billed.groups.entry(*group).or_default() |= days;
        }
        billed.once &= !twice;
        billed
    }
}

/// A procedure that is an addition to some basic fee.
struct Addition<'a> {
    of: &'a Use,
    /// The days on which a fee was billed and none of that day allows it, and the first such fee.
    not_allowed: Option<(u32, &'a Use)>,
    /// Its classes beside each group of which alone a fee was billed on one of its days, with these days.
    classes: Vec<(u64, u32, u32)>,
}

impl<'a> Addition<'a> {
    fn of(together: &'a Together<'_>, billed: &Billed<'a>, one: &'a Use) -> Addition<'a> {
        let (mut beside, mut allowed, mut classes) = (0, 0, Vec::new());
        for (group, days) in billed.groups.iter().map(|(group, days)| (*group, days & one.days)) {
            if days == 0 {
                continue;
            }
            beside |= days;
            let rows =
                together.tables.inpatient.map_or(&[][..], |table| table.table.members(group, one.number()));
            for row in rows {
                let holds = row.days.of_month(together.month) & days;
                allowed |= holds;
                if holds & billed.once != 0 {
                    classes.push((group, row.class, holds & billed.once));
                }
            }
        }
        let days = beside & !allowed;
        let fee = billed.fees.iter().find(|(.., of)| of & days != 0);
        Addition { of: one, not_allowed: fee.map(|(fee, ..)| (days, *fee)), classes }
    }

    /// The days on which both were billed beside one fee for which they are of one class, and beside no other
    /// fee.
    fn of_one_class(&self, other: &Addition<'_>) -> u32 {
        let of_same = |(group, class, days): &(u64, u32, u32)| {
            let same = other.classes.iter().filter(|of| (of.0, of.1) == (*group, *class));
            same.fold(0, |all, of| all | of.2 & days)
        };
        self.classes.iter().fold(0, |all, class| all | of_same(class))
    }
}
