//! Diseases, former ones and modifiers beside other masters: from the first import to a checker that answers.

use serde_json::{Value, json};

use crate::past::moved;
use crate::releases::{PLACE, clone, draft, house, signed_and_published};
use crate::stage::{Stage, data};

/// The files, and what each is.
const FILES: [(&str, &str); 3] =
    [("b_20240601.txt", "disease"), ("hb_20260101.txt", "former-disease"), ("z_20240601.txt", "modifier")];

#[test]
fn diseases_and_modifiers_go_the_whole_road() {
    let Some(data) = data("diseases and modifiers") else { return };
    let stage = Stage::new();
    house(&stage);
    let days = "procedure:2024-06-01,disease:2024-06-01,former-disease:2024-06-01,modifier:2024-06-01";
    stage.warifu(&format!("init kikin --series r06={days}")).ends(0);
    stage.warifu("import --repo kikin --series r06 {data}/procedure/s_ALL20240531.csv").ends(0);
    for (file, kind) in FILES {
        let ran = stage.warifu(&format!("import --repo kikin --series r06 {{data}}/disease/{file}")).ends(0);
        let told = ran.err.contains("across/former-code") && ran.err.contains("across/successor-code");
        assert_eq!(told, kind == "former-disease", "{file}: {}", ran.err);
        stage.warifu(&format!("export --repo kikin HEAD:{kind} --original -o {file}")).ends(0);
        let given = std::fs::read(data.join("disease").join(file)).unwrap();
        assert!(std::fs::read(stage.path(file)).unwrap() == given, "{file} does not come back");
    }
    clone(&stage);
    stage.warifu("check --repo kikin").ends(0);
    draft(&stage, "diseases");
    let review = stage.warifu(&format!("release review diseases --repo kokuho {PLACE}")).ends(0);
    assert!(review.out.contains("the same, byte for byte"), "{}", review.out);
    signed_and_published(&stage, "diseases");

    for format in ["kikin", "kokuho"] {
        let files = format!("{format}-files");
        stage.warifu(&format!("channel fetch channel --root root.json --format {format} -o {files}")).ends(0);
        let manifest = std::fs::read(stage.path(&files).join("release.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        let mut kinds = Vec::new();
        for master in manifest["masters"].as_array().unwrap() {
            let file = master["formats"][format]["file_name"].as_str().unwrap();
            // What it is is told by its rows alone: a name says nothing.
            std::fs::copy(stage.path(&files).join(file), stage.path("nameless")).unwrap();
            let ran = stage.warifu("inspect nameless --json").ends(0);
            assert_eq!(ran.json()["files"][0]["kind"], master["kind"], "{file}: {}", ran.out);
            let ran = stage.warifu(&format!("validate {files}/{file} {PLACE}")).ends(0);
            assert!(ran.out.contains("as release 1, signed by both"), "{}", ran.out);
            kinds.push(master["kind"].as_str().unwrap().to_owned());
        }
        assert_eq!(kinds, ["disease", "former-disease", "modifier", "procedure"]);
    }

    let checker = stage.serve("--poll 3600");
    let of_sy = |claims: &[u8]| {
        let (release, lines) = checker.check(claims);
        assert_eq!(release, 1);
        let of_sy =
            lines.into_iter().filter(|line| line["record"] == "SY" && line["code"] != "uke/field-width");
        of_sy.collect::<Vec<_>>()
    };
    // Nothing is wrong with the sample's diseases and modifiers in a month of this series.
    let claims = moved(&data, "202406");
    assert_eq!(of_sy(&claims), Vec::<Value>::new());
    // One that ended in 2003 and has a successor, and one that left the master in 2025, not in 2024.
    let naming = |code: &str| {
        let at = claims.windows(10).position(|text| text == b"SY,8848176").unwrap();
        let mut claims = claims.clone();
        claims.splice(at + 3..at + 10, code.bytes());
        claims
    };
    let told = of_sy(&naming("3489034"));
    let [told] = &told[..] else { panic!("{told:?}") };
    assert_eq!(told["code"], "claim/disease-succeeded");
    assert_eq!(
        (&told["asp"], &told["level"], &told["month"]),
        (&json!("L3204"), &json!("L3"), &json!("2024-06"))
    );
    assert_eq!((&told["item"], &told["expected"]), (&json!("3489034"), &json!("8830496")));
    assert!(told["ja"].as_str().unwrap().contains("移行先の 8830496"), "{told}");
    assert_eq!(of_sy(&naming("8848186")), Vec::<Value>::new());
    // A check-up is none that insurance covers, and stands there alone.
    let told = of_sy(&naming("9999701"));
    assert_eq!(told.iter().map(|told| &told["code"]).collect::<Vec<_>>(), ["claim/disease-alone"]);
    // By the sample's own month nothing is held: told once a claim of diseases, and of modifiers.
    let sample = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let not_held = of_sy(&sample);
    assert_eq!(not_held.len(), 5 + 2);
    assert!(not_held.iter().all(|line| line["code"] == "claim/master-not-held"), "{not_held:?}");
}

/// A master that is published whole each time has no chain of differentials: the next full takes the place of
/// the one before, and says what came and went.
#[test]
fn the_next_edition_takes_the_place_of_the_one_before() {
    let Some(data) = data("two editions of the modifiers") else { return };
    let stage = Stage::new();
    stage.warifu("init repo --series r06=modifier:2024-06-01").ends(0);
    stage.warifu("import --repo repo --series r06 {data}/disease/z_20240601.txt").ends(0);
    let z = std::fs::read(data.join("disease/z_20240601.txt")).unwrap();
    // The first record is gone, the second no longer new.
    let lines: Vec<&[u8]> = z.split_inclusive(|byte| *byte == b'\n').collect();
    let next = [b"\"0\"", &lines[1][3..], &lines[2..].concat()].concat();
    stage.write("z_20250101.txt", next);
    stage.warifu("import --repo repo --series r06 z_20250101.txt").ends(0);
    let shown = |revision: &str| stage.warifu(&format!("show --repo repo 8282 --at {revision}")).status;
    assert_eq!((shown("HEAD~1"), shown("HEAD")), (0, 2));
    let on = |day: &str| stage.warifu(&format!("show --repo repo 8282 --on {day}")).status;
    assert_eq!((on("2024-12-31"), on("2025-01-01")), (0, 1));
}
