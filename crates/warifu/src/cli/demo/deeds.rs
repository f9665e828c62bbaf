//! What people do in more than one act.

use warifu::error::Failure;

use super::stage::{Show, Stage};

/// How the checker is started, then and after the power cut.
pub(super) const SERVE: &str = "serve --channel channel --root root.json --state state --listen 127.0.0.1:0 \
     --poll 1 --calendar none --replay-files 32";

/// Kokuho clones Kikin's repository.
pub(super) fn clone_at_kokuho(stage: &Stage) -> Result<(), Failure> {
    stage.warifu("repo clone kikin kokuho").showing(Show::First(1)).run()?;
    Ok(())
}

/// Kokuho takes over what Kikin has committed since.
pub(super) fn fetch_at_kokuho(stage: &Stage) -> Result<(), Failure> {
    stage.warifu("repo fetch --repo kokuho").run()?;
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
