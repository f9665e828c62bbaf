//! What a reviewer is shown of the published files, read in place from `../shared/data`; left out where
//! missing.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the published files are read in place")]

#[path = "../../warifu-masters/tests/published/mod.rs"]
mod published;

use published::data;
use warifu_masters::change::diff::diff;
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_rules::review::{RiskKind, Scope, review};

fn master(data: &std::path::Path, file: &str) -> Master {
    let bytes = std::fs::read(data.join(file)).unwrap();
    read(&Schemas::built_in().unwrap(), bytes, &Declared::default()).master.unwrap()
}

#[test]
fn a_review_of_the_2024_revision_puts_the_movements_and_the_new_columns_apart() {
    let Some(data) = data() else { return };
    let (old, new) =
        (master(&data, "procedure/s_ALL20220218.csv"), master(&data, "procedure/s_ALL20240531.csv"));
    let relation = master(&data, "related/ck_ALL20200407.csv");
    let diff = diff(&old, &new).unwrap();
    let risks = review(&diff, Scope::States { others: &[&relation] });
    let of = |kind: RiskKind| -> Vec<usize> {
        risks.iter().filter(|risk| risk.kind == kind).map(|risk| risk.changes.len()).collect()
    };
    assert_eq!(of(RiskKind::ReferenceLost), [159], "codes that the relation of 2020 still names");
    assert_eq!((of(RiskKind::AmountLarge), of(RiskKind::AmountNotable)), (vec![41], vec![120]));
    assert_eq!(of(RiskKind::ColumnFirstUsed), [10_133; 8], "eight reserves came into use, in every record");
    assert_eq!(of(RiskKind::Rewritten), [6505], "a column widened from two digits to three");
    assert!(risks.is_sorted_by_key(|risk| risk.kind));
}
