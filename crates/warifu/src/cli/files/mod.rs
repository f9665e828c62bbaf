//! Commands that work on files alone, without a repository.

pub(crate) mod apply;
mod by_lines;
pub(crate) mod convert;
mod converted;
pub(crate) mod diff;
pub(crate) mod inspect;
mod released;
pub(crate) mod validate;

use std::path::Path;

use warifu::error::{Exit, Failure};
use warifu::files;
use warifu_masters::file::{Declared, Reading, read};
use warifu_masters::finding::Findings;
use warifu_masters::schema::Format;
use warifu_masters::table::{Master, Role};
use warifu_values::lang::Lang;
use warifu_values::text::shown_path;

use super::Context;

/// Reads a file as a master; what denies is shown and refuses.
pub(crate) fn load(
    context: &Context,
    path: &Path,
    format: Option<&Format>,
    role: Option<Role>,
) -> Result<(Reading, Master), Failure> {
    let mut reading = read(&context.library.schemas, files::read(path)?, &Declared { format, role });
    context.findings(path, &reading.findings);
    match reading.master.take() {
        Some(master) if !reading.findings.denies() => Ok((reading, master)),
        _ => Err(refused(path)),
    }
}

/// The refusal after findings about `path` were shown.
pub(crate) fn refused(path: &Path) -> Failure {
    Failure::refused(
        format!("{}: refused for the findings above", shown_path(path)),
        format!("{}: 上記の理由で受け付けません", shown_path(path)),
        Findings::new(),
    )
}

/// `full` or `differential`.
pub(crate) fn role_name(role: Role, lang: Lang) -> &'static str {
    match (role, lang) {
        (Role::Full, Lang::En) => "full",
        (Role::Full, Lang::Ja) => "全件",
        (Role::Differential, Lang::En) => "differential",
        (Role::Differential, Lang::Ja) => "変更分",
    }
}

/// Runs `one` for each file and says how far it got, prints what each gave as one JSON document where that is
/// wanted, and answers with the worst status.
pub(crate) fn for_each_file(
    context: &Context,
    files: &[std::path::PathBuf],
    mut one: impl FnMut(&Path) -> Result<(Exit, Option<serde_json::Value>), Failure>,
) -> Result<Exit, Failure> {
    let steps = context.steps(files.len());
    let mut worst = Exit::Done;
    let mut documents = Vec::new();
    for file in files {
        steps.say(shown_path(file));
        let (exit, document) = one(file)?;
        worst = worst.max(exit);
        documents.extend(document);
        steps.done_one();
    }
    drop(steps);
    if context.json {
        context.print_json(&serde_json::json!({ "files": documents }))?;
    }
    Ok(worst)
}
