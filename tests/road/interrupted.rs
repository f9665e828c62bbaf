//! Ctrl-C, whenever it comes: the command ends by it, says so, and what it wrote stands whole or not at all.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::releases::{PLACE, house, publish, sign};
use crate::stage::{Ran, Stage, checkout};

/// What Ctrl-C sends.
const SIGINT: i32 = 2;

/// How long a command may work before it is interrupted, longer each time, until it is faster.
fn moments() -> impl Iterator<Item = Duration> {
    (1_u64..400).map(|at| Duration::from_millis(at * 2 + at * at))
}

/// `line`, interrupted after `moment`; whether it had done its work before.
fn interrupted(stage: &Stage, line: &str, moment: Duration) -> (bool, Ran) {
    let mut command = stage.command("warifu");
    command.args(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(moment);
    // It may be over already.
    let _ = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).stderr(Stdio::null()).status();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let ran = Ran {
        status: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    };
    let by_signal = output.status.signal() == Some(SIGINT);
    assert!(by_signal || output.status.success(), "{line} after {moment:?}: {ran:?}");
    (!by_signal, ran)
}

/// What works so long was interrupted many times while it worked, however fast the machine is.
const LONG: Duration = Duration::from_millis(200);

/// Interrupts `line` at every moment until it is faster; `holds` looks at what is left each time. Where that
/// takes long, somebody was told at least once.
fn whenever(stage: &Stage, line: impl Fn(usize) -> String, holds: impl Fn(usize, bool, &Ran)) {
    let mut is_told = false;
    for (at, moment) in moments().enumerate() {
        let (is_done, ran) = interrupted(stage, &line(at), moment);
        is_told |= ran.err.contains("interrupted; nothing half-written is left");
        assert!(!ran.err.contains("at once;"), "nobody asked twice: {}", ran.err);
        holds(at, is_done, &ran);
        if is_done {
            assert!(is_told || moment < LONG, "nobody was told in {moment:?}");
            return;
        }
    }
    panic!("it never was done");
}

/// The names below a folder that are of what is not finished.
fn unfinished(stage: &Stage, folder: &str) -> Vec<String> {
    let list = stage.shell(&format!(
        "find {folder} -name '.warifu-*' -o -name '.draft-*' -o -name 'tmp_obj_*' -o -name '*.lock'"
    ));
    // By that one `fetch` knows another: it stays.
    let files = list.out.lines().filter(|file| !file.ends_with("/.warifu-lock"));
    files.map(ToOwned::to_owned).collect()
}

fn demo(name: &str) -> String {
    checkout().join("masters/demo").join(name).display().to_string()
}

#[test]
fn a_draft_that_was_interrupted_is_whole_or_not_there() {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    stage.warifu(&format!("import --repo kikin --series r06 {}", demo("2024-06/s_ALL20240531.csv"))).ends(0);
    let line = |at: usize| format!("release draft --repo kikin {PLACE} --title first -o drafts/d{at}");
    std::fs::create_dir(stage.path("drafts")).unwrap();
    whenever(&stage, line, |at, is_done, ran| {
        let is_there = stage.path(&format!("drafts/d{at}")).exists();
        assert!(!is_done || is_there);
        if is_there {
            stage.warifu(&format!("release show drafts/d{at} {PLACE}")).ends(0);
            let said = ran.err.contains(&format!("written whole: drafts/d{at}")) || is_done;
            assert!(said || !ran.err.contains("interrupted"), "{}", ran.err);
        }
        let left: Vec<_> = std::fs::read_dir(stage.path("drafts")).unwrap().collect();
        assert!(left.iter().all(|it| !it.as_ref().unwrap().file_name().to_string_lossy().starts_with('.')));
    });
}

#[test]
fn an_import_that_was_interrupted_came_in_whole_or_not_at_all() {
    let stage = Stage::new();
    stage.warifu("init masters").ends(0);
    stage
        .warifu(&format!("import --repo masters --series r06 {}", demo("2024-06/s_ALL20240531.csv")))
        .ends(0);
    std::fs::create_dir(stage.path("copies")).unwrap();
    let line = |at: usize| {
        let copy = format!("copies/m{at}");
        crate::trust::copy(&stage, "masters", &copy);
        format!("import --repo {copy} --series r06 {}", demo("2024-06/s_20240614.csv"))
    };
    whenever(&stage, line, |at, is_done, _| {
        let copy = format!("copies/m{at}");
        assert_eq!(unfinished(&stage, &copy), Vec::<String>::new());
        stage.git(&copy, &["diff", "--quiet", "HEAD"]);
        let log = stage.warifu(&format!("log --repo {copy} --json")).ends(0).json();
        let imports = log["imports"].as_array().unwrap().len();
        assert!(imports == 2 || imports == 1 && !is_done, "{imports}");
        stage.warifu(&format!("check --repo {copy}")).ends(0);
    });
}

#[test]
fn a_fetch_that_was_interrupted_leaves_no_file_that_is_not_whole() {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    stage.warifu(&format!("import --repo kikin --series r06 {}", demo("2024-06/s_ALL20240531.csv"))).ends(0);
    stage.warifu(&format!("release draft --repo kikin {PLACE} --title first -o first")).ends(0);
    sign(&stage, "first", "kikin", "aoki", 0);
    sign(&stage, "first", "kikin", "baba", 0);
    publish(&stage, "first", 0);
    let line = |at: usize| format!("channel fetch channel --root root.json -o fetched{at}");
    whenever(&stage, line, |at, is_done, _| {
        let folder = format!("fetched{at}");
        if !stage.path(&folder).exists() {
            assert!(!is_done);
            return;
        }
        assert_eq!(unfinished(&stage, &folder), Vec::<String>::new());
        let files: Vec<_> = std::fs::read_dir(stage.path(&folder)).unwrap().flatten().collect();
        let csv = files.iter().filter(|it| it.path().extension().is_some_and(|end| end == "csv"));
        for file in csv {
            stage.warifu(&format!("validate {}", file.path().display())).ends(0);
        }
        // What is missing comes by the next one.
        stage.warifu(&format!("channel fetch channel --root root.json -o {folder}")).ends(0);
    });
}

/// What is read from somebody who never ends is waited for until Ctrl-C.
#[test]
fn where_nothing_is_written_it_ends_at_once_and_says_so() {
    let stage = Stage::new();
    assert!(Command::new("mkfifo").arg(stage.path("never.csv")).status().unwrap().success());
    let mut command = stage.command("warifu");
    command.args(["--lang", "ja", "validate", "never.csv"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // It reads: what watches for Ctrl-C stands.
    let writer = std::fs::OpenOptions::new().write(true).open(stage.path("never.csv")).unwrap();
    assert!(Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    drop(writer);
    assert_eq!(output.status.signal(), Some(SIGINT));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.ends_with("warifu: 中断しました。書きかけのものは残っていません\n"), "{said}");
    // A shell calls that 130.
    let line = "warifu validate never.csv & sleep 0.1; exec 3>never.csv; kill -s INT $!; wait $!; echo $?";
    let told = stage.shell(&format!("bash -mc '{line}'"));
    assert!(told.out.trim_end().ends_with("130"), "{told:?}");
}
