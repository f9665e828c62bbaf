//! Additions for some ages (年齢加算), each beside what takes it.
//!
//! The ages are those of the addition itself: it is held against them like any procedure.

use std::collections::{HashMap, HashSet};

use super::check::{About, Check, Judges};
use super::companions::Company;
use super::cover::ends;
use super::fields::PROCEDURE_CODE;
use super::report::Report;
use super::told::Told;
use super::uses::Use;
use super::wrong::Wrong;
use crate::file::Claim;
use crate::finding::{ClaimCode, When};
use crate::item_code::ItemKind;
use crate::lookup::{Held, Lookup, Procedure, Role, Snapshot};
use warifu_values::day::{ClaimMonth, TreatmentDay};

/// Asked of each claim with an addition for some ages.
pub(super) type OfAgeAdditions = fn(&Claim<'_>, ClaimMonth, &Snapshot, &mut dyn FnMut(Told<'_>));

/// Asked of each claim with an addition for some ages.
pub(super) const AGE_ADDITIONS: &[Check<OfAgeAdditions>] = &[CHECK];

const CHECK: Check<OfAgeAdditions> = Check {
    about: About {
        codes: &[ClaimCode::AgeAdditionWithoutBase],
        fields: &[PROCEDURE_CODE],
        columns: &[
            "notice_class_1",
            "age_lower",
            "age_upper",
            "age_addition_1_code",
            "age_addition_2_code",
            "age_addition_3_code",
            "age_addition_4_code",
        ],
        source: "マスターファイル仕様説明書: 医科診療行為マスター 102, 105, 108, 111 年齢加算の注加算診療行為コード",
        judges: Judges::Always,
    },
    ask: |claim, month, snapshot, tell| {
        // Once for all of them: a claim may have millions of additions.
        let takes = procedures(claim, month, snapshot).flat_map(|(.., held)| held.facts.age_additions);
        let taken: HashSet<u32> = takes.collect();
        let mut are_additions = HashMap::new();
        for (one, day, held) in procedures(claim, month, snapshot) {
            let addition = one.number();
            if !held.facts.roles.has(Role::ForAges) || taken.contains(&addition) {
                continue;
            }
            let of_day = are_additions.entry((addition, day));
            if *of_day.or_insert_with(|| snapshot.is_age_addition(addition, day)) {
                let wrong = Wrong::of(ClaimCode::AgeAdditionWithoutBase, one.code);
                let when = if one.days == 0 { When::Month(month) } else { When::Day(day) };
                tell(Told { wrong, of: one, when, series: held.series });
            }
        }
    },
};

/// The procedures of `claim` that were in force, each with its first day.
fn procedures<'a>(
    claim: &'a Claim<'_>,
    month: ClaimMonth,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = (Use, TreatmentDay, Held<'a, Procedure>)> {
    claim.items.iter().enumerate().filter_map(move |(at, item)| {
        let code = item.code.filter(|_| item.kind == ItemKind::Procedure)?;
        let (first, _) = ends(month, item.days);
        match snapshot.procedure(code.number(), first) {
            Lookup::InForce(held) => Some((Use::of(at, item, code), first, held)),
            Lookup::Absent(..) => None,
        }
    })
}

/// Asks it of `claim`, whose procedures are all known.
#[inline]
pub(super) fn judge_age_additions(
    company: &Company,
    claim: &Claim<'_>,
    month: ClaimMonth,
    snapshot: &Snapshot,
    report: &mut Report<'_>,
) {
    if company.is_unknown() || !company.has(Role::ForAges) {
        return;
    }
    let days = || Some(ends(month, 0));
    for check in AGE_ADDITIONS.iter().filter(|check| check.about.judges.all(days)) {
        let mut tell = |told: Told<'_>| told.report(&check.about, claim, snapshot, report);
        (check.ask)(claim, month, snapshot, &mut tell);
    }
}
