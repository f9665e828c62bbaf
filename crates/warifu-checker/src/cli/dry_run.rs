//! `dry-run`: what the gates would say, without changing anything.

use std::io::{self, Write as _};

use warifu_channels::Patience;
use warifu_values::lang::{Lang, Speak as _};

use crate::cli::arguments::DryRun;
use crate::cli::failure::Failure;
use crate::cli::inputs::{calendar_of, floor, mirrors, read_file, schemas_of};
use crate::log::now;
use crate::said::Said;
use crate::source::TrustSource;
use crate::state::{Recent, StateDirectory};
use crate::swap::{Looked, dry_run};

pub(super) fn run_dry(arguments: &DryRun, lang: Lang) -> Result<u8, Failure> {
    let schemas = schemas_of(&arguments.site)?;
    if !arguments.state.is_dir() {
        let path = arguments.state.display();
        return Err(Failure::could_not(Said::new(
            format!("there is no state folder {path}: of which checker?"),
            format!("状態フォルダー {path} がありません。対象のチェッカーの --state を確認してください"),
        )));
    }
    let directory = StateDirectory::look_at(&arguments.state);
    let root = read_file(&arguments.from.root)?;
    let (mirrors, floor) =
        (mirrors(&arguments.from.channel, Patience::ONCE)?, floor(arguments.from.policy.as_deref())?);
    let source = TrustSource::new(mirrors, &root, floor, &directory.trusted())?.forgetful();
    let files = Recent::look_at(&directory.recent(), arguments.gates.replay_files);
    let gates = arguments.gates.gates();
    let calendar = calendar_of(&arguments.windows)?;
    let looked =
        Looked { directory: &directory, files: &files, schemas: &schemas, gates, calendar: &calendar };
    let said = dry_run(&looked, &source, now()).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let text = match arguments.json {
        true => serde_json::to_string_pretty(&said).map_err(io::Error::from)?,
        false => said.say(lang),
    };
    writeln!(io::stdout(), "{text}")?;
    Ok(said.outcome.exit_status())
}
