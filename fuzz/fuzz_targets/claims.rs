//! A claim file from outside, read once and judged twice by a small snapshot.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_claims::{ClaimFile, ClaimFindings, MasterOf, Snapshot, judge};
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Governs, Timelines};
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, Schemas};
use warifu_values::day::{PublicationDay, TreatmentDay};

/// Fields of a record by id, besides its days; all else is blank.
type Fields = &'static [(&'static str, &'static str)];

/// 初診料, 再診料, a procedure whose points go by quantity (steps of 1 from 1 to 99) and one that goes by
/// age, setting and days; a drug; materials with a price, without one and with a ceiling; a comment by
/// itself and one with a day; and of the points tables what is included in what, and how often. In the order
/// of their codes, as masters are.
const MASTERS: [(&str, &[Fields]); 7] = [
    (
        "procedure",
        &[
            &[("procedure_code", "111000110"), ("point_kind", "3"), ("points", "291.00")],
            &[("procedure_code", "112007410"), ("point_kind", "3"), ("points", "75.00")],
            &[
                ("procedure_code", "170000410"),
                ("point_kind", "3"),
                ("points", "85.00"),
                ("step_method", "1"),
                ("step_lower_limit", "1"),
                ("step_upper_limit", "99"),
                ("step_value", "1"),
                ("step_points", "43.00"),
            ],
            &[
                ("procedure_code", "180000010"),
                ("inout_class", "1"),
                ("age_lower", "75"),
                ("age_upper", "BK"),
                ("actual_days", "1"),
                ("dpc_class", "3"),
            ],
        ],
    ),
    ("drug", &[&[("drug_code", "620000001"), ("price_kind", "1"), ("price", "11.00")]]),
    (
        "material",
        &[
            &[("material_code", "711000110"), ("price_kind", "1"), ("price", "350.00")],
            &[("material_code", "711000130"), ("price_kind", "2")],
            &[
                ("material_code", "711000140"),
                ("price_kind", "1"),
                ("price", "350.00"),
                ("material_kind", "2"),
                ("price_ceiling", "1"),
            ],
        ],
    ),
    (
        "comment",
        &[
            &[("code_class", "8"), ("pattern", "20"), ("serial", "1")],
            &[("code_class", "8"), ("pattern", "50"), ("serial", "1")],
        ],
    ),
    (
        "points-auxiliary",
        &[&[("procedure_code", "111000110"), ("inclusion_unit_1", "1"), ("inclusion_group_1", "X000001")]],
    ),
    (
        "points-inclusion",
        &[&[("group", "X000001"), ("procedure_code", "170000410"), ("special_condition", "0")]],
    ),
    (
        "points-count-limit",
        &[&[
            ("procedure_code", "112007410"),
            ("unit_code", "121"),
            ("max_times", "1"),
            ("special_condition", "0"),
        ]],
    ),
];

/// All hold from 2024-06-01 on but 再診料, which ends in the middle of a month.
static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
    let schemas = Schemas::built_in().expect("the built-in schemas are right");
    let first = TreatmentDay::parse("20240601").expect("a day of the calendar");
    let made = MASTERS.map(|(kind, records)| {
        let layout = schemas.editions(kind).into_iter().last().expect("the kind has a layout");
        let mut text = layout.canonical_header() + "\n";
        for record in records {
            let ends = record[0].1 == "112007410" && kind == "procedure";
            let last = if ends { "20240615" } else { "99999999" };
            let mut fields = vec![""; layout.width()];
            for (id, value) in record.iter().copied().chain([(CHANGED_ON, "20240601"), (ABOLISHED_ON, last)])
            {
                fields[layout.column(id).expect("the layout has it")] = value;
            }
            text += &(fields.join(",") + "\n");
        }
        let master = read_canonical(&schemas, kind, text.into_bytes()).expect("these rows can be read");
        let governs = Governs { first, last: None };
        (kind, Timelines::of_state(governs, PublicationDay::of(first), &master), master)
    });
    let of = made.each_ref();
    let of = of.map(|(kind, timelines, master)| MasterOf { series: "r06", kind, master, timelines });
    Snapshot::build(&of).expect("a snapshot")
});

fuzz_target!(|bytes: &[u8]| {
    let file = ClaimFile::read(bytes);
    let judged = |limit| {
        let mut findings = ClaimFindings::new(limit);
        let tally = judge(&file, &SNAPSHOT, 1, &mut findings);
        (tally, findings)
    };
    let (tally, findings) = judged(100);
    assert_eq!(tally.claims, file.claim_count() as u64);
    // Judging leaves the file as it is, and what is only counted is counted all the same.
    let (again, counted) = judged(0);
    assert_eq!(tally, again);
    assert!(findings.counts().eq(counted.counts()));
});
