//! The published sample of claims (October 2021) by the published tables of December 2025, as if these
//! governed its days; left out where they are missing.

#![expect(clippy::disallowed_methods, reason = "a test reads the published files")]

use warifu_masters::file::{Declared, read};
use warifu_masters::past::{Governs, MasterOf, Timelines};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_values::day::{PublicationDay, TreatmentDay};

use crate::checks::judge;
use crate::file::ClaimFile;
use crate::finding::{ClaimCode, ClaimFindings};
use crate::lookup::Snapshot;
use crate::published::data;

const TABLES: [(&str, &str); 6] = [
    ("points-auxiliary", "01_auxiliary"),
    ("points-exclusion-month", "03-2_exclusion_month"),
    ("points-exclusion-simultaneous", "03-3_exclusion_simultaneous"),
    ("points-exclusion-week", "03-4_exclusion_week"),
    ("points-inpatient-basic", "04_inpatient_basic"),
    ("points-count-limit", "05_count_limits"),
];

fn snapshot(data: &std::path::Path, tables: &[(&'static str, &str)]) -> Snapshot {
    let schemas = Schemas::built_in().unwrap();
    let governs = Governs { first: TreatmentDay::parse("20200401").unwrap(), last: None };
    let made = tables.iter().map(|(kind, file)| {
        let bytes = std::fs::read(data.join(format!("points-table/{file}.csv"))).unwrap();
        let master = read(&schemas.of_kind(kind), bytes, &Declared::default()).master.unwrap();
        let timelines = Timelines::of_state(governs, PublicationDay::parse("20251201").unwrap(), &master);
        (*kind, master, timelines)
    });
    let made: Vec<(&str, Master, Timelines)> = made.collect();
    let of = made.iter().map(|(kind, master, timelines)| MasterOf { series: "r06", kind, master, timelines });
    Snapshot::build(&of.collect::<Vec<_>>()).unwrap()
}

/// What the tables say of the sample, which is test data on purpose.
#[test]
fn the_sample_by_the_published_tables() {
    let Some(data) = data() else { return };
    let snapshot = snapshot(&data, &TABLES);
    // Every record holds from a day before until further notice; of the auxiliary table, those with a group.
    assert_eq!(snapshot.points_rows(), 21_918 + 17_136 + 350 + 6_084 + 5_343 + 1_846 + 5 + 829);
    let bytes = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let mut findings = ClaimFindings::new(10_000);
    judge(&ClaimFile::read(&bytes), &snapshot, 1, &mut findings);
    let is_of_tables = |code: &ClaimCode| {
        matches!(code.asp(), Some("L7111" | "L7112" | "L7113"))
            || matches!(code, ClaimCode::AdditionOfOther | ClaimCode::AdditionTwice)
    };
    let told: Vec<String> = (findings.list().iter().filter(|one| is_of_tables(&one.code)))
        .map(|one| format!("{} {:?} {} {}", one.code, one.claim, one.found, one.expected))
        .collect();
    assert_eq!(told, ["claim/count-month Some(9) 2 1", "claim/count-month Some(24) 2 1"]);
}
