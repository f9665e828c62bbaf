//! Prices that change: a hundredth of a yen turns a claim that the corpus makes, and a unit that turns is
//! laid to the record that did.

use warifu_masters::file::read_canonical;
use warifu_masters::past::{Days, Governs, Timelines};
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, Schemas};
use warifu_values::day::{PublicationDay, TreatmentDay};

use super::*;
use crate::file::ClaimFile;
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::{MasterOf, Snapshot};

fn priced(kind: &str, column: &str, prices: &[(&str, &str)]) -> Snapshot {
    let schemas = Schemas::built_in().unwrap();
    let layout = schemas.editions(kind).into_iter().last().unwrap();
    let mut text = layout.canonical_header() + "\n";
    for (key, price) in prices {
        let mut fields = vec![""; layout.width()];
        let days = [(CHANGED_ON, "20240401"), (ABOLISHED_ON, "99999999")];
        for (id, value) in [(column, *key), ("price_kind", "1"), ("price", *price)].into_iter().chain(days) {
            fields[layout.column(id).unwrap()] = value;
        }
        text += &(fields.join(",") + "\n");
    }
    let master = read_canonical(&schemas, kind, text.into_bytes()).unwrap();
    let governs = Governs { first: TreatmentDay::parse("20240401").unwrap(), last: None };
    let timelines = Timelines::of_state(governs, PublicationDay::parse("20240401").unwrap(), &master);
    Snapshot::build(&[MasterOf { series: "r06", kind, master: &master, timelines: &timelines }]).unwrap()
}

#[test]
fn a_price_a_hundredth_off_is_a_movement() {
    for (item, kind, column, key) in [
        (ItemKind::Drug, "drug", "drug_code", "620000001"),
        (ItemKind::Material, "material", "material_code", "711000110"),
    ] {
        let code = ItemCode::parse(item, key.as_bytes()).unwrap();
        let first = TreatmentDay::parse("20240601").unwrap();
        let verdict = |price| {
            let of = |price| priced(kind, column, &[(key, price)]);
            let changed = [(item, code, vec![Days { first, last: None }])];
            let (older, newer) = (of("10.10"), of(price));
            synthetic(changed, first.after(), &older, &newer, &Declared::default()).verdict()
        };
        assert_eq!((verdict("10.10"), verdict("10.11")), (Verdict::Passed, Verdict::Refused), "{kind}");
    }
}

/// The points of a unit stand on its last record, and its second one has another price now.
#[test]
fn a_unit_that_turns_is_laid_to_the_record_that_differs() {
    let of = |second| {
        priced("drug", "drug_code", &[("620000001", "10.00"), ("620000002", second), ("620000003", "30.00")])
    };
    let record = |code: &str, points: &str| {
        let mut fields = vec![""; 44];
        (fields[0], fields[3], fields[4], fields[5], fields[13]) = ("IY", code, "1", points, "1");
        fields.join(",")
    };
    let unit = ["620000001", "620000002"].map(|code| record(code, "")).join("\n");
    let text = format!(
        "IR,1,13,1,1234567,,,202406,00,\nRE,1,1112,202406{}\n{unit}\n{}\n{}\n",
        ",".repeat(34),
        record("620000003", "6"),
        // Wrong by either.
        record("620000001", "7"),
    );
    let file = ClaimFile::read(text.as_bytes());
    let turned = |older: &Snapshot, newer: &Snapshot| {
        let turned = FileImpact::of(&file, older, newer).turned;
        turned.iter().map(|one| (one.line, one.code.number(), one.turn)).collect::<Vec<_>>()
    };
    let (older, newer) = (of("20.00"), of("40.00"));
    assert_eq!(turned(&older, &newer), [(4, 620_000_002, Turn::RightToError)]);
    assert_eq!(turned(&newer, &older), [(4, 620_000_002, Turn::ErrorToRight)]);
    // Where one vanishes, nothing is said of the unit any more.
    let without = priced("drug", "drug_code", &[("620000001", "10.00"), ("620000003", "30.00")]);
    assert_eq!(turned(&newer, &without), [(4, 620_000_002, Turn::ErrorToOther)]);
    assert_eq!(turned(&older, &older), []);
}
