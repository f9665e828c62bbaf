//! What people do in more than one act.

use std::fs;
use std::path::Path;
use std::process::Command;

use warifu::error::Failure;

use super::stage::{Show, Stage, cannot};

/// How the checker is started, then and after the power cut.
pub(super) const SERVE: &str = "serve --channel channel --root root.json --state state --listen 127.0.0.1:0 \
     --poll 1 --calendar none --replay-files 32";

/// Brings Kikin's commits to Kokuho's clone: by git, or where there is none, by copying the folder, which for
/// a repository is as good.
pub(super) fn to_kokuho(stage: &Stage) -> Result<(), Failure> {
    let there = stage.at("kokuho").is_dir();
    let has_git = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has_git {
        stage.typed("cp -r kikin/. kokuho/");
        return copy(&stage.at("kikin"), &stage.at("kokuho"));
    }
    if there {
        stage.git("-C kokuho pull --quiet --ff-only").run()?;
    } else {
        stage.git("clone --quiet kikin kokuho").run()?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(|error| cannot(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| cannot(from, &error))? {
        let entry = entry.map_err(|error| cannot(from, &error))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            // Objects of git are read-only and never change; a new file takes the place of the old one.
            let _ = fs::remove_file(&target);
            fs::copy(&path, &target).map_err(|error| cannot(&path, &error))?;
        }
    }
    Ok(())
}

/// Kikin drafts a release from its repository.
pub(super) fn draft(stage: &Stage, draft: &str, title: &str, show: Show) -> Result<(), Failure> {
    stage
        .warifu(&format!("release draft --repo kikin -o {draft} --title"))
        .word(title)
        .showing(show)
        .run()?;
    Ok(())
}

/// The same, with what the revision changes for days that have been, accepted by name. When the story is
/// played, all of its days have been.
pub(super) fn draft_accepting(
    stage: &Stage,
    draft: &str,
    title: &str,
    (classes, reason, source): (&str, &str, &str),
    show: Show,
) -> Result<(), Failure> {
    stage
        .warifu(&format!("release draft --repo kikin -o {draft} --accept-past {classes} --title"))
        .word(title)
        .word("--reason")
        .word(reason)
        .word("--source")
        .word(source)
        .showing(show)
        .run()?;
    Ok(())
}

/// One officer reviews and signs, each in the repository of their own side.
pub(super) fn sign(stage: &Stage, draft: &str, side: &str, name: &str) -> Result<(), Failure> {
    stage
        .warifu(&format!("release sign {draft} --repo {side} --key keys/{name}.key --yes"))
        .showing(Show::Last(3))
        .run()?;
    Ok(())
}

/// The release manager publishes.
pub(super) fn publish(stage: &Stage, draft: &str) -> Result<(), Failure> {
    stage.warifu(&format!("release publish {draft} --key keys/release-manager.key")).run()?;
    Ok(())
}
