//! Ctrl-C, whenever it comes: the command ends by it, says so, and what it wrote stands whole or not at all.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

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
    let mut command = stage.command_that_hears("warifu");
    command.args(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    std::thread::sleep(moment);
    interrupt(&child);
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

/// Sends it Ctrl-C; it may be over already.
fn interrupt(child: &Child) {
    let _ = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).stderr(Stdio::null()).status();
}

/// Waits until `holds`, not without end.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// How it ended, which it does by itself.
fn ended(child: &mut Child) -> ExitStatus {
    let mut status = None;
    until("it ends", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

/// The end of a pipe that takes nothing more until somebody reads the other.
fn full() -> (std::io::PipeReader, std::io::PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    // What a pipe holds.
    writer.write_all(&[b' '; 64 * 1024]).unwrap();
    (reader, writer)
}

/// The acts and phases that stand in the log of acts.
fn acts(stage: &Stage) -> Vec<String> {
    let log = std::fs::read_to_string(stage.path("acts.jsonl")).unwrap_or_default();
    let entry = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        format!("{} {}", entry["act"].as_str().unwrap(), entry["phase"].as_str().unwrap())
    };
    log.lines().map(entry).collect()
}

/// `line` at work, its log of acts beside it.
fn spawned(stage: &Stage, line: &str, out: Stdio, err: Stdio) -> Child {
    let mut command = stage.command_that_hears("warifu");
    command.args(line.split_whitespace()).env("WARIFU_AUDIT", stage.path("acts.jsonl"));
    command.stdout(out).stderr(err).spawn().unwrap()
}

/// What works so long was interrupted many times while it worked, however fast the machine is.
const LONG: Duration = Duration::from_millis(200);

/// Interrupts `line` at every moment until it is faster; `holds` looks at what is left each time. Where that
/// takes long, somebody was told at least once.
fn whenever(stage: &Stage, line: impl Fn(usize) -> String, holds: impl Fn(usize, bool, &Ran)) {
    let mut is_told = false;
    for (at, moment) in moments().enumerate() {
        let (is_done, ran) = interrupted(stage, &line(at), moment);
        is_told |= ran.err.contains("warifu: interrupted; ");
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
        "find {folder} -name '.warifu-*' -o -name '.writing-*' -o -name '.draft-*' -o -name 'tmp_obj*' \
         -o -name '*.lock'"
    ));
    // By these one knows another: they stay.
    let stay = ["/.warifu-lock", "/.warifu-publish.lock"];
    let files = list.out.lines().filter(|file| !stay.iter().any(|name| file.ends_with(name)));
    files.map(ToOwned::to_owned).collect()
}

fn demo(name: &str) -> String {
    checkout().join("masters/demo").join(name).display().to_string()
}

/// A house with one master of Kikin's.
fn imported(stage: &Stage) {
    house(stage);
    stage.warifu("init kikin").ends(0);
    stage.warifu(&format!("import --repo kikin --series r06 {}", demo("2024-06/s_ALL20240531.csv"))).ends(0);
}

/// A draft of it.
fn drafted(stage: &Stage) {
    imported(stage);
    stage.warifu(&format!("release draft --repo kikin {PLACE} --title first -o first")).ends(0);
}

/// The same, signed and published.
fn released(stage: &Stage) {
    drafted(stage);
    sign(stage, "first", "kikin", "aoki", 0);
    sign(stage, "first", "kikin", "baba", 0);
    publish(stage, "first", 0);
}

#[test]
fn a_draft_that_was_interrupted_is_whole_or_not_there() {
    let mut stage = Stage::new();
    imported(&stage);
    let line = |at: usize| format!("release draft --repo kikin {PLACE} --title first -o drafts/d{at}");
    std::fs::create_dir(stage.path("drafts")).unwrap();
    stage.set(&[("WARIFU_AUDIT", "acts.jsonl")]);
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
        // What was begun in the log of acts has its end there.
        let acts = acts(&stage);
        let of = |phase: &str| acts.iter().filter(|act| *act == &format!("draft {phase}")).count();
        assert_eq!(of("begun"), of("done") + of("refused"), "{acts:?}");
        assert!(of("done") == 0 || is_there, "{acts:?}");
        if !is_done {
            std::fs::remove_file(stage.path("acts.jsonl")).unwrap_or_default();
        }
    });
}

/// What was changed is known to whoever audits, though somebody ended the command before it said so.
#[test]
fn an_import_that_is_interrupted_after_its_commit_stands_in_the_log_of_acts() {
    let stage = Stage::new();
    stage.warifu("init masters").ends(0);
    let (mut reader, writer) = full();
    let line = format!("import --repo masters --series r06 {}", demo("2024-06/s_ALL20240531.csv"));
    let branch = || std::fs::read(stage.path("masters/.git/refs/heads/main")).unwrap_or_default();
    let before = branch();
    let mut child = spawned(&stage, &line, writer.into(), Stdio::piped());
    until("the branch moves", || branch() != before);
    interrupt(&child);
    // It says what it took in to nobody, and waits.
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("ending as soon as") {
        assert_ne!(err.read_line(&mut said).unwrap(), 0, "{said}");
    }
    let read = std::thread::spawn(move || reader.read_to_end(&mut Vec::new()));
    assert_eq!(ended(&mut child).signal(), Some(SIGINT));
    drop(read.join().unwrap());
    err.read_to_string(&mut said).unwrap();
    assert!(said.contains("interrupted; nothing half-written is left; written whole: "), "{said}");
    assert_eq!(acts(&stage), ["import done"]);
}

#[test]
fn a_signature_that_stands_is_told_of_and_in_the_log_of_acts() {
    let stage = Stage::new();
    drafted(&stage);
    let line = format!("release sign first --repo kikin {PLACE} --key aoki.key --yes");
    let mut child = spawned(&stage, &line, Stdio::null(), Stdio::piped());
    let stands = || {
        let files = std::fs::read_dir(stage.path("first/signatures")).into_iter().flatten().flatten();
        files.into_iter().any(|file| file.file_name().to_string_lossy().ends_with(".json"))
    };
    until("it is signed", stands);
    interrupt(&child);
    let status = ended(&mut child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(acts(&stage), ["sign begun", "sign done"], "{said}");
    let is_told = said.contains("; written whole: first/signatures/");
    assert!(is_told && status.signal() == Some(SIGINT) || status.success(), "{status:?} {said}");
}

#[test]
fn a_copy_that_was_interrupted_says_so_and_is_completed_by_the_next() {
    let stage = Stage::new();
    released(&stage);
    let copied = |to: &str| format!("channel copy channel --root root.json --to {to}");
    whenever(
        &stage,
        |at| copied(&format!("mirror{at}")),
        |at, is_done, ran| {
            let mirror = format!("mirror{at}");
            if !stage.path(&mirror).exists() {
                return;
            }
            assert_eq!(unfinished(&stage, &mirror), Vec::<String>::new());
            let is_whole = stage.path(&format!("{mirror}/metadata/timestamp.json")).exists();
            let is_told = ran.err.contains(&format!("not whole: {mirror} (")) || is_done;
            assert!(is_told || is_whole, "{}", ran.err);
            assert!(is_whole || !is_done);
            stage.warifu(&copied(&mirror)).ends(0);
            stage.warifu(&format!("channel verify {mirror} --root root.json")).ends(0);
        },
    );
}

#[test]
fn a_second_one_waits_for_nothing() {
    let stage = Stage::new();
    // Somebody else has the log of acts: the command waits for it, and counts as writing.
    let held = File::create(stage.path("acts.jsonl")).unwrap();
    held.lock().unwrap();
    let line = "key generate aoki --organisation kikin";
    let mut child = spawned(&stage, line, Stdio::null(), Stdio::piped());
    let process = format!(" {} ", child.id());
    until("it waits", || {
        let locks = std::fs::read_to_string("/proc/locks").unwrap();
        locks.lines().any(|line| line.contains("->") && line.contains(&process))
    });
    interrupt(&child);
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    err.read_line(&mut said).unwrap();
    assert!(said.contains("ending as soon as what is being written is whole"), "{said}");
    assert!(child.try_wait().unwrap().is_none(), "it waits");
    interrupt(&child);
    assert_eq!(ended(&mut child).signal(), Some(SIGINT));
    said.clear();
    err.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("warifu: interrupted at once; a temporary file"), "{said}");
    drop(held);
    assert_eq!(acts(&stage), Vec::<String>::new());
}

/// `validate` of a file that never comes, with `err` as its standard error; whoever may write the file.
fn waiting(stage: &Stage, err: Stdio) -> (Child, File) {
    assert!(Command::new("mkfifo").arg(stage.path("never.csv")).status().unwrap().success());
    let child = spawned(stage, "validate never.csv", Stdio::null(), err);
    // It reads: what watches for Ctrl-C stands.
    let writer = File::options().write(true).open(stage.path("never.csv")).unwrap();
    (child, writer)
}

#[test]
fn it_ends_though_nobody_reads_what_it_says() {
    let closed = std::io::pipe().unwrap().1;
    let (_reader, full) = full();
    for err in [closed, full] {
        let stage = Stage::new();
        let (mut child, writer) = waiting(&stage, err.into());
        interrupt(&child);
        assert_eq!(ended(&mut child).signal(), Some(SIGINT));
        drop(writer);
    }
}

/// As a shell starts what goes on in the background.
#[cfg(target_os = "linux")]
#[test]
fn where_it_is_ignored_from_the_beginning_it_stays_so() {
    let stage = Stage::new();
    // It may open the pipe more than once: somebody writes each time.
    let line = "mkfifo never.csv; trap '' INT; warifu validate never.csv 2>told & it=$!; exec 3>never.csv; \
                kill -s INT $it; echo x >&3; exec 3>&-; \
                (for _ in 1 2 3; do timeout 5 sh -c 'echo x >never.csv'; done) >/dev/null 2>&1 & \
                wait $it; echo status $?";
    let ran = stage.shell(line).ends(0);
    assert!(ran.out.contains("status 1"), "{ran:?}");
    assert!(!std::fs::read_to_string(stage.path("told")).unwrap().contains("interrupted"));
}

#[test]
fn the_demonstration_takes_its_folder_with_it() {
    let stage = Stage::new();
    let mut command = stage.command_that_hears("warifu");
    command.arg("demo").env("TMPDIR", stage.path(".")).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let folders = || {
        let files = std::fs::read_dir(stage.path(".")).unwrap().flatten();
        files.filter(|it| it.file_name().to_string_lossy().starts_with("warifu-demo-")).collect::<Vec<_>>()
    };
    let is_played = || folders().iter().any(|folder| folder.path().join("passphrase.txt").exists());
    until("it plays", || is_played() || child.try_wait().unwrap().is_some());
    interrupt(&child);
    let status = ended(&mut child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(status.signal(), Some(SIGINT), "{said}");
    assert!(said.contains("interrupted; nothing half-written is left"), "{said}");
    assert!(folders().is_empty(), "{:?}", folders());
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
    released(&stage);
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
    let mut command = stage.command_that_hears("warifu");
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
    // A shell calls that 130. What it starts in the background hears nothing otherwise.
    let hears = if cfg!(target_os = "linux") { "env --default-signal=INT " } else { "" };
    let line = "warifu validate never.csv & sleep 0.1; exec 3>never.csv; kill -s INT $!; wait $!; echo $?";
    let told = stage.shell(&format!("bash -mc '{hears}{line}'"));
    assert!(told.out.trim_end().ends_with("130"), "{told:?}");
}
