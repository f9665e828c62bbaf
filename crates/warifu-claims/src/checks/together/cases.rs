//! For each code of procedures together the records that break a clean file, and the masters that say so.

use crate::finding::ClaimCode;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON};

type Fields = &'static [(&'static str, &'static str)];

macro_rules! record {
    ($($field:literal $value:expr),+) => {
        &[$(($field, $value),)+ (CHANGED_ON, "20240601"), (ABOLISHED_ON, "99999999")]
    };
}

/// A procedure of which nothing is judged by itself.
macro_rules! procedures {
    ($($code:literal)+) => { &[$(record!("procedure_code" $code)),+] };
}

/// A pair of an exclusion table, from the side of `$one`.
macro_rules! pair {
    ($one:literal $class:literal $other:literal $special:literal) => {
        record!("procedure_code" $one, "other_code" $other, "exclusion_class" $class,
            "special_condition" $special)
    };
}

macro_rules! limit {
    ($code:literal $unit:literal $times:literal $special:literal) => {
        record!("procedure_code" $code, "unit_code" $unit, "max_times" $times, "special_condition" $special)
    };
}

pub(in crate::checks) const PROCEDURES: &[Fields] = procedures![
    "180000101" "180000102" "180000103" "180000104" "180000105" "180000111" "180000112" "180000113"
    "180000114" "180000121" "180000122" "180000123" "180000124" "180000125" "190000001" "190000011"
    "190000012" "190000013"
];

pub(in crate::checks) const MASTERS: &[(&str, &[Fields], &str)] = &[
    (
        "points-auxiliary",
        &[
            record!("procedure_code" "180000111", "inclusion_unit_1" "1", "inclusion_group_1" "X000001"),
            record!("procedure_code" "180000112", "inclusion_unit_1" "02", "inclusion_group_1" "X000001"),
            record!("procedure_code" "180000113", "inclusion_unit_2" "3", "inclusion_group_2" "X000001"),
            record!("procedure_code" "190000001", "inpatient_group" "001"),
        ],
        "20240401",
    ),
    (
        "points-inclusion",
        &[record!("group" "X000001", "procedure_code" "180000114", "special_condition" "0")],
        "20240401",
    ),
    (
        "points-exclusion-day",
        &[
            pair!("180000101" "1" "180000102" "0"),
            pair!("180000101" "3" "180000103" "0"),
            pair!("180000101" "3" "180000104" "1"),
            pair!("180000102" "2" "180000101" "0"),
            pair!("180000103" "3" "180000101" "0"),
            pair!("180000104" "3" "180000101" "1"),
        ],
        "20240401",
    ),
    (
        "points-exclusion-month",
        &[
            pair!("180000102" "2" "180000103" "0"),
            pair!("180000102" "3" "180000104" "0"),
            pair!("180000103" "1" "180000102" "0"),
            pair!("180000104" "3" "180000102" "0"),
        ],
        "20240401",
    ),
    (
        "points-exclusion-simultaneous",
        &[pair!("180000103" "1" "180000104" "0"), pair!("180000104" "2" "180000103" "0")],
        "20240401",
    ),
    (
        "points-exclusion-week",
        &[
            pair!("180000103" "1" "180000105" "0"),
            pair!("180000104" "3" "180000105" "0"),
            pair!("180000105" "2" "180000103" "0"),
            pair!("180000105" "3" "180000104" "0"),
        ],
        "20240401",
    ),
    (
        "points-inpatient-basic",
        &[
            record!("group" "001", "procedure_code" "190000011", "addition_class" "4"),
            record!("group" "001", "procedure_code" "190000012", "addition_class" "4"),
            record!("group" "002", "procedure_code" "190000013", "addition_class" "1"),
        ],
        "20240401",
    ),
    (
        "points-count-limit",
        &[
            limit!("180000121" "121" "2" "0"),
            limit!("180000122" "138" "1" "0"),
            limit!("180000123" "131" "3" "0"),
            limit!("180000124" "144" "1" "0"),
            limit!("180000125" "131" "1" "1"),
            limit!("180000125" "141" "1" "0"),
        ],
        "20240401",
    ),
];

/// An SI: its code, its times and the days on which it was done, as often on each.
fn item(code: &str, times: &str, days: &[usize]) -> String {
    let each = (times.parse::<usize>().unwrap() / days.len().max(1)).to_string();
    let mut fields = vec![""; 44];
    // A unit of its own, of a payer that the clean file has, and without points that would be summed up.
    (fields[0], fields[2], fields[3], fields[5], fields[6]) = ("SI", "1", code, "0", times);
    days.iter().for_each(|day| fields[12 + day] = &each);
    fields.join(",")
}

/// With these records before the GO.
fn with(lines: &mut Vec<String>, items: &[(&str, &str, &[usize])]) {
    for (code, times, days) in items {
        lines.insert(lines.len() - 1, item(code, times, days));
    }
}

type Case = (fn(&mut Vec<String>), &'static str, &'static str);

/// Of June 2024, whose weeks begin on the 2nd, 9th, 16th, 23rd and 30th.
pub(in crate::checks) fn case(code: ClaimCode) -> Option<Case> {
    let case: Case = match code {
        ClaimCode::IncludedDay => (
            |lines| with(lines, &[("180000111", "2", &[3, 4]), ("180000114", "1", &[4])]),
            "180000114",
            "180000111",
        ),
        ClaimCode::IncludedMonth => (
            |lines| with(lines, &[("180000114", "1", &[]), ("180000112", "1", &[4])]),
            "180000114",
            "180000112",
        ),
        ClaimCode::IncludedOnce => (
            |lines| with(lines, &[("180000113", "1", &[4]), ("180000114", "1", &[4])]),
            "180000114",
            "180000113",
        ),
        ClaimCode::ExclusionDay => (
            |lines| with(lines, &[("180000102", "1", &[4]), ("180000101", "2", &[4, 5])]),
            "180000102",
            "180000101",
        ),
        ClaimCode::ExclusionDayEither => (
            |lines| with(lines, &[("180000103", "1", &[4]), ("180000101", "1", &[4])]),
            "180000101",
            "180000103",
        ),
        ClaimCode::ExclusionWeek => (
            |lines| with(lines, &[("180000103", "1", &[8]), ("180000105", "1", &[2])]),
            "180000105",
            "180000103",
        ),
        ClaimCode::ExclusionWeekEither => (
            |lines| with(lines, &[("180000105", "1", &[30]), ("180000104", "1", &[30])]),
            "180000104",
            "180000105",
        ),
        ClaimCode::ExclusionMonth => (
            |lines| with(lines, &[("180000102", "1", &[1]), ("180000103", "1", &[30])]),
            "180000102",
            "180000103",
        ),
        ClaimCode::ExclusionMonthEither => (
            |lines| with(lines, &[("180000102", "1", &[]), ("180000104", "1", &[])]),
            "180000104",
            "180000102",
        ),
        ClaimCode::ExclusionOnce => (
            |lines| with(lines, &[("180000103", "1", &[4]), ("180000104", "1", &[4])]),
            "180000104",
            "180000103",
        ),
        ClaimCode::CountDay => (|lines| with(lines, &[("180000121", "3", &[4])]), "3", "2"),
        ClaimCode::CountWeek => (|lines| with(lines, &[("180000122", "2", &[2, 8])]), "2", "1"),
        ClaimCode::CountMonth => {
            (|lines| with(lines, &[("180000123", "2", &[1, 2]), ("180000123", "2", &[])]), "4", "3")
        }
        ClaimCode::CountPeriod => (|lines| with(lines, &[("180000124", "2", &[1, 2])]), "2", "1"),
        ClaimCode::AdditionOfOther => (
            |lines| with(lines, &[("190000001", "2", &[4, 5]), ("190000013", "1", &[5])]),
            "190000013",
            "190000001",
        ),
        ClaimCode::AdditionTwice => (
            |lines| {
                with(
                    lines,
                    &[("190000001", "2", &[4, 5]), ("190000011", "1", &[5]), ("190000012", "2", &[4, 5])],
                );
            },
            "190000012",
            "190000011",
        ),
        _ => return None,
    };
    Some(case)
}

/// What is near to each rule and right by it, or not told by a claim.
pub(in crate::checks) const RIGHT: &[fn(&mut Vec<String>)] = &[
    // On other days; under a special condition; without days.
    |lines| with(lines, &[("180000101", "1", &[4]), ("180000102", "1", &[5])]),
    |lines| with(lines, &[("180000101", "1", &[4]), ("180000104", "1", &[4])]),
    |lines| with(lines, &[("180000101", "1", &[]), ("180000102", "1", &[])]),
    // The Saturday of one week and the Sunday of the next one.
    |lines| with(lines, &[("180000103", "1", &[8]), ("180000105", "1", &[9])]),
    |lines| with(lines, &[("180000103", "1", &[4]), ("180000104", "1", &[5])]),
    // Twice on one day; four times on two; once in each week.
    |lines| with(lines, &[("180000121", "2", &[4])]),
    |lines| with(lines, &[("180000121", "4", &[4, 5])]),
    |lines| with(lines, &[("180000122", "3", &[8, 9, 30])]),
    |lines| with(lines, &[("180000123", "3", &[1, 2, 3])]),
    // Under a special condition, and in a unit that no record counts.
    |lines| with(lines, &[("180000125", "9", &[1])]),
    |lines| with(lines, &[("180000111", "1", &[3]), ("180000114", "1", &[4])]),
    // On a day without a fee; allowed by the fee; one of a class a day.
    |lines| with(lines, &[("190000001", "1", &[4]), ("190000013", "1", &[5])]),
    |lines| {
        with(lines, &[("190000001", "2", &[4, 5]), ("190000011", "1", &[5]), ("190000012", "1", &[4])]);
    },
];
