//! The 電子点数表 in a repository: its published tables come in, are versioned and compared, and are held
//! against each other.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "a test makes its own files")]

mod place;

use std::path::{Path, PathBuf};

use place::data;
use place::shell::Shell;

/// The tables that are at hand: kind and file.
const TABLES: [(&str, &str); 6] = [
    ("points-auxiliary", "01_auxiliary.csv"),
    ("points-exclusion-month", "03-2_exclusion_month.csv"),
    ("points-exclusion-simultaneous", "03-3_exclusion_simultaneous.csv"),
    ("points-exclusion-week", "03-4_exclusion_week.csv"),
    ("points-inpatient-basic", "04_inpatient_basic.csv"),
    ("points-count-limit", "05_count_limits.csv"),
];

const MONTH: usize = 1;
const WEEK: usize = 3;

/// A repository of a series with every table, and the folder of the published ones.
fn repository(data: &Path) -> (Shell, PathBuf) {
    let shell = Shell::new();
    let kinds: Vec<String> = TABLES.iter().map(|(kind, _)| format!("{kind}:2024-06-01")).collect();
    let made = shell.run(&format!("init repo --series r06=procedure:2024-06-01,{}", kinds.join(",")));
    assert!(!made.contains("exit"), "{made}");
    (shell, data.join("points-table").canonicalize().unwrap())
}

/// What an import of that table says: as that kind, where one is said.
fn import(shell: &Shell, folder: &Path, table: usize, more: &str) -> String {
    let file = folder.join(TABLES[table].1);
    shell.run(&format!("import --repo repo --series r06 --dated 2025-12-01 {more} {}", file.display()))
}

#[test]
fn every_published_table_comes_in_and_is_given_back_byte_for_byte() {
    let Some(data) = data() else { return };
    let (shell, folder) = repository(&data);
    let procedures = data.join("procedure/s_ALL20240531.csv").canonicalize().unwrap();
    let said = shell.run(&format!("import --repo repo --series r06 {}", procedures.display()));
    assert!(!said.contains("exit"), "{said}");
    for (table, (kind, file)) in TABLES.iter().enumerate() {
        let said = import(&shell, &folder, table, &format!("--kind {kind}"));
        assert!(said.contains(&format!("r06 {kind} {file}")) && !said.contains("exit"), "{said}");
        // What came between the two publications is told, and nothing else of the tables.
        assert_eq!(said.contains("across/points-procedure"), table == 0, "{said}");
        assert_eq!(said.contains("across/points-row"), *kind == "points-count-limit", "{said}");
        assert!(!said.contains("points-flag") && !said.contains("points-kind"), "{said}");
        let said = shell.run(&format!("export --repo repo HEAD:{kind} --original -o back.csv --force"));
        assert!(!said.contains("exit"), "{said}");
        let back = std::fs::read(shell.folder.path().join("back.csv")).unwrap();
        assert!(back == std::fs::read(folder.join(file)).unwrap(), "{kind}");
    }
    let checked = shell.run("check --repo repo");
    assert!(!checked.contains("exit"), "{checked}");
}

#[test]
fn an_exclusion_table_says_nothing_of_its_kind_and_the_auxiliary_table_proves_it() {
    let Some(data) = data() else { return };
    let (shell, folder) = repository(&data);
    let untold = import(&shell, &folder, MONTH, "");
    assert!(untold.contains("denied file/kind") && untold.contains("points-exclusion-month"), "{untold}");
    assert!(untold.contains("--kind") && untold.contains("exit 1"), "{untold}");
    let unknown = import(&shell, &folder, MONTH, "--kind exclusion");
    assert!(unknown.contains("no kind of master is called exclusion"), "{unknown}");
    assert!(import(&shell, &folder, 0, "").contains("10178 records"));
    let wrong = import(&shell, &folder, WEEK, "--kind points-exclusion-simultaneous");
    assert!(wrong.contains("denied across/points-kind") && wrong.contains("exit 1"), "{wrong}");
    assert!(!wrong.contains("points-flag"), "{wrong}");
    let part = import(&shell, &folder, WEEK, "--kind points-exclusion-week --differential");
    assert!(part.contains("denied file/only-fulls") && part.contains("exit 1"), "{part}");
    assert!(import(&shell, &folder, WEEK, "--kind points-exclusion-week").contains("350 records"));
    // What brings it in again says its kind.
    let undone = shell.run("undo --repo repo --series r06 --dry-run");
    assert!(undone.contains("--kind points-exclusion-week"), "{undone}");
}

/// A new full that has one pair less and one with another class: what both sides of it are now.
#[test]
fn versions_of_a_table_are_compared_pair_by_pair() {
    let Some(data) = data() else { return };
    let (shell, folder) = repository(&data);
    import(&shell, &folder, WEEK, "--kind points-exclusion-week");
    let old = std::fs::read(folder.join(TABLES[WEEK].1)).unwrap();
    let text: String = old.iter().map(|byte| char::from(*byte)).collect();
    let of = |line: &str| -> Vec<String> { line.split("\",\"").map(str::to_owned).collect() };
    let first = of(text.lines().next().unwrap());
    let (one, other) = (first[1].clone(), first[3].clone());
    let second = of(text.lines().nth(1).unwrap());
    let is_pair = |fields: &[String], pair: (&str, &str)| {
        (fields[1].as_str(), fields[3].as_str()) == pair || (fields[3].as_str(), fields[1].as_str()) == pair
    };
    let new: Vec<u8> = text
        .lines()
        .map(of)
        .filter(|fields| !is_pair(fields, (&second[1], &second[3])))
        .map(|mut fields| {
            if is_pair(&fields, (&one, &other)) {
                fields[5] = "3".to_owned();
            }
            fields.join("\",\"") + "\r\n"
        })
        .flat_map(|line| line.chars().map(|byte| byte as u8).collect::<Vec<u8>>())
        .collect();
    std::fs::write(shell.folder.path().join("week.csv"), &new).unwrap();
    let said =
        shell.run("import --repo repo --series r06 --dated 2026-01-05 --kind points-exclusion-week week.csv");
    assert!(said.contains("0 added, 2 changed, 0 abolished, 2 removed"), "{said}");
    let told = shell.run("diff --repo repo HEAD~1:points-exclusion-week HEAD:points-exclusion-week");
    assert!(told.contains(&format!("{one}-{other}")) && told.contains("exclusion_class"), "{told}");
    // Files are compared in the same way, once it is said what they are.
    let files = format!("{} week.csv", folder.join(TABLES[WEEK].1).display());
    let compared = shell.run(&format!("diff --kind points-exclusion-week {files}"));
    assert!(compared.contains(&format!("{one}-{other}")), "{compared}");
    assert!(shell.run(&format!("diff {files}")).contains("file/kind"));
    let checked = shell.run("validate --kind points-exclusion-week week.csv");
    assert!(!checked.contains("exit"), "{checked}");
    let lone: Vec<u8> = new.split_inclusive(|byte| *byte == b'\n').skip(1).flatten().copied().collect();
    std::fs::write(shell.folder.path().join("lone.csv"), &lone).unwrap();
    let refused = shell.run("validate --kind points-exclusion-week lone.csv");
    assert!(refused.contains("denied set/points-pair") && refused.contains("exit 1"), "{refused}");
}

/// A procedure with its rows of the 電子点数表: what the published tables say of 初診料, and of both sides.
#[test]
fn show_tells_what_belongs_to_a_procedure() {
    let Some(data) = data() else { return };
    let (shell, folder) = repository(&data);
    let procedures = data.join("procedure/s_ALL20240531.csv").canonicalize().unwrap();
    shell.run(&format!("import --repo repo --series r06 {}", procedures.display()));
    for (table, (kind, _)) in TABLES.iter().enumerate() {
        import(&shell, &folder, table, &format!("--kind {kind}"));
    }
    let shown = shell.run("--lang ja show --repo repo 111000110");
    for said in [
        "年齢加算（",
        "111000370",
        "乳幼児加算（初診）",
        "背反（同一月内）（",
        "算定回数の上限（",
        "--all で表示",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let document = |code: &str| -> serde_json::Value {
        let output = shell.command(&format!("--json show --repo repo {code}")).output().unwrap();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["records"].take()
    };
    // The procedure first, then the row of the auxiliary table with the same key.
    assert_eq!([0, 1].map(|at| document("111000110")[at]["kind"].clone()), ["procedure", "points-auxiliary"]);
    let of = |code: &str, relation: &str| -> Vec<String> {
        let records = document(code);
        let groups = records[0]["relations"].as_array().unwrap().clone();
        let group = groups.into_iter().find(|group| group["relation"] == relation);
        let items = group.map_or(Vec::new(), |group| group["items"].as_array().unwrap().clone());
        items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    };
    let excluded = of("111000110", "excluded-month");
    let rows = std::fs::read(folder.join("03-2_exclusion_month.csv")).unwrap();
    let rows = rows.split(|byte| *byte == b'\n');
    let published = rows.filter(|row| row.split(|byte| *byte == b',').nth(1) == Some(&b"\"111000110\""[..]));
    assert_eq!(excluded.len(), published.count());
    assert!(of(&excluded[0], "excluded-month").contains(&"111000110".to_owned()));
    assert!(of("111000370", "age-addition-of").contains(&"111000110".to_owned()));
}
