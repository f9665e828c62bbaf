//! Imports as a whole, by the command: killed at any moment, taken back across masters, put in their place;
//! the commands that are told are run as they are told.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod place;

use std::path::Path;
use std::process::Stdio;

use place::shell::Shell;
use place::{change, comment, data};
use serde_json::Value;
use warifu::store::Store;
use warifu_masters::schema::Schemas;

/// Every master of `repo` at its newest commit: `series/kind` and the digest of its records.
fn masters(shell: &Shell, repo: &str) -> Vec<(String, String)> {
    let store = Store::open(&shell.folder.path().join(repo), Schemas::built_in().unwrap()).unwrap();
    let digest = |at| store.state(at).unwrap().canonical_digest().to_string();
    let masters = store.masters("HEAD").unwrap();
    masters.iter().map(|at| (format!("{}/{}", at.series, at.kind), digest(at))).collect()
}

/// How many imports `repo` has in its history.
fn imports(shell: &Shell, repo: &str) -> usize {
    let store = Store::open(&shell.folder.path().join(repo), Schemas::built_in().unwrap()).unwrap();
    store.log().unwrap().len()
}

/// Runs `line`, which must end well; what it printed.
#[track_caller]
fn done(shell: &Shell, line: &str) -> String {
    let said = shell.run(line);
    assert!(!said.contains("--- exit"), "{said}");
    said
}

/// Runs commands as the program told them, but that the program is the one under test.
#[track_caller]
fn done_as_told<'a>(shell: &Shell, commands: impl IntoIterator<Item = &'a str>) {
    for command in commands {
        done(shell, command.trim().strip_prefix("warifu ").unwrap());
    }
}

/// The files below `folder`: how far a process has come with writing them.
fn files_below(folder: &Path) -> usize {
    let Ok(entries) = folder.read_dir() else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { files_below(&entry.path()) } else { 1 }).sum()
}

/// Killed (as by `kill -9`) once it has written so many files, for every number of files that it writes: all
/// files of the command are taken or none, the repository is right, and the command does the rest.
#[test]
fn a_command_that_is_killed_leaves_all_its_files_or_none() {
    let line = "import --repo repo --series r06 c_20240701.csv c_20240705.csv c_20240706.csv";
    let with_base = || {
        let shell = Shell::new();
        shell.write("c_20240706.csv", &[change(1, "初診料等"), comment("3", 50_001, "退院")].concat());
        done(&shell, "init repo");
        done(&shell, "import --repo repo --series r06 c_ALL20240531.csv");
        shell
    };
    let reference = with_base();
    let before = (masters(&reference, "repo"), files_below(&reference.folder.path().join("repo/.git")));
    done(&reference, line);
    let after = masters(&reference, "repo");
    let writes = files_below(&reference.folder.path().join("repo/.git")) - before.1;
    let (before, mut killed, mut kept) = (before.0, 0, 0);
    for written in 1..=writes {
        let shell = with_base();
        let git = shell.folder.path().join("repo/.git");
        let there = files_below(&git);
        let mut child = shell.command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if files_below(&git) >= there + written {
                child.kill().unwrap();
                break None;
            }
            std::thread::yield_now();
        };
        let ended = ended.unwrap_or_else(|| child.wait().unwrap());
        let now = masters(&shell, "repo");
        let is_taken = now == after;
        assert!(is_taken || now == before, "{written}: {now:?}");
        assert_eq!(imports(&shell, "repo"), if is_taken { 4 } else { 1 }, "{written}");
        killed += usize::from(!ended.success());
        kept += usize::from(!is_taken);
        done(&shell, line);
        assert_eq!(masters(&shell, "repo"), after, "{written}");
        done(&shell, "check --repo repo");
    }
    assert!(killed > 0 && kept > 0, "killed {killed} times, with nothing taken {kept} times");
}

/// The masters of the demonstration in two series, and a differential of one of them.
fn two_series() -> Shell {
    let shell = Shell::new();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../masters/demo");
    for entry in ["2024-05", "2024-06"].iter().flat_map(|day| demo.join(day).read_dir().unwrap()) {
        let path = entry.unwrap().path();
        shell.write(path.file_name().unwrap().to_str().unwrap(), &std::fs::read_to_string(&path).unwrap());
    }
    shell.write("c_20240621.csv", &abolished("990004"));
    shell.write("c_20240705.csv", &abolished("990003"));
    done(&shell, "init repo");
    done(&shell, "import --repo repo --series r04 c_ALL20240501.csv t_ALL20240501.csv");
    done(&shell, "import --repo repo --series r06 c_ALL20240531.csv t_ALL20240531.csv");
    shell
}

/// The row of a differential that abolishes a comment of the demonstration: `82` and `serial`.
fn abolished(serial: &str) -> String {
    let mut fields = vec![""; 30];
    fields[..5].copy_from_slice(&["9", "C", "8", "20", serial]);
    (fields[20], fields[21]) = ("20240701", "20240930");
    format!("\"{}\"\n", fields.join("\",\""))
}

/// The last imports of several masters and series are taken back by one commit, each is named with what its
/// master is then, and the commands that are told bring them in again, from the history alone.
#[test]
fn imports_of_several_masters_are_taken_back_and_come_in_again() {
    let shell = two_series();
    done(&shell, "import --repo repo --series r06 c_20240621.csv");
    let all = masters(&shell, "repo");
    let undone = done(&shell, "--json undo --repo repo 4");
    let undone: Value = serde_json::from_str(undone.split_once('\n').unwrap().1).unwrap();
    let told = |list: &str| -> Vec<String> {
        let one = |one: &Value| format!("{}/{} {}", one["series"], one["kind"], one["file"]).replace('"', "");
        undone[list].as_array().unwrap().iter().map(one).collect()
    };
    assert_eq!(
        told("taken_back"),
        [
            "r04/material t_ALL20240501.csv",
            "r06/comment c_ALL20240531.csv",
            "r06/material t_ALL20240531.csv",
            "r06/comment c_20240621.csv",
        ]
    );
    assert_eq!(told("left"), ["r04/material null", "r06/comment null", "r06/material null"]);
    assert_eq!(masters(&shell, "repo"), all[..1]);
    for name in ["c_20240621.csv", "c_ALL20240531.csv", "t_ALL20240531.csv", "t_ALL20240501.csv"] {
        std::fs::remove_file(shell.folder.path().join(name)).unwrap();
    }
    done_as_told(&shell, undone["again"].as_array().unwrap().iter().map(|command| command.as_str().unwrap()));
    assert_eq!(masters(&shell, "repo"), all);
    done(&shell, "check --repo repo");
}

/// A code that one series still has, and that has left the next one, is told for both.
#[test]
fn a_code_that_has_left_one_series_is_told_for_it_too() {
    let shell = two_series();
    done(&shell, "import --repo repo --series r06 c_20240621.csv c_20240705.csv");
    let told = done(&shell, "--json blame --repo repo 820990004");
    let told: Value = serde_json::from_str(told.split_once('\n').unwrap().1).unwrap();
    let told: Vec<_> = told["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["series"].as_str().unwrap(), one["gone"]["version"].as_str()))
        .collect();
    assert_eq!(told, [("r04", None), ("r06", Some("c_20240705"))]);
}

/// `s_20240726` after `s_20240801`, as it can happen: it is said, and the two commands put it in its place.
#[test]
fn a_published_differential_that_was_skipped_goes_in_its_place() {
    let Some(data) = data() else { return };
    let shell = Shell::new();
    let file = |name: &str| data.join(format!("procedure/{name}.csv")).display().to_string();
    let (base, late, next) = (file("s_ALL20240531"), file("s_20240726"), file("s_20240801"));
    let between = [file("s_20240621"), file("s_20240628")].join(" ");
    for repo in ["repo", "ordered"] {
        done(&shell, &format!("init {repo}"));
        done(&shell, &format!("import --repo {repo} --series r06 {base} {between}"));
    }
    done(&shell, &format!("import --repo ordered --series r06 {late} {next}"));
    done(&shell, &format!("import --repo repo --series r06 {next}"));
    let refused = shell.run(&format!("import --repo repo --series r06 {late}"));
    assert!(refused.contains("import/older") && refused.contains("--- exit 1"), "{refused}");
    let commands: Vec<&str> = refused.lines().filter(|line| line.starts_with("  warifu ")).collect();
    assert_eq!(commands.len(), 2, "{refused}");
    done_as_told(&shell, commands);
    assert_eq!(masters(&shell, "repo"), masters(&shell, "ordered"));
}

/// A finding is accepted of the file that is named, and of no other one of the command.
#[test]
fn a_finding_is_accepted_of_the_file_that_is_named() {
    let shell = Shell::new();
    let long = |serial: u32| comment("3", serial, &"長".repeat(500));
    shell.write("c_20240702.csv", &long(40_001));
    shell.write("c_20240703.csv", &long(50_001));
    done(&shell, "init repo");
    done(&shell, "import --repo repo --series r06 c_ALL20240531.csv");
    let both = "import --repo repo --series r06 ./c_20240702.csv ./c_20240703.csv";
    let refused = shell.run(&format!("{both} --accept c_20240702.csv:field/too-long=訂正待ち"));
    assert!(refused.contains("c_20240703.csv is refused") && refused.ends_with("--- exit 1\n"), "{refused}");
    let unknown = shell.run(&format!("{both} --accept c_20240704.csv:field/too-long=訂正待ち"));
    assert!(unknown.contains("c_20240704.csv") && unknown.ends_with("--- exit 2\n"), "{unknown}");
    done(
        &shell,
        &format!(
            "{both} --accept ./c_20240702.csv:field/too-long=訂正待ち --accept c_20240703.csv:field/too-long=別件"
        ),
    );
    let store = Store::open(&shell.folder.path().join("repo"), Schemas::built_in().unwrap()).unwrap();
    let reasons: Vec<_> = store
        .log()
        .unwrap()
        .iter()
        .flat_map(|entry| entry.record.accepted.iter().map(|accepted| accepted.reason.clone()))
        .collect();
    assert_eq!(reasons, ["別件", "訂正待ち"]);
}
