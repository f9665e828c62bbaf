//! `dry-run`: what the gates would say, without changing anything.

use warifu_channels::Patience;

use crate::cli::arguments::{DryRun, typed};
use crate::cli::failure::Failure;
use crate::cli::inputs::{calendar_of, floor, mirrors, read_file, schemas_of};
use crate::cli::settings::Settings;
use crate::cli::shown::Shown;
use crate::cli::waiting::Waiting;
use crate::log::now;
use crate::said::Said;
use crate::source::TrustSource;
use crate::state::{Recent, StateDirectory};
use crate::swap::{Looked, dry_run};

pub(super) fn run_dry(
    arguments: &DryRun,
    settings: &Settings,
    shown: Shown<'_>,
    waiting: Waiting,
) -> Result<u8, Failure> {
    let schemas = schemas_of(&arguments.site)?;
    if !arguments.state.is_dir() {
        let path = arguments.state.display();
        return Err(Failure::could_not(Said::new(
            format!("there is no state folder {path}; name that of the checker with --state"),
            format!("状態フォルダー {path} がありません。対象のチェッカーの --state を確認してください"),
        )));
    }
    let directory = StateDirectory::look_at(&arguments.state);
    let root = read_file(&arguments.from.root)?;
    let (mirrors, floor) =
        (mirrors(&arguments.from.channel, Patience::ONCE)?, floor(arguments.from.policy.as_deref())?);
    let source = TrustSource::new(mirrors, &root, floor, &directory.trusted())?.forgetful();
    // Where nobody says how many are kept, all that lie there are.
    let most = if settings.is_told("replay_files") { arguments.gates.replay_files } else { usize::MAX };
    let files = Recent::look_at(&directory.recent(), most).map_err(|error| {
        let path = directory.recent().display().to_string();
        Failure::could_not(Said::about(
            &format!("the kept claim files in {path} cannot be read; run this as the account of the checker"),
            &format!("{path} に保存した請求ファイルを読めません。チェッカーのアカウントで実行してください"),
            &error,
        ))
    })?;
    let gates = arguments.gates.gates();
    let calendar = calendar_of(&arguments.windows)?;
    let looked =
        Looked { directory: &directory, files: &files, schemas: &schemas, gates, calendar: &calendar };
    let what = Said::new("asking the gates", "関門で確認しています");
    let said = waiting
        .on(&what, || dry_run(&looked, &source, now()))
        .map_err(|error| Failure::could_not(Said::of(&error)))?;
    let checker = checker(arguments, settings);
    Shown { checker: checker.as_deref(), ..shown }.show(&said, said.outcome.exit_status())
}

/// How the commands that are advised name the same checker.
fn checker(arguments: &DryRun, settings: &Settings) -> Option<String> {
    match settings.file.as_ref().filter(|_| !settings.is_typed("state")) {
        Some(file) => typed("--config", Some(file), "WARIFU_CHECKER_CONFIG"),
        None => typed("--state", Some(&arguments.state), "WARIFU_CHECKER_STATE"),
    }
}
