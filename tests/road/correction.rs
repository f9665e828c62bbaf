//! An emergency correction: a small differential before the next official file, marked wherever it shows, and
//! ended by an official file that contains it, or that takes it away by name.

use crate::releases::{PLACE, draft_accepting, published_procedures, pull, signed_and_published};
use crate::stage::{Ran, Stage, data, program};

/// The fee for a repeated visit, one of the commonest codes of all.
const CODE: &str = "112007410";

/// A differential that sets its points, and nothing else of it.
fn correction(points: &str) -> String {
    correction_of(CODE, points)
}

fn correction_of(code: &str, points: &str) -> String {
    let mut fields = vec![String::new(); 150];
    for (at, value) in [(0, "5"), (1, "S"), (2, code), (11, points)] {
        fields[at] = value.to_owned();
    }
    let quoted: Vec<String> = fields.iter().map(|field| format!("\"{field}\"")).collect();
    format!("{}\r\n", quoted.join(","))
}

const IMPORT: &str = "import --repo kikin --series r06";

/// Procedures, published, and a correction of them in Kikin's repository.
fn corrected(stage: &Stage) {
    published_procedures(stage);
    stage.write("s_20240610.csv", correction("74.00"));
    let ran = stage.warifu(&format!("{IMPORT} s_20240610.csv --correction 点数の誤り")).ends(0);
    assert!(ran.out.contains("s_20240610.csv (EMERGENCY CORRECTION): 0 added, 1 changed"), "{}", ran.out);
}

#[test]
fn a_correction_is_marked_wherever_it_shows() {
    let Some(_) = data("a correction") else { return };
    let stage = Stage::new();
    corrected(&stage);
    let says = |command: &str, told: &str| {
        let ran = stage.warifu(command).ends(0);
        assert!(ran.out.contains(told), "{command}: {}", ran.out);
    };
    says("log --repo kikin", "s_20240610.csv (EMERGENCY CORRECTION)");
    says(&format!("--lang ja log {CODE} --repo kikin"), "s_20240610.csv（緊急訂正）");
    says(&format!("blame {CODE} --repo kikin"), "s_20240610 (EMERGENCY CORRECTION)");
    says(&format!("show {CODE} --on 2024-06-20 --repo kikin"), "s_20240610.csv (EMERGENCY CORRECTION)");
    says("show HEAD:r06/procedure --repo kikin", "点数の誤り");
    stage.warifu("check --repo kikin").ends(0);

    pull(&stage);
    draft_accepting(&stage, "second");
    let mark = format!(
        "EMERGENCY CORRECTION of r06/procedure, 2024-06-10, in no official file yet: s_20240610.csv ({CODE})"
    );
    says(&format!("release review second --repo kokuho {PLACE} --html page.html"), &mark);
    // Nobody owes a review of a correction that does not call itself an emergency: that is told.
    let told =
        "WARNING: r06/procedure: the emergency correction s_20240610.csv of 2024-06-10 is in no release yet";
    says(&format!("release review second --repo kokuho {PLACE}"), told);
    let page = std::fs::read_to_string(stage.path("page.html")).unwrap();
    assert!(page.contains("s_20240610.csv") && page.contains("点数の誤り"));
    signed_and_published(&stage, "second");
    says("channel verify channel --root root.json", &mark);
    let checker = stage.serve("");
    stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(0);
    assert_eq!(checker.check(b"").0, 2);
    let marks = checker.status()["running"]["marks"]["corrections"].clone();
    assert_eq!((&marks[0]["master"], &marks[0]["keys"][0]), (&"r06/procedure".into(), &CODE.into()));
    let told = stage.run("warifu-checker", &format!("status --socket {}", checker.socket)).ends(0);
    assert!(told.out.contains("EMERGENCY CORRECTION of r06/procedure"), "{}", told.out);

    // The next official file contains it: the mark ends, and whoever signs is told.
    let official = std::fs::read(stage_data("procedure/s_20240621.csv")).unwrap();
    stage.write("s_20240621.csv", [official, correction("74.00").into_bytes()].concat());
    let taken = stage.warifu(&format!("{IMPORT} s_20240621.csv")).ends(0);
    assert!(
        taken.err.contains("contains the emergency correction s_20240610.csv of 2024-06-10"),
        "{}",
        taken.err
    );
    stage.warifu("check --repo kikin").ends(0);
    pull(&stage);
    draft_accepting(&stage, "third");
    let shown = stage.warifu(&format!("release review third --repo kokuho {PLACE}")).ends(0);
    assert!(shown.out.contains("is marked no more"), "{}", shown.out);
    assert!(!shown.out.contains("EMERGENCY CORRECTION"), "{}", shown.out);
}

/// The publisher publishes exactly what was corrected, or somebody took an official file for a correction.
#[test]
fn an_official_file_with_the_bytes_of_a_correction_ends_it() {
    let Some(_) = data("a correction that is published as it was") else { return };
    let stage = Stage::new();
    corrected(&stage);
    stage.write("s_20240621.csv", correction("74.00"));
    let taken = stage.warifu(&format!("{IMPORT} s_20240621.csv")).ends(0);
    let told = "contains the emergency correction s_20240610.csv of 2024-06-10";
    assert!(taken.err.contains(told) && !taken.out.contains("already there"), "{} {}", taken.out, taken.err);
    let shown = stage.warifu("show HEAD:r06/procedure --repo kikin").ends(0);
    assert!(shown.out.contains("s_20240621") && !shown.out.contains("EMERGENCY"), "{}", shown.out);
    stage.warifu("check --repo kikin").ends(0);
    let again = stage.warifu(&format!("{IMPORT} s_20240621.csv")).ends(0);
    assert!(again.out.contains("already there"), "{}", again.out);
}

fn stage_data(file: &str) -> std::path::PathBuf {
    data("a correction").unwrap().join(file)
}

#[test]
fn an_official_file_that_lacks_it_is_refused_until_that_is_accepted_by_name() {
    let Some(_) = data("a correction that is lost") else { return };
    let stage = Stage::new();
    corrected(&stage);
    // Another correction of the same record says what it is from then on.
    stage.write("s_20240612.csv", correction("73.00"));
    stage.warifu(&format!("{IMPORT} s_20240612.csv --correction もう一度")).ends(0);

    let official = "{data}/procedure/s_20240621.csv";
    let refused = stage.warifu(&format!("{IMPORT} {official}")).ends(1);
    let told = "import/correction-lost: 再診料, 新又は現点数/新又は現点数: the official file says 75.00, the \
                emergency correction 73.00, which would be lost: s_20240612.csv of 2024-06-12, \
                imported by Road Test on ";
    assert!(refused.err.contains(told) && refused.err.contains(": もう一度 [112007410]"), "{}", refused.err);
    let refused = stage.warifu(&format!("--lang ja {IMPORT} {official}")).ends(1);
    let told = "再診料、新又は現点数/新又は現点数: 公式ファイルは 75.00、緊急訂正では 73.00。この訂正が失われます: \
                s_20240612.csv（令和6年6月12日）、";
    assert!(refused.err.contains(told), "{}", refused.err);
    assert_eq!(refused.err.matches("--drop-correction").count(), 1, "{}", refused.err);
    let taken =
        stage.warifu(&format!("{IMPORT} {official} --drop-correction 公式どおり --json")).ends(0).json();
    let ended = &taken["imports"][0]["corrections"];
    assert_eq!((&ended[0]["fields_lost"], &ended[1]["fields_lost"]), (&0.into(), &1.into()), "{ended}");
    stage.warifu("check --repo kikin").ends(0);

    // The official line is what it is without any correction.
    stage.warifu("init plain --series r06=procedure:2024-06-01").ends(0);
    for file in ["s_ALL20240531.csv", "s_20240621.csv"] {
        stage.warifu(&format!("import --repo plain --series r06 {{data}}/procedure/{file}")).ends(0);
    }
    let state = |repo: &str| {
        stage.warifu(&format!("show HEAD:r06/procedure --repo {repo} --json")).ends(0).json()["state"].clone()
    };
    assert_eq!(state("kikin"), state("plain"));

    // What was accepted is signed.
    pull(&stage);
    draft_accepting(&stage, "second");
    let shown = stage.warifu(&format!("release show second {PLACE}")).ends(0);
    assert!(shown.out.contains("let pass: import/correction-lost (112007410)"), "{}", shown.out);

    // Taken back, the corrections stand again, and the file can come in again.
    let refused = stage.warifu("undo --repo kikin --series r6").ends(2);
    assert!(refused.err.contains("r6: there is no such series; there are r06"), "{}", refused.err);
    stage.warifu("undo --repo kikin").ends(0);
    let shown = stage.warifu("show HEAD:r06/procedure --repo kikin").ends(0);
    assert!(shown.out.contains("もう一度"), "{}", shown.out);
    stage.warifu(&format!("{IMPORT} {official} --drop-correction 公式どおり")).ends(0);
    // What is still right is corrected again, on top of the official file: the command is told.
    let refused = stage.warifu(&format!("{IMPORT} s_20240612.csv --correction まだ")).ends(1);
    assert!(refused.err.contains("import/correction-older"), "{}", refused.err);
    let told = "import --repo kikin --series r06 --dated 2024-06-21 --correction まだ s_20240612.csv";
    assert_eq!(commands(&refused), [told]);
    run_all(&stage, &refused);

    // An official file that belongs before that leaves it where it is, on top.
    stage.write("s_20240614.csv", correction_of("111000110", "290.00"));
    let refused = stage.warifu(&format!("{IMPORT} s_20240614.csv --drop-correction 公式どおり")).ends(1);
    assert!(refused.err.contains("import/older"), "{}", refused.err);
    run_all(&stage, &refused);
    let shown = stage.warifu("show HEAD:r06/procedure --repo kikin").ends(0);
    assert!(shown.out.contains("まだ"), "{}", shown.out);
    let points = stage.warifu(&format!("show {CODE} --repo kikin")).ends(0);
    assert!(points.out.contains("73 points"), "{}", points.out);
    stage.warifu("check --repo kikin").ends(0);
}

/// The commands that are told with a refusal, without the program's name.
fn commands(refused: &Ran) -> Vec<&str> {
    let begins = format!("  {} ", program("warifu").display());
    refused.err.lines().filter_map(|line| line.strip_prefix(&begins)).collect()
}

fn run_all(stage: &Stage, refused: &Ran) {
    let commands = commands(refused);
    assert!(!commands.is_empty(), "{}", refused.err);
    for command in commands {
        stage.warifu(command).ends(0);
    }
}

#[test]
fn what_came_in_as_official_becomes_a_correction_by_the_commands_that_are_told() {
    let Some(_) = data("an official file that is a correction") else { return };
    let stage = Stage::new();
    stage.warifu("init kikin --series r06=procedure:2024-06-01").ends(0);
    stage.write("s_20240610.csv", correction("74.00"));
    let official = std::fs::read(stage_data("procedure/s_20240621.csv")).unwrap();
    stage.write("s_20240621.csv", [official, correction("74.00").into_bytes()].concat());
    for file in ["{data}/procedure/s_ALL20240531.csv", "s_20240610.csv", "s_20240621.csv"] {
        stage.warifu(&format!("{IMPORT} {file}")).ends(0);
    }
    let refused = stage.warifu(&format!("{IMPORT} s_20240610.csv --correction 点数の誤り")).ends(1);
    assert!(refused.err.contains("import/correction-official"), "{}", refused.err);
    assert!(refused.err.contains("as an official one"), "{}", refused.err);
    run_all(&stage, &refused);
    let log = stage.warifu("log --repo kikin").ends(0);
    assert!(log.out.contains("s_20240610.csv (EMERGENCY CORRECTION)"), "{}", log.out);
    let again = stage.warifu(&format!("{IMPORT} s_20240621.csv")).ends(0);
    assert!(again.err.contains("import/already-there"), "{}", again.err);
    stage.warifu("check --repo kikin").ends(0);
}

/// The later files do not say what the file says: taken back, its content would be lost on the way.
#[test]
fn no_commands_are_told_that_would_not_pass() {
    let Some(_) = data("an official file that later ones rest on") else { return };
    let stage = Stage::new();
    stage.warifu("init kikin --series r06=procedure:2024-06-01").ends(0);
    stage.write("s_20240610.csv", correction("74.00"));
    for file in ["{data}/procedure/s_ALL20240531.csv", "s_20240610.csv", "{data}/procedure/s_20240621.csv"] {
        stage.warifu(&format!("{IMPORT} {file}")).ends(0);
    }
    let before = stage.warifu("log --repo kikin").ends(0).out;
    let refused = stage.warifu(&format!("{IMPORT} s_20240610.csv --correction 点数の誤り")).ends(1);
    assert_eq!(commands(&refused), [""; 0], "{}", refused.err);
    let told = "s_20240621.csv: import/correction-lost";
    assert!(
        refused.err.contains(told) && refused.err.contains("that 1 later ones rest on"),
        "{}",
        refused.err
    );
    let shown = stage.warifu("show HEAD:r06/procedure --repo kikin").ends(0);
    assert!(shown.out.contains("s_20240621.csv"), "{}", shown.out);
    assert_eq!(stage.warifu("log --repo kikin").ends(0).out, before);
    stage.warifu("check --repo kikin").ends(0);

    // A folder that is not there is mistyped: nobody wants a new repository.
    let refused = stage.warifu("log --repo kikin-master").ends(2);
    assert!(
        refused.err.contains("there is no such folder") && !refused.err.contains(" init"),
        "{}",
        refused.err
    );
}

#[test]
fn a_correction_is_a_small_differential() {
    let Some(_) = data("what is no correction") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    // The same records in other bytes: a file that is there already would change nothing.
    let full = std::fs::read(stage_data("procedure/s_ALL20240531.csv")).unwrap();
    stage.write("s_ALL20240601.csv", full.strip_suffix(b"\r\n").unwrap());
    let refused = |file: &str, code: &str| {
        let command = format!("{IMPORT} {file} --correction urgent");
        let ran = stage.warifu(&format!("{command} --accept {code}=all_the_same")).ends(2);
        assert!(ran.err.contains("cannot be accepted"), "{}", ran.err);
        let ran = stage.warifu(&command).ends(1);
        assert!(ran.err.contains(code), "{}", ran.err);
    };
    refused("{data}/procedure/s_20240628.csv", "import/correction-large");
    refused("s_ALL20240601.csv", "import/correction-full");
    // A mistyped code corrects nothing.
    stage.write("s_20240611.csv", correction_of("112007419", "74.00"));
    refused("s_20240611.csv", "import/correction-misfit");
    let ran =
        stage.warifu(&format!("{IMPORT} {{data}}/procedure/s_20240621.csv --correction urgent")).ends(0);
    assert!(ran.out.contains("EMERGENCY CORRECTION"), "{}", ran.out);
    // A policy of the repository says how small; a release holds no more than it holds.
    let config = std::fs::read_to_string(stage.path("kikin/warifu.toml")).unwrap();
    let most = |records: u16| {
        stage.write("kikin/warifu.toml", format!("{config}\n[correction]\nmost_records = {records}\n"));
        stage.git("kikin", &["commit", "--quiet", "-am", "how small corrections are"]);
    };
    most(2_000);
    let codes = full.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b',').nth(2));
    let codes: Vec<String> = codes.map(|code| String::from_utf8_lossy(code).replace('"', "")).collect();
    let rows = |codes: &[String]| codes.iter().map(|code| correction_of(code, "1.00")).collect::<String>();
    // 17 records of s_20240621 stand already.
    stage.write("s_20240622.csv", rows(&codes[..1_000]));
    let ran = stage.warifu(&format!("{IMPORT} s_20240622.csv --correction urgent")).ends(1);
    assert!(ran.err.contains("import/correction-many"), "{}", ran.err);
    assert!(ran.err.contains("takes at most 1000"), "{}", ran.err);
    most(0);
    stage.write("s_20240622.csv", correction("74.00"));
    let ran = stage.warifu(&format!("{IMPORT} s_20240622.csv --correction urgent")).ends(1);
    assert!(ran.err.contains("at most 0"), "{}", ran.err);
}
