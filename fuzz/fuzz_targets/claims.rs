//! A claim file from outside, read once and judged twice by a small snapshot.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_claims::{ClaimFile, ClaimFindings, MasterOf, Snapshot, judge};
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Governs, Timelines};
use warifu_masters::schema::Schemas;
use warifu_values::day::{PublicationDay, TreatmentDay};

/// 初診料, 再診料 until the middle of a month, and a procedure whose points go by quantity (steps of 1 from 1
/// to 99); in the order of their codes, as a master is.
const PROCEDURES: [[(&str, &str); 7]; 3] = [
    procedure("111000110", "291.00", "0", "99999999"),
    procedure("112007410", "75.00", "0", "20240615"),
    procedure("170000410", "85.00", "1", "99999999"),
];

const fn procedure(
    code: &'static str,
    points: &'static str,
    step: &'static str,
    abolished_on: &'static str,
) -> [(&'static str, &'static str); 7] {
    [
        ("procedure_code", code),
        ("point_kind", "3"),
        ("points", points),
        ("step_method", step),
        ("bundled_test", "0"),
        ("changed_on", "20240601"),
        ("abolished_on", abolished_on),
    ]
}

/// Other columns are blank: a snapshot asks for few.
static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
    let schemas = Schemas::built_in().expect("the built-in schemas are right");
    let layout = schemas.editions("procedure").into_iter().next().expect("procedures have a layout");
    let mut text = layout.canonical_header() + "\n";
    for values in PROCEDURES {
        let mut fields = vec![""; layout.width()];
        let steps = [
            ("step_lower_limit", "1"),
            ("step_upper_limit", "99"),
            ("step_value", "1"),
            ("step_points", "43.00"),
        ];
        for (id, value) in values.into_iter().chain(steps) {
            fields[layout.column(id).expect("the layout has it")] = value;
        }
        text += &(fields.join(",") + "\n");
    }
    let master = read_canonical(&schemas, "procedure", text.into_bytes()).expect("these rows can be read");
    let first = TreatmentDay::parse("20240601").expect("a day of the calendar");
    let governs = Governs { first, last: None };
    let timelines = Timelines::of_state(governs, PublicationDay::of(first), &master);
    let of = MasterOf { series: "r06", kind: "procedure", master: &master, timelines: &timelines };
    Snapshot::build(&[of]).expect("a snapshot")
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
