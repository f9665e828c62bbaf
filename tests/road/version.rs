//! Which commit the programs are built from.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stage::{Stage, checkout};

fn commit(folder: &Path) -> Option<String> {
    let said = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(folder).output().ok()?;
    said.status.success().then(|| String::from_utf8(said.stdout).unwrap()[..12].to_owned())
}

#[test]
fn both_programs_name_the_commit_that_they_are_built_from() {
    let stage = Stage::new();
    let version = env!("CARGO_PKG_VERSION");
    // Sources without git give the version alone.
    let named = commit(&checkout()).map_or(version.to_owned(), |commit| format!("{version} ({commit})"));
    for program in ["warifu", "warifu-checker"] {
        assert_eq!(stage.run(program, "-V").ends(0).out, format!("{program} {named}\n"));
    }
    assert!(stage.warifu("--version").ends(0).out.contains(&named));
}

/// The build script of both programs by itself.
fn build_script(stage: &Stage) -> PathBuf {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let built = stage.path("commit");
    let source = checkout().join("packaging/commit.rs");
    let status = Command::new(rustc).args(["--edition=2024", "-o"]).arg(&built).arg(source).status().unwrap();
    assert!(status.success());
    built
}

/// What it tells cargo, run for a crate of `sources`.
fn told(stage: &Stage, script: &Path, sources: &str, commit: Option<&str>) -> String {
    let folder = stage.path(sources).join("crates/warifu");
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(script);
    command.current_dir(folder).env("CARGO_PKG_VERSION", "1.2.3").env_remove("WARIFU_COMMIT");
    // A hook of git runs with this set.
    command.env("GIT_DIR", checkout().join(".git"));
    if let Some(commit) = commit {
        command.env("WARIFU_COMMIT", commit);
    }
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn a_build_without_git_or_inside_another_repository_has_the_version_alone() {
    let stage = Stage::new();
    let script = build_script(&stage);
    let alone = "cargo::rustc-env=WARIFU_VERSION=1.2.3\n";
    let unpacked = told(&stage, &script, "unpacked", None);
    assert!(unpacked.ends_with(alone) && !unpacked.contains("rerun-if-changed"), "{unpacked}");
    let given = told(&stage, &script, "unpacked", Some("A300049A0B12C0FFEE00A300049A0B12C0FFEE00\n"));
    assert!(given.ends_with("WARIFU_VERSION=1.2.3 (a300049a0b12)\n"), "{given}");
    for none in ["", "v1.2", "a300049a0b12'; x"] {
        assert!(told(&stage, &script, "unpacked", Some(none)).ends_with(alone), "{none:?}");
    }

    // A clone names its commit, and is built again when HEAD moves.
    stage.shell("git init -q clone").ends(0);
    stage.git("clone", &["commit", "-q", "--allow-empty", "-m", "first"]);
    let clone = stage.path("clone");
    let cloned = told(&stage, &script, "clone", None);
    let named = commit(&clone).unwrap();
    assert!(cloned.ends_with(&format!("WARIFU_VERSION=1.2.3 ({named})\n")), "{cloned}");
    let watched: Vec<_> =
        cloned.lines().filter_map(|line| line.strip_prefix("cargo::rerun-if-changed=")).collect();
    let watches = |what: &str| watched.iter().any(|path| path.ends_with(what));
    assert!(watches("/HEAD") && watched.iter().any(|path| path.contains("/refs/heads/")), "{cloned}");
    // What is not there is not watched: it would be built again each time.
    let crate_folder = clone.join("crates/warifu");
    assert!(watched.iter().all(|path| crate_folder.join(path).is_file()), "{cloned}");
    // Where refs are packed, the log of HEAD tells.
    stage.git("clone", &["pack-refs", "--all"]);
    assert!(told(&stage, &script, "clone", None).contains("logs/HEAD"));

    // Sources that were unpacked inside another repository are not its commit.
    let inside = told(&stage, &script, "clone/vendor/warifu", None);
    assert!(inside.ends_with(alone), "{inside}");
}
