//! The real chains of two revisions, from the first import to an answer: what check, draft, review and both
//! signatures let pass, `validate` and a checker take.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::past::moved;
use crate::releases::{PLACE, clone, draft, house, signed_and_published};
use crate::stage::{Checker, Stage, checkout, data};

/// Why what refuses one file of the real chains is let pass.
const REASON: &str = "three-kana-of-21-bytes,corrected-on-2022-03-31";

/// The files of `folder` whose names begin with `prefix` and a digit, by day.
fn differentials(data: &Path, folder: &str, prefix: &str) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, String)> = std::fs::read_dir(data.join(folder))
        .unwrap()
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            let day = name.strip_prefix(prefix)?.strip_suffix(".csv")?.parse().ok()?;
            Some((day, format!("{{data}}/{folder}/{name}")))
        })
        .collect();
    found.sort();
    found
}

/// Imports a full and differentials in one command.
fn import(stage: &Stage, series: &str, full: &str, differentials: Vec<(u32, String)>, accept: &str) {
    let mut files = vec![format!("{{data}}/{full}")];
    files.extend(differentials.into_iter().map(|(_, file)| file));
    let ran = stage.warifu(&format!("import --repo kikin --series {series} {accept} {}", files.join(" ")));
    ran.ends(0);
}

/// Both revisions as the publishers left them: every file of r04's procedures, every chain of r06.
fn import_the_chains(stage: &Stage, data: &Path) {
    let procedures = differentials(data, "procedure", "s_");
    // Published for r04 although the first of r06 had come: their days say so.
    let late = [20240315, 20240320, 20240516];
    let (r04, r06): (Vec<_>, Vec<_>) =
        procedures.into_iter().partition(|(day, _)| *day < 20240306 || late.contains(day));
    assert!(r04.len() > 30, "{r04:?}");
    let accept = format!("--accept field/too-long={REASON}");
    import(stage, "r04", "procedure/s_ALL20220218.csv", r04, &accept);

    let r06: Vec<_> = r06.into_iter().filter(|(day, _)| (20240601..20250101).contains(day)).collect();
    import(stage, "r06", "procedure/s_ALL20240531.csv", r06, "");
    import(stage, "r06", "drug/y_ALL20240321.csv", differentials(data, "drug", "y_"), "");
    let comments: Vec<_> = differentials(data, "comment", "c_");
    let comments = comments.into_iter().filter(|(day, _)| (20240413..20250101).contains(day)).collect();
    import(stage, "r06", "comment/c_ALL20240412.csv", comments, "");
    let material = differentials(data, "material", "t_");
    let material = material.into_iter().filter(|(day, _)| *day == 20240531).collect();
    import(stage, "r06", "material/t_ALL20240315.csv", material, "");
}

#[test]
fn what_both_signed_of_the_real_chains_nobody_refuses() {
    let Some(data) = data("the real chains of two revisions") else { return };
    let stage = Stage::new();
    house(&stage);
    let series = "--series r02=procedure:2020-04-01 --series r04=procedure:2022-04-01 \
                  --series r06=procedure:2024-06-01,drug:2024-04-01,comment:2024-06-01,material:2024-06-01";
    stage.warifu(&format!("init kikin {series}")).ends(0);
    import_the_chains(&stage, &data);
    // For the sample claims of 2021.
    stage.warifu("import --repo kikin --series r02 {data}/procedure/s_ALL20220218.csv").ends(0);
    clone(&stage);

    stage.warifu("check --repo kikin").ends(0);
    draft(&stage, "chains");
    let review = stage.warifu(&format!("release review chains --repo kokuho {PLACE}")).ends(0);
    assert!(review.out.contains("the same, byte for byte"), "{}", review.out);
    // What the file of 2022-03-25 had wrong its re-issue put right: the state does not rest on it.
    assert!(!review.out.contains(REASON), "{}", review.out);
    assert!(review.out.contains("let pass: set/price-zero (630010011"), "{}", review.out);
    signed_and_published(&stage, "chains");

    for format in ["kikin", "kokuho"] {
        stage
            .warifu(&format!("channel fetch channel --root root.json --format {format} -o {format}-files"))
            .ends(0);
        let folder = stage.path(&format!("{format}-files"));
        let manifest: Value =
            serde_json::from_slice(&std::fs::read(folder.join("release.json")).unwrap()).unwrap();
        let masters = manifest["masters"].as_array().unwrap();
        assert_eq!(masters.len(), 6);
        for master in masters {
            let file = master["formats"][format]["file_name"].as_str().unwrap();
            let ran = stage.warifu(&format!("validate {format}-files/{file} {PLACE}")).ends(0);
            assert!(ran.out.contains("as release 1, signed by both"), "{}", ran.out);
            assert_eq!(master["let_pass"].is_array(), master["kind"] == "drug");
        }
    }

    let checker = stage.serve("--poll 3600");
    let sample = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let (release, lines) = checker.check(&sample);
    assert_eq!(release, 1);
    // Two 111014070 and five 113033370, abolished before the oldest publication that is held: what was listed
    // in 2021 it does not tell.
    let not_told = lines.iter().filter(|line| line["code"] == "claim/not-yet-in-force");
    assert_eq!(not_told.map(|line| &line["expected"]).collect::<Vec<_>>(), ["2022-02-18"; 7]);

    late_claims(&stage, &data, &checker);
}

/// Whether the record that a finding names ends a unit of several: the one before it has no points.
fn is_in_a_group(claims: &[u8], finding: &Value) -> bool {
    let at = usize::try_from(finding["line"].as_u64().unwrap()).unwrap();
    let before = claims.split(|byte| *byte == b'\n').nth(at - 2).unwrap_or_default();
    let fields: Vec<_> = before.split(|byte| *byte == b',').collect();
    fields[0] == b"SI" && fields[5].is_empty()
}

/// Claims of past months are judged by the records of their own days: what is found is what `show --on` says
/// of the day, and no code that a publication lists is unknown.
fn late_claims(stage: &Stage, data: &Path, checker: &Checker) {
    let mut asked = BTreeMap::new();
    for month in ["202204", "202212", "202305", "202403", "202405", "202406", "202408", "202410"] {
        let claims = moved(data, month);
        let (_, lines) = checker.check(&claims);
        // Points of several records together are no record's own.
        let is_grouped = |line: &&Value| line["code"] == "claim/points" && is_in_a_group(&claims, line);
        let day = format!("{}-{}-01", &month[..4], &month[4..]);
        for line in lines.iter().filter(|line| line["item"].is_string() && !is_grouped(line)) {
            let (code, item) = (line["code"].as_str().unwrap(), line["item"].as_str().unwrap());
            let day = line["day"].as_str().unwrap_or(&day).to_owned();
            let found = (code.to_owned(), line["expected"].as_str().unwrap_or_default().to_owned());
            asked.insert((item.to_owned(), day), found);
        }
    }
    let mut told = BTreeSet::new();
    for ((item, day), (code, expected)) in &asked {
        let ran = stage.run("warifu", &format!("show {item} --on {day} --repo kikin --json"));
        let shown: Value = serde_json::from_str(&ran.out).unwrap_or_default();
        let none = Vec::new();
        let answers = shown["answers"].as_array().unwrap_or(&none);
        let standing =
            answers.first().map_or("none", |answer| answer["period"]["standing"].as_str().unwrap());
        match code.as_str() {
            "claim/points" => {
                let field = |field: &&Value| field["field"] == "points";
                let fields = answers[0]["fields"].as_array().unwrap();
                let points = fields.iter().find(field).unwrap()["value"].as_str().unwrap().to_owned();
                assert_eq!(
                    points.parse::<f64>().unwrap(),
                    expected.parse::<f64>().unwrap(),
                    "{item} on {day}"
                );
            }
            "claim/code-unknown" => {
                assert!(["not-listed", "gone", "none"].contains(&standing), "{item} {day}: {shown}");
            }
            "claim/code-abolished" => assert_eq!(standing, "abolished", "{item} {day}"),
            "claim/not-yet-in-force" => assert_eq!(standing, "not-known", "{item} {day}"),
            _ => {}
        }
        told.insert(code.clone());
    }
    assert!(told.contains("claim/points") && asked.len() > 20, "{told:?}");
}

/// What denied a file and was accepted by name is told to the other side with its reason, and signed.
#[test]
fn a_finding_accepted_by_name_is_signed_with_its_reason() {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    let demo = checkout().join("masters/demo/2024-06/s_ALL20240531.csv");
    let full = std::fs::read_to_string(&demo).unwrap();
    let (gone, _) = full.split_inclusive('\n').nth(4).map(|line| (line, line.len())).unwrap();
    stage.write("s_ALL20240701.csv", full.replacen(gone, "", 1));
    let import = "import --repo kikin --series r06";
    stage.warifu(&format!("{import} {}", demo.display())).ends(0);
    let refused = stage.warifu(&format!("{import} s_ALL20240701.csv")).ends(1);
    assert!(refused.err.contains("chain/missing"), "{}", refused.err);
    let taken = stage
        .warifu(&format!("{import} --accept chain/missing=withdrawn-at-the-publisher s_ALL20240701.csv"));
    assert!(taken.ends(0).out.contains("1 removed"));
    clone(&stage);

    draft(&stage, "short");
    for command in ["release review short --repo kokuho", "release show short"] {
        let told = stage.warifu(&format!("{command} {PLACE}")).ends(0).out;
        assert!(told.contains("chain/missing (114990110)"), "{told}");
        assert!(told.contains("s_ALL20240701.csv") && told.contains("withdrawn-at-the-publisher"), "{told}");
    }
    signed_and_published(&stage, "short");
    stage.warifu("channel fetch channel --root root.json --format kokuho -o taken").ends(0);
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(stage.path("taken/release.json")).unwrap()).unwrap();
    let signed = json!([{
        "finding": "chain/missing",
        "keys": ["114990110"],
        "by": { "import": "s_ALL20240701.csv" },
        "reason": "withdrawn-at-the-publisher",
    }]);
    assert_eq!(manifest["masters"][0]["let_pass"], signed);
    let claims =
        std::fs::read(checkout().join("masters/demo/claims/202406-clinic-c-old-points.uke.txt")).unwrap();
    assert_eq!(stage.serve("--poll 3600").check(&claims).0, 1);
}
