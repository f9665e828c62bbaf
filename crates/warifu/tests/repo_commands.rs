//! What people and programs see of the commands on a repository.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "a test makes its own files")]

mod place;

use std::path::Path;

use place::shell::Shell;
use place::{base, change, comment};
use warifu::side::{By, load_side, load_sides};

#[test]
fn a_repository_from_init_to_export() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.session(&[
        "init repo",
        "import --repo repo --series r06 c_20240705.csv c_20240701.csv c_ALL20240531.csv",
        "import --repo repo --series r06 c_20240701.csv",
        "log --repo repo",
        "log --repo repo 810000001",
        "log --repo repo 810020001",
        "show --repo repo 810000002",
        "show --repo repo HEAD:comment",
        "blame --repo repo 810000001",
        "check --repo repo",
        "export --repo repo HEAD~1:comment --original -o back.csv",
        "export --repo repo HEAD:comment --format kokuho -o eucjp.csv",
    ]));
    let read = |name: &str| std::fs::read(shell.folder.path().join(name)).unwrap();
    assert!(read("back.csv") == read("c_20240701.csv"));
}

#[test]
fn the_same_in_japanese() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.session(&[
        "--lang ja init repo",
        "--lang ja import --repo repo --series r06 c_20240701.csv c_ALL20240531.csv",
        "--lang ja import --repo repo --series r06 c_20240701.csv",
        "--lang ja log --repo repo 810020001",
        "--lang ja log --repo repo 810000001 --all",
        "--lang ja show --repo repo 810000001 --on 2024-06-30",
        "--lang ja show --repo repo 810020001 --on 2024-07-02",
        "--lang ja show --repo repo HEAD:comment",
        "--lang ja check --repo repo",
    ]));
}

/// What was taken, what was refused and what is left; the same with `--one-by-one`; and undo.
#[test]
fn what_was_taken_is_told() {
    let shell = Shell::new();
    shell.write("c_20240702.csv", &comment("3", 40_002, "転院後"));
    shell.write(
        "c_20240706.csv",
        &[change(7, "無"), change(8, "無"), change(9, "無"), change(10, "無")].concat(),
    );
    shell.write("c_20240708.csv", &change(1, "初診料等"));
    insta::assert_snapshot!(shell.session(&[
        "init repo",
        "import --repo repo --series r06 c_ALL20240531.csv c_20240701.csv c_20240706.csv c_20240708.csv",
        "--lang ja import --repo repo --series r06 c_ALL20240531.csv c_20240706.csv c_20240708.csv",
        "--json import --repo repo --series r06 c_ALL20240531.csv c_20240706.csv c_20240708.csv",
        "log --repo repo",
        "import --one-by-one --repo repo --series r06 c_ALL20240531.csv c_20240701.csv c_20240706.csv \
         c_20240708.csv",
        "import --repo repo --series r06 c_20240705.csv",
        "import --repo repo --series r06 c_20240702.csv c_20240708.csv",
        "--lang ja import --repo repo --series r06 c_20240702.csv",
        "undo --dry-run --repo repo 2",
        "undo --repo repo c_20240701.csv",
        "undo --repo repo c_99.csv",
        "undo --repo repo 9",
        "undo --repo repo --series r06 c_20240705.csv",
        "import --repo repo --series r06 c_20240702.csv c_20240705.csv c_20240708.csv",
        "log --repo repo",
        "log --repo repo 810000002",
        "blame --repo repo 810000002",
        "blame --repo repo 810020001",
        "--lang ja undo --repo repo",
        "--json undo --repo repo",
        "log --repo repo 810000002",
    ]));
}

#[test]
fn programs_get_one_document() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.session(&[
        "--json init repo --series r06=comment:2024-06-01",
        "--json import --repo repo --series r06 c_ALL20240531.csv c_20240701.csv",
        "--json log --repo repo 810000001",
        "--json show --repo repo 810020001 --on 2024-07-02",
        "--json check --repo repo",
    ]));
}

/// A repository of the demonstration's masters, of two series.
fn demonstration() -> Shell {
    let shell = Shell::new();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../masters/demo");
    for entry in ["2024-05", "2024-06"].iter().flat_map(|day| demo.join(day).read_dir().unwrap()) {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), shell.folder.path().join(entry.file_name())).unwrap();
    }
    shell.run("init masters");
    shell.run("import --repo masters --series r04 s_ALL20240501.csv t_ALL20240501.csv");
    shell.run("import --repo masters --series r06 s_ALL20240531.csv s_20240614.csv");
    shell.run("import --repo masters --series r06 y_ALL20240401.csv y_20240531.csv");
    shell
}

/// The examples of the page on history: every command there says what the page says it does, up to `…`.
#[test]
fn the_page_on_history_is_true() {
    let shell = demonstration();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/history.md");
    let page = std::fs::read_to_string(page).unwrap();
    let examples: Vec<&str> = page.split("```text\n$ warifu ").skip(1).collect();
    assert_eq!(examples.len(), 4);
    for example in examples {
        let (line, expected) = example.split("```").next().unwrap().split_once('\n').unwrap();
        let said = shell.run(line);
        let said = said.split("--- exit").next().unwrap().split_once('\n').unwrap().1;
        match expected.strip_suffix("…\n") {
            Some(expected) => assert!(said.starts_with(expected), "{line}\n{said}"),
            None => assert_eq!(said, expected, "{line}"),
        }
    }
}

/// The record in force on a treatment day, and every other answer.
#[test]
fn a_day_of_treatment_has_one_answer() {
    let shell = demonstration();
    let said = shell.session(&[
        "log --repo masters 150990110",
        "show --repo masters 150990110 --on 2024-05-31",
        "show --repo masters 150990110 --on 20240601",
        "show --repo masters 150990210 --on 2024-06-30",
        "show --repo masters 150990210 --on 2024-07-01",
        "show --repo masters 160990810 --on 2024-06-30",
        "show --repo masters 160990810 --on 2024-04-30",
        "show --repo masters 699990004 --on 2024-03-31",
        "show --repo masters 150990110 --on 2024-07-01 --at HEAD~3",
        "show --repo masters 150990110 --on 2024-07-01 --at HEAD~4",
        "show --repo masters 999999999 --on 2024-07-01",
        "show --repo masters HEAD:procedure --on 2024-07-01",
        "show --repo masters 150990110 --on 2024-06-31",
        "log --repo masters 150990210 --series r06",
    ]);
    insta::assert_snapshot!(said);
}

/// Names however they are typed, parts of codes, days and files; what is left, and nothing at all.
#[test]
fn what_is_found_is_told() {
    let shell = demonstration();
    insta::assert_snapshot!(shell.session(&[
        "find --repo masters 見本手術",
        "--lang ja find --repo masters ﾐﾎﾝ ｼｭｼﾞｭﾂ",
        "--lang ja find --repo masters みほん しゅじゅつ --series r06",
        "--lang ja find --repo masters 1509902",
        "--lang ja find --repo masters 1509902 --on 2024-06-30",
        "--lang ja find --repo masters 1509902 --on 2024-07-01",
        "--lang ja find --repo masters 見本 --kind drug",
        "--lang ja find --in s_ALL20240531.csv --in masters/warifu.toml 見本手術",
        "--lang ja find --in s_ALL20240531.csv 見本手術Ａ",
        "--lang ja find --repo masters 存在しない名称",
        "--lang ja find --repo masters 見本 --kind drugs",
        "find --repo masters 見本 --series r05",
        "--json find --repo masters 150990110 --series r06",
    ]));
}

/// On a day, a record is asked for the words as it was then.
#[test]
fn a_name_that_came_later_is_not_found_on_a_day_before() {
    let shell = Shell::new();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../masters/demo");
    let before = std::fs::read_to_string(demo.join("2024-05/s_ALL20240501.csv")).unwrap();
    assert!(before.contains("見本手術Ａ"));
    let renamed = before.replace("見本手術Ａ", "標本手術Ａ");
    std::fs::write(shell.folder.path().join("s_ALL20240501.csv"), renamed).unwrap();
    let later = "s_ALL20240531.csv";
    std::fs::copy(demo.join("2024-06").join(later), shell.folder.path().join(later)).unwrap();
    shell.run("init masters");
    shell.run("import --repo masters --series r04 s_ALL20240501.csv");
    shell.run("import --repo masters --series r06 s_ALL20240531.csv");
    let found = |line: &str| shell.run(&format!("find --repo masters {line}")).contains("150990110  ");
    assert!(found("見本手術Ａ") && found("見本手術Ａ --on 2024-06-01"));
    assert!(!found("見本手術Ａ --on 2024-05-31"));
    assert!(found("手術Ａ --on 2024-05-31"));
}

/// Only so many are told to people, and how many there are; `--json` has all.
#[test]
fn a_long_list_is_cut_for_people_alone() {
    let shell = demonstration();
    let codes =
        |told: &str| told.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).count();
    let told = shell.run("--lang ja find --repo masters 見本");
    assert_eq!(codes(&told), 20, "{told}");
    assert!(told.lines().last().unwrap().starts_with("ほか "), "{told}");
    let count = codes(&shell.run("find --repo masters 見本 --all"));
    let json = shell.run("--json find --repo masters 見本");
    assert!(count > 20 && json.contains(&format!("\"count\": {count},")), "{count}");
}

/// What an import kept and what lies in shards give the same answers.
#[test]
fn a_fresh_clone_finds_the_same() {
    let shell = demonstration();
    let line = "find --repo masters 見本 --all";
    let before = shell.run(line);
    assert!(before.contains("r04") && before.contains("r06"), "{before}");
    let kept = shell.folder.path().join("masters/.git/warifu/state");
    // What was kept and has another content is not believed.
    for entry in kept.join("r06").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap().replace("見本", "見木");
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(shell.run(line), before);
    std::fs::remove_dir_all(kept).unwrap();
    assert_eq!(shell.run(line), before);
}

#[test]
fn refusals_say_what_to_do() {
    let shell = Shell::new();
    shell.write(
        "c_20240706.csv",
        &[change(7, "無"), change(8, "無"), change(9, "無"), change(10, "無")].concat(),
    );
    shell.write("c_ALL20240801.csv", &base());
    insta::assert_snapshot!(shell.session(&[
        "log",
        "init repo",
        "import --repo repo --series r99 c_ALL20240531.csv",
        "import --repo repo --series r06 c_20240701.csv",
        "import --repo repo --series r06 c_ALL20240531.csv c_20240706.csv",
        "import --repo repo --series r06 c_ALL20240531.csv",
        "import --repo repo --series r06 c_20240706.csv --accept import/base-unjustified=",
        "import --repo repo --series r06 c_20240706.csv --accept import/base-unjustified=cumulative",
        "import --repo repo --series r06 c_ALL20240801.csv --dated 2024-01-31",
        "--json import --repo repo --series r06 missing.csv",
        "show --repo repo 999999999",
        "show --repo repo HEAD:drug",
        "init .",
    ]));
}

#[test]
fn a_side_of_a_comparison_is_a_file_or_a_revision() {
    let shell = Shell::new();
    shell.run("init repo");
    shell.run("import --repo repo --series r06 c_ALL20240531.csv c_20240701.csv c_20240705.csv");
    let schemas = warifu_masters::schema::Schemas::built_in().unwrap();
    let repo = shell.folder.path().join("repo");
    let load = |text: &str, repo: &Path| load_side(text, By { schemas: &schemas, of_files: &schemas, repo });
    let file = shell.folder.path().join("c_ALL20240531.csv");
    let (file, revision) =
        (load(file.to_str().unwrap(), &repo).unwrap(), load("HEAD~2:comment", &repo).unwrap());
    assert!(warifu_masters::file::write::same_records(&file.master, &revision.master));
    let by = By { schemas: &schemas, of_files: &schemas, repo: &repo };
    let (old, new) = load_sides("HEAD~2:comment", "HEAD:r06/comment", by).unwrap();
    let part = warifu_masters::change::diff::diff(&old.master, &new.master).unwrap().summary();
    let whole = (load("HEAD~2:comment", &repo).unwrap(), load("HEAD:comment", &repo).unwrap());
    let whole = warifu_masters::change::diff::diff(&whole.0.master, &whole.1.master).unwrap().summary();
    assert_eq!(part, whole);
    assert_eq!((whole.added, whole.removed), (1, 1));
    let failure = load("HEAD:comment", shell.folder.path()).unwrap_err();
    assert!(failure.to_string().starts_with("HEAD:comment is no file, and "), "{failure}");
}

/// A procedure of which no column says whether it is of 令和6 or 令和8: the records have another length.
#[test]
fn a_file_is_converted_in_the_layout_that_is_named() {
    let shell = Shell::new();
    let mut fields = vec![""; 150];
    (fields[0], fields[1], fields[2]) = ("9", "S", "111000110");
    shell.write("s.csv", &format!("\"{}\"\r\n", fields.join("\",\"")));
    let length = |file: &str| std::fs::metadata(shell.folder.path().join(file)).unwrap().len();
    let told = shell.run("convert s.csv --from kikin --to kokuho-ebcdic -o open");
    assert!(told.contains("note file/edition: taken as procedure-150: procedure-150-r08"), "{told}");
    assert_eq!(length("open"), 596);
    let told = shell.run("convert s.csv --from kikin --to kokuho-ebcdic --layout procedure-150-r08 -o r08");
    assert!(!told.contains("file/edition") && told.contains("1 records, the same"), "{told}");
    assert_eq!(length("r08"), 598);
    let refused = shell.run("convert s.csv --from kikin --to kokuho --layout drug-42-r08 -o none");
    assert!(refused.contains("file/unknown") && refused.contains("--- exit 1"), "{refused}");
    let refused = shell.run("convert s.csv --from kikin --to kokuho --layout drug -o none");
    assert!(refused.contains("no layout is called drug; there are") && refused.contains("--- exit 2"));
}
