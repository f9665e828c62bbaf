//! The rule on characters in names, for the names of each kind of master.

use crate::consistency::names;
use crate::consistency::rule::{Ask, Count, Rule, Seen};
use warifu_masters::finding::Code;

/// The entry for some columns of some kinds.
const fn of(
    kinds: &'static [&'static str],
    columns: &'static [&'static str],
    counts: &'static [Count],
) -> Rule {
    Rule { code: Code::SetStandIn, kinds, columns, remark: "", counts, ask: Ask::Records(names::stand_in) }
}

/// Kept by all records of a full file.
const fn kept(file: &'static str, held: u64) -> Count {
    Count { seen: Seen::Full(file), held, broken: 0 }
}

/// The rule on characters in names.
pub(super) const RULES: &[Rule] = &[
    Rule {
        remark: "Each name is asked. None of the published files at hand has one of the two.",
        ..of(
            &["procedure"],
            &["short_name", "unit_name", "full_name"],
            &[kept("procedure/s_ALL20240531.csv", 30399), kept("procedure/s_ALL20220218.csv", 26205)],
        )
    },
    of(
        &["drug", "material"],
        &["name", "unit_name", "full_name"],
        &[kept("drug/y_ALL20240321.csv", 59058), kept("material/t_ALL20240531.csv", 4002)],
    ),
    of(&["drug"], &["generic_name_text"], &[kept("drug/y_ALL20240321.csv", 19686)]),
    of(&["comment"], &["name"], &[kept("comment/c_ALL20240726.csv", 3903)]),
    of(
        &["disease", "former-disease"],
        &["name", "short_name", "kana", "dental_short_name"],
        &[kept("disease/b_20240601.txt", 109_748), kept("disease/hb_20260101.txt", 31860)],
    ),
    of(&["modifier"], &["name", "kana"], &[kept("disease/z_20240601.txt", 4698)]),
    of(
        &["comment-relation"],
        &["procedure_name", "comment_text"],
        &[kept("related/ck_ALL20200407.csv", 11240), kept("related/ck_ALL_20250901.csv", 29438)],
    ),
    of(
        &["points-auxiliary", "points-inclusion", "points-inpatient-basic"],
        &["name"],
        &[kept("points-table/01_auxiliary.csv", 10178), kept("points-table/04_inpatient_basic.csv", 6084)],
    ),
    of(&["points-count-limit"], &["name", "unit_name"], &[kept("points-table/05_count_limits.csv", 10686)]),
    of(
        &[
            "points-exclusion-day",
            "points-exclusion-month",
            "points-exclusion-simultaneous",
            "points-exclusion-week",
        ],
        &["name", "other_name"],
        &[
            kept("points-table/03-2_exclusion_month.csv", 43836),
            kept("points-table/03-3_exclusion_simultaneous.csv", 34272),
            kept("points-table/03-4_exclusion_week.csv", 700),
        ],
    ),
];
