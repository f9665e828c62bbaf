//! The published sample of claims (October 2021) by the published table of April 2020, and as if it were of
//! November 2024 by that of September 2025; left out where they are missing.

#![expect(clippy::disallowed_methods, reason = "a test reads the published files")]

use std::collections::BTreeSet;

use warifu_masters::file::{Declared, read};
use warifu_masters::past::{Governs, MasterOf, Timelines};
use warifu_masters::schema::Schemas;
use warifu_values::day::{PublicationDay, TreatmentDay};

use crate::checks::judge;
use crate::file::ClaimFile;
use crate::finding::{ClaimCode, ClaimFindings};
use crate::lookup::Snapshot;
use crate::published::data;

fn snapshot(data: &std::path::Path, file: &str, published: &str) -> Snapshot {
    let kind = "comment-relation";
    let schemas = Schemas::built_in().unwrap();
    let bytes = std::fs::read(data.join("related").join(file)).unwrap();
    let master = read(&schemas.of_kind(kind), bytes, &Declared::default()).master.unwrap();
    let governs = Governs { first: TreatmentDay::parse("20200401").unwrap(), last: None };
    let timelines = Timelines::of_state(governs, PublicationDay::parse(published).unwrap(), &master);
    Snapshot::build(&[MasterOf { series: "r02", kind, master: &master, timelines: &timelines }]).unwrap()
}

fn sample(data: &std::path::Path) -> Vec<u8> {
    std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap()
}

/// The sample without its comments: no CO, and none in an SI.
fn without_comments(sample: &[u8]) -> Vec<u8> {
    let lines = sample.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"CO,"));
    let blank = |line: &[u8]| -> Vec<u8> {
        let mut fields: Vec<&[u8]> = line.split(|byte| *byte == b',').collect();
        if fields[0] == b"SI" {
            fields[7..13].fill(b"");
        }
        fields.join(&b',')
    };
    lines.flat_map(blank).collect()
}

/// How many comments are told to be missing, and of how many procedures.
fn told(file: &[u8], snapshot: &Snapshot) -> (u64, usize) {
    let mut findings = ClaimFindings::new(10_000);
    judge(&ClaimFile::read(file), snapshot, 1, &mut findings);
    let missing = findings.list().iter().filter(|one| one.code == ClaimCode::CommentMissing);
    let procedures: BTreeSet<_> = missing.map(|one| one.found.clone()).collect();
    (findings.count(ClaimCode::CommentMissing), procedures.len())
}

/// Each of the fifteen comments that the table wants of the sample's 75 claims stands in it.
#[test]
fn the_sample_by_the_published_relations() {
    let Some(data) = data() else { return };
    let sample = sample(&data);
    let without = without_comments(&sample);
    let of_2020 = snapshot(&data, "ck_ALL20200407.csv", "20200407");
    assert_eq!(of_2020.relation_rows(), 3_418 + 5 + 90);
    assert_eq!((told(&sample, &of_2020), told(&without, &of_2020)), ((0, 0), (15, 5)));
    // Of June 2024 on: no day of the sample.
    let of_2025 = snapshot(&data, "ck_ALL_20250901.csv", "20200407");
    assert_eq!(of_2025.relation_rows(), 5_736 + 4 + 135 + 5);
    assert_eq!(told(&without, &of_2025), (0, 0));
    let later = |file: &[u8]| {
        let text = |byte: &u8| char::from(*byte);
        let file: String = file.iter().map(text).collect::<String>().replace(",202110,", ",202411,");
        file.chars().map(|character| character as u8).collect::<Vec<_>>()
    };
    assert_eq!((told(&later(&sample), &of_2025), told(&later(&without), &of_2025)), ((0, 0), (4, 1)));
    // What it listed before it was published nobody knows.
    let published = snapshot(&data, "ck_ALL_20250901.csv", "20250901");
    assert_eq!(told(&later(&without), &published), (0, 0));
}
