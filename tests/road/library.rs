//! libwarifu as programs of others use it: built, linked, and run on a release that both organisations
//! signed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::releases::{clone, house, pull, signed_and_published};
use crate::stage::{Beginning, Stage, checkout, not_installed};

/// The library as it is installed: a header, and both forms of it.
struct Installed {
    include: PathBuf,
    shared: PathBuf,
    fixed: PathBuf,
}

/// Built by the same cargo in the same profile, and laid where programs look for it, by the name that they
/// ask for.
fn library(stage: &Stage) -> Installed {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let folder = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
        let mut build = Command::new(env!("CARGO"));
        // All of the workspace is chosen, as for its programs: nothing of others is built another time. The
        // programs are left alone, which other tests run meanwhile.
        build.current_dir(checkout()).args(["build", "--quiet", "--workspace", "--lib"]);
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "the library does not build");
        folder
    });
    let lib = stage.path("lib");
    std::fs::create_dir_all(&lib).unwrap();
    std::fs::copy(built.join("libwarifu.so"), lib.join("libwarifu.so.0")).unwrap();
    let _ = std::os::unix::fs::symlink("libwarifu.so.0", lib.join("libwarifu.so"));
    Installed {
        include: checkout().join("crates/libwarifu/include"),
        fixed: built.join("libwarifu.a"),
        shared: lib,
    }
}

impl Installed {
    /// `source` compiled for `stage` by the system's compiler, with every warning an error, and `linked`.
    fn compiled(&self, stage: &Stage, source: &str, linked: &[&str]) -> PathBuf {
        let program = stage.path(&format!("{}.built", Path::new(source).file_stem().unwrap().display()));
        let output = Command::new("cc")
            .args("-std=c11 -Wall -Wextra -Wpedantic -Werror -O1 -g -I".split(' '))
            .arg(&self.include)
            .arg(checkout().join(source))
            .args(linked)
            .arg("-o")
            .arg(&program)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        program
    }

    fn with_shared(&self, stage: &Stage, source: &str) -> PathBuf {
        let lib = self.shared.display();
        self.compiled(
            stage,
            source,
            &[&format!("-L{lib}"), "-lwarifu", "-pthread", &format!("-Wl,-rpath,{lib}")],
        )
    }
}

const PLACE: [&str; 2] = ["channel", "root.json"];

/// The demonstration's masters of two series, signed by both and published; and its claims as they are sent.
fn published(stage: &Stage) {
    static PUBLISHED: Beginning = Beginning::new();
    PUBLISHED.lay(stage, |stage| {
        house(stage);
        let demo = checkout().join("masters/demo").display().to_string();
        stage.warifu("init kikin").ends(0);
        clone(stage);
        let import = |series: &str, files: &[&str]| {
            let files: Vec<_> = files.iter().map(|file| format!("{demo}/{file}")).collect();
            stage.warifu(&format!("import --repo kikin --series {series} {}", files.join(" "))).ends(0);
        };
        let before = ["c", "s", "t"].map(|kind| format!("2024-05/{kind}_ALL20240501.csv"));
        import("r04", &before.each_ref().map(String::as_str));
        let after = ["c", "s", "t"].map(|kind| format!("2024-06/{kind}_ALL20240531.csv"));
        let [c, s, t] = after.each_ref().map(String::as_str);
        import("r06", &["2024-05/y_ALL20240401.csv", c, s, t]);
        pull(stage);
        stage
            .warifu("release draft --repo kikin --channel channel --root root.json --title demo -o draft")
            .ends(0);
        signed_and_published(stage, "draft");
        for (name, text) in [("good", "202406-clinic-a"), ("bad", "202406-clinic-c-old-points")] {
            let text = checkout().join(format!("masters/demo/claims/{text}.uke.txt"));
            stage.shell(&format!("iconv -f UTF-8 -t CP932 {} > {name}.uke", text.display())).ends(0);
        }
    });
}

/// Runs it where the stage is, and gives what came of it.
fn run(stage: &Stage, mut command: Command) -> Output {
    command.current_dir(stage.path(".")).output().unwrap()
}

#[track_caller]
fn ends(output: &Output, status: i32) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "stdout: {out}\nstderr: {err}");
    (out, err)
}

/// What makes memory's faults seen; it fails the test where it is missing and nothing may be left out.
fn watched(program: &Path) -> Option<Command> {
    if !Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success()) {
        not_installed("libwarifu under valgrind", "no valgrind");
        return None;
    }
    let mut command = Command::new("valgrind");
    command.args("--quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite".split(' '));
    command.arg(program);
    Some(command)
}

/// A call of an example: its place, what it looks up, and the claim file.
fn example<'a>(mut command: Command, looked_up: [&'a str; 3], claims: &'a str) -> Command {
    command.args(PLACE).arg("remembered").args(looked_up).arg(claims);
    command
}

#[test]
fn examples_in_c_and_python_answer_what_the_checker_answers() {
    let stage = Stage::new();
    published(&stage);
    let library = library(&stage);
    let source = "docs/examples/libwarifu/check.c";
    let shared = library.with_shared(&stage, source);
    let other = Stage::new();
    let fixed = library.fixed.display().to_string();
    let fixed = library.compiled(&other, source, &[&fixed, "-lm", "-lpthread", "-ldl"]);
    let python = || {
        let mut python = Command::new("python3");
        python.arg(checkout().join("docs/examples/libwarifu/check.py"));
        python.env("LIBWARIFU", library.shared.join("libwarifu.so.0"));
        python
    };
    for (claims, status) in [("good.uke", 0), ("bad.uke", 1)] {
        let told = format!("check {claims} --channel channel --root root.json --json");
        let told = stage.run("warifu-checker", &told).ends(status).out;
        let ways: [(&str, Command); 3] =
            [("shared", Command::new(&shared)), ("fixed", Command::new(&fixed)), ("python", python())];
        for (way, command) in ways {
            let first_visit = ["procedure", "111000110", "20240610"];
            let (out, err) = ends(&run(&stage, example(command, first_visit, claims)), status);
            assert_eq!(out, told, "{way}");
            assert!(err.contains("111000110 on 20240610: in force, 初診料 (r06), 291.00"), "{way}: {err}");
            assert!(err.contains("\"release\":1") || err.contains("\"release\": 1"), "{way}: {err}");
        }
    }
    // Prices, and what is not in force: by another day, another code.
    for (looked_up, told) in [
        (["drug", "699990001", "20240610"], "699990001 on 20240610: in force, 見本錠Ａ５ｍｇ (r06), 10.10"),
        (["material", "799990001", "20240610"], "20240610: in force, 見本カテーテルＡ (r06), 561.00"),
        (["procedure", "999999999", "20240610"], "999999999 on 20240610: unknown,  (r06)"),
        (["drug", "620000001", "19990101"], "620000001 on 19990101: not held,  ()"),
    ] {
        for command in [Command::new(&shared), python()] {
            let (_, err) = ends(&run(&stage, example(command, looked_up, "good.uke")), 0);
            assert!(err.contains(told), "{err}");
        }
    }
    // A byte of what was signed is changed: refused, in both languages, and nothing is judged.
    let timestamp = stage.path("channel/metadata/timestamp.json");
    let whole = std::fs::read_to_string(&timestamp).unwrap();
    stage.write("channel/metadata/timestamp.json", whole.replacen("\"version\":1", "\"version\":2", 1));
    assert_ne!(whole, std::fs::read_to_string(&timestamp).unwrap());
    for command in [Command::new(&shared), python()] {
        let (out, err) = ends(&run(&stage, example(command, ["drug", "1", "20240610"], "good.uke")), 3);
        assert_eq!(out, "");
        let (english, japanese) = err.trim_end().split_once('\n').unwrap();
        assert!(english.is_ascii() && !japanese.is_ascii(), "{err}");
    }
}

#[test]
fn no_misuse_of_the_library_harms_the_program() {
    let stage = Stage::new();
    published(&stage);
    let program = library(&stage).with_shared(&stage, "tests/road/library/misuse.c");
    let mut plain = Command::new(&program);
    plain.args(PLACE).args(["good.uke", "32"]);
    let (told, _) = ends(&run(&stage, plain), 0);
    // Each error is a line in two languages.
    assert!(told.lines().count() > 30, "{told}");
    if let Some(mut watched) = watched(&program) {
        // What is watched is slow, and no other thing is done with more of it.
        watched.args(PLACE).args(["good.uke", "1"]);
        ends(&run(&stage, watched), 0);
    }
}

#[test]
fn threads_that_judge_by_one_release_at_once_get_what_one_alone_gets() {
    let stage = Stage::new();
    published(&stage);
    let program = library(&stage).with_shared(&stage, "tests/road/library/threads.c");
    let mut plain = Command::new(&program);
    plain.args(PLACE).arg("bad.uke");
    ends(&run(&stage, plain), 0);
    if let Some(mut watched) = watched(&program) {
        watched.args(PLACE).arg("bad.uke");
        ends(&run(&stage, watched), 0);
    }
}
