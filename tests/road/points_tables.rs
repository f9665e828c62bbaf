//! The 電子点数表 beside the other masters: drafted, signed by both, published, taken by a checker.

use crate::releases::{PLACE, clone, draft, house, signed_and_published};
use crate::stage::{Stage, data};

/// Tables with invented rows, and the published ones.
const TABLES: [(&str, &str); 8] = [
    ("points-auxiliary", "{data}/points-table/01_auxiliary.csv"),
    ("points-inclusion", "inclusion.csv"),
    ("points-exclusion-day", "day.csv"),
    ("points-exclusion-month", "{data}/points-table/03-2_exclusion_month.csv"),
    ("points-exclusion-simultaneous", "{data}/points-table/03-3_exclusion_simultaneous.csv"),
    ("points-exclusion-week", "{data}/points-table/03-4_exclusion_week.csv"),
    ("points-inpatient-basic", "{data}/points-table/04_inpatient_basic.csv"),
    ("points-count-limit", "{data}/points-table/05_count_limits.csv"),
];

/// A file as it is published, of rows in ASCII but for one name in full-width letters.
fn rows(rows: &[&[&str]]) -> Vec<u8> {
    let line = |row: &&[&str]| format!("\"{}\"\r\n", row.join("\",\""));
    let text: String = rows.iter().map(line).collect();
    // 甲, in Shift JIS.
    let bytes = |letter: char| if letter == '甲' { vec![0x8D, 0x62] } else { vec![letter as u8] };
    text.chars().flat_map(bytes).collect()
}

#[test]
fn the_points_tables_are_signed_and_swapped_with_the_other_masters() {
    let Some(_) = data("the points tables") else { return };
    let stage = Stage::new();
    house(&stage);
    let kinds: Vec<String> = TABLES.iter().map(|(kind, _)| format!("{kind}:2024-06-01")).collect();
    stage.warifu(&format!("init kikin --series r06=procedure:2024-06-01,{}", kinds.join(","))).ends(0);
    clone(&stage);
    stage.write("inclusion.csv", rows(&[&["0", "J028001", "140005610", "甲", "0", "20100401", "99999999"]]));
    let pair = |one, other| ["0", one, "甲", other, "甲", "3", "0", "0", "20100401", "99999999"];
    let (one, other) = ("140013110", "140013810");
    stage.write("day.csv", rows(&[&pair(one, other), &pair(other, one)]));
    stage.warifu("import --repo kikin --series r06 {data}/procedure/s_ALL20240531.csv").ends(0);
    for (kind, file) in TABLES {
        let dated = "--series r06 --dated 2025-12-01";
        stage.warifu(&format!("import --repo kikin {dated} --kind {kind} {file}")).ends(0);
    }
    crate::releases::pull(&stage);
    stage.warifu("check --repo kikin").ends(0);
    draft(&stage, "points");
    let review = stage.warifu(&format!("release review points --repo kokuho {PLACE}")).ends(0);
    assert!(review.out.contains("the same, byte for byte"), "{}", review.out);
    signed_and_published(&stage, "points");

    for format in ["kikin", "kokuho"] {
        let fetch = format!("channel fetch channel --root root.json --format {format} -o {format}-files");
        stage.warifu(&fetch).ends(0);
        // What lies there already is known again by its kind, and not fetched twice.
        stage.warifu(&fetch).ends(0);
    }
    let folder = stage.path("kikin-files");
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("release.json")).unwrap()).unwrap();
    let masters = manifest["masters"].as_array().unwrap();
    assert_eq!(masters.len(), 1 + TABLES.len());
    for (kind, file) in TABLES {
        let master = masters.iter().find(|master| master["kind"] == kind).unwrap();
        let name = master["formats"]["kikin"]["file_name"].as_str().unwrap();
        let fetched = std::fs::read(folder.join(name)).unwrap();
        let given = match file.strip_prefix("{data}/") {
            Some(file) => data("the points tables").unwrap().join(file),
            None => stage.path(file),
        };
        assert!(fetched == std::fs::read(given).unwrap(), "{kind}");
    }
    let checker = stage.serve("--poll 3600");
    assert_eq!(checker.status()["running"]["release"], 1, "{}", checker.status());
}
